"""The documents that an assertion looks at, and its verdict."""

from __future__ import annotations

from steersman.record import Record, replace
from steersman.unittest.texts import as_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from steersman.unittest.differences import Difference
    from steersman.unittest.documents import Document
    from steersman.unittest.snapshots import Comparison

    Parameters = dict[str, Any]
    Verdict = tuple[bool, list["Failure"]]
    Check = Callable[["Subject", Parameters], Verdict]

    class Snapshots(Protocol):
        """Compares values with what was stored."""

        def compare(self, value: Any, matches: str = "", matches_not: str = "") -> Comparison:
            """Compare the next value of the test."""


class Failure(Record):
    """The reason why an assertion does not hold.

    Attributes:
        problem: one line: what is wrong.
        path: the path in the document, or ``""``.
        document: the position of the document among those looked at, or None.
        expected, actual: values or texts to show, or None; ``has_diff`` says that they can be compared line by line.
        nth: which of the values that the path finds it is about, from 0.
        places: the places in that value that the failure is about, where it is a map or a list.
    """

    problem: str
    path: str = ""
    document: int | None = None
    expected: str | None = None
    actual: str | None = None
    has_diff: bool = False
    nth: int = 0
    places: tuple[Difference, ...] = ()


class Subject(Record):
    """One template's documents as an assertion sees them.

    Attributes:
        all_documents: all of the template.
        documents: those that an index or a selector left.
        negated: whether the opposite is asserted.
        snapshots: of the test at hand.
        render_error: why the chart did not render, or None.
    """

    all_documents: tuple[Document, ...]
    documents: tuple[Document, ...]
    negated: bool
    snapshots: Snapshots
    render_error: str | None = None


PASSED: Verdict = (True, [])


def failed(failure: Failure) -> Verdict:
    """Return the verdict of one failure."""
    return False, [failure]


def each_document(subject: Subject, judge: Callable[[Document, int], Verdict]) -> Verdict:
    """Return whether every document passes; without documents, only a negated assertion does."""
    if not subject.documents:
        return PASSED if subject.negated else failed(Failure("there is no document to look at"))
    passed, failures = True, []
    for at, document in enumerate(subject.documents):
        holds, found = judge(document, at)
        passed = passed and holds
        failures += found
    return passed, failures


def each_value(subject: Subject, path: str, judge: Callable[[Any, int], Failure | None]) -> Verdict:
    """Return whether every value that ``path`` finds passes, in every document.

    A path that finds nothing fails, and passes where the opposite is asserted.
    """

    def in_document(document: Document, at: int) -> Verdict:
        values = find_in(document, path, at)
        if isinstance(values, Failure):
            return failed(values)
        if not values:
            return PASSED if subject.negated else failed(Failure("the path finds nothing", path, at))
        found = ((nth, judge(value, at)) for nth, value in enumerate(values))
        failures = [replace(failure, nth=nth) if nth else failure for nth, failure in found if failure is not None]
        return not failures, failures

    return each_document(subject, in_document)


def find_in(document: Document, path: str, at: int) -> list[Any] | Failure:
    """Return what a path finds in a document, or why it cannot be followed."""
    from steersman.unittest.path import TooMany
    from steersman.unittest.path_syntax import PathError

    try:
        return document.find(path)
    except (PathError, TooMany) as error:
        return Failure(str(error), path, at)


def shown(value: Any) -> str:
    """Return a value as YAML."""
    return as_yaml(value).removesuffix("\n")


def word(subject: Subject) -> str:
    """Return ``not `` where the opposite is asserted."""
    return "not " if subject.negated else ""
