# shellcheck shell=bash
# Images without a registry and without a daemon: buildah in a throw-away store, written as a Docker archive.

# image_from_files NAME ARCHIVE [SOURCE TARGET]… -- buildah-config-option…
# SOURCE is a file, a folder, or an archive of a root file system, which is unpacked at TARGET.
image_from_files() {
  local name=$1 archive=$2 store container; shift 2
  work_dir store
  export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
  local b=(buildah --root "$store/storage" --runroot "$store/run")
  container=$("${b[@]}" from scratch)
  while [ "$1" != -- ]; do
    "${b[@]}" add -q "$container" "$1" "$2" >/dev/null
    shift 2
  done
  shift
  "${b[@]}" config "$@" "$container"
  "${b[@]}" commit -q "$container" "$name" >/dev/null
  rm -f "$archive.new"
  "${b[@]}" push -q "$name" "docker-archive:$archive.new:$name"
  mv "$archive.new" "$archive"
  rm -rf "$store"
}
