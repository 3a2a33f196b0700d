"""API versions that Kubernetes has deprecated or removed, with the warnings it gives.

From the lifecycle that k8s.io/api records for its types: ``(group/version, kind) -> (deprecated
in, removed in, replacement)``, minor versions of Kubernetes 1.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.engine.capabilities import KubeVersion

    Life = tuple[int, int, str]

_LIVES: dict[tuple[str, str], Life] = {}


def _add(versions: str, kinds: str, deprecated: int, removed: int, replacement: str) -> None:
    for version in versions.split():
        for kind in kinds.split():
            _LIVES[version, kind] = (deprecated, removed, f"{replacement} {kind}" if replacement else "")
            _LIVES[version, f"{kind}List"] = (deprecated, removed, f"{replacement} {kind}List" if replacement else "")


_add("extensions/v1beta1", "DaemonSet Deployment ReplicaSet", 8, 16, "apps/v1")
_add("extensions/v1beta1", "NetworkPolicy", 9, 16, "networking.k8s.io/v1")
_add("extensions/v1beta1", "PodSecurityPolicy", 11, 16, "policy/v1beta1")
_add("extensions/v1beta1", "Ingress", 14, 22, "networking.k8s.io/v1")
_add("extensions/v1beta1", "Scale", 2, 16, "autoscaling/v1")
_add("apps/v1beta1", "Deployment StatefulSet ControllerRevision", 8, 16, "apps/v1")
_add("apps/v1beta2", "DaemonSet Deployment ReplicaSet StatefulSet ControllerRevision", 9, 16, "apps/v1")
_add("networking.k8s.io/v1beta1", "Ingress IngressClass", 19, 22, "networking.k8s.io/v1")
_add("rbac.authorization.k8s.io/v1beta1", "ClusterRole ClusterRoleBinding Role RoleBinding", 17, 22,
     "rbac.authorization.k8s.io/v1")  # fmt: skip
_add("rbac.authorization.k8s.io/v1alpha1", "ClusterRole ClusterRoleBinding Role RoleBinding", 17, 22,
     "rbac.authorization.k8s.io/v1")  # fmt: skip
_add("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", 16, 22,
     "admissionregistration.k8s.io/v1")  # fmt: skip
_add("certificates.k8s.io/v1beta1", "CertificateSigningRequest", 19, 22, "certificates.k8s.io/v1")
_add("coordination.k8s.io/v1beta1", "Lease", 19, 22, "coordination.k8s.io/v1")
_add("scheduling.k8s.io/v1beta1", "PriorityClass", 14, 22, "scheduling.k8s.io/v1")
_add("storage.k8s.io/v1beta1", "CSIDriver", 19, 22, "storage.k8s.io/v1")
_add("storage.k8s.io/v1beta1", "CSINode", 17, 22, "storage.k8s.io/v1")
_add("storage.k8s.io/v1beta1", "StorageClass VolumeAttachment", 19, 22, "storage.k8s.io/v1")
_add("storage.k8s.io/v1beta1", "CSIStorageCapacity", 24, 27, "storage.k8s.io/v1")
_add("batch/v1beta1", "CronJob", 21, 25, "batch/v1")
_add("discovery.k8s.io/v1beta1", "EndpointSlice", 21, 25, "discovery.k8s.io/v1")
_add("events.k8s.io/v1beta1", "Event", 22, 25, "events.k8s.io/v1")
_add("node.k8s.io/v1beta1", "RuntimeClass", 22, 25, "node.k8s.io/v1")
_add("policy/v1beta1", "PodDisruptionBudget", 21, 25, "policy/v1")
_add("autoscaling/v2beta1", "HorizontalPodAutoscaler", 22, 25, "autoscaling/v2")
_add("autoscaling/v2beta2", "HorizontalPodAutoscaler", 23, 26, "autoscaling/v2")
_add("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema PriorityLevelConfiguration", 23, 26,
     "flowcontrol.apiserver.k8s.io/v1beta3")  # fmt: skip
_add("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema PriorityLevelConfiguration", 26, 29,
     "flowcontrol.apiserver.k8s.io/v1")  # fmt: skip
_add("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema PriorityLevelConfiguration", 29, 32,
     "flowcontrol.apiserver.k8s.io/v1")  # fmt: skip
_add("v1", "ComponentStatus", 19, 0, "")
_add("v1", "Endpoints", 33, 0, "discovery.k8s.io/v1 EndpointSlice")
_LIVES["v1", "Endpoints"] = (33, 0, "discovery.k8s.io/v1 EndpointSlice")


def warning(api_version: str, kind: str, kube: KubeVersion) -> str | None:
    """Return Kubernetes' warning about an API version at a cluster's version, or None."""
    life = _LIVES.get((api_version, kind))
    if life is None:
        return None
    deprecated, removed, replacement = life
    major, minor = int(kube.major), int(kube.minor)
    if (major, minor) < (1, deprecated):
        return None
    text = f"{api_version} {kind} is deprecated in v1.{deprecated}+"
    if removed:
        text += f", unavailable in v1.{removed}+"
    return text + (f"; use {replacement}" if replacement else "")
