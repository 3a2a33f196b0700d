"""Broken charts, one for each kind of error, each with the edit that its fix asks for."""

from __future__ import annotations

from typing import NamedTuple

HELPERS = """\
{{- define "web.labels" -}}
app: {{ .Chart.Name }}
size: {{ .Values.size }}
{{- end }}
{{- define "web.db" -}}
host: {{ .host.name }}
{{- end }}
"""
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"


class Broken(NamedTuple):
    """A chart that does not render.

    Attributes:
        name: of the mistake.
        template: the text of templates/t.yaml, after the head of a ConfigMap.
        values: the text of values.yaml.
        edit: the file, what is wrong in it, and what the fix puts there; the file is t, values, helpers or given.
        schema: the text of values.schema.json, or "".
        given: the user's values, or "".
        head: what the template begins with.
        says: the part of the named fix that the edit does.
        rendered: a part of what the mended chart renders to.
    """

    name: str
    template: str
    values: str
    edit: tuple[str, str, str]
    schema: str = ""
    given: str = ""
    head: str = HEAD
    says: str = ""
    rendered: str = ""


CASES = [
    Broken(
        "absent-map",
        "data:\n  size: {{ .Values.db.size | quote }}\n",
        "x: 1\n",
        ("t", ".Values.db.size", "(.Values.db).size"),
    ),
    Broken(
        "absent-map-set",
        "data:\n  size: {{ .Values.db.size | quote }}\n",
        "x: 1\n",
        ("values", "x: 1", "db: {size: 1}"),
    ),
    Broken(
        "scalar-for-map",
        "data:\n  size: {{ .Values.db.size | quote }}\n",
        "db: small\n",
        ("values", "db: small", "db: {size: small}"),
    ),
    Broken(
        "absent-in-include",
        'data:\n  {{- include "web.db" .Values.db | nindent 2 }}\n',
        "db: {port: 1}\n",
        ("helpers", ".host.name", "(.host).name"),
    ),
    Broken(
        "required", 'data:\n  host: {{ required "a host is needed" .Values.host }}\n', "", ("values", "", "host: x\n")
    ),
    Broken(
        "fail",
        'data:\n  {{- if gt (int .Values.replicas) 1 }}\n  {{- fail "only one replica" }}\n  {{- end }}\n',
        "replicas: 2\n",
        ("values", "replicas: 2", "replicas: 1"),
    ),
    Broken(
        "unknown-include",
        'data:\n  {{- include "web.lables" . | nindent 2 }}\n',
        "size: 1\n",
        ("t", "web.lables", "web.labels"),
    ),
    Broken(
        "unknown-template",
        'data: {x: "{{ template "web.lables" . }}"}\n',
        "size: 1\n",
        ("t", "web.lables", "web.labels"),
    ),
    Broken(
        "number-for-text",
        "data:\n  a: {{ .Values.port | upper }}\n",
        "port: 80\n",
        ("t", ".Values.port | upper", "(.Values.port | toString) | upper | quote"),
    ),
    Broken(
        "number-for-text-argument",
        "data:\n  a: {{ trimSuffix .Values.port .Values.name | quote }}\n",
        "{port: 80, name: x80}\n",
        ("t", ".Values.port", "(.Values.port | toString)"),
    ),
    Broken(
        "scalar-for-list",
        "data:\n  {{- range .Values.hosts }}\n  {{ . }}: x\n  {{- end }}\n",
        "hosts: 5.5\n",
        ("values", "5.5", "[a]"),
    ),
    Broken(
        "compared-kinds",
        'data:\n  {{- if eq .Values.port "80" }}\n  a: b\n  {{- end }}\n',
        "port: 80\n",
        ("t", "eq .Values.port", "eq (toString .Values.port)"),
    ),
    Broken(
        "index-too-large",
        "data:\n  a: {{ index .Values.hosts 2 | quote }}\n",
        "hosts: [a, b]\n",
        ("t", "hosts 2", "hosts 1"),
    ),
    Broken("divided-by-zero", "data:\n  a: {{ div 100 .Values.parts | quote }}\n", "parts: 0\n", ("values", "0", "4")),
    Broken(
        "not-a-version",
        'data:\n  a: {{ semverCompare ">=1" .Values.version | quote }}\n',
        "version: latest\n",
        ("values", "latest", "1.2.3"),
    ),
    Broken(
        "inside-tpl",
        "data:\n  a: {{ tpl .Values.text . | quote }}\n",
        "text: '{{ .Values.who.name }}'\n",
        ("values", ".Values.who.name", "(.Values.who).name"),
    ),
    Broken("unknown-function", "data:\n  a: {{ toYml .Values.m | quote }}\n", "m: {}\n", ("t", "toYml", "toYaml")),
    Broken(
        "end-missing", "data:\n  {{- if .Values.a }}\n  a: b\n", "a: true\n", ("t", "a: b\n", "a: b\n  {{- end }}\n")
    ),
    Broken("end-too-many", "data:\n  a: b\n  {{- end }}\n", "", ("t", "  {{- end }}\n", "")),
    Broken(
        "unknown-variable",
        "data:\n  {{- $name := .Values.a }}\n  a: {{ $nmae | quote }}\n",
        "a: x\n",
        ("t", "$nmae", "$name"),
    ),
    Broken("quote-missing", 'data:\n  a: {{ .Values.a | default "x }}\n', "a: x\n", ("t", '"x }}', '"x" }}')),
    Broken("brace-missing", "data:\n  a: {{ .Values.a }\n", "a: x\n", ("t", ".Values.a }", ".Values.a }}")),
    Broken(
        "indented-too-little",
        "data:\n  a:\n{{ toYaml .Values.m | indent 1 }}\n  c: d\n",
        "m: {x: y}\n",
        ("t", "indent 1", "indent 4"),
    ),
    Broken(
        "not-indented",
        "spec:\n  l:\n    {{ toYaml .Values.l }}\n",
        "l: [x, y]\n",
        ("t", "{{ toYaml .Values.l }}", "{{- toYaml .Values.l | nindent 4 }}"),
    ),
    Broken(
        "include-not-indented",
        'metadata2:\n  labels:\n    {{ include "web.labels" . }}\n    tier: x\n',
        "size: 1\n",
        ("t", '{{ include "web.labels" . }}', '{{- include "web.labels" . | nindent 4 }}'),
    ),
    Broken(
        "colon-in-text",
        "data:\n  a: {{ .Values.a }}\n",
        "a: 'b: c'\n",
        ("t", "{{ .Values.a }}", "{{ .Values.a | quote }}"),
    ),
    Broken(
        "special-first-character",
        "data:\n  a: {{ .Values.a }}\n",
        "a: '*.example.com'\n",
        ("t", "{{ .Values.a }}", "{{ .Values.a | quote }}"),
    ),
    Broken(
        "at-sign", "data:\n  a: {{ .Values.a }}\n", "a: '@daily'\n", ("t", "{{ .Values.a }}", "{{ .Values.a | quote }}")
    ),
    Broken("tab", "data:\n\ta: {{ .Values.a }}\n", "a: x\n", ("t", "\ta:", "  a:")),
    Broken(
        "glued-lines",
        "data:\n  a: {{ .Values.a }}\n{{- if .Values.b }}  b: {{ .Values.b }}{{ end }}\n",
        "{a: x, b: z}\n",
        ("t", "{{- if", "{{ if"),
    ),
    Broken(
        "several-lines",
        "data:\n  a: {{ .Values.text }}\n  b: c\n",
        "text: |-\n  one\n  two: three\n",
        ("t", "a: {{ .Values.text }}", "a: |\n    {{- .Values.text | nindent 4 }}"),
    ),
    Broken(
        "map-for-text",
        "  annotations:\n    config: {{ .Values.m | toJson }}\n",
        "m: {a: 1}\n",
        ("t", "toJson", "toJson | quote"),
    ),
    Broken(
        "list-for-map",
        "  annotations:\n    {{- toYaml .Values.notes | nindent 4 }}\n",
        "notes: [a, b]\n",
        ("values", "[a, b]", "{a: b}"),
    ),
    Broken(
        "schema-type",
        "",
        "replicas: 1\n",
        ("given", "two", "2"),
        schema='{"properties": {"replicas": {"type": "integer"}}}',
        given="replicas: two\n",
    ),
    Broken(
        "schema-unknown-key",
        "",
        "image: {tag: 1}\n",
        ("given", "tga", "tag"),
        schema='{"properties": {"image": {"additionalProperties": false, "properties": {"tag": {}}}}}',
        given="image:\n  tga: 2\n",
    ),
    Broken(
        "map-on-the-key-line",
        "  labels: {{ toYaml .Values.l }}\n",
        "l: {team: x, tier: z}\n",
        ("t", "toYaml .Values.l", "toYaml .Values.l | nindent 4"),
        says="| nindent 4",
        rendered="labels: \n    team: x\n    tier: z\n",
    ),
    Broken(
        "map-of-one-on-the-key-line",
        "  labels: {{ toYaml .Values.l }}\n",
        "l: {team: x}\n",
        ("t", "toYaml .Values.l", "toYaml .Values.l | nindent 4"),
        says="| nindent 4",
        rendered="labels: \n    team: x\n",
    ),
    Broken(
        "include-on-the-key-line",
        '  labels: {{ include "web.labels" . }}\n',
        "size: 1\n",
        ("t", 'include "web.labels" .', 'include "web.labels" . | nindent 4'),
        says="| nindent 4",
        rendered="    app: web\n    size: 1\n",
    ),
    Broken(
        "deep-map-on-the-key-line",
        "spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        resources: {{ toYaml .Values.x }}\n",
        "x: {limits: {cpu: 1}, requests: {cpu: 1}}\n",
        ("t", "toYaml .Values.x", "toYaml .Values.x | nindent 10"),
        says="| nindent 10",
        rendered="resources: \n          limits:\n            cpu: 1\n          requests:\n",
    ),
    Broken(
        "list-after-a-dash-and-a-key",
        "spec:\n  template:\n    spec:\n      containers:\n      - env: {{ toYaml .Values.x }}\n        name: a\n",
        "x: [{name: a, value: b}]\n",
        ("t", "toYaml .Values.x", "toYaml .Values.x | nindent 10"),
        says="| nindent 10",
        rendered="env: \n          - name: a\n            value: b\n        name: a\n",
    ),
    Broken(
        "indent-on-the-key-line",
        "spec:\n  template:\n    spec:\n      nodeSelector: {{ toYaml .Values.x | indent 8 }}\n",
        "x: {a: b, c: d}\n",
        ("t", "indent 8", "nindent 8"),
        says="nindent 8",
        rendered="nodeSelector: \n        a: b\n        c: d\n",
    ),
    Broken(
        "wrong-indent-on-the-key-line",
        "spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        args: {{ toYaml .Values.x | indent 8 }}\n",
        "x: [a, b]\n",
        ("t", "indent 8", "nindent 10"),
        says="nindent 10",
        rendered="args: \n          - a\n          - b\n",
    ),
    Broken(
        "wrong-nindent",
        "spec:\n  l:\n    m: {{ toYaml .Values.m | nindent 1 }}\n  n: o\n",
        "m: {a: b}\n",
        ("t", "nindent 1", "nindent 6"),
        says="nindent 6",
        rendered="m: \n      a: b\n  n: o\n",
    ),
    Broken(
        "indent-after-blanks",
        "  labels:\n    {{ toYaml .Values.x | indent 10 }}\n",
        "x: {a: b, c: d}\n",
        ("t", "indent 10", "nindent 4"),
        says="nindent 4",
        rendered="    a: b\n    c: d\n",
    ),
    Broken(
        "text-indented-too-little",
        "data:\n  a: |\n{{ .Values.x | indent 1 }}\n",
        'x: "one\\ntwo: three"\n',
        ("t", "indent 1", "indent 4"),
        says="indent 4",
        rendered="a: |\n    one\n    two: three\n",
    ),
    Broken(
        "quotes-in-quotes",
        'data:\n  x: "{{ .Values.s }}"\n',
        "s: 'it is \"x\"'\n",
        ("t", '"{{ .Values.s }}"', "{{ .Values.s | quote }}"),
        says="{{ .Values.s | quote }}",
        rendered='x: "it is \\"x\\""\n',
    ),
    Broken(
        "apostrophe-in-quotes",
        "data:\n  x: '{{ .Values.s }}'\n",
        's: "it\'s"\n',
        ("t", "'{{ .Values.s }}'", "{{ .Values.s | quote }}"),
        says="{{ .Values.s | quote }}",
        rendered='x: "it\'s"\n',
    ),
    Broken(
        "escape-in-quotes",
        'data:\n  x: "{{ .Values.s }}"\n',
        "s: 'a\\d'\n",
        ("t", '"{{ .Values.s }}"', "{{ .Values.s | quote }}"),
        says="{{ .Values.s | quote }}",
        rendered='x: "a\\\\d"\n',
    ),
    Broken(
        "constant-escape",
        'data:\n  x: "a\\d"\n  y: z\n',
        "",
        ("t", '"a\\d"', "'a\\d'"),
        says="'a\\d'",
        rendered="x: 'a\\d'\n",
    ),
    Broken(
        "quoted-beginning",
        "data:\n  x: {{ .Values.s }}\n",
        "s: '\"abc\" d'\n",
        ("t", ".Values.s }}", ".Values.s | quote }}"),
        says="| quote",
        rendered='x: "\\"abc\\" d"\n',
    ),
    Broken(
        "quoted-twice",
        'data:\n  x: "{{ .Values.s | quote }}"\n',
        "s: a\n",
        ("t", '"{{ .Values.s | quote }}"', "{{ .Values.s | quote }}"),
        says="leave the quotes around the action out",
        rendered='x: "a"\n',
    ),
    Broken(
        "quoted-in-part",
        "data:\n  x: {{ .Values.s | quote }} suffix\n",
        "s: a\n",
        ("t", "{{ .Values.s | quote }} suffix", '{{ printf "%v suffix" .Values.s | quote }}'),
        says='{{ printf "%v suffix" .Values.s | quote }}',
        rendered='x: "a suffix"\n',
    ),
    Broken(
        "quoted-in-part-of-quotes",
        'data:\n  x: "pre {{ .Values.s }} 5%"\n',
        "s: 'a\"b'\n",
        ("t", '"pre {{ .Values.s }} 5%"', '{{ printf "pre %v 5%%" .Values.s | quote }}'),
        says='{{ printf "pre %v 5%%" .Values.s | quote }}',
        rendered='x: "pre a\\"b 5%"\n',
    ),
    Broken(
        "colon-in-part",
        "data:\n  x: pre {{ .Values.s }}\n",
        "s: 'a: b'\n",
        ("t", "pre {{ .Values.s }}", '"pre {{ .Values.s }}"'),
        says='"pre {{ .Values.s }}"',
        rendered='x: "pre a: b"\n',
    ),
    Broken(
        "colon-in-constant",
        "data:\n  x: a: b\n",
        "",
        ("t", "a: b", "'a: b'"),
        says="'a: b'",
        rendered="x: 'a: b'\n",
    ),
    Broken(
        "item-with-a-star",
        "data2:\n  x: b\n  l:\n  - {{ .Values.s }}\n",
        "s: '*abc'\n",
        ("t", ".Values.s", ".Values.s | quote"),
        says="| quote",
        rendered='- "*abc"\n',
    ),
    Broken(
        "unknown-anchor",
        "data:\n  y: {{ .Values.s }}\n",
        "s: '*abc'\n",
        ("t", ".Values.s", ".Values.s | quote"),
        says="| quote",
        rendered='y: "*abc"\n',
    ),
    Broken(
        "dash-in-text",
        "data:\n  y: {{ .Values.s }}\n",
        "s: '- a'\n",
        ("t", ".Values.s", ".Values.s | quote"),
        says="| quote",
        rendered='y: "- a"\n',
    ),
    Broken(
        "question-mark",
        "data:\n  y: {{ .Values.s }}\n",
        "s: '? a'\n",
        ("t", ".Values.s", ".Values.s | quote"),
        says="| quote",
        rendered='y: "? a"\n',
    ),
    Broken(
        "key-with-a-star",
        "data:\n  {{- range $k, $v := .Values.m }}\n  {{ $k }}: {{ $v }}\n  {{- end }}\n",
        "m: {'*': a, b: c}\n",
        ("t", "{{ $k }}:", "{{ $k | quote }}:"),
        says="{{ $k | quote }}:",
        rendered='"*": a\n',
    ),
    Broken(
        "no-blank-after-colon",
        "data:\n  x:a\n  y: b\n",
        "",
        ("t", "x:a", "x: a"),
        says="write a blank after the colon of x:",
        rendered="x: a\n",
    ),
    Broken(
        "no-blank-after-last-colon",
        "data:\n  x: a\n  y:b\n",
        "",
        ("t", "y:b", "y: b"),
        says="write a blank after the colon of y:",
        rendered="y: b\n",
    ),
    Broken(
        "trimmed-behind",
        "data:\n  x: {{ .Values.num -}}\n  y: b\n",
        "num: 1a\n",
        ("t", "-}}", "}}"),
        says="-}} on line 6",
        rendered="x: 1a\n  y: b\n",
    ),
    Broken(
        "trimmed-behind-a-statement",
        "data:\n  x: a\n  {{- if .Values.b -}}\n  y: b\n  {{- end }}\n",
        "b: true\n",
        ("t", "-}}", "}}"),
        says="-}} on line 7",
        rendered="x: a\n  y: b\n",
    ),
    Broken(
        "number-below-a-number",
        "data:\n  x: {{ if lt .Values.count 5 }}few{{ end }}\n",
        "count: 3\n",
        ("t", ".Values.count", "(int .Values.count)"),
        says="(int .Values.count)",
        rendered="x: few\n",
    ),
    Broken(
        "fraction-below-a-number",
        "data:\n  x: {{ if lt .Values.count 5 }}few{{ end }}\n",
        "count: 2.5\n",
        ("t", ".Values.count 5", "(float64 .Values.count) 5.0"),
        says="(float64 .Values.count) with 5.0",
        rendered="x: few\n",
    ),
    Broken(
        "text-equal-to-a-number",
        "data:\n  x: {{ if eq .Values.s 1 }}one{{ end }}\n",
        's: "1"\n',
        ("t", ".Values.s", "(int .Values.s)"),
        says="(int .Values.s)",
        rendered="x: one\n",
    ),
    Broken(
        "text-piped-to-a-number",
        "data:\n  x: {{ if .Values.s | eq 1 }}one{{ end }}\n",
        's: "1"\n',
        ("t", "| eq", "| int | eq"),
        says="| int before | eq",
        rendered="x: one\n",
    ),
    Broken(
        "text-equal-to-true",
        "data:\n  x: {{ if eq .Values.s true }}one{{ end }}\n",
        's: "true"\n',
        ("t", ".Values.s true", '(toString .Values.s) "true"'),
        says='(toString .Values.s) with "true"',
        rendered="x: one\n",
    ),
    Broken(
        "nothing-below-a-number",
        "data:\n  x: {{ if lt .Values.s 1 }}one{{ end }}\n",
        "a: b\n",
        ("t", ".Values.s", "(int .Values.s)"),
        says="(int .Values.s)",
        rendered="x: one\n",
    ),
    Broken(
        "two-kinds",
        "data:\n  x: {{ if eq .Values.s .Values.t }}one{{ end }}\n",
        '{s: 1, t: "1"}\n',
        ("t", ".Values.s .Values.t", "(toString .Values.s) (toString .Values.t)"),
        says="eq (toString .Values.s) (toString .Values.t)",
        rendered="x: one\n",
    ),
    Broken(
        "two-numbers",
        "data:\n  x: {{ if eq (len .Values.t) .Values.s }}one{{ end }}\n",
        "{s: 1, t: [a]}\n",
        ("t", "(len .Values.t) .Values.s", "(float64 (len .Values.t)) (float64 .Values.s)"),
        says="eq (float64 (len .Values.t)) (float64 .Values.s)",
        rendered="x: one\n",
    ),
    Broken(
        "item-is-a-text",
        "data:\n  x: {{ (index .Values.hosts 0).name }}\n",
        "hosts: [abc]\n",
        ("values", "abc", "{name: abc}"),
        says="hosts[0] is not a map",
        rendered="x: abc\n",
    ),
    Broken(
        "empty-list",
        "data:\n  x: {{ (index .Values.hosts 0).name }}\n",
        "hosts: []\n",
        ("values", "[]", "[{name: abc}]"),
        says="hosts is empty; give it an item",
        rendered="x: abc\n",
    ),
    Broken(
        "set-on-nothing",
        'data:\n  x: {{ (set .Values.z "a" "b").a }}\n',
        "a: b\n",
        ("t", ".Values.z", "(.Values.z | default dict)"),
        says="(.Values.z | default dict)",
        rendered="x: b\n",
    ),
    Broken(
        "merge-on-nothing",
        'data:\n  x: {{ (mergeOverwrite (dict "a" "b") .Values.z).a }}\n',
        "a: b\n",
        ("t", ".Values.z", "(.Values.z | default dict)"),
        says="(.Values.z | default dict)",
        rendered="x: b\n",
    ),
    Broken(
        "set-on-a-text",
        'data:\n  x: {{ (set .Values.z "a" "b").a }}\n',
        "z: b\n",
        ("values", "z: b", "z: {}"),
        says="make it a map",
        rendered="x: b\n",
    ),
    Broken(
        "index-of-nothing",
        'data:\n  x: {{ index .Values.z "a" "b" }}\n',
        "z: {}\n",
        ("values", "{}", "{a: {b: c}}"),
        says="z.a is not set",
        rendered="x: c\n",
    ),
    Broken(
        "length-of-nothing",
        'data:\n  x: "{{ len .Values.z }}"\n',
        "a: b\n",
        ("t", ".Values.z", "(.Values.z | default list)"),
        says="(.Values.z | default list)",
        rendered='x: "0"\n',
    ),
    Broken(
        "map-for-a-text",
        "  annotations:\n    a:\n      {{- toYaml .Values.m | nindent 6 }}\n",
        "m: {b: c, d: e}\n",
        ("t", "    a:\n", "    a: |\n"),
        says="a text is wanted here; write a: | to make one of the lines below",
        rendered="a: |\n      b: c\n      d: e\n",
    ),
    Broken(
        "parse-error-inside-tpl",
        "data:\n  a: {{ tpl .Values.text . | quote }}\n",
        "text: |-\n  ok\n  {{ .Values.who\n",
        ("values", ".Values.who", ".Values.who }}"),
        says="the action on this line has no }}",
        rendered='a: "ok\\n"',
    ),
    Broken(
        "unknown-include-inside-tpl",
        "data:\n  {{- tpl .Values.text . | nindent 2 }}\n",
        """text: '{{ include "web.lables" . }}'\nsize: 1\n""",
        ("values", "web.lables", "web.labels"),
        says='did you mean "web.labels"?',
        rendered="size: 1\n",
    ),
]
