"""Settings and flags to where plugins are and how they are installed."""

from __future__ import annotations

import os

from steersman.action.plugins.source import InstallOptions, Places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.registry.client import RegistryClient


def places_of(ctx: Context) -> Places:
    """Return where plugins are."""
    # helm: hooks have the process's environment alone, without the settings (test_what_hooks_get)
    return Places(ctx.settings.plugins, os.path.join(ctx.settings.data_home, "plugins"), ctx.environment)


def install_options(ctx: Context, flags: Flags) -> InstallOptions:
    """Return how the flags want a plugin to be installed."""
    return InstallOptions(
        places_of(ctx),
        registry=lambda: _client(ctx, flags),
        get=lambda url: _get(ctx, flags, url),
        content_type=lambda url: _content_type(ctx, url),
        say=ctx.out.write,
        log=ctx.log,
        version=flags["version"],
        verify=flags["verify"],
        keyring=flags["keyring"],
    )


def _client(ctx: Context, flags: Flags) -> RegistryClient:
    from steersman.cli.inputs.fetching import access_of_flags
    from steersman.cli.inputs.registry import stores_of
    from steersman.cli.terminal.progress import progress_on
    from steersman.registry.client import Options, RegistryClient
    from steersman.transport.tls import TlsOptions, check_files

    access = access_of_flags(flags)
    tls = TlsOptions(
        ca_file=access.ca_file, cert_file=access.cert_file, key_file=access.key_file, insecure=access.insecure
    )
    is_asked = bool((access.cert_file and access.key_file) or access.ca_file or access.insecure)
    return RegistryClient(
        Options(
            tls=check_files(tls) if is_asked else None,
            plain_http=flags["plain-http"],  # helm: also next to certificates (test_certificates_of_registries)
            username=access.username,
            password=access.password,
            stores=stores_of(ctx),
            environ=ctx.environment,
            progress=progress_on(ctx),
        )
    )


def _get(ctx: Context, flags: Flags, url: str) -> bytes:
    from steersman.cli.inputs.fetching import access_of_flags, getters_of
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
