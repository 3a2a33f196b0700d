"""A test's values: files, then the suite's ``set``, then its own, for the chart that the suite is about."""

from __future__ import annotations

from steersman.errors import ValuesError
from steersman.record import Record
from steersman.unittest.fields import text_keys
from steersman.unittest.set_path import tree_of
from steersman.values.coalesce import copy_tree, merge_tables
from steersman.yamlio import version3
from steersman.yamlio.errors import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.unittest.suite import Suite, Test

_INFINITE = float("inf")


def read_values(text: str, path: str) -> dict[str, Any]:
    """Return the values of a file.

    Raises:
        ValuesError: when it is not a YAML map.
    """
    try:
        tree = version3.load(text)
    except YamlError as error:
        raise ValuesError(f"failed to parse {path}: {error}") from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ValuesError(f"failed to parse {path}: it holds no map")
    return text_keys(tree)


class GivenFile(Record):
    """A values file of a suite.

    Attributes:
        shown: its path for people.
        data: its bytes.
    """

    shown: str
    data: bytes


class SuiteValues(Record):
    """The values of a test by where they come from, to say of one what set it.

    Attributes:
        files: those of the suite, then those of the test.
        names: of the subcharts around the suite's chart that the values of files are put under.
        set: what ``set`` gives, both the suite's and the test's.
    """

    files: tuple[GivenFile, ...]
    names: tuple[str, ...]
    set: dict[str, Any]


def suite_values(suite: Suite, test: Test, read: Callable[[str], GivenFile]) -> SuiteValues:
    """Return the values of one test by where they come from; see ``values_of``."""
    routes = suite.route.split("/")[::2]
    files = tuple([read(path) for path in (*suite.values, *test.values)])
    return SuiteValues(files, tuple(routes[1:]), _with_set(suite, test, routes, {}))


def values_of(suite: Suite, test: Test, read: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Return the user's values for one test, numbers as after a way through JSON.

    Args:
        suite: the suite.
        test: one of its tests.
        read: returns the values of a file whose path stands in the suite.

    Raises:
        ValuesError: when a file cannot be read, a path of ``set`` is none, or a value has no form in JSON.
    """
    routes = suite.route.split("/")[::2]
    base: dict[str, Any] = {}
    for path in (*suite.values, *test.values):
        base = _over(routes, read(path), base)
    plain: dict[str, Any] = _plain(_with_set(suite, test, routes, base))
    return plain


def _with_set(suite: Suite, test: Test, routes: list[str], base: dict[str, Any]) -> dict[str, Any]:
    for given in (suite.set, test.set):
        for path, value in given.items():
            base = _over(routes, tree_of(path, value), base)
    return base


def _over(routes: list[str], values: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` over ``base``; for a subchart they lie under its name."""
    scoped = copy_tree(values)
    for name in reversed(routes[1:]):
        outer = {name: scoped}
        if "global" in scoped:
            outer["global"] = scoped["global"]
        scoped = outer
    merged: dict[str, Any] = merge_tables(scoped, base, _say_nothing)
    return merged


def _say_nothing(_warning: str) -> None: ...


def _plain(value: Any) -> Any:
    """Return a value as it is after a way through JSON.

    Raises:
        ValuesError: for what JSON has no form for.
    """
    kind = type(value)
    if kind is dict:
        return {key: _plain(item) for key, item in value.items()}
    if kind is list:
        return [_plain(item) for item in value]
    if isinstance(value, version3.GeneralMap):
        raise ValuesError("json: unsupported type: map[interface {}]interface {}: a key of a map is not a string")
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool) or value is None:
        return value
    if value != value or value in (_INFINITE, -_INFINITE):
        raise ValuesError("json: unsupported value: a number that is not finite")
    return float(value)
