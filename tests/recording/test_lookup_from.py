"""``template --lookup-from``: objects of files are found as a cluster finds its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.action.lookup_from import UnreadableObjects, lookup_from
from steersman.kube.offline import lookup_among
from steersman.sandbox.process import Running, down, up
from tests.conftest import Run
from tests.insight.charts import write_chart

LOOKUPS = """apiVersion: v1
kind: ConfigMap
metadata: {name: found}
data:
  secret: {{ (lookup "v1" "Secret" "shop" "pass").data | toJson | quote }}
  absent: {{ lookup "v1" "Secret" "shop" "none" | toJson | quote }}
  elsewhere: {{ lookup "v1" "Secret" "other" "pass" | toJson | quote }}
  unplaced: {{ lookup "v1" "Secret" "" "pass" | toJson | quote }}
  namespace: {{ (lookup "v1" "Namespace" "ignored" "shop").metadata.name | quote }}
  replicas: {{ (lookup "apps/v1" "Deployment" "shop" "web").spec.replicas | quote }}
  inside: {{ range (lookup "v1" "Secret" "shop" "").items }}{{ .metadata.name }},{{ end }}
  all: {{ range (lookup "v1" "Secret" "" "").items }}{{ .metadata.namespace }}/{{ .metadata.name }},{{ end }}
  kind: {{ (lookup "v1" "Secret" "" "").kind }}
  none: {{ len (lookup "v1" "ServiceAccount" "nowhere" "").items }}
"""
OBJECTS: list[dict[str, Any]] = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "alpha"}},
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pass", "namespace": "shop"}, "data": {"a": "Yg=="}},
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "z", "namespace": "alpha"}},
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b", "namespace": "shop"}},
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", "image": "i"}]},
            },
        },
    },
]


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return write_chart(tmp_path / "web", found=LOOKUPS)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    folder = str(tmp_path / "sandbox")
    yield up(folder, data="", port=0)
    down(folder)


@pytest.mark.helm
def test_what_kubectl_prints_answers_as_the_cluster_does(
    own: Run, chart: Path, sandbox: Running, oracle: str, tmp_path: Path
) -> None:
    cluster = {"KUBECONFIG": sandbox.kubeconfig}

    def kubectl(*words: str, given: str = "") -> str:
        line = [os.path.join(oracle, "kubectl"), *words]
        done = subprocess.run(line, env={**os.environ, **cluster}, input=given, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    kubectl(
        "create",
        "--validate=false",
        "-f",
        "-",
        given=json.dumps({"apiVersion": "v1", "kind": "List", "items": OBJECTS}),
    )
    live = own("template", "web", "--dry-run=server", env=cluster)
    assert live.returncode == 0, live.stderr
    assert "all: alpha/z,shop/b,shop/pass," in live.stdout
    for form in ("yaml", "json"):
        (tmp_path / f"dump.{form}").write_text(kubectl("get", "secret,ns,deploy", "-A", "-o", form))
        (tmp_path / "dump").write_text((tmp_path / f"dump.{form}").read_text())
        for name in (f"dump.{form}", "dump"):
            done = own("template", "web", "--lookup-from", name)
            assert (done.returncode, done.stdout) == (0, live.stdout), done.stderr


def test_a_folder_of_manifests_answers(own: Run, chart: Path, tmp_path: Path) -> None:
    folder = tmp_path / "objects"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "bad.yaml").write_text("not an object")
    (folder / "README.md").write_text("not YAML: [")
    for at, item in enumerate(OBJECTS[:3]):
        (folder / f"{at}.json").write_text(json.dumps(item))
    rest = "\n---\n".join(json.dumps(item) for item in OBJECTS[3:])
    (folder / "deep" / "er" / "rest.yml").write_text(f"# a comment alone\n---\n{rest}\n")
    done = own("template", "web", "--lookup-from", "objects")
    assert 'replicas: "3"' in done.stdout and "all: alpha/z,shop/b,shop/pass," in done.stdout, done.stderr


def test_under_the_name_helm_the_flag_works_and_is_hidden(own: Run, steer: Run, chart: Path, tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": OBJECTS}))
    arguments = ("template", "web", "--lookup-from", "o.json")
    assert steer(*arguments).stdout == own(*arguments).stdout
    assert "lookup-from" not in steer("template", "--help").stdout
    assert "lookup-from" in own("template", "--help").stdout


def test_an_object_without_a_namespace_is_in_that_of_the_release() -> None:
    lookup = lookup_among([{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}], "mine")
    assert lookup("v1", "Secret", "mine", "a")["metadata"] == {"name": "a", "namespace": "mine"}
    assert lookup("v1", "Secret", "other", "a") == {}
    assert lookup("v1", "Secret", "", "")["items"][0]["metadata"]["namespace"] == "mine"


def test_kinds_that_definitions_add_have_their_scope() -> None:
    def definition(kind: str, scope: str) -> dict[str, Any]:
        spec = {"group": "e.x", "scope": scope, "names": {"kind": kind}}
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": kind},
            "spec": spec,
        }

    def custom(kind: str) -> dict[str, Any]:
        return {"apiVersion": "e.x/v1", "kind": kind, "metadata": {"name": "one"}}

    objects = [definition("Wide", "Cluster"), definition("Inner", "Namespaced")]
    lookup = lookup_among([*objects, *map(custom, ("Wide", "Inner", "Unknown"))], "mine")
    assert [bool(lookup("e.x/v1", "Wide", inside, "one")) for inside in ("", "mine", "other")] == [True, True, True]
    assert [bool(lookup("e.x/v1", "Inner", inside, "one")) for inside in ("", "mine", "other")] == [False, True, False]
    # nothing says whether it has a namespace
    assert [bool(lookup("e.x/v1", "Unknown", inside, "one")) for inside in ("", "other")] == [True, True]
    assert len(lookup("e.x/v1", "Unknown", "other", "")["items"]) == 1
    assert lookup("e.x/v1", "Never", "", "") == {}


def test_what_a_template_changes_stays_in_the_template() -> None:
    lookup = lookup_among(OBJECTS, "default")
    for found in (lookup("v1", "Secret", "shop", "pass"), lookup("v1", "Secret", "shop", "")["items"][1]):
        found["data"]["a"] = "changed"
    assert lookup("v1", "Secret", "shop", "pass")["data"] == {"a": "Yg=="}


def test_items_of_typed_lists_have_their_kind(tmp_path: Path) -> None:
    (tmp_path / "l.json").write_text(
        '{"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "a", "namespace": "n"}}]}'
    )
    found = lookup_from(str(tmp_path / "l.json"), "default")("v1", "Secret", "n", "a")
    assert (found["kind"], found["apiVersion"]) == ("Secret", "v1")
    (tmp_path / "l.json").write_text('{"apiVersion": "v1", "kind": "List", "items": null}')
    assert lookup_from(str(tmp_path / "l.json"), "default")("v1", "Secret", "n", "a") == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "o.yaml: yaml: line 1: did not find expected node content"),
        ("just text", "o.yaml: document 1 is not a Kubernetes object: not a map"),
        ("a: 1", "document 1 is not a Kubernetes object: it has no apiVersion"),
        ("apiVersion: v1\nkind: Secret", "document 1 is not a Kubernetes object: it has no metadata.name"),
        ("apiVersion: v1\nkind: Secret\nmetadata: {name: n}", "its metadata.name is not a text"),
        ("---\napiVersion: v1\nkind: List\nitems: [{}]", "document 1 is not a Kubernetes object: items[0]: it has no api"),
        ("a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n"
         + "".join(f"c{i}: &c{i} [{', '.join(['*' + ('b' if i == 0 else f'c{i - 1}')] * 9)}]\n" for i in range(9)),
         "excessive aliasing"),
        ("[" * 100_000, "o.yaml"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "o.yaml").write_text(text)
    with pytest.raises(UnreadableObjects) as caught:
        lookup_from(str(tmp_path / "o.yaml"), "default")
    assert problem in str(caught.value)


def test_broken_json_and_empty_folders_are_errors(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text('{"a": ')
    with pytest.raises(UnreadableObjects, match="is not JSON: "):
        lookup_from(str(tmp_path), "default")
    (tmp_path / "o.json").write_text('{"a":' * 100_000)
    with pytest.raises(UnreadableObjects, match="nests too deeply"):
        lookup_from(str(tmp_path), "default")
    (tmp_path / "o.json").unlink()
    with pytest.raises(UnreadableObjects, match="has no"):
        lookup_from(str(tmp_path), "default")


def test_a_cluster_and_files_exclude_each_other(own: Run, chart: Path) -> None:
    done = own("template", "web", "--lookup-from", ".", "--dry-run=server")
    assert (done.returncode, "it cannot be used with one" in done.stderr) == (1, True)


def test_objects_that_are_twice_are_reported(own: Run, tmp_path: Path) -> None:
    write_chart(tmp_path / "web", found='a: {{ (lookup "v1" "Secret" "default" "s").data.a }}\n')
    objects = tmp_path / "objects"
    objects.mkdir()
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: %s}\n"
    (objects / "a.yaml").write_text(secret % "first")
    (objects / "b.yaml").write_text(secret % "second")
    done = own("template", "web", "--lookup-from", "objects")
    assert "a: second" in done.stdout
    assert done.stderr == (
        'level=WARN msg="Secret default/s is twice in the objects for lookup (objects/a.yaml, objects/b.yaml); '
        'the last one counts"\n'
    )


def test_many_objects_that_are_twice_are_counted(tmp_path: Path) -> None:
    text = "".join(f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s{n % 20}}}\n---\n" for n in range(40))
    (tmp_path / "all.yaml").write_text(text)
    said: list[str] = []
    lookup_from(str(tmp_path / "all.yaml"), "default", lambda _level, message: said.append(message))
    assert len(said) == 6
    assert said[-1] == "15 more objects are twice in the objects for lookup"
