"""Assertions that compare with what was stored."""

from __future__ import annotations

from steersman.go.regexp.tree import RegexpError
from steersman.unittest.assertions.model import PASSED, Failure, Subject, failed, find_in
from steersman.unittest.assertions.values import raw_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.unittest.assertions.model import Parameters, Verdict


def match_snapshot(subject: Subject, given: Parameters) -> Verdict:
    """``matchSnapshot``: what a path finds is as stored; with a pattern, it matches or does not."""
    path = given.get("path", "")
    matches = given.get("matchRegex", {}).get("pattern", "")
    matches_not = given.get("notMatchRegex", {}).get("pattern", "")
    passed, failures = bool(subject.documents) or not subject.negated, []
    for at, document in enumerate(subject.documents):
        values = find_in(document, path, at)
        if isinstance(values, Failure):
            holds, found = failed(values)
        elif not values:
            holds, found = PASSED if subject.negated else failed(Failure("the path finds nothing", path, at))
        else:
            holds, found = _compared(subject, values, path, at, matches, matches_not)
        passed = passed and holds
        failures += found
    return passed, failures


def _compared(subject: Subject, values: list[Any], path: str, at: int, matches: str, matches_not: str) -> Verdict:
    failures = []
    for value in values:
        try:
            result = subject.snapshots.compare(value, matches, matches_not)
        except RegexpError as error:
            return failed(Failure(str(error), path, at))
        if result.passed != subject.negated:
            continue
        failures.append(
            Failure(result.problem(negated=subject.negated), path, at, result.stored, result.current, has_diff=True)
        )
    return not failures, failures


def match_snapshot_raw(subject: Subject, _given: Parameters) -> Verdict:
    """``matchSnapshotRaw``: a text that is not YAML is as stored."""
    passed, failures = bool(subject.documents) or not subject.negated, []
    for at, document in enumerate(subject.documents):
        result = subject.snapshots.compare(raw_text(document))
        if result.passed != subject.negated:
            continue
        passed = False
        problem = result.problem(negated=subject.negated)
        failures.append(Failure(problem, "", at, result.stored, result.current, has_diff=True))
    return passed, failures
