"""``repo update``: the newest indexes of the chart repositories."""

from __future__ import annotations

from steersman.action.repo import update
from steersman.cli.inputs.fetching import places
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.repo.config import RepoEntry


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch the indexes and say how each went."""
    answer, rows = Answer(ctx, flags), []

    def say(text: str) -> None:
        answer.say(text)
        ctx.out.flush()

    def ended(entry: RepoEntry, problem: str) -> None:
        rows.append(Struct(name=entry.name, url=entry.url, updated=not problem, error=problem))

    try:
        update(args, places(ctx), flags["timeout"], say, ended)
    finally:
        if rows:
            answer.give(sorted(rows, key=lambda row: str(row["name"])))
    return 0
