"""Digits of any length are integers in no time, and mean to templates what they mean to Go."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.go.integer import BEYOND, atoi, integer
from tests.conftest import Run

LONG = "9" * 5000


@pytest.mark.parametrize(
    ("text", "base", "value"),
    [
        ("0", 10, 0),
        ("-12", 10, -12),
        ("+7", 10, 7),
        ("18446744073709551615", 10, (1 << 64) - 1),
        ("0" * 9000 + "7", 10, 7),
        ("-" + "0" * 9000 + "7", 10, -7),
        ("0" * 9000, 10, 0),
        (LONG, 10, BEYOND),
        ("-" + LONG, 10, -BEYOND),
        ("f" * 16, 16, (1 << 64) - 1),
        ("f" * 9000, 16, BEYOND),
        ("7" * 9000, 8, BEYOND),
    ],
)
def test_digits_to_integers(text: str, base: int, value: int) -> None:
    assert integer(text, base) == value


EXPRESSIONS = [
    f'atoi "{LONG}"', f'int64 "{LONG}"', f'int "-{LONG}"', f'toDecimal "{"7" * 5000}"', f'add 1 "{LONG}"', f'duration "{LONG}"',
    f'printf "%{LONG}d" 1 | quote', f'printf "%[{LONG}]d" 1 | quote', 'printf "%10000011d" 2 | quote', f'fromYaml "a: {LONG}" | toJson | trunc 40',
    f'fromYaml "a: 0x{LONG}" | toJson | trunc 40', LONG, f"0x{LONG}", f"index (list 1) {LONG}", f'mustDateModify "{LONG}h" now',
    f'regexReplaceAll "a" "a" "${{{LONG}}}x" | quote', f'semverCompare ">1" "1.{LONG}.0"',
]  # fmt: skip


@pytest.mark.helm
@pytest.mark.parametrize("at", range(len(EXPRESSIONS)))
def test_long_digits_in_templates_are_helms(tmp_path: Path, steer: Run, helm: Run, at: int) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "templates" / "t.yaml").write_text(f"a: {{{{ {EXPRESSIONS[at]} }}}}\n")
    for arguments in (["template", "r", "c"], ["template", "r", "c", "--set", f"x[{LONG}]=1"]):
        ours, theirs = steer(*arguments), helm(*arguments)
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


@pytest.mark.parametrize(
    ("text", "read"),
    [("0", (0, "")), ("+07", (7, "")), ("-9223372036854775808", (-(1 << 63), "")), ("9223372036854775807", ((1 << 63) - 1, "")),
     ("9223372036854775808", (0, "value out of range")), ("9" * 10_000, (0, "value out of range")),
     ("", (0, "invalid syntax")), ("-", (0, "invalid syntax")), ("1_0", (0, "invalid syntax")), (" 1", (0, "invalid syntax")),
     ("²", (0, "invalid syntax")), ("٣", (0, "invalid syntax")), ("0x1", (0, "invalid syntax"))],
)  # fmt: skip
def test_atoi_reads_what_go_reads(text: str, read: tuple[int, str]) -> None:
    assert atoi(text) == read
