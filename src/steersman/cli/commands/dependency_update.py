"""``dependency update``: what Chart.yaml asks for into ``charts/``."""

from __future__ import annotations

from steersman.action.dependencies.update import update
from steersman.cli.inputs.dependency import chart_folder, ended_by_sigterm, locked, options_of
from steersman.cli.terminal.answer import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch the archives and print the progress."""
    answer, folder = Answer(ctx, flags), chart_folder(args)
    options = options_of(ctx, flags, skip_refresh=flags["skip-refresh"], verify=flags["verify"], say=answer.say)
    with ended_by_sigterm():
        update(folder, options)
    if answer.is_structured:
        answer.give(locked(folder))
    return 0
