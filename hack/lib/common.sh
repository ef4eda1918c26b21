# shellcheck shell=bash
# What every script in hack/ shares: settings, places, progress lines, locking.
# Sourced, never run. Progress goes to stderr, so that stdout stays usable in $(…).

HACK_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PROJECT_DIR=$(dirname "$HACK_DIR")

# All downloads, builds and cluster state live here, outside the checkout.
KUBEDB_CACHE=${KUBEDB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubedb}
# A folder with prebuilt Kubernetes components; optional.
KUBEDB_ARTIFACTS=${KUBEDB_ARTIFACTS:-$PROJECT_DIR/../shared/artifacts}
# shellcheck disable=SC2034  # for the scripts that source this file
TOOLS_DIR=$KUBEDB_CACHE/bin

mkdir -p "$KUBEDB_CACHE"

say() { printf '%s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Milliseconds of a clock that only moves forward.
now_ms() { local up; read -r up _ </proc/uptime; echo $((10#${up/./} * 10)); }

seconds_since() { # milliseconds at start -> "1.2"
  local ms=$(($(now_ms) - $1))
  printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}

# stage TEXT COMMAND…: runs the command and prints one line with its duration.
# A failing command ends the script (set -e stays in force inside).
stage() {
  local text=$1 began; shift
  began=$(now_ms)
  [ ! -t 2 ] || [ -n "${BESIDE_ANOTHER:-}" ] || printf '  … %s' "$text" >&2
  "$@"
  [ ! -t 2 ] || [ -n "${BESIDE_ANOTHER:-}" ] || printf '\r\033[K' >&2
  printf '  %6s s  %s\n' "$(seconds_since "$began")" "$text" >&2
}

# with_lock NAME: holds an exclusive lock until the script ends; a second run waits for the first.
with_lock() {
  exec 9>"$KUBEDB_CACHE/$1.lock"
  flock -n 9 && return
  say "  waiting for another run that holds $KUBEDB_CACHE/$1.lock"
  flock 9
}

# A build leaves a compiler server behind, which must not inherit the lock: it would hold it for minutes after the script has ended.
dotnet() { command dotnet "$@" 9>&-; }

# work_dir VARIABLE: a folder for this run alone, removed when the script ends, however it ends.
WORK_DIRS=()
work_dir() {
  local -n _dir=$1
  _dir=$(mktemp -d "$KUBEDB_CACHE/work.XXXXXX")
  WORK_DIRS+=("$_dir")
}
trap 'end_beside; rm -rf "${WORK_DIRS[@]}"' EXIT

# beside NAME COMMAND…: runs the command beside what follows. join NAME… waits for it; what is not joined ends with the script.
# The command has its own process group, so that it ends with everything that it started.
declare -A BESIDE=()
beside() {
  local name=$1; shift
  set -m
  (
    set +m
    WORK_DIRS=() BESIDE=()
    trap 'end_beside; rm -rf "${WORK_DIRS[@]}"' EXIT
    trap 'exit 143' TERM
    export BESIDE_ANOTHER=1
    "$@"
  ) </dev/null &
  BESIDE[$name]=$!
  set +m
}

# join NAME…: until these have ended. join_any: until any one has. The script ends as soon as one fails, whichever is waited for.
join() {
  local name
  for name; do while [ -n "${BESIDE[$name]:-}" ]; do join_any; done; done
}

join_any() {
  local other pid='' rc=0
  wait -n -p pid "${BESIDE[@]}" || rc=$?
  for other in "${!BESIDE[@]}"; do [ "${BESIDE[$other]}" != "$pid" ] || unset "BESIDE[$other]"; done
  [ $rc = 0 ] || exit $rc
}

end_beside() {
  local pid
  for pid in "${BESIDE[@]}"; do kill -- "-$pid" 2>/dev/null || true; done
  for pid in "${BESIDE[@]}"; do wait "$pid" 2>/dev/null || true; done
}

need_root() { [ "$(id -u)" = 0 ] || die "needs root (namespaces, mounts and iptables of this machine)"; }

# Prints the comment block at the head of a script, without its marks: the scripts' --help.
usage() { awk 'NR == 1 {next} /^#/ {sub(/^# ?/, ""); print; next} {exit}' "$1"; }
