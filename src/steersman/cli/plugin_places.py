"""Settings and flags to where plugins are and how they are installed."""

from __future__ import annotations

import os

from steersman.action.plugin_source import InstallOptions, Places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def places_of(ctx: Context) -> Places:
    """Return where plugins are."""
    # helm: hooks have the process's environment alone, without the settings (test_what_hooks_get)
    return Places(ctx.settings.plugins, os.path.join(ctx.settings.data_home, "plugins"), ctx.environment)


def install_options(ctx: Context, flags: Flags) -> InstallOptions:
    """Return how the flags want a plugin to be installed."""
    from steersman.cli.registry import client_of

    return InstallOptions(
        places_of(ctx),
        registry=lambda: client_of(ctx, flags),
        get=lambda url: _get(ctx, flags, url),
        content_type=lambda url: _content_type(ctx, url),
        say=ctx.out.write,
        log=ctx.log,
        version=flags["version"],
        verify=flags["verify"],
        keyring=flags["keyring"],
    )


def _get(ctx: Context, flags: Flags, url: str) -> bytes:
    from steersman.cli.fetching import access_of_flags, getters_of
    from steersman.record import replace

    return getters_of(ctx).get(url, replace(access_of_flags(flags), home=url))


def _content_type(ctx: Context, url: str) -> str:
    from steersman.errors import TransportError
    from steersman.transport.http import Pool
    from steersman.transport.model import Request

    pool = Pool(environ=ctx.environment)
    try:
        with pool.send(Request("HEAD", url)) as response:
            return response.headers.get("Content-Type").lower()
    except TransportError:
        return ""
    finally:
        pool.close()
