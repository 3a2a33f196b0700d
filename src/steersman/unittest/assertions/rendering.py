"""Assertions about a render that fails."""

from __future__ import annotations

import re

from steersman.go.regexp.tree import RegexpError
from steersman.unittest.assertions.model import PASSED, Failure, Subject, failed, word
from steersman.unittest.documents import RAW
from steersman.unittest.texts import is_found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.unittest.assertions.model import Parameters, Verdict

_META = re.compile(r"[\\.+*?()|\[\]{}^$]")


def failed_template(subject: Subject, given: Parameters) -> Verdict:
    """``failedTemplate``, ``notFailedTemplate``: the render fails, with this message or one that matches."""
    if given.get("errorMessage") and given.get("errorPattern"):
        return failed(Failure("single attribute 'errorMessage' or 'errorPattern' supported at the same time"))
    if subject.render_error is not None:
        return _judged(subject, given, subject.render_error, None)
    if not subject.documents:
        return PASSED if subject.negated else failed(Failure("the template did not fail"))
    passed, failures = True, []
    for at, document in enumerate(subject.documents):
        holds, found = _judged(subject, given, document.tree.get(RAW), at)
        passed = passed and holds
        failures += found
    return passed, failures


def _judged(subject: Subject, given: Parameters, actual: object, at: int | None) -> Verdict:
    message, pattern = given.get("errorMessage", ""), given.get("errorPattern", "")
    if actual is not None and not isinstance(actual, str):
        return failed(Failure("the template did not fail", document=at))
    if pattern:
        # go: what has no message passes (test_a_pattern_where_nothing_failed)
        holds = actual is None or _fits(pattern, actual, negated=subject.negated)
    elif message:
        holds = (actual == message) != subject.negated
    else:
        return PASSED
    if holds:
        return PASSED
    problem = f"the message should {word(subject)}{'match' if pattern else 'be'}"
    return failed(Failure(problem, document=at, expected=pattern or message, actual=actual or "", has_diff=not pattern))


def _fits(pattern: str, actual: str, *, negated: bool) -> bool:
    """Return whether a message matches, be it that the pattern is taken as it stands."""
    literal = _META.sub(lambda char: "\\" + char[0], pattern)
    try:
        found = is_found(pattern, actual)
    except RegexpError:
        found = is_found(literal, actual)
    if found != negated:
        return True
    return bool(_META.search(pattern)) and is_found(literal, actual) != negated
