"""Other programs, run to their end or until the scope of this thread is cancelled."""

from __future__ import annotations

import os
from errno import ENOENT

from steersman.runtime.scope import current, waking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from subprocess import CompletedProcess, Popen


def find_program(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of a program that is in a folder of ``PATH``; a name with a folder is a path already.

    On Windows the endings of ``PATHEXT`` may be left out. The current folder is not searched there, in which a chart
    could have a program of its own (go: exec.ErrDot).
    """
    if os.name != "nt":
        from shutil import which

        return name if "/" in name else which(name, path=environ.get("PATH", ""))
    folder, base = os.path.split(name)
    folders = [folder] if folder else filter(os.path.isabs, environ.get("PATH", "").split(os.pathsep))
    endings = (environ.get("PATHEXT") or os.pathsep.join((".exe", ".bat", ".cmd"))).lower().split(os.pathsep)
    names = [base] if os.path.splitext(base)[1].lower() in endings else [*(base + one for one in endings), base]
    paths = (os.path.join(one, name) for one in folders for name in names)
    return next((path for path in paths if os.path.isfile(path)), None)


def executable(name: str, environ: Mapping[str, str]) -> str | None:
    """Return what ``subprocess`` is to run under the name of a program.

    Raises:
        FileNotFoundError: where there is none, on Windows, which would look in the current folder as well.
    """
    found = find_program(name, environ)
    if found is None and os.name == "nt":
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), name)
    return found


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
