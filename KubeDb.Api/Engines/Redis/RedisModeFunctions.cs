namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// Functions of the start script for databases of several servers: what the server is told of itself and of the others, as arguments, since one
/// file serves all pods. Forming and healing are not the pods' work: the operator sees all of them.
/// </summary>
internal static class RedisModeFunctions
{
    /// <summary>The functions, ending in a line break.</summary>
    public static string Text { get; } = $"{Cluster}\n\n{Sentinel}\n\n{Initialisation}\n".ReplaceLineEndings("\n");

    private const string Cluster = """
        topology=${REDIS_MODE:-Standalone}
        own_name=${HOSTNAME:-}.${DATABASE_GOVERNING_SERVICE:-}.${NAMESPACE:-}.svc
        nodes=$data/nodes.conf

        # A file that the server wrote to its end: every node with an id and a state, one of them this one, and the epochs in the last line.
        nodes_are_whole() {
          [ -z "$(tail -c 1 "$nodes")" ] && LC_ALL=C awk '
            NF == 0 { next }
            $1 == "vars" { end = $0 ~ /^vars currentEpoch [0-9]+ lastVoteEpoch [0-9]+$/; next }
            {
              end = 0
              if (NF < 8 || length($1) != 40 || $1 !~ /^[0-9a-f]+$/) broken = 1
              if ("," $3 "," ~ /,myself,/) self++
            }
            END { exit end && !broken && self == 1 ? 0 : 1 }' "$nodes"
        }

        # A server does not start on a file that it can not read, and would believe one that lost its end.
        keep_nodes() {
          [ -e "$nodes" ] || return 0
          if [ -f "$nodes" ] && [ -r "$nodes" ]; then
            [ -s "$nodes" ] || return 0
            ! nodes_are_whole || return 0
          fi
          aside=$nodes.$(date +%Y%m%d%H%M%S).aside
          mv "$nodes" "$aside" || fail "$nodes is cut off or unreadable, and can not be renamed"
          say "$nodes is cut off or unreadable: it is kept as $aside, and this server joins its cluster anew"
        }

        address_of() { # host: its address; nothing when it has none
          case $1 in
            *:*) echo "$1" ;;
            *[!0-9.]*) timeout 5 getent ahosts "$1" 2>/dev/null | awk 'NR == 1 { print $1 }' ;;
            *) echo "$1" ;;
          esac
        }

        cluster_arguments() {
          # Without an own port the others are told that of the connection.
          name=$own_name address=${POD_IP:-} public= bus=
          # shellcheck disable=SC2046 # four words
          set -- $(awk -v pod="${HOSTNAME:-}" '$1 == pod { print $2, $3, $4, $5 }' "$mounted/endpoints" 2>/dev/null)
          case ${4:-} in
            unreadable) say "what spec.cluster.announce says for this pod is no host:port@busport; $own_name is announced" ;;
            ip) address=$1 public=$2 bus=$3 ;;
            hostname)
              # With the ports that pods have, pods go on reaching each other without the way through the outside.
              if [ "${MAJOR_REDIS_VERSION:-0}" -ge 7 ] && [ "$2" = 6379 ] && [ "$3" = 16379 ]; then
                name=$1
              elif found=$(address_of "$1") && [ -n "$found" ]; then
                name=$1 address=$found public=$2 bus=$3
              else
                say "$1, which spec.cluster.announce gives for this pod, has no address; $own_name is announced"
              fi
              ;;
          esac
          more=${address:+--cluster-announce-ip $address}
          more=$more${public:+ --cluster-announce-port $public --cluster-announce-bus-port $bus}
          if [ "${TLS:-OFF}" = ON ] && [ "${MAJOR_REDIS_VERSION:-0}" -ge 7 ]; then more=$more${public:+ --cluster-announce-tls-port $public}; fi
          if [ "${MAJOR_REDIS_VERSION:-0}" -ge 7 ]; then more="$more --cluster-announce-hostname $name"; fi
        }

        # For people who look into the pod: pod, host, port, bus port and, where it is known, address of every node.
        list_endpoints() {
          list=${START_TEMP_DIR:-/tmp}/db-endpoints.txt
          while read -r pod host public bus _; do
            echo "$pod $host $public $bus $(address_of "$host")"
          done <"$mounted/endpoints" >"$list.new" && mv -f "$list.new" "$list"
        }
        """;

    private static string Sentinel => $$"""
        # The master that a sentinel names, by name and port; nothing when it names none.
        ask_sentinel() { # host port
          (
            unset REDISCLI_AUTH VALKEYCLI_AUTH
            if [ -n "${SENTINEL_PASSWORD:-}" ]; then export REDISCLI_AUTH="$SENTINEL_PASSWORD" VALKEYCLI_AUTH="$SENTINEL_PASSWORD"; fi
            host=$1 sentinel_port=$2
            shift 2
            if [ "${SENTINEL_TLS:-OFF}" = ON ]; then
              set -- --tls --cert "$certs/client.crt" --key "$certs/client.key" --cacert "$certs/ca.crt"
            fi
            timeout 2 "$cli" -h "$host" -p "$sentinel_port" "$@" SENTINEL get-master-addr-by-name "${REDIS_CLUSTER_REGISTERED_NAME:-}" 2>/dev/null </dev/null
          ) | tr -d '\r' | awk '
            NR == 1 && $0 ~ /^[0-9a-zA-Z.:-]+$/ { host = $0 }
            NR == 2 && host != "" && $0 ~ /^[0-9]+$/ { print host, $0 }'
        }

        # Started on its own, a server would be a master and take writes beside the one that there is. So it follows the pod that a sentinel names,
        # or nobody, until it is told; what it holds stays readable meanwhile.
        replica_arguments() {
          master=
          if [ -r "$mounted/sentinels" ]; then
            while read -r host sentinel_port; do
              master=$(ask_sentinel "$host" "$sentinel_port")
              [ -z "$master" ] || break
            done <"$mounted/sentinels"
          fi
          case ${master% *} in
            '') say "no sentinel names a master: waiting to be told what this server is" ;;
            "$own_name" | "${POD_IP:-}")
              say "the sentinels know this server as the master: waiting to be told that it still is"
              master= ;;
            *) say "following ${master% *}, which $host names as master" ;;
          esac
          more="--replica-announce-ip $own_name --replicaof ${master:-{{RedisScripts.OrphanHost}} {{RedisScripts.OrphanPort}}}"
        }
        """;

    // The channel is the flag that the operator sees: it takes no key, no file and no right, and goes with the server.
    private const string Initialisation = $$"""
        # Init scripts write through one pod, and not before the operator has made a database of the pods.
        may_initialise() { [ "$topology" = Standalone ] || [ "${HOSTNAME##*-}" = 0 ]; }

        # Pods that waited unready would never be made a database; while they wait, the flag says that it is not filled yet.
        raise_flag() {
          [ -z "${flag:-}" ] || ! kill -0 "$flag" 2>/dev/null || return 0
          ( with=exec; ask SUBSCRIBE {{RedisInitialisation.Channel}} >/dev/null 2>&1 ) &
          flag=$!
        }

        is_formed() {
          if [ "$topology" = Cluster ]; then
            state=$(ask CLUSTER INFO 2>/dev/null | tr -d '\r' | grep -cx -e cluster_state:ok -e cluster_slots_assigned:16384)
            [ "$state" = 2 ]
          else
            ask INFO replication 2>/dev/null | tr -d '\r' | grep -qx role:master
          fi
        }

        await_turn() {
          [ "$topology" != Standalone ] || return 0
          raise_flag
          until [ "$(ask PUBSUB NUMSUB {{RedisInitialisation.Channel}} 2>/dev/null | tail -n 1)" = 1 ]; do pause 1; raise_flag; done
          : >"$scripts/waiting"
          until is_formed; do pause 1; raise_flag; done
          rm -f "$scripts/waiting"
        }

        lower_flag() { [ -z "${flag:-}" ] || kill "$flag" 2>/dev/null || true; }
        """;
}
