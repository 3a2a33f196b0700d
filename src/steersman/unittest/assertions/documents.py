"""Assertions about whole documents: their kind, their number, whether one is there."""

from __future__ import annotations

from steersman.unittest.assertions.model import PASSED, Failure, Subject, each_document, failed, word
from steersman.unittest.same import go_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.unittest.assertions.model import Parameters, Verdict
    from steersman.unittest.documents import Document


def is_kind(subject: Subject, given: Parameters) -> Verdict:
    """``isKind``: every document is of this kind."""
    return _field_is(subject, "kind", given.get("of", ""))


def is_api_version(subject: Subject, given: Parameters) -> Verdict:
    """``isAPIVersion``: every document is of this version."""
    return _field_is(subject, "apiVersion", given.get("of", ""))


def _field_is(subject: Subject, field: str, wanted: str) -> Verdict:
    def judge(document: Document, at: int) -> Verdict:
        actual = document.tree.get(field)
        if (go_type(actual) == "string" and actual == wanted) != subject.negated:
            return PASSED
        return failed(Failure(f"{field} should {word(subject)}be {wanted}", field, at, actual=str(actual)))

    return each_document(subject, judge)


def has_documents(subject: Subject, given: Parameters) -> Verdict:
    """``hasDocuments``: so many documents; with ``filterAware``, of those that an index or a selector left."""
    wanted = given.get("count", 0)
    count = len(subject.documents if given.get("filterAware") else subject.all_documents)
    if (count == wanted) != subject.negated:
        return PASSED
    return failed(Failure(f"there should {word(subject)}be {wanted} documents, there are {count}"))


def contains_document(subject: Subject, given: Parameters) -> Verdict:
    """``containsDocument``: every document (``any``: one) has this kind and version, and this name and namespace.

    go: a document without a kind has any kind (test_a_document_without_a_kind), and where one is looked for, the
    search ends with it, be the assertion the opposite or not
    """
    if not subject.documents:
        return PASSED if subject.negated else failed(_not_there(subject, given, None))
    passed: bool | None = None
    failures: list[Failure] = []
    for at, document in enumerate(subject.documents):
        holds = _is_document(document, given) != subject.negated
        if holds and given.get("any", False) != subject.negated:
            return PASSED
        if not holds:
            failures.append(_not_there(subject, given, at))
        passed = holds if passed is None else passed and holds
    return bool(passed), failures


def _is_document(document: Document, given: Parameters) -> bool:
    tree = document.tree
    for field in ("kind", "apiVersion"):
        if go_type(tree.get(field)) == "string" and tree[field] != given.get(field, ""):
            return False
    for field in ("name", "namespace"):
        wanted = given.get(field, "")
        if wanted:
            found = document.find(f"metadata.{field}")
            if not found or found[0] != wanted:
                return False
    return True


def _not_there(subject: Subject, given: Parameters, at: int | None) -> Failure:
    fields = ", ".join(f"{key} {given[key]}" for key in ("kind", "apiVersion", "name", "namespace") if given.get(key))
    return Failure(f"there should {word(subject)}be a document with {fields}", document=at)
