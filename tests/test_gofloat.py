"""Floats of 32 bits from flags and the environment, compared with Helm."""

from __future__ import annotations

import pytest

from steersman.go.parse_float import parse_float32
from tests.conftest import Run

TEXTS = (
    *("0x10", "0x1p3", "-0x1p3", "0x1_0p0", "1e2", "abc", "1_0", "_1", "1__0", "1_", "1_.0", "1e_1", "-1", "+1", "++1"),
    *(
        "NaN",
        "-nan",
        "inf",
        "-Inf",
        "Infinity",
        "1e400",
        "3.4028236e38",
        "3.4028235e38",
        ".5",
        "5.",
        ".",
        "e1",
        "1e",
        " 1",
    ),
)


def test_what_parse_float_reads() -> None:
    assert parse_float32("1e2") == (100.0, "") and parse_float32("-0x1p3") == (-8.0, "")
    assert parse_float32("0x10") == (0.0, "invalid syntax") and parse_float32("1e39") == (0.0, "value out of range")


@pytest.mark.parametrize("text", TEXTS)
def test_floats_of_the_environment_and_of_flags(text: str, steer: Run, helm: Run) -> None:
    for line, env in ((("env", "HELM_QPS"), {"HELM_QPS": text}), (("env", "HELM_QPS", f"--qps={text}"), {})):
        ours, theirs = (run(*line, env=env) for run in (steer, helm))
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
