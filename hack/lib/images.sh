# shellcheck shell=bash
# How each image is made. An image is known by the hash of everything that goes into it, and built once.

IMAGES_DIR=$KUBEDB_CACHE/images
RECIPES_DIR=$HACK_DIR/recipes

# Engine images: name, Debian suite, package, user id. The tag is the version that the package has.
ENGINES='
redis   bookworm            redis-server   999
redis   trixie              redis-server   999
valkey  bookworm-backports  valkey-server 1000
valkey  trixie              valkey-server 1000
'
EXPORTER_SUITE=bookworm
# What a person or a start script expects to find in an official, Debian-based image.
ENGINE_TOOLS='base-files,bash,coreutils,dash,debianutils,findutils,grep,hostname,libc-bin,mawk,sed,util-linux'
OPERATOR_PACKAGES='base-files netbase libc6 libssl3 ca-certificates tzdata'
# Debian releases that the operators can stand on, oldest first, each with the version of its C library.
OPERATOR_SUITES='
bookworm 2.36
trixie   2.41
'
# The rows of the two operators: image, project folder, assembly.
OPERATORS='
kubedb-provisioner Provisioner
kubedb-ops-manager OpsManager
'

hash_of() { cat "$@" | sha256sum | cut -c1-16; }

# recipe_hash FUNCTION…: of the text of these functions, and of what every image is made with.
recipe_hash() {
  { declare -f "$@" make_rootfs image_from_files; cat "$RECIPES_DIR"/*; } | hash_of /dev/stdin
}

# An archive's place; the name inside it is written beside it, because an engine's version is known only afterwards.
archive_of() { echo "$IMAGES_DIR/$1-$2.tar"; }
is_built() { [ -s "$1" ] && [ -s "$1.name" ]; }

engine_key() { printf '%s ' "$@" "$ENGINE_TOOLS" "$(recipe_hash build_engine engine_packages)" | hash_of /dev/stdin; }
exporter_key() { printf '%s ' "$EXPORTER_SUITE" "$(recipe_hash build_exporter)" | hash_of /dev/stdin; }

build_engine() { # archive engine suite package uid
  local archive=$1 engine=$2 suite=$3 package=$4 uid=$5 work version
  work_dir work
  ENGINE=$engine ENGINE_UID=$uid RECIPES=$RECIPES_DIR VERSION_FILE=$work/version \
    make_rootfs "$work/root.tar" "$suite" "$RECIPES_DIR/engine" --variant=extract \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --include="$ENGINE_TOOLS,$(engine_packages "$package" "$suite")"
  version=$(cat "$work/version")
  image_from_files "docker.io/local/$engine:$version" "$archive" "$work/root.tar" / -- \
    --entrypoint '["docker-entrypoint.sh"]' --cmd "$engine-server" --workingdir /data --volume /data --port 6379 \
    --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  echo "local/$engine:$version" >"$archive.name"
}

# From backports, each package has to be asked for by its release.
engine_packages() {
  local tools=${1%-server}-tools
  case $2 in *-backports) echo "$1/$2,$tools/$2" ;; *) echo "$1,$tools" ;; esac
}

build_exporter() { # archive
  local archive=$1 work version
  work_dir work
  PACKAGES='base-files libc6 prometheus-redis-exporter' FINISH=exporter VERSION_FILE=$work/version \
    make_rootfs "$work/root.tar" $EXPORTER_SUITE "$RECIPES_DIR/packages-only" --variant=custom
  version=$(cat "$work/version")
  image_from_files "docker.io/local/redis_exporter:$version" "$archive" "$work/root.tar" / -- \
    --entrypoint '["/redis_exporter"]' --user 59000:59000 --port 9121
  echo "local/redis_exporter:$version" >"$archive.name"
}

# Everything that can change an operator's program: the content of its sources, tracked or new.
operator_sources() { # project folder
  (
    cd "$PROJECT_DIR" || exit
    git ls-files -z -co --exclude-standard -- KubeDb.Api "$1" 'Directory.*.props' global.json .editorconfig |
      sort -z | while read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done | xargs -0 sha256sum
  )
}
base_key() { printf '%s ' "$OPERATOR_PACKAGES" "$(recipe_hash operator_base)" | hash_of /dev/stdin; }
operator_key() { { operator_sources "$1"; base_key; echo "$OPERATOR_ENV"; recipe_hash build_operator publish_operator; } | hash_of /dev/stdin; }

operator_tag() { echo "dev-${1:0:12}"; }

present_tag() { # image name -> the tag that this checkout's present content has
  local name project
  while read -r name project; do
    [ "$name" != "$1" ] || { operator_tag "$(operator_key "$project")"; return; }
  done <<<"$OPERATORS"
  die "no operator \"$1\"; there are kubedb-provisioner and kubedb-ops-manager"
}

# drop_older ARCHIVE KEEP: of the archives that differ only in their key, the newest KEEP stay.
drop_older() {
  local prefix=${1%-*} old
  for old in $(find "$IMAGES_DIR" -regex "$prefix-[0-9a-f]+\.tar" -printf '%T@ %p\n' | sort -rn | awk -v keep="$2" 'NR > keep {print $2}'); do
    rm -f "$old" "$old.name"
  done
}

operator_base() { # suite: prints the archive of the root file system that an operator stands on
  local base; base=$IMAGES_DIR/operator-base-$1-$(base_key).tar
  [ -s "$base" ] || PACKAGES=$OPERATOR_PACKAGES FINISH=operator \
    make_rootfs "$base" "$1" "$RECIPES_DIR/packages-only" --variant=custom
  drop_older "$base" 1
  echo "$base"
}

# The oldest release that has what this machine's linker asked for in the program.
suite_for() { # program
  local needs suite has
  needs=$(readelf --version-info --wide "$1" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -1)
  while read -r suite has; do
    [ -z "$suite" ] || [ "$(printf '%s\n' "${needs#GLIBC_}" "$has" | sort -V | tail -1)" != "$has" ] || { echo "$suite"; return; }
  done <<<"$OPERATOR_SUITES"
  die "$1 needs $needs, because it was linked here; no release in OPERATOR_SUITES (hack/lib/images.sh) has it. Build on an older one, or add the release"
}

# What the programs run with, in the image and under hack/bench. A small youngest generation: by default it is as large as the processor's
# cache allows, tens of megabytes that a process at rest keeps. Measured in bench/RESULTS.md.
OPERATOR_ENV='
DOTNET_GCgen0size=0x400000
DOTNET_GCConserveMemory=5
'

publish_operator() { # project-folder image-name destination
  local project=$1 log=$KUBEDB_CACHE/publish-$2.log
  install_packages gcc libc6-dev
  # Intermediate files stay out of the checkout, so that a build there is not disturbed.
  dotnet publish "$PROJECT_DIR/$project" -c Release -r linux-x64 -m:1 -v quiet --nologo -p:DebugType=none \
    --artifacts-path "$KUBEDB_CACHE/publish/$(hash_of <<<"$PROJECT_DIR")" -o "$3" >"$log" 2>&1 ||
    { grep -E 'error|warn' "$log" | sort -u | head -20 >&2; die "$project does not build (log: $log)"; }
}

build_operator() { # archive image-name project-folder tag
  local archive=$1 name=$2 project=$3 tag=$4 work suite base env=() line
  work_dir work
  publish_operator "$project" "$name" "$work/app"
  suite=$(suite_for "$work/app/$name")
  base=$(operator_base "$suite")
  for line in $OPERATOR_ENV; do env+=(--env "$line"); done
  image_from_files "docker.io/kubedb/$name:$tag" "$archive" "$base" / "$work/app" /app -- \
    --entrypoint "[\"/app/$name\"]" --workingdir /app --user 65532:65532 \
    "${env[@]}" --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
  echo "kubedb/$name:$tag" >"$archive.name"
}
