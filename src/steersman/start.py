"""The program's entry: prepares the process, runs the command line, ends the process."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from signal import SIG_DFL, SIGINT, default_int_handler, getsignal, signal
    from sys import UnraisableHookArgs
else:  # the module in Python would bring enum along, before a signal is handled
    from _signal import SIG_DFL, SIGINT, default_int_handler, getsignal, signal

# A run is short and its objects mostly live to its end: the collector would look at them for nothing.
_COLLECT_AFTER = 1_000_000
_SIGPIPE = 13  # Windows has none


def run() -> None:
    """Run the program and end the process (called by the script ``steer``)."""
    # A signal while modules are imported ends the process without a traceback. Whoever ignores SIGINT keeps that.
    is_interruptible = getsignal(SIGINT) in (default_int_handler, SIG_DFL)  # the script may have been first
    if is_interruptible:
        signal(SIGINT, SIG_DFL)
        sys.unraisablehook = _end_where_dropped
    _ensure_utf8()
    import gc

    gc.set_threshold(_COLLECT_AFTER)
    from steersman.runtime import image

    image.install()
    from steersman.cli.program import program_name
    from steersman.cli.terminal import streams

    streams.open_missing()
    out = streams.replace_outputs(shows_controls=program_name() != "helm")
    from steersman.cli.main import guarded

    try:
        if is_interruptible:
            signal(SIGINT, default_int_handler)
        code = guarded(sys.argv[1:])
        problem = streams.finish(out)
        if problem:
            sys.stderr.write(f"Error: write /dev/stdout: {problem}\n")
            sys.stderr.flush()
            code = code or 1
        if image.is_due():
            _keep_image()
        # Leaving at once saves the interpreter's teardown, several milliseconds a call.
        os._exit(code)
    except KeyboardInterrupt:
        _die_by(SIGINT)
    except BrokenPipeError:
        _die_by(_SIGPIPE)


def _keep_image() -> None:
    """Write the image of modules where runs repeat: not in a container's first run, which may be its last."""
    from steersman.runtime import image
    from steersman.runtime.private import Cache

    if Cache.has_read:
        image.write()


def _ensure_utf8() -> None:
    """Start again in UTF-8 mode where file names and arguments would be read in another encoding (``LC_ALL=C``)."""
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


def _end_where_dropped(unraisable: "UnraisableHookArgs") -> None:
    """End the process after a SIGINT in a callback of the interpreter, which would drop the exception and continue."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _die_by(SIGINT)
    else:
        sys.__unraisablehook__(unraisable)


def _die_by(number: int) -> None:
    """End the process by a signal, as a Go program ends: the shell sees 128 and the signal's number."""
    if os.name == "nt":  # a process cannot end by a signal there
        os._exit(128 + number)
    signal(number, SIG_DFL)
    os.kill(os.getpid(), number)
