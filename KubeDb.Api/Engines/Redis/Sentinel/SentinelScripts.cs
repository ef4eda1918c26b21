namespace KubeDb.Api.Engines.Redis.Sentinel;

/// <summary>The scripts that run in the pods of sentinels, for any POSIX shell.</summary>
public static class SentinelScripts
{
    /// <summary>Readiness: the sentinel answers.</summary>
    public static string Ready { get; } = Script("""
        #!/bin/sh
        # Succeeds once the sentinel answers.
        if [ "${DISTRIBUTION:-Official}" = Valkey ]; then cli=valkey-cli; else cli=redis-cli; fi
        certs=${START_CERTS_DIR:-/certs}
        set -- -h "${START_HOST:-127.0.0.1}" -p 26379
        answers() { [ "$("$cli" "$@" PING 2>/dev/null)" = PONG ]; }

        # A sentinel that changes between plain and TLS has either on its port.
        if [ "${TLS:-OFF}" = ON ] && answers "$@" --tls --cert "$certs/client.crt" --key "$certs/client.key" --cacert "$certs/ca.crt"; then exit 0; fi
        answers "$@"
        """);

    /// <summary>
    /// Starts the sentinel on the mounted configuration, with the container's arguments. What it wrote into its own file before (masters, its id,
    /// epochs, whom it knows) goes on with it; a line of that file that is cut off or of no master is left out, for it would not start on it.
    /// </summary>
    public static string Start { get; } = Script("""
        #!/bin/sh
        # Starts the sentinel of this pod: sh start.sh [arguments for the server]
        set -eu

        # The first process of a container ignores what it has no answer to: the pod would take its whole grace period to go.
        trap 'exit 143' TERM INT

        data=${START_DATA_DIR:-/data}
        if [ "${DISTRIBUTION:-Official}" = Valkey ]; then
          server=valkey-server mounted=${START_CONFIG_DIR:-/usr/local/etc/valkey}
        else
          server=redis-server mounted=${START_CONFIG_DIR:-/usr/local/etc/redis}
        fi
        conf=$data/sentinel.conf
        own_name=${HOSTNAME:-}.${GOVERNING_SERVICE:-}.${NAMESPACE:-}.svc

        say() { echo "start: $*"; }
        fail() { echo "start: $*" >&2; exit 1; }

        command -v "$server" >/dev/null 2>&1 || fail "the image has no $server; name an image of the official kind in the catalog version"
        [ -r "$mounted/sentinel.conf" ] || fail "$mounted/sentinel.conf can not be read; is the config secret mounted?"
        [ -w "$data" ] || fail "$data can not be written by user $(id -u); check the volume and fsGroup"
        umask 077

        # An awk function: text as a word in double quotes.
        quoted='
            function quoted(text,    i, c, out) {
              for (i = 1; i < 32; i++) control[sprintf("%c", i)] = sprintf("\\x%02x", i)
              out = ""
              for (i = 1; i <= length(text); i++) {
                c = substr(text, i, 1)
                out = out (c == "\"" || c == "\\" ? "\\" c : c in control ? control[c] : c)
              }
              return "\"" out "\""
            }'

        # What is kept of the file that the sentinel wrote. Two passes, since an option may stand before its master.
        kept() {
          [ -s "$conf" ] || return 0
          if [ -n "$(tail -c 1 "$conf")" ]; then sed '$d' "$conf"; else cat "$conf"; fi >"$conf.old"
          LC_ALL=C awk "$quoted"'
            function plain(word) { return word != "" && word !~ /["\047\\]/ }
            function whole(word) { return word ~ /^[0-9]+$/ }
            function id(word) { return length(word) == 40 && word ~ /^[0-9a-f]+$/ }
            FNR == 1 { pass++ }
            $1 != "sentinel" { next }
            { option = tolower($2) }
            option == "monitor" {
              good = NF == 6 && plain($3) && plain($4) && whole($5) && whole($6)
              if (pass == 1 && good) known[$3] = 1
              if (pass == 2 && good && !seen[$3]++) print
              next
            }
            pass == 1 { next }
            option == "myid" { if (NF == 3 && id($3)) print; next }
            option == "current-epoch" { if (NF == 3 && whole($3)) print; next }
            !($3 in known) { next }
            option ~ /^(down-after-milliseconds|failover-timeout|parallel-syncs|master-reboot-down-after-period|config-epoch|leader-epoch)$/ { if (NF == 4 && whole($4)) print; next }
            option ~ /^(known-replica|known-slave)$/ { if (NF == 5 && whole($5)) print; next }
            option == "known-sentinel" { if (NF == 6 && whole($5) && id($6)) print; next }

            # It writes what it was given as it is, and does not start on that where it is more than a plain word.
            option ~ /^(auth-pass|auth-user)$/ && NF >= 4 {
              rest = substr($0, length($1) + length($2) + length($3) + 4)
              print $1, $2, $3, rest ~ /^".*"$/ ? rest : quoted(rest)
            }
          ' "$conf.old" "$conf.old"
          rm -f "$conf.old"
        }

        # The environment is younger than the mounted file: it is read when the container starts, from the secret that clients read.
        owned() {
          LC_ALL=C awk "$quoted"'
            BEGIN {
              given = "REDISCLI_AUTH" in ENVIRON && ENVIRON["REDISCLI_AUTH"] != ""
              new = quoted(ENVIRON["REDISCLI_AUTH"])
              while ((getline line < ARGV[1]) > 0) {
                if (line == "# Owned by KubeDB.") owned = 1
                if (given && owned && line ~ /^requirepass /) { old = substr(line, 13); line = "requirepass " new; seen = 1 }
                else if (given && owned && seen && line ~ /^user /) {
                  token = " " (old ~ /^"/ ? "\">" substr(old, 2) : ">" old) " "
                  at = index(line, token)
                  if (at) line = substr(line, 1, at) "\">" substr(new, 2) substr(line, at + length(token) - 1)
                }
                print line
              }
              if (given && !seen) print "requirepass " new
            }' "$mounted/sentinel.conf"
        }

        if ! { {
          owned
          echo "sentinel announce-ip $own_name"
          echo "sentinel announce-port 26379"
          kept
        } >"$conf.new" && mv -f "$conf.new" "$conf"; }; then
          fail "$conf can not be written; is the volume full?"
        fi
        umask 022
        say "announcing $own_name, with $(grep -c '^sentinel monitor ' "$conf" || true) masters known from before"
        exec "$server" "$conf" --sentinel "$@"
        """);

    private static string Script(string text) => text.ReplaceLineEndings("\n") + "\n";
}
