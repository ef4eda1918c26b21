# shellcheck shell=bash
# Cluster DNS as a host process on the bridge's address.

start_dns() {
  kubectl_admin apply -f - >/dev/null <<'Y'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "kubedb-local:dns"}
rules:
- {apiGroups: [""], resources: [endpoints, services, pods, namespaces], verbs: [list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "kubedb-local:dns"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "kubedb-local:dns"}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "kubedb-local:dns"}]
Y
  case $DNS in
    coredns) start_coredns ;;
    dnsmasq) start_dnsmasq ;;
  esac
  wait_until dns 30 in_net bash -c "exec 3<>/dev/tcp/$GATEWAY/53"
}

start_coredns() {
  cat >"$STATE_DIR/Corefile" <<C
.:53 {
  bind $GATEWAY
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $STATE_DIR/dns.kubeconfig
    pods insecure
    ttl 2
  }
}
C
  start dns "$KUBE_BIN/coredns" -conf "$STATE_DIR/Corefile"
}

# An API server older than CoreDNS understands: dnsmasq, with the hosts files that hack/LocalNode keeps.
start_dnsmasq() {
  mkdir -p "$STATE_DIR/hosts"
  start dns dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --no-negcache \
    --local-ttl=2 --local=/cluster.local/ --bind-interfaces --interface="$BRIDGE" --except-interface=lo --listen-address="$GATEWAY" \
    --hostsdir="$STATE_DIR/hosts"
}
