# shellcheck shell=bash
# Servers in Java, where $KUBEDB_ARTIFACTS has their jars (java.tar.xz, in Maven's layout).

have_java() { [ -f "${KUBEDB_ARTIFACTS:-}/java.tar.xz" ]; }

# Changes when the jars do; goes into the name of an image that is made of them.
java_key() { artifact_key 'java.tar.xz$'; }

# Sets JAVA_JARS to a folder with all jars, unpacked once.
unpack_java() {
  JAVA_JARS=$KUBEDB_CACHE/java-$(java_key)
  [ ! -d "$JAVA_JARS" ] || return 0
  (
    flock 9
    [ ! -d "$JAVA_JARS" ] || exit 0
    check_artifacts 'java.tar.xz$'
    rm -rf "$JAVA_JARS.new"
    mkdir -p "$JAVA_JARS.new"
    tar -xJf "$KUBEDB_ARTIFACTS/java.tar.xz" -C "$JAVA_JARS.new"
    (cd "$JAVA_JARS.new" && sha256sum --quiet -c "$KUBEDB_ARTIFACTS/java.SHA256SUMS") || die "a jar in java.tar.xz does not match java.SHA256SUMS"
    mv "$JAVA_JARS.new" "$JAVA_JARS"
  ) 9>"$KUBEDB_CACHE/java.lock"
}

# lay_out_jars CLASSPATH FOLDER: each line of CLASSPATH is a folder below FOLDER, and a jar that it gets.
lay_out_jars() {
  local folder jar
  unpack_java
  while read -r folder jar; do
    mkdir -p "$2/$folder"
    cp "$JAVA_JARS/$jar" "$2/$folder/"
  done <"$1"
}
