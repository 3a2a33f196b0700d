#!/usr/bin/env bash
# The demo: a repository on loopback, and a chart's whole life on the sandbox cluster.
# Needs the command steer on PATH; uses folders of its own and leaves nothing behind.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
server=""
finish() {
  status=$?
  steer sandbox down >/dev/null 2>&1 || true
  [ -n "$server" ] && kill "$server" 2>/dev/null || true
  rm -rf "$work"
  exit $status
}
trap finish EXIT

export HELM_CACHE_HOME="$work/cache/helm" HELM_CONFIG_HOME="$work/config" HELM_DATA_HOME="$work/data" XDG_STATE_HOME="$work/state"
unset KUBECONFIG HELM_NAMESPACE HELM_KUBECONTEXT 2>/dev/null || true

run() {
  printf '\n\033[1m$ %s\033[0m\n' "$*"
  "$@"
}

mkdir -p "$work/repo"
run steer package "$here/shop" --destination "$work/repo"
run steer repo index "$work/repo"
python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$work/repo" >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
  port="$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$work/server.log")"
  [ -n "$port" ] && break
  sleep 0.1
done

run steer repo add demo "http://127.0.0.1:$port"
run steer repo update
run steer search repo shop
printf '\n\033[1m$ eval "$(steer sandbox up)"\033[0m\n'
eval "$(steer sandbox up)"
run steer install web demo/shop --wait
run steer list
run steer status web
run steer upgrade web demo/shop --set greeting="Good morning" --set replicas=3 --wait
run steer get values web
run steer history web
run steer rollback web 1 --wait
run steer test web
run steer history web
run steer uninstall web
run steer list
printf '\nThat was a chart from repository to cluster and back. Next: steer sandbox up\n'
