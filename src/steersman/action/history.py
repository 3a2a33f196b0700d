"""``history``: the revisions of a release. Answers to Helm's ``pkg/action/history.go``."""

from __future__ import annotations

from steersman.errors import ReleaseError, UsageError
from steersman.release.names import is_release_name
from steersman.storage.driver import ReleaseNotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.action.configuration import Configuration
    from steersman.release.model import Release
    from steersman.storage.store import ReleaseStore


def history(config: Configuration, name: str, *, most: int) -> list[Release]:
    """Return what a list shows of the newest ``most`` revisions, oldest first.

    Raises:
        SteerError: with Helm's message, also when there is no such release.
    """
    _check_name(config, name)
    return config.reached(lambda: _newest(config.store, name, max(most, 0)))


def last_status(config: Configuration, name: str) -> str:
    """Return the status of the last revision.

    Raises:
        SteerError: with Helm's message, also when there is no such release.
    """
    _check_name(config, name)
    return config.reached(lambda: config.store.last_status(name))


def _check_name(config: Configuration, name: str) -> None:
    if not is_release_name(name):
        config.check_reachable()
        raise UsageError(f"release name is invalid: {name}")


def _newest(store: ReleaseStore, name: str, most: int) -> list[Release]:
    try:
        return store.newest(name, most)
    except ReleaseNotFound:
        raise
    except ReleaseError:
        # a record that cannot be read: it is passed over, and an older one shown
        whole = store.history(name)
        return whole[len(whole) - min(len(whole), most) :]
