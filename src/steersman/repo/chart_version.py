"""One version of a chart in an index."""

from __future__ import annotations

from steersman.chart import decode
from steersman.chart.model import Metadata
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ChartVersion(Record):
    """One version of a chart in an index; ``created`` is the time's text."""

    metadata: Metadata
    urls: tuple[str, ...] | None = None
    created: str = ""
    digest: str = ""
    removed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in the file, in the order of Helm's struct."""
        out = decode.metadata_dict(self.metadata)
        out["urls"] = None if self.urls is None else list(self.urls)
        out["created"] = self.created or "0001-01-01T00:00:00Z"
        if self.removed:
            out["removed"] = True
        if self.digest:
            out["digest"] = self.digest
        return out
