# shellcheck shell=bash
# The node: containerd with runc and CNI, the kubelet, kube-proxy, the images on it.

PAUSE_IMAGE=local/pause:1
CONTENT_LABEL=kubedb.com/content # on the node: which build an image name stands for

ctr_node() { ctr -a "$RUN_DIR/containerd.sock" -n k8s.io "$@"; }

start_containerd() {
  [ ${#RUN_DIR} -lt 80 ] || die "the path $RUN_DIR is too long for a socket; choose a shorter KUBEDB_CACHE"
  mkdir -p "$STATE_DIR/cni"
  jq -n --arg bridge "$BRIDGE" --arg subnet "$POD_CIDR" --arg first "$POD_NET.10" --arg name "kubedb$SLOT" --arg data "$RUN_DIR/cni-addresses" '{
    cniVersion: "0.4.0", name: $name, plugins: [
      {type: "bridge", bridge: $bridge, isGateway: true, hairpinMode: true,
       ipam: {type: "host-local", dataDir: $data, ranges: [[{subnet: $subnet, rangeStart: $first}]], routes: [{dst: "0.0.0.0/0"}]}},
      {type: "portmap", capabilities: {portMappings: true}}]}' >"$STATE_DIR/cni/10-kubedb.conflist"
  # restrict_oom_score_adj: without CAP_SYS_RESOURCE no sandbox starts otherwise.
  # netns_mounts_under_state_dir: so that "down" knows which namespaces are this cluster's.
  cat >"$STATE_DIR/containerd.toml" <<T
version = 2
root = "$STATE_DIR/containerd"
state = "$RUN_DIR/containerd"
[grpc]
  address = "$RUN_DIR/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE_DIR/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
T
  start containerd containerd -c "$STATE_DIR/containerd.toml"
  wait_until containerd 30 ctr_node version
  if ! ctr_node images ls -q | grep -qx "$PAUSE_IMAGE"; then build_pause; fi
}

# The sandbox's only program: waits, and reaps what is handed to it.
build_pause() {
  local archive=$KUBEDB_CACHE/images/pause-1.tar work
  if [ ! -s "$archive" ]; then
    mkdir -p "$(dirname "$archive")"
    work_dir work
    cat >"$work/pause.c" <<'C'
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
static void on_child(int n) { (void)n; while (waitpid(-1, 0, WNOHANG) > 0); }
static void on_end(int n) { (void)n; _exit(0); }
int main(void) {
  signal(SIGCHLD, on_child); signal(SIGTERM, on_end); signal(SIGINT, on_end);
  for (;;) pause();
}
C
    gcc -static -Os -s -o "$work/pause" "$work/pause.c"
    image_archive "docker.io/$PAUSE_IMAGE" "$archive" '{"Entrypoint": ["/pause"], "User": "65535:65535"}' "$work/pause" /pause
  fi
  ctr_node images import "$archive" >/dev/null
  ctr_node images tag --force "docker.io/$PAUSE_IMAGE" "$PAUSE_IMAGE" >/dev/null # containerd asks for its sandbox by this name
}

# load_image ARCHIVE LISTING: puts its image on the node, unless it is there with the same content. The archive
# holds full names (docker.io/…), which is what the kubelet asks for when a pod says "local/redis:7".
load_image() {
  local archive=$1 listing=$2 name id
  read -r name id < <(archive_content "$archive")
  if grep -F "$name " <<<"$listing" | grep -qF "$CONTENT_LABEL=$id"; then
    say "            on the node already: ${name#docker.io/}"
    return
  fi
  ctr_node images import "$archive" >/dev/null
  ctr_node images label "$name" "$CONTENT_LABEL=$id" >/dev/null
  say "            put on the node: ${name#docker.io/}"
}

start_kubelet() {
  # No cgroup hierarchy by quality of service: the machine may not let us make one.
  cat >"$STATE_DIR/kubelet.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $GATEWAY
healthzBindAddress: 127.0.0.1
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI_DIR/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $PKI_DIR/kubelet.crt
tlsPrivateKeyFile: $PKI_DIR/kubelet.key
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failSwapOn: false
$KUBELET_EXTRA
clusterDomain: cluster.local
clusterDNS: [$GATEWAY]
resolvConf: ""
syncFrequency: 1s
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
maxPods: 200
Y
  start kubelet "$KUBE_BIN/kubelet" --config="$STATE_DIR/kubelet.yaml" --kubeconfig="$STATE_DIR/kubelet.kubeconfig" \
    --root-dir="$STATE_DIR/kubelet" --hostname-override="$NODE" --node-ip="$GATEWAY" "${KUBELET_FLAGS[@]}"
}

start_proxy() {
  start_kept proxy "$KUBE_BIN/kube-proxy" --kubeconfig="$STATE_DIR/proxy.kubeconfig" --hostname-override="$NODE" \
    --proxy-mode=iptables --cluster-cidr="$POD_CIDR" --nodeport-addresses="$POD_CIDR" \
    --healthz-bind-address=127.0.0.1:10256 --metrics-bind-address=127.0.0.1:10249 \
    --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
}

node_is_ready() {
  kubectl_admin get node "$NODE" -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null | grep -qx True
}

# Ends every pod with its shim, then unmounts what they held.
remove_pods() {
  local tasks containers file pid mount
  if is_running containerd; then
    mapfile -t tasks < <(ctr_node tasks ls -q 2>/dev/null)
    mapfile -t containers < <(ctr_node containers ls -q 2>/dev/null)
    [ ${#tasks[@]} = 0 ] || ctr_node tasks rm -f "${tasks[@]}" >/dev/null 2>&1 || true
    [ ${#containers[@]} = 0 ] || ctr_node containers rm "${containers[@]}" >/dev/null 2>&1 || true
  fi
  stop containerd
  while read -r file; do # shims outlive containerd
    pid=${file#/proc/} pid=${pid%/cmdline}
    case $(readlink "/proc/$pid/exe" 2>/dev/null) in */containerd-shim*) kill -9 "$pid" 2>/dev/null || true ;; esac
  done < <(grep -lsaF -- "$RUN_DIR/containerd.sock" /proc/[0-9]*/cmdline || true)
  awk -v dir="$STATE_DIR/" 'index($2, dir) == 1 {print $2}' /proc/mounts | sort -r | while read -r mount; do
    umount "$mount" 2>/dev/null || umount -l "$mount" 2>/dev/null || true
  done
  drop_cni_results
}

# What the CNI library remembers of each sandbox, in a folder that all clusters of the machine share.
drop_cni_results() {
  local results=/var/lib/cni/results file id
  for file in "$results/kubedb$SLOT"-*-eth0; do
    [ -e "$file" ] || continue
    id=${file##*/kubedb"$SLOT"-} id=${id%-eth0}
    rm -f "$file" "$results/cni-loopback-$id-lo"
  done
}
