"""JSONPath as helm-unittest takes it: a text to steps.

Answers to what vmware-labs/yaml-jsonpath accepts: ``$`` in front may be missing, ``~`` asks for names, ``..`` descends,
``[?(…)]`` filters.
"""

from __future__ import annotations

from steersman.errors import ValuesError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Step: TypeAlias = "Names | Every | Indices | Descend | Filter"
    Condition: TypeAlias = "Exists | Compare | Not | Both | Either | Always"
    Operand: TypeAlias = "Exists | Literal"

STRING, NUMBER, BOOL, NULL, REGEX, OTHER = "string", "number", "bool", "null", "regex", "other"
_ENDS_NAME = frozenset(".[) &|=!><~")
_ENDS_PATH = frozenset(" &|=!><")
_OPERATORS = ("==", "!=", ">=", ">", "<=", "<")
_MAX_NESTING = 100  # filters in filters


class PathError(ValuesError):
    """A path that cannot be read."""


class Names(Record):
    """Children of these names; with ``of_keys``, the names themselves."""

    names: tuple[str, ...]
    of_keys: bool = False


class Every(Record):
    """All children (``only_maps``: of a map), or with ``of_keys`` the names of a map's."""

    only_maps: bool = False
    of_keys: bool = False


class Indices(Record):
    """Items of a list: each part is start, end and step, or an index with None as its end."""

    parts: tuple[tuple[int | None, int | None, int | None], ...]


class Descend(Record):
    """A value and everything in it."""


class Filter(Record):
    """Items of a list, or a value, for which a condition holds; ``is_whole`` looks at lists as such."""

    condition: Condition
    is_whole: bool = False


class Exists(Record):
    """A path finds something, from the value at hand or from the root."""

    steps: tuple[Step, ...]
    from_root: bool


class Literal(Record):
    """A value in a filter: its kind and its text."""

    kind: str
    text: str


class Compare(Record):
    """Every pair of values of both sides stands in a relation, and there is a pair."""

    left: Operand | None
    operator: str
    right: Operand | None


class Not(Record):
    """A condition does not hold."""

    condition: Condition


class Both(Record):
    """Two conditions hold."""

    left: Condition
    right: Condition


class Either(Record):
    """One of two conditions holds."""

    left: Condition
    right: Condition


class Always(Record):
    """A condition that is known."""

    holds: bool


def parse_path(text: str) -> tuple[Step, ...]:
    """Return the steps of a path.

    Raises:
        PathError: naming the place.
    """
    parser = _Parser(text)
    if text.startswith("$"):
        parser.at = 1
    steps = parser.path(is_start=not text.startswith("$"))
    if parser.at < len(text):
        raise parser.error("syntax error")
    return steps


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.nesting = 0

    def error(self, problem: str) -> PathError:
        return PathError(f"path {self.text!r}: {problem} at position {self.at}")

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def sees(self, mark: str) -> bool:
        return self.text.startswith(mark, self.at)

    def takes(self, mark: str) -> bool:
        if not self.sees(mark):
            return False
        self.at += len(mark)
        return True

    def skip_space(self) -> None:
        while self.peek().isspace():
            self.at += 1

    def sees_spaced(self, *marks: str) -> bool:
        """Return whether the marks come next, with spaces before each."""
        at = self.at
        for mark in marks:
            while self.text[at : at + 1].isspace():
                at += 1
            if not self.text.startswith(mark, at):
                return False
            at += len(mark)
        return True

    # path = { ".." name | "." name | "['" names "']" | "[?(" filter ")]" | "[" index "]" }
    def path(self, *, is_start: bool) -> tuple[Step, ...]:
        """Read steps up to the end of the text or of the operand of a filter."""
        steps: list[Step] = []
        in_filter = self.nesting > 0
        while self.at < len(self.text) and not self.sees(")"):
            if self.takes(".."):
                steps += self._descent()
                is_start = False
                continue
            if self.sees("."):
                self.at += 1
                steps.append(self._named(self._name(_ENDS_NAME)))
            elif self.sees_spaced("[", "'") or self.sees_spaced("[", '"'):
                steps.append(self._quoted_names())
            elif self.takes("[?("):
                is_whole = bool(steps) and isinstance(steps[-1], Descend)
                steps.append(Filter(self._filter(), is_whole))
                is_start = False
                continue
            elif self.sees("["):
                pass
            elif is_start:
                steps.append(self._named(self._name(_ENDS_NAME | {"]"})))
            else:
                raise self.error("invalid path syntax")
            is_start = False
            if self.sees("[") and not (self.sees("['") or self.sees('["') or self.sees("[?(")):
                steps.append(self._index())
            if self.peek() and self.peek() in _ENDS_PATH:
                if not in_filter:
                    raise self.error(f"invalid character {self.peek()!r}")
                break
        return tuple(steps)

    def _descent(self) -> list[Step]:
        start = self.at
        while self.peek() and self.peek() not in ".[":
            self.at += 1
        name = self.text[start : self.at]
        if not name and not self.sees("["):
            raise self.error("a name or index is missing after '..'")
        if not name:
            return [Descend()]
        return [Descend(), Every() if name == "*" else Names((_unescaped(name),))]

    def _name(self, ends: frozenset[str]) -> str:
        start = self.at
        while self.peek() and self.peek() not in ends:
            self.at += 1
        if start == self.at:
            raise self.error("a name is missing")
        return self.text[start : self.at]

    def _named(self, name: str) -> Step:
        if self._asks_for_keys():
            return Names((_unescaped(name),), of_keys=True)
        return Every() if name == "*" else Names((_unescaped(name),))

    def _asks_for_keys(self) -> bool:
        if not self.takes("~"):
            return False
        if self.at < len(self.text):
            raise self.error("'~' may only stand at the end of a path")
        return True

    def _quoted_names(self) -> Step:
        self.skip_space()
        self.at += 1
        names: list[str] = []
        while True:
            self.skip_space()
            names.append(self._quoted_name())
            if not self.sees_spaced(","):
                break
            self.skip_space()
            self.at += 1
            if not self.sees_spaced("'") and not self.sees_spaced('"'):
                raise self.error("a quoted name is missing after ','")
        if not self.sees_spaced("]"):
            raise self.error("']' or ',' is missing")
        self.skip_space()
        self.at += 1
        return Names(tuple(names), of_keys=self._asks_for_keys())

    def _quoted_name(self) -> str:
        quote = self.peek()
        self.at += 1
        start = self.at
        while not self.sees(quote):
            if self.sees("\\" + quote) or self.sees("\\\\"):
                self.at += 2
            elif self.sees("\\"):
                raise self.error("unsupported escape in a quoted name")
            elif not self.peek():
                raise self.error(f"{quote} has no end")
            else:
                self.at += 1
        self.at += 1
        return _unescaped(self.text[start : self.at - 1])

    def _index(self) -> Step:
        end = self.text.find("]", self.at)
        if end < 0:
            raise self.error("'[' has no end")
        inner = self.text[self.at + 1 : end]
        if not inner:
            raise self.error("an index is missing")
        parts = None if inner.strip() == "*" else tuple(self._slice(part) for part in inner.split(","))
        self.at = end + 1
        if self.sees("~"):
            if inner != "*":
                raise self.error("'~' gives the names of a map's children only")
            self._asks_for_keys()
            return Every(only_maps=True, of_keys=True)
        return Every(only_maps=inner != "*") if parts is None else Indices(parts)

    # slice = [ start ] [ ":" [ end ] [ ":" [ step ] ] ]
    def _slice(self, text: str) -> tuple[int | None, int | None, int | None]:
        pieces = text.split(":")
        if len(pieces) > 3:
            raise self.error("an index has too many colons")
        numbers: list[int | None] = []
        for piece in pieces:
            piece = piece.strip()
            try:
                numbers.append(int(piece) if piece else None)
            except ValueError:
                raise self.error(f"{piece!r} is not an index") from None
        if len(numbers) == 1:
            if numbers[0] is None:
                raise self.error("an index is missing")
            return numbers[0], None, None
        step = numbers[2] if len(numbers) == 3 else None
        if step == 0:
            raise self.error("the step of an index is zero")
        return numbers[0], numbers[1], step or 1

    # filter = or ")]"
    def _filter(self) -> Condition:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise self.error("filters nest too deeply")
        self.skip_space()
        if self.sees(")]"):
            raise self.error("a filter is empty")
        condition = self._or()
        self.skip_space()
        if not self.takes(")]"):
            raise self.error("a filter has no end")
        self.nesting -= 1
        return condition

    # or = and { "||" and }
    def _or(self) -> Condition:
        left = self._and()
        while True:
            self.skip_space()
            if not self.takes("||"):
                return left
            left = Either(left, self._and())

    # and = basic { "&&" basic }
    def _and(self) -> Condition:
        left = self._basic()
        while True:
            self.skip_space()
            if not self.takes("&&"):
                return left
            left = Both(left, self._basic())

    # basic = "!" basic | "(" or ")" | operand [ operator operand | "=~" regex ]
    def _basic(self) -> Condition:
        self.skip_space()
        if self.sees("!") and not self.sees("!="):
            self.at += 1
            return Not(self._basic())
        if self.takes("("):
            self.nesting += 1
            if self.nesting > _MAX_NESTING:
                raise self.error("filters nest too deeply")
            inner = self._or()
            self.skip_space()
            if not self.takes(")"):
                raise self.error("a bracket is not closed")
            self.nesting -= 1
            return inner
        left = self._operand()
        self.skip_space()
        if self.takes("=~"):
            if isinstance(left, Literal) and left.kind in (STRING, NUMBER):
                raise self.error("a literal cannot be matched")
            self.skip_space()
            return Compare(left, "=~", self._regex())
        operator = next((o for o in _OPERATORS if self.takes(o)), "")
        if operator:
            return self._comparison(left, operator)
        if isinstance(left, Literal):
            return Always(left.kind == BOOL and left.text == "true")
        return left

    def _comparison(self, left: Operand, operator: str) -> Condition:
        self.skip_space()
        is_ordering = operator[0] in "<>"
        if is_ordering and (self.sees("'") or (isinstance(left, Literal) and left.kind == STRING)):
            raise self.error(f"strings cannot be compared using {operator}")
        return Compare(left, operator, self._operand())

    def _operand(self) -> Operand:
        start = self.at
        if self.takes("@") or self.takes("$"):
            is_root = self.text[start] == "$"
            if not is_root and any(self.sees_spaced(mark) for mark in "=!><|&)"):
                return Exists((), from_root=False)
            return Exists(self.path(is_start=False), from_root=is_root)
        first = self.peek()
        if first and first in ".-0123456789":
            return self._number()
        if first and first in "'\"":
            end = self.text.find(first, self.at + 1)
            if end < 0:
                raise self.error(f"{first} has no end")
            self.at = end + 1
            return Literal(STRING, self.text[start + 1 : end])
        for word, kind in (("true", BOOL), ("false", BOOL), ("null", NULL)):
            if self.takes(word):
                return Literal(kind, word)
        raise self.error("a value is missing")

    def _number(self) -> Literal:
        start = self.at
        while self.peek() and self.peek() in ".eE-0123456789":
            self.at += 1
        text = self.text[start : self.at]
        try:
            float(text)
        except ValueError:
            raise self.error(f"{text!r} is not a number") from None
        return Literal(NUMBER, text)

    def _regex(self) -> Literal:
        from steersman.go.regexp.compile import compile_regexp
        from steersman.go.regexp.tree import RegexpError

        if not self.takes("/"):
            raise self.error("a regular expression does not begin with /")
        start = self.at
        while not self.sees("/"):
            if not self.peek():
                raise self.error("/ has no end")
            self.at += 2 if self.sees("\\") else 1
        pattern = self.text[start : self.at].replace("\\/", "/")
        self.at += 1
        try:
            compile_regexp(pattern)
        except RegexpError as error:
            raise self.error(str(error)) from error
        return Literal(REGEX, pattern)


def _unescaped(name: str) -> str:
    if "\\" not in name:
        return name
    out: list[str] = []
    is_escaped = False
    for char in name:
        if char == "\\" and not is_escaped:
            is_escaped = True
            continue
        out.append(char)
        is_escaped = False
    return "".join(out)
