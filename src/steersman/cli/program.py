"""The name that the program was started under."""

from __future__ import annotations

import os
import sys


def program_name() -> str:
    """Return what the program calls itself: ``helm`` or ``steersman`` when started under that name, else ``steer``.

    On Windows ``steersman`` is the only name that the wheel brings.
    """
    name = os.path.basename(sys.argv[0]) if sys.argv else ""
    name = name.removesuffix(".exe")
    return name if name in ("helm", "steersman") else "steer"


def under_name(text: str, program: str) -> str:
    """Return a text about ``steer`` with the name that the program was started under.

    >>> under_name("Run 'steer list'; steersman and # steer:ignore stay", "steersman")
    "Run 'steersman list'; steersman and # steer:ignore stay"
    """
    if program != "steersman":
        return text.replace("steer", program)
    import re

    return re.sub(r"\bsteer\b(?!:)", program, text)
