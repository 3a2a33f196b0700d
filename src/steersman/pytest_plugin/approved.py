"""Approved files: results that a test had once and that a person looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from steersman.errors import SteerError
from steersman.pytest_plugin.rendering import Rendering
from steersman.unittest.show import PLAIN, diff_lines
from steersman.unittest.texts import as_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FOLDER = "__snapshots__"

__tracebackhide__ = True  # pytest: a difference is not one of this module's lines


class Approved:
    """Compares values with the files of a test; ``snapshot == value`` takes the next one.

    Args:
        folder: of the test's module.
        test: the test's name, as files have it.
        updates: whether what is there now is approved.
        writes: whether a file that is not there is written.
        on_use: gets each file that is compared with.
    """

    def __init__(
        self, folder: Path, test: str, *, updates: bool, writes: bool, on_use: Callable[[Path], object]
    ) -> None:
        self._folder = folder
        self._test = test
        self._updates = updates
        self._writes = writes
        self._on_use = on_use
        self._count = 0

    def __eq__(self, value: object) -> bool:
        self.check(value)
        return True

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<snapshot {self._test}>"

    def check(self, value: object, name: str = "") -> None:
        """Compare a text, what ``render`` returned, or a value as YAML, with the file of this name, or the next number.

        Raises:
            AssertionError: when they differ, with the difference; when there is no file, and none is to be written.
            TypeError: for a value that cannot be stored.
        """
        if not name:
            self._count += 1
            name = str(self._count)
        text = _stored_text(value)
        path = self._folder / f"{self._test}.{name}.{'txt' if isinstance(value, str) else 'yaml'}"
        self._on_use(path)
        stored = _stored(path)
        # git may give a file of lines the ends of lines of Windows
        if stored is not None and text in (stored, stored.replace("\r\n", "\n")):
            return
        if self._updates or (stored is None and self._writes):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            return
        if stored is None:
            raise AssertionError(
                f"{path} is missing, and is not written where the variable CI is set; "
                "run the test without it, look at the file and commit it"
            )
        shown = "\n".join(diff_lines(stored, text, PLAIN))
        raise AssertionError(f"{path} differs; --update-chart-snapshots approves what is there now\n{shown}")


def _stored(path: Path) -> str | None:
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as file:  # a text's own carriage returns stay
        return file.read()


def _stored_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Rendering):
        return value.text
    try:
        return as_yaml(dict(value) if isinstance(value, dict) else value)
    except SteerError as error:
        unsupported = str(error).removeprefix("json: unsupported type: ")
        raise TypeError(
            f"a snapshot is of a text, of what render returned, or of data that YAML can hold, not of: {unsupported}"
        ) from None


def file_name(item: pytest.Item) -> str:
    """Return how files are named after a test: its name, in a class behind the class's."""
    names = [node.name for node in item.listchain() if isinstance(node, (pytest.Class, pytest.Item))]
    return re.sub(r"[^\w.,=+-]+", "-", ".".join(names))


def in_ci(environ: Mapping[str, str]) -> bool:
    """Return whether the variable ``CI`` is set, as the services for it do."""
    return environ.get("CI", "").lower() not in ("", "0", "false", "no")
