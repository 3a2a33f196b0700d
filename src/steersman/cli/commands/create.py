"""``create``: a new chart."""

from __future__ import annotations

import os

from steersman.cli.terminal.answer import Answer
from steersman.errors import UsageError
from steersman.release.codec import Struct
from steersman.sprig.paths import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Write the scaffold, or a copy of the starter.

    Raises:
        SteerError: with Helm's message.
    """
    path = args[0]
    answer = Answer(ctx, flags)
    answer.say(f"Creating {path}\n")
    api_version = flags["chart-api-version"] or "v2"
    if api_version == "v3" and not ctx.settings.chart_v3:
        raise UsageError(
            "this feature has been marked as experimental and is not enabled by default. "
            "Please set HELM_EXPERIMENTAL_CHART_V3=1 in your environment to use this feature"
        )
    if api_version not in ("v2", "v3"):
        raise UsageError(f"unsupported chart API version: {api_version} (supported: v2, v3)")
    # go: Base keeps a last "." or ".." (test_places_of_a_new_chart)
    name = os.path.basename(path.rstrip("/")) or path[:1] or "."
    folder = os.path.dirname(path) or "."
    if flags["starter"]:
        from steersman.action.create import create_from

        starter = flags["starter"]
        if not os.path.isabs(starter):
            starter = clean(os.path.join(ctx.settings.data_home, "starters", starter))
        create_from(name, folder, starter, api_version)
    else:
        from steersman.chart.create import create

        create(name, folder, answer.say, api_version)
    answer.give(Struct(name=name, path=os.path.normpath(os.path.join(folder, name))))
    return 0
