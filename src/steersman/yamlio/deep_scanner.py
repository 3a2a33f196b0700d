"""PyYAML's scanner with its list of possible keys kept in order, for collections that nest thousands deep.

The scanner remembers, of each level of nesting, where a key may have begun, and looks at all of them for each token:
time that grows with the square of the depth. They are in the order of the text, so the oldest is always the first.

It also ends plain scalars where go-yaml ends them.
"""

from __future__ import annotations

from collections import OrderedDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST_KEY = 1024  # characters, as in PyYAML
_BLANK_OR_END = frozenset("\0 \t\r\n\x85\u2028\u2029")


def deep_loader(base: type[Any], **attributes: Any) -> Any:
    """Return a loader that does what ``base`` does in time that grows with the text; ``attributes`` are its own."""

    from yaml.tokens import ScalarToken

    class Loader(base):  # type: ignore[misc]
        def __init__(self, stream: object) -> None:
            super().__init__(stream)
            self.possible_simple_keys: OrderedDict[int, Any] = OrderedDict()

        def next_possible_simple_key(self) -> int | None:
            first = next(iter(self.possible_simple_keys.values()), None)
            return None if first is None else int(first.token_number)

        def stale_possible_simple_keys(self) -> None:
            while self.possible_simple_keys:
                level, key = next(iter(self.possible_simple_keys.items()))
                if key.line == self.line and self.index - key.index <= _LONGEST_KEY:
                    return
                if key.required:
                    super().stale_possible_simple_keys()  # which reports it
                del self.possible_simple_keys[level]

        def scan_plain(self) -> Any:
            start = end = self.get_mark()
            text: list[str] = []
            spaces: list[str] = []
            while self.peek() != "#" and (length := self._plain_length()):
                self.allow_simple_key = False
                text += [*spaces, self.prefix(length)]
                self.forward(length)
                end = self.get_mark()
                spaces = self.scan_plain_spaces(self.indent + 1, start)
                if not spaces or (not self.flow_level and self.column <= self.indent):
                    break
            return ScalarToken("".join(text), True, start, end)

        def _plain_length(self) -> int:
            """Return how far a plain scalar goes from here without a blank."""
            length = 0
            while (char := self.peek(length)) not in _BLANK_OR_END:
                # go: a colon before a bracket is a part of the scalar (test_odd_brackets)
                if char == ":" and self.peek(length + 1) in _BLANK_OR_END:
                    break
                if self.flow_level and char in ",?[]{}":
                    break
                length += 1
            return length

    for name, value in attributes.items():
        setattr(Loader, name, value)
    return Loader
