"""Flow collections on one line, for the plain reader: ``[a, "b"]``, ``{}``, ``{a: 1}`` and what is in each other."""

from __future__ import annotations

from _json import make_scanner

from steersman.yamlio import errors as yaml_errors
from steersman.yamlio.text import Unusual, has_json_escapes, on_one_line, only_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# go: parser.go refuses deeper nesting
_DEEPEST = 10_000
# Characters that no plain word in a flow collection has; a colon is checked on its own.
_NOT_IN_WORDS = frozenset("[]{}\"'&*!%@`#?:|>\\\t")

_JSON_STARTS = ('"', "[", "{")


def flow(body: str, word: Callable[[str], Any], key: Callable[[str], str], *, is_unique: bool = False) -> Any:
    """Read a flow collection with nothing but a comment behind it.

    Args:
        body: the rest of a line, from its bracket on.
        word: reads a plain scalar.
        key: reads a plain key.
        is_unique: whether a key that a mapping has twice is not plain.

    Raises:
        Unusual: for what is not plain.
        YamlError: for what nests too deeply.
    """
    is_json = body[1:2] in _JSON_STARTS and not (is_unique and "{" in body)
    value, end = _json(body, word) if is_json else (None, -1)
    if end < 0:
        reader = _Flow(body, word, key, is_unique=is_unique)
        value = reader.value(0)
        end = reader.at
    if len(body) > end:
        only_comment(body[end:])
    return value


def _json(body: str, word: Callable[[str], Any]) -> tuple[Any, int]:
    """Read what is JSON as well; return the value and where it ends, or -1 where it is not."""
    if "\t" in body or has_json_escapes(body) or body.count("[") + body.count("{") >= _DEEPEST:
        return None, -1
    try:
        return make_scanner(_Json(word))(body, 0)  # type: ignore[arg-type]
    except (StopIteration, ValueError, SystemError, RecursionError):
        return None, -1


class _Json:
    """The context that the C scanner expects: strings and punctuation as in JSON, words as in YAML."""

    strict = False
    object_hook = None
    object_pairs_hook = None

    def __init__(self, word: Callable[[str], Any]) -> None:
        self.parse_float = self.parse_int = word
        self.memo: dict[str, str] = {}

    @staticmethod
    def parse_constant(name: str) -> Any:
        raise ValueError(name)


class _Flow:
    def __init__(
        self, body: str, word: Callable[[str], Any], key: Callable[[str], str], *, is_unique: bool = False
    ) -> None:
        self.is_unique = is_unique
        self.body = body
        self.at = 0
        self._word = word
        self._key = key

    def _peek(self) -> str:
        """Return the next character that is not a space."""
        body, at = self.body, self.at
        while body[at : at + 1] == " ":
            at += 1
        self.at = at
        return body[at : at + 1]

    def value(self, depth: int) -> Any:
        if depth >= _DEEPEST:
            raise yaml_errors.YamlError(f"yaml: exceeded max depth of {_DEEPEST}")
        first = self._peek()
        if first == "[":
            return self._sequence(depth)
        if first == "{":
            return self._mapping(depth)
        if first in ('"', "'"):
            return self._quoted()
        text = self._plain()
        if not text:
            raise Unusual
        return self._word(text)

    def _quoted(self) -> str:
        text, end = on_one_line(self.body, self.at)
        if end < 0:
            raise Unusual
        self.at = end
        return text

    def _plain(self) -> str:
        """Return the plain word at hand, up to what ends it."""
        body, start = self.body, self.at
        at = start
        while at < len(body) and body[at] not in ",]}":
            if body[at] in _NOT_IN_WORDS:
                raise Unusual
            at += 1
        self.at = at
        text = body[start:at].rstrip(" ")
        if text[:1] == "-" and (len(text) == 1 or text[1] == " "):
            raise Unusual
        return text

    def _sequence(self, depth: int) -> list[Any]:
        self.at += 1
        items: list[Any] = []
        while True:
            if self._peek() == "]":
                self.at += 1
                return items
            items.append(self.value(depth + 1))
            if not self._goes_on("]"):
                return items

    def _mapping(self, depth: int) -> dict[str, Any]:
        self.at += 1
        fields: dict[str, Any] = {}
        while True:
            first = self._peek()
            if first == "}":
                self.at += 1
                return fields
            key = self._quoted() if first in ('"', "'") else self._plain_key()
            # a colon behind a quoted key needs no space
            if self._peek() != ":":
                raise Unusual
            self.at += 1
            if self.is_unique and key in fields:
                raise Unusual
            fields[key] = self.value(depth + 1)
            if not self._goes_on("}"):
                return fields

    def _plain_key(self) -> str:
        end = self.body.find(": ", self.at)
        if end < 0:
            raise Unusual
        text = self.body[self.at : end]
        if not text or text[-1] == " " or "," in text or any(c in _NOT_IN_WORDS for c in text):
            raise Unusual
        self.at = end
        return self._key(text)

    def _goes_on(self, end: str) -> bool:
        mark = self._peek()
        if mark not in (",", end) or not mark:
            raise Unusual
        self.at += 1
        return mark == ","
