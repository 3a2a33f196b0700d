"""API versions that Kubernetes has deprecated or removed, with the warnings it gives.

From the lifecycle that k8s.io/api records for its types: ``(group/version, kind) -> (deprecated
in, removed in, replacement)``, minor versions of Kubernetes 1.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.engine.capabilities import KubeVersion

    Life = tuple[int, int, str]

# API version, kinds (each with its list), minor versions that deprecate and remove it (0: none), what replaces it.
# Taken from what the Kubernetes libraries in Helm 4.3.1 answer for every kind that they know
# (test_every_deprecated_kind).
_KINDS_AND_LISTS = (
    ("admissionregistration.k8s.io/v1alpha1", "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding", 29, 32, ""),
    ("admissionregistration.k8s.io/v1alpha1", "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding", 35, 38, ""),
    (
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
        16,
        22,
        "admissionregistration.k8s.io/v1",
    ),
    ("admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding", 31, 34, ""),
    (
        "admissionregistration.k8s.io/v1beta1",
        "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding",
        37,
        40,
        "admissionregistration.k8s.io/v1",
    ),
    ("apps/v1beta1", "ControllerRevision Deployment StatefulSet", 8, 16, "apps/v1"),
    ("apps/v1beta2", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet", 9, 16, "apps/v1"),
    ("batch/v1beta1", "CronJob", 21, 25, "batch/v1"),
    ("certificates.k8s.io/v1alpha1", "ClusterTrustBundle", 34, 37, ""),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", 19, 22, "certificates.k8s.io/v1"),
    ("certificates.k8s.io/v1beta1", "ClusterTrustBundle PodCertificateRequest", 37, 40, "certificates.k8s.io/v1"),
    ("coordination.k8s.io/v1alpha2", "LeaseCandidate", 35, 38, ""),
    ("coordination.k8s.io/v1beta1", "Lease", 19, 22, "coordination.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "LeaseCandidate", 36, 39, ""),
    ("events.k8s.io/v1beta1", "Event", 22, 25, ""),
    ("extensions/v1beta1", "DaemonSet Deployment ReplicaSet", 8, 16, "apps/v1"),
    ("extensions/v1beta1", "NetworkPolicy", 9, 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "Ingress", 14, 22, "networking.k8s.io/v1"),
    (
        "flowcontrol.apiserver.k8s.io/v1beta1",
        "FlowSchema PriorityLevelConfiguration",
        23,
        26,
        "flowcontrol.apiserver.k8s.io/v1beta3",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta2",
        "FlowSchema PriorityLevelConfiguration",
        26,
        29,
        "flowcontrol.apiserver.k8s.io/v1beta3",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "FlowSchema PriorityLevelConfiguration",
        29,
        32,
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    ("networking.k8s.io/v1beta1", "Ingress", 19, 22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "IPAddress ServiceCIDR", 34, 37, ""),
    ("node.k8s.io/v1beta1", "RuntimeClass", 22, 25, ""),
    ("policy/v1beta1", "PodDisruptionBudget", 21, 25, "policy/v1"),
    (
        "rbac.authorization.k8s.io/v1beta1",
        "ClusterRole ClusterRoleBinding Role RoleBinding",
        17,
        22,
        "rbac.authorization.k8s.io/v1",
    ),
    ("resource.k8s.io/v1alpha3", "DeviceTaintRule", 36, 39, ""),
    ("resource.k8s.io/v1alpha3", "ResourcePoolStatusRequest", 39, 42, ""),
    ("resource.k8s.io/v1beta1", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice", 35, 38, ""),
    ("resource.k8s.io/v1beta2", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice", 36, 39, ""),
    ("resource.k8s.io/v1beta2", "DeviceTaintRule", 39, 42, ""),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", 14, 22, "scheduling.k8s.io/v1"),
    ("storage.k8s.io/v1alpha1", "VolumeAttachment", 21, 24, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1alpha1", "CSIStorageCapacity", 21, 24, "storage.k8s.io/v1beta1"),
    ("storage.k8s.io/v1alpha1", "VolumeAttributesClass", 32, 35, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIDriver StorageClass VolumeAttachment", 19, 22, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 24, 27, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "VolumeAttributesClass", 34, 37, "storage.k8s.io/v1"),
    ("storagemigration.k8s.io/v1beta1", "StorageVersionMigration", 37, 40, "storagemigration.k8s.io/v1"),
    ("v1", "ComponentStatus", 19, 0, ""),
)
# Kinds without a list, and those whose list or replacement is named in another way.
DEPRECATED: dict[tuple[str, str], Life] = {
    ("apps/v1beta1", "DeploymentRollback"): (8, 16, "apps/v1 DeploymentRollback"),
    ("apps/v1beta1", "Scale"): (8, 16, "autoscaling/v1 Scale"),
    ("apps/v1beta2", "Scale"): (9, 16, "autoscaling/v1 Scale"),
    ("authentication.k8s.io/v1alpha1", "SelfSubjectReview"): (29, 32, ""),
    ("authentication.k8s.io/v1beta1", "SelfSubjectReview"): (30, 33, ""),
    ("authentication.k8s.io/v1beta1", "TokenReview"): (19, 22, "authentication.k8s.io/v1 TokenReview"),
    ("authorization.k8s.io/v1beta1", "LocalSubjectAccessReview"): (
        19,
        22,
        "authorization.k8s.io/v1 LocalSubjectAccessReview",
    ),
    ("authorization.k8s.io/v1beta1", "SelfSubjectAccessReview"): (
        19,
        22,
        "authorization.k8s.io/v1 SelfSubjectAccessReview",
    ),
    ("authorization.k8s.io/v1beta1", "SelfSubjectRulesReview"): (
        19,
        22,
        "authorization.k8s.io/v1 SelfSubjectRulesReview",
    ),
    ("authorization.k8s.io/v1beta1", "SubjectAccessReview"): (19, 22, "authorization.k8s.io/v1 SubjectAccessReview"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): (21, 25, "discovery.k8s.io/v1 EndpointSlice"),
    ("discovery.k8s.io/v1beta1", "EndpointSliceList"): (21, 25, "discovery.k8s.io/v1 EndpointSlice"),
    ("extensions/v1beta1", "DeploymentRollback"): (8, 16, ""),
    ("extensions/v1beta1", "Scale"): (2, 16, ""),
    ("networking.k8s.io/v1beta1", "IngressClass"): (19, 22, "networking.k8s.io/v1 IngressClassList"),
    ("networking.k8s.io/v1beta1", "IngressClassList"): (19, 22, "networking.k8s.io/v1 IngressClassList"),
    ("policy/v1beta1", "Eviction"): (22, 25, ""),
    ("storage.k8s.io/v1beta1", "CSINode"): (17, 22, "storage.k8s.io/v1 CSINode"),
    ("storage.k8s.io/v1beta1", "CSINodeList"): (17, 22, "storage.k8s.io/v1 CSINode"),
    ("v1", "Endpoints"): (33, 0, "discovery.k8s.io/v1 EndpointSlice"),
    ("v1", "EndpointsList"): (33, 0, "discovery.k8s.io/v1 EndpointSliceList"),
}


def _lives() -> Iterator[tuple[tuple[str, str], Life]]:
    for version, kinds, deprecated, removed, replacement in _KINDS_AND_LISTS:
        for kind in kinds.split():
            for name in (kind, f"{kind}List"):
                yield (version, name), (deprecated, removed, f"{replacement} {name}" if replacement else "")


DEPRECATED.update(_lives())


def warning(api_version: str, kind: str, kube: KubeVersion) -> str | None:
    """Return Kubernetes' warning about an API version at a cluster's version, or None."""
    life = DEPRECATED.get((api_version, kind))
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
