"""Certificates: built as Helm builds them, field for field, and good for those who check them."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import NameOID
from tests.conftest import Run

from steersman.go.errors import CallError
from steersman.sprig import certificates, crypto
from steersman.sprig.certificate import der, integer, moment, oid
from steersman.sprig.keys import KeyInMaking

TEMPLATE = """
{{- $ca := genCA "my ca*" 365 }}
{{- $signed := genSignedCert "host.example" (list "10.0.0.1" "::1") (list "a.example" "b.example") 30 $ca }}
{{- $plain := genSignedCert "plain" nil nil 30 $ca }}
{{- $self := genSelfSignedCert "" nil (list "x") 40000 }}
{{- $ec := genPrivateKey "ecdsa" }}{{ $ecCa := genCAWithKey "ec" 10 $ec }}
{{- $byEc := genSignedCertWithKey "of ec" nil nil 10 $ecCa (genPrivateKey "ecdsa") }}
{{- $ed := genSelfSignedCertWithKey "ed \\u00fc" nil nil 10 (genPrivateKey "ed25519") }}
{{- $given := buildCustomCert ($ca.Cert | b64enc) ($ca.Key | b64enc) }}
{{- $byGiven := genSignedCert "of given" nil nil 10 $given }}
a: {{ $ca.Cert | b64enc }}
b: {{ $signed.Cert | b64enc }}
c: {{ $plain.Cert | b64enc }}
d: {{ $self.Cert | b64enc }}
e: {{ $ecCa.Cert | b64enc }}
f: {{ $byEc.Cert | b64enc }}
g: {{ $ed.Cert | b64enc }}
h: {{ $byGiven.Cert | b64enc }}
"""


def _shape(pem: bytes) -> str:
    """Return the structure of a certificate, without random values and times."""
    text = subprocess.run(["openssl", "asn1parse"], input=pem, capture_output=True, check=True).stdout.decode()
    text = re.sub(r"^ *\d+:d=(\d+) .*?(cons|prim)", r"\1 \2", text, flags=re.M)
    text = re.sub(r"INTEGER +:[0-9A-F]{8,}", "INTEGER of chance", text)
    text = re.sub(r"(UTCTIME|GENERALIZEDTIME) .*", r"\1", text)
    return re.sub(r"(HEX DUMP\]:(?:0414|30168014)).*", r"\1", text)


@pytest.mark.helm
@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to take certificates apart")
def test_certificates_have_the_shape_of_helms(tmp_path: Path, steer: Run, helm: Run) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "templates" / "t.yaml").write_text(TEMPLATE)
    shapes = []
    for run in (steer, helm):
        done = run("template", "r", "c")
        assert done.returncode == 0, done.stderr
        rows = [line.split(": ") for line in done.stdout.splitlines() if line[1:3] == ": "]
        shapes.append({name: _shape(b64decode(text)) for name, text in rows})
    assert len(shapes[1]) == 8
    assert shapes[0] == shapes[1]


def test_a_certificate_is_signed_by_its_authority() -> None:
    ca = certificates.generate_ca(None, "the authority", 365)
    made = certificates.generate_signed(None, "host", ["10.0.0.1"], ["host.example"], 30, ca)
    authority, cert = (x509.load_pem_x509_certificate(c.fields["Cert"].encode()) for c in (ca, made))
    cert.verify_directly_issued_by(authority)
    authority.verify_directly_issued_by(authority)
    assert cert.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "host"
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    named = cert.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert identifier == named
    assert (cert.not_valid_after_utc - cert.not_valid_before_utc).days == 30
    key = crypto.load_key(made.fields["Key"])
    hashed = cert.signature_hash_algorithm
    assert hashed is not None
    cert.public_key().verify(key.sign(b"x", PKCS1v15(), hashed), b"x", PKCS1v15(), hashed)  # type: ignore[union-attr,call-arg,arg-type]


def test_a_certificate_of_given_texts_signs_as_well() -> None:
    ca = certificates.generate_ca(None, "the authority", 365)
    made = certificates.generate_signed(
        None, "host", None, None, 30, certificates.Certificate(ca.fields["Cert"], ca.fields["Key"])
    )
    authority, cert = (x509.load_pem_x509_certificate(c.fields["Cert"].encode()) for c in (ca, made))
    cert.verify_directly_issued_by(authority)


def test_a_key_is_made_when_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[KeyInMaking] = []

    class Watched(KeyInMaking):
        def __init__(self, make: Callable[[], Any]) -> None:
            begun.append(self)
            super().__init__(make)

    monkeypatch.setattr(certificates, "KeyInMaking", Watched)
    ca = certificates.generate_ca(None, "the authority", 365)
    made = [certificates.generate_signed(None, "host", None, None, 30, ca) for _ in range(2)]
    assert begun == []
    assert "BEGIN CERTIFICATE" in ca.fields["Cert"]
    assert len(begun) == 3  # those that it signs are begun with it
    assert len({certificate.fields["Key"] for certificate in (ca, *made)}) == 3
    assert len(begun) == 3


def test_keys_are_used_once() -> None:
    keys = {certificates.generate_ca(None, "a", 1).fields["Key"] for _ in range(3)}
    assert len(keys) == 3


def test_a_name_that_is_not_ascii_is_no_host() -> None:
    with pytest.raises(CallError, match="cannot be encoded as an IA5String"):
        certificates.generate_self_signed(None, "x", None, ["hé.example"], 1)


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        (integer(0), "020100"),
        (integer(127), "02017f"),
        (integer(128), "02020080"),
        (oid("1.2.840.113549.1.1.11"), "06092a864886f70d01010b"),
        (oid("2.5.29.15"), "0603551d0f"),
        (der(0x04, b"x" * 127)[:2], "047f"),
        (der(0x04, b"x" * 128)[:3], "048180"),
        (der(0x04, b"x" * 300)[:4], "0482012c"),
        (moment(0), "170d3730303130313030303030305a"),
        (moment(2524608000), "180f32303530303130313030303030305a"),
    ],
)
def test_der(value: bytes, bytes_: str) -> None:
    assert value.hex() == bytes_
