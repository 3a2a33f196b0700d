"""The fields of a plugin.yaml, held against the types that Helm reads them into; the words are go-yaml's."""

from __future__ import annotations

from steersman.plugin.model import PluginError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_TABLE, _COMMANDS = "map[string]interface {}", "[]plugin.PlatformCommand"
_TYPES = {
    **dict.fromkeys(("apiVersion", "name", "version", "type", "runtime", "sourceURL"), "string"),
    **dict.fromkeys(("usage", "description", "command"), "string"),
    "ignoreFlags": "bool",
    **dict.fromkeys(("config", "runtimeConfig"), _TABLE),
    "hooks": "plugin.Hooks",
    "platformHooks": "plugin.PlatformHooks",
    "platformCommand": _COMMANDS,
    "downloaders": "[]plugin.Downloaders",
}
_PARTS = {"args": "[]string", "protocols": "[]string"}
_CUT = 10  # go-yaml: longer values are shown by their beginning


def check_keys(data: bytes) -> None:
    """Raise where the document has a field twice.

    Raises:
        PluginError: with go-yaml's message.
    """
    seen: dict[str, int] = {}
    problems = []
    for at, key in _keys(data):
        if key in seen:
            problems.append(f'\n  line {at}: mapping key "{key}" already defined at line {seen[key]}')
        seen.setdefault(key, at)
    if problems:
        raise PluginError("yaml: unmarshal errors:" + "".join(problems))


def check_types(tree: dict[str, Any], data: bytes) -> None:
    """Raise where a field has a value that its type cannot hold.

    Raises:
        PluginError: with go-yaml's message.
    """
    lines = {key: at for at, key in _keys(data)}
    problems = []
    for key, value in tree.items():
        kind = _TYPES.get(str(key), "")
        for wrong, into in _misfits(value, kind) if kind else ():
            problems.append(f"\n  line {lines.get(str(key), 1)}: cannot unmarshal {shown(wrong)} into {into}")
    if problems:
        raise PluginError("yaml: unmarshal errors:" + "".join(problems))


def _misfits(value: Any, kind: str) -> Iterator[tuple[Any, str]]:
    """Yield what is in ``value`` that its type cannot hold, and that type."""
    if value is None:
        return
    if not _fits(value, kind):
        yield value, kind
    elif kind == "plugin.Hooks":
        for one in value.values():
            yield from _misfits(one, "string")
    elif kind == "plugin.PlatformHooks":
        for one in value.values():
            yield from _misfits(one, _COMMANDS)
    elif kind.startswith("[]plugin."):
        for one in value:
            yield from _misfits(one, kind[2:])
    elif kind.startswith("plugin."):
        for key, one in value.items():
            yield from _misfits(one, _PARTS.get(str(key), "string"))


def _fits(value: Any, kind: str) -> bool:
    if kind == "string":
        return not isinstance(value, (dict, list))
    if kind == "bool":
        return isinstance(value, bool)
    return isinstance(value, list if kind.startswith("[]") else dict)


def shown(value: Any) -> str:
    """Return what go-yaml calls a value: its tag, and the text of a scalar."""
    if isinstance(value, (dict, list)):
        return "!!map" if isinstance(value, dict) else "!!seq"
    tag = {bool: "!!bool", int: "!!int", float: "!!float"}.get(type(value), "!!str")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{tag} `{text if len(text) <= _CUT else text[: _CUT - 3] + '...'}`"


def _keys(data: bytes) -> list[tuple[int, str]]:
    """Return the line and the name of each field of the first document, as far as they stand at a line's start."""
    out: list[tuple[int, str]] = []
    for at, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if line.startswith("---") and out:
            break
        key, colon, _ = line.partition(":")
        if colon and key.isascii() and key.isalpha():
            out.append((at, key))
    return out
