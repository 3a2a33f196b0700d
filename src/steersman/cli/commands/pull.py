"""``pull``: charts from repositories into a folder."""

from __future__ import annotations

from steersman.action.pull import PulledChart, PullOptions, pull
from steersman.cli.inputs.fetching import find_aloud, sources_of
from steersman.cli.terminal.answer import Answer
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Fetch each chart, check it where asked, and unpack it where asked."""
    answer = Answer(ctx, flags)
    answer.give([_pull(ctx, flags, chart_ref, answer) for chart_ref in args])
    return 0


def _pull(ctx: Context, flags: Flags, chart_ref: str, answer: Answer) -> Struct:
    sources = sources_of(ctx, flags, answer.say)
    # helm: only what fetches charts for others takes the spaces away (test_a_version_with_spaces)
    found = find_aloud(ctx, flags, sources, chart_ref, flags["version"])
    options = PullOptions(
        flags["destination"], flags["untar"], flags["untardir"], flags["prov"], flags["verify"], flags["keyring"]
    )
    pulled = pull(sources, found, chart_ref, options)
    if pulled.verification is not None:
        answer.say(pulled.verification.lines("Chart"))
    elif pulled.missing_provenance is not None:
        shown = found.url if flags["repo"] else chart_ref
        answer.say(f"WARNING: Verification not found for {shown}: {pulled.missing_provenance.cause}\n")
    return _described(pulled, found.url) if answer.is_structured else Struct()


def _described(pulled: PulledChart, url: str) -> Struct:
    import os
    from hashlib import sha256

    from steersman.chart.loader import load_chart

    chart = load_chart(pulled.path).metadata
    digest = f"sha256:{sha256(pulled.data).hexdigest()}"
    return Struct(name=chart.name, version=chart.version, url=url, digest=digest, path=os.path.normpath(pulled.path))
