"""``get metadata``: what a release is, without its content."""

from __future__ import annotations

from steersman.action.get import get_metadata
from steersman.cli.inputs.cluster import make_configuration
from steersman.cli.terminal.releases import write_structured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context

_METHODS = {"": "client-side apply (defaulted)", "csa": "client-side apply", "ssa": "server-side apply"}


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Show the metadata."""
    metadata = get_metadata(make_configuration(ctx), args[0], flags["revision"])
    if flags["output"] != "table":
        write_structured(ctx, metadata, flags["output"])
        return 0
    method = metadata.get("applyMethod", "")
    rows = (
        ("NAME", metadata["name"]),
        ("CHART", metadata["chart"]),
        ("VERSION", metadata["version"]),
        ("APP_VERSION", metadata["appVersion"]),
        ("ANNOTATIONS", _pairs(metadata.get("annotations"))),
        ("LABELS", _pairs(metadata.get("labels"))),
        ("DEPENDENCIES", ",".join(sorted(d.get("name") or "" for d in metadata.get("dependencies") or ()))),
        ("NAMESPACE", metadata["namespace"]),
        ("REVISION", metadata["revision"]),
        ("STATUS", metadata["status"]),
        ("DEPLOYED_AT", metadata["deployedAt"]),
        ("APPLY_METHOD", _METHODS.get(method, f'unknown ("{method}")')),
    )
    ctx.out.write("".join(f"{name}: {value}\n" for name, value in rows))
    return 0


def _pairs(values: dict[str, Any] | None) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((values or {}).items()))
