"""The limits that docs/security.md states are those of the code."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

TEXT = (Path(__file__).parent.parent / "docs" / "security.md").read_text()
ROWS = re.findall(r"^\| ([^|]+) \| ([\d,]+)( [KMG]iB| s)? \| `([\w.]+)` \|$", TEXT, re.MULTILINE)
UNITS = {"": 1, " s": 1, " KiB": 1 << 10, " MiB": 1 << 20, " GiB": 1 << 30}


def test_there_are_limits() -> None:
    assert len(ROWS) > 30


@pytest.mark.parametrize(("number", "unit", "constant"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_limit_is_that_of_the_code(number: str, unit: str, constant: str) -> None:
    module, _, name = constant.rpartition(".")
    assert getattr(import_module(module), name) == int(number.replace(",", "")) * UNITS[unit]
