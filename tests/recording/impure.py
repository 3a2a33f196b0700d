"""An expression for each template function whose result is not settled by its arguments."""

from __future__ import annotations

from pathlib import Path

import steersman
from tests.insight.charts import write_chart

CALLS = {
    "randAlphaNum": "randAlphaNum 24",
    "randAlpha": "randAlpha 24",
    "randAscii": "randAscii 24 | b64enc",
    "randNumeric": "randNumeric 24",
    "randInt": "randInt 0 4611686018427387904",
    "randBytes": "randBytes 24",
    "shuffle": 'shuffle "abcdefghijklmnopqrstuvwxyz0123456789"',
    "uuidv4": "uuidv4",
    "now": "(now).UnixNano",
    "now in the local zone": 'now | date "2006-01-02T15:04:05.000000000 MST"',
    "date": 'date "2006-01-02T15:04:05.000000000 MST" "not a date"',
    "date in winter": 'date "2006-01-02 15:04 MST" 1700000000',
    "dateInZone": 'dateInZone "2006-01-02T15:04:05.000000000" "not a date" "Asia/Tokyo"',
    "htmlDate": "htmlDate 1700000000",
    "toDate": '(toDate "2006-01-02" "2023-07-01").Format "2006-01-02 MST"',
    "Local": '(now.UTC.Local.Format "15:04:05.000000000 MST")',
    "ago": 'ago (toDate "2006-01-02" "2023-07-01")',
    "durationRound": 'durationRound (toDate "2006-01-02" "2026-01-01")',
    "bcrypt": 'bcrypt "x"',
    "htpasswd": 'htpasswd "u" "p"',
    "encryptAES": 'encryptAES "key" "text"',
    "genPrivateKey rsa": 'genPrivateKey "rsa"',
    "genPrivateKey dsa": 'genPrivateKey "dsa"',
    "genPrivateKey ecdsa": 'genPrivateKey "ecdsa"',
    "genPrivateKey ed25519": 'genPrivateKey "ed25519"',
    "genCA": '(genCA "ca" 10).Cert',
    "genCA key": '(genCA "ca" 10).Key',
    "genCAWithKey": '(genCAWithKey "ca" 10 (genPrivateKey "ecdsa")).Cert',
    "genSelfSignedCert": '(genSelfSignedCert "x" nil (list "a.b") 10).Cert',
    "genSelfSignedCertWithKey": '(genSelfSignedCertWithKey "x" nil nil 10 (genPrivateKey "ed25519")).Cert',
    "genSignedCert": '(genSignedCert "x" nil nil 10 (genCA "ca" 10)).Cert',
    "genSignedCertWithKey": (
        '(genSignedCertWithKey "x" nil nil 10 (genCAWithKey "c" 10 (genPrivateKey "ecdsa")) (genPrivateKey "ecdsa")).Cert'
    ),
}
# these depend on the day or on the time zone alone
STEADY = {"date in winter", "htmlDate", "toDate", "ago", "durationRound"}


def chart_of(folder: Path, *names: str) -> Path:
    """Write a chart with a template that calls the functions of these names."""
    rows = "".join(f"  {name.replace(' ', '-')}: {{{{ {CALLS[name]} | quote }}}}\n" for name in names)
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{rows}"
    return write_chart(folder, impure=text)


def text_of(chart: Path, **options: str) -> str:
    """Render a chart and return its text."""
    return steersman.load(chart).render(**options).text  # type: ignore[arg-type]
