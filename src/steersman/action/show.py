"""``show``: what a chart says about itself. Answers to Helm's ``pkg/action/show.go``."""

from __future__ import annotations

from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from steersman.chart.model import Chart, ChartFile

PARTS = ("chart", "values", "readme", "crds")
_READMES = ("readme.md", "readme.txt", "readme")


def show(chart: Chart, parts: Sequence[str] = PARTS, jsonpath: str = "") -> str:
    """Return the named parts of a chart as text; more than one are separated by ``---``.

    Args:
        chart: the chart.
        parts: ``chart``, ``values``, ``readme``, ``crds``.
        jsonpath: a template of which values to show.

    Raises:
        UsageError: for a template that cannot be read.
    """
    return "".join(_part(chart, part, jsonpath, separate=len(parts) > 1) for part in parts)


def _part(chart: Chart, part: str, jsonpath: str, *, separate: bool) -> str:
    mark = "---\n" if separate else ""
    if part == "chart":
        from steersman.chart.decode import metadata_dict
        from steersman.yamlio import dump

        return dump(metadata_dict(chart.metadata)) + "\n"
    if part == "values":
        return _values(chart, jsonpath, mark)
    if part == "readme":
        readme = next((f for f in chart.files if f.name.lower() in _READMES), None)
        return "" if readme is None else f"{mark}{_text(readme)}\n"
    from steersman.rendering import crd_files

    out = []
    for _, data in crd_files(chart):
        text = data.decode("utf-8", "surrogateescape")
        out.append(f"{'' if text.startswith('---') else '---' + chr(10)}{text}\n")
    return "".join(out)


def _values(chart: Chart, jsonpath: str, mark: str) -> str:
    files = [f for f in chart.raw if f.name == "values.yaml"]
    if not files:
        return ""
    if jsonpath:
        return mark + _found(jsonpath, chart)
    return mark + "".join(_text(f) + "\n" for f in files)


def _found(template: str, chart: Chart) -> str:
    from steersman.kube.jsonpath import NotThere, evaluate
    from steersman.kube.jsonpath_syntax import JsonPathError, parse

    try:
        nodes = parse(template)
    except JsonPathError as error:
        raise UsageError(f"error parsing jsonpath {template}: {error}") from error
    try:
        return evaluate(nodes, chart.values)
    except NotThere:
        return ""  # helm: what is not there is nothing, and no error (test_jsonpath_templates)


def _text(file: ChartFile) -> str:
    return file.data.decode("utf-8", "surrogateescape")
