"""The settings as environment variables, as ``env`` shows them and plugins get them."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context


def variables(ctx: Context) -> dict[str, str]:
    """Return the variables that Helm shows and that plugins get, by name."""
    settings = ctx.settings

    def shown(value: bool) -> str:
        return "true" if value else "false"

    found = {
        "HELM_BIN": _started_as(ctx),
        "HELM_CACHE_HOME": settings.cache_home,
        "HELM_CONFIG_HOME": settings.config_home,
        "HELM_DATA_HOME": settings.data_home,
        "HELM_DEBUG": shown(settings.debug),
        "HELM_PLUGINS": settings.plugins,
        "HELM_REGISTRY_CONFIG": settings.registry_config,
        "HELM_REPOSITORY_CACHE": settings.repository_cache,
        "HELM_CONTENT_CACHE": settings.content_cache,
        "HELM_REPOSITORY_CONFIG": settings.repository_config,
        "HELM_NAMESPACE": ctx.namespace(),
        "HELM_MAX_HISTORY": str(settings.max_history),
        "HELM_BURST_LIMIT": str(settings.burst_limit),
        "HELM_QPS": _qps_text(settings.qps),
        "HELM_KUBECONTEXT": settings.kube_context,
        "HELM_KUBETOKEN": settings.kube_token,
        "HELM_KUBEASUSER": settings.kube_as_user,
        "HELM_KUBEASGROUPS": ",".join(settings.kube_as_groups),
        "HELM_KUBEAPISERVER": settings.kube_apiserver,
        "HELM_KUBECAFILE": settings.kube_ca_file,
        "HELM_KUBEINSECURE_SKIP_TLS_VERIFY": shown(settings.kube_insecure_skip_tls_verify),
        "HELM_KUBETLS_SERVER_NAME": settings.kube_tls_server_name,
    }
    if settings.kubeconfig != ctx.environment.get("KUBECONFIG", ""):
        # helm: the variable itself is not shown, only the flag (test_env_shows_the_kubeconfig_flag)
        found["KUBECONFIG"] = settings.kubeconfig
    return found


def _started_as(ctx: Context) -> str:
    """Return the first word of the command line, as Helm would know it.

    A script is not told: it gets the path that was found. Under the name ``helm``, a path that a search of ``PATH``
    finds was looked for there (test_env_names_the_program).
    """
    path = sys.argv[0]
    folder, name = os.path.split(path)
    if ctx.program != "helm":
        return path
    for searched in ctx.environment.get("PATH", "").split(os.pathsep):
        place = os.path.join(searched, name)
        if os.path.isfile(place) and os.access(place, os.X_OK):
            return name if os.path.normpath(searched) == os.path.normpath(folder) else path
    return path


def _qps_text(qps: float) -> str:
    text = f"{qps:.2f}"
    return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}.get(text, text)
