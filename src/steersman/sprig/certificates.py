"""Certificates with their keys. Answers to the rest of Sprig's ``crypto.go``.

A key costs more than all else in a render, and charts make authorities that sign nothing in the end: what needs a
new key is made when a template looks at it, and then for the whole family at once, an authority and what it signs.
"""

from __future__ import annotations

from itertools import islice

from steersman.go import errors as go_errors
from steersman.go.base64 import decode_base64
from steersman.go.values import GoStruct, decode, encode
from steersman.record import Record
from steersman.sprig import certificate
from steersman.sprig.context import begin_key, random_bytes, validity_ns
from steersman.sprig.crypto import key_pem, load_key, pem_kind
from steersman.sprig.keys import RSA_2048, KeyInMaking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.sprig.context import Context

_DAY = 86_400  # seconds
_MOST_AT_ONCE = 8  # keys of one family that are being made at the same time


class _Authority(Record):
    """A signing authority: its name as DER, the identifier of its key (or nothing), and the key."""

    subject: bytes
    identifier: bytes
    key: Any


class _Request:
    """A certificate that is asked for.

    Its random parts are drawn at once: they must not depend on when the certificate is made.

    Args:
        context: the render's.
        name: the common name, or ``""``.
        hosts, addresses: alternative names; addresses of 4 or 16 bytes.
        days: how long it is good for.
        is_ca: whether it is an authority's.
        signer: whose key signs it, or None for its own.
        has_key: whether its key is given when it is signed.

    Raises:
        CallError: for what no certificate can have.
    """

    def __init__(
        self,
        context: Context | None,
        name: str,
        hosts: list[str],
        addresses: list[bytes],
        days: int,
        signer: _Authority | Certificate | None,
        *,
        is_ca: bool,
        has_key: bool = False,
    ) -> None:
        self.begin = validity_ns(context) / 1e9
        self.end = self.begin + days * _DAY
        for host in hosts:
            if not host.isascii():
                from steersman.go.quote import quote

                raise go_errors.CallError(
                    f"error creating certificate: x509: {quote(host)} cannot be encoded as an IA5String"
                )
        try:
            certificate.moment(self.end)
        except (ValueError, OverflowError) as err:
            raise go_errors.CallError(f"error creating certificate: {err}") from err
        self.is_named = bool(name)
        self.subject = certificate.name(name)
        self.hosts = hosts
        self.addresses = addresses
        self.is_ca = is_ca
        self.signer = signer
        self.serial = int.from_bytes(random_bytes(context, 16), "big")
        self._make_key = None if has_key else begin_key(context, RSA_2048)
        self._making: KeyInMaking | None = None

    def start(self) -> None:
        """Begin to make the key in the background, unless that has begun or the key is given."""
        if self._making is None and self._make_key is not None:
            self._making = KeyInMaking(self._make_key)

    def key(self) -> Any:
        """Wait for the key that ``start`` has begun, and return it."""
        return None if self._making is None else self._making.result()

    def sign(self, key: Any) -> tuple[bytes, _Authority]:
        """Return the certificate for a key as DER, and what it is as an authority."""
        info = certificate.public_key_info(key)
        own = _Authority(self.subject, certificate.key_identifier(info) if self.is_ca else b"", key)
        signer = self.signer.authority if isinstance(self.signer, Certificate) else self.signer or own
        try:
            made = certificate.certificate(
                serial=self.serial,
                issuer=signer.subject,
                subject=self.subject,
                begin=self.begin,
                end=self.end,
                key_info=info,
                rest=certificate.extensions(
                    is_ca=self.is_ca,
                    is_named=self.is_named,
                    own_key=own.identifier,
                    # go: who signs itself is not named once more
                    authority_key=signer.identifier if signer.subject != self.subject else b"",
                    hosts=self.hosts,
                    addresses=self.addresses,
                ),
                signer=signer.key,
            )
        except (ValueError, TypeError, OverflowError) as err:
            raise go_errors.CallError(f"error creating certificate: {err}") from err
        return made, own


class Certificate(GoStruct):
    """A certificate and its key, as PEM.

    Args:
        cert, key: the texts, where they are there already.
        request: what is to be made otherwise, when it is first looked at.
    """

    __slots__ = ("_authority", "_request", "_texts", "family")
    go_type = "sprig.certificate"

    def __init__(self, cert: str = "", key: str = "", *, request: _Request | None = None) -> None:
        self._request = request
        self._authority: _Authority | None = None
        # what is still to be made of an authority and of what it signs, by identity
        self.family: dict[int, Certificate] = {}
        super().__init__({"Cert": cert, "Key": key})
        if request is not None:
            if isinstance(request.signer, Certificate):
                self.family = request.signer.family
            self.family[id(self)] = self

    def go_copy(self, copy: Callable[[Any], Any]) -> GoStruct:
        """Return a certificate of the same texts."""
        return Certificate(**{name.lower(): text for name, text in self.fields.items()})

    @property
    def fields(self) -> dict[str, Any]:
        """The texts by their Go names."""
        if self._request is not None:
            self._make(self._request)
        return self._texts

    @fields.setter
    def fields(self, texts: dict[str, Any]) -> None:
        self._texts = texts

    @property
    def authority(self) -> _Authority:
        """The authority of this certificate. One made by this process is not parsed again."""
        if self._request is not None:
            self._make(self._request)
        if self._authority is None:
            self._authority = _load_authority(self._texts)
        return self._authority

    @property
    def signs_surely(self) -> bool:
        """Whether signing with it cannot fail: its key is one that is made here."""
        return self._request is not None or self._authority is not None

    def to_json(self) -> dict[str, str]:
        """Return what stands for the pair in JSON."""
        return dict(self.fields)

    def adopt(self, authority: _Authority) -> None:
        """Take over what is known of it as an authority."""
        self._authority = authority

    def _make(self, request: _Request) -> None:
        del self.family[id(self)]
        request.start()
        for other in islice(self.family.values(), _MOST_AT_ONCE - 1):
            if other._request is not None:
                other._request.start()
        key = request.key()
        made, self._authority = request.sign(key)
        self._texts = {"Cert": certificate.pem(made), "Key": certificate.rsa_key_pem(key)}
        self._request = None


def build_custom_cert(cert64: str, key64: str) -> Certificate:
    """Put a certificate and a key together that were given as base64 of PEM."""
    from cryptography.x509 import load_pem_x509_certificate

    cert, problem = decode_base64(cert64)
    if problem:
        raise go_errors.CallError("unable to decode base64 certificate")
    key, problem = decode_base64(key64)
    if problem:
        raise go_errors.CallError("unable to decode base64 private key")
    if not pem_kind(decode(cert)):
        raise go_errors.CallError("unable to decode certificate")
    try:
        load_pem_x509_certificate(cert)
    except ValueError as err:
        raise go_errors.CallError(f"error parsing certificate: decodedCert.Bytes: {err}") from err
    try:
        load_key(decode(key))
    except go_errors.CallError as err:
        raise go_errors.CallError(f"error parsing private key: {err}") from err
    return Certificate(decode(cert), decode(key))


def _given_key(pem: str) -> Any:
    try:
        return load_key(pem)
    except go_errors.CallError as err:
        raise go_errors.CallError(f"parsing private key: {err}") from err


def generate_ca(context: Context | None, name: str, days: int) -> Certificate:
    """Make a certificate authority."""
    return Certificate(request=_Request(context, name, [], [], days, None, is_ca=True))


def generate_ca_with_key(context: Context | None, name: str, days: int, pem: str) -> Certificate:
    """Make a certificate authority for a key."""
    key = _given_key(pem)
    return _for_key(_Request(context, name, [], [], days, None, is_ca=True, has_key=True), key)


def generate_self_signed(context: Context | None, name: str, addresses: Any, names: Any, days: int) -> Certificate:
    """Make a certificate that signs itself."""
    packed, hosts = _addresses(addresses), _host_names(names)
    return Certificate(request=_Request(context, name, hosts, packed, days, None, is_ca=False))


def generate_self_signed_with_key(
    context: Context | None, name: str, addresses: Any, names: Any, days: int, pem: str
) -> Certificate:
    """Make a certificate for a key that signs itself."""
    key = _given_key(pem)
    packed, hosts = _addresses(addresses), _host_names(names)
    return _for_key(_Request(context, name, hosts, packed, days, None, is_ca=False, has_key=True), key)


def generate_signed(
    context: Context | None, name: str, addresses: Any, names: Any, days: int, ca: Certificate
) -> Certificate:
    """Make a certificate signed by an authority."""
    signer = ca if ca.signs_surely else ca.authority
    packed, hosts = _addresses(addresses), _host_names(names)
    made = Certificate(request=_Request(context, name, hosts, packed, days, signer, is_ca=False))
    if signer is not ca:
        # an authority from elsewhere may have a key that cannot sign: that is this call's error
        made.fields  # noqa: B018
    return made


def generate_signed_with_key(
    context: Context | None, name: str, addresses: Any, names: Any, days: int, ca: Certificate, pem: str
) -> Certificate:
    """Make a certificate for a key, signed by an authority."""
    key = _given_key(pem)
    authority = ca.authority
    packed, hosts = _addresses(addresses), _host_names(names)
    return _for_key(_Request(context, name, hosts, packed, days, authority, is_ca=False, has_key=True), key)


def _for_key(request: _Request, key: Any) -> Certificate:
    made, authority = request.sign(key)
    done = Certificate(certificate.pem(made), key_pem(key))
    done.adopt(authority)
    return done


def _load_authority(texts: dict[str, Any]) -> _Authority:
    from cryptography.x509 import ExtensionNotFound, SubjectKeyIdentifier, load_pem_x509_certificate

    if not pem_kind(texts["Cert"]):
        raise go_errors.CallError("unable to decode certificate")
    try:
        authority = load_pem_x509_certificate(encode(texts["Cert"]))
    except ValueError as err:
        raise go_errors.CallError(f"error parsing certificate: decodedSignerCert.Bytes: {err}") from err
    try:
        identifier = authority.extensions.get_extension_for_class(SubjectKeyIdentifier).value.digest
    except ExtensionNotFound:
        identifier = b""
    try:
        return _Authority(authority.subject.public_bytes(), identifier, load_key(texts["Key"]))
    except go_errors.CallError as err:
        raise go_errors.CallError(f"error parsing private key: {err}") from err


def _addresses(values: Any) -> list[bytes]:
    import ipaddress

    from steersman.go.fmt import format_value

    found = []
    for value in values or ():
        if not isinstance(value, str):
            raise go_errors.CallError(f"error parsing ip: {format_value(value)} is not a string")
        try:
            found.append(ipaddress.ip_address(value).packed)
        except ValueError as err:
            raise go_errors.CallError(f"error parsing ip: {value}") from err
    return found


def _host_names(values: Any) -> list[str]:
    from steersman.go.fmt import format_value

    for value in values or ():
        if not isinstance(value, str):
            raise go_errors.CallError(f"error processing alternate dns name: {format_value(value)} is not a string")
    return list(values or ())
