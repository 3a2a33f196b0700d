"""Go's regular expressions: pattern to a tree, then to Python's ``re`` or to a linear matcher.

The two engines agree on which match is meant (leftmost, first alternative), so Python's runs most
patterns. One that could take Python exponential or worse than quadratic time is run by ``pike``
instead, whose time is linear in the text. Answers to Go's ``regexp/syntax``.
"""

from __future__ import annotations

from functools import lru_cache

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    Span = tuple[int, int]

    class Matcher(Protocol):
        """Finds the leftmost match from a position on: the spans of the match and its groups."""

        def search(self, text: str, position: int) -> list[Span | None] | None: ...


_MAX_RUNE = 0x10FFFF
_MAX_REPEAT = 1000
_ESCAPES = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_PERL = {
    "d": ((0x30, 0x39),),
    "s": ((9, 10), (12, 13), (32, 32)),
    "w": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
}
_POSIX = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0, 0x7F),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 0x1F), (0x7F, 0x7F)),
    "digit": ((0x30, 0x39),),
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((9, 13), (32, 32)),
    "upper": ((0x41, 0x5A),),
    "word": _PERL["w"],
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}


class RegexpError(ValueError):
    """A pattern Go refuses; the message is Go's."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(f"error parsing regexp: {code}: `{part}`")


class Node(Record):
    """A piece of a pattern.

    ``kind`` is one of ``set`` (``ranges``, ``folds``), ``cat``, ``alt``, ``repeat`` (``low``, ``high`` or -1,
    ``is_greedy``), ``group`` (``number``) and the assertions ``line_start``, ``line_end``,
    ``text_start``, ``text_end``, ``boundary``, ``no_boundary``.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    folds: bool = False
    low: int = 0
    high: int = -1
    is_greedy: bool = True
    number: int = 0


class Regexp:
    """A compiled pattern."""

    def __init__(self, pattern: str, matcher: Matcher, names: list[tuple[int, str]]) -> None:
        self.pattern = pattern
        self.names = names
        self._matcher = matcher

    def search(self, text: str, position: int) -> list[Any] | None:
        """Return the spans of the leftmost match from ``position`` on and of its groups, or None."""
        return self._matcher.search(text, position)


@lru_cache(maxsize=256)
def compile_regexp(pattern: str) -> Regexp:
    """Compile a pattern.

    Raises:
        RegexpError: when Go would refuse it.
    """
    parser = _Parser(pattern)
    tree = parser.parse()
    return Regexp(pattern, _make_matcher(tree, parser.count), parser.names)


def _make_matcher(tree: Node, count: int) -> Matcher:
    if is_risky(tree):
        from steersman.sprig.pike import PikeMatcher

        return PikeMatcher(tree, count)
    return _PythonMatcher(tree)


class _PythonMatcher:
    """Runs a pattern with ``re``."""

    def __init__(self, tree: Node) -> None:
        import re

        self._search = re.compile(to_python(tree)).search

    def search(self, text: str, position: int) -> list[Span | None] | None:
        found = self._search(text, position)
        if found is None:
            return None
        return [s if s[0] >= 0 else None for s in found.regs]


# Risk


def is_risky(node: Node) -> bool:
    """Return whether backtracking could take a pattern far beyond linear time."""
    return _has_nested_loop(node, inside=False) or _count_loops(node) > 3


def _is_loop(node: Node) -> bool:
    return node.kind == "repeat" and (node.high < 0 or node.high > 16)


def _has_nested_loop(node: Node, *, inside: bool) -> bool:
    if node.kind == "repeat" and (_is_loop(node) or node.low != node.high):
        if inside:
            return True
        return any(_has_nested_loop(p, inside=_is_loop(node)) for p in node.parts)
    if node.kind == "alt" and inside:
        return True
    return any(_has_nested_loop(p, inside=inside) for p in node.parts)


def _count_loops(node: Node) -> int:
    return _is_loop(node) + sum(map(_count_loops, node.parts))


# To Python


def to_python(node: Node) -> str:
    """Write a tree as a pattern for ``re``."""
    if node.kind == "set":
        return _python_set(node)
    if node.kind == "cat":
        return "".join(map(to_python, node.parts))
    if node.kind == "alt":
        return f"(?:{'|'.join(map(to_python, node.parts))})"
    if node.kind == "group":
        return f"({to_python(node.parts[0])})"
    if node.kind == "repeat":
        return _python_repeat(node)
    return {
        "line_start": "(?m:^)",
        "line_end": "(?m:$)",
        "text_start": r"\A",
        "text_end": r"\Z",
        "boundary": r"(?a:\b)",
        "no_boundary": r"(?!(?a:\b))",
    }[node.kind]


def _python_repeat(node: Node) -> str:
    body = f"(?:{to_python(node.parts[0])})"
    counts = {(0, -1): "*", (1, -1): "+", (0, 1): "?"}
    count = counts.get((node.low, node.high))
    if count is None:
        count = f"{{{node.low},{'' if node.high < 0 else node.high}}}"
    return body + count + ("" if node.is_greedy else "?")


def _python_set(node: Node) -> str:
    if not node.ranges:
        return "(?!)"
    if node.ranges == ((0, _MAX_RUNE),):
        return "(?s:.)"
    if len(node.ranges) == 1 and node.ranges[0][0] == node.ranges[0][1]:
        text = _python_char(node.ranges[0][0])
    else:
        text = "[" + "".join(_python_range(low, high) for low, high in node.ranges) + "]"
    return f"(?i:{text})" if node.folds else text


def _python_char(code: int) -> str:
    char = chr(code)
    return char if char.isalnum() else f"\\U{code:08x}"


def _python_range(low: int, high: int) -> str:
    first = f"\\U{low:08x}"
    # A byte that is not UTF-8 counts as U+FFFD in Go; here it is a lone surrogate, inside the range.
    return first if low == high else f"{first}-\\U{high:08x}"


# Sets of characters


def merged(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return ranges sorted and joined where they touch."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def negated(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return the characters that are not in merged ranges."""
    out: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if low > start:
            out.append((start, low - 1))
        start = high + 1
    if start <= _MAX_RUNE:
        out.append((start, _MAX_RUNE))
    return tuple(out)


_SCRIPTS = {
    "Han": "CJK",
    "Latin": "LATIN",
    "Greek": "GREEK",
    "Cyrillic": "CYRILLIC",
    "Hiragana": "HIRAGANA",
    "Katakana": "KATAKANA",
    "Arabic": "ARABIC",
    "Hebrew": "HEBREW",
    "Thai": "THAI",
    "Hangul": "HANGUL",
    "Devanagari": "DEVANAGARI",
    "Armenian": "ARMENIAN",
    "Georgian": "GEORGIAN",
}
_CATEGORIES = frozenset(
    (
        *("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No"),
        *("P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So"),
        *("Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co"),
    )
)


@lru_cache(maxsize=32)
def unicode_ranges(name: str) -> tuple[tuple[int, int], ...] | None:
    """Return the characters of a category or script, or None for an unknown name."""
    import unicodedata

    if name == "Any":
        return ((0, _MAX_RUNE),)
    if name in _CATEGORIES:
        category = unicodedata.category
        members = [c for c in range(_MAX_RUNE + 1) if category(chr(c)).startswith(name) and category(chr(c)) != "Cn"]
    elif name in _SCRIPTS:
        # The standard library has no scripts; names of characters begin with theirs.
        prefix = _SCRIPTS[name] + " "
        members = [c for c in range(0x30000) if unicodedata.name(chr(c), "").startswith(prefix)]
    else:
        return None
    return merged([(c, c) for c in members])


# The parser


class _Flags(Record):
    folds: bool = False
    is_multiline: bool = False
    dot_matches_newline: bool = False
    is_ungreedy: bool = False


class _Level:
    """An open group: the alternatives so far, the one being read, and what to restore at its end."""

    def __init__(self, number: int, flags: _Flags) -> None:
        self.number = number
        self.flags = flags
        self.alternatives: list[Node] = []
        self.items: list[Node] = []

    def finish(self) -> Node:
        self.alternatives.append(Node("cat", tuple(self.items)))
        self.items = []
        body = self.alternatives[0] if len(self.alternatives) == 1 else Node("alt", tuple(self.alternatives))
        return Node("group", (body,), number=self.number) if self.number > 0 else body


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.whole = pattern
        self.at = 0
        self.count = 0
        self.names: list[tuple[int, str]] = []
        self.flags = _Flags()
        self.levels = [_Level(0, self.flags)]

    def parse(self) -> Node:
        text = self.whole
        if any("\udc80" <= c <= "\udcff" for c in text):
            raise RegexpError("invalid UTF-8", text)
        repeat_start = -1
        while self.at < len(text):
            char = text[self.at]
            started = -1
            if char in "*+?" or (char == "{" and self.read_counts() is not None):
                started = self.at
                self.read_repeat(char, repeat_start)
            else:
                self.read_item(char)
            repeat_start = started
        if len(self.levels) != 1:
            raise RegexpError("missing closing )", text)
        return self.levels[0].finish()

    def push(self, node: Node) -> None:
        self.levels[-1].items.append(node)

    def push_char(self, code: int) -> None:
        folds = self.flags.folds and chr(code).isalpha()
        self.push(Node("set", ranges=((code, code),), folds=folds))

    def push_set(self, ranges: tuple[tuple[int, int], ...], *, folds: bool = False) -> None:
        self.push(Node("set", ranges=ranges, folds=folds))

    def read_item(self, char: str) -> None:
        text = self.whole
        if char == "(":
            if text.startswith("(?", self.at):
                self.read_flags()
            else:
                self.at += 1
                self.open_group()
        elif char == "|":
            level = self.levels[-1]
            level.alternatives.append(Node("cat", tuple(level.items)))
            level.items = []
            self.at += 1
        elif char == ")":
            self.close_group()
        elif char == "[":
            self.read_class()
        elif char == "\\":
            self.read_escape()
        else:
            self.at += 1
            if char == "^":
                self.push(Node("line_start" if self.flags.is_multiline else "text_start"))
            elif char == "$":
                self.push(Node("line_end" if self.flags.is_multiline else "text_end"))
            elif char == ".":
                whole = ((0, _MAX_RUNE),) if self.flags.dot_matches_newline else ((0, 9), (11, _MAX_RUNE))
                self.push_set(whole)
            else:
                self.push_char(ord(char))

    # Groups

    def open_group(self, name: str = "") -> None:
        self.count += 1
        if name:
            self.names.append((self.count, name))
        self.levels.append(_Level(self.count, self.flags))

    def close_group(self) -> None:
        if len(self.levels) == 1:
            raise RegexpError("unexpected )", self.whole)
        level = self.levels.pop()
        self.flags = level.flags
        self.at += 1
        self.push(Node("cat", (level.finish(),)))

    def read_flags(self) -> None:
        text, start = self.whole, self.at
        named = (
            4 if text.startswith("(?P<", start) and len(text) - start > 4 else 3 if text.startswith("(?<", start) else 0
        )
        if named and len(text) - start > 3:
            end = text.find(">", start)
            if end < 0:
                raise RegexpError("invalid named capture", text[start:])
            name = text[start + named : end]
            if not name or not all(c == "_" or (c.isascii() and c.isalnum()) for c in name):
                raise RegexpError("invalid named capture", text[start : end + 1])
            self.at = end + 1
            self.open_group(name)
            return
        values = {"i": self.flags.folds, "m": self.flags.is_multiline, "s": self.flags.dot_matches_newline}
        values["U"] = self.flags.is_ungreedy
        at, sets, saw_flag = start + 2, True, False
        while at < len(text):
            char = text[at]
            at += 1
            if char in values:
                values[char] = sets
                saw_flag = True
            elif char == "-" and sets:
                sets, saw_flag = False, False
            elif char in ":)" and (sets or saw_flag):
                self.at = at
                new_flags = _Flags(values["i"], values["m"], values["s"], values["U"])
                if char == ":":
                    self.levels.append(_Level(-1, self.flags))
                self.flags = new_flags
                return
            else:
                break
        raise RegexpError("invalid or unsupported Perl syntax", text[start:at])

    # Repetition

    def read_counts(self) -> tuple[int, int, int] | None:
        """``{low[,[high]]}`` at the current place: low, high and the position after it, or None."""
        text, at = self.whole, self.at + 1
        low, at = self.read_number(at)
        if low is None:
            return None
        high: int | None = low
        if text.startswith(",", at):
            at += 1
            if text.startswith("}", at):
                high = -1
            else:
                high, at = self.read_number(at)
                if high is None:
                    return None
        if not text.startswith("}", at):
            return None
        return low, high if high is not None else -1, at + 1

    def read_number(self, at: int) -> tuple[int | None, int]:
        end = at
        while end < len(self.whole) and "0" <= self.whole[end] <= "9":
            end += 1
        digits = self.whole[at:end]
        if not digits or (len(digits) > 1 and digits[0] == "0"):
            return None, at
        return (int(digits) if len(digits) < 9 else _MAX_REPEAT + 1), end

    def read_repeat(self, char: str, previous: int) -> None:
        start = self.at
        low, high, after = (
            {"*": (0, -1, start + 1), "+": (1, -1, start + 1), "?": (0, 1, start + 1)}.get(char)
            or self.read_counts()
            or (0, -1, start + 1)
        )
        if low > _MAX_REPEAT or high > _MAX_REPEAT or 0 <= high < low:
            raise RegexpError("invalid repeat count", self.whole[start:after])
        greedy = not self.flags.is_ungreedy
        if self.whole.startswith("?", after):
            after += 1
            greedy = not greedy
        if previous >= 0:
            raise RegexpError("invalid nested repetition operator", self.whole[previous:after])
        items = self.levels[-1].items
        if not items:
            raise RegexpError("missing argument to repetition operator", self.whole[start:after])
        node = Node("repeat", (items[-1],), low=low, high=high, is_greedy=greedy)
        if (low >= 2 or high >= 2) and _repeat_product(node) > _MAX_REPEAT:
            raise RegexpError("invalid repeat count", self.whole[start:after])
        items[-1] = node
        self.at = after

    # Escapes and classes

    def read_escape(self) -> None:
        text, at = self.whole, self.at
        letter = text[at + 1 : at + 2]
        assertion = {"A": "text_start", "b": "boundary", "B": "no_boundary", "z": "text_end"}.get(letter)
        if assertion is not None:
            self.at += 2
            self.push(Node(assertion))
            return
        if letter == "C":
            raise RegexpError("invalid escape sequence", text[at : at + 2])
        if letter == "Q":
            literal, _, _ = text[at + 2 :].partition("\\E")
            self.at = at + 2 + len(literal) + (2 if text.startswith("\\E", at + 2 + len(literal)) else 0)
            for char in literal:
                self.push_char(ord(char))
            return
        ranges, self.at = self.read_class_escape(at)
        if ranges is not None:
            self.push_set(ranges, folds=self.flags.folds and letter in "pP")
            return
        code, self.at = self.read_char_escape(at)
        self.push_char(code)

    def read_class_escape(self, at: int) -> tuple[tuple[tuple[int, int], ...] | None, int]:
        r"""``\d``, ``\D`` … or ``\p{Name}``: the set and the position after it."""
        text = self.whole
        if not text.startswith("\\", at):
            return None, at
        letter = text[at + 1 : at + 2]
        if letter and letter.lower() in _PERL:
            ranges = _PERL[letter.lower()]
            return (ranges if letter.islower() else negated(ranges)), at + 2
        if letter in ("p", "P"):
            return self.read_unicode(at, is_negative=letter == "P")
        return None, at

    def read_unicode(self, at: int, *, is_negative: bool) -> tuple[tuple[tuple[int, int], ...], int]:
        text = self.whole
        if text.startswith("{", at + 2):
            end = text.find("}", at)
            if end < 0:
                raise RegexpError("invalid character class range", text[at:])
            name, after = text[at + 3 : end], end + 1
        else:
            name, after = text[at + 2 : at + 3], at + 3
        sequence = text[at:after]
        if name[:1] == "^":
            is_negative, name = not is_negative, name[1:]
        ranges = unicode_ranges(name)
        if ranges is None:
            raise RegexpError("invalid character class range", sequence)
        return (negated(ranges) if is_negative else ranges), after

    def read_char_escape(self, start: int) -> tuple[int, int]:
        text, at = self.whole, start + 2
        if at > len(text):
            raise RegexpError("trailing backslash at end of expression", "")
        char = text[start + 1]
        if char in "1234567" and text[at : at + 1] not in tuple("01234567"):
            raise RegexpError("invalid escape sequence", text[start:at])
        if char in "01234567":
            while at < start + 4 and text[at : at + 1] in tuple("01234567"):
                at += 1
            return int(text[start + 1 : at], 8), at
        if char == "x":
            return self.read_hex(start)
        if char in _ESCAPES:
            return _ESCAPES[char], at
        if char.isascii() and not char.isalnum():
            return ord(char), at
        raise RegexpError("invalid escape sequence", text[start:at])

    def read_hex(self, start: int) -> tuple[int, int]:
        text, at = self.whole, start + 2
        hexadecimal = "0123456789abcdefABCDEF"
        if text.startswith("{", at):
            end = at + 1
            while end < len(text) and text[end] in hexadecimal:
                end += 1
            digits = text[at + 1 : end]
            if not digits or not text.startswith("}", end) or int(digits, 16) > _MAX_RUNE:
                raise RegexpError("invalid escape sequence", text[start : end + 1])
            return int(digits, 16), end + 1
        digits = text[at : at + 2]
        if len(digits) < 2 or any(c not in hexadecimal for c in digits):
            raise RegexpError("invalid escape sequence", text[start : at + 2])
        return int(digits, 16), at + 2

    def read_class(self) -> None:
        text, start = self.whole, self.at
        at = start + 1
        is_negative = text.startswith("^", at)
        at += is_negative
        ranges: list[tuple[int, int]] = []
        is_first = True
        while is_first or not text.startswith("]", at):
            is_first = False
            found, at = self.read_class_part(at)
            if found is not None:
                ranges += found
                continue
            low, after = self.read_class_char(at, start)
            high = low
            if text.startswith("-", after) and after + 1 < len(text) and text[after + 1] != "]":
                high, after = self.read_class_char(after + 1, start)
                if high < low:
                    raise RegexpError("invalid character class range", text[at:after])
            ranges.append((low, high))
            at = after
        self.at = at + 1
        folds = self.flags.folds
        joined = merged(_folded(ranges) if folds and is_negative else ranges)
        if is_negative:
            joined = negated(joined)
            folds = False
        self.push_set(joined, folds=folds)

    def read_class_part(self, at: int) -> tuple[tuple[tuple[int, int], ...] | None, int]:
        """``[:name:]`` or an escape for a set, inside a class."""
        text = self.whole
        if text.startswith("[:", at):
            end = text.find(":]", at + 2)
            if end >= 0:
                name = text[at + 2 : end]
                is_negative = name.startswith("^")
                ranges = _POSIX.get(name.removeprefix("^"))
                if ranges is None:
                    raise RegexpError("invalid character class range", text[at : end + 2])
                return (negated(ranges) if is_negative else ranges), end + 2
        return self.read_class_escape(at)

    def read_class_char(self, at: int, start: int) -> tuple[int, int]:
        text = self.whole
        if at >= len(text):
            raise RegexpError("missing closing ]", text[start:])
        if text[at] == "\\":
            return self.read_char_escape(at)
        return ord(text[at]), at + 1


def _folded(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges with the other case of each of their letters, as far as they are small."""
    out = list(ranges)
    for low, high in ranges:
        for code in range(low, min(high, low + 0x500) + 1):
            for other in (chr(code).lower(), chr(code).upper()):
                if len(other) == 1:
                    out.append((ord(other), ord(other)))
    return out


def _repeat_product(node: Node) -> int:
    """How often a nested repetition may repeat in all."""
    most = max(map(_repeat_product, node.parts), default=1)
    if node.kind != "repeat":
        return most
    return most * max(node.low, node.high, 1)
