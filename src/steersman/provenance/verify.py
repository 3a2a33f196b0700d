"""An archive and its provenance file to who signed it. Answers to ``Signatory.Verify`` of Helm's ``pkg/provenance``."""

from __future__ import annotations

from steersman.errors import ChartError
from steersman.provenance import message
from steersman.provenance.clearsign import Block, decode
from steersman.provenance.keyring import Key, load_keyring
from steersman.provenance.library import UNSUPPORTED, openpgp
from steersman.provenance.packets import PUBLIC, SUBKEY, fingerprint, packets
from steersman.provenance.signature import ALGORITHMS, Signature, signatures
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openpgp.packet import Signature as OwnSignature


class Verification(Record):
    """The result of a verification: the signer and the file.

    Attributes:
        identities: the user ids of the key.
        fingerprint: the primary key's, in upper-case hex.
        digest: the file's, with its algorithm.
    """

    identities: tuple[str, ...]
    fingerprint: str
    digest: str

    def lines(self, what: str) -> str:
        """Return the message about it; ``what`` is verified."""
        signed = "".join(f"Signed by: {identity}\n" for identity in self.identities)
        return f"{signed}Using Key With Fingerprint: {self.fingerprint}\n{what} Hash Verified: {self.digest}\n"


class InvalidSignature(ChartError):
    """A signature that does not hold."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"openpgp: {problem}")


def verify(archive: bytes, provenance: bytes, name: str, keyring: str) -> Verification:
    """Return who signed ``archive``, a file called ``name``, by its provenance and the keyring at ``keyring``.

    Raises:
        ChartError: when it is not signed, or not by a key of the keyring.
    """
    try:
        ring = load_keyring(keyring)
    except ChartError as error:
        raise ChartError(f"failed to load keyring: {error}", hint=error.hint) from error
    return verify_with(ring, archive, provenance, name)


def verify_with(ring: list[Key], archive: bytes, provenance: bytes, name: str) -> Verification:
    """Return who signed ``archive``, a file called ``name``, by its provenance and the keys in ``ring``.

    Raises:
        ChartError: when it is not signed, or not by a key of the keyring.
    """
    block = decode(provenance)
    if block is None:
        raise ChartError("signature block not found")
    key = _signer(ring, block)
    digest = message.check(block.plaintext, name, archive)
    return Verification(tuple(key.identities), key.fingerprint, digest)


def _signer(ring: list[Key], block: Block) -> Key:
    """Return the key that made the signature.

    Raises:
        InvalidSignature: with go-crypto's message.
    """
    for signature in signatures(block.signature):
        if not signature.issuer:
            raise InvalidSignature("invalid data: signature doesn't have an issuer")
        candidates = [key for key in ring if signature.issuer in _ids(key)]
        if candidates:
            return _holding(candidates, signature, block)
    raise InvalidSignature("signature made by unknown entity")


def _holding(candidates: list[Key], signature: Signature, block: Block) -> Key:
    """Return the key of ``candidates`` for which the signature holds.

    Raises:
        InvalidSignature: with go-crypto's message.
    """
    if signature.kind not in (0, 1):
        raise InvalidSignature(f"unsupported feature: unsupported signature type: {signature.kind}")
    module = openpgp()
    for key in candidates:
        try:
            own = module.composed.DetachedSignature.from_bytes(signature.packet)
            own.verify(key.public, block.signed)
        except module.errors.Error as error:
            if error.code == UNSUPPORTED:
                problem = str(error).removeprefix("Unsupported: ")
                raise InvalidSignature(f"unsupported feature: {problem}") from error
            continue
        if not bytes(own.signature.to_bytes()).startswith(signature.hashed):
            continue  # the library verifies what it writes, which may not be what it read
        _check_times(key, signature)
        return key
    algorithms = {_algorithm(key, signature.issuer) for key in candidates}
    if signature.algorithm not in algorithms and algorithms - {0}:
        raise InvalidSignature("invalid argument: public key and signature use different algorithms")
    raise InvalidSignature(f"invalid signature: {ALGORITHMS[signature.algorithm]} verification failure")


def _algorithm(key: Key, key_id: str) -> int:
    """Return the number of the algorithm of the key or subkey with an id, or 0."""
    for tag, _whole, body in packets(key.public.to_bytes()):
        if tag in (PUBLIC, SUBKEY) and body[0] == 4 and fingerprint(body)[-16:] == key_id:
            return body[5]
    return 0


def _ids(key: Key) -> set[str]:
    """Return the ids of the primary key and the subkeys that may sign."""
    own = [s for user in key.public.details.users for s in user.signatures]
    ids = {sub.key.key_id.lower() for sub in key.public.public_subkeys if _may_sign(sub.signatures)}
    return ids | ({key.public.key_id.lower()} if _may_sign(own) else set())


def _may_sign(signatures: list[OwnSignature]) -> bool:
    """Return whether the last of the signatures says that a key may sign; one that says nothing allows it."""
    latest = _latest(signatures)
    if latest is None:
        return True
    flags = latest.key_flags()
    return flags.sign or not (flags.certify or flags.encrypt_communications or flags.encrypt_storage)


def _latest(signatures: list[OwnSignature]) -> OwnSignature | None:
    """Return the last of the signatures that says something of a key, and does not take it back."""
    saying = (s for s in signatures if not _is_revocation(s))
    return max(saying, key=lambda s: s.created() or 0, default=None)


def _is_revocation(signature: OwnSignature) -> bool:
    return str(signature.typ() or "").endswith("revocation")


def _check_times(key: Key, signature: Signature) -> None:
    """Raise where the key or its subkey was revoked or ended, or the signature did.

    Raises:
        InvalidSignature: with go-crypto's message, in its order.
    """
    import time

    now = int(time.time())
    if signature.demands:
        raise InvalidSignature(f"invalid signature: unknown critical notation: {signature.demands}")
    by_id = {sub.key.key_id.lower(): sub for sub in key.public.public_subkeys}
    sub = by_id.get(signature.issuer)
    own = [[s for s in u.signatures if key.public.key_id in s.issuer_key_id()] for u in key.public.details.users]
    standing = [signatures for signatures in own if not any(map(_is_revocation, signatures))]
    is_revoked = bool(key.public.details.revocation_signatures) or bool(own and not standing)
    if is_revoked or (sub is not None and any(map(_is_revocation, sub.signatures))):
        raise InvalidSignature("signature made by revoked key")
    _check_end(key.public.created_at, _latest([s for signatures in standing for s in signatures]), now)
    if sub is not None:
        _check_end(sub.key.created_at, _latest(sub.signatures), now)
    if signature.created > now or (signature.lasts and signature.created + signature.lasts < now):
        raise InvalidSignature("signature expired")


def _check_end(created: int, latest: OwnSignature | None, now: int) -> None:
    lasts = latest.key_expiration_time() if latest is not None else None
    # go: "expired" is also said of a key that is not valid yet
    if created > now or (lasts and created + lasts < now):
        raise InvalidSignature("key expired")
