"""A signature's packets to what they say (RFC 9580, section 5.2), with the errors of go-crypto's ``packet``.

Whether a signature holds is for others to find out.
"""

from __future__ import annotations

from steersman.errors import ChartError
from steersman.provenance.packets import SIGNATURE, InvalidPackets, packets
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKER = 10
_KNOWN = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 17, 18, 20, 21})  # types of packets that have a meaning
_VERSION = 4
ALGORITHMS = {1: "RSA", 3: "RSA", 17: "DSA", 19: "ECDSA", 22: "EdDSA", 27: "Ed25519", 28: "Ed448"}
_NUMBERS = {1: 1, 3: 1, 17: 2, 19: 2, 22: 2}  # of each algorithm's signatures
_FIXED = {27: 64, 28: 114}  # bytes of those that are not numbers
_HASHES = (2, 8, 9, 10, 11, 12, 14)
_CREATED, _EXPIRES, _ISSUER, _NOTATION, _EMBEDDED, _FINGERPRINT = 2, 3, 16, 20, 32, 33
_DEMANDS = -1  # the name of the first critical notation
# the lengths of some kinds, and the error for others
_LENGTHS = {
    _CREATED: (4, "signature creation time not four bytes"),
    _EXPIRES: (4, "expiration subpacket with bad length"),
    5: (2, "trust subpacket with bad length"),
    9: (4, "key expiration subpacket with bad length"),
    _ISSUER: (8, "issuer subpacket with bad length"),
    25: (1, "primary user id subpacket with bad length"),
}
_KINDS = frozenset({2, 3, 4, 5, 6, 7, 9, 11, 16, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 39})
_ONE_BYTE, _FOUR_BYTES = 192, 255


class Signature(Record):
    """The contents of a signature.

    Attributes:
        packet: all of it, with its header.
        hashed: what of its body the signature is over.
        kind: 0 of bytes, 1 of text.
        algorithm: the number of the public key's.
        issuer: the id of the key that made it, in lower-case hex, or ``""``.
        created: seconds since the epoch.
        lasts: seconds, or 0 for no end.
        demands: the name of a notation that must be understood, or ``""``.
    """

    packet: bytes
    hashed: bytes
    kind: int
    algorithm: int
    issuer: str
    created: int
    lasts: int
    demands: str = ""


class _Unsupported(Exception):
    """A signature that is passed over."""


def signatures(data: bytes) -> Iterator[Signature]:
    """Yield the signatures in ``data``; those of kinds that are not known are passed over.

    Raises:
        ChartError: with go-crypto's message.
    """
    for tag, _whole, body in packets(data, cut=True):
        if tag == SIGNATURE:
            try:
                yield _parse(body)
            except _Unsupported:
                continue
        elif tag in _KNOWN:
            raise InvalidPackets("non signature packet found")


def _parse(body: bytes) -> Signature:
    version = _take(body, 0, 1)[0]
    if version != _VERSION:
        raise _Unsupported
    head = _take(body, 1, 5)
    if head[1] not in ALGORITHMS or head[2] not in _HASHES:
        raise _Unsupported
    said: dict[int, bytes] = {}
    at = 6
    hashed = _take(body, at, int.from_bytes(head[3:5], "big"))
    issuer = _subpackets(hashed, said, is_hashed=True)
    at += len(hashed)
    length = int.from_bytes(_take(body, at, 2), "big")
    issuer = _subpackets(_take(body, at + 2, length), said, is_hashed=False) or issuer
    body = body[: _end(body, at + 2 + length + 2, head[1])]
    whole = bytes([0xC0 | SIGNATURE, _FOUR_BYTES]) + len(body).to_bytes(4, "big") + body
    lasts = said.get(_EXPIRES, b"")
    created = int.from_bytes(said[_CREATED], "big")
    seconds, demands = int.from_bytes(lasts, "big"), said.get(_DEMANDS, b"").decode("utf-8", "replace")
    return Signature(whole, body[: 6 + len(hashed)], head[0], head[1], issuer, created, seconds, demands)


def _end(body: bytes, at: int, algorithm: int) -> int:
    """Return where the numbers that begin at ``at`` end."""
    _take(body, at - 2, 2)  # the beginning of the hash
    if algorithm in _FIXED:
        at += len(_take(body, at, _FIXED[algorithm]))
    for _ in range(_NUMBERS.get(algorithm, 0)):
        length = (int.from_bytes(_take(body, at, 2), "big") + 7) // 8
        _take(body, at + 2, length)
        at += 2 + length
    return at


def _take(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise ChartError("unexpected EOF")
    return data[at : at + length]


def _subpackets(data: bytes, said: dict[int, bytes], *, is_hashed: bool) -> str:
    """Add what subpackets say to ``said`` and return the issuer's id."""
    issuer = ""
    while data:
        content, data = _subpacket(data)
        kind, is_critical, content = content[0] & 0x7F, bool(content[0] & 0x80), content[1:]
        if not is_hashed and kind not in (_ISSUER, _FINGERPRINT, _EMBEDDED):
            continue
        _check(kind, content, is_critical=is_critical)
        said[kind] = content
        if kind == _NOTATION and is_critical:
            said.setdefault(_DEMANDS, content[8 : 8 + int.from_bytes(content[4:6], "big")])
        if kind == _ISSUER:
            issuer = content.hex()
        elif kind == _FINGERPRINT:
            issuer = (content[1:9] if content[0] > _VERSION else content[13:21]).hex()
    if _CREATED not in said:
        raise InvalidPackets("no creation time in signature")
    return issuer


def _subpacket(data: bytes) -> tuple[bytes, bytes]:
    """Return the first subpacket, and what is after it."""
    first, start = data[0], 1
    length = first
    if first >= _ONE_BYTE:
        start = 2 if first < _FOUR_BYTES else 5
        if len(data) < start:
            raise InvalidPackets("signature subpacket truncated")
        length = ((first - 192) << 8) + data[1] + 192 if start == 2 else int.from_bytes(data[1:5], "big")
    if length > len(data) - start:
        raise InvalidPackets("signature subpacket truncated")
    if not length:
        raise InvalidPackets("zero length signature subpacket")
    return data[start : start + length], data[start + length :]


def _check(kind: int, content: bytes, *, is_critical: bool) -> None:
    if kind in _LENGTHS and len(content) != _LENGTHS[kind][0]:
        raise InvalidPackets(_LENGTHS[kind][1])
    if kind == _NOTATION:
        lengths = int.from_bytes(content[4:6], "big") + int.from_bytes(content[6:8], "big")
        if len(content) != 8 + lengths or len(content) < 8:
            raise InvalidPackets("notation data subpacket with bad length")
    elif kind == _FINGERPRINT:
        if not content:
            raise InvalidPackets("empty issuer fingerprint subpacket")
        if len(content) != (33 if content[0] > _VERSION else 21):
            raise InvalidPackets("bad fingerprint length")
    elif (kind == 4 and content[:1] == b"\0") or (kind not in _KINDS and is_critical):
        raise _Unsupported
