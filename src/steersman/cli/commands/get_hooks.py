"""``get hooks``: the hooks of a release."""

from __future__ import annotations

from steersman.action.get import get
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import hook_to_dict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print each hook under its source."""
    release = get(make_configuration(ctx), args[0], flags["revision"])
    answer = Answer(ctx, flags)
    if answer.is_structured:
        answer.give([hook_to_dict(hook) for hook in release.hooks])
        return 0
    for hook in release.hooks:
        ctx.out.write(f"---\n# Source: {hook.path}\n{hook.manifest}\n")
    return 0
