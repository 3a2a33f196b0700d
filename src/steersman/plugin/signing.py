"""Signatures of plugins: the signed message, and the state that ``plugin list`` shows."""

from __future__ import annotations

import os

from steersman.plugin.model import CLI, GETTER, Command, Plugin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def metadata_yaml(plugin: Plugin) -> bytes:
    """Return the metadata as Helm signs it: its Go structs, with Go's names."""
    from steersman.yamlio import dump

    tree: dict[str, Any] = {
        "APIVersion": plugin.api_version,
        "Config": _config(plugin),
        "Name": plugin.name,
        "Runtime": plugin.runtime,
        "RuntimeConfig": {
            "PlatformCommand": _commands(plugin.commands),
            "PlatformHooks": {event: _commands(c) for event, c in plugin.hooks.items()} or None,
            "ProtocolCommands": [
                {"PlatformCommand": _commands(p.commands), "Protocols": list(p.schemes)} for p in plugin.protocols
            ]
            or None,
        },
        "SourceURL": plugin.source_url,
        "Type": plugin.type,
        "Version": plugin.version,
    }
    return dump(tree).encode("utf-8", "surrogateescape")


def _config(plugin: Plugin) -> dict[str, Any]:
    if plugin.type == CLI:
        return {
            "IgnoreFlags": plugin.ignore_flags,
            "LongHelp": plugin.long_help,
            "ShortHelp": plugin.short_help,
            "Usage": plugin.usage,
        }
    return {"Protocols": list(plugin.schemes)} if plugin.type == GETTER else {}


def _commands(commands: tuple[Command, ...]) -> list[dict[str, Any]] | None:
    return [
        {"Architecture": c.arch, "Args": list(c.args) or None, "Command": c.command, "OperatingSystem": c.os}
        for c in commands
    ] or None


def status(plugin: Plugin, data_folder: str) -> str:
    """Return what Helm's list says of a plugin's signature, by what is in ``data_folder``; nothing is verified."""
    folder = os.path.join(data_folder, plugin.name)
    if not os.path.lexists(folder):
        return "unknown"
    if os.path.islink(folder):
        return "local dev"
    path = os.path.join(data_folder, f"{plugin.name}-{plugin.version}.tgz")
    try:
        with open(path, "rb") as file:
            data = file.read()
        with open(f"{path}.prov", "rb") as file:
            provenance = file.read()
    except OSError:
        return "unsigned"
    return "signed" if _is_of(provenance, path, data) else _problem(provenance)


def _is_of(provenance: bytes, path: str, data: bytes) -> bool:
    from hashlib import sha256

    digest = f"sha256:{sha256(data).hexdigest()}".encode()
    return b"BEGIN PGP SIGNED MESSAGE" in provenance and any(
        os.path.basename(path).encode() in line and digest in line for line in provenance.splitlines()
    )


def _problem(provenance: bytes) -> str:
    is_signed = b"-----BEGIN PGP SIGNED MESSAGE-----" in provenance and b"-----BEGIN PGP SIGNATURE-----" in provenance
    return "mismatched provenance" if is_signed else "invalid provenance"
