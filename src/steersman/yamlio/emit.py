"""Values to YAML text, as go-yaml's emitter writes it.

``emit`` is sigs.k8s.io/yaml's ``Marshal`` (JSON on the way, go-yaml v2: sequences at
their key's own column, lines folded after column 80); ``emit_v3`` is go-yaml v3 with an
indent of 2 (sequences indented, nothing folded).
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.json_numbers import format_float, format_float_g
from steersman.yamlio import errors as yaml_errors
from steersman.yamlio.scalars import HINTS, WORDS, resolve
from steersman.yamlio.text import folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 10_000  # Go's encoder stops at cycles; ours where go-yaml would not read the text again
BEST_WIDTH = 80
_UNFOLDED = 1 << 31
_SIMPLE_KEY = 128  # libyaml: a longer key is written with "? "

_WORD_CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# deletes every character that can stand anywhere in a plain scalar
_SAFE = dict.fromkeys(map(ord, _WORD_CHARS + "0123456789_./-=+()<>;$^~\\"))
_FIRST = frozenset(_WORD_CHARS + "/_$(")
# keys of these characters alone sort the same by code point and by go-yaml's rule
_PLAIN_ORDER = dict.fromkeys(map(ord, _WORD_CHARS + "-./"))
_UNREADABLE = frozenset([*map(chr, range(0x7F, 0x85)), *map(chr, range(0x86, 0xA0)), "\ufffe", "\uffff"])
_BREAKS = "\n\r\x85\u2028\u2029"
# Stands before the newline that does not follow another break: a surrogate, which no text that is written has.
_NO_NEWLINE = "\udfff"


def emit(value: Any) -> str:
    """Return ``value`` as YAML in Helm's usual form (go-yaml v2 behind JSON).

    Raises:
        JSONError, YamlError: for values JSON has no form for, or go-yaml cannot read from JSON.
    """
    return _Emitter(BEST_WIDTH, v3=False).document(value)


def emit_v3(value: Any) -> str:
    """Return ``value`` as go-yaml v3's encoder with ``SetIndent(2)`` writes it."""
    return _Emitter(_UNFOLDED, v3=True).document(value)


class _Emitter:
    def __init__(self, width: int, *, v3: bool) -> None:
        self._width = width
        self._v3 = v3
        self._out: list[str] = []
        self._texts: dict[str, str | None] = {}

    def document(self, value: Any) -> str:
        value = self._plain(value)
        if isinstance(value, dict) and value:
            self._mapping(value, 0, 0)
        elif isinstance(value, (list, tuple)) and value:
            self._sequence(value, 0, 0)
        else:
            self._out.append(self._scalar(value, 0, 2) + "\n")
        text = "".join(self._out)
        return text.replace(_NO_NEWLINE + "\n", "") if _NO_NEWLINE in text else text

    def _mapping(self, value: dict[Any, Any], indent: int, depth: int, first: str = "") -> None:
        """Write a block mapping at column ``indent``; ``first`` stands before its first key instead of spaces."""
        if depth > MAX_DEPTH:
            raise go_errors.JSONError("json: unsupported value: encountered a cycle via map[string]interface {}")
        out = self._out
        pad = " " * indent
        lead = first or pad
        if self._v3 and any(type(k) is not str for k in value):
            value = _with_plain_keys(value)
            keys = list(value)
        else:
            keys = [str(k) for k in value]
            if not (self._v3 and hasattr(value, "is_struct")):
                keys = ordered(keys, v3=self._v3)
        for key in keys:
            item = self._plain(value[key] if key in value else next(v for k, v in value.items() if str(k) == key))
            text = self._key(key, indent)
            kind = type(item)
            if text is None:
                self._long_key(key, item, lead, indent, depth)
            elif kind is str:
                prefix = f"{lead}{text}: "
                out.append(prefix + self._string(item, len(prefix), indent + 2) + "\n")
            elif isinstance(item, dict) and item:
                out.append(f"{lead}{text}:\n")
                self._mapping(item, indent + 2, depth + 1)
            elif isinstance(item, (list, tuple)) and item:
                out.append(f"{lead}{text}:\n")
                self._sequence(item, indent + 2 if self._v3 else indent, depth + 1)
            else:
                prefix = f"{lead}{text}: "
                out.append(prefix + self._scalar(item, len(prefix), indent + 2) + "\n")
            lead = pad

    def _long_key(self, key: str, item: Any, lead: str, indent: int, depth: int) -> None:
        out = self._out
        prefix = f"{lead}? "
        out.append(prefix + self._string(key, len(prefix), indent + 2) + "\n")
        self._after_indicator(item, f"{' ' * indent}: ", indent + 2, depth)

    def _sequence(self, value: list[Any] | tuple[Any, ...], indent: int, depth: int, first: str = "") -> None:
        if depth > MAX_DEPTH:
            raise go_errors.JSONError("json: unsupported value: encountered a cycle via []interface {}")
        pad = " " * indent
        lead = first or pad
        for item in value:
            self._after_indicator(self._plain(item), f"{lead}- ", indent + 2, depth)
            lead = pad

    def _after_indicator(self, item: Any, prefix: str, indent: int, depth: int) -> None:
        if isinstance(item, dict) and item:
            self._mapping(item, indent, depth + 1, prefix)
        elif isinstance(item, (list, tuple)) and item:
            self._sequence(item, indent, depth + 1, prefix)
        else:
            self._out.append(prefix + self._scalar(item, len(prefix), indent) + "\n")

    def _plain(self, value: Any) -> Any:
        return _of_version_3(value) if self._v3 else _plain_value(value)

    def _scalar(self, value: Any, column: int, indent: int) -> str:
        if type(value) is _Plain:
            return str(value)
        if isinstance(value, str):
            return self._string(value, column, indent)
        if value is None:
            return "null"
        if value is True:
            return "true"
        if value is False:
            return "false"
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            return self._float(value)
        if isinstance(value, dict):
            return "null" if getattr(value, "is_nil", False) else "{}"
        return "null" if getattr(value, "is_nil", False) else "[]"

    def _float(self, value: float) -> str:
        if self._v3:
            return _float_of_version_3(value)
        text = format_float(value)
        read = resolve(text)
        return repr(read) if type(read) is int else _strconv_g(float(text))

    def _key(self, key: str, indent: int) -> str | None:
        """Return the text of a simple key, or None where it needs ``? ``."""
        if type(key) is _Plain:
            return str(key)
        cached = self._texts.get(key, "")
        if cached != "":
            return cached
        text: str | None
        if "\x85" in key and not self._v3:
            raise yaml_errors.YamlError("yaml: mapping values are not allowed in this context")
        if "\n" in key or len(key.encode("utf-8", "surrogateescape")) > _SIMPLE_KEY or _has_break(key):
            text = None
        elif not key:
            text = '""'
        else:
            text = self._string(key, 0, 0, simple_key=True)
        self._texts[key] = text
        return text

    def _string(self, text: str, column: int, indent: int, *, simple_key: bool = False) -> str:
        if not text:
            return '""'
        if text[0] in _FIRST and not text.translate(_SAFE) and text not in WORDS and not self._old_bool(text):
            return text
        if not self._v3 and ("\x7f" in text or not (text.isascii() or _UNREADABLE.isdisjoint(text))):
            # helm: what JSON leaves as it is, go-yaml does not read on the way back (test_control_characters)
            raise yaml_errors.YamlError("yaml: control characters are not allowed")
        if not self._v3 and "\x85" in text:
            text = _read_from_json(text)
        if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
            if self._v3:
                return self._binary(text, indent)
            text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
        width = _UNFOLDED if simple_key else self._width
        plain, single, block = _analyze(text, v3=self._v3)
        if "\n" in text:
            if block:
                return _literal(text, indent)
            return _double_quoted(text, column, indent, width)
        if self._resolves(text):
            return _double_quoted(text, column, indent, width)
        if plain:
            return _folded(text, column, indent, width)
        if single:
            return _single_quoted(text, column, indent, width)
        return _double_quoted(text, column, indent, width)

    def _old_bool(self, text: str) -> bool:
        return text in WORDS

    def _resolves(self, text: str) -> bool:
        """Return whether the text, written plainly, would be read as something else than a string."""
        if text in WORDS:
            return True
        if text[0] not in HINTS:
            return False
        if type(resolve(text)) is not str:
            return True
        return _is_timestamp(text) or _is_base60(text)

    def _binary(self, text: str, indent: int) -> str:
        from base64 import b64encode

        encoded = b64encode(text.encode("utf-8", "surrogateescape")).decode()
        if len(encoded) <= 70:
            return f"!!binary {encoded}"
        lines = "\n".join(encoded[i : i + 70] for i in range(0, len(encoded), 70)) + "\n"
        return "!!binary " + _literal(lines, indent)


def _plain_value(value: Any) -> Any:
    """Give objects that know their JSON form that form; bytes are base64 text."""
    if value is None or isinstance(value, (str, int, float, dict, list, tuple)):
        return value
    if isinstance(value, (bytes, bytearray)):
        from binascii import b2a_base64

        return b2a_base64(value, newline=False).decode()
    if hasattr(value, "to_json"):
        return value.to_json()
    raise go_errors.JSONError(f"json: unsupported type: {getattr(value, 'go_type', type(value).__name__)}")


class _Plain(str):
    """Text that is written as it stands, though it reads as another type."""

    __slots__ = ()


def _with_plain_keys(value: dict[Any, Any]) -> dict[str, Any]:
    """Return a mapping in the order of its keys, with the texts of those that are not strings in their places.

    go: version 3 does not take a map through JSON, where every key is a string: numbers, among them false as 0 and true
    as 1, come before null, then strings, then times (test_keys_that_are_numbers, test_keys_of_several_types)
    """
    numbers: list[Any] = []
    others: list[Any] = []
    texts: list[str] = []
    for key in value:
        is_text = isinstance(key, str) and not hasattr(key, "go_type")
        (texts if is_text else numbers if isinstance(key, (bool, int, float)) else others).append(key)
    numbers.sort(key=lambda key: (float(key), isinstance(key, float), not isinstance(key, bool)))
    nulls = [key for key in others if key is None]
    rest = [key for key in others if key is not None]
    # go: an entry under NaN cannot be looked up
    fields: dict[str, Any] = {_plain_key(key): value[key] if key == key else None for key in (*numbers, *nulls)}
    fields.update({text: value[text] for text in ordered(texts, v3=True)})
    fields.update({_plain_key(key): value[key] for key in rest})
    return fields


def _plain_key(key: Any) -> str:
    if key is None or isinstance(key, bool):
        return _Plain({True: "true", False: "false", None: "null"}[key])
    if isinstance(key, float):
        return _Plain(_float_of_version_3(key))
    return _Plain(int.__repr__(key) if isinstance(key, int) else key)


def _of_version_3(value: Any) -> Any:
    """Return what go-yaml v3 sees of a value, which it does not take through JSON: fields, bytes and times.

    go: names of fields are written small, in the struct's order; bytes are numbers (tests/engine/expressions.txt)
    """
    if isinstance(value, (bytes, bytearray)):
        return list(value)
    type_name = getattr(value, "go_type", "")
    if type_name == "time.Time":
        return _Plain(value.to_json())
    if type_name == "time.Duration":
        return value.go_methods["String"][0](value)
    fields = getattr(value, "fields", None)
    if type_name == "semver.Version" or not isinstance(fields, dict):
        return _plain_value(value)
    return _Fields({name.lower(): field for name, field in fields.items() if name[0].isupper()})


class _Fields(dict):  # type: ignore[type-arg]
    """A struct's fields, which keep their order."""

    __slots__ = ()
    is_struct = True


def _read_from_json(text: str) -> str:
    """Fold the one break that JSON leaves as it is (``\x85``), as go-yaml does on the way back."""
    first, *inner, last = text.split("\x85")
    return folded([first.rstrip(" "), *(piece.strip(" ") for piece in inner), last.lstrip(" ")])


def _float_of_version_3(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return _strconv_g(value)


def _strconv_g(value: float) -> str:
    """Return ``strconv.FormatFloat(value, 'g', -1, 64)``: the exponent form from 1e+06 on."""
    # go: fmt's %v waits until 1e+21
    return format_float_g(value, upper_exponent=6)


def _has_break(text: str) -> bool:
    return "\r" in text or (not text.isascii() and any(b in text for b in _BREAKS[2:]))


def ordered(keys: list[str], *, v3: bool) -> list[str]:
    """Sort keys as go-yaml does: letters after everything else, digits by number.

    Version 3 puts a letter first where it follows equal digits.
    """
    if len(keys) < 2:
        return keys
    if not "".join(keys).translate(_PLAIN_ORDER):
        return sorted(keys)
    return sorted(keys, key=_KeyVersion3 if v3 else _Key)


class _Key(str):
    """A key that sorts as go-yaml version 2 sorts it (``functools`` would cost two milliseconds to import)."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return _less(self, other, v3=False)


class _KeyVersion3(str):
    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return _less(self, other, v3=True)


def _less(a: str, b: str, *, v3: bool) -> bool:
    digits = False
    for i, (x, y) in enumerate(zip(a, b)):
        if x == y:
            digits = v3 and x.isdecimal()
            continue
        x_letter, y_letter = x.isalpha(), y.isalpha()
        if x_letter and y_letter:
            return x < y
        if x_letter or y_letter:
            return x_letter if digits else y_letter
        return _less_from(a, b, i)
    return len(a) < len(b)


def _less_from(a: str, b: str, i: int) -> bool:
    """Compare from the first difference, neither side a letter: runs of digits by their number."""
    a_number = b_number = 0
    if a[i] == "0" or b[i] == "0":
        j = i - 1
        while j >= 0 and a[j].isdecimal():
            if a[j] != "0":
                a_number = b_number = 1
                break
            j -= 1
    a_end, b_end = i, i
    while a_end < len(a) and a[a_end].isdecimal():
        a_number = a_number * 10 + ord(a[a_end]) - 48
        a_end += 1
    while b_end < len(b) and b[b_end].isdecimal():
        b_number = b_number * 10 + ord(b[b_end]) - 48
        b_end += 1
    if a_number != b_number:
        return a_number < b_number
    if a_end != b_end:
        return a_end < b_end
    return a[i] < b[i]


def printable(char: str) -> bool:
    """Return whether go-yaml writes a character as it is: no controls but newline, no BOM, no surrogates.

    go: nothing beyond U+FFFF either, so that emoji are escaped (test_characters_that_are_escaped)
    """
    code = ord(char)
    if code < 0x80:
        return code == 0x0A or 0x20 <= code <= 0x7E
    return 0xA0 <= code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)


def _analyze(text: str, *, v3: bool) -> tuple[bool, bool, bool]:
    """Return whether ``text`` may be written plain, in single quotes, and as a block (libyaml's scalar analysis)."""
    plain = single = block = True
    if text.startswith(("---", "...")):
        plain = False
    special = not text.isascii() or not text.isprintable()
    last = len(text) - 1
    previous_space = previous_break = False
    blank_before = True
    if text[0] in "#,[]{}&*!|>'\"%@`" or (text[0] in "?:-" and (last == 0 or text[1] in " \t")):
        plain = False
    if ": " in text or text[-1] == ":" or " #" in text or ":\t" in text or "\t#" in text:
        plain = False
    if not special:
        # no breaks, no controls: only spaces at the ends matter
        if text[0] == " " or text[-1] == " ":
            plain = False
        return plain, single, text[-1] != " "
    for i, char in enumerate(text):
        if char == " ":
            if i == 0:
                plain = False
            if i == last:
                plain = block = False
            if previous_break:
                plain = single = False
            previous_space, previous_break = True, False
        elif char in _BREAKS:
            plain = False
            if previous_space:
                single = block = False
            if char != "\n" and not printable(char):
                single = block = False
            if char == ":" or (char == "#" and blank_before):
                plain = False
            previous_space, previous_break = False, True
        else:
            if not printable(char):
                plain = single = False
                # go: version 3 writes tabs into blocks (test_tabs_in_blocks)
                block = block and v3 and char == "\t"
            if char == "#" and blank_before and i:
                plain = False
            if char == ":" and i < last and text[i + 1] in " \t\n\r\x85\u2028\u2029":
                plain = False
            previous_space = previous_break = False
        blank_before = char in " \t\n\r\x85\u2028\u2029"
    return plain, single, block


def _folded(text: str, column: int, indent: int, width: int) -> str:
    """Write a plain scalar, broken at single spaces after column ``width``."""
    if column + len(text) <= width or " " not in text:
        return text
    out: list[str] = []
    spaces = False
    for i, char in enumerate(text):
        if char == " ":
            if not spaces and column > width and text[i + 1] != " ":
                out.append("\n" + " " * indent)
                column = indent
            else:
                out.append(char)
                column += 1
            spaces = True
        else:
            out.append(char)
            column += 1
            spaces = False
    return "".join(out)


def _single_quoted(text: str, column: int, indent: int, width: int) -> str:
    has_breaks = not text.isascii() and _has_break(text)
    if column + 1 + len(text) <= width and not has_breaks:
        return "'" + text.replace("'", "''") + "'"
    out = ["'"]
    column += 1
    spaces = breaks = False
    last = len(text) - 1
    for i, char in enumerate(text):
        if char == " ":
            if not spaces and column > width and 0 < i < last and text[i + 1] != " ":
                out.append("\n" + " " * indent)
                column = indent
            else:
                out.append(char)
                column += 1
            spaces = True
        elif has_breaks and char in _BREAKS:
            out.append(char)
            column, breaks = 0, True
        else:
            if breaks:
                # go: what follows a break is indented (test_breaks_beyond_ascii)
                out.append(" " * indent)
                column = indent
            written = "''" if char == "'" else char
            out.append(written)
            column += len(written)
            spaces = breaks = False
    out.append("'")
    return "".join(out)


_ESCAPES = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip


def _escaped(char: str, *, always: bool = False) -> str:
    if always or char in '"\\' or char in _BREAKS or not printable(char):
        short = _ESCAPES.get(char)
        if short:
            return short
        code = ord(char)
        if code <= 0xFF:
            return f"\\x{code:02X}"
        if code <= 0xFFFF:
            return f"\\u{code:04X}"
        return f"\\U{code:08X}"
    return char


def _double_quoted(text: str, column: int, indent: int, width: int) -> str:
    if text[0] == "\ufeff":
        # go: is_bom looks at the beginning of the text each time (test_texts_that_begin_with_a_byte_order_mark)
        return '"' + "".join([_escaped(char, always=True) for char in text]) + '"'
    out = ['"']
    column += 1
    spaces = False
    last = len(text.encode("utf-8", "surrogateescape")) - 1 if not text.isascii() else len(text) - 1
    position = 0
    for i, char in enumerate(text):
        if char == " ":
            if not spaces and column > width and 0 < position < last:
                out.append("\n" + " " * indent)
                column = indent
                if text[i + 1] == " ":
                    out.append("\\")
                    column += 1
            else:
                out.append(char)
                column += 1
            spaces = True
        else:
            piece = _escaped(char)
            out.append(piece)
            column += len(piece)
            spaces = False
        position += 1 if char < "\x80" else len(char.encode("utf-8", "surrogateescape"))
    out.append('"')
    return "".join(out)


def _literal(text: str, indent: int) -> str:
    """Write a ``|`` block: hints, then each line at ``indent``; the caller adds the final newline."""
    hint = "2" if text[0] in " \n\r\x85\u2028\u2029" else ""
    if text[-1] not in _BREAKS:
        chomp = "-"
    elif len(text) == 1 or text[-2] in _BREAKS:
        chomp = "+"
    else:
        chomp = ""
    pad = " " * indent
    lines = text.removesuffix("\n").split("\n")
    if text.isascii() or not _has_break(text):
        return f"|{hint}{chomp}\n" + "\n".join([pad + line if line else "" for line in lines])
    end = "" if text.endswith("\n") or chomp == "-" else _NO_NEWLINE
    return f"|{hint}{chomp}\n" + "\n".join([_with_breaks(line, pad) for line in lines]) + end


def _with_breaks(line: str, pad: str) -> str:
    """Write a line with U+2028 or U+2029: go-yaml indents after these breaks too, and adds no newline to them."""
    out = []
    breaks = True
    for char in line:
        is_break = char in _BREAKS
        out.append(char if is_break or not breaks else pad + char)
        breaks = is_break
    return "".join(out)


def _is_timestamp(text: str) -> bool:
    """Return whether go-yaml reads the text as a timestamp (and so writes the string in quotes)."""
    if len(text) < 8 or not text[:4].isdigit() or text[4] != "-" or not text.isascii():
        return False
    for separator in ("T", "t", " "):
        date, found, clock = text.partition(separator)
        if found:
            return _is_day(date) and _is_clock(clock, zone=separator != " ")
    return _is_day(text)


def _is_day(text: str) -> bool:
    parts = text.split("-")
    if not text.isascii() or len(parts) != 3 or len(parts[0]) != 4:
        return False
    if not all(p.isdigit() and len(p) <= 2 for p in parts[1:]):
        return False
    year, month, day = (int(p) for p in parts)
    if not 1 <= month <= 12 or day < 1:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= (29 if month == 2 and leap else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1])


def _is_clock(text: str, *, zone: bool) -> bool:
    if zone:
        if text.endswith("Z"):
            text = text[:-1]
        else:
            mark = max(text.rfind("+"), text.rfind("-"))
            offset = text[mark + 1 :]
            if mark < 0 or len(offset) != 5 or offset[2] != ":" or not (offset[:2] + offset[3:]).isdigit():
                return False
            if int(offset[:2]) > 24 or int(offset[3:]) >= 60:
                return False
            text = text[:mark]
    parts = text.split(":")
    if len(parts) != 3:
        return False
    seconds, dot, fraction = parts[2].replace(",", ".").partition(".")
    if not text.isascii() or (dot and not fraction.isdigit()):
        return False
    numbers = (parts[0], parts[1], seconds)
    if not all(n.isdigit() and len(n) <= 2 for n in numbers):
        return False
    return int(numbers[0]) < 24 and int(numbers[1]) < 60 and int(numbers[2]) < 60


def _is_base60(text: str) -> bool:
    """Match ``[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?``, YAML 1.1's base 60, which go-yaml quotes."""
    if ":" not in text or text[0] not in "+-0123456789":
        return False
    body = text[1:] if text[0] in "+-" else text
    head, *rest = body.split(":")
    if not head or not head[0].isdigit() or head.strip("0123456789_"):
        return False
    last, dot, fraction = rest[-1].partition(".")
    if dot and fraction.strip("0123456789_"):
        return False
    return all(
        p.isascii() and p.isdigit() and (len(p) == 1 or (len(p) == 2 and p[0] in "012345")) for p in (*rest[:-1], last)
    )
