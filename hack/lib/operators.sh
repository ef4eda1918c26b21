# shellcheck shell=bash
# The two operators of this checkout: native programs, each in an image that holds little else.

# The rows of the operators: image, project folder.
OPERATORS='
kubedb-provisioner Provisioner
kubedb-ops-manager OpsManager
'
OPERATOR_PACKAGES='base-files netbase libc6 libssl3 ca-certificates tzdata'
# Debian releases that the operators can stand on, oldest first, each with the version of its C library.
OPERATOR_SUITES='
bookworm 2.36
trixie   2.41
'
# What the programs run with, in the image and under hack/bench. A small youngest generation: by default it is as large as the processor's
# cache allows, tens of megabytes that a process at rest keeps. In hexadecimal: native programs take no notice of a number that begins with 0x.
# Measured in bench/RESULTS.md.
OPERATOR_ENV='
DOTNET_GCgen0size=200000
DOTNET_GCConserveMemory=5
'

# Everything that can change an operator's program: the content of its sources, tracked or new.
operator_sources() { # project folder
  (
    cd "$PROJECT_DIR" || exit
    git ls-files -z -co --exclude-standard -- KubeDb.Api "$1" 'Directory.*.props' global.json .editorconfig |
      sort -z | while read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done | xargs -0 sha256sum
  )
}
base_key() { { recipe_hash /dev/null; declare -f operator_base finish_operator; echo "$OPERATOR_PACKAGES"; } | hash_of /dev/stdin; }
operator_key() { { operator_sources "$1"; base_key; echo "$OPERATOR_ENV"; declare -f build_operator publish_operators; } | hash_of /dev/stdin; }

operator_tag() { echo "dev-${1:0:12}"; }

operator_archive() { archive_of "$1" "$(operator_key "$2")"; } # image project-folder

present_tag() { # image name -> the tag that this checkout's present content has
  local name project
  while read -r name project; do
    [ "$name" != "$1" ] || { operator_tag "$(operator_key "$project")"; return; }
  done <<<"$OPERATORS"
  die "no operator \"$1\"; there are kubedb-provisioner and kubedb-ops-manager"
}

operator_base() { # suite: prints the archive of the root file system that an operator stands on
  local base; base=$IMAGES_DIR/operator-base-$1-$(base_key).tar
  [ -s "$base" ] || PACKAGES=$OPERATOR_PACKAGES \
    make_rootfs "$base" "$1" "$HACK_DIR/lib/recipe-hook '$HACK_DIR/lib/operators.sh' finish_operator \"\$1\"" --variant=custom
  drop_older "$base" 1
  echo "$base"
}

finish_operator() { # root; in the process of hack/lib/recipe-hook
  unpack_packages "$1"
  mkdir -p "$1/etc/ssl/certs"
  cat "$1"/usr/share/ca-certificates/mozilla/*.crt >"$1/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$1/usr/share/ca-certificates"
}

# The oldest release that has what this machine's linker asked for in the program.
suite_for() { # program
  local needs suite has
  needs=$(readelf --version-info --wide "$1" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -1)
  while read -r suite has; do
    [ -z "$suite" ] || [ "$(printf '%s\n' "${needs#GLIBC_}" "$has" | sort -V | tail -1)" != "$has" ] || { echo "$suite"; return; }
  done <<<"$OPERATOR_SUITES"
  die "$1 needs $needs, because it was linked here; no release in OPERATOR_SUITES (hack/lib/operators.sh) has it. Build on an older one, or add the release"
}

# publish_operators FOLDER PROJECT…: each program comes to be in a folder of its project's name. One build, in which the library is compiled
# once and the programs are made native at the same time. The analyzers are left to the checkout's own build. Only linking needs packages: what
# comes before may run while they are being installed.
publish_operators() {
  local folder=$1 log=$KUBEDB_CACHE/publish-operators.log artifacts build project; shift
  # Intermediate files stay out of the checkout, so that a build there is not disturbed.
  artifacts=$KUBEDB_CACHE/publish/$(hash_of <<<"$PROJECT_DIR")
  rm -rf "$artifacts/publish"
  build=(dotnet msbuild "$HACK_DIR/lib/publish.proj" -m:2 -v:quiet -nologo "-p:Programs=\"$(IFS=';'; echo "$*")\"" "-p:ArtifactsPath=$artifacts" -p:RunAnalyzers=false)
  { "${build[@]}" -restore -t:Build && install_packages "${PUBLISH_PACKAGES[@]}" && "${build[@]}" -t:Publish; } >"$log" 2>&1 ||
    { grep -E 'error|warn' "$log" | sort -u | head -20 >&2; die "$* does not build (log: $log)"; }
  for project; do mv "$artifacts/publish/$project"/* "$folder/$project"; done
}

build_operator() { # archive image-name program-folder tag
  local archive=$1 name=$2 program=$3 tag=$4 suite base env
  suite=$(suite_for "$program/$name")
  base=$(operator_base "$suite")
  env=$(grep . <<<"$OPERATOR_ENV" | jq -Rn '[inputs, "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"]')
  image_archive "docker.io/kubedb/$name:$tag" "$archive" \
    "{\"Entrypoint\": [\"/app/$name\"], \"WorkingDir\": \"/app\", \"User\": \"65532:65532\", \"Env\": $env}" "$base" / "$program" /app
  echo "kubedb/$name:$tag" >"$archive.name"
}
