"""Values to TOML, for ``toToml``; answers to BurntSushi/toml as Helm uses it.

Its layout: plain keys first, then tables, both sorted, each level indented.
"""

from __future__ import annotations

from steersman import errors
from steersman.go import errors as go_errors
from steersman.go.json_numbers import format_float_g
from steersman.go.values import GoStruct, is_nil
from steersman.gotemplate.output import MAX_OUTPUT
from steersman.gotemplate.times import Time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f"}


class TomlError(errors.ValuesError):
    """Text that is not TOML, or a value without a TOML form."""


def dumps(value: Any) -> str:
    """Return ``value`` as TOML: a document for a map or a struct, the bare value for anything else.

    Raises:
        TomlError: for what has no TOML form.
        CallError: for a value that cannot be encoded at all, and when the text has more characters than the limit.
    """
    value = _plain(value)
    if value is None:
        raise go_errors.CallError("reflect: call of reflect.Value.Type on zero Value")
    if _is_table(value):
        document = _Document()
        document.table(value, "", 0)
        return "".join(document.lines)
    if _is_table_array(value):
        raise TomlError("toml: top-level values must be Go maps or structs")
    return _inline(value)


def _plain(value: Any) -> Any:
    """Return what is written for a value that writes itself."""
    if isinstance(value, (Time, dict)) or not hasattr(value, "to_json"):
        return value
    text = value.to_json()
    # a struct is written by its Go names
    return value if isinstance(text, dict) else text


def _is_table(value: Any) -> bool:
    return isinstance(value, (dict, GoStruct)) and not isinstance(value, Time)


def _items(value: Any) -> tuple[list[tuple[int, str, Any]], list[tuple[int, str, Any]]]:
    """Return the place, the key and the value of all that is written of a table: plain ones, then tables."""
    direct: list[tuple[int, str, Any]] = []
    tables: list[tuple[int, str, Any]] = []
    keys = list(value.fields) if isinstance(value, GoStruct) else sorted(value)
    fields = value.fields if isinstance(value, GoStruct) else value
    for at, key in enumerate(keys):
        item = _plain(fields[key])
        if item is None or (isinstance(item, dict) and is_nil(item)):
            continue
        if isinstance(value, GoStruct) and not key[0].isupper():
            continue  # go: not exported
        (tables if _is_table(item) or _is_table_array(item) else direct).append((at, key, item))
    return direct, tables


class _Document:
    """Collects the lines of a document, up to the limit of a template's output: names grow with each level."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._size = 0

    def add(self, line: str) -> None:
        """Add a line.

        Raises:
            CallError: when there are more characters than the limit.
        """
        self._size += len(line)
        if self._size > MAX_OUTPUT:
            raise go_errors.CallError(f"toToml: the result has more than {MAX_OUTPUT} characters")
        self.lines.append(line)

    def table(self, value: Any, name: str, depth: int) -> None:
        """Add what is below the table ``name``, ``depth`` levels down."""
        pad = "  " * depth
        direct, tables = _items(value)
        for _, key, item in direct:
            self.add(f"{pad}{_key(key)} = {_inline(item)}\n")
        for _, key, item in tables:
            below = f"{name}.{_key(key)}" if depth else _key(key)
            if _is_table(item):
                # an extra line stands between tables of the top level only
                if not depth and self.lines:
                    self.add("\n")
                self.add(f"{pad}[{below}]\n")
                self.table(item, below, depth + 1)
                continue
            for entry in item:
                if self.lines:
                    self.add("\n")
                self.add(f"{pad}[[{below}]]\n")
                self.table(_plain(entry), below, depth + 1)


def _is_table_array(value: Any) -> bool:
    if not isinstance(value, (list, tuple)) or not value:
        return False
    if any(item is None for item in value):
        raise TomlError("toml: cannot encode array with nil element")
    return all(_is_table(_plain(item)) for item in value)


def _key(key: str) -> str:
    return key if key and _BARE.issuperset(key) else _string(key)


def _string(text: str) -> str:
    out = []
    for char in text:
        if char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif char < " " or char == "\x7f":
            out.append(f"\\u{ord(char):04x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def _inline(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, bytes):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, (list, tuple)):
        if any(item is None for item in value):
            raise TomlError("toml: cannot encode array with nil element")
        return "[" + ", ".join([_inline(_plain(item)) for item in value]) + "]"
    if isinstance(value, Time):
        return value.to_json()
    if _is_table(value):
        direct, tables = _items(value)
        entries = direct + tables
        if isinstance(value, GoStruct):
            # go: whether a comma follows goes by the place of the field, not of what is written
            return "{" + "".join([_pair(k, v) + (", " if at != len(entries) - 1 else "") for at, k, v in entries]) + "}"
        return "{" + ", ".join([_pair(k, v) for _, k, v in entries]) + "}"
    raise TomlError(f"unsupported type for key '': {type(value).__name__}")


def _pair(key: str, value: Any) -> str:
    return f"{_key(key)} = {_inline(value)}"


def _float(value: float) -> str:
    if value != value:
        return "nan"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    text = format_float_g(value, upper_exponent=6)
    return text if "." in text or "e" in text else text + ".0"
