"""The check for values that did nothing, as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.insight.charts import write_chart

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  tag: {{ .Values.image.tag | quote }}\n"
NOTICE = "notice: no template reads image.tga (prod.yaml:3); did you mean image.tag? [unused-value]\n"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    values = "image: {tag: 1}\nuse: false\n"
    (tmp_path / "prod.yaml").write_text("# ours\nimage:\n  tga: 2\n")
    return write_chart(tmp_path / "web", values=values, map=MAP, more="{{ if .Values.use }}{{ .Values.more }}{{ end }}")


def test_a_misspelt_value_is_reported_and_changes_nothing(own: Run, chart: Path) -> None:
    plain = own("template", "web", "-f", "prod.yaml", "--no-values-check")
    done = own("template", "web", "-f", "prod.yaml")
    assert (done.stdout, done.returncode, plain.returncode) == (plain.stdout, 0, 0)
    assert (done.stderr, plain.stderr) == (NOTICE, "")
    # a second run takes the code that the first has kept
    for _ in range(2):
        assert own("template", "web", "-f", "prod.yaml").stderr == NOTICE


def test_flags_are_named(own: Run, chart: Path) -> None:
    done = own("template", "web", "--set", "image.tga=2,image.tag=3")
    assert "no template reads image.tga (--set image.tga=2,image.tag=3)" in done.stderr


def test_standard_input_is_named(own: Run, chart: Path) -> None:
    done = own("template", "web", "-f", "-", stdin="imgae: {tag: 2}\n")
    assert "no template reads imgae (standard input:1); did you mean image?" in done.stderr


def test_values_of_branches_that_did_not_run_are_reported_on_request(own: Run, chart: Path) -> None:
    assert own("template", "web", "--set", "more=1").stderr == ""
    done = own("template", "web", "--set", "more=1", "-v")
    assert done.stderr == "notice: more (--set more=1) did nothing: what mentions it did not run [unused-value]\n"


@pytest.mark.parametrize("command", ["template", "lint", "install"])
def test_strict_values_are_an_error(own: Run, chart: Path, command: str) -> None:
    name = ("rel",) if command == "install" else ()
    extra = ("--dry-run=client",) if command == "install" else ()
    done = own(command, *name, "web", "-f", "prod.yaml", "--strict-values", *extra)
    assert done.returncode == 1
    assert "image.tga (prod.yaml:3); did you mean image.tag?" in done.stdout + done.stderr
    if command == "template":
        assert done.stdout == ""


def test_strict_values_with_nothing_wrong_pass(own: Run, chart: Path) -> None:
    for command in ("template", "lint"):
        done = own(command, "web", "--set", "image.tag=2", "--strict-values")
        assert (done.returncode, "no template reads" in done.stdout + done.stderr) == (0, False)


def test_under_the_name_helm_nothing_speaks_unless_asked(steer: Run, chart: Path) -> None:
    for command in ("template", "lint"):
        assert "reads" not in steer(command, "web", "-f", "prod.yaml").stderr
    assert "no template reads these values" in steer("template", "web", "-f", "prod.yaml", "--strict-values").stderr
    assert "unknown shorthand flag: 'v'" in steer("template", "web", "-v").stderr


def test_a_notice_can_be_switched_off(own: Run, chart: Path) -> None:
    done = own("template", "web", "-f", "prod.yaml", env={"STEER_NO_NOTICES": "unused-value"})
    assert done.stderr == ""


def test_a_global_that_is_overridden_names_what_does_it(own: Run, chart: Path) -> None:
    (chart / "Chart.yaml").write_text(
        (chart / "Chart.yaml").read_text() + "dependencies:\n- {name: db, version: 1.0.0}\n"
    )
    (chart / "values.yaml").write_text("image: {tag: 1}\nglobal: {region: eu}\n")
    text = MAP.replace("name: a", "name: b").replace(".image.tag", ".global.region")
    write_chart(chart / "charts" / "db", values="global: {region: x}\n", map=text)
    done = own("template", "web", "--set", "db.global.region=us", "--strict-values")
    reason = "db.global.region (--set db.global.region=us): global.region (web/values.yaml:2) overrides it"
    assert done.stderr == f"Error: no template reads these values:\n  {reason}\n"
    shown = own("explain", "web", "ConfigMap/b", "data.tag", "--set", "db.global.region=us").stdout
    assert [" ".join(line.split()) for line in shown.splitlines()[-3:]] == [
        'db.global.region = "eu" web/values.yaml:2',
        "overrides --set db.global.region=us",
        "overrides web/charts/db/values.yaml:1",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("base: &b {tag: 1}\nimage:\n  <<: *b\n", []),
        ("x: {one: &b 1, two: 2}\nimage: {tag: *b}\n", ["x.two (prod.yaml:1)"]),
        ("base: &b {tag: 1, tga: 2}\nimage:\n  <<: *b\n", ["image.tga (prod.yaml:1)"]),
        ("base: &b {tag: 1}\n", ["base (prod.yaml:1)"]),
    ],
)
def test_values_that_stand_elsewhere_by_an_alias_are_not_reported(
    own: Run, chart: Path, tmp_path: Path, text: str, expected: list[str]
) -> None:
    (tmp_path / "prod.yaml").write_text(text)
    lines = own("template", "web", "-f", "prod.yaml").stderr.splitlines()
    assert [line.split("reads ")[1].partition(";")[0].removesuffix(" [unused-value]") for line in lines] == expected
