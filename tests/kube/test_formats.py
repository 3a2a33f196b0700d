"""Texts of quantities and ports as k8s.io/apimachinery v0.36.3 takes them, or not."""

from __future__ import annotations

import pytest

from steersman.kube.formats import (
    QUANTITY_FORM,
    base64_problem,
    int_or_string_problems,
    quantity_problem,
    time_problem,
)

FORM = f"quantities must match the regular expression '{QUANTITY_FORM}'"
SUFFIX = "unable to parse quantity's suffix"
NUMERIC = "unable to parse numeric part of quantity"
QUANTITIES = {
    "": ["0", "1", "+1", "-1", "1.5", ".5", "5.", "1m", "1u", "1n", "1k", "1M", "1E", "1Ki", "1.5Gi", "1Ei", "1e3", "1E3", "1E-3",
         "1e+30", "1e100", "1" * 40, " 1", "1 ", "-", ".", "k", "Ki", "e-9", "1E9223372036854775807"],
    FORM: ["", " ", "zz", "1Gb", "1GiB", "512MB", "1 Gi", "1_0", "0x1", "inf", "true", "50%", "1.2.3", "1m1m"],
    SUFFIX: ["--1", "1K", "1ki", "1e", "1mi", "1Kim", "1-5", "1+", "1E9223372036854775808", "1E" + "1" * 5000],
    NUMERIC: ["Pi", "Ei", "e-10", ".e-30"],
}  # fmt: skip


@pytest.mark.parametrize("problem", QUANTITIES, ids=["taken", "form", "suffix", "numeric"])
def test_quantities(problem: str) -> None:
    for text in QUANTITIES[problem]:
        assert (text, quantity_problem(text)) == (text, problem)


def test_ports_and_numbers_of_pods() -> None:
    charset = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
    letter, hyphen = "must contain at least one letter (a-z)", "must not begin or end with a hyphen"
    for value, problems in {
        "http": [], "a-1": [], 1: [], 65535: [], 0: ["must be between 1 and 65535, inclusive"], "80": [letter],
        "": [charset, letter], "HTTP": [charset, letter], "-a": [hyphen], "a--b": ["must not contain consecutive hyphens"],
        "a" * 16: ["must be no more than 15 characters"],
    }.items():  # fmt: skip
        assert (value, int_or_string_problems("HTTPGetAction", "port", value)) == (value, problems)
    for taken in (0, ""):
        assert int_or_string_problems("ServicePort", "targetPort", taken) == []
    for struct, field, pods, is_taken in [
        ("RollingUpdateDeployment", "maxSurge", "150%", True), ("RollingUpdateDeployment", "maxUnavailable", "150%", False),
        ("PodDisruptionBudgetSpec", "minAvailable", "100%", True), ("PodDisruptionBudgetSpec", "minAvailable", "1", False),
        ("PodDisruptionBudgetSpec", "minAvailable", -1, False), ("PodDisruptionBudgetSpec", "minAvailable", "9" * 5000 + "%", False), ("RollingUpdateStatefulSetStrategy", "maxUnavailable", "1", True),
    ]:  # fmt: skip
        assert (not int_or_string_problems(struct, field, pods)) == is_taken


def test_times_and_base64() -> None:
    assert time_problem("creationTimestamp", "2026-01-02T03:04:05.5+01:00") == ""
    assert "day out of range" in time_problem("creationTimestamp", "2026-02-30T00:00:00Z")
    assert time_problem("renewTime", "2026-01-02T03:04:05.000000Z") == ""
    assert 'cannot parse "Z" as ".000000"' in time_problem("renewTime", "2026-01-02T03:04:05Z")
    assert base64_problem("YQ==\n") == ""
    assert base64_problem("YQ") == "illegal base64 data at input byte 0"
