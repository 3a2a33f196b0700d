"""Credentials to request headers and client certificates.

Tokens and token files, basic authentication, credential plugins (``client.authentication
.k8s.io`` v1 and v1beta1); ``oidc`` has OpenID Connect. Answers to client-go's
``transport`` and ``plugin/pkg/client/auth``. No secret ever becomes part of a message.
"""

from __future__ import annotations

import time

from steersman.errors import AuthError
from steersman.go.errno import errno_text
from steersman.record import Record
from steersman.runtime.programs import executable, run_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from steersman.kube.oidc import OidcProvider

_TOKEN_FILE_TTL = 60.0  # seconds: client-go reads a token file again after a minute
# Go prints the type that it decodes into
_TYPE_META = r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
_PLUGIN_TIMEOUT = 120.0  # seconds a credential plugin may take; it may ask the user something


class ExecPlugin(Record):
    """A program that prints an ``ExecCredential``."""

    command: str
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    api_version: str = ""
    install_hint: str = ""
    interactive_mode: str = ""
    cluster: tuple[tuple[str, Any], ...] | None = None

    @staticmethod
    def from_dict(document: dict[str, Any], cluster: dict[str, Any]) -> ExecPlugin:
        """Read the ``exec`` part of a kubeconfig's user.

        Raises:
            AuthError: when it is incomplete.
        """
        version = document.get("apiVersion") or ""
        if version not in ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"):
            raise AuthError(f'exec plugin: invalid apiVersion "{version}"')
        return ExecPlugin(
            command=document["command"],
            args=tuple(str(arg) for arg in document.get("args") or ()),
            env=tuple((str(e.get("name")), str(e.get("value"))) for e in document.get("env") or ()),
            api_version=version,
            install_hint=document.get("installHint") or "",
            interactive_mode=document.get("interactiveMode") or "IfAvailable",
            cluster=_cluster_info(cluster) if document.get("provideClusterInfo") else None,
        )


class Credentials(Record):
    """Credentials of the user, in any form that a kubeconfig has."""

    token: str = ""
    token_file: str = ""
    username: str = ""
    password: str = ""
    exec_plugin: ExecPlugin | None = None
    oidc: OidcProvider | None = None

    def __repr__(self) -> str:
        return "Credentials(…)"  # never print what is inside


class Authenticator:
    """Makes the ``Authorization`` header of each request, asking plugins when it must.

    Also knows the client certificate that a plugin gave, for the connection pool.
    """

    def __init__(self, credentials: Credentials, environ: Mapping[str, str], *, is_interactive: bool = False) -> None:
        self._credentials = credentials
        self._environ = environ
        self._is_interactive = is_interactive
        self._token = credentials.token
        self._good_until = float("inf") if credentials.token else 0.0
        self.cert_data = b""
        self.key_data = b""

    @property
    def can_refresh(self) -> bool:
        """Whether asking again may give other credentials."""
        return bool(self._credentials.exec_plugin or self._credentials.oidc or self._credentials.token_file)

    def prepare(self) -> None:
        """Ask a plugin now, so that its certificate is there before the first connection."""
        if self._credentials.exec_plugin is not None:
            self._refresh()

    def header(self) -> str:
        """Return the value of ``Authorization``, or ``""`` for none.

        Raises:
            AuthError: when credentials are not available.
        """
        credentials = self._credentials
        if time.time() >= self._good_until:
            self._refresh()
        if self._token:
            return f"Bearer {self._token}"
        if credentials.username or credentials.password:
            import binascii

            pair = f"{credentials.username}:{credentials.password}".encode()
            return "Basic " + binascii.b2a_base64(pair, newline=False).decode()
        return ""

    def forget(self) -> None:
        """Drop what was refused, so that the next request asks again."""
        if self.can_refresh:
            self._good_until = 0.0

    def _refresh(self) -> None:
        credentials = self._credentials
        if credentials.exec_plugin is not None:
            self._run_plugin(credentials.exec_plugin)
        elif credentials.oidc is not None:
            from steersman.kube.oidc import valid_token

            self._token, self._good_until = valid_token(credentials.oidc, self._environ)
        elif credentials.token_file:
            self._token = _read_token(credentials.token_file, self._token)
            self._good_until = time.time() + _TOKEN_FILE_TTL
        else:
            self._good_until = float("inf")

    def _run_plugin(self, plugin: ExecPlugin) -> None:
        status = _exec_credential(plugin, self._environ, is_interactive=self._is_interactive)
        self._token = status.get("token") or ""
        self.cert_data = (status.get("clientCertificateData") or "").encode()
        self.key_data = (status.get("clientKeyData") or "").encode()
        if not self._token and not (self.cert_data or self.key_data):
            raise AuthError("getting credentials: exec plugin didn't return a token or cert/key pair")
        if bool(self.cert_data) != bool(self.key_data):
            raise AuthError("getting credentials: exec plugin returned only certificate or key, not both")
        if self.cert_data:
            from steersman.go.pem import pem_problem

            problem = pem_problem(self.cert_data, self.key_data)
            if problem:
                raise AuthError(f"getting credentials: failed parsing client key/certificate: {problem}")
        self._good_until = _epoch(status.get("expirationTimestamp") or "")


def _read_token(path: str, previous: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            token = file.read().strip()
    except OSError as error:
        if previous:
            return previous  # client-go: keeps the old token while the file is away
        reason = errno_text(error)
        raise AuthError(f'failed to read token file "{path}": open {path}: {reason}') from error
    if not token:
        raise AuthError(f'read empty token from file "{path}"')
    return token


def _cluster_info(cluster: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return what a plugin with ``provideClusterInfo`` is told about the cluster."""
    info: dict[str, Any] = {}
    for key in ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url"):
        if cluster.get(key):
            info[key] = cluster[key]
    for extension in cluster.get("extensions") or ():
        if extension.get("name") == "client.authentication.k8s.io/exec":
            info["config"] = extension.get("extension")
    info.setdefault("config", None)  # client-go: written even where there is none
    return tuple(info.items())


def _exec_credential(plugin: ExecPlugin, environ: Mapping[str, str], *, is_interactive: bool) -> dict[str, Any]:
    """Run a credential plugin and return the ``status`` it prints."""
    import json
    import subprocess

    if plugin.interactive_mode == "Always" and not is_interactive:
        raise AuthError(
            "getting credentials: exec plugin cannot support interactive mode: standard input is not a terminal"
        )
    is_interactive = is_interactive and plugin.interactive_mode != "Never"
    spec: dict[str, Any] = {"interactive": is_interactive}
    if plugin.cluster is not None:
        spec["cluster"] = dict(plugin.cluster)
    told = {"kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec}
    environ = {**environ, **dict(plugin.env), "KUBERNETES_EXEC_INFO": json.dumps(told)}
    try:
        done = run_program(
            [plugin.command, *plugin.args],
            executable=executable(plugin.command, environ),
            env=environ,
            stdin=None if is_interactive else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=_PLUGIN_TIMEOUT,
        )
    except FileNotFoundError as error:
        raise AuthError(_missing_plugin(plugin)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AuthError(f"getting credentials: exec: {error}") from error
    if done.returncode != 0:
        raise AuthError(
            f"getting credentials: exec: executable {plugin.command} failed with exit code {done.returncode}"
        )
    document = _decoded(done.stdout)
    if document.get("apiVersion") != plugin.api_version:
        raise AuthError(
            f"getting credentials: exec plugin is configured to use API version {plugin.api_version}, "
            f"plugin returned version {document.get('apiVersion') or 'client.authentication.k8s.io/__internal'}"
        )
    status = document.get("status")
    if not isinstance(status, dict):
        raise AuthError("getting credentials: exec plugin didn't return a status field")
    return status


def _decoded(output: bytes) -> dict[str, Any]:
    from steersman import yamlio
    from steersman.go import json as gojson

    text = output.decode("utf-8", "replace")
    try:
        document = yamlio.load(text)  # client-go: anything that is not JSON may be YAML
        if document is None or isinstance(document, dict):
            return document or {}
        kind = "string" if isinstance(document, str) else "array" if isinstance(document, list) else "number"
        kind = "bool" if isinstance(document, bool) else kind
        reason = f"json: cannot unmarshal {kind} into Go value of type {_TYPE_META}"
    except ValueError:
        try:
            gojson.loads(text)
            reason = "it cannot be read"
        except ValueError as error:
            reason = str(error)
    raise AuthError(f"getting credentials: decoding stdout: couldn't get version/kind; json parse error: {reason}")


def _missing_plugin(plugin: ExecPlugin) -> str:
    hint = f"\n\n{plugin.install_hint}" if plugin.install_hint else ""
    return (
        f"getting credentials: exec: executable {plugin.command} not found\n\n"
        "It looks like you are trying to use a client-go credential plugin that is not installed.\n\n"
        "To learn more about this feature, consult the documentation available at:\n"
        "      https://kubernetes.io/docs/reference/access-authn-authz/authentication/"
        f"#client-go-credential-plugins{hint}"
    )


def _epoch(text: str) -> float:
    """Return an RFC 3339 time as seconds since 1970; no text means forever."""
    if not text:
        return float("inf")
    from datetime import datetime

    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0.0
