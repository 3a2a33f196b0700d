"""Check a kubeconfig's cluster and user, with the messages of client-go's ``clientcmd`` validation."""

from __future__ import annotations

from steersman.go.errno import errno_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_MODES = ("Never", "IfAvailable", "Always")


def cluster_problems(name: str, cluster: dict[str, Any]) -> list[str]:
    """Return what keeps a cluster from being used; ``cluster`` has the overrides in it."""
    return list(_cluster(name, cluster))


def user_problems(name: str, user: dict[str, Any]) -> list[str]:
    """Return what keeps a user from being used; ``user`` has the overrides in it."""
    return list(_user(name, user))


def _cluster(name: str, cluster: dict[str, Any]) -> Iterator[str]:
    if name and not cluster.get("server"):
        yield f'no server found for cluster "{name}"'
    if cluster.get("proxy-url"):
        yield from _proxy(name, cluster["proxy-url"])
    if cluster.get("certificate-authority") and cluster.get("certificate-authority-data"):
        yield (
            f"certificate-authority-data and certificate-authority are both specified for {name}. "
            "certificate-authority-data will override."
        )
    yield from _unreadable("certificate-authority", cluster.get("certificate-authority"), name)


def _proxy(name: str, url: str) -> Iterator[str]:
    from steersman.transport.model import redacted

    scheme = url.partition("://")[0] if "://" in url else ""
    if scheme not in ("http", "https", "socks5"):
        # client-go: shows the password too
        what = f'invalid \'proxy-url\' "{redacted(url)}" for cluster "{name}"'
        yield f'{what}: unsupported scheme "{scheme}", must be http, https, or socks5'


def _user(name: str, user: dict[str, Any]) -> Iterator[str]:
    if user.get("client-certificate") or user.get("client-certificate-data"):
        if user.get("client-certificate") and user.get("client-certificate-data"):
            yield f"client-cert-data and client-cert are both specified for {name}. client-cert-data will override."
        if user.get("client-key") and user.get("client-key-data"):
            yield f"client-key-data and client-key are both specified for {name}; client-key-data will override"
        if not (user.get("client-key") or user.get("client-key-data")):
            yield (
                f"client-key-data or client-key must be specified for {name} "
                "to use the clientCert authentication method."
            )
        yield from _unreadable("client-cert", user.get("client-certificate"), name)
        yield from _unreadable("client-key", user.get("client-key"), name)
    if user.get("exec"):
        yield from _plugin(name, user["exec"], has_provider=bool(user.get("auth-provider")))
    methods = ["token"] if user.get("token") else []
    if user.get("username") or user.get("password"):
        methods.append("basicAuth")
    if len(methods) > 1:
        found = " ".join(methods)
        yield f"more than one authentication method found for {name}; found [{found}], only one is allowed"
    if (user.get("as-uid") or user.get("as-groups") or user.get("as-user-extra")) and not user.get("as"):
        yield f"requesting uid, groups or user-extra for {name} without impersonating a user"


def _plugin(name: str, plugin: dict[str, Any], *, has_provider: bool) -> Iterator[str]:
    if has_provider:
        yield f"authProvider cannot be provided in combination with an exec plugin for {name}"
    for key in ("command", "apiVersion"):
        if not plugin.get(key):
            yield f"{key} must be specified for {name} to use exec authentication plugin"
    if any(not variable.get("name") for variable in plugin.get("env") or ()):
        yield f"env variable name must be specified for {name} to use exec authentication plugin"
    mode = plugin.get("interactiveMode") or ""
    is_beta = plugin.get("apiVersion") == "client.authentication.k8s.io/v1beta1"
    if not mode and not is_beta:
        yield f"interactiveMode must be specified for {name} to use exec authentication plugin"
    elif mode and mode not in _MODES:
        yield f'invalid interactiveMode for {name}: "{mode}"'


def _unreadable(what: str, path: str | None, name: str) -> Iterator[str]:
    if not path:
        return
    try:
        with open(path, "rb"):
            return
    except OSError as error:
        reason = errno_text(error)
        yield f"unable to read {what} {path} for {name} due to open {path}: {reason}"
