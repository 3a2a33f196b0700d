"""Coverage as one HTML page: the templates in color, and for each line and side the tests that came to it.

The data is small before it is compressed: names of tests are stored once for a chart, and each different set of tests
once (``sets``), as a count and a hexadecimal number with a bit for each name. A chart is::

    name, folder  of the chart
    tests         the names of the runs
    files         name, numbers of lines, ``c``: line and set for each line with a statement, and sides
    sides         line, word, label, set, number of a hint or -1, place of its choice; definitions are among them
    hints         words and the text of a test's ``set:``
    unread        values of the chart's values.yaml that no run read
    values        how many of those values were read, and how many there are
"""

from __future__ import annotations

import json
import os
import re

from steersman.insight.page.frame import html_page
from steersman.insight.page.texts import LineTable
from steersman.insight.reads import VALUES
from steersman.insight.unused import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.coverage.model import Coverage, CoveredChart, FileCoverage
    from steersman.insight.code import Side
    from steersman.insight.guesses import Setting

MOST_BYTES = 2_000_000
_MOST_CHARACTERS = 300  # of the name of a test
_FOLDER = os.path.dirname(__file__)
_SCRIPTS = ("panes.js", os.path.join(_FOLDER, "coverage.js"))
_STYLES = (os.path.join(_FOLDER, "coverage.css"),)
_WORDS = {
    **{(kind, 0): kind for kind in ("if", "with", "range")},
    ("if", 1): "else",
    ("with", 1): "else",
    ("range", 1): "empty",
    ("default", 0): "value",
    ("default", 1): "default",
    ("ternary", 0): "true",
    ("ternary", 1): "false",
}
_PLAIN_KEY = re.compile(r"[A-Za-z_][\w./-]*")
_IN_PATH = re.compile(r"[^,{}=\[\]]+")
_WORDS_OF_YAML = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def coverage_page(charts: Sequence[CoveredChart], most_bytes: int = MOST_BYTES) -> str:
    """Return the page for charts.

    Where it would have more than ``most_bytes``, the names of the tests are left out, and only their numbers stay; then
    the texts of the templates that are covered whole. The page says so.
    """
    names = ", ".join(chart.coverage.code.name for chart in charts)
    title = f"Coverage of {names if len(names) < 100 else f'{len(charts)} charts'}"
    page = ""
    for left_out in ([], ["the names of the tests"], ["the names of the tests", "the templates without a gap"]):
        page = html_page(title, _SCRIPTS, _data(charts, left_out), _STYLES)
        if len(page.encode()) <= most_bytes:
            break
    return page


def set_text(settings: Sequence[Setting]) -> str:
    """Return values as the ``set:`` of a test in helm-unittest's format, and its release and capabilities."""
    lines: list[str] = []
    for scope in dict.fromkeys(setting.scope for setting in settings if setting.scope != VALUES):
        lines.append(f"{scope}:")
        own = [setting for setting in settings if setting.scope == scope]
        lines += [f"  {setting.path[0]}: {json.dumps(setting.value)}" for setting in own]
    values = [setting for setting in settings if setting.scope == VALUES]
    lines += ["set:"] if values else []
    for setting in values:
        names = [str(key) for key in setting.path]
        # a path cannot have every character: from the first such name on the names are those of a map
        count = next((at for at, name in enumerate(names) if at and not _IN_PATH.fullmatch(name)), len(names))
        value = setting.value
        for name in reversed(names[count:]):
            value = {name: value}
        path = ".".join(f"[{name}]" if "." in name else name for name in names[:count])
        is_plain = _PLAIN_KEY.fullmatch(path) and path.lower() not in _WORDS_OF_YAML
        lines.append(f"  {path if is_plain else json.dumps(path)}: {json.dumps(value)}")
    return "\n".join(lines) + "\n"


def _data(charts: Sequence[CoveredChart], left_out: Sequence[str]) -> dict[str, Any]:
    table = LineTable()
    return {
        "charts": [
            _Chart(chart, table, has_names=not left_out, has_all_texts=len(left_out) < 2).data() for chart in charts
        ],
        "leftOut": list(left_out),
        "lines": table.lines,
    }


class _Chart:
    def __init__(self, chart: CoveredChart, table: LineTable, *, has_names: bool, has_all_texts: bool) -> None:
        self._chart = chart
        self._coverage: Coverage = chart.coverage
        self._table = table
        self._has_names = has_names
        self._has_all_texts = has_all_texts
        self._sets: dict[int, int] = {0: 0}
        self._hints: dict[str, int] = {}

    def data(self) -> dict[str, Any]:
        coverage = self._coverage
        files = [self._file(file) for file in coverage.files]
        return {
            "name": coverage.code.name,
            "folder": self._chart.folder,
            "tests": [_short(name) for name in coverage.names] if self._has_names else [],
            "runs": len(coverage.names),
            "files": files,
            "sets": [[runs.bit_count(), f"{runs:x}" if self._has_names else ""] for runs in self._sets],
            "hints": list(self._hints),
            "unread": list(map(dotted, coverage.unread)),
            "values": [coverage.values.covered, coverage.values.total],
        }

    def _file(self, counts: FileCoverage) -> dict[str, Any]:
        file = counts.file
        is_whole = not any(count.covered < count.total for count in (counts.lines, counts.branches, counts.includes))
        texts = [] if is_whole and not self._has_all_texts else file.text.removesuffix("\n").split("\n")
        places: dict[tuple[int, str], int] = {}
        sides = [
            [define.line, "define", f"definition of `{_short(define.name)}`", self._set([define.point]), -1, -1]
            for define in file.defines
        ]
        for side in file.sides:
            place = places.setdefault((side.pos, side.kind), len(places))
            sides.append([side.line, _word(side), side.label, self._set([side.point]), self._hint(side), place])
        return {
            "n": file.name.partition("/")[2],
            "l": self._table.add(line.removesuffix("\r") for line in texts),
            "c": [number for line, points in file.lines.items() for number in (line, self._set(points))],
            "sides": sides,
        }

    def _set(self, points: Sequence[int]) -> int:
        return self._sets.setdefault(self._coverage.runs(points), len(self._sets))

    def _hint(self, side: Side) -> int:
        settings = self._chart.hints.get(side.point)
        if settings is None:
            return -1
        return self._hints.setdefault(set_text(settings) if settings else "", len(self._hints))


def _word(side: Side) -> str:
    return _WORDS.get((side.kind, side.number)) or f"{side.kind} {side.number + 1}"


def _short(name: str) -> str:
    return name if len(name) <= _MOST_CHARACTERS else f"{name[:_MOST_CHARACTERS]}…"
