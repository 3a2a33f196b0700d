"""``python -m steersman.sandbox FOLDER DATA PORT``: the process that ``steer sandbox up`` starts."""

import signal
import sys
from collections.abc import Callable

from steersman.sandbox.process import SandboxError, serve


def stopped_by_signals(stop: Callable[[], None]) -> None:
    """Call ``stop`` when a signal asks for it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


try:
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), stopped_by_signals)
except SandboxError as error:  # what goes wrong at the start is one line
    sys.stderr.write(f"{error}\n")
    sys.exit(1)
