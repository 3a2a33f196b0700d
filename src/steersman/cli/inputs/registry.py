"""Settings and flags to a registry client and to the stores of credentials."""

from __future__ import annotations

from steersman.registry.client import Options, RegistryClient
from steersman.registry.credentials import Stores

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.registry.places import BlobPlaces
    from steersman.transport.tls import TlsOptions

_LOGIN = "insecure"  # the flag that only logging in has


def stores_of(ctx: Context) -> Stores:
    """Return where credentials are kept.

    Raises:
        InvalidConfig: when the file cannot be read.
    """
    return Stores(ctx.settings.registry_config, ctx.environment)


def client_of(ctx: Context, flags: Flags) -> RegistryClient:
    """Return the client that the flags ask for.

    Raises:
        SteerError: when the credentials' file or a certificate cannot be read.
    """
    from steersman.cli.terminal.progress import progress_on

    tls = tls_of(flags)
    return RegistryClient(
        Options(
            tls=tls,
            # helm: with certificates, plain HTTP is not thought of; logging in does (test_certificates_and_plain_http)
            plain_http=_is_set(flags, "plain-http") and (tls is None or _LOGIN in flags),
            username=_text(flags, "username"),
            password=_text(flags, "password"),
            stores=stores_of(ctx),
            environ=ctx.environment,
            progress=progress_on(ctx),
        )
    )


def plain_client(ctx: Context) -> RegistryClient:
    """Return a client that no flag says anything about.

    Raises:
        SteerError: when the credentials' file cannot be read.
    """
    from steersman.cli.terminal.progress import progress_on

    return RegistryClient(Options(stores=stores_of(ctx), environ=ctx.environment, progress=progress_on(ctx)))


def tls_of(flags: Flags) -> TlsOptions | None:
    """Return what the flags say about certificates, or None where they say nothing.

    Raises:
        TransportError: when one of them cannot be read.
    """
    cert, key, ca = _text(flags, "cert-file"), _text(flags, "key-file"), _text(flags, "ca-file")
    insecure = _is_set(flags, "insecure-skip-tls-verify") or _is_set(flags, _LOGIN)
    if not ((cert and key) or ca or insecure):
        return None
    from steersman.errors import TransportError
    from steersman.transport.tls import TlsOptions, check_files

    if _LOGIN in flags and not (cert and key):
        cert = key = ""  # helm: logging in does not think of one of them (test_certificates_of_both_sides)
    try:
        return check_files(TlsOptions(ca_file=ca, cert_file=cert, key_file=key, insecure=insecure))
    except TransportError as error:
        raise TransportError(f"missing registry client: {error}") from error


def blob_places(ctx: Context) -> BlobPlaces:
    """Return the memory of which repositories have a blob."""
    from steersman.registry.places import BlobPlaces

    return BlobPlaces(ctx.cache())


def _is_set(flags: Flags, name: str) -> bool:
    return name in flags and bool(flags[name])


def _text(flags: Flags, name: str) -> str:
    return str(flags[name]) if name in flags else ""
