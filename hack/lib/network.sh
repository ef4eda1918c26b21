# shellcheck shell=bash
# Bridge, routes and packet filter. Slot 0 lives in the machine's own network; every other slot has a
# network namespace of its own, joined to the machine by one veth pair, so that clusters can run side by side.
# Pods reach each other and this machine, and nothing beyond it.

KUBERNETES_CHAINS='KUBE-|CNI-'

in_net() { "${IN_NET[@]}" "$@"; }

network_up() {
  if [ -n "$NETNS" ]; then
    [ -e "/run/netns/$NETNS" ] || ip netns add "$NETNS"
    in_net ip link set lo up
    if ! ip link show "$BRIDGE-out" >/dev/null 2>&1; then
      ip link add "$BRIDGE-out" type veth peer name uplink netns "$NETNS"
      ip addr add "$LINK_NET.1/30" dev "$BRIDGE-out"
      ip link set "$BRIDGE-out" up
      in_net ip addr add "$LINK_NET.2/30" dev uplink
      in_net ip link set uplink up
    fi
    ip route replace "$POD_CIDR" via "$LINK_NET.2"
    ip route replace "$SERVICE_CIDR" via "$LINK_NET.2"
  elif iptables -w -t nat -S KUBE-SERVICES >/dev/null 2>&1 && [ ! -e "$RUN_DIR/network" ]; then
    die "another Kubernetes keeps its rules in this machine's iptables; stop it, or set KUBEDB_CLUSTER_SLOT=1 to run beside it"
  fi
  touch "$RUN_DIR/network"
  if ! in_net ip link show "$BRIDGE" >/dev/null 2>&1; then
    in_net ip link add "$BRIDGE" type bridge
    in_net ip addr add "$GATEWAY/24" dev "$BRIDGE"
    in_net ip link set "$BRIDGE" up
  fi
  in_net ip route replace "$SERVICE_CIDR" dev "$BRIDGE" # no packet for a service can leave the machine
  in_net sysctl -qw net.ipv4.ip_forward=1
  modprobe -q br_netfilter 2>/dev/null || true
  in_net sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
  forward_rules | while read -r rule; do
    # shellcheck disable=SC2086  # a rule is several words
    in_net iptables -w -C FORWARD $rule 2>/dev/null || in_net iptables -w -I FORWARD $rule
  done
}

forward_rules() { # each is inserted at the head: the last one is looked at first
  echo "-i $BRIDGE ! -o $BRIDGE -j REJECT"
  echo "-i $BRIDGE -o $BRIDGE -j ACCEPT"
  [ -z "$NETNS" ] || echo "-i $BRIDGE -o uplink -j ACCEPT"
}

network_down() {
  if [ -n "$NETNS" ]; then # the bridge, its rules and the far end of the veth pair go with the namespace
    ip link del "$BRIDGE-out" 2>/dev/null || true
    ip netns del "$NETNS" 2>/dev/null || true
    # "ip netns" mounts its folder for the first namespace, and never takes it back
    [ -n "$(ls -A /run/netns 2>/dev/null)" ] || umount /run/netns 2>/dev/null || true
  elif [ -e "$RUN_DIR/network" ]; then
    forward_rules | while read -r rule; do
      # shellcheck disable=SC2086
      iptables -w -D FORWARD $rule 2>/dev/null || true
    done
    drop_kubernetes_chains iptables
    drop_kubernetes_chains ip6tables
    ip link del "$BRIDGE" 2>/dev/null || true
    conntrack -D -d "$SERVICE_CIDR" >/dev/null 2>&1 || true
  fi
  rm -f "$RUN_DIR/network"
}

# Everything that kube-proxy, the kubelet and the CNI plugins put into the tables, and nothing else. One transaction a table.
drop_kubernetes_chains() { # iptables or ip6tables
  local table have chains
  for table in filter nat mangle raw; do
    have=$("$1" -w -t $table -S 2>/dev/null) || continue
    chains=$(grep -E "^-N ($KUBERNETES_CHAINS)" <<<"$have" || true)
    [ -n "$chains" ] || continue
    {
      echo "*$table"
      echo "${chains//-N /-F }"
      grep -E "^-A .* -[jg] ($KUBERNETES_CHAINS)" <<<"$have" | grep -vE "^-A ($KUBERNETES_CHAINS)" | sed 's/^-A/-D/' || true
      echo "${chains//-N /-X }"
      echo COMMIT
    } | "$1-restore" -w --noflush || say "  some rules of Kubernetes are left in $1's table $table"
  done
}
