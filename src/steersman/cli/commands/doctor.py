"""``doctor``: what commands depend on, and what to do where something is wrong."""

from __future__ import annotations

from steersman.action.doctor import examine, has_errors
from steersman.action.doctor.finding import ERROR, NOTE, OK, WARNING
from steersman.action.doctor.subject import Subject
from steersman.cli.commands.version import HELM_VERSION, KUBE_CLIENT_VERSION
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.releases import painter, write_structured
from steersman.cli.terminal.streams import write_with_sequences
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.doctor.finding import Finding
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context

_COLORS = {OK: "32", NOTE: "36", WARNING: "33", ERROR: "31"}


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Show each finding as soon as it is known; fail where commands would."""
    found: list[Finding] = []
    show = _Lines(ctx) if flags["output"] == "table" else None
    for finding in examine(_subject(ctx)):
        found.append(finding)
        if show is not None:
            show(finding)
    if show is None:
        rows = [Struct(area=f.area, level=f.level, message=f.message, advice=f.advice) for f in found]
        write_structured(ctx, rows, flags["output"])
    return 1 if has_errors(found) else 0


def _subject(ctx: Context) -> Subject:
    from steersman.runtime.homes import derived_folder

    settings = ctx.settings
    return Subject(
        config=make_configuration(ctx),
        namespace=ctx.namespace(),
        homes={"config": settings.config_home, "cache": settings.cache_home, "data": settings.data_home},
        repository_config=settings.repository_config,
        repository_cache=settings.repository_cache,
        registry_config=settings.registry_config,
        content_cache=settings.content_cache,
        plugins=settings.plugins,
        cache=ctx.cache(),
        derived=derived_folder(settings.cache_home),
        matches=HELM_VERSION,
        kubernetes=KUBE_CLIENT_VERSION,
        program=ctx.program,
        now=ctx.now(),
    )


class _Lines:
    """Writes findings for people, under the name of their area."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._paint = painter(ctx)
        self._area = ""

    def __call__(self, finding: Finding) -> None:
        area = "" if finding.area == self._area else f"{finding.area}\n"
        self._area = finding.area
        level = self._paint(finding.level.ljust(7), _COLORS[finding.level])
        lines = finding.message.splitlines() or [""]
        text = "\n          ".join(self._paint(line, "") for line in lines)
        advice = f"\n          {self._paint(finding.advice, '')}" if finding.advice else ""
        write_with_sequences(self._ctx.out, f"{area}  {level} {text}{advice}\n")
        self._ctx.out.flush()
