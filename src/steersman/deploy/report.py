"""Report what takes the space in a release's record that is too large."""

from __future__ import annotations

from steersman.kube.errors import ApiError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.errors import SteerError
    from steersman.release.model import Release

_SHOWN = 5  # parts named


def explain_size(release: Release, error: SteerError) -> str:
    """Return one line naming the largest parts of a record that the server found too long, else ``""``."""
    refusal = error.find(ApiError)
    if refusal is None or not refusal.is_too_large:
        return ""
    parts = [("the rendered manifest", len(release.manifest))]
    parts += [(f"hook {hook.path}", len(hook.manifest)) for hook in release.hooks]
    chart = release.chart or {}
    for file in [*(chart.get("templates") or ()), *(chart.get("files") or ())]:
        parts.append((file.get("name") or "", len(file.get("data") or "") * 3 // 4))
    parts.sort(key=lambda part: -part[1])
    named = ", ".join(f"{name} {_size(size)}" for name, size in parts[:_SHOWN])
    return f"The record of a release may have 1 MiB after compression; the largest parts are: {named}"


def _size(count: int) -> str:
    return f"{count / 1024:.0f} KiB" if count >= 1024 else f"{count} B"
