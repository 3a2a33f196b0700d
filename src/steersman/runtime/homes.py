"""The folders of Helm's cache, configuration and data, and of steersman's own.

Answers to Helm's ``pkg/helmpath``. Functions of the environment mapping that they are given.
"""

from __future__ import annotations

import sys
from os.path import join, normpath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Helm's folders on each system: below the home, or below what a variable names
_DEFAULTS = {"cache": ".cache", "config": ".config", "data": ".local/share"}
_MACOS = {"cache": "Library/Caches", "config": "Library/Preferences", "data": "Library"}
_WINDOWS = {"cache": "TEMP", "config": "APPDATA", "data": "APPDATA"}
_OURS = "steersman"


def home_folder(env: Mapping[str, str], name: str, *parts: str) -> str:
    """Return Helm's cache, config or data folder (``name``), or a path below it."""
    base = env.get(f"HELM_{name.upper()}_HOME", "")
    if not base:
        base = join(env.get(f"XDG_{name.upper()}_HOME") or _usual_folder(env, name), "helm")
    return normpath(join(base, *parts)) if base or parts else ""


def _usual_folder(env: Mapping[str, str], name: str) -> str:
    """Return the folder in which this system's programs have such files.

    # helm: lazypath_darwin.go, lazypath_windows.go and lazypath_unix.go
    """
    if sys.platform == "win32":
        return env.get(_WINDOWS[name], "")
    below = _MACOS if sys.platform == "darwin" else _DEFAULTS
    return join(env.get("HOME", ""), below[name])


def derived_folder(cache_home: str) -> str:
    """Return the folder in Helm's cache where steersman keeps derived data; Helm does not look at it."""
    return join(cache_home, _OURS) if cache_home else ""


def state_folder(env: Mapping[str, str]) -> str:
    """Return the folder of what steersman must find again: the key of its cache, the sandbox."""
    if sys.platform == "win32":
        usual = env.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        usual = join(env.get("HOME", ""), "Library/Application Support")
    else:
        usual = join(env.get("HOME", ""), ".local/state")
    return normpath(join(env.get("XDG_STATE_HOME") or usual, _OURS))
