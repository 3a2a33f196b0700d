"""Go's ``fmt``: verbs, flags, widths, and how values print.

Answers to ``fmt.Sprintf``, ``Sprint`` and ``Sprintln``, with their complaints inside the output
(``%!d(string=hi)``, ``%!(EXTRA int=1)``, …).

>>> sprintf("%05.1f|%-4s|%q", (2.25, "a", "b"))
'002.2|a   |"b"'
"""

from __future__ import annotations

from steersman.go.format_float import format_float
from steersman.go.integer import integer
from steersman.go.quote import can_backquote, quote
from steersman.go.values import (
    GoStruct,
    NilPointer,
    Uint8,
    Unsigned,
    call_without_arguments,
    decode,
    encode,
    has_string,
    is_nil,
    kind_name,
    method_of,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# go: numbers in a format are refused from a million on.
_MAX_NUMBER = 1_000_000
_BASES = {"d": 10, "b": 2, "o": 8, "O": 8, "x": 16, "X": 16}


def sprintf(text: str, args: Sequence[Any]) -> str:
    """Format ``args`` by the verbs in ``text``."""
    return _Printf(text, args).run()


def sprint(args: Sequence[Any]) -> str:
    """Print values after each other, with a space between two that are not strings."""
    out: list[str] = []
    was_string = True
    for arg in args:
        is_string = isinstance(arg, str)
        if out and not is_string and not was_string:
            out.append(" ")
        out.append(arg if type(arg) is str else format_value(arg))
        was_string = is_string
    return "".join(out)


def sprintln(args: Sequence[Any]) -> str:
    """Print values with spaces between them and a line break at the end."""
    return " ".join(map(format_value, args)) + "\n"


def format_value(value: Any) -> str:
    """Print a value as ``%v`` does."""
    return Format().argument(value, "v")


class Format:
    """The flags of one verb, and how each kind of value prints under them."""

    def __init__(self) -> None:
        self.width = -1
        self.precision = -1
        self.minus = self.plus = self.sharp = self.space = self.zero = False
        self.plus_v = self.sharp_v = False
        self.is_erroring = False

    def pad(self, text: str) -> str:
        """Fill ``text`` up to the width."""
        missing = self.width - len(text)
        if missing <= 0:
            return text
        if self.minus:
            return text + " " * missing
        return ("0" if self.zero else " ") * missing + text

    def argument(self, value: Any, verb: str) -> str:
        """Print an argument of a verb."""
        if value is None:
            return self.pad("<nil>") if verb in "Tv" else self.bad_verb(value, verb)
        if verb == "T":
            return self.string(type_name(value), "s")
        if verb == "p":
            return self.pointer(value, verb)
        return self.value(value, verb, 0)

    def bad_verb(self, value: Any, verb: str) -> str:
        """The complaint that ``verb`` does not fit ``value``."""
        if value is None:
            return f"%!{verb}(<nil>)"
        self.is_erroring = True
        shown = self.value(value, "v", 0)
        self.is_erroring = False
        return f"%!{verb}({type_name(value)}={shown})"

    def value(self, value: Any, verb: str, depth: int) -> str:
        """Print a value, or an element of one (``depth`` > 0)."""
        kind = type(value)
        if kind is str:
            return self.string(value, verb)
        if value is None:
            return "interface {}(nil)" if self.sharp_v else "<nil>"
        if kind is bool:
            return self.pad("true" if value else "false") if verb in "tv" else self.bad_verb(value, verb)
        if not self.is_erroring and verb in "vsxXq" and not self.sharp_v and has_string(value):
            return self.string(call_without_arguments(method_of(value, "String"), "String"), verb)
        if isinstance(value, int):
            return self.integer(value, verb)
        if isinstance(value, float):
            return self.real(value, verb)
        if isinstance(value, str):
            return self.string(str(value), verb)
        if isinstance(value, dict):
            return self.map(value, verb, depth)
        if isinstance(value, list):
            return self.slice(value, verb, depth)
        if isinstance(value, bytes):
            return self.bytes(value, verb)
        if isinstance(value, complex):
            return self.complex(value, verb)
        if isinstance(value, GoStruct):
            return self.struct(value, verb, depth)
        return self.pointer(value, verb)

    def string(self, text: str, verb: str) -> str:
        """Print a string."""
        if (verb == "v" and not self.sharp_v) or verb == "s":
            return self.pad(text[: self.precision] if self.precision >= 0 else text)
        if verb in "vq":
            return self.quoted(text[: self.precision] if self.precision >= 0 and verb == "q" else text)
        if verb in "xX":
            return self.hex_bytes(encode(text), verb)
        return self.bad_verb(text, verb)

    def quoted(self, text: str) -> str:
        if self.sharp and can_backquote(text):
            return self.pad(f"`{text}`")
        return self.pad(quote(text, ascii_only=self.plus))

    def hex_bytes(self, data: bytes, verb: str) -> str:
        """Print bytes two digits each; ``space`` separates them, ``sharp`` adds ``0x``."""
        if self.precision >= 0:
            data = data[: self.precision]
        prefix = ("0x" if verb == "x" else "0X") if self.sharp and data else ""
        pairs = [f"{b:02{verb}}" for b in data]
        text = (" " + prefix).join(pairs) if self.space else "".join(pairs)
        return self.pad(prefix + text)

    def integer(self, number: int, verb: str) -> str:
        """Print an integer."""
        number = int(number) if type(number) is int else number
        if verb == "v":
            if self.sharp_v and isinstance(number, Unsigned):
                return f"0x{int(number):x}"
            return self.digits(int(number), 10, "d")
        if verb in _BASES:
            return self.digits(int(number), _BASES[verb], verb)
        rune = chr(number) if 0 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "\ufffd"
        if verb == "c":
            return self.pad(rune)
        if verb == "q":
            return self.pad(quote(rune, "'", ascii_only=self.plus))
        if verb == "U":
            return self.unicode(int(number))
        return self.bad_verb(number, verb)

    def digits(self, number: int, base: int, verb: str) -> str:
        precision = self.precision
        if precision >= 0:
            if precision == 0 and number == 0:
                return " " * max(self.width, 0)
        elif self.zero and not self.minus and self.width >= 0:
            precision = self.width - (number < 0 or self.plus or self.space)
        text = format(abs(number), {10: "d", 2: "b", 8: "o", 16: "x"}[base])
        text = (text.upper() if verb == "X" else text).rjust(precision, "0")
        if self.sharp:
            if base == 8 and text[0] != "0":
                text = "0" + text
            text = {2: "0b", 16: "0" + verb}.get(base, "") + text
        if verb == "O":
            text = "0o" + text
        sign = "-" if number < 0 else "+" if self.plus else " " if self.space else ""
        zero, self.zero = self.zero, False
        padded = self.pad(sign + text)
        self.zero = zero
        return padded

    def unicode(self, number: int) -> str:
        # go: a negative number is printed as the unsigned one of its bits
        text = f"U+{number & 0xFFFFFFFFFFFFFFFF:0{max(self.precision, 4)}X}"
        if self.sharp and 0 <= number <= 0x10FFFF and chr(number).isprintable():
            text += f" '{chr(number)}'"
        zero, self.zero = self.zero, False
        padded = self.pad(text)
        self.zero = zero
        return padded

    def real(self, number: float, verb: str) -> str:
        """Print a float."""
        if verb == "v":
            return self.real_digits(number, "g", -1)
        if verb in "bgGxX":
            return self.real_digits(number, verb, -1)
        if verb in "feEF":
            return self.real_digits(number, "f" if verb == "F" else verb, 6)
        return self.bad_verb(number, verb)

    def real_digits(self, number: float, verb: str, precision: int) -> str:
        precision = self.precision if self.precision >= 0 else precision
        bits = 32 if kind_name(number) == "float32" else 64
        text = format_float(number, verb, precision, bits=bits)
        if text[0] not in "+-":
            text = "+" + text
        if self.space and text[0] == "+" and not self.plus:
            text = " " + text[1:]
        if text[1] in "IN" or text == "NaN":
            zero, self.zero = self.zero, False
            shown = text[1:] if text[1] == "N" and not self.space and not self.plus else text
            shown = self.pad(shown)
            self.zero = zero
            return shown
        if self.sharp and verb != "b":
            text = _with_point(text, verb, precision)
        if self.plus or text[0] != "+":
            if self.zero and not self.minus and self.width > len(text):
                return text[0] + "0" * (self.width - len(text)) + text[1:]
            return self.pad(text)
        return self.pad(text[1:])

    def complex(self, number: complex, verb: str) -> str:
        if verb not in "vbgGxXfFeE":
            return self.bad_verb(number, verb)
        real = self.real(number.real, verb)
        plus, self.plus = self.plus, True
        imaginary = self.real(number.imag, verb)
        self.plus = plus
        return f"({real}{imaginary}i)"

    def bytes(self, data: bytes, verb: str) -> str:
        """Print a ``[]byte``."""
        if verb in "vd":
            if self.sharp_v:
                return "[]byte{" + ", ".join(f"0x{b:x}" for b in data) + "}"
            # a file's bytes are many, and few of them differ
            shown = {b: self.digits(b, 10, verb) for b in set(data)}
            return "[" + " ".join([shown[b] for b in data]) + "]"
        if verb in "sqxX":
            return self.hex_bytes(data, verb) if verb in "xX" else self.string(decode(data), verb)
        return "[" + " ".join(self.integer(Uint8(b), verb) for b in data) + "]"

    def map(self, items: dict[Any, Any], verb: str, depth: int) -> str:
        if self.sharp_v:
            if is_nil(items):
                return type_name(items) + "(nil)"
            return f"{type_name(items)}{{{', '.join(self.entries(items, verb, depth))}}}"
        return f"map[{' '.join(self.entries(items, verb, depth))}]"

    def entries(self, items: dict[Any, Any], verb: str, depth: int) -> list[str]:
        # A list and not a generator: calls then nest in Python alone, whose limit guards the stack.
        return [f"{self.value(k, verb, depth + 1)}:{self.value(v, verb, depth + 1)}" for k, v in sorted_items(items)]

    def slice(self, items: list[Any], verb: str, depth: int) -> str:
        shown = [self.value(v, verb, depth + 1) for v in items]
        if self.sharp_v:
            return type_name(items) + ("(nil)" if is_nil(items) else "{" + ", ".join(shown) + "}")
        return "[" + " ".join(shown) + "]"

    def struct(self, value: GoStruct, verb: str, depth: int) -> str:
        if value.go_pointer and depth > 0:
            return self.pointer(value, verb)
        named = self.plus_v or self.sharp_v
        shown = [(f"{k}:" if named else "") + self.value(v, verb, depth + 1) for k, v in value.go_printed().items()]
        body = "{" + (", " if self.sharp_v else " ").join(shown) + "}"
        return ("&" if value.go_pointer else "") + (value.go_type if self.sharp_v else "") + body

    def pointer(self, value: Any, verb: str) -> str:
        if not isinstance(value, (GoStruct, NilPointer, dict, list, bytes)) and kind_name(value) != "func":
            return self.bad_verb(value, verb)
        if is_nil(value) and verb == "v":
            return f"({type_name(value)})(nil)" if self.sharp_v else self.pad("<nil>")
        address = 0 if is_nil(value) else 0xC000000000 | (id(value) & 0xFFFFFFF)
        if verb in "vp":
            return self.pad(f"0x{address:x}" if not self.sharp else f"{address:x}")
        if verb in _BASES:
            return self.digits(address, _BASES[verb], verb)
        return self.bad_verb(value, verb)


def _with_point(text: str, verb: str, precision: int) -> str:
    """Apply the ``#`` flag to a float: always a decimal point, trailing zeros kept."""
    digits = (6 if precision == -1 else precision) if verb in "vgGx" else 0
    tail = ""
    for letter in "pP" if verb in "xX" else "eEpP":
        if letter in text[1:]:
            at = text.index(letter, 1)
            text, tail = text[:at], text[at:]
    significant = text[1:].replace(".", "").lstrip("0")
    digits -= len(significant)
    if "." not in text:
        if len(text) == 2 and text[1] == "0":
            digits -= 1
        text += "."
    return text + "0" * max(digits, 0) + tail


def sorted_items(items: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """Return a map's entries in the order Go prints and ranges over them."""
    return sorted(items.items(), key=_key)


def _key(item: tuple[Any, Any]) -> Any:
    return item[0]


class _Printf:
    """One run over a format."""

    def __init__(self, text: str, args: Sequence[Any]) -> None:
        self.text = text
        self.args = args
        self.at = 0
        self.arg = 0
        self.is_reordered = False
        self.is_good_index = True
        self.after_index = False
        self.out: list[str] = []

    def run(self) -> str:
        text, end = self.text, len(self.text)
        while self.at < end:
            percent = text.find("%", self.at)
            if percent < 0:
                self.out.append(text[self.at :])
                break
            self.out.append(text[self.at : percent])
            self.at = percent + 1
            self.is_good_index = True
            self.after_index = False
            self.one_verb()
        if not self.is_reordered and self.arg < len(self.args):
            shown = ("<nil>" if a is None else f"{type_name(a)}={format_value(a)}" for a in self.args[self.arg :])
            self.out.append(f"%!(EXTRA {', '.join(shown)})")
        return "".join(self.out)

    def one_verb(self) -> None:
        text, flags = self.text, Format()
        self.read_flags(flags)
        self.argument_index()
        self.read_width(flags)
        self.read_precision(flags)
        if not self.after_index:
            self.argument_index()
        if self.at >= len(text):
            self.out.append("%!(NOVERB)")
            return
        verb = text[self.at]
        self.at += 1
        if verb == "%":
            self.out.append("%")
        elif not self.is_good_index:
            self.out.append(f"%!{verb}(BADINDEX)")
        elif self.arg >= len(self.args):
            self.out.append(f"%!{verb}(MISSING)")
        else:
            if verb in "vw":
                flags.sharp_v, flags.sharp = flags.sharp, False
                flags.plus_v, flags.plus = flags.plus, False
            value = self.args[self.arg]
            # go: %w is for errors, so all of a value is wrong, but bytes are looked at one by one
            is_wrong = verb == "w" and not isinstance(value, bytes)
            self.out.append(flags.bad_verb(value, verb) if is_wrong else flags.argument(value, verb))
            self.arg += 1

    def read_flags(self, flags: Format) -> None:
        names = {"#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space"}
        while self.at < len(self.text) and self.text[self.at] in names:
            setattr(flags, names[self.text[self.at]], True)
            self.at += 1

    def read_width(self, flags: Format) -> None:
        if self.text.startswith("*", self.at):
            self.at += 1
            width = self.number_argument()
            if width is None:
                self.out.append("%!(BADWIDTH)")
            elif width < 0:
                flags.width, flags.minus, flags.zero = -width, True, False
            else:
                flags.width = width
            self.after_index = False
            return
        width = self.number()
        if width is not None:
            flags.width = width
            if self.after_index:
                self.is_good_index = False

    def read_precision(self, flags: Format) -> None:
        if not self.text.startswith(".", self.at) or self.at + 1 >= len(self.text):
            return
        self.at += 1
        if self.after_index:
            self.is_good_index = False
        self.argument_index()
        if self.text.startswith("*", self.at):
            self.at += 1
            precision = self.number_argument()
            if precision is None or precision < 0:
                self.out.append("%!(BADPREC)")
            else:
                flags.precision = precision
            self.after_index = False
            return
        precision = self.number()
        flags.precision = precision if precision is not None else 0

    def number(self) -> int | None:
        start = self.at
        while self.at < len(self.text) and "0" <= self.text[self.at] <= "9":
            self.at += 1
        if self.at == start:
            return None
        value = integer(self.text[start : self.at])
        if value // 10 > _MAX_NUMBER:
            self.at = len(self.text)  # go: such a number ends the format, which then has no verb
            return None
        return value

    def number_argument(self) -> int | None:
        """The value of ``*``: an integer argument of reasonable size."""
        if self.arg >= len(self.args):
            return None
        value = self.args[self.arg]
        self.arg += 1
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_NUMBER:
            return int(value)
        return None

    def argument_index(self) -> None:
        """``[n]``"""
        self.after_index = False
        text = self.text
        if not text.startswith("[", self.at):
            return
        self.is_reordered = True
        close = text.find("]", self.at)
        if close < 0:
            self.is_good_index = False
            self.at += 1
            return
        inside = text[self.at + 1 : close]
        self.at = close + 1
        if inside.isascii() and inside.isdigit() and 1 <= integer(inside) <= len(self.args):
            self.arg = int(inside) - 1
            self.after_index = True
        else:
            self.is_good_index = False
