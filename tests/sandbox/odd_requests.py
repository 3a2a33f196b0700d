"""Requests that make no sense, and what a real server says to each; a live test asks one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

_CONFIG_MAPS = "/api/v1/namespaces/NAMESPACE/configmaps"
_DECODING, _INTO = "error decoding patch: ", "into Go value of type"
_NOT_FOUND = "Error from server (NotFound): the server could not find the requested resource"

# what kubectl is told, after an object "c" of kind ConfigMap and a Service "s" were made: the words, and what it says
ODD_REQUESTS: dict[str, str] = {
    **{
        f"patch cm c --type {kind} -p {patch}": f"Error from server (BadRequest): {before}json: cannot unmarshal "
        f"{shape} {_INTO} {wanted}"
        for kind, before, wanted in (
            ("strategic", "", "map[string]interface {}"),
            ("merge", _DECODING, "map[string]interface {}"),
            ("json", _DECODING, "[]handlers.jsonPatchOp"),
        )
        for patch, shape in (("1", "number"), ('"x"', "string"), ("true", "bool"))
    },
    "patch cm c --type merge -p []": f"Error from server (BadRequest): {_DECODING}json: cannot unmarshal array {_INTO} "
    "map[string]interface {}",
    "patch cm c --type merge -p null": "Error from server (BadRequest): Invalid JSON Patch",
    "patch cm c --type strategic -p null": "configmap/c patched (no change)",
    "patch cm c --type json -p []": "configmap/c patched (no change)",
    f"get --raw {_CONFIG_MAPS}?limit=x": 'Error from server (BadRequest): strconv.ParseInt: parsing "x": invalid syntax',
    f"get --raw {_CONFIG_MAPS}/c/status": _NOT_FOUND,
    f"get --raw {_CONFIG_MAPS}/c/other": _NOT_FOUND,
    "scale cm c --replicas 2": _NOT_FOUND,
    "scale svc s --replicas 2": _NOT_FOUND,
}


def odd_answers(kubectl: str, environment: dict[str, str], namespace: str) -> Iterator[tuple[str, str]]:
    """Yield what the server of ``environment`` says to each request."""

    def run(words: str) -> str:
        line = [kubectl, "-n", namespace, *words.replace("NAMESPACE", namespace).split()]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60)
        return (done.stderr or done.stdout).strip()

    run("create cm c --from-literal=a=b")
    run("create svc clusterip s --tcp 80")
    for words in ODD_REQUESTS:
        yield words, run(words)
