{{- /*
Rights in the namespaces that hold databases. Each is used by the end-to-end tests, which read the API server's audit log: a right that
nobody used, and a call that was refused, fail them (KubeDb.Tests/AfterEndToEnd).
*/ -}}
{{- define "kubedb-provisioner.rules" -}}
- apiGroups: [kubedb.com]
  resources: {{ include "kubedb.resources" (list "database" "") }}
  verbs: [get, list, watch, patch]
# Databases that others have made for themselves: created, and deleted where Kubernetes does not collect them, in other namespaces.
- apiGroups: [kubedb.com]
  resources: {{ include "kubedb.resources" (list "uses" "") }}
  verbs: [create, delete]
# The same of kinds of other operators, where they are installed.
- apiGroups: [kubedb.com]
  resources: [mysqls, postgreses]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [kubedb.com]
  resources: {{ include "kubedb.resources" (list "database" "/status") }}
  verbs: [patch]
# A pause whose request is gone is dropped.
- apiGroups: [ops.kubedb.com]
  resources: {{ include "kubedb.resources" (list "request" "") }}
  verbs: [get, list, watch]
# Whether the namespace is being deleted: then a deletion policy can keep nothing.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get]
- apiGroups: [apps.k8s.appscode.com]
  resources: [petsets/status]
  verbs: [patch]
- apiGroups: [apps]
  resources: [statefulsets]
  verbs: [get, list, watch, create, patch, delete]
# get: given on to the role of each database's pods, and nobody may give what they do not have. patch: the label of the role that a pod plays.
# delete: a pod that never ran, of a template
# that is no longer wanted.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, patch, delete]
# The last words of a container that does not start.
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
# delete: never done, but OwnerReferencesPermissionEnforcement lets nobody set an owner on what they can not delete.
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [get, list, watch, patch, delete]
# What a database consists of.
- apiGroups: [apps.k8s.appscode.com]
  resources: [petsets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services, serviceaccounts]
  verbs: [get, list, watch, create, patch, delete]
# Credentials and configuration. A database may name any secret of its namespace, and RBAC can not tell one from another by label: so all
# of them. Those that no database names are watched by metadata alone; their content is never asked for.
- apiGroups: [""]
  resources: [secrets]
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
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [monitoring.coreos.com]
  resources: [servicemonitors]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: [get, list, watch, create, patch, delete]
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
# list: why pods of a database do not run, read while they do not.
- apiGroups: [""]
  resources: [events]
  verbs: [list, create, patch]
{{- end }}
