"""Permissions of the check of schemas: fetching and logging."""

from __future__ import annotations

from steersman.record import Record, factory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.runtime.private import Cache
    from steersman.values.schemas.loading import Fetch
    from steersman.values.schemas.validator import Validator


class SchemaAccess(Record):
    """Permissions of the check of schemas: fetching and logging.

    Attributes:
        fetch: returns what is at an http or https URL, or raises ``SchemaError``.
        debug: called as ``debug(message, **fields)`` for each step, with Helm's messages.
        warn: called in the same way for warnings.
        ignore_global: check a subchart's values without ``global``.
        warned: the URNs that were warned of. helm: each is, once in a run (test_an_urn_is_warned_of_once)
        known: the schemas that were read, by their bytes; a chart whose tests are run is checked many times.
        cache: keeps which values were accepted; None to check them each time, and to log each step.
    """

    fetch: Fetch | None = None
    debug: Callable[..., None] | None = None
    warn: Callable[..., None] | None = None
    ignore_global: bool = False
    warned: set[str] = factory(default_factory=set)
    known: dict[bytes, Validator] = factory(default_factory=dict)
    cache: Cache | None = None


NOTHING_FETCHED = SchemaAccess()
