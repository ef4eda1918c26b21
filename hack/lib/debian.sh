# shellcheck shell=bash
# Kubernetes 1.20.2 from Debian 12's source package: all components in one static binary, built once.
# It is the way for a machine that has nothing but Debian, and the oldest server that is supported.

DEBIAN_KUBERNETES=1.20.2
DEBIAN_BUILD_PACKAGES=(golang-1.19-go dpkg-dev)
DEBIAN_RUN_PACKAGES=(dnsmasq-base)
KUBE_COMPONENTS=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)

# Sets KUBE_BIN to the folder of the components, which it builds when they are not there.
build_debian() {
  KUBE_BIN=$KUBEDB_CACHE/kubernetes/debian-$DEBIAN_KUBERNETES-$(declare -f kube_main compile_kube mend_map_iteration | sha256sum | cut -c1-8)
  [ ! -x "$KUBE_BIN/kube" ] || return 0
  say "  building Kubernetes $DEBIAN_KUBERNETES from Debian's source; about 3 minutes on two cores, once"
  install_packages "${DEBIAN_BUILD_PACKAGES[@]}"
  local work log=$KUBEDB_CACHE/kubernetes-build.log component
  work_dir work
  fetch_kubernetes_source "$work" >"$log" 2>&1 || { tail -5 "$log" >&2; die "apt-get could not fetch the source package kubernetes (log: $log)"; }
  compile_kube "$work" >>"$log" 2>&1 || { tail -15 "$log" >&2; die "Kubernetes $DEBIAN_KUBERNETES could not be built (log: $log)"; }
  rm -rf "$KUBE_BIN.new"
  mkdir -p "$KUBE_BIN.new"
  cp "$work/kube" "$KUBE_BIN.new/kube"
  for component in "${KUBE_COMPONENTS[@]}"; do ln -s kube "$KUBE_BIN.new/$component"; done
  "$KUBE_BIN.new/kube-apiserver" --version | grep -q "v$DEBIAN_KUBERNETES" || die "the built Kubernetes does not say it is $DEBIAN_KUBERNETES"
  mv "$KUBE_BIN.new" "$KUBE_BIN"
}

# The source package by way of a private apt configuration: this machine's own lists and sources stay as they are.
fetch_kubernetes_source() { # work folder
  local apt=$1/apt
  mkdir -p "$apt/lists/partial" "$1/source"
  debian_sources bookworm bookworm-updates bookworm-security | sed 's/^deb /deb-src /' >"$apt/sources.list" || return
  local options=(-o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$apt/lists" -o APT::Sandbox::User=root)
  apt-get -qq "${options[@]}" update || return
  (cd "$1/source" && apt-get -qq "${options[@]}" source --download-only kubernetes) || return
  dpkg-source -x "$1"/source/*.dsc "$1/kubernetes"
}

compile_kube() ( # work folder -> kube in it
  set -e
  export GOROOT=/usr/lib/go-1.19 GOPATH=$1/go GOCACHE=$1/cache GO111MODULE=off GOFLAGS='' CGO_ENABLED=0 GOTMPDIR=$1
  export PATH=$GOROOT/bin:$PATH
  local source=$GOPATH/src/k8s.io/kubernetes tagged flags='' package
  mkdir -p "$GOPATH/src/k8s.io"
  mv "$1/kubernetes" "$source"
  cd "$source"
  mend_map_iteration vendor/github.com/modern-go/reflect2
  # The package carries all generated code but the OpenAPI definitions of the packages marked for them.
  tagged=$(grep -rlE --include='*.go' '\+k8s:openapi-gen=' staging/src/k8s.io pkg |
    grep -vE '_test\.go|zz_generated|code-generator|sample-apiserver|/testdata/' | xargs -n1 dirname | sort -u |
    sed 's#^staging/src/#k8s.io/kubernetes/vendor/#; s#^pkg/#k8s.io/kubernetes/pkg/#' | paste -sd,)
  nice -n 19 go run ./vendor/k8s.io/kube-openapi/cmd/openapi-gen --output-base "$GOPATH/src" -O zz_generated.openapi \
    -p k8s.io/kubernetes/pkg/generated/openapi -h hack/boilerplate/boilerplate.generatego.txt -r "$1/violations" -i "$tagged"
  mkdir cmd/kube
  kube_main >cmd/kube/main.go
  for package in component-base/version client-go/pkg/version; do
    package=k8s.io/kubernetes/vendor/k8s.io/$package
    flags+=" -X $package.gitVersion=v$DEBIAN_KUBERNETES -X $package.gitMajor=1 -X $package.gitMinor=20"
  done
  nice -n 19 go build -ldflags "-s -w$flags" -o "$1/kube" ./cmd/kube
)

# The source is older than its compiler: since Go 1.18 reflect.mapiterinit takes the iterator as an argument. Unmended, iterating over a map
# through this package overwrites memory, and the API server dies of it in server-side applies.
mend_map_iteration() { # the vendored package reflect2
  sed -i -e 's/^func mapiterinit(rtype unsafe.Pointer, m unsafe.Pointer) \*hiter$/func mapiterinit(rtype unsafe.Pointer, m unsafe.Pointer, it *hiter)/' \
    -e 's/^\t\/\/ rest fields are ignored$/\tpointers [6]unsafe.Pointer\n\tnumbers [4]uintptr/' "$1/unsafe_link.go"
  sed -i -e 's/^\t\thiter: *mapiterinit(.*$/\t\thiter:      startIteration(type2.rtype, *(*unsafe.Pointer)(obj)),/' "$1/unsafe_map.go"
  printf '\nfunc startIteration(rtype, m unsafe.Pointer) *hiter {\n\tit := new(hiter)\n\tmapiterinit(rtype, m, it)\n\treturn it\n}\n' >>"$1/unsafe_map.go"
  [ "$(grep -c 'it \*hiter)$\|numbers \[4\]uintptr' "$1/unsafe_link.go")" -ge 2 ] && grep -q 'hiter:      startIteration' "$1/unsafe_map.go"
}

# One program that acts as the component by whose name it is called: five programs share their bulk.
kube_main() {
  cat <<'GO'
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func command(name string) *cobra.Command {
	switch name {
	case "kube-apiserver":
		return apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		return manager.NewControllerManagerCommand()
	case "kube-scheduler":
		return scheduler.NewSchedulerCommand()
	case "kube-proxy":
		return proxy.NewProxyCommand()
	case "kubelet":
		return kubelet.NewKubeletCommand()
	}
	return nil
}

func main() {
	component := command(filepath.Base(os.Args[0]))
	if component == nil {
		fmt.Fprintln(os.Stderr, "kube: start me under the name of a component")
		os.Exit(2)
	}
	if component.Execute() != nil {
		os.Exit(1)
	}
}
GO
}
