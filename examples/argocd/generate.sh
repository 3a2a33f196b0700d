#!/bin/sh
# Render the chart in this folder for Argo CD: manifests to standard output, all else to standard error.
# Argo CD gives the application's name, namespace and parameters, the cluster's version and its APIs.
set -eu
set -- template "$ARGOCD_APP_NAME" . --namespace "$ARGOCD_APP_NAMESPACE" --include-crds

[ -z "${KUBE_VERSION:-}" ] || set -- "$@" --kube-version "$KUBE_VERSION"
for api in $(printf %s "${KUBE_API_VERSIONS:-}" | tr , ' '); do
  set -- "$@" --api-versions "$api"
done

# an array parameter comes as PARAM_NAME_0, PARAM_NAME_1 …, a map as PARAM_NAME_KEY; the JSON has both as they were written
options="$(python3 - <<'EOF'
import json, os, re, shlex

words = []


def escaped(text):
    """Return a value as one text, whatever is in it: --set splits at commas, and braces make a list."""
    return re.sub(r"([\\,{}])", r"\\\1", text)


for parameter in json.loads(os.environ.get("ARGOCD_APP_PARAMETERS") or "[]"):
    if parameter["name"] == "values-files":
        words += [word for path in parameter.get("array") or () for word in ("--values", path)]
    # true, false, null and integers are what they are in a values file; strings has texts
    flag = {"values": "--set", "strings": "--set-string"}.get(parameter["name"])
    if flag:
        for key, value in (parameter.get("map") or {}).items():
            words += [flag, f"{key}={escaped(value)}"]
print(shlex.join(words))
EOF
)"
eval "exec steer \"\$@\" $options"
