"""Base64, base32 and checksums of strings."""

from __future__ import annotations

import sys

from steersman.go.base64 import decode_base64
from steersman.go.values import decode, encode

_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def base64_encode(text: str) -> str:
    """Encode as base64."""
    from binascii import b2a_base64

    return b2a_base64(encode(text), newline=False).decode("ascii")


def base64_decode(text: str) -> str:
    """Decode base64; what is not base64 gives the text of the error."""
    data, problem = decode_base64(text)
    return problem or decode(data)


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
    return _digest("sha1", encode(text))


def sha256(text: str) -> str:
    """Return the SHA-256 digest."""
    return _digest("sha256", encode(text))


def sha512(text: str) -> str:
    """Return the SHA-512 digest."""
    return _digest("sha512", encode(text))


_LOAD_FROM = 256 * 1024  # bytes from which on OpenSSL's faster code makes up for the time that loading it takes
_HAS_SHA2 = sys.version_info >= (3, 12)  # before, the two digests have a module each


def _digest(name: str, data: bytes) -> str:
    """Return a digest in hexadecimal; ``hashlib`` would load OpenSSL, a tenth of a small chart's render."""
    if len(data) < _LOAD_FROM:
        try:
            module = __import__("_sha2" if _HAS_SHA2 and name != "sha1" else f"_{name}")
        except ImportError:
            pass  # Python was built without it
        else:
            return getattr(module, name)(data).hexdigest()  # type: ignore[no-any-return]
    import hashlib

    return hashlib.new(name, data, usedforsecurity=False).hexdigest()


def adler32(text: str) -> str:
    """Return the Adler-32 checksum, as a decimal number."""
    import zlib

    return str(zlib.adler32(encode(text)))
