"""Which lists of built-in kinds merge item by item, and by which key.

Derived from the ``x-kubernetes-patch-*`` marks of Kubernetes' published OpenAPI (1.36); a
live test compares this table with a server's. A line is a type; a field says
``name=TYPE:STRATEGY:KEY``, empty parts at its end left out. Answers to the struct tags of
``k8s.io/api``.
"""

from __future__ import annotations

from steersman.record import Record

# the groups whose kinds Helm knows by type; kinds of all others are custom to it
_GROUPS = frozenset(
    (
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    )
)


class ListRule(Record):
    """How one field merges: the type inside, the strategy, the key of list items."""

    type: str = ""
    strategy: str = ""
    key: str = ""


def type_of_kind(api_version: str, kind: str) -> str:
    """Return the type's name for a built-in kind, ``""`` for any other."""
    group, _slash, version = api_version.rpartition("/")
    if group not in _GROUPS:
        return ""
    name = f"{group.partition('.')[0] or 'core'}.{version}.{kind}"
    return name if _line(name) else ""


def fields_of_type(name: str) -> dict[str, ListRule]:
    """Return the rules of a type's fields; a type without rules has none."""
    rules = {}
    for field in _line(name).split():
        field_name, _equals, rule = field.partition("=")
        rules[field_name] = ListRule(*rule.split(":"))
    return rules


def _line(name: str) -> str:
    if not name:
        return ""
    start = _TYPES.find(f"\n{name}  ")
    if start < 0:
        return ""
    start += len(name) + 3
    return _TYPES[start : _TYPES.index("\n", start)]


_TYPES = """
admissionregistration.v1.MutatingAdmissionPolicy  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1.MutatingAdmissionPolicySpec
admissionregistration.v1.MutatingAdmissionPolicyBinding  metadata=meta.v1.ObjectMeta
admissionregistration.v1.MutatingAdmissionPolicySpec  matchConditions=:merge:name
admissionregistration.v1.MutatingWebhook  matchConditions=:merge:name
admissionregistration.v1.MutatingWebhookConfiguration  metadata=meta.v1.ObjectMeta webhooks=admissionregistration.v1.MutatingWebhook:merge:name
admissionregistration.v1.ValidatingAdmissionPolicy  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1.ValidatingAdmissionPolicySpec
admissionregistration.v1.ValidatingAdmissionPolicyBinding  metadata=meta.v1.ObjectMeta
admissionregistration.v1.ValidatingAdmissionPolicySpec  matchConditions=:merge:name variables=:merge:name
admissionregistration.v1.ValidatingWebhook  matchConditions=:merge:name
admissionregistration.v1.ValidatingWebhookConfiguration  metadata=meta.v1.ObjectMeta webhooks=admissionregistration.v1.ValidatingWebhook:merge:name
apiextensions.v1.CustomResourceDefinition  metadata=meta.v1.ObjectMeta spec=apiextensions.v1.CustomResourceDefinitionSpec
apiextensions.v1.CustomResourceDefinitionSpec  versions=apiextensions.v1.CustomResourceDefinitionVersion
apiextensions.v1.CustomResourceDefinitionVersion  schema=apiextensions.v1.CustomResourceValidation
apiextensions.v1.CustomResourceValidation  openAPIV3Schema=apiextensions.v1.JSONSchemaProps
apiextensions.v1.JSONSchemaProps  allOf=apiextensions.v1.JSONSchemaProps anyOf=apiextensions.v1.JSONSchemaProps not=apiextensions.v1.JSONSchemaProps oneOf=apiextensions.v1.JSONSchemaProps x-kubernetes-validations=:merge:rule
apps.v1.ControllerRevision  metadata=meta.v1.ObjectMeta
apps.v1.DaemonSet  metadata=meta.v1.ObjectMeta spec=apps.v1.DaemonSetSpec
apps.v1.DaemonSetSpec  template=core.v1.PodTemplateSpec
apps.v1.Deployment  metadata=meta.v1.ObjectMeta spec=apps.v1.DeploymentSpec
apps.v1.DeploymentSpec  strategy=:retainKeys template=core.v1.PodTemplateSpec
apps.v1.ReplicaSet  metadata=meta.v1.ObjectMeta spec=apps.v1.ReplicaSetSpec
apps.v1.ReplicaSetSpec  template=core.v1.PodTemplateSpec
apps.v1.StatefulSet  metadata=meta.v1.ObjectMeta spec=apps.v1.StatefulSetSpec
apps.v1.StatefulSetSpec  template=core.v1.PodTemplateSpec volumeClaimTemplates=core.v1.PersistentVolumeClaim
authentication.v1.SelfSubjectReview  metadata=meta.v1.ObjectMeta
authentication.v1.TokenRequest  metadata=meta.v1.ObjectMeta
authentication.v1.TokenReview  metadata=meta.v1.ObjectMeta
authorization.v1.LocalSubjectAccessReview  metadata=meta.v1.ObjectMeta
authorization.v1.SelfSubjectAccessReview  metadata=meta.v1.ObjectMeta
authorization.v1.SelfSubjectRulesReview  metadata=meta.v1.ObjectMeta
authorization.v1.SubjectAccessReview  metadata=meta.v1.ObjectMeta
autoscaling.v1.HorizontalPodAutoscaler  metadata=meta.v1.ObjectMeta
autoscaling.v1.Scale  metadata=meta.v1.ObjectMeta
autoscaling.v2.HorizontalPodAutoscaler  metadata=meta.v1.ObjectMeta
batch.v1.CronJob  metadata=meta.v1.ObjectMeta spec=batch.v1.CronJobSpec
batch.v1.CronJobSpec  jobTemplate=batch.v1.JobTemplateSpec
batch.v1.Job  metadata=meta.v1.ObjectMeta spec=batch.v1.JobSpec
batch.v1.JobSpec  template=core.v1.PodTemplateSpec
batch.v1.JobTemplateSpec  metadata=meta.v1.ObjectMeta spec=batch.v1.JobSpec
certificates.v1.CertificateSigningRequest  metadata=meta.v1.ObjectMeta
coordination.v1.Lease  metadata=meta.v1.ObjectMeta
core.v1.Binding  metadata=meta.v1.ObjectMeta
core.v1.ComponentStatus  conditions=:merge:type metadata=meta.v1.ObjectMeta
core.v1.ConfigMap  metadata=meta.v1.ObjectMeta
core.v1.Container  env=:merge:name ports=:merge:containerPort volumeDevices=:merge:devicePath volumeMounts=:merge:mountPath
core.v1.Endpoints  metadata=meta.v1.ObjectMeta
core.v1.EphemeralContainer  env=:merge:name ports=:merge:containerPort volumeDevices=:merge:devicePath volumeMounts=:merge:mountPath
core.v1.EphemeralVolumeSource  volumeClaimTemplate=core.v1.PersistentVolumeClaimTemplate
core.v1.Event  metadata=meta.v1.ObjectMeta
core.v1.LimitRange  metadata=meta.v1.ObjectMeta
core.v1.Namespace  metadata=meta.v1.ObjectMeta
core.v1.Node  metadata=meta.v1.ObjectMeta spec=core.v1.NodeSpec
core.v1.NodeSpec  podCIDRs=:merge
core.v1.PersistentVolume  metadata=meta.v1.ObjectMeta
core.v1.PersistentVolumeClaim  metadata=meta.v1.ObjectMeta
core.v1.PersistentVolumeClaimTemplate  metadata=meta.v1.ObjectMeta
core.v1.Pod  metadata=meta.v1.ObjectMeta spec=core.v1.PodSpec
core.v1.PodSpec  containers=core.v1.Container:merge:name ephemeralContainers=core.v1.EphemeralContainer:merge:name hostAliases=:merge:ip imagePullSecrets=:merge:name initContainers=core.v1.Container:merge:name resourceClaims=:merge,retainKeys:name schedulingGates=:merge:name topologySpreadConstraints=:merge:topologyKey volumes=core.v1.Volume:merge,retainKeys:name
core.v1.PodTemplate  metadata=meta.v1.ObjectMeta template=core.v1.PodTemplateSpec
core.v1.PodTemplateSpec  metadata=meta.v1.ObjectMeta spec=core.v1.PodSpec
core.v1.ReplicationController  metadata=meta.v1.ObjectMeta spec=core.v1.ReplicationControllerSpec
core.v1.ReplicationControllerSpec  template=core.v1.PodTemplateSpec
core.v1.ResourceQuota  metadata=meta.v1.ObjectMeta
core.v1.Secret  metadata=meta.v1.ObjectMeta
core.v1.Service  metadata=meta.v1.ObjectMeta spec=core.v1.ServiceSpec
core.v1.ServiceAccount  metadata=meta.v1.ObjectMeta secrets=:merge:name
core.v1.ServiceSpec  ports=:merge:port
core.v1.Volume  ephemeral=core.v1.EphemeralVolumeSource
discovery.v1.EndpointSlice  metadata=meta.v1.ObjectMeta
events.v1.Event  metadata=meta.v1.ObjectMeta
flowcontrol.v1.FlowSchema  metadata=meta.v1.ObjectMeta
flowcontrol.v1.PriorityLevelConfiguration  metadata=meta.v1.ObjectMeta
meta.v1.ObjectMeta  finalizers=:merge ownerReferences=:merge:uid
networking.v1.IPAddress  metadata=meta.v1.ObjectMeta
networking.v1.Ingress  metadata=meta.v1.ObjectMeta
networking.v1.IngressClass  metadata=meta.v1.ObjectMeta
networking.v1.NetworkPolicy  metadata=meta.v1.ObjectMeta
networking.v1.ServiceCIDR  metadata=meta.v1.ObjectMeta
node.v1.RuntimeClass  metadata=meta.v1.ObjectMeta
policy.v1.Eviction  metadata=meta.v1.ObjectMeta
policy.v1.PodDisruptionBudget  metadata=meta.v1.ObjectMeta spec=policy.v1.PodDisruptionBudgetSpec
policy.v1.PodDisruptionBudgetSpec  selector=:replace
rbac.v1.ClusterRole  metadata=meta.v1.ObjectMeta
rbac.v1.ClusterRoleBinding  metadata=meta.v1.ObjectMeta
rbac.v1.Role  metadata=meta.v1.ObjectMeta
rbac.v1.RoleBinding  metadata=meta.v1.ObjectMeta
resource.v1.DeviceClass  metadata=meta.v1.ObjectMeta
resource.v1.ResourceClaim  metadata=meta.v1.ObjectMeta
resource.v1.ResourceClaimTemplate  metadata=meta.v1.ObjectMeta spec=resource.v1.ResourceClaimTemplateSpec
resource.v1.ResourceClaimTemplateSpec  metadata=meta.v1.ObjectMeta
resource.v1.ResourceSlice  metadata=meta.v1.ObjectMeta
scheduling.v1.PriorityClass  metadata=meta.v1.ObjectMeta
storage.v1.CSIDriver  metadata=meta.v1.ObjectMeta
storage.v1.CSINode  metadata=meta.v1.ObjectMeta spec=storage.v1.CSINodeSpec
storage.v1.CSINodeSpec  drivers=:merge:name
storage.v1.CSIStorageCapacity  metadata=meta.v1.ObjectMeta
storage.v1.StorageClass  metadata=meta.v1.ObjectMeta
storage.v1.VolumeAttachment  metadata=meta.v1.ObjectMeta
storage.v1.VolumeAttributesClass  metadata=meta.v1.ObjectMeta
"""  # noqa: E501
