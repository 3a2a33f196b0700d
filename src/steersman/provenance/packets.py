"""A keyring's bytes to its keys: where OpenPGP packets begin and end (RFC 9580, section 4), nothing more."""

from __future__ import annotations

from steersman.errors import ChartError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLIC, SECRET, TRUST, USER_ID, SIGNATURE, SUBKEY = 6, 5, 12, 13, 2, 14
_KEYBOX_OPENPGP = 2  # the type of a keybox blob that is an OpenPGP key
_MAX = 64 * 1024 * 1024  # bytes of one packet
_PARTIAL, _FOUR_BYTES = 224, 255  # first bytes of lengths: of a part, of four bytes more
_SHORTEST = 6  # bytes of a key: version, time, algorithm


_NO_TAG = "tag byte does not have MSB set"


class InvalidPackets(ChartError):
    """Bytes that are not OpenPGP packets."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"openpgp: invalid data: {problem}")


class _Broken(InvalidPackets):
    """A byte that begins no packet, and where it is."""

    def __init__(self, at: int) -> None:
        super().__init__(_NO_TAG)
        self.at = at


def packets(data: bytes, *, cut: bool = False) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield tag, whole packet and body of each packet; the last may be ``cut``.

    Raises:
        InvalidPackets: with go-crypto's message.
    """
    at = 0
    while at < len(data):
        first = data[at]
        if not first & 0x80:
            raise _Broken(at)
        is_new = bool(first & 0x40)
        tag = first & 0x3F if is_new else (first & 0x3C) >> 2
        start, length = _new_length(data, at + 1) if is_new else _old_length(data, at + 1, first & 3)
        if length < 0:
            body, at = _parts(data, at + 1, cut=cut)
            yield tag, bytes([0xC0 | tag, 255]) + len(body).to_bytes(4, "big") + body, body
            continue
        end = start + length
        if (end > len(data) and not cut) or (length > _MAX and not cut):
            raise ChartError("unexpected EOF")
        yield tag, data[at:end], data[start:end]
        at = end


def _old_length(data: bytes, at: int, kind: int) -> tuple[int, int]:
    if kind == 3:
        return at, len(data) - at
    size = 1 << kind
    return at + size, int.from_bytes(data[at : at + size], "big")


def _new_length(data: bytes, at: int) -> tuple[int, int]:
    head = data[at : at + 5]
    if not head:
        raise ChartError("unexpected EOF")
    first = head[0]
    if first < 192:
        return at + 1, first
    if first < _PARTIAL:
        return at + 2, ((first - 192) << 8) + (head[1] if len(head) > 1 else 0) + 192
    if first == _FOUR_BYTES:
        return at + 5, int.from_bytes(head[1:5], "big")
    return at, -1  # in parts


def _parts(data: bytes, at: int, *, cut: bool) -> tuple[bytes, int]:
    """Return a body of partial lengths, and the offset of its end."""
    body = bytearray()
    while True:
        is_last = at < len(data) and not _PARTIAL <= data[at] < _FOUR_BYTES
        if is_last:
            at, length = _new_length(data, at)
        else:
            length = 1 << (data[at] & 0x1F) if at < len(data) else _MAX
            at += 1
        if cut and at + length > len(data):
            return bytes(body) + data[at:], len(data)
        if at + length > len(data) or len(body) + length > _MAX:
            raise ChartError("unexpected EOF")
        body += data[at : at + length]
        at += length
        if is_last:
            return bytes(body), at


def fingerprint(body: bytes) -> str:
    """Return the fingerprint of the public key of version 4 whose packet has a body, in lower-case hex."""
    from hashlib import sha1

    return sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).hexdigest()


def keys(data: bytes) -> list[tuple[bool, bytes]]:
    """Return each key with its user ids and subkeys: whether it is a secret one, and its packets.

    GnuPG's own packets about trust are left out.

    Raises:
        InvalidPackets: with go-crypto's message.
    """
    out: list[tuple[bool, bytearray]] = []
    at = 0
    problem: InvalidPackets | None = None
    while True:
        try:
            problem = _keys(data[at:], out) or problem
            break
        except _Broken as broken:
            # go: a byte between packets that begins none spoils the key before it; a second one is not passed over
            problem = InvalidPackets(_NO_TAG)
            if out:
                out.pop()
            at += broken.at + 1
            if at < len(data) and not data[at] & 0x80:
                raise problem from None
    if not out and problem is not None:
        raise problem
    return [(is_secret, bytes(packet)) for is_secret, packet in out]


def _keys(data: bytes, out: list[tuple[bool, bytearray]]) -> InvalidPackets | None:
    """Add the keys in ``data`` to ``out``; return what is wrong with what is before the first."""
    problem: InvalidPackets | None = None
    is_first = True
    for tag, whole, body in packets(data):
        if tag in (PUBLIC, SECRET):
            if len(body) < _SHORTEST:
                raise ChartError("unexpected EOF")
            out.append((tag == SECRET, bytearray(whole)))
            is_first = False
        elif is_first:
            problem = InvalidPackets("first packet was not a public/private key")
        elif tag != TRUST:
            out[-1][1].extend(whole)
    return problem


def keybox(data: bytes) -> bytes:
    """Return the packets of all OpenPGP keys in a keybox, GnuPG's own kind of file (its ``kbx/keybox-blob.c``).

    Raises:
        ChartError: when it ends inside a key.
    """
    out = b""
    at = 0
    while at + 16 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4]
        if length > len(data) - at:
            raise ChartError(f"blob at offset {at} has length {length} exceeding the {len(data) - at} remaining bytes")
        if length < 16:
            raise ChartError("unexpected EOF")
        if kind == _KEYBOX_OPENPGP:
            start, size = (int.from_bytes(data[at + i : at + i + 4], "big") for i in (8, 12))
            if start + size > length:
                raise ChartError("unexpected EOF")
            out += data[at + start : at + start + size]
        at += length
    return out
