"""A keyring's bytes to its keys: where OpenPGP packets begin and end (RFC 9580, section 4), nothing more."""

from __future__ import annotations

from steersman.errors import ChartError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLIC, SECRET, TRUST, USER_ID, SIGNATURE = 6, 5, 12, 13, 2
_KEYBOX_OPENPGP = 2  # the type of a keybox blob that is an OpenPGP key
_MAX = 64 * 1024 * 1024  # bytes of one packet


class InvalidPackets(ChartError):
    """Bytes that are no OpenPGP packets."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"openpgp: invalid data: {problem}")


def packets(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield tag, whole packet and body of each packet.

    Raises:
        InvalidPackets: with go-crypto's message.
    """
    at = 0
    while at < len(data):
        first = data[at]
        if not first & 0x80:
            raise InvalidPackets("tag byte does not have MSB set")
        is_new = bool(first & 0x40)
        tag = first & 0x3F if is_new else (first & 0x3C) >> 2
        start, length = _new_length(data, at + 1) if is_new else _old_length(data, at + 1, first & 3)
        end = start + length
        if end > len(data) or length > _MAX:
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
    if first < 224:
        return at + 2, ((first - 192) << 8) + (head[1] if len(head) > 1 else 0) + 192
    if first == 255:
        return at + 5, int.from_bytes(head[1:5], "big")
    raise InvalidPackets("keys with partial lengths")


def keys(data: bytes) -> list[tuple[bool, bytes]]:
    """Return each key with its user ids and subkeys: whether it is a secret one, and its packets.

    GnuPG's own packets about trust are left out.

    Raises:
        InvalidPackets: with go-crypto's message.
    """
    out: list[tuple[bool, bytearray]] = []
    for tag, whole, _body in packets(data):
        if tag in (PUBLIC, SECRET):
            out.append((tag == SECRET, bytearray(whole)))
        elif tag != TRUST and out:
            out[-1][1].extend(whole)
    return [(is_secret, bytes(packet)) for is_secret, packet in out]


def keybox(data: bytes) -> bytes:
    """Return the packets of all OpenPGP keys in a keybox, GnuPG's own kind of file (its ``kbx/keybox-blob.c``).

    Raises:
        ChartError: when it ends inside a key.
    """
    out = b""
    at = 0
    while at + 16 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4]
        if length < 16 or at + length > len(data):
            raise ChartError("unexpected EOF")
        if kind == _KEYBOX_OPENPGP:
            start, size = (int.from_bytes(data[at + i : at + i + 4], "big") for i in (8, 12))
            if start + size > length:
                raise ChartError("unexpected EOF")
            out += data[at + start : at + start + size]
        at += length
    return out
