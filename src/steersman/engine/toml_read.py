"""TOML to values, with the messages of BurntSushi's reader, which charts get to see from ``fromToml``.

One pass: each function reads one form and what is wrong first is raised. Answers to ``Decode`` of
``github.com/BurntSushi/toml``.
"""

from __future__ import annotations

from steersman.engine.toml import TomlError
from steersman.go.values import Int64, TypedList
from steersman.gotemplate.times import Time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Key = tuple[str, ...]

_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")
_BASES = {
    "b": (frozenset("01"), "not a binary number"),
    "o": (frozenset("01234567"), "not an octal number"),
    "x": (_HEX, "not a hexadecimal number"),
}
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_HEX_ESCAPES = {"x": (2, "two"), "u": (4, "four"), "U": (8, "eight")}
_MOST_LEVELS = 200  # of tables and arrays; Go's reader has no such limit, and no table of anybody's comes near
_LAYOUTS = (
    ("2006-01-02T15:04:05.999999999Z07:00", ""),
    ("2006-01-02T15:04:05.999999999", "datetime-local"),
    ("2006-01-02", "date-local"),
    ("15:04:05.999999999", "time-local"),
    ("2006-01-02T15:04Z07:00", ""),
    ("2006-01-02T15:04", "datetime-local"),
    ("15:04", "time-local"),
)


class MapList(TypedList):
    """``[]map[string]interface{}``."""

    __slots__ = ()
    go_type = "[]map[string]interface {}"
    go_elem = "map[string]interface {}"


def loads(text: str) -> dict[str, Any]:
    """Return the map that ``text`` is.

    Raises:
        TomlError: with BurntSushi's message.
    """
    if text[:2] in ("\udcff\udcfe", "\udcfe\udcff"):
        text = text[2:]
    text = text.removeprefix("\ufeff")
    if "\0" in text[:6]:
        problem = "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8"
        raise TomlError(f"toml: line 1: {problem}")
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._is_over = False  # the end was met by the last look
        self._tree: dict[str, Any] = {}
        self._context: Key = ()
        self._key = ""
        self._key_line = 1
        self._implicit: set[Key] = set()
        self._arrays: set[Key] = set()
        self._depth = 0

    def document(self) -> dict[str, Any]:
        while True:
            char = self._next()
            if char == "":
                return self._tree
            if char in " \t\r\n":
                continue
            if char == "#":
                self._comment()
                continue
            if char == "[":
                self._table()
            else:
                self._back()
                self._pair(self._tree, is_top=True)
            if not self._line_end():
                return self._tree

    # characters

    def _next(self) -> str:
        """Return the next character, ``""`` at the end."""
        if self._at >= len(self._text):
            self._is_over = True
            return ""
        char = self._text[self._at]
        if char == "\n":
            self._line += 1
        if "\udc80" <= char <= "\udcff":
            raise self._error(f"invalid UTF-8 byte: 0x{ord(char) - 0xDC00:02x}", self._line)
        is_lone = char == "\r" and self._text[self._at + 1 : self._at + 2] != "\n"
        if is_lone or ((char < " " or char == "\x7f") and char not in "\t\r\n"):
            raise self._error(f"TOML files cannot contain control characters: '0x{ord(char):02x}'", self._line)
        self._at += 1
        return char

    def _back(self) -> None:
        if self._is_over:
            self._is_over = False
            return
        self._at -= 1
        if self._text[self._at] == "\n":
            self._line -= 1

    def _peek(self) -> str:
        char = self._next()
        self._back()
        return char

    def _accept(self, wanted: str) -> bool:
        if self._next() == wanted:
            return True
        self._back()
        return False

    def _skip_blanks(self) -> None:
        while self._next() in (" ", "\t"):
            pass
        self._back()

    def _take(self, chars: frozenset[str]) -> None:
        while self._next() in chars:
            pass
        self._back()

    # errors

    def _error(self, problem: str, line: int) -> TomlError:
        path = _shown(self._context) if self._context else ""
        key = f"{path}.{self._key}" if path and self._key else self._key or path
        from steersman.go.quote import quote

        last = f" (last key {quote(key)})" if key else ""
        return TomlError(f"toml: line {line}{last}: {problem}")

    def _refuse(self, problem: str, char: str | None = None, *, ends_line: bool = False) -> TomlError:
        """Return an error about what was read last; ``%q`` in ``problem`` is ``char``, quoted.

        Args:
            ends_line: whether what was read last is the break that ends the line of the error.
        """
        if char is not None:
            from steersman.go.quote import quote

            problem = problem.replace("%q", quote(char or "\0", "'"))
        is_after_line = self._is_over and self._text[self._at - 1 : self._at] == "\n"
        return self._error(problem, self._line - (is_after_line or ends_line))

    def _defined(self, path: Key, how: str) -> TomlError:
        return self._error(f"Key '{_shown(path)}' {how}", self._key_line)

    # tables and keys

    def _comment(self) -> None:
        while self._next() not in ("\n", "\r", ""):
            pass
        self._back()

    def _line_end(self) -> bool:
        """Read what may follow a value or a table on its line; return whether more is to come."""
        while True:
            char = self._next()
            if char == "#":
                self._comment()
                return True
            if char == "":
                return False
            if char in "\r\n":
                return True
            if char not in " \t":
                wanted = "expected a top-level item to end with a newline, comment, or EOF, but got %q instead"
                raise self._refuse(wanted, char)

    def _table(self) -> None:
        is_array = self._accept("[")
        key: list[str] = []
        while True:
            self._skip_blanks()
            char = self._peek()
            if char in ("]", ""):
                raise self._refuse("unexpected end of table name (table names cannot be empty)")
            if char == ".":
                raise self._refuse("unexpected table separator (table names cannot be empty)")
            key.append(self._name())
            self._check_depth(len(key))
            if len(key) == 1:
                self._key_line = self._line
            self._skip_blanks()
            char = self._next()
            if char == "]":
                break
            if char != ".":
                raise self._refuse("expected '.' or ']' to end table name, but got %q instead", char)
        if is_array and (char := self._next()) != "]":
            raise self._refuse("expected end of table array name delimiter ']', but got %q instead", char)
        self._enter(tuple(key), is_array=is_array)

    def _name(self) -> str:
        """Read one part of a key."""
        char = self._peek()
        if char in ('"', "'"):
            self._next()
            return self._string() if char == '"' else self._raw_string()
        start = self._at
        self._take(_BARE)
        return self._text[start : self._at]

    def _pair(self, table: dict[str, Any], *, is_top: bool) -> None:
        """Read ``key = value``; below the top the value goes into ``table`` as well."""
        self._skip_blanks()
        char = self._peek()
        if char in ("=", ""):
            raise self._refuse("unexpected '=': key name appears blank")
        if char == ".":
            raise self._refuse("unexpected '.': keys cannot start with a '.'")
        outer = self._context
        key = self._dotted_key()
        self._key = key[-1]
        for part in key[:-1]:
            self._implicit.add((*self._context, part))
            self._enter((*self._context, part), is_array=False)
        value, is_array = self._value(is_in_array=False)
        self._set(self._key, value)
        if is_array:
            self._arrays.add((*self._context, self._key))
        if not is_top:
            for part in key[:-1]:
                table = table.setdefault(part, {})
                if not isinstance(table, dict):
                    raise self._error(f'"{_shown(self._context)}" is not a table', self._key_line)
            table[self._key] = value
        self._context = outer
        if is_top:
            self._key = ""  # go: errors behind a pair of an inline table still name its key

    def _dotted_key(self) -> list[str]:
        key: list[str] = []
        while True:
            self._skip_blanks()
            char = self._peek()
            if key and char in ("=", ""):
                raise self._refuse("unexpected '='")
            if key and char == ".":
                raise self._refuse("unexpected '.'")
            key.append(self._name())
            self._check_depth(len(key) + len(self._context))
            if len(key) == 1:
                self._key_line = self._line
            self._skip_blanks()
            char = self._next()
            if char == "=":
                return key
            if char == "":
                raise self._refuse("unexpected EOF; expected key separator '='")
            if char != ".":
                raise self._refuse("expected '.' or '=', but got %q instead", char, ends_line=char == "\n")

    def _check_depth(self, depth: int) -> None:
        if depth > _MOST_LEVELS:
            raise self._error(f"tables and arrays nest more than {_MOST_LEVELS} levels deep", self._line)

    def _enter(self, key: Key, *, is_array: bool) -> None:
        """Make the table at ``key`` the one that keys go to."""
        table = self._tree
        path: Key = ()
        for part in key[:-1]:
            path = (*path, part)
            if part not in table:
                self._implicit.add(path)
                table[part] = {}
            inner = table[part]
            if not isinstance(inner, (dict, MapList)):
                raise self._defined(path, "was already created as a hash.")
            table = inner[-1] if isinstance(inner, MapList) else inner
        self._context = path
        if not is_array:
            self._set(key[-1], {})
        elif isinstance(listed := table.setdefault(key[-1], MapList()), MapList):
            listed.append({})
        else:
            raise self._defined(key, "was already created and cannot be used as an array.")
        self._context = key

    def _set(self, key: str, value: Any) -> None:
        table = self._tree
        path: Key = ()
        for part in self._context:
            path = (*path, part)
            inner = table[part]
            if not isinstance(inner, (dict, MapList)):
                raise self._defined(path, "has already been defined.")
            table = inner[-1] if isinstance(inner, MapList) else inner
        path = (*path, key)
        if key not in table:
            table[key] = value
            return
        if path not in self._implicit:
            raise self._defined(path, "has already been defined.")
        self._implicit.remove(path)
        if path in self._arrays:
            table[key] = value

    # values

    def _value(self, *, is_in_array: bool) -> tuple[Any, bool]:
        """Read a value and return whether it is an array."""
        self._depth += 1
        self._check_depth(self._depth)
        found = self._value_within(is_in_array=is_in_array)
        self._depth -= 1
        return found

    def _value_within(self, *, is_in_array: bool) -> tuple[Any, bool]:
        self._skip_blanks()
        start = self._at
        char = self._next()
        if char in _DIGITS:
            return self._number(start, char), False
        if char == "[":
            return self._array(), True
        if char == "{":
            return self._inline_table(is_in_array=is_in_array), False
        if char == '"':
            is_long = self._text.startswith('""', self._at)
            self._at += 2 if is_long else 0
            return (self._long_string() if is_long else self._string()), False
        if char == "'":
            is_long = self._text.startswith("''", self._at)
            self._at += 2 if is_long else 0
            return (self._long_raw_string() if is_long else self._raw_string()), False
        if char == ".":
            raise self._refuse("floats must start with a digit, not '.'")
        if char in ("i", "n"):
            if (self._accept("n") and self._accept("f")) or (self._accept("a") and self._accept("n")):
                return self._float(self._text[start : self._at]), False
        elif char in ("-", "+"):
            return self._signed(start), False
        if char.isalpha():
            self._back()
            return self._bool(), False
        if char == "":
            raise self._refuse("unexpected EOF; expected value")
        raise self._refuse("expected value but found %q instead", char, ends_line=char == "\n")

    def _bool(self) -> bool:
        start = self._at
        while self._next().isalpha():
            pass
        self._back()
        word = self._text[start : self._at]
        if word not in ("true", "false"):
            from steersman.go.quote import quote

            raise self._refuse(f"expected value but found {quote(word)} instead")
        return word == "true"

    def _array(self) -> list[Any]:
        self._arrays.add((*self._context, self._key))
        items: list[Any] = []
        is_after_value = False
        while True:
            char = self._next()
            if char == "#":
                self._comment()
            elif char == "]":
                return items
            elif char != "" and char in " \t\r\n":
                pass
            elif not is_after_value:
                if char == ",":
                    raise self._refuse("unexpected comma")
                self._back()
                items.append(self._value(is_in_array=True)[0])
                is_after_value = True
            elif char == ",":
                is_after_value = False
            else:
                raise self._refuse(f"expected a comma (',') or array terminator (']'), but got {_or_end(char)}")

    def _inline_table(self, *, is_in_array: bool) -> dict[str, Any]:
        table: dict[str, Any] = {}
        outer, outer_key = self._context, self._key
        self._context = inside = (*self._context, self._key)
        self._key = ""
        self._implicit.add(inside)
        self._enter(inside, is_array=is_in_array)
        is_after_value = False
        while True:
            char = self._next()
            if char == "#":
                self._comment()
            elif char == "}":
                break
            elif char != "" and char in " \t\r\n":
                pass
            elif not is_after_value:
                if char == ",":
                    raise self._refuse("unexpected comma")
                self._back()
                self._pair(table, is_top=False)
                self._context = inside
                is_after_value = True
            elif char == ",":
                self._skip_blanks()
                is_after_value = self._peek() == "}"
            else:
                raise self._refuse(
                    f"expected a comma or an inline table terminator '}}', but got {_or_end(char)} instead"
                )
        self._context, self._key = outer, outer_key
        return table

    # strings

    def _string(self) -> str:
        start = self._at
        while True:
            char = self._next()
            if char == "":
                raise self._refuse("unexpected EOF; expected '\"'")
            if char in "\r\n":
                raise self._error("strings cannot contain newlines", self._line - 1)
            if char == "\\":
                self._escape(start)
            elif char == '"':
                return self._unescaped(self._text[start : self._at - 1])

    def _raw_string(self) -> str:
        start = self._at
        while True:
            char = self._next()
            if char == "":
                raise self._refuse('unexpected EOF; expected "\'"')
            if char in "\r\n":
                raise self._error("strings cannot contain newlines", self._line - 1)
            if char == "'":
                return self._text[start : self._at - 1]

    def _long_string(self) -> str:
        start = self._at
        while True:
            char = self._next()
            if char == "":
                raise self._refuse('unexpected EOF; expected \'"""\'')
            if char == "\\":
                if self._peek() not in ("\r", "\n"):
                    self._escape(start)
            elif char == '"' and (end := self._end_of_long('"')):
                text = _without_first_line(self._text[start:end])
                return self._unescaped(_joined_lines(text))

    def _long_raw_string(self) -> str:
        start = self._at
        while True:
            char = self._next()
            if char == "":
                raise self._refuse("unexpected EOF; expected \"'''\"")
            if char == "'" and (end := self._end_of_long("'")):
                return _without_first_line(self._text[start:end])

    def _end_of_long(self, mark: str) -> int:
        """Return where a text ends that three marks may follow here, or 0; the first one has been read."""
        first = self._at - 1
        while self._accept(mark):
            if self._at - first == 6:
                self._at -= 1
                raise self._refuse(f"unexpected '{mark * 6}'" if mark == '"' else f'unexpected "{mark * 6}"')
        return self._at - 3 if self._at - first >= 3 else 0

    def _escape(self, start: int) -> None:
        char = self._next()
        if char and char in 'ebtnfr" \t\\':
            return
        if not char or char not in _HEX_ESCAPES:
            problem = f"invalid escape in string '\\{char or chr(0)}'"
            raise self._error(problem, self._line - self._is_over)
        count, word = _HEX_ESCAPES[char]
        for _ in range(count):
            if self._next() not in _HEX:
                from steersman.go.quote import quote

                found = quote(self._text[start : self._at])
                raise self._refuse(f"expected {word} hexadecimal digits after '\\{char}', but got {found} instead")

    def _unescaped(self, text: str) -> str:
        if "\\" not in text:
            return text
        out: list[str] = []
        at = 0
        while (found := text.find("\\", at)) >= 0:
            out.append(text[at:found])
            char = text[found + 1]
            if char in " \t":
                raise self._error(f"invalid escape: '\\{char}'", self._line)
            at = found + 2
            if char in _ESCAPES:
                out.append(_ESCAPES[char])
                continue
            count = _HEX_ESCAPES[char][0]
            code = int(text[at : at + count], 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                digits = text[at : at + count]
                raise self._error(f"Escaped character '\\u{digits}' is not valid UTF-8.", self._line)
            out.append(chr(code))
            at += count
        return "".join([*out, text[at:]])

    # numbers and times

    def _signed(self, start: int) -> Any:
        char = self._next()
        if char in ("i", "n"):
            rest = "nf" if char == "i" else "an"
            if not all(map(self._accept, rest)):
                raise self._refuse(f"invalid float: '{self._text[start : self._at]}'")
            return self._float(self._text[start : self._at])
        if char == "0" and (base := self._peek()) in ("b", "o", "x"):
            raise self._refuse(f"cannot use sign with non-decimal numbers: '{self._text[start : self._at]}{base}'")
        if char == ".":
            raise self._refuse("floats must start with a digit, not '.'")
        if char not in _DIGITS:
            raise self._refuse("expected a digit but got %q", char)
        return self._decimal(start)

    def _number(self, start: int, first: str) -> Any:
        if first == "0":
            char = self._next()
            if char in _BASES:
                digits, problem = _BASES[char]
                if (found := self._peek()) not in digits:
                    raise self._refuse(f"{problem}: '0{char}{found or chr(0)}'")
                self._take(digits | {"_"})
                return self._integer(self._text[start : self._at])
            self._back()
            if char not in _DIGITS:
                return self._decimal(start)
        self._take(_DIGITS)
        if self._next() in ("-", ":"):
            self._take(_DIGITS | frozenset("-:Tt .Zz+"))
            return self._time(self._text[start : self._at].strip())
        self._back()
        return self._decimal(start)

    def _decimal(self, start: int) -> Any:
        self._take(_DIGITS | {"_"})
        if self._next() in (".", "e", "E"):
            self._take(_DIGITS | frozenset("_.-+eE"))
            return self._float(self._text[start : self._at])
        self._back()
        return self._integer(self._text[start : self._at])

    def _integer(self, text: str) -> Int64:
        from steersman.go.quote import quote

        if not _underscores_are_inside(text):
            problem = f"Invalid integer {quote(text)}: underscores must be surrounded by digits"
            raise self._error(problem, self._line)
        if _has_leading_zero(text):
            raise self._error(f"Invalid integer {quote(text)}: cannot have leading zeroes", self._line)
        from steersman.go.integer import integer

        base = {"0b": 2, "0o": 8, "0x": 16}.get(text[:2], 10)
        digits = text.replace("_", "")
        number = int(digits, base) if base != 10 else integer(digits)
        if not -(1 << 63) <= number < 1 << 63:
            raise self._error(f"{text} is out of range for int64", self._line)
        return Int64(number)

    def _float(self, text: str) -> float:
        import re

        from steersman.go.quote import quote

        parts = [part for part in re.split("[.eE]", text) if part]
        if not all(map(_underscores_are_inside, parts)):
            raise self._error(f"Invalid float {quote(text)}: underscores must be surrounded by digits", self._line)
        if _has_leading_zero(parts[0]):
            raise self._error(f"Invalid float {quote(text)}: cannot have leading zeroes", self._line)
        if re.search(r"\.(?![0-9])", text):
            problem = f"Invalid float {quote(text)}: '.' must be followed by one or more digits"
            raise self._error(problem, self._line)
        plain = text.replace("_", "")
        if plain.lstrip("+-") in ("inf", "nan"):
            return float(plain)
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", plain):
            raise self._error(f"Invalid float value: {quote(text)}", self._line)
        value = float(plain)
        if value in (float("inf"), float("-inf")):
            raise self._error(f"{text} is out of range for float64", self._line)
        return value

    def _time(self, given: str) -> Time:
        from steersman.go.quote import quote
        from steersman.go.time.moment import UTC, Moment, fixed_zone
        from steersman.go.time.read import parse_moment

        text = given.replace("z", "Z").replace("t", "T").replace(" ", "T")
        for layout, zone in _LAYOUTS:
            try:
                moment = parse_moment(layout, text, UTC)
            except ValueError:
                continue
            if _misses_a_zero(text, layout):
                break
            return Time(Moment(moment.nanoseconds, fixed_zone(zone, 0)) if zone else moment)
        raise self._error(f"invalid datetime: {quote(text)}", self._line)


def _shown(key: Key) -> str:
    """Return a key with the parts quoted that have to be."""
    return ".".join(part if part and _BARE.issuperset(part) else _quoted(part) for part in key)


def _quoted(part: str) -> str:
    from steersman.go.quote import quote

    return quote(part)


def _or_end(char: str) -> str:
    return f"'{char}'" if char else "end of file"


def _without_first_line(text: str) -> str:
    return text[2:] if text.startswith("\r\n") else text.removeprefix("\n")


def _joined_lines(text: str) -> str:
    """Drop a backslash at the end of a line, with all blanks and line breaks behind it."""
    import re

    def joined(found: re.Match[str]) -> str:
        return found[0] if found[0] == "\\\\" or "\n" not in found[0] else ""

    return re.sub(r"\\\\|\\[ \t\r\n]+", joined, text)


def _underscores_are_inside(text: str) -> bool:
    if text.lstrip("+-") in ("nan", "inf"):
        return True
    is_digit = False
    for char in text:
        if char == "_" and not is_digit:
            return False
        is_digit = char in _HEX
    return is_digit


def _has_leading_zero(text: str) -> bool:
    if len(text) > 1 and text[0] == "0" and text[1] not in "box":
        return True
    return len(text) > 2 and text[0] in "+-" and text[1] == "0"


def _misses_a_zero(text: str, layout: str) -> bool:
    """Return whether something stands in ``text`` where the layout has another mark: a number was too short."""
    for char, mark in zip(text, layout):
        if mark in ".Z":
            return False
        if mark not in _DIGITS and char != mark:
            return True
    return False
