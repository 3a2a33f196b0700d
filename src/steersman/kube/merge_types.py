"""The fields of Kubernetes' built-in types that hold structs, lists or maps, and how they merge.

Written by ``python -m tests.fuzz.strategic TABLE=1`` from the struct tags of ``k8s.io/api``. A line is a type; a field
says ``name=TYPE:STRATEGY:KEY``, empty parts at its end left out.
"""

TYPES = """
admissionregistration.v1.MatchResources  excludeResourceRules=admissionregistration.v1.NamedRuleWithOperations namespaceSelector=meta.v1.LabelSelector objectSelector=meta.v1.LabelSelector resourceRules=admissionregistration.v1.NamedRuleWithOperations
admissionregistration.v1.MutatingAdmissionPolicy  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1.MutatingAdmissionPolicySpec
admissionregistration.v1.MutatingAdmissionPolicyBinding  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1.MutatingAdmissionPolicyBindingSpec
admissionregistration.v1.MutatingAdmissionPolicyBindingSpec  matchResources=admissionregistration.v1.MatchResources paramRef=admissionregistration.v1.ParamRef
admissionregistration.v1.MutatingAdmissionPolicySpec  matchConditions=admissionregistration.v1.MatchCondition:merge:name matchConstraints=admissionregistration.v1.MatchResources mutations=admissionregistration.v1.Mutation paramKind=admissionregistration.v1.ParamKind variables=admissionregistration.v1.Variable
admissionregistration.v1.MutatingWebhook  admissionReviewVersions= clientConfig=admissionregistration.v1.WebhookClientConfig matchConditions=admissionregistration.v1.MatchCondition:merge:name namespaceSelector=meta.v1.LabelSelector objectSelector=meta.v1.LabelSelector rules=admissionregistration.v1.RuleWithOperations
admissionregistration.v1.MutatingWebhookConfiguration  metadata=meta.v1.ObjectMeta webhooks=admissionregistration.v1.MutatingWebhook:merge:name
admissionregistration.v1.Mutation  applyConfiguration=admissionregistration.v1.ApplyConfiguration jsonPatch=admissionregistration.v1.JSONPatch
admissionregistration.v1.NamedRuleWithOperations  apiGroups= apiVersions= operations= resourceNames= resources=
admissionregistration.v1.ParamRef  selector=meta.v1.LabelSelector
admissionregistration.v1.RuleWithOperations  apiGroups= apiVersions= operations= resources=
admissionregistration.v1.TypeChecking  expressionWarnings=admissionregistration.v1.ExpressionWarning
admissionregistration.v1.ValidatingAdmissionPolicy  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1.ValidatingAdmissionPolicySpec status=admissionregistration.v1.ValidatingAdmissionPolicyStatus
admissionregistration.v1.ValidatingAdmissionPolicyBinding  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec
admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec  matchResources=admissionregistration.v1.MatchResources paramRef=admissionregistration.v1.ParamRef validationActions=
admissionregistration.v1.ValidatingAdmissionPolicySpec  auditAnnotations=admissionregistration.v1.AuditAnnotation matchConditions=admissionregistration.v1.MatchCondition:merge:name matchConstraints=admissionregistration.v1.MatchResources paramKind=admissionregistration.v1.ParamKind validations=admissionregistration.v1.Validation variables=admissionregistration.v1.Variable:merge:name
admissionregistration.v1.ValidatingAdmissionPolicyStatus  conditions=meta.v1.Condition typeChecking=admissionregistration.v1.TypeChecking
admissionregistration.v1.ValidatingWebhook  admissionReviewVersions= clientConfig=admissionregistration.v1.WebhookClientConfig matchConditions=admissionregistration.v1.MatchCondition:merge:name namespaceSelector=meta.v1.LabelSelector objectSelector=meta.v1.LabelSelector rules=admissionregistration.v1.RuleWithOperations
admissionregistration.v1.ValidatingWebhookConfiguration  metadata=meta.v1.ObjectMeta webhooks=admissionregistration.v1.ValidatingWebhook:merge:name
admissionregistration.v1.WebhookClientConfig  service=admissionregistration.v1.ServiceReference
admissionregistration.v1alpha1.MatchResources  excludeResourceRules=admissionregistration.v1alpha1.NamedRuleWithOperations namespaceSelector=meta.v1.LabelSelector objectSelector=meta.v1.LabelSelector resourceRules=admissionregistration.v1alpha1.NamedRuleWithOperations
admissionregistration.v1alpha1.MutatingAdmissionPolicy  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1alpha1.MutatingAdmissionPolicySpec
admissionregistration.v1alpha1.MutatingAdmissionPolicyBinding  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1alpha1.MutatingAdmissionPolicyBindingSpec
admissionregistration.v1alpha1.MutatingAdmissionPolicyBindingSpec  matchResources=admissionregistration.v1alpha1.MatchResources paramRef=admissionregistration.v1alpha1.ParamRef
admissionregistration.v1alpha1.MutatingAdmissionPolicySpec  matchConditions=admissionregistration.v1alpha1.MatchCondition:merge:name matchConstraints=admissionregistration.v1alpha1.MatchResources mutations=admissionregistration.v1alpha1.Mutation paramKind=admissionregistration.v1alpha1.ParamKind variables=admissionregistration.v1alpha1.Variable
admissionregistration.v1alpha1.Mutation  applyConfiguration=admissionregistration.v1alpha1.ApplyConfiguration jsonPatch=admissionregistration.v1alpha1.JSONPatch
admissionregistration.v1alpha1.NamedRuleWithOperations  apiGroups= apiVersions= operations= resourceNames= resources=
admissionregistration.v1alpha1.ParamRef  selector=meta.v1.LabelSelector
admissionregistration.v1alpha1.TypeChecking  expressionWarnings=admissionregistration.v1alpha1.ExpressionWarning
admissionregistration.v1alpha1.ValidatingAdmissionPolicy  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1alpha1.ValidatingAdmissionPolicySpec status=admissionregistration.v1alpha1.ValidatingAdmissionPolicyStatus
admissionregistration.v1alpha1.ValidatingAdmissionPolicyBinding  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1alpha1.ValidatingAdmissionPolicyBindingSpec
admissionregistration.v1alpha1.ValidatingAdmissionPolicyBindingSpec  matchResources=admissionregistration.v1alpha1.MatchResources paramRef=admissionregistration.v1alpha1.ParamRef validationActions=
admissionregistration.v1alpha1.ValidatingAdmissionPolicySpec  auditAnnotations=admissionregistration.v1alpha1.AuditAnnotation matchConditions=admissionregistration.v1alpha1.MatchCondition:merge:name matchConstraints=admissionregistration.v1alpha1.MatchResources paramKind=admissionregistration.v1alpha1.ParamKind validations=admissionregistration.v1alpha1.Validation variables=admissionregistration.v1alpha1.Variable:merge:name
admissionregistration.v1alpha1.ValidatingAdmissionPolicyStatus  conditions=meta.v1.Condition typeChecking=admissionregistration.v1alpha1.TypeChecking
admissionregistration.v1beta1.MatchResources  excludeResourceRules=admissionregistration.v1beta1.NamedRuleWithOperations namespaceSelector=meta.v1.LabelSelector objectSelector=meta.v1.LabelSelector resourceRules=admissionregistration.v1beta1.NamedRuleWithOperations
admissionregistration.v1beta1.MutatingAdmissionPolicy  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1beta1.MutatingAdmissionPolicySpec
admissionregistration.v1beta1.MutatingAdmissionPolicyBinding  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1beta1.MutatingAdmissionPolicyBindingSpec
admissionregistration.v1beta1.MutatingAdmissionPolicyBindingSpec  matchResources=admissionregistration.v1beta1.MatchResources paramRef=admissionregistration.v1beta1.ParamRef
admissionregistration.v1beta1.MutatingAdmissionPolicySpec  matchConditions=admissionregistration.v1beta1.MatchCondition:merge:name matchConstraints=admissionregistration.v1beta1.MatchResources mutations=admissionregistration.v1beta1.Mutation paramKind=admissionregistration.v1beta1.ParamKind variables=admissionregistration.v1beta1.Variable
admissionregistration.v1beta1.MutatingWebhook  admissionReviewVersions= clientConfig=admissionregistration.v1beta1.WebhookClientConfig matchConditions=admissionregistration.v1beta1.MatchCondition:merge:name namespaceSelector=meta.v1.LabelSelector objectSelector=meta.v1.LabelSelector rules=admissionregistration.v1.RuleWithOperations
admissionregistration.v1beta1.MutatingWebhookConfiguration  metadata=meta.v1.ObjectMeta webhooks=admissionregistration.v1beta1.MutatingWebhook:merge:name
admissionregistration.v1beta1.Mutation  applyConfiguration=admissionregistration.v1beta1.ApplyConfiguration jsonPatch=admissionregistration.v1beta1.JSONPatch
admissionregistration.v1beta1.NamedRuleWithOperations  apiGroups= apiVersions= operations= resourceNames= resources=
admissionregistration.v1beta1.ParamRef  selector=meta.v1.LabelSelector
admissionregistration.v1beta1.TypeChecking  expressionWarnings=admissionregistration.v1beta1.ExpressionWarning
admissionregistration.v1beta1.ValidatingAdmissionPolicy  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1beta1.ValidatingAdmissionPolicySpec status=admissionregistration.v1beta1.ValidatingAdmissionPolicyStatus
admissionregistration.v1beta1.ValidatingAdmissionPolicyBinding  metadata=meta.v1.ObjectMeta spec=admissionregistration.v1beta1.ValidatingAdmissionPolicyBindingSpec
admissionregistration.v1beta1.ValidatingAdmissionPolicyBindingSpec  matchResources=admissionregistration.v1beta1.MatchResources paramRef=admissionregistration.v1beta1.ParamRef validationActions=
admissionregistration.v1beta1.ValidatingAdmissionPolicySpec  auditAnnotations=admissionregistration.v1beta1.AuditAnnotation matchConditions=admissionregistration.v1beta1.MatchCondition:merge:name matchConstraints=admissionregistration.v1beta1.MatchResources paramKind=admissionregistration.v1beta1.ParamKind validations=admissionregistration.v1beta1.Validation variables=admissionregistration.v1beta1.Variable:merge:name
admissionregistration.v1beta1.ValidatingAdmissionPolicyStatus  conditions=meta.v1.Condition typeChecking=admissionregistration.v1beta1.TypeChecking
admissionregistration.v1beta1.ValidatingWebhook  admissionReviewVersions= clientConfig=admissionregistration.v1beta1.WebhookClientConfig matchConditions=admissionregistration.v1beta1.MatchCondition:merge:name namespaceSelector=meta.v1.LabelSelector objectSelector=meta.v1.LabelSelector rules=admissionregistration.v1.RuleWithOperations
admissionregistration.v1beta1.ValidatingWebhookConfiguration  metadata=meta.v1.ObjectMeta webhooks=admissionregistration.v1beta1.ValidatingWebhook:merge:name
admissionregistration.v1beta1.WebhookClientConfig  service=admissionregistration.v1beta1.ServiceReference
apiextensions.v1.CustomResourceConversion  webhook=apiextensions.v1.WebhookConversion
apiextensions.v1.CustomResourceDefinition  metadata=meta.v1.ObjectMeta spec=apiextensions.v1.CustomResourceDefinitionSpec status=apiextensions.v1.CustomResourceDefinitionStatus
apiextensions.v1.CustomResourceDefinitionNames  categories= shortNames=
apiextensions.v1.CustomResourceDefinitionSpec  conversion=apiextensions.v1.CustomResourceConversion names=apiextensions.v1.CustomResourceDefinitionNames versions=apiextensions.v1.CustomResourceDefinitionVersion
apiextensions.v1.CustomResourceDefinitionStatus  acceptedNames=apiextensions.v1.CustomResourceDefinitionNames conditions=apiextensions.v1.CustomResourceDefinitionCondition storedVersions=
apiextensions.v1.CustomResourceDefinitionVersion  additionalPrinterColumns=apiextensions.v1.CustomResourceColumnDefinition schema=apiextensions.v1.CustomResourceValidation selectableFields=apiextensions.v1.SelectableField subresources=apiextensions.v1.CustomResourceSubresources
apiextensions.v1.CustomResourceSubresources  scale=apiextensions.v1.CustomResourceSubresourceScale status=apiextensions.v1.CustomResourceSubresourceStatus
apiextensions.v1.CustomResourceValidation  openAPIV3Schema=apiextensions.v1.JSONSchemaProps
apiextensions.v1.JSONSchemaProps  additionalItems=JSONSchemaPropsOrBool additionalProperties=JSONSchemaPropsOrBool allOf=apiextensions.v1.JSONSchemaProps anyOf=apiextensions.v1.JSONSchemaProps default=JSON definitions=map dependencies=map enum= example=JSON externalDocs=apiextensions.v1.ExternalDocumentation items=JSONSchemaPropsOrArray not=apiextensions.v1.JSONSchemaProps oneOf=apiextensions.v1.JSONSchemaProps patternProperties=map properties=map required= x-kubernetes-list-map-keys= x-kubernetes-validations=apiextensions.v1.ValidationRule:merge:rule
apiextensions.v1.WebhookClientConfig  service=apiextensions.v1.ServiceReference
apiextensions.v1.WebhookConversion  clientConfig=apiextensions.v1.WebhookClientConfig conversionReviewVersions=
apiextensions.v1beta1.CustomResourceConversion  conversionReviewVersions= webhookClientConfig=apiextensions.v1beta1.WebhookClientConfig
apiextensions.v1beta1.CustomResourceDefinitionNames  categories= shortNames=
apiextensions.v1beta1.CustomResourceDefinitionSpec  additionalPrinterColumns=apiextensions.v1beta1.CustomResourceColumnDefinition conversion=apiextensions.v1beta1.CustomResourceConversion names=apiextensions.v1beta1.CustomResourceDefinitionNames selectableFields=apiextensions.v1beta1.SelectableField subresources=apiextensions.v1beta1.CustomResourceSubresources validation=apiextensions.v1beta1.CustomResourceValidation versions=apiextensions.v1beta1.CustomResourceDefinitionVersion
apiextensions.v1beta1.CustomResourceDefinitionStatus  acceptedNames=apiextensions.v1beta1.CustomResourceDefinitionNames conditions=apiextensions.v1beta1.CustomResourceDefinitionCondition storedVersions=
apiextensions.v1beta1.CustomResourceDefinitionVersion  additionalPrinterColumns=apiextensions.v1beta1.CustomResourceColumnDefinition schema=apiextensions.v1beta1.CustomResourceValidation selectableFields=apiextensions.v1beta1.SelectableField subresources=apiextensions.v1beta1.CustomResourceSubresources
apiextensions.v1beta1.CustomResourceSubresources  scale=apiextensions.v1beta1.CustomResourceSubresourceScale status=apiextensions.v1beta1.CustomResourceSubresourceStatus
apiextensions.v1beta1.CustomResourceValidation  openAPIV3Schema=apiextensions.v1beta1.JSONSchemaProps
apiextensions.v1beta1.JSONSchemaProps  additionalItems=JSONSchemaPropsOrBool additionalProperties=JSONSchemaPropsOrBool allOf=apiextensions.v1beta1.JSONSchemaProps anyOf=apiextensions.v1beta1.JSONSchemaProps default=JSON definitions=map dependencies=map enum= example=JSON externalDocs=apiextensions.v1beta1.ExternalDocumentation items=JSONSchemaPropsOrArray not=apiextensions.v1beta1.JSONSchemaProps oneOf=apiextensions.v1beta1.JSONSchemaProps patternProperties=map properties=map required= x-kubernetes-list-map-keys= x-kubernetes-validations=apiextensions.v1beta1.ValidationRule:merge:rule
apiextensions.v1beta1.WebhookClientConfig  service=apiextensions.v1beta1.ServiceReference
apiserverinternal.v1alpha1.ServerStorageVersion  decodableVersions= servedVersions=
apiserverinternal.v1alpha1.StorageVersionStatus  conditions=apiserverinternal.v1alpha1.StorageVersionCondition storageVersions=apiserverinternal.v1alpha1.ServerStorageVersion
apps.v1.ControllerRevision  data=RawExtension metadata=meta.v1.ObjectMeta
apps.v1.DaemonSet  metadata=meta.v1.ObjectMeta spec=apps.v1.DaemonSetSpec status=apps.v1.DaemonSetStatus
apps.v1.DaemonSetSpec  selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec updateStrategy=apps.v1.DaemonSetUpdateStrategy
apps.v1.DaemonSetStatus  conditions=apps.v1.DaemonSetCondition:merge:type
apps.v1.DaemonSetUpdateStrategy  rollingUpdate=apps.v1.RollingUpdateDaemonSet
apps.v1.Deployment  metadata=meta.v1.ObjectMeta spec=apps.v1.DeploymentSpec status=apps.v1.DeploymentStatus
apps.v1.DeploymentSpec  selector=meta.v1.LabelSelector strategy=apps.v1.DeploymentStrategy:retainKeys template=core.v1.PodTemplateSpec
apps.v1.DeploymentStatus  conditions=apps.v1.DeploymentCondition:merge:type
apps.v1.DeploymentStrategy  rollingUpdate=apps.v1.RollingUpdateDeployment
apps.v1.ReplicaSet  metadata=meta.v1.ObjectMeta spec=apps.v1.ReplicaSetSpec status=apps.v1.ReplicaSetStatus
apps.v1.ReplicaSetSpec  selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec
apps.v1.ReplicaSetStatus  conditions=apps.v1.ReplicaSetCondition:merge:type
apps.v1.StatefulSet  metadata=meta.v1.ObjectMeta spec=apps.v1.StatefulSetSpec status=apps.v1.StatefulSetStatus
apps.v1.StatefulSetSpec  ordinals=apps.v1.StatefulSetOrdinals persistentVolumeClaimRetentionPolicy=apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec updateStrategy=apps.v1.StatefulSetUpdateStrategy volumeClaimTemplates=core.v1.PersistentVolumeClaim
apps.v1.StatefulSetStatus  conditions=apps.v1.StatefulSetCondition:merge:type
apps.v1.StatefulSetUpdateStrategy  rollingUpdate=apps.v1.RollingUpdateStatefulSetStrategy
apps.v1beta1.ControllerRevision  data=RawExtension metadata=meta.v1.ObjectMeta
apps.v1beta1.Deployment  metadata=meta.v1.ObjectMeta spec=apps.v1beta1.DeploymentSpec status=apps.v1beta1.DeploymentStatus
apps.v1beta1.DeploymentSpec  rollbackTo=apps.v1beta1.RollbackConfig selector=meta.v1.LabelSelector strategy=apps.v1beta1.DeploymentStrategy:retainKeys template=core.v1.PodTemplateSpec
apps.v1beta1.DeploymentStatus  conditions=apps.v1beta1.DeploymentCondition:merge:type
apps.v1beta1.DeploymentStrategy  rollingUpdate=apps.v1beta1.RollingUpdateDeployment
apps.v1beta1.Scale  metadata=meta.v1.ObjectMeta spec=apps.v1beta1.ScaleSpec status=apps.v1beta1.ScaleStatus
apps.v1beta1.ScaleStatus  selector=map
apps.v1beta1.StatefulSet  metadata=meta.v1.ObjectMeta spec=apps.v1beta1.StatefulSetSpec status=apps.v1beta1.StatefulSetStatus
apps.v1beta1.StatefulSetSpec  ordinals=apps.v1beta1.StatefulSetOrdinals persistentVolumeClaimRetentionPolicy=apps.v1beta1.StatefulSetPersistentVolumeClaimRetentionPolicy selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec updateStrategy=apps.v1beta1.StatefulSetUpdateStrategy volumeClaimTemplates=core.v1.PersistentVolumeClaim
apps.v1beta1.StatefulSetStatus  conditions=apps.v1beta1.StatefulSetCondition:merge:type
apps.v1beta1.StatefulSetUpdateStrategy  rollingUpdate=apps.v1beta1.RollingUpdateStatefulSetStrategy
apps.v1beta2.ControllerRevision  data=RawExtension metadata=meta.v1.ObjectMeta
apps.v1beta2.DaemonSet  metadata=meta.v1.ObjectMeta spec=apps.v1beta2.DaemonSetSpec status=apps.v1beta2.DaemonSetStatus
apps.v1beta2.DaemonSetSpec  selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec updateStrategy=apps.v1beta2.DaemonSetUpdateStrategy
apps.v1beta2.DaemonSetStatus  conditions=apps.v1beta2.DaemonSetCondition:merge:type
apps.v1beta2.DaemonSetUpdateStrategy  rollingUpdate=apps.v1beta2.RollingUpdateDaemonSet
apps.v1beta2.Deployment  metadata=meta.v1.ObjectMeta spec=apps.v1beta2.DeploymentSpec status=apps.v1beta2.DeploymentStatus
apps.v1beta2.DeploymentSpec  selector=meta.v1.LabelSelector strategy=apps.v1beta2.DeploymentStrategy:retainKeys template=core.v1.PodTemplateSpec
apps.v1beta2.DeploymentStatus  conditions=apps.v1beta2.DeploymentCondition:merge:type
apps.v1beta2.DeploymentStrategy  rollingUpdate=apps.v1beta2.RollingUpdateDeployment
apps.v1beta2.ReplicaSet  metadata=meta.v1.ObjectMeta spec=apps.v1beta2.ReplicaSetSpec status=apps.v1beta2.ReplicaSetStatus
apps.v1beta2.ReplicaSetSpec  selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec
apps.v1beta2.ReplicaSetStatus  conditions=apps.v1beta2.ReplicaSetCondition:merge:type
apps.v1beta2.Scale  metadata=meta.v1.ObjectMeta spec=apps.v1beta2.ScaleSpec status=apps.v1beta2.ScaleStatus
apps.v1beta2.ScaleStatus  selector=map
apps.v1beta2.StatefulSet  metadata=meta.v1.ObjectMeta spec=apps.v1beta2.StatefulSetSpec status=apps.v1beta2.StatefulSetStatus
apps.v1beta2.StatefulSetSpec  ordinals=apps.v1beta2.StatefulSetOrdinals persistentVolumeClaimRetentionPolicy=apps.v1beta2.StatefulSetPersistentVolumeClaimRetentionPolicy selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec updateStrategy=apps.v1beta2.StatefulSetUpdateStrategy volumeClaimTemplates=core.v1.PersistentVolumeClaim
apps.v1beta2.StatefulSetStatus  conditions=apps.v1beta2.StatefulSetCondition:merge:type
apps.v1beta2.StatefulSetUpdateStrategy  rollingUpdate=apps.v1beta2.RollingUpdateStatefulSetStrategy
authentication.v1.SelfSubjectReview  metadata=meta.v1.ObjectMeta status=authentication.v1.SelfSubjectReviewStatus
authentication.v1.SelfSubjectReviewStatus  userInfo=authentication.v1.UserInfo
authentication.v1.TokenRequest  metadata=meta.v1.ObjectMeta spec=authentication.v1.TokenRequestSpec status=authentication.v1.TokenRequestStatus
authentication.v1.TokenRequestSpec  audiences= boundObjectRef=authentication.v1.BoundObjectReference
authentication.v1.TokenReview  metadata=meta.v1.ObjectMeta spec=authentication.v1.TokenReviewSpec status=authentication.v1.TokenReviewStatus
authentication.v1.TokenReviewSpec  audiences=
authentication.v1.TokenReviewStatus  audiences= user=authentication.v1.UserInfo
authentication.v1.UserInfo  extra=map groups=
authentication.v1alpha1.SelfSubjectReview  metadata=meta.v1.ObjectMeta status=authentication.v1alpha1.SelfSubjectReviewStatus
authentication.v1alpha1.SelfSubjectReviewStatus  userInfo=authentication.v1.UserInfo
authentication.v1beta1.SelfSubjectReview  metadata=meta.v1.ObjectMeta status=authentication.v1beta1.SelfSubjectReviewStatus
authentication.v1beta1.SelfSubjectReviewStatus  userInfo=authentication.v1.UserInfo
authentication.v1beta1.TokenReview  metadata=meta.v1.ObjectMeta spec=authentication.v1beta1.TokenReviewSpec status=authentication.v1beta1.TokenReviewStatus
authentication.v1beta1.TokenReviewSpec  audiences=
authentication.v1beta1.TokenReviewStatus  audiences= user=authentication.v1beta1.UserInfo
authentication.v1beta1.UserInfo  extra=map groups=
authorization.v1.FieldSelectorAttributes  requirements=meta.v1.FieldSelectorRequirement
authorization.v1.LabelSelectorAttributes  requirements=meta.v1.LabelSelectorRequirement
authorization.v1.LocalSubjectAccessReview  metadata=meta.v1.ObjectMeta spec=authorization.v1.SubjectAccessReviewSpec status=authorization.v1.SubjectAccessReviewStatus
authorization.v1.NonResourceRule  nonResourceURLs= verbs=
authorization.v1.ResourceAttributes  fieldSelector=authorization.v1.FieldSelectorAttributes labelSelector=authorization.v1.LabelSelectorAttributes
authorization.v1.ResourceRule  apiGroups= resourceNames= resources= verbs=
authorization.v1.SelfSubjectAccessReview  metadata=meta.v1.ObjectMeta spec=authorization.v1.SelfSubjectAccessReviewSpec status=authorization.v1.SubjectAccessReviewStatus
authorization.v1.SelfSubjectAccessReviewSpec  nonResourceAttributes=authorization.v1.NonResourceAttributes resourceAttributes=authorization.v1.ResourceAttributes
authorization.v1.SelfSubjectRulesReview  metadata=meta.v1.ObjectMeta spec=authorization.v1.SelfSubjectRulesReviewSpec status=authorization.v1.SubjectRulesReviewStatus
authorization.v1.SubjectAccessReview  metadata=meta.v1.ObjectMeta spec=authorization.v1.SubjectAccessReviewSpec status=authorization.v1.SubjectAccessReviewStatus
authorization.v1.SubjectAccessReviewSpec  extra=map groups= nonResourceAttributes=authorization.v1.NonResourceAttributes resourceAttributes=authorization.v1.ResourceAttributes
authorization.v1.SubjectRulesReviewStatus  nonResourceRules=authorization.v1.NonResourceRule resourceRules=authorization.v1.ResourceRule
authorization.v1beta1.LocalSubjectAccessReview  metadata=meta.v1.ObjectMeta spec=authorization.v1beta1.SubjectAccessReviewSpec status=authorization.v1beta1.SubjectAccessReviewStatus
authorization.v1beta1.NonResourceRule  nonResourceURLs= verbs=
authorization.v1beta1.ResourceAttributes  fieldSelector=authorization.v1.FieldSelectorAttributes labelSelector=authorization.v1.LabelSelectorAttributes
authorization.v1beta1.ResourceRule  apiGroups= resourceNames= resources= verbs=
authorization.v1beta1.SelfSubjectAccessReview  metadata=meta.v1.ObjectMeta spec=authorization.v1beta1.SelfSubjectAccessReviewSpec status=authorization.v1beta1.SubjectAccessReviewStatus
authorization.v1beta1.SelfSubjectAccessReviewSpec  nonResourceAttributes=authorization.v1beta1.NonResourceAttributes resourceAttributes=authorization.v1beta1.ResourceAttributes
authorization.v1beta1.SelfSubjectRulesReview  metadata=meta.v1.ObjectMeta spec=authorization.v1beta1.SelfSubjectRulesReviewSpec status=authorization.v1beta1.SubjectRulesReviewStatus
authorization.v1beta1.SubjectAccessReview  metadata=meta.v1.ObjectMeta spec=authorization.v1beta1.SubjectAccessReviewSpec status=authorization.v1beta1.SubjectAccessReviewStatus
authorization.v1beta1.SubjectAccessReviewSpec  extra=map group= nonResourceAttributes=authorization.v1beta1.NonResourceAttributes resourceAttributes=authorization.v1beta1.ResourceAttributes
authorization.v1beta1.SubjectRulesReviewStatus  nonResourceRules=authorization.v1beta1.NonResourceRule resourceRules=authorization.v1beta1.ResourceRule
autoscaling.v1.HorizontalPodAutoscaler  metadata=meta.v1.ObjectMeta spec=autoscaling.v1.HorizontalPodAutoscalerSpec status=autoscaling.v1.HorizontalPodAutoscalerStatus
autoscaling.v1.HorizontalPodAutoscalerSpec  scaleTargetRef=autoscaling.v1.CrossVersionObjectReference
autoscaling.v1.Scale  metadata=meta.v1.ObjectMeta spec=autoscaling.v1.ScaleSpec status=autoscaling.v1.ScaleStatus
autoscaling.v2.ContainerResourceMetricSource  target=autoscaling.v2.MetricTarget
autoscaling.v2.ContainerResourceMetricStatus  current=autoscaling.v2.MetricValueStatus
autoscaling.v2.ExternalMetricSource  metric=autoscaling.v2.MetricIdentifier target=autoscaling.v2.MetricTarget
autoscaling.v2.ExternalMetricStatus  current=autoscaling.v2.MetricValueStatus metric=autoscaling.v2.MetricIdentifier
autoscaling.v2.HPAScalingRules  policies=autoscaling.v2.HPAScalingPolicy
autoscaling.v2.HorizontalPodAutoscaler  metadata=meta.v1.ObjectMeta spec=autoscaling.v2.HorizontalPodAutoscalerSpec status=autoscaling.v2.HorizontalPodAutoscalerStatus
autoscaling.v2.HorizontalPodAutoscalerBehavior  scaleDown=autoscaling.v2.HPAScalingRules scaleUp=autoscaling.v2.HPAScalingRules
autoscaling.v2.HorizontalPodAutoscalerSpec  behavior=autoscaling.v2.HorizontalPodAutoscalerBehavior metrics=autoscaling.v2.MetricSpec scaleTargetRef=autoscaling.v2.CrossVersionObjectReference
autoscaling.v2.HorizontalPodAutoscalerStatus  conditions=autoscaling.v2.HorizontalPodAutoscalerCondition:merge:type currentMetrics=autoscaling.v2.MetricStatus
autoscaling.v2.MetricIdentifier  selector=meta.v1.LabelSelector
autoscaling.v2.MetricSpec  containerResource=autoscaling.v2.ContainerResourceMetricSource external=autoscaling.v2.ExternalMetricSource object=autoscaling.v2.ObjectMetricSource pods=autoscaling.v2.PodsMetricSource resource=autoscaling.v2.ResourceMetricSource
autoscaling.v2.MetricStatus  containerResource=autoscaling.v2.ContainerResourceMetricStatus external=autoscaling.v2.ExternalMetricStatus object=autoscaling.v2.ObjectMetricStatus pods=autoscaling.v2.PodsMetricStatus resource=autoscaling.v2.ResourceMetricStatus
autoscaling.v2.ObjectMetricSource  describedObject=autoscaling.v2.CrossVersionObjectReference metric=autoscaling.v2.MetricIdentifier target=autoscaling.v2.MetricTarget
autoscaling.v2.ObjectMetricStatus  current=autoscaling.v2.MetricValueStatus describedObject=autoscaling.v2.CrossVersionObjectReference metric=autoscaling.v2.MetricIdentifier
autoscaling.v2.PodsMetricSource  metric=autoscaling.v2.MetricIdentifier target=autoscaling.v2.MetricTarget
autoscaling.v2.PodsMetricStatus  current=autoscaling.v2.MetricValueStatus metric=autoscaling.v2.MetricIdentifier
autoscaling.v2.ResourceMetricSource  target=autoscaling.v2.MetricTarget
autoscaling.v2.ResourceMetricStatus  current=autoscaling.v2.MetricValueStatus
batch.v1.CronJob  metadata=meta.v1.ObjectMeta spec=batch.v1.CronJobSpec status=batch.v1.CronJobStatus
batch.v1.CronJobSpec  jobTemplate=batch.v1.JobTemplateSpec
batch.v1.CronJobStatus  active=core.v1.ObjectReference
batch.v1.Job  metadata=meta.v1.ObjectMeta spec=batch.v1.JobSpec status=batch.v1.JobStatus
batch.v1.JobSpec  podFailurePolicy=batch.v1.PodFailurePolicy selector=meta.v1.LabelSelector successPolicy=batch.v1.SuccessPolicy template=core.v1.PodTemplateSpec
batch.v1.JobStatus  conditions=batch.v1.JobCondition:merge:type uncountedTerminatedPods=batch.v1.UncountedTerminatedPods
batch.v1.JobTemplateSpec  metadata=meta.v1.ObjectMeta spec=batch.v1.JobSpec
batch.v1.PodFailurePolicy  rules=batch.v1.PodFailurePolicyRule
batch.v1.PodFailurePolicyOnExitCodesRequirement  values=
batch.v1.PodFailurePolicyRule  onExitCodes=batch.v1.PodFailurePolicyOnExitCodesRequirement onPodConditions=batch.v1.PodFailurePolicyOnPodConditionsPattern
batch.v1.SuccessPolicy  rules=batch.v1.SuccessPolicyRule
batch.v1.UncountedTerminatedPods  failed= succeeded=
batch.v1beta1.CronJob  metadata=meta.v1.ObjectMeta spec=batch.v1beta1.CronJobSpec status=batch.v1beta1.CronJobStatus
batch.v1beta1.CronJobSpec  jobTemplate=batch.v1beta1.JobTemplateSpec
batch.v1beta1.CronJobStatus  active=core.v1.ObjectReference
batch.v1beta1.JobTemplateSpec  metadata=meta.v1.ObjectMeta spec=batch.v1.JobSpec
certificates.v1.CertificateSigningRequest  metadata=meta.v1.ObjectMeta spec=certificates.v1.CertificateSigningRequestSpec status=certificates.v1.CertificateSigningRequestStatus
certificates.v1.CertificateSigningRequestSpec  extra=map groups= usages=
certificates.v1.CertificateSigningRequestStatus  conditions=certificates.v1.CertificateSigningRequestCondition
certificates.v1alpha1.ClusterTrustBundle  metadata=meta.v1.ObjectMeta spec=certificates.v1alpha1.ClusterTrustBundleSpec
certificates.v1beta1.CertificateSigningRequest  metadata=meta.v1.ObjectMeta spec=certificates.v1beta1.CertificateSigningRequestSpec status=certificates.v1beta1.CertificateSigningRequestStatus
certificates.v1beta1.CertificateSigningRequestSpec  extra=map groups= usages=
certificates.v1beta1.CertificateSigningRequestStatus  conditions=certificates.v1beta1.CertificateSigningRequestCondition
certificates.v1beta1.ClusterTrustBundle  metadata=meta.v1.ObjectMeta spec=certificates.v1beta1.ClusterTrustBundleSpec
certificates.v1beta1.PodCertificateRequest  metadata=meta.v1.ObjectMeta spec=certificates.v1beta1.PodCertificateRequestSpec status=certificates.v1beta1.PodCertificateRequestStatus
certificates.v1beta1.PodCertificateRequestSpec  unverifiedUserAnnotations=map
certificates.v1beta1.PodCertificateRequestStatus  conditions=meta.v1.Condition:merge:type
coordination.v1.Lease  metadata=meta.v1.ObjectMeta spec=coordination.v1.LeaseSpec
coordination.v1alpha2.LeaseCandidate  metadata=meta.v1.ObjectMeta spec=coordination.v1alpha2.LeaseCandidateSpec
coordination.v1beta1.Lease  metadata=meta.v1.ObjectMeta spec=coordination.v1beta1.LeaseSpec
coordination.v1beta1.LeaseCandidate  metadata=meta.v1.ObjectMeta spec=coordination.v1beta1.LeaseCandidateSpec
core.v1.Affinity  nodeAffinity=core.v1.NodeAffinity podAffinity=core.v1.PodAffinity podAntiAffinity=core.v1.PodAntiAffinity
core.v1.Binding  metadata=meta.v1.ObjectMeta target=core.v1.ObjectReference
core.v1.CSIPersistentVolumeSource  controllerExpandSecretRef=core.v1.SecretReference controllerPublishSecretRef=core.v1.SecretReference nodeExpandSecretRef=core.v1.SecretReference nodePublishSecretRef=core.v1.SecretReference nodeStageSecretRef=core.v1.SecretReference volumeAttributes=map
core.v1.CSIVolumeSource  nodePublishSecretRef=core.v1.LocalObjectReference volumeAttributes=map
core.v1.Capabilities  add= drop=
core.v1.CephFSPersistentVolumeSource  monitors= secretRef=core.v1.SecretReference
core.v1.CephFSVolumeSource  monitors= secretRef=core.v1.LocalObjectReference
core.v1.CinderPersistentVolumeSource  secretRef=core.v1.SecretReference
core.v1.CinderVolumeSource  secretRef=core.v1.LocalObjectReference
core.v1.ClusterTrustBundleProjection  labelSelector=meta.v1.LabelSelector
core.v1.ComponentStatus  conditions=core.v1.ComponentCondition:merge:type metadata=meta.v1.ObjectMeta
core.v1.ConfigMap  binaryData=map data=map metadata=meta.v1.ObjectMeta
core.v1.ConfigMapProjection  items=core.v1.KeyToPath
core.v1.ConfigMapVolumeSource  items=core.v1.KeyToPath
core.v1.Container  args= command= env=core.v1.EnvVar:merge:name envFrom=core.v1.EnvFromSource lifecycle=core.v1.Lifecycle livenessProbe=core.v1.Probe ports=core.v1.ContainerPort:merge:containerPort readinessProbe=core.v1.Probe resizePolicy=core.v1.ContainerResizePolicy resources=core.v1.ResourceRequirements restartPolicyRules=core.v1.ContainerRestartRule securityContext=core.v1.SecurityContext startupProbe=core.v1.Probe volumeDevices=core.v1.VolumeDevice:merge:devicePath volumeMounts=core.v1.VolumeMount:merge:mountPath
core.v1.ContainerImage  names=
core.v1.ContainerRestartRule  exitCodes=core.v1.ContainerRestartRuleOnExitCodes
core.v1.ContainerRestartRuleOnExitCodes  values=
core.v1.ContainerState  running=core.v1.ContainerStateRunning terminated=core.v1.ContainerStateTerminated waiting=core.v1.ContainerStateWaiting
core.v1.ContainerStatus  allocatedResources=map allocatedResourcesStatus=core.v1.ResourceStatus:merge:name lastState=core.v1.ContainerState resources=core.v1.ResourceRequirements state=core.v1.ContainerState user=core.v1.ContainerUser volumeMounts=core.v1.VolumeMountStatus:merge:mountPath
core.v1.ContainerUser  linux=core.v1.LinuxContainerUser
core.v1.DownwardAPIProjection  items=core.v1.DownwardAPIVolumeFile
core.v1.DownwardAPIVolumeFile  fieldRef=core.v1.ObjectFieldSelector resourceFieldRef=core.v1.ResourceFieldSelector
core.v1.DownwardAPIVolumeSource  items=core.v1.DownwardAPIVolumeFile
core.v1.EndpointAddress  targetRef=core.v1.ObjectReference
core.v1.EndpointSubset  addresses=core.v1.EndpointAddress notReadyAddresses=core.v1.EndpointAddress ports=core.v1.EndpointPort
core.v1.Endpoints  metadata=meta.v1.ObjectMeta subsets=core.v1.EndpointSubset
core.v1.EnvFromSource  configMapRef=core.v1.ConfigMapEnvSource secretRef=core.v1.SecretEnvSource
core.v1.EnvVar  valueFrom=core.v1.EnvVarSource
core.v1.EnvVarSource  configMapKeyRef=core.v1.ConfigMapKeySelector fieldRef=core.v1.ObjectFieldSelector fileKeyRef=core.v1.FileKeySelector resourceFieldRef=core.v1.ResourceFieldSelector secretKeyRef=core.v1.SecretKeySelector
core.v1.EphemeralContainer  args= command= env=core.v1.EnvVar:merge:name envFrom=core.v1.EnvFromSource lifecycle=core.v1.Lifecycle livenessProbe=core.v1.Probe ports=core.v1.ContainerPort:merge:containerPort readinessProbe=core.v1.Probe resizePolicy=core.v1.ContainerResizePolicy resources=core.v1.ResourceRequirements restartPolicyRules=core.v1.ContainerRestartRule securityContext=core.v1.SecurityContext startupProbe=core.v1.Probe volumeDevices=core.v1.VolumeDevice:merge:devicePath volumeMounts=core.v1.VolumeMount:merge:mountPath
core.v1.EphemeralVolumeSource  volumeClaimTemplate=core.v1.PersistentVolumeClaimTemplate
core.v1.Event  involvedObject=core.v1.ObjectReference metadata=meta.v1.ObjectMeta related=core.v1.ObjectReference series=core.v1.EventSeries source=core.v1.EventSource
core.v1.ExecAction  command=
core.v1.FCVolumeSource  targetWWNs= wwids=
core.v1.FlexPersistentVolumeSource  options=map secretRef=core.v1.SecretReference
core.v1.FlexVolumeSource  options=map secretRef=core.v1.LocalObjectReference
core.v1.HTTPGetAction  httpHeaders=core.v1.HTTPHeader
core.v1.HostAlias  hostnames=
core.v1.ISCSIPersistentVolumeSource  portals= secretRef=core.v1.SecretReference
core.v1.ISCSIVolumeSource  portals= secretRef=core.v1.LocalObjectReference
core.v1.Lifecycle  postStart=core.v1.LifecycleHandler preStop=core.v1.LifecycleHandler
core.v1.LifecycleHandler  exec=core.v1.ExecAction httpGet=core.v1.HTTPGetAction sleep=core.v1.SleepAction tcpSocket=core.v1.TCPSocketAction
core.v1.LimitRange  metadata=meta.v1.ObjectMeta spec=core.v1.LimitRangeSpec
core.v1.LimitRangeItem  default=map defaultRequest=map max=map maxLimitRequestRatio=map min=map
core.v1.LimitRangeSpec  limits=core.v1.LimitRangeItem
core.v1.LinuxContainerUser  supplementalGroups=
core.v1.LoadBalancerIngress  ports=core.v1.PortStatus
core.v1.LoadBalancerStatus  ingress=core.v1.LoadBalancerIngress
core.v1.Namespace  metadata=meta.v1.ObjectMeta spec=core.v1.NamespaceSpec status=core.v1.NamespaceStatus
core.v1.NamespaceSpec  finalizers=
core.v1.NamespaceStatus  conditions=core.v1.NamespaceCondition:merge:type
core.v1.Node  metadata=meta.v1.ObjectMeta spec=core.v1.NodeSpec status=core.v1.NodeStatus
core.v1.NodeAffinity  preferredDuringSchedulingIgnoredDuringExecution=core.v1.PreferredSchedulingTerm requiredDuringSchedulingIgnoredDuringExecution=core.v1.NodeSelector
core.v1.NodeAllocatableResourceClaimStatus  containers= resources=map
core.v1.NodeConfigSource  configMap=core.v1.ConfigMapNodeConfigSource
core.v1.NodeConfigStatus  active=core.v1.NodeConfigSource assigned=core.v1.NodeConfigSource lastKnownGood=core.v1.NodeConfigSource
core.v1.NodeDaemonEndpoints  kubeletEndpoint=core.v1.DaemonEndpoint
core.v1.NodeRuntimeHandler  features=core.v1.NodeRuntimeHandlerFeatures
core.v1.NodeSelector  nodeSelectorTerms=core.v1.NodeSelectorTerm
core.v1.NodeSelectorRequirement  values=
core.v1.NodeSelectorTerm  matchExpressions=core.v1.NodeSelectorRequirement matchFields=core.v1.NodeSelectorRequirement
core.v1.NodeSpec  configSource=core.v1.NodeConfigSource podCIDRs=:merge taints=core.v1.Taint
core.v1.NodeStatus  addresses=core.v1.NodeAddress:merge:type allocatable=map capacity=map conditions=core.v1.NodeCondition:merge:type config=core.v1.NodeConfigStatus daemonEndpoints=core.v1.NodeDaemonEndpoints declaredFeatures= features=core.v1.NodeFeatures images=core.v1.ContainerImage nodeInfo=core.v1.NodeSystemInfo runtimeHandlers=core.v1.NodeRuntimeHandler volumesAttached=core.v1.AttachedVolume volumesInUse=
core.v1.NodeSystemInfo  swap=core.v1.NodeSwapStatus
core.v1.PersistentVolume  metadata=meta.v1.ObjectMeta spec=core.v1.PersistentVolumeSpec status=core.v1.PersistentVolumeStatus
core.v1.PersistentVolumeClaim  metadata=meta.v1.ObjectMeta spec=core.v1.PersistentVolumeClaimSpec status=core.v1.PersistentVolumeClaimStatus
core.v1.PersistentVolumeClaimSpec  accessModes= dataSource=core.v1.TypedLocalObjectReference dataSourceRef=core.v1.TypedObjectReference resources=core.v1.VolumeResourceRequirements selector=meta.v1.LabelSelector
core.v1.PersistentVolumeClaimStatus  accessModes= allocatedResourceStatuses=map allocatedResources=map capacity=map conditions=core.v1.PersistentVolumeClaimCondition:merge:type modifyVolumeStatus=core.v1.ModifyVolumeStatus
core.v1.PersistentVolumeClaimTemplate  metadata=meta.v1.ObjectMeta spec=core.v1.PersistentVolumeClaimSpec
core.v1.PersistentVolumeSpec  accessModes= awsElasticBlockStore=core.v1.AWSElasticBlockStoreVolumeSource azureDisk=core.v1.AzureDiskVolumeSource azureFile=core.v1.AzureFilePersistentVolumeSource capacity=map cephfs=core.v1.CephFSPersistentVolumeSource cinder=core.v1.CinderPersistentVolumeSource claimRef=core.v1.ObjectReference csi=core.v1.CSIPersistentVolumeSource fc=core.v1.FCVolumeSource flexVolume=core.v1.FlexPersistentVolumeSource flocker=core.v1.FlockerVolumeSource gcePersistentDisk=core.v1.GCEPersistentDiskVolumeSource glusterfs=core.v1.GlusterfsPersistentVolumeSource hostPath=core.v1.HostPathVolumeSource iscsi=core.v1.ISCSIPersistentVolumeSource local=core.v1.LocalVolumeSource mountOptions= nfs=core.v1.NFSVolumeSource nodeAffinity=core.v1.VolumeNodeAffinity photonPersistentDisk=core.v1.PhotonPersistentDiskVolumeSource portworxVolume=core.v1.PortworxVolumeSource quobyte=core.v1.QuobyteVolumeSource rbd=core.v1.RBDPersistentVolumeSource scaleIO=core.v1.ScaleIOPersistentVolumeSource storageos=core.v1.StorageOSPersistentVolumeSource vsphereVolume=core.v1.VsphereVirtualDiskVolumeSource
core.v1.Pod  metadata=meta.v1.ObjectMeta spec=core.v1.PodSpec status=core.v1.PodStatus
core.v1.PodAffinity  preferredDuringSchedulingIgnoredDuringExecution=core.v1.WeightedPodAffinityTerm requiredDuringSchedulingIgnoredDuringExecution=core.v1.PodAffinityTerm
core.v1.PodAffinityTerm  labelSelector=meta.v1.LabelSelector matchLabelKeys= mismatchLabelKeys= namespaceSelector=meta.v1.LabelSelector namespaces=
core.v1.PodAntiAffinity  preferredDuringSchedulingIgnoredDuringExecution=core.v1.WeightedPodAffinityTerm requiredDuringSchedulingIgnoredDuringExecution=core.v1.PodAffinityTerm
core.v1.PodCertificateProjection  userAnnotations=map
core.v1.PodDNSConfig  nameservers= options=core.v1.PodDNSConfigOption searches=
core.v1.PodExtendedResourceClaimStatus  requestMappings=core.v1.ContainerExtendedResourceRequest
core.v1.PodSecurityContext  appArmorProfile=core.v1.AppArmorProfile seLinuxOptions=core.v1.SELinuxOptions seccompProfile=core.v1.SeccompProfile supplementalGroups= sysctls=core.v1.Sysctl windowsOptions=core.v1.WindowsSecurityContextOptions
core.v1.PodSpec  affinity=core.v1.Affinity containers=core.v1.Container:merge:name dnsConfig=core.v1.PodDNSConfig ephemeralContainers=core.v1.EphemeralContainer:merge:name hostAliases=core.v1.HostAlias:merge:ip imagePullSecrets=core.v1.LocalObjectReference:merge:name initContainers=core.v1.Container:merge:name nodeSelector=map os=core.v1.PodOS overhead=map readinessGates=core.v1.PodReadinessGate resourceClaims=core.v1.PodResourceClaim:merge,retainKeys:name resources=core.v1.ResourceRequirements schedulingGates=core.v1.PodSchedulingGate:merge:name schedulingGroup=core.v1.PodSchedulingGroup securityContext=core.v1.PodSecurityContext tolerations=core.v1.Toleration topologySpreadConstraints=core.v1.TopologySpreadConstraint:merge:topologyKey volumes=core.v1.Volume:merge,retainKeys:name
core.v1.PodStatus  allocatedResources=map conditions=core.v1.PodCondition:merge:type containerStatuses=core.v1.ContainerStatus ephemeralContainerStatuses=core.v1.ContainerStatus extendedResourceClaimStatus=core.v1.PodExtendedResourceClaimStatus hostIPs=core.v1.HostIP:merge:ip initContainerStatuses=core.v1.ContainerStatus nodeAllocatableResourceClaimStatuses=core.v1.NodeAllocatableResourceClaimStatus podIPs=core.v1.PodIP:merge:ip resourceClaimStatuses=core.v1.PodResourceClaimStatus:merge,retainKeys:name resources=core.v1.ResourceRequirements
core.v1.PodStatusResult  metadata=meta.v1.ObjectMeta status=core.v1.PodStatus
core.v1.PodTemplate  metadata=meta.v1.ObjectMeta template=core.v1.PodTemplateSpec
core.v1.PodTemplateSpec  metadata=meta.v1.ObjectMeta spec=core.v1.PodSpec
core.v1.PreferredSchedulingTerm  preference=core.v1.NodeSelectorTerm
core.v1.Probe  exec=core.v1.ExecAction grpc=core.v1.GRPCAction httpGet=core.v1.HTTPGetAction tcpSocket=core.v1.TCPSocketAction
core.v1.ProjectedVolumeSource  sources=core.v1.VolumeProjection
core.v1.RBDPersistentVolumeSource  monitors= secretRef=core.v1.SecretReference
core.v1.RBDVolumeSource  monitors= secretRef=core.v1.LocalObjectReference
core.v1.RangeAllocation  metadata=meta.v1.ObjectMeta
core.v1.ReplicationController  metadata=meta.v1.ObjectMeta spec=core.v1.ReplicationControllerSpec status=core.v1.ReplicationControllerStatus
core.v1.ReplicationControllerSpec  selector=map template=core.v1.PodTemplateSpec
core.v1.ReplicationControllerStatus  conditions=core.v1.ReplicationControllerCondition:merge:type
core.v1.ResourceQuota  metadata=meta.v1.ObjectMeta spec=core.v1.ResourceQuotaSpec status=core.v1.ResourceQuotaStatus
core.v1.ResourceQuotaSpec  hard=map scopeSelector=core.v1.ScopeSelector scopes=
core.v1.ResourceQuotaStatus  hard=map used=map
core.v1.ResourceRequirements  claims=core.v1.ResourceClaim limits=map requests=map
core.v1.ResourceStatus  resources=core.v1.ResourceHealth
core.v1.ScaleIOPersistentVolumeSource  secretRef=core.v1.SecretReference
core.v1.ScaleIOVolumeSource  secretRef=core.v1.LocalObjectReference
core.v1.ScopeSelector  matchExpressions=core.v1.ScopedResourceSelectorRequirement
core.v1.ScopedResourceSelectorRequirement  values=
core.v1.Secret  data=map metadata=meta.v1.ObjectMeta stringData=map
core.v1.SecretProjection  items=core.v1.KeyToPath
core.v1.SecretVolumeSource  items=core.v1.KeyToPath
core.v1.SecurityContext  appArmorProfile=core.v1.AppArmorProfile capabilities=core.v1.Capabilities seLinuxOptions=core.v1.SELinuxOptions seccompProfile=core.v1.SeccompProfile windowsOptions=core.v1.WindowsSecurityContextOptions
core.v1.Service  metadata=meta.v1.ObjectMeta spec=core.v1.ServiceSpec status=core.v1.ServiceStatus
core.v1.ServiceAccount  imagePullSecrets=core.v1.LocalObjectReference metadata=meta.v1.ObjectMeta secrets=core.v1.ObjectReference:merge:name
core.v1.ServiceSpec  clusterIPs= externalIPs= ipFamilies= loadBalancerSourceRanges= ports=core.v1.ServicePort:merge:port selector=map sessionAffinityConfig=core.v1.SessionAffinityConfig
core.v1.ServiceStatus  conditions=meta.v1.Condition:merge:type loadBalancer=core.v1.LoadBalancerStatus
core.v1.SessionAffinityConfig  clientIP=core.v1.ClientIPConfig
core.v1.StorageOSPersistentVolumeSource  secretRef=core.v1.ObjectReference
core.v1.StorageOSVolumeSource  secretRef=core.v1.LocalObjectReference
core.v1.TopologySelectorLabelRequirement  values=
core.v1.TopologySelectorTerm  matchLabelExpressions=core.v1.TopologySelectorLabelRequirement
core.v1.TopologySpreadConstraint  labelSelector=meta.v1.LabelSelector matchLabelKeys=
core.v1.Volume  awsElasticBlockStore=core.v1.AWSElasticBlockStoreVolumeSource azureDisk=core.v1.AzureDiskVolumeSource azureFile=core.v1.AzureFileVolumeSource cephfs=core.v1.CephFSVolumeSource cinder=core.v1.CinderVolumeSource configMap=core.v1.ConfigMapVolumeSource csi=core.v1.CSIVolumeSource downwardAPI=core.v1.DownwardAPIVolumeSource emptyDir=core.v1.EmptyDirVolumeSource ephemeral=core.v1.EphemeralVolumeSource fc=core.v1.FCVolumeSource flexVolume=core.v1.FlexVolumeSource flocker=core.v1.FlockerVolumeSource gcePersistentDisk=core.v1.GCEPersistentDiskVolumeSource gitRepo=core.v1.GitRepoVolumeSource glusterfs=core.v1.GlusterfsVolumeSource hostPath=core.v1.HostPathVolumeSource image=core.v1.ImageVolumeSource iscsi=core.v1.ISCSIVolumeSource nfs=core.v1.NFSVolumeSource persistentVolumeClaim=core.v1.PersistentVolumeClaimVolumeSource photonPersistentDisk=core.v1.PhotonPersistentDiskVolumeSource portworxVolume=core.v1.PortworxVolumeSource projected=core.v1.ProjectedVolumeSource quobyte=core.v1.QuobyteVolumeSource rbd=core.v1.RBDVolumeSource scaleIO=core.v1.ScaleIOVolumeSource secret=core.v1.SecretVolumeSource storageos=core.v1.StorageOSVolumeSource vsphereVolume=core.v1.VsphereVirtualDiskVolumeSource
core.v1.VolumeMountStatus  volumeStatus=core.v1.VolumeStatus
core.v1.VolumeNodeAffinity  required=core.v1.NodeSelector
core.v1.VolumeProjection  clusterTrustBundle=core.v1.ClusterTrustBundleProjection configMap=core.v1.ConfigMapProjection downwardAPI=core.v1.DownwardAPIProjection podCertificate=core.v1.PodCertificateProjection secret=core.v1.SecretProjection serviceAccountToken=core.v1.ServiceAccountTokenProjection
core.v1.VolumeResourceRequirements  limits=map requests=map
core.v1.VolumeStatus  image=core.v1.ImageVolumeStatus
core.v1.WeightedPodAffinityTerm  podAffinityTerm=core.v1.PodAffinityTerm
discovery.v1.Endpoint  addresses= conditions=discovery.v1.EndpointConditions deprecatedTopology=map hints=discovery.v1.EndpointHints targetRef=core.v1.ObjectReference
discovery.v1.EndpointHints  forNodes=discovery.v1.ForNode forZones=discovery.v1.ForZone
discovery.v1.EndpointSlice  endpoints=discovery.v1.Endpoint metadata=meta.v1.ObjectMeta ports=discovery.v1.EndpointPort
discovery.v1beta1.Endpoint  addresses= conditions=discovery.v1beta1.EndpointConditions hints=discovery.v1beta1.EndpointHints targetRef=core.v1.ObjectReference topology=map
discovery.v1beta1.EndpointHints  forNodes=discovery.v1beta1.ForNode forZones=discovery.v1beta1.ForZone
discovery.v1beta1.EndpointSlice  endpoints=discovery.v1beta1.Endpoint metadata=meta.v1.ObjectMeta ports=discovery.v1beta1.EndpointPort
events.v1.Event  deprecatedSource=core.v1.EventSource metadata=meta.v1.ObjectMeta regarding=core.v1.ObjectReference related=core.v1.ObjectReference series=events.v1.EventSeries
events.v1beta1.Event  deprecatedSource=core.v1.EventSource metadata=meta.v1.ObjectMeta regarding=core.v1.ObjectReference related=core.v1.ObjectReference series=events.v1beta1.EventSeries
extensions.v1beta1.DaemonSet  metadata=meta.v1.ObjectMeta spec=extensions.v1beta1.DaemonSetSpec status=extensions.v1beta1.DaemonSetStatus
extensions.v1beta1.DaemonSetSpec  selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec updateStrategy=extensions.v1beta1.DaemonSetUpdateStrategy
extensions.v1beta1.DaemonSetStatus  conditions=extensions.v1beta1.DaemonSetCondition:merge:type
extensions.v1beta1.DaemonSetUpdateStrategy  rollingUpdate=extensions.v1beta1.RollingUpdateDaemonSet
extensions.v1beta1.Deployment  metadata=meta.v1.ObjectMeta spec=extensions.v1beta1.DeploymentSpec status=extensions.v1beta1.DeploymentStatus
extensions.v1beta1.DeploymentSpec  rollbackTo=extensions.v1beta1.RollbackConfig selector=meta.v1.LabelSelector strategy=extensions.v1beta1.DeploymentStrategy:retainKeys template=core.v1.PodTemplateSpec
extensions.v1beta1.DeploymentStatus  conditions=extensions.v1beta1.DeploymentCondition:merge:type
extensions.v1beta1.DeploymentStrategy  rollingUpdate=extensions.v1beta1.RollingUpdateDeployment
extensions.v1beta1.HTTPIngressPath  backend=extensions.v1beta1.IngressBackend
extensions.v1beta1.HTTPIngressRuleValue  paths=extensions.v1beta1.HTTPIngressPath
extensions.v1beta1.IPBlock  except=
extensions.v1beta1.Ingress  metadata=meta.v1.ObjectMeta spec=extensions.v1beta1.IngressSpec status=extensions.v1beta1.IngressStatus
extensions.v1beta1.IngressBackend  resource=core.v1.TypedLocalObjectReference
extensions.v1beta1.IngressLoadBalancerIngress  ports=extensions.v1beta1.IngressPortStatus
extensions.v1beta1.IngressLoadBalancerStatus  ingress=extensions.v1beta1.IngressLoadBalancerIngress
extensions.v1beta1.IngressRule  http=extensions.v1beta1.HTTPIngressRuleValue
extensions.v1beta1.IngressSpec  backend=extensions.v1beta1.IngressBackend rules=extensions.v1beta1.IngressRule tls=extensions.v1beta1.IngressTLS
extensions.v1beta1.IngressStatus  loadBalancer=extensions.v1beta1.IngressLoadBalancerStatus
extensions.v1beta1.IngressTLS  hosts=
extensions.v1beta1.NetworkPolicy  metadata=meta.v1.ObjectMeta spec=extensions.v1beta1.NetworkPolicySpec
extensions.v1beta1.NetworkPolicyEgressRule  ports=extensions.v1beta1.NetworkPolicyPort to=extensions.v1beta1.NetworkPolicyPeer
extensions.v1beta1.NetworkPolicyIngressRule  from=extensions.v1beta1.NetworkPolicyPeer ports=extensions.v1beta1.NetworkPolicyPort
extensions.v1beta1.NetworkPolicyPeer  ipBlock=extensions.v1beta1.IPBlock namespaceSelector=meta.v1.LabelSelector podSelector=meta.v1.LabelSelector
extensions.v1beta1.NetworkPolicySpec  egress=extensions.v1beta1.NetworkPolicyEgressRule ingress=extensions.v1beta1.NetworkPolicyIngressRule podSelector=meta.v1.LabelSelector policyTypes=
extensions.v1beta1.ReplicaSet  metadata=meta.v1.ObjectMeta spec=extensions.v1beta1.ReplicaSetSpec status=extensions.v1beta1.ReplicaSetStatus
extensions.v1beta1.ReplicaSetSpec  selector=meta.v1.LabelSelector template=core.v1.PodTemplateSpec
extensions.v1beta1.ReplicaSetStatus  conditions=extensions.v1beta1.ReplicaSetCondition:merge:type
extensions.v1beta1.Scale  metadata=meta.v1.ObjectMeta spec=extensions.v1beta1.ScaleSpec status=extensions.v1beta1.ScaleStatus
extensions.v1beta1.ScaleStatus  selector=map
flowcontrol.v1.FlowSchema  metadata=meta.v1.ObjectMeta spec=flowcontrol.v1.FlowSchemaSpec status=flowcontrol.v1.FlowSchemaStatus
flowcontrol.v1.FlowSchemaSpec  distinguisherMethod=flowcontrol.v1.FlowDistinguisherMethod priorityLevelConfiguration=flowcontrol.v1.PriorityLevelConfigurationReference rules=flowcontrol.v1.PolicyRulesWithSubjects
flowcontrol.v1.FlowSchemaStatus  conditions=flowcontrol.v1.FlowSchemaCondition:merge:type
flowcontrol.v1.LimitResponse  queuing=flowcontrol.v1.QueuingConfiguration
flowcontrol.v1.LimitedPriorityLevelConfiguration  limitResponse=flowcontrol.v1.LimitResponse
flowcontrol.v1.NonResourcePolicyRule  nonResourceURLs= verbs=
flowcontrol.v1.PolicyRulesWithSubjects  nonResourceRules=flowcontrol.v1.NonResourcePolicyRule resourceRules=flowcontrol.v1.ResourcePolicyRule subjects=flowcontrol.v1.Subject
flowcontrol.v1.PriorityLevelConfiguration  metadata=meta.v1.ObjectMeta spec=flowcontrol.v1.PriorityLevelConfigurationSpec status=flowcontrol.v1.PriorityLevelConfigurationStatus
flowcontrol.v1.PriorityLevelConfigurationSpec  exempt=flowcontrol.v1.ExemptPriorityLevelConfiguration limited=flowcontrol.v1.LimitedPriorityLevelConfiguration
flowcontrol.v1.PriorityLevelConfigurationStatus  conditions=flowcontrol.v1.PriorityLevelConfigurationCondition:merge:type
flowcontrol.v1.ResourcePolicyRule  apiGroups= namespaces= resources= verbs=
flowcontrol.v1.Subject  group=flowcontrol.v1.GroupSubject serviceAccount=flowcontrol.v1.ServiceAccountSubject user=flowcontrol.v1.UserSubject
flowcontrol.v1beta1.FlowSchema  metadata=meta.v1.ObjectMeta spec=flowcontrol.v1beta1.FlowSchemaSpec status=flowcontrol.v1beta1.FlowSchemaStatus
flowcontrol.v1beta1.FlowSchemaSpec  distinguisherMethod=flowcontrol.v1beta1.FlowDistinguisherMethod priorityLevelConfiguration=flowcontrol.v1beta1.PriorityLevelConfigurationReference rules=flowcontrol.v1beta1.PolicyRulesWithSubjects
flowcontrol.v1beta1.FlowSchemaStatus  conditions=flowcontrol.v1beta1.FlowSchemaCondition
flowcontrol.v1beta1.LimitResponse  queuing=flowcontrol.v1beta1.QueuingConfiguration
flowcontrol.v1beta1.LimitedPriorityLevelConfiguration  limitResponse=flowcontrol.v1beta1.LimitResponse
flowcontrol.v1beta1.NonResourcePolicyRule  nonResourceURLs= verbs=
flowcontrol.v1beta1.PolicyRulesWithSubjects  nonResourceRules=flowcontrol.v1beta1.NonResourcePolicyRule resourceRules=flowcontrol.v1beta1.ResourcePolicyRule subjects=flowcontrol.v1beta1.Subject
flowcontrol.v1beta1.PriorityLevelConfiguration  metadata=meta.v1.ObjectMeta spec=flowcontrol.v1beta1.PriorityLevelConfigurationSpec status=flowcontrol.v1beta1.PriorityLevelConfigurationStatus
flowcontrol.v1beta1.PriorityLevelConfigurationSpec  exempt=flowcontrol.v1beta1.ExemptPriorityLevelConfiguration limited=flowcontrol.v1beta1.LimitedPriorityLevelConfiguration
flowcontrol.v1beta1.PriorityLevelConfigurationStatus  conditions=flowcontrol.v1beta1.PriorityLevelConfigurationCondition
flowcontrol.v1beta1.ResourcePolicyRule  apiGroups= namespaces= resources= verbs=
flowcontrol.v1beta1.Subject  group=flowcontrol.v1beta1.GroupSubject serviceAccount=flowcontrol.v1beta1.ServiceAccountSubject user=flowcontrol.v1beta1.UserSubject
flowcontrol.v1beta2.FlowSchema  metadata=meta.v1.ObjectMeta spec=flowcontrol.v1beta2.FlowSchemaSpec status=flowcontrol.v1beta2.FlowSchemaStatus
flowcontrol.v1beta2.FlowSchemaSpec  distinguisherMethod=flowcontrol.v1beta2.FlowDistinguisherMethod priorityLevelConfiguration=flowcontrol.v1beta2.PriorityLevelConfigurationReference rules=flowcontrol.v1beta2.PolicyRulesWithSubjects
flowcontrol.v1beta2.FlowSchemaStatus  conditions=flowcontrol.v1beta2.FlowSchemaCondition
flowcontrol.v1beta2.LimitResponse  queuing=flowcontrol.v1beta2.QueuingConfiguration
flowcontrol.v1beta2.LimitedPriorityLevelConfiguration  limitResponse=flowcontrol.v1beta2.LimitResponse
flowcontrol.v1beta2.NonResourcePolicyRule  nonResourceURLs= verbs=
flowcontrol.v1beta2.PolicyRulesWithSubjects  nonResourceRules=flowcontrol.v1beta2.NonResourcePolicyRule resourceRules=flowcontrol.v1beta2.ResourcePolicyRule subjects=flowcontrol.v1beta2.Subject
flowcontrol.v1beta2.PriorityLevelConfiguration  metadata=meta.v1.ObjectMeta spec=flowcontrol.v1beta2.PriorityLevelConfigurationSpec status=flowcontrol.v1beta2.PriorityLevelConfigurationStatus
flowcontrol.v1beta2.PriorityLevelConfigurationSpec  exempt=flowcontrol.v1beta2.ExemptPriorityLevelConfiguration limited=flowcontrol.v1beta2.LimitedPriorityLevelConfiguration
flowcontrol.v1beta2.PriorityLevelConfigurationStatus  conditions=flowcontrol.v1beta2.PriorityLevelConfigurationCondition
flowcontrol.v1beta2.ResourcePolicyRule  apiGroups= namespaces= resources= verbs=
flowcontrol.v1beta2.Subject  group=flowcontrol.v1beta2.GroupSubject serviceAccount=flowcontrol.v1beta2.ServiceAccountSubject user=flowcontrol.v1beta2.UserSubject
flowcontrol.v1beta3.FlowSchema  metadata=meta.v1.ObjectMeta spec=flowcontrol.v1beta3.FlowSchemaSpec status=flowcontrol.v1beta3.FlowSchemaStatus
flowcontrol.v1beta3.FlowSchemaSpec  distinguisherMethod=flowcontrol.v1beta3.FlowDistinguisherMethod priorityLevelConfiguration=flowcontrol.v1beta3.PriorityLevelConfigurationReference rules=flowcontrol.v1beta3.PolicyRulesWithSubjects
flowcontrol.v1beta3.FlowSchemaStatus  conditions=flowcontrol.v1beta3.FlowSchemaCondition:merge:type
flowcontrol.v1beta3.LimitResponse  queuing=flowcontrol.v1beta3.QueuingConfiguration
flowcontrol.v1beta3.LimitedPriorityLevelConfiguration  limitResponse=flowcontrol.v1beta3.LimitResponse
flowcontrol.v1beta3.NonResourcePolicyRule  nonResourceURLs= verbs=
flowcontrol.v1beta3.PolicyRulesWithSubjects  nonResourceRules=flowcontrol.v1beta3.NonResourcePolicyRule resourceRules=flowcontrol.v1beta3.ResourcePolicyRule subjects=flowcontrol.v1beta3.Subject
flowcontrol.v1beta3.PriorityLevelConfiguration  metadata=meta.v1.ObjectMeta spec=flowcontrol.v1beta3.PriorityLevelConfigurationSpec status=flowcontrol.v1beta3.PriorityLevelConfigurationStatus
flowcontrol.v1beta3.PriorityLevelConfigurationSpec  exempt=flowcontrol.v1beta3.ExemptPriorityLevelConfiguration limited=flowcontrol.v1beta3.LimitedPriorityLevelConfiguration
flowcontrol.v1beta3.PriorityLevelConfigurationStatus  conditions=flowcontrol.v1beta3.PriorityLevelConfigurationCondition:merge:type
flowcontrol.v1beta3.ResourcePolicyRule  apiGroups= namespaces= resources= verbs=
flowcontrol.v1beta3.Subject  group=flowcontrol.v1beta3.GroupSubject serviceAccount=flowcontrol.v1beta3.ServiceAccountSubject user=flowcontrol.v1beta3.UserSubject
internal.v1alpha1.StorageVersion  metadata=meta.v1.ObjectMeta spec=apiserverinternal.v1alpha1.StorageVersionSpec status=apiserverinternal.v1alpha1.StorageVersionStatus
meta.v1.DeleteOptions  dryRun= preconditions=meta.v1.Preconditions
meta.v1.FieldSelectorRequirement  values=
meta.v1.LabelSelector  matchExpressions=meta.v1.LabelSelectorRequirement matchLabels=map
meta.v1.LabelSelectorRequirement  values=
meta.v1.ManagedFieldsEntry  fieldsV1=FieldsV1
meta.v1.ObjectMeta  annotations=map finalizers=:merge labels=map managedFields=meta.v1.ManagedFieldsEntry ownerReferences=meta.v1.OwnerReference:merge:uid
networking.v1.HTTPIngressPath  backend=networking.v1.IngressBackend
networking.v1.HTTPIngressRuleValue  paths=networking.v1.HTTPIngressPath
networking.v1.IPAddress  metadata=meta.v1.ObjectMeta spec=networking.v1.IPAddressSpec
networking.v1.IPAddressSpec  parentRef=networking.v1.ParentReference
networking.v1.IPBlock  except=
networking.v1.Ingress  metadata=meta.v1.ObjectMeta spec=networking.v1.IngressSpec status=networking.v1.IngressStatus
networking.v1.IngressBackend  resource=core.v1.TypedLocalObjectReference service=networking.v1.IngressServiceBackend
networking.v1.IngressClass  metadata=meta.v1.ObjectMeta spec=networking.v1.IngressClassSpec
networking.v1.IngressClassSpec  parameters=networking.v1.IngressClassParametersReference
networking.v1.IngressLoadBalancerIngress  ports=networking.v1.IngressPortStatus
networking.v1.IngressLoadBalancerStatus  ingress=networking.v1.IngressLoadBalancerIngress
networking.v1.IngressRule  http=networking.v1.HTTPIngressRuleValue
networking.v1.IngressServiceBackend  port=networking.v1.ServiceBackendPort
networking.v1.IngressSpec  defaultBackend=networking.v1.IngressBackend rules=networking.v1.IngressRule tls=networking.v1.IngressTLS
networking.v1.IngressStatus  loadBalancer=networking.v1.IngressLoadBalancerStatus
networking.v1.IngressTLS  hosts=
networking.v1.NetworkPolicy  metadata=meta.v1.ObjectMeta spec=networking.v1.NetworkPolicySpec
networking.v1.NetworkPolicyEgressRule  ports=networking.v1.NetworkPolicyPort to=networking.v1.NetworkPolicyPeer
networking.v1.NetworkPolicyIngressRule  from=networking.v1.NetworkPolicyPeer ports=networking.v1.NetworkPolicyPort
networking.v1.NetworkPolicyPeer  ipBlock=networking.v1.IPBlock namespaceSelector=meta.v1.LabelSelector podSelector=meta.v1.LabelSelector
networking.v1.NetworkPolicySpec  egress=networking.v1.NetworkPolicyEgressRule ingress=networking.v1.NetworkPolicyIngressRule podSelector=meta.v1.LabelSelector policyTypes=
networking.v1.ServiceCIDR  metadata=meta.v1.ObjectMeta spec=networking.v1.ServiceCIDRSpec status=networking.v1.ServiceCIDRStatus
networking.v1.ServiceCIDRSpec  cidrs=
networking.v1.ServiceCIDRStatus  conditions=meta.v1.Condition:merge:type
networking.v1beta1.HTTPIngressPath  backend=networking.v1beta1.IngressBackend
networking.v1beta1.HTTPIngressRuleValue  paths=networking.v1beta1.HTTPIngressPath
networking.v1beta1.IPAddress  metadata=meta.v1.ObjectMeta spec=networking.v1beta1.IPAddressSpec
networking.v1beta1.IPAddressSpec  parentRef=networking.v1beta1.ParentReference
networking.v1beta1.Ingress  metadata=meta.v1.ObjectMeta spec=networking.v1beta1.IngressSpec status=networking.v1beta1.IngressStatus
networking.v1beta1.IngressBackend  resource=core.v1.TypedLocalObjectReference
networking.v1beta1.IngressClass  metadata=meta.v1.ObjectMeta spec=networking.v1beta1.IngressClassSpec
networking.v1beta1.IngressClassSpec  parameters=networking.v1beta1.IngressClassParametersReference
networking.v1beta1.IngressLoadBalancerIngress  ports=networking.v1beta1.IngressPortStatus
networking.v1beta1.IngressLoadBalancerStatus  ingress=networking.v1beta1.IngressLoadBalancerIngress
networking.v1beta1.IngressRule  http=networking.v1beta1.HTTPIngressRuleValue
networking.v1beta1.IngressSpec  backend=networking.v1beta1.IngressBackend rules=networking.v1beta1.IngressRule tls=networking.v1beta1.IngressTLS
networking.v1beta1.IngressStatus  loadBalancer=networking.v1beta1.IngressLoadBalancerStatus
networking.v1beta1.IngressTLS  hosts=
networking.v1beta1.ServiceCIDR  metadata=meta.v1.ObjectMeta spec=networking.v1beta1.ServiceCIDRSpec status=networking.v1beta1.ServiceCIDRStatus
networking.v1beta1.ServiceCIDRSpec  cidrs=
networking.v1beta1.ServiceCIDRStatus  conditions=meta.v1.Condition:merge:type
node.v1.Overhead  podFixed=map
node.v1.RuntimeClass  metadata=meta.v1.ObjectMeta overhead=node.v1.Overhead scheduling=node.v1.Scheduling
node.v1.Scheduling  nodeSelector=map tolerations=core.v1.Toleration
node.v1alpha1.Overhead  podFixed=map
node.v1alpha1.RuntimeClass  metadata=meta.v1.ObjectMeta spec=node.v1alpha1.RuntimeClassSpec
node.v1alpha1.RuntimeClassSpec  overhead=node.v1alpha1.Overhead scheduling=node.v1alpha1.Scheduling
node.v1alpha1.Scheduling  nodeSelector=map tolerations=core.v1.Toleration
node.v1beta1.Overhead  podFixed=map
node.v1beta1.RuntimeClass  metadata=meta.v1.ObjectMeta overhead=node.v1beta1.Overhead scheduling=node.v1beta1.Scheduling
node.v1beta1.Scheduling  nodeSelector=map tolerations=core.v1.Toleration
policy.v1.Eviction  deleteOptions=meta.v1.DeleteOptions metadata=meta.v1.ObjectMeta
policy.v1.PodDisruptionBudget  metadata=meta.v1.ObjectMeta spec=policy.v1.PodDisruptionBudgetSpec status=policy.v1.PodDisruptionBudgetStatus
policy.v1.PodDisruptionBudgetSpec  selector=meta.v1.LabelSelector:replace
policy.v1.PodDisruptionBudgetStatus  conditions=meta.v1.Condition:merge:type disruptedPods=map
policy.v1beta1.Eviction  deleteOptions=meta.v1.DeleteOptions metadata=meta.v1.ObjectMeta
policy.v1beta1.PodDisruptionBudget  metadata=meta.v1.ObjectMeta spec=policy.v1beta1.PodDisruptionBudgetSpec status=policy.v1beta1.PodDisruptionBudgetStatus
policy.v1beta1.PodDisruptionBudgetSpec  selector=meta.v1.LabelSelector
policy.v1beta1.PodDisruptionBudgetStatus  conditions=meta.v1.Condition:merge:type disruptedPods=map
rbac.v1.AggregationRule  clusterRoleSelectors=meta.v1.LabelSelector
rbac.v1.ClusterRole  aggregationRule=rbac.v1.AggregationRule metadata=meta.v1.ObjectMeta rules=rbac.v1.PolicyRule
rbac.v1.ClusterRoleBinding  metadata=meta.v1.ObjectMeta roleRef=rbac.v1.RoleRef subjects=rbac.v1.Subject
rbac.v1.PolicyRule  apiGroups= nonResourceURLs= resourceNames= resources= verbs=
rbac.v1.Role  metadata=meta.v1.ObjectMeta rules=rbac.v1.PolicyRule
rbac.v1.RoleBinding  metadata=meta.v1.ObjectMeta roleRef=rbac.v1.RoleRef subjects=rbac.v1.Subject
rbac.v1alpha1.AggregationRule  clusterRoleSelectors=meta.v1.LabelSelector
rbac.v1alpha1.ClusterRole  aggregationRule=rbac.v1alpha1.AggregationRule metadata=meta.v1.ObjectMeta rules=rbac.v1alpha1.PolicyRule
rbac.v1alpha1.ClusterRoleBinding  metadata=meta.v1.ObjectMeta roleRef=rbac.v1alpha1.RoleRef subjects=rbac.v1alpha1.Subject
rbac.v1alpha1.PolicyRule  apiGroups= nonResourceURLs= resourceNames= resources= verbs=
rbac.v1alpha1.Role  metadata=meta.v1.ObjectMeta rules=rbac.v1alpha1.PolicyRule
rbac.v1alpha1.RoleBinding  metadata=meta.v1.ObjectMeta roleRef=rbac.v1alpha1.RoleRef subjects=rbac.v1alpha1.Subject
rbac.v1beta1.AggregationRule  clusterRoleSelectors=meta.v1.LabelSelector
rbac.v1beta1.ClusterRole  aggregationRule=rbac.v1beta1.AggregationRule metadata=meta.v1.ObjectMeta rules=rbac.v1beta1.PolicyRule
rbac.v1beta1.ClusterRoleBinding  metadata=meta.v1.ObjectMeta roleRef=rbac.v1beta1.RoleRef subjects=rbac.v1beta1.Subject
rbac.v1beta1.PolicyRule  apiGroups= nonResourceURLs= resourceNames= resources= verbs=
rbac.v1beta1.Role  metadata=meta.v1.ObjectMeta rules=rbac.v1beta1.PolicyRule
rbac.v1beta1.RoleBinding  metadata=meta.v1.ObjectMeta roleRef=rbac.v1beta1.RoleRef subjects=rbac.v1beta1.Subject
resource.v1.AllocatedDeviceStatus  conditions=meta.v1.Condition data=RawExtension networkData=resource.v1.NetworkDeviceData
resource.v1.AllocationResult  devices=resource.v1.DeviceAllocationResult nodeSelector=core.v1.NodeSelector
resource.v1.CapacityRequestPolicy  validRange=resource.v1.CapacityRequestPolicyRange validValues=
resource.v1.CapacityRequirements  requests=map
resource.v1.CounterSet  counters=map
resource.v1.Device  attributes=map bindingConditions= bindingFailureConditions= capacity=map consumesCounters=resource.v1.DeviceCounterConsumption nodeAllocatableResourceMappings=map nodeSelector=core.v1.NodeSelector taints=resource.v1.DeviceTaint
resource.v1.DeviceAllocationConfiguration  opaque=resource.v1.OpaqueDeviceConfiguration requests=
resource.v1.DeviceAllocationResult  config=resource.v1.DeviceAllocationConfiguration results=resource.v1.DeviceRequestAllocationResult
resource.v1.DeviceAttribute  bools= ints= strings= versions=
resource.v1.DeviceCapacity  requestPolicy=resource.v1.CapacityRequestPolicy
resource.v1.DeviceClaim  config=resource.v1.DeviceClaimConfiguration constraints=resource.v1.DeviceConstraint requests=resource.v1.DeviceRequest
resource.v1.DeviceClaimConfiguration  opaque=resource.v1.OpaqueDeviceConfiguration requests=
resource.v1.DeviceClass  metadata=meta.v1.ObjectMeta spec=resource.v1.DeviceClassSpec
resource.v1.DeviceClassConfiguration  opaque=resource.v1.OpaqueDeviceConfiguration
resource.v1.DeviceClassSpec  config=resource.v1.DeviceClassConfiguration selectors=resource.v1.DeviceSelector
resource.v1.DeviceConstraint  requests=
resource.v1.DeviceCounterConsumption  counters=map
resource.v1.DeviceRequest  exactly=resource.v1.ExactDeviceRequest firstAvailable=resource.v1.DeviceSubRequest
resource.v1.DeviceRequestAllocationResult  bindingConditions= bindingFailureConditions= consumedCapacity=map tolerations=resource.v1.DeviceToleration
resource.v1.DeviceSelector  cel=resource.v1.CELDeviceSelector
resource.v1.DeviceSubRequest  capacity=resource.v1.CapacityRequirements selectors=resource.v1.DeviceSelector tolerations=resource.v1.DeviceToleration
resource.v1.ExactDeviceRequest  capacity=resource.v1.CapacityRequirements selectors=resource.v1.DeviceSelector tolerations=resource.v1.DeviceToleration
resource.v1.NetworkDeviceData  ips=
resource.v1.OpaqueDeviceConfiguration  parameters=RawExtension
resource.v1.ResourceClaim  metadata=meta.v1.ObjectMeta spec=resource.v1.ResourceClaimSpec status=resource.v1.ResourceClaimStatus
resource.v1.ResourceClaimSpec  devices=resource.v1.DeviceClaim
resource.v1.ResourceClaimStatus  allocation=resource.v1.AllocationResult devices=resource.v1.AllocatedDeviceStatus reservedFor=resource.v1.ResourceClaimConsumerReference:merge:uid
resource.v1.ResourceClaimTemplate  metadata=meta.v1.ObjectMeta spec=resource.v1.ResourceClaimTemplateSpec
resource.v1.ResourceClaimTemplateSpec  metadata=meta.v1.ObjectMeta spec=resource.v1.ResourceClaimSpec
resource.v1.ResourceSlice  metadata=meta.v1.ObjectMeta spec=resource.v1.ResourceSliceSpec
resource.v1.ResourceSliceSpec  devices=resource.v1.Device nodeSelector=core.v1.NodeSelector pool=resource.v1.ResourcePool sharedCounters=resource.v1.CounterSet
resource.v1alpha3.DeviceTaintRule  metadata=meta.v1.ObjectMeta spec=resource.v1alpha3.DeviceTaintRuleSpec status=resource.v1alpha3.DeviceTaintRuleStatus
resource.v1alpha3.DeviceTaintRuleSpec  deviceSelector=resource.v1alpha3.DeviceTaintSelector taint=resource.v1alpha3.DeviceTaint
resource.v1alpha3.DeviceTaintRuleStatus  conditions=meta.v1.Condition:merge:type
resource.v1alpha3.ResourcePoolStatusRequest  metadata=meta.v1.ObjectMeta spec=resource.v1alpha3.ResourcePoolStatusRequestSpec status=resource.v1alpha3.ResourcePoolStatusRequestStatus
resource.v1alpha3.ResourcePoolStatusRequestStatus  conditions=meta.v1.Condition:merge:type pools=resource.v1alpha3.PoolStatus
resource.v1beta1.AllocatedDeviceStatus  conditions=meta.v1.Condition data=RawExtension networkData=resource.v1beta1.NetworkDeviceData
resource.v1beta1.AllocationResult  devices=resource.v1beta1.DeviceAllocationResult nodeSelector=core.v1.NodeSelector
resource.v1beta1.BasicDevice  attributes=map bindingConditions= bindingFailureConditions= capacity=map consumesCounters=resource.v1beta1.DeviceCounterConsumption nodeAllocatableResourceMappings=map nodeSelector=core.v1.NodeSelector taints=resource.v1beta1.DeviceTaint
resource.v1beta1.CapacityRequestPolicy  validRange=resource.v1beta1.CapacityRequestPolicyRange validValues=
resource.v1beta1.CapacityRequirements  requests=map
resource.v1beta1.CounterSet  counters=map
resource.v1beta1.Device  basic=resource.v1beta1.BasicDevice
resource.v1beta1.DeviceAllocationConfiguration  opaque=resource.v1beta1.OpaqueDeviceConfiguration requests=
resource.v1beta1.DeviceAllocationResult  config=resource.v1beta1.DeviceAllocationConfiguration results=resource.v1beta1.DeviceRequestAllocationResult
resource.v1beta1.DeviceAttribute  bools= ints= strings= versions=
resource.v1beta1.DeviceCapacity  requestPolicy=resource.v1beta1.CapacityRequestPolicy
resource.v1beta1.DeviceClaim  config=resource.v1beta1.DeviceClaimConfiguration constraints=resource.v1beta1.DeviceConstraint requests=resource.v1beta1.DeviceRequest
resource.v1beta1.DeviceClaimConfiguration  opaque=resource.v1beta1.OpaqueDeviceConfiguration requests=
resource.v1beta1.DeviceClass  metadata=meta.v1.ObjectMeta spec=resource.v1beta1.DeviceClassSpec
resource.v1beta1.DeviceClassConfiguration  opaque=resource.v1beta1.OpaqueDeviceConfiguration
resource.v1beta1.DeviceClassSpec  config=resource.v1beta1.DeviceClassConfiguration selectors=resource.v1beta1.DeviceSelector
resource.v1beta1.DeviceConstraint  requests=
resource.v1beta1.DeviceCounterConsumption  counters=map
resource.v1beta1.DeviceRequest  capacity=resource.v1beta1.CapacityRequirements firstAvailable=resource.v1beta1.DeviceSubRequest selectors=resource.v1beta1.DeviceSelector tolerations=resource.v1beta1.DeviceToleration
resource.v1beta1.DeviceRequestAllocationResult  bindingConditions= bindingFailureConditions= consumedCapacity=map tolerations=resource.v1beta1.DeviceToleration
resource.v1beta1.DeviceSelector  cel=resource.v1beta1.CELDeviceSelector
resource.v1beta1.DeviceSubRequest  capacity=resource.v1beta1.CapacityRequirements selectors=resource.v1beta1.DeviceSelector tolerations=resource.v1beta1.DeviceToleration
resource.v1beta1.NetworkDeviceData  ips=
resource.v1beta1.OpaqueDeviceConfiguration  parameters=RawExtension
resource.v1beta1.ResourceClaim  metadata=meta.v1.ObjectMeta spec=resource.v1beta1.ResourceClaimSpec status=resource.v1beta1.ResourceClaimStatus
resource.v1beta1.ResourceClaimSpec  devices=resource.v1beta1.DeviceClaim
resource.v1beta1.ResourceClaimStatus  allocation=resource.v1beta1.AllocationResult devices=resource.v1beta1.AllocatedDeviceStatus reservedFor=resource.v1beta1.ResourceClaimConsumerReference:merge:uid
resource.v1beta1.ResourceClaimTemplate  metadata=meta.v1.ObjectMeta spec=resource.v1beta1.ResourceClaimTemplateSpec
resource.v1beta1.ResourceClaimTemplateSpec  metadata=meta.v1.ObjectMeta spec=resource.v1beta1.ResourceClaimSpec
resource.v1beta1.ResourceSlice  metadata=meta.v1.ObjectMeta spec=resource.v1beta1.ResourceSliceSpec
resource.v1beta1.ResourceSliceSpec  devices=resource.v1beta1.Device nodeSelector=core.v1.NodeSelector pool=resource.v1beta1.ResourcePool sharedCounters=resource.v1beta1.CounterSet
resource.v1beta2.AllocatedDeviceStatus  conditions=meta.v1.Condition data=RawExtension networkData=resource.v1beta2.NetworkDeviceData
resource.v1beta2.AllocationResult  devices=resource.v1beta2.DeviceAllocationResult nodeSelector=core.v1.NodeSelector
resource.v1beta2.CapacityRequestPolicy  validRange=resource.v1beta2.CapacityRequestPolicyRange validValues=
resource.v1beta2.CapacityRequirements  requests=map
resource.v1beta2.CounterSet  counters=map
resource.v1beta2.Device  attributes=map bindingConditions= bindingFailureConditions= capacity=map consumesCounters=resource.v1beta2.DeviceCounterConsumption nodeAllocatableResourceMappings=map nodeSelector=core.v1.NodeSelector taints=resource.v1beta2.DeviceTaint
resource.v1beta2.DeviceAllocationConfiguration  opaque=resource.v1beta2.OpaqueDeviceConfiguration requests=
resource.v1beta2.DeviceAllocationResult  config=resource.v1beta2.DeviceAllocationConfiguration results=resource.v1beta2.DeviceRequestAllocationResult
resource.v1beta2.DeviceAttribute  bools= ints= strings= versions=
resource.v1beta2.DeviceCapacity  requestPolicy=resource.v1beta2.CapacityRequestPolicy
resource.v1beta2.DeviceClaim  config=resource.v1beta2.DeviceClaimConfiguration constraints=resource.v1beta2.DeviceConstraint requests=resource.v1beta2.DeviceRequest
resource.v1beta2.DeviceClaimConfiguration  opaque=resource.v1beta2.OpaqueDeviceConfiguration requests=
resource.v1beta2.DeviceClass  metadata=meta.v1.ObjectMeta spec=resource.v1beta2.DeviceClassSpec
resource.v1beta2.DeviceClassConfiguration  opaque=resource.v1beta2.OpaqueDeviceConfiguration
resource.v1beta2.DeviceClassSpec  config=resource.v1beta2.DeviceClassConfiguration selectors=resource.v1beta2.DeviceSelector
resource.v1beta2.DeviceConstraint  requests=
resource.v1beta2.DeviceCounterConsumption  counters=map
resource.v1beta2.DeviceRequest  exactly=resource.v1beta2.ExactDeviceRequest firstAvailable=resource.v1beta2.DeviceSubRequest
resource.v1beta2.DeviceRequestAllocationResult  bindingConditions= bindingFailureConditions= consumedCapacity=map tolerations=resource.v1beta2.DeviceToleration
resource.v1beta2.DeviceSelector  cel=resource.v1beta2.CELDeviceSelector
resource.v1beta2.DeviceSubRequest  capacity=resource.v1beta2.CapacityRequirements selectors=resource.v1beta2.DeviceSelector tolerations=resource.v1beta2.DeviceToleration
resource.v1beta2.DeviceTaintRule  metadata=meta.v1.ObjectMeta spec=resource.v1beta2.DeviceTaintRuleSpec status=resource.v1beta2.DeviceTaintRuleStatus
resource.v1beta2.DeviceTaintRuleSpec  deviceSelector=resource.v1beta2.DeviceTaintSelector taint=resource.v1beta2.DeviceTaint
resource.v1beta2.DeviceTaintRuleStatus  conditions=meta.v1.Condition:merge:type
resource.v1beta2.ExactDeviceRequest  capacity=resource.v1beta2.CapacityRequirements selectors=resource.v1beta2.DeviceSelector tolerations=resource.v1beta2.DeviceToleration
resource.v1beta2.NetworkDeviceData  ips=
resource.v1beta2.OpaqueDeviceConfiguration  parameters=RawExtension
resource.v1beta2.ResourceClaim  metadata=meta.v1.ObjectMeta spec=resource.v1beta2.ResourceClaimSpec status=resource.v1beta2.ResourceClaimStatus
resource.v1beta2.ResourceClaimSpec  devices=resource.v1beta2.DeviceClaim
resource.v1beta2.ResourceClaimStatus  allocation=resource.v1beta2.AllocationResult devices=resource.v1beta2.AllocatedDeviceStatus reservedFor=resource.v1beta2.ResourceClaimConsumerReference:merge:uid
resource.v1beta2.ResourceClaimTemplate  metadata=meta.v1.ObjectMeta spec=resource.v1beta2.ResourceClaimTemplateSpec
resource.v1beta2.ResourceClaimTemplateSpec  metadata=meta.v1.ObjectMeta spec=resource.v1beta2.ResourceClaimSpec
resource.v1beta2.ResourceSlice  metadata=meta.v1.ObjectMeta spec=resource.v1beta2.ResourceSliceSpec
resource.v1beta2.ResourceSliceSpec  devices=resource.v1beta2.Device nodeSelector=core.v1.NodeSelector pool=resource.v1beta2.ResourcePool sharedCounters=resource.v1beta2.CounterSet
scheduling.v1.PriorityClass  metadata=meta.v1.ObjectMeta
scheduling.v1alpha2.PodGroup  metadata=meta.v1.ObjectMeta spec=scheduling.v1alpha2.PodGroupSpec status=scheduling.v1alpha2.PodGroupStatus
scheduling.v1alpha2.PodGroupSchedulingConstraints  topology=scheduling.v1alpha2.TopologyConstraint
scheduling.v1alpha2.PodGroupSchedulingPolicy  basic=scheduling.v1alpha2.BasicSchedulingPolicy gang=scheduling.v1alpha2.GangSchedulingPolicy
scheduling.v1alpha2.PodGroupSpec  podGroupTemplateRef=scheduling.v1alpha2.PodGroupTemplateReference resourceClaims=scheduling.v1alpha2.PodGroupResourceClaim:merge,retainKeys:name schedulingConstraints=scheduling.v1alpha2.PodGroupSchedulingConstraints schedulingPolicy=scheduling.v1alpha2.PodGroupSchedulingPolicy
scheduling.v1alpha2.PodGroupStatus  conditions=meta.v1.Condition:merge:type resourceClaimStatuses=scheduling.v1alpha2.PodGroupResourceClaimStatus:merge,retainKeys:name
scheduling.v1alpha2.PodGroupTemplate  resourceClaims=scheduling.v1alpha2.PodGroupResourceClaim:merge,retainKeys:name schedulingConstraints=scheduling.v1alpha2.PodGroupSchedulingConstraints schedulingPolicy=scheduling.v1alpha2.PodGroupSchedulingPolicy
scheduling.v1alpha2.PodGroupTemplateReference  workload=scheduling.v1alpha2.WorkloadPodGroupTemplateReference
scheduling.v1alpha2.Workload  metadata=meta.v1.ObjectMeta spec=scheduling.v1alpha2.WorkloadSpec
scheduling.v1alpha2.WorkloadSpec  controllerRef=scheduling.v1alpha2.TypedLocalObjectReference podGroupTemplates=scheduling.v1alpha2.PodGroupTemplate
scheduling.v1beta1.PriorityClass  metadata=meta.v1.ObjectMeta
storage.v1.CSIDriver  metadata=meta.v1.ObjectMeta spec=storage.v1.CSIDriverSpec
storage.v1.CSIDriverSpec  tokenRequests=storage.v1.TokenRequest volumeLifecycleModes=
storage.v1.CSINode  metadata=meta.v1.ObjectMeta spec=storage.v1.CSINodeSpec
storage.v1.CSINodeDriver  allocatable=storage.v1.VolumeNodeResources topologyKeys=
storage.v1.CSINodeSpec  drivers=storage.v1.CSINodeDriver:merge:name
storage.v1.CSIStorageCapacity  metadata=meta.v1.ObjectMeta nodeTopology=meta.v1.LabelSelector
storage.v1.StorageClass  allowedTopologies=core.v1.TopologySelectorTerm metadata=meta.v1.ObjectMeta mountOptions= parameters=map
storage.v1.VolumeAttachment  metadata=meta.v1.ObjectMeta spec=storage.v1.VolumeAttachmentSpec status=storage.v1.VolumeAttachmentStatus
storage.v1.VolumeAttachmentSource  inlineVolumeSpec=core.v1.PersistentVolumeSpec
storage.v1.VolumeAttachmentSpec  source=storage.v1.VolumeAttachmentSource
storage.v1.VolumeAttachmentStatus  attachError=storage.v1.VolumeError attachmentMetadata=map detachError=storage.v1.VolumeError
storage.v1.VolumeAttributesClass  metadata=meta.v1.ObjectMeta parameters=map
storage.v1alpha1.CSIStorageCapacity  metadata=meta.v1.ObjectMeta nodeTopology=meta.v1.LabelSelector
storage.v1alpha1.VolumeAttachment  metadata=meta.v1.ObjectMeta spec=storage.v1alpha1.VolumeAttachmentSpec status=storage.v1alpha1.VolumeAttachmentStatus
storage.v1alpha1.VolumeAttachmentSource  inlineVolumeSpec=core.v1.PersistentVolumeSpec
storage.v1alpha1.VolumeAttachmentSpec  source=storage.v1alpha1.VolumeAttachmentSource
storage.v1alpha1.VolumeAttachmentStatus  attachError=storage.v1alpha1.VolumeError attachmentMetadata=map detachError=storage.v1alpha1.VolumeError
storage.v1alpha1.VolumeAttributesClass  metadata=meta.v1.ObjectMeta parameters=map
storage.v1beta1.CSIDriver  metadata=meta.v1.ObjectMeta spec=storage.v1beta1.CSIDriverSpec
storage.v1beta1.CSIDriverSpec  tokenRequests=storage.v1beta1.TokenRequest volumeLifecycleModes=
storage.v1beta1.CSINode  metadata=meta.v1.ObjectMeta spec=storage.v1beta1.CSINodeSpec
storage.v1beta1.CSINodeDriver  allocatable=storage.v1beta1.VolumeNodeResources topologyKeys=
storage.v1beta1.CSINodeSpec  drivers=storage.v1beta1.CSINodeDriver:merge:name
storage.v1beta1.CSIStorageCapacity  metadata=meta.v1.ObjectMeta nodeTopology=meta.v1.LabelSelector
storage.v1beta1.StorageClass  allowedTopologies=core.v1.TopologySelectorTerm metadata=meta.v1.ObjectMeta mountOptions= parameters=map
storage.v1beta1.VolumeAttachment  metadata=meta.v1.ObjectMeta spec=storage.v1beta1.VolumeAttachmentSpec status=storage.v1beta1.VolumeAttachmentStatus
storage.v1beta1.VolumeAttachmentSource  inlineVolumeSpec=core.v1.PersistentVolumeSpec
storage.v1beta1.VolumeAttachmentSpec  source=storage.v1beta1.VolumeAttachmentSource
storage.v1beta1.VolumeAttachmentStatus  attachError=storage.v1beta1.VolumeError attachmentMetadata=map detachError=storage.v1beta1.VolumeError
storage.v1beta1.VolumeAttributesClass  metadata=meta.v1.ObjectMeta parameters=map
storagemigration.v1beta1.StorageVersionMigration  metadata=meta.v1.ObjectMeta spec=storagemigration.v1beta1.StorageVersionMigrationSpec status=storagemigration.v1beta1.StorageVersionMigrationStatus
storagemigration.v1beta1.StorageVersionMigrationSpec  resource=meta.v1.GroupResource
storagemigration.v1beta1.StorageVersionMigrationStatus  conditions=meta.v1.Condition:merge:type
"""  # noqa: E501
