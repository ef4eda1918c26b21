{{- /*
Rights in the namespaces that hold databases. Each is used by the end-to-end tests, which read the API server's audit log: a right that
nobody used, and a call that was refused, fail them (KubeDb.Tests/AfterEndToEnd).
*/ -}}
{{- define "kubedb-ops-manager.rules" -}}
- apiGroups: [kubedb.com]
  resources: {{ include "kubedb.resources" (list "database" "") }}
  verbs: [get, list, watch, patch]
# Databases that take over when TLS of others changes, as a copy of those of now; and those that nobody uses then.
- apiGroups: [kubedb.com]
  resources: {{ include "kubedb.resources" (list "made" "") }}
  verbs: [create, delete]
# Databases that others have made for themselves: while a request holds those, nobody else makes what is missing.
- apiGroups: [kubedb.com]
  resources: {{ include "kubedb.resources" (list "uses" "") }}
  verbs: [create]
# The same of kinds of other operators, where they are installed.
- apiGroups: [kubedb.com]
  resources: [mysqls, postgreses]
  verbs: [get, list, watch, create, patch]
- apiGroups: [kubedb.com]
  resources: {{ include "kubedb.resources" (list "database" "/status") }}
  verbs: [patch]
- apiGroups: [ops.kubedb.com]
  resources: {{ include "kubedb.resources" (list "request" "") }}
  verbs: [get, list, watch, create, patch]
- apiGroups: [ops.kubedb.com]
  resources: {{ include "kubedb.resources" (list "request" "/status") }}
  verbs: [patch]
# A pod that is not Ready is deleted where a disruption budget would keep it for ever. patch: an annotation by which the kubelet brings new
# certificates into the pod at once.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, patch, delete]
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [pods/eviction]
  verbs: [create]
# The last words of a container that does not start.
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
# Whether the namespace is being deleted.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
# What a database consists of: while a request holds it, nobody else applies its blueprint.
- apiGroups: [apps.k8s.appscode.com]
  resources: [petsets]
  verbs: [get, list, watch, create, patch]
# Credentials and configuration. A database may name any secret of its namespace, and RBAC can not tell one from another by label: so all
# of them. Those that no database names are watched by metadata alone; their content is never asked for.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services, serviceaccounts]
  verbs: [get, list, watch, create, patch, delete]
# The role of a database's pods: get on the databases' kind, on petsets and pods.
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles, rolebindings]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [appcatalog.appscode.com]
  resources: [appbindings]
  verbs: [get, list, watch, create, patch]
- apiGroups: [monitoring.coreos.com]
  resources: [servicemonitors]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: [get, list, watch, create, patch, delete]
# The condition by which cert-manager is asked to issue a certificate anew.
- apiGroups: [cert-manager.io]
  resources: [certificates/status]
  verbs: [patch]
# Why a certificate is not issued, read while it is not.
- apiGroups: [cert-manager.io]
  resources: [issuers, clusterissuers]
  verbs: [get]
# Owners whose children name them with blockOwnerDeletion, which the admission plugin OwnerReferencesPermissionEnforcement asks for.
- apiGroups: [kubedb.com]
  resources: {{ include "kubedb.resources" (list "database" "/finalizers") }}
  verbs: [update]
- apiGroups: [apps.k8s.appscode.com]
  resources: [petsets/finalizers]
  verbs: [update]
- apiGroups: [""]
  resources: [services/finalizers]
  verbs: [update]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end }}
