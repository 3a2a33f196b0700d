"""Kubeconfig files, flags and the environment to one ``ClusterConfig``.

Merges the files of ``KUBECONFIG``, picks context, cluster and user, applies overrides and
falls back to the service account inside a pod and then to ``localhost:8080``. Nothing is
sent anywhere. Answers to ``k8s.io/client-go/tools/clientcmd``.
"""

from __future__ import annotations

import os

from steersman.errors import ClusterError
from steersman.go.errno import path_error, read_error
from steersman.go.quote import quote
from steersman.kube.auth import Credentials, ExecPlugin
from steersman.record import Record, factory
from steersman.runtime.system import home_of
from steersman.transport.tls import TlsOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from steersman.kube.oidc import OidcProvider
    from steersman.settings import Settings

NO_ENVIRONMENT: Mapping[str, str] = {}
DEFAULT_SERVER = "http://localhost:8080"
_SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class NoConfigFile(ClusterError):
    """A kubeconfig that was named and is not there.

    Attributes:
        path: its path.
    """

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path


class NoContext(ClusterError, LookupError):
    """A context that no kubeconfig has.

    Attributes:
        name: what was looked for.
        known: the contexts that there are.
    """

    def __init__(self, message: str, name: str, known: Iterable[str]) -> None:
        super().__init__(message)
        self.name = name
        self.known = tuple(known)


class ConfigOverrides(Record):
    """Overrides from flags and ``HELM_KUBE*`` variables; an empty text overrides nothing.

    ``kubeconfig`` names the one file to read instead of the ``KUBECONFIG`` list; ``is_interactive`` says whether
    standard input is a terminal.
    """

    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""
    server: str = ""
    token: str = ""
    ca_file: str = ""
    tls_server_name: str = ""
    insecure: bool = False
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    is_interactive: bool = False


class ClusterConfig(Record):
    """Everything needed to speak to one API server.

    Attributes:
        server: base URL without a slash at its end.
        namespace: where namespaced objects go that name none.
        tls: trust, client certificate, expected server name.
        credentials: who the user is.
        proxy: proxy URL of the cluster, or ``None`` to ask the environment.
        impersonate: ``Impersonate-*`` headers.
        environ: the process's environment, for proxies and credential plugins.
        is_interactive: whether a credential plugin may ask the user.
    """

    server: str
    namespace: str = "default"
    tls: TlsOptions = TlsOptions()
    credentials: Credentials = Credentials()
    proxy: str | None = None
    impersonate: tuple[tuple[str, str], ...] = ()
    compress: bool = True
    environ: Mapping[str, str] = NO_ENVIRONMENT
    is_interactive: bool = False


class _Kubeconfig(Record):
    """Several files merged into one; entries are those of the first file that has them."""

    clusters: dict[str, dict[str, Any]] = factory(default_factory=dict)
    users: dict[str, dict[str, Any]] = factory(default_factory=dict)
    user_files: dict[str, str] = factory(default_factory=dict)
    contexts: dict[str, dict[str, Any]] = factory(default_factory=dict)
    current_context: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.clusters or self.users or self.contexts or self.current_context)


def load_config(overrides: ConfigOverrides, environ: Mapping[str, str]) -> ClusterConfig:
    """Find the cluster to speak to.

    Raises:
        ClusterError: when a file cannot be read or names what does not exist.
    """
    kubeconfig = _read_all(overrides, environ)
    if kubeconfig.is_empty and not overrides.server and not overrides.context:
        inside = _in_cluster(overrides, environ)
        if inside is not None:
            return inside
    context = _pick_context(kubeconfig, overrides)
    # client-go: a cluster or user that a context names and no file has is an empty one
    cluster = kubeconfig.clusters.get(context.get("cluster") or "") or {}
    user = kubeconfig.users.get(context.get("user") or "") or {}
    _check(context, cluster, user, overrides)
    namespace = overrides.namespace or context.get("namespace") or "default"
    server = overrides.server or cluster.get("server") or environ.get("KUBERNETES_MASTER") or DEFAULT_SERVER
    tls = _tls(cluster, user, overrides)
    server = _url_of(server)
    # client-go: who the user is is told over TLS only (test_credentials_go_over_tls_only)
    is_told = server.startswith("https://")
    return ClusterConfig(
        server=server.rstrip("/"),
        namespace=namespace,
        tls=tls,
        credentials=_credentials(kubeconfig, context, user, cluster, overrides) if is_told else Credentials(),
        proxy=cluster.get("proxy-url") or None,
        impersonate=_impersonation(user, overrides) if is_told else (),
        compress=not cluster.get("disable-compression"),
        environ=environ,
        is_interactive=overrides.is_interactive,
    )


class ConfigFiles(Record):
    """The kubeconfig files that are read, and what they choose.

    Attributes:
        paths: the files that exist.
        context: the context in effect, ``""`` where there is none.
        contexts: the names of all.
        is_inside: whether a pod's service account takes the place of files.
    """

    paths: tuple[str, ...]
    context: str
    contexts: tuple[str, ...]
    is_inside: bool


def config_files(overrides: ConfigOverrides, environ: Mapping[str, str]) -> ConfigFiles:
    """Return where the configuration of the cluster comes from.

    Raises:
        ClusterError: when a file cannot be read.
    """
    kubeconfig = _read_all(overrides, environ)
    paths = tuple(path for path in _paths(overrides, environ) if not _is_missing(path))
    name = overrides.context or kubeconfig.current_context
    is_inside = kubeconfig.is_empty and _is_in_cluster(environ)
    return ConfigFiles(paths, name, tuple(kubeconfig.contexts), is_inside)


def _url_of(server: str) -> str:
    """Return the URL of a server that may be a host and port alone.

    Raises:
        ClusterError: when it is neither.
    """
    scheme, mark, rest = server.partition("://")
    host, _, port = rest.rstrip("/").partition(":")
    is_plain = host.isascii() and host.replace(".", "").replace("-", "").isalnum() and (not port or port.isdecimal())
    if mark and scheme in ("http", "https") and is_plain:
        return server
    from steersman.go.url import URLError, parse_url

    try:
        url = parse_url(server)
        if url.scheme and url.host:
            if url.scheme not in ("http", "https"):
                # what the first request would end with
                asked = quote(f"{server.rstrip('/')}/version")
                raise ClusterError(f"Get {asked}: unsupported protocol scheme {quote(url.scheme)}")
            return server
    except URLError:
        pass
    # client-go: without a scheme it is HTTP, even where certificates are given
    try:
        url = parse_url(f"http://{server}")
    except URLError as error:
        raise ClusterError(str(error)) from error
    if url.path not in ("", "/"):
        raise ClusterError(f"host must be a URL or a host:port pair: {quote(server)}")
    return f"http://{server}"


def load_namespace(overrides: ConfigOverrides, environ: Mapping[str, str]) -> str:
    """Return the namespace that flags, context or pod give, ``default`` where nothing does."""
    if overrides.namespace:
        return overrides.namespace
    try:
        kubeconfig = _read_all(overrides, environ)
        context = _pick_context(kubeconfig, overrides)
    except ClusterError:
        return "default"
    if context.get("namespace"):
        return str(context["namespace"])
    if kubeconfig.is_empty and _is_in_cluster(environ):
        return _read_text(f"{_SERVICE_ACCOUNT}/namespace").strip() or "default"
    return "default"


def overrides_from(settings: Settings, environ: Mapping[str, str], *, is_interactive: bool = False) -> ConfigOverrides:
    """Return what the program's settings say about the cluster.

    ``KUBECONFIG`` may be a list of files, of which some need not exist; a file named by a
    flag must.
    """
    listed = environ.get("KUBECONFIG") or ""
    return ConfigOverrides(
        kubeconfig="" if settings.kubeconfig == listed else settings.kubeconfig,
        context=settings.kube_context,
        namespace=settings.namespace,
        server=settings.kube_apiserver,
        token=settings.kube_token,
        ca_file=settings.kube_ca_file,
        tls_server_name=settings.kube_tls_server_name,
        insecure=settings.kube_insecure_skip_tls_verify,
        as_user=settings.kube_as_user,
        as_groups=settings.kube_as_groups,
        is_interactive=is_interactive,
    )


def context_namespace(settings: Settings, environ: Mapping[str, str]) -> str:
    """Return the namespace that the settings' kubeconfig gives."""
    return load_namespace(overrides_from(settings, environ), environ)


def has_files(environ: Mapping[str, str]) -> bool:
    """Return whether a kubeconfig is where the environment says."""
    return not all(_is_missing(path) for path in _paths(ConfigOverrides(), environ))


def _read_all(overrides: ConfigOverrides, environ: Mapping[str, str]) -> _Kubeconfig:
    if overrides.kubeconfig:
        try:
            os.stat(overrides.kubeconfig)
        except FileNotFoundError as error:
            message = path_error("stat", overrides.kubeconfig, error)
            raise NoConfigFile(message, overrides.kubeconfig) from error
        except OSError:
            pass  # whoever reads it says why
        return _merge([overrides.kubeconfig])
    return _merge([path for path in _paths(overrides, environ) if not _is_missing(path)])


def _paths(overrides: ConfigOverrides, environ: Mapping[str, str]) -> list[str]:
    """Return the files that may be there, each once."""
    if overrides.kubeconfig:
        return [overrides.kubeconfig]
    listed = environ.get("KUBECONFIG") or ""
    home = home_of(environ) or os.path.expanduser("~")
    paths = [path for path in listed.split(os.pathsep) if path] or [os.path.join(home, ".kube", "config")]
    return list(dict.fromkeys(paths))


def _is_missing(path: str) -> bool:
    # client-go: a file that is not there is passed over, one that cannot be read is an error
    try:
        os.stat(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _read_file(path: str) -> dict[str, Any]:
    from steersman import yamlio
    from steersman.kube.config_types import type_problem

    try:
        with open(path, "rb") as file:
            document: dict[str, Any] | None = yamlio.load(file.read().decode("utf-8", "replace"))
    except OSError as error:
        raise ClusterError(f'error loading config file "{path}": {read_error(path, error)}') from error
    except ValueError as error:
        raise ClusterError(f'error loading config file "{path}": {error}') from error
    if document is None:
        return {}
    problem = type_problem(document)
    if problem:
        raise ClusterError(f'error loading config file "{path}": {problem}')
    folder = os.path.dirname(os.path.abspath(path))
    for entry in document.get("clusters") or ():
        _check_base64(entry.get("cluster") or {}, path)
        _absolute(entry.get("cluster") or {}, ("certificate-authority",), folder)
    for entry in document.get("users") or ():
        user = entry.get("user") or {}
        _check_base64(user, path)
        _absolute(user, ("client-certificate", "client-key", "tokenFile"), folder)
        _absolute_command(user.get("exec") or {}, folder)
    return document


def _check_base64(entry: dict[str, Any], path: str) -> None:
    from steersman.go.base64 import decode_base64

    for key in ("certificate-authority-data", "client-certificate-data", "client-key-data"):
        problem = decode_base64(entry.get(key) or "")[1]
        if problem:
            raise ClusterError(f'error loading config file "{path}": {problem}')


def _absolute(entry: dict[str, Any], keys: tuple[str, ...], folder: str) -> None:
    for key in keys:
        if entry.get(key) and not os.path.isabs(entry[key]):
            entry[key] = os.path.normpath(os.path.join(folder, entry[key]))


def _absolute_command(plugin: dict[str, Any], folder: str) -> None:
    command = plugin.get("command") or ""
    # client-go: a command with a slash is a path, relative to the file that names it
    if "/" in command and not os.path.isabs(command):
        plugin["command"] = os.path.normpath(os.path.join(folder, command))


def _merge(paths: list[str]) -> _Kubeconfig:
    user_files: dict[str, str] = {}
    clusters: dict[str, dict[str, Any]] = {}
    users: dict[str, dict[str, Any]] = {}
    contexts: dict[str, dict[str, Any]] = {}
    current = ""
    problems: list[ClusterError] = []
    for path in paths:
        try:
            document = _read_file(path)
        except ClusterError as error:
            problems.append(error)
            continue
        current = current or document.get("current-context") or ""
        for target, plural, single in (
            (clusters, "clusters", "cluster"),
            (users, "users", "user"),
            (contexts, "contexts", "context"),
        ):
            for entry in document.get(plural) or ():
                if entry and entry.get("name") not in target:
                    target[entry.get("name") or ""] = entry.get(single) or {}
                    if target is users:
                        user_files[entry.get("name") or ""] = path
    if problems:
        texts = list(dict.fromkeys(map(str, problems)))
        raise problems[0] if len(texts) == 1 else ClusterError(f"[{', '.join(texts)}]")
    return _Kubeconfig(clusters, users, user_files, contexts, current)


def _pick_context(kubeconfig: _Kubeconfig, overrides: ConfigOverrides) -> dict[str, Any]:
    name = overrides.context or kubeconfig.current_context
    if not name:
        return {}
    if name not in kubeconfig.contexts:
        if not overrides.context and kubeconfig.is_empty:
            return {}
        if overrides.context:
            raise NoContext(f'context "{name}" does not exist', name, kubeconfig.contexts)
        message = f"invalid configuration: context was not found for specified context: {name}"
        raise NoContext(message, name, kubeconfig.contexts)
    return kubeconfig.contexts[name]


def _check(context: dict[str, Any], cluster: dict[str, Any], user: dict[str, Any], overrides: ConfigOverrides) -> None:
    """Refuse what client-go refuses.

    Raises:
        ClusterError: naming every problem.
    """
    from steersman.kube.config_check import cluster_problems, user_problems
    from steersman.kube.errors import aggregate

    cluster = dict(cluster)
    user = dict(user)
    # client-go: a cluster without a server has the default one
    cluster["server"] = overrides.server or cluster.get("server") or DEFAULT_SERVER
    if overrides.ca_file or overrides.insecure:
        cluster["certificate-authority"] = overrides.ca_file
        cluster["certificate-authority-data"] = ""
    if overrides.token:
        user.update({"token": overrides.token, "username": "", "password": ""})
    if overrides.as_user:
        user["as"] = overrides.as_user
    if overrides.as_groups:
        user["as-groups"] = overrides.as_groups
    problems = cluster_problems(context.get("cluster") or "", cluster)
    problems += user_problems(context.get("user") or "", user)
    if problems:
        raise ClusterError(f"invalid configuration: {aggregate(problems)}")


def _tls(cluster: dict[str, Any], user: dict[str, Any], overrides: ConfigOverrides) -> TlsOptions:
    is_insecure = overrides.insecure or (bool(cluster.get("insecure-skip-tls-verify")) and not overrides.ca_file)
    has_authority = cluster.get("certificate-authority") or cluster.get("certificate-authority-data")
    if is_insecure and has_authority and not overrides.insecure:
        raise ClusterError("specifying a root certificates file with the insecure flag is not allowed")
    ca_data = b"" if overrides.ca_file or is_insecure else _bytes(cluster, "certificate-authority-data")
    ca_file = overrides.ca_file or ("" if is_insecure or ca_data else cluster.get("certificate-authority") or "")
    return TlsOptions(
        ca_file=ca_file,
        ca_data=ca_data,
        cert_file=user.get("client-certificate") or "",
        key_file=user.get("client-key") or "",
        cert_data=_bytes(user, "client-certificate-data"),
        key_data=_bytes(user, "client-key-data"),
        insecure=is_insecure,
        server_name=overrides.tls_server_name or cluster.get("tls-server-name") or "",
    )


def _provider(kubeconfig: _Kubeconfig, name: str, user: dict[str, Any]) -> OidcProvider | None:
    if not user.get("auth-provider"):
        return None
    from steersman.kube.oidc import OidcProvider

    return OidcProvider.from_dict(user["auth-provider"], file=kubeconfig.user_files.get(name) or "", user=name)


def _credentials(
    kubeconfig: _Kubeconfig,
    context: dict[str, Any],
    user: dict[str, Any],
    cluster: dict[str, Any],
    overrides: ConfigOverrides,
) -> Credentials:
    if overrides.token:
        return Credentials(token=overrides.token)
    if user.get("tokenFile"):
        _check_readable(user["tokenFile"])
    plugin = user.get("exec")
    return Credentials(
        token=user.get("token") or "",
        token_file=user.get("tokenFile") or "",
        username=str(user.get("username") or ""),
        password=str(user.get("password") or ""),
        exec_plugin=ExecPlugin.from_dict(plugin, cluster) if plugin else None,
        oidc=_provider(kubeconfig, context.get("user") or "", user),
    )


def _impersonation(user: dict[str, Any], overrides: ConfigOverrides) -> tuple[tuple[str, str], ...]:
    name = overrides.as_user or user.get("as") or ""
    groups = overrides.as_groups or tuple(user.get("as-groups") or ())
    headers: list[tuple[str, str]] = []
    if name:
        headers.append(("Impersonate-User", name))
    if user.get("as-uid"):
        headers.append(("Impersonate-Uid", str(user["as-uid"])))
    headers += [("Impersonate-Group", group) for group in groups]
    for key, values in (user.get("as-user-extra") or {}).items():
        headers += [(f"Impersonate-Extra-{key}", value) for value in values]
    return tuple(headers)


def _is_in_cluster(environ: Mapping[str, str]) -> bool:
    return bool(
        environ.get("KUBERNETES_SERVICE_HOST")
        and environ.get("KUBERNETES_SERVICE_PORT")
        and os.path.isfile(f"{_SERVICE_ACCOUNT}/token")
    )


def _in_cluster(overrides: ConfigOverrides, environ: Mapping[str, str]) -> ClusterConfig | None:
    if not _is_in_cluster(environ):
        return None
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ["KUBERNETES_SERVICE_PORT"]
    name = f"[{host}]" if ":" in host else host
    authority = f"{_SERVICE_ACCOUNT}/ca.crt"
    return ClusterConfig(
        server=f"https://{name}:{port}",
        namespace=overrides.namespace or _read_text(f"{_SERVICE_ACCOUNT}/namespace").strip() or "default",
        tls=TlsOptions(
            ca_file=overrides.ca_file or ("" if overrides.insecure else authority),
            insecure=overrides.insecure,
            server_name=overrides.tls_server_name,
        ),
        credentials=Credentials(token=overrides.token)
        if overrides.token
        else Credentials(token_file=f"{_SERVICE_ACCOUNT}/token"),
        impersonate=_impersonation({}, overrides),
        environ=environ,
    )


def _bytes(entry: dict[str, Any], key: str) -> bytes:
    import binascii

    return binascii.a2b_base64(entry.get(key) or "")


def _check_readable(path: str) -> None:
    try:
        with open(path, "rb"):
            return
    except OSError as error:
        raise ClusterError(path_error("open", path, error)) from error


def _read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""  # client-go: an unreadable file gives no namespace
