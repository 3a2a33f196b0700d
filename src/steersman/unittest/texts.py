"""Values as texts, and texts that match."""

from __future__ import annotations

from steersman.go.regexp.compile import compile_regexp
from steersman.yamlio.emit import emit_v3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_found(pattern: str, text: str) -> bool:
    """Return whether a pattern is found in a text.

    Raises:
        RegexpError: when Go would refuse the pattern.
    """
    return compile_regexp(pattern).search(text, 0) is not None


def as_yaml(value: Any) -> str:
    """Return a value as it stands in a snapshot: line feeds at the beginning of texts are left out."""
    return emit_v3(_without_leading_breaks(value))


def _without_leading_breaks(value: Any) -> Any:
    if type(value) is str:
        return value.lstrip("\n")
    if type(value) is dict:
        return {key: _without_leading_breaks(item) for key, item in value.items()}
    return [_without_leading_breaks(item) for item in value] if type(value) is list else value
