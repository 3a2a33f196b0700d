"""The parts of which the options of actions on releases are made; each field is one flag's."""

from __future__ import annotations

from steersman.kube.wait import HOOK_ONLY, WATCHER
from steersman.record import Record, replace


class WriteOptions(Record):
    """The method by which objects are written.

    ``server_side`` is true, false or auto: as the last revision was, and on the server where there is none.
    """

    server_side: str = "auto"
    force_replace: bool = False
    force_conflicts: bool = False
    take_ownership: bool = False
    disable_openapi_validation: bool = False


class WaitOptions(Record):
    """The condition to wait for, and for how many seconds."""

    strategy: str = HOOK_ONLY
    timeout: float = 300.0
    for_jobs: bool = False

    def at_least_watching(self, *, needed: bool) -> WaitOptions:
        """Return these options, or with ``needed`` ones that wait for objects to be ready."""
        return replace(self, strategy=WATCHER) if needed and self.strategy == HOOK_ONLY else self
