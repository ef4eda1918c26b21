#!/bin/sh
# Starts the server with the given options or configuration file; anything else is run as it is.
# As root it first gives /data to the server's user and goes on as that user.
set -e
server=@SERVER@
case ${1:-} in
  -* | *.conf) set -- "$server" "$@" ;;
esac
if [ "$1" = "$server" ] && [ "$(id -u)" = 0 ]; then
  find . ! -user @USER@ -exec chown @USER@ {} +
  exec setpriv --reuid=@USER@ --regid=@USER@ --clear-groups "$0" "$@"
fi
[ "$(umask)" != 0022 ] || umask 0077
exec "$@"
