"""Many clients at once: on releases of their own nobody is disturbed, on one release they take turns."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from steersman.kube.lease import Lease
from steersman.kube.objects import CONFIG_MAPS, LEASES
from steersman.release.model import PENDING
from tests.live.conftest import KUBECONFIG, Live
from tests.live.proxy import Fault, Proxy, Seen

pytestmark = pytest.mark.live

IN_PROGRESS = "another operation (install/upgrade/rollback) is in progress"


def words(live: Live, name: str) -> set[str]:
    items = live.client.list(CONFIG_MAPS, live.namespace)["items"]
    return {item["data"]["word"] for item in items if item["metadata"]["name"].startswith(f"{name}-")}


def test_twenty_clients_on_twenty_releases_do_not_disturb_each_other(live: Live) -> None:
    def life(number: int) -> None:
        name = f"r{number}"
        chart = str(live.chart)
        for arguments in (
            ("install", name, chart, "--set", f"word=a{number}"),
            ("upgrade", name, chart, "--set", f"word=b{number}"),
            ("rollback", name, "1"),
        ):
            done = live.steer(*arguments)
            assert done.returncode == 0, f"{name}: {done.stderr}"
        assert words(live, name) == {f"a{number}"}
        if number % 2:
            assert live.steer("uninstall", name).returncode == 0

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(life, range(20)))
    left = {release.name for release in live.configuration.store.all()}
    assert left == {f"r{number}" for number in range(0, 20, 2)}
    for name in left:
        history = live.configuration.store.history(name)
        assert [(r.revision, r.status) for r in history] == [(1, "superseded"), (2, "superseded"), (3, "deployed")]
    assert not live.client.list(LEASES, live.namespace)["items"]


def test_five_clients_on_one_release_take_turns_and_say_who_is_at_work(live: Live) -> None:
    assert live.steer("install", "words", str(live.chart), "--set", "count=12").returncode == 0

    def upgrade(number: int) -> list[subprocess.CompletedProcess[str]]:
        return [
            live.steer("upgrade", "words", str(live.chart), "--set", f"count=12,word=w{number}-{turn}")
            for turn in range(4)
        ]

    with ThreadPoolExecutor(5) as pool:
        runs = [done for several in pool.map(upgrade, range(5)) for done in several]
    won = [done for done in runs if done.returncode == 0]
    lost = [done for done in runs if done.returncode != 0]
    assert won
    assert lost
    for done in lost:
        assert IN_PROGRESS in done.stderr, done.stderr
        assert "held by " in done.stderr, done.stderr
    history = live.configuration.store.history("words")
    last = 1 + len(won)
    assert [release.revision for release in history] == list(range(max(1, last - 9), last + 1))  # ten are kept
    assert [release.status for release in history].count("deployed") == 1
    assert history[-1].status == "deployed"
    assert not any(release.status in PENDING for release in history)
    # the objects are the last revision's, all of them
    assert words(live, "words") == {str((history[-1].config or {})["word"])}
    assert not live.client.list(LEASES, live.namespace)["items"]


def test_an_upgrade_a_rollback_and_an_uninstall_at_once_end_in_one_state(live: Live) -> None:
    for turn in range(3):
        name = f"r{turn}"
        assert live.steer("install", name, str(live.chart), "--set", "count=6").returncode == 0
        assert live.steer("upgrade", name, str(live.chart), "--set", "count=6,word=two").returncode == 0
        commands = [
            ("upgrade", name, str(live.chart), "--set", "count=3,word=three"),
            ("rollback", name, "1"),
            ("uninstall", name),
        ]
        with ThreadPoolExecutor(3) as pool:
            ends = list(pool.map(lambda arguments: live.steer(*arguments), commands))
        assert any(done.returncode == 0 for done in ends), [done.stderr for done in ends]
        releases = [release for release in live.configuration.store.all() if release.name == name]
        found = words(live, name)
        if not releases:
            assert found == set()
        else:
            last = max(releases, key=lambda release: release.revision)
            assert last.status == "deployed"
            assert found == {str((last.config or {}).get("word", "one"))}
        live.steer("uninstall", name)


def test_a_lease_that_is_given_back_while_it_is_asked_for_is_taken(
    live: Live, environment: tuple[str, str, str], tmp_path: Path
) -> None:
    server, token, _user = environment
    name = "sh.helm.release.v1.words"
    assert live.steer("install", "words", str(live.chart)).returncode == 0
    with Proxy(server, token) as proxy:

        def given_back(seen: Seen) -> Fault | None:
            is_look = seen.method == "GET" and seen.path.endswith(f"/leases/{name}")
            return Fault(act=lambda: held.release()) if is_look else None

        proxy.decide = given_back
        config = tmp_path / "proxied"
        config.write_text(KUBECONFIG.format(server=proxy.url, token=token, namespace=live.namespace))
        held = Lease(live.client, live.namespace, name, "somebody_else")
        held.acquire()
        live.environment["KUBECONFIG"] = str(config)
        done = live.steer("upgrade", "words", str(live.chart), "--set", "word=two")
        assert done.returncode == 0, done.stderr
        writes = [str(seen).partition(" ")[2] for seen in proxy.seen if "/leases" in seen.path]
    path = f"/apis/coordination.k8s.io/v1/namespaces/{live.namespace}/leases"
    assert writes == [f"POST {path}", f"GET {path}/{name}", f"POST {path}", f"DELETE {path}/{name}"]
