"""The side effects of one render as they were met, in a form that answers for them later.

A render asks for bytes and keys in an order that its templates settle, so these are kept per template and in order. All
else is kept by what was asked. A render that runs again, to explain its error, meets the same facts.
"""

from __future__ import annotations

from steersman.errors import ClusterError, ManifestError, SteerError
from steersman.go.errors import CallError
from steersman.record import Record, factory, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.engine.impure import Impure
    from steersman.go.time.moment import Zone


class Answer(Record):
    """The answer to a question: a value, or the text of the error in its place."""

    value: Any = None
    error: str | None = None


class KeyFact:
    """A private key that a template asked for; ``pem`` is None where nothing ever looked at it.

    Args:
        kind: see ``sprig.keys``.
        pem: the key as it was recorded.
        make: makes the key, where it is not known yet.
    """

    def __init__(self, kind: str, pem: str | None = None, make: Callable[[], Any] | None = None) -> None:
        import _thread

        self.kind = kind
        self.pem = pem
        self._make = make
        self._lock = _thread.allocate_lock()

    def key(self) -> Any:
        """Return the key; the first call makes it, in whatever thread it comes.

        Raises:
            Unrecorded: when it is not known and cannot be made.
        """
        with self._lock:
            if self.pem is not None:
                return _read_key(self.kind, self.pem)
            if self._make is None:
                raise Unrecorded(f"key of kind {self.kind}")
            key = self._make()
            self.pem = _pem(key)
            return key

    def wait(self) -> None:
        """Wait for a thread that makes the key, if one does."""
        with self._lock:
            pass


class FactSet(Record):
    """The side effects that a render met.

    Attributes:
        now_ns: the clock, nanoseconds since the epoch; it stands still during a render.
        has_cluster: whether ``lookup`` could ask anything.
        drawn: bytes and keys by template, in order.
        lookups: by apiVersion, kind, namespace and name.
        hosts: addresses by host name.
        local: the local time zone's name, offset in seconds and daylight saving by seconds since the epoch.
        schemas: the bytes of fetched schemas by URL.
        post_rendered: what the post-renderer gave back, by call.
    """

    now_ns: int
    has_cluster: bool = False
    drawn: dict[str, list[bytes | KeyFact]] = factory(default_factory=dict)
    lookups: dict[tuple[str, str, str, str], Answer] = factory(default_factory=dict)
    hosts: dict[str, Answer] = factory(default_factory=dict)
    local: dict[int, tuple[str, int, bool]] = factory(default_factory=dict)
    schemas: dict[str, Answer] = factory(default_factory=dict)
    post_rendered: list[Answer] = factory(default_factory=list)

    def settle(self) -> None:
        """Wait for keys that threads still make."""
        for drawn in self.drawn.values():
            for one in drawn:
                if isinstance(one, KeyFact):
                    one.wait()


def recorded(impure: Impure, facts: FactSet) -> Impure:
    """Return side effects that ask ``impure`` what ``facts`` do not have yet, and keep the answers in them."""
    from steersman.go.time.moment import SYSTEM

    return _Facts(facts, impure, impure.zone or SYSTEM, asks=True).impure()


def replayed(impure: Impure, facts: FactSet) -> Impure:
    """Return side effects that are answered from ``facts`` alone; ``impure`` gives the log."""
    from steersman.go.time.moment import UTC

    return _Facts(facts, impure, UTC, asks=False).impure()


class Unrecorded(CallError):
    """A question that a recording has no answer to: the render is not the one that was recorded."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the recording has no {what}")


class _Facts:
    """Answers from facts.

    Args:
        facts: the answers.
        impure: gives those that are missing, and the log.
        zone: the local time zone of ``impure``.
        asks: whether missing answers are asked for, and kept, or are errors.
    """

    def __init__(self, facts: FactSet, impure: Impure, zone: Zone, *, asks: bool) -> None:
        self._facts = facts
        self._impure = impure
        self._zone = zone
        self._asks = asks
        self._drawn: list[bytes | KeyFact] = []
        self._at = 0

    def impure(self) -> Impure:
        from steersman.go.time.moment import Zone

        def now_ns() -> int:
            return self._facts.now_ns

        return replace(
            self._impure,
            now_ns=now_ns,
            validity_ns=(self._impure.validity_ns if self._asks else None) or now_ns,
            random_bytes=self.random_bytes,
            begin_key=self.begin_key,
            lookup=self.lookup if self._facts.has_cluster else None,
            resolve_host=self.resolve_host,
            zone=Zone("Local", self.local_time, self.local_dst),
            begin=self.begin,
        )

    def begin(self, template: str) -> None:
        if self._asks and self._impure.begin is not None:
            self._impure.begin(template)
        self._drawn = self._facts.drawn.setdefault(template, [])
        self._at = 0

    def _next(self) -> bytes | KeyFact | None:
        self._at += 1
        return self._drawn[self._at - 1] if self._at <= len(self._drawn) else None

    def random_bytes(self, count: int) -> bytes:
        known = self._next()
        if isinstance(known, bytes) and len(known) == count:
            return known
        if not self._asks or known is not None:
            raise Unrecorded(f"{count} random bytes at place {self._at} of this template")
        made = self._impure.random_bytes(count)
        self._drawn.append(made)
        return made

    def begin_key(self, kind: str) -> Callable[[], Any]:
        known = self._next()
        if isinstance(known, KeyFact) and known.kind == kind:
            return known.key
        if not self._asks or known is not None:
            raise Unrecorded(f"key of kind {kind} at place {self._at} of this template")
        fact = KeyFact(kind, make=self._impure.begin_key(kind))
        self._drawn.append(fact)
        return fact.key

    def lookup(self, api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
        from steersman.values.coalesce import copy_tree

        find = self._impure.lookup
        words = (api_version, kind, namespace, name)
        known = self._facts.lookups.get(words)
        if known is None:
            if not self._asks or find is None:
                raise Unrecorded(f"answer to lookup {' '.join(map(repr, words))}")
            try:
                known = Answer(copy_tree(find(*words)))
            except SteerError as error:
                known = Answer(error=str(error))
            self._facts.lookups[words] = known
        if known.error is not None:
            raise ClusterError(known.error)
        found: dict[str, Any] = copy_tree(known.value)
        return found

    def resolve_host(self, name: str) -> str:
        known = self._facts.hosts.get(name)
        if known is None:
            if not self._asks:
                raise Unrecorded(f"address of {name}")
            try:
                known = Answer(self._impure.resolve_host(name))
            except CallError as error:
                known = Answer(error=str(error))
            self._facts.hosts[name] = known
        if known.error is not None:
            raise CallError(known.error)
        return str(known.value)

    def local_time(self, seconds: int) -> tuple[str, int]:
        return self._local(seconds)[:2]

    def local_dst(self, seconds: int) -> bool:
        return self._local(seconds)[2]

    def _local(self, seconds: int) -> tuple[str, int, bool]:
        known = self._facts.local.get(seconds)
        if known is None:
            if not self._asks:
                raise Unrecorded(f"local time of {seconds}")
            known = (*self._zone.at(seconds), self._zone.is_dst(seconds))
            self._facts.local[seconds] = known
        return known


def recorded_fetch(fetch: Callable[[str], bytes] | None, facts: FactSet) -> Callable[[str], bytes]:
    """Return what fetches schemas and keeps them in ``facts``; without ``fetch``, they are those of ``facts``."""
    from steersman.values.errors import SchemaError

    def fetched(url: str) -> bytes:
        known = facts.schemas.get(url)
        if known is None:
            if fetch is None:
                raise SchemaError(f"the recording has no schema of {url}")
            try:
                known = Answer(fetch(url))
            except SchemaError as error:
                known = Answer(error=str(error))
            facts.schemas[url] = known
        if known.error is not None:
            raise SchemaError(known.error)
        body: bytes = known.value
        return body

    return fetched


def recorded_post_render(run: Callable[[str], str], facts: FactSet) -> Callable[[str], str]:
    """Return the post-renderer ``run``, whose answers are kept in ``facts``."""

    def rendered(text: str) -> str:
        try:
            answer = run(text)
        except SteerError as error:
            facts.post_rendered.append(Answer(error=str(error)))
            raise
        facts.post_rendered.append(Answer(answer))
        return answer

    return rendered


def replayed_post_render(facts: FactSet) -> Callable[[str], str] | None:
    """Return a post-renderer that gives what one gave when ``facts`` were recorded; None where there was none."""
    if not facts.post_rendered:
        return None
    left = iter(facts.post_rendered)

    def rendered(_text: str) -> str:
        answer = next(left, None)
        if answer is None:
            raise ManifestError("the recording has no further output of the post-renderer")
        if answer.error is not None:
            raise ManifestError(answer.error)
        return str(answer.value)

    return rendered


def _pem(key: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def _read_key(kind: str, pem: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode("utf-8", "surrogatepass"), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unrecorded(f"key of kind {kind} that can be read: {error}") from error
    if _kind_of(key) != kind:
        raise Unrecorded(f"key of kind {kind}: it is one of kind {_kind_of(key)}")
    return key


def _kind_of(key: Any) -> str:
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

    if isinstance(key, rsa.RSAPrivateKey):
        return f"rsa-{key.key_size}"
    kinds = {dsa.DSAPrivateKey: "dsa", ec.EllipticCurvePrivateKey: "ecdsa", ed25519.Ed25519PrivateKey: "ed25519"}
    return next((kind for one, kind in kinds.items() if isinstance(key, one)), "another kind")
