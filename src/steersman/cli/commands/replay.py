"""``replay``: a recorded render once more, to the byte."""

from __future__ import annotations

from steersman.action.recordings import open_recording
from steersman.cli.inputs.chart import compiled_templates
from steersman.cli.inputs.options import diagnosing
from steersman.cli.inputs.rendering import impure
from steersman.cli.terminal.manifests import Shown, ShowOptions, print_shown
from steersman.errors import RenderFailed, SteerError, UsageError
from steersman.recording.replay import chart_of, check_outcome, replay
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.recording.document import Recording
    from steersman.rendering import Rendered


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print what the recorded render printed; an error where it comes out otherwise than recorded."""
    if len(args) > 2:
        raise UsageError("there is a recording, and one chart at most")
    with BoundedMemory():
        recording = open_recording(args[0])
        given = None
        if len(args) == 2:
            from steersman.chart.loader import load_chart

            given = load_chart(args[1], detects=True)
        chart = chart_of(recording, given)
        outcome: Rendered | SteerError
        try:
            outcome = replay(recording, chart, impure(ctx), compiled=compiled_templates(ctx), diagnose=diagnosing(ctx))
        except SteerError as error:
            outcome = error
    problem = None
    try:
        check_outcome(recording, outcome)
    except SteerError as error:
        problem = error
    code = _shown(ctx, recording, outcome) if problem is None or not isinstance(outcome, SteerError) else 1
    if problem is not None:
        raise problem
    return code


def _shown(ctx: Context, recording: Recording, outcome: Rendered | SteerError) -> int:
    name, shown = recording.release.name, recording.shown
    if not isinstance(outcome, SteerError):
        return print_shown(ctx, Shown(name, outcome), ShowOptions(shown.only, hooks=shown.hooks, tests=shown.tests))
    if recording.command == "template" and isinstance(outcome, RenderFailed):
        return print_shown(ctx, Shown(name, text=outcome.text, error=outcome), ShowOptions(shown.only))
    raise outcome
