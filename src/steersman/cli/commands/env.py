"""``env``: what the settings are, as shell variables."""

from __future__ import annotations

from steersman.cli.terminal.answer import Answer
from steersman.cli.variables import variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print all variables, or the value of one."""
    found = variables(ctx)
    answer = Answer(ctx, flags)
    if answer.is_structured:
        answer.give({args[0]: found.get(args[0], "")} if args else dict(sorted(found.items())))
    elif args:
        ctx.out.write(found.get(args[0], "") + "\n")
    else:
        for name in sorted(found):
            ctx.out.write(f'{name}="{found[name]}"\n')  # helm: what is in a value is not escaped
    return 0
