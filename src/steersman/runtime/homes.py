"""The folders of Helm's cache, configuration and data, and of steersman's own.

Answers to Helm's ``pkg/helmpath``. Functions of the environment mapping that they are given.
"""

from __future__ import annotations

from os.path import join, normpath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULTS = {"cache": ".cache", "config": ".config", "data": ".local/share"}
_OURS = "steersman"


def home_folder(env: Mapping[str, str], name: str, *parts: str) -> str:
    """Return Helm's cache, config or data folder (``name``), or a path below it."""
    base = env.get(f"HELM_{name.upper()}_HOME", "")
    if not base:
        base = join(env.get(f"XDG_{name.upper()}_HOME") or join(env.get("HOME", ""), _DEFAULTS[name]), "helm")
    return normpath(join(base, *parts)) if base or parts else ""


def derived_folder(cache_home: str) -> str:
    """Return the folder in Helm's cache where steersman keeps derived data; Helm does not look at it."""
    return join(cache_home, _OURS) if cache_home else ""


def state_folder(env: Mapping[str, str]) -> str:
    """Return the folder of what steersman must find again: the key of its cache, the sandbox."""
    return normpath(join(env.get("XDG_STATE_HOME") or join(env.get("HOME", ""), ".local/state"), _OURS))
