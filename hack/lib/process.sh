# shellcheck shell=bash
# Host processes of the cluster: started detached, known by pid and start time, ended by exactly that.
# The start time guards against a pid that the kernel gave to somebody else since.

# A zombie whose threads have not all ended still holds its ports.
start_time() { # pid -> clock ticks since boot at which it began; nothing if it is gone or a zombie
  local stat threads; stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  if [ "${stat%% *}" = Z ]; then
    threads=("/proc/$1/task/"*)
    [ ${#threads[@]} -gt 1 ] || return 1
  fi
  cut -d' ' -f20 <<<"$stat"
}

is_running() { # name
  local pid began
  read -r pid began 2>/dev/null <"$RUN_DIR/$1.pid" || return 1
  [ "$(start_time "$pid")" = "$began" ]
}

# start NAME COMMAND…: in the cluster's network, unless it runs already.
start() {
  local name=$1 pid; shift
  ! is_running "$name" || return 0
  setsid nohup "${IN_NET[@]}" "$@" >>"$LOG_DIR/$name.log" 2>&1 </dev/null 9>&- &
  pid=$!
  disown
  echo "$pid $(start_time $pid)" >"$RUN_DIR/$name.pid"
}

# start_kept NAME COMMAND…: the same, and started again when it ends by itself, as a kubelet does with a static pod: kube-scheduler ends itself
# on purpose when its cache contradicts the API server, which a restart of that can bring about.
start_kept() {
  local name=$1; shift
  # shellcheck disable=SC2016
  start "$name" bash -c '
    trap "kill \$child; wait \$child; exit" TERM
    while :; do
      "$@" & child=$!
      wait $child
      echo "$1 ended by itself ($?); it is started again"
      sleep 1 & child=$!
      wait $child
    done' kept "$@"
}

# stop NAME [SECONDS]: SIGTERM, then SIGKILL after the grace.
stop() {
  local name=$1 grace=${2:-5} pid n
  if is_running "$name"; then
    read -r pid _ <"$RUN_DIR/$name.pid"
    kill "$pid" 2>/dev/null || true
    for ((n = 0; n < grace * 20; n++)); do is_running "$name" || break; sleep 0.05; done
    ! is_running "$name" || kill -9 -- "-$pid" "$pid" 2>/dev/null || true
  fi
  rm -f "$RUN_DIR/$name.pid"
}

# wait_until NAME SECONDS COMMAND…: until the command succeeds; fails at once when the process NAME has ended.
wait_until() {
  local name=$1 seconds=$2 n; shift 2
  for ((n = 0; n < seconds * 10; n++)); do
    ! "$@" >/dev/null 2>&1 || return 0
    is_running "$name" || break
    sleep 0.1
  done
  tail -n 8 "$LOG_DIR/$name.log" >&2 || true
  if is_running "$name"; then die "$name was not ready after $seconds s; its log: $LOG_DIR/$name.log"; fi
  die "$name ended by itself; its log: $LOG_DIR/$name.log"
}
