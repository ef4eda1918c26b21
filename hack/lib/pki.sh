# shellcheck shell=bash
# The cluster's certificates and kubeconfigs. One authority a state directory, kept over down and up,
# so that a kubeconfig someone exported stays valid.

# Valid from yesterday on: a replica whose clock a test puts back trusts them, too.
yesterday() { LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketime.so.1) FAKETIME=-1d "$@"; }

NEW_KEY=(-newkey ec -pkeyopt ec_paramgen_curve:P-256) # made in no time, unlike RSA's

sign() { # name subject [subject alternative names]
  local name=$1 subject=$2 names=${3:-}
  [ ! -s "$PKI_DIR/$name.crt" ] || return 0
  openssl req -new "${NEW_KEY[@]}" -nodes -subj "$subject" -keyout "$PKI_DIR/$name.key" -out "$PKI_DIR/$name.csr" 2>/dev/null
  yesterday openssl x509 -req -in "$PKI_DIR/$name.csr" -CA "$PKI_DIR/ca.crt" -CAkey "$PKI_DIR/ca.key" -CAcreateserial -days 3650 -sha256 \
    -extfile <(printf 'extendedKeyUsage=clientAuth,serverAuth\n%s\n' "${names:+subjectAltName=$names}") \
    -out "$PKI_DIR/$name.crt" 2>/dev/null
}

write_kubeconfig() { # name of certificate and of file
  jq -n --arg server "https://$GATEWAY:6443" --arg cluster "kubedb-$CLUSTER" \
    --arg ca "$(base64 -w0 "$PKI_DIR/ca.crt")" --arg crt "$(base64 -w0 "$PKI_DIR/$1.crt")" --arg key "$(base64 -w0 "$PKI_DIR/$1.key")" '{
      apiVersion: "v1", kind: "Config", "current-context": $cluster,
      clusters: [{name: $cluster, cluster: {server: $server, "certificate-authority-data": $ca}}],
      users: [{name: "user", user: {"client-certificate-data": $crt, "client-key-data": $key}}],
      contexts: [{name: $cluster, context: {cluster: $cluster, user: "user"}}]}' >"$STATE_DIR/$1.kubeconfig.new"
  chmod 600 "$STATE_DIR/$1.kubeconfig.new"
  mv "$STATE_DIR/$1.kubeconfig.new" "$STATE_DIR/$1.kubeconfig"
}

make_pki() {
  mkdir -p "$PKI_DIR"
  chmod 700 "$PKI_DIR"
  if [ ! -s "$PKI_DIR/ca.crt" ]; then
    yesterday openssl req -x509 "${NEW_KEY[@]}" -nodes -subj /CN=kubedb-local-ca -days 3650 -keyout "$PKI_DIR/ca.key" -out "$PKI_DIR/ca.crt" 2>/dev/null
    openssl genrsa -out "$PKI_DIR/service-accounts.key" 2048 2>/dev/null
    openssl rsa -in "$PKI_DIR/service-accounts.key" -pubout -out "$PKI_DIR/service-accounts.pub" 2>/dev/null
  fi
  local service=kubernetes.default.svc
  sign apiserver /CN=kube-apiserver \
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:$service,DNS:$service.cluster.local,IP:127.0.0.1,IP:$GATEWAY,IP:$SERVICE_NET.0.1"
  sign kubelet "/O=system:nodes/CN=system:node:$NODE" "DNS:$NODE,IP:127.0.0.1,IP:$GATEWAY"
  sign admin /O=system:masters/CN=kubedb-local-admin
  sign controller-manager /CN=system:kube-controller-manager
  sign scheduler /CN=system:kube-scheduler
  sign proxy /CN=system:kube-proxy
  sign dns /CN=kubedb-local:dns
  sign volumes /CN=kubedb-local:volumes
  sign cert-manager /CN=kubedb-local:cert-manager
  local name
  for name in admin controller-manager scheduler proxy dns volumes cert-manager kubelet; do
    [ "$STATE_DIR/$name.kubeconfig" -nt "$PKI_DIR/$name.crt" ] || write_kubeconfig $name
  done
}
