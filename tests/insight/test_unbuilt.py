"""Rendered documents of which no objects can be made, told at their template lines; each fix is applied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from steersman.sandbox.process import down, up
from tests.conftest import Run
from tests.insight.charts import write_chart

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
NOT_BUILT = "unable to build kubernetes objects from release manifest: "


class Case(NamedTuple):
    """A chart whose objects cannot be made: the text after Helm's line, and the edit that the fix asks for."""

    template: str
    values: str
    says: str
    edit: tuple[str, str]


CASES = {
    "kind-missing": Case(
        "apiVersion: v1\nmetadata:\n  name: a\n",
        "",
        "web/templates/t.yaml:1\n     1 | apiVersion: v1\n       | ^\n"
        "rendered:\n  > apiVersion: v1\n    metadata:\n      name: a\nfix: add kind: to this object\n",
        ("metadata:", "kind: ConfigMap\nmetadata:"),
    ),
    "version-missing": Case(
        "kind: Deployment\nmetadata:\n  name: a\n",
        "",
        "web/templates/t.yaml:1\n     1 | kind: Deployment\n       | ^\n"
        "rendered:\n  > kind: Deployment\n    metadata:\n      name: a\nfix: add apiVersion: apps/v1\n",
        (
            "metadata:\n  name: a\n",
            "apiVersion: apps/v1\nmetadata:\n  name: a\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n"
            "    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: c}]}\n",
        ),
    ),
    "kind-misspelt": Case(
        "apiVersion: v1\nKind: ConfigMap\nmetadata:\n  name: a\n",
        "",
        "web/templates/t.yaml:2\n     2 | Kind: ConfigMap\n       | ^\n"
        "rendered:\n    apiVersion: v1\n  > Kind: ConfigMap\n    metadata:\n      name: a\n"
        "fix: write kind in place of Kind\n",
        ("Kind", "kind"),
    ),
    "version-not-set": Case(
        "apiVersion: {{ .Values.version }}\nkind: ConfigMap\nmetadata:\n  name: a\n",
        "version:\n",
        "web/templates/t.yaml:1\n     1 | apiVersion: {{ .Values.version }}\n       | ^\n"
        "rendered:\n  > apiVersion:\n    kind: ConfigMap\n    metadata:\n      name: a\n"
        "version = (not set)  web/values.yaml:1\nfix: apiVersion has no value; set version\n",
        ("version:", "version: v1"),
    ),
    "number-for-name": Case(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.port }}\n",
        "port: 80\n",
        "web/templates/t.yaml:4\n     4 |   name: {{ .Values.port }}\n       |   ^\n"
        "rendered:\n    apiVersion: v1\n    kind: ConfigMap\n    metadata:\n  >   name: 80\n"
        "port = 80  web/values.yaml:1\nfix: a text is wanted here; quote the value: | quote\n",
        ("{{ .Values.port }}", "{{ .Values.port | quote }}"),
    ),
    "number-among-labels": Case(
        OBJECT + "  labels:\n    {{- toYaml .Values.labels | nindent 4 }}\n",
        "labels:\n  a: b\n  c: 1\n",
        "web/templates/t.yaml:6\n     6 |     {{- toYaml .Values.labels | nindent 4 }}\n       |     ^\n"
        "rendered:\n      name: a\n      labels:\n        a: b\n  >     c: 1\n"
        "labels.c = 1  web/values.yaml:3\n"
        "fix: a text is wanted here; quote the value of labels.c in web/values.yaml:3\n",
        ("c: 1", 'c: "1"'),
    ),
    "text-for-labels": Case(
        OBJECT + '  labels:\n    {{- include "web.labels" . | nindent 4 }}\n',
        "labels: x\n",
        "web/templates/t.yaml:5\n     5 |   labels:\n       |   ^\n"
        "rendered:\n    kind: ConfigMap\n    metadata:\n      name: a\n  >   labels:\n        x\n"
        "fix: a map is wanted here\n",
        ("labels: x", "labels: {x: z}"),
    ),
    "boolean-in-an-include": Case(
        OBJECT + '  annotations:\n    {{- include "web.notes" . | nindent 4 }}\n',
        "live: true\n",
        'web/templates/_helpers.tpl:2\n     2 | {{ define "web.notes" }}live: {{ .Values.live }}{{ end }}\n       | ^\n'
        "web/templates/t.yaml:6 includes it\n"
        "rendered:\n    metadata:\n      name: a\n      annotations:\n  >     live: true\nlive = true  web/values.yaml:1\n"
        "fix: a text is wanted here; quote the value: | quote\n",
        ("{{ .Values.live }}", "{{ .Values.live | quote }}"),
    ),
    "item-of-a-list": Case(
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}\n"
        "- apiVersion: v1\n  metadata: {name: c}\n",
        "",
        "web/templates/t.yaml:7\n     7 | - apiVersion: v1\n       | ^\n"
        "rendered:\n    - apiVersion: v1\n      kind: ConfigMap\n      metadata: {name: b}\n  > - apiVersion: v1\n"
        "      metadata: {name: c}\nfix: add kind: to this object\n",
        ("  metadata: {name: c}", "  kind: ConfigMap\n  metadata: {name: c}"),
    ),
    "not-an-object": Case(
        "port: {{ .Values.port }}\n",
        "port: 80\n",
        "web/templates/t.yaml:1\n     1 | port: {{ .Values.port }}\n       | ^\n"
        "rendered:\n  > port: 80\nport = 80  web/values.yaml:1\n"
        "fix: this is not an object; begin the name of a file that makes no objects with _\n",
        ("port: {{ .Values.port }}\n", ""),
    ),
}
HELPERS = (
    '{{ define "web.labels" }}{{ toYaml .Values.labels }}{{ end }}\n'
    '{{ define "web.notes" }}live: {{ .Values.live }}{{ end }}\n'
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    place = str(tmp_path_factory.mktemp("sandbox") / "state")
    running = up(place, data="", port=0)
    yield {"KUBECONFIG": running.kubeconfig, "STEER_SANDBOX_HOME": place}
    down(place)


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_an_object_is_told_at_its_template_line_and_its_fix_is_true(
    own: Run, steer: Run, cluster: dict[str, str], tmp_path: Path, name: str
) -> None:
    case = CASES[name]
    chart = write_chart(tmp_path / "web", values=case.values, t=case.template)
    (chart / "templates" / "_helpers.tpl").write_text(HELPERS)
    done = own("install", name, "web", env=cluster)
    assert done.returncode == 1
    first, _, rest = done.stderr.partition("\n")
    assert first.startswith(f"Error: INSTALLATION FAILED: {NOT_BUILT}")
    assert rest == case.says
    assert steer("install", name, "web", env=cluster).stderr == f"{first}\n"
    wrong, right = case.edit
    for file in ("templates/t.yaml", "values.yaml", "templates/_helpers.tpl"):
        text = (chart / file).read_text()
        if wrong in text:
            (chart / file).write_text(text.replace(wrong, right, 1))
            break
    done = own("install", name, "web", env=cluster)
    assert (done.returncode, done.stderr) == (0, "")
    assert own("uninstall", name, env=cluster).returncode == 0


def test_a_flag_that_makes_a_number_of_a_label_is_named(own: Run, cluster: dict[str, str], tmp_path: Path) -> None:
    write_chart(tmp_path / "web", t=OBJECT + "  labels: {{ toJson .Values.labels }}\n", values="labels: {}\n")
    done = own("install", "flag", "web", "--set", "labels.a=1", env=cluster)
    assert done.stderr.endswith(
        "labels = {...}  --set labels.a=1\nfix: a text is wanted here; set labels.a with --set-string\n"
    )
    done = own("install", "flag", "web", "--set-string", "labels.a=1", env=cluster)
    assert (done.returncode, done.stderr) == (0, "")


def test_five_objects_are_shown_and_the_others_counted(own: Run, cluster: dict[str, str], tmp_path: Path) -> None:
    seven = "".join(f"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {n}\n" for n in range(7))
    write_chart(tmp_path / "web", t=seven)
    said = own("install", "seven", "web", env=cluster).stderr
    places = [line for line in said.splitlines() if line.startswith("web/templates/t.yaml:")]
    assert places == [f"web/templates/t.yaml:{5 + 5 * n}" for n in range(5)]
    assert said.count("fix: a text is wanted here; quote the value: '") == 5
    assert said.endswith("\n\n... and 2 more objects\n")


def test_hooks_unknown_kinds_and_other_commands_are_told_too(own: Run, cluster: dict[str, str], tmp_path: Path) -> None:
    hook = OBJECT + "  annotations:\n    helm.sh/hook: pre-install\n    size: {{ .Values.size }}\n"
    kind = "apiVersion: v1\nkind: {{ .Values.kind }}\nmetadata:\n  name: b\n"
    chart = write_chart(tmp_path / "web", values="size: 1\nkind: ConfigMpa\n", h=hook, k=kind)
    place = "web/templates/k.yaml:2\n     2 | kind: {{ .Values.kind }}\n       | ^\n"
    hint = "Did you mean kind ConfigMap?\n"
    for arguments in (
        ["install", "other", "web"],
        ["install", "other", "web", "--dry-run=server"],
        ["template", "other", "web", "--dry-run=server"],
    ):
        done = own(*arguments, env=cluster)
        assert done.returncode == 1
        assert f"{hint}{place}" in done.stderr and 'kind = "ConfigMpa"  web/values.yaml:2\n' in done.stderr
    said = own("install", "other", "web", "--set", "kind=ConfigMap", env=cluster).stderr
    assert "size = 1  web/values.yaml:1\nfix: a text is wanted here; quote the value: | quote\n" in said
    (chart / "templates" / "h.yaml").unlink()
    assert own("upgrade", "--install", "other", "web", "--set", "kind=ConfigMap", env=cluster).returncode == 0
    done = own("upgrade", "other", "web", "--set", "kind=ConfigMpa", env=cluster)
    assert place in done.stderr and 'kind = "ConfigMpa"  --set kind=ConfigMpa\n' in done.stderr


def test_an_upgrade_that_reuses_values_is_told_with_them(own: Run, cluster: dict[str, str], tmp_path: Path) -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: reuse\n"
    chart = write_chart(tmp_path / "web", values="name: a\n", t=head)
    assert own("install", "reuse", "web", "--set", "name=7", env=cluster).returncode == 0
    (chart / "templates" / "t.yaml").write_text(head + "  labels: {name: {{ .Values.name }}}\n")
    for flags in ([], ["--reuse-values"], ["--reset-then-reuse-values"]):
        said = own("upgrade", "reuse", "web", *flags, env=cluster).stderr
        assert "web/templates/t.yaml:5\n" in said
        assert "name = 7  the given values\n" in said
    assert own("upgrade", "reuse", "web", "--reset-values", env=cluster).returncode == 0


def test_a_definition_that_is_not_an_object_is_told_too(own: Run, cluster: dict[str, str], tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "web")
    (chart / "crds").mkdir()
    (chart / "crds" / "a.yaml").write_text(
        "# one\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: 5\n"
    )
    done = own("install", "crd", "web", env=cluster)
    first, _, rest = done.stderr.partition("\n")
    assert first.startswith("Error: INSTALLATION FAILED: failed to install CRD crds/a.yaml: ")
    assert rest == (
        "web/crds/a.yaml:6\n     6 |   name: 5\n       |   ^\nfix: a text is wanted here; quote the value: '5'\n"
    )
