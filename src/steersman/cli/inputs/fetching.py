"""Charts and files that are not on this disk, for the commands that take them."""

from __future__ import annotations

from hashlib import sha256

from steersman import errors
from steersman.download.bring import bring, cached, fetch_provenance, file_name
from steersman.download.cache import ContentCache
from steersman.download.getters import Access, Getters
from steersman.download.locate import Sources, locate
from steersman.download.repositories import RepoPlaces
from steersman.download.resolve import Found
from steersman.go.errno import errno_text
from steersman.runtime.files import make_folders
from steersman.runtime.log import ErrorFollows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.plugin.model import Plugin
    from steersman.registry.client import RegistryClient


def places(ctx: Context) -> RepoPlaces:
    """Return where repositories are configured and cached."""
    settings = ctx.settings
    return RepoPlaces(settings.repository_config, settings.repository_cache, getters_of(ctx), ctx.log, ctx.cache())


def getters_of(ctx: Context) -> Getters:
    """Return the ways to get URLs here."""
    from steersman.cli.terminal.progress import progress_on

    found: list[list[Plugin]] = []

    def plugins() -> list[Plugin]:
        if not found:
            from steersman.plugin.load import find as find_plugins
            from steersman.plugin.model import GETTER

            found.append(find_plugins(ctx.settings.plugins, ctx.log, kind=GETTER))
        return found[0]

    def environment() -> dict[str, str]:
        from steersman.cli.cobra.plugins import environment as plugin_environment

        return plugin_environment(ctx)

    def registry() -> RegistryClient:
        from steersman.cli.inputs.registry import plain_client

        return plain_client(ctx)

    debug = ctx.debug if ctx.settings.debug else None
    return Getters(ctx.environment, plugins, environment, registry, progress_on(ctx), debug)


def access_of_flags(flags: Flags) -> Access:
    """Return what the flags say about getting at a host."""
    return Access(
        username=flags["username"],
        password=flags["password"],
        pass_credentials="pass-credentials" in flags and flags["pass-credentials"],
        cert_file=flags["cert-file"],
        key_file=flags["key-file"],
        ca_file=flags["ca-file"],
        insecure=flags["insecure-skip-tls-verify"],
    )


def sources_of(ctx: Context, flags: Flags, say: Callable[[str], object]) -> Sources:
    """Return where charts come from here; ``say`` is told what was pulled from a registry."""
    from steersman.cli.inputs.registry import blob_places, client_of, tls_of

    tls_of(flags)  # helm: unusable certificates are reported first
    made: list[RegistryClient] = []

    def registry() -> RegistryClient:
        if not made:
            made.append(client_of(ctx, flags))
        return made[0]

    return Sources(
        places=places(ctx),
        cache=ContentCache(ctx.settings.content_cache),
        access=access_of_flags(flags),
        registry=registry,
        blobs=blob_places(ctx),
        say=say,
    )


def find(flags: Flags, sources: Sources, chart_ref: str, version: str) -> Found:
    """Return where the chart that ``chart_ref`` at ``version`` means is; ``--devel`` is any, pre-releases among them.

    Raises:
        SteerError: with Helm's message.
    """
    wanted = ">0.0.0-0" if not version and flags["devel"] else version
    return locate(sources, chart_ref, wanted, flags["repo"])


def find_aloud(ctx: Context, flags: Flags, sources: Sources, chart_ref: str, version: str) -> Found:
    """Like ``find``, with the step that ``--debug`` shows.

    Raises:
        SteerError: with Helm's message.
    """
    # helm: the index of --repo is read before there is a downloader (test_the_steps_of_a_download)
    if not flags["repo"]:
        ctx.debug("set up default downloader cache")
    found = find(flags, sources, chart_ref, version)
    if flags["repo"]:
        ctx.debug("set up default downloader cache")
    return found


def fetch_chart(ctx: Context, flags: Flags, chart_ref: str) -> str:
    """Fetch a chart's archive into the cache and return its path.

    Raises:
        SteerError: with Helm's message.
    """
    sources = sources_of(ctx, flags, ctx.err.write)
    if not flags["repo"]:
        try:
            make_folders(sources.places.cache_folder)
        except OSError as error:
            raise errors.RepoError(f"mkdir {error.filename}: {errno_text(error)}") from error
    version = flags["version"].strip()
    found = find_aloud(ctx, flags, sources, chart_ref, version)
    _make_cache(ctx)
    data = cached(sources, found)
    if data is None:
        ref = found.url if flags["repo"] else chart_ref
        ctx.debug("attempting to download chart", ref=ref, version=version)
        data = bring(sources, found)
        ctx.debug("put downloaded chart in cache", id=sha256(data).hexdigest())
    else:
        ctx.debug("found chart in cache", id=sha256(data).hexdigest())
    if flags["verify"]:
        from steersman.action.verify import verify_data

        provenance = fetch_provenance(sources, found, data, is_kept=True)
        verify_data(data, provenance, file_name(found), flags["keyring"])
    return sources.cache.hold(data)


def _make_cache(ctx: Context) -> None:
    try:
        make_folders(ctx.settings.content_cache)
    except (FileExistsError, NotADirectoryError):
        return  # helm: a file in the way is reported when the cache is read
    except OSError as error:
        ctx.log(ErrorFollows("ERROR"), "failed to create cache directory")
        raise errors.ChartError(f"mkdir {error.filename}: {errno_text(error)}") from error


def fetch_bytes(ctx: Context, flags: Flags, url: str) -> bytes:
    """Return a values file from a URL.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.go.url import URLError, parse_url

    getters = getters_of(ctx)
    try:
        parse_url(url)
        getters.check(url)
    except URLError as error:
        raise errors.ValuesError(str(error)) from error
    except errors.RepoError:
        # helm: a name with a scheme that nothing knows is a file's
        try:
            with open(url, "rb") as file:
                return file.read()
        except OSError as error:
            raise errors.ValuesError(f"open {url}: {errno_text(error)}") from error
    return getters.get(url, Access(home=url))
