"""Order of evaluation, and the named type of ``.Values``, compared with Helm: ``evaluation.txt`` has a template in each line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

LINES = (Path(__file__).parent / "evaluation.txt").read_text(encoding="utf-8").splitlines()
FAILING = [line[1:] for line in LINES if line.startswith("!")]
WRITING = [line for line in LINES if not line.startswith("!")]
VALUES = "a: 1\nb: {c: {d: 1}}\nl: [1, 2, 3]\ns: str\nn: null\n"


def _metadata(name: str) -> str:
    return CHART.replace("name: c", f"name: {name}")


@pytest.mark.helm
def test_templates_of_subcharts_write_what_helm_writes(tmp_path: Path, steer: Run, helm: Run) -> None:
    # each template in a subchart of its own: what it changes of its values, no other one sees
    umbrella = tmp_path / "m"
    write_chart(umbrella, CHART, {"t.yaml": "x: 1\n"})
    for at, text in enumerate(WRITING):
        text = text.replace('"t"', f'"t{at}"').replace('"u"', f'"u{at}"')
        write_chart(umbrella / "charts" / f"s{at}", _metadata(f"s{at}"), {"t.yaml": f"x: |\n  {text}\n"}, VALUES)
    written = same(steer, helm, "template", "x", "m")
    assert written.count("# Source: ") > 50


@pytest.mark.helm
@pytest.mark.parametrize("text", [line for line in WRITING if ".AsMap" in line or "set " in line])
def test_the_same_holds_for_the_chart_itself(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": f"x: |\n  {text}\n"}, VALUES)
    assert "x:" in same(steer, helm, "template", "x", "m")


@pytest.mark.helm
@pytest.mark.parametrize("text", FAILING)
def test_templates_fail_as_in_helm(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": f"x: |\n  {text}\n"}, VALUES)
    assert "Error: " in same(steer, helm, "template", "x", "m")


@pytest.mark.helm
def test_a_parent_and_its_subchart_change_the_same_values(tmp_path: Path, steer: Run, helm: Run) -> None:
    umbrella = tmp_path / "m"
    parent = (
        '{{ $_ := set .Values.s "seen" 1 }}{{ $_ := unset .Values.s "s" }}'
        '{{ $_ := mergeOverwrite .Values (dict "s" (dict "merged" 2)) }}'
        "parent: |\n  {{ .Subcharts.s.Values.AsMap | toJson }} {{ typeOf .Subcharts.s.Values }} {{ typeOf .Values.s }}\n"
    )
    child = 'child: |\n  {{ .Values | toJson }} {{ $_ := set .Values "late" 3 }}{{ .Values.AsMap | toJson }}\n'
    write_chart(umbrella, CHART, {"z.yaml": parent, "a.yaml": "late: |\n  {{ .Values.s | toJson }}\n"})
    write_chart(umbrella / "charts" / "s", _metadata("s"), {"t.yaml": child}, VALUES)
    assert "common.Values" in same(steer, helm, "template", "x", "m")
