"""A program on a terminal of its own."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path


def on_terminal(
    command: list[str], environment: dict[str, str], folder: Path, *, output: bool = True, errors: bool = True
) -> tuple[int, bytes]:
    """Run a command whose output, or errors, go to a terminal; return its exit code and the bytes that came there."""
    ours, theirs = pty.openpty()
    started = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs if output else subprocess.DEVNULL,
        stderr=theirs if errors else subprocess.DEVNULL,
        env=environment,
        cwd=folder,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return started.wait(), shown
