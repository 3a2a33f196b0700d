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
        *notice, rest = done.stderr.partition("Error: ")[::2]
        assert (done.returncode, rest) == (
            1,
            "UPGRADE FAILED: no template reads these values:\n  tga; did you mean tag?\n",
        )
        assert ("[reused-values]" in notice[0]) == (flags == ())
    done = run("upgrade", "um", "um", "--reuse-values")
    assert "notice: no template reads tga; did you mean tag? [unused-value]\n" in done.stderr
    assert "tga" not in run("upgrade", "um", "um", "--reuse-values", "--no-values-check").stderr
    assert run("upgrade", "um", "um", "--reset-values", "--strict-values").returncode == 0


LABELS = '{{- define "lib.labels" }}app: {{ .Chart.Name }}{{ end }}'


def install_umbrella(run: Callable[..., CompletedProcess[str]], tmp_path: Path, name: str, template: str) -> None:
    shop = write_chart(
        tmp_path / "shop",
        values="db: {tag: 3}\n",
        dependencies="dependencies:\n- {name: db, version: 1.0.0}\n- {name: lib, version: 1.0.0}\n",
        map=template,
    )
    write_chart(shop / "charts" / "db", values="tag: 1\n", map=MAP.replace("NAME", f"{name}-db"))
    write_chart(shop / "charts" / "lib", _lib=LABELS)
    done = run("install", name, "shop", "--set", "db.tag=4")
    assert done.returncode == 0, done.stderr


def test_what_the_record_does_not_have_is_said_and_a_chart_fills_it_in(
    run: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    template = MAP.replace("NAME", "shop-own").replace(".Values.tag", ".Values.db.tag")
    install_umbrella(run, tmp_path, "one", template)
    missing = "the record of one does not have the subcharts of shop (db, lib)"
    notice = (
        f"notice: {missing}; run 'steer explain one --chart CHART' with the chart that it was installed from"
        " [incomplete-record]\n"
    )
    done = run("explain", "one")
    assert (done.stdout, done.stderr) == ("ConfigMap/shop-own\n", notice)
    assert "there is no ConfigMap/one-db" in run("explain", "one", "ConfigMap/one-db").stderr
    done = run("explain", "one", "ConfigMap/one-db", "data.tag", "--chart", "./shop")
    assert (done.returncode, done.stderr) == (0, "")
    assert [" ".join(line.split()) for line in done.stdout.splitlines()[-3:]] == [
        "db.tag = 4 the given values",
        "overrides shop/values.yaml:1",
        "overrides shop/charts/db/values.yaml:1",
    ]
    (tmp_path / "shop" / "Chart.yaml").write_text(
        (tmp_path / "shop" / "Chart.yaml").read_text().replace("version: 1.0.0\ndep", "version: 1.1.0\ndep")
    )
    done = run("explain", "one", "--chart", "shop")
    assert "release one is of version 1.0.0 of shop; the chart given is 1.1.0" in done.stderr
    write_chart(tmp_path / "other")
    assert "is of the chart shop, not of other" in run("explain", "one", "--chart", "other").stderr


def test_a_record_that_does_not_render_without_subcharts_says_so(
    run: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    template = MAP.replace("NAME", "two").replace("data:\n", 'data:\n  {{- include "lib.labels" . | nindent 2 }}\n')
    install_umbrella(run, tmp_path, "two", template.replace(".Values.tag", ".Values.db.tag"))
    done = run("explain", "two")
    assert done.returncode == 1
    assert "the record of two does not have the subcharts of shop (db, lib), and does not render" in done.stderr
    assert "Run 'steer explain two --chart CHART' with the chart" in done.stderr
    done = run("explain", "two", "ConfigMap/two", "data.app", "--chart", "shop")
    assert "shop/charts/lib/templates/_lib.tpl:1" in done.stdout


def test_a_name_that_a_folder_and_a_release_have_is_decided_aloud(
    run: Callable[..., CompletedProcess[str]], own: Run, tmp_path: Path
) -> None:
    write_chart(tmp_path / "both", values="tag: 1\n", map=MAP.replace("NAME", "both"))
    assert run("install", "both", "both", "--set", "tag=2").returncode == 0
    notice = "notice: both is a folder, and is explained; the release of that name: --release [chart-or-release]\n"
    done = run("explain", "both", "ConfigMap/both", "data.tag")
    assert (done.stdout.splitlines()[0], done.stderr) == ('tag: "1"', notice)
    done = run("explain", "both", "ConfigMap/both", "data.tag", "--release")
    assert (done.stdout.splitlines()[0], done.stderr) == ('tag: "2"', "")
    assert run("explain", "./both").stderr == ""
    (tmp_path / "both").rename(tmp_path / "chart")
    (tmp_path / "both").mkdir()  # a folder that is not a chart
    done = run("explain", "both")
    assert (done.stdout, done.stderr) == ("ConfigMap/both\n", "")
    (tmp_path / "both").rmdir()
    (tmp_path / "chart").rename(tmp_path / "both")
    assert own("explain", "both").stderr == ""  # there is no cluster to have a release


def test_a_release_of_a_chart_with_charts_that_its_chart_yaml_does_not_name(
    run: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    template = MAP.replace("NAME", "own").replace(".Values.tag", 'include "lib.labels" .')
    own = write_chart(tmp_path / "own", map=template)
    write_chart(own / "charts" / "lib", _lib=LABELS)
    assert run("install", "own1", "own").returncode == 0
    done = run("explain", "own1")
    first, *_, last = done.stderr.splitlines()
    assert done.returncode == 1
    assert first.startswith("Error: the record of own1 does not have the subcharts of own, and does not render without")
    assert last == "Run 'steer explain own1 --chart CHART' with the chart that it was installed from."
    done = run("explain", "own1", "ConfigMap/own", "data.tag", "--chart", "own")
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, 'tag: "app: own"')
