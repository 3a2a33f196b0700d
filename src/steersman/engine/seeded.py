"""Randomness, keys, clock and time zone from a seed: equal seeds give equal renders.

Each template of each release has a stream of its own, so that a change of one template leaves the secrets of the
others as they are. Drawing bytes in another way would change every secret that a seed has ever given
(test_a_seed_keeps_its_secrets).
"""

from __future__ import annotations

from steersman.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.engine.context import Facts
    from steersman.engine.impure import Impure

_START = 1_577_836_800 * 10**9  # 2020-01-01T00:00:00Z
_WARNING = "certificates begin on 2020-01-01, because the seed comes without a time (SOURCE_DATE_EPOCH)"


class Seed(Record):
    """A seed.

    Attributes:
        text: any text; whoever knows it can work out the secrets that come from it.
        now_ns: the clock, nanoseconds since the epoch; None for the start of 2020.
    """

    text: str
    now_ns: int | None = None


def seeded(impure: Impure, seed: Seed, facts: Facts, keys: dict[tuple[str, bytes], Any] | None = None) -> Impure:
    """Return side effects that depend on the seed and the release alone; look-ups stay as they are.

    Args:
        impure: the side effects without a seed.
        seed: see there.
        facts: the release.
        keys: keeps private keys for other renders with this seed, which then cost no time.
    """
    from steersman.go.time.moment import UTC

    now = _START if seed.now_ns is None else seed.now_ns
    streams = _Streams((seed.text, facts.namespace, facts.name), {} if keys is None else keys)
    warned: list[bool] = []

    def validity_ns() -> int:
        if seed.now_ns is None and not warned:
            warned.append(True)
            impure.log("WARN", _WARNING)
        return now

    return replace(
        impure,
        now_ns=lambda: now,
        validity_ns=validity_ns,
        random_bytes=streams.random_bytes,
        begin_key=streams.begin_key,
        zone=UTC,
        begin=streams.begin,
    )


class _Streams:
    """The streams of a release; ``begin`` starts that of a template."""

    def __init__(self, names: tuple[str, ...], keys: dict[tuple[str, bytes], Any]) -> None:
        self._names = names
        self._keys = keys
        self.begin("")

    def begin(self, template: str) -> None:
        names = [name.encode("utf-8", "surrogateescape") for name in (*self._names, template)]
        self._key = _digest(b"steersman seed 1", *names)
        self._drawn = 0

    def _next(self) -> bytes:
        self._drawn += 1
        return _digest(self._key, self._drawn.to_bytes(8, "big"))

    def random_bytes(self, count: int) -> bytes:
        from hashlib import shake_256

        return shake_256(self._next()).digest(count)

    def begin_key(self, kind: str) -> Callable[[], Any]:
        from steersman.sprig.seeded_keys import seeded_key

        key, read = self._next(), 0

        def make() -> Any:
            if (kind, key) not in self._keys:
                self._keys[kind, key] = seeded_key(kind, more)
            return self._keys[kind, key]

        def more(count: int) -> bytes:
            from hashlib import shake_256

            nonlocal read
            read += 1
            return shake_256(_digest(key, read.to_bytes(8, "big"))).digest(count)

        return make


def _digest(*parts: bytes) -> bytes:
    from hashlib import sha256

    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()
