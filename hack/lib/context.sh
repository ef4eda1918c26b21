# shellcheck shell=bash
# The user's own cluster instead of one of ours: only its kubeconfig is taken, and images are handed to the tool that runs it.

context_name() { sed 's/^context://' "$CURRENT"; }
context_kubeconfig() { echo "$CLUSTERS_DIR/context-$SLOT.kubeconfig"; }

use_context() { # name
  local file
  [ ! -s "$CURRENT" ] || is_foreign || die "a cluster from $(cat "$CURRENT") is up; end that first: hack/cluster down"
  mkdir -p "$CLUSTERS_DIR"
  stage "kubectl and Helm" install_kubectl_and_helm
  file=$(context_kubeconfig)
  "$TOOLS_DIR/kubectl" config view --raw --flatten --minify --context "$1" >"$file.new" ||
    { rm -f "$file.new"; die "your kubeconfig has no context \"$1\"; see: kubectl config get-contexts"; }
  chmod 600 "$file.new"
  "$TOOLS_DIR/kubectl" --kubeconfig "$file.new" get --raw /version --request-timeout=10s >/dev/null ||
    { rm -f "$file.new"; die "the cluster of context \"$1\" does not answer"; }
  mv "$file.new" "$file"
  echo "context:$1" >"$CURRENT"
  say "using your cluster, context $1; hack/cluster down only forgets it"
  echo "$file"
}

leave_context() {
  rm -f "$(context_kubeconfig)" "$CURRENT"
  say "your cluster is no longer used; nothing on it was changed by this"
}

context_status() {
  echo "cluster     your own, context $(context_name)"
  echo "kubeconfig  $(context_kubeconfig)"
  "$TOOLS_DIR/kubectl" --kubeconfig "$(context_kubeconfig)" get nodes
}

# Archives go onto the nodes by the tool of the local cluster that the context's name tells of. Where there is none, nothing can be
# loaded from here: that cluster pulls, so the images have to be pushed to a registry it reaches.
context_load() { # archive…
  local name file; name=$(context_name)
  for file; do
    [ -s "$file" ] || die "no such image archive: $file"
    case $name in
      kind-*) kind load image-archive "$file" --name "${name#kind-}" ;;
      k3d-*) k3d image import "$file" --cluster "${name#k3d-}" ;;
      minikube*) minikube image load "$file" --profile "$name" ;;
      *)
        command -v k3s >/dev/null ||
          die "context \"$name\" is none of kind, k3d, minikube, k3s: push the images to a registry that it reaches, and name them in the charts' values"
        k3s ctr images import "$file"
        ;;
    esac
  done
}
