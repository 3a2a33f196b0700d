#!/usr/bin/env bash
# Builds etcd, kube-apiserver and kube-controller-manager from the pinned modules of go.mod next to this
# file and prints the folder that holds them. Built once per go.sum: the folder is a cache outside the clone
# (about 9 minutes on two cores when new, 240 MB).
#   STEER_CONTROLPLANE_CACHE   another place for the cache (default: $XDG_CACHE_HOME/steersman/controlplane)
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
if ! command -v go >/dev/null 2>&1; then
  echo "controlplane: Go is not installed; the live tests need Go 1.26 to build a kube-apiserver (see CONTRIBUTING.md)" >&2
  exit 3
fi
kubernetes="$(sed -n 's|^.*k8s.io/kubernetes v\([0-9.]*\).*$|\1|p' "$here/go.mod" | head -n 1)"
key="$(cat "$here/go.mod" "$here/go.sum" | sha256sum | cut -c1-16)"
cache="${STEER_CONTROLPLANE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/steersman/controlplane}/$kubernetes-$key"
mkdir -p "$cache"
cd "$here"
IFS=. read -r major minor _ <<<"$kubernetes"
v=k8s.io/component-base/version
flags="-s -w -X $v.gitVersion=v$kubernetes -X $v.gitMajor=$major -X $v.gitMinor=$minor -X $v.gitTreeState=clean"
build() { # package, name
  [ -x "$cache/$2" ] && return
  echo "controlplane: building $2 (once; minutes)" >&2
  CGO_ENABLED=0 go build -trimpath -ldflags "$flags" -o "$cache/$2.part" "$1"
  mv "$cache/$2.part" "$cache/$2"
}
build go.etcd.io/etcd/server/v3 etcd
build k8s.io/kubernetes/cmd/kube-apiserver kube-apiserver
build k8s.io/kubernetes/cmd/kube-controller-manager kube-controller-manager
echo "$cache"
