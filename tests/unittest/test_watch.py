"""``unittest --watch``: a change runs the suites again whose results it can change, and no others."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steersman.action.unittest import UnittestOptions
from steersman.action.unittest_watch import Watched

FILES = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0}\n",
    "values.yaml": "a: 1\n",
    "README.md": "# web\n",
    "crds/things.yaml": "kind: CustomResourceDefinition\nmetadata: {name: things}\n",
    "templates/_names.tpl": '{{ define "web.name" }}web{{ end }}\n',
    "templates/_labels.tpl": '{{ define "web.labels" }}app: {{ include "web.name" . }}{{ end }}\n',
    "templates/_other.tpl": '{{- define "web.other" -}}other{{ end }}\n',
    "templates/service.yaml": 'kind: Service\nlabels: "{{ include "web.labels" . }}"\n',
    "templates/config.yaml": "kind: ConfigMap\na: {{ .Values.a }}\n",
    "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
    "charts/db/values.yaml": "b: 1\n",
    "charts/db/templates/db.yaml": "kind: Db\nb: {{ .Values.b }}\n",
    "tests/service_test.yaml": "templates: [service.yaml]\ntests: [{it: a, asserts: [{isKind: {of: Service}}]}]\n",
    "tests/config_test.yaml": (
        "templates: [config.yaml]\nvalues: [../more/config.yaml]\ntests: [{it: a, asserts: [{isKind: {of: ConfigMap}}]}]\n"
    ),
    "tests/crds_test.yaml": (
        "templates: [config.yaml]\nincludeCrds: true\ntests: [{it: a, asserts: [{hasDocuments: {count: 1}}]}]\n"
    ),
    "charts/db/tests/db_test.yaml": "templates: [db.yaml]\ntests: [{it: a, asserts: [{isKind: {of: Db}}]}]\n",
    "more/config.yaml": "a: 2\n",
}
ALL = {"service", "config", "crds", "db"}


def make(folder: Path) -> Path:
    for name, text in FILES.items():
        file = folder / "web" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder / "web"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return make(tmp_path)


Affects = Callable[..., set[str]]


@pytest.fixture
def affects(chart: Path) -> Iterator[Affects]:
    """Write a file, or delete it, and return the names of the suite files that run again."""

    def change(name: str, text: str | None, **options: object) -> set[str]:
        watched = Watched([str(chart)], UnittestOptions(**options))
        file = chart / name
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        found = watched.affected([str(file)])
        assert bool(found.charts) == bool(found.files)
        return {Path(path).name.removesuffix("_test.yaml") for path in found.files}

    yield change


def test_a_suite_file_runs_alone(affects: Affects) -> None:
    assert affects("tests/service_test.yaml", FILES["tests/service_test.yaml"] + "# more\n") == {"service"}
    assert affects("tests/new_test.yaml", FILES["tests/service_test.yaml"]) == {"new"}
    assert affects("tests/new_test.yaml", None) == set()
    assert affects("charts/db/tests/db_test.yaml", FILES["charts/db/tests/db_test.yaml"] + "#\n") == {"db"}


def test_a_template_runs_the_suites_that_render_it(affects: Affects) -> None:
    assert affects("templates/service.yaml", "kind: Service\n") == {"service"}
    assert affects("templates/config.yaml", "kind: ConfigMap\n") == {"config", "crds"}
    assert affects("charts/db/templates/db.yaml", "kind: Db\n") == {"db"}
    assert affects("templates/new.yaml", "kind: New\n") == set()
    assert affects("templates/service.yaml", None) == {"service"}


def test_a_suite_without_templates_renders_all(affects: Affects) -> None:
    affects("tests/all_test.yaml", "tests: [{it: a, asserts: [{isKind: {of: Service}}]}]\n")
    assert affects("templates/new.yaml", "kind: New\n") == {"all"}
    assert affects(
        "tests/most_test.yaml", "excludeTemplates: [new.yaml]\ntests: [{it: a, asserts: [{isNull: {path: a}}]}]\n"
    ) == {"most"}
    assert affects("templates/new.yaml", "kind: Newer\n") == {"all"}


def test_definitions_run_the_suites_of_what_includes_them(affects: Affects) -> None:
    assert affects("templates/_names.tpl", '{{ define "web.name" }}new{{ end }}') == {"service"}
    assert affects("templates/_other.tpl", '{{ define "web.other" }}new{{ end }}') == set()
    # a definition that has gone is missed where it was included
    assert affects("templates/_labels.tpl", "{{/* nothing */}}") == {"service"}
    assert affects("templates/config.yaml", "kind: ConfigMap\na: {{ tpl .Values.a . }}\n") == {"config", "crds"}
    assert affects("templates/_other.tpl", '{{ define "web.other" }}newer{{ end }}') == {"config", "crds"}


def test_values_and_metadata_run_all(affects: Affects) -> None:
    assert affects("values.yaml", "a: 2\n") == ALL
    assert affects("charts/db/values.yaml", "b: 2\n") == ALL
    assert affects("values.schema.json", "{}") == ALL
    assert affects("Chart.yaml", FILES["Chart.yaml"] + "appVersion: '1'\n") == ALL


def test_values_files_run_the_suites_that_name_them(affects: Affects, chart: Path) -> None:
    assert affects("more/config.yaml", "a: 3\n") == {"config"}
    assert affects("prod.yaml", "a: 3\n", values=(str(chart / "prod.yaml"),)) == ALL


def test_other_files_matter_where_templates_read_files(affects: Affects) -> None:
    assert affects("README.md", "# new\n") == set()
    assert affects("crds/things.yaml", FILES["crds/things.yaml"] + "#\n") == {"crds"}
    affects("templates/config.yaml", 'kind: ConfigMap\na: {{ .Files.Get "README.md" }}\n')
    assert affects("README.md", "# newer\n") == ALL


def test_a_chart_that_cannot_be_read_has_its_error_shown_and_then_runs_all(chart: Path) -> None:
    watched = Watched([str(chart)], UnittestOptions())
    file = chart / "Chart.yaml"
    file.write_text("a: b: c")
    found = watched.affected([str(file)])
    assert (found.files, found.charts) == (frozenset(), (str(chart),))
    file.write_text(FILES["Chart.yaml"])
    assert len(watched.affected([str(file)]).files) == 4


def test_values_files_from_elsewhere_are_looked_at(chart: Path) -> None:
    suite = chart / "tests" / "service_test.yaml"
    suite.write_text(f"values: [../../outside.yaml]\n{suite.read_text()}")
    outside = chart.parent / "outside.yaml"
    outside.write_text("a: 1\n")
    watched = Watched([str(chart)], UnittestOptions())
    assert str(outside) in watched.places()
    assert {Path(path).name for path in watched.affected([str(outside)]).files} == {"service_test.yaml"}


def test_the_command_says_what_runs_again_and_what_still_fails(chart: Path) -> None:
    other = make(chart.parent / "second")
    program = Path(sys.executable).with_name("steer")
    process = subprocess.Popen(
        [str(program), "unittest", "--watch", "web", str(other)], cwd=chart.parent, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    guard = threading.Timer(60, process.kill)
    guard.start()
    steps: Iterator[tuple[str, str]] = iter(
        [
            ("templates/service.yaml", "kind: Other\n"),
            ("templates/config.yaml", "kind: ConfigMap\n"),
            ("README.md", "# new\n"),
            ("values.yaml", "a: 3\n"),
            ("tests/service_test.yaml", ""),
        ]
    )
    shown: list[list[str]] = [[]]
    for line in process.stdout:
        if not line.startswith("waiting"):
            shown[-1].append(line.rstrip())
            continue
        step = next(steps, None)
        if step is None:
            break
        shown.append([])
        if step[1]:
            (chart / step[0]).write_text(step[1])
        else:
            (chart / step[0]).unlink()
    process.kill()
    process.communicate()
    guard.cancel()
    first, broken, rest, nothing, everything, gone = ["\n".join(lines) for lines in shown]
    assert "Tests:       8 passed, 8 total" in first
    assert "\nweb/templates/service.yaml changed: running 1 of 8 suite files\n" in broken
    assert "Tests:       1 failed, 0 passed, 1 total" in broken and "second" not in broken
    assert "web/templates/config.yaml changed: running 2 of 8 suite files\n" in rest
    assert "Tests:       2 passed, 2 total" in rest
    assert "\nnot run again, failed before: web/tests/service_test.yaml" in rest
    assert "web/README.md changed: no suite depends on it\n" in nothing and "Tests:" not in nothing
    assert "failed before: web/tests/service_test.yaml" in nothing
    assert "web/values.yaml changed: running 4 of 8 suite files\n" in everything
    assert "1 failed, 3 passed, 4 total" in everything and "failed before" not in everything
    assert "web/tests/service_test.yaml changed" in gone and "failed before" not in gone


def test_a_file_that_is_watched_under_two_paths_is_named_once(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from steersman.action.unittest_watch import Affected
    from steersman.cli.terminal.watched import changed_line

    monkeypatch.chdir(chart)
    twice = ["values.yaml", str(chart / "values.yaml"), "./values.yaml"]
    again = Watched(["."], UnittestOptions()).affected(twice)
    assert isinstance(again, Affected)
    assert changed_line(twice, again, runs_all=False).startswith("values.yaml changed: ")
