"""Operations that end early: cancelled, with a server that says nothing, or by an exception of the program's own."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import steersman
from steersman import aio
from steersman.errors import Interrupted
from steersman.kube.client import ApiClient
from steersman.kube.config import ConfigOverrides, load_config
from steersman.kube.follow import Following
from steersman.kube.objects import SECRETS, Target
from steersman.kube.status.result import CURRENT, Status
from steersman.runtime.parallel import run_all
from steersman.transport.http import Pool
from tests.library.test_charts import CONFIG_MAP, write_chart
from tests.library.test_client import _job_that_never_ends


@pytest.fixture
def silent() -> Iterator[str]:
    """The host and port of a server that accepts connections and says nothing."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for one in held:
        one.close()


def cancelled_later() -> steersman.Cancellation:
    cancel = steersman.Cancellation()
    threading.Timer(0.3, cancel.cancel).start()
    return cancel


def open_sockets() -> int:
    names = [os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]
    return sum(os.path.lexists(name) and os.readlink(name).startswith("socket:") for name in names)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts sockets in /proc")
def test_operations_leave_no_sockets_and_no_threads(environ: dict[str, str], tmp_path: Path) -> None:
    kinds = "".join(
        f"---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: x}}\n"
        for kind in ("ConfigMap", "Secret", "ServiceAccount")
    )
    chart = steersman.load(
        write_chart(tmp_path / "c", {"t.yaml": kinds + "---\n" + CONFIG_MAP % ("other", "r{{ .Release.Revision }}")})
    )
    sockets, threads = open_sockets(), set(threading.enumerate())
    with steersman.Client(namespace="leaks", environ=environ) as client:
        client.install("a", chart, create_namespace=True, wait=True)
        for _ in range(5):
            client.upgrade("a", chart, wait=True)
        client.uninstall("a", wait=True)
    assert open_sockets() == sockets
    left = set(threading.enumerate()) - threads
    assert not [thread for thread in left if "_watch_group" in thread.name]
    for thread in left:  # a heartbeat notices within a moment that it is not wanted any more
        thread.join(30)
    assert not [thread for thread in left if thread.is_alive()]


def test_connections_to_a_registry_are_closed(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    pools: list[Pool] = []
    make = Pool.__init__

    def noted(self: Pool, *args: Any, **kwargs: Any) -> None:
        pools.append(self)
        make(self, *args, **kwargs)

    monkeypatch.setattr(Pool, "__init__", noted)
    with pytest.raises(steersman.Error):
        steersman.load("oci://127.0.0.1:1/x", version="1.0.0", plain_http=True, environ=environ)
    assert pools and all(pool.is_closed for pool in pools)


def test_a_watch_that_begins_after_the_end_of_the_wait_is_closed(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ApiClient(load_config(ConfigOverrides(), environ), user_agent="test")
    client.create(SECRETS, "default", {"metadata": {"name": "late"}})
    look = ApiClient.list
    is_over = threading.Event()

    def late(self: ApiClient, *args: object, **kwargs: object) -> object:
        found = look(self, *args, **kwargs)  # type: ignore[arg-type]
        following._fail(RuntimeError("the wait ends before the watch begins"))
        is_over.wait(30)
        return found

    following = Following(
        client, [Target(SECRETS, "default", "late", {})], lambda _object: Status(CURRENT), lambda _status: False
    )
    monkeypatch.setattr(ApiClient, "list", late)
    monkeypatch.setattr("steersman.kube.follow._LAST_WORDS", 0.01)
    with pytest.raises(RuntimeError):
        following.run(300)
    watches = [thread for thread in threading.enumerate() if "_watch_group" in thread.name]
    assert watches
    is_over.set()
    for thread in watches:
        thread.join(60)
    assert not [thread for thread in watches if thread.is_alive()]
    client.close()


@pytest.mark.parametrize(
    "call",
    [
        lambda where, cancel: steersman.load(f"http://{where}/x.tgz", cancel=cancel),
        lambda where, cancel: steersman.load("x", repo=f"http://{where}", cancel=cancel),
        lambda where, cancel: steersman.load(f"oci://{where}/x", version="1.0.0", plain_http=True, cancel=cancel),
        lambda where, cancel: steersman.load(f"oci://{where}/x", version="1.0.0", cancel=cancel),
        lambda where, cancel: steersman.pull(f"http://{where}/x.tgz", cancel=cancel),
        lambda where, cancel: steersman.show(f"https://{where}/x.tgz", cancel=cancel),
    ],
    ids=["url", "repository", "registry", "registry with TLS", "pull", "show with TLS"],
)
def test_a_download_from_a_silent_server_is_cancelled(
    silent: str, call: Callable[[str, steersman.Cancellation], object]
) -> None:
    with pytest.raises(steersman.Interrupted):
        call(silent, cancelled_later())


@pytest.mark.parametrize(
    "call",
    [
        lambda client, cancel: client.list(cancel=cancel),
        lambda client, cancel: client.get("a", cancel=cancel),
        lambda client, cancel: client.status("a", cancel=cancel),
        lambda client, cancel: client.history("a", cancel=cancel),
        lambda client, cancel: client.rollback("a", cancel=cancel),
        lambda client, cancel: client.uninstall("a", cancel=cancel),
        lambda client, cancel: client.test("a", cancel=cancel),
    ],
    ids=["list", "get", "status", "history", "rollback", "uninstall", "test"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_operation_with_a_silent_server_is_cancelled(
    silent: str,
    scheme: str,
    environ: dict[str, str],
    call: Callable[[steersman.Client, steersman.Cancellation], object],
) -> None:
    client = steersman.Client(server=f"{scheme}://{silent}", environ=environ)
    with pytest.raises(steersman.Interrupted):
        call(client, cancelled_later())


def test_an_upgrade_with_a_silent_server_is_cancelled(silent: str, environ: dict[str, str], tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"t.yaml": CONFIG_MAP % ("x", "b")})
    client = steersman.Client(server=f"http://{silent}", environ=environ)
    with pytest.raises(steersman.Interrupted):
        client.upgrade("a", chart, install=True, cancel=cancelled_later())
    with pytest.raises(steersman.Interrupted):
        client.install("a", f"http://{silent}/x.tgz", cancel=cancelled_later())


def test_a_time_limit_of_asyncio_ends_calls_to_a_silent_server(silent: str, environ: dict[str, str]) -> None:
    async def run() -> None:
        client = aio.Client(server=f"http://{silent}", environ=environ)
        for call in (
            aio.load(f"http://{silent}/x.tgz"),
            aio.pull(f"http://{silent}/x.tgz"),
            client.list(),
            client.get("a"),
            client.status("a"),
            client.history("a"),
        ):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(call, 0.3)

    asyncio.run(run())


@pytest.mark.skipif(os.name == "nt", reason="the plugin is a script of a shell")
def test_a_credential_plugin_that_does_not_end_is_killed(tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    # the shell's child has the output open: it has to end as well
    plugin.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {tmp_path}/child\nwait\n")
    plugin.chmod(0o755)
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(f"""
apiVersion: v1
kind: Config
current-context: a
contexts: [{{name: a, context: {{cluster: a, user: a}}}}]
clusters: [{{name: a, cluster: {{server: "https://127.0.0.1:1"}}}}]
users:
- name: a
  user: {{exec: {{apiVersion: client.authentication.k8s.io/v1, command: {plugin}, interactiveMode: Never}}}}
""")
    client = steersman.Client(kubeconfig=kubeconfig, environ={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    cancel = steersman.Cancellation()

    def when_it_runs() -> None:
        while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text().strip():
            time.sleep(0.02)
        cancel.cancel()

    threading.Thread(target=when_it_runs).start()
    with pytest.raises(steersman.Interrupted):
        client.list(cancel=cancel)
    child = int((tmp_path / "child").read_text())
    while _is_running(child):
        time.sleep(0.02)


def _is_running(process: int) -> bool:
    """Return whether a process is there and not only waiting for its parent to look at its end."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_one_token_for_several_operations(environ: dict[str, str], tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"job.yaml": _job_that_never_ends().replace("never}", "{{ .Release.Name }}}")})
    cancel = steersman.Cancellation()
    client = steersman.Client(namespace="several", environ=environ)
    client.install("first", write_chart(tmp_path / "d", {"t.yaml": CONFIG_MAP % ("x", "b")}), create_namespace=True)

    def install(name: str) -> None:
        with pytest.raises(steersman.Interrupted):
            client.install(name, chart, wait=True, wait_for_jobs=True, cancel=cancel)

    threads = [threading.Thread(target=install, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    while [release.status for release in client.list()] != ["pending-install", "pending-install", "deployed"]:
        time.sleep(0.05)
    cancel.cancel()
    for thread in threads:
        thread.join()
    assert [release.status for release in client.list()] == ["failed", "failed", "deployed"]


def test_a_cancelled_install_is_undone(environ: dict[str, str], tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"job.yaml": _job_that_never_ends()})
    client = steersman.Client(namespace="undone", environ=environ)
    cancel = steersman.Cancellation()
    threading.Timer(2, cancel.cancel).start()
    with pytest.raises(steersman.Interrupted):
        client.install(
            "a", chart, create_namespace=True, wait=True, wait_for_jobs=True, rollback_on_failure=True, cancel=cancel
        )
    assert client.list() == []


class _Stop(Exception):
    """An exception of the program's own."""


def test_an_exception_of_the_callback_ends_the_operation(environ: dict[str, str], tmp_path: Path) -> None:
    def stop(event: steersman.Event) -> None:
        if isinstance(event, steersman.Waiting):
            raise _Stop(event.objects[0][0])

    chart = write_chart(tmp_path / "c", {"job.yaml": _job_that_never_ends()})
    client = steersman.Client(namespace="raises", environ=environ, on_event=stop)
    with pytest.raises(_Stop, match="Job/never"):
        client.install("a", chart, create_namespace=True, wait=True, wait_for_jobs=True)
    found = client.get("a")
    assert (found.status, found.description) == ("failed", 'Release "a" failed: context canceled')


def test_an_exception_of_the_callback_in_the_middle_of_writes(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(event: steersman.Event) -> None:
        raise _Stop

    send = ApiClient.send

    def warned(self: ApiClient, method: str, path: str, **more: Any) -> Any:
        response = send(self, method, path, **more)
        if path.endswith("configmaps/x7"):
            self._tell('299 - "this server warns of a write"')
        return response

    monkeypatch.setattr(ApiClient, "send", warned)
    files = {f"t{n}.yaml": CONFIG_MAP % (f"x{n}", "b") for n in range(12)}
    files["job.yaml"] = _job_that_never_ends()
    client = steersman.Client(namespace="warns", environ=environ, on_event=stop)
    with pytest.raises(_Stop):
        client.install("a", write_chart(tmp_path / "c", files), create_namespace=True, wait=True, wait_for_jobs=True)
    assert client.get("a").status == "failed"


def test_calls_of_several_threads_end_with_the_first_interruption() -> None:
    def act(number: int) -> int:
        if number == 5:
            raise Interrupted("context canceled")
        return number

    with pytest.raises(Interrupted):
        run_all(act, range(40))
