"""The charts of a run of pytest: each is loaded once, and its templates are compiled once."""

from __future__ import annotations

from functools import lru_cache

from steersman.chart.loader import load_chart
from steersman.engine.compiled import Compiled
from steersman.manifest.heads import HeadMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.chart.model import Chart


@lru_cache(maxsize=32)
def loaded(path: str) -> Chart:
    """Return the chart in a folder.

    Raises:
        ChartError: with Helm's message.
    """
    return load_chart(path)


@lru_cache(maxsize=1)
def compiled() -> Compiled:
    """Return what keeps compiled templates."""
    return Compiled()


@lru_cache(maxsize=1)
def heads() -> HeadMemory:
    """Return what is known of manifests."""
    return HeadMemory()
