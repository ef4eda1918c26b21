{{- define "kubedb-provisioner.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name (.Chart.Name | trimPrefix "kubedb-") | trunc 63 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "kubedb-provisioner.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kubedb-provisioner.labels" -}}
{{ include "kubedb-provisioner.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "kubedb-provisioner.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (ternary (include "kubedb-provisioner.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- /* Where API servers find the conversion webhook. Its certificate is in the Secret of this name with -cert. */ -}}
{{- define "kubedb-provisioner.webhook" -}}
{{ include "kubedb-provisioner.fullname" . | trunc 50 | trimSuffix "-" }}-webhook
{{- end }}

{{- define "kubedb-provisioner.image" -}}
{{- with .Values.operator -}}
{{ if .registry }}{{ .registry }}/{{ end }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
