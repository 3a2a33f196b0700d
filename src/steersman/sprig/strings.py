"""Strings: cutting, padding, quoting, changing case, joining and splitting.

Lengths and positions are in bytes, as in Go; results that cut a character in two keep its
bytes. Answers to Sprig's ``strings.go`` and the word functions it borrows.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.quote import quote
from steersman.go.values import StringList, StringMap, decode, encode
from steersman.gotemplate.output import MAX_OUTPUT
from steersman.sprig.runes import SPACES, runes, simple_lower, simple_title, simple_upper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# go: unicode.IsSpace
_BYTE_SPACES = frozenset(b"\t\n\v\f\r \x85\xa0")


def hello() -> str:
    """Greet."""
    return "Hello!"


def to_string(value: Any) -> str:
    """Print a value: strings as they are, bytes as text, the rest as ``%v``."""
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is float and -1e6 < value < 1e6:  # numbers of values files: Python writes these as Go does
        text = repr(value)
        return text[:-2] if text[-2:] == ".0" else text
    if isinstance(value, bytes):
        return decode(value)
    from steersman.go.fmt import format_value

    return format_value(value)


def quote_all(*values: Any) -> str:
    """Put each value that is not nil in double quotes."""
    if len(values) == 1:
        value = values[0]
        return "" if value is None else quote(value if type(value) is str else to_string(value))
    return " ".join([quote(to_string(v)) for v in values if v is not None])


def single_quote_all(*values: Any) -> str:
    """Put each value that is not nil between single quotes."""
    from steersman.go.fmt import format_value

    return " ".join([f"'{v if type(v) is str else format_value(v)}'" for v in values if v is not None])


def cat(*values: Any) -> str:
    """Join the values that are not nil with spaces."""
    from steersman.go.fmt import format_value

    return " ".join([v if type(v) is str else format_value(v) for v in values if v is not None])


_PLAIN_WIDTH = 10_000  # wider indentations are checked


def _spaces(count: int) -> str:
    """Return an indentation whose width is surely a mistake."""
    _check_length(count, 1)
    if count > MAX_OUTPUT:
        raise go_errors.CallError(f"indent: the result has more than {MAX_OUTPUT} characters")
    return " " * count


def _check_length(count: int, length: int) -> None:
    """Raise what Go says of a repetition that cannot be.

    go: no allocation has more than 2**48 bytes (test_what_cannot_be_repeated)
    """
    if count < 0:
        raise go_errors.CallError("strings: negative Repeat count")
    if length * count >= 1 << 63:
        raise go_errors.CallError("strings: Repeat output length overflow")
    if length * count > 1 << 48:
        raise go_errors.CallError("runtime error: makeslice: len out of range")


def indent(spaces: int, text: str) -> str:
    """Indent every line."""
    pad = " " * spaces if 0 <= spaces <= _PLAIN_WIDTH else _spaces(spaces)
    return pad + text.replace("\n", "\n" + pad)


def nindent(spaces: int, text: str) -> str:
    """Indent every line and begin with a line break."""
    pad = "\n" + (" " * spaces if 0 <= spaces <= _PLAIN_WIDTH else _spaces(spaces))
    return pad + text.replace("\n", pad)


def repeat(count: int, text: str) -> str:
    """Repeat a text."""
    if len(text) * count > MAX_OUTPUT or count < 0:
        _check_length(count, len(text.encode("utf-8", "surrogateescape")))
        raise go_errors.CallError(f"repeat: the result has more than {MAX_OUTPUT} characters")
    return text * count


def replace(old: str, new: str, text: str) -> str:
    """Replace every occurrence."""
    return text.replace(old, new)


def plural(one: str, many: str, count: int) -> str:
    """Choose by number."""
    return one if count == 1 else many


def trim(text: str) -> str:
    """Remove white space at both ends."""
    return text.strip(SPACES)


def trim_all(chars: str, text: str) -> str:
    """Remove any of ``chars`` at both ends."""
    return text.strip(chars) if chars else text


def trim_suffix(suffix: str, text: str) -> str:
    """Remove a suffix."""
    return text.removesuffix(suffix)


def trim_prefix(prefix: str, text: str) -> str:
    """Remove a prefix."""
    return text.removeprefix(prefix)


def contains(part: str, text: str) -> bool:
    """Return whether ``part`` occurs."""
    return part in text


def has_prefix(prefix: str, text: str) -> bool:
    """Return whether the text begins with ``prefix``."""
    return text.startswith(prefix)


def has_suffix(suffix: str, text: str) -> bool:
    """Return whether the text ends with ``suffix``."""
    return text.endswith(suffix)


def trunc(count: int, text: str) -> str:
    """Cut to the first (or, negative, the last) bytes."""
    if text.isascii():
        length = len(text)
        if count < 0:
            return text[length + count :] if length + count > 0 else text
        return text[:count]
    data = encode(text)
    if count < 0:
        return decode(data[len(data) + count :]) if len(data) + count > 0 else text
    return decode(data[:count]) if len(data) > count else text


def substring(start: int, end: int, text: str) -> str:
    """Cut out bytes from ``start`` to ``end``; negative means open."""
    data = encode(text)
    length = len(data)
    if start < 0:
        if end < 0:
            raise _out_of_range(f"[:{end}]")
        if end > length:
            raise _out_of_range(f"[:{end}] with length {length}")
        return decode(data[:end])
    if end < 0 or end > length:
        if start > length:
            raise _out_of_range(f"[{start}:{length}]")
        return decode(data[start:])
    if start > end:
        raise _out_of_range(f"[{start}:{end}]")
    return decode(data[start:end])


def _out_of_range(where: str) -> go_errors.CallError:
    return go_errors.CallError(f"runtime error: slice bounds out of range {where}")


def abbrev(width: int, text: str) -> str:
    """Shorten to ``width`` bytes with an ellipsis."""
    return text if width < 4 else decode(_abbreviate(encode(text), 0, width))


def abbrev_both(left: int, right: int, text: str) -> str:
    """Shorten at both ends."""
    if right < 4 or (left > 0 and right < 7):
        return text
    return decode(_abbreviate(encode(text), left, right))


def _abbreviate(data: bytes, offset: int, width: int) -> bytes:
    length = len(data)
    if not data or length <= width:
        return data
    if width < 4:
        return b""
    offset = min(offset, length)
    # go: a negative offset far away makes the difference overflow
    if (length - offset + (1 << 63)) % (1 << 64) - (1 << 63) < width - 3:
        offset = length - (width - 3)
    if offset <= 4:
        return data[: width - 3] + b"..."
    if width < 7:
        return b""
    if offset + width - 3 < length:
        return b"..." + _abbreviate(data[offset:], 0, width - 3)
    return b"..." + data[length - (width - 3) :]


def upper(text: str) -> str:
    """Change to upper case."""
    return text.upper() if text.isascii() else "".join(map(simple_upper, runes(text)))


def lower(text: str) -> str:
    """Change to lower case."""
    return text.lower() if text.isascii() else "".join(map(simple_lower, runes(text)))


def title(text: str) -> str:
    """Change the first letter of each word to title case."""
    out = []
    is_start = True
    for char in runes(text):
        out.append(simple_title(char) if is_start else char)
        is_start = _separates(char)
    return "".join(out)


def _separates(char: str) -> bool:
    if char.isascii():
        return not (char.isalnum() or char == "_")
    if char.isalpha() or char.isdecimal():
        return False
    return char in SPACES


def untitle(text: str) -> str:
    """Change the first letter of each word to lower case."""
    out = []
    is_start = True
    for char in runes(text):
        if char in SPACES:
            is_start = True
        elif is_start:
            char = simple_lower(char)
            is_start = False
        out.append(char)
    return "".join(out)


def swap_case(text: str) -> str:
    """Swap cases; a lower-case letter that begins a word gets title case."""
    out = []
    is_start = True
    for char in runes(text):
        if char.isupper() or char.istitle():
            out.append(simple_lower(char))
            is_start = False
        elif char.islower():
            out.append(simple_title(char) if is_start else simple_upper(char))
            is_start = False
        else:
            out.append(char)
            is_start = char in SPACES
    return "".join(out)


def no_space(text: str) -> str:
    """Remove white space; as Sprig does it, byte by byte."""
    data = encode(text)
    kept = [b for b in data if b not in _BYTE_SPACES]
    return text if len(kept) == len(data) else "".join(map(chr, kept))


def initials(text: str) -> str:
    """Return the first byte of each word."""
    out = []
    is_start = True
    for byte in encode(text):
        if byte in _BYTE_SPACES:
            is_start = True
        elif is_start:
            out.append(chr(byte))
            is_start = False
    return "".join(out)


def wrap(width: int, text: str) -> str:
    """Wrap at spaces; long words stay whole."""
    return _wrap(text, width, "\n", breaks_words=False)


def wrap_with(width: int, separator: str, text: str) -> str:
    """Wrap with a separator; long words are broken."""
    return _wrap(text, width, separator or "\n", breaks_words=True)


def _wrap(text: str, width: int, separator: str, *, breaks_words: bool) -> str:
    width = max(width, 1)
    data, mark = encode(text), encode(separator)
    at, out = 0, bytearray()
    while len(data) - at > width:
        if data[at] == 0x20:
            at += 1
            continue
        space = data.rfind(b" ", at, at + width + 1)
        if space < 0 and breaks_words:
            out += data[at : at + width] + mark
            at += width
            continue
        if space < 0:
            space = data.find(b" ", at + width)
            if space < 0:
                break
        out += data[at:space] + mark
        at = space + 1
    return decode(bytes(out + data[at:]))


def to_strings(value: Any) -> StringList:
    """Return the elements of a list that are not nil as strings, or the value alone."""
    if type(value) is StringList:
        return value
    if isinstance(value, list):
        return StringList([v if type(v) is str else to_string(v) for v in value if v is not None])
    if isinstance(value, bytes):
        return StringList([str(b) for b in value])
    return StringList() if value is None else StringList([to_string(value)])


def join(separator: str, value: Any) -> str:
    """Join the elements of a list."""
    return separator.join(to_strings(value))


def sort_alpha(value: Any) -> StringList:
    """Return the elements of a list as sorted strings."""
    if not isinstance(value, (list, bytes)):
        return StringList([to_string(value)])
    strings = to_strings(value)
    # helm: a list of strings is sorted where it stands.
    strings.sort(key=None if all(map(str.isascii, strings)) else encode)
    return strings


def split_text(text: str, separator: str, count: int = -1) -> list[str]:
    """Split as Go's ``strings.SplitN``: an empty separator splits into characters."""
    if count == 0:
        return []
    if separator == "":
        chars = list(text)
        return chars if count < 0 or len(chars) <= count else [*chars[: count - 1], "".join(chars[count - 1 :])]
    return text.split(separator, count - 1 if count > 0 else -1)


def split(separator: str, text: str) -> StringMap:
    """Split into a map with keys ``_0``, ``_1`` …"""
    return StringMap((f"_{i}", part) for i, part in enumerate(split_text(text, separator)))


def split_n(separator: str, count: int, text: str) -> StringMap:
    """Split into at most ``count`` entries of a map."""
    return StringMap((f"_{i}", part) for i, part in enumerate(split_text(text, separator, count)))


def split_list(separator: str, text: str) -> StringList:
    """Split into a list."""
    return StringList(split_text(text, separator))


def snake_case(text: str) -> str:
    """Change to ``snake_case``."""
    from steersman.sprig.casing import words_to_lower

    return words_to_lower(text, "_")


def kebab_case(text: str) -> str:
    """Change to ``kebab-case``."""
    from steersman.sprig.casing import words_to_lower

    return words_to_lower(text, "-")


def camel_case(text: str) -> str:
    """Change to ``PascalCase``, which Sprig calls camel case."""
    from steersman.sprig.casing import to_pascal

    return to_pascal(text)
