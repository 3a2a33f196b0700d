"""The live state of many objects with few requests.

One LIST serves all objects of a kind in a namespace where that is cheaper than a GET for
each; a user who may not list is served by GETs.
"""

from __future__ import annotations

from steersman.kube.client import PAGE
from steersman.kube.errors import ApiError
from steersman.kube.objects import nested
from steersman.runtime.parallel import run_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.kube.client import ApiClient
    from steersman.kube.objects import ResourceType, Target

    Found = dict[tuple[str, str, str, str], "dict[str, Any] | Exception"]

_WORTH_A_LIST = 4  # objects of one kind and namespace from which on one LIST beats GETs
_PAGES = 4  # of a LIST; a namespace with more than these many objects is asked for ours by name


def look(client: ApiClient, targets: Sequence[Target]) -> Found:
    """Return what is live, by ``Target.key``.

    A missing object has no entry; one that could not be read has its error.
    """
    groups: dict[tuple[ResourceType, str], list[Target]] = {}
    for target in targets:
        groups.setdefault((target.resource, target.namespace), []).append(target)
    found: Found = {}
    lists = [key for key, members in groups.items() if len(members) >= _WORTH_A_LIST]
    singles = [target for key, members in groups.items() if len(members) < _WORTH_A_LIST for target in members]
    for key, answer in zip(lists, run_all(lambda key: _list(client, *key), lists)):
        if isinstance(answer, Exception):
            singles += groups[key]
        else:
            _take(found, key[0], groups[key], answer)
            if nested(answer, "metadata", "continue"):
                # the namespace holds more than the pages read: what was not among them is asked for
                singles += [target for target in groups[key] if target.key not in found]
    answers = run_all(lambda target: client.get(target.resource, target.namespace, target.name), singles)
    for target, one in zip(singles, answers):
        if not (isinstance(one, ApiError) and one.is_not_found):
            found[target.key] = one
    return found


def _list(client: ApiClient, resource: ResourceType, namespace: str) -> dict[str, Any]:
    return client.list(resource, namespace, limit=PAGE, pages=_PAGES)


def _take(found: Found, resource: ResourceType, targets: Sequence[Target], answer: dict[str, Any]) -> None:
    names = {target.name: target.key for target in targets}
    for item in answer.get("items") or ():
        key = names.get(nested(item, "metadata", "name"))
        if key is not None:
            # k8s: items of a list do not repeat what the list says of them
            found[key] = {"apiVersion": resource.api_version, "kind": resource.kind, **item}
