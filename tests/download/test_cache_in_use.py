"""``cache prune`` while others use what it removes: nothing fails, nothing is half."""

from __future__ import annotations

import concurrent.futures
import os
import threading
from pathlib import Path

from steersman.action.cache import prune
from steersman.download.cache import ContentCache
from tests.conftest import Run
from tests.services.web import Web


def test_what_is_held_stays(tmp_path: Path) -> None:
    cache = ContentCache(str(tmp_path / "content"))
    held, free = cache.hold(b"held"), cache.keep(b"free")
    removed = prune(cache.folder, str(tmp_path / "derived"), before=1 << 40)
    # the program's own byte code goes too, where there is any
    assert [one.path for one in removed if one.kind != "image"] == [free]
    assert os.path.exists(held)
    Path(held).unlink()  # somebody who asks nobody
    assert Path(cache.hold(b"held")).read_bytes() == b"held"


def test_many_use_what_others_prune(steer: Run, own: Run, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "Chart.yaml").write_text("apiVersion: v2\nname: one\nversion: 1.0.0\n")
    assert steer("package", "one", "-d", "served").returncode == 0
    assert steer("repo", "index", "served").returncode == 0
    web = Web(tmp_path / "served")
    assert steer("repo", "add", "r", web.url).returncode == 0
    is_over = threading.Event()

    def tidy() -> list[str]:
        said = []
        while not is_over.is_set():
            for line in (("cache", "prune", "--older-than", "0s"), ("cache", "list")):
                done = own(*line)
                said.append(f"{done.returncode}{done.stderr}")
        return said

    lines = (
        *(("template", "x", "r/one"), ("pull", "r/one", "-d", "."), ("show", "all", "r/one")),
        *(("repo", "update"), ("repo", "add", "r", web.url, "--force-update")),
    )
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        tidying = [pool.submit(tidy) for _ in range(2)]
        done = list(pool.map(lambda i: steer(*lines[i % len(lines)]), range(40)))
        is_over.set()
        assert {text for one in tidying for text in one.result()} == {"0"}
    web.stop()
    assert [(d.args, d.stderr) for d in done if d.returncode or d.stderr] == []
    assert [p for p in (tmp_path / "home").rglob(".*") if p.is_file()] == []
