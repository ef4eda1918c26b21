# shellcheck shell=bash
# Dynamic volumes, and names for a DNS server that does not know Kubernetes: the tool in hack/LocalNode, as a host process.

NODE_PORT=10260 # its probes, on loopback

# Where the tool comes to be, by the content of hack/LocalNode. It takes the library as it is when it is built: rebuilding a test tool on
# every change of the product would only slow the cluster's start.
node_tool() {
  local key
  key=$(find "$HACK_DIR/LocalNode" -maxdepth 1 -type f \( -name '*.cs' -o -name '*.csproj' \) -print0 | sort -z | xargs -0 sha256sum | sed "s# .*/# #" | sha256sum | cut -c1-12)
  echo "$KUBEDB_CACHE/local-node/$key"
}

build_node_tool() {
  local tool log=$KUBEDB_CACHE/publish-local-node.log
  tool=$(node_tool)
  [ ! -d "$tool" ] || return 0
  require_dotnet
  rm -rf "$tool.new"
  # A folder for intermediate files that no other build uses: the operators may be built at the same time.
  dotnet publish "$HACK_DIR/LocalNode" -c Release -m:1 -v quiet --nologo -p:DebugType=none -p:RunAnalyzers=false \
    --artifacts-path "$KUBEDB_CACHE/publish/local-node" -o "$tool.new" >"$log" 2>&1 ||
    { grep -E 'error|warn' "$log" | sort -u | head -20 >&2; die "hack/LocalNode does not build (log: $log)"; }
  mv "$tool.new" "$tool"
}

start_local_node() {
  mkdir -p "$STATE_DIR/volumes" "$STATE_DIR/hosts"
  local hosts=''; [ "$DNS" != dnsmasq ] || hosts=$STATE_DIR/hosts
  allow_local_node
  DOTNET_gcServer=0 start local-node "$(node_tool)/kubedb-local-node" --kubeconfig="$STATE_DIR/volumes.kubeconfig" --leader-elect=false \
    --metrics-bind-address="127.0.0.1:$NODE_PORT" --health-probe-bind-address="127.0.0.1:$NODE_PORT" \
    --node="$NODE" --volumes-directory="$STATE_DIR/volumes" --hosts-directory="$hosts"
  wait_until local-node 60 in_net curl -fs "http://127.0.0.1:$NODE_PORT/readyz"
}

# "standard" makes volumes that can grow, "fixed" ones that can not. Both open to every user, and fsGroup works on them.
storage_classes() {
  local name default grows
  while read -r name default grows; do
    cat <<Y
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: $name, annotations: {storageclass.kubernetes.io/is-default-class: "$default"}}
provisioner: local-node.kubedb.com/directory
reclaimPolicy: Delete
volumeBindingMode: WaitForFirstConsumer
allowVolumeExpansion: $grows
Y
  done <<<'standard true true
fixed false false'
}

allow_local_node() {
  kubectl_admin apply -f - >/dev/null <<'Y'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "kubedb-local:volumes"}
rules:
- {apiGroups: [""], resources: [persistentvolumeclaims, services, endpoints], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [persistentvolumeclaims/status], verbs: [patch]}
- {apiGroups: [""], resources: [persistentvolumes], verbs: [get, list, watch, create, patch, delete]}
- {apiGroups: [storage.k8s.io], resources: [storageclasses], verbs: [get, list, watch]}
- {apiGroups: ["", events.k8s.io], resources: [events], verbs: [create, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "kubedb-local:volumes"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "kubedb-local:volumes"}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "kubedb-local:volumes"}]
Y
  local wanted; wanted=$(storage_classes)
  # What a class promises can not be changed in place; the volumes made under it stay.
  kubectl_admin apply -f - <<<"$wanted" >/dev/null 2>&1 || kubectl_admin replace --force -f - <<<"$wanted" >/dev/null
}
