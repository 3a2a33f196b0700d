"""Releases on a real API server: with Helm on the same records, and what steersman adds to Helm."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from steersman.action.install import InstallOptions, install
from steersman.action.upgrade import UpgradeOptions, upgrade
from steersman.chart.loader import load_chart
from steersman.errors import ReleaseError
from steersman.kube.client import MERGE_PATCH
from steersman.kube.lease import Lease
from steersman.kube.merge_keys import fields_of_type, type_of_kind
from steersman.kube.objects import CONFIG_MAPS, LEASES

if TYPE_CHECKING:
    from tests.live.conftest import Live

pytestmark = pytest.mark.live

STUCK = """---
apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {containers: [{name: c, image: registry.example/none}]}
"""


def status(live: Live, name: str) -> str:
    return live.configuration.store.last(name).status


def wait_until(live: Live, name: str, wanted: str) -> None:
    for _ in range(2400):
        try:
            if status(live, name) == wanted:
                return
        except ReleaseError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{name} did not become {wanted}")


def versions(live: Live) -> dict[str, str]:
    items = live.client.list(CONFIG_MAPS, live.namespace)["items"]
    return {i["metadata"]["name"]: i["metadata"]["resourceVersion"] for i in items if "words" in i["metadata"]["name"]}


@pytest.mark.parametrize("first", ["helm", "steer"])
def test_helm_and_steer_take_turns_on_one_release(live: Live, first: str) -> None:
    a, b = (live.helm, live.steer) if first == "helm" else (live.steer, live.helm)
    assert a("install", "words", str(live.chart)).returncode == 0
    assert b("upgrade", "words", str(live.chart), "--set", "word=two").returncode == 0
    assert a("rollback", "words", "1").returncode == 0
    assert a("history", "words").stdout == b("history", "words").stdout
    assert a("get", "all", "words").stdout == b("get", "all", "words").stdout
    assert a("list").stdout == b("list").stdout
    assert b("uninstall", "words").stdout == 'release "words" uninstalled\n'
    assert versions(live) == {}


def test_an_object_that_would_not_change_is_not_written(live: Live) -> None:
    chart = load_chart(str(live.chart))
    install(live.configuration, chart, {}, InstallOptions("words", live.namespace))
    before = versions(live)
    upgrade(live.configuration, "words", chart, {"count": 3.0}, UpgradeOptions())
    after = versions(live)
    assert len(after) == 3
    assert {name: after[name] for name in before} == before


def test_a_conflict_names_the_field_and_its_manager(live: Live) -> None:
    live.steer("install", "words", str(live.chart))
    live.client.patch(
        CONFIG_MAPS,
        live.namespace,
        "words-0",
        {"data": {"word": "mine"}},
        content_type=MERGE_PATCH,
        query={"fieldManager": "somebody"},
    )
    refused = live.steer("upgrade", "words", str(live.chart), "--set", "word=ours")
    assert 'conflict with "somebody" using v1: .data.word' in refused.stderr
    assert status(live, "words") == "failed"
    assert live.steer("upgrade", "words", str(live.chart), "--set", "word=ours", "--force-conflicts").returncode == 0


def test_a_wait_names_what_is_not_ready_and_why(live: Live) -> None:
    done = live.steer(
        "install", "words", str(live.chart), "--set-literal", f"extra={STUCK}", "--wait", "--timeout", "2s"
    )
    assert done.returncode == 1
    assert (
        f"resource Pod/{live.namespace}/stuck not ready. status: InProgress, message: Pod is in the Pending"
        in done.stderr
    )


def test_a_signal_marks_the_release_failed(live: Live) -> None:
    process = live.start("install", "words", str(live.chart), "--set-literal", f"extra={STUCK}", "--wait")
    wait_until(live, "words", "pending-install")
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=300)
    assert "Release words has been cancelled.\n" in out
    assert err == "Error: INSTALLATION FAILED: context canceled\n"
    release = live.configuration.store.last("words")
    assert (release.status, release.info.description) == ("failed", 'Release "words" failed: context canceled')
    assert not live.client.list(LEASES, live.namespace)["items"]


def test_a_signal_marks_a_rollback_failed(live: Live) -> None:
    live.steer("install", "words", str(live.chart), "--set-literal", f"extra={STUCK}")
    live.steer("upgrade", "words", str(live.chart))
    process = live.start("rollback", "words", "1", "--wait")
    wait_until(live, "words", "pending-rollback")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=300)
    assert status(live, "words") == "failed"
    assert "context canceled" in live.configuration.store.last("words").info.description


def test_a_release_whose_client_was_killed_can_be_recovered(live: Live) -> None:
    live.steer("install", "words", str(live.chart))
    process = live.start("upgrade", "words", str(live.chart), "--set-literal", f"extra={STUCK}", "--wait")
    wait_until(live, "words", "pending-upgrade")
    process.kill()
    process.communicate()
    chart = load_chart(str(live.chart))
    name = "sh.helm.release.v1.words"
    elsewhere = {
        "metadata": {"annotations": {"steersman.io/process": "another-machine/1/2/3"}},
        "spec": {"leaseDurationSeconds": 3},
    }
    live.client.patch(LEASES, live.namespace, name, elsewhere, content_type=MERGE_PATCH)
    with pytest.raises(ReleaseError, match=r"another operation .* is in progress") as caught:
        upgrade(live.configuration, "words", chart, {}, UpgradeOptions())
    assert "--recover" in caught.value.hint
    assert upgrade(live.configuration, "words", chart, {}, UpgradeOptions(recover=True)).revision == 3
    history = {release.revision: release.status for release in live.configuration.store.history("words")}
    assert history == {1: "superseded", 2: "failed", 3: "deployed"}


def test_two_clients_do_not_work_on_one_release_at_once(live: Live) -> None:
    live.steer("install", "words", str(live.chart))
    with Lease(live.client, live.namespace, "sh.helm.release.v1.words", "somebody_else"):
        for arguments in (("upgrade", "words", str(live.chart)), ("uninstall", "words"), ("rollback", "words", "1")):
            done = live.steer(*arguments)
            assert "another operation (install/upgrade/rollback) is in progress" in done.stderr
            assert "held by somebody_else" in done.stderr
    assert live.steer("upgrade", "words", str(live.chart)).returncode == 0


def test_a_record_that_is_too_large_fails_before_anything_is_applied(live: Live) -> None:
    (live.chart / "big.bin").write_bytes(os.urandom(1_500_000))
    done = live.steer("install", "words", str(live.chart))
    assert done.returncode == 1
    assert "big.bin 1465 KiB" in done.stderr
    assert versions(live) == {}


def _rules(schema: dict[str, Any]) -> dict[str, tuple[str, str]]:
    properties = schema.get("properties") or {}
    return {
        name: (value["x-kubernetes-patch-strategy"], value.get("x-kubernetes-patch-merge-key", ""))
        for name, value in properties.items()
        if "x-kubernetes-patch-strategy" in value and name != "status"
    }


@pytest.mark.parametrize(
    ("path", "schema", "kind"),
    [
        ("/openapi/v3/api/v1", "io.k8s.api.core.v1.PodSpec", ("v1", "Pod")),
        ("/openapi/v3/api/v1", "io.k8s.api.core.v1.Container", ("v1", "Pod")),
        ("/openapi/v3/api/v1", "io.k8s.api.core.v1.ServiceSpec", ("v1", "Service")),
        ("/openapi/v3/apis/apps/v1", "io.k8s.api.apps.v1.DeploymentSpec", ("apps/v1", "Deployment")),
    ],
)
def test_the_table_of_merge_keys_is_the_servers(live: Live, path: str, schema: str, kind: tuple[str, str]) -> None:
    document = live.client.call("GET", path)
    expected = _rules(document["components"]["schemas"][schema])
    ours = fields_of_type(schema.removeprefix("io.k8s.api."))
    assert {name: (rule.strategy, rule.key) for name, rule in ours.items() if rule.strategy} == expected
    assert type_of_kind(*kind)


def test_json_of_a_status_is_json(live: Live, tmp_path: Path) -> None:
    live.steer("install", "words", str(live.chart))
    document = json.loads(live.steer("status", "words", "-o", "json").stdout)
    assert document["info"]["status"] == "deployed"
    assert "chart" not in document
    assert len(document["info"]["resources"]["v1/ConfigMap"]) == 2


def test_the_newest_revision_counts_from_the_tenth_on(live: Live) -> None:
    for word in range(10):
        assert live.steer("upgrade", "--install", "r", str(live.chart), "--set", f"word=w{word}").returncode == 0
    assert live.steer("uninstall", "r", "--keep-history").returncode == 0
    again = live.steer("upgrade", "--install", "r", str(live.chart))
    assert again.returncode == 0, again.stderr
    assert "REVISION: 11" in again.stdout


def test_a_negative_offset_is_refused(live: Live) -> None:
    assert live.steer("install", "r", str(live.chart)).returncode == 0
    refused = live.steer("list", "--offset", "-1")
    assert (refused.returncode, refused.stderr) == (1, "Error: --offset must not be negative, got -1\n")
