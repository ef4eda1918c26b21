using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Kafka.Configuration;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>
/// The scripts that run in the pods, for the bash that the server's own scripts need: the images are the official ones, and nothing else is built into
/// them.
/// </summary>
/// <remarks>
/// They read the variables <c>POD_NAME</c>, <c>DOMAIN</c> (of the governing service, which has to publish nodes that are not ready), <c>NODE_ROLES</c>,
/// <c>FIRST_NODE_ID</c>, <c>SERVER_HEAP</c>, <c>KAFKA_CLUSTER_ID</c>; <c>KAFKA_USER</c> and <c>KAFKA_PASSWORD</c> where clients log in;
/// <c>PEER_PROTOCOL</c> and <c>STORE_PASSWORD</c> with TLS; <c>METRICS_PORT</c> where metrics are served. They write to the volume and to the folder of
/// the server's configuration, which both the server's user has to be able to write to.
/// </remarks>
public static class KafkaScripts
{
    /// <summary>Key of the script that starts the node.</summary>
    public const string StartKey = "start.sh";

    /// <summary>Key of the script that tells whether the node serves.</summary>
    public const string ReadyKey = "ready.sh";

    /// <summary>Key of the script that tells whether the process is alive.</summary>
    public const string LiveKey = "live.sh";

    private const string Common = """
        home=${START_HOME:-/opt/kafka} here=${START_ADDRESS:-127.0.0.1}
        waiting=${START_CONFIG_DIR:-$home/config}/.waiting

        listens() { # port: somebody takes connections there
          timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2"' listens "$here" "$1" 2>/dev/null
        }
        serves() { # every listener by which the node is reached
          case $NODE_ROLES in *controller*) listens @CONTROLLER@ || return 1 ;; esac
          case $NODE_ROLES in *broker*) listens @BROKER@ || return 1 ;; esac
        }
        """;

    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, string> All => new Dictionary<string, string> { [StartKey] = Start, [ReadyKey] = Ready, [LiveKey] = Live };

    /// <summary>
    /// Readiness: the node takes connections. A broker does so only once the controllers let it serve.
    /// </summary>
    public static string Ready { get; } = Script($$"""
        #!/usr/bin/env bash
        # Succeeds once the node of this pod serves.
        set -eu
        {{Common}}
        [ ! -e "$waiting" ] || exit 1
        serves
        """);

    /// <summary>Liveness: the node takes connections, or the start script still waits for what it needs.</summary>
    public static string Live { get; } = Script($$"""
        #!/usr/bin/env bash
        # Succeeds while the node takes connections, and while the start script has not started it yet.
        set -eu
        {{Common}}
        [ ! -e "$waiting" ] || exit 0
        serves
        """);

    /// <summary>
    /// Starts the node: makes the server's files of the rendered ones, formats an empty volume where that loses nothing, and becomes the server.
    /// </summary>
    public static string Start { get; } = Script($$"""
        #!/usr/bin/env bash
        # Starts the node of this pod: bash start.sh
        set -eu

        # The first process of a container ignores what it has no answer to: the pod would take its whole grace period to go.
        trap 'exit 143' TERM INT

        # Characters of names and passwords are those of UTF-8; nothing of a text that is put in somewhere stands for itself.
        export LC_ALL=C.UTF-8
        shopt -u patsub_replacement 2>/dev/null || true

        {{Common}}
        data=${START_DATA_DIR:-{{KafkaPods.DataFolder}}} config=${START_CONFIG_DIR:-$home/config}
        rendered=${START_RENDERED_DIR:-{{KafkaPods.RenderedFolder}}}
        certificates=${START_CERTIFICATES_DIR:-{{KeyStoreObjects.SourceFolder}}} stores=${START_STORES_DIR:-{{KeyStoreObjects.StoreFolder}}}
        name=${POD_NAME:-$(hostname)}
        ordinal=${name##*-}
        id=$((FIRST_NODE_ID + ordinal))
        server=$config/server.properties
        PATH=$home/bin:$PATH

        say() { echo "start: $*"; }
        fail() { echo "start: $*" >&2; exit 1; }

        # Files appear whole: a start that is killed anywhere is taken up by the next.
        put() { cat >"$1.new" && mv -f "$1.new" "$1"; }

        @FUNCTIONS@

        command -v kafka-server-start.sh >/dev/null || fail "the image has no kafka-server-start.sh in $home/bin; name an image of the official kind in the catalog version"
        [ -r "$rendered/{{KafkaFiles.ServerKey}}" ] || fail "$rendered/{{KafkaFiles.ServerKey}} can not be read; is the config secret mounted?"
        [ -w "$data" ] || fail "$data can not be written by user $(id -u); check the volume and fsGroup"
        [ -w "$config" ] || fail "$config can not be written by user $(id -u)"
        : >"$waiting"
        umask 077
        await_protocol
        server_properties >"$server.new"
        mv -f "$server.new" "$server"
        ln -sf server.properties "$config/kafka.properties"
        filled <"$rendered/{{KafkaFiles.ClientKey}}" | put "$config/{{KafkaFiles.ClientKey}}"
        log_settings
        prepare_storage
        await_name
        [ "$(protocol)" = Plain ] || keep_stores </dev/null &
        rm -f "$waiting"
        export KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:-"-Xms${SERVER_HEAP:-1024m} -Xmx${SERVER_HEAP:-1024m}"} KAFKA_OPTS="{{JavaOptions.NamesText}} ${KAFKA_OPTS:-}$(agent)"
        export EXTRA_ARGS=${EXTRA_ARGS:--name kafkaServer} LOG_DIR=${LOG_DIR:-/tmp/kafka-logs}
        exec kafka-server-start.sh "$server"
        """).Replace("@FUNCTIONS@\n", KafkaStartFunctions.Text, StringComparison.Ordinal);

    private static string Script(string text) => text.ReplaceLineEndings("\n")
        .Replace("@BROKER@", KafkaPorts.Broker.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@CONTROLLER@", KafkaPorts.Controller.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) + "\n";
}
