"""The message of a provenance file: Chart.yaml, and the digests of the signed files."""

from __future__ import annotations

from steersman.errors import ChartError
from steersman.go.quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SEPARATOR = b"\n...\n"


def message(metadata: bytes, name: str, archive: bytes) -> bytes:
    """Return the text to sign for the archive called ``name``; ``metadata`` is YAML."""
    from hashlib import sha256

    from steersman.yamlio import dump

    sums = dump({"files": {name: f"sha256:{sha256(archive).hexdigest()}"}})
    return metadata + _SEPARATOR + sums.encode("utf-8", "surrogateescape")


def check(text: bytes, name: str, archive: bytes) -> str:
    """Return the digest of ``archive`` if the text says that the file ``name`` has it.

    Raises:
        ChartError: with Helm's message.
    """
    from hashlib import sha256

    digest = f"sha256:{sha256(archive).hexdigest()}"
    said = _sums(text).get(name)
    if said is None:
        raise ChartError(f"provenance does not contain a SHA for a file named {quote(name)}")
    if said != digest:
        raise ChartError(f"sha256 sum does not match for {name}: {quote(str(said))} != {quote(digest)}")
    return digest


def _sums(text: bytes) -> dict[str, Any]:
    from steersman.yamlio import load
    from steersman.yamlio.errors import YamlError

    parts = text.split(_SEPARATOR)
    if len(parts) < 2:
        raise ChartError("message block must have at least two parts")
    try:
        tree = load(parts[1])
    except YamlError as error:
        raise ChartError(f"error converting YAML to JSON: {error}") from error
    files = tree.get("files") if isinstance(tree, dict) else None
    return files if isinstance(files, dict) else {}
