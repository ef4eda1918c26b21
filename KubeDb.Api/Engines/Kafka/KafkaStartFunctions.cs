using KubeDb.Api.Engines.Blueprints;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>Functions of the start script: the files that the server reads, what the volume holds, and stores.</summary>
internal static class KafkaStartFunctions
{
    /// <summary>The functions, ending in a line break.</summary>
    public static string Text { get; } = $"{Files}\n\n{Storage}\n\n{Stores}\n\n{KeyStoreScripts.Functions()}\n\n{Logs}\n".ReplaceLineEndings("\n");

    // What is put into a properties file is escaped as one, and within the quotes of a login module as that module reads it, too.
    private const string Files = """
        note() { sed -n "s/^# $1: //p" "$rendered/config.properties" | head -n 1; }
        setting() { sed -n "s/^$1=//p" "$server" | tail -n 1; }

        quoted() { # as within the quotes of a login module
          local text=${1//\\/\\\\}
          text=${text//\"/\\\"}
          printf %s "${text//$'\n'/\\n}"
        }

        escaped() { # as in a properties file
          local text=$1 out='' c code n
          for ((n = 0; n < ${#text}; n++)); do
            c=${text:n:1}
            case $c in
              \\) out+='\\' ;;
              [[:ascii:]]) case $c in [[:print:]]) out+=$c ;; *) printf -v code '\\u%04x' "'$c"; out+=$code ;; esac ;;
              *)
                printf -v code %d "'$c"
                if [ "$code" -gt 65535 ]; then printf -v c '\\u%04x\\u%04x' $((0xd800 + ((code - 65536) >> 10))) $((0xdc00 + ((code - 65536) & 1023)))
                else printf -v c '\\u%04x' "$code"; fi
                out+=$c
                ;;
            esac
          done
          printf %s "$out"
        }

        user=$(escaped "${KAFKA_USER:-}") quoted_user=$(escaped "$(quoted "${KAFKA_USER:-}")")
        password=$(escaped "${KAFKA_PASSWORD:-}") quoted_password=$(escaped "$(quoted "${KAFKA_PASSWORD:-}")")
        store=$(escaped "${STORE_PASSWORD:-}")

        filled() { # the lines of a file, with what stands for names and passwords put in
          local line
          while IFS= read -r line || [ -n "$line" ]; do
            case $line in
              *.jaas.config=*) line=${line//<KAFKA_USER>/$quoted_user} line=${line//<KAFKA_PASSWORD>/$quoted_password} ;;
              *) line=${line//<KAFKA_USER>/$user} line=${line//<KAFKA_PASSWORD>/$password} ;;
            esac
            printf '%s\n' "${line//<STORE_PASSWORD>/$store}"
          done
        }

        picked() { # this pod's item of each setting that has one for each pod, by commas; $1 is .listeners or .advertised.listeners
          local line items
          while IFS= read -r line; do
            case $line in
              advertised.*) continue ;;
              *.advertised.listeners=*) [ "$1" = .advertised.listeners ] || continue ;;
              *[!a-zA-Z0-9_-]*.listeners=*) continue ;;
              *.listeners=*) [ "$1" = .listeners ] || continue ;;
              *) continue ;;
            esac
            IFS=, read -r -a items <<<"${line#*=}"
            [ -n "${items[ordinal]:-}" ] || fail "${line%%=*} has ${#items[@]} items, and none for pod $name: give one for each pod, by commas"
            printf ,%s "${items[ordinal]}"
          done <"$rendered/config.properties"
        }

        # What the operator rendered, with what only this pod knows.
        server_properties() {
          local line value dir here_listeners here_advertised
          here_listeners=$(picked .listeners) || exit 1
          here_advertised=$(picked .advertised.listeners) || exit 1
          {
            [ ! -r "$rendered/ssl.properties" ] || cat "$rendered/ssl.properties"
            cat "$rendered/config.properties"
          } | filled | while IFS= read -r line; do
            value=${line#*=}
            case $line in
              listeners=*) [ -z "${START_ADDRESS:-}" ] || value=${value//:\/\/:/:\/\/$START_ADDRESS:}; line=listeners=$value$here_listeners ;;
              advertised.listeners=*) line=advertised.listeners=${value//\/\/$DOMAIN:/\/\/$name.$DOMAIN:}$here_advertised ;;
              *.advertised.listeners=*) continue ;;
              early.start.listeners=*) ;;
              *.listeners=*) continue ;;
              log.dirs=*)
                line=
                for dir in ${value//,/ }; do line+=${line:+,}$dir/$id; done
                line=log.dirs=$line
                ;;
            esac
            printf '%s\n' "$line"
          done
          echo "node.id=$id"
          rack
          variables
        }

        rack() { # the operator writes it where the pod was put, which may be a moment after its start
          [ -n "${MACHINE_FILE:-}" ] || return 0
          local said=''
          until [ -s "$MACHINE_FILE" ]; do
            [ -n "$said" ] || say "waiting until $MACHINE_FILE says where this pod stands" >&2
            said=yes
            sleep 0.5
          done
          local value
          value=$(sed -n 's/^[^=]*="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$MACHINE_FILE" | head -n 1)
          [ -z "$value" ] || echo "broker.rack=$(escaped "$value")"
        }

        # From 4.0 on variables of the container are settings, too; not those that say who the node is, and how nodes know each other.
        variables() {
          case $(note Variables) in settings) ;; *) return 0 ;; esac
          local variable key
          while IFS= read -r variable; do
            case $variable in
              KAFKA_CLUSTER_ID | KAFKA_USER | KAFKA_PASSWORD | KAFKA_SCRAM_* | KAFKA_*_OPTS | KAFKA_OPTS | KAFKA_HOME | KAFKA_VERSION) continue ;;
            esac
            key=${variable#KAFKA_}
            key=${key//___/-} key=${key//__/@} key=${key//_/.} key=${key//@/_}
            key=${key,,}
            case $key in
              process.roles | node.id | broker.id | controller.* | listeners | *.listeners | listener.* | inter.broker.* | security.inter.broker.* | log.dir | log.dirs | metadata.log.dir | ssl.* | sasl.mechanism.* | super.users | authorizer.*)
                say "variable $variable is not taken: the operator sets $key itself" >&2 ;;
              *) printf '%s=%s\n' "$key" "$(escaped "${!variable}")" ;;
            esac
          done < <(compgen -e KAFKA_)
        }

        agent() { # the option by which the server serves its metrics
          [ -n "${METRICS_PORT:-}" ] || return 0
          local jar
          jar=$(find "$home/metrics-agent" /opt/jmx "$home/libs" -name 'jmx_prometheus*.jar' ! -name '*httpserver*' 2>/dev/null | head -n 1)
          if [ -z "$jar" ]; then say "there is no agent for metrics in this image, and the catalog version names none: none are served" >&2; return 0; fi
          metrics | put "$config/metrics.yaml"
          printf ' -javaagent:%s=%s:%s' "$jar" "$METRICS_PORT" "$config/metrics.yaml"
        }

        # What servers and operators act by; a metric for each client and each partition would be thousands.
        metrics() {
          cat <<'M'
        lowercaseOutputName: true
        includeObjectNames:
        - kafka.controller:*
        - kafka.log:type=LogManager,*
        - kafka.network:type=RequestMetrics,name=RequestsPerSec,*
        - kafka.network:type=RequestMetrics,name=TotalTimeMs,*
        - kafka.network:type=SocketServer,*
        - kafka.server:type=BrokerTopicMetrics,*
        - kafka.server:type=KafkaRequestHandlerPool,*
        - kafka.server:type=ReplicaManager,*
        - kafka.server:type=broker-metadata-metrics
        - kafka.server:type=raft-metrics
        - java.lang:type=OperatingSystem
        rules:
        - pattern: "kafka.(.+)<type=(.+), name=(.+), (.+)=(.+)><>(Value|Count|OneMinuteRate|99thPercentile)"
          name: kafka_$1_$2_$3_$6
          labels: {"$4": "$5"}
        - pattern: "kafka.(.+)<type=(.+), name=(.+)><>(Value|Count|OneMinuteRate)"
          name: kafka_$1_$2_$3_$4
        - pattern: "kafka.server<type=(raft-metrics|broker-metadata-metrics)><>(.+):"
          name: kafka_server_$1_$2
        - pattern: "java.lang<type=OperatingSystem><>(.+):"
          name: java_operatingsystem_$1
        M
        }

        # Until the name service knows this pod, others could not reach it by what it says of itself.
        await_name() {
          local said=''
          until getent hosts "$name.$DOMAIN" >/dev/null; do
            [ -n "$said" ] || say "waiting until the name $name.$DOMAIN is known"
            said=yes
            sleep 0.5
          done
        }
        """;

    private const string Storage = """
        # Folders are formatted once. A node without metadata of its own begins only where that takes nothing from others.
        prepare_storage() {
          local dirs dir metadata empty=''
          metadata=$(setting metadata.log.dir)
          IFS=, read -r -a dirs <<<"$(setting log.dirs)"
          for dir in "$metadata" "${dirs[@]}"; do
            check_identity "$dir"
          done
          [ -s "$metadata/meta.properties" ] || empty=yes
          # A start that was killed while it formatted has left folders in which nothing ran.
          if [ ! -e "$data/cluster_id" ] && [ -z "$(find "$metadata" "${dirs[@]}" -mindepth 1 -type d 2>/dev/null | head -n 1)" ]; then
            rm -rf "${metadata:?}" "${dirs[@]}"
            empty=yes
          fi
          if [ -n "$empty" ]; then
            case $(note 'Empty volume') in
              Join) await_leader 0 ;;
              JoinOrBegin) await_leader "${START_PATIENCE:-120}" ;;
              Refuse)
                fail "the volume has no metadata, and this is the only controller: without the metadata brokers throw away what they have. Put the volume back; or, to begin without it, delete the database with its claims and make it anew"
                ;;
            esac
          fi
          for dir in "$metadata" "${dirs[@]}"; do
            [ -s "$dir/meta.properties" ] || { format "$metadata" "${dirs[@]}"; break; }
          done
          echo "$KAFKA_CLUSTER_ID" | put "$data/cluster_id"
        }

        check_identity() { # folder: what it holds is of this cluster, and of this node
          [ -s "$1/meta.properties" ] || return 0
          local cluster node
          cluster=$(sed -n 's/^cluster.id=//p' "$1/meta.properties")
          node=$(sed -n 's/^node.id=//p' "$1/meta.properties")
          [ "$cluster" = "$KAFKA_CLUSTER_ID" ] || fail "$1 holds data of cluster $cluster, and this is a node of cluster $KAFKA_CLUSTER_ID: the volume belongs to another database"
          [ "$node" = "$id" ] || fail "$1 holds data of node $node, and this is node $id: the volume belongs to another node"
        }

        format() { # folders
          local out
          mkdir -p "$@"
          say "formatting $*"
          out=$(KAFKA_HEAP_OPTS=-Xmx96m kafka-storage.sh format --ignore-formatted -t "$KAFKA_CLUSTER_ID" -c "$server" 2>&1) ||
            fail "the volume can not be formatted: $(grep -vE '^\s+at |password|^$' <<<"$out" | tail -n 3)"
        }

        # Until another controller leads, which has what a majority had acknowledged.
        await_leader() { # seconds after which to go on without; 0 for never
          local said='' began=$SECONDS leader
          quorum_login | put "$config/.quorum.properties"
          while :; do
            leader=$(KAFKA_HEAP_OPTS=-Xmx64m timeout 20 kafka-metadata-quorum.sh --bootstrap-controller "$(setting controller.quorum.voters | sed 's/[0-9]*@//g')" \
              --command-config "$config/.quorum.properties" describe --status 2>/dev/null | sed -n 's/^LeaderId:[[:space:]]*//p') || true
            case $leader in '' | -1 | "$id") ;; *) say "the volume has no metadata: controller $leader leads, joining it"; return 0 ;; esac
            [ -n "$said" ] || say "the volume has no metadata: waiting until another controller leads, to take it over from that one"
            said=yes
            if [ "$1" != 0 ] && [ $((SECONDS - began)) -ge "$1" ]; then say "none leads: beginning without"; return 0; fi
            sleep 2
          done
        }

        quorum_login() { # as a node logs in at a controller
          local listener protocol
          listener=$(setting controller.listener.names)
          listener=${listener%%,*}
          protocol=$(setting listener.security.protocol.map | tr ',' '\n' | sed -n "s/^$listener://p")
          echo "security.protocol=$protocol"
          echo "default.api.timeout.ms=8000"
          echo "request.timeout.ms=4000"
          echo "sasl.mechanism=PLAIN"
          sed -n "s/^listener.name.${listener,,}.plain.sasl.jaas.config=/sasl.jaas.config=/p" "$server"
          grep -E '^ssl\.(keystore|truststore|key|endpoint)' "$server" || true
        }
        """;

    // A server reads its keystore anew when it is told its place, and not a mounted volume whose link leads elsewhere.
    private const string Stores = """
        store_password() { printf %s "${STORE_PASSWORD:-}"; }
        protocol() { note Protocol; }

        # The files may be older than the pod, for as long as its node has not read them again. A node that spoke what others no longer
        # understand would be cut off from them.
        await_protocol() {
          local said='' want=${PEER_PROTOCOL:-Plain}
          until [ "$(protocol)" = "$want" ] && { [ "$want" = Plain ] || mark_stores; }; do
            [ -n "$said" ] || say "waiting until $rendered/config.properties is that of protocol $want, and $certificates has its certificates"
            said=yes
            sleep 0.5
          done
        }

        keep_stores() {
          while :; do
            sleep 2
            kill -0 $$ 2>/dev/null || exit 0
            mark_stores || say "$certificates is not whole, or a store could not be made; trying again"
          done
        }

        # The keystore once more under the name of its certificate: that there is such a file tells the operator that it has arrived.
        mark_stores() {
          local marked
          renew_stores || return 1
          marked=$stores/server.keystore.$(sha256sum <"$stores/tls.crt" | cut -c1-16).jks
          [ ! -e "$marked" ] || return 0
          rm -f "$stores"/server.keystore.*.jks
          put "$marked" <"$stores/server.keystore.jks"
        }
        """;

    // To the console, where people and the operator look; a file would fill the disk of the pod.
    private const string Logs = """
        log_settings() {
          local file
          put "$config/log4j.properties" <<'L'
        log4j.rootLogger=INFO, stdout
        log4j.appender.stdout=org.apache.log4j.ConsoleAppender
        log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
        log4j.appender.stdout.layout.ConversionPattern=[%d] %p %m (%c)%n
        L
          put "$config/log4j2.yaml" <<'L'
        Configuration:
          shutdownHook: disable
          Appenders:
            Console:
              name: CONSOLE
              PatternLayout:
                pattern: "[%d] %p %m (%c)%n"
          Loggers:
            Root:
              level: INFO
              AppenderRef:
                ref: CONSOLE
        L
          for file in log4j.properties tools-log4j.properties; do
            [ ! -r "$rendered/$file" ] || put "$config/$file" <"$rendered/$file"
          done
          if [ -r "$rendered/log4j.properties" ]; then export KAFKA_LOG4J_OPTS="-Dlog4j.configuration=file:$config/log4j.properties"; fi
        }
        """;
}
