"""The kinds that the sandbox serves: Kubernetes' built-in ones as rows, custom ones from their definitions."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Resource(Record):
    """A kind as the API serves it."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """``group/version``, or the version alone for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def key(self) -> tuple[str, str]:
        """The key of its objects in the store, the same for all versions."""
        return self.group, self.plural

    @property
    def singular(self) -> str:
        return self.kind.lower()


# group/version: kind plural [short names] ; "." before a kind: cluster-scoped; "+": it has a status
_BUILT_IN = """
v1: ConfigMap configmaps cm; Endpoints endpoints ep; Event events ev; LimitRange limitranges limits
v1: +.Namespace namespaces ns; .Node nodes no; +PersistentVolumeClaim persistentvolumeclaims pvc
v1: +.PersistentVolume persistentvolumes pv; +Pod pods po; PodTemplate podtemplates
v1: +ReplicationController replicationcontrollers rc; +ResourceQuota resourcequotas quota; Secret secrets
v1: ServiceAccount serviceaccounts sa; +Service services svc
apps/v1: ControllerRevision controllerrevisions; +DaemonSet daemonsets ds; +Deployment deployments deploy
apps/v1: +ReplicaSet replicasets rs; +StatefulSet statefulsets sts
batch/v1: +CronJob cronjobs cj; +Job jobs
autoscaling/v2: +HorizontalPodAutoscaler horizontalpodautoscalers hpa
autoscaling/v1: +HorizontalPodAutoscaler horizontalpodautoscalers hpa
networking.k8s.io/v1: +Ingress ingresses ing; .IngressClass ingressclasses; NetworkPolicy networkpolicies netpol
policy/v1: +PodDisruptionBudget poddisruptionbudgets pdb
rbac.authorization.k8s.io/v1: .ClusterRoleBinding clusterrolebindings; .ClusterRole clusterroles
rbac.authorization.k8s.io/v1: RoleBinding rolebindings; Role roles
storage.k8s.io/v1: .StorageClass storageclasses sc; .CSIDriver csidrivers; .VolumeAttachment volumeattachments
scheduling.k8s.io/v1: .PriorityClass priorityclasses pc
coordination.k8s.io/v1: Lease leases
admissionregistration.k8s.io/v1: .MutatingWebhookConfiguration mutatingwebhookconfigurations
admissionregistration.k8s.io/v1: .ValidatingWebhookConfiguration validatingwebhookconfigurations
apiextensions.k8s.io/v1: +.CustomResourceDefinition customresourcedefinitions crd crds
discovery.k8s.io/v1: EndpointSlice endpointslices
events.k8s.io/v1: Event events ev
node.k8s.io/v1: .RuntimeClass runtimeclasses
apiregistration.k8s.io/v1: +.APIService apiservices
"""

_IN_ALL = frozenset(
    ("Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob",
     "HorizontalPodAutoscaler", "ReplicationController")
)  # fmt: skip


def built_in() -> list[Resource]:
    """Return the built-in kinds."""
    found: list[Resource] = []
    for line in _BUILT_IN.strip().splitlines():
        version, _, rows = line.partition(": ")
        group, _, number = version.rpartition("/")
        for row in rows.split("; "):
            kind, plural, *short = row.split()
            name = kind.lstrip("+.")
            subresources: tuple[str, ...] = ("status",) if kind[0] == "+" else ()
            if name == "Pod":
                subresources = ("status", "log", "eviction")
            if name in ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"):
                subresources = ("status", "scale")
            found.append(
                Resource(
                    group,
                    number,
                    name,
                    plural,
                    "." not in kind[:2],
                    tuple(short),
                    subresources,
                    ("all",) if name in _IN_ALL else (),
                )
            )
    return found


def of_definition(definition: dict[str, Any]) -> list[Resource]:
    """Return the kinds that a CustomResourceDefinition adds, one for each served version."""
    spec = definition.get("spec") or {}
    names = spec.get("names") or {}
    return [
        Resource(
            spec.get("group", ""),
            version.get("name", ""),
            names.get("kind", ""),
            names.get("plural", ""),
            spec.get("scope", "Namespaced") == "Namespaced",
            tuple(names.get("shortNames") or ()),
            tuple(sorted(version.get("subresources") or ())),
            tuple(names.get("categories") or ()),
        )
        for version in spec.get("versions") or ()
        if version.get("served")
    ]


class Registry:
    """The kinds that are served now."""

    def __init__(self) -> None:
        self._resources = built_in()
        self._custom: dict[str, list[Resource]] = {}

    def all(self) -> list[Resource]:
        """Return every kind."""
        return [*self._resources, *(r for rs in self._custom.values() for r in rs)]

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """Return the kind served under a path, or None."""
        for resource in self.all():
            if (resource.group, resource.version, resource.plural) == (group, version, plural):
                return resource
        return None

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        """Return the kind that an object says it is, or None."""
        for resource in self.all():
            if resource.api_version == api_version and resource.kind == kind:
                return resource
        return None

    def define(self, definition: dict[str, Any]) -> None:
        """Serve what a CustomResourceDefinition defines."""
        self._custom[definition["metadata"]["name"]] = of_definition(definition)

    def forget(self, name: str) -> None:
        """Stop serving what the CustomResourceDefinition called ``name`` defined."""
        self._custom.pop(name, None)

    def is_custom(self, resource: Resource) -> bool:
        """Return whether a definition has made a kind."""
        return any(resource in found for found in self._custom.values())
