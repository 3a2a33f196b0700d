"""Templates by name: those that a suite renders and those that its assertions look at."""

from __future__ import annotations

import posixpath
from functools import lru_cache

from steersman.go.regexp.compile import compile_regexp
from steersman.go.regexp.tree import RegexpError
from steersman.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.chart.model import Chart, ChartFile

_IN_A_FOLDER = ("templates", "charts", "crds", "**")
_ANY = r"[0-9a-zA-Z_\-/\.]"
ALL = ("**",)


def full_name(route: str, template: str) -> str:
    """Return a template's name as the engine has it; without a folder in front it lies in ``templates/``."""
    # go: path.Join takes an absolute path as a relative one (test_a_template_with_a_slash_in_front)
    inside = template if template.startswith(_IN_A_FOLDER) else f"templates/{template}"
    return posixpath.normpath(f"{route}/{inside}")


@lru_cache(maxsize=1024)
def _pattern(route: str, template: str) -> str:
    """Return the regular expression for a name with wildcards: ``**`` and ``*`` stand for what a path may have."""
    pattern = full_name(route, template)
    for char in ".+[]":
        pattern = pattern.replace(char, "\\" + char)
    pattern = pattern.replace("**", _ANY + "+").replace("*", _ANY + "\0")
    for char in "?()|{}^$":
        pattern = pattern.replace(char, "\\" + char)
    return pattern.replace("\0", "*")


def _matches(route: str, template: str, name: str) -> bool:
    try:
        # go: a search, so that a name may have more before and behind it (test_a_template_is_searched_for)
        return compile_regexp(_pattern(route, template)).search(name, 0) is not None
    except RegexpError:
        return False


def with_selected(chart: Chart, route: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> Chart:
    """Return the chart with the templates of a suite only, and the files whose names begin with ``_``.

    Args:
        chart: the chart that takes part.
        route: the suite's chart: ``parent/charts/child``.
        wanted: its ``templates``; all where it has none.
        unwanted: its ``excludeTemplates``.
    """
    return _with_selected(chart, chart.name, route, wanted or ALL, unwanted)


def _with_selected(chart: Chart, here: str, route: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> Chart:
    def is_selected(file: ChartFile) -> bool:
        if file.name.rpartition("/")[2].startswith("_"):
            return True
        name = posixpath.normpath(f"{here}/{file.name}")
        if not any(_matches(route, template, name) for template in wanted):
            return False
        return not any(_matches(route, template, name) for template in unwanted)

    children = tuple(
        _with_selected(child, f"{here}/charts/{child.name}", route, wanted, unwanted) for child in chart.dependencies
    )
    return replace(chart, templates=tuple(filter(is_selected, chart.templates)), dependencies=children)
