{{- define "kubedb-ops-manager.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name (.Chart.Name | trimPrefix "kubedb-") | trunc 63 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "kubedb-ops-manager.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kubedb-ops-manager.labels" -}}
{{ include "kubedb-ops-manager.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "kubedb-ops-manager.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (ternary (include "kubedb-ops-manager.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "kubedb-ops-manager.image" -}}
{{- with .Values.operator -}}
{{ if .registry }}{{ .registry }}/{{ end }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
