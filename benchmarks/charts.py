"""Charts made for the benchmark, each large in one way: what costs should grow by no more than the size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_ABOUT = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
_DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-{{ .Chart.Name }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
"""
_CONFIG = """apiVersion: v1
kind: ConfigMap
metadata:
  name: c{number}
data:
  count: {{{{ .Values.count | quote }}}}
"""
_RANGE = """items:
{{- range $i := until (int .Values.count) }}
  - name: item-{{ $i }}
    even: {{ eq (int (mod $i 2)) 0 }}
{{- end }}
"""
_INCLUDE = """items:
{{- range $i := until (int .Values.count) }}
  - {{ include "named" $ }}
  - {{ tpl "{{ .Values.count }}" $ }}
{{- end }}
"""


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def umbrella(folder: Path) -> None:
    """100 subcharts."""
    _write(folder, {"Chart.yaml": _ABOUT.format(name="umbrella"), "values.yaml": "{}\n"})
    for number in range(100):
        chart = {
            "Chart.yaml": _ABOUT.format(name=f"part{number}"),
            "values.yaml": 'replicas: 1\nimage: {repository: nginx, tag: "1"}\n',
            "templates/deployment.yaml": _DEPLOYMENT,
        }
        _write(folder / "charts" / f"part{number}", chart)


def many_templates(folder: Path) -> None:
    """2,000 templates."""
    templates = {f"templates/t{n}.yaml": _CONFIG.format(number=n) for n in range(2000)}
    _write(folder, {"Chart.yaml": _ABOUT.format(name="many"), "values.yaml": "count: 1\n", **templates})


def large_values(folder: Path) -> None:
    """A values file of 5 MB, the most Helm reads."""
    entry = 'key{n}:\n  name: "value {n}"\n  list:\n    - a\n    - {n}\n  enabled: true\n'
    values = "".join(entry.format(n=n) for n in range(66_000))
    template = {"templates/t.yaml": "size: {{ len .Values }}\n"}
    _write(folder, {"Chart.yaml": _ABOUT.format(name="values"), "values.yaml": values, **template})


def long_range(folder: Path) -> None:
    """A range of 100,000."""
    files = {"values.yaml": "count: 100000\n", "templates/t.yaml": _RANGE}
    _write(folder, {"Chart.yaml": _ABOUT.format(name="range"), **files})


def includes(folder: Path) -> None:
    """10,000 times include and tpl."""
    named = '{{ define "named" }}{{ .Values.count }}-{{ .Release.Name }}{{ end }}'
    files = {"values.yaml": "count: 10000\n", "templates/_named.tpl": named, "templates/t.yaml": _INCLUDE}
    _write(folder, {"Chart.yaml": _ABOUT.format(name="include"), **files})


LARGE: dict[str, Callable[[Path], None]] = {
    "an umbrella of 100 subcharts": umbrella,
    "2,000 templates": many_templates,
    "a values file of 5 MB": large_values,
    "a range of 100,000": long_range,
    "include and tpl, 10,000 times": includes,
}
