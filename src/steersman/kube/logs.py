"""Logs of pods' containers to a writer."""

from __future__ import annotations

from steersman.errors import ClusterError
from steersman.kube.errors import error_from
from steersman.kube.objects import PODS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.kube.client import ApiClient

_LOG_BYTES = 8192  # of a log that explains a failure
_LOG_SECONDS = 10.0  # for each wait on the way to it


def copy_logs(client: ApiClient, namespace: str, pod: str, container: str, put: Callable[[bytes], object]) -> None:
    """Write a container's log with ``put`` as it arrives.

    Raises:
        ApiError: when the server has no log to give.
    """
    response = client.send("GET", PODS.path(namespace, pod) + "/log", query={"container": container}, accept="*/*")
    if response.status >= 300:
        body = response.read()
        raise error_from(response.status, body, response.headers.get("Content-Type"), "GET", f"pods {pod}")
    for piece in response.pieces():
        put(piece)


def last_lines(client: ApiClient, namespace: str, pod: str, container: str, count: int) -> list[str]:
    """Return the last ``count`` lines of a container's log.

    Raises:
        ApiError: when the server has no log to give.
    """
    # long lines would not be shown whole anyway
    query = {"container": container, "tailLines": str(count), "limitBytes": str(_LOG_BYTES)}
    path = PODS.path(namespace, pod) + "/log"
    with client.send("GET", path, query=query, accept="*/*", timeout=_LOG_SECONDS) as response:
        body = response.read(_LOG_BYTES * 2)
    if response.status >= 300:
        raise error_from(response.status, body, response.headers.get("Content-Type"), "GET", f"pods {pod}")
    return body.decode("utf-8", "replace").splitlines()[-count:]


def copy_logs_of_pods(
    client: ApiClient,
    namespace: str,
    *,
    labels: str = "",
    fields: str = "",
    writer: Callable[[str, str, str], Callable[[bytes], object]],
) -> None:
    """Write the logs of all containers of the pods that selectors pick.

    Args:
        writer: given namespace, pod and container, returns where that log goes.

    Raises:
        ClusterError: when pods cannot be listed or a log cannot be read.
    """
    try:
        pods = client.list(PODS, namespace, labels=labels, fields=fields)["items"]
    except ClusterError as error:
        raise ClusterError(f"failed to get pod list with options: {labels or fields} with error: {error}") from error
    for pod in pods:
        name = pod["metadata"]["name"]
        for container in (pod.get("spec") or {}).get("containers") or ():
            try:
                copy_logs(client, namespace, name, container["name"], writer(namespace, name, container["name"]))
            except ClusterError as error:
                where = f"pod: {name}, container: {container['name']}"
                raise ClusterError(f"failed to stream pod logs for {where}") from error
