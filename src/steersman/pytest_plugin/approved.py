"""Approved files: results that a test had once and that a person looked at."""

from __future__ import annotations

import re

from steersman.unittest.show import PLAIN, diff_lines
from steersman.unittest.texts import as_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


class Approved:
    """Compares values with the files of a test; ``snapshot == value`` takes the next one.

    Args:
        folder: of the test's module.
        test: the test's name.
        updates: whether what is there now is approved.
    """

    def __init__(self, folder: Path, test: str, *, updates: bool) -> None:
        self._folder = folder
        self._test = re.sub(r"[^\w.,=+-]+", "-", test)
        self._updates = updates
        self._count = 0

    def __eq__(self, value: object) -> bool:
        self.check(value)
        return True

    __hash__ = None  # type: ignore[assignment]

    def check(self, value: object, name: str = "") -> None:
        """Compare a text, or a value as YAML, with the file of this name, or with the next by number.

        Raises:
            AssertionError: when they differ, with the difference; a file that is not there is written.
        """
        if not name:
            self._count += 1
            name = str(self._count)
        text = value if isinstance(value, str) else as_yaml(dict(value) if isinstance(value, dict) else value)
        path = self._folder / f"{self._test}.{name}.{'txt' if isinstance(value, str) else 'yaml'}"
        stored = path.read_text(encoding="utf-8") if path.exists() else None
        if stored == text:
            return
        if stored is None or self._updates:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        shown = "\n".join(diff_lines(stored, text, PLAIN))
        raise AssertionError(f"{path} differs; --update-chart-snapshots approves what is there now\n{shown}")
