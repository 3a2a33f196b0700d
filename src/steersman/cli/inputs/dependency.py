"""The ``dependency`` commands and the ``--dependency-update`` flags: settings and flags to options."""

from __future__ import annotations

import os

from steersman.action.dependencies.source import DependencyOptions
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def options_of(
    ctx: Context,
    flags: Flags,
    *,
    skip_refresh: bool,
    verify: bool = False,
    must_verify: bool = True,
    say: Callable[[str], object] | None = None,
) -> DependencyOptions:
    """Return how dependencies are fetched here; ``say`` is given the progress instead of standard output.

    Raises:
        UsageError: when ``SOURCE_DATE_EPOCH`` is not a number of seconds.
    """
    from steersman.cli.inputs.fetching import sources_of
    from steersman.cli.inputs.source_date_epoch import source_date_epoch
    from steersman.cli.terminal.output import rfc3339_now
    from steersman.download.getters import DEFAULT_TIMEOUT

    say = say or ctx.out.write
    sources = sources_of(ctx, flags, say)
    return DependencyOptions(
        sources=sources,
        say=say,
        now=rfc3339_now(ctx.now()),
        timeout=DEFAULT_TIMEOUT,
        skip_refresh=skip_refresh,
        debug=ctx.settings.debug,
        time=source_date_epoch(ctx),
        keyring=flags["keyring"] if verify else "",
        must_verify=must_verify,
    )


def locked(path: str) -> list[Struct]:
    """Return the dependencies of the chart in the folder ``path`` as its lock has them."""
    from steersman.action.dependencies.list import status
    from steersman.chart.loader import load_undetected

    chart = load_undetected(path)
    chosen = chart.lock.dependencies if chart.lock is not None else ()
    return [
        Struct(name=one.name, version=one.version, repository=one.repository, status=status(path, one, chart))
        for one in chosen
    ]


def chart_folder(args: list[str]) -> str:
    """Return the chart's folder that the arguments name, by default this one."""
    return os.path.normpath(args[0]) if args else "."


def update_dependencies(ctx: Context, flags: Flags, path: str, *, quiet: bool = False) -> None:
    """Fetch the dependencies of the chart in the folder ``path`` (``--dependency-update``).

    Args:
        ctx: what is around.
        flags: the command's.
        path: the chart's folder.
        quiet: print no progress.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.action.dependencies.update import update
    from steersman.record import replace

    skip_refresh = "skip-refresh" in flags and bool(flags["skip-refresh"])
    options = options_of(ctx, flags, skip_refresh=skip_refresh)
    if quiet:
        options = replace(options, say=lambda _text: None)
    with ended_by_sigterm():
        update(path, options)


class ended_by_sigterm:
    """While this lasts, SIGTERM ends the program by that signal once what was begun is tidied up, as Ctrl-C does."""

    def __init__(self) -> None:
        self._before: object = None
        self._is_due = False

    def __enter__(self) -> None:
        import signal
        import threading

        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            self._before = signal.signal(signal.SIGTERM, self._end)

    def __exit__(self, *_exc: object) -> None:
        import signal

        if self._before is not None:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if self._is_due:
            signal.raise_signal(signal.SIGTERM)

    def _end(self, _number: int, _frame: object) -> None:
        import signal

        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a second one ends the program at once
        self._is_due = True
        raise KeyboardInterrupt
