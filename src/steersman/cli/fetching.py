"""Charts and files that are not on this disk, for the commands that take them."""

from __future__ import annotations

import os

from steersman.action.repo import RepoPlaces, download_index
from steersman.download.getters import Access, get, scheme_of
from steersman.download.resolve import Found, find_chart, find_in_url
from steersman.errors import ChartError, NotSupported, RepoError, SteerError, ValuesError
from steersman.files import write_aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def places(ctx: Context) -> RepoPlaces:
    """Return where repositories are configured and cached."""
    settings = ctx.settings
    return RepoPlaces(settings.repository_config, settings.repository_cache, ctx.environment, ctx.log)


def access_of_flags(flags: Flags) -> Access:
    """Return what the flags say about getting at a host."""
    return Access(
        username=flags["username"],
        password=flags["password"],
        pass_credentials=flags["pass-credentials"],
        cert_file=flags["cert-file"],
        key_file=flags["key-file"],
        ca_file=flags["ca-file"],
        insecure=flags["insecure-skip-tls-verify"],
    )


def version_of(ctx: Context, flags: Flags) -> str:
    """Return the version asked for; ``--devel`` means any, pre-releases among them."""
    version: str = flags["version"].strip()
    return ">0.0.0-0" if not version and flags["devel"] else version


def find(ctx: Context, flags: Flags, chart_ref: str) -> Found:
    """Return where the chart that ``chart_ref`` means is.

    Raises:
        SteerError: with Helm's message.
    """
    where = places(ctx)
    access = access_of_flags(flags)
    version = version_of(ctx, flags)
    if flags["repo"]:
        url = flags["repo"]
        from steersman.record import replace

        try:
            _, index = download_index(url, replace(access, home=url), where)
        except RepoError as error:
            if str(error).startswith("could not find protocol handler"):
                raise
            raise _unreachable(url, error) from error
        except SteerError as error:
            raise _unreachable(url, error) from error
        return find_in_url(url, chart_ref, version, index, access, ctx.log)
    return find_chart(chart_ref, version, where.config_file, where.index_path, access, ctx.log)


def _unreachable(url: str, error: SteerError) -> RepoError:
    return RepoError(f'looks like "{url}" is not a valid chart repository or cannot be reached: {error}')


def fetch_chart(ctx: Context, flags: Flags, chart_ref: str) -> str:
    """Fetch a chart's archive into the cache and return its path.

    Raises:
        SteerError: with Helm's message.
    """
    if chart_ref.startswith("oci://"):
        raise NotSupported(f"{chart_ref}: OCI registries are")
    path, _ = fetch_archive(ctx, find(ctx, flags, chart_ref))
    return path


def cache_path(ctx: Context, digest: str) -> str:
    """Return where the archive with a digest is kept; the folder is Helm's and is shared with it."""
    return os.path.join(ctx.settings.content_cache, digest[:2], f"{digest}.chart")


def fetch_archive(ctx: Context, found: Found) -> tuple[str, bytes]:
    """Return the path of an archive in the content cache and its bytes, fetching it if it is not there.

    Raises:
        SteerError: with Helm's message, and for an archive that is not the one the index names.
    """
    from hashlib import sha256

    digest = found.digest.removeprefix("sha256:")
    if digest:
        known = cache_path(ctx, digest)
        if os.path.exists(known):
            with open(known, "rb") as file:
                data = file.read()
            if sha256(data).hexdigest() == digest:
                return known, data
    scheme_of(found.url)
    data = get(found.url, found.access, ctx.environment, {"Accept": "application/gzip,application/octet-stream"})
    _check_digest(data, found)
    path = cache_path(ctx, sha256(data).hexdigest())
    write_aside(path, data)
    return path, data


def _check_digest(data: bytes, found: Found) -> None:
    """Raise where the archive is not the one that the index names."""
    if not found.digest:
        return
    from hashlib import sha256

    actual = sha256(data).hexdigest()
    expected = found.digest.removeprefix("sha256:")
    if actual != expected:
        raise ChartError(
            f"the archive at {found.url} has the digest {actual}, its repository's index says {expected}",
            hint="The archive was published again with other content, or changed on its way; "
            "'repo update' fetches the index anew.",
        )


def fetch_bytes(ctx: Context, flags: Flags, url: str) -> bytes:
    """Return a values file from a URL.

    Raises:
        SteerError: with Helm's message.
    """
    scheme = url.partition("://")[0]
    if scheme not in ("http", "https"):
        try:
            with open(url, "rb") as file:
                return file.read()
        except OSError as error:
            raise ValuesError(f"open {url}: {(error.strerror or str(error)).lower()}") from error
    return get(url, Access(home=url), ctx.environment)
