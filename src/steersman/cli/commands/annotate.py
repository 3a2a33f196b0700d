"""``annotate``: findings of other programs about rendered YAML, at the lines of templates."""

from __future__ import annotations

from steersman.action.annotate import annotate, read_json
from steersman.cli.terminal.annotations import annotation_struct, annotation_text
from steersman.cli.terminal.findings import shown_path
from steersman.cli.terminal.releases import painter, write_structured
from steersman.cli.terminal.streams import write_with_sequences
from steersman.errors import UsageError
from steersman.insight.annotate import new_log, with_templates
from steersman.insight.foreign import is_sarif
from steersman.insight.mapped_lines import MappedLines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context

_FORMATS = ("text", "json", "yaml", "sarif")


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print the findings with the template lines that they come from."""
    output = flags["output"]
    if output not in _FORMATS:
        raise UsageError(f"--output is one of {', '.join(_FORMATS)}")
    if len(args) > 2:
        raise UsageError("there is a file of findings, and one chart at most")
    chart = args[1] if len(args) == 2 else ""
    lines = _lines(ctx, flags, chart)
    done = annotate(args[0], lines, flags["manifest"])

    def path(file: str) -> str:
        return shown_path(chart, lines.chart(), file) if chart else file

    if output == "text":
        write_with_sequences(ctx.out, annotation_text(done.rows, path, painter(ctx)))
    elif output == "sarif":
        log = with_templates(done.tree, done.rows, path) if is_sarif(done.tree) else new_log(done.rows, path)
        write_structured(ctx, log, "json")
    else:
        write_structured(ctx, [annotation_struct(row, path) for row in done.rows], output)
    missed = sum(row.line is None for row in done.rows)
    if missed:
        ctx.err.write(f"{missed} of {len(done.rows)} findings are not about a line of a template\n")
    return 0


def _lines(ctx: Context, flags: Flags, chart: str) -> MappedLines:
    """Return the source map that was given, or that of a render of the chart."""
    path = flags["source-map"]
    if path:
        tree = read_json(path)
        try:
            return MappedLines(tree)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error
    if not chart:
        raise UsageError("give the chart, or with --source-map what 'steer template --source-map' wrote")
    from steersman.cli.inputs.explaining import explained_chart
    from steersman.insight.source_map import source_map

    explainer = explained_chart(ctx, flags, chart)
    return MappedLines(source_map(explainer, explainer.text()))
