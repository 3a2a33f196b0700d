"""X.509 certificates as Go's ``x509.CreateCertificate`` writes them, for what Sprig puts into one.

``cryptography`` makes and uses the keys; its own certificate builder costs 45 ms to import, half of what a chart
with a certificate takes. Here is only what has to be written: names, times, six extensions.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_SEQUENCE, _SET = 0x30, 0x31
_SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
_CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"
_PRINTABLE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 '()+,-./:=?")


def der(tag: int, *parts: bytes) -> bytes:
    """Return a DER value: its tag, its length, its parts."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def oid(dotted: str) -> bytes:
    """Return an object identifier."""
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray([first * 40 + second])
    for number in rest:
        piece = [number & 0x7F]
        while number := number >> 7:
            piece.append(0x80 | (number & 0x7F))
        out += bytes(reversed(piece))
    return der(0x06, bytes(out))


def integer(number: int) -> bytes:
    """Return an integer that is not negative."""
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def name(common_name: str) -> bytes:
    """Return a name that is a common name alone, or nothing where that is empty, as Go leaves it out."""
    if not common_name:
        return der(_SEQUENCE)
    # go: a string is printable where it can be, else UTF-8
    tag = 0x13 if _PRINTABLE.issuperset(common_name) else 0x0C
    value = der(tag, common_name.encode("utf-8", "surrogateescape"))
    return der(_SEQUENCE, der(_SET, der(_SEQUENCE, oid("2.5.4.3"), value)))


def moment(seconds: float) -> bytes:
    """Return a time in seconds since the epoch, with two digits for the year where they are enough."""
    from datetime import UTC, datetime, timedelta

    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))
    if 1950 <= when.year < 2050:
        return der(0x17, when.strftime("%y%m%d%H%M%SZ").encode())
    return der(0x18, f"{when.year:04d}{when:%m%d%H%M%S}Z".encode())


def key_identifier(key_info: bytes) -> bytes:
    """Return what stands for a public key: Go takes the first 20 bytes of the SHA-256 of its bits."""
    from hashlib import sha256

    return sha256(_key_bits(key_info)).digest()[:20]


def _key_bits(key_info: bytes) -> bytes:
    """Return the bits of a SubjectPublicKeyInfo: the second part of its sequence, without the count of unused ones."""
    _, body, _ = _split(key_info)
    _, _, rest = _split(body)
    _, bits, _ = _split(rest)
    return bits[1:]


def _split(data: bytes) -> tuple[int, bytes, bytes]:
    """Return the tag and the body of the first DER value in ``data``, and what follows it."""
    start, size = 2, data[1]
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    return data[0], data[start : start + size], data[start + size :]


def _extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    mark = der(0x01, b"\xff") if critical else b""
    return der(_SEQUENCE, oid(dotted), mark, der(0x04, value))


def extensions(
    *,
    is_ca: bool,
    is_named: bool,
    own_key: bytes,
    authority_key: bytes,
    hosts: Sequence[str],
    addresses: Sequence[bytes],
) -> bytes:
    """Return a certificate's extensions in Go's order.

    Args:
        is_ca: whether it is an authority's.
        is_named: whether the subject has a name; if not, the alternative names are critical.
        own_key, authority_key: the identifiers of the keys, or ``b""`` for none.
        hosts, addresses: alternative names, addresses of 4 or 16 bytes.
    """
    # digitalSignature, keyEncipherment and, for an authority, keyCertSign
    usage = der(0x03, b"\x02\xa4" if is_ca else b"\x05\xa0")
    found = [
        _extension("2.5.29.15", usage, critical=True),
        _extension("2.5.29.37", der(_SEQUENCE, oid(_SERVER_AUTH), oid(_CLIENT_AUTH))),
        _extension("2.5.29.19", der(_SEQUENCE, der(0x01, b"\xff") if is_ca else b""), critical=True),
    ]
    if own_key:
        found.append(_extension("2.5.29.14", der(0x04, own_key)))
    if authority_key:
        found.append(_extension("2.5.29.35", der(_SEQUENCE, der(0x80, authority_key))))
    if hosts or addresses:
        names = [der(0x82, host.encode("utf-8", "surrogateescape")) for host in hosts]
        names += [der(0x87, address) for address in addresses]
        found.append(_extension("2.5.29.17", der(_SEQUENCE, *names), critical=not is_named))
    return der(0xA3, der(_SEQUENCE, *found))


def sign(body: bytes, signer: Any) -> tuple[bytes, bytes]:
    """Return the algorithm that a private key signs with, and the signature of ``body``.

    Raises:
        TypeError: for a key of a kind that signs no certificates.
    """
    kind = type(signer).__name__
    if "RSA" in kind:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return der(_SEQUENCE, oid("1.2.840.113549.1.1.11"), der(0x05)), signer.sign(body, PKCS1v15(), SHA256())
    if "Ed25519" in kind:
        return der(_SEQUENCE, oid("1.3.101.112")), signer.sign(body)
    if "EC" in kind or "Elliptic" in kind:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

        # go: the hash goes by the size of the curve
        used: hashes.SHA256 | hashes.SHA384 | hashes.SHA512
        if signer.key_size <= 256:
            number, used = 2, hashes.SHA256()
        elif signer.key_size <= 384:
            number, used = 3, hashes.SHA384()
        else:
            number, used = 4, hashes.SHA512()
        return der(_SEQUENCE, oid(f"1.2.840.10045.4.3.{number}")), signer.sign(body, ECDSA(used))
    raise TypeError("x509: only RSA, ECDSA, Ed25519, and MLDSA keys supported")


def certificate(
    *, serial: int, issuer: bytes, subject: bytes, begin: float, end: float, key_info: bytes, rest: bytes, signer: Any
) -> bytes:
    """Return a signed certificate as DER.

    Args:
        serial: its number.
        issuer, subject: names, as DER.
        begin, end: seconds since the epoch.
        key_info: the public key, a SubjectPublicKeyInfo.
        rest: the extensions.
        signer: the private key of the issuer.
    """

    def body(algorithm: bytes) -> bytes:
        validity = der(_SEQUENCE, moment(begin), moment(end))
        version = der(0xA0, integer(2))
        parts = (version, integer(serial), algorithm, issuer, validity, subject, key_info, rest)
        return der(_SEQUENCE, *parts)

    algorithm, _ = sign(b"", signer)
    signed = body(algorithm)
    return der(_SEQUENCE, signed, algorithm, der(0x03, b"\0", sign(signed, signer)[1]))


def pem(data: bytes) -> str:
    """Return a certificate as PEM, in lines of 64 characters."""
    from binascii import b2a_base64

    text = b2a_base64(data, newline=False).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
