"""Values with which the questions of conditions have the answers that are wanted."""

from __future__ import annotations

from steersman.go.errors import CallError
from steersman.insight.matching import texts_matching
from steersman.insight.possible import ELEMENT
from steersman.insight.reads import VALUES
from steersman.insight.use import Check
from steersman.sprig.semver import semver_compare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from steersman.engine.trace import Path
    from steersman.insight.use import Guard

KUBE_VERSION: Path = ("Capabilities", "KubeVersion")
API_VERSIONS: Path = ("Capabilities", "APIVersions")
_IS_UPGRADE: Path = ("Release", "IsUpgrade")
_RELEASE: tuple[Path, ...] = (_IS_UPGRADE, *(("Release", name) for name in ("Name", "Namespace", "Revision")))
_MOST_LENGTH = 20  # of a list or a text that is made
_MINORS = range(10, 60)  # of Kubernetes versions that are tried
_SEEDS = ("x", "1", "v1.2.3", "a.b", "a-b", "x@example.com", "10.0.0.1", "100Mi", "http://x", "")


def check_of(guard: Guard) -> Check | None:
    """Return a condition as a question about values or what is around them; None where it is not clear."""
    check = guard.check
    if guard.wanted is not None:
        check = Check("set", guard.paths, holds=guard.wanted)
    elif guard.constant is not None:
        check = Check("eq", guard.paths, guard.constant)
    if check is None:
        return None
    paths = [path for one in check.paths if (path := _settable(one)) is not None]
    if not paths:
        return None
    # a version may come from a value or from the cluster: the latter is what most tests set
    path = next((one for one in paths if one[0] != VALUES), min(paths, key=len))
    is_opposite = ("Release", "IsInstall") in check.paths and path == _IS_UPGRADE
    return Check(check.name, (path,), check.constant, check.holds != is_opposite, check.is_of_length)


def _settable(path: Path) -> Path | None:
    """Return the place of a value that a test can set, or None."""
    if path[0] == VALUES:
        return path if len(path) > 1 and ELEMENT not in path else None
    if path == ("Release", "IsInstall"):
        return _IS_UPGRADE
    if path[:2] == KUBE_VERSION and path[2:] in ((), ("Version",), ("GitVersion",)):
        return KUBE_VERSION
    return path if path in (*_RELEASE, API_VERSIONS) else None


def answers(
    checks: Sequence[Check], now: Any, something: Callable[[], Iterable[Any]], allowed: Sequence[Any] = ()
) -> Iterator[Any]:
    """Yield values with which all questions have their answers, the likeliest first; one may come twice.

    Args:
        checks: the questions, all about one value.
        now: the value as it is.
        something: makes values that are not empty.
        allowed: values that a schema names or describes.
    """
    for value in (*_candidates(checks, now, something), *allowed):
        if all(_answers(check, value) for check in checks):
            yield value


def _candidates(checks: Sequence[Check], now: Any, something: Callable[[], Iterable[Any]]) -> Iterator[Any]:
    yield now
    (path,) = checks[0].paths
    for check in checks:
        if check.is_of_length:
            yield from _of_lengths(now, check.constant)
        elif path == KUBE_VERSION:
            yield from _versions(now)
        elif path == API_VERSIONS:
            yield (*now, check.constant or "x/v1")
        elif check.name == "set":
            yield from something() if check.holds else (_nothing(now),)
        elif check.name == "has":
            yield [check.constant] if check.holds else []
        elif check.name == "regexMatch":
            yield from _texts_of(check.constant)
        elif isinstance(check.constant, (int, float)) and not isinstance(check.constant, bool):
            yield from (check.constant, check.constant + 1, check.constant - 1)
        else:
            yield check.constant
    if any(isinstance(check.constant, str) for check in checks) and path not in (KUBE_VERSION, API_VERSIONS):
        yield from _SEEDS
        texts = [check.constant for check in checks if check.holds and isinstance(check.constant, str)]
        yield from (f"{one}{other}" for one in texts for other in texts if one != other)
    if isinstance(now, bool):
        yield not now


def _nothing(now: Any) -> Any:
    if isinstance(now, bool):
        return False
    if isinstance(now, (int, float)):
        return 0
    if isinstance(now, str):
        return ""
    return [] if isinstance(now, list) else None


def _of_lengths(now: Any, length: Any) -> Iterator[Any]:
    for count in (length, length + 1, length - 1) if isinstance(length, int) else ():
        if 0 <= count <= _MOST_LENGTH:
            if isinstance(now, str):
                yield "x" * count
            elif isinstance(now, dict):
                yield {f"x{number}": "x" for number in range(count)}
            else:
                yield [now[0] if isinstance(now, list) and now else "x"] * count


def _versions(now: Any) -> Iterator[str]:
    """Yield Kubernetes versions, the nearest first."""
    words = str(now).split(".")
    minor = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    yield from (f"v1.{one}.0" for one in sorted(_MINORS, key=lambda one: abs(one - minor)))


def _texts_of(pattern: Any) -> Iterator[Any]:
    """Yield texts that a regular expression matches, and a few that charts often ask for."""
    yield from texts_matching(str(pattern))
    yield from _SEEDS


def _answers(check: Check, value: Any) -> bool:
    asked = len(value) if check.is_of_length and isinstance(value, (str, list, dict)) else value
    try:
        return _answer(check.name, asked, check.constant) == check.holds
    except (TypeError, ValueError):
        return False


def _answer(name: str, value: Any, constant: Any) -> bool:
    if name == "set":
        return bool(value)
    if name in _ORDERS:
        return isinstance(value, bool) == isinstance(constant, bool) and _ORDERS[name](value, constant)
    if name == "has":
        return constant in value
    if name == "semverCompare":
        return _satisfies(str(constant), str(value))
    if not isinstance(value, str):
        raise TypeError
    if name == "regexMatch":
        from steersman.go.regexp.compile import compile_regexp

        return compile_regexp(str(constant)).search(value, 0) is not None
    return _TEXTS[name](value, str(constant))


def _satisfies(constraint: str, version: str) -> bool:
    try:
        return semver_compare(constraint, version)
    except CallError as error:
        raise ValueError from error


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, constant: bool(value == constant),
    "ne": lambda value, constant: bool(value != constant),
    "lt": lambda value, constant: bool(value < constant),
    "le": lambda value, constant: bool(value <= constant),
    "gt": lambda value, constant: bool(value > constant),
    "ge": lambda value, constant: bool(value >= constant),
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda value, constant: constant in value,
    "hasPrefix": lambda value, constant: value.startswith(constant),
    "hasSuffix": lambda value, constant: value.endswith(constant),
}
