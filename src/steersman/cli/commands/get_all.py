"""``get all``: everything a record says."""

from __future__ import annotations

from steersman.action.get import get
from steersman.cli.cluster import make_configuration
from steersman.cli.release_output import write_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.cli.context import Context
    from steersman.cli.flags import Flags
    from steersman.release.model import Release


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Show the release with values, hooks and manifest, or by a template."""
    release = get(make_configuration(ctx), args[0], flags["revision"])
    if flags["template"]:
        from steersman.gotemplate import TemplateSet

        templates = TemplateSet({}, name="_")
        templates.parse("_", flags["template"])
        ctx.out.write(templates.execute("_", {"Release": _fields(release)}))
        return 0
    write_status(ctx, release, debug=True, show_metadata=True)
    return 0


def _fields(release: Release) -> dict[str, Any]:
    """Return the release under the names of Go's fields, for templates."""
    info = release.info
    return {
        "Name": release.name,
        "Namespace": release.namespace,
        "Version": release.revision,
        "Manifest": release.manifest,
        "Config": release.config or {},
        "Labels": release.labels,
        "ApplyMethod": release.apply_method,
        "Info": {
            "Status": info.status,
            "Description": info.description,
            "Notes": info.notes,
            "FirstDeployed": str(info.first_deployed or ""),
            "LastDeployed": str(info.last_deployed or ""),
            "RollbackRevision": info.rollback_revision,
        },
        "Chart": {
            "Name": release.chart_metadata.get("name") or "",
            "Metadata": {key[:1].upper() + key[1:]: value for key, value in release.chart_metadata.items()},
            "Values": (release.chart or {}).get("values") or {},
        },
        "Hooks": [
            {
                "Name": hook.name,
                "Kind": hook.kind,
                "Path": hook.path,
                "Manifest": hook.manifest,
                "Events": list(hook.events),
                "Weight": hook.weight,
            }
            for hook in release.hooks
        ],
    }
