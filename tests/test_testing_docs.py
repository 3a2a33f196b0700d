"""The examples of docs/testing.md run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.docs.test_pages import missing

ROOT = Path(__file__).parent.parent
_BEFORE, _, _REST = (ROOT / "docs" / "testing.md").read_text().partition("## A real chart\n")
REAL, _, _AFTER = _REST.partition("\n## ")
TEXT = _BEFORE + _AFTER  # all but the section that needs a public chart
GRAFANA = ROOT.parent / "shared" / "corpus" / "charts" / "grafana-community.grafana.tgz"


def blocks(language: str, text: str = TEXT) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )


def test_the_examples_run_and_print_what_is_shown(tmp_path: Path) -> None:
    create, run, report, covered, paged, rendered, generated, _, _ = blocks("sh")
    (suite,) = blocks("yaml")
    counts, failure, table, missing, mistake = blocks("text")
    assert shell(create, tmp_path).returncode == 0
    file = tmp_path / "web" / "tests" / "deployment_test.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(suite)
    done = shell(run, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert counts in done.stdout
    assert shell(report, tmp_path).returncode == 0
    assert '<testsuite id="0" tests="2" failures="0"' in (tmp_path / "report.xml").read_text()
    done = shell(covered, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert table in done.stdout and missing in done.stdout
    assert shell(paged, tmp_path).returncode == 0
    assert "<title>Coverage of web</title>" in (tmp_path / "coverage.html").read_text()
    assert shell(rendered, tmp_path).returncode == 0
    assert (tmp_path / "coverage.xml").exists()
    assert "PASS  generated values" in shell(generated, tmp_path).stdout
    config = tmp_path / "web" / "templates" / "config.yaml"
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n"
    config.write_text(head + '  a: "{{ if .Values.limited }}{{ .Values.limits.cpu }}{{ end }}"\n')
    schema = tmp_path / "web" / "values.schema.json"
    schema.write_text('{"properties": {"limited": {"type": "boolean"}}}')
    assert mistake in shell(generated, tmp_path).stdout
    config.unlink()
    schema.unlink()
    file.write_text(suite.replace("value: 1", "value: 2"))
    done = shell(run, tmp_path)
    assert done.returncode == 1
    assert failure in done.stdout


def test_the_tests_in_python_pass(tmp_path: Path) -> None:
    create, *_, values, run = blocks("sh")
    (tests,) = blocks("python")
    assert shell(create + values, tmp_path).returncode == 0
    (tmp_path / "web" / "tests").mkdir(exist_ok=True)
    (tmp_path / "web" / "tests" / "test_web.py").write_text(tests)
    # where CI is set, an approved file that is missing is not written
    done = shell(f"unset CI; {run.strip()} -p no:cacheprovider", tmp_path)
    assert "7 passed" in done.stdout, done.stdout


@pytest.mark.skipif(not GRAFANA.exists(), reason=f"the Grafana chart 12.11.1 as an archive in {GRAFANA} would run this")
def test_the_commands_for_a_real_chart_print_what_is_shown(tmp_path: Path) -> None:
    with tarfile.open(GRAFANA) as archive:  # in place of what git clones
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / "grafana" / "tests"
    ran = []
    for language, text in re.findall(r"```(\w+)\n(.*?)```", REAL, re.DOTALL):
        if language == "yaml":
            (folder / "hpa_test.yaml").write_text(text)
        elif language == "python":
            (folder / "test_grafana.py").write_text(text)
        else:
            assert language == "console"
            *_, command, shown = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
            done = shell(command, tmp_path)
            assert (done.returncode, missing(shown, done.stdout)) == (0, []), done.stdout + done.stderr
            ran.append(command.split()[0])
    assert ran == ["steer", "steer", "pytest", "steer"]
    assert (tmp_path / "report.xml").exists()
