"""Assertions that compare with what was stored."""

from __future__ import annotations

from steersman.go.regexp.tree import RegexpError
from steersman.unittest.assertions.model import PASSED, Failure, Subject, failed, find_in
from steersman.unittest.assertions.values import raw_text
from steersman.unittest.differences import differences, leaves
from steersman.yamlio import version3
from steersman.yamlio.errors import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.unittest.assertions.model import Parameters, Verdict
    from steersman.unittest.differences import Difference
    from steersman.unittest.snapshots import Comparison


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
    for nth, value in enumerate(values):
        try:
            result = subject.snapshots.compare(value, matches, matches_not)
        except RegexpError as error:
            return failed(Failure(str(error), path, at))
        if result.passed != subject.negated:
            continue
        problem = result.problem(negated=subject.negated)
        places = _places(result, value, negated=subject.negated)
        texts = result.stored, result.current
        failures.append(Failure(problem, path, at, *texts, has_diff=True, nth=nth, places=places))
    return not failures, failures


def _places(result: Comparison, value: Any, *, negated: bool) -> tuple[Difference, ...]:
    if negated:
        return leaves(value)
    if result.complaint:
        return ()
    try:
        stored, current = version3.load(result.stored), version3.load(result.current)
    except YamlError:
        return ()
    return differences(stored, current)


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
