"""``status``: a release and the live objects it is made of.

Answers to Helm's ``pkg/action/status.go`` and ``Get`` of its ``pkg/kube.Client``.
"""

from __future__ import annotations

from steersman.action.configuration import release_content
from steersman.kube.client import JSON, TABLE
from steersman.kube.objects import PODS, nested
from steersman.record import replace
from steersman.runtime.parallel import run_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.kube.objects import Target
    from steersman.release.model import Release

_RELATED = "v1/Pod(related)"


def status(config: Configuration, name: str, revision: int = 0, *, as_tables: bool = False) -> Release:
    """Return a revision with its live objects in ``info.resources``.

    Args:
        as_tables: objects as the server's tables, for people, instead of themselves.

    Raises:
        SteerError: with Helm's message.
    """
    release = config.reached(lambda: release_content(config, name, revision))
    targets = config.targets(release.manifest, config.namespace, validate=False)
    resources = live_resources(config, targets, as_tables=as_tables)
    return replace(release, info=replace(release.info, resources=resources))


def live_resources(config: Configuration, targets: list[Target], *, as_tables: bool) -> dict[str, list[dict[str, Any]]]:
    """Return live objects by ``version/Kind``, with the pods that belong to them."""
    accept = TABLE if as_tables else JSON

    def get(target: Target) -> dict[str, Any]:
        return config.client.get(target.resource, target.namespace, target.name, accept=accept)

    answers = run_all(get, targets)
    found: dict[str, list[dict[str, Any]]] = {}
    selectors: list[tuple[str, dict[str, str]]] = []
    for target, answer in zip(targets, answers):
        if isinstance(answer, Exception):
            continue  # helm: what cannot be read is left out
        found.setdefault(f"{target.resource.version}/{target.kind}", []).append(answer)
        selector = _selector(target.object)
        if selector and all(selector != other for _namespace, other in selectors):
            selectors.append((target.namespace, selector))

    def pods(item: tuple[str, dict[str, str]]) -> dict[str, Any]:
        namespace, selector = item
        labels = ",".join(f"{key}={value}" for key, value in sorted(selector.items()))
        query = {"labelSelector": labels, "limit": "500"}
        answer: dict[str, Any] = config.client.call("GET", PODS.path(namespace), query=query, accept=accept)
        if not as_tables:
            answer["items"] = [{"apiVersion": "v1", "kind": "Pod", **pod} for pod in answer.get("items") or ()]
        return answer

    for related in run_all(pods, selectors):
        if isinstance(related, Exception):
            config.log("WARN", "get the relation pod is failed", error=related)
        else:
            found.setdefault(_RELATED, []).append(related)
    return found


def _selector(content: dict[str, Any]) -> dict[str, str] | None:
    kind = content.get("kind")
    if kind in ("ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job"):
        selector = nested(content, "spec", "selector", "matchLabels")
    elif kind == "ReplicationController":
        selector = nested(content, "spec", "selector")
    else:
        return None
    return selector if isinstance(selector, dict) else None
