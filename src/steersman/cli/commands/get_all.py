"""``get all``: everything a record says."""

from __future__ import annotations

from steersman.action.get import computed_values, get
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.answer import Answer
from steersman.cli.terminal.releases import write_status
from steersman.record import replace
from steersman.release.codec import Struct, release_to_dict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.release.model import Release


def _whole(release: Release) -> dict[str, Any]:
    """Return the record as ``status`` does, with the chart's metadata and the computed values in place of its files."""
    out = release_to_dict(replace(release, chart=None))
    out["chart"] = Struct(metadata=release.chart_metadata)
    out["computed_values"] = computed_values(release)
    return out


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Show the release with values, hooks and manifest, or by a template."""
    release = get(make_configuration(ctx), args[0], flags["revision"])
    if flags["template"]:
        from steersman.cli.terminal.release_struct import release_struct
        from steersman.gotemplate import TemplateSet

        templates = TemplateSet({}, name="_")
        templates.parse("_", flags["template"])
        ctx.out.write(templates.execute("_", {"Release": release_struct(release)}))
        return 0
    answer = Answer(ctx, flags)
    if answer.is_structured:
        answer.give(_whole(release))
        return 0
    write_status(ctx, release, debug=True, show_metadata=True)
    return 0
