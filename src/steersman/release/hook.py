"""A release's hook as data. Answers to ``Hook`` of Helm's ``pkg/release/v1``."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.release.timestamps import Timestamp


class HookExecution(Record):
    """The last run of a hook; ``phase`` is empty until it ran."""

    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    phase: str = ""


class Hook(Record):
    """A manifest that runs at an event of the release's life instead of belonging to it."""

    name: str = ""
    kind: str = ""
    path: str = ""
    manifest: str = ""
    events: tuple[str, ...] = ()
    last_run: HookExecution = HookExecution()
    weight: int = 0
    delete_policies: tuple[str, ...] = ()
    output_log_policies: tuple[str, ...] = ()
