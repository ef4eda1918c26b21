using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Druid.Configuration;

namespace KubeDb.Api.Engines.Druid;

/// <summary>
/// The scripts that run in the pods: the images are the official ones, and nothing else is built into them. They are delivered beside the configuration
/// in the config secret, which only the init container mounts.
/// </summary>
/// <remarks>
/// Variables: <c>DRUID_PROTOCOL</c> (what the configuration has to be of), <c>DRUID_METADATA_STORAGE_TYPE</c>, <c>POD_NAME</c>, <c>DOMAIN</c> (of the
/// governing service, which has to publish servers that are not ready), and the passwords. <c>start.conf</c> has lines <c>name=value</c>: the extensions
/// that a server needs, and the places of what it depends on.
/// </remarks>
internal static class DruidScripts
{
    /// <summary>Key of the script of the init container.</summary>
    public const string InitKey = "init.sh";

    /// <summary>Key of the script that starts a server.</summary>
    public const string StartKey = "druid.sh";

    /// <summary>Key of what the start script has to know.</summary>
    public const string FactsKey = "start.conf";

    /// <summary>What begins the keys of files that go beside the common properties as they are.</summary>
    public const string FilePrefix = "file-";

    /// <summary>What begins the keys of files for TLS to the metadata storage.</summary>
    public const string MetadataPrefix = "metadata-";

    /// <summary>Puts the configuration where servers read it: <c>sh init.sh</c>. For any shell: it is all that some images have.</summary>
    public static string Init { get; } = Script($$"""
        #!/bin/sh
        # Puts the configuration of this pod's server into its place.
        set -eu
        mounted=${INIT_CONFIG_DIR:-/tmp/config/operator-config} target=${INIT_TARGET_DIR:-/opt/druid/conf}
        ssl=${INIT_METADATA_TLS_DIR:-/metadata-tls} connector=${INIT_CONNECTOR_DIR:-/mysql-metadata-storage}
        cluster=$target/druid/cluster
        say() { echo "init: $*"; }
        fail() { echo "init: $*" >&2; exit 1; }

        # The files may be older than the pod, for as long as its node has not read them again. A server that spoke what the others no longer
        # understand would be cut off from them.
        said=
        until grep -qx "protocol=${DRUID_PROTOCOL:-Plain}" "$mounted/{{FactsKey}}"; do
          [ -n "$said" ] || say "waiting until the configuration is that of protocol ${DRUID_PROTOCOL:-Plain}"
          said=yes
          sleep 1
        done

        place() { # key folder name
          [ -f "$mounted/$1" ] || return 0
          mkdir -p "$cluster/$2"
          cp "$mounted/$1" "$cluster/$2/$3"
        }
        place {{DruidFiles.Common}} _common {{DruidFiles.Common}}
        place log4j2.xml _common log4j2.xml
        for file in "$mounted"/{{FilePrefix}}*; do
          [ ! -f "$file" ] || { name=${file##*/}; place "$name" _common "${name#{{FilePrefix}}}"; }
        done
        role() { # name folder
          place "$1.properties" "$2" runtime.properties
          place "$1.jvm.config" "$2" jvm.config
        }
        if [ "${DRUID_ROLE:-}" = overlord ]; then role overlords master/coordinator-overlord; else role coordinators master/coordinator-overlord; fi
        role historicals data/historical
        role middleManagers data/middleManager
        role brokers query/broker
        role routers query/router
        cp "$mounted/{{FactsKey}}" "$mounted/{{StartKey}}" "$target/"
        chmod 0755 "$target/{{StartKey}}"

        if [ -f "$mounted/{{MetadataPrefix}}ca.crt" ]; then
          cp "$mounted/{{MetadataPrefix}}ca.crt" "$ssl/ca.crt"
          [ ! -f "$mounted/{{MetadataPrefix}}tls.crt" ] || cp "$mounted/{{MetadataPrefix}}tls.crt" "$ssl/tls.crt"
          [ ! -f "$mounted/{{MetadataPrefix}}tls.pk8" ] || base64 -d <"$mounted/{{MetadataPrefix}}tls.pk8" >"$ssl/tls.pk8"
        fi
        [ "${DRUID_METADATA_STORAGE_TYPE:-}" = MySQL ] || exit 0

        # Images of Druid have no driver of MySQL, for its licence; those that bring one do it in different places.
        [ ! -d /opt/druid/extensions/mysql-metadata-storage ] || cp /opt/druid/extensions/mysql-metadata-storage/*.jar "$connector/"
        for jar in $(find / -xdev -name 'mysql-metadata-storage*.jar' -o -xdev -name 'mysql-connector*.jar' 2>/dev/null); do
          [ -e "$connector/${jar##*/}" ] || cp "$jar" "$connector/"
        done
        ls "$connector"/mysql-connector*.jar >/dev/null 2>&1 || fail "the image has no driver of MySQL (mysql-connector): name one that has in initContainer of the DruidVersion, or store the metadata in PostgreSQL"
        """);

    /// <summary>Starts a server: <c>druid.sh ROLE</c>.</summary>
    public static string Start { get; } = Script($$"""
        #!/usr/bin/env bash
        # Starts the server of this pod: druid.sh coordinator|overlord|middleManager|historical|broker|router
        set -eu

        # The first process of a container ignores what it has no answer to: the pod would take its whole grace period to go.
        trap 'exit 143' TERM INT

        role=${1:-}
        home=${DRUID_HOME:-/opt/druid} confs=${START_CONFIG_DIR:-/opt/druid/conf}
        certificates=${START_CERTIFICATES_DIR:-{{DruidTls.SourceFolder}}} stores=${START_STORES_DIR:-{{DruidTls.StoreFolder}}}
        metadata=${START_METADATA_TLS_DIR:-{{DruidConfig.MetadataTlsFolder}}}
        conf=$confs/druid/cluster
        say() { echo "start: $*"; }
        fail() { echo "start: $*" >&2; exit 1; }
        case $role in
          coordinator | overlord) place=master/coordinator-overlord ;;
          historical | middleManager) place=data/$role ;;
          broker | router) place=query/$role ;;
          *) fail "\"$role\" is no role; name one of coordinator, overlord, middleManager, historical, broker, router" ;;
        esac

        # Files appear whole.
        put() { cat >"$1.new" && mv -f "$1.new" "$1"; }
        fact() { sed -n "s/^$1=//p" "$confs/{{FactsKey}}" | tail -n 1; }

        store_password() { printf %s "${{DruidTls.TrustStoreVariable}}"; }

        {{KeyStoreScripts.Functions(DruidTls.KeyStore, DruidTls.TrustStore)}}

        keep_stores() {
          while :; do
            sleep 1
            renew_stores || say "$certificates is not whole, or a store could not be made; trying again"
          done
        }

        # An image may lack extensions that only some clusters use; not one that this cluster depends on.
        choose_extensions() {
          local file=$conf/_common/{{DruidFiles.Common}} name kept='' needed
          needed=" $(fact extensions) "
          for name in $(sed -n 's/^druid\.extensions\.loadList=//p' "$file" | tr -d '[]"' | tr ',' ' '); do
            if [ -d "$home/extensions/$name" ]; then kept+="${kept:+, }\"$name\""
            elif [[ $needed == *" $name "* ]]; then fail "the image has no extension $name, which this cluster needs; name one that has in the DruidVersion"
            else say "the image has no extension $name: it is left out"
            fi
          done
          sed "s|^druid\.extensions\.loadList=.*|druid.extensions.loadList=[$kept]|" "$file" | put "$file"
        }

        # A server that finds nobody there ends, and the pauses between its starts grow.
        await() { # name what
          local place said=''
          place=$(fact "$1")
          [ -n "$place" ] || return 0
          until timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2"' await "${place%:*}" "${place##*:}" 2>/dev/null; do
            [ -n "$said" ] || say "waiting for $2 at $place"
            said=yes
            sleep 1
          done
        }

        [ -r "$conf/$place/runtime.properties" ] || fail "$conf/$place/runtime.properties can not be read; did the init container run?"
        command -v java >/dev/null || fail "the image has no java; name an image of the official kind in the DruidVersion"
        choose_extensions
        await zookeeper "the ZooKeeper"
        case $role in coordinator | overlord) await metadata "the metadata storage" ;; esac
        if [ "${DRUID_PROTOCOL:-Plain}" != Plain ]; then
          until renew_stores; do say "waiting until $certificates has the certificates"; sleep 1; done
          keep_stores </dev/null &
        fi

        # The driver of MySQL reads authorities from a store only.
        if grep -q '^{{DruidConfig.MySqlTrustStoreKey}}=' "$conf/_common/{{DruidFiles.Common}}"; then
          (certificates=$metadata stores=$metadata {{DruidTls.TrustStoreVariable}}={{DruidConfig.MySqlTrustStorePassword}}; make_truststore) ||
            fail "$metadata/ca.crt, with the authorities of the metadata storage, can not be made a trust store"
        fi

        host=${POD_NAME:-$(hostname)}${DOMAIN:+.$DOMAIN}
        work=$home
        mkdir -p "$work/var/tmp" 2>/dev/null && [ -w "$work/var/tmp" ] || work=${TMPDIR:-/tmp}
        mkdir -p "$work/var/tmp" "$work/var/druid/indexing-logs"
        cd "$work"
        mapfile -t options < <(grep -v '^[[:space:]]*\(#.*\)\?$' "$conf/$place/jvm.config")
        exec java "${options[@]}" {{string.Join(' ', DruidRoleConfig.Fixed)}} \
          -Djava.io.tmpdir="$work/var/tmp" -D{{DruidKeys.Host}}="${START_HOST:-$host}" -Ddruid.extensions.directory="$home/extensions" \
          -cp "$conf/_common:$conf/$place:$home/lib/*" org.apache.druid.cli.Main server "$role"
        """);

    /// <summary>Where servers log: on standard output, as containers do.</summary>
    public static string Logging { get; } = Script("""
        <?xml version="1.0" encoding="UTF-8"?>
        <Configuration status="WARN">
          <Appenders>
            <Console name="Console" target="SYSTEM_OUT">
              <PatternLayout pattern="%d{ISO8601} %p [%t] %c - %m%n"/>
            </Console>
          </Appenders>
          <Loggers>
            <Root level="info">
              <AppenderRef ref="Console"/>
            </Root>
            <Logger name="org.apache.druid.server.QueryLifecycle" level="warn"/>
            <Logger name="org.apache.zookeeper" level="warn"/>
          </Loggers>
        </Configuration>
        """);

    private static string Script(string text) => text.ReplaceLineEndings("\n") + "\n";
}
