"""Heads of manifests that are kept between runs: a changed document is read anew, and an error is never kept."""

from __future__ import annotations

from pathlib import Path

from steersman.manifest.heads import Head, HeadMemory
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


def test_what_a_process_remembers_is_bounded() -> None:
    memory = HeadMemory()
    head = Head("v1", "ConfigMap", "a", {})
    memory.put("a" * (10 << 20), head)
    memory.put("b" * (5 << 20), head)
    assert memory.get("b" * (5 << 20)) is head and memory.get("a" * (10 << 20)) is head
    memory.put("c" * (2 << 20), head)  # more than 16 MiB: begins anew
    assert memory.get("c" * (2 << 20)) is head
    assert memory.get("a" * (10 << 20)) is None and memory.get("b" * (5 << 20)) is None
    for number in range(6000):
        memory.put(f"kind: {number}\n", head)
    assert memory.get("kind: 5999\n") is head and memory.get("kind: 0\n") is None
