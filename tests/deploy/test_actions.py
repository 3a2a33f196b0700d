"""Actions on releases against the sandbox: what stays behind when something fails, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.action.configuration import Configuration, Surroundings
from steersman.action.get import computed_values, get, get_metadata
from steersman.action.history import history
from steersman.action.install import InstallOptions, install
from steersman.action.list import ListOptions, list_releases
from steersman.action.options import WaitOptions, WriteOptions
from steersman.action.rollback import RollbackOptions, rollback
from steersman.action.status import status
from steersman.action.test import TestOptions as Options
from steersman.action.test import test as run_tests
from steersman.action.uninstall import UninstallOptions, uninstall
from steersman.action.upgrade import UpgradeOptions, upgrade
from steersman.chart.loader import load_chart
from steersman.chart.model import Chart
from steersman.errors import ClusterError, ReleaseError, SteerError, UsageError
from steersman.kube.config import ConfigOverrides
from steersman.kube.errors import ApiError
from steersman.kube.objects import CONFIG_MAPS
from steersman.rendering import RenderOptions
from steersman.sandbox.process import down, up

MAPS = """{{- range $i := until (int .Values.count) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{ $.Release.Name }}-{{ $i }}"
  {{- if $.Values.keep }}
  annotations: {"helm.sh/resource-policy": keep}
  {{- end }}
data: {word: "{{ $.Values.word }}"}
{{- end }}
{{ .Values.extra }}
"""

HOOKS = """{{- range $event := .Values.hooks }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{ $.Release.Name }}-{{ $event }}"
  annotations: {"helm.sh/hook": "{{ $event }}", "helm.sh/hook-delete-policy": "{{ $.Values.policy }}"}
{{- end }}
"""

BROKEN = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: bad, namespace: nowhere}\n"


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = str(tmp_path_factory.mktemp("sandbox"))
    yield up(folder, data="", port=0).kubeconfig
    down(folder)


class World:
    """A cluster with no releases in it, and what was logged."""

    def __init__(self, kubeconfig: str, folder: Path) -> None:
        self.logged: list[str] = []
        surroundings = Surroundings(ConfigOverrides(kubeconfig=kubeconfig), {"HOME": str(folder)}, "default")
        self.config = Configuration(surroundings, lambda level, message, **_: self.logged.append(f"{level} {message}"))
        self.folder = folder

    def chart(self, **values: Any) -> Chart:
        folder = self.folder / "words"
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: words\nversion: 0.1.0\nappVersion: '9'\n")
        (folder / "values.yaml").write_text(
            "count: 2\nword: one\nextra: ''\nkeep: false\nhooks: []\npolicy: before-hook-creation\n"
        )
        (folder / "templates" / "maps.yaml").write_text(MAPS)
        (folder / "templates" / "hooks.yaml").write_text(HOOKS)
        (folder / "templates" / "NOTES.txt").write_text("revision {{ .Release.Revision }}")
        return load_chart(str(folder))

    def install(self, name: str = "one", values: dict[str, Any] | None = None, **options: Any) -> Any:
        return install(self.config, self.chart(), values or {}, InstallOptions(name, "default", **options))

    def upgrade(self, name: str = "one", values: dict[str, Any] | None = None, **options: Any) -> Any:
        return upgrade(self.config, name, self.chart(), values or {}, UpgradeOptions(**options))

    def maps(self) -> dict[str, str]:
        items = self.config.client.list(CONFIG_MAPS, "default")["items"]
        return {
            item["metadata"]["name"]: (item.get("data") or {}).get("word", "")
            for item in items
            if item["metadata"]["name"] != "kube-root-ca.crt"
        }

    def statuses(self, name: str = "one") -> dict[int, str]:
        return {release.revision: release.status for release in history(self.config, name, most=256)}


@pytest.fixture
def world(kubeconfig: str, tmp_path: Path) -> Iterator[World]:
    made = World(kubeconfig, tmp_path)
    yield made
    for name in {release.name for release in made.config.store.all()}:
        uninstall(made.config, name, UninstallOptions(disable_hooks=True))
    for name in made.maps():
        made.config.client.delete(CONFIG_MAPS, "default", name)
    made.config.client.close()


def test_a_namespace_that_contradicts_the_configuration_is_refused(world: World) -> None:
    with pytest.raises(UsageError, match="the options say namespace 'other' and the configuration says 'default'"):
        install(world.config, world.chart(), {}, InstallOptions("one", "other"))
    assert world.maps() == {}
    assert install(world.config, world.chart(), {}, InstallOptions("one")).namespace == "default"
    assert set(world.maps()) == {"one-0", "one-1"}


def test_a_release_is_installed_upgraded_and_rolled_back(world: World) -> None:
    first = world.install(labels={"team": "blue"})
    assert (first.status, first.info.description, first.info.notes) == ("deployed", "Install complete", "revision 1")
    second = world.upgrade(values={"word": "two", "count": 3.0}, labels={"team": "null", "tier": "1"})
    assert world.maps() == {"one-0": "two", "one-1": "two", "one-2": "two"}
    assert (second.labels["tier"], "team" in second.labels) == ("1", False)
    third = rollback(world.config, "one", RollbackOptions())
    assert world.maps() == {"one-0": "one", "one-1": "one"}
    assert (third.info.rollback_revision, third.info.description) == (1, "Rollback to 1")
    assert world.statuses() == {1: "superseded", 2: "superseded", 3: "deployed"}


def test_what_is_in_use_cannot_be_installed_again(world: World) -> None:
    world.install()
    with pytest.raises(ReleaseError, match="release name check failed: cannot reuse a name that is still in use"):
        world.install()
    with pytest.raises(SteerError, match='release name check failed: release name "No": invalid release name'):
        world.install("No")


def test_a_failed_install_leaves_a_failed_release_and_what_was_made(world: World) -> None:
    with pytest.raises(ClusterError, match="nowhere"):
        world.install(values={"extra": BROKEN})
    assert world.statuses() == {1: "failed"}
    assert sorted(world.maps()) == ["one-0", "one-1"]
    assert world.install(values={}, replace=True).revision == 2


def test_a_failed_install_is_undone_when_asked(world: World) -> None:
    with pytest.raises(ReleaseError, match="has been uninstalled due to rollback-on-failure being set"):
        world.install(values={"extra": BROKEN}, rollback_on_failure=True, wait=WaitOptions(timeout=5.0))
    assert world.maps() == {}
    assert list_releases(world.config, ListOptions()) == []


def test_a_failed_upgrade_is_rolled_back_when_asked(world: World) -> None:
    world.install()
    with pytest.raises(ReleaseError, match="has been rolled back due to rollback-on-failure being set"):
        world.upgrade(values={"word": "two", "extra": BROKEN}, rollback_on_failure=True, wait=WaitOptions(timeout=5.0))
    assert world.maps() == {"one-0": "one", "one-1": "one"}
    assert world.statuses() == {1: "superseded", 2: "failed", 3: "deployed"}
    assert "WARN upgrade failed" in world.logged


def test_objects_of_a_failed_upgrade_are_removed_when_asked(world: World) -> None:
    world.install()
    with pytest.raises(ClusterError):
        world.upgrade(values={"count": 3.0, "extra": BROKEN}, cleanup_on_fail=True)
    assert "one-2" not in world.maps()
    assert world.statuses() == {1: "deployed", 2: "failed"}


def test_dry_runs_change_nothing(world: World) -> None:
    assert world.install(dry_run="server").info.description == "Dry run complete"
    assert world.install(dry_run="client").manifest.count("kind: ConfigMap") == 2
    assert world.maps() == {}
    world.install()
    assert world.upgrade(values={"count": 5.0}, dry_run="server").revision == 2
    rollback(world.config, "one", RollbackOptions(revision=1, dry_run="client"))
    uninstall(world.config, "one", UninstallOptions(dry_run=True))
    assert world.statuses() == {1: "deployed"}
    with pytest.raises(UsageError, match="hiding Kubernetes secrets requires a dry-run mode"):
        world.upgrade(render=RenderOptions(hide_secret=True))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"word": "new"}),
        ({"reset_values": True}, {"word": "new"}),
        ({"reuse_values": True}, {"word": "new", "count": 3.0}),
        ({"reset_then_reuse_values": True}, {"word": "new", "count": 3.0}),
    ],
)
def test_values_of_the_last_release_are_reused_as_asked(
    world: World, options: dict[str, bool], expected: dict[str, Any]
) -> None:
    world.install(values={"count": 3.0})
    assert world.upgrade(values={"word": "new"}, **options).config == expected
    assert computed_values(get(world.config, "one"))["word"] == "new"


def test_without_new_values_the_old_ones_stay(world: World) -> None:
    world.install(values={"count": 3.0})
    assert world.upgrade().config == {"count": 3.0}
    assert world.upgrade(reset_values=True).config in (None, {})


def test_what_the_policy_keeps_stays_and_is_named(world: World) -> None:
    world.install(values={"keep": True})
    done = uninstall(world.config, "one", UninstallOptions(keep_history=True, description="bye"))
    assert done is not None
    assert done.info == (
        "These resources were kept due to the resource policy:\n[ConfigMap] one-0\n[ConfigMap] one-1\n"
    )
    assert sorted(world.maps()) == ["one-0", "one-1"]
    assert world.statuses() == {1: "uninstalled"}
    assert history(world.config, "one", most=256)[0].info.description == "bye"
    with pytest.raises(ReleaseError, match='the release named "one" is already deleted'):
        uninstall(world.config, "one", UninstallOptions(keep_history=True))
    uninstall(world.config, "one", UninstallOptions())
    with pytest.raises(ReleaseError, match="uninstall: Release not loaded: one: release: not found"):
        uninstall(world.config, "one", UninstallOptions())
    assert uninstall(world.config, "one", UninstallOptions(ignore_not_found=True)) is None


def test_somebody_elses_object_is_neither_taken_nor_deleted(world: World) -> None:
    client = world.config.client
    client.create(CONFIG_MAPS, "default", {"metadata": {"name": "one-0"}})
    with pytest.raises(ClusterError, match="exists and cannot be imported into the current release"):
        world.install()
    world.install(write=WriteOptions(take_ownership=True))
    owner = {"metadata": {"annotations": {"meta.helm.sh/release-name": "other"}}}
    client.patch(CONFIG_MAPS, "default", "one-0", owner, content_type="application/merge-patch+json")
    done = uninstall(world.config, "one", UninstallOptions())
    assert done is not None
    assert (
        "1 resource(s) were not deleted because they are not owned by this release:\n[ConfigMap] one-0\n" in done.info
    )
    assert sorted(world.maps()) == ["one-0"]


def test_hooks_run_and_are_deleted_by_policy(world: World) -> None:
    hooks = ["pre-install", "post-install", "pre-upgrade", "pre-delete"]
    release = world.install(values={"hooks": hooks, "policy": "hook-succeeded"})
    assert [hook.last_run.phase for hook in release.hooks] == ["Succeeded", "Succeeded", "", ""]
    assert sorted(world.maps()) == ["one-0", "one-1"]
    kept = world.upgrade(values={"hooks": hooks, "policy": "before-hook-creation"})
    assert "one-pre-upgrade" in world.maps()
    assert {hook.events[0] for hook in kept.hooks if hook.last_run.phase} == {"pre-upgrade"}


def test_a_test_hook_is_run_and_recorded(world: World) -> None:
    world.install(values={"hooks": ["test"]})
    tested = run_tests(world.config, "one", Options(timeout=10.0))
    tested.finish()
    assert tested.error is None
    assert [hook.last_run.phase for hook in get(world.config, "one").hooks] == ["Succeeded"]
    skipped = run_tests(world.config, "one", Options(exclude=("one-test",)))
    assert len(skipped.release.hooks) == 1


def test_lists_are_filtered_sorted_and_cut(world: World) -> None:
    for name in ("beta", "alpha", "gamma"):
        world.install(name, labels={"team": name})
    world.upgrade("beta")
    uninstall(world.config, "gamma", UninstallOptions(keep_history=True))

    def names(**options: Any) -> list[str]:
        return [f"{r.name}{r.revision}" for r in list_releases(world.config, ListOptions(**options))]

    assert names() == ["alpha1", "beta2", "gamma1"]
    assert names(reverse=True, limit=2) == ["gamma1", "beta2"]
    assert names(limit=1, offset=1) == ["beta2"]
    assert names(deployed=True) == ["alpha1", "beta2"]
    assert names(uninstalled=True) == ["gamma1"]
    assert names(superseded=True) == ["beta1"]
    assert names(filter="^[ab]") == ["alpha1", "beta2"]
    assert names(selector="team in (alpha,gamma)") == ["alpha1", "gamma1"]
    assert names(by_date=True, reverse=True) == list(reversed(names(by_date=True)))
    with pytest.raises(UsageError, match="error parsing regexp"):
        names(filter="(")


def test_a_status_has_the_live_objects(world: World) -> None:
    world.install()
    resources = status(world.config, "one").info.resources or {}
    assert [item["metadata"]["name"] for item in resources["v1/ConfigMap"]] == ["one-0", "one-1"]
    assert get_metadata(world.config, "one")["appVersion"] == "9"
    with pytest.raises(LookupError, match="release: not found"):
        get(world.config, "one", 7)


def test_history_is_pruned(world: World) -> None:
    world.install()
    for _ in range(3):
        world.upgrade(max_history=2)
    assert sorted(world.statuses()) == [3, 4]


def test_rollbacks_that_cannot_be_are_refused(world: World) -> None:
    world.install()
    with pytest.raises(ReleaseError, match="release has no 9 version"):
        rollback(world.config, "one", RollbackOptions(revision=9))
    with pytest.raises(UsageError, match="description must be 256 characters or less, got 257"):
        rollback(world.config, "one", RollbackOptions(description="x" * 257))
    with pytest.raises(UsageError, match="invalid/unknown release server-side apply method: maybe"):
        world.upgrade(write=WriteOptions(server_side="maybe"))


def test_the_client_side_way_keeps_what_others_added(world: World) -> None:
    world.install(write=WriteOptions(server_side="false"))
    client = world.config.client
    client.patch(CONFIG_MAPS, "default", "one-0", {"data": {"x": "y"}}, content_type="application/merge-patch+json")
    assert world.upgrade(values={"word": "two"}).apply_method == "csa"
    assert client.get(CONFIG_MAPS, "default", "one-0")["data"] == {"word": "two", "x": "y"}
    with pytest.raises(UsageError, match="forceConflicts enabled when serverSideApply disabled"):
        world.upgrade(write=WriteOptions(force_conflicts=True))


def test_no_lease_stays_behind(world: World) -> None:
    from steersman.kube.objects import LEASES

    world.install()
    try:
        leases = world.config.client.list(LEASES, "default")["items"]
    except ApiError:
        pytest.skip("this sandbox has no leases")
    assert leases == []
