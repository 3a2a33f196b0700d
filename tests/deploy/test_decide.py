"""Plans: pure values in, operations out; and whose an object is."""

from __future__ import annotations

from typing import Any

import pytest

from steersman.deploy.decide import Method, decide_create, decide_update
from steersman.deploy.ownership import NotOurs, adoptable, ownership_problems, sort_by_owner, stamp_all
from steersman.deploy.report import explain_size
from steersman.errors import ClusterError, ReleaseError, UsageError
from steersman.kube.errors import ApiError
from steersman.kube.objects import ResourceType, Target
from steersman.release.model import Release

CONFIG_MAP = ResourceType("", "v1", "ConfigMap", "configmaps")


def target(name: str, data: str = "1", **metadata: Any) -> Target:
    content = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": {"k": data}}
    return Target(CONFIG_MAP, "ns", name, content)


def live(*targets: Target) -> dict[Any, Any]:
    return {t.key: t.object for t in targets}


def test_a_first_install_creates_everything_in_order() -> None:
    plan = decide_create([target("a"), target("b")], Method())
    assert [str(change) for change in plan.changes] == ["apply ConfigMap ns/a", "apply ConfigMap ns/b"]
    assert decide_create([target("a")], Method(server_side=False)).changes[0].verb == "create"


@pytest.mark.parametrize(
    ("method", "verb"),
    [
        (Method(), "apply"),
        (Method(server_side=False), "patch"),
        (Method(server_side=False, force_replace=True), "replace"),
    ],
)
def test_an_update_writes_what_is_there_and_creates_what_is_not(method: Method, verb: str) -> None:
    old, kept, new = target("old"), target("kept"), target("new")
    plan = decide_update([old, kept], [target("kept", "2"), new], live(old, kept), method)
    created = "apply" if method.server_side else "create"
    assert [change.verb for change in plan.changes] == [verb, created, "delete"]
    assert plan.changes[0].original == kept.object
    assert plan.changes[2].target == old


@pytest.mark.parametrize(("skips", "verb"), [(True, "unchanged"), (False, "apply")])
def test_an_apply_without_effect_is_left_out_unless_all_is_to_be_written(skips: bool, verb: str) -> None:
    wanted = target("a", labels={"l": "1"})
    fields = {"f:data": {"f:k": {}}, "f:metadata": {"f:labels": {"f:l": {}}}}
    entry = {"manager": "helm", "operation": "Apply", "apiVersion": "v1", "fieldsV1": fields}
    there = target("a", labels={"l": "1"}, managedFields=[entry])
    plan = decide_update([wanted], [wanted], live(there), Method(skip_unchanged=skips))
    assert [change.verb for change in plan.changes] == [verb]


def test_what_is_gone_or_to_be_kept_is_not_deleted() -> None:
    keep = target("keep", annotations={"helm.sh/resource-policy": "keep"})
    plan = decide_update([target("gone"), target("keep")], [], live(keep), Method())
    assert plan.changes == ()


def test_an_object_never_asked_for_before_is_merged_with_itself() -> None:
    there = target("a", "other")
    plan = decide_update([], [target("a")], live(there), Method(server_side=False))
    assert plan.changes[0].original == there.object
    assert [t.name for t in plan.baseless] == ["a"]


def test_an_object_that_cannot_be_looked_at_stops_the_plan() -> None:
    broken = target("a")
    with pytest.raises(ClusterError, match="could not get information about the resource: nope"):
        decide_update([], [broken], {broken.key: ClusterError("nope")}, Method())


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (Method(server_side=False, force_conflicts=True), "forceConflicts enabled when serverSideApply disabled"),
        (Method(force_replace=True), "cannot use server-side apply and force replace together"),
        (Method(three_way_for_custom=True), "cannot use three-way merge for unstructured and server-side apply"),
    ],
)
def test_ways_of_writing_that_contradict_each_other_are_refused(method: Method, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        decide_update([], [], {}, method)


def test_stamped_objects_are_the_releases() -> None:
    (stamped,) = stamp_all([target("a", labels={"mine": "1"})], "one", "ns")
    assert stamped.object["metadata"]["labels"] == {"mine": "1", "app.kubernetes.io/managed-by": "Helm"}
    assert ownership_problems(stamped.object, "one", "ns") == ""
    assert ownership_problems(stamped.object, "two", "ns") == (
        'invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "two": '
        'current value is "one"'
    )


def test_somebody_elses_object_is_taken_over_only_when_asked() -> None:
    there = target("a")
    with pytest.raises(NotOurs, match=r'ConfigMap "a" in namespace "ns" exists and cannot be imported .* missing key'):
        adoptable([there], live(there), "one", "ns", take_ownership=False)
    assert adoptable([there, target("b")], live(there), "one", "ns", take_ownership=True) == [there]


def test_an_uninstall_sorts_objects_by_owner() -> None:
    (ours,) = stamp_all([target("a")], "one", "ns")
    theirs, lost = target("b"), target("c")
    found = {**live(ours, theirs), lost.key: ClusterError("forbidden")}
    owners = sort_by_owner([ours, theirs, lost, target("gone")], found, "one", "ns")
    assert ([t.name for t in owners.owned], [t.name for t in owners.foreign]) == (["a"], ["b"])
    assert [t.name for t, _reason in owners.unknown] == ["c"]


def test_a_record_that_is_too_large_says_what_takes_the_space() -> None:
    release = Release(manifest="m" * 5000, chart={"files": [{"name": "big.bin", "data": "A" * 40_000}]})
    cause = {"reason": "FieldValueTooLong", "message": "Too long: may not be more than 1048576 bytes", "field": "data"}
    refusal = ReleaseError("create: failed to create")
    refusal.__cause__ = ApiError(422, "Invalid", "data: Too long", {"causes": [cause]})
    hint = explain_size(release, refusal)
    assert hint.endswith("big.bin 29 KiB, the rendered manifest 5 KiB")
    assert explain_size(release, ApiError(403, "Forbidden", "forbidden")) == ""
