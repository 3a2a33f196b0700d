"""The executor against the sandbox: plans that were saved, plans that are broken off, and their failures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from steersman.action import changes
from steersman.action.history import history
from steersman.action.install import InstallOptions, install
from steersman.action.options import WriteOptions
from steersman.action.rollback import RollbackOptions, rollback
from steersman.action.uninstall import UninstallOptions, uninstall
from steersman.chart.loader import load_chart
from steersman.deploy.execute import execute
from steersman.deploy.plan import Plan
from steersman.deploy.plan_json import plan_from_json, plan_to_json
from steersman.errors import ClusterError, ReleaseError, SteerError
from steersman.kube.client import ApiClient
from tests.deploy.test_actions import BROKEN, World, kubeconfig, world

__all__ = ["kubeconfig", "world"]  # fixtures

HOOKS = {
    "hooks": ["pre-install", "post-upgrade", "pre-rollback", "pre-delete", "post-delete"],
    "policy": "hook-succeeded",
}

DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""


def life(world: World) -> list[Any]:
    """Lead a release through all four actions, with failures, and return what became of it."""
    seen: list[Any] = []

    def note(act: Any) -> None:
        try:
            act()
        except SteerError as error:
            seen.append(str(error))
        try:
            seen.append([(r.revision, r.status, r.info.description) for r in history(world.config, "one", most=9)])
        except ReleaseError:
            seen.append("gone")
        seen.append(world.maps())

    note(lambda: world.install(values=HOOKS))
    note(lambda: world.upgrade(values={"word": "two", "count": 3}))
    note(lambda: world.upgrade(values={"extra": BROKEN}, rollback_on_failure=True, cleanup_on_fail=True))
    note(lambda: rollback(world.config, "one", RollbackOptions(revision=1)))
    note(lambda: uninstall(world.config, "one", UninstallOptions(keep_history=True)))
    note(lambda: world.install(values={"extra": BROKEN}, replace=True, rollback_on_failure=True))
    return seen


def test_a_plan_that_was_saved_as_json_does_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = life(world)
    assert [type(part) for part in expected].count(str) == 3  # two failures, and the release is gone
    saved: list[str] = []

    def execute_saved(cluster: Any, plan: Plan, **more: Any) -> Any:
        saved.append(plan_to_json(plan))
        return execute(cluster, plan_from_json(saved[-1]), **more)

    monkeypatch.setattr(changes, "execute", execute_saved)
    assert life(world) == expected
    assert len(saved) == 8  # the two that undo included


@pytest.fixture
def requests(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Interrupt the action before the request of number ``stop``, and count them in ``seen``."""
    counter = {"seen": 0, "stop": 0}
    send = ApiClient.send

    def counting(self: ApiClient, method: str, path: str, **more: Any) -> Any:
        counter["seen"] += 1
        if counter["seen"] == counter["stop"]:
            world.config.interrupts.arrive()
        return send(self, method, path, **more)

    monkeypatch.setattr(ApiClient, "send", counting)
    yield counter
    counter["stop"] = 0


@pytest.mark.parametrize("action", ["install", "upgrade", "rollback"])
def test_an_action_that_is_interrupted_at_any_request_is_recorded_as_failed(
    world: World, requests: dict[str, int], action: str
) -> None:
    acts = {
        "install": lambda: world.install(values=HOOKS),
        "upgrade": lambda: world.upgrade(values={**HOOKS, "word": "two", "count": 1}),
        "rollback": lambda: rollback(world.config, "one", RollbackOptions()),
    }
    number = list(acts).index(action) + 1
    ends: list[str] = []
    while "deployed" not in ends:
        for earlier in list(acts)[: number - 1]:
            acts[earlier]()
        requests.update(seen=0, stop=len(ends) + 1)
        with suppress(SteerError):  # before anything has begun, the interruption may be in another error's text
            acts[action]()
        requests["stop"] = 0
        statuses = world.statuses() if world.config.store.stubs() else {}
        ends.append(statuses.get(number, "none"))
        uninstall(world.config, "one", UninstallOptions(disable_hooks=True, ignore_not_found=True))
    assert requests["seen"] > len(ends) > 10
    # first it has not begun, then it fails, then it is too late
    assert ends == sorted(ends, key=["none", "failed", "deployed"].index)
    assert set(ends) == {"none", "failed", "deployed"}


def test_a_description_that_looks_like_a_template_stays_as_it_is(world: World) -> None:
    world.install(description="built for {reason} and {error}")
    assert history(world.config, "one", most=1)[0].info.description == "built for {reason} and {error}"


def test_definitions_that_exist_already_are_passed_over(world: World, tmp_path: Path) -> None:
    world.chart()
    folder = tmp_path / "words" / "crds"
    folder.mkdir()
    (folder / "things.yaml").write_text(DEFINITION)
    chart = load_chart(str(tmp_path / "words"))
    for name in ("one", "two"):
        install(world.config, chart, {"count": 0}, InstallOptions(name, write=WriteOptions(server_side="false")))
    assert world.logged.count("DEBUG CRD is already present. Skipping") == 1
    (folder / "things.yaml").write_text(BROKEN)
    with pytest.raises(ClusterError, match=r"^failed to install CRD crds/things.yaml: "):
        install(world.config, load_chart(str(tmp_path / "words")), {}, InstallOptions("three"))


def test_a_failed_hook_is_worded_by_its_action_and_recorded_with_its_run(world: World) -> None:
    extra = BROKEN.replace("name: bad", 'name: bad, annotations: {"helm.sh/hook": post-install}')
    with pytest.raises(ClusterError, match=r"^failed post-install: warning: Hook post-install words/") as failed:
        world.install(values={"extra": extra})
    last = world.config.store.last("one")
    assert last.info.description == f'Release "one" failed: {failed.value}'
    assert [hook.last_run.phase for hook in last.hooks] == ["Failed"]
