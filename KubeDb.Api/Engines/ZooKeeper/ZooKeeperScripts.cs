using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.ZooKeeper.Configuration;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>
/// The scripts that run in the pods, for the bash that the server's own scripts need: the images are the official ones, and nothing else is
/// built into them. They are delivered beside <c>zoo.cfg</c> in the config secret, which is mounted at <c>/conf</c>.
/// </summary>
/// <remarks>
/// They read the variables <c>CLUSTER_NAME</c>, <c>CLUSTER_SIZE</c>, <c>DOMAIN</c> (of the governing service, which has to publish members that are
/// not ready), <c>CLIENT_PORT</c>, <c>QUORUM_PORT</c>, <c>LEADER_PORT</c>, and <c>ZK_USER</c>, <c>ZK_PASSWORD</c>, <c>ZK_JAAS_FILE_PATH</c> where there
/// is authentication, and <c>QUORUM_PROTOCOL</c> with TLS. Who a member is, is the name of its pod: <c>POD_NAME</c>, or the host's. They write to <c>/data</c> (the volume) and
/// <c>/scripts</c> (an empty directory of the pod), and with TLS to <c>/var/private/ssl</c> (another one).
/// </remarks>
public static class ZooKeeperScripts
{
    /// <summary>Key of the script that starts the member: <c>bash /conf/start.sh</c>.</summary>
    public const string StartKey = "start.sh";

    /// <summary>Key of the script that tells whether the member serves and votes.</summary>
    public const string ReadyKey = "ready.sh";

    /// <summary>Key of the script that tells whether the process is alive.</summary>
    public const string LiveKey = "live.sh";

    /// <summary>
    /// Key that says that the ensemble was formed once: from then on no member without data makes one of its own, not even the first.
    /// </summary>
    public const string InitializedKey = "initialized";

    /// <summary>
    /// Readiness: the member serves, and it is a voting member of the ensemble as it knows it. One that has joined and does not vote yet, or that
    /// has lost the quorum, is not ready.
    /// </summary>
    public static string Ready { get; } = Script($$"""
        #!/usr/bin/env bash
        # Succeeds once the member of this pod serves and votes.
        set -eu
        {{Common}}
        not_yet() { echo "$*"; exit 1; }
        mode=$(mode_of "$here") || not_yet "the server does not say its mode: it is starting, or has no quorum"
        [ "$mode" != observer ] || not_yet "the server follows the leader, and does not vote yet"
        ask "$here" conf | grep -q "^server\.$id=.*:participant" || not_yet "the membership does not have this server as a voter yet"
        """);

    /// <summary>Liveness: the server answers, or the start script still waits for what it needs.</summary>
    public static string Live { get; } = Script($$"""
        #!/usr/bin/env bash
        # Succeeds while the server answers, and while the start script has not started it yet.
        set -eu
        {{Common}}
        [ ! -e "$scripts/waiting" ] || exit 0
        [ "$(ask "$here" ruok)" = imok ] || { echo "the server does not answer ruok"; exit 1; }
        """);

    /// <summary>
    /// Starts the member. With data it starts as what it was. Without, it never votes before it has the ensemble's data: the first member of a
    /// database that was never formed makes an ensemble of itself; any other has itself removed from the ensemble if that still counts on it,
    /// joins without a vote, and asks for its vote once it has followed the leader.
    /// </summary>
    public static string Start { get; } = Script($$"""
        #!/usr/bin/env bash
        # Starts the member of this pod: bash start.sh
        set -eu

        # The first process of a container ignores what it has no answer to: the pod would take its whole grace period to go.
        trap 'exit 143' TERM INT

        {{Common}}
        mounted=${START_CONFIG_DIR:-/conf}
        certificates=${START_CERTIFICATES_DIR:-{{KeyStoreObjects.SourceFolder}}} stores=${START_STORES_DIR:-{{ZooKeeperConfig.TlsFolder}}}
        conf=$data/conf
        config=$conf/zoo.cfg
        quorum_port=${QUORUM_PORT:-{{ZooKeeperPorts.Quorum}}} leader_port=${LEADER_PORT:-{{ZooKeeperPorts.Election}}}
        jaas=${ZK_JAAS_FILE_PATH:-$data/jaas.conf}

        say() { echo "start: $*"; }
        fail() { echo "start: $*" >&2; exit 1; }
        host_of() { echo "$CLUSTER_NAME-$1.$DOMAIN"; }
        line_of() { echo "server.$1=$(host_of $(($1 - 1))):$quorum_port:$leader_port:$2;${START_CLIENT_ADDRESS:-0.0.0.0}:$client_port"; }

        # Files appear whole: a start that is killed anywhere is taken up by the next.
        put() { cat >"$1.new" && mv -f "$1.new" "$1"; }

        # As an ensemble removes and adds members; commands by standard input, so that no command line shows a password.
        client() { # host command
          {
            [ -z "${ZK_USER:-}" ] || printf 'addauth digest %s\n' "$(quoted "$ZK_USER:$ZK_PASSWORD")"
            printf '%s\n' "$2"
          } | ZK_CLIENT_HEAP=64 timeout 30 zkCli.sh -server "$1:$client_port" 2>&1
        }
        quoted() { case $1 in *[[:space:]]*) case $1 in *\"*) printf "'%s'" "$1" ;; *) printf '"%s"' "$1" ;; esac ;; *) printf %s "$1" ;; esac; }

        @FUNCTIONS@

        command -v zkServer.sh >/dev/null || fail "the image has no zkServer.sh; name an image of the official kind in the catalog version"
        [ -r "$mounted/zoo.cfg" ] || fail "$mounted/zoo.cfg can not be read; is the config secret mounted?"
        [ -w "$data" ] || fail "$data can not be written by user $(id -u); check the volume and fsGroup"
        case $name in "$CLUSTER_NAME"-*[0-9]) ;; *) fail "the name of the pod is $name, not $CLUSTER_NAME and an ordinal" ;; esac
        umask 077
        if [ -s "$data/myid" ] && [ "$(cat "$data/myid")" != "$id" ]; then
          fail "$data/myid says $(cat "$data/myid"), and this is member $id: the volume belongs to another member"
        fi
        : >"$scripts/waiting"
        mkdir -p "$conf"
        write_jaas
        await_protocol

        # Before the file of the last start is replaced: it says which of the membership files counts.
        dynamic=$(membership)
        if [ -z "$dynamic" ]; then
          dynamic=$data/zoo.cfg.dynamic
          join
        fi
        echo "$id" | put "$data/myid"
        configure | put "$config"
        for file in "$mounted"/log*; do
          [ ! -f "$file" ] || put "$conf/$(basename "$file")" <"$file"
        done
        await_name

        follow_up </dev/null &
        [ "$(protocol)" = Plain ] || keep_stores </dev/null &
        rm -f "$scripts/waiting"
        export ZOOCFGDIR=$conf ZK_SERVER_HEAP=${ZK_SERVER_HEAP:-$(heap)}

        # A server reads this one from its Java machine only.
        buffer=$(setting jute.maxbuffer)
        export JVMFLAGS="{{JavaOptions.NamesText}} ${buffer:+-Djute.maxbuffer=$buffer }${JVMFLAGS:-}"
        exec zkServer.sh --config "$conf" start-foreground
        """).Replace("@FUNCTIONS@\n", ZooKeeperStartFunctions.Text, StringComparison.Ordinal);

    private const string Common = """
        data=${START_DATA_DIR:-/data} scripts=${START_SCRIPTS_DIR:-/scripts}
        client_port=${CLIENT_PORT:-2181}
        name=${POD_NAME:-$(hostname)}
        id=$((${name##*-} + 1))
        here=${START_CLIENT_ADDRESS:-127.0.0.1}

        # One of the server's four-letter words; the answer, or nothing. 124 when nothing is heard in time.
        ask() { # host word
          timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2" && printf %s "$3" >&3 && cat <&3' ask "$1" "$client_port" "$2" 2>/dev/null
        }
        mode_of() { # host: leader, follower or observer; fails when it does not serve
          ask "$1" srvr | sed -n 's/^Mode: //p' | grep .
        }
        """;

    private static string Script(string text) => text.ReplaceLineEndings("\n") + "\n";
}
