"""The program's settings and streams to a ``Configuration`` for actions on releases.

Also the two things only the command line may do: print what the server warns of, and turn
signals into the end of an action.
"""

from __future__ import annotations

import sys

from steersman import errors
from steersman.action.configuration import Configuration, Surroundings
from steersman.cli.inputs.schema_access import fetch_of
from steersman.cli.terminal.streams import RawOutput, visible_on, write_from_handler
from steersman.kube.config import overrides_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Timer
    from types import FrameType

    from steersman.cli.context import Context
    from steersman.kube.objects import Target
    from steersman.kube.status.result import Status

_AGAIN_SECONDS = 0.01


def make_configuration(ctx: Context, *, all_namespaces: bool = False) -> Configuration:
    """Return the cluster and the releases that the settings mean."""
    settings = ctx.settings
    surroundings = Surroundings(
        overrides=overrides_from(settings, ctx.environment, is_interactive=ctx.stdin_is_terminal()),
        environ=ctx.environment,
        namespace="" if all_namespaces else ctx.namespace(),
        driver=settings.driver,
        sql_connection=settings.sql_connection,
        memory_data=settings.memory_driver_data,
        cache=ctx.cache(),
        program=ctx.program,
        resume=None if ctx.program == "helm" else lambda: resuming(ctx),
        fetch_schema=fetch_of(ctx),
        schema_ignore_global=ctx.settings.schema_ignore_global,
    )
    return Configuration(
        surroundings, _logger(ctx), _warner(ctx), _hook_output(ctx), _progress(ctx), _explainer(ctx), ctx.notices()
    )


def resuming(ctx: Context) -> str:
    """Return the command line that recovers the release that was asked for; ``""`` where the command cannot."""
    from steersman.cli.cobra.command_line import find_command
    from steersman.runtime.shell import shell_of

    path, rest = find_command(ctx.arguments, ctx.program)
    if path not in ("install", "upgrade") or "--recover" in rest:
        return ""
    command = ["upgrade", "--install"] if path == "install" else ["upgrade"]
    return shell_of(ctx.environment).line([ctx.program, *command, *without_secrets(rest), "--recover"])


def without_secrets(words: list[str]) -> list[str]:
    """Return the words of a command line with dots in place of passwords and tokens."""
    out: list[str] = []
    for word in words:
        name, equals, _value = word.partition("=")
        if out and out[-1] in _SECRET_FLAGS:
            word = "..."
        elif equals and name in _SECRET_FLAGS:
            word = f"{name}=..."
        out.append(word)
    return out


_SECRET_FLAGS = ("--password", "-p", "--kube-token")


def _logger(ctx: Context) -> Callable[..., None]:
    def log(level: str, message: str, **fields: object) -> None:
        if level == "LINE":
            import time

            # go: the plain log package writes date and time first
            ctx.err.write(f"{time.strftime('%Y/%m/%d %H:%M:%S')} {message}\n")
        elif level != "DEBUG" or ctx.settings.debug:
            ctx.log(level, message, **fields)

    return log


def _warner(ctx: Context) -> Callable[[str], None]:
    def warn(text: str) -> None:
        import os
        import time

        from steersman.go.quote import quote

        # client-go: the server's warnings go through klog
        moment = time.time_ns()
        stamp = time.strftime("%m%d %H:%M:%S", time.localtime(moment // 1_000_000_000))
        micros = moment // 1000 % 1_000_000
        said = quote(f"Warning: {text}")
        ctx.err.write(f"I{stamp}.{micros:06d} {os.getpid():7d} warnings.go:107] {said}\n")

    return warn


def _explainer(ctx: Context) -> Callable[[str], None]:
    def explain(detail: str) -> None:
        if ctx.explains():
            ctx.err.write(f"{detail}\n")

    return explain


def _progress(ctx: Context) -> Callable[[list[tuple[Target, Status]], float], None] | None:
    """Return who shows on a terminal what is waited for, ``None`` where there is no terminal."""
    if not ctx.terminal():
        return None

    def tell(waited: list[tuple[Target, Status]], seconds: float) -> None:
        from steersman.cli.terminal.progress import line_of

        if not waited:
            ctx.wipe_progress()
            return
        target, status = waited[0]
        reason = f": {status.message}" if status.message else ""
        others = f" (and {len(waited) - 1} more)" if len(waited) > 1 else ""
        line_of(ctx).show(f"waiting for {target.kind}/{target.name}{reason}{others}, {seconds:.0f} s")

    return tell


def _hook_output(ctx: Context) -> Callable[[str, str, str], Callable[[bytes], object]]:
    def writer(_namespace: str, _pod: str, _container: str) -> Callable[[bytes], object]:
        def put(piece: bytes) -> None:
            # helm: each piece of a hook's log is one line of its own log (hooks-logs.sh)
            ctx.info(piece.decode("utf-8", "surrogateescape").removesuffix("\n"))

        return put

    return writer


class cancelled_by_signals:
    """While this lasts, Ctrl-C and SIGTERM end the action, and say so where a release is named."""

    def __init__(self, ctx: Context, config: Configuration, name: str = "") -> None:
        self._ctx = ctx
        self._config = config
        self._name = name
        self._before: dict[int, object] = {}
        self._report = sys.unraisablehook
        self._timer: Timer | None = None

    def __enter__(self) -> None:
        import signal

        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._cancel)
        self._report, sys.unraisablehook = sys.unraisablehook, self._dropped

    def __exit__(self, *_exc: object) -> None:
        import signal

        sys.unraisablehook = self._report
        if self._timer is not None:
            self._timer.cancel()
        if getattr(signal, "SIGALRM", None) in self._before:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _cancel(self, _number: int, frame: FrameType | None) -> None:
        import signal

        # a second signal ends the program at once
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._ctx.wipe_progress()
        if self._name:
            out = self._ctx.out
            write_from_handler(out, visible_on(out, f"Release {self._name} has been cancelled.\n"))
        self._arrive(frame)

    def _dropped(self, unraisable: sys.UnraisableHookArgs) -> None:
        """Interrupt again soon, where the interpreter dropped an interruption because a callback of its own ran."""
        if not issubclass(unraisable.exc_type, errors.Interrupted):
            self._report(unraisable)
            return
        self._arrive_soon()

    def _arrive(self, frame: FrameType | None) -> None:
        # a buffer whose raw stream raises writes the same bytes again later
        if frame is not None and frame.f_code is RawOutput.write.__code__:
            self._arrive_soon()
            return
        self._config.interrupts.arrive()

    def _arrive_soon(self) -> None:
        import signal

        has_alarm = hasattr(signal, "setitimer")
        number = signal.SIGALRM if has_alarm else signal.SIGINT  # Windows has no alarms
        before = signal.signal(number, self._again)
        self._before.setdefault(number, before)
        if has_alarm:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
            return
        from _thread import interrupt_main
        from threading import Timer

        self._timer = Timer(_AGAIN_SECONDS, interrupt_main)
        self._timer.start()

    def _again(self, number: int, frame: FrameType | None) -> None:
        import signal

        if number == signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)
        self._arrive(frame)
