"""Errors of reading and writing YAML, in go-yaml's words."""

from __future__ import annotations

from steersman.errors import ValuesError


class YamlError(ValuesError):
    """Text that is not YAML, or YAML that has no JSON form, with Go's message.

    ``line`` is go-yaml's line number (from 1), or 0 where it gives none.
    """

    def __init__(self, message: str, *, line: int = 0) -> None:
        super().__init__(message)
        self.line = line
