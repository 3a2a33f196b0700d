"""The template language, case by case, with the answers recorded from Helm 4.3.1.

A line of ``cases.jsonl`` is one small chart: the text of ``templates/t.yaml``, of ``values.yaml`` and of other files,
more arguments for ``template r ./c``, and Helm's exit code, standard output and standard error. A case is added with
``python -m tests.language.record``, which asks the real Helm.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

CASES = Path(__file__).with_name("cases.jsonl")
CHART = """apiVersion: v2
name: c
version: 0.1.0
appVersion: "1.2.3"
description: a test chart
type: application
kubeVersion: ">=1.20.0-0"
home: https://example.com/home
icon: https://example.com/icon.png
keywords: [one, two]
sources:
- https://example.com/src
maintainers:
- name: Ann
  email: ann@example.com
  url: https://example.com/ann
annotations:
  a.b/c: "d"
"""


def cases() -> list[dict[str, Any]]:
    with CASES.open(encoding="utf-8", errors="surrogateescape") as lines:
        return [json.loads(line) for line in lines]


def write(case: dict[str, Any], folder: Path) -> None:
    """Write the chart of a case."""
    files = {"Chart.yaml": CHART, "templates/t.yaml": case["template"], **(case.get("files") or {})}
    if case.get("values") is not None:
        files["values.yaml"] = case["values"]
    for name, text in files.items():
        path = folder / "c" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))


def answer(case: dict[str, Any], folder: Path, run: Run, **variables: str) -> dict[str, Any]:
    """Return what a program answers to a case, with more variables in its environment."""
    done = run("template", "r", "./c", *case.get("args", ()), errors="surrogateescape", env=variables)
    texts = {name: text.replace(str(folder), "{TMP}") for name, text in vars(done).items() if name.startswith("std")}
    return {"exit": done.returncode, **texts}


@pytest.mark.parametrize("way", ["interpret", "compile"])
@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases()])
def test_case(case: dict[str, Any], tmp_path: Path, steer: Run, way: str) -> None:
    write(case, tmp_path)
    assert answer(case, tmp_path, steer, STEER_TEMPLATES=way) == {
        name: case[name] for name in ("exit", "stdout", "stderr")
    }
