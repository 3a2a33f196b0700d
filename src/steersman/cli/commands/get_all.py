"""``get all``: everything a record says."""

from __future__ import annotations

from steersman.action.get import get
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.releases import write_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


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
    write_status(ctx, release, debug=True, show_metadata=True)
    return 0
