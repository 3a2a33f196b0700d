"""Numbers that a float64 cannot tell apart, checked against a schema: next to the real Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from steersman.values.schemas.numbers import Number, compare, exact
from tests.conftest import Run

SCHEMAS = (
    '{"maximum": 9007199254740993}', '{"minimum": 9007199254740993}', '{"const": 9007199254740993}',
    '{"exclusiveMaximum": 9007199254740993}', '{"enum": [9223372036854775807, 1]}', '{"multipleOf": 9007199254740993}',
)  # fmt: skip
GIVEN = (
    "9007199254740993",
    "9007199254740992",
    "9007199254740994",
    "9223372036854775807",
    "9223372036854775806",
    "1",
    "-9007199254740993",
)


@pytest.mark.helm
@pytest.mark.parametrize("schema", SCHEMAS)
def test_large_integers_are_compared_as_they_are_written(schema: str, tmp_path: Path, steer: Run, helm: Run) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "values.schema.json").write_text(f'{{"properties": {{"a": {schema}}}}}')
    for given in GIVEN:
        ours, theirs = (run("template", "r", "c", "--set", f"a={given}") for run in (steer, helm))
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), given


@pytest.mark.helm
@pytest.mark.parametrize(
    "number", ["9" * 5000, "-" + "9" * 5000, "0." + "9" * 5000, "1" + "0" * 5000 + "e-5000", "18446744073709551621"]
)
@pytest.mark.parametrize("keyword", ["maximum", "minLength", "multipleOf", "const", "minItems"])
def test_numbers_of_thousands_of_digits(number: str, keyword: str, tmp_path: Path, steer: Run, helm: Run) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "values.schema.json").write_text(f'{{"properties": {{"a": {{"{keyword}": {number}}}}}}}')
    for given in ("1", "x", "99999999999999999999999"):
        ours, theirs = (run("template", "r", "c", "--set", f"a={given}") for run in (steer, helm))
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), given


def test_long_numbers_are_read_exactly() -> None:
    digits = "123456789" * 5000
    text = exact(Number(f"-{digits}.5e1"))
    assert text is not None and text + 5 == exact(Number(f"-{digits}0"))
    assert exact(Number(f"{digits}1")) != exact(Number(f"{digits}2"))


def test_numbers_that_are_far_apart_are_not_written_out() -> None:
    """Else each of these would take a million digits."""
    limit = Number("1.00000000000000000001e999999")
    assert {compare(value, limit) for value in range(20_000)} == {-1}
    assert compare(10**400, Number("1e300")) == 1 and compare(-(10**400), 10**400) == -1
