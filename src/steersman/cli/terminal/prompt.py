"""Questions that are answered without being seen."""

from __future__ import annotations

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context


def read_password(ctx: Context, question: str, *, ends_line: bool = True) -> str:
    """Ask on standard output and return what is typed, which is not shown.

    ``ends_line`` ends the question's line even where nothing can be asked.

    Raises:
        UsageError: when standard input is not a terminal, or ends, with Go's message.
    """
    import sys

    try:
        import termios
    except ImportError:
        return _read_on_windows(ctx, question)
    try:
        before = termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, OSError) as error:
        ctx.out.write(question + ("\n" if ends_line else ""))
        raise errors.UsageError("inappropriate ioctl for device") from error
    is_answered = True
    silent = list(before)
    silent[3] &= ~termios.ECHO
    try:
        # before the question is seen: whoever answers at once is not to be seen either
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, silent)
        ctx.out.write(question)
        ctx.out.flush()
        line = sys.stdin.readline()
        is_answered = bool(line)
    finally:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, before)
        if ends_line or is_answered:
            ctx.out.write("\n")
    if not line:
        raise errors.UsageError("EOF")
    return line.rstrip("\r\n")


def _read_on_windows(ctx: Context, question: str) -> str:
    """Ask and return what is typed, key by key: a console there shows nothing by itself."""
    import sys
    from importlib import import_module

    ctx.out.write(question)
    ctx.out.flush()
    if not sys.stdin.isatty():
        ctx.out.write("\n")
        raise errors.UsageError("The handle is invalid.")
    keys = import_module("msvcrt")
    typed: list[str] = []
    while (key := keys.getwch()) not in "\r\n":
        if key == "\x03":
            raise KeyboardInterrupt
        if key == "\b":
            del typed[-1:]
        else:
            typed.append(key)
    ctx.out.write("\n")
    return "".join(typed)


def read_line(ctx: Context, question: str) -> str:
    """Ask on standard output and return the line that is typed.

    Raises:
        UsageError: at the end of standard input, with Go's message.
    """
    import sys

    ctx.out.write(question)
    ctx.out.flush()
    line = sys.stdin.readline()
    if not line:
        raise errors.UsageError("EOF")
    return line.rstrip("\r\n")
