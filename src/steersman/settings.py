"""HELM_* variables and home folders as one frozen value.

Answers to Helm's ``pkg/cli``. A function of the environment mapping
that it is given: it reads no files and no process state.
"""

from __future__ import annotations

from steersman.go.integer import atoi
from steersman.record import Record
from steersman.runtime.homes import home_folder, state_folder
from steersman.runtime.system import home_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_MAX_HISTORY = 10
DEFAULT_BURST_LIMIT = 100


class Settings(Record):
    """Settings from the environment and the global flags.

    ``namespace`` is ``""`` where neither says one: then the kubeconfig's context decides.
    """

    namespace: str = ""
    kubeconfig: str = ""
    kube_context: str = ""
    kube_token: str = ""
    kube_as_user: str = ""
    kube_as_groups: tuple[str, ...] = ()
    kube_apiserver: str = ""
    kube_ca_file: str = ""
    kube_tls_server_name: str = ""
    kube_insecure_skip_tls_verify: bool = False
    debug: bool = False
    registry_config: str = ""
    repository_config: str = ""
    repository_cache: str = ""
    content_cache: str = ""
    plugins: str = ""
    plugins_disabled: bool = False
    max_history: int = DEFAULT_MAX_HISTORY
    burst_limit: int = DEFAULT_BURST_LIMIT
    qps: float = 0.0
    color: str = "auto"
    cache_home: str = ""
    config_home: str = ""
    data_home: str = ""
    state_folder: str = ""
    keeps_derived: bool = True
    is_offline: bool = False
    template_way: str = ""  # "interpret" or "compile" for that alone
    schema_ignore_global: bool = False
    home: str = ""
    driver: str = ""
    sql_connection: str = ""
    memory_driver_data: str = ""
    chart_v3: bool = False


def parse_bool(text: str) -> bool:
    """Return what Go's ``strconv.ParseBool`` makes of ``text``.

    Raises:
        ValueError: for any other text.
    """
    if text in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if text in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    raise ValueError(text)


def _bool(env: Mapping[str, str], name: str) -> bool:
    try:
        return parse_bool(env.get(name, ""))
    except ValueError:
        return False


def _is_set(env: Mapping[str, str], name: str) -> bool:
    """Return whether a variable of ours says yes: any text that does not say no."""
    try:
        return parse_bool(env.get(name) or "false")
    except ValueError:
        return True


def _int(env: Mapping[str, str], name: str, default: int) -> int:
    value, problem = atoi(env.get(name, ""))
    return default if problem else value


def _float(env: Mapping[str, str], name: str) -> float:
    text = env.get(name, "")
    if not text:
        return 0.0
    from steersman.go.parse_float import parse_float32

    return parse_float32(text)[0]


def _color(env: Mapping[str, str]) -> str:
    if env.get("NO_COLOR"):
        return "never"
    mode = env.get("HELM_COLOR", "").lower()
    return mode if mode in ("never", "auto", "always") else "auto"


def from_environment(env: Mapping[str, str]) -> Settings:
    """Return the settings that the environment ``env`` stands for."""
    groups = env.get("HELM_KUBEASGROUPS", "").strip(", ")
    return Settings(
        namespace=env.get("HELM_NAMESPACE", ""),
        kubeconfig=env.get("KUBECONFIG", ""),
        kube_context=env.get("HELM_KUBECONTEXT", ""),
        kube_token=env.get("HELM_KUBETOKEN", ""),
        kube_as_user=env.get("HELM_KUBEASUSER", ""),
        kube_as_groups=tuple(groups.split(",")) if groups else (),
        kube_apiserver=env.get("HELM_KUBEAPISERVER", ""),
        kube_ca_file=env.get("HELM_KUBECAFILE", ""),
        kube_tls_server_name=env.get("HELM_KUBETLS_SERVER_NAME", ""),
        kube_insecure_skip_tls_verify=_bool(env, "HELM_KUBEINSECURE_SKIP_TLS_VERIFY"),
        debug=_bool(env, "HELM_DEBUG"),
        registry_config=env.get("HELM_REGISTRY_CONFIG", home_folder(env, "config", "registry/config.json")),
        repository_config=env.get("HELM_REPOSITORY_CONFIG", home_folder(env, "config", "repositories.yaml")),
        repository_cache=env.get("HELM_REPOSITORY_CACHE", home_folder(env, "cache", "repository")),
        content_cache=env.get("HELM_CONTENT_CACHE", home_folder(env, "cache", "content")),
        plugins=env.get("HELM_PLUGINS", home_folder(env, "data", "plugins")),
        chart_v3=env.get("HELM_EXPERIMENTAL_CHART_V3", "") != "",
        plugins_disabled=env.get("HELM_NO_PLUGINS") == "1",
        max_history=_int(env, "HELM_MAX_HISTORY", DEFAULT_MAX_HISTORY),
        burst_limit=_int(env, "HELM_BURST_LIMIT", DEFAULT_BURST_LIMIT),
        qps=_float(env, "HELM_QPS"),
        color=_color(env),
        cache_home=home_folder(env, "cache"),
        config_home=home_folder(env, "config"),
        data_home=home_folder(env, "data"),
        state_folder=state_folder(env),
        keeps_derived=not _is_set(env, "STEER_NO_CACHE"),
        is_offline=_is_set(env, "STEER_OFFLINE"),
        template_way=env.get("STEER_TEMPLATES", ""),
        home=home_of(env),
        driver=env.get("HELM_DRIVER", ""),
        sql_connection=env.get("HELM_DRIVER_SQL_CONNECTION_STRING", ""),
        memory_driver_data=env.get("HELM_MEMORY_DRIVER_DATA", ""),
    )
