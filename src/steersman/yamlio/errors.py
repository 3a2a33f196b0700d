"""Errors of reading and writing YAML, in go-yaml's words."""

from __future__ import annotations

from steersman.errors import ValuesError

# Problems of libyaml that callers answer in their own way.
UNKNOWN_ESCAPE = "found unknown escape character"
UNFINISHED = frozenset(("could not find expected ':'", "could not find expected directive name"))


class YamlError(ValuesError):
    """Text that is not YAML, or YAML that has no JSON form, with Go's message.

    ``line`` is go-yaml's line number (from 1), or 0 where it gives none. ``problem`` is libyaml's, without the place;
    ``""`` for errors that are not libyaml's. ``at`` is the line (from 1) that has the problem, where go-yaml may name
    the one before it or none; 0 where it is not known.
    """

    def __init__(self, message: str, *, line: int = 0, problem: str = "", at: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.problem = problem
        self.at = at or line


class Undecodable(YamlError):
    """YAML that has no JSON form."""
