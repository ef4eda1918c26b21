namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// The scripts that run in the pods, for any POSIX shell: the images are the official ones, and nothing else is built into them. They are
/// delivered beside <c>default.conf</c> in the config secret and copied into the pod by its init container.
/// </summary>
public static class RedisScripts
{
    /// <summary>Key of the script that starts the server.</summary>
    public const string StartKey = "start.sh";

    /// <summary>Key of the script that tells whether the server is ready.</summary>
    public const string ReadyKey = "ready.sh";

    /// <summary>
    /// Key that says that the database was initialised once: init scripts then never run again, not even on a fresh volume.
    /// </summary>
    public const string InitializedKey = "initialized";

    /// <summary>
    /// Key of the endpoints of a cluster's pods, a line each (<see cref="RedisEndpoint.Line"/>): in a file of its own, so that other endpoints
    /// leave the pods' template as it is.
    /// </summary>
    public const string EndpointsKey = "endpoints";

    /// <summary>Key of the host and the port of each sentinel, a line each (<see cref="SentinelPeer.Lines"/>).</summary>
    public const string SentinelsKey = "sentinels";

    /// <summary>The host that a replica follows as long as nobody has said which pod is the master: none listens on its port.</summary>
    public const string OrphanHost = "127.0.0.1";

    /// <summary>The port to <see cref="OrphanHost"/>.</summary>
    public const int OrphanPort = 1;

    /// <summary>Name of the file in which a node of a cluster keeps what it knows of the others.</summary>
    public const string NodesFile = "nodes.conf";

    /// <summary>What the init container runs: it copies the scripts to where they can be executed.</summary>
    public static string Install(RedisFlavour flavour) =>
        $"cp {flavour.ConfigPath}{StartKey} {flavour.ConfigPath}{ReadyKey} /scripts/ && chmod 0755 /scripts/*.sh";

    /// <summary>
    /// Readiness: the init scripts have ended and the server answers PONG (not LOADING). Keeps note of whether the append-only file is on, so
    /// that the next start knows of a change that was made in the running server.
    /// </summary>
    public static string Ready { get; } = Script("""
        #!/bin/sh
        # Succeeds once the server answers and the init scripts, if any, have ended.
        if [ "${DISTRIBUTION:-Official}" = Valkey ]; then
          cli=valkey-cli mounted=${START_CONFIG_DIR:-/usr/local/etc/valkey}
        else
          cli=redis-cli mounted=${START_CONFIG_DIR:-/usr/local/etc/redis}
        fi
        certs=${START_CERTS_DIR:-/certs}
        set -- -h 127.0.0.1 -p "${START_PORT_NUMBER:-6379}"
        cli_bound=
        # shellcheck disable=SC2086 # words
        ask() { printf 'PING\nINFO persistence\n' | $cli_bound "$cli" "$@" 2>/dev/null | tr -d '\r'; }
        ask_tls() { ask "$@" --tls --cert "$certs/client.crt" --key "$certs/client.key" --cacert "$certs/ca.crt"; }

        # A server that changes between plain and TLS may have either on its port, whatever the file says. To one that waits for a line in plain,
        # the beginning of TLS is none: it would not answer.
        if [ "${TLS:-OFF}" = ON ]; then
          if grep -qx 'port 0' "$mounted/default.conf" 2>/dev/null; then
            cli_bound="timeout 2"
            answer=$(ask_tls "$@")
            cli_bound=
            [ -n "$answer" ] || answer=$(ask "$@")
          else
            answer=$(ask "$@")
            [ -n "$answer" ] || answer=$(ask_tls "$@")
          fi
        else
          answer=$(ask "$@")
        fi
        newline='
        '
        has() { case $newline$answer$newline in *"$newline$1$newline"*) return 0 ;; esac; return 1; }

        # While the start script is changing over, it keeps the note; until the append-only file is on, what clients write is on no disk.
        scripts=${START_SCRIPTS_DIR:-/scripts}
        switching= noted=
        [ ! -e "$scripts/switching" ] || read -r switching <"$scripts/switching"

        # Which of the two holds the data from now on, once that is settled.
        mode=${START_DATA_DIR:-/data}/persistence-mode
        [ ! -e "$mode" ] || read -r noted <"$mode"
        now=
        if has loading:0; then
          if has aof_enabled:0; then now=rdb
          elif has aof_enabled:1 && has aof_rewrite_in_progress:0 && has aof_rewrite_scheduled:0 && has aof_last_bgrewrite_status:ok; then now=aof
          fi
        fi
        if [ -n "$now" ] && [ -n "$noted" ] && [ "$noted" != "$now" ] && [ -z "$switching" ]; then
          { printf '%s\n' "$now" >"$mode.new" && mv -f "$mode.new" "$mode"; } 2>/dev/null
        fi

        [ ! -e "$scripts/initialising" ] || [ -e "$scripts/waiting" ] || exit 1
        [ "$switching" != yes ] || exit 1
        case ${answer%%"$newline"*} in
          PONG) ;;
          MASTERDOWN*) [ "${REDIS_MODE:-}" = Sentinel ] ;; # "replica-serve-stale-data no", and no master yet
          *) exit 1 ;;
        esac
        """);

    /// <summary>
    /// Starts the server on the mounted configuration, with the container's arguments. Sees to it that a change between snapshots and the
    /// append-only file loads the newer data, where the server alone would start empty or with old data, and that files whose names were
    /// changed are found; see <see cref="RedisStartFunctions"/>. Runs init scripts once. Of several servers each is told what sets it apart; see
    /// <see cref="RedisModeFunctions"/>.
    /// </summary>
    public static string Start { get; } = Script("""
        #!/bin/sh
        # Starts the server of this pod: sh start.sh [arguments for the server]
        set -eu

        # The first process of a container ignores what it has no answer to: the pod would take its whole grace period to go.
        trap 'exit 143' TERM INT

        data=${START_DATA_DIR:-/data}
        scripts=${START_SCRIPTS_DIR:-/scripts}
        init=${START_INIT_DIR:-/init}
        port=${START_PORT_NUMBER:-6379}
        certs=${START_CERTS_DIR:-/certs}
        if [ "${DISTRIBUTION:-Official}" = Valkey ]; then
          server=valkey-server cli=valkey-cli mounted=${START_CONFIG_DIR:-/usr/local/etc/valkey}
        else
          server=redis-server cli=redis-cli mounted=${START_CONFIG_DIR:-/usr/local/etc/redis}
        fi
        conf=$data/default.conf

        say() { echo "start: $*"; }
        fail() { echo "start: $*" >&2; exit 1; }

        @FUNCTIONS@

        command -v "$server" >/dev/null 2>&1 || fail "the image has no $server; name an image of the official kind in the catalog version"
        [ -r "$mounted/default.conf" ] || fail "$mounted/default.conf can not be read; is the config secret mounted?"
        [ -w "$data" ] || fail "$data can not be written by user $(id -u); check the volume and fsGroup"
        umask 077
        last_names

        # Before the file of the last start is replaced: as long as this start does not get further, that one says what the volume holds.
        settings "$mounted/default.conf"
        arguments "$@"
        carry_files
        if ! { cp "$mounted/default.conf" "$conf.new" && mv -f "$conf.new" "$conf"; }; then
          fail "$conf can not be written; is the volume full?"
        fi
        take_password
        umask 022

        snapshot=$data/$snapshot_name
        logs=$data/$folder_name
        log=$data/$log_name
        mode=$data/persistence-mode
        last=$(cat "$mode" 2>/dev/null || echo unknown)

        # Which of the two is on the port that clients use.
        speaks_tls() { [ "${TLS:-OFF}" = ON ] && LC_ALL=C awk '$1 == "port" { plain = $2 } END { exit plain == 0 ? 0 : 1 }' "$conf"; }

        holds() { printf '%s\n' "$1" >"$mode.new" && mv -f "$mode.new" "$mode"; }
        log_exists() { [ -s "$log" ] || [ -s "$logs/$log_name.manifest" ]; }
        log_is_newer() { [ -n "$(find "$logs" "$log" -type f -newer "$snapshot" 2>/dev/null)" ]; }

        # Which of the two holds the newest data. While the append-only file stays on, it always does.
        source=snapshot
        if log_exists; then
          if [ ! -s "$snapshot" ] || log_is_newer || { [ "$want" = yes ] && [ "$last" = aof ]; }; then source=log; fi
        fi
        switch=
        if [ "$want" = yes ] && [ "$source" = snapshot ] && [ -s "$snapshot" ]; then
          say "loading the snapshot first, then turning the append-only file on"
          switch=yes
          set -- "$@" --appendonly no
        elif [ "$want" = no ] && [ "$source" = log ]; then
          say "loading the append-only file first, then turning it off"
          switch=no
          set -- "$@" --appendonly yes
        elif [ "$want" = yes ]; then
          holds aof
        else
          holds rdb
        fi

        more= follow=
        case $topology in
          Cluster)
            keep_nodes
            cluster_arguments
            list_endpoints </dev/null 2>/dev/null &
            follow=-c
            ;;
          Sentinel) replica_arguments ;;
        esac

        # Words: none of the paths has a blank.
        tls=
        if speaks_tls; then tls="--tls --cert $certs/client.crt --key $certs/client.key --cacert $certs/ca.crt"; fi
        # shellcheck disable=SC2086 # words
        ask() { ${with:-} "$cli" -h 127.0.0.1 -p "$port" $tls "$@"; }
        shows() { ask INFO persistence 2>/dev/null | tr -d '\r' | grep -qx "$1"; }

        # What waits in the background for the server, which takes this process' place and so has its number, ends with it.
        pause() {
          kill -0 "$$" 2>/dev/null || exit 0
          sleep "$1"
        }

        await_server() {
          until [ "$(ask PING 2>/dev/null)" = PONG ]; do pause 1; done
        }

        # Waits until no child of the server writes any more; true when the last one succeeded.
        settled() {
          until shows "$1:0"; do pause 1; done
          shows "$2:ok"
        }

        turn_log_on() {
          ask CONFIG SET appendonly yes >/dev/null || true
          until shows aof_rewrite_scheduled:0 && settled aof_rewrite_in_progress aof_last_bgrewrite_status && shows aof_enabled:1; do
            pause 5
            say "the append-only file could not be written yet; trying again"
            ask CONFIG SET appendonly yes >/dev/null || true
          done
          holds aof
          say "the append-only file is on"
        }

        turn_log_off() {
          until ask BGSAVE | grep -q started && settled rdb_bgsave_in_progress rdb_last_bgsave_status; do
            pause 5
            say "the snapshot could not be written yet; trying again"
          done
          ask CONFIG SET appendonly no >/dev/null || true
          holds rdb
          say "the append-only file is off"
        }

        run_script() {
          say "running $1"
          case $1 in
            *.lua) ask ${follow:-} --eval "$1" ;;
            *) sh "$1" ;;
          esac
        }

        run_scripts() {
          path=$init${INIT_SCRIPT_PATH:+/$INIT_SCRIPT_PATH}
          if [ -d "$path" ]; then set -- "$path"/*.sh "$path"/*.lua; else set -- "$path"; fi
          for script in "$@"; do
            if [ -f "$script" ]; then run_script "$script" || return 1
            elif [ "$#" -eq 1 ]; then say "$script does not exist"; return 1
            fi
          done
        }

        # The pod stays unready while the marker in the scripts directory is there.
        initialise() {
          if run_scripts; then
            date >"$data/ran-init.txt"
            rm -f "$scripts/initialising"
            lower_flag
            say "init scripts have ended"
          else
            say "an init script failed: the pod stays unready. Correct the script, then delete the pod to run it again"
          fi
        }

        initial=
        rm -f "$scripts/initialising" "$scripts/waiting" "$scripts/switching"
        [ -z "$switch" ] || echo "$switch" >"$scripts/switching"
        if [ -d "$init" ] && [ ! -e "$data/ran-init.txt" ] && [ ! -e "$mounted/initialized" ] && may_initialise; then
          initial=yes
          : >"$scripts/initialising"
        fi

        if [ -n "$switch$initial" ]; then
          {
            await_server
            case $switch in
              yes) turn_log_on ;;
              no) turn_log_off ;;
            esac
            rm -f "$scripts/switching"
            if [ -n "$initial" ]; then await_turn; initialise; fi
          } </dev/null &
        fi

        # shellcheck disable=SC2086 # names, addresses and numbers
        exec "$server" "$conf" "$@" $more
        """).Replace("@FUNCTIONS@\n", $"{RedisStartFunctions.Text}\n{RedisModeFunctions.Text}", StringComparison.Ordinal);

    private static string Script(string text) => text.ReplaceLineEndings("\n") + "\n";
}
