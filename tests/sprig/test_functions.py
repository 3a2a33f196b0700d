"""The function library: results and errors, as a real Helm 4.3.1 gives them (``cases.jsonl``)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run

from steersman.gotemplate import ExecError, TemplateSet
from steersman.gotemplate.table import Function
from steersman.sprig import FUNCTIONS

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()]
VALUES: dict[str, Any] = {
    "big": 12345678901.0,
    "l": [1.0, "two", 3.5, True, None],
    "li": [3.0, 1.0, 2.0],
    "m": {"b": 2.0, "a": 1.0, "c": {"d": "deep"}},
    "uni": "héllo ✓ 日本",
}


def render(text: str) -> str:
    templates = TemplateSet(FUNCTIONS)
    templates.parse("t", text)
    return templates.execute("t", {"Values": VALUES})


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_function_of_the_table_exists(name: str) -> None:
    assert callable(Function(name, *FUNCTIONS[name]).resolve())


@pytest.mark.parametrize("case", CASES, ids=[case["template"] for case in CASES])
def test_function_does_as_in_helm(case: dict[str, str]) -> None:
    if "writes" in case:
        assert render(case["template"]) == case["writes"]
        return
    with pytest.raises(ExecError) as caught:
        render(case["template"])
    assert str(caught.value) == case["error"]


def test_random_text_is_of_the_length_and_alphabet_asked_for() -> None:
    assert render("{{ regexMatch `^[0-9]{20}$` (randNumeric 20) }}{{ len (randAlphaNum 7) }}") == "true7"
    assert render("{{ regexMatch `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]` uuidv4 }}") == "true"


def test_encrypted_text_can_be_read_again() -> None:
    assert render('{{ encryptAES "key" "plain" | decryptAES "key" }}') == "plain"


def test_certificates_are_signed_by_their_authority() -> None:
    from cryptography import x509

    text = (
        '{{ $ca := genCA "ca" 10 }}{{ $c := genSignedCert "me" (list "10.0.0.1") (list "a.b") 5 $ca }}'
        "{{ $ca.Cert }}|{{ $c.Cert }}|{{ $c.Key }}"
    )
    ca_pem, cert_pem, key_pem = render(text).split("|")
    ca, cert = (x509.load_pem_x509_certificate(pem.encode()) for pem in (ca_pem, cert_pem))
    cert.verify_directly_issued_by(ca)
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.b"]
    assert key_pem.startswith("-----BEGIN RSA PRIVATE KEY-----")


def test_password_hashes_can_be_checked() -> None:
    import bcrypt

    user, _, hashed = render('{{ htpasswd "ann" "secret" }}').partition(":")
    assert user == "ann"
    assert bcrypt.checkpw(b"secret", hashed.encode())


@pytest.mark.helm
def test_odd_layouts(tmp_path: Path, steer: Run, helm: Run) -> None:
    given = [
        *(("05.}}999", "07.5"), ("05.x.000", "07.5"), ("05.000", "07.5"), ("05,", "07,25"), ("06-1-2", "-3-1-2")),
        *(("06", "+7"), ("06", "x1"), ("06", "7"), ("03PMPM2", "07PMAM30"), ("03PMPM2", "07AMPM30"), ("03PM", "12AM")),
    ]
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    rows = (f'a{at}: {{{{ toDate "{layout}" "{text}" | toString }}}}\n' for at, (layout, text) in enumerate(given))
    (chart / "templates" / "t.yaml").write_text("".join(rows))
    ours, theirs = (run("template", "r", str(chart)) for run in (steer, helm))
    assert theirs.stdout.count("\na") == len(given)
    assert ours.stdout == theirs.stdout
    for layout, text in given[:2] + given[4:5]:
        (chart / "templates" / "t.yaml").write_text(f'a: {{{{ mustToDate "{layout}" "{text}" }}}}\n')
        ours, theirs = (run("template", "r", str(chart)) for run in (steer, helm))
        assert theirs.stderr.count("cannot parse") == (1 if text != "-3-1-2" else 0)
        assert (ours.stdout, ours.stderr) == (theirs.stdout, theirs.stderr)
