"""kubectl's JSONPath templates to nodes: ``{.a.b[0]}``, ``{range .items[*]}…{end}``, ``{..name}``, filters.

Answers to the parser of ``k8s.io/client-go/util/jsonpath``, with its words.
"""

from __future__ import annotations

from steersman.errors import UsageError
from steersman.go.integer import atoi
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ENDS = " \t\r\n.,[]$@{}"
_FILTER = "[?("


class JsonPathError(UsageError):
    """A template that cannot be read."""


class Node(Record):
    """One step: its kind and what that needs.

    ``text``, ``list`` (nodes), ``field`` (name), ``wild``, ``deep``, ``slice`` (start, end, step, whether the end
    was derived from the start), ``union`` (lists), ``filter`` (left, operator, right), ``word`` (an identifier),
    ``value`` (a number or a bool).
    """

    kind: str
    data: Any = None


def parse(template: str) -> list[Node]:
    """Return the nodes of a template: texts, and a list for each action in braces.

    Raises:
        JsonPathError: in client-go's words.
    """
    nodes: list[Node] = []
    at = 0
    while at < len(template):
        start = template.find("{", at)
        if start != at:
            nodes.append(Node("text", template[at : start if start >= 0 else len(template)]))
        if start < 0:
            break
        action = _Action(template, start + 1)
        nodes.append(Node("list", action.nodes))
        at = action.at
    return nodes


def _action(text: str) -> list[Node]:
    """Return the nodes of one action that stands alone."""
    found = parse("{" + text + "}")
    return found[0].data if found[0].kind == "list" else found


class _Action:
    """action = { step } "}" — what stands in braces from ``at`` on."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self.at = at
        self.nodes: list[Node] = []
        while self._step():
            pass

    def _step(self) -> bool:
        """step = filter | ".." [ name ] | "." name | array | quoted | number | word | "@" | "$" | " " """
        text, at = self._text, self.at
        char = text[at : at + 1]
        if char == "}":
            self.at += 1
            return False
        if char in ("", "\r", "\n"):
            raise JsonPathError("unclosed action")
        if text.startswith(_FILTER, at):
            self._filter()
        elif text.startswith("..", at):
            self._deep()
        elif char in " @$":
            self.at += 1
        elif char == "[":
            self._array()
        elif char in "\"'":
            self._quoted(char)
        elif char == ".":
            self.at += 1
            self._field()
        elif char in "+-" or char.isdigit():
            self._number()
        elif char.isalnum() or char == "_":
            self._word()
        else:
            raise JsonPathError(f"unrecognized character in action: U+{ord(char):04X} '{char}'")
        return True

    def _word(self) -> None:
        word = self._until_end()
        is_bool = word in ("true", "false")
        self.nodes.append(Node("value", word == "true") if is_bool else Node("word", word))

    def _until_end(self) -> str:
        start = self.at
        while self._text[self.at : self.at + 1] not in _ENDS:
            self.at += 1
        return self._text[start : self.at]

    def _deep(self) -> None:
        if self.nodes and self.nodes[-1].kind == "deep":
            raise JsonPathError("invalid multiple recursive descent")
        self.at += 2
        self.nodes.append(Node("deep"))
        following = self._text[self.at : self.at + 1]
        if following.isalnum() or following == "_":
            self._field()

    def _field(self) -> None:
        start = self.at
        while (char := self._text[self.at : self.at + 1]) not in _ENDS:
            self.at += 2 if char == "\\" else 1
        self.at = min(self.at, len(self._text))
        name = self._text[start : self.at]
        self.nodes.append(Node("wild") if name == "*" else Node("field", name.replace("\\", "")))

    def _number(self) -> None:
        start = self.at
        self.at += self._text[start] in "+-"
        while (char := self._text[self.at : self.at + 1]) == "." or char.isdigit():
            self.at += 1
        text = self._text[start : self.at]
        number, problem = atoi(text)
        try:
            self.nodes.append(Node("value", float(text) if problem else number))
        except ValueError:
            raise JsonPathError(f"cannot parse number {text}") from None

    def _quoted(self, mark: str) -> None:
        from steersman.go.quote import unescape

        start = self.at
        while True:
            self.at += 1
            char = self._text[self.at : self.at + 1]
            if char in ("", "\n"):
                raise JsonPathError("unterminated quoted string")
            if char == mark and self._text[self.at - 1] != "\\":
                break
        self.at += 1
        literal = self._text[start : self.at]
        try:
            self.nodes.append(Node("text", unescape(literal[1:-1], mark)))
        except ValueError as error:
            raise JsonPathError(f"unquote string {literal} error {error}") from None

    def _array(self) -> None:
        """array = "[" ( "*" | "'" name "'" | [start] [":" [end] [":" [step]]] | array { "," array } ) "]" """
        end = next((i for i in range(self.at + 1, len(self._text)) if self._text[i] in "]\n"), -1)
        if end < 0 or self._text[end] == "\n":
            raise JsonPathError("unterminated array")
        text = self._text[self.at + 1 : end]
        self.at = end + 1
        if text == "*":
            text = ":"
        if "," in text:
            self.nodes.append(Node("union", [_action(f"[{part.strip(' ')}]") for part in text.split(",")]))
        elif len(text) > 1 and text[0] == text[-1] == "'" and "'" not in text[1:-1]:
            self.nodes += _action(f".{text[1:-1]}")
        else:
            self.nodes.append(Node("slice", _slice(text)))

    def _filter(self) -> None:
        """filter = path [ operator value ]"""
        start = self.at = self.at + len(_FILTER)
        mark, is_over = "", False
        while True:
            char = self._text[self.at : self.at + 1]
            self.at += 1
            if char in ("", "\n"):
                raise JsonPathError("unterminated filter")
            if char in "\"'":
                if not mark:
                    mark = char
                elif char == mark and self._text[self.at - 2] != "\\":
                    is_over = True
            elif char == ")" and bool(mark) == is_over:
                break
        text = self._text[start : self.at - 1]
        if self._text[self.at : self.at + 1] != "]":
            raise JsonPathError("unclosed array expect ]")
        self.at += 1
        left, operator, right = _comparison(text)
        self.nodes.append(Node("filter", (_action(left), operator, _action(right) if operator else [])))


def _comparison(text: str) -> tuple[str, str, str]:
    start = next((i for i, c in enumerate(text) if c in "!<>="), 0)
    end = start
    while end < len(text) and text[end] in "!<>=":
        end += 1
    if not start or "\n" in text[end:]:
        return text, "", ""
    if end == len(text):  # the last of the signs decides
        end -= 1
    return (text[:start], text[start:end], text[end:]) if end > start else (text, "", "")


def _slice(text: str) -> tuple[int | None, int | None, int | None, bool]:
    parts = text.split(":")
    if len(parts) > 3 or not all(_is_integer(part) for part in parts):
        raise JsonPathError(f"invalid array index {text}")
    wrong = next((part for part in parts if part and atoi(part)[1]), "")
    if wrong:
        raise JsonPathError(f"array index {wrong} is not a number")
    start, end, step = (int(part) if part else None for part in (*parts, "", "")[:3])
    if len(parts) == 1:
        return start, (start or 0) + 1, None, True
    return start, end, step, False


def _is_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return not digits or (digits.isascii() and digits.isdigit())
