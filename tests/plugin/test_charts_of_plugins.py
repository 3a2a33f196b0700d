"""Getter plugins that make what they fetch: the archives of one chart differ from one time to the next."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run

PLUGIN = """\
name: maker
version: 0.1.0
description: packages a chart each time it is asked for
downloaders:
- command: make.sh
  protocols: [made]
"""


def test_an_archive_that_a_plugin_makes_anew_is_taken(steer: Run, helm: Run, tmp_path: Path) -> None:
    chart, plugin = tmp_path / "c", tmp_path / "maker"
    for folder in (chart, plugin):
        folder.mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (tmp_path / "index.yaml").write_text(
        "apiVersion: v1\nentries:\n  c:\n  - {apiVersion: v2, name: c, version: 1.0.0, urls: [made://x/c-1.0.0.tgz], "
        f"digest: '{'0' * 64}'}}\n"
    )
    (plugin / "plugin.yaml").write_text(PLUGIN)
    (plugin / "make.sh").write_text(
        f'#!/bin/sh\ncd "{tmp_path}"\ncase $4 in\n*index.yaml) cat index.yaml;;\n'
        '*) "$HELM_BIN" package c -d out >/dev/null && cat out/c-1.0.0.tgz;;\nesac\n'
    )
    (plugin / "make.sh").chmod(0o755)
    parent = tmp_path / "p"
    parent.mkdir()
    (parent / "Chart.yaml").write_text(
        "apiVersion: v2\nname: p\nversion: 1.0.0\ndependencies: [{name: c, version: 1.x, repository: 'made://x'}]\n"
    )
    assert steer("plugin", "install", "maker").returncode == 0
    for line in (
        ["repo", "add", "r", "made://x"],
        ["pull", "r/c"],
        ["show", "chart", "r/c"],
        ["pull", "c", "--repo", "made://x", "--untar", "--untardir", "u"],
        ["dependency", "update", "p"],
    ):
        said = []
        for run in (steer, helm):
            done = run(*line)
            said.append((done.returncode, done.stdout, done.stderr))
            if line[0] == "pull" and "--untar" in line:
                assert (tmp_path / "u" / "c" / "Chart.yaml").exists()
                (tmp_path / "u" / "c" / "Chart.yaml").unlink()
                (tmp_path / "u" / "c").rmdir()
        assert said[0][0] == said[1][0] == 0 and said[0][2] == said[1][2], (line, said)
        assert line[0] == "repo" or said[0][1] == said[1][1], (line, said)
    assert (parent / "charts" / "c-1.0.0.tgz").exists()
