"""Base64 as Go's ``encoding/base64`` decodes it with ``StdEncoding``, and its words for text that is not base64."""

from __future__ import annotations

from steersman.go.values import encode

_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_PAD = 0x3D
_BLOCK = 4


def decode_base64(text: str) -> tuple[bytes, str]:
    """Return decoded bytes and ``""``, or nothing and Go's complaint."""
    from binascii import a2b_base64

    raw = encode(text)
    place = _wrong_byte(raw)
    if place >= 0:
        return b"", f"illegal base64 data at input byte {place}"
    return a2b_base64(raw.translate(None, b"\r\n")), ""


def _wrong_byte(raw: bytes) -> int:
    """Return where Go's decoder stops in text that is not base64, or -1. Line breaks are passed over."""
    count = 0  # characters of the block at hand
    for at, byte in enumerate(raw):
        if byte in _ALPHABET:
            count = (count + 1) % _BLOCK
        elif byte not in b"\r\n":
            if byte != _PAD or count < 2:
                return at
            return _wrong_padding(raw, at, _BLOCK - count)
    # go: counted back from the end as if there were no line breaks (test_text_that_is_not_base64)
    return len(raw) - count if count else -1


def _wrong_padding(raw: bytes, at: int, missing: int) -> int:
    for number in range(missing):
        while at < len(raw) and raw[at] in b"\r\n":
            at += 1
        if at >= len(raw):
            return len(raw)
        if raw[at] != _PAD:
            return at - (1 if number else 0)
        at += 1
    while at < len(raw) and raw[at] in b"\r\n":
        at += 1
    return at if at < len(raw) else -1
