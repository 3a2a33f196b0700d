"""YAML as go-yaml v3 reads it into Go's ``any``: integers stay integers, ``yes`` and ``on`` are strings.

The plain reader runs first, with version 3's meaning of words; what it leaves, and every error, is ``nodes``' work.
"""

from __future__ import annotations

from steersman.runtime.deep import deeply
from steersman.yamlio import errors as yaml_errors
from steersman.yamlio.plain import Rules, parse
from steersman.yamlio.text import Unusual, on_one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from steersman.yamlio.nodes import Node

    Pairs: TypeAlias = list[tuple[Node, Node]]

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_NOT_FIRST_IN_KEYS = frozenset("\"'|>[]{}&*!%@`#?,-:\t <+.0123456789~")
_KEY_LIMIT = 1000  # go: a simple key is at most 1024 bytes
_MOST_INTEGER = 18  # digits that fit in 64 bits, whatever they are


class Timestamp(str):
    """A time, which is not a string for Go; ``text`` is what stands in the document."""

    __slots__ = ("text",)
    go_type = "time.Time"
    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timestamp) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def to_json(self) -> str:
        """Return the time as Go writes it."""
        return str(self)


class GeneralMap(dict[object, object]):
    """A mapping with a key that is not a string: ``map[interface {}]interface {}``, unlike any other mapping."""

    __slots__ = ()


class TextInt(int):
    """An integer that knows its text."""

    text: str


class TextFloat(float):
    """A float that knows its text: ``1.10``."""

    text: str


def load(text: str) -> Any:
    """Return the value of the first document.

    Raises:
        YamlError: with go-yaml's message.
    """
    try:
        return deeply(lambda: parse(text, _VERSION_3))
    except Unusual:
        return load_texts(text, keeps_text=False)


def load_texts(text: str, *, keeps_text: bool = True) -> Any:
    """Like ``load``, slower, with numbers that know how they are spelled where ``keeps_text``."""
    from steersman.yamlio.nodes import read

    node = read(text.encode("utf-8", "surrogateescape"))
    return None if node is None else deeply(lambda: _value(node, keeps_text))


def _word(body: str) -> Any:
    if ": " in body or body[-1] == ":" or "\t" in body:
        raise Unusual
    if body in _WORDS:
        return _WORDS[body]
    first = body[0]
    if first not in _NUMBER_STARTS:
        if body == "<<":
            raise Unusual
        return body
    if first != "0" and len(body) <= _MOST_INTEGER and body.isascii() and body.isdigit():
        return int(body)
    return _resolved(body)[0]


def _resolved(body: str) -> tuple[Any, str]:
    from steersman.yamlio.nodes import TIMESTAMP, resolve

    tag, value = resolve(body)
    if tag == TIMESTAMP:
        value = Timestamp(value)
        value.text = body
    return value, tag


def _key(text: str) -> str:
    first = text[0]
    if first == '"' or first == "'":
        name, end = on_one_line(text)
        if end != len(text):
            raise Unusual
        return name
    if first in _NOT_FIRST_IN_KEYS or " #" in text or "\t" in text or len(text) > _KEY_LIMIT:
        raise Unusual
    if text[-1] == " ":
        text = text.rstrip(" ")
    if text in _WORDS:
        raise Unusual
    return text


_VERSION_3 = Rules(_word, _key, is_unique=True)


def _value(node: Node, keeps_text: bool) -> Any:
    from steersman.yamlio.nodes import MAPPING, SEQUENCE

    if node.kind == SEQUENCE:
        return [_value(item, keeps_text) for item in node.items]
    if node.kind == MAPPING:
        return _mapping(node, keeps_text)
    return _scalar(node, keeps_text)


def _scalar(node: Node, keeps_text: bool) -> Any:
    from steersman.yamlio.nodes import TIMESTAMP

    value: Any = node.value
    if node.tag == TIMESTAMP:
        value = Timestamp(value)
    elif not keeps_text or isinstance(value, (str, bool)) or value is None:
        return value
    else:
        value = TextInt(value) if isinstance(value, int) else TextFloat(value)
    value.text = node.text
    return value


def _mapping(node: Node, keeps_text: bool) -> Any:
    from steersman.yamlio.nodes import MERGE, STR

    _check_unique(node.pairs())
    merged: Node | None = None
    fields: dict[Any, Any] = {} if all(key.tag in (STR, MERGE) for key, _ in node.pairs()) else GeneralMap()
    for key, item in node.pairs():
        if key.tag == MERGE:
            merged = item
            continue
        name = _value(key, keeps_text=False)
        if isinstance(name, (dict, list)):
            raise yaml_errors.YamlError(f"yaml: invalid map key: {name!r}")
        fields[name] = _value(item, keeps_text)
    if merged is not None:
        _merge(fields, merged, keeps_text)
    return fields


def _merge(fields: dict[Any, Any], source: Node, keeps_text: bool) -> None:
    """Add what ``fields`` lacks; of several sources the first that has a key counts."""
    from steersman.yamlio.nodes import MAPPING, SEQUENCE

    sources = source.items if source.kind == SEQUENCE else [source]
    for one in sources:
        if one.kind != MAPPING:
            raise yaml_errors.YamlError("yaml: map merge requires map or sequence of maps as the value")
        for name, value in _mapping(one, keeps_text).items():
            fields.setdefault(name, value)


def _check_unique(pairs: Pairs) -> None:
    """Raise for a key that a mapping has twice.

    go: an error in version 3, also where the mapping is not used (test_a_key_twice_is_an_error)
    """
    from steersman.go.quote import quote

    seen: dict[tuple[str, str], Node] = {}
    for key, _ in pairs:
        before = seen.setdefault((key.kind, key.text), key)
        if before is not key:
            problem = f"line {key.line}: mapping key {quote(key.text)} already defined at line {before.line}"
            raise yaml_errors.YamlError(f"yaml: unmarshal errors:\n  {problem}", line=key.line)
