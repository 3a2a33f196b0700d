"""OpenPGP's clear-signed text (RFC 9580, section 7) to what was signed and the signature, and back.

Answers to go-crypto's ``clearsign``. Nothing is verified here.
"""

from __future__ import annotations

from steersman.errors import ChartError
from steersman.record import Record

_BEGIN = b"-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_END = b"-----END PGP SIGNATURE-----"
_HASHES = (b"MD5", b"SHA1", b"RIPEMD160", b"SHA224", b"SHA256", b"SHA384", b"SHA512", b"SHA3-256", b"SHA3-512")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class Block(Record):
    """A clear-signed text.

    Attributes:
        plaintext: the text, lines ended by a newline.
        signed: the bytes that the signature is over.
        signature: the signature packets.
    """

    plaintext: bytes
    signed: bytes
    signature: bytes


def decode(data: bytes) -> Block | None:
    """Return the first clear-signed text in ``data``, or None.

    Raises:
        ChartError: for an armor that is not base64, with Go's message.
    """
    at = 0 if data.startswith(_BEGIN) else data.find(b"\n" + _BEGIN) + 1
    if not data[at:].startswith(_BEGIN):
        return None
    lines = data[at:].split(b"\n")
    if lines[0].rstrip(b"\r") != _BEGIN:
        return None
    row = 1
    while row < len(lines) and lines[row].strip():  # the armor's headers
        if not _is_hash(lines[row]):
            return None
        row += 1
    row += 1
    text: list[bytes] = []
    while row < len(lines) and lines[row].rstrip(b"\r") != _SIGNATURE:
        line = lines[row].removesuffix(b"\r")
        text.append(line.removeprefix(b"- ").rstrip(b" \t"))
        row += 1
    armor = lines[row + 1 :]
    if row >= len(lines) or not any(line.startswith(_END) for line in armor):
        return None
    signature = dearmor(armor)
    if signature is None:
        return None
    return Block(b"".join(line + b"\n" for line in text), b"\r\n".join(text), signature)


def _is_hash(line: bytes) -> bool:
    # go: no other header is allowed, nor a hash that is not known
    key, colon, value = line.partition(b":")
    return bool(colon) and key.strip() == b"Hash" and all(name.strip().upper() in _HASHES for name in value.split(b","))


def dearmor(lines: list[bytes]) -> bytes | None:
    """Return what the lines of an armor (those after its first) hold, or None where they are none.

    Raises:
        ChartError: for anything that is not base64, with Go's message.
    """
    import binascii

    body: list[bytes] = []
    is_head = True
    for line in lines:
        line = line.strip()
        if line.startswith(b"-----END PGP "):
            break
        if is_head:
            if line and b":" not in line:
                return None  # go: an empty line is between the headers and the rest
            is_head = bool(line)
            continue
        if line.startswith(b"="):
            continue  # the checksum, which RFC 9580 tells to ignore
        body.append(line)
    else:
        return None
    text = b"".join(body)
    wrong = text.rstrip(b"=").translate(None, _BASE64)
    if wrong:
        # go: counted from where its reader was, which reads four by four
        raise ChartError(f"illegal base64 data at input byte {text.index(wrong[:1]) % 4}")
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        raise ChartError("unexpected EOF") from None


def signed_bytes(text: bytes) -> bytes:
    """Return what a signature of ``text`` is over: lines without blanks at their ends, joined by CR LF."""
    return b"\r\n".join(line.rstrip(b" \t\r") for line in _lines(text))


def encode(text: bytes, signature: bytes) -> bytes:
    """Return the clear-signed text; ``signature`` are the signature packets, made with SHA-512."""
    import binascii

    lines = [b"- " + line if line.startswith(b"-") else line for line in _lines(text)]
    encoded = binascii.b2a_base64(signature, newline=False)
    armored = [encoded[i : i + 64] for i in range(0, len(encoded), 64)]
    checksum = binascii.b2a_base64(_crc24(signature).to_bytes(3, "big"), newline=False)
    return b"\n".join([_BEGIN, b"Hash: SHA512", b"", *lines, _SIGNATURE, b"", *armored, b"=" + checksum, _END])


def _lines(text: bytes) -> list[bytes]:
    # go: a newline at the end belongs to the text, and is followed by one that does not (test_texts_end_as_helms)
    return text.split(b"\n")


def _crc24(data: bytes) -> int:
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc & 0xFFFFFF
