# shellcheck shell=bash
# Dynamic volumes: the controller manager's host-path provisioner, whose directories are opened to every user.

start_volumes() {
  start volumes sh -c 'mkdir -p /tmp/hostpath_pv; while sleep 0.2; do find /tmp/hostpath_pv -mindepth 1 -maxdepth 1 ! -perm 0777 -exec chmod 0777 {} +; done'
  kubectl_admin apply -f - >/dev/null <<'Y'
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/host-path
reclaimPolicy: Delete
allowVolumeExpansion: true
Y
}
