"""Three-way merges for the client-side path, and field managers."""

from __future__ import annotations

from typing import Any

import pytest

from steersman.kube.apply import apply_changes_nothing, merged_managers
from steersman.kube.merge import merge_patch_for
from steersman.kube.merge_keys import ListRule, fields_of_type, type_of_kind
from steersman.kube.objects import ResourceType, Target

DEPLOYMENT = ResourceType("apps", "v1", "Deployment", "deployments")
GADGET = ResourceType("live.example", "v1", "Gadget", "gadgets")


def patch(original: Any, wanted: Any, live: Any, resource: ResourceType = DEPLOYMENT, *, custom: bool = False) -> Any:
    return merge_patch_for(original, Target(resource, "ns", "x", wanted), live, three_way_for_custom=custom)


def pods(*containers: Any, **spec: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": list(containers), **spec}}}}


ROWS = [
    # nothing asked for has changed
    ({"spec": {"replicas": 1}}, {"spec": {"replicas": 1}}, {"spec": {"replicas": 1, "paused": True}}, {}),
    # what others changed is put back, what they added stays
    (
        {"spec": {"replicas": 1}},
        {"spec": {"replicas": 1}},
        {"spec": {"replicas": 6, "paused": True}},
        {"spec": {"replicas": 1}},
    ),
    # what is no longer asked for goes
    ({"spec": {"a": 1, "b": 2}}, {"spec": {"a": 1}}, {"spec": {"a": 1, "b": 2}}, {"spec": {"b": None}}),
    # containers merge by name; one that somebody injected stays behind ours
    (
        pods({"name": "a", "image": "1"}),
        pods({"name": "a", "image": "2"}),
        pods({"name": "a", "image": "1", "tty": True}, {"name": "sidecar"}),
        pods({"name": "a", "image": "2", "tty": True}, {"name": "sidecar"}),
    ),
    # env of a container merges by name too; what is new stands behind what is live
    (
        pods({"name": "a", "env": [{"name": "X", "value": "1"}]}),
        pods({"name": "a", "env": [{"name": "Y", "value": "2"}]}),
        pods({"name": "a", "env": [{"name": "X", "value": "1"}, {"name": "ADDED", "value": "3"}]}),
        pods({"name": "a", "env": [{"name": "ADDED", "value": "3"}, {"name": "Y", "value": "2"}]}),
    ),
    # a list without merge key is replaced whole
    (
        pods({"name": "a", "args": ["1"]}),
        pods({"name": "a", "args": ["2"]}),
        pods({"name": "a", "args": ["1", "x"]}),
        pods({"name": "a", "args": ["2"]}),
    ),
    # a strategy that changes its type drops the other type's fields (retainKeys)
    (
        {"spec": {"strategy": {"type": "RollingUpdate"}}},
        {"spec": {"strategy": {"type": "Recreate"}}},
        {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}},
        {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}},
    ),
]


@pytest.mark.parametrize(("original", "wanted", "live", "expected"), ROWS)
def test_a_built_in_kind_merges_three_ways(original: Any, wanted: Any, live: Any, expected: Any) -> None:
    assert patch(original, wanted, live) == expected


def test_a_custom_resource_is_patched_with_what_changed_between_two_charts() -> None:
    original, wanted, live = {"spec": {"size": 1, "x": 1}}, {"spec": {"size": 1}}, {"spec": {"size": 9, "x": 1}}
    assert patch(original, wanted, live, GADGET) == {"spec": {"x": None}}
    assert patch(original, wanted, live, GADGET, custom=True) == {"spec": {"size": 1, "x": None}}


def test_only_kinds_of_kubernetes_have_rules() -> None:
    assert type_of_kind("apps/v1", "Deployment") == "apps.v1.Deployment"
    assert type_of_kind("v1", "Service") == "core.v1.Service"
    assert type_of_kind("apps.example.com/v1", "Deployment") == ""
    assert type_of_kind("apiregistration.k8s.io/v1", "APIService") == ""
    assert fields_of_type("core.v1.PodSpec")["volumes"] == ListRule("core.v1.Volume", "merge,retainKeys", "name")


def entry(operation: str, fields: dict[str, Any], manager: str = "helm", version: str = "v1") -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "apiVersion": version, "fieldsV1": fields}


def test_fields_of_a_client_side_manager_become_applied_ones() -> None:
    update = entry("Update", {"f:data": {"f:a": {}}})
    other = entry("Update", {"f:data": {"f:z": {}}}, "kubectl")
    assert merged_managers([other]) is None
    assert merged_managers([update, other]) == [entry("Apply", {"f:data": {"f:a": {}}}), other]


def test_fields_of_both_managers_are_united() -> None:
    applied = entry("Apply", {"f:data": {"f:b": {}}})
    update = entry("Update", {"f:data": {".": {}, "f:a": {}}, "f:type": {}})
    assert merged_managers([applied, update]) == [
        entry("Apply", {"f:data": {"f:b": {}, ".": {}, "f:a": {}}, "f:type": {}})
    ]


WANTED = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "labels": {"l": "1"}}, "data": {"a": "1"}}
FIELDS = {"f:metadata": {"f:labels": {"f:l": {}}}, "f:data": {"f:a": {}}}


def live(data: dict[str, str], fields: dict[str, Any] | None = None, operation: str = "Apply") -> dict[str, Any]:
    metadata = {"name": "x", "labels": {"l": "1", "m": "2"}, "managedFields": [entry(operation, fields or FIELDS)]}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


@pytest.mark.parametrize(
    ("there", "is_same"),
    [
        (live({"a": "1", "other": "2"}), True),
        (live({"a": "2"}), False),
        (live({}), False),
        (live({"a": "1"}, {**FIELDS, "f:data": {"f:a": {}, "f:gone": {}}}), False),
        (live({"a": "1"}, {"f:data": {"f:a": {}}}), False),
        (live({"a": "1"}, operation="Update"), False),
    ],
)
def test_an_apply_is_left_out_only_when_it_provably_changes_nothing(there: dict[str, Any], is_same: bool) -> None:
    assert apply_changes_nothing(WANTED, there) is is_same


def test_list_items_are_compared_by_their_keys_and_defaults_are_no_difference() -> None:
    wanted = {"apiVersion": "v1", "metadata": {"labels": {"l": "1"}}, "spec": {"ports": [{"port": 80}]}}
    ports = {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}}
    there = live({}, {"f:metadata": {"f:labels": {"f:l": {}}}, "f:spec": {"f:ports": ports}})
    there["spec"] = {"ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]}
    assert apply_changes_nothing(wanted, there)
    wanted["spec"] = {"ports": [{"port": 80, "protocol": "UDP"}]}
    assert not apply_changes_nothing(wanted, there)


LABELLED = {"f:metadata": {"f:labels": {"f:l": {}}}}


def test_another_order_of_list_items_is_a_difference() -> None:
    keys = ({"name": "a"}, {"name": "b"})
    fields = {f'k:{{"name":"{key["name"]}"}}': {".": {}, "f:name": {}} for key in keys}
    there = live({}, {**LABELLED, "f:spec": {"f:containers": fields}})
    there["spec"] = {"containers": [keys[0], {"name": "mine"}, keys[1]]}
    wanted = {"apiVersion": "v1", "metadata": {"labels": {"l": "1"}}}
    assert apply_changes_nothing({**wanted, "spec": {"containers": [*keys]}}, there)
    assert not apply_changes_nothing({**wanted, "spec": {"containers": [*reversed(keys)]}}, there)


@pytest.mark.parametrize(("given", "is_same"), [(True, True), (1, False), (1.0, False), ("true", False)])
def test_true_is_not_one(given: Any, is_same: bool) -> None:
    there = live({}, {**LABELLED, "f:spec": {"f:on": {}}})
    there["spec"] = {"on": True}
    wanted = {"apiVersion": "v1", "metadata": {"labels": {"l": "1"}}, "spec": {"on": given}}
    assert apply_changes_nothing(wanted, there) is is_same
