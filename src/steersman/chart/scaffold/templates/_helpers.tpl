{{- /*
Parts that several templates use, called with include "NAME" and the top-level object (a dot, or $ within range and with).
Files that begin with _ make no objects.

Names are cut after 63 characters, which is as long as a label or the name of a Service can be.
*/}}

{{- /* The application's name: the chart's, unless nameOverride is set. */}}
{{- define "<CHARTNAME>.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- /* The name of the objects: RELEASE-NAME, or RELEASE alone if that has the name in it already. */}}
{{- define "<CHARTNAME>.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (list .Release.Name $name | join "-") -}}
{{- .Values.fullnameOverride | default $both | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- /* Chart and version as the value of a label, which cannot have a plus sign. */}}
{{- define "<CHARTNAME>.chart" -}}
{{- list .Chart.Name .Chart.Version | join "-" | trunc 63 | trimSuffix "-" | replace "+" "_" -}}
{{- end }}

{{- /*
The labels that find the pods of this release. A Deployment's selector cannot be changed later, so nothing that changes
with a version belongs here.
*/}}
{{- define "<CHARTNAME>.selectorLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . }}
{{- end }}

{{- /* The labels of every object: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels */}}
{{- define "<CHARTNAME>.labels" -}}
{{ include "<CHARTNAME>.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ quote . }}
{{- end }}
helm.sh/chart: {{ include "<CHARTNAME>.chart" . }}
{{- end }}

{{- /* The account that the pods run as. */}}
{{- define "<CHARTNAME>.serviceAccountName" -}}
{{- with .Values.serviceAccount -}}
{{- if .name }}{{ .name }}
{{- else if .create }}{{ include "<CHARTNAME>.fullname" $ }}
{{- else }}default
{{- end -}}
{{- end -}}
{{- end }}
