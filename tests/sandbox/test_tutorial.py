"""The walk of every tutorial, by steer and by Helm on a cluster each: the same words at every step."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from steersman.sandbox.process import down, up
from tests.conftest import Run

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"
STEPS = (
    "repo list",
    "repo update",
    "search repo shop",
    "install my-release demo/shop",
    "list",
    "upgrade my-release demo/shop --set replicas=3",
    "history my-release",
    "rollback my-release 1",
    "get manifest my-release",
    "get values my-release --all",
    "get notes my-release",
    "get hooks my-release",
    "get all my-release",
    "status my-release",
    "uninstall my-release",
    "list",
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def url(tmp_path: Path, steer: Run) -> Iterator[str]:
    folder = tmp_path / "repo"
    folder.mkdir()
    assert steer("package", str(SHOP), "-d", str(folder)).returncode == 0
    assert steer("repo", "index", str(folder)).returncode == 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def masked(text: str) -> str:
    """Return ``text`` without times, and its table of resources, which Helm prints in no order, sorted."""
    text = re.sub(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}", "TIME", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.\d]*( \+0000 UTC|Z)?", "TIME", text)
    head, mark, rest = text.partition("RESOURCES:\n")
    if not mark:
        return re.sub(r"UPDATED +", "UPDATED ", text)
    kinds, _, notes = rest.partition("\n\n\n")
    return head + " ".join(sorted(re.findall(r"==> (\S+)", kinds))) + notes


def test_every_step_says_what_helm_says(tmp_path: Path, url: str, steer: Run, helm: Run) -> None:
    said: list[list[str]] = []
    for name, run in (("ours", steer), ("theirs", helm)):
        cluster = up(str(tmp_path / name), data="", port=0)
        places = {"HELM_CONFIG_HOME": str(tmp_path / name / "c"), "HELM_CACHE_HOME": str(tmp_path / name / "k")}
        env = {**places, "KUBECONFIG": cluster.kubeconfig}
        try:
            said.append([])
            for step in (f"repo add demo {url}", *STEPS):
                done = run(*step.split(), env=env)
                assert done.returncode == 0, (step, done.stderr)
                said[-1].append(f"$ {step}\n{masked(done.stdout)}{masked(done.stderr)}")
        finally:
            down(str(tmp_path / name))
    assert said[0] == said[1]
