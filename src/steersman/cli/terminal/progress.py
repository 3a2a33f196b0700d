"""Progress of a long transfer: one line on standard error, on terminals only, removed at the end."""

from __future__ import annotations

from steersman.cli.terminal.streams import visible_on, write_from_handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from steersman.cli.context import Context, Line

_QUIET = 0.5  # seconds: what is done by then is not worth a line
_EVERY = 0.1  # seconds between two states of the line


def progress_on(ctx: Context) -> Callable[[str, int, int], None] | None:
    """Return a callback for progress (name, bytes done, total or 0), or None without a terminal."""
    return Progress(ctx) if ctx.terminal() else None


def line_of(ctx: Context) -> Line:
    """Return the line of this run that shows progress."""
    if ctx.line is None:
        ctx.line = ProgressLine(ctx.err)
    return ctx.line


class ProgressLine:
    """The one line of a terminal that is written over again and again, and wiped before anything else is printed."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_shown = False

    def show(self, text: str) -> None:
        """Put ``text`` into the line, as much of it as the terminal is wide; nothing wipes it. Handlers may call it."""
        import shutil

        text = visible_on(self._out, text.replace("\n", " "))[: shutil.get_terminal_size().columns - 1]
        if not (text or self._is_shown):
            return
        self._is_shown = True  # before it is: a signal may end the write
        write_from_handler(self._out, f"\r\x1b[K{text}\r" if text else "\r\x1b[K")
        self._is_shown = bool(text)


class Progress:
    """Shows the state of transfers of this run."""

    def __init__(self, ctx: Context) -> None:
        import threading
        from time import monotonic

        self._line = line_of(ctx)
        self._clock = monotonic
        self._lock = threading.Lock()
        self._begun: dict[str, float] = {}
        self._shown = 0.0

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` bytes of ``name`` are here."""
        with self._lock:
            now = self._clock()
            begun = self._begun.setdefault(name, now)
            if total and done >= total:
                del self._begun[name]
                self._line.show("")
            elif now - begun >= _QUIET and now - self._shown >= _EVERY:
                self._shown = now
                self._line.show(_line(name, done, total, now - begun))


def _line(name: str, done: int, total: int, seconds: float) -> str:
    speed = f"{done / seconds / 1e6:.1f} MB/s"
    if not total:
        return f"{name}: {done / 1e6:.1f} MB, {speed}"
    return f"{name}: {done / 1e6:.1f} of {total / 1e6:.1f} MB ({done * 100 // total}%), {speed}"
