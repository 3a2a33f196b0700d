"""``show all|chart|values|readme|crds``: what a chart says about itself."""

from __future__ import annotations

from steersman.cli.inputs.chart import ChartInput
from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.chart.model import Chart, ChartFile
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context

_READMES = ("readme.md", "readme.txt", "readme")


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print everything."""
    return show(ctx, flags, args, "chart", "values", "readme", "crds")


def show(ctx: Context, flags: Flags, args: list[str], *parts: str) -> int:
    """Print the named parts of the chart that ``args`` name; more than one are separated by ``---``.

    Raises:
        SteerError: with Helm's message.
    """
    source = ChartInput(ctx, flags)
    ctx.debug("original chart version", version=flags["version"])
    if not flags["version"] and flags["devel"]:
        ctx.debug("setting version to >0.0.0-0")
    path = source.locate(args[0])
    chart = source.load(path, tells_why=True)
    ctx.out.write("".join(_part(chart, part, flags, separate=len(parts) > 1) for part in parts))
    return 0


def _part(chart: Chart, part: str, flags: Flags, *, separate: bool) -> str:
    mark = "---\n" if separate else ""
    if part == "chart":
        from steersman.chart.decode import metadata_dict
        from steersman.yamlio import dump

        return dump(metadata_dict(chart.metadata)) + "\n"
    if part == "values":
        return _values(chart, flags, mark)
    if part == "readme":
        readme = next((f for f in chart.files if f.name.lower() in _READMES), None)
        return "" if readme is None else f"{mark}{_text(readme)}\n"
    from steersman.rendering import crd_files

    out = []
    for _, data in crd_files(chart):
        text = data.decode("utf-8", "surrogateescape")
        out.append(f"{'' if text.startswith('---') else '---' + chr(10)}{text}\n")
    return "".join(out)


def _values(chart: Chart, flags: Flags, mark: str) -> str:
    files = [f for f in chart.raw if f.name == "values.yaml"]
    if not files:
        return ""
    if "jsonpath" in flags and flags["jsonpath"]:  # noqa: RUF019 - Flags is not a dict
        return mark + _found(flags["jsonpath"], chart)
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
