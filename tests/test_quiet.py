"""The library is quiet: it neither prints nor changes what belongs to the whole process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
import gc, logging, os, signal, sys
from steersman.chart import load_chart
from steersman.engine.context import Facts
from steersman.engine.impure import Impure
from steersman.rendering import RenderOptions, World, render, take_part

said = []
class Handler(logging.Handler):
    def emit(self, record):
        said.append(record.getMessage())
logging.getLogger("steersman").addHandler(Handler())
logging.getLogger("steersman").setLevel("INFO")

def state():
    umask = os.umask(0)
    os.umask(umask)
    return dict(os.environ), gc.isenabled(), gc.get_threshold(), umask, os.getcwd(), \
        signal.getsignal(signal.SIGINT)

before = state()
source = take_part(load_chart(sys.argv[1]), {"list": {"a": 1}}, lambda *_, **__: None)
world = World(Impure(lambda *_, **__: None, lambda: 0, os.urandom))
text = render(source, Facts("r", "default"), world, RenderOptions()).manifest
assert "x: 1" in text
assert state() == before
assert sys.getrecursionlimit() <= 6000  # see runtime.deep
assert len(said) == 2, said
assert said[0].startswith("found symbolic link in path. Contents of linked file included and used path="), said
assert said[1] == "warning: skipped value for c.list: Not a table.", said
"""


def test_a_render_prints_nothing_and_logs_warnings(tmp_path: Path) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "values.yaml").write_text("list: [1]\n")
    (tmp_path / "linked.yaml").write_text("x: 1\n")
    (chart / "templates" / "linked.yaml").symlink_to(tmp_path / "linked.yaml")
    done = subprocess.run([sys.executable, "-c", CODE, str(chart)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
