# shellcheck shell=bash
# etcd, kube-apiserver, kube-controller-manager, kube-scheduler.

kubectl_admin() { in_net "$TOOLS_DIR/kubectl" --kubeconfig "$STATE_DIR/admin.kubeconfig" "$@"; }

start_etcd() {
  local fsync=(); ! "$ETCD" --help 2>&1 | grep -q -- --unsafe-no-fsync || fsync=(--unsafe-no-fsync)
  start etcd "$ETCD" --data-dir "$STATE_DIR/etcd" "${fsync[@]}" \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
  wait_until etcd 30 in_net curl -fs http://127.0.0.1:2379/health
}

# Who asked for what, without bodies: enough to prove that an idle operator writes nothing, and that the charts give no right too many.
write_audit_policy() {
  cat >"$STATE_DIR/audit-policy.yaml" <<Y
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: [system:apiserver, system:kube-controller-manager, system:kube-scheduler, system:kube-proxy, "system:node:$NODE", "kubedb-local:dns", "kubedb-local:volumes", "kubedb-local:cert-manager"]
- level: None
  userGroups: ["system:serviceaccounts:kube-system"]
- level: None
  nonResourceURLs: ["/healthz*", "/readyz*", "/livez*"]
- level: Metadata
Y
}

# Each start is noted with when it began and when the server was ready: in between it has not read its roles, and refuses what they grant.
start_apiserver() {
  local began; began=$(date -u +%FT%T.%NZ)
  ! is_running apiserver || began=""
  write_audit_policy
  start apiserver "$KUBE_BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --bind-address="$GATEWAY" --advertise-address="$GATEWAY" --secure-port=6443 --service-cluster-ip-range="$SERVICE_CIDR" \
    --tls-cert-file="$PKI_DIR/apiserver.crt" --tls-private-key-file="$PKI_DIR/apiserver.key" --client-ca-file="$PKI_DIR/ca.crt" \
    --kubelet-client-certificate="$PKI_DIR/admin.crt" --kubelet-client-key="$PKI_DIR/admin.key" \
    --kubelet-certificate-authority="$PKI_DIR/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement --allow-privileged=true --profiling=false \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$PKI_DIR/service-accounts.pub" \
    --service-account-signing-key-file="$PKI_DIR/service-accounts.key" \
    --audit-policy-file="$STATE_DIR/audit-policy.yaml" --audit-log-path="$LOG_DIR/audit.log" \
    --audit-log-maxsize=64 --audit-log-maxbackup=5
  wait_until apiserver 90 kubectl_admin get --raw /readyz
  [ -z "$began" ] || echo "$began $(date -u +%FT%T.%NZ)" >>"$LOG_DIR/apiserver.starts"
}

start_controllers() {
  local name config
  for name in controller-manager scheduler; do
    config=$STATE_DIR/$name.kubeconfig
    local flags=(--kubeconfig="$config" --authentication-kubeconfig="$config" --authorization-kubeconfig="$config"
      --bind-address=127.0.0.1 --leader-elect=false --profiling=false)
    # Each deletion of a namespace asks for every kind there is: with the default of 20 requests a second several at once wait for each other.
    [ $name = scheduler ] || flags+=(--kube-api-qps=200 --kube-api-burst=400 --use-service-account-credentials --root-ca-file="$PKI_DIR/ca.crt"
      --service-account-private-key-file="$PKI_DIR/service-accounts.key"
      --cluster-signing-cert-file="$PKI_DIR/ca.crt" --cluster-signing-key-file="$PKI_DIR/ca.key")
    start_kept $name "$KUBE_BIN/kube-$name" "${flags[@]}"
  done
}
