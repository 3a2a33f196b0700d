"""``steer:ignore RULE`` comments: on the line of a finding, or on the lines right above it.

A comment of YAML (``# steer:ignore unknown-field``) and one of templates (``{{/* steer:ignore nil-value */}}``) mean
the same. For a line that an include has written, a comment at the include counts as well.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from steersman.checking.findings import Finding

_COMMENT = re.compile(r"steer:ignore\s+([a-z-]+(?:\s*,\s*[a-z-]+)*)")
_ONLY_COMMENT = re.compile(r"^\s*(#|\{\{-?\s*/\*).*$")


def is_ignored(finding: Finding, texts: Mapping[str, str]) -> bool:
    """Return whether a comment says that a finding is meant to be so; ``texts`` are those of the chart's files."""
    places = {(finding.file, finding.line), *finding.chain}
    return any(finding.rule in _rules_at(texts.get(file, ""), line) for file, line in places if line)


def _rules_at(text: str, line: int) -> Iterable[str]:
    if "steer:ignore" not in text:
        return
    lines = text.split("\n")
    at = line - 1
    if at >= len(lines):
        return
    yield from _rules_in(lines[at])
    at -= 1
    while at >= 0 and _ONLY_COMMENT.match(lines[at]):
        yield from _rules_in(lines[at])
        at -= 1


def _rules_in(line: str) -> Iterable[str]:
    for found in _COMMENT.findall(line):
        for name in found.split(","):
            yield name.strip()
