"""``--seed``: equal seeds give equal renders, and every function that is not settled by its arguments is covered."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

import steersman
from steersman.engine.functions import function_table
from steersman.sprig.crypto import load_key
from steersman.sprig.keys import DSA, ECDSA, ED25519, RSA_2048, RSA_4096
from steersman.sprig.seeded_keys import seeded_key
from tests.conftest import Run
from tests.insight.charts import write_chart
from tests.recording.impure import CALLS, STEADY, chart_of, text_of


@pytest.mark.parametrize("name", CALLS)
def test_a_seed_fixes_the_function(tmp_path: Path, name: str) -> None:
    chart = chart_of(tmp_path / "c", name)
    first = text_of(chart, seed="one")
    assert first == text_of(chart, seed="one")
    if name not in STEADY:
        assert text_of(chart) != text_of(chart)
        assert first not in (text_of(chart), text_of(chart))
    if name not in STEADY and "now" not in name and "date" not in name and name != "Local":
        assert first != text_of(chart, seed="two")


def test_no_bound_function_is_left_out() -> None:
    bound = {name for name, row in function_table().items() if row[1].startswith("bound")}
    called = set(re.findall(r"\w+", " ".join(CALLS.values())))
    aliases = {"date_in_zone"}
    settled = {"include", "tpl", "required", "fail", "set", "unset", "merge", "mergeOverwrite", "mustMerge"}
    settled |= {"mustMergeOverwrite", "htmlDateInZone"}
    elsewhere = {"lookup", "getHostByName"}
    assert bound - called - aliases - settled - elsewhere == set()


def test_a_seed_keeps_its_secrets(tmp_path: Path) -> None:
    # what a seed has given must stay: a release would lose its passwords
    lines = text_of(chart_of(tmp_path / "c", *CALLS), seed="steady").splitlines()
    found = {line.partition(":")[0].strip(): hashlib.sha256(line.encode()).hexdigest()[:12] for line in lines[6:]}
    assert found == KEPT


def test_a_time_after_the_year_9999_is_refused(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "c", t="a: {{ now }}\n")
    done = own("template", "c", "--seed", "s", env={"SOURCE_DATE_EPOCH": "253402300799"})
    assert done.returncode == 0 and "9999-12-31" in done.stdout
    done = own("template", "c", "--seed", "s", env={"SOURCE_DATE_EPOCH": "9223372036854775807"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: invalid SOURCE_DATE_EPOCH: with --seed it is the time of the render, in the year 9999 at most\n"
    )


def test_each_release_and_each_template_has_its_own_secrets(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ randAlphaNum 20 }}}\n"
    chart = write_chart(tmp_path / "c", one=text, two=text)
    renders = [text_of(chart, seed="s", **more) for more in ({}, {"name": "other"}, {"namespace": "other"})]
    found = re.findall(r"a: (\w{20})", "".join(renders))
    assert len(found) == len(set(found)) == 6
    (chart / "templates" / "one.yaml").write_text("{{ $_ := randAlphaNum 3 }}" + text)
    changed = re.findall(r"a: (\w{20})", text_of(chart, seed="s"))
    assert [now == then for now, then in zip(changed, found)] == [False, True]


def test_the_command_takes_its_clock_from_the_variable(own: Run, steer: Run, tmp_path: Path) -> None:
    write_chart(
        tmp_path / "c",
        a='kind: A\na: {{ now | date "2006-01-02" }}\nb: {{ (genCA "x" 1).Cert | b64enc }}\nc: {{ uuidv4 }}\n',
    )
    first = own("template", "c", "--seed", "x")
    assert "a: 2020-01-01\n" in first.stdout
    assert first.stderr == (
        'level=WARN msg="certificates begin on 2020-01-01, because the seed comes without a time (SOURCE_DATE_EPOCH)"\n'
    )
    assert steer("template", "c", "--seed", "x", env={"TZ": "Asia/Tokyo"}).stdout == first.stdout
    later = own("template", "c", "--seed", "x", env={"SOURCE_DATE_EPOCH": "1750000000"})
    assert (later.stderr, "a: 2025-06-15\n" in later.stdout) == ("", True)
    assert later.stdout.splitlines()[-1] == first.stdout.splitlines()[-1]
    bad = own("template", "c", "--seed", "x", env={"SOURCE_DATE_EPOCH": "soon"})
    assert "invalid SOURCE_DATE_EPOCH" in bad.stderr


def test_a_recorded_render_draws_the_same(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "c", values="n: 9\n", a="kind: A\na: {{ randAlphaNum .Values.n }}\n")
    plain = own("template", "c", "--seed", "x", "--no-values-check", "--set", "n=9").stdout
    assert own("template", "c", "--seed", "x", "--set", "n=9").stdout == plain
    assert own("template", "c", "--seed", "x", "--source-map", "m.json").stdout == plain


def test_the_library_takes_a_time(tmp_path: Path) -> None:
    chart = steersman.load(write_chart(tmp_path / "c", a="kind: A\na: {{ now | unixEpoch }}\n"))
    moment = datetime(2024, 5, 6, tzinfo=UTC)
    for seed in ("", "x"):
        assert f"a: {int(moment.timestamp())}\n" in chart.render(now=moment, seed=seed).text
    assert "a: 1577836800\n" in chart.render(seed="x").text


@pytest.mark.parametrize("kind", [RSA_2048, RSA_4096, DSA, ECDSA, ED25519])
def test_keys_of_a_seed_are_sound(kind: str) -> None:
    drawn = [0]

    def read(count: int) -> bytes:
        drawn[0] += 1
        return hashlib.shake_256(b"%d" % drawn[0]).digest(count)

    key = seeded_key(kind, read)
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    again = load_key(pem)  # OpenSSL checks an RSA key when it reads one
    if kind.startswith("rsa"):
        numbers = again.private_numbers()
        assert numbers.public_numbers.n.bit_length() == again.key_size == int(kind[4:])
        assert pow(pow(5, numbers.d, numbers.public_numbers.n), 65537, numbers.public_numbers.n) == 5
    if kind == DSA:
        from cryptography.hazmat.primitives.hashes import SHA256

        parameters = again.private_numbers().public_numbers.parameter_numbers
        assert (parameters.p.bit_length(), parameters.q.bit_length()) == (2048, 256)
        assert (parameters.p - 1) % parameters.q == 0 and pow(parameters.g, parameters.q, parameters.p) == 1
        again.public_key().verify(again.sign(b"x", SHA256()), b"x", SHA256())


def test_certificates_of_a_seed_are_sound(tmp_path: Path) -> None:
    rows = "\n".join(
        f"{name}: {{{{ {call} | b64enc }}}}"
        for name, call in (("ca", "$ca.Cert"), ("cert", "$cert.Cert"), ("key", "$cert.Key"))
    )
    chart = write_chart(
        tmp_path / "c",
        a='{{- $ca := genCA "ca" 10 }}{{ $cert := genSignedCert "x" nil (list "a.b") 5 $ca }}kind: A\n' + rows + "\n",
    )
    text = steersman.load(chart).render(seed="s").text
    from base64 import b64decode

    found = {name: b64decode(row) for name, row in re.findall(r"^(ca|cert|key): (\S+)$", text, re.MULTILINE)}
    authority, cert = (x509.load_pem_x509_certificate(found[name]) for name in ("ca", "cert"))
    cert.verify_directly_issued_by(authority)
    assert load_key(found["key"].decode()).public_key() == cert.public_key()
    assert cert.not_valid_before_utc == datetime(2020, 1, 1, tzinfo=UTC)


def test_the_lookups_of_the_library(tmp_path: Path) -> None:
    text = 'kind: A\na: {{ (lookup "v1" "Secret" "default" "s").data.a }}\n'
    chart = steersman.load(write_chart(tmp_path / "c", a=text))
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "found"}}
    import json

    (tmp_path / "s.json").write_text(json.dumps(secret))
    for given in (tmp_path / "s.json", str(tmp_path / "s.json"), [secret], lambda *_words: secret):
        assert "a: found\n" in chart.render(lookup=given).text  # type: ignore[arg-type]
    with pytest.raises(steersman.Error, match=r"lookup\[0\] is not a Kubernetes object: it has no apiVersion"):
        chart.render(lookup=[{}])


KEPT = {
    "randAlphaNum": "3ddc6ab6c2fe",
    "randAlpha": "8299dc4875fa",
    "randAscii": "07809458f652",
    "randNumeric": "bb668a71578f",
    "randInt": "7337ead6e4b0",
    "randBytes": "e3d32faaf43a",
    "shuffle": "f4b1d2ff6dd1",
    "uuidv4": "b697fbd838be",
    "now": "f88003276d1b",
    "now-in-the-local-zone": "166d7cfb51ad",
    "date": "3457b32fa699",
    "date-in-winter": "beeb520903ee",
    "dateInZone": "1d808ea09b38",
    "htmlDate": "8820c142216b",
    "toDate": "6409fb73a24b",
    "Local": "e0ef82fc3031",
    "ago": "47edaccf2291",
    "durationRound": "763a789f7c7a",
    "bcrypt": "8c51d7643b6b",
    "htpasswd": "433699b26763",
    "encryptAES": "88aab819a82f",
    "genPrivateKey-rsa": "287d219e5095",
    "genPrivateKey-dsa": "c2aa1f72e331",
    "genPrivateKey-ecdsa": "7feeb86f3b96",
    "genPrivateKey-ed25519": "72c187595798",
    "genCA": "9d4f44ea02af",
    "genCA-key": "d0e8bf2e8458",
    "genCAWithKey": "6b58bed4c10c",
    "genSelfSignedCert": "64b04d27f346",
    "genSelfSignedCertWithKey": "1ae7448aa6e0",
    "genSignedCert": "7ba27468427e",
    "genSignedCertWithKey": "724de3e422d2",
}
