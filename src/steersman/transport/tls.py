"""Trust and client certificates: TLS options to an ``ssl`` context.

Also says in Go's words (``crypto/tls``, ``crypto/x509``) why a handshake failed.
"""

from __future__ import annotations

from steersman.errors import TransportError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

    from cryptography import x509

_NO_CONFIG = "can't create TLS config for client"


class TlsOptions(Record):
    """Certificates as files or as PEM bytes; bytes win over files.

    Attributes:
        ca_file, ca_data: whom to trust instead of the system's authorities.
        cert_file, key_file, cert_data, key_data: the client's certificate.
        insecure: accept any certificate.
        server_name: the name the certificate must have, instead of the URL's host.
        alpn: protocols to offer.
    """

    ca_file: str = ""
    ca_data: bytes = b""
    cert_file: str = ""
    key_file: str = ""
    cert_data: bytes = b""
    key_data: bytes = b""
    insecure: bool = False
    server_name: str = ""
    alpn: tuple[str, ...] = ("http/1.1",)


def make_context(options: TlsOptions) -> ssl.SSLContext:
    """Make the context of all connections under ``options``.

    Raises:
        TransportError: when a certificate or key cannot be read or used.
    """
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(list(options.alpn))
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    # go: a certificate is for its alternative names, never for its common name (test_a_common_name_is_not_enough)
    context.hostname_checks_common_name = False
    # go: x509 has no "strict" mode; certificates without an authority key id are accepted
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    try:
        if options.ca_data or options.ca_file:
            _load_authorities(context, options)
        elif not options.insecure:
            context.load_default_certs()
    except (OSError, ValueError) as error:
        is_read = options.ca_data or isinstance(error, ssl.SSLError)
        reason = "unable to parse bytes as PEM block" if is_read else _reason(error, options.ca_file)
        raise TransportError(f"unable to load root certificates: {reason}") from error
    try:
        _load_client_certificate(context, options)
    except (OSError, ValueError) as error:
        raise TransportError(_pair_problem(options, error)) from error
    return context


def _load_authorities(context: ssl.SSLContext, options: TlsOptions) -> None:
    import ssl

    try:
        context.load_verify_locations(
            cafile=None if options.ca_data else options.ca_file,
            cadata=options.ca_data.decode("ascii", "replace") if options.ca_data else None,
        )
    except ssl.SSLError:
        # go: what is broken among good certificates is passed over (test_certificates_and_keys_that_do_not_fit)
        from steersman.go.pem import authorities

        good = list(authorities(options.ca_data or _read(options.ca_file)))
        if not good:
            raise
        context.load_verify_locations(cadata=b"".join(good))


def _pair_problem(options: TlsOptions, error: OSError | ValueError) -> str:
    from steersman.go.pem import pair_problem

    try:
        certificate = options.cert_data or _read(options.cert_file)
        key = options.key_data or _read(options.key_file or options.cert_file)
    except OSError:
        return f"tls: {_reason(error, options.cert_file)}"
    return pair_problem(certificate, key)


def check_files(options: TlsOptions) -> TlsOptions:
    """Return ``options`` without those of its files that are empty; one that cannot be read or used raises.

    Raises:
        TransportError: with Helm's message.
    """
    from steersman.record import replace

    certificate = key = authority = b""
    if options.cert_file or options.key_file:
        certificate = _readable("unable to read cert", options.cert_file)
        key = _readable("unable to read key", options.key_file)
    if options.ca_file:
        authority = _readable("can't read CA", options.ca_file)
    # helm: an empty file says nothing (test_certificates_and_keys_that_do_not_fit)
    is_pair = bool(certificate and key)
    if is_pair:
        _check_pair(options, certificate, key)
    if authority:
        from steersman.go.pem import authorities

        if next(authorities(authority), None) is None:
            raise TransportError(f"{_NO_CONFIG}: failed to append certificates from pem block")
    return replace(
        options,
        cert_file=options.cert_file if is_pair else "",
        key_file=options.key_file if is_pair else "",
        ca_file=options.ca_file if authority else "",
    )


def _readable(what: str, path: str) -> bytes:
    from steersman.go.quote import quote

    try:
        return _read(path)
    except OSError as error:
        raise TransportError(f"{_NO_CONFIG}: {what} file: {quote(path)}: {_reason(error, path)}") from error


def _check_pair(options: TlsOptions, certificate: bytes, key: bytes) -> None:
    import ssl

    from steersman.go.pem import pair_problem, pem_problem

    problem = pem_problem(certificate, key)
    cause: Exception | None = None
    if not problem:
        try:
            _load_pair(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), options.cert_file, options.key_file)
        except (OSError, ValueError) as error:
            problem, cause = pair_problem(certificate, key), error
    if problem:
        raise TransportError(f"{_NO_CONFIG}: unable to load cert from key pair: {problem}") from cause


def _load_pair(context: ssl.SSLContext, cert: str, key: str) -> None:
    # a passphrase is never asked for: whoever waits for a command does not see OpenSSL's question
    context.load_cert_chain(cert, key or None, password=b"")


def explain(error: ssl.SSLError, host: str) -> str:
    """Say why a handshake failed, as Go says it."""
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return f"tls: failed to verify certificate: x509: {_verification(error, host)}"
    reason = error.reason or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return PLAIN_HTTP
    if reason == "UNEXPECTED_EOF_WHILE_READING":
        return "EOF"
    if "ALERT" in reason:
        alert = reason.split("ALERT_")[-1].lower().replace("_", " ")
        return f"remote error: tls: {_ALERTS.get(alert, alert)}"
    return f"tls: {(reason or str(error)).lower().replace('_', ' ')}"


_ALERTS = {
    "certificate required": "certificate required",
    "bad certificate": "bad certificate",
    "unknown ca": "unknown certificate authority",
    "handshake failure": "handshake failure",
    "protocol version": "protocol version not supported",
    "unrecognized name": "unrecognized name",
}

PLAIN_HTTP = "http: server gave HTTP response to HTTPS client"
NO_TLS = "tls: first record does not look like a TLS handshake"

# OpenSSL's X509_V_ERR_* codes
NAME_MISMATCH = (62, 64)
_EXPIRED, _NOT_YET_VALID = 10, 9
_UNKNOWN_AUTHORITY = (2, 18, 19, 20, 21)
_MANY = 100  # names that are counted instead of listed; Go's number


def mismatch(certificate: bytes, host: str) -> str:
    """Say which names a certificate (DER) has, for a host that is not among them; Go's ``HostnameError``."""
    from cryptography import x509

    from steersman.go.net import address_of

    address = address_of(host)
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        if _is_common_name(parsed, host):
            return "certificate relies on legacy Common Name field, use SANs instead"
        names = None
    except ValueError:
        names = None
    if address is None:
        return names_text(names.get_values_for_type(x509.DNSName) if names else [], host)
    addresses = [str(found) for found in names.get_values_for_type(x509.IPAddress)] if names else []
    if not addresses:
        return f"cannot validate certificate for {host} because it doesn't contain any IP SANs"
    return names_text(addresses, host, "IP SANs")


def _is_common_name(certificate: x509.Certificate, host: str) -> bool:
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    pattern = str(names[-1].value).lower().split(".") if names else []
    parts = host.lower().removesuffix(".").split(".")
    pattern[:1] = parts[:1] if pattern[:1] == ["*"] else pattern[:1]
    return bool(host) and pattern == parts


def names_text(names: list[str], host: str, kind: str = "names") -> str:
    """Word a mismatch of names as Go's ``x509.HostnameError``."""
    if not names:
        return f"certificate is not valid for any names, but wanted to match {host}"
    if len(names) >= _MANY:
        return f"certificate is valid for {len(names)} {kind}, but none matched {host}"
    return f"certificate is valid for {', '.join(names)}, not {host}"


def _verification(error: ssl.SSLCertVerificationError, host: str) -> str:
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return "certificate signed by unknown authority"
    if error.verify_code in (_EXPIRED, _NOT_YET_VALID):
        return "certificate has expired or is not yet valid"
    if error.verify_code in NAME_MISMATCH:
        return names_text([], host)
    return error.verify_message.lower()


def _load_client_certificate(context: ssl.SSLContext, options: TlsOptions) -> None:
    if not (options.cert_data or options.cert_file):
        return
    if not (options.cert_data or options.key_data):
        _load_pair(context, options.cert_file, options.key_file)
        return
    import os
    import tempfile

    # ssl takes certificates from files only; the key is readable by this user and gone at once
    with tempfile.TemporaryDirectory(prefix="steer-") as folder:
        cert, key = os.path.join(folder, "cert"), os.path.join(folder, "key")
        _write_private(cert, options.cert_data or _read(options.cert_file))
        _write_private(key, options.key_data or _read(options.key_file))
        _load_pair(context, cert, key)


def _write_private(path: str, data: bytes) -> None:
    import os

    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _reason(error: Exception, path: str) -> str:
    """Say why a file could not be read, as Go does."""
    if isinstance(error, IsADirectoryError):
        return f"read {path}: is a directory"
    strerror = error.strerror if isinstance(error, OSError) else ""
    return f"open {path}: {strerror.lower()}" if strerror else str(error)
