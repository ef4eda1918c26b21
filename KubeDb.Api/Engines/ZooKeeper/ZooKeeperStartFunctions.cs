using KubeDb.Api.Engines.Blueprints;

namespace KubeDb.Api.Engines.ZooKeeper;

/// <summary>Functions of the start script: what the volume holds, how a member without data comes into the ensemble, and with which files it runs.</summary>
internal static class ZooKeeperStartFunctions
{
    /// <summary>The functions, ending in a line break.</summary>
    public static string Text { get; } = $"{Volume}\n\n{Joining}\n\n{Files}\n\n{Stores}\n\n{KeyStoreScripts.Functions()}\n".ReplaceLineEndings("\n");

    // A member that was killed before it had any of the ensemble's data counts as one without.
    private const string Volume = """
        membership() { # the file that says who the members are; nothing for a volume without data
          [ -n "$(find "$data/version-2" -type f \( -name currentEpoch -o -name 'snapshot.*' -o -name 'log.*' \) 2>/dev/null | head -n 1)" ] || return 0
          local file
          file=$(sed -n 's/^dynamicConfigFile=//p' "$config" 2>/dev/null | tail -n 1)
          if [ -z "$file" ] || [ ! -s "$file" ]; then
            # The newest: the number at its end is hexadecimal, and longer numbers are higher.
            file=$(find "$data" -maxdepth 1 -name 'zoo.cfg.dynamic*' ! -name '*.new' | awk '{ print length($0), $0 }' | sort -k1,1n -k2 | tail -n 1 | cut -d' ' -f2)
          fi
          [ -n "$file" ] || fail "$data holds data but no zoo.cfg.dynamic, so who the other members are is not known. Put the file back, or empty the volume: the member then joins anew"
          echo "$file"
        }
        """;

    private const string Joining = """
        leader() { # the host of the leader; fails when none is seen
          local n
          for ((n = 0; n < CLUSTER_SIZE; n++)); do
            [ $((n + 1)) != "$id" ] || continue
            if [ "$(mode_of "$(host_of "$n")")" = leader ]; then host_of "$n"; return 0; fi
          done
          return 1
        }

        others_absent() { # nobody listens at any other member's address; one from which nothing is heard may be there
          local n status
          for ((n = 0; n < CLUSTER_SIZE; n++)); do
            [ $((n + 1)) != "$id" ] || continue
            status=0
            ask "$(host_of "$n")" ruok >/dev/null || status=$?
            [ "$status" = 1 ] || return 1
          done
        }

        # What the client says of a change; not the commands, which it may repeat.
        tell() { grep -E '^(Committed|KeeperErrorCode|No quorum|Reconfig|.*Exception)' | tail -n 2 || true; }

        members() { ask "$1" conf | grep '^server\.[0-9]*='; }

        join() {
          local at known said='' why
          rm -rf "$data/version-2" "$data"/zoo.cfg.dynamic* "$config"
          while :; do
            if at=$(leader); then
              if known=$(members "$at"); then
                if ! grep -q "^server\.$id=" <<<"$known"; then
                  { echo "$known"; line_of "$id" observer; } | put "$dynamic"
                  say "joining the ensemble of $at without a vote"
                  return
                fi
                say "the volume is empty and the ensemble still counts on this member: having it removed before it joins anew"
                client "$at" "reconfig -remove $id" | tell
              fi
              sleep 1
              continue
            fi
            if [ "$CLUSTER_SIZE" = 1 ] || { [ "$id" = 1 ] && [ ! -e "$mounted/initialized" ] && others_absent; }; then
              line_of "$id" participant | put "$dynamic"
              say "no ensemble yet: forming it"
              return
            fi
            why="the volume is empty: waiting for the leader of the ensemble, to join without a vote"
            [ "$said" = "$why" ] || say "$why"
            said=$why
            sleep 0.5
          done
        }

        # Beside the server, which takes this process' place: asks for the vote once the member has the ensemble's data.
        follow_up() {
          local at
          until mode_of "$here" >/dev/null; do alive; sleep 0.5; done
          config_access
          until ask "$here" conf | grep -q "^server\.$id=.*:participant"; do
            alive
            if mode_of "$here" >/dev/null && at=$(leader) && ! members "$at" | grep -q "^server\.$id=.*:participant"; then
              say "this member has the ensemble's data: asking for its vote"
              client "$at" "reconfig -add $(line_of "$id" participant)" | tell
            fi
            sleep 0.5
          done
        }
        alive() { kill -0 $$ 2>/dev/null || exit 0; }

        # Who the members are may be changed by the superuser alone. Without authentication there is none whom other pods know, so it is
        # opened, by one that only this server knows.
        config_access() {
          if [ -n "${ZK_USER:-}" ]; then
            [ -e "$data/config-open" ] || return 0
            until give_access r "$ZK_USER" "$ZK_PASSWORD"; do alive; sleep 1; done
            rm -f "$data/config-open"
          elif [ ! -e "$data/config-open" ]; then
            until give_access cdrwa "$own_user" "$own_password"; do alive; sleep 1; done
            : >"$data/config-open"
          fi
        }
        give_access() { # rights user password
          ZK_USER=$2 ZK_PASSWORD=$3 client "$here" "setAcl /zookeeper/config world:anyone:$1" >/dev/null || return 1
          # What the health checks wrote while there was authentication.
          [ "$1" = r ] || ZK_USER=$2 ZK_PASSWORD=$3 client "$here" "setAcl /kubedb_health_checker_node world:anyone:$1" >/dev/null || true
          client "$here" 'getAcl /zookeeper/config' | grep -q "^: $1[[:space:]]*\$"
        }
        """;

    // A server notices a file that is replaced, and not a mounted volume whose link leads elsewhere.
    private const string Stores = """
        setting() { sed -n "s/^$1=//p" "$mounted/zoo.cfg" | tail -n 1; }
        store_password() { setting ssl.trustStore.password; }

        protocol() { # what the file says that members speak among themselves
          case $(setting sslQuorum)/$(setting portUnification) in
            true/true) echo TlsAcceptsPlain ;;
            true/*) echo Tls ;;
            false/true) echo PlainAcceptsTls ;;
            *) echo Plain ;;
          esac
        }

        # The file may be older than the pod, for as long as its node has not read it again. A member that spoke what others no longer
        # understand would be cut off from them.
        await_protocol() {
          local said='' want=${QUORUM_PROTOCOL:-Plain}
          until [ "$(protocol)" = "$want" ] && { [ "$want" = Plain ] || renew_stores; }; do
            [ -n "$said" ] || say "waiting until $mounted/zoo.cfg is that of protocol $want, and $certificates has its certificates"
            said=yes
            sleep 0.5
          done
        }

        keep_stores() {
          while :; do
            sleep 2
            alive
            renew_stores || say "$certificates is not whole, or a store could not be made; trying again"
          done
        }
        """;

    private const string Files = """
        # Percent of the container's memory that the heap may have; the rest is for the runtime, the client of this script, and the file cache.
        heap() { # megabytes
          local limit
          limit=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | head -n 1)
          case $limit in
            '' | max | ?????????????*) echo 614 ;;
            *) echo $((limit / 1048576 * 60 / 100)) ;;
          esac
        }

        # Until the name service knows this pod, the server could not bind its own address.
        await_name() {
          local said=''
          until getent hosts "$(host_of $((id - 1)))" >/dev/null; do
            [ -n "$said" ] || say "waiting until the name $(host_of $((id - 1))) is known"
            said=yes
            sleep 0.5
          done
        }

        own_user=super own_password=$(cat /proc/sys/kernel/random/uuid)

        # What the operator rendered, with what only this member knows. The server itself takes the client's port out of it, and names the
        # newest membership file.
        configure() {
          grep -v '^dynamicConfigFile=' "$mounted/zoo.cfg"
          echo "DigestAuthenticationProvider.superDigest=$(super_digest "${ZK_USER:-$own_user}" "${ZK_PASSWORD:-$own_password}")"
          [ -z "${ZK_USER:-}" ] || echo "superUser=$ZK_USER"
          echo "dynamicConfigFile=$dynamic"
        }

        super_digest() { # user password: user:base64(sha1(user:password)), escaped as in a properties file
          local hex bytes='' n
          hex=$(printf %s "$1:$2" | sha1sum | cut -d' ' -f1)
          for ((n = 0; n < 40; n += 2)); do bytes+="\\x${hex:n:2}"; done
          # shellcheck disable=SC2059 # the bytes are the format
          printf '%s:%s\n' "$1" "$(printf "$bytes" | base64)" | sed 's/\\/\\\\/g'
        }

        escaped() { printf %s "$1" | sed 's/[\\"]/\\&/g'; }

        write_jaas() {
          [ -n "${ZK_USER:-}" ] || { rm -f "$jaas"; return 0; }
          local user='' password
          password=$(escaped "$ZK_PASSWORD")
          # A name with other characters can not be written there; it logs in by digest.
          case $ZK_USER in
            super | *[!A-Za-z0-9_.-]*) ;;
            *) user="  user_$ZK_USER=\"$password\"" ;;
          esac
          put "$jaas" <<J
        Server {
          org.apache.zookeeper.server.auth.DigestLoginModule required
          user_super="$password"${user:+
        $user};
        };
        Client {
          org.apache.zookeeper.server.auth.DigestLoginModule required
          username="$(escaped "$ZK_USER")"
          password="$password";
        };
        J
        }
        """;
}
