"""Assertions about lists and maps: what they contain, how long they are."""

from __future__ import annotations

from steersman.unittest.assertions.model import (
    PASSED,
    Failure,
    Subject,
    each_document,
    each_value,
    failed,
    find_in,
    shown,
    word,
)
from steersman.unittest.differences import Difference, differences, leaves, nearest, text_of, within
from steersman.unittest.same import go_type, is_subset, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.unittest.assertions.model import Parameters, Verdict
    from steersman.unittest.documents import Document

_MAP = "map[string]interface {}"


def contains(subject: Subject, given: Parameters) -> Verdict:
    """``contains``, ``notContains``: a list has an item; ``any``: one with these fields; ``count``: so many."""
    path, wanted, count = given.get("path", ""), given.get("content"), given.get("count")
    is_subset_enough = given.get("any", False)

    def judge(actual: Any, at: int) -> Failure | None:
        if not isinstance(actual, list):
            return Failure("the value should be a list", path, at, actual=shown(actual))
        found = sum(_is_item(item, wanted, is_subset_enough=is_subset_enough) for item in actual)
        holds = bool(found) if count is None else bool(found) and found == count
        if holds != subject.negated:
            return None
        problem = f"the list should {word(subject)}contain"
        if count is not None:
            problem += f" {count} times (it does {found} times)"
        places = _items(actual, wanted, is_subset_enough=is_subset_enough)
        return Failure(problem, path, at, expected=shown([wanted]), actual=shown(actual), places=places)

    return each_value(subject, path, judge)


def _items(actual: list[Any], wanted: Any, *, is_subset_enough: bool) -> tuple[Difference, ...]:
    """Return the items that are as wanted; without any, how the one most like it differs, or what is there instead."""
    found = [at for at, item in enumerate(actual) if _is_item(item, wanted, is_subset_enough=is_subset_enough)]
    if found:
        return tuple(
            one for at in found for one in leaves(actual[at], (at,)) or [Difference((at,), text_of(actual[at]))]
        )
    near = nearest(actual, wanted)
    if near is None:
        return leaves(actual)
    item = actual[near]
    if is_subset_enough:
        item = {key: value for key, value in item.items() if key in wanted}
    return tuple(within(one, (near,)) for one in differences(wanted, item))


def _is_item(item: Any, wanted: Any, *, is_subset_enough: bool) -> bool:
    if is_subset_enough and go_type(item) == _MAP and go_type(wanted) == _MAP:
        return is_subset(item, wanted)
    return same(item, wanted)


def subset(subject: Subject, given: Parameters) -> Verdict:
    """``isSubset``, ``isNotSubset``: a map has these fields."""
    path, wanted = given.get("path", ""), given.get("content")

    def judge(actual: Any, at: int) -> Failure | None:
        if go_type(actual) != _MAP or not isinstance(wanted, dict) or go_type(wanted) != _MAP:
            return Failure("both values should be maps", path, at, shown(wanted), shown(actual))
        if is_subset(actual, wanted) != subject.negated:
            return None
        problem = f"the map should {word(subject)}contain"
        # the rest of the map is of no interest, nor is what is in it as wanted
        asked = {key: actual[key] for key in wanted if key in actual}
        if subject.negated:
            return Failure(problem, path, at, shown(wanted), places=leaves(asked))
        wrong = {key: value for key, value in wanted.items() if not same(actual.get(key), value)}
        there = {key: value for key, value in asked.items() if key in wrong}
        places = differences(wrong, there)
        return Failure(problem, path, at, shown(wrong), shown(there), has_diff=True, places=places)

    return each_value(subject, path, judge)


def length_equal(subject: Subject, given: Parameters) -> Verdict:
    """``lengthEqual``, ``notLengthEqual``: the lists at one path or several have so many items, or equally many."""
    path, paths, count = given.get("path", ""), given.get("paths", ()), given.get("count")
    if path and (count is None or count < 0):
        return failed(Failure("'count' field must be set if 'path' is used", path))
    if path and paths:
        return failed(Failure("'paths' couldn't be used with 'path'", path))

    def judge(document: Document, at: int) -> Verdict:
        if path:
            holds, failures, _ = _length(subject, document, path, count, at)
            return holds, failures
        return _lengths(subject, document, paths, count, at)

    return each_document(subject, judge)


def _length(subject: Subject, document: Document, path: str, count: int | None, at: int) -> tuple[bool, Any, int]:
    """Return whether the lists at a path are as long as they should be, failures, and the length of the last one."""
    values = find_in(document, path, at)
    if isinstance(values, Failure):
        return False, [values], 0
    if not values:
        return subject.negated, [] if subject.negated else [Failure("the path finds nothing", path, at)], 0
    passed: bool | None = None
    failures: list[Failure] = []
    length = 0
    for nth, value in enumerate(values):
        if not isinstance(value, list) and count is None:
            failures.append(Failure("the value should be a list", path, at, actual=shown(value), nth=nth))
            # go: counts for the first value alone, as with comparisons
            passed = passed or False
            continue
        # go: what is not a list has no items (test_the_length_of_what_is_not_a_list)
        length = len(value) if isinstance(value, list) else 0
        if count is not None and (length == count) == subject.negated:
            problem = f"the list should {word(subject)}have {count} items, it has {length}"
            failures.append(Failure(problem, path, at, nth=nth))
            passed = False
        else:
            passed = passed is not False
    return bool(passed), failures, length


def _lengths(subject: Subject, document: Document, paths: tuple[str, ...], count: int | None, at: int) -> Verdict:
    """Compare the lists at several paths.

    go: paths are compared in their order; the opposite fails where one is as long as the first
    (test_lists_of_several_paths)
    """
    lengths: dict[str, int] = {}
    failures: list[Failure] = []
    passed = True
    for path in paths:
        holds, found, lengths[path] = _length(subject, document, path, count, at)
        passed = passed and holds
        failures += [] if holds else found
    if not passed:
        return False, failures
    if not lengths:
        return failed(Failure("neither 'path' nor 'paths' is given", document=at))
    first, *others = sorted(lengths)
    for path in others:
        if (lengths[path] == lengths[first]) == subject.negated:
            problem = f"the lists should {word(subject)}be equally long: {lengths[first]} and {lengths[path]}"
            return failed(Failure(problem, f"{first}, {path}", at))
    return PASSED
