"""The input of notices."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.manifest.hooks import Manifest


class ChartFacts(Record):
    """A chart on its way to being rendered.

    Attributes:
        loaded: the chart as it was loaded.
        chart: the chart that takes part: dependencies processed, aliases as names.
        given: the user's values.
        values: what templates see.
        value_files: paths and texts of the files that the user gave.
    """

    loaded: Chart
    chart: Chart
    given: dict[str, Any]
    values: dict[str, Any]
    value_files: tuple[tuple[str, str], ...] = ()


class ManifestFacts(Record):
    """The manifests rendered from ``values`` in ``namespace``; ``dropped`` belongs to unknown hooks."""

    values: dict[str, Any]
    manifests: Sequence[Manifest]
    dropped: Sequence[Manifest] = ()
    namespace: str = ""
