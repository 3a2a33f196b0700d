"""Where Helm keeps its cache, configuration and data, and where ours is beside it.

Answers to Helm's ``pkg/helmpath``. Functions of the environment mapping that they are given.
"""

from __future__ import annotations

from os.path import dirname, join, normpath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULTS = {"cache": ".cache", "config": ".config", "data": ".local/share"}


def home_folder(env: Mapping[str, str], name: str, *parts: str) -> str:
    """Return Helm's cache, config or data folder (``name``), or a path below it."""
    base = env.get(f"HELM_{name.upper()}_HOME", "")
    if not base:
        base = join(env.get(f"XDG_{name.upper()}_HOME") or join(env.get("HOME", ""), _DEFAULTS[name]), "helm")
    return normpath(join(base, *parts)) if base or parts else ""


def derived_folder(cache_home: str, name: str) -> str:
    """Return the folder where steersman keeps derived data of one kind; it is not shared with Helm.

    Args:
        cache_home: Helm's cache folder, or ``""`` for no folder at all.
    """
    return join(dirname(cache_home), "steersman", name) if cache_home else ""
