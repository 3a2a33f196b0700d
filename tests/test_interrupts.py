"""Interruptions that wait: for a write to end, for a failure to be recorded, for other threads' calls."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from steersman.errors import Interrupted
from steersman.kube.guard import LeaseLost, WriteGuard
from steersman.runtime.interrupts import Interrupts
from steersman.runtime.parallel import run_all


def test_outside_of_everything_an_interruption_is_raised_at_once() -> None:
    with pytest.raises(Interrupted, match="context canceled"):
        Interrupts().arrive()


def test_an_interruption_waits_for_a_place_that_allows_it() -> None:
    interrupts = Interrupts()
    steps: list[str] = []
    with interrupts.held():
        interrupts.arrive()
        steps.append("the record is made")
        with pytest.raises(Interrupted), interrupts.allowed():
            steps.append("never")
        interrupts.arrive()  # what is recorded now is not broken off
        steps.append("the failure is recorded")
    assert steps == ["the record is made", "the failure is recorded"]
    with interrupts.held():
        pass  # what came too late is forgotten with the work


def test_a_write_that_has_begun_is_not_broken_off() -> None:
    interrupts = Interrupts()
    guard = WriteGuard(interrupts)
    written: list[int] = []
    with interrupts.held(), pytest.raises(Interrupted), interrupts.allowed():
        with guard:
            interrupts.arrive()
            written.append(1)
        written.append(2)
    assert written == [1]


def test_nothing_is_written_once_the_lease_is_lost() -> None:
    interrupts = Interrupts()
    guard = WriteGuard(interrupts)
    guard.require(lambda: None)
    with guard:
        pass
    guard.lose()
    for _ in range(2):
        with pytest.raises(LeaseLost), guard:
            raise AssertionError("written")
    with pytest.raises(Interrupted):
        interrupts.arrive()  # a refused write holds nothing back


def test_each_thread_is_interrupted_for_itself() -> None:
    interrupts = Interrupts()
    with interrupts.held():
        raised: list[bool] = []

        def other() -> None:
            try:
                interrupts.arrive()
            except Interrupted:
                raised.append(True)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert raised == [True]


@pytest.fixture
def interrupting() -> Iterator[None]:
    def handler(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted("context canceled")

    before = signal.signal(signal.SIGUSR1, handler)
    yield
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.usefixtures("interrupting")
def test_calls_of_other_threads_end_before_an_interruption_is_acted_on() -> None:
    begun: list[int] = []
    ended: list[int] = []
    is_interrupted = threading.Event()

    def act(number: int) -> None:
        begun.append(number)
        if number == 0:
            os.kill(os.getpid(), signal.SIGUSR1)
            is_interrupted.set()
        is_interrupted.wait()
        threading.Event().wait(0.2)  # long enough for the main thread to have been interrupted
        ended.append(number)

    with pytest.raises(Interrupted):
        run_all(act, list(range(100)), workers=4)
    assert 0 < len(begun) < 100
    assert sorted(begun) == sorted(ended)


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_no_interruption_breaks_off_the_start_of_a_thread() -> None:
    code = """if True:
        import signal, subprocess
        from steersman.runtime.parallel import Thread

        def handler(number, frame):
            if state["raises"]:
                state["raises"] = False
                raise InterruptedError

        state = {"raises": False}
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sender = subprocess.Popen(["bash", "-c", "for i in {1..40000}; do kill -TERM $PPID; done"])
        counts = [0, 0]
        signal.signal(signal.SIGTERM, handler)
        while sender.poll() is None:
            try:
                state["raises"] = True
                Thread(int).start()
                state["raises"] = False
                counts[1] += 1
            except InterruptedError:
                counts[0] += 1
        print(*counts)
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    interrupted, started = map(int, run.stdout.split())
    # what a handler raises in a callback of the interpreter's own is printed as ignored: no thread ends by it
    assert "Exception in thread" not in run.stderr
    assert interrupted > 0
    assert started > 0


@pytest.mark.skipif(sys.platform == "win32", reason="reads the mask of signals from /proc")
def test_programs_that_a_thread_starts_take_signals() -> None:
    from steersman.runtime.parallel import Thread

    masks: list[str] = []

    def act() -> None:
        masks.append(subprocess.run(["grep", "SigBlk", "/proc/self/status"], capture_output=True, text=True).stdout)

    thread = Thread(act)
    thread.start()
    thread.join()
    before = subprocess.run(["grep", "SigBlk", "/proc/self/status"], capture_output=True, text=True).stdout
    assert before
    assert masks == [before]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interruption_that_the_interpreter_drops_comes_again(name: str) -> None:
    code = f"""if True:
        import os, signal, sys, time
        from steersman.action.configuration import Configuration, Surroundings
        from steersman.cli.context import Context
        from steersman.cli.inputs.cluster import cancelled_by_signals
        from steersman.errors import Interrupted
        from steersman.kube.config import ConfigOverrides
        from steersman.settings import from_environment

        class Dropping:
            def __del__(self):
                os.kill(os.getpid(), signal.{name})

        config = Configuration(Surroundings(ConfigOverrides(), {{}}), lambda *_words, **_fields: None)
        try:
            with cancelled_by_signals(Context(from_environment({{}}), sys.stdout, sys.stderr), config):
                Dropping()
                time.sleep(60)
            print("to the end")
        except Interrupted:
            print("interrupted", signal.getsignal(signal.SIGALRM) == signal.SIG_DFL)
        """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted True\n", "")


@pytest.mark.parametrize("has_alarms", [True, False])
def test_an_interruption_that_the_interpreter_dropped_comes_again(
    monkeypatch: pytest.MonkeyPatch, has_alarms: bool
) -> None:
    """Also on Windows, which has no alarms."""
    from types import SimpleNamespace

    from steersman.cli.inputs.cluster import cancelled_by_signals

    if not has_alarms:
        for name in ("setitimer", "SIGALRM"):
            monkeypatch.delattr(signal, name)

    class Callback:
        def __del__(self) -> None:  # the interpreter drops what is raised here
            interrupts.arrive()

    interrupts = Interrupts()
    context = SimpleNamespace(wipe_progress=lambda: None)
    before = signal.getsignal(signal.SIGINT)
    with (
        pytest.raises(Interrupted),
        cancelled_by_signals(context, SimpleNamespace(interrupts=interrupts)),  # type: ignore[arg-type]
    ):
        callback = Callback()
        del callback
        while True:
            time.sleep(0.01)
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_handler_writes_while_the_stream_is_written_to(tmp_path: Path, is_terminal: bool) -> None:
    from steersman.cli.terminal.progress import ProgressLine
    from steersman.cli.terminal.streams import RawOutput, TerminalStream, write_from_handler

    class Signalled(RawOutput):
        """A stream that a signal comes to once a part is written."""

        count = 0

        def write(self, data: object, /) -> int:
            written = super().write(data)
            self.count += 1
            if self.count == 1:
                os.kill(os.getpid(), signal.SIGUSR1)
            return written

    def handle(_number: int, _frame: object) -> None:
        line.show("")
        write_from_handler(stream, "cancelled\n")

    path = tmp_path / "out"
    kind = TerminalStream if is_terminal else io.TextIOWrapper
    stream = kind(io.BufferedWriter(Signalled(path, "wb")), "utf-8", newline="\n", line_buffering=True)
    line = ProgressLine(stream)
    before = signal.signal(signal.SIGUSR1, handle)
    try:
        line.show("waiting")
    finally:
        signal.signal(signal.SIGUSR1, before)
    line.show("more")
    stream.close()
    assert path.read_bytes() == b"\r\x1b[Kwaiting\r" + b"\r\x1b[K" + b"cancelled\n" + b"\r\x1b[Kmore\r"
