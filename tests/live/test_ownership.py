"""A release has one owner: clients that sleep, whose clocks are wrong, or that hold a release on another machine.

``STEER_TEST_LONG=1`` stops a client at every request instead of at some.
"""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from steersman.kube.client import MERGE_PATCH
from steersman.kube.objects import CONFIG_MAPS, LEASES, PODS
from steersman.release.model import PENDING
from tests.live.conftest import KUBECONFIG, Live
from tests.live.proxy import Fault, Proxy, Seen
from tests.live.trials import COMMANDS, Trials, made_live

pytestmark = pytest.mark.live

LONG = bool(os.environ.get("STEER_TEST_LONG"))
IN_PROGRESS = "another operation (install/upgrade/rollback) is in progress"
LOST = "the lease on the release is lost"
STUCK = """---
apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {containers: [{name: c, image: registry.example/none}]}
"""
READY = {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}


class Clients:
    """Several clients of one release: through a proxy that can stop them, on another machine, with another clock."""

    def __init__(self, live: Live, proxy: Proxy, token: str) -> None:
        self.live = live
        self.proxy = proxy
        live.environment |= {"STEER_LEASE_DURATION": "3", "XDG_CACHE_HOME": str(live.folder / "cache")}
        config = live.folder / "proxied"
        config.write_text(KUBECONFIG.format(server=proxy.url, token=token, namespace=live.namespace))
        self.proxied = {**live.environment, "KUBECONFIG": str(config)}
        self.started: list[subprocess.Popen[str]] = []

    def start(
        self, *arguments: str, before: tuple[str, ...] = (), environment: dict[str, str] | None = None
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*before, *self.live.command(*arguments)],
            env=environment or self.live.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def upgrade(self, word: str, *more: str) -> tuple[str, ...]:
        return ("upgrade", "words", str(self.live.chart), "--set", f"word={word}", *more)

    def ready(self) -> None:
        """Let the pod that the first client waits for become ready."""
        path = PODS.path(self.live.namespace, "stuck") + "/status"
        self.live.client.call("PATCH", path, body=READY, content_type=MERGE_PATCH)

    def until_waiting(self) -> None:
        """Wait until the first client has made its pod."""
        for _ in range(2400):
            if self.live.client.list(PODS, self.live.namespace)["items"]:
                return
            for process in self.started:
                if process.poll() is not None:
                    out, err = process.communicate()
                    raise AssertionError(f"ended without a pod:\n{out}\n{err}")
            time.sleep(0.05)
        raise AssertionError("no pod was made")

    def lease_versions(self) -> list[tuple[str, str]]:
        leases = self.live.client.list(LEASES, self.live.namespace)["items"]
        return [(lease["metadata"]["uid"], lease["spec"]["holderIdentity"]) for lease in leases]

    def check_whole(self) -> None:
        """Check that one revision is deployed, that all objects are its own, and that nobody holds the release."""
        history = self.live.configuration.store.history("words")
        statuses = [release.status for release in history]
        assert statuses.count("deployed") == 1, statuses
        assert not set(statuses) & set(PENDING), statuses
        deployed = next(release for release in history if release.status == "deployed")
        items = self.live.client.list(CONFIG_MAPS, self.live.namespace)["items"]
        found = {i["metadata"]["name"]: i["data"]["word"] for i in items if i["metadata"]["name"].startswith("words-")}
        word = (deployed.config or {}).get("word", "one")
        assert found == {"words-0": word, "words-1": word}
        assert not self.live.client.list(LEASES, self.live.namespace)["items"]


@pytest.fixture
def clients(live: Live, environment: tuple[str, str, str]) -> Iterator[Clients]:
    server, token, _user = environment
    with Proxy(server, token) as proxy:
        made = Clients(live, proxy, token)
        yield made
        for process in made.started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _other_machine() -> tuple[str, ...]:
    """Return what gives a program a space of process numbers of its own: nothing is known of it from outside."""
    before = ("unshare", "--fork", "--pid", "--kill-child", "--mount-proc")
    if not shutil.which("unshare") or subprocess.run([*before, "true"], capture_output=True).returncode:
        pytest.skip("needs the right to make a pid namespace")
    return before


def _clock(offset: str) -> tuple[str, ...]:
    # The program faketime names a semaphore after its process number, which others have in other pid namespaces.
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        pytest.skip("needs faketime")
    return ("env", f"LD_PRELOAD={library}", f"FAKETIME={offset}")


def requests_of(clients: Clients, command: tuple[str, ...]) -> list[Seen]:
    """Return what a command sends that nothing disturbs, discovery known."""
    for _ in range(2):
        clients.proxy.decide = None
        clients.proxy.forget()
        process = clients.start(*command, environment=clients.proxied)
        assert process.wait(60) == 0, process.communicate()
    return list(clients.proxy.seen)


def test_a_client_that_slept_finds_its_successor_and_writes_nothing_more(clients: Clients) -> None:
    assert clients.live.steer("install", "words", str(clients.live.chart)).returncode == 0
    requests = requests_of(clients, clients.upgrade("zero"))
    records = [s for s in requests if s.is_write and "/secrets" in s.path]
    stops = [s for s in requests if LONG or s in (records[0], records[-1]) or s.method == "PATCH"]
    lost = 0
    for seen in stops:
        for when in ("before", "after") if LONG else ("after",):
            started: list[subprocess.Popen[str]] = []
            fault = Fault(act=lambda: os.kill(started[0].pid, signal.SIGSTOP), act_when=when)  # noqa: B023
            clients.proxy.forget()
            clients.proxy.decide = lambda s: fault if s.index == seen.index else None  # noqa: B023
            started.append(clients.start(*clients.upgrade("asleep"), environment=clients.proxied))
            for _ in range(400):
                if len(clients.proxy.seen) > seen.index and _is_stopped(started[0].pid):
                    break
                time.sleep(0.05)
            second = clients.live.steer(*clients.upgrade("awake", "--recover"))
            assert second.returncode == 0, f"{seen}: {second.stderr}"
            os.kill(started[0].pid, signal.SIGCONT)
            _out, err = started[0].communicate(timeout=300)
            if LOST in err:
                lost += 1
                assert started[0].returncode == 1
            else:
                # it had not begun, or nothing was left to do
                assert started[0].returncode == 0, f"{seen}: {err}"
            clients.check_whole()
            if seen in records[:1]:
                assert LOST in err, f"{seen}: {err}"
    assert lost > 1


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize("offset", ["+120s", "-120s"])
@pytest.mark.parametrize("who", ["first", "second"])
@pytest.mark.parametrize("place", ["this machine", "another machine"])
def test_a_wrong_clock_takes_no_release_from_a_healthy_client(
    clients: Clients, offset: str, who: str, place: str
) -> None:
    assert clients.live.steer("install", "words", str(clients.live.chart)).returncode == 0
    machine = () if place == "this machine" else _other_machine()
    first_clock, second_clock = (_clock(offset), ()) if who == "first" else ((), _clock(offset))
    first = clients.start(
        *clients.upgrade("first", "--wait", "--timeout", "300s", "--set-literal", f"extra={STUCK}"),
        before=(*machine, *first_clock),
    )
    clients.until_waiting()
    held = clients.lease_versions()
    assert len(held) == 1
    for more in ((), ("--recover",)):
        second = clients.start(*clients.upgrade("second", *more), before=second_clock)
        _out, err = second.communicate(timeout=300)
        assert second.returncode == 1
        assert IN_PROGRESS in err
        assert clients.lease_versions() == held
    clients.ready()
    _out, err = first.communicate(timeout=300)
    assert first.returncode == 0, err
    clients.check_whole()


def test_a_dead_client_of_another_machine_is_known_by_its_silence(clients: Clients) -> None:
    assert clients.live.steer("install", "words", str(clients.live.chart)).returncode == 0
    first = clients.start(
        *clients.upgrade("first", "--wait", "--set-literal", f"extra={STUCK}"), before=_other_machine()
    )
    clients.until_waiting()
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    second = clients.live.steer(*clients.upgrade("second", "--recover"))
    assert second.returncode == 0, second.stderr
    assert "waiting to see whether the client that holds this release is alive" in second.stderr
    clients.check_whole()


def test_a_lease_that_somebody_deleted_is_not_made_anew_by_a_heartbeat(clients: Clients) -> None:
    assert clients.live.steer("install", "words", str(clients.live.chart)).returncode == 0
    first = clients.start(*clients.upgrade("first", "--wait", "--timeout", "300s", "--set-literal", f"extra={STUCK}"))
    clients.until_waiting()
    name = "sh.helm.release.v1.words"
    clients.live.client.delete(LEASES, clients.live.namespace, name)
    second = clients.live.steer(*clients.upgrade("second", "--recover"))
    assert second.returncode == 0, second.stderr
    assert first.wait(300) == 1
    assert LOST in first.communicate()[1]
    clients.check_whole()


@pytest.mark.parametrize("program", ["helm", "steer"])
def test_recover_works_at_once_on_a_young_record_that_nobody_holds(clients: Clients, program: str) -> None:
    live = clients.live
    assert live.steer("install", "words", str(live.chart)).returncode == 0
    first = clients.upgrade("first", "--wait", "--set-literal", f"extra={STUCK}")
    environment = {**live.environment, "STEER_NO_LEASE": "1"}
    command = [live.helm_program(), *first] if program == "helm" else live.command(*first)
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    clients.until_waiting()
    process.kill()
    process.communicate()
    refused = live.steer(*clients.upgrade("second"))
    assert refused.returncode == 1
    assert IN_PROGRESS in refused.stderr
    assert "Revision 2 is pending-upgrade and no client holds it. Run 'steer upgrade words " in (refused.stderr)
    done = live.steer(*clients.upgrade("second", "--recover"))
    assert done.returncode == 0, done.stderr
    assert "waiting to see" not in done.stderr
    clients.check_whole()


def test_a_record_that_cannot_be_superseded_leaves_one_revision_deployed(clients: Clients) -> None:
    assert clients.live.steer("install", "words", str(clients.live.chart)).returncode == 0
    clients.proxy.decide = lambda seen: (
        Fault(answer=500) if seen.method == "PUT" and seen.path.endswith("words.v1") else None
    )
    process = clients.start(*clients.upgrade("two"), environment=clients.proxied)
    _out, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "revision 1 cannot be marked superseded" in err
    history = clients.live.configuration.store.history("words")
    assert [release.status for release in history] == ["deployed", "failed"]
    done = clients.live.steer(*clients.upgrade("three"))
    assert done.returncode == 0, done.stderr
    clients.check_whole()


def test_several_deployed_revisions_become_one(clients: Clients) -> None:
    for word in ("one", "two", "three"):
        assert clients.live.steer("upgrade", "--install", "words", str(clients.live.chart), "--set", f"word={word}")
    store = clients.live.configuration.store
    for release in store.history("words"):
        store.update(release.with_status("deployed"))
    assert clients.live.steer(*clients.upgrade("four")).returncode == 0
    clients.check_whole()


@pytest.mark.parametrize("duration", ["2", "x", "1000"])
def test_a_lease_duration_out_of_range_is_refused(clients: Clients, duration: str) -> None:
    clients.live.environment["STEER_LEASE_DURATION"] = duration
    done = clients.live.steer("install", "words", str(clients.live.chart))
    assert done.returncode == 1
    assert "STEER_LEASE_DURATION must be from 3 to 300 seconds" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", COMMANDS)
def test_an_interrupted_command_leaves_nothing_that_the_next_one_cannot_go_on_with(
    clients: Clients, environment: tuple[str, str, str], command: str, number: int
) -> None:
    trials = Trials(clients.live, clients.proxy, environment[1])
    tried, problems = trials.signals(command, number, step=1 if LONG else 3)
    assert tried > 4
    assert not problems, "\n".join(problems)


def test_an_interrupted_uninstall_is_explained(clients: Clients, environment: tuple[str, str, str]) -> None:
    trials = Trials(clients.live, clients.proxy, environment[1])
    deletion = next(s for s in trials.requests("uninstall") if s.method == "DELETE" and "/configmaps/" in s.path)
    name = trials.prepare("uninstall")
    code, _err = trials.signal_at("uninstall", name, deletion.index, signal.SIGINT)
    assert code in (130, -signal.SIGINT)
    for command in ("upgrade", "install"):
        refused = clients.live.steer(*trials.arguments(command, name))
        assert refused.returncode == 1
        assert f"Run 'steer uninstall {name}' to finish it" in refused.stderr
    assert trials.go_on(name, "upgrade") == []


@pytest.mark.parametrize("way", ["upgrade", "uninstall"])
def test_an_api_server_that_dies_between_two_records_leaves_no_two_deployed_revisions(
    tmp_path: Path, environment: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    programs = os.environ.get("STEER_TEST_PROGRAMS")
    if not programs:
        pytest.skip("needs the programs of a control plane (STEER_TEST_PROGRAMS)")
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "controlplane"))
    from controlplane import ADMIN_TOKEN, ControlPlane

    with ControlPlane(Path(programs)) as plane, Proxy(plane.server, ADMIN_TOKEN) as proxy:
        live = made_live(str(tmp_path), plane.server, ADMIN_TOKEN)
        trials = Trials(live, proxy, ADMIN_TOKEN)
        records = [s for s in trials.requests("upgrade") if s.method == "PUT" and "/secrets/" in s.path]
        assert [s.path.rpartition(".")[2] for s in records[-2:]] == ["v1", "v2"]
        for when in ("before", "after"):
            name = trials.prepare("upgrade")
            fault = Fault(act=plane.crash, act_when=when, drop=when)
            trials.run("upgrade", name, lambda s: fault if s.index == records[-1].index else None)  # noqa: B023
            plane.wait_ready()
            assert trials.go_on(name, way) == []
        live.client.close()


def test_a_person_sees_what_is_waited_for_while_a_lease_is_watched(clients: Clients) -> None:
    live = clients.live
    assert live.steer("install", "words", str(live.chart)).returncode == 0
    lease = {
        "metadata": {"name": "sh.helm.release.v1.words"},
        "spec": {"holderIdentity": "somebody_else", "leaseDurationSeconds": 3},
    }
    live.client.create(LEASES, live.namespace, lease)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        live.command(*clients.upgrade("two")), env=live.environment, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the end of a terminal
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert process.wait(60) == 0, shown
    assert b"waiting for Lease/sh.helm.release.v1.words: held by somebody_else" in shown
    clients.check_whole()
