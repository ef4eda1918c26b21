# shellcheck shell=bash
# How images come to be. An image is known by the hash of everything that goes into it, and built once.
#
# A recipe (hack/recipes/<engine>) is sourced on its own and has
#   IMAGES      a table: image, Debian suite, function, its arguments. image/suite is the name of a row
#   function    called with image, suite and its arguments: makes the root file system with root_of, and the image with commit
# and, for root_of, functions that finish a root file system, in a process of their own (hack/lib/recipe-hook): they get the root's path and
# exported variables, and write the version of what they found there to $VERSION_FILE.

IMAGES_DIR=$KUBEDB_CACHE/images
RECIPES_DIR=$HACK_DIR/recipes

hash_of() { cat "$@" | sha256sum | cut -c1-16; }

# recipe_hash FILE…: of these files and of what every image is made with.
recipe_hash() {
  { declare -f make_rootfs suites_of image_archive add_layer root_of commit; cat "$HACK_DIR/lib/recipe-hook" "$@"; } | hash_of /dev/stdin
}

# An archive's place; the name inside it is written beside it, because an engine's version is known only afterwards.
archive_of() { echo "$IMAGES_DIR/$1-$2.tar"; }
is_built() { [ -s "$1" ] && [ -s "$1.name" ]; }

recipes() { find "$RECIPES_DIR" -maxdepth 1 -type f -printf '%f\n' | sort; }

# The rows of a recipe: image, suite, function, arguments.
rows_of() { # recipe
  # shellcheck disable=SC1090  # which recipe, is an argument
  (. "$RECIPES_DIR/$1" && grep . <<<"$IMAGES")
}

engine_archive() { # recipe image suite function arguments…
  archive_of "$2-$3" "$(printf '%s ' "$@" "$(recipe_hash "$RECIPES_DIR/$1")" | hash_of /dev/stdin)"
}

# In a process of its own (beside), because recipes may use the same names.
build_engine() { # archive recipe image suite function arguments…
  ARCHIVE=$1 RECIPE=$RECIPES_DIR/$2
  work_dir ROOT_DIR
  shift 2
  # shellcheck disable=SC1090  # which recipe, is an argument
  . "$RECIPE"
  "$3" "$1" "$2" "${@:4}"
}

# root_of SUITE FUNCTION mmdebstrap-option…: the root file system of the image that is being built.
root_of() {
  local suite=$1 function=$2; shift 2
  VERSION_FILE=$ROOT_DIR/version make_rootfs "$ROOT_DIR/root.tar" "$suite" "$HACK_DIR/lib/recipe-hook '$RECIPE' $function \"\$1\"" "$@"
}

# commit IMAGE CONFIG [SOURCE TARGET]…: the image of that root file system, and further layers (image_archive) upon it.
commit() {
  local name; name=$1:$(cat "$ROOT_DIR/version")
  image_archive "docker.io/local/$name" "$ARCHIVE" "$2" "$ROOT_DIR/root.tar" / "${@:3}"
  echo "local/$name" >"$ARCHIVE.name"
}

# drop_older ARCHIVE KEEP: of the archives that differ only in their key, the newest KEEP stay.
drop_older() {
  local prefix=${1%-*} old
  for old in $(find "$IMAGES_DIR" -regex "$prefix-[0-9a-f]+\.tar" -printf '%T@ %p\n' | sort -rn | awk -v keep="$2" 'NR > keep {print $2}'); do
    rm -f "$old" "$old.name"
  done
}
