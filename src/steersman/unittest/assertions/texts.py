"""Assertions with regular expressions."""

from __future__ import annotations

from steersman.go.regexp.compile import compile_regexp
from steersman.go.regexp.tree import RegexpError
from steersman.unittest.assertions.model import PASSED, Failure, Subject, each_document, each_value, failed, shown, word
from steersman.unittest.assertions.values import NotBase64, decoded, raw_text
from steersman.unittest.same import go_type
from steersman.unittest.texts import is_found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.unittest.assertions.model import Parameters, Verdict
    from steersman.unittest.documents import Document


def _problem_of(pattern: str) -> str:
    if not pattern:
        return "expected field 'pattern' to be filled"
    try:
        compile_regexp(pattern)
    except RegexpError as error:
        return str(error)
    return ""


def match_regex(subject: Subject, given: Parameters) -> Verdict:
    """``matchRegex``, ``notMatchRegex``: a string matches somewhere."""
    path, pattern = given.get("path", ""), given.get("pattern", "")
    problem = _problem_of(pattern)
    # go: a pattern is looked at once there is a document (test_a_pattern_that_is_none)
    if problem and (subject.documents or not pattern):
        return failed(Failure(problem, path))

    def judge(actual: Any, at: int) -> Failure | None:
        if go_type(actual) != "string":
            return Failure("the value should be a string", path, at, actual=shown(actual))
        if given.get("decodeBase64"):
            try:
                actual = decoded(actual)
            except NotBase64:
                return Failure("the value is not base64", path, at, actual=shown(actual))
        return None if is_found(pattern, actual) != subject.negated else _mismatch(subject, pattern, actual, path, at)

    return each_value(subject, path, judge)


def match_regex_raw(subject: Subject, given: Parameters) -> Verdict:
    """``matchRegexRaw``, ``notMatchRegexRaw``: a text that is not YAML matches somewhere."""
    pattern = given.get("pattern", "")
    problem = _problem_of(pattern)
    if problem and (subject.documents or not pattern):
        return failed(Failure(problem))

    def judge(document: Document, at: int) -> Verdict:
        actual = raw_text(document)
        if is_found(pattern, actual) != subject.negated:
            return PASSED
        return failed(_mismatch(subject, pattern, actual, "", at))

    return each_document(subject, judge)


def _mismatch(subject: Subject, pattern: str, actual: str, path: str, at: int) -> Failure:
    return Failure(f"the text should {word(subject)}match", path, at, expected=pattern, actual=actual)
