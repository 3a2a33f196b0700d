"""Heads of manifests that are kept between runs: a changed document is read anew, and an error is never kept."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run

FILLER = "# " + "x" * 300 + "\n"
HOOK = FILLER + "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations: {helm.sh/hook: pre-install}\n"
PLAIN = FILLER + "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"


def chart(tmp_path: Path) -> Path:
    (tmp_path / "c" / "templates").mkdir(parents=True)
    (tmp_path / "c" / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    return tmp_path / "c" / "templates" / "a.yaml"


def heads(environment: dict[str, str]) -> list[Path]:
    folder = Path(environment["HOME"], ".cache", "helm", "steersman", "heads")
    return list(folder.iterdir()) if folder.exists() else []


def test_a_document_that_changes_is_read_anew(steer: Run, environment: dict[str, str], tmp_path: Path) -> None:
    file = chart(tmp_path)
    for is_hook in (True, True, True, False, True):
        file.write_text(HOOK if is_hook else PLAIN)
        done = steer("template", "r", "c", "--no-hooks")
        assert done.returncode == 0 and ("kind: ConfigMap" in done.stdout) is not is_hook
    assert len(heads(environment)) == 1


def test_a_first_run_keeps_nothing(steer: Run, environment: dict[str, str], tmp_path: Path) -> None:
    chart(tmp_path).write_text(PLAIN)
    steer("template", "r", "c")
    assert heads(environment) == []
    steer("template", "r", "c")
    assert len(heads(environment)) == 1


def test_errors_are_reported_each_time(steer: Run, tmp_path: Path) -> None:
    file = chart(tmp_path)
    file.write_text(PLAIN)
    for _ in range(3):
        steer("template", "r", "c")
    file.write_text(PLAIN + "  labels: [\n")
    first = steer("template", "r", "c")
    assert first.returncode == 1 and "YAML parse error on c/templates/a.yaml" in first.stderr
    for _ in range(2):
        again = steer("template", "r", "c")
        assert (again.returncode, again.stderr) == (1, first.stderr)
