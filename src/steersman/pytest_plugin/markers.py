"""The markers that run a test for several values files and Kubernetes versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from steersman.engine.capabilities import parse_kube_version
from steersman.errors import SteerError
from steersman.pytest_plugin.charts import chart_folder
from steersman.runtime.files import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KUBERNETES, VALUES, MATRIX = "kubernetes", "values_files", "chart_matrix"


class _Mistake(Exception):
    """A marker that cannot be used."""

    def __init__(self, marker: str, problem: str) -> None:
        super().__init__(f"marker {marker}: {problem}")


def parametrize(metafunc: pytest.Metafunc, marks: list[pytest.Mark]) -> None:
    """Run a test once for each combination that its markers ask for.

    Raises:
        pytest.fail.Exception: for a marker that cannot be used, which pytest reports as an error of the collection.
    """
    try:
        _parametrize(metafunc, marks)
    except _Mistake as mistake:
        pytest.fail(f"{metafunc.function.__name__}: {mistake}", pytrace=False)


def _parametrize(metafunc: pytest.Metafunc, marks: list[pytest.Mark]) -> None:
    for mark in marks:
        # a marker of a class or module is for those of its tests that render
        is_own = mark in metafunc.definition.own_markers
        if is_own and not {"values_file", "kubernetes_version"}.intersection(metafunc.fixturenames):
            raise _Mistake(mark.name, "the test does not use the fixture render")
    versions = [version for mark in marks for version in _versions(mark)]
    if versions and "kubernetes_version" in metafunc.fixturenames:
        metafunc.parametrize("kubernetes_version", list(dict.fromkeys(versions)), indirect=True)
    patterns = [(mark.name, pattern) for mark in marks for pattern in _patterns(mark)]
    if patterns and "values_file" in metafunc.fixturenames:
        folder = chart_folder(metafunc.config, metafunc.definition.path)
        found = sorted({path for name, pattern in patterns for path in _found(name, folder, pattern)})
        names = [path.relative_to(folder).as_posix() for path in found]
        metafunc.parametrize("values_file", list(map(str, found)), ids=names, indirect=True)


def _versions(mark: pytest.Mark) -> Iterator[str]:
    """Yield the Kubernetes versions that a marker names."""
    for version in _texts(mark, KUBERNETES, "a Kubernetes version as text, such as '1.30'"):
        try:
            parse_kube_version(version)
        except SteerError as error:
            raise _Mistake(mark.name, str(error)) from error
        yield version


def _patterns(mark: pytest.Mark) -> list[str]:
    """Return the patterns of values files that a marker names."""
    return _texts(mark, VALUES, "the pattern of a values file as text, such as 'ci/*.yaml'")


def _texts(mark: pytest.Mark, wanted: str, form: str) -> list[str]:
    """Return the texts that a marker has for ``KUBERNETES`` or ``VALUES``."""
    if mark.name == MATRIX:
        given = _matrix(mark)["kubernetes" if wanted == KUBERNETES else "values"]
    elif mark.name != wanted:
        return []
    else:
        if mark.kwargs or not mark.args:
            raise _Mistake(mark.name, f"it takes one or more of: {form}")
        given = list(mark.args)
    for one in given:
        if not isinstance(one, str):
            raise _Mistake(mark.name, f"{one!r} is not {form}")
    return given


def _matrix(mark: pytest.Mark) -> dict[str, list[str]]:
    """Return both lists of the marker for both; one text stands for a list."""
    known = {"values", "kubernetes"}
    if mark.args or not mark.kwargs or set(mark.kwargs) - known:
        raise _Mistake(mark.name, "it takes values= and kubernetes=, each a text or a list of texts")
    both: dict[str, list[str]] = {}
    for key in sorted(known):
        given = mark.kwargs.get(key, [])
        both[key] = [given] if isinstance(given, str) else list(given) if isinstance(given, (list, tuple)) else [given]
        if key in mark.kwargs and not both[key]:
            raise _Mistake(mark.name, f"{key}= is empty")
    return both


def _found(name: str, folder: Path, pattern: str) -> list[Path]:
    """Return the files of a chart that a pattern finds."""
    try:
        found = [path for path in folder.glob(pattern) if path.is_file()]
    except (ValueError, NotImplementedError) as error:
        raise _Mistake(name, f"the pattern {pattern!r} cannot be used: {error}") from error
    if not found:
        raise _Mistake(name, f"{pattern!r} matches no file in the chart's folder {shown_path(str(folder))}")
    return found
