"""Logging in to registries and out of them; listing what a repository has."""

from __future__ import annotations

from functools import partial

from steersman.errors import AuthError, SteerError, UsageError
from steersman.record import Record
from steersman.registry.client import RegistryClient
from steersman.registry.credentials import Credential, Stores, server_address
from steersman.registry.reference import check_registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.registry.reference import Reference

    Log = Callable[..., None]

_PARALLEL = 8


class Listed(Record):
    """A version of a chart in a registry, and what its manifest and config say."""

    name: str
    version: str
    app_version: str
    description: str
    digest: str


def login(host: str, credential: Credential, client: RegistryClient, stores: Stores, log: Log) -> None:
    """Keep ``credential`` for the registry ``host`` if the registry takes it.

    Raises:
        SteerError: with Helm's message.
    """
    from steersman.go.quote import quote

    if "/" in host:
        log(
            "WARN",
            "registry login currently only supports registry hostname, not a repository path",
            host=host,
            suggested=host.partition("/")[0],
        )
    check_registry(host)
    try:
        client.ping(host, credential)
    except SteerError as error:
        raise AuthError(f"authenticating to {quote(host)}: {error}") from error
    stores.put(server_address(host), credential)


def logout(host: str, stores: Stores) -> None:
    """Forget the credential for the registry ``host``.

    Raises:
        AuthError: with Helm's message.
    """
    try:
        stores.delete(server_address(host))
    except AuthError as error:
        raise AuthError(f"failed to delete the credential for {server_address(host)}: {error}") from error


def search(client: RegistryClient, chart_ref: str, *, version: str, every: bool) -> list[Listed]:
    """Return the versions in the range ``version`` that a repository has, newest first: one of them, or every one.

    Raises:
        SteerError: with the registry's answer.
    """
    from steersman.registry.chart import tags
    from steersman.registry.reference import parse
    from steersman.runtime.parallel import Workers
    from steersman.semver import Constraints, Version

    reference = parse(chart_ref)
    try:
        constraint = Constraints.parse(version)
    except ValueError as error:
        raise UsageError(f"an invalid version/constraint format: {error}") from error
    wanted = [tag for tag in tags(client, reference) if constraint.check(Version.parse(tag))]
    if not every:
        wanted = wanted[:1]
    with Workers(_PARALLEL) as workers:
        return [listed() for listed in [workers.start(partial(_listed, client, reference, tag)) for tag in wanted]]


def _listed(client: RegistryClient, reference: Reference, tag: str) -> Listed:
    from steersman.go.json import loads
    from steersman.record import replace
    from steersman.registry import model

    at = replace(reference, tag=tag.replace("+", "_"), digest="")
    root, data = client.manifest(at)
    tree = loads(data.decode("utf-8", "replace"))
    config = model.read_descriptor(tree.get("config") if isinstance(tree, dict) else None)
    about = {}
    if config is not None and config.media_type == model.CONFIG:
        about = loads(client.blob(at, config).decode("utf-8", "replace"))
    texts = [str(about.get(key) or "") for key in ("appVersion", "description")]
    return Listed(f"oci://{at.registry}/{at.repository}", tag, texts[0], texts[1], root.digest)
