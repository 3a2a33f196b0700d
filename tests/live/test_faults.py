"""Upgrades with a broken connection, a failing server and a killed client.

Each upgrade goes through a proxy that does something to one of its requests. After it the next command
says how things stand and brings the release to what is wanted: no record is lost, no object is left
over, and nothing is applied a second time with an effect.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.action.configuration import Configuration, Surroundings
from steersman.action.install import InstallOptions, install
from steersman.action.upgrade import UpgradeOptions, upgrade
from steersman.chart.loader import load_chart
from steersman.errors import SteerError
from steersman.kube.config import ConfigOverrides
from steersman.kube.objects import CONFIG_MAPS, LEASES, PODS
from steersman.release.model import PENDING
from tests.conftest import cache_in
from tests.live.conftest import KUBECONFIG, Live
from tests.live.proxy import Fault, Proxy, Seen

pytestmark = pytest.mark.live

HOOK = """---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-hook", annotations: {"helm.sh/hook": "pre-upgrade"}}
data: {word: "{{ .Values.word }}"}
"""
OLD = {"count": 3.0, "word": "one"}
NEW = {"count": 2.0, "word": "two"}


class Faulty:
    """A namespace, a chart with a hook, and a proxy before the server."""

    def __init__(self, live: Live, proxy: Proxy, token: str) -> None:
        self.live = live
        self.proxy = proxy
        (live.chart / "templates" / "hook.yaml").write_text(HOOK)
        self.chart = load_chart(str(live.chart))
        config = live.folder / "proxied"
        config.write_text(KUBECONFIG.format(server=proxy.url, token=token, namespace=live.namespace))
        self.environment = {**live.environment, "KUBECONFIG": str(config)}
        self.numbers = iter(range(10_000))
        self.made: list[Configuration] = []

    def proxied(self) -> Configuration:
        surroundings = Surroundings(
            ConfigOverrides(), self.environment, self.live.namespace, cache=cache_in(self.live.folder)
        )
        return self._made(surroundings)

    def direct(self) -> Configuration:
        return self._made(self.live.configuration.surroundings)

    def _made(self, surroundings: Surroundings) -> Configuration:
        self.made.append(Configuration(surroundings, lambda *_arguments, **_fields: None))
        return self.made[-1]

    def install(self) -> str:
        name = f"r{next(self.numbers)}"
        install(self.direct(), self.chart, OLD, InstallOptions(name, self.live.namespace))
        return name

    def upgrade(self, name: str, config: Configuration, **options: Any) -> None:
        upgrade(config, name, self.chart, NEW, UpgradeOptions(**options))

    def objects(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the release's objects by the part of their names after the release's."""
        items = self.live.client.list(CONFIG_MAPS, self.live.namespace)["items"]
        return {
            item["metadata"]["name"].removeprefix(f"{name}-"): item
            for item in items
            if item["metadata"]["name"].startswith(f"{name}-")
        }

    def check_wanted(self, name: str, before: dict[str, dict[str, Any]] | None, *, may_lack_hook: bool = False) -> None:
        """Check that the release is as asked, and that what was right already was not written again."""
        objects = self.objects(name)
        assert set(objects) in ({"0", "1", "hook"}, {"0", "1"} if may_lack_hook else set())
        assert all(item["data"]["word"] == "two" for item in objects.values())
        for part in ("0", "1"):
            if before and before[part]["data"]["word"] == "two":
                assert objects[part]["metadata"]["resourceVersion"] == before[part]["metadata"]["resourceVersion"]
        history = self.direct().store.history(name)
        assert [release.revision for release in history] == list(range(1, len(history) + 1))
        assert history[-1].status == "deployed"
        assert [release.status for release in history].count("deployed") == 1
        assert not any(release.status in PENDING for release in history)
        self.check_unlocked(name)

    def check_unlocked(self, name: str) -> None:
        """Check that nobody holds the release."""
        leases = self.live.client.list(LEASES, self.live.namespace)["items"]
        assert not [lease for lease in leases if lease["metadata"]["name"].endswith(f".{name}")]

    def requests_of_an_upgrade(self) -> list[Seen]:
        """Return what an upgrade that nothing disturbs sends, discovery known."""
        self.proxy.decide = None
        self.proxied().discovery.refresh()
        name = self.install()
        self.proxy.forget()
        self.upgrade(name, self.proxied())
        return list(self.proxy.seen)

    def break_one(self, at: int | Callable[[Seen], bool], make: Callable[[], Fault]) -> None:
        """Let requests meet a fault: the one with this index from now on, or those of which ``at`` is true."""
        self.proxy.forget()
        meets = at if callable(at) else lambda seen: seen.index == at
        self.proxy.decide = lambda seen: make() if meets(seen) else None


@pytest.fixture
def faulty(live: Live, environment: tuple[str, str, str]) -> Iterator[Faulty]:
    server, token, _user = environment
    with Proxy(server, token) as proxy:
        made = Faulty(live, proxy, token)
        yield made
        for configuration in made.made:
            configuration.close()


FAULTS: dict[str, Callable[[], Fault]] = {
    "delayed": lambda: Fault(delay=0.3),
    "dropped before the server sees it": lambda: Fault(drop="before"),
    "done, and the answer is lost": lambda: Fault(drop="after"),
    "reset": lambda: Fault(drop="before", reset=True),
    "cut in the middle of the answer": lambda: Fault(cut=20),
    "answered 409": lambda: Fault(answer=409),
    "answered 429 with Retry-After": lambda: Fault(answer=429, headers={"Retry-After": "1"}),
    "answered 500": lambda: Fault(answer=500),
    "answered 503": lambda: Fault(answer=503),
}
PASSES = ("delayed", "answered 429 with Retry-After")


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_request_is_broken_the_release_can_be_brought_to_what_is_wanted(faulty: Faulty, fault: str) -> None:
    for seen in faulty.requests_of_an_upgrade():
        name = faulty.install()
        faulty.break_one(seen.index, FAULTS[fault])
        try:
            faulty.upgrade(name, faulty.proxied())
        except SteerError as error:
            assert fault not in PASSES, f"{seen}: {error}"
            assert str(error)
        before = faulty.objects(name)
        faulty.upgrade(name, faulty.direct())
        faulty.check_wanted(name, before)


@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_client_is_killed_at_any_request_the_next_one_goes_on(faulty: Faulty, when: str) -> None:
    told = 0
    for seen in faulty.requests_of_an_upgrade():
        name = faulty.install()
        killed = Killed(faulty, name, seen.index, when)
        assert killed.code in (-9, 0), f"{seen}: {killed.err}"
        before = faulty.objects(name)
        status = faulty.direct().store.last(name).status
        done = faulty.live.steer(
            "upgrade", name, str(faulty.live.chart), "--set", "count=2,word=two"
        )  # the dead client's process is known to be gone: nothing more need be said
        assert done.returncode == 0, f"{seen}: {done.stderr}"
        if status in PENDING:
            told += "recovered a release whose client died" in done.stderr
            assert "recovered a release whose client died" in done.stderr
        faulty.check_wanted(name, before)
    assert told > 3


@pytest.mark.parametrize("command", ["install", "rollback", "uninstall"])
def test_after_any_other_command_is_killed_the_release_can_be_brought_to_what_is_wanted(
    faulty: Faulty, command: str
) -> None:
    chart = str(faulty.live.chart)
    wanted = ("--set", "count=2,word=two")

    def arguments(name: str) -> list[str]:
        return {
            "install": ["install", name, chart, *wanted],
            "rollback": ["rollback", name, "1"],
            "uninstall": ["uninstall", name],
        }[command]

    def prepared() -> str:
        if command == "install":
            return f"r{next(faulty.numbers)}"
        name = faulty.install()
        faulty.upgrade(name, faulty.direct())
        return name

    Killed(faulty, prepared(), 10_000, "before", command=arguments)  # discovery is known from now on
    count = len(faulty.proxy.seen)
    assert count > 5
    for index in range(count):
        name = prepared()
        Killed(faulty, name, index, "before", command=arguments)
        before = faulty.objects(name)
        if command == "uninstall":
            done = faulty.live.steer("uninstall", name, "--ignore-not-found")
            assert done.returncode == 0, f"{faulty.proxy.seen[index]}: {done.stderr}"
            assert set(faulty.objects(name)) <= {"hook"}
            assert not [r for r in faulty.direct().store.all() if r.name == name]
            faulty.check_unlocked(name)
            continue
        done = faulty.live.steer("upgrade", "--install", name, chart, *wanted)
        assert done.returncode == 0, f"{faulty.proxy.seen[index]}: {done.stderr}"
        faulty.check_wanted(name, before if {"0", "1"} <= set(before) else None, may_lack_hook=command == "install")


def test_a_killed_client_of_another_machine_is_explained_and_recovered_by_word(faulty: Faulty) -> None:
    name = faulty.install()
    write = next(s for s in faulty.requests_of_an_upgrade() if s.method == "PATCH")
    Killed(faulty, name, write.index, "after")
    lease = elsewhere(faulty.live, name)
    version = lease["metadata"]["resourceVersion"]
    command = ("upgrade", name, str(faulty.live.chart), "--set", "count=2,word=two")
    explained = faulty.live.steer(*command)
    assert explained.returncode == 1
    assert "another operation (install/upgrade/rollback) is in progress" in explained.stderr
    assert "Revision 2 is pending-upgrade and held by" in explained.stderr
    assert f"Run 'steer upgrade {name} " in explained.stderr and "--recover' to mark it failed" in explained.stderr
    left = faulty.live.client.get(LEASES, faulty.live.namespace, lease["metadata"]["name"])
    assert left["metadata"]["resourceVersion"] == version  # who is refused has not touched it
    assert "release has no 99 version" in faulty.live.steer("rollback", name, "99").stderr
    before = faulty.objects(name)
    assert faulty.live.steer(*command, "--recover").returncode == 0
    faulty.check_wanted(name, before)


def elsewhere(live: Live, name: str) -> dict[str, Any]:
    """Make a lease that of a client on another machine, with a short time to its end."""
    change = {
        "metadata": {"annotations": {"steersman.io/process": "other-machine/1/2/3"}},
        "spec": {"leaseDurationSeconds": 3},
    }
    lease = f"sh.helm.release.v1.{name}"
    return live.client.patch(LEASES, live.namespace, lease, change, content_type="application/merge-patch+json")


@pytest.mark.parametrize("command", ["rollback", "uninstall"])
def test_what_a_killed_upgrade_had_made_is_not_left_over(faulty: Faulty, command: str) -> None:
    extra = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: '%s-extra'}\ndata: {word: two}\n"
    name = faulty.install()

    def removes(seen: Seen) -> bool:
        return seen.method == "DELETE" and seen.path.endswith(f"/{name}-2")

    Killed(faulty, name, removes, "before", "--set-literal", f"extra={extra % name}")
    assert faulty.direct().store.last(name).status == "pending-upgrade"
    assert "extra" in faulty.objects(name)
    arguments = ("rollback", name, "1") if command == "rollback" else ("uninstall", name)
    done = faulty.live.steer(*arguments)
    assert done.returncode == 0, done.stderr
    assert set(faulty.objects(name)) - {"hook"} == ({"0", "1", "2"} if command == "rollback" else set())


def test_a_second_upgrade_after_a_recovered_one_does_not_leave_what_the_dead_one_made(faulty: Faulty) -> None:
    extra = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: '%s-extra'}\ndata: {word: two}\n"
    applied = [seen for seen in faulty.requests_of_an_upgrade() if seen.method == "PATCH"]
    name = faulty.install()
    Killed(faulty, name, applied[-1].index + 1, "after", "--set-literal", f"extra={extra % name}")
    assert "extra" in faulty.objects(name)
    before = faulty.objects(name)
    done = faulty.live.steer("upgrade", name, str(faulty.live.chart), "--set", "count=2,word=two")
    assert done.returncode == 0, done.stderr
    faulty.check_wanted(name, before)


def test_a_watch_that_is_cut_short_is_taken_up_again(faulty: Faulty) -> None:
    pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: watched-stuck}\nspec: {containers: [{name: c, image: i}]}\n"
    watches = 0

    def cut(seen: Seen) -> Fault | None:
        nonlocal watches
        if not seen.is_watch:
            return None
        watches += 1
        return Fault(cut=30 * watches) if watches < 4 else None

    faulty.proxy.decide = cut
    process = subprocess.Popen(
        [
            sys.executable, "-m", "steersman", "install", "watched", str(faulty.live.chart), "--set-literal",
            f"extra={pod}", "--wait", "--timeout", "60s",
        ],
        env=faulty.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    for i in range(30):
        time.sleep(0.2)
        if watches == 0:
            continue
        # changes make events, and with them the bytes after which a watch is cut
        path = PODS.path(faulty.live.namespace, "watched-stuck") + "/status"
        said = {**status, "phase": "Running" if watches > 3 else "Pending", "message": f"{i}"}
        if watches <= 3:
            said["conditions"] = []
        body = {"status": said}
        faulty.live.client.call("PATCH", path, body=body, content_type="application/merge-patch+json")
        if process.poll() is not None:
            break
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    assert watches > 3


def test_a_record_that_cannot_be_written_at_the_end_is_explained_and_made_good(faulty: Faulty) -> None:
    name = faulty.install()

    def trouble(seen: Seen) -> Fault | None:
        is_record = seen.method == "PUT" and f"/secrets/sh.helm.release.v1.{name}.v2" in seen.path
        return Fault(answer=500) if is_record else None

    faulty.proxy.decide = trouble
    with pytest.raises(SteerError, match="the proxy says 500"):
        faulty.upgrade(name, faulty.proxied())
    assert faulty.direct().store.last(name).status == "pending-upgrade"
    before = faulty.objects(name)
    faulty.upgrade(name, faulty.direct())  # the client said that it had ended: no word is needed
    faulty.check_wanted(name, before)


def test_no_lease_means_no_work_while_the_server_is_in_trouble(faulty: Faulty) -> None:
    name = faulty.install()
    faulty.proxy.decide = lambda seen: Fault(answer=503) if "/leases" in seen.path else None
    faulty.proxy.forget()
    with pytest.raises(SteerError, match="the proxy says 503"):
        faulty.upgrade(name, faulty.proxied())
    assert not [seen for seen in faulty.proxy.seen if seen.is_write and "/leases" not in seen.path]
    assert faulty.direct().store.last(name).revision == 1


class Killed:
    """An upgrade by a process of its own that the proxy kills at one of its requests."""

    def __init__(
        self,
        faulty: Faulty,
        name: str,
        at: int | Callable[[Seen], bool],
        when: str,
        *arguments: str,
        command: Callable[[str], list[str]] | None = None,
    ) -> None:
        started: list[subprocess.Popen[str]] = []

        def kill() -> None:
            started[0].kill()
            started[0].wait()

        faulty.break_one(at, lambda: Fault(act=kill, act_when=when, drop=when))
        upgrade = ["upgrade", name, str(faulty.live.chart), "--set", "count=2,word=two", *arguments]
        words = upgrade if command is None else command(name)
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "steersman", *words],
                env={**faulty.environment, "XDG_CACHE_HOME": str(Path(faulty.live.folder) / "cache")},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
        )  # fmt: skip
        self.out, self.err = started[0].communicate(timeout=300)
        self.code = started[0].returncode
        faulty.proxy.decide = None


SHORT_LIVED = """---
apiVersion: batch/v1
kind: Job
metadata: {name: short, annotations: {"helm.sh/hook": "pre-install", "helm.sh/hook-delete-policy": "KIND"}}
spec:
  ttlSecondsAfterFinished: 0
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}
"""


@pytest.mark.parametrize("policy", ["before-hook-creation", "before-hook-creation,hook-succeeded"])
@pytest.mark.parametrize("strategy", ["watcher", "legacy", "hookOnly"])
def test_a_hook_job_that_goes_as_soon_as_it_is_done_has_succeeded(faulty: Faulty, strategy: str, policy: str) -> None:
    (faulty.live.chart / "templates" / "hook.yaml").write_text(SHORT_LIVED.replace("KIND", policy))
    jobs = f"/apis/batch/v1/namespaces/{faulty.live.namespace}/jobs"

    def late(seen: Seen) -> Fault | None:
        """Let nobody see the Job before it is gone."""
        return Fault(act=gone) if seen.method == "GET" and seen.path.startswith(f"{jobs}?") else None

    def gone() -> None:
        for _ in range(300):
            if not faulty.live.client.call("GET", jobs)["items"]:
                return
            time.sleep(0.1)

    for decide in (late, None):
        faulty.proxy.decide = decide
        name = f"r{next(faulty.numbers)}"
        command = ("install", name, str(faulty.live.chart), "--timeout", "300s", f"--wait={strategy}")
        done = subprocess.run(
            [sys.executable, "-m", "steersman", *command], env=faulty.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert faulty.direct().store.last(name).hooks[0].last_run.phase == "Succeeded"
        faulty.proxy.decide = None
