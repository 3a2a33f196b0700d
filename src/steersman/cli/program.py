"""The name that the program was started under."""

from __future__ import annotations

import os
import sys


def program_name() -> str:
    """Return what the program calls itself: ``helm`` when started under that name, else ``steer``."""
    name = os.path.basename(sys.argv[0]) if sys.argv else ""
    return "helm" if name in ("helm", "helm.exe") else "steer"
