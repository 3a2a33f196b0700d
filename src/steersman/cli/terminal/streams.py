"""The process's standard streams: bytes come out unchanged, and a stream that fails does not stop an action.

On a terminal, under the name ``steer``, control characters come out escaped: charts and servers may put sequences into
their texts that move the cursor, rename the window or hide what is printed next. Under the name ``helm``, and in pipes
and files, every byte stays.

An action that stopped because its output cannot be written would leave a release half changed. So a failed write is
remembered and reported at the end; only a reader that went away (a pipe) ends the program at once.
"""

from __future__ import annotations

import io
import os
import sys
from errno import EBADF, EPIPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


class RawOutput(io.FileIO):
    """A file descriptor whose first failure is kept in ``failure`` and reported by whoever ends the program."""

    failure: OSError | None = None

    def write(self, data: object, /) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        try:
            written = super().write(view)
            while written is None:  # another program has made the pipe non-blocking: wait as Go does
                import select

                select.select([], [self], [])
                written = super().write(view)
            return written
        except OSError as error:
            if error.errno == EPIPE:
                raise
            self.failure = self.failure or error
            return view.nbytes


def open_missing() -> None:
    """Open the null device in place of each standard stream that is closed, before another file gets its number.

    # go: the runtime does the same, so Helm succeeds without its streams (test_closed_streams_are_the_null_device)
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError as error:
            if error.errno == EBADF:
                os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "rb", closefd=False)), "utf-8", "surrogateescape")


class TerminalStream(io.TextIOWrapper):
    """Shows control characters escaped, except those that ``write_with_sequences`` writes."""

    def write(self, text: str, /) -> int:
        return super().write(visible(text))

    def write_unchanged(self, text: str) -> None:
        """Write a text whose control characters are the program's own."""
        super().write(text)


def replace_outputs(*, shows_controls: bool) -> RawOutput:
    """Put streams that keep bytes and survive failures in place of ``sys.stdout`` and ``sys.stderr``.

    Args:
        shows_controls: whether streams that are terminals get control characters escaped.

    Returns:
        The raw stream below ``sys.stdout``, for ``finish``.
    """
    raw = RawOutput(1, "wb", closefd=False)
    if os.name == "nt":
        return _replace_on_windows(raw, shows_controls=shows_controls)
    sys.stdout = _stream(raw, shows_controls=shows_controls)
    sys.stderr = _stream(RawOutput(2, "wb", closefd=False), shows_controls=shows_controls)
    return raw


def _replace_on_windows(raw: RawOutput, *, shows_controls: bool) -> RawOutput:
    """Like ``replace_outputs``, for a system whose consoles take characters, not bytes in UTF-8.

    A console gets Python's own raw stream, which translates, and is asked to understand control sequences.
    """
    for name, number, pipe in (("stdout", 1, raw), ("stderr", 2, RawOutput(2, "wb", closefd=False))):
        console = getattr(sys, name)
        if console is None or not console.isatty():
            setattr(sys, name, _stream(pipe, shows_controls=shows_controls))
            continue
        _understand_sequences(number)
        kind = TerminalStream if shows_controls else io.TextIOWrapper
        stream = kind(io.BufferedWriter(console.buffer.raw), "utf-8", "replace", newline="\r\n", line_buffering=True)
        setattr(sys, name, stream)
    return raw


def _understand_sequences(number: int) -> None:
    import ctypes

    windows = getattr(ctypes, "windll").kernel32  # noqa: B009  (it is there on Windows only)
    handle = windows.GetStdHandle(-10 - number)
    mode = ctypes.c_ulong()
    if windows.GetConsoleMode(handle, ctypes.byref(mode)):
        windows.SetConsoleMode(handle, mode.value | 4)  # ENABLE_VIRTUAL_TERMINAL_PROCESSING


def _stream(raw: RawOutput, *, shows_controls: bool) -> io.TextIOWrapper:
    kind = TerminalStream if shows_controls and raw.isatty() else io.TextIOWrapper
    # by lines, so that the output keeps its order among errors and what other programs print meanwhile
    return kind(io.BufferedWriter(raw), "utf-8", "surrogateescape", newline="\n", line_buffering=True)


def visible(text: str) -> str:
    r"""Return ``text`` with its control characters escaped, except tabs and the ends of lines.

    Characters that change the direction of writing count as such: a line may look like another with them.

    >>> visible("a\x1b[2Jb\r\n") == "a\\x1b[2Jb\n"
    True
    """
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").translate(_escapes())


def _escapes() -> dict[int, str]:
    if not _ESCAPES:
        controls = [*range(0x20), *range(0x7F, 0xA0)]
        _ESCAPES.update({code: f"\\x{code:02x}" for code in controls if chr(code) not in "\t\n"})
        _ESCAPES.update({0xDC00 + byte: f"\\x{byte:02x}" for byte in range(0x80, 0x100)})  # bytes that are not UTF-8
        directions = [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
        _ESCAPES.update({code: f"\\u{code:04x}" for code in directions})
    return _ESCAPES


_ESCAPES: dict[int, str] = {}


def visible_on(stream: TextIO, text: str) -> str:
    """Return ``text`` as ``stream`` shows it, to be put among sequences of the program's own."""
    return visible(text) if isinstance(stream, TerminalStream) else text


def write_with_sequences(stream: TextIO, text: str) -> None:
    """Write a text with control sequences of the program's own; the rest of it is ``visible_on`` the stream."""
    if isinstance(stream, TerminalStream):
        stream.write_unchanged(text)
    else:
        stream.write(text)


def write_from_handler(stream: TextIO, text: str) -> None:
    """Write a text of a signal handler at once, also where the signal came while the stream was being written to."""
    try:
        write_with_sequences(stream, text)
        stream.flush()
    except RuntimeError:  # a buffered stream is not entered twice
        os.write(stream.fileno(), text.encode())


def finish(out: RawOutput) -> str:
    """Flush both streams and return why standard output is incomplete, ``""`` where it is not.

    Raises:
        BrokenPipeError: when the reader went away.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    return (out.failure.strerror or str(out.failure)).lower() if out.failure is not None else ""
