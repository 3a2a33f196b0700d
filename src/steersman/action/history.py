"""``history``: the revisions of a release. Answers to Helm's ``pkg/action/history.go``."""

from __future__ import annotations

from steersman.errors import UsageError
from steersman.release.names import is_release_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.configuration import Configuration
    from steersman.release.model import Release


def history(config: Configuration, name: str) -> list[Release]:
    """Return all revisions, oldest first.

    Raises:
        SteerError: with Helm's message, also when there is no such release.
    """
    if not is_release_name(name):
        config.check_reachable()
        raise UsageError(f"release name is invalid: {name}")
    return config.reached(lambda: config.store.history(name))
