"""Three-way merges for the client-side path, and field managers."""

from __future__ import annotations

from typing import Any, cast

import pytest

from steersman.kube.apply import WriteFailed, apply_changes_nothing, client_side_patch, merged_managers
from steersman.kube.client import MERGE_PATCH, STRATEGIC_MERGE_PATCH, ApiClient, ApiError
from steersman.kube.merge import patch_for
from steersman.kube.merge_keys import FieldRule, fields_of_type, type_of_kind
from steersman.kube.objects import ResourceType, Target

GADGET = ResourceType("live.example", "v1", "Gadget", "gadgets")


def patch(original: Any, wanted: Any, live: Any, *, custom: bool = False) -> Any:
    return patch_for(original, Target(GADGET, "ns", "x", wanted), live, three_way_for_custom=custom)[0]


def test_a_custom_resource_is_patched_with_what_changed_between_two_charts() -> None:
    original, wanted, live = {"spec": {"size": 1, "x": 1}}, {"spec": {"size": 1}}, {"spec": {"size": 9, "x": 1}}
    assert patch(original, wanted, live) == {"spec": {"x": None}}
    assert patch(original, wanted, live, custom=True) == {"spec": {"size": 1, "x": None}}


def test_only_kinds_of_kubernetes_have_rules() -> None:
    assert type_of_kind("apps/v1", "Deployment") == "apps.v1.Deployment"
    assert type_of_kind("v1", "Service") == "core.v1.Service"
    assert type_of_kind("apps.example.com/v1", "Deployment") == ""
    assert type_of_kind("apiregistration.k8s.io/v1", "APIService") == ""
    assert fields_of_type("core.v1.PodSpec")["volumes"] == FieldRule("core.v1.Volume", "merge,retainKeys", "name")


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


class RefusingClient:
    """Answers a strategic merge patch as a server that cannot read the object after it."""

    def __init__(self) -> None:
        self.patches: list[tuple[str, dict[str, Any]]] = []

    def patch(self, *_where: Any, content_type: str, query: dict[str, str]) -> dict[str, Any]:
        self.patches.append((content_type, _where[-1]))
        if content_type == STRATEGIC_MERGE_PATCH:
            causes = [{"reason": "FieldValueInvalid", "field": "patch", "message": "cannot convert string to int"}]
            raise ApiError(422, "Invalid", '"" is invalid: patch', {"causes": causes})
        raise ApiError(400, "BadRequest", "json: cannot unmarshal string into Go struct field")


def test_an_object_that_does_not_fit_its_kind() -> None:
    # helm: client-go cannot read such an object either and makes a merge patch, whose refusal has other words
    # (tests/live/scripts/does-not-fit.sh)
    before = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {"replicas": 1}}
    wanted = {**before, "spec": {"replicas": "2"}}
    client = RefusingClient()
    target = Target(ResourceType("apps", "v1", "Deployment", "deployments"), "ns", "d", wanted)
    with pytest.raises(WriteFailed, match="cannot unmarshal string"):
        client_side_patch(cast("ApiClient", client), before, target, before, three_way_for_custom=False)
    assert [kind for kind, _patch in client.patches] == [STRATEGIC_MERGE_PATCH, MERGE_PATCH]
    assert client.patches[1][1]["spec"] == {"replicas": "2"}
