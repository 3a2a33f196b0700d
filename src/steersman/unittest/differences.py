"""Two values to the places in them that differ, each small enough to name the line behind it."""

from __future__ import annotations

from itertools import islice

from steersman.record import Record
from steersman.unittest.same import go_type, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    Keys: TypeAlias = tuple[Any, ...]

MOST = 100  # differences of two values that are counted
_MOST_ITEMS = 500  # of a list in which items that moved are looked for
_MOST_TEXT = 80  # characters of a value


class Difference(Record):
    """A place in which a value is not as it should be.

    Attributes:
        keys: of the place, below the value.
        problem: what is wrong there, behind its path.
        expected: the text that should be there, or None.
    """

    keys: Keys
    problem: str
    expected: str | None = None


def differences(expected: Any, actual: Any) -> tuple[Difference, ...]:
    """Return the innermost places in which two values differ, up to ``MOST``; none of two scalars.

    >>> [(one.keys, one.problem) for one in differences({"a": [1], "b": 1}, {"a": [2], "c": 1})]
    [(('a', 0), '2, not 1'), (('b',), 'missing, expected 1'), (('c',), '1, not expected')]
    """
    if not isinstance(expected, (dict, list)) and not isinstance(actual, (dict, list)):
        return ()
    return tuple(islice(_differences(expected, actual, ()), MOST))


def leaves(value: Any, keys: Keys = ()) -> tuple[Difference, ...]:
    """Return the places of all scalars in a map or a list, and what they are, up to ``MOST``; none of a scalar.

    >>> [(one.keys, one.problem) for one in leaves({"a": [1, {}]})]
    [(('a', 0), '1'), (('a', 1), '{}')]
    """
    if not isinstance(value, (dict, list)):
        return ()
    return tuple(Difference(found, text_of(leaf)) for found, leaf in islice(_leaves(value, keys), MOST))


def within(difference: Difference, keys: Keys) -> Difference:
    """Return a difference of a value that is at ``keys`` itself."""
    return Difference((*keys, *difference.keys), difference.problem, difference.expected)


def nearest(items: Sequence[Any], wanted: Any) -> int | None:
    """Return which of several maps has the most fields of another one, or None where none has any.

    >>> nearest([{"name": "a", "port": 1}, {"name": "b", "port": 2}], {"name": "b", "port": 1, "tls": True})
    0
    """
    if not isinstance(wanted, dict):
        return None
    counts = [
        sum(key in item and same(item[key], value) for key, value in wanted.items()) if isinstance(item, dict) else 0
        for item in items
    ]
    best = max(counts, default=0)
    return counts.index(best) if best else None


def text_of(value: Any) -> str:
    """Return a value on one line, of a long one the beginning."""
    if isinstance(value, (dict, list)) and value:
        return "a map" if isinstance(value, dict) else "a list"
    return _one_line(value)


def _one_line(value: Any) -> str:
    import json

    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"


def _differences(expected: Any, actual: Any, keys: Keys) -> Iterator[Difference]:
    types = go_type(expected), go_type(actual)
    if isinstance(expected, dict) and isinstance(actual, dict) and types[0] == types[1]:
        for key, wanted in expected.items():
            if key in actual:
                yield from _differences(wanted, actual[key], (*keys, key))
            else:
                yield Difference((*keys, key), f"missing, expected {text_of(wanted)}")
        for key in actual:
            if key not in expected:
                yield from _unexpected(actual[key], (*keys, key))
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _in_lists(expected, actual, keys)
    elif not same(expected, actual):
        yield _replaced(expected, actual, keys)


def _in_lists(expected: list[Any], actual: list[Any], keys: Keys) -> Iterator[Difference]:
    """Yield the differences of two lists; an item that is new leaves those behind it as they were."""
    for old, old_end, new, new_end in _changes(expected, actual):
        both = min(old_end - old, new_end - new)
        for at in range(both):
            yield from _differences(expected[old + at], actual[new + at], (*keys, new + at))
        for at in range(new + both, new_end):
            yield from _unexpected(actual[at], (*keys, at))
        missing = expected[old + both : old_end]
        for item in missing:
            # it is at no place of the actual list, so the place is that of the list
            yield Difference(keys, f"an item is missing: {_one_line(item)}")


def _changes(expected: list[Any], actual: list[Any]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the bounds of the parts of two lists that differ."""
    if len(expected) > _MOST_ITEMS or len(actual) > _MOST_ITEMS:
        yield 0, len(expected), 0, len(actual)
        return
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, list(map(repr, expected)), list(map(repr, actual)), autojunk=False)
    for kind, old, old_end, new, new_end in matcher.get_opcodes():
        if kind != "equal":
            yield old, old_end, new, new_end


def _unexpected(value: Any, keys: Keys) -> Iterator[Difference]:
    for found, leaf in _leaves(value, keys):
        yield Difference(found, f"{text_of(leaf)}, not expected")


def _replaced(expected: Any, actual: Any, keys: Keys) -> Difference:
    from steersman.unittest.texts import as_yaml

    texts = text_of(actual), text_of(expected)
    if isinstance(actual, str) and isinstance(expected, str) and "\n" in f"{actual}{expected}":
        problem = "the texts differ"
    elif texts[0] == texts[1]:
        types = go_type(actual) or "null", go_type(expected) or "null"
        problem = "the texts differ" if types[0] == types[1] else f"{texts[0]} of type {types[0]}, not {types[1]}"
    else:
        problem = f"{texts[0]}, not {texts[1]}"
    return Difference(keys, problem, as_yaml(expected).removesuffix("\n"))


def _leaves(value: Any, keys: Keys) -> Iterator[tuple[Keys, Any]]:
    stack = [(keys, value)]
    while stack:
        at, one = stack.pop()
        if isinstance(one, dict) and one:
            stack += [((*at, key), inner) for key, inner in reversed(one.items())]
        elif isinstance(one, list) and one:
            stack += [((*at, number), inner) for number, inner in reversed(list(enumerate(one)))]
        else:
            yield at, one
