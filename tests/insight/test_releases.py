"""Values that did nothing, and where lines come from, for releases in a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from steersman.sandbox.process import down, up
from tests.conftest import Run
from tests.insight.charts import write_chart

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata:\n  tag: {{ .Values.tag | quote }}\n"


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = str(tmp_path_factory.mktemp("sandbox"))
    yield up(folder, data="", port=0).kubeconfig
    down(folder)


@pytest.fixture
def run(own: Run, kubeconfig: str) -> Callable[..., CompletedProcess[str]]:
    return lambda *arguments: own(*arguments, env={"KUBECONFIG": kubeconfig})


def test_strict_values_are_those_of_the_release_too(run: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    write_chart(tmp_path / "um", values="tag: 1\n", map=MAP.replace("NAME", "um"))
    assert run("install", "um", "um", "--set", "tga=2", "--no-values-check").returncode == 0
    for flags in (("--reuse-values",), ("--reset-then-reuse-values",), ()):
        done = run("upgrade", "um", "um", *flags, "--strict-values")
        assert (done.returncode, done.stderr) == (
            1,
            "Error: UPGRADE FAILED: no template reads these values:\n  tga; did you mean tag?\n",
        )
    done = run("upgrade", "um", "um", "--reuse-values")
    assert "notice: no template reads tga; did you mean tag? [unused-value]\n" in done.stderr
    assert "tga" not in run("upgrade", "um", "um", "--reuse-values", "--no-values-check").stderr
    assert run("upgrade", "um", "um", "--reset-values", "--strict-values").returncode == 0
