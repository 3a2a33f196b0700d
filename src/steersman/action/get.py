"""``get``: a stored revision, its values, its metadata.

Answers to ``get.go``, ``get_values.go`` and ``get_metadata.go`` of Helm's ``pkg/action``.
"""

from __future__ import annotations

from steersman.action.configuration import release_content
from steersman.release.codec import Struct, chart_from_dict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.release.model import Release


def get(config: Configuration, name: str, revision: int = 0) -> Release:
    """Return a revision, the last one for 0.

    Raises:
        SteerError: with Helm's message, also when there is none.
    """
    return config.reached(lambda: release_content(config, name, revision))


def get_values(config: Configuration, name: str, revision: int = 0, *, all_values: bool = False) -> Any:
    """Return the user's values of a revision, or with ``all_values`` those the templates saw."""
    release = get(config, name, revision)
    return computed_values(release) if all_values else release.config


def computed_values(release: Release) -> dict[str, Any]:
    """Return the user's values over the chart's."""
    from steersman.values.coalesce import coalesce_values, copy_tree

    return coalesce_values(chart_from_dict(release.chart or {}), copy_tree(release.config or {}))


def get_metadata(config: Configuration, name: str, revision: int = 0) -> Struct:
    """Return a revision's metadata in the order of Helm's JSON."""
    release = get(config, name, revision)
    chart = release.chart_metadata
    out = Struct(
        name=release.name,
        chart=chart.get("name") or "",
        version=chart.get("version") or "",
        appVersion=chart.get("appVersion") or "",
    )
    for key, value in (
        ("annotations", chart.get("annotations")),
        ("labels", release.labels),
        ("dependencies", chart.get("dependencies")),
    ):
        if value:
            out[key] = value
    moment = release.info.last_deployed
    out["namespace"] = release.namespace
    out["revision"] = release.revision
    out["status"] = release.status
    out["deployedAt"] = moment.rfc3339(fraction=False) if moment else "0001-01-01T00:00:00Z"
    if release.apply_method:
        out["applyMethod"] = release.apply_method
    return out
