"""The program's entry: puts the image of the modules in place, then runs the command line."""

from __future__ import annotations

import os
import sys

from steersman.homes import derived_folder, home_folder
from steersman.image import Image

# A run is short and its objects mostly live to its end: the collector would look at them for nothing.
_COLLECT_AFTER = 200_000


def run() -> None:
    """Run the program and end the process (the console script's entry)."""
    import gc

    gc.set_threshold(_COLLECT_AFTER)
    image = None
    folder = derived_folder(home_folder(os.environ, "cache"), "image")
    if os.path.isabs(folder):
        image = Image(folder)
        image.install()
    from steersman.cli.main import guarded

    code = guarded(sys.argv[1:])
    if image is not None:
        image.keep()
    # Flushing and leaving at once saves the interpreter's teardown, several milliseconds a call.
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 1
    os._exit(code)
