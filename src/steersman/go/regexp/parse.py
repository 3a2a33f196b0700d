"""Go's regular expressions read: pattern to a tree, or Go's refusal.

Answers to the parser of Go's ``regexp/syntax``, as far as its default flags go.
"""

from __future__ import annotations

from steersman.go.regexp.tree import MAX_RUNE, Node, RegexpError
from steersman.record import Record

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
    if start <= MAX_RUNE:
        out.append((start, MAX_RUNE))
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
        *("Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co", "Cn", "LC"),
    )
)


# go: what Unicode calls the categories, read without a look at case, spaces, hyphens and underscores
# (test_categories_of_characters_have_their_long_names)
_ALIASES = {
    "Casedletter": "LC",
    "Lc": "LC",
    "Closepunctuation": "Pe",
    "Combiningmark": "M",
    "Connectorpunctuation": "Pc",
    "Control": "Cc",
    "Cntrl": "Cc",
    "Currencysymbol": "Sc",
    "Dashpunctuation": "Pd",
    "Decimalnumber": "Nd",
    "Digit": "Nd",
    "Enclosingmark": "Me",
    "Finalpunctuation": "Pf",
    "Format": "Cf",
    "Initialpunctuation": "Pi",
    "Letter": "L",
    "Letternumber": "Nl",
    "Lineseparator": "Zl",
    "Lowercaseletter": "Ll",
    "Mark": "M",
    "Mathsymbol": "Sm",
    "Modifierletter": "Lm",
    "Modifiersymbol": "Sk",
    "Nonspacingmark": "Mn",
    "Number": "N",
    "Openpunctuation": "Ps",
    "Other": "C",
    "Otherletter": "Lo",
    "Othernumber": "No",
    "Otherpunctuation": "Po",
    "Othersymbol": "So",
    "Paragraphseparator": "Zp",
    "Privateuse": "Co",
    "Punctuation": "P",
    "Punct": "P",
    "Separator": "Z",
    "Spaceseparator": "Zs",
    "Spacingmark": "Mc",
    "Surrogate": "Cs",
    "Symbol": "S",
    "Titlecaseletter": "Lt",
    "Unassigned": "Cn",
    "Uppercaseletter": "Lu",
}


def _canonical(name: str) -> str:
    """Return a name with one capital, at its beginning."""
    text = name.replace("_", "").replace("-", "").replace(" ", "")
    return text[:1].upper() + text[1:].lower()


_unicode_ranges: dict[str, tuple[tuple[int, int], ...]] = {}


def unicode_ranges(name: str) -> tuple[tuple[int, int], ...] | None:
    """Return the characters of a category or script, or None for an unknown name."""
    if name not in _unicode_ranges:
        found = _work_out_ranges(name)
        if found is None:
            return None  # not kept: unknown names come from charts, and any number of them would fill the memory
        _unicode_ranges[name] = found
    return _unicode_ranges[name]


def _work_out_ranges(name: str) -> tuple[tuple[int, int], ...] | None:
    import unicodedata

    name = _canonical(name)
    if name == "Any":
        return ((0, MAX_RUNE),)
    if name == "Ascii":
        return ((0, 0x7F),)
    if name == "Assigned":
        return negated(unicode_ranges("Cn") or ())
    name = _ALIASES.get(name, name)
    if name in _CATEGORIES:
        wanted = ("Lu", "Ll", "Lt") if name == "LC" else name
        category = unicodedata.category
        members = [c for c in range(MAX_RUNE + 1) if category(chr(c)).startswith(wanted)]
    elif name in _SCRIPTS:
        # The standard library has no scripts; names of characters begin with theirs.
        prefix = _SCRIPTS[name] + " "
        members = [c for c in range(0x30000) if unicodedata.name(chr(c), "").startswith(prefix)]
    else:
        return None
    return merged([(c, c) for c in members])


class _Flags(Record):
    folds: bool = False
    is_multiline: bool = False
    dot_matches_newline: bool = False
    is_ungreedy: bool = False


# go: a pattern's tree may be this high
_MAX_HEIGHT = 1000
TOO_DEEP = "expression nests too deeply"


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


class Parser:
    """Reads one pattern; ``count`` and ``names`` describe its groups."""

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
                whole = ((0, MAX_RUNE),) if self.flags.dot_matches_newline else ((0, 9), (11, MAX_RUNE))
                self.push_set(whole)
            else:
                self.push_char(ord(char))

    # Groups

    def open_group(self, name: str = "") -> None:
        self.count += 1
        if name:
            self.names.append((self.count, name))
        self.levels.append(_Level(self.count, self.flags))
        if self.count >= _MAX_HEIGHT and sum(level.number > 0 for level in self.levels) >= _MAX_HEIGHT:
            raise RegexpError(TOO_DEEP, self.whole)

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
            if not digits or not text.startswith("}", end) or int(digits, 16) > MAX_RUNE:
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
    """Return how often a nested repetition may repeat in total."""
    most = max(map(_repeat_product, node.parts), default=1)
    if node.kind != "repeat":
        return most
    return most * max(node.low, node.high, 1)
