"""Plans of the four actions: revisions and objects in, stages of operations out; as JSON and as text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steersman.deploy import execute, plan_text
from steersman.deploy.decide import Method
from steersman.deploy.plan import Failure, Log, Operation, Plan, Undo
from steersman.deploy.plan_json import OPERATIONS, plan_from_json, plan_to_json
from steersman.deploy.planner import (
    Choices,
    plan_install,
    plan_objects,
    plan_purge,
    plan_rollback,
    plan_uninstall,
    plan_upgrade,
    with_live,
)
from steersman.errors import ClusterError, UsageError
from steersman.kube.objects import ResourceType, Target
from steersman.release.hook import Hook, HookExecution
from steersman.release.model import Info, Release
from steersman.release.timestamps import Timestamp

CONFIG_MAP = ResourceType("", "v1", "ConfigMap", "configmaps", verbs=("get", "list"))
DEPLOYMENT = ResourceType("apps", "v1", "Deployment", "deployments")
ROLE = ResourceType("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", is_namespaced=False)

CHOICES = Choices(Method(), strategy="watcher", timeout=300.0)
UNDO = Undo("undo:rollback", "rollback", {"disable_hooks": False, "wait": {"timeout": 5.0}})


def target(name: str, resource: ResourceType = CONFIG_MAP, **metadata: Any) -> Target:
    namespace = "shop" if resource.is_namespaced else ""
    content = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": name, **metadata}}
    return Target(resource, namespace, name, content)


def revision(number: int, status: str, *hooks: Hook) -> Release:
    moment = Timestamp(1_790_000_000, 5)
    info = Info(moment, moment, description="some", status=status)
    return Release("web", info, {"metadata": {"name": "web"}}, {}, "text", hooks, number, "shop", {"team": "a"}, "ssa")


def hook(name: str, *events: str, weight: int = 0, policies: tuple[str, ...] = ()) -> Hook:
    return Hook(name, "Job", f"web/templates/{name}.yaml", "kind: Job", events, weight=weight, delete_policies=policies)


def ids(plan: Plan) -> list[str]:
    return [operation.id for operation in plan.operations()]


def stage(plan: Plan, name: str) -> Any:
    return next(stage for stage in plan.stages if stage.id == name)


def then(plan: Plan, name: str) -> list[str]:
    return [operation.id for operation in stage(plan, name).failure.then]


OLD, NEW = revision(1, "deployed"), revision(2, "pending-upgrade", hook("migrate", "pre-upgrade"))


def upgrade(choices: Choices = CHOICES, **more: Any) -> Plan:
    kept, left, new = target("kept"), target("left"), target("web", DEPLOYMENT)
    return plan_upgrade(OLD, NEW, [kept, left], [kept, new], choices, **more)


def rollback(choices: Choices = CHOICES, **more: Any) -> Plan:
    hooks = hook("before", "pre-rollback"), hook("after", "post-rollback")
    return plan_rollback(
        OLD, revision(3, "pending-rollback", *hooks), [target("a")], [target("a"), target("b")], choices, **more
    )


def uninstall(*, choices: Choices = CHOICES, keeps_history: bool = False, refusal: str = "") -> Plan:
    release = revision(3, "uninstalling", hook("stop", "pre-delete"), hook("sweep", "post-delete"))
    deletes = [] if refusal else [(target("a"), False), (target("read", ROLE), True)]
    return plan_uninstall(release, deletes, choices, revisions=[1, 2, 3], keeps_history=keeps_history, refusal=refusal)


def install(choices: Choices = CHOICES, **more: Any) -> Plan:
    hooks = hook("b", "pre-install", weight=-1), hook("a", "pre-install", "post-install")
    targets = [target("settings"), target("web", DEPLOYMENT), target("read", ROLE)]
    return plan_install(revision(1, "pending-install", *hooks), targets, choices, **more)


def test_an_install_is_records_hooks_writes_and_a_wait_in_order() -> None:
    assert ids(install()) == [
        "record:v1:pending-install",
        "hook:pre-install:Job/b",
        "hook:pre-install:Job/a",
        "write:ConfigMap/shop/settings",
        "write:Deployment.apps/shop/web",
        "write:ClusterRole.rbac.authorization.k8s.io/read",
        "wait:ready",
        "hook:post-install:Job/a",
        "record:v1:deployed",
    ]


def test_objects_that_an_install_takes_over_are_looked_at_first() -> None:
    taken = target("settings", labels={"mine": "1"})
    plan = install(adopted=[taken])
    writes = stage(plan, "write")
    assert [operation.category for operation in writes.operations] == ["look", "write", "write", "write"]
    assert [write.original for write in writes.operations[1:]] == [taken.object, None, None]
    assert not writes.is_first
    assert stage(install(), "write").is_first


def test_a_name_that_is_used_again_ends_its_last_revision() -> None:
    uninstalled = replaced = revision(1, "uninstalled")
    assert ids(install(predecessor=uninstalled))[0] == "record:v1:superseded"
    assert install(predecessor=replaced).revisions == (replaced,)
    # helm: a failed revision stays as it is
    assert ids(install(predecessor=revision(1, "failed")))[0] == "record:v1:pending-install"


def test_a_failed_install_is_recorded_or_undone() -> None:
    assert {tuple(then(install(), name)) for name in ("pre-install", "write", "wait", "post-install")} == {
        ("record:v1:failed",)
    }
    undo = Undo("undo:uninstall", "uninstall", {})
    assert then(install(Choices(Method(), undo=undo)), "write") == ["undo:uninstall"]
    failure = stage(install(), "pre-install").failure
    assert (failure.wording, failure.family) == ("failed pre-install: {error}", "ClusterError")


def test_an_upgrade_writes_deletes_and_ends_the_deployed_revisions() -> None:
    other = revision(0, "deployed")
    assert ids(upgrade(deployed=[other, OLD])) == [
        "record:v2:pending-upgrade",
        "hook:pre-upgrade:Job/migrate",
        "look:write",
        "write:ConfigMap/shop/kept",
        "write:Deployment.apps/shop/web",
        "delete:ConfigMap/shop/left",
        "wait:ready",
        "record:v1:superseded",
        "record:v0:superseded",
        "record:v2:deployed",
    ]


def test_an_upgrade_says_as_data_how_its_failure_is_recorded_cleaned_up_and_undone() -> None:
    plan = upgrade(Choices(Method(), removes_created=True, undo=UNDO))
    failed = ["log:failed", "record:v2:failed", "delete:created", "undo:rollback"]
    assert then(plan, "pre-upgrade") == failed
    assert then(plan, "write") == ["record:v1:deployed", *failed]
    assert then(plan, "supersede") == ["record:v2:failed"]
    assert then(upgrade(), "wait") == ["record:v1:deployed", "log:failed", "record:v2:failed"]


def test_a_rollback_leaves_a_failed_hook_pending_and_records_other_failures() -> None:
    plan = rollback(Choices(Method(), removes_created=True))
    assert ids(plan)[0] == "record:v3:pending-rollback"
    assert ids(plan)[-3:] == ["record:deployed", "record:deployed:superseded", "record:v3:deployed"]
    hooks = stage(plan, "pre-rollback").failure
    assert (hooks.then, [operation.id for operation in hooks.interrupted]) == ((), ["record:v3:failed"])
    assert then(plan, "write") == ["log:failed", "record:v1:superseded", "record:v3:failed", "delete:created"]
    assert then(plan, "wait") == ["record:v1:deployed", "record:v3:failed"]


def test_a_rollback_whose_objects_cannot_be_built_begins_and_fails() -> None:
    plan = rollback(refusal="no such kind")
    assert [(one.id, one.refusal) for one in plan.stages] == [("begin", ""), ("build", "no such kind")]


def test_an_uninstall_removes_records_last_and_the_newest_of_them_last() -> None:
    assert ids(uninstall()) == [
        "hook:pre-delete:Job/stop",
        "record:v3:uninstalling",
        "look:delete",
        "delete:ConfigMap/shop/a",
        "delete:ClusterRole.rbac.authorization.k8s.io/read",
        "wait:deleted",
        "hook:post-delete:Job/sweep",
        "record:v1:remove",
        "record:v2:remove",
        "record:v3:remove",
    ]
    assert ids(uninstall(keeps_history=True))[-3:] == [
        "record:v3:uninstalled",
        "record:deployed",
        "record:deployed:superseded",
    ]
    assert ids(plan_purge(revision(2, "uninstalled"), [1, 2])) == ["record:v1:remove", "record:v2:remove"]


def test_an_uninstall_continues_after_what_cannot_be_waited_for() -> None:
    ends = {one.id: one.failure.end for one in uninstall().stages}
    assert {name for name, end in ends.items() if end == "collect"} == {"wait", "post-delete", "purge"}
    assert stage(uninstall(refusal="corrupted"), "delete").refusal == "corrupted"


def test_hooks_run_by_weight_and_have_the_policies_that_apply() -> None:
    plan = install()
    first, second = stage(plan, "pre-install").operations
    assert (first.name, first.position, first.delete_policies) == ("b", 0, ("before-hook-creation",))
    assert (second.name, second.position) == ("a", 1)
    assert "pre-install" not in {one.id for one in install(Choices(Method(), runs_hooks=False)).stages}


def test_ids_are_unique_where_objects_share_a_name() -> None:
    twins = [target("a"), target("a"), target("", generateName="run-")]
    plan = plan_install(revision(1, "pending-install"), twins, CHOICES)
    assert ids(plan)[1:4] == ["write:ConfigMap/shop/a", "write:ConfigMap/shop/a#2", "write:ConfigMap/shop/run-*"]


def test_ids_stay_the_same_when_values_change() -> None:
    before = ids(upgrade())
    changed = plan_upgrade(
        OLD,
        NEW,
        [target("kept"), target("left")],
        [target("kept", labels={"x": "y"}), target("web", DEPLOYMENT)],
        CHOICES,
    )
    assert ids(changed) == before


def test_live_objects_fill_in_how_each_object_is_written() -> None:
    plan, kept, left = upgrade(Choices(Method(server_side=False))), target("kept"), target("left")
    both = with_live(plan, {kept.key: kept.object, left.key: left.object})
    verbs = [getattr(operation, "verb", None) for operation in stage(both, "write").operations]
    assert verbs == [None, "patch", "create", None]
    gone = with_live(plan, {kept.key: kept.object})
    assert "delete:ConfigMap/shop/left" not in ids(gone)
    with pytest.raises(ClusterError, match="could not get information"):
        with_live(plan, {kept.key: ClusterError("no")})


@pytest.mark.parametrize(
    "plan",
    [
        install(),
        install(adopted=[target("settings")], predecessor=revision(1, "uninstalled")),
        upgrade(Choices(Method(False, force_replace=True), removes_created=True, undo=UNDO)),
        rollback(Choices(Method(), removes_created=True)),
        rollback(refusal="no such kind"),
        uninstall(),
        uninstall(keeps_history=True, refusal="corrupted"),
        plan_purge(revision(2, "uninstalled"), [1, 2]),
        plan_objects(
            "install", Release("web", namespace="shop"), "namespace", [target("a")], Method(), Failure((), None, ())
        ),
    ],
)
def test_a_plan_survives_json(plan: Plan) -> None:
    assert plan_from_json(plan_to_json(plan)) == plan


TEXT = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RESOURCES = st.sampled_from([CONFIG_MAP, DEPLOYMENT, ROLE])
TARGETS = st.lists(
    st.builds(Target, RESOURCES, TEXT, TEXT, st.dictionaries(st.sampled_from(["spec", "data", "kind"]), JSON)),
    max_size=4,
)
MOMENTS = st.none() | st.builds(Timestamp, st.integers(0, 4_000_000_000), st.integers(0, 999_999_999))
EVENTS = st.sampled_from(["pre-install", "pre-upgrade", "post-upgrade", "pre-rollback", "pre-delete", "post-delete"])
HOOKS = st.builds(
    Hook,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.lists(EVENTS).map(tuple),
    st.builds(HookExecution, MOMENTS, MOMENTS, TEXT),
    st.integers(-5, 5),
    st.lists(TEXT, max_size=2).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple),
)
RELEASES = st.builds(
    Release,
    TEXT,
    st.builds(Info, MOMENTS, MOMENTS, MOMENTS, TEXT, TEXT, st.integers(0, 9), TEXT),
    st.none() | st.dictionaries(st.just("values"), JSON),
    st.none() | st.dictionaries(TEXT, JSON),
    TEXT,
    st.lists(HOOKS, max_size=3).map(tuple),
    st.integers(0, 99),
    TEXT,
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.sampled_from(["", "ssa", "csa"]),
)
CHOOSING = st.builds(
    Choices,
    st.builds(Method, *[st.booleans()] * 6),
    st.booleans(),
    TEXT,
    st.floats(0, 1e6),
    st.booleans(),
    st.booleans(),
    TEXT,
    st.none() | st.just(UNDO),
)
PLANS = st.one_of(
    st.builds(plan_install, RELEASES, TARGETS, CHOOSING, adopted=TARGETS, predecessor=st.none() | RELEASES),
    st.builds(plan_upgrade, RELEASES, RELEASES, TARGETS, TARGETS, CHOOSING, deployed=st.lists(RELEASES, max_size=2)),
    st.builds(plan_rollback, RELEASES, RELEASES, TARGETS, TARGETS, CHOOSING, refusal=TEXT),
    st.builds(
        plan_uninstall,
        RELEASES,
        TARGETS.map(lambda targets: [(target, True) for target in targets]),
        CHOOSING,
        revisions=st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True),
        keeps_history=st.booleans(),
        propagation=TEXT,
        refusal=TEXT,
    ),
)


@given(PLANS)
def test_any_plan_survives_json_and_has_a_text(plan: Plan) -> None:
    text = plan_to_json(plan)
    read = plan_from_json(text)
    assert read == plan
    assert plan_to_json(read) == text
    written = plan_text.plan_text(plan)
    for operation in plan.operations():
        assert plan_text.describe(operation) in written


@given(PLANS)
def test_the_ids_within_a_stage_are_unique(plan: Plan) -> None:
    for one in plan.stages:
        names = [operation.id for operation in one.operations]
        assert len(names) == len(set(names)) or one.id == "supersede"


def test_fields_with_their_default_are_left_out_of_the_json() -> None:
    document = json.loads(plan_to_json(uninstall()))
    assert document["format"] == "steersman.plan/v1"
    assert document["stages"][1] == {
        "id": "begin",
        "operations": [
            {
                "operation": "record",
                "id": "record:v3:uninstalling",
                "verb": "update",
                "revision": 3,
                "status": "uninstalling",
                "otherwise": "debug",
            }
        ],
    }


def changed(**changes: Any) -> str:
    return json.dumps({**json.loads(plan_to_json(uninstall())), **changes})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not a plan: Expecting"),
        ("[]", "not a plan: the format is not steersman.plan/v1"),
        (changed(format="steersman.plan/v0"), "the format is not steersman.plan/v1"),
        (changed(more=1), "Plan has no field 'more'"),
        (
            changed(stages=[{"id": "x", "operations": [{"operation": "dance", "id": "x"}]}]),
            "no operation is called 'dance'",
        ),
        (
            changed(stages=[{"id": "x", "operations": [{"operation": "wait", "id": "x"}]}]),
            "Wait misses the field 'condition'",
        ),
        (changed(stages=[3]), "not a plan"),
        ("[" * 100_000, "not a plan"),
    ],
)
def test_a_text_that_is_not_a_plan_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match="not a plan") as refused:
        plan_from_json(text)
    assert message in str(refused.value)


def test_a_plan_is_printed_with_what_follows_failures() -> None:
    assert plan_text.plan_text(upgrade(Choices(Method(), strategy="watcher", timeout=90.0, undo=UNDO))) == (
        "upgrade web in shop, revision 2\n"
        "begin:\n"
        "    record  create revision 2 pending-upgrade\n"
        "pre-upgrade:\n"
        "    hook    Job/migrate (weight 0, deleted by before-hook-creation)\n"
        "    if it fails: log:failed, record:v2:failed, undo:rollback\n"
        "write:\n"
        "    look    at live objects, to decide how they are written\n"
        "    write   ConfigMap/shop/kept\n"
        "    write   Deployment.apps/shop/web\n"
        "    delete  ConfigMap/shop/left unless it is to stay\n"
        "    if it fails: record:v1:deployed, log:failed, record:v2:failed, undo:rollback\n"
        "wait:\n"
        "    wait    until objects are ready (watcher, at most 90 s)\n"
        "    if it fails: record:v1:deployed, log:failed, record:v2:failed, undo:rollback\n"
        "supersede:\n"
        "    record  update revision 1 superseded\n"
        "    if it fails: record:v2:failed\n"
        "close:\n"
        "    record  update revision 2 deployed\n"
    )
    text = plan_text.plan_text(uninstall(keeps_history=True, refusal="corrupted"))
    assert "delete:\n    cannot be planned: corrupted\n    if it fails: log:failed\n" in text
    assert "until deleted objects are gone (watcher, at most 300 s)\n    if it fails: continue\n" in text
    assert "    if it is interrupted: record:v3:failed\n" in plan_text.plan_text(rollback())
    there = plan_objects("install", OLD, "crd:a.yaml", [target("a")], Method(), Failure(existing=(LOG,)))
    assert "    write   ConfigMap/shop/a (apply)\n    if its objects exist already: continue\n" in plan_text.plan_text(
        there
    )


LOG = Log("log:present", "DEBUG", "there", {})


def test_every_operation_can_be_carried_out_written_as_json_and_described() -> None:
    kinds = set(Operation.__subclasses__())
    assert kinds == set(OPERATIONS.values()) == set(plan_text._WORDS)
    assert {kind.category for kind in kinds} == set(execute._BY_CATEGORY)
