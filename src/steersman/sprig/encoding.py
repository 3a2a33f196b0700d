"""Base64, base32 and checksums of strings."""

from __future__ import annotations

from steersman.gotemplate.values import decode, encode

_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def base64_encode(text: str) -> str:
    """Encode as base64."""
    from binascii import b2a_base64

    return b2a_base64(encode(text), newline=False).decode("ascii")


def base64_decode(text: str) -> str:
    """Decode base64; what is not base64 gives the text of the error."""
    data, problem = decode_base64(text)
    return problem or decode(data)


def decode_base64(text: str) -> tuple[bytes, str]:
    """Return decoded bytes and ``""``, or Go's complaint."""
    from binascii import a2b_base64

    raw = encode(text)
    problem = _check_blocks(raw, _BASE64, 4, (2, 3))
    if problem >= 0:
        return b"", f"illegal base64 data at input byte {problem}"
    return a2b_base64(raw.translate(None, b"\r\n")), ""


def _check_blocks(raw: bytes, alphabet: frozenset[int], size: int, partial: tuple[int, ...]) -> int:
    """Return where Go finds padded text broken, or -1.

    Line breaks are skipped. A block is ``size`` characters; the last may hold as few as ``partial``
    says and is then padded to the full size.
    """
    count = 0
    at = 0
    while at < len(raw):
        byte = raw[at]
        if byte in b"\r\n":
            at += 1
            continue
        if byte in alphabet:
            count = (count + 1) % size
            at += 1
            continue
        if byte != 0x3D or count not in partial:
            return at
        return _check_padding(raw, at, size - count)
    return len(raw) - _tail_bytes(raw, count) if count else -1


def _tail_bytes(raw: bytes, count: int) -> int:
    """How many bytes from the end the unfinished block begins."""
    at = len(raw)
    while count and at:
        at -= 1
        count -= raw[at] not in b"\r\n"
    return len(raw) - at


def _check_padding(raw: bytes, at: int, missing: int) -> int:
    for number in range(missing):
        while at < len(raw) and raw[at] in b"\r\n":
            at += 1
        if at >= len(raw):
            return len(raw)
        if raw[at] != 0x3D:
            return at - (1 if number else 0)
        at += 1
    while at < len(raw) and raw[at] in b"\r\n":
        at += 1
    return at if at < len(raw) else -1


def base32_encode(text: str) -> str:
    """Encode as base32."""
    from base64 import b32encode

    return b32encode(encode(text)).decode("ascii")


def base32_decode(text: str) -> str:
    """Decode base32; what is not base32 gives the text of the error."""
    from base64 import b32decode

    raw = encode(text).translate(None, b"\r\n")
    problem, size = _check_base32(raw)
    if problem >= 0:
        return f"illegal base32 data at input byte {problem}"
    return decode(b32decode(raw[:size] + b"=" * (-size % 8)))


def _check_base32(raw: bytes) -> tuple[int, int]:
    """Return where Go's decoder stops, or -1, and how many characters it decodes."""
    for at, byte in enumerate(raw):
        if byte in _BASE32:
            continue
        place, left = at % 8, len(raw) - at - 1
        # go: padding is looked for at the end only, behind two characters; too much of it is passed over
        if byte != 0x3D or place < 2 or left >= 8:
            return at, 0
        if left + place < 7:
            return len(raw), 0
        for number in range(7 - place):
            if raw[at + 1 + number] != 0x3D:
                return at + number, 0
        return (at, 0) if place in (3, 6) else (-1, at)
    tail = len(raw) % 8
    return (len(raw) - tail, 0) if tail else (-1, len(raw))


def sha1(text: str) -> str:
    """Return the SHA-1 digest."""
    import hashlib

    return hashlib.sha1(encode(text), usedforsecurity=False).hexdigest()


def sha256(text: str) -> str:
    """Return the SHA-256 digest."""
    import hashlib

    return hashlib.sha256(encode(text)).hexdigest()


def sha512(text: str) -> str:
    """Return the SHA-512 digest."""
    import hashlib

    return hashlib.sha512(encode(text)).hexdigest()


def adler32(text: str) -> str:
    """Return the Adler-32 checksum, as a decimal number."""
    import zlib

    return str(zlib.adler32(encode(text)))
