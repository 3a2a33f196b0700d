"""``steer check``, as a user meets it: each rule on a chart that breaks it, comments, formats, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import steersman
from steersman.checking.custom import CustomKinds
from steersman.checking.objects import problems
from steersman.checking.rules import RULES
from steersman.engine.capabilities import KubeVersion
from steersman.kube.facts import facts
from tests.conftest import Run
from tests.insight.charts import write_chart

ROOT = Path(__file__).parents[2]
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
PDB = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"
WIDGETS = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer}
              mode: {type: string, enum: [fast, slow]}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
              port: {x-kubernetes-int-or-string: true}
"""


def found(folder: Path, **options: Any) -> list[tuple[str, str, str]]:
    """Return rule, severity and place of each finding about a chart."""
    report = steersman.check(folder, **options)
    return [(one.rule, one.severity, f"{one.file}:{one.line}") for one in report.findings]


def messages(folder: Path, **options: Any) -> str:
    return "\n".join(one.message for one in steersman.check(folder, **options).findings)


def test_a_good_chart_has_no_findings(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "web", values="tag: 1\n", map=MAP + "data: {tag: {{ .Values.tag | quote }}}\n")
    done = own("check", "web")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "web: nothing found; rendered with the defaults for Kubernetes v1.37.0\n"


# Rules about templates


def test_a_value_that_no_file_has(tmp_path: Path) -> None:
    values = "image: {tag: 1, name: a}\nfree: {}\n# later: 1\n"
    text = "{{ .Values.image.tga }}{{ .Values.image.name }}{{ .Values.other }}{{ .Values.free.x }}{{ .Values.later }}"
    chart = write_chart(
        tmp_path / "web", values=values, map=f"a: |\n  {text}\n".replace("a: |", MAP + "data:\n  a: |\n   ")
    )
    rules = [one for one in found(chart) if one[0] == "unknown-value"]
    assert [(severity, place) for _, severity, place in rules] == [
        ("warning", "web/templates/map.yaml:7"),
        ("note", "web/templates/map.yaml:7"),
    ]
    assert "no values.yaml has image.tga, which this line reads; did you mean image.tag?" in messages(chart)


def test_values_that_come_in_other_ways_are_known(tmp_path: Path) -> None:
    text = """{{ range .Values.list }}{{ .name }}{{ end }}
{{ $_ := set .Values "made" 1 }}{{ .Values.made }}{{ .Values.global.x }}{{ .Values.schemed }}
{{ with .Values.map }}{{ .a }}{{ end }}{{ include "x" (dict "v" .Values.map) }}
"""
    chart = write_chart(
        tmp_path / "web", values="list: [{name: 1}]\nmap: {a: 1}\n", map=text, _x='{{ define "x" }}{{ .v.a }}{{ end }}'
    )
    (chart / "values.schema.json").write_text('{"properties": {"schemed": {"type": "string"}}}')
    assert "unknown-value" not in {rule for rule, _, _ in found(chart)}


def test_a_value_is_followed_through_includes(tmp_path: Path) -> None:
    helper = '{{ define "x" }}{{ .image.tga }}{{ end }}{{ define "y" }}{{ include "x" (dict "image" .Values.image) }}{{ end }}'
    text = MAP + 'data:\n  a: {{ include "y" $ | quote }}\n'
    chart = write_chart(tmp_path / "web", values="image: {tag: 1}\n", map=text, _x=helper)
    assert found(chart) == [("unknown-value", "warning", "web/templates/_x.tpl:1")]


@pytest.mark.parametrize(
    ("values", "rule", "message"),
    [
        ("on: false\n", "nil-value", "tls is not set by default, so reading tls.name fails when on is set"),
        (
            "on: false\ntls: text\n",
            "scalar-field",
            "tls is a text by default, so reading tls.name fails when on is set",
        ),
    ],
)
def test_a_field_of_nothing_or_of_a_text(tmp_path: Path, values: str, rule: str, message: str) -> None:
    values = values.replace("on:", '"on":')
    text = "{{ if .Values.on }}" + MAP + "data: {a: {{ .Values.tls.name }}}\n{{ end }}"
    chart = write_chart(tmp_path / "web", values=values, map=text)
    assert (rule, "warning", "web/templates/map.yaml:4") in found(chart)
    assert message in messages(chart)


@pytest.mark.parametrize(
    "line",
    [
        "{{ (.Values.tls).name }}",
        "{{ with .Values.tls }}{{ .name }}{{ end }}",
        "{{ if and .Values.tls .Values.tls.name }}x{{ end }}",
        "{{ if .Values.tls }}{{ .Values.tls.name }}{{ end }}",
        "{{ (default dict .Values.tls).name }}",
        '{{ dig "tls" "name" "" (.Values | merge dict) }}',
    ],
)
def test_a_line_that_asks_first_is_safe(tmp_path: Path, line: str) -> None:
    text = (
        "{{ if .Values.on }}"
        + MAP
        + f'data: {{a: "{line}"}}\n{{{{ end }}}}'.replace('"{{ dig "tls" "name" ""', '\'{{ dig "tls" "name" ""')
    )
    text = text.replace('dict) }}"}', "dict) }}'}")
    chart = write_chart(tmp_path / "web", values='"on": false\n', map=text)
    assert "nil-value" not in {rule for rule, _, _ in found(chart)}


CONDITIONS = [
    ("if not .Values.live", "live is false"),
    ("if .Values.live }}{{ else", "live is false"),
    ("if empty .Values.live", "live is false"),
    ('if ne .Values.mode "a"', 'mode is the text "x"'),
    ('if not (eq .Values.mode "a")', 'mode is the text "x"'),
    ('if eq .Values.mode "a" }}{{ else if eq .Values.mode "z"', 'mode is the text "z"'),
    ('if eq .Values.mode "b" "c"', 'mode is the text "b"'),
    ('if .Values.mode | eq "c"', 'mode is the text "c"'),
    ("if gt (int .Values.count) 1", "count is the number 2"),
    ("if or .Values.off .Values.other", "off is set"),
    ("if not (and .Values.live .Values.count)", "live is false"),
    ("if and (not .Values.live) (or .Values.off .Values.other)", "live is false and off is set"),
    ("range .Values.list", "list has an item"),
    ("range $k, $v := .Values.map", "map is set"),
    ("range .Values.objects }}{{ .key }}{{ .other.deep", "objects has an item"),
    ('if .Capabilities.APIVersions.Has "example.com/v1"', "the cluster has example.com/v1"),
    ('if semverCompare "<1.20-0" .Capabilities.KubeVersion.Version', "the cluster is Kubernetes 1.19"),
    ("if .Release.IsUpgrade", "a release is upgraded"),
]
CONDITION_VALUES = "{live: true, mode: a, count: 1, off: false, other: false, list: [], map: {}, objects: []}\n"


@pytest.mark.parametrize(("condition", "when"), CONDITIONS)
def test_a_field_of_nothing_under_a_condition(tmp_path: Path, condition: str, when: str) -> None:
    if "deep" in condition:
        condition = condition.partition(" }}")[0]
        text = f"{MAP}data:\n{{{{ {condition} }}}}\n  {{{{ .key }}}}: {{{{ $.Values.tls.name }}}}\n{{{{ end }}}}\n"
    else:
        text = f"{MAP}data:\n{{{{ {condition} }}}}\n  a: {{{{ $.Values.tls.name }}}}\n{{{{ end }}}}\n"
    chart = write_chart(tmp_path / "web", values=CONDITION_VALUES, map=text)
    assert f"tls is not set by default, so reading tls.name fails when {when}\n" in f"{messages(chart)}\n"
    assert [one for one in found(chart) if one[0] == "nil-value"] == [
        ("nil-value", "warning", "web/templates/map.yaml:6")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{{ if not .Values.tls }}x{{ else }}{{ .Values.tls.name }}{{ end }}",
        "{{ if or (not .Values.tls) .Values.tls.name }}x{{ end }}",
        '{{ if and .Values.off (hasKey .Values "tls") }}{{ .Values.tls.name }}{{ end }}',
        "{{ if and .Values.off (not .Values.off) }}{{ .Values.tls.name }}{{ end }}",
        '{{ if and (eq .Values.mode "b") (eq .Values.mode "c") }}{{ .Values.tls.name }}{{ end }}',
        "{{ if and (gt (int .Values.count) 1) (lt (int .Values.count) 1) }}{{ .Values.tls.name }}{{ end }}",
        "{{ range .Values.list }}{{ ($.Values.tls).name }}{{ end }}",
        '{{ if ne .Values.mode "a" }}{{ fail "no" }}{{ .Values.tls.name }}{{ end }}',
    ],
)
def test_a_field_that_no_condition_lets_fail_is_not_reported(tmp_path: Path, text: str) -> None:
    chart = write_chart(tmp_path / "web", values=CONDITION_VALUES, map=f"{MAP}data: {{}}\n# {text}\n")
    assert "nil-value" not in {rule for rule, _, _ in found(chart)}


def test_every_line_that_fails_under_the_same_condition_is_reported(tmp_path: Path) -> None:
    lines = "".join(f"  a{n}: {{{{ .Values.x{n}.name }}}}\n" for n in range(3))
    other = '{{ if and .Values.off (ne .Values.mode "a") }}\n  b: {{ .Values.y.name }}\n{{ end }}\n'
    text = f"{MAP}data:\n{{{{ if .Values.off }}}}\n{lines}{{{{ end }}}}\n{other}"
    chart = write_chart(tmp_path / "web", values=CONDITION_VALUES, map=text)
    assert [place for rule, _, place in found(chart) if rule == "nil-value"] == [
        f"web/templates/map.yaml:{line}" for line in (6, 7, 8, 11)
    ]
    assert "reading y.name fails when off is set and mode is the text" in messages(chart)


def test_definitions_that_are_not_yaml(tmp_path: Path) -> None:
    broken = "kind: CustomResourceDefinition\nspec: a: b\n"
    chart = write_chart(tmp_path / "web", map=MAP)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.yaml").write_text(f"a: 1\n---\n{broken}")
    (tmp_path / "more" / "notes.yaml").write_text("a: b: c\n")
    report = steersman.check(chart, crds=[str(tmp_path / "more")])
    (one,) = [one for one in report.findings if one.rule == "broken-definition"]
    assert (one.severity, one.file, one.line) == ("warning", str(tmp_path / "more" / "a.yaml"), 4)
    assert one.message.startswith("this is not YAML, so its definitions are not known: ")
    (chart / "crds").mkdir()
    (chart / "crds" / "b.yaml").write_text(broken)
    assert ("broken-definition", "error", "web/crds/b.yaml:2") in found(chart)


def test_defines_that_only_include_themselves_or_each_other_are_unused(tmp_path: Path) -> None:
    define = '{{{{ define "web.{}" }}}}{{{{ include "web.{}" . }}}}{{{{ end }}}}\n'
    own = "".join(define.format(*pair) for pair in ("aa", "bc", "cb", "de"))
    other = '{{ define "web.e" }}{{ end }}{{ define "web.f" }}{{ include "web.g" . }}{{ end }}\n'
    more = '{{ define "web.g" }}{{ include "web.f" . }}{{ end }}{{ define "web.h" }}{{ include "web.h" . }}{{ end }}'
    text = MAP + "data: {a: {{ .Values.x }}}\n"
    values = "x: '{{ include \"web.h\" . }}'\n"
    chart = write_chart(tmp_path / "web", values=values, map=text, _own=own, _other=other, _more=more)
    names = sorted(
        line.rpartition("web.")[2][0] for line in messages(chart).split("\n") if "no template includes" in line
    )
    assert names == ["a", "b", "c", "d", "f", "g"]


def test_the_value_that_makes_a_line_run_is_named(tmp_path: Path) -> None:
    text = '{{ if eq .Values.kind "b" }}' + MAP + "data: {a: {{ .Values.b.name }}}\n{{ end }}"
    chart = write_chart(tmp_path / "web", values="kind: a\n", map=text)
    assert 'reading b.name fails when kind is the text "b"' in messages(chart)


def test_a_text_of_the_values_is_the_users(tmp_path: Path) -> None:
    text = MAP + "data: {a: {{ if .Values.on }}{{ tpl .Values.text . }}{{ end }}}\n"
    values = """"on": false\ntext: '{{ template "mine" . }}'\n"""
    assert found(write_chart(tmp_path / "web", values=values, map=text)) == []


def test_an_unknown_include(tmp_path: Path) -> None:
    text = '{{ if .Values.x }}{{ include "web.nmae" . }}{{ end }}{{ include (printf "web.%s" "name") . }}'
    chart = write_chart(tmp_path / "web", values="x: false\n", map=text, _x='{{ define "web.name" }}{{ end }}')
    assert found(chart) == [("unknown-include", "error", "web/templates/map.yaml:1")]
    assert messages(chart) == 'no template is called "web.nmae"; did you mean web.name?'


def test_an_include_of_a_chart_that_is_missing_is_a_note(tmp_path: Path) -> None:
    dependencies = "dependencies:\n- {name: db, version: 1.0.0, repository: https://example.com}\n"
    text = '{{ if .Values.x }}{{ include "db.name" . }}{{ end }}'
    chart = write_chart(tmp_path / "web", values="x: false\n", dependencies=dependencies, map=text)
    assert [one for one in found(chart) if one[0] == "unknown-include"] == [
        ("unknown-include", "note", "web/templates/map.yaml:1")
    ]


def test_a_name_that_two_charts_define(tmp_path: Path) -> None:
    dependencies = "dependencies:\n- {name: db, version: 1.0.0}\n"
    chart = write_chart(
        tmp_path / "web", dependencies=dependencies, map='# {{ include "name" . }}', _x='{{ define "name" }}a{{ end }}'
    )
    write_chart(chart / "charts" / "db", own='# {{ include "name" . }}', _x='{{ define "name" }}b{{ end }}')
    assert found(chart) == [("duplicate-define", "warning", "web/templates/_x.tpl:1")]
    message = messages(chart)
    assert "also defined by web/charts/db (web/charts/db/templates/_x.tpl:1)" in message
    assert "every chart gets the definition of web (web/templates/_x.tpl:1)" in message


def test_what_nothing_uses(tmp_path: Path) -> None:
    text = MAP + 'data: {a: {{ .Files.Get "a.txt" }}}\n{{ range $p, $_ := .Files.Glob "conf/*" }}{{ $p }}{{ end }}'
    helper = '{{ define "used" }}{{ end }}{{ define "not" }}{{ end }}'
    chart = write_chart(tmp_path / "web", map=text + '{{ include "used" . }}', _x=helper)
    (chart / "conf").mkdir()
    for name in ("a.txt", "b.txt", "conf/c.txt", "README.md"):
        (chart / name).write_text("x")
    notes = [one for one in found(chart) if one[1] == "note"]
    assert notes == [("unread-file", "note", "web/b.txt:0"), ("unused-define", "note", "web/templates/_x.tpl:1")]


def test_a_key_that_is_there_twice(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="a: 1\nb: 2\na: 3\n", map="")
    assert found(chart) == [("duplicate-key", "warning", "web/values.yaml:3")]


def test_a_key_that_goes_over_a_merged_one_is_not_there_twice(tmp_path: Path) -> None:
    values = "base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  x: 2\nother:\n  <<: *b\n  z: 2\n  z: 3\nagain: *b\n"
    chart = write_chart(tmp_path / "web", values=values, map="")
    assert found(chart) == [("duplicate-key", "warning", "web/values.yaml:8")]


def test_a_key_in_a_comment_is_known(tmp_path: Path) -> None:
    text = MAP + "data: {a: '{{ .Values.image.tagg }}', b: '{{ .Values.image.tga }}'}\n"
    chart = write_chart(tmp_path / "web", values='image:\n  tag: "1"\n  # tagg: 2\n', map=text)
    assert [one[0] for one in found(chart)] == ["unknown-value"]
    assert "image.tga, which" in messages(chart)


def test_yaml_that_does_not_parse_is_at_the_template_line_that_wrote_it(own: Run, tmp_path: Path) -> None:
    helper = '{{ define "x" }}a: b{{ end }}'
    text = MAP + "data:\n  {{- range .Values.l }}\n  x: {{ . }}\n  {{- end }}\n"
    chart = write_chart(tmp_path / "web", values="l: ['a: b']\n", map=text, _x=helper)
    assert found(chart)[0] == ("not-rendered", "error", "web/templates/map.yaml:6")
    assert "did not find" in messages(chart) or "mapping values" in messages(chart)
    assert messages(chart).splitlines()[0].endswith("; fix: quote the value: | quote")
    good = write_chart(tmp_path / "good", values="l: []\n", map=text, _x=helper)
    (tmp_path / "given.yaml").write_text("l: ['a: b']\n")
    log = json.loads(own("check", "good", "-f", "given.yaml", "-o", "sarif").stdout)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "good/templates/map.yaml"}, "region": {"startLine": 6}}
    (good / "values.schema.json").write_text('{"properties": {"l": {"maxItems": 0}}}')
    log = json.loads(own("check", "good", "-f", "given.yaml", "-o", "sarif").stdout)
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in log["runs"][0]["results"]}
    assert all((tmp_path / uri).is_file() for uri in uris)


def test_a_broken_ci_file_is_a_finding_and_the_others_are_checked(own: Run, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="x: a\n", map=MAP + "{{ .Values.x }}: {a: b}\n")
    (chart / "ci").mkdir()
    (chart / "ci" / "bad-values.yaml").write_text("\na: [\n")
    (chart / "ci" / "good-values.yaml").write_text("x: data\n")
    write_chart(tmp_path / "other", map=MAP + "dta: {}\n")
    done = own("check", "web", "other")
    assert "web/ci/bad-values.yaml" in done.stdout and "ConfigMap has no field a" in done.stdout
    assert "other/templates/map.yaml:4: error" in done.stdout


def test_a_template_that_does_not_parse(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", map="\n{{ if }}")
    assert found(chart) == [("not-rendered", "error", "web/templates/map.yaml:2")]


# Rules about renders


@pytest.mark.parametrize(
    ("action", "severity"),
    [
        ("{{ .Values.text.x }}", "warning"),
        ("{{ .Values.y.z }}", "error"),
        ('{{ fail "no" }}', "note"),
        ('{{ if true }}{{ required "set x" .Values.x }}{{ end }}', "note"),
    ],
)
def test_defaults_that_do_not_render(action: str, severity: str, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="text: a\n", map=f"\n{action}")
    assert ("not-rendered", severity, "web/templates/map.yaml:2") in found(chart)


def test_a_version_of_kubernetes_that_the_chart_refuses(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="", map="")
    with (chart / "Chart.yaml").open("a") as file:
        file.write("kubeVersion: <1.10.0\n")
    assert ("not-rendered", "note") in [one[:2] for one in found(chart)]


def test_values_that_the_schema_refuses(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="a: text\n", map="")
    (chart / "values.schema.json").write_text(
        '{"required": ["needed"], "properties": {"a": {"type": "integer"}, "b": {"minimum": 3}}}'
    )
    (chart / "ci").mkdir()
    (chart / "ci" / "x-values.yaml").write_text("a: 1\nneeded: 1\n\nb: 2\n")
    assert found(chart) == [
        ("schema-mismatch", "error", "web/ci/x-values.yaml:4"),
        ("schema-mismatch", "note", "web/values.yaml:0"),
        ("schema-mismatch", "error", "web/values.yaml:1"),
    ]


@pytest.mark.parametrize(
    ("schema", "severity"),
    [
        ('{"type": "obj', "error"),
        ('{"properties": {"b": {"type": "strin"}}}', "error"),
        ('{"properties": {"b": {"pattern": "("}}}', "error"),
        ('{"$ref": "#/definitions/none"}', "error"),
        ('{"$ref": "https://schemas.example.com/a.json"}', "note"),  # it may be there when Helm asks for it
    ],
)
def test_a_schema_that_nothing_can_be_checked_against(tmp_path: Path, schema: str, severity: str) -> None:
    chart = write_chart(tmp_path / "web", values="a: text\n", map="")
    (chart / "values.schema.json").write_text(schema)
    assert [one[:2] for one in found(chart)] == [("schema-mismatch", severity)]


def test_a_render_that_fails(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", map='\n{{ required "set x" .Values.x }}\n{{ .Values.y.z }}')
    (chart / "ci").mkdir()
    (chart / "ci" / "x-values.yaml").write_text("x: a\n")
    failed = [one for one in found(chart) if one[0] == "not-rendered"]
    assert failed == [
        ("not-rendered", "note", "web/templates/map.yaml:2"),
        ("not-rendered", "warning", "web/templates/map.yaml:3"),
    ]


@pytest.mark.parametrize(
    ("text", "rule", "line", "message"),
    [
        ("apiVersion: apps/v1\nkind: Deploymnt\n", "unknown-kind", 2, "apps/v1 has no Deploymnt; did you mean Deployment?"),
        ("apiVersion: v1\nkind: Deployment\n", "unknown-kind", 2, "v1 has no Deployment; apps/v1 has it"),
        (MAP + "dta: {a: b}\n", "unknown-field", 4, "ConfigMap has no field dta; did you mean data?"),
        (MAP + "data:\n  a: 1\n", "wrong-type", 5, "a is the number 1, and has to be a text; quote it"),
        (MAP + "immutable: \"true\"\n", "wrong-type", 4, 'the text "true", and has to be true or false; remove the quotes'),
        (MAP + "binaryData: [a]\n", "wrong-type", 4, "binaryData is a list, and has to be a map"),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports:\n  - name: http\n",
            "missing-field",
            6,
            "ServicePort needs port",
        ),
        (PDB, "removed-api", 1, "not served by Kubernetes 1.25 and later; use policy/v1 PodDisruptionBudget"),
        ("apiVersion: v1\nkind: Endpoints\nmetadata: {name: a}\n", "deprecated-api", 1, "use discovery.k8s.io/v1 EndpointSlice"),
        ("apiVersion: v1\nkind: List\nitems:\n- " + (MAP + "dta: {}\n").replace("\n", "\n  "), "unknown-field", 7, "has no field dta"),
    ],
)  # fmt: skip
def test_an_object_that_kubernetes_refuses(tmp_path: Path, text: str, rule: str, line: int, message: str) -> None:
    chart = write_chart(tmp_path / "web", map=text)
    assert [(one, place) for one, _, place in found(chart)] == [(rule, f"web/templates/map.yaml:{line}")]
    assert message in messages(chart)


DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  selector: {matchLabels: {a: b}}
  strategy: {rollingUpdate: {maxSurge: %s, maxUnavailable: %s}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
      - name: a
        resources:
          limits:
            cpu: %s
            memory: %s
        livenessProbe:
          httpGet:
            port: %s
        image: i
"""


@pytest.mark.parametrize(
    ("values", "line", "message"),
    [
        (("1", "1", "zz", "1Gi", "http"), 14, 'cpu is the text "zz", which is not a quantity such as 500m, 2 or 1.5Gi'),
        (("1", "1", "1", "1Gb", "http"), 15, 'memory is the text "1Gb", which is not a quantity such as 500m, 2 or 1.5Gi; did you mean 1G?'),
        (("1", "1", "1", "512MiB", "http"), 15, "did you mean 512Mi?"),
        (("1", "1", "1", "1K", "http"), 15, "did you mean 1k?"),
        (("1", "1", '""', "1", "http"), 14, 'cpu is the text "", which is not a quantity'),
        (("1", "1", "1", "1", '"8080"'), 18, 'port is the text "8080", which is not the name of a port: it must contain at least one letter (a-z); remove the quotes'),
        (("1", "1", "1", "1", "70000"), 18, "port is the number 70000, which is not a port: it must be between 1 and 65535, inclusive"),
        (("1", "1", "1", "1", "health_check"), 18, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"),
        (('"25"', "1", "1", "1", "http"), 6, 'maxSurge is the text "25", which is neither a number nor a percentage; remove the quotes'),
        (("1", "some", "1", "1", "http"), 6, 'maxUnavailable is the text "some", which is neither a number nor a percentage'),
        (("1", "150%", "1", "1", "http"), 6, 'maxUnavailable is the text "150%", which is wrong: it must not be greater than 100%'),
        (("-1", "1", "1", "1", "http"), 6, "maxSurge is the number -1, which is wrong: it must be greater than or equal to 0"),
    ],
)  # fmt: skip
def test_a_text_of_another_form(tmp_path: Path, values: tuple[str, ...], line: int, message: str) -> None:
    chart = write_chart(tmp_path / "web", map=DEPLOYMENT % values)
    assert [(one, place) for one, _, place in found(chart)] == [("wrong-format", f"web/templates/map.yaml:{line}")]
    assert message in messages(chart)


def test_forms_that_are_taken(tmp_path: Path) -> None:
    for values in (
        ("25%", "0", "500m", "1.5Gi", "http"), ("150%", "100%", "1e3", "1E", "80"), ("0%", "1", "+.5", "2", "a-1"),
    ):  # fmt: skip
        assert found(write_chart(tmp_path / values[2] / "web", map=DEPLOYMENT % values)) == []
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports: [{port: 80, targetPort: 0}]\n"
    assert found(write_chart(tmp_path / "zero" / "web", map=service)) == []


def test_data_of_a_secret_that_is_not_base64_is_not_shown(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  good: cGFzcw==\n  bad: pass-word\n"
    chart = write_chart(tmp_path / "web", map=secret)
    assert [(one, place) for one, _, place in found(chart)] == [("wrong-format", "web/templates/map.yaml:6")]
    assert "bad is not base64 (illegal base64 data at input byte 4); use b64enc, or stringData" in messages(chart)
    assert "pass-word" not in messages(chart)


def test_values_that_kubernetes_refuses(tmp_path: Path) -> None:
    text = (DEPLOYMENT % ("1", "1", "1", "2", "http")).replace("{labels: {a: b}}", "{labels: {a: c}}")
    chart = write_chart(tmp_path / "web", map=text.replace("image: i", 'image: ""'))
    assert found(chart) == [
        ("invalid-value", "error", "web/templates/map.yaml:8"), ("invalid-value", "error", "web/templates/map.yaml:19")
    ]  # fmt: skip
    assert (
        'Kubernetes refuses spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template'
        in messages(chart)
    )
    assert "Kubernetes refuses spec.template.spec.containers[0].image: Required value" in messages(chart)


def test_a_time_and_a_number_that_are_not_taken(tmp_path: Path) -> None:
    text = """apiVersion: v1
kind: Pod
metadata: {name: a, creationTimestamp: "2026-01-02"}
spec:
  priority: 3000000000
  containers: [{name: a}]
"""
    chart = write_chart(tmp_path / "web", map=text)
    assert [(one, place) for one, _, place in found(chart)] == [
        ("wrong-format", "web/templates/map.yaml:3"), ("wrong-type", "web/templates/map.yaml:5")
    ]  # fmt: skip
    assert 'creationTimestamp is the text "2026-01-02", which is not a time such as 2026-01-02T03:04:05Z' in messages(
        chart
    )
    assert "priority is the number 3000000000, and has to be a smaller number" in messages(chart)


@pytest.mark.parametrize(
    ("api_version", "kind", "minor", "rule", "use"),
    [
        ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 37, "removed-api", "autoscaling/v2 HorizontalPodAutoscaler"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "removed-api", "autoscaling/v2 HorizontalPodAutoscaler"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 23, "deprecated-api", "autoscaling/v2 HorizontalPodAutoscaler"),
        ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 24, "deprecated-api", "autoscaling/v2 HorizontalPodAutoscaler"),
        # there is no v2 yet, and v1 has fewer fields
        ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 22, "deprecated-api", "autoscaling/v2beta2 HorizontalPodAutoscaler"),
        ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 28, "removed-api", "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema"),
        ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 37, "removed-api", "flowcontrol.apiserver.k8s.io/v1 FlowSchema"),
        ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", 31, "removed-api", "flowcontrol.apiserver.k8s.io/v1 FlowSchema"),
        ("networking.k8s.io/v1beta1", "IngressClass", 21, "deprecated-api", "networking.k8s.io/v1 IngressClass"),
        ("networking.k8s.io/v1beta1", "IngressClass", 37, "removed-api", "networking.k8s.io/v1 IngressClass"),
        ("policy/v1beta1", "PodSecurityPolicy", 24, "deprecated-api", ""),
        ("policy/v1beta1", "PodSecurityPolicy", 25, "removed-api", ""),
        ("extensions/v1beta1", "PodSecurityPolicy", 16, "removed-api", "policy/v1beta1 PodSecurityPolicy"),
        ("extensions/v1beta1", "Ingress", 18, "deprecated-api", "networking.k8s.io/v1beta1 Ingress"),
        ("extensions/v1beta1", "Ingress", 19, "deprecated-api", "networking.k8s.io/v1 Ingress"),
        ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 21, "deprecated-api", "apiextensions.k8s.io/v1 CustomResourceDefinition"),
        ("apiregistration.k8s.io/v1beta1", "APIService", 21, "deprecated-api", "apiregistration.k8s.io/v1 APIService"),
        ("events.k8s.io/v1beta1", "Event", 37, "removed-api", "events.k8s.io/v1 Event"),
        ("batch/v1", "CronJob", 20, "removed-api", "batch/v1beta1 CronJob"),
        ("v1", "Endpoints", 37, "deprecated-api", "discovery.k8s.io/v1 EndpointSlice"),
    ],
)  # fmt: skip
def test_the_version_to_use_is_one_that_is_served(api_version: str, kind: str, minor: int, rule: str, use: str) -> None:
    kube = KubeVersion(f"v1.{minor}.0", "1", str(minor), f"1.{minor}.0")
    tree = {"apiVersion": api_version, "kind": kind}
    said = [one for one in problems(tree, kube, CustomKinds()) if one.path == ("apiVersion",)]
    assert [one.rule for one in said] == [rule]
    assert said[0].message.partition("; use ")[2] == use
    if use:
        version, _, name = use.partition(" ")
        assert any(one.api_version == version for one in facts().served(name, minor))


def test_every_advice_is_true() -> None:
    advised = 0
    for minor in range(facts().oldest, facts().newest + 1):
        kube = KubeVersion(f"v1.{minor}.0", "1", str(minor), f"1.{minor}.0")
        for known in facts().kinds():
            tree = {"apiVersion": known.api_version, "kind": known.kind}
            for one in problems(tree, kube, CustomKinds()):
                _, _, use = one.message.partition("; use ")
                if one.path != ("apiVersion",) or not use:
                    continue
                version, _, name = use.partition(" ")
                assert [
                    p
                    for p in problems({"apiVersion": version, "kind": name}, kube, CustomKinds())
                    if p.path == ("apiVersion",)
                ] == [], (use, minor)
                advised += 1
    assert advised > 1000


def test_numbers_and_texts_that_are_taken(tmp_path: Path) -> None:
    text = """apiVersion: v1
kind: Pod
metadata: {name: a, creationTimestamp: null}
spec:
  terminationGracePeriodSeconds: 30.0
  containers:
  - name: a
    image: i
    resources: {limits: {cpu: 1, memory: 1.5Gi}, requests: {cpu: 0.5}}
    livenessProbe: {httpGet: {port: 80}}
    readinessProbe: {httpGet: {port: http}}
    env: []
    args: null
"""
    assert found(write_chart(tmp_path / "web", map=text)) == []


def test_the_version_of_kubernetes_counts(tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", map=PDB)
    assert found(chart, kube_version="1.24") == [("deprecated-api", "warning", "web/templates/map.yaml:1")]
    assert found(chart, kube_version="1.20") == []
    newer = write_chart(tmp_path / "new", map=PDB.replace("v1beta1", "v1"))
    assert "not served before Kubernetes 1.21" in messages(newer, kube_version="1.20")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.15", ["ServiceSpec has no field ipFamily before Kubernetes 1.16", "trafficDistribution before"]),
        ("1.16", ["trafficDistribution before Kubernetes 1.30"]),
        ("1.19", ["trafficDistribution before Kubernetes 1.30"]),
        ("1.29", ["ServiceSpec has no field ipFamily since Kubernetes 1.20", "trafficDistribution before"]),
        ("1.30", ["ServiceSpec has no field ipFamily since Kubernetes 1.20"]),
        ("1.37", ["ServiceSpec has no field ipFamily since Kubernetes 1.20"]),
    ],
)
def test_fields_are_those_of_the_version(tmp_path: Path, version: str, expected: list[str]) -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports: [{port: 80}]\n"
    chart = write_chart(tmp_path / "web", map=text + "  ipFamily: IPv4\n  trafficDistribution: PreferClose\n")
    report = steersman.check(chart, kube_version=version)
    assert [(one.rule, one.severity) for one in report.findings] == [("unknown-field", "error")] * len(expected)
    assert all(words in one.message for words, one in zip(expected, report.findings))


@pytest.mark.parametrize(
    ("text", "values", "severity"),
    [
        ("{{ .Values.a.b.c }}", "a: {}", "error"),
        ('{{ (lookup "v1" "Secret" "a" "b").data.c.d }}', "", "warning"),
        ('{{ required "which b?" .Values.a.b }}', "a: {}", "note"),
        ("{{ .Values.a | b64enc }}", "a: 1", "warning"),
    ],
)
def test_a_field_of_nothing_with_the_defaults_is_an_error(
    tmp_path: Path, text: str, values: str, severity: str
) -> None:
    chart = write_chart(tmp_path / "web", values=values, map=f"{MAP}data: {{a: {text}}}\n")
    assert ("not-rendered", severity) in [one[:2] for one in found(chart)]


def test_a_finding_names_the_place_in_the_chart_and_the_values(tmp_path: Path) -> None:
    helper = '{{ define "spec" }}\ndta: {a: b}{{ end }}'
    text = MAP + '{{- if .Values.x }}\n{{- include "spec" . }}\n{{- end }}\n'
    chart = write_chart(tmp_path / "web", values="x: false\n", map=text, _x=helper)
    (chart / "ci").mkdir()
    (chart / "ci" / "x-values.yaml").write_text("x: true\n")
    (one,) = steersman.check(chart).findings
    assert (one.file, one.line, one.object, one.field) == ("web/templates/map.yaml", 5, "ConfigMap/a", "dta")
    assert one.chain == (("web/templates/map.yaml", 5), ("web/templates/_x.tpl", 2))
    assert one.cases == ("ci/x-values.yaml",)


def test_custom_kinds(tmp_path: Path) -> None:
    widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec:\n"
    text = widget + "  szie: 3\n  mode: odd\n  free: {a: {b: 1}}\n  port: x\n"
    chart = write_chart(tmp_path / "web", map=text)
    assert found(chart) == [("unknown-kind", "note", "web/templates/map.yaml:2")]
    (tmp_path / "widgets.yaml").write_text(WIDGETS)
    expected = [
        ("missing-field", "error", "web/templates/map.yaml:4"),
        ("unknown-field", "error", "web/templates/map.yaml:5"),
        ("wrong-type", "error", "web/templates/map.yaml:6"),
    ]
    assert found(chart, crds=[tmp_path / "widgets.yaml"]) == expected
    (chart / "crds").mkdir()
    (tmp_path / "widgets.yaml").rename(chart / "crds" / "widgets.yaml")
    assert found(chart) == expected


# Comments, formats, exit codes


@pytest.mark.parametrize(
    "before",
    [
        "dta: {a: b} # steer:ignore unknown-field\n",
        "# steer:ignore wrong-type, unknown-field\n# as it is\ndta: {a: b}\n",
        "{{- /* steer:ignore unknown-field */}}\ndta: {a: b}\n",
        "{{- /*\nsteer:ignore unknown-field\nas it is\n*/}}\ndta: {a: b}\n",
        "{{- /* as it is,\n  steer:ignore unknown-field */ -}}\n# more\ndta: {a: b}\n",
        'dta: {a: "#"} # steer:ignore unknown-field\n',
        "dta: {a: it's} # steer:ignore unknown-field\n",
    ],
)
def test_a_comment_takes_a_finding_out(tmp_path: Path, before: str) -> None:
    chart = write_chart(tmp_path / "web", map=MAP + before)
    report = steersman.check(chart)
    assert (report.findings, report.ignored) == ((), 1)


def test_a_comment_about_another_rule_or_line_does_not(tmp_path: Path) -> None:
    text = "# steer:ignore wrong-type\ndta: {a: b}\n# steer:ignore unknown-field\n"
    chart = write_chart(tmp_path / "web", map=MAP + text)
    assert [rule for rule, _, _ in found(chart)] == ["unknown-field"]


@pytest.mark.parametrize(
    "text",
    [
        'dta: "# steer:ignore unknown-field"\n',
        "dta: '# steer:ignore unknown-field'\n",
        "dta: a#steer:ignore unknown-field\n",
        'dta: {{ "# steer:ignore unknown-field" | len }}\n',
        'immutable: true\ndata: {a: "{{/* steer:ignore unknown-field */}}"}\ndta: a\n',
    ],
)
def test_a_text_that_looks_like_a_comment_does_not(tmp_path: Path, text: str) -> None:
    assert [rule for rule, _, _ in found(write_chart(tmp_path / "web", map=MAP + text))] == ["unknown-field"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("kind: ConfigMap\nmetadata: {name: a}\n", 1, ["the object has no apiVersion"]),
        ("apiVersion: v1\nmetadata: {name: a}\n", 1, ["the object has no kind"]),
        ('apiVersion: ""\nkind: ConfigMap\n', 1, ["the object has no apiVersion"]),
        ("apiVersion: v1\nkind:\n", 2, ["the object has no kind"]),
        ("a: b\n", 1, ["the object has no apiVersion", "the object has no kind"]),
    ],
)
def test_an_object_without_a_version_or_a_kind(tmp_path: Path, text: str, line: int, said: list[str]) -> None:
    chart = write_chart(tmp_path / "web", map=text)
    assert messages(chart).splitlines() == said
    assert set(found(chart)) == {("missing-field", "error", f"web/templates/map.yaml:{line}")}


def test_a_dependency_that_is_missing(tmp_path: Path) -> None:
    dependencies = "dependencies:\n- name: here\n  version: 1.0.0\n- name: db\n  version: 1.0.0\n"
    chart = write_chart(tmp_path / "web", dependencies=dependencies, map=MAP)
    write_chart(chart / "charts" / "here", map=MAP)
    assert found(chart) == [("not-rendered", "warning", "web/Chart.yaml:7")]
    assert "db is missing in charts/" in messages(chart)


def test_a_library(own: Run, tmp_path: Path) -> None:
    chart = write_chart(
        tmp_path / "lib", _x='{{ define "lib.x" }}{{ .Values.any }}{{ include "of.the.user" . }}{{ end }}'
    )
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n")
    assert own("check", "lib").stdout == "lib: nothing found; a library is not rendered\n"


def test_exit_codes(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "bad", map=MAP + "dta: {}\n")
    write_chart(tmp_path / "odd", values="a: 1\na: 2\n", map="")
    assert own("check", "odd").returncode == 0
    assert own("check", "odd", "--strict").returncode == 1
    assert own("check", "odd", "bad").returncode == 1
    assert own("check", "none").returncode == 1
    assert "--output is one of" in own("check", "odd", "-o", "xml").stderr


def test_text_shows_notes_when_asked_for(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "web", map="{{ .Values.x }}", values="a: 1")
    short, long = own("check", "web").stdout, own("check", "./web", "-v").stdout
    assert short == "web: 1 note (-v shows them); rendered with the defaults for Kubernetes v1.37.0\n"
    assert long.startswith("web/templates/map.yaml:1: note: no values.yaml has x")


def test_json(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "charts" / "web", map=MAP + "dta: {}\n")
    (report,) = json.loads(own("check", "./charts/web", "-o", "json").stdout)
    assert (report["chart"], report["errors"], report["cases"]) == ("web", 1, ["the defaults"])
    assert report["findings"] == [
        {
            "rule": "unknown-field",
            "severity": "error",
            "message": "ConfigMap has no field dta; did you mean data?",
            "file": "charts/web/templates/map.yaml",
            "line": 4,
            "object": "ConfigMap/a",
            "field": "dta",
            "cases": ["the defaults"],
            "chain": ["web/templates/map.yaml:4"],
        }
    ]


def test_sarif(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "my charts" / "web", map=MAP + "dta: {}\n")
    log = json.loads(own("check", "my charts/web", "-o", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("unknown-field", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "unknown-field"
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "my%20charts/web/templates/map.yaml"},
        "region": {"startLine": 4},
    }


def test_an_archive_and_given_values(own: Run, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", values="x: false\n", map=MAP + "{{ if .Values.x }}dta: {}{{ end }}\n")
    own("package", str(chart))
    done = own("check", "web-1.0.0.tgz", "--set", "x=true")
    assert done.stdout.startswith("web/templates/map.yaml:4: error: ")
    assert "with the given values" in done.stdout


def test_helm_does_not_know_the_command(steer: Run) -> None:
    assert 'unknown command "check" for "helm"' in steer("check", "web").stderr


# The documentation


def test_every_rule_has_a_page_and_a_row() -> None:
    pages = {path.stem: path.read_text() for path in (ROOT / "docs" / "rules").glob("*.md")}
    assert set(pages) == set(RULES)
    for name, text in pages.items():
        rule = RULES[name]
        severity = rule.severity
        assert text.startswith(f"# {name}\n\n{rule.title[0].upper()}{rule.title[1:]}. Severity: {severity}")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["What", "Why", "How to mend it"]
    table = (ROOT / "docs" / "check.md").read_text()
    rows = re.findall(r"^\| \[`([\w-]+)`\]\(rules/\1\.md\) \| (\w+) \| (.*) \|$", table, re.MULTILINE)
    assert rows == [(r.name, r.severity, r.title) for r in RULES.values()]
