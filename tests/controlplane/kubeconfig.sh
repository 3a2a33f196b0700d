#!/usr/bin/env bash
# Under controlplane.py: runs COMMAND with KUBECONFIG set to a file for the control plane's admin.
#
#     controlplane.py FOLDER_OF_PROGRAMS -- kubeconfig.sh COMMAND...
set -euo pipefail
KUBECONFIG="$(mktemp)"
trap 'rm -f "$KUBECONFIG"' EXIT
cat >"$KUBECONFIG" <<END
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "$STEER_TEST_SERVER", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: "$STEER_TEST_TOKEN"}}]
contexts: [{name: test, context: {cluster: test, user: admin}}]
current-context: test
END
export KUBECONFIG
"$@"
