# shellcheck shell=bash
# Root file systems from Debian's packages, from wherever this machine takes its own packages.

# debian_sources SUITE…: one source line each. A suite that ends in -security comes from the security site.
debian_sources() {
  local sites main security suite
  sites=$(apt-get indextargets --format "\$(SITE) \$(LABEL)" 'Created-By: Packages' 'Origin: Debian' | sort -u)
  main=$(awk '$2 == "Debian" {print $1; exit}' <<<"$sites")
  security=$(awk '$2 == "Debian-Security" {print $1; exit}' <<<"$sites")
  [ -n "$main" ] || die "no Debian archive in this machine's apt sources; engine images are made from its packages"
  for suite; do
    case $suite in
      *-security) [ -z "$security" ] || echo "deb $security $suite main" ;;
      *) echo "deb $main $suite main" ;;
    esac
  done
}

# The suites to read for a release: security fixes too, and backports on demand ("bookworm-backports").
suites_of() {
  local release=${1%-backports}
  printf '%s\n' "$release" "$release-updates" "$release-security"
  [ "$release" = "$1" ] || echo "$1"
}

# make_rootfs ARCHIVE SUITE HOOK mmdebstrap-option…: HOOK is a script that gets the root's path and finishes it.
make_rootfs() {
  local archive=$1 suite=$2 hook=$3 log=$1.log suites lines release=${2%-backports}; shift 3
  mapfile -t suites < <(suites_of "$suite")
  mapfile -t lines < <(debian_sources "${suites[@]}")
  mmdebstrap --quiet --format=tar --extract-hook="$hook" "$@" "$release" "$archive.new" "${lines[@]}" 2>"$log" ||
    { tail -5 "$log" >&2; die "mmdebstrap could not make a root file system of $suite (log: $log)"; }
  mv "$archive.new" "$archive"
  rm -f "$log"
}
