"""Find the command that a command line names, and apply its global flags.

Global flags may stand before and between the words of a command's path.
"""

from __future__ import annotations

import os

from steersman.cli.cobra.flags import Flags, go_quote
from steersman.cli.tables.commands import COMMANDS, GLOBAL_FLAGS, OWN_COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.settings import Settings


_ALIASES = {" ".join((*path.split(" ")[:-1], alias)): path for path, row in COMMANDS.items() for alias in row[2]}


def find_command(arguments: list[str], program: str) -> tuple[str, list[str]]:
    """Return the path of the command that ``arguments`` name and what is left of them.

    Global flags may stand before and between the words of the path. Under the name ``helm``, commands of our own are
    unknown, so that a plugin of Helm's may have their names.
    """
    path = ""
    rest = list(arguments)
    at = 0
    while (at := first_word(rest, at=at)) < len(rest) and rest[at] != "--":
        candidate = f"{path} {rest[at]}".strip()
        candidate = _ALIASES.get(candidate, candidate)
        if candidate not in COMMANDS or (program == "helm" and candidate in OWN_COMMANDS):
            break
        path = candidate
        del rest[at]
        if COMMANDS[path][3] != "group":
            break
    return path, rest


def first_word(arguments: list[str], bare: tuple[str, ...] = (), at: int = 0) -> int:
    """Return the index of the first positional argument at or after ``at``.

    ``bare`` are flags besides the global ones that take no value.
    """
    globals_ = Flags(GLOBAL_FLAGS, {})
    while at < len(arguments):
        argument = arguments[at]
        if argument == "--" or argument[:1] not in ("", "-"):
            return at
        at += 1
        if not argument:
            continue  # cobra: no word (test_help_before_words)
        is_cluster = argument[:2] != "--" and len(argument) != 2
        if "=" in argument or is_cluster or argument in bare:
            continue
        # cobra: a flag it does not know is taken to have a value, and help is not known yet (test_help_before_words)
        row = globals_.row(argument[2:]) if argument[:2] == "--" else globals_.short_row(argument[1:])
        if row is None or (row[2] != "bool" and row[5] is None):
            at += 1
    return at


def with_flags(settings: Settings, flags: Flags) -> Settings:
    """Return the settings with what the global flags say over the environment."""
    from steersman.record import replace

    names = {
        "namespace": "namespace",
        "kubeconfig": "kubeconfig",
        "kube-context": "kube_context",
        "kube-token": "kube_token",
        "kube-as-user": "kube_as_user",
        "kube-apiserver": "kube_apiserver",
        "kube-ca-file": "kube_ca_file",
        "kube-tls-server-name": "kube_tls_server_name",
        "kube-insecure-skip-tls-verify": "kube_insecure_skip_tls_verify",
        "debug": "debug",
        "registry-config": "registry_config",
        "repository-config": "repository_config",
        "repository-cache": "repository_cache",
        "content-cache": "content_cache",
        "burst-limit": "burst_limit",
        "qps": "qps",
        "color": "color",
        "colour": "color",
    }
    changes = {field: flags[name] for name, field in names.items() if flags.changed(name)}
    if flags.changed("offline"):
        changes["is_offline"] = flags["offline"]
    if flags.changed("schema-ignore-global"):
        changes["schema_ignore_global"] = flags["schema-ignore-global"]
    if flags.changed("kube-as-group"):
        changes["kube_as_groups"] = tuple(flags["kube-as-group"])
    return replace(settings, **changes) if changes else settings


def defaults_of(settings: Settings, program: str = "helm") -> dict[str, str]:
    """Return the flag defaults that depend on the settings, by the names the flag table uses."""
    return {
        "registry_config": settings.registry_config,
        "repository_cache": settings.repository_cache,
        "repository_config": settings.repository_config,
        "content_cache": settings.content_cache,
        "chart_v3": "shown" if settings.chart_v3 else "",
        **dict.fromkeys(("own_name", "own_help"), "shown" if program != "helm" else ""),
        "max_history": str(settings.max_history) if settings.max_history else "",
        **_global_defaults(settings),
        "keyring": os.path.join(os.environ.get("GNUPGHOME") or os.path.join(settings.home, ".gnupg"), "pubring.gpg"),
    }


def _global_defaults(settings: Settings) -> dict[str, str]:
    """Return the defaults of the global flags; nothing where the environment says nothing.

    A token is not among them: it would stand in every help text.
    """
    texts = {
        "color": settings.color,
        "kube_apiserver": settings.kube_apiserver,
        "kube_as_user": settings.kube_as_user,
        "kube_ca_file": settings.kube_ca_file,
        "kube_context": settings.kube_context,
        "kube_tls_server_name": settings.kube_tls_server_name,
        "namespace": settings.namespace,
    }
    found = {name: go_quote(text) if text else "" for name, text in texts.items()}
    found["burst_limit"] = str(settings.burst_limit) if settings.burst_limit else ""
    found["debug"] = "true" if settings.debug else ""
    found["kube_insecure"] = "true" if settings.kube_insecure_skip_tls_verify else ""
    found["kube_as_groups"] = f"[{','.join(settings.kube_as_groups)}]" if settings.kube_as_groups else ""
    found["qps"] = _qps_text(settings.qps) if settings.qps else ""
    return found


def _qps_text(qps: float) -> str:
    if qps != qps or qps in (float("inf"), float("-inf")):
        return "NaN" if qps != qps else "+Inf" if qps > 0 else "-Inf"
    from steersman.yamlio.scalars import format_float32

    return format_float32(qps)
