"""Plugins that are Python packages: entry points of two groups.

``steersman.commands``: ``command(arguments, environment) -> exit code or None``; its name is the command's.
``steersman.postrenderers``: ``render(manifests, arguments, environment) -> manifests``; its name is what
``--post-renderer`` takes. Looking for entry points takes 50 ms, so it is done only for names that nothing else has.
"""

from __future__ import annotations

from steersman.plugin.errors import PluginError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.metadata import EntryPoint
    from typing import Any

    Command = Callable[[list[str], Mapping[str, str]], int | None]
    PostRenderer = Callable[[str, list[str], Mapping[str, str]], str]

COMMANDS, POSTRENDERERS = "steersman.commands", "steersman.postrenderers"


def command(name: str) -> Command | None:
    """Return the command called ``name``, or None.

    Raises:
        PluginError: when the package is there and cannot be used.
    """
    found: Command | None = _load(COMMANDS, name)
    return found


def post_renderer(name: str) -> PostRenderer | None:
    """Return the post-renderer called ``name``, or None.

    Raises:
        PluginError: when the package is there and cannot be used.
    """
    found: PostRenderer | None = _load(POSTRENDERERS, name)
    return found


def entry_points() -> list[tuple[str, EntryPoint]]:
    """Return every plugin that is a Python package, with its group."""
    from importlib.metadata import entry_points as found

    return [(group, point) for group in (COMMANDS, POSTRENDERERS) for point in found(group=group)]


def _load(group: str, name: str) -> Any:
    from importlib.metadata import entry_points as found

    for point in found(group=group, name=name):
        try:
            return point.load()
        except Exception as error:  # whatever a package does while it is imported is its own fault
            package = point.dist.name if point.dist is not None else point.value
            raise PluginError(f"the plugin {name} of the package {package} cannot be loaded: {error}") from error
    return None
