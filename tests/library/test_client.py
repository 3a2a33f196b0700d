"""Releases for programs, on the sandbox."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import steersman
from steersman import aio
from steersman.errors import Interrupted
from steersman.sandbox.controllers import OUTCOME
from tests.library.test_charts import CONFIG_MAP, SHOP, write_chart


@pytest.fixture
def client(environ: dict[str, str], request: pytest.FixtureRequest) -> steersman.Client:
    namespace = "".join(c for c in request.node.name.replace("_", "-") if c.isalnum() or c == "-")[-50:].strip("-")
    return steersman.Client(namespace=namespace, environ=environ)


def test_the_life_of_a_release(client: steersman.Client) -> None:
    before = datetime.now(UTC)
    first = client.install("web", SHOP, {"replicas": 1}, wait=True, create_namespace=True, labels={"team": "a"})
    assert (first.name, first.namespace, first.revision, first.status) == ("web", client.namespace, 1, "deployed")
    assert (first.chart, first.values, first.labels) == ("shop", {"replicas": 1}, {"team": "a"})
    assert first.status is steersman.Status.DEPLOYED
    assert first.last_deployed is not None and before - timedelta(seconds=1) < first.last_deployed < datetime.now(UTC)
    assert "Deployment" in [tree["kind"] for tree in first.objects]
    second = client.upgrade("web", SHOP, {"replicas": 2}, timeout=timedelta(minutes=1))
    assert second.revision == 2
    third = client.rollback("web")
    assert (third.revision, third.values) == (3, {"replicas": 1})
    assert client.test("web").name == "web"
    assert [(r.revision, r.status) for r in client.history("web")] == [
        (1, "superseded"),
        (2, "superseded"),
        (3, "deployed"),
    ]
    assert [r.revision for r in client.list()] == [3]
    assert client.get("web", 2).values == {"replicas": 2}
    assert repr(third) == f"<Release {client.namespace}/web revision 3 (deployed)>"
    assert len({third, client.get("web", 3)}) == 1
    gone = client.uninstall("web")
    assert gone is not None and gone.status == "uninstalled"
    assert client.uninstall("web", ignore_not_found=True) is None
    assert client.list() == []


def test_upgrade_installs_what_is_not_there(client: steersman.Client, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"t.yaml": CONFIG_MAP % ("x", "b")})
    with pytest.raises(steersman.Error, match='"a" has no deployed releases'):
        client.upgrade("a", chart)
    assert client.upgrade("a", chart, install=True, create_namespace=True).revision == 1
    assert client.upgrade("a", chart, install=True).revision == 2


def test_a_name_in_use_and_a_release_that_is_not_there(client: steersman.Client, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"t.yaml": CONFIG_MAP % ("x", "b")})
    client.install("a", chart, create_namespace=True)
    with pytest.raises(steersman.ReleaseError, match="cannot reuse a name that is still in use"):
        client.install("a", chart)
    with pytest.raises(steersman.ReleaseError, match="release: not found"):
        client.get("nope")


def test_a_refusal_of_the_server_has_its_status(client: steersman.Client, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"t.yaml": CONFIG_MAP % ("Not_A_Name", "b")})
    with pytest.raises(steersman.Error) as caught:
        client.install("a", chart, create_namespace=True)
    api = caught.value.find(steersman.ApiError)
    assert api is not None and (api.status, api.reason) == (422, "Invalid")
    assert api.causes and all(cause.field and cause.message for cause in api.causes)


def test_templates_that_fail_while_installing(client: steersman.Client, tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"t.yaml": '{{ fail "no" }}\n'})
    with pytest.raises(steersman.TemplateError) as caught:
        client.install("a", chart, create_namespace=True)
    assert (caught.value.template, caught.value.line, caught.value.reason) == ("c/templates/t.yaml", 1, "no")


def test_a_wait_that_ends_says_why(environ: dict[str, str], tmp_path: Path) -> None:
    events: list[steersman.Event] = []
    client = steersman.Client(namespace="waits", environ=environ, on_event=events.append)
    hook = CONFIG_MAP % ("x", "b")
    chart = write_chart(tmp_path / "c", {"t.yaml": hook, "job.yaml": _job_that_never_ends()})
    with pytest.raises(steersman.WaitTimeout) as caught:
        client.install("a", chart, create_namespace=True, wait=True, wait_for_jobs=True, timeout=2.5)
    assert "Job/waits/never not ready" in str(caught.value)
    waiting = [event for event in events if isinstance(event, steersman.Waiting)]
    assert waiting and waiting[0].objects[0][0] == "Job/never"


def _job_that_never_ends() -> str:
    text = (
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: never}\n"
        "spec: {template: {metadata: {annotations: {OUTCOME: pending}}, spec: {restartPolicy: Never, containers: [{name: c, image: c}]}}}\n"
    )
    return text.replace("OUTCOME", OUTCOME)


def test_a_cancelled_operation_ends(environ: dict[str, str], tmp_path: Path) -> None:
    client = steersman.Client(namespace="cancelled", environ=environ)
    chart = write_chart(tmp_path / "c", {"job.yaml": _job_that_never_ends()})
    cancel = steersman.Cancellation()
    threading.Timer(1.5, cancel.cancel).start()
    with pytest.raises(steersman.Error) as caught:
        client.install("a", chart, create_namespace=True, wait=True, wait_for_jobs=True, timeout=60, cancel=cancel)
    assert caught.value.find(Interrupted) is not None
    assert client.get("a").status == "failed"
    before = steersman.Cancellation()
    before.cancel()
    with pytest.raises(steersman.Error):
        client.install("b", chart, cancel=before)
    assert [release.name for release in client.list()] == ["a"]


def test_one_client_in_several_threads(client: steersman.Client, tmp_path: Path) -> None:
    charts = [write_chart(tmp_path / f"c{n}", {"t.yaml": CONFIG_MAP % (f"x{n}", "b")}) for n in range(6)]
    client.install("first", charts[0], create_namespace=True)
    failures: list[BaseException] = []

    def install(number: int) -> None:
        try:
            client.install(f"r{number}", charts[number])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=install, args=(number,)) for number in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [release.name for release in client.list()] == ["first", "r1", "r2", "r3", "r4", "r5"]


def test_a_closed_client_refuses(environ: dict[str, str]) -> None:
    with steersman.Client(environ=environ) as client:
        assert client.namespace == "default"
    with pytest.raises(steersman.UsageError, match="the client is closed"):
        client.list()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"storage": "etcd"}, "storage 'etcd' does not exist"), ({"kubeconfig": "/nope"}, "/nope")],
)
def test_arguments_that_cannot_be_used(environ: dict[str, str], arguments: dict[str, str], message: str) -> None:
    with pytest.raises(steersman.Error, match=message):
        steersman.Client(environ=environ, **arguments).list()  # type: ignore[arg-type]


def test_a_wait_that_there_is_not(client: steersman.Client) -> None:
    with pytest.raises(steersman.UsageError, match="wait='soon': it is True, False"):
        client.install("a", SHOP, wait="soon")  # type: ignore[arg-type]


def test_asyncio(environ: dict[str, str], tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"t.yaml": CONFIG_MAP % ("{{ .Release.Name }}", "b")})

    async def run() -> list[str]:
        async with aio.Client(namespace="async", environ=environ) as client:
            await client.install("a", await aio.load(chart), create_namespace=True)
            await asyncio.gather(*(client.install(name, chart) for name in ("b", "c")))
            return [release.name for release in await client.list()]

    assert asyncio.run(run()) == ["a", "b", "c"]


def test_a_cancelled_task_cancels_its_operation(environ: dict[str, str], tmp_path: Path) -> None:
    chart = write_chart(tmp_path / "c", {"job.yaml": _job_that_never_ends()})

    async def run() -> str:
        client = aio.Client(namespace="tasks", environ=environ)
        task = asyncio.create_task(
            client.install("a", chart, create_namespace=True, wait=True, wait_for_jobs=True, timeout=120)
        )
        await asyncio.sleep(1.5)
        task.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 60
        return (await client.get("a")).status

    assert asyncio.run(run()) == "failed"


@pytest.mark.parametrize(
    "name", ["install", "upgrade", "rollback", "uninstall", "test", "status", "get", "history", "list"]
)
def test_asyncio_has_the_same_signatures(name: str) -> None:
    assert inspect.signature(getattr(aio.Client, name)) == inspect.signature(getattr(steersman.Client, name))
    assert inspect.iscoroutinefunction(getattr(aio.Client, name))


def test_asyncio_takes_the_same_arguments() -> None:
    ours, theirs = inspect.signature(aio.Client).parameters, inspect.signature(steersman.Client).parameters
    assert list(ours) == list(theirs)


def test_a_store_that_cannot_be_opened_has_a_message(environ: dict[str, str]) -> None:
    around = {**environ, "HELM_DRIVER_SQL_CONNECTION_STRING": "host=127.0.0.1 port=1 sslmode=disable"}
    with steersman.Client(storage="sql", environ=around) as client, pytest.raises(steersman.UsageError) as caught:
        client.list()
    assert str(caught.value).startswith("unable to instantiate SQL driver: ")
