"""The head of a manifest."""

from __future__ import annotations

from steersman.record import Record


class Head(Record):
    """The beginning of a manifest: what sorting needs to know."""

    api_version: str
    kind: str
    name: str
    annotations: dict[str, str]
