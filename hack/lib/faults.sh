# shellcheck shell=bash
# Faults on purpose, for tests: a process of the cluster restarted or killed, a container's process killed, a pod cut off.

# restart etcd|apiserver [--kill]: ended in order within 5 s (an API server would wait a minute for its watches), or with SIGKILL, and
# started again.
restart_process() {
  local name=${1:-} pid
  case $name in etcd | apiserver) ;; *) die "restart knows etcd and apiserver, not \"$name\"" ;; esac
  [ -z "${2:-}" ] || [ "$2" = --kill ] || die "restart knows --kill, not \"$2\""
  is_running "$name" || die "$name does not run; bring it up with: hack/cluster up"
  use_components
  if [ -n "${2:-}" ]; then
    read -r pid _ <"$RUN_DIR/$name.pid"
    kill -9 "$pid"
    while is_running "$name"; do sleep 0.02; done
  fi
  stop "$name" 5
  "start_$name"
  # Their watches come back after a backoff that doubles with each refusal: after some restarts in a row it can be a minute, in which services
  # lead to pods that are gone.
  if [ "$name" = apiserver ]; then
    stop controller-manager
    stop scheduler
    start_controllers
    stop proxy
    start_proxy
  fi
}

# kill_container ID SIGNAL: a signal for the first process of a container, as "containerd://<id>" or plain.
kill_container() {
  local id=${1#containerd://} signal=$2 pid
  pid=$(ctr_node tasks ls | awk -v id="$id" '$1 == id {print $2}')
  [ -n "$pid" ] || die "no container runs by the id \"$id\""
  kill -s "$signal" "$pid"
}

# What the pod of this address begins, and the answers to it, are dropped: API server, DNS, other pods. What reaches for the pod still
# does, the kubelet's probes above all, so that a pod that is cut off is not restarted for it.
cut_rules() { # address
  echo "INPUT -s $1 -m conntrack --ctdir ORIGINAL -j DROP"
  echo "OUTPUT -d $1 -m conntrack --ctdir REPLY -j DROP"
  echo "FORWARD -s $1 -m conntrack --ctdir ORIGINAL -j DROP"
  echo "FORWARD -d $1 -m conntrack --ctdir REPLY -j DROP"
}

cut_pod() { # address
  pod_address "$1"
  cut_rules "$1" | while read -r chain rule; do
    # shellcheck disable=SC2086  # a rule is several words
    in_net iptables -w -C "$chain" $rule 2>/dev/null || in_net iptables -w -I "$chain" $rule
  done
}

heal_pod() { # address
  pod_address "$1"
  cut_rules "$1" | while read -r chain rule; do
    # shellcheck disable=SC2086
    while in_net iptables -w -D "$chain" $rule 2>/dev/null; do :; done
  done
}

# Every connection that the pod of this address has to the API server is reset.
reset_pod() { # address
  pod_address "$1"
  in_net ss -4 -t -K dst "$1" sport = :6443 >/dev/null
}

pod_address() { [[ ${1:-} == "$POD_NET".* ]] || die "\"${1:-}\" is not the address of a pod of this cluster ($POD_CIDR)"; }
