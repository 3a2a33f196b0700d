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


def algorithm(signer: Any) -> bytes:
    """Return the identifier of the algorithm that a private key signs with.

    Raises:
        TypeError: for a key of a kind that signs no certificates.
    """
    kind = type(signer).__name__
    if "RSA" in kind:
        return der(_SEQUENCE, oid("1.2.840.113549.1.1.11"), der(0x05))
    if "Ed25519" in kind:
        return der(_SEQUENCE, oid("1.3.101.112"))
    if _is_on_curve(kind):
        # go: the hash goes by the size of the curve
        number = 2 if signer.key_size <= 256 else 3 if signer.key_size <= 384 else 4
        return der(_SEQUENCE, oid(f"1.2.840.10045.4.3.{number}"))
    raise TypeError("x509: only RSA, ECDSA, Ed25519, and MLDSA keys supported")


def signature(body: bytes, signer: Any) -> bytes:
    """Return the signature of ``body`` by a key that ``algorithm`` knows."""
    kind = type(signer).__name__
    signed: bytes
    if "RSA" in kind:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        signed = signer.sign(body, PKCS1v15(), SHA256())
    elif _is_on_curve(kind):
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

        size = signer.key_size
        used = hashes.SHA256() if size <= 256 else hashes.SHA384() if size <= 384 else hashes.SHA512()
        try:
            # RFC 6979: with a random nonce, a render with a seed would not be the same twice
            signed = signer.sign(body, ECDSA(used, deterministic_signing=True))
        except UnsupportedAlgorithm:  # OpenSSL before 3.2
            signed = signer.sign(body, ECDSA(used))
    else:
        signed = signer.sign(body)
    return signed


def _is_on_curve(kind: str) -> bool:
    return "EC" in kind or "Elliptic" in kind


def public_key_info(key: Any) -> bytes:
    """Return the public part of a private key as a SubjectPublicKeyInfo."""
    if "RSA" in type(key).__name__:
        numbers = key.public_key().public_numbers()
        bits = der(_SEQUENCE, integer(numbers.n), integer(numbers.e))
        kind = der(_SEQUENCE, oid("1.2.840.113549.1.1.1"), der(0x05))
        return der(_SEQUENCE, kind, der(0x03, b"\0", bits))
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    info: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return info


def rsa_key_pem(key: Any) -> str:
    """Return an RSA key as PEM, in PKCS #1's form: writing it so costs less than to import what else would."""
    secret = key.private_numbers()
    public = secret.public_numbers
    numbers = (0, public.n, public.e, secret.d, secret.p, secret.q, secret.dmp1, secret.dmq1, secret.iqmp)
    return pem(der(_SEQUENCE, *map(integer, numbers)), "RSA PRIVATE KEY")


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

    kind = algorithm(signer)
    validity = der(_SEQUENCE, moment(begin), moment(end))
    version = der(0xA0, integer(2))
    body = der(_SEQUENCE, version, integer(serial), kind, issuer, validity, subject, key_info, rest)
    return der(_SEQUENCE, body, kind, der(0x03, b"\0", signature(body, signer)))


def pem(data: bytes, kind: str = "CERTIFICATE") -> str:
    """Return DER as PEM, in lines of 64 characters."""
    from binascii import b2a_base64

    text = b2a_base64(data, newline=False).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"
