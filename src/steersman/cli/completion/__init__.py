"""The completion scripts, over the protocol of ``cli.cobra.complete``; ``steer`` in them becomes the program's name."""

from __future__ import annotations

import os


def script(shell: str, program: str, *, descriptions: bool) -> str:
    """Return the script of a shell."""
    path = os.path.join(os.path.dirname(__file__), f"{shell}.txt")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not descriptions:
        text = text.replace("__complete ", "__completeNoDesc ")
    return text.replace("steer", program).replace("STEER", program.upper())
