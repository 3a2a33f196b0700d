"""``steer schema``: what the schema of a chart's values takes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from steersman.action.value_schema import make_schema
from steersman.chart.loader import load_chart
from steersman.values.schema import problem_of
from tests.conftest import Run
from tests.insight.charts import write_chart

VALUES = """# -- The image that is run.
image:
  repository: nginx
  tag: "1"
# @ignored
replicas: 2
resources: {}
annotations: {}
hosts:
- name: a
  path: /
ports:
  web: {number: 80, comment: nothing reads this}
extra: {}
nothing: {reads: this}
"""
TEMPLATE = """a: {{ .Values.image.repository }}:{{ .Values.image.tag | trunc 8 }}
{{ with .Values.image }}{{ .pullPolicy }}{{ end }}
b: {{ .Values.replicas }}
c: {{ toYaml .Values.resources | nindent 2 }}
{{ range $k, $v := .Values.annotations }}{{ $k }}{{ end }}
{{ range .Values.hosts }}{{ .name }}{{ .path }}{{ end }}
{{ range .Values.ports }}{{ .number }}{{ end }}
{{ include "x" (dict "conf" .Values.extra) }}
"""
HELPER = '{{ define "x" }}{{ .conf.mode }}{{ if .conf.deep }}{{ .conf.deep.key }}{{ end }}{{ end }}'


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return write_chart(tmp_path / "web", values=VALUES, map=TEMPLATE, _x=HELPER)


def problem(chart: Path, values: dict[str, Any]) -> str:
    schema = make_schema(str(chart), load_chart(str(chart)))
    return problem_of(json.dumps(schema).encode(), values)


@pytest.mark.parametrize(
    "values",
    [
        {"image": {"repository": "a", "tag": None, "pullPolicy": "Always"}},
        {"resources": {"limits": {"cpu": 1}}},
        {"annotations": {"any": "thing"}},
        {"hosts": [{"name": "b", "path": "/b"}]},
        {"hosts": []},
        {"ports": {"web": {"number": 1, "comment": "x"}, "more": {"number": 2}}},
        {"extra": {"mode": "x", "deep": {"key": 1}}},
        {"nothing": {"reads": 1, "else": 2}},
        {"global": {"anything": True}},
        {"replicas": "3"},
        {},
    ],
)
def test_values_that_do_something_are_taken(chart: Path, values: dict[str, Any]) -> None:
    assert problem(chart, values) == ""


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"image": {"tga": "1"}}, "at '/image': additional properties 'tga' not allowed"),
        ({"replica": 1}, "at '': additional properties 'replica' not allowed"),
        ({"ports": {"more": {"numbre": 1}}}, "at '/ports/more': additional properties 'numbre' not allowed"),
        ({"hosts": [{"nmae": "b"}]}, "at '/hosts/0': additional properties 'nmae' not allowed"),
        ({"extra": {"deep": {"kye": 1}}}, "at '/extra/deep': additional properties 'kye' not allowed"),
        ({"image": "nginx"}, "at '/image': got string, want null or object"),
        ({"image": {"tag": 1}}, "at '/image/tag': got number, want null or string"),
        ({"replicas": [1]}, "at '/replicas': got array"),
    ],
)
def test_slips_are_refused(chart: Path, values: dict[str, Any], said: str) -> None:
    assert said in problem(chart, values)


def test_descriptions_and_defaults_come_from_values_yaml(chart: Path) -> None:
    schema = make_schema(str(chart), load_chart(str(chart)))
    assert schema["properties"]["image"]["description"] == "The image that is run."
    assert schema["properties"]["replicas"] == {"type": ["boolean", "number", "string", "null"], "default": 2}
    assert '"default": 2}' in json.dumps(schema["properties"]["replicas"])


def test_a_ci_file_is_taken_whatever_it_has(chart: Path) -> None:
    (chart / "ci").mkdir()
    (chart / "ci" / "old-values.yaml").write_text("image: {old: 1, tag: 5}\nreplicas: [1]\n")
    assert problem(chart, {"image": {"old": 1, "tag": 5}, "replicas": [1]}) == ""
    assert problem(chart, {"image": {"older": 1}}) != ""


def test_the_defaults_are_taken_whatever_templates_do_with_them(tmp_path: Path) -> None:
    text = "{{ .Values.list.field }}{{ range .Values.global.deep.x }}{{ end }}"
    chart = write_chart(tmp_path / "web", values="list: [1]\nglobal: {deep: {x: [1]}}\n", map=text)
    assert problem(chart, {"list": [1], "global": {"deep": {"other": 1}}}) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{{ toYaml .Values }}",
        "{{ range $k, $v := .Values }}{{ $k }}{{ end }}",
        '{{ include (printf "%s" .Values.name) . }}',
        "{{ tpl .Values.text . }}{{ .Values | toJson }}",
    ],
)
def test_a_chart_that_passes_all_values_on_is_open(tmp_path: Path, text: str) -> None:
    chart = write_chart(tmp_path / "web", values="name: x\ntext: a\n", map=text)
    assert problem(chart, {"other": 1}) == ""


def test_a_checksum_of_all_values_reads_none(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="name: x\n", map="{{ .Values.name }}{{ toYaml .Values | sha256sum }}")
    assert problem(chart, {"other": 1}) != ""


def test_subcharts(tmp_path: Path) -> None:
    dependencies = """dependencies:
- {name: db, version: 1.0.0, alias: store, condition: store.enabled}
- {name: gone, version: 1.0.0, repository: https://example.com, tags: [x]}
"""
    chart = write_chart(tmp_path / "web", values="a: 1\n", dependencies=dependencies, map="{{ .Values.a }}")
    write_chart(chart / "charts" / "db", values="size: 1\n", own="{{ .Values.size }}")
    good = {"store": {"size": 2, "enabled": True, "global": {"x": 1}}, "gone": {"any": 1}, "tags": {"x": False}}
    assert problem(chart, good) == ""
    assert "at '/store': additional properties 'sise' not allowed" in problem(chart, {"store": {"sise": 2}})


def test_the_command_prints_or_writes(own: Run, steer: Run, chart: Path) -> None:
    done = own("schema", "web")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert own("schema", "./web", "--write").stdout == f"wrote {chart}/values.schema.json\n"
    assert (chart / "values.schema.json").read_text() == done.stdout
    assert "is there already" in own("schema", "web", "-w").stderr
    assert "additional properties 'replica' not allowed" in steer("template", "web", "--set", "replica=1").stderr
    assert 'unknown command "schema" for "helm"' in steer("schema", "web").stderr
