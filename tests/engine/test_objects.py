"""Helm's objects and odd characters as templates see and print them, compared with Helm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

PRINTED = [
    "{{ .Capabilities.KubeVersion }} {{ $k := .Capabilities.KubeVersion }}{{ $k }} {{ (.Capabilities.KubeVersion) }}",
    "{{ with .Capabilities.KubeVersion }}{{ . }} {{ .GitVersion }}{{ end }}",
    "{{ .Capabilities.KubeVersion | quote }} {{ print .Capabilities.KubeVersion }}",
    '{{ printf "%+v %s" .Capabilities.KubeVersion .Capabilities.KubeVersion }}',
    '{{ list .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion | default "x" }}',
    "{{ .Capabilities }}",
    '{{ semver "1.2.3" }} {{ list (semver "1.2.3") }} {{ print (toDate "2006" "2020").Month }}',
    '{{ index .Capabilities "KubeVersion" }}',
    "{{ len .Capabilities }}",
    "{{ slice .Capabilities 1 }}",
    "{{ range .Capabilities }}{{ end }}",
    # characters that are digits to Python and not to Go
    '{{ toYaml (dict "²" 1 "\\U00094ED1" 2 "é" 3 "1" 4 "a²" 5 "a1" 6 "a٣" 7) }}',
    '{{ toDate "15:04:05" "10:10:1²" }} {{ toDate "15:04:05" "10:10:11.²" }}',
    '{{ toDate "2006-01-02" "٢٠٢٠-٠١-٠١" }} {{ int "٣" }}',
    '{{ toYaml (list "202²-01-01" "2020-0²-01" "2020-01-01T10:10:1²Z" "²" "1.²") }}',
    '{{ fromYaml "a: 1²\\nc: 202²-01-01\\nd: 2020-01-0²\\ng: 1_²" }}',
    # zeros have a sign, and the largest of an infinity and of no number is the infinity
    '{{ list -0.0 | toYaml }} {{ toYamlPretty (list -0.0 (float64 "-0")) }} {{ toJson (list -0.0) }}',
    '{{ maxf -0.0 0 }} {{ maxf 0 -0.0 }} {{ minf 0 -0.0 }} {{ minf -0.0 0 }} {{ maxf "nan" "inf" 1 }} {{ minf "nan" 1 }}',
    # many bytes, few of them different
    '{{ printf "%d %v" (.Files.GetBytes "Chart.yaml") (.Files.GetBytes "values.yaml") }}',
]


@pytest.mark.helm
@pytest.mark.parametrize("text", PRINTED)
def test_objects_are_printed_as_helm_prints_them(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": f"a: {{{{ tpl .Values.t . | toJson }}}}\nb: |\n  {text}\n"})
    same(steer, helm, "template", "x", "m", "--set-literal", f"t={text}")


@pytest.mark.helm
@pytest.mark.parametrize(
    "version",
    ["1", "v1.", "1..2", "1.²", "²", "1.30.²", "1.02", "1.2.03", "01.2", "0.1", "1.2.3.4", " v1.2", "1.2x",
     "99999999999999999999.1", "1.99999999999999999999"],
)  # fmt: skip
def test_versions_of_kubernetes_are_read_as_helm_reads_them(
    tmp_path: Path, steer: Run, helm: Run, version: str
) -> None:
    text = "a: {{ .Capabilities.KubeVersion }} {{ toJson .Capabilities.KubeVersion }}\n"
    write_chart(tmp_path / "m", CHART, {"t.yaml": text})
    said = same(steer, helm, "template", "x", "m", "--kube-version", version)
    assert said.startswith(("---", "Error: invalid kube version"))


DASHBOARD = '{"a": "x\\"y", "b": ["\\u00e9", "\\\\ud8", 1, -0, 1.50, 1E3, true, null, {"c": "\\/\\t"}], "d": {}}'


@pytest.mark.helm
@pytest.mark.parametrize(
    "value",
    [DASHBOARD, DASHBOARD.replace(" ", ""), "[" + DASHBOARD + "] # note", '{"a": b, "c": [d, \'e\']}', '{"a": NaN}',
     '["\\ud83d\\ude00"]', '["\\x41", "\\e"]', '{"a": 1,\t"b": 2}', '{"a": 1, "a": 2}', '{"a" : 0777, "b": .5}',
     '"' + DASHBOARD.replace("\\", "\\\\").replace('"', '\\"') + '"', '{"a": 1} x', '{"a": 1'],
)  # fmt: skip
def test_json_in_yaml_is_read_as_helm_reads_it(tmp_path: Path, steer: Run, helm: Run, value: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": "v: {{ .Values | toJson }}\n"}, values=f"v: {value}\n")
    same(steer, helm, "template", "x", "m")
