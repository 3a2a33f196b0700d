"""Cases that ``docs/compatibility.md`` lists as missing: one that becomes equal must leave that page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, write_chart
from tests.conftest import Run

VALUES = "empty: ''\nlist: [1]\nmap: {a: 1}\n"
FAILING = {
    "the place of range (and a b)": "{{ range (and .Values.empty .Values.list) }}{{ end }}",
}
WRITING = {
    "a version of Kubernetes from a function": '{{ $k := default .Capabilities.KubeVersion "" }}{{ $k }}',
    "a version of Kubernetes from a map": '{{ $d := dict "k" .Capabilities.KubeVersion }}{{ $d.k }}',
    "words of bytes": '{{ snakecase "a\\xffB" | b64enc }} {{ kebabcase "a\\xffB" | b64enc }}',
}
FILES = {
    "a colon first in brackets": "x: y\n[: b]\nc: 1\n",
    "a control character ahead": "a: b: c\n" + "# filler\n" * 400 + "\x01",
}


@pytest.mark.helm
@pytest.mark.parametrize(
    ("text", "code"),
    [*((text, 1) for text in FAILING.values()), *((text, 0) for text in WRITING.values())],
    ids=[*FAILING, *WRITING],
)
def test_a_template_ends_otherwise(tmp_path: Path, steer: Run, helm: Run, text: str, code: int) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": f"a: {text}\n"}, VALUES)
    # interpreted, the place of an "and" is right
    ours, theirs = (run("template", "x", "m", env={"STEER_TEMPLATES": "compile"}) for run in (steer, helm))
    assert (ours.returncode, theirs.returncode) == (code, code)
    assert (ours.stdout, ours.stderr) != (theirs.stdout, theirs.stderr)


@pytest.mark.helm
@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_both_refuse_a_values_file_in_other_words(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": "a: b\n"})
    (tmp_path / "v.yaml").write_text(text)
    ours, theirs = (run("template", "x", "m", "-f", "v.yaml") for run in (steer, helm))
    assert (ours.returncode, theirs.returncode) == (1, 1)
    assert ours.stderr != theirs.stderr
