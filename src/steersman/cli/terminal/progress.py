"""Progress of a long transfer: one line on standard error, on terminals only, removed at the end."""

from __future__ import annotations

from steersman.cli.terminal.streams import visible_on, write_with_sequences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.context import Context

_QUIET = 0.5  # seconds: what is done by then is not worth a line
_EVERY = 0.1  # seconds between two states of the line


def progress_on(ctx: Context) -> Callable[[str, int, int], None] | None:
    """Return a callback for progress (name, bytes done, total or 0), or None without a terminal."""
    return Progress(ctx) if ctx.terminal() else None


class Progress:
    """Shows the state of transfers of this run."""

    def __init__(self, ctx: Context) -> None:
        import threading
        from time import monotonic

        self._out = ctx.err
        self._clock = monotonic
        self._lock = threading.Lock()
        self._begun: dict[str, float] = {}
        self._shown = 0.0
        self._width = 0

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` bytes of ``name`` are here."""
        with self._lock:
            now = self._clock()
            begun = self._begun.setdefault(name, now)
            if total and done >= total:
                del self._begun[name]
                self._write("")
            elif now - begun >= _QUIET and now - self._shown >= _EVERY:
                self._shown = now
                self._write(_line(name, done, total, now - begun))

    def _write(self, text: str) -> None:
        if text or self._width:
            text = visible_on(self._out, text)
            write_with_sequences(self._out, "\r" + text.ljust(self._width) + ("\r" if not text else ""))
            self._out.flush()
            self._width = len(text)


def _line(name: str, done: int, total: int, seconds: float) -> str:
    speed = f"{done / seconds / 1e6:.1f} MB/s"
    if not total:
        return f"{name}: {done / 1e6:.1f} MB, {speed}"
    return f"{name}: {done / 1e6:.1f} of {total / 1e6:.1f} MB ({done * 100 // total}%), {speed}"
