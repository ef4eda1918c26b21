# shellcheck shell=bash
# Images without a registry, a daemon or an image builder: layers and a configuration in a Docker archive, which containerd, podman and
# Docker load alike.

# image_archive NAME ARCHIVE CONFIG [SOURCE TARGET]…: each pair is a layer. SOURCE is a file or a folder, which comes to be TARGET, or the
# archive (*.tar) of a root file system, whose TARGET is /. CONFIG is the image's run configuration, as JSON (Entrypoint, Env, User, …).
image_archive() {
  local name=$1 archive=$2 config=$3 work layers=() ids=() id; shift 3
  work_dir work
  mkdir "$work/image"
  while [ $# -gt 0 ]; do
    add_layer "$1" "$2" "$work/layer.tar"
    id=$(sha256sum <"$work/layer.tar" | cut -d' ' -f1)
    mv "$work/layer.tar" "$work/image/$id.tar"
    layers+=("$id.tar") ids+=("sha256:$id")
    shift 2
  done
  jq -cn --argjson config "$config" '{architecture: "amd64", os: "linux", created: "1970-01-01T00:00:00Z", config: $config,
    rootfs: {type: "layers", diff_ids: $ARGS.positional}}' --args "${ids[@]}" >"$work/config"
  id=$(sha256sum <"$work/config" | cut -d' ' -f1)
  mv "$work/config" "$work/image/$id.json"
  jq -cn --arg name "$name" --arg config "$id.json" '[{Config: $config, RepoTags: [$name], Layers: $ARGS.positional}]' \
    --args "${layers[@]}" >"$work/image/manifest.json"
  tar -cf "$archive.new" -C "$work/image" manifest.json "$id.json" "${layers[@]}"
  mv "$archive.new" "$archive"
  rm -rf "$work"
}

add_layer() { # source target layer
  local source=$1 target=${2#/} layer=$3
  if [ -f "$source" ] && [ "${source##*.}" = tar ]; then
    [ -z "$target" ] || die "the archive $source can be unpacked at / only"
    ln "$source" "$layer" 2>/dev/null || cp "$source" "$layer"
  else
    tar -cf "$layer" --owner=0 --group=0 --numeric-owner --sort=name --mtime=@0 --transform "s,^$(basename "$source"),$target," \
      -C "$(dirname "$source")" "$(basename "$source")"
  fi
}

# What an archive holds: "NAME ID", the id being the digest of its configuration, by which every container engine knows the image.
archive_content() { tar -xOf "$1" manifest.json | jq -r '.[0] | "\(.RepoTags[0]) \(.Config | sub("\\.json$"; ""))"'; }
