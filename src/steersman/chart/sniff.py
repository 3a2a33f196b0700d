"""Detect the content type of bytes: the part of Go's ``http.DetectContentType`` that Helm's messages show."""

from __future__ import annotations

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\xfe\xff\x00\x00", "text/plain; charset=utf-16be"),
    (b"\xff\xfe\x00\x00", "text/plain; charset=utf-16le"),
    (b"\xef\xbb\xbf\x00", "text/plain; charset=utf-8"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\x00\x00\x02\x00", "image/x-icon"),
    (b"BM", "image/bmp"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"OggS\x00", "application/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07\x00", "application/x-rar-compressed"),
    (b"Rar!\x1a\x07\x01\x00", "application/x-rar-compressed"),
    (b"\x00asm", "application/wasm"),
)
_HTML = (
    b"<!DOCTYPE HTML", b"<HTML", b"<HEAD", b"<SCRIPT", b"<IFRAME", b"<H1", b"<DIV", b"<FONT", b"<TABLE", b"<A",
    b"<STYLE", b"<TITLE", b"<B", b"<BODY", b"<BR", b"<P", b"<!--",
)  # fmt: skip
_BINARY = frozenset([*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])


def content_type(data: bytes) -> str:
    """Return the content type of ``data`` (its first 512 bytes are looked at)."""
    data = data[:512]
    body = data.lstrip(b"\t\n\x0c\r ")
    upper = body.upper()
    for tag in _HTML:
        if upper.startswith(tag) and upper[len(tag) : len(tag) + 1] in (b" ", b">"):
            return "text/html; charset=utf-8"
    if body.startswith(b"<?xml"):
        return "text/xml; charset=utf-8"
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    # the buffer is looked at whole, trailing zero bytes among it
    if any(byte in _BINARY for byte in body):
        return "application/octet-stream"
    return "text/plain; charset=utf-8"
