"""The recording of a chart's render: what its templates read and wrote, and where each container of the values is."""

from __future__ import annotations

from steersman.gotemplate import trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    from steersman.chart.model import Chart
    from steersman.gotemplate.templates import TemplateSet

    # ("Values", "image", "tag"), ("Chart", "Name"): keys and indexes from the top; ("Chart", ("db",), "Name") is of a
    # subchart, with the names of the charts from the top
    Path: TypeAlias = tuple[Any, ...]


class Trace(trace.Trace):
    """The recording of one render of a chart; ``most`` as for any recording.

    Attributes:
        chart: the chart that took part.
        values: what the templates saw at the top.
        templates: the set that ran, which knows the texts.
        top: the top of the chart's own templates, ``.Chart`` and ``.Release`` among it.
        places: the paths of containers by their identity, as they were before the first template ran.
        before: what was in those containers then; functions such as ``set`` and ``merge`` change them.
    """

    def __init__(self, most: int = 0) -> None:
        super().__init__(most)
        self.chart: Chart | None = None
        self.values: dict[str, Any] = {}
        self.templates: TemplateSet | None = None
        self.top: dict[str, Any] = {}
        self.places: dict[int, list[Path]] = {}
        self.before: dict[int, Any] = {}
        self._charts: dict[tuple[str, ...], dict[str, Any]] = {}  # .Chart by the names of the charts from the top
        self._kept: list[Any] = []

    def start(
        self, chart: Chart, values: dict[str, Any], tops: dict[str, dict[str, Any]], templates: TemplateSet
    ) -> None:
        """Note where the containers of the values are; ``tops`` are what each template sees."""
        self.templates = templates
        self.chart = chart
        self.values = values
        self._place_tree(values, ("Values",))
        prefix = f"{chart.name}/templates/"
        self.top = next(
            (top for name, top in tops.items() if name.startswith(prefix)), next(iter(tops.values()), self.top)
        )
        names = dict(_names_of_charts(chart, ()))
        for name, top in tops.items():
            about = top["Chart"]
            if id(about) not in self.places:
                of_chart = max((path for path in names if name.startswith(f"{path}/templates/")), key=len)
                self._charts[names[of_chart]] = about
                self.places[id(about)] = [("Chart", names[of_chart]) if names[of_chart] else ("Chart",)]
        for top in tops.values():
            if id(top) not in self.places:
                self._kept.append(top)
                self.places[id(top)] = [()]
                view = top["Values"]
                # the chart's own are a copy of the values' top level; functions get that one
                self.places[id(view)] = self.places.setdefault(id(view.plain), [("Values",)])

    def _place_tree(self, tree: Any, path: Path) -> None:
        """Note the paths of all containers of a tree."""
        todo = [(tree, path)]
        while todo:
            at, path = todo.pop()
            self.places[id(at)] = [path]
            # a template may take it out of the values; nothing else shall get its identity
            self._kept.append(at)
            self.before[id(at)] = at.copy()
            for key, value in at.items() if isinstance(at, dict) else enumerate(at):
                if isinstance(value, (dict, list)):
                    todo.append((value, (*path, key)))

    def value_at(self, path: Path) -> Any:
        """Return the value that a path had before the first template ran, or None."""
        at: Any = {"Values": self.values} if path[:1] == ("Values",) else self.top
        if path[:1] == ("Chart",):
            is_sub = len(path) > 1 and isinstance(path[1], tuple)
            at = self._charts.get(path[1] if is_sub else (), {})
            path = path[2 if is_sub else 1 :]
        for key in path:
            try:
                at = self.before.get(id(at), at)[key]
            except (LookupError, TypeError):
                return None
        return at


def _names_of_charts(chart: Chart, names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the full path of each chart, and the names of those below the top that it is in."""
    yield chart.full_path, names
    for child in chart.dependencies:
        yield from _names_of_charts(child, (*names, child.name))
