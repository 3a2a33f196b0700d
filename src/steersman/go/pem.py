"""PEM files of certificates and keys as Go reads them, and its words for what is wrong with them.

Answers to ``encoding/pem`` and to ``tls.X509KeyPair``. Nothing here asks for a passphrase.
"""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN, _END, _DASHES = "-----BEGIN ", "-----END ", "-----"
_CERTIFICATE, _KEY = "CERTIFICATE", "PRIVATE KEY"


class Block(Record):
    """A block between ``BEGIN`` and ``END``: its type, its bytes, and whether it has headers."""

    kind: str
    data: bytes
    has_headers: bool = False
    is_encrypted: bool = False


def blocks(data: bytes) -> list[Block]:
    """Return the blocks of a PEM file; what is broken is passed over, as Go does."""
    out: list[Block] = []
    kind = ""
    body: list[str] = []
    for line in data.decode("latin-1").split("\n"):
        line = line.rstrip(" \t\r")
        if line.startswith(_BEGIN) and line.endswith(_DASHES):
            kind, body = line[len(_BEGIN) : -len(_DASHES)], []
        elif kind and line == f"{_END}{kind}{_DASHES}":
            block = _block(kind, body)
            out += [] if block is None else [block]
            kind = ""
        elif kind:
            body.append(line)
    return out


def _block(kind: str, lines: list[str]) -> Block | None:
    import binascii

    headers = []
    while lines and ":" in lines[0]:
        headers.append(lines.pop(0))
    is_encrypted = kind == "ENCRYPTED PRIVATE KEY" or any("ENCRYPTED" in header for header in headers)
    try:
        data = binascii.a2b_base64("".join(lines).replace(" ", ""), strict_mode=True)
    except ValueError:
        return None
    return Block(kind, data, bool(headers), is_encrypted)


def authorities(data: bytes) -> Iterator[bytes]:
    """Yield the certificates (DER) of a file that can be used: those that Go takes into a pool."""
    for block in blocks(data):
        if block.kind == _CERTIFICATE and not block.has_headers and _is_certificate(block.data):
            yield block.data


def _is_certificate(der: bytes) -> bool:
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except (ssl.SSLError, ValueError):
        return False
    return True


def pem_problem(certificate: bytes, key: bytes) -> str:
    """Say in Go's words what is missing in a certificate's file or in its key's; ``""`` when nothing is.

    # go: the message names the skipped blocks (test_certificates_and_keys_that_do_not_fit)
    """
    found = [block.kind for block in blocks(certificate)]
    if _CERTIFICATE not in found:
        if not found:
            return "tls: failed to find any PEM data in certificate input"
        if len(found) == 1 and found[0].endswith(_KEY):
            return (
                "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
                "PEM inputs may have been switched"
            )
        return (
            'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the '
            f"following types: [{' '.join(found)}]"
        )
    found = [block.kind for block in blocks(key)]
    if any(_is_key(kind) for kind in found):
        return ""
    if not found:
        return "tls: failed to find any PEM data in key input"
    if found == [_CERTIFICATE]:
        return "tls: found a certificate rather than a key in the PEM for the private key"
    return (
        'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of '
        f"the following types: [{' '.join(found)}]"
    )


def _is_key(kind: str) -> bool:
    return kind == _KEY or kind.endswith(f" {_KEY}")


def pair_problem(certificate: bytes, key: bytes) -> str:
    """Say why a certificate and its key, which were refused, do not match."""
    problem = pem_problem(certificate, key)
    if problem:
        return problem
    leaf = next(block.data for block in blocks(certificate) if block.kind == _CERTIFICATE)
    if not _is_certificate(leaf):
        return "x509: malformed certificate"
    private = next(block for block in blocks(key) if _is_key(block.kind))
    if private.is_encrypted:
        return "tls: failed to parse private key: it is encrypted, and there is no way to give its passphrase"
    return _key_problem(leaf, private.data)


def _key_problem(leaf: bytes, key: bytes) -> str:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    try:
        own = load_der_private_key(key, None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "tls: failed to parse private key"
    try:
        public = x509.load_der_x509_certificate(leaf).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "x509: malformed certificate"
    if type(own) is not type(public):
        return "tls: private key type does not match public key type"
    if own != public:
        return "tls: private key does not match public key"
    return "tls: failed to read the blocks next to the certificate, or their headers"
