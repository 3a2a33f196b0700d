"""``steer doctor``: each area found well, and found at fault by the fault itself."""

from __future__ import annotations

import http.server
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.action.configuration import Configuration
from steersman.action.install import InstallOptions, install
from steersman.chart import load_chart
from steersman.pytest_plugin.cluster import Sandbox
from tests.conftest import Run

SHOP = Path(__file__).parents[2] / "examples" / "shop"

Examined = Callable[..., list[tuple[str, str, str, str]]]


@pytest.fixture
def examined(own: Run) -> Examined:
    """Run the doctor and return its findings: area, level, message and advice."""

    def run(*arguments: str, code: int = 0, env: dict[str, str] | None = None) -> list[tuple[str, str, str, str]]:
        done = own("doctor", "-o", "json", *arguments, env=env or {})
        assert done.returncode == code, done.stdout + done.stderr
        return [tuple(row[key] for key in ("area", "level", "message", "advice")) for row in json.loads(done.stdout)]

    return run


def of(area: str, found: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str]]:
    return [(level, message, advice) for one, level, message, advice in found if one == area]


def test_all_is_well_on_the_sandbox(own: Run, examined: Examined, sandbox: Sandbox) -> None:
    environment = {"KUBECONFIG": sandbox.kubeconfig}
    found = examined("-n", "default", env=environment)
    areas = list(dict.fromkeys(area for area, *_rest in found))
    assert areas == ["versions", "config", "cluster", "permissions", "releases", "caches"]
    assert not [row for row in found if row[1] in ("warning", "error")]
    assert of("permissions", found) == [("ok", "everything that a release needs in namespace default", "")]
    shown = own("doctor", env=environment)
    assert shown.returncode == 0 and "  ok      everything that a release needs in namespace default\n" in shown.stdout


def test_without_a_kubeconfig(examined: Examined, tmp_path: Path) -> None:
    found = examined(code=1, env={"KUBECONFIG": str(tmp_path / "none")})
    ((level, message, advice),) = [row for row in of("config", found) if row[0] == "error"]
    assert (level, message) == ("error", "there is no kubeconfig") and 'eval "$(steer sandbox up)"' in advice
    ((level, message, _advice),) = of("cluster", found)
    assert level == "error" and message.startswith("the cluster does not answer: ")
    assert not of("permissions", found) and not of("releases", found)


def test_a_context_that_is_not_there(examined: Examined, sandbox: Sandbox) -> None:
    found = examined("--kube-context", "prod", code=1, env={"KUBECONFIG": sandbox.kubeconfig})
    assert ("error", 'context "prod" does not exist', "Choose one of sandbox with --kube-context.") in of(
        "config", found
    )


def test_configuration_at_fault(examined: Examined, sandbox: Sandbox, tmp_path: Path) -> None:
    config = tmp_path / "kubeconfig"
    config.write_text(Path(sandbox.kubeconfig).read_text())
    config.chmod(0o644)
    (tmp_path / "repositories.yaml").write_text("repositories:\n- {name: acme, url: http://127.0.0.1:1}\n")
    (tmp_path / "in-the-way").write_text("")
    (tmp_path / "registry.json").write_text("{}")
    found = of(
        "config",
        examined(
            "--repository-config",
            str(tmp_path / "repositories.yaml"),
            code=1,
            env={"KUBECONFIG": str(config), "HELM_DATA_HOME": str(tmp_path / "in-the-way")},
        ),
    )
    way = tmp_path / "in-the-way"
    assert (
        "error",
        f"{way} is in the way of the data folder {way}",
        "Set HELM_DATA_HOME to a folder of your own.",
    ) in found
    assert ("warning", f"others can read {config}", f"Run 'chmod 600 {config}'.") in found
    missing = "there is no cached index of the repository acme"
    assert ("warning", missing, "Run 'steer repo update acme'.") in found
    (tmp_path / "repositories.yaml").write_text("repositories: 7\n")
    broken = examined(
        "--repository-config", str(tmp_path / "repositories.yaml"), code=1, env={"KUBECONFIG": str(config)}
    )
    assert any(level == "error" and "Mend or remove" in advice for level, _message, advice in of("config", broken))


def test_releases_that_are_stuck(examined: Examined, sandbox: Sandbox) -> None:
    from steersman.action.configuration import Surroundings
    from steersman.kube.config import ConfigOverrides
    from steersman.release.model import FAILED, PENDING_UPGRADE, UNINSTALLING

    name = f"stuck-{os.urandom(4).hex()}"
    around = Surroundings(ConfigOverrides(kubeconfig=sandbox.kubeconfig), {}, name)
    config = Configuration(around, lambda *_words, **_fields: None)
    chart = load_chart(str(SHOP))
    for release, status in (("half", UNINSTALLING), ("late", PENDING_UPGRADE), ("lost", FAILED), ("well", "")):
        options = InstallOptions(release, create_namespace=True, skip_crds=True)
        done = install(config, chart, {}, options)
        if status:
            config.store.update(done.with_status(status))
    config.close()
    found = of("releases", examined("-n", name, env={"KUBECONFIG": sandbox.kubeconfig}))
    assert [row for row in found if name in row[1] or name in row[2]] == [
        (
            "warning",
            f"an uninstall of half in namespace {name} was not completed",
            f"Run 'steer uninstall half -n {name}' to finish it.",
        ),
        (
            "warning",
            f"revision 1 of late in namespace {name} is pending-upgrade and nobody holds it",
            f"Run 'steer upgrade --install late CHART -n {name} --recover' to mark it failed and continue.",
        ),
        (
            "note",
            f"revision 1 of lost in namespace {name} failed",
            f"Run 'steer history lost -n {name}' for the reason, and upgrade again.",
        ),
    ]


class Restricted:
    """An API server whose user may read Secrets and nothing else."""

    def __init__(self) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                return

            def do_GET(self) -> None:
                if self.path == "/version":
                    self._answer({"major": "1", "minor": "20", "gitVersion": "v1.20.7"})
                elif self.path in ("/api", "/apis"):
                    self._answer({"kind": "APIGroupList", "versions": [], "groups": []})
                elif "/namespaces/mine/secrets" in self.path:
                    self._answer({"kind": "SecretList", "apiVersion": "v1", "metadata": {}, "items": []})
                else:
                    self._answer({"kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden"}, 403)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked = body["spec"]["resourceAttributes"]
                may = asked["resource"] == "secrets" and asked["verb"] in ("get", "list")
                self._answer({**body, "status": {"allowed": may}}, 201)

            def _answer(self, value: dict[str, Any], code: int = 200) -> None:
                data = json.dumps(value).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def restricted() -> Iterator[Restricted]:
    server = Restricted()
    yield server
    server.stop()


def test_a_user_who_may_little_and_an_old_server(examined: Examined, restricted: Restricted) -> None:
    found = examined("--kube-apiserver", restricted.url, "-n", "mine", code=1)
    levels = {message.partition(" in namespace")[0]: level for level, message, _advice in of("permissions", found)}
    assert levels["may not create, update, delete secrets"] == "error"
    assert levels["may not get, create, update, delete leases.coordination.k8s.io"] == "warning"
    assert levels["may not list events"] == "note"
    assert ("ok", "0 releases in namespace mine", "") in of("releases", found)
    assert any(
        level == "warning" and "Kubernetes 1.34 to 1.37" in text for level, text, _advice in of("cluster", found)
    )


def test_a_cache_that_others_may_write_to(examined: Examined, sandbox: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "steersman"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    environment = {"KUBECONFIG": sandbox.kubeconfig, "HELM_CACHE_HOME": str(tmp_path / "cache")}
    level, message, advice = of("caches", examined(env=environment))[0]
    assert level == "warning" and "can be written to by others" in message and "HELM_CACHE_HOME" in advice


def test_plugins(examined: Examined, sandbox: Sandbox, tmp_path: Path) -> None:
    good, bad = tmp_path / "plugins" / "good", tmp_path / "plugins" / "bad"
    for folder, text in ((good, "name: hello\nversion: 0.2.0\ncommand: echo hi\n"), (bad, "name: 7: 8\n")):
        folder.mkdir(parents=True)
        (folder / "plugin.yaml").write_text(text)
    environment = {"KUBECONFIG": sandbox.kubeconfig, "HELM_PLUGINS": str(tmp_path / "plugins")}
    (level, message, advice), well = of("plugins", examined(env=environment))
    assert level == "warning" and message.startswith("a plugin does not load: ") and str(bad) in advice
    assert well == ("ok", "hello 0.2.0", "")
