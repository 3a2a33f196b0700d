"""The facts about Kubernetes' kinds, and the script that writes them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from steersman.kube import facts as f
from steersman.kube.deprecations import DEPRECATED
from steersman.kube.facts import Facts, facts
from steersman.kube.merge_keys import fields_of_type

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "kube_data.py"


def script() -> Any:
    spec = importlib.util.spec_from_file_location("kube_data", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_kind_has_a_type_with_fields() -> None:
    known = facts()
    schema = known.schema("apps", "v1", "Deployment")
    assert schema is not None and schema.name == "apps.v1.Deployment"
    spec = known.struct("apps.v1.DeploymentSpec")
    assert spec.fields["replicas"].form == f.INT32
    assert spec.required == ("selector", "template")
    containers = known.struct("core.v1.PodSpec").fields["containers"]
    assert (
        containers.form == f.LIST
        and containers.keys == ("name",)
        and containers.item == f.Type(f.STRUCT, "core.v1.Container")
    )
    assert known.struct("core.v1.ServicePort").fields["targetPort"].form == f.INT_OR_STRING
    assert known.schema("", "v1", "ConfigMap") is not None
    assert known.schema("monitoring.coreos.com", "v1", "ServiceMonitor") is None


def test_a_kind_knows_the_versions_that_serve_it() -> None:
    known = facts()
    ingress = known.kind("extensions/v1beta1", "Ingress")
    assert ingress is not None and (ingress.until, ingress.type) == (21, "")
    assert known.schema("extensions", "v1beta1", "Ingress") is None
    newer = known.kind("networking.k8s.io/v1", "Ingress")
    assert newer is not None and (newer.since, newer.until, newer.is_namespaced) == (19, 0, True)
    namespace = known.kind("v1", "Namespace")
    assert namespace is not None and not namespace.is_namespaced and namespace.plural == "namespaces"


def test_versions_agree_with_what_kubernetes_says_of_its_kinds() -> None:
    known = facts()
    asked = 0
    for (api_version, kind), (_deprecated, removed, _replacement) in DEPRECATED.items():
        found = known.kind(api_version, kind)
        # versions whose name has alpha in it may be removed before they have to be
        if found is None or not removed or "alpha" in api_version or removed <= known.oldest:
            continue
        asked += 1
        if found.until:
            # apps/v1beta1 was off by default in 1.16 and 1.17, and could be switched on
            assert found.until <= removed + 1, (api_version, kind)
        else:
            assert removed > known.newest, (api_version, kind)
    assert asked > 30


def test_lives_are_those_of_the_types_in_go() -> None:
    source = """
func (in *Old) APILifecycleDeprecated() (major, minor int) {
\treturn 1, 22
}

func (in *Old) APILifecycleReplacement() schema.GroupVersionKind {
\treturn schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "New"}
}

func (in *Old) APILifecycleRemoved() (major, minor int) {
\treturn 1, 25
}

func (in *Current) APILifecycleIntroduced() (major, minor int) {
\treturn 1, 4
}
"""
    lives = script().lives_in(source, "apps/v1beta1")
    assert lives == {"apps/v1beta1 Old": [22, 25, "apps/v1 New"]}
    (line,) = script().life_lines(lives)
    known = Facts([line])
    assert known.life("apps/v1beta1", "Old") == f.Life(22, 25, "apps/v1 New")
    assert known.life("apps/v1beta1", "Current") is None


def test_lives_agree_with_those_that_helm_knows() -> None:
    asked = 0
    for (api_version, kind), (deprecated, removed, _replacement) in DEPRECATED.items():
        life = facts().life(api_version, kind)
        if life is not None:
            assert (life.deprecated, life.removed) == (deprecated, removed), (api_version, kind)
            asked += 1
    assert asked > 60


def test_every_type_that_a_field_names_is_there() -> None:
    known = facts()
    names = [kind.type for kind in known.kinds() if kind.type]
    assert len(names) > 80
    seen = set(names)
    while names:
        for field in known.struct(names.pop()).fields.values():
            inner: f.Type | None = field
            while inner is not None and inner.item is not None:
                inner = inner.item
            if inner is not None and inner.form == f.STRUCT and inner.name not in seen:
                seen.add(inner.name)
                names.append(inner.name)
    assert len(seen) > 600


def test_lists_with_keys_are_those_that_merge_by_a_key() -> None:
    container = facts().struct("core.v1.Container")
    rules = fields_of_type("core.v1.Container")
    assert container.fields["env"].keys == (rules["env"].key,)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string", "format": "byte"}, "bytes"),
        ({"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}, "[=]string"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "{}bool"),
        ({"allOf": [{"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"}]}, "quantity"),
        ({}, "any"),
        (
            {
                "type": "array",
                "items": {"allOf": [{"$ref": "#/components/schemas/io.k8s.api.core.v1.EnvVar"}]},
                "x-kubernetes-list-map-keys": ["name"],
            },
            "[name]core.v1.EnvVar",
        ),
    ],
)
def test_the_script_writes_what_the_reader_reads(schema: dict[str, Any], text: str) -> None:
    assert script().type_of(schema) == text
    f.type_of(text)


def test_a_file_of_the_script_is_read_back() -> None:
    module = script()
    swagger = {
        "paths": {
            "/apis/apps/v1/namespaces/{namespace}/deployments": {
                "post": {"x-kubernetes-group-version-kind": {"group": "apps", "version": "v1", "kind": "Deployment"}}
            },
            "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale": {
                "get": {"x-kubernetes-group-version-kind": {"group": "autoscaling", "version": "v1", "kind": "Scale"}}
            },
        }
    }
    kinds = module.kinds_of(swagger)
    assert kinds == [["apps/v1", "Deployment", "deployments", "namespaced"]]
    lines = module.lines("v1.5.0", 3, 5, {tuple(kinds[0]): [3, 4]}, {}, {"core.v1.Pod": ["spec!=core.v1.PodSpec"]}, {})
    read = Facts(lines)
    assert (read.version, read.oldest, read.newest) == ("v1.5.0", 3, 5)
    kind = read.kind("apps/v1", "Deployment")
    assert kind is not None and (kind.since, kind.until) == (0, 4)
    assert read.struct("core.v1.Pod").required == ("spec",)
