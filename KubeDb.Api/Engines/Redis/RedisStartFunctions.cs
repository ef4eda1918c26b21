namespace KubeDb.Api.Engines.Redis;

/// <summary>
/// Functions of the start script: where the data of the last start is, where the next one looks for it, and with which password it runs.
/// </summary>
/// <remarks>
/// The names of the files are noted on the volume (<c>persistence-names</c>) before anything is renamed: three lines, the snapshot, the folder
/// of the append-only file, and the append-only file itself; three more while files are on their way to other names. Each step is one rename,
/// so a start that was killed anywhere is completed by the next one, even when that one wants yet other names.
/// </remarks>
internal static class RedisStartFunctions
{
    /// <summary>The functions, ending in a line break.</summary>
    public static string Text { get; } = $"{Settings}\n\n{Names}\n\n{Password}\n".ReplaceLineEndings("\n");

    // Reads a file, and the files it includes, the way the server does. A name that can be no plain file name comes out empty.
    private const string Settings = """
        settings() { # file: sets want, snapshot_name, folder_name and log_name
          rest=$(LC_ALL=C awk '
            function words(line,    n, i, len, c, w, quote, code) {
              n = 0; i = 1; len = length(line)
              for (;;) {
                while (i <= len && index(blanks, substr(line, i, 1))) i++
                if (i > len) return n
                w = ""; quote = ""
                for (; i <= len; i++) {
                  c = substr(line, i, 1)
                  if (quote == "") {
                    if (index(blanks, c)) break
                    if (c == "\"" || c == "\047") quote = c
                    else w = w c
                  } else if (c == quote) {
                    i++
                    if (i <= len && !index(blanks, substr(line, i, 1))) return 0
                    quote = ""
                    break
                  } else if (c == "\\" && quote == "\047" && substr(line, i + 1, 1) == quote) {
                    i++; w = w quote
                  } else if (c == "\\" && quote == "\"" && i < len) {
                    c = substr(line, ++i, 1)
                    if (c == "x" && substr(line, i + 1, 2) ~ /^[0-9a-fA-F][0-9a-fA-F]$/) {
                      code = 16 * digit(substr(line, i + 1, 1)) + digit(substr(line, i + 2, 1))
                      i += 2
                      w = w (code > 31 && code < 127 ? sprintf("%c", code) : "\001")
                    } else w = w (index("nrtba", c) ? "\001" : c)
                  } else w = w c
                }
                if (quote != "") return 0
                word[++n] = w
              }
            }
            function digit(c) { return index("0123456789abcdef", tolower(c)) - 1 }
            function take(file, depth,    line, name) {
              while ((getline line < file) > 0) {
                sub(/^[ \t]+/, "", line)
                if (substr(line, 1, 1) == "#" || words(line) < 2) continue
                name = tolower(word[1])
                if (name == "include" && depth < 9) take(word[2], depth + 1)
                else if (name in value) value[name] = word[2]
              }
              close(file)
            }
            function plain(name) { return name ~ /[\001-\037\177\/\\]/ || name == "." || name == ".." ? "" : name }
            BEGIN {
              blanks = " \t\r\n\v\f"
              value["appendonly"] = "no"
              value["dbfilename"] = "dump.rdb"
              value["appenddirname"] = "appendonlydir"
              value["appendfilename"] = "appendonly.aof"
              take(ARGV[1], 0)
              print tolower(value["appendonly"])
              print plain(value["dbfilename"])
              print plain(value["appenddirname"])
              print plain(value["appendfilename"])
              print "end"
            }' "$1")
          next; want=$head
          next; snapshot_name=$head
          next; folder_name=$head
          next; log_name=$head
        }

        newline='
        '
        next() { # takes the first line off $rest
          head=${rest%%"$newline"*}
          case $rest in *"$newline"*) rest=${rest#*"$newline"} ;; *) rest= ;; esac
        }

        arguments() { # the arguments of the server, which win over its file
          option=
          for word; do
            case $option in
              --appendonly) want=$(echo "$word" | tr '[:upper:]' '[:lower:]') ;;
              --dbfilename) snapshot_name=$word ;;
              --appenddirname) folder_name=$word ;;
              --appendfilename) log_name=$word ;;
            esac
            option=$(echo "$word" | tr '[:upper:]' '[:lower:]')
          done
        }
        """;

    private const string Names = """
        names=$data/persistence-names

        note() { # names: remembers them, all or nothing
          if ! { printf '%s\n' "$@" >"$names.new" && mv -f "$names.new" "$names"; }; then
            fail "$names can not be written; is the volume full?"
          fi
        }

        # A volume of an earlier release has no note of its names: the file that the last server was started with is still there.
        last_names() {
          [ ! -s "$names" ] && [ -r "$conf" ] || return 0
          settings "$conf"
          [ -z "$snapshot_name" ] || [ -z "$folder_name" ] || [ -z "$log_name" ] || note "$snapshot_name" "$folder_name" "$log_name"
        }

        check_names() {
          for name in "$snapshot_name" "$folder_name" "$log_name"; do
            case $name in
              '' | */* | . | .. | *.aside | default.conf* | nodes.conf* | persistence-* | ran-init.txt | lost+found)
                fail "dbfilename, appenddirname and appendfilename have to be plain file names that nothing else uses; \"$name\" is not" ;;
            esac
          done
          [ "$snapshot_name" != "$folder_name" ] || fail "dbfilename and appenddirname have to differ"
        }

        carry() { # from, to: one rename. What another start left there is not overwritten.
          [ "$1" != "$2" ] && [ -e "$1" ] || return 0
          if [ -e "$2" ]; then
            aside=$2.$(date +%Y%m%d%H%M%S).aside
            say "$2 is in the way; it is kept as $aside"
            mv "$2" "$aside" || fail "$2 can not be renamed"
          fi
          mv "$1" "$2" || fail "$1 can not be renamed to $2"
          say "$1 is now $2, as the configuration names it"
        }

        move_files() { # three names before, three after
          carry "$data/$1" "$data/$4"
          [ -d "$data/$3" ] || carry "$data/$3" "$data/$6"
          carry "$data/$2" "$data/$5"
          carry "$data/$5/$3.manifest" "$data/$5/$6.manifest"
        }

        # Data files under other names than the configuration's, where nothing says which the last server used.
        strangers() {
          for file in "$data"/* "$data"/*/*; do
            case $file in */temp-* | *.aside) continue ;; esac
            [ -f "$file" ] && [ -s "$file" ] || continue
            case $file in
              *.manifest | *.aof) echo "${file#"$data"/}" ;;
              *) [ "$(head -c 5 "$file" 2>/dev/null | tr -d '\000')" != REDIS ] && [ "$(head -c 6 "$file" 2>/dev/null | tr -d '\000')" != VALKEY ] || echo "${file#"$data"/}" ;;
            esac
          done
        }

        carry_files() {
          check_names
          rest=$(cat "$names" 2>/dev/null || true)
          next; a=$head; next; b=$head; next; c=$head
          next; d=$head; next; e=$head; next; f=$head
          if [ -z "$c" ]; then
            if [ ! -s "$data/$snapshot_name" ] && [ ! -s "$data/$log_name" ] && [ ! -s "$data/$folder_name/$log_name.manifest" ]; then
              found=$(strangers | head -n 3 | tr '\n' ' ')
              [ -z "$found" ] || fail "the volume holds data under other names than the configuration gives: ${found}. An empty server is not started over it. Set dbfilename, appenddirname and appendfilename to the names of that data, or take the files away"
            fi
            note "$snapshot_name" "$folder_name" "$log_name"
            return 0
          fi
          if [ -n "$f" ]; then
            move_files "$a" "$b" "$c" "$d" "$e" "$f"
            a=$d b=$e c=$f
            note "$a" "$b" "$c"
          fi
          if [ "$a" != "$snapshot_name" ] || [ "$b" != "$folder_name" ] || [ "$c" != "$log_name" ]; then
            if [ "$snapshot_name" = "$b" ] || [ "$folder_name" = "$a" ] || { [ "$a" != "$c" ] && { [ "$snapshot_name" = "$c" ] || [ "$log_name" = "$a" ]; }; }; then
              fail "a data file is to get the name that another one has until now: give dbfilename, appenddirname and appendfilename names that none of them had"
            fi
            note "$a" "$b" "$c" "$snapshot_name" "$folder_name" "$log_name"
            move_files "$a" "$b" "$c" "$snapshot_name" "$folder_name" "$log_name"
            note "$snapshot_name" "$folder_name" "$log_name"
          fi
        }
        """;

    // The environment is younger than the mounted file: it is read when the container starts, from the secret that clients read.
    private const string Password = """
        take_password() {
          [ -n "${REDISCLI_AUTH:-}" ] || return 0
          if ! { LC_ALL=C awk '
            function quoted(text,    i, c, out) {
              out = ""
              for (i = 1; i <= length(text); i++) {
                c = substr(text, i, 1)
                out = out (c == "\"" || c == "\\" ? "\\" c : c in control ? control[c] : c)
              }
              return out
            }
            BEGIN {
              for (i = 1; i < 32; i++) control[sprintf("%c", i)] = sprintf("\\x%02x", i)
              new = quoted(ENVIRON["REDISCLI_AUTH"])
              for (file = ARGV[1]; (getline line < file) > 0;) {
                if (line == "# Owned by KubeDB.") owned = 1
                if (line ~ /^requirepass /) { old = substr(line, 13); line = "requirepass \"" new "\""; seen = 1 }
                else if (line ~ /^masterauth / && seen) line = "masterauth \"" new "\""
                else if (line ~ /^user / && owned && seen) {
                  token = " " (old ~ /^"/ ? "\">" substr(old, 2) : ">" old) " "
                  at = index(line, token)
                  if (at) line = substr(line, 1, at) "\">" new "\"" substr(line, at + length(token) - 1)
                }
                print line
              }
              if (!seen) print "requirepass \"" new "\"\nmasterauth \"" new "\""
            }' "$conf" >"$conf.new" && mv -f "$conf.new" "$conf"; }; then
            fail "$conf can not be written; is the volume full?"
          fi
        }
        """;
}
