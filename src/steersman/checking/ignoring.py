"""``steer:ignore RULE`` comments: on the line of a finding, or on the lines right above it.

A comment of YAML (``# steer:ignore unknown-field``) and one of templates (``{{/* steer:ignore nil-value */}}``) mean
the same. For a line that an include has written, a comment at the include counts as well.
"""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from steersman.checking.findings import Finding

_COMMENT = re.compile(r"steer:ignore\s+([a-z-]+(?:\s*,\s*[a-z-]+)*)")
_MOST_TEXT = 5000  # characters of a line
_ONLY_COMMENT = re.compile(r"^\s*(#|\{\{-?\s*/\*.*\*/\s*-?\}\}\s*$)")
_COMMENT_END = re.compile(r"\*/\s*-?\}\}\s*$")
_COMMENT_BEGIN = re.compile(r"^\s*\{\{-?\s*/\*")
# a text in quotes and an action are passed over: what looks like a comment in them is none
_PARTS = re.compile(
    r"""(?P<comment>\{\{-?\s*/\*.*?(?:\*/|$)|(?:^|(?<=\s))\#.*)|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\{\{.*?(?:\}\}|$)"""
)


def is_ignored(finding: Finding, texts: Mapping[str, str]) -> bool:
    """Return whether a comment says that a finding is meant to be so; ``texts`` are those of the chart's files."""
    places = {(finding.file, finding.line), *finding.chain}
    return any(finding.rule in _rules_at(texts.get(file, ""), line) for file, line in places if line)


@lru_cache(maxsize=1000)
def _rules_at(text: str, line: int) -> frozenset[str]:
    return frozenset(_named_at(_lines(text), line)) if "steer:ignore" in text else frozenset()


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def _named_at(lines: Sequence[str], line: int) -> Iterable[str]:
    at = line - 1
    if at >= len(lines):
        return
    yield from _rules_in(lines[at])
    at -= 1
    while at >= 0:
        begin = _comment_above(lines, at)
        if begin is None:
            return
        yield from _rules_of("\n".join(lines[begin : at + 1]))
        at = begin - 1


def _comment_above(lines: Sequence[str], at: int) -> int | None:
    """Return the first line of the comment that a line is, or ends; None where it is something else."""
    if _ONLY_COMMENT.match(lines[at]):
        return at
    if not _COMMENT_END.search(lines[at]):
        return None
    for begin in range(at, -1, -1):
        if _COMMENT_BEGIN.match(lines[begin]):
            return begin
        if "{{" in lines[begin] or (begin < at and _COMMENT_END.search(lines[begin])):
            return None
    return None


def _rules_in(line: str) -> Iterable[str]:
    for part in _PARTS.finditer(line[:_MOST_TEXT]):
        yield from _rules_of(part["comment"] or "")


def _rules_of(comment: str) -> Iterable[str]:
    for found in _COMMENT.findall(comment):
        for name in found.split(","):
            yield name.strip()
