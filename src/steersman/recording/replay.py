"""A recording to the same render again."""

from __future__ import annotations

from steersman.chart.loader import load
from steersman.engine.compiled import Compiled
from steersman.errors import ChartError, ReleaseError, SteerError
from steersman.record import replace
from steersman.recording.document import Outcome, chart_digest
from steersman.recording.facts import recorded_fetch, replayed, replayed_post_render
from steersman.recording.recorder import outcome_of
from steersman.rendering import RenderOptions, World, render, take_part
from steersman.values.schema_access import SchemaAccess
from steersman.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.chart.model import Chart
    from steersman.engine.impure import Impure
    from steersman.recording.document import Recording
    from steersman.rendering import Broken, Rendered


class OtherChart(ChartError):
    """A chart that is not the one that was recorded."""


class OtherOutcome(ReleaseError):
    """A replay that came to something else than the recorded render."""


def chart_of(recording: Recording, given: Chart | None = None) -> Chart:
    """Return the chart of a recording.

    Args:
        recording: the recording.
        given: a chart from elsewhere, for a recording that does not hold its own.

    Raises:
        OtherChart: when there is none, or its digest is not the recorded one.
        ChartError: when the recorded files are not a chart.
    """
    part = recording.chart
    if given is None:
        if part.files is None:
            hint = f"Give it as the second argument: {part.name} {part.version}, which was recorded from {part.origin}"
            raise OtherChart("the recording does not hold the chart", hint=hint)
        given = load(part.files, detects=True)
    digest = chart_digest(given.raw)
    if digest != part.digest:
        raise OtherChart(
            f"the chart is not the recorded one: {given.name} {given.metadata.version} has the digest {digest}, "
            f"{part.name} {part.version} was recorded with {part.digest}"
        )
    return given if part.defaults is None else replace(given, values=part.defaults)


def replay(
    recording: Recording,
    chart: Chart,
    impure: Impure,
    *,
    compiled: Compiled | None = None,
    diagnose: Callable[[Broken], str] | None = None,
    inspect: Callable[[Rendered], None] | None = None,
) -> Rendered:
    """Render as it was recorded.

    Args:
        recording: the recording.
        chart: as ``chart_of`` gives it.
        impure: gives the log; nothing else of it is used.
        compiled: keeps compiled templates.
        diagnose: says more of an error than Helm does.
        inspect: gets the render with its trace.

    Raises:
        SteerError: the error of the render.
    """
    options, facts = recording.options, recording.facts
    source = take_part(chart, recording.values, impure.log)
    schemas = SchemaAccess(recorded_fetch(None, facts), ignore_global=options["schemaIgnoreGlobal"])
    world = World(replayed(impure, facts), lambda: recording.capabilities, compiled or Compiled(), schemas)
    render_options = RenderOptions(
        skip_schema_validation=options["skipSchemaValidation"],
        sub_notes=options["renderSubchartNotes"],
        include_crds=options["includeCRDs"],
        hide_secret=options["hideSecret"],
        enable_dns=options["enableDNS"],
        post_render=replayed_post_render(facts),
        diagnose=diagnose,
        inspect=inspect,
    )
    return render(source, recording.release, world, render_options, labels=recording.labels)


def check_outcome(recording: Recording, outcome: Rendered | SteerError) -> None:
    """Compare what a replay came to with what was recorded.

    Raises:
        OtherOutcome: when the two differ, naming both.
    """
    now = Outcome(error=str(outcome)) if isinstance(outcome, SteerError) else outcome_of(outcome)
    if now == recording.outcome:
        return
    by = "" if recording.program == __version__ else f" of steersman {recording.program}, and this is {__version__}"
    raise OtherOutcome(
        f"the replay is not the recorded render{by}\nrecorded: {_said(recording.outcome)}\nnow: {_said(now)}"
    )


def _said(outcome: Outcome) -> str:
    if outcome.error is not None:
        return outcome.error
    return f"text {outcome.manifest}, notes {outcome.notes}"
