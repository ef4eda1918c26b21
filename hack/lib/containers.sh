# shellcheck shell=bash
# A container engine with the engines' images for the tests that a script runs, gone when the script ends, however it ends. A signal ends
# the script after what it runs in the foreground, so that nothing goes on beside its end.

own_containers=""
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Brings it up and tells the tests where it is; where none can be had, its tests are skipped.
containers() { # what hack/images builds for them
  local archives
  if ! "$HACK_DIR/containers" status >/dev/null 2>&1; then
    own_containers=yes
    trap 'end_beside; end_containers; rm -rf "${WORK_DIRS[@]}"' EXIT
  fi
  if ! DOCKER_HOST=$("$HACK_DIR/containers" up); then
    say "no container engine: the tests that need one are skipped"
    unset DOCKER_HOST
    return
  fi
  # Without a helper container that removes the others: their fixture does, and what a killed run leaves goes with hack/containers down.
  export DOCKER_HOST TESTCONTAINERS_RYUK_DISABLED=true
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_packages busybox # the shell of images that have no other, lent to a container
    "$HACK_DIR/images" "$@" --no-load
    mapfile -t archives < <("$HACK_DIR/images" --archives "$@")
    "$HACK_DIR/containers" load "${archives[@]}"
  else
    export KUBEDB_TEST_IMAGES=registry
  fi
}

end_containers() { # unless somebody had brought them up before
  [ -z "$own_containers" ] || "$HACK_DIR/containers" down
  own_containers=""
}
