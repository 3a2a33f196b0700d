"""``show values --jsonpath`` compared with Helm: every template of ``jsonpath_templates.txt``, one a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run

TEMPLATES = Path(__file__).with_name("jsonpath_templates.txt").read_text().splitlines()
VALUES = r"""a: 1
b: {c: [1, two, {x: y}], d: null, e: true, f: 1.5, "g.h": q, z: 1e30, big: 123456789012}
l:
- {k: a, v: 1}
- {k: b, v: 2.5}
s: "x y"
"""


@pytest.mark.parametrize("part", range(8))
def test_jsonpath_templates(part: int, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (tmp_path / "c" / "values.yaml").write_text(VALUES)
    for template in TEMPLATES[part::8]:
        line = ("show", "values", "c", "--jsonpath", template)
        ours, theirs = steer(*line), helm(*line)
        if template == "{.*}" or ".." in template:  # Go walks maps in no order
            assert sorted(ours.stdout) == sorted(theirs.stdout), template
        else:
            assert ours.stdout == theirs.stdout, template
        assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr), template
