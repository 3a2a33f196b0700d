"""``--post-renderer`` and its arguments to a function from manifests to manifests."""

from __future__ import annotations

from steersman import errors
from steersman.plugin.load import find as find_plugins
from steersman.plugin.model import POSTRENDERER
from steersman.plugin.python import post_renderer
from steersman.plugin.run import run_post_renderer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def find(ctx: Context, flags: Flags) -> Callable[[str], str]:
    """Return the post-renderer that the flags name: a plugin, or what a Python package brings.

    Raises:
        UsageError: when there is none, with Helm's message.
    """
    name: str = flags["post-renderer"]
    arguments: list[str] = list(flags["post-renderer-args"])
    found = find_plugins(ctx.settings.plugins, ctx.log, name=name, kind=POSTRENDERER)
    if found:
        return lambda text: run_post_renderer(found[0], arguments, text, ctx.environment)
    render = post_renderer(name)
    if render is None:
        from steersman.go.quote import quote

        raise errors.UsageError(
            f'invalid argument {quote(name)} for "--post-renderer" flag: '
            f"plugin: {{Name:{name} Type:{POSTRENDERER}}} not found"
        )
    return lambda text: render(text, arguments, ctx.environment)
