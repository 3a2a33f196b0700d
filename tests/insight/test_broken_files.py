"""Values files and files of charts that are not YAML, told at their lines; each fix is applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.insight.charts import write_chart

# text, the line that is shown, the fix, and the line as the fix says
CASES = {
    "tab": ("a: 1\nb:\n\tc: 2\n", 3, "the line begins with a tab; indent with spaces", "  c: 2"),
    "colon in a text": ("a: 1\nb: x: z\n", 2, "quote the value: 'x: z'", "b: 'x: z'"),
    "special character": ("a: @daily\n", 1, "quote the value: '@daily'", "a: '@daily'"),
    "no blank": ("a: 1\nb:\n  c:2\n  d: 1\n", 3, "write a blank after the colon of c:", "  c: 2"),
    "quotation mark": ('a: "x\nb: 2\n', 1, 'the quotation mark is not closed: write a: "x"', 'a: "x"'),
    "another quotation mark": ("a: 'x\nb: 2\nc: 'd'\n", 1, "the quotation mark is not closed: write a: 'x'", "a: 'x'"),
    "indented too little": ("a:\n  b: x\n c: z\n", 3, "indent this line by 2, as line 2", "  c: z"),
    "indented too much": ("a: 1\n  b: x\n", 2, "do not indent this line, as line 1", "b: x"),
    "template": (
        "a:\n  b: {{ .x }}.y\n",
        2,
        "this file is not a template; quote the text: '{{ .x }}.y'",
        "  b: '{{ .x }}.y'",
    ),
    "equals sign": ("a: 1\nreplicas=3\nb: 2\n", 2, "write replicas: 3", "replicas: 3"),
    "colon missing": ("a: 1\nreplicas 3\n", 2, "write replicas: 3", "replicas: 3"),
    "bracket": ("a: [x\nb: 2\n", 1, "the [ is not closed: write a: [x]", "a: [x]"),
    "not a map": ("replicas=3\n", 1, "write replicas: 3", "replicas: 3"),
    "list": ("# all\n- a\n", 2, "values are a map; write the name of a value before this, as in name: value", "l: [a]"),
    "second document": ("a: 1\n---\n\tb: 2\n", 3, "the line begins with a tab; indent with spaces", "  b: 2"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_values_file_that_is_not_yaml_is_told_at_its_line_and_its_fix_is_true(
    own: Run, steer: Run, helm: Run, tmp_path: Path, name: str
) -> None:
    text, line, fix, mended = CASES[name]
    write_chart(tmp_path / "web", t="kind: A\n")
    (tmp_path / "prod.yaml").write_text(text)
    done = own("template", "web", "-f", "prod.yaml")
    first, _, rest = done.stderr.partition("\n")
    assert done.returncode == 1
    assert first == helm("template", "web", "-f", "prod.yaml").stderr.rstrip("\n")
    shown = text.split("\n")[line - 1].expandtabs(1)
    caret = " " * (len(shown) - len(shown.lstrip())) + "^"
    assert rest == f"prod.yaml:{line}\n{line:>6} | {shown}\n       | {caret}\nfix: {fix}\n"
    assert steer("template", "web", "-f", "prod.yaml").stderr == f"{first}\n"
    assert own("template", "web", "-f", "prod.yaml", env={"TERM": "dumb"}).stderr == f"{first}\n"
    (tmp_path / "prod.yaml").write_text("\n".join([*text.split("\n")[: line - 1], mended, *text.split("\n")[line:]]))
    done = own("template", "web", "-f", "prod.yaml", "--no-values-check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["template", "lint", "check", "install rel", "explain", "package"])
def test_every_command_that_reads_values_shows_the_line(own: Run, tmp_path: Path, command: str) -> None:
    chart = write_chart(tmp_path / "web", t="kind: A\n", values="a: b: c\n")
    place = "web/values.yaml:1\n     1 | a: b: c\n       | ^\nfix: quote the value: 'b: c'\n"
    done = own(*command.split(), "web")
    assert done.returncode == 1
    assert done.stderr.endswith(f"\n{place}")
    (chart / "values.yaml").write_text("")
    (tmp_path / "prod.yaml").write_text("a: b: c\n")
    if command != "package":
        assert own(*command.split(), "web", "-f", "prod.yaml").stderr.endswith(place.replace("web/values", "prod"))


def test_files_of_subcharts_and_chart_yaml_are_named(own: Run, steer: Run, helm: Run, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web", t="kind: A\n")
    write_chart(chart / "charts" / "db", values="a:\n  b: 'x\n")
    done = own("template", "web")
    assert done.stderr.startswith(helm("template", "web").stderr)
    assert "web/charts/db/values.yaml:2\n     2 |   b: 'x\n       |   ^\nfix: the quotation mark" in done.stderr
    assert steer("template", "web").stderr == helm("template", "web").stderr
    (chart / "charts" / "db" / "values.yaml").write_text("")
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\ndescription: a: b\n")
    done = own("template", "web")
    assert done.stderr.startswith(helm("template", "web").stderr)
    assert "Chart.yaml:4\n     4 | description: a: b\n" in done.stderr
    assert done.stderr.endswith("fix: quote the value: 'a: b'\n")


def test_values_of_standard_input_are_named(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "web", t="kind: A\n")
    done = own("template", "web", "-f", "-", stdin="a: b: c\n")
    assert "standard input:1\n     1 | a: b: c\n" in done.stderr
