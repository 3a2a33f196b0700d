"""Other programs, run to their end or until the scope of this thread is cancelled."""

from __future__ import annotations

import os

from steersman.runtime.scope import current, waking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from subprocess import CompletedProcess, Popen


def run_program(
    line: Sequence[str],
    *,
    env: Mapping[str, str],
    executable: str | None = None,
    input: bytes | None = None,
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    timeout: float | None = None,
) -> CompletedProcess[bytes]:
    """Run a program as ``subprocess.run`` does.

    Raises:
        Interrupted: when the scope is cancelled; the program and those that it has started are killed.
    """
    import subprocess

    if current() is None:
        return subprocess.run(
            line,
            executable=executable,
            env=env,
            input=input,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            timeout=timeout,
            check=False,
        )
    with subprocess.Popen(
        line,
        executable=executable,
        env=env,
        stdin=subprocess.PIPE if input is not None else stdin,
        stdout=stdout,
        stderr=stderr,
        # what it starts keeps its output open, and has to end with it
        start_new_session=True,
    ) as process:
        try:
            with waking(lambda: _kill(process)):
                out, err = process.communicate(input, timeout)
        except BaseException:
            _kill(process)
            raise
    return subprocess.CompletedProcess(list(line), process.returncode, out, err)


def _kill(process: Popen[bytes]) -> None:
    kill_group = getattr(os, "killpg", None)
    if kill_group is None:
        process.kill()
        return
    from contextlib import suppress
    from signal import SIGKILL

    if process.returncode is None:
        with suppress(ProcessLookupError):
            kill_group(process.pid, SIGKILL)
