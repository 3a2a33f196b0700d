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
    """

    name: str
    template: str
    values: str
    edit: tuple[str, str, str]
    schema: str = ""
    given: str = ""
    head: str = HEAD


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
]
