"""TOML for ``toToml`` and ``fromToml``; answers to BurntSushi/toml as Helm uses it.

Writing follows its layout: plain keys first, then tables, both sorted, each level indented.
Reading is the standard library's, with the errors that charts meet in BurntSushi's words.
"""

from __future__ import annotations

from steersman.errors import ValuesError
from steersman.gojson import format_float_g
from steersman.gotemplate.errors import CallError
from steersman.gotemplate.times import Time
from steersman.gotemplate.values import GoStruct, Int64, MapList, is_nil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.gotime import Moment

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f"}


class TomlError(ValuesError):
    """Text that is not TOML, or a value without a TOML form."""


def dumps(value: Any) -> str:
    """Return ``value`` as TOML: a document for a map or a struct, the bare value for anything else.

    Raises:
        TomlError: for what has no TOML form.
    """
    value = _plain(value)
    if value is None:
        raise CallError("reflect: call of reflect.Value.Type on zero Value")
    if _is_table(value):
        out: list[str] = []
        _table(value, (), out)
        return "".join(out)
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


def _table(value: Any, path: tuple[str, ...], out: list[str]) -> None:
    pad = "  " * len(path)
    direct, tables = _items(value)
    for _, key, item in direct:
        out.append(f"{pad}{_key(key)} = {_inline(item)}\n")
    for _, key, item in tables:
        below = (*path, key)
        name = ".".join(_key(k) for k in below)
        if _is_table(item):
            # an extra line stands between tables of the top level only
            if not path and out:
                out.append("\n")
            out.append(f"{pad}[{name}]\n")
            _table(item, below, out)
            continue
        for entry in item:
            if out:
                out.append("\n")
            out.append(f"{pad}[[{name}]]\n")
            _table(_plain(entry), below, out)


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


def loads(text: str) -> dict[str, Any]:
    """Return the map that ``text`` is.

    Raises:
        TomlError: with BurntSushi's message where charts meet it, a similar one elsewhere.
    """
    import tomllib

    try:
        tree: dict[str, Any] = _typed(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise TomlError(_message(text, str(error))) from None
    except ValueError as error:
        # more digits than Python reads
        raise TomlError(f"toml: {error}") from None
    return tree


def _typed(value: Any) -> Any:
    """Give integers, tables in arrays and times the types that Go's decoder gives them."""
    if isinstance(value, dict):
        return {k: _typed(v) for k, v in value.items()}
    if isinstance(value, list):
        items = [_typed(v) for v in value]
        return MapList(items) if items and all(isinstance(v, dict) for v in value) else items
    if isinstance(value, bool) or not isinstance(value, int):
        return _time(value) if hasattr(value, "isoformat") else value
    return Int64(value)


def _time(value: Any) -> Time:
    return Time(_moment(value))


def _moment(value: Any) -> Moment:
    from datetime import date, datetime, time

    from steersman.gotime import UTC, fixed_zone, make_moment

    if isinstance(value, datetime):
        offset = value.utcoffset()
        zone = UTC if not offset else fixed_zone("", int(offset.total_seconds()))
        return make_moment(
            value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond * 1000, zone
        )
    if isinstance(value, date):
        return make_moment(value.year, value.month, value.day, 0, 0, 0, 0, UTC)
    assert isinstance(value, time)
    return make_moment(0, 1, 1, value.hour, value.minute, value.second, value.microsecond * 1000, UTC)


def _message(text: str, problem: str) -> str:
    what, _, where = problem.rpartition(" (at ")
    line = text.count("\n") + 1
    if where.startswith("line "):
        line = int(where[5:].partition(",")[0])
    lines = text.split("\n")
    current = lines[line - 1] if line <= len(lines) else ""
    key = current.partition("=")[0].strip().strip("\"'") if "=" in current else ""
    if what.startswith("Expected '=' after a key"):
        if where.startswith("end of document"):
            return f"toml: line {line}: unexpected EOF; expected key separator '='"
        found = current[int(where.rpartition(" ")[2][:-1]) - 1]
        return f"toml: line {line}: expected '.' or '=', but got {found!r} instead"
    last = f' (last key "{key}")' if key else ""
    if what.startswith("Cannot overwrite a value"):
        return f"toml: line {line}{last}: Key '{key}' has already been defined."
    return f"toml: line {line}{last}: {what[:1].lower()}{what[1:]}"
