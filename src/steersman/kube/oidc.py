"""The ``oidc`` auth provider of a kubeconfig's user: a valid id token, refreshed where it must be.

The result of a refresh is written back to the kubeconfig it came from, so that the next run
has it: providers may take a used refresh token back. Answers to client-go's
``plugin/pkg/client/auth/oidc``. No secret ever becomes part of a message.
"""

from __future__ import annotations

import time

from steersman.errors import AuthError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from steersman.transport.http import Pool

_ANSWER_LIMIT = 1 << 20  # bytes of an issuer's answer
_REMOVED = {
    "gcp": (
        "The gcp auth plugin has been removed.\n"
        'Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.\n'
        "See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke "
        "for further details"
    ),
    "azure": (
        "The azure auth plugin has been removed.\n"
        "Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.\n"
        "See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins "
        "for further details"
    ),
}


class OidcProvider(Record):
    """An issuer of tokens, and its settings.

    ``file`` and ``user`` say which kubeconfig's user this is, ``""`` when it is nobody's.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    id_token: str = ""
    refresh_token: str = ""
    ca_file: str = ""
    ca_data: bytes = b""
    file: str = ""
    user: str = ""

    def __repr__(self) -> str:
        return f"OidcProvider({self.issuer!r}, …)"  # never print what is inside

    @staticmethod
    def from_dict(document: dict[str, Any], *, file: str = "", user: str = "") -> OidcProvider:
        """Read the ``auth-provider`` part of a kubeconfig's user.

        Raises:
            AuthError: when it is another provider or incomplete.
        """
        import binascii

        name = document.get("name") or ""
        if name in _REMOVED:
            raise AuthError(_REMOVED[name])
        if name != "oidc":
            raise AuthError(f'no Auth Provider found for name "{name}"')
        config = document.get("config") or {}
        for key in ("idp-issuer-url", "client-id"):
            if not config.get(key):
                raise AuthError(f"Must provide {key}")
        return OidcProvider(
            issuer=config["idp-issuer-url"],
            client_id=config["client-id"],
            client_secret=config.get("client-secret") or "",
            id_token=config.get("id-token") or "",
            refresh_token=config.get("refresh-token") or "",
            ca_file=config.get("idp-certificate-authority") or "",
            ca_data=binascii.a2b_base64(config.get("idp-certificate-authority-data") or ""),
            file=file,
            user=user,
        )


def valid_token(provider: OidcProvider, environ: Mapping[str, str]) -> tuple[str, float]:
    """Return a valid id token and when it ends, refreshing it where it must be.

    Raises:
        AuthError: when it cannot be refreshed, or not be kept.
    """
    if provider.id_token and provider.id_token.count(".") != 2:
        raise AuthError("ID Token is not a valid JWT")
    expiry = _jwt_expiry(provider.id_token)
    # client-go: a token within ten seconds of its end counts as over
    if provider.id_token and expiry - 10 > time.time():
        return provider.id_token, expiry - 10
    if not provider.refresh_token:
        raise AuthError("No valid id-token, and cannot refresh without refresh-token")
    answer = _refreshed(provider, environ)
    token = answer.get("id_token")
    if not token:
        raise AuthError(
            'token response did not contain an id_token, either the scope "openid" wasn\'t requested upon login, '
            "or the provider doesn't support id_tokens as part of the refresh response"
        )
    _keep(provider, {"id-token": token, "refresh-token": answer.get("refresh_token") or provider.refresh_token})
    return token, _jwt_expiry(token) - 10


def _refreshed(provider: OidcProvider, environ: Mapping[str, str]) -> dict[str, Any]:
    """Ask the issuer for new tokens."""
    import json

    from steersman.errors import TransportError
    from steersman.transport.http import Pool
    from steersman.transport.model import Request
    from steersman.transport.tls import TlsOptions

    pool = Pool(TlsOptions(ca_file=provider.ca_file, ca_data=provider.ca_data), environ=environ)
    try:
        discovered = pool.send(Request("GET", provider.issuer.rstrip("/") + "/.well-known/openid-configuration"))
        body = discovered.read(_ANSWER_LIMIT)
        if discovered.status != 200:
            raise AuthError(f"oidc: failed to query metadata endpoint {discovered.status}")
        document: dict[str, Any] = json.loads(body)
        status, reason, body = _ask(pool, provider, document.get("token_endpoint") or "", in_header=True)
        if 400 <= status < 500:
            # oauth2: an issuer may want the client's secret in the form instead
            status, reason, body = _ask(pool, provider, document.get("token_endpoint") or "", in_header=False)
        if status != 200:
            raise AuthError(f"failed to refresh token: {_refusal(provider, status, reason, body)}")
        answer: dict[str, Any] = json.loads(body)
        if not answer.get("access_token"):
            raise AuthError("failed to refresh token: oauth2: server response missing access_token")
        return answer
    except TransportError as error:
        raise AuthError(f"failed to refresh token: {error}") from error
    except (ValueError, RecursionError, AttributeError) as error:
        raise AuthError("failed to refresh token: the issuer's answer cannot be read") from error
    finally:
        pool.close()


def _ask(pool: Pool, provider: OidcProvider, endpoint: str, *, in_header: bool) -> tuple[int, str, bytes]:
    import binascii
    from urllib.parse import quote_plus, urlencode

    from steersman.transport.model import Request

    fields = {"grant_type": "refresh_token", "refresh_token": provider.refresh_token}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if in_header:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}".encode()
        headers["Authorization"] = "Basic " + binascii.b2a_base64(pair, newline=False).decode()
    else:
        fields["client_id"] = provider.client_id
        if provider.client_secret:
            fields["client_secret"] = provider.client_secret
    answer = pool.send(Request("POST", endpoint, headers, urlencode(fields).encode()))
    return answer.status, answer.reason, answer.read(_ANSWER_LIMIT)


def _refusal(provider: OidcProvider, status: int, reason: str, body: bytes) -> str:
    """Say why there are no tokens as Go's ``oauth2`` does, without what is secret and without the whole answer."""
    import json

    from steersman.go.quote import quote

    try:
        document = json.loads(body)
        said = [str(document[key]) for key in ("error", "error_description", "error_uri") if document.get(key)]
    except (ValueError, TypeError, AttributeError, RecursionError):
        said = []
    if not said or not document.get("error"):
        return f"oauth2: cannot fetch token: {status} {reason}"
    text = " ".join(map(quote, said))
    for secret in (provider.refresh_token, provider.client_secret, provider.id_token):
        text = text.replace(secret, "…") if secret else text
    return f"oauth2: {text}"


def _keep(provider: OidcProvider, values: dict[str, str]) -> None:
    """Write new tokens to the kubeconfig that the old ones came from."""
    if not provider.file:
        return
    from steersman.kube.config_write import set_provider_values

    try:
        set_provider_values(provider.file, provider.user, values)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AuthError(f"could not persist new tokens: {provider.file}: {reason.lower()}") from error


def _jwt_expiry(token: str) -> float:
    import binascii
    import json

    parts = token.split(".")
    if len(parts) != 3:
        return 0.0
    try:
        padded = parts[1].replace("-", "+").replace("_", "/") + "=" * (-len(parts[1]) % 4)
        return float(json.loads(binascii.a2b_base64(padded)).get("exp") or 0)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return 0.0
