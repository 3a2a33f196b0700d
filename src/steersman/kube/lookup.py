"""The ``lookup`` of templates: live objects by apiVersion, kind, namespace and name.

Answers to ``pkg/engine/lookup_func.go`` of Helm.
"""

from __future__ import annotations

from steersman.errors import ClusterError
from steersman.kube.discovery import NoKindMatch
from steersman.kube.errors import ApiError
from steersman.runtime.log import ErrorFollows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.kube.client import ApiClient
    from steersman.kube.discovery import Discovery


def make_lookup(
    client: ApiClient, discovery: Discovery, log: Callable[..., None]
) -> Callable[[str, str, str, str], dict[str, Any]]:
    """Return the function that templates call.

    It gives an object, or a list without a name; an empty map where there is no such thing.
    """

    def lookup(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
        try:
            resource = discovery.resource_for(api_version, kind)
        except NoKindMatch as error:
            if discovery.serves(api_version):
                return {}  # helm: an unknown kind of a known version is asked for, and not found
            gone = "the server could not find the requested resource"
            group, _slash, version = api_version.rpartition("/")
            gvk = f"{group}/{version}, Kind={kind}"
            log(ErrorFollows("ERROR"), "unable to retrieve resource list", GroupVersion=api_version, error=gone)
            log(ErrorFollows("ERROR"), "unable to get apiresource", groupVersionKind=gvk, error=gone)
            raise ClusterError(f"unable to get apiresource from unstructured: {gvk}: {gone}") from error
        try:
            if name:
                return client.get(resource, namespace, name)
            return client.list(resource, namespace)
        except ApiError as error:
            if error.is_not_found:
                return {}
            raise

    return lookup
