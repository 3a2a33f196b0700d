"""Approved files that no test uses any more: reported at the end of a run, removed where snapshots are updated.

A file is unused if its test is gone, or has passed without it. Not judged are the files of a test that was left out or
has not passed, and those of a module of which pytest has collected only some tests.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from steersman.pytest_plugin.approved import FOLDER, file_name
from steersman.runtime.files import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

NAME = "steersman-snapshots"
OUTPUT = "steersman_snapshots"


def folder_of(module: Path) -> Path:
    """Return the folder with the approved files of a module."""
    return module.parent / FOLDER / module.stem


class UnusedSnapshots:
    """Notes which approved files tests use; in a worker of xdist it hands that on.

    Args:
        items: the tests that were collected, before any is left out.
        updates: whether unused files are removed.
        is_whole: whether these are all tests of their modules.
    """

    def __init__(self, items: Iterable[pytest.Item] = (), *, updates: bool, is_whole: bool = True) -> None:
        self._updates = updates
        self._used: set[str] = set()
        self._passed: set[str] = set()
        self._tests: defaultdict[str, dict[str, str]] = defaultdict(dict)  # by folder: ids of tests by name in files
        for item in items if is_whole else ():
            if isinstance(item, pytest.Function):
                self._tests[str(folder_of(item.path))][file_name(item)] = item.nodeid
        self._unused: list[str] = []

    def use(self, path: Path) -> None:
        """Note that a test has compared with a file."""
        self._used.add(str(path))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note tests that have passed."""
        if report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
            self._passed.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand on what a worker has; else find what is unused."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[OUTPUT] = [sorted(self._used), sorted(self._passed), dict(self._tests)]
            return
        self._unused = sorted(self._found())
        if self._updates:
            for path in self._unused:
                os.remove(path)
                for folder in (os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
                    if not os.listdir(folder):
                        os.rmdir(folder)

    def take(self, output: Any) -> None:
        """Take over what a worker has handed on."""
        used, passed, tests = output
        self._used.update(used)
        self._passed.update(passed)
        for folder, names in tests.items():
            self._tests[folder].update(names)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the unused files."""
        if not self._unused:
            return
        removed = "removed" if self._updates else "--update-chart-snapshots removes them"
        terminalreporter.section(f"chart snapshots that no test uses: {removed}")
        for path in self._unused:
            terminalreporter.write_line(shown_path(path))

    def _found(self) -> Iterator[str]:
        for folder, tests in self._tests.items():
            for name in _approved(folder):
                path = os.path.join(folder, name)
                owner = _owner(name, tests)
                if path not in self._used and (owner is None or tests[owner] in self._passed):
                    yield path
        for above in {os.path.dirname(folder) for folder in self._tests}:
            for name in sorted(os.listdir(above)) if os.path.isdir(above) else ():
                folder = os.path.join(above, name)
                if os.path.isdir(folder) and not os.path.exists(os.path.join(os.path.dirname(above), f"{name}.py")):
                    yield from (os.path.join(folder, one) for one in _approved(folder))


def _approved(folder: str) -> list[str]:
    """Return the names of approved files in a folder; other tools may have files there, too."""
    names = os.listdir(folder) if os.path.isdir(folder) else ()
    return sorted(name for name in names if re.fullmatch(r".+\..+\.(txt|yaml)", name))


def _owner(file: str, tests: Iterable[str]) -> str | None:
    """Return the test that a file is named after."""
    return max((test for test in tests if file.startswith(f"{test}.")), key=len, default=None)
