"""Explanations of a wait for people, and its errors for programs, which match Helm's."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.conftest import Live

pytestmark = pytest.mark.live

LOOPING = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: looping-fail}
spec:
  selector: {matchLabels: {a: looping}}
  template:
    metadata: {labels: {a: looping}}
    spec: {containers: [{name: server, image: registry.example/none}]}
"""
STUCK = """---
apiVersion: v1
kind: Pod
metadata: {name: NAME-stuck}
spec: {containers: [{name: c, image: registry.example/none}]}
"""


@pytest.mark.parametrize("strategy", ["watcher", "legacy"])
def test_a_timeout_says_why_with_conditions_and_container_states(live: Live, strategy: str) -> None:
    done = live.steer(
        "install", "words", str(live.chart), "--set-literal", f"extra={LOOPING}", f"--wait={strategy}",
        "--timeout", "4s",
    )  # fmt: skip
    assert done.returncode == 1
    assert "context deadline exceeded" in done.stderr
    assert "Deployment/looping-fail:\n  Available=False: MinimumReplicasUnavailable" in done.stderr
    assert "container server is waiting: CrashLoopBackOff: back-off" in done.stderr
    name = f"Deployment/{live.namespace}/looping-fail"
    assert f"resource {name} not ready" in done.stderr or f"not ready: {name}" in done.stderr


def test_under_helms_name_a_program_gets_helms_words_alone(live: Live, tmp_path: Path) -> None:
    (tmp_path / "helm").symlink_to(Path(sys.executable).with_name("steer"))
    extra = STUCK.replace("NAME", "two")
    command = ["install", "words", str(live.chart), "--set-literal", f"extra={extra}", "--wait", "--timeout", "1s"]
    environment = {**live.environment, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([tmp_path / "helm", *command], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == (
        f"Error: INSTALLATION FAILED: resource Pod/{live.namespace}/two-stuck not ready. status: InProgress, "
        "message: Pod is in the Pending phase\ncontext deadline exceeded\n"
    )


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_is_for_terminals(live: Live, is_terminal: bool) -> None:
    extra = STUCK.replace("NAME", "one")
    command = live.command(
        "install", "words", str(live.chart), "--set-literal", f"extra={extra}", "--wait", "--timeout", "3s"
    )
    if not is_terminal:
        done = subprocess.run(command, env=live.environment, capture_output=True, text=True, check=False)
        assert "waiting for" not in done.stdout + done.stderr
        return
    ours, theirs = pty.openpty()
    subprocess.run(command, env=live.environment, stdout=subprocess.DEVNULL, stderr=theirs, check=False)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break  # Linux: nobody has the other end open any more
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert b"waiting for Pod/one-stuck: Pod is in the Pending phase, 1 s" in shown
    assert b"\r\x1b[KError: " in shown.rpartition(b"waiting for")[2]


FAILING_HOOK = """---
apiVersion: batch/v1
kind: Job
metadata: {name: job-log-fail, annotations: {"helm.sh/hook": EVENT, "helm.sh/hook-delete-policy": hook-failed}}
spec:
  backoffLimit: 0
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: i}]}}
"""
EVIDENCE = "Deployment/looping-fail:\n  Available=False: MinimumReplicasUnavailable"


@pytest.mark.parametrize("strategy", ["watcher", "legacy"])
def test_why_an_install_failed_is_said_before_it_is_undone(live: Live, strategy: str) -> None:
    done = live.steer(
        "install", "words", str(live.chart), "--set-literal", f"extra={LOOPING}", f"--wait={strategy}",
        "--timeout", "4s", "--rollback-on-failure",
    )  # fmt: skip
    assert done.returncode == 1
    assert EVIDENCE in done.stderr
    assert "container server is waiting: CrashLoopBackOff: back-off" in done.stderr
    assert done.stderr.index(EVIDENCE) < done.stderr.index("Error: INSTALLATION FAILED")
    assert done.stderr.count(EVIDENCE) == 1


def test_why_an_upgrade_failed_is_said_before_it_is_rolled_back(live: Live) -> None:
    assert live.steer("install", "words", str(live.chart)).returncode == 0
    done = live.steer(
        "upgrade", "words", str(live.chart), "--set-literal", f"extra={LOOPING}", "--timeout", "4s",
        "--rollback-on-failure",
    )  # fmt: skip
    assert done.returncode == 1
    assert "has been rolled back due to rollback-on-failure" in done.stderr
    assert EVIDENCE in done.stderr
    assert done.stderr.index(EVIDENCE) < done.stderr.index("Error: UPGRADE FAILED")


def test_why_a_rollback_failed_is_said(live: Live) -> None:
    assert live.steer("install", "words", str(live.chart), "--set-literal", f"extra={LOOPING}").returncode == 0
    assert live.steer("upgrade", "words", str(live.chart)).returncode == 0
    done = live.steer("rollback", "words", "1", "--wait", "--timeout", "4s")
    assert done.returncode == 1
    assert EVIDENCE in done.stderr


@pytest.mark.parametrize("strategy", ["watcher", "legacy"])
def test_why_a_hook_failed_is_said_with_its_exit_code_and_last_lines(live: Live, strategy: str) -> None:
    hook = FAILING_HOOK.replace("EVENT", "pre-install")
    (live.chart / "templates" / "hook.yaml").write_text(hook)
    done = live.steer("install", "words", str(live.chart), f"--wait={strategy}", "--timeout", "300s")
    assert done.returncode == 1
    assert "Job/job-log-fail:" in done.stderr
    assert "container main is terminated: exit code 1" in done.stderr
    assert "container main wrote: " in done.stderr


def test_why_a_test_failed_is_said(live: Live) -> None:
    (live.chart / "templates" / "hook.yaml").write_text(FAILING_HOOK.replace("EVENT", "test"))
    assert live.steer("install", "words", str(live.chart)).returncode == 0
    done = live.steer("test", "words", "--timeout", "300s")
    assert done.returncode == 1
    assert "container main is terminated: exit code 1" in done.stderr
    assert "container main wrote: " in done.stderr
