"""Arguments of the library, checked before anything is done with them; a refusal names the argument and its value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def seconds(name: str, value: Any) -> float:
    """Return a duration in seconds.

    Raises:
        UsageError: unless it is a finite number from 0 on, or a timedelta.
    """
    if isinstance(value, timedelta):
        number = value.total_seconds()
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
    else:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise UsageError(f"{name}={value!r}: it is a number of seconds or a timedelta, from 0 on")
    return number


def one_of(name: str, value: Any, choices: Iterable[str]) -> None:
    """Refuse a value that is not among ``choices``.

    Raises:
        UsageError: naming them.
    """
    choices = tuple(choices)
    if value not in choices:
        *others, last = map(repr, choices)
        raise UsageError(f"{name}={value!r}: it is {', '.join(others)} or {last}")


def whole(name: str, value: Any) -> None:
    """Refuse a value that is not an integer from 0 on.

    Raises:
        UsageError: naming it.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UsageError(f"{name}={value!r}: it is an integer, from 0 on")


def text(**given: Any) -> None:
    """Refuse values that are not text.

    Raises:
        UsageError: naming the first.
    """
    for name, value in given.items():
        if not isinstance(value, str):
            raise UsageError(f"{name}={value!r}: it is a string")


def texts(name: str, value: Any) -> tuple[str, ...]:
    """Return several texts.

    Raises:
        UsageError: for one text, whose letters they would be, and for what is not text.
    """
    if isinstance(value, (str, bytes, Mapping)) or not hasattr(value, "__iter__"):
        raise UsageError(f"{name}={value!r}: it is a list of strings")
    found = tuple(value)
    for one in found:
        if not isinstance(one, str):
            raise UsageError(f"{name}={value!r}: {one!r} is not a string")
    return found


def labels(value: Any) -> dict[str, str]:
    """Return the labels of a release.

    Raises:
        UsageError: unless they are a mapping of texts to texts.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(word, str) for pair in value.items() for word in pair):
        raise UsageError(f"labels={value!r}: it is a mapping of strings to strings")
    return dict(value)


def at_most_one(**given: bool) -> None:
    """Refuse choices that exclude each other.

    Raises:
        UsageError: naming them.
    """
    chosen = [name for name, is_given in given.items() if is_given]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} exclude each other")
