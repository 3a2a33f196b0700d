"""The ``--set`` grammar: ``a.b[0].c=value,d={x,y}``; answers to Helm's ``pkg/strvals``.

line  = item { "," item }
item  = key "=" value
key   = name { "." name | "[" index "]" }
value = "{" text { "," text } "}" | text        (a backslash takes the next character as it is)
"""

from __future__ import annotations

from steersman import errors
from steersman.go.integer import atoi, integer
from steersman.go.values import Int64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_INDEX = 65536  # Helm's limit for a list index
MAX_DEPTH = 30  # Helm's limit for the dots in a name


class SetError(errors.ValuesError):
    """A ``--set`` string that cannot be read, with Helm's message."""


class _End(Exception):
    """The text is at its end (Go's io.EOF)."""


def parse_into(text: str, dest: dict[str, Any]) -> None:
    """Set what the ``--set`` string ``text`` says in ``dest``, with typed values.

    >>> d = {}
    >>> parse_into("a.b=1,c={x,true}", d)
    >>> d
    {'a': {'b': 1}, 'c': ['x', True]}

    Raises:
        SetError: with Helm's message.
    """
    _Parser(text, dest, _typed).parse()


def parse_string_into(text: str, dest: dict[str, Any]) -> None:
    """Like ``parse_into`` with every value a string (``--set-string``)."""
    _Parser(text, dest, str).parse()


def parse_file_into(text: str, dest: dict[str, Any], read: Callable[[str], str]) -> None:
    """Like ``parse_into`` with ``read(path)`` as the value (``--set-file``)."""
    # go: text that is read rune by rune has U+FFFD for each byte that is not UTF-8, be it in a path
    runes = "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in text)
    _Parser(runes, dest, read).parse()


def parse_json_into(text: str, dest: dict[str, Any]) -> None:
    """Like ``parse_into`` with JSON values (``--set-json``)."""
    _JsonParser(text, dest).parse()


def parse_literal_into(text: str, dest: dict[str, Any]) -> None:
    """Set one name to all that follows its ``=`` (``--set-literal``)."""
    _LiteralParser(text, dest, str).parse()


def _typed(text: str) -> Any:
    lowered = text.lower()
    if lowered == "true":
        return True
    if lowered == "false":
        return False
    if lowered == "null":
        return None
    if text == "0":
        return Int64(0)
    if text and text[0] != "0":
        body = text[1:] if text[0] in "+-" else text
        if body.isascii() and body.isdigit():
            value = integer(text)
            if -(1 << 63) <= value < 1 << 63:
                return Int64(value)
    return text


def go_list_type(value: Any) -> str:
    """Return how Go names a value in the message of a failed type assertion."""
    from steersman.go.values import type_name

    return "nil" if value is None else type_name(value)


def _asserted(value: Any, wanted: type, name: str) -> Any:
    if not isinstance(value, wanted):
        shown = go_list_type(value)
        raise SetError(f"unable to parse key: interface conversion: interface {{}} is {shown}, not {name}")
    return value


class _Parser:
    stops = "=[,."

    def __init__(self, text: str, dest: dict[str, Any], read: Callable[[str], Any]) -> None:
        self.text = text
        self.at = 0
        self.dest = dest
        self.read = read

    def parse(self) -> None:
        try:
            while True:
                self.key(self.dest, 0)
        except _End:
            return

    def until(self, stops: str) -> tuple[str, str, bool]:
        """Read up to one of ``stops``; return what stood before, the stop, and whether the end came first."""
        out: list[str] = []
        text, at = self.text, self.at
        while at < len(text):
            char = text[at]
            at += 1
            if char in stops:
                self.at = at
                return "".join(out), char, False
            if char == "\\" and self.escapes:
                if at >= len(text):
                    break
                char = text[at]
                at += 1
            out.append(char)
        self.at = len(text)
        return "".join(out), "", True

    escapes = True

    def key(self, data: dict[str, Any], depth: int) -> None:
        name, stop, ended = self.until(self.stops)
        if ended:
            if not name:
                raise _End
            raise SetError(f"key {_quoted(name)} has no value")
        if stop == "[":
            index = self.index()
            items = _asserted(data[name], list, "[]interface {}") if name in data else []
            items = list(items)
            try:
                items = self.item(items, index, depth)
            finally:
                _put(data, name, items)
        elif stop == "=":
            self.value(data, name)
        elif stop == ",":
            _put(data, name, "")
            raise SetError(f"key {_quoted(name)} has no value (cannot end with ,)")
        else:
            depth += 1
            if depth > MAX_DEPTH:
                raise SetError(f"value name nested level is greater than maximum supported nested level of {MAX_DEPTH}")
            inner = _asserted(data[name], dict, "map[string]interface {}") if name in data else {}
            try:
                self.key(inner, depth)
            finally:
                if inner:
                    _put(data, name, inner)
            if not inner:
                raise SetError(f"key map {_quoted(name)} has no value")

    def value(self, data: dict[str, Any], name: str) -> None:
        if self.at >= len(self.text):
            _put(data, name, "")
            raise _End
        _put(data, name, self.plain_value())

    def plain_value(self) -> Any:
        if self.text[self.at] == "{":
            self.at += 1
            return self.braces()
        return self.read(self.until(",")[0])

    def braces(self) -> list[Any]:
        items: list[Any] = []
        while True:
            item, stop, ended = self.until(",}")
            if ended:
                raise SetError("list must terminate with '}'")
            items.append(self.read(item))
            if stop == "}":
                if self.text[self.at : self.at + 1] == ",":
                    self.at += 1
                return items

    def index(self) -> int:
        digits, _, ended = self.until("]")
        if ended:
            raise _End  # helm: an index without an end is the end of all that is set (test_an_index_without_an_end…)
        value, problem = atoi(digits)
        if problem:
            raise SetError(f"error parsing index: strconv.Atoi: parsing {_quoted(digits)}: {problem}")
        return value

    def item(self, items: list[Any], index: int, depth: int) -> list[Any]:
        if index < 0:
            raise SetError(f"negative {index} index not allowed")
        name, stop, ended = self.until("[.=")
        if name:
            from steersman.go.quote import quote

            # go: %q of what are characters and no string
            shown = " ".join([quote(char, "'") for char in name])
            raise SetError(f"unexpected data at end of array index: [{shown}]")
        if ended:
            raise _End
        if stop == "=":
            return _put_index(items, index, self.item_value())
        if stop == "[":
            next_index = self.index()
            nested = items[index] if len(items) > index and items[index] is not None else []
            nested = list(_asserted(nested, list, "[]interface {}"))
            return _put_index(items, index, self.item(nested, next_index, depth))
        inner: Any = {}
        if len(items) > index:
            inner = items[index]
            if not isinstance(inner, dict):
                inner = items[index] = {}
        try:
            self.key(inner, depth)
        except _End:
            _put_index(items, index, inner) if len(items) > index else None
            raise
        return _put_index(items, index, inner)

    def item_value(self) -> Any:
        if self.at >= len(self.text):
            return ""
        return self.plain_value()


class _LiteralParser(_Parser):
    stops = "=[."
    escapes = False

    def value(self, data: dict[str, Any], name: str) -> None:
        _put(data, name, self.item_value())

    def item_value(self) -> Any:
        rest, self.at = self.text[self.at :], len(self.text)
        return rest


class _JsonParser(_Parser):
    def __init__(self, text: str, dest: dict[str, Any]) -> None:
        super().__init__(text, dest, str)

    def value(self, data: dict[str, Any], name: str) -> None:
        _put(data, name, self.item_value())

    def item_value(self) -> Any:
        if self.empty():
            return None
        from steersman.go.json import loads_prefix

        value, length = loads_prefix(self.text[self.at :])
        self.at += length
        self.empty()
        return value

    def empty(self) -> bool:
        """Take spaces and one comma; return whether there was nothing else before it (or the end)."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char != "," and not char.isspace():
                return False
            self.at += 1
            if char == ",":
                return True
        return True


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    if name:
        data[name] = value


def _put_index(items: list[Any], index: int, value: Any) -> list[Any]:
    if index > MAX_INDEX:
        raise SetError(f"index of {index} is greater than maximum supported index of {MAX_INDEX}")
    if len(items) <= index:
        items = items + [None] * (index + 1 - len(items))
    items[index] = value
    return items


def _quoted(text: str) -> str:
    from steersman.go.quote import quote

    return quote(text)
