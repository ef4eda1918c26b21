# shellcheck shell=bash
# The real cert-manager, where $KUBEDB_ARTIFACTS has it: its certificate controllers with the CA and self-signed issuers, as a host process.
# Its webhook and its CA injector are not there: a bad Certificate is not refused when it is made, but says so in its conditions.

CERT_MANAGER_PORT=9402 # its metrics, on loopback

# Its definitions need a Kubernetes newer than Debian's.
have_cert_manager() { [ "$DNS" = coredns ] && compgen -G "$KUBEDB_ARTIFACTS/cert-manager/cert-manager-v*-linux-amd64.xz" >/dev/null; }

cert_manager_version() { basename "$KUBEDB_ARTIFACTS"/cert-manager/cert-manager-v*-linux-amd64.xz | sed -E 's/^cert-manager-(v[0-9.]+)-.*/\1/'; }

# Prints the program, unpacked once per checksum.
unpack_cert_manager() {
  local program
  program=$KUBEDB_CACHE/kubernetes/cert-manager-$(artifact_key cert-manager/)
  if [ ! -x "$program" ]; then
    check_artifacts cert-manager/
    mkdir -p "$(dirname "$program")"
    xz -dc "$KUBEDB_ARTIFACTS"/cert-manager/cert-manager-v*-linux-amd64.xz >"$program.new"
    chmod 755 "$program.new"
    mv "$program.new" "$program"
  fi
  echo "$program"
}

start_cert_manager() {
  local program; program=$(unpack_cert_manager)
  kubectl_admin apply --server-side --force-conflicts -f "$KUBEDB_ARTIFACTS/cert-manager" >/dev/null
  kubectl_admin wait --for=condition=Established --timeout=60s -f "$KUBEDB_ARTIFACTS/cert-manager" >/dev/null
  allow_cert_manager
  start_kept cert-manager "$program" --kubeconfig="$STATE_DIR/cert-manager.kubeconfig" --cluster-resource-namespace=cert-manager \
    --metrics-address="127.0.0.1:$CERT_MANAGER_PORT"
  wait_until cert-manager 60 in_net curl -fs "http://127.0.0.1:$CERT_MANAGER_PORT/metrics"
}

allow_cert_manager() {
  kubectl_admin apply -f - >/dev/null <<'Y'
apiVersion: v1
kind: Namespace
metadata: {name: cert-manager}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "kubedb-local:cert-manager"}
rules:
- {apiGroups: [cert-manager.io], resources: [certificates, certificaterequests], verbs: [get, list, watch, create, update, patch, delete]}
- {apiGroups: [cert-manager.io], resources: [issuers, clusterissuers], verbs: [get, list, watch, update, patch]}
- {apiGroups: [cert-manager.io], resources: [certificates/status, certificaterequests/status, issuers/status, clusterissuers/status], verbs: [update, patch]}
- {apiGroups: [cert-manager.io], resources: [certificates/finalizers, certificaterequests/finalizers], verbs: [update]}
- {apiGroups: [cert-manager.io], resources: [signers], resourceNames: [issuers.cert-manager.io/*, clusterissuers.cert-manager.io/*], verbs: [approve]}
- {apiGroups: [""], resources: [secrets], verbs: [get, list, watch, create, update, patch, delete]}
- {apiGroups: ["", events.k8s.io], resources: [events], verbs: [create, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "kubedb-local:cert-manager"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "kubedb-local:cert-manager"}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "kubedb-local:cert-manager"}]
Y
}
