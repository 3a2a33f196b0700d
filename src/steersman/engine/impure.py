"""The side effects that a render may use, in one record that is passed in: a test, a seed or a recording fixes them."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from steersman.go.time.moment import Zone

    # (api_version, kind, namespace, name) -> the object, a list without a name, an empty map where there is none
    Lookup: TypeAlias = Callable[[str, str, str, str], dict[str, Any]]


def _new_key(kind: str) -> Callable[[], Any]:
    from steersman.sprig.context import begin_key

    return begin_key(None, kind)


def _resolve_host(name: str) -> str:
    from steersman.sprig.network import resolve_host

    return resolve_host(name)


class Impure(Record):
    """The side effects that a render may use.

    Attributes:
        log: called as ``log("WARN", message, **fields)``.
        now_ns: the clock, nanoseconds since the epoch.
        random_bytes: the source of randomness.
        lookup: looks objects up; None without a cluster.
        dns: whether templates may look host names up.
        begin_key: returns what makes a private key of a kind of ``sprig.keys``, in whatever thread it is called.
        resolve_host: returns an address of a host.
        validity_ns: when a certificate that is made now begins to be valid; None for the clock.
        zone: the local time zone; None for the system's.
        begin: called with the name of each template before it runs; from there on, facts that are kept begin anew.
    """

    log: Callable[..., None]
    now_ns: Callable[[], int]
    random_bytes: Callable[[int], bytes]
    lookup: Lookup | None = None
    dns: bool = False
    begin_key: Callable[[str], Callable[[], Any]] = _new_key
    resolve_host: Callable[[str], str] = _resolve_host
    validity_ns: Callable[[], int] | None = None
    zone: Zone | None = None
    begin: Callable[[str], None] | None = None


def from_system(log: Callable[..., None], lookup: Lookup | None = None) -> Impure:
    """Return the clock and the randomness of this machine."""
    import os
    import time

    return Impure(log, time.time_ns, os.urandom, lookup)
