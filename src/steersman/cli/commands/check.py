"""``check``: mistakes in charts that can be seen before anything runs."""

from __future__ import annotations

from steersman.action.check import CheckOptions, check
from steersman.checking.findings import ERROR, WARNING
from steersman.checking.renders import Case
from steersman.cli.inputs.chart import ChartInput, compiled_templates
from steersman.cli.inputs.rendering import capabilities_of, impure
from steersman.cli.terminal.findings import report_struct, report_text, shown_path
from steersman.cli.terminal.releases import painter, write_structured
from steersman.cli.terminal.streams import write_with_sequences
from steersman.errors import UsageError
from steersman.record import replace
from steersman.rendering import World
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.checking.findings import Finding, Report
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context

GIVEN = "the given values"
_FORMATS = ("text", "json", "yaml", "sarif")


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Check each chart and print the findings; the exit code is 1 where there is an error."""
    output = flags["output"]
    if output not in _FORMATS:
        raise UsageError(f"--output is one of {', '.join(_FORMATS)}")
    reports = [(path, _checked(ctx, flags, path)) for path in args]
    if output == "text":
        text = report_text(reports, painter(ctx), ctx.columns(), with_notes=flags["verbose"])
        write_with_sequences(ctx.out, text)
    elif output == "sarif":
        from steersman.checking.sarif import sarif

        write_structured(ctx, sarif([_with_paths(path, report) for path, report in reports]), "json")
    else:
        write_structured(ctx, [report_struct(path, report) for path, report in reports], output)
    limits = (ERROR, WARNING) if flags["strict"] else (ERROR,)
    return int(any(report.count(severity) for _, report in reports for severity in limits))


def _with_paths(given: str, report: Report) -> Iterator[Finding]:
    """Yield a report's findings with the paths that their files have from here."""
    for one in report.findings:
        chain = tuple((shown_path(given, report.chart, file), line) for file, line in one.chain)
        yield replace(one, file=shown_path(given, report.chart, one.file), chain=chain)


def _checked(ctx: Context, flags: Flags, reference: str) -> Report:
    source = ChartInput(ctx, flags)
    path = source.locate(reference)
    capabilities = capabilities_of(flags)
    world = World(impure(ctx), lambda: capabilities, compiled_templates(ctx))
    values = source.values()
    options = CheckOptions(
        world=world,
        kube=capabilities.kube_version,
        crds=tuple(flags["crds"]),
        given=(Case(GIVEN, values),) if values else (),
    )
    with BoundedMemory():
        return check(path, source.load(path), options)
