"""Notices: each is tried on a chart that the real Helm shows to do what the notice says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from steersman.notices import (
    AT_MOST,
    CHART,
    CLOSED_SCHEMA,
    MANIFESTS,
    REUSED_VALUES,
    SHARED_MERGE_KEY,
    note_shared_merge_keys,
)
from steersman.sandbox.process import down, up
from tests.conftest import Run

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


@pytest.fixture
def own(environment: dict[str, str], tmp_path: Path) -> Run:
    """Run the program under its own name."""
    program = shutil.which("steer", path=os.path.dirname(sys.executable))
    assert program is not None

    def run(*arguments: str, **variables: object) -> subprocess.CompletedProcess[str]:
        env = {**environment, **{name: str(value) for name, value in variables.items()}}
        return subprocess.run([program, *arguments], capture_output=True, text=True, env=env, cwd=tmp_path)

    return run


class Folder:
    """Charts below a test's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def chart(self, path: str, *dependencies: str, **files: str) -> None:
        """Write a chart of version 1.0.0; ``files`` are templates, but ``values``."""
        folder = self.path / path
        (folder / "templates").mkdir(parents=True)
        about = f"apiVersion: v2\nname: {folder.name}\nversion: 1.0.0\n"
        if dependencies:
            about += "dependencies:\n" + "".join(f"- {{{entry}}}\n" for entry in dependencies)
        (folder / "Chart.yaml").write_text(about)
        (folder / "values.yaml").write_text(files.pop("values", ""))
        for name, text in files.items():
            (folder / "templates" / f"{name}.yaml").write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def notices(done: subprocess.CompletedProcess[str], name: str) -> list[str]:
    """Return the texts of the notices that are called ``name``."""
    assert done.returncode == 0, done.stderr
    end = f" [{name}]"
    return [line[len("notice: ") : -len(end)] for line in done.stderr.splitlines() if line.endswith(end)]


def test_a_null_that_removes_nothing(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p", values="s:\n  limits: {cpu: null}\n  new: null\n")
    folder.chart("p/charts/s", values="limits: {cpu: 1, memory: 2}\n", x="v: {{ toJson .Values.limits }}\n")
    assert '"cpu":1' in helm("template", "p").stdout
    assert notices(own("template", "p"), "null-default") == [
        "values.yaml of chart p: the null at s.limits.cpu does not remove the subchart's default (1); "
        "a null from -f or --set does"
    ]
    for removed in ("s.limits.cpu=null", "s.limits.cpu=3", "s.limits=null"):
        assert helm("template", "p", "--set", removed).stdout.count('"cpu":1') == 0
        assert notices(own("template", "p", "--set", removed), "null-default") == []


def test_a_null_under_an_alias_and_two_charts_down(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p", "name: s, alias: t, version: 1.0.0", values="t: {g: {a: null}}\n")
    folder.chart("p/charts/s", values="g: {b: null}\n")
    folder.chart("p/charts/s/charts/g", values="a: 1\nb: word\n", x="v: {{ toJson .Values }}\n")
    # helm: the null of a chart that is a dependency itself does remove a default
    assert 'v: {"a":1,"global":{}}' in helm("template", "p").stdout
    found = notices(own("template", "p"), "null-default")
    assert [text.partition(" does not")[0] for text in found] == ["values.yaml of chart p: the null at t.g.a"]


def test_two_charts_define_one_name(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p")
    same = '{{ define "same" }}1{{ end }}'
    for name in ("s", "t"):
        folder.chart(
            f"p/charts/{name}",
            a=same + f'{{{{- define "n" }}}}from-{name}{{{{ end }}}}{{{{- define "o" }}}}{name}{{{{ end }}}}',
            x='v: {{ include "n" . }}\n',
        )
    assert helm("template", "p").stdout.count("from-s") == 2
    assert notices(own("template", "p"), "template-name-clash") == [
        'template "n" and 1 more: defined by both p/charts/t and p/charts/s, each in its own way; the definition of '
        "p/charts/s is used by every chart; begin the names of templates with their chart's name"
    ]


def test_one_chart_under_two_aliases_defines_no_name_twice(own: Run, folder: Folder) -> None:
    folder.chart("p", "name: s, alias: a, version: 1.0.0", "name: s, alias: b, version: 1.0.0")
    folder.chart("p/charts/s", a='{{ define "n" }}1{{ end }}')
    assert notices(own("template", "p"), "template-name-clash") == []


def test_an_entry_whose_chart_has_another_version(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p", "name: s, alias: other, condition: s.on, version: ^2", values="s: {on: false}\n")
    folder.chart("p/charts/s", x="v: 1\n")
    assert "p/charts/s/templates/x.yaml" in helm("template", "p").stdout
    assert notices(own("template", "p"), "ignored-dependency-entry") == [
        "chart p: dependency s asks for version ^2 and charts/ has 1.0.0, so its entry is ignored (alias, condition); "
        "run `steer dependency update`, or change the version of the entry"
    ]


def test_a_dependency_of_a_subchart_that_is_not_there(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p", 'name: s, version: 1.0.0, repository: "file://../s"')
    folder.chart("p/charts/s", 'name: g, version: 1.0.0, repository: "file://../g"', x="v: 1\n")
    assert helm("template", "p").returncode == 0
    assert [text.partition(";")[0] for text in notices(own("template", "p"), "missing-nested-dependency")] == [
        "chart p/charts/s: dependency g is not in its charts/ and is left out"
    ]


def test_a_number_that_was_rewritten(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart(
        "p",
        values="size: 1000000\nlist: [{id: 12345678}]\nquoted: '1000000'\nsmall: 5\nother: 30000000\n",
        x=OBJECT % "a"
        + 'data: {a: "{{ .Values.size }}", b: "{{ (index .Values.list 0).id }}", c: "{{ .Values.quoted }}"}\n',
    )
    assert 'a: "1e+06", b: "1.2345678e+07", c: "1000000"' in helm("template", "p").stdout
    assert [text.partition(";")[0] for text in notices(own("template", "p"), "rewritten-number")] == [
        "value size: 1000000 is written as 1e+06 in p/templates/x.yaml",
        "value list[0].id: 12345678 is written as 1.2345678e+07 in p/templates/x.yaml",
    ]


def test_an_object_that_is_rendered_twice(own: Run, folder: Folder) -> None:
    other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: %s}\n"
    folder.chart("p", x=OBJECT % "a", y=f"{OBJECT % 'a'}---\n{other % 'x'}---\n{other % 'y'}")
    assert notices(own("template", "p"), "same-object-twice") == [
        "ConfigMap a is rendered 2 times, by p/templates/x.yaml and p/templates/y.yaml: one overwrites the other"
    ]


def test_an_object_with_and_without_the_namespace_of_the_release(own: Run, folder: Folder) -> None:
    placed = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: %s}\n"
    folder.chart("p", x=OBJECT % "a", y=placed % "web")
    expected = "ConfigMap a is rendered 2 times, by p/templates/x.yaml and p/templates/y.yaml: one overwrites the other"
    assert notices(own("template", "p", "-n", "web"), "same-object-twice") == [expected]
    assert notices(own("template", "p", "-n", "other"), "same-object-twice") == []


def test_a_hook_that_nobody_knows(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p", x='apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {"helm.sh/hook": post-instal}}\n')
    assert "post-instal" not in helm("template", "p").stdout
    found = notices(own("template", "p"), "unknown-hook")
    assert [text.partition(" is none")[0] for text in found] == [
        "Pod a of p/templates/x.yaml is left out: its hook 'post-instal'"
    ]


def test_a_closed_schema_that_refuses_global(own: Run, helm: Run, steer: Run, folder: Folder) -> None:
    folder.chart("p")
    folder.chart("p/charts/s", values="a: 1\n", x="v: {{ toJson .Values }}\n")
    schema = folder.path / "p/charts/s/values.schema.json"
    schema.write_text('{"additionalProperties": false, "properties": {"a": {"type": "number"}}}')
    wanted = helm("template", "p")
    assert "additional properties 'global' not allowed" in wanted.stderr
    done = own("template", "p")
    assert done.returncode == 1
    assert done.stderr == (
        "notice: the schema of s allows no `global`, which the values of every subchart have; allow it there, or render "
        f"with --schema-ignore-global [{CLOSED_SCHEMA}]\n{wanted.stderr}"
    )
    assert steer("template", "p").stderr == wanted.stderr
    assert (
        steer("template", "p", "--schema-ignore-global").stderr
        == helm("template", "p", "--schema-ignore-global").stderr
    )
    for command in (("template",), ("install", "r", "--dry-run=client"), ("lint", "--with-subcharts")):
        ignored = own(command[0], *command[1:2], "p", *command[2:], "--schema-ignore-global")
        assert ignored.returncode == 0 or command[0] == "lint", ignored.stderr
        assert "global" not in ignored.stderr
    still = own("template", "p", "--schema-ignore-global", "--set", "s.a=word,s.b=1")
    assert "additional properties 'b' not allowed" in still.stderr and "got string, want number" in still.stderr
    assert "notice" not in still.stderr


def test_a_rehearsed_install_says_the_same(own: Run, folder: Folder) -> None:
    folder.chart("p", values="s: {a: null}\n", x=OBJECT % "a" + "---\n" + OBJECT % "a")
    folder.chart("p/charts/s", values="a: 1\n")
    done = own("install", "r", "p", "--dry-run=client")
    assert notices(done, "null-default") and notices(done, "same-object-twice"), done.stderr


def test_notices_are_turned_off_by_name_or_all_together(own: Run, folder: Folder) -> None:
    folder.chart("p", values="s: {a: null}\n", x=OBJECT % "a" + "---\n" + OBJECT % "a")
    folder.chart("p/charts/s", values="a: 1\n")
    every = own("template", "p")
    assert notices(every, "null-default") and notices(every, "same-object-twice")
    one = own("template", "p", STEER_NO_NOTICES="null-default")
    assert not notices(one, "null-default") and notices(one, "same-object-twice")
    assert "notice" not in own("template", "p", STEER_NO_NOTICES=",".join((*CHART, *MANIFESTS))).stderr
    none = own("template", "p", STEER_NO_NOTICES="1")
    assert none.stderr == "" and none.stdout == every.stdout


def test_under_the_name_helm_nothing_is_said(steer: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p", values="s: {a: null}\n", x=OBJECT % "a" + "---\n" + OBJECT % "a")
    folder.chart("p/charts/s", values="a: 1\n")
    done = steer("template", "p")
    assert (done.stdout, done.stderr) == (helm("template", "p").stdout, "")


def test_many_of_a_kind_are_counted(own: Run, folder: Folder) -> None:
    names = [f"a{n}" for n in range(AT_MOST + 3)]
    folder.chart("p", values="s: {" + ", ".join(f"{name}: null" for name in names) + "}\n")
    folder.chart("p/charts/s", values="".join(f"{name}: 1\n" for name in names))
    found = notices(own("template", "p"), "null-default")
    assert len(found) == AT_MOST + 1 and found[-1] == "and 3 more like these"


def test_a_key_twice_in_values(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p", values="a: 1\nb: {c: 1}\na: 2\n", x="v: {{ .Values.a }}\n")
    folder.chart("p/charts/s", values="l:\n- k: 1\n  m: 2\n- k: 3\n  k: 4\n")
    (folder.path / "f.yaml").write_text("d:\n  e: 1\n  f: |\n    g: 1\n    g: 2\n  e: 2\n")
    assert "v: 2" in helm("template", "p", "-f", "f.yaml").stdout
    end = "is there twice in one mapping; the last one holds"
    expected = [
        f"values.yaml of chart p, line 3: key a {end}",
        f"values.yaml of chart p/charts/s, line 5: key k {end}",
        f"f.yaml, line 6: key e {end}",
    ]
    for line in ("template", "lint"):
        said = own(line, "p", "-f", "f.yaml").stderr.splitlines()
        assert [text for text in said if "duplicate" in text] == [
            f"notice: {text} [duplicate-value-key]" for text in expected
        ]


@pytest.mark.parametrize("text", ['"a": 1\na: 2\n', "'a': 1\n\"a\": 2\n"])
def test_a_key_twice_in_quotes(own: Run, folder: Folder, text: str) -> None:
    folder.chart("p", values=text)
    expected = "values.yaml of chart p, line 2: key a is there twice in one mapping; the last one holds"
    assert notices(own("template", "p"), "duplicate-value-key") == [expected]


@pytest.mark.parametrize(
    "text",
    ["a:\n- b: 1\n- b: 2\n", "a: |\n  b: 1\n  b: 2\nc: 1\n", "a: {b: 1}\nc: {b: 1}\n", "a:\n  b: 1\nc:\n  b: 1\n"],
)
def test_keys_that_only_look_alike(own: Run, folder: Folder, text: str) -> None:
    folder.chart("p", values=text)
    assert notices(own("template", "p"), "duplicate-value-key") == []


def test_a_key_twice_in_a_manifest(own: Run, helm: Run, folder: Folder) -> None:
    folder.chart("p", x=OBJECT % "a" + "data:\n  k: 1\n  k: 2\n")
    assert helm("lint", "--strict", "p").returncode == 0
    expected = "ConfigMap a of p/templates/x.yaml, line 6: key k is there twice in one mapping; the last one holds"
    for line in ("template", "lint"):
        assert notices(own(line, "p"), "duplicate-manifest-key") == [expected]


def test_lint_shows_what_template_shows(own: Run, folder: Folder) -> None:
    folder.chart("p", values="s:\n  limits: {cpu: null}\n", x=OBJECT % "a", y=OBJECT % "a")
    folder.chart("p/charts/s", values="limits: {cpu: 1}\n", x="v: {{ toJson .Values.limits }}\n")
    for name in ("null-default", "same-object-twice"):
        assert own("lint", "p").stderr.count(f"[{name}]") == 1
        assert own("lint", "p", STEER_NO_NOTICES=name).stderr.count(f"[{name}]") == 0


def test_items_that_share_their_merge_key() -> None:
    ports = [{"port": 443, "protocol": "TCP"}, {"port": 443, "protocol": "UDP"}, {"port": 80}]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": ports}}
    containers = [{"name": "c", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": containers}}
    said: list[tuple[str, str]] = []
    note_shared_merge_keys([service, pod], lambda name, text: said.append((name, text)))
    assert [name for name, _text in said] == [SHARED_MERGE_KEY] * 2
    assert "Service s: several items of spec.ports have the port 443;" in said[0][1]
    assert "Pod p: several items of spec.containers[0].env have the name A;" in said[1][1]
    assert all("--server-side=true" in text for _name, text in said)


def test_every_notice_is_in_the_documentation() -> None:
    table = (Path(__file__).parent.parent.parent / "docs" / "notices.md").read_text()
    for name in (*CHART, *MANIFESTS, CLOSED_SCHEMA, REUSED_VALUES, SHARED_MERGE_KEY, "unused-value"):
        assert f"| `{name}` |" in table


def test_an_upgrade_without_values_names_those_that_it_uses_again(own: Run, steer: Run, folder: Folder) -> None:
    folder.chart("web", a=OBJECT % "a" + "data: {a: {{ quote .Values.a }}}\n")
    place = str(folder.path / "sandbox")
    running = up(place, data="", port=0)
    env = {"KUBECONFIG": running.kubeconfig, "STEER_SANDBOX_HOME": place}
    try:
        assert own("install", "web", "./web", **env).returncode == 0
        assert notices(own("upgrade", "web", "./web", **env), REUSED_VALUES) == []
        sets = ["--set", "a=1,b.c=2,b.d=3,e={x},f=4,g=5,h\\.i=6", "--no-values-check"]
        assert notices(own("upgrade", "web", "./web", *sets, **env), REUSED_VALUES) == []
        (notice,) = notices(own("upgrade", "web", "./web", **env), REUSED_VALUES)
        assert notice == (
            "no values are given, so those of revision 3 are used again: a, b.c, b.d, e, f and 2 more; "
            "--reset-values leaves them out, --reset-then-reuse-values says that they are meant"
        )
        assert "[reused-values]" in own("upgrade", "web", "./web", "--dry-run=server", **env).stderr
        for flag in ("--reuse-values", "--reset-then-reuse-values", "--set=a=2"):
            assert notices(own("upgrade", "web", "./web", flag, **env), REUSED_VALUES) == []
        assert own("upgrade", "web", "./web", STEER_NO_NOTICES="reused-values", **env).stderr == ""
        assert steer("upgrade", "web", "./web", env=env).stderr == ""
        assert notices(own("upgrade", "web", "./web", "--reset-values", **env), REUSED_VALUES) == []
        assert notices(own("upgrade", "web", "./web", **env), REUSED_VALUES) == []
    finally:
        down(place)
