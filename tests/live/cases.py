"""Scripts of commands on a real cluster, run by Helm, by steersman, and by both in turns.

A script in ``scripts/`` uses ``$A`` and ``$B`` for the two programs. Helm runs it as both first; what
that prints, its exit codes, the objects it leaves with their field managers and the decoded release
records are what every other pairing must give. Parts that differ between any two runs are masked.

    python3 -m tests.live.cases [--only RE] [--pairs aa,ab,ba] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import base64
import difflib
import gzip
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAIRS = {"hh": ("helm", "helm"), "aa": ("steer", "steer"), "ab": ("steer", "helm"), "ba": ("helm", "steer")}
_TIME_LIMIT = 900  # seconds for one script

_PRELUDE = r"""
r() { printf '$ %s\n' "$*"; "$@" >"$T/out" 2>"$T/err" </dev/null; local code=$?; cat "$T/out"; sed 's/^/! /' "$T/err"; echo "= $code"; }
q() { "$@" >/dev/null 2>&1 </dev/null; }
k() { kubectl -n "$NS" "$@"; }
state() { echo "# state"; (cd "$ROOT" && "$PYTHON" -m tests.live.cases --state "$NS"); }
until_ready() { for _ in $(seq 900); do [ "$(k get "$1" -o "jsonpath=$2" 2>/dev/null)" = "$3" ] && return; sleep 0.2; done; echo "not ready: $*"; }
until_settled() { local old= new; for _ in $(seq 200); do new=$(k get "$1" -o 'jsonpath={.items[*].metadata.resourceVersion}'); [ "$old" = "$new" ] && return; old=$new; sleep 1; done; echo "not settled: $*"; }
"""

_KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{{name: live, cluster: {{server: "{server}", insecure-skip-tls-verify: true}}}}]
users: [{{name: me, user: {{token: "{token}"}}}}]
contexts: [{{name: live, context: {{cluster: live, user: me, namespace: "{namespace}"}}}}]
current-context: live
"""

_KINDS = (
    *(("/api/v1", plural) for plural in (
        "configmaps", "limitranges", "persistentvolumeclaims", "secrets", "serviceaccounts", "services",
    )),
    *(("/apis/apps/v1", plural) for plural in ("daemonsets", "deployments", "statefulsets")),
    *(("/apis/batch/v1", plural) for plural in ("cronjobs", "jobs")),
    *(("/apis/rbac.authorization.k8s.io/v1", plural) for plural in ("rolebindings", "roles")),
    *(("/apis/networking.k8s.io/v1", plural) for plural in ("ingresses", "networkpolicies")),
    ("/apis/policy/v1", "poddisruptionbudgets"),
    ("/apis/autoscaling/v2", "horizontalpodautoscalers"),
    ("/apis/steersman.example/v1", "carts"),
)  # fmt: skip

_MASKS = tuple(
    (re.compile(pattern, re.MULTILINE), to)
    for pattern, to in (
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d\d:?\d\d( [A-Z]+)?|Z)?( m=\S+)?", "{TIME}"),
        (r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \d{4}", "{TIME}"),
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "{UID}"),
        (r"(resourceVersion[\\\"]*: ?[\\\"]*)\d+", r"\1{VERSION}"),
        (r"((?:modified|created)At\"?[=:] ?\"?)\d+", r"\1{TIME}"),
        (r"\b10\.96\.\d+\.\d+", "{IP}"),
        (r"-1[6-9]\d{8}\b", "-{EPOCH}"),
        (r"(uid|resourceVersion)(\"?: ?)\"?\d+\"?", r"\1\2{N}"),
        (r"-[a-f0-9]{8,10}-[a-z0-9]{5}\b", "-{POD}"),
        (r"(-(?:log|fail|stuck))-[a-z0-9]{5}\b", r"\1-{POD}"),
        (r"\b\d+(m\d*)?s$", "{AGE}"),
        (r"kube-api-access-\w{5}", "kube-api-access-{POD}"),
        (r"\d+:3\d{4}/TCP", "{PORT}/TCP"),
        (r"\b\d+(\.\d+)?(ms|µs)\b", "{SPAN}"),
    )
)
_GO_LOG = re.compile(r"! [IWEF]\d{4} [\d:.]+ +\d+ \w+\.go:")
_WIDE = re.compile(r"\{(TIME|IP|POD|AGE|EPOCH|SPAN)\}|CLUSTER-IP|^NAME .* AGE$|UPDATED")


class Cases:
    """Runs scripts on one control plane.

    Args:
        server, token, user_token: the cluster, an admin and a user without rights.
        programs: the folders of ``helm`` and of ``steer``'s own program.
    """

    def __init__(self, server: str, token: str, user_token: str, helm: Path, steer: Path) -> None:
        self._server = server
        self._token = token
        self._user_token = user_token
        self._programs = {"helm": helm, "steer": steer}

    def differences(self, script: Path, pairs: list[str], keep: Path | None = None) -> dict[str, str]:
        """Return what each pairing does otherwise than Helm alone, as a diff; nothing where all is equal."""
        texts = {pair: self.run(script, pair) for pair in ["hh", *pairs]}
        if keep is not None:
            keep.mkdir(exist_ok=True)
            for pair, text in texts.items():
                (keep / f"{script.stem}.{pair}").write_text(text)
        reference = texts["hh"].splitlines()
        return {
            pair: "\n".join(difflib.unified_diff(reference, texts[pair].splitlines(), "helm", pair, "", "", 2, ""))
            for pair in pairs
            if texts[pair] != texts["hh"]
        }

    def run(self, script: Path, pair: str) -> str:
        """Run a script in a namespace of its own; return its masked text."""
        namespace = f"live-{uuid.uuid4().hex[:10]}"
        api = Api(self._server, self._token)
        api.call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
        folder = tempfile.mkdtemp(prefix="live-")
        try:
            return self._run(script, pair, namespace, Path(folder))
        finally:
            api.call("DELETE", f"/api/v1/namespaces/{namespace}")
            shutil.rmtree(folder, ignore_errors=True)

    def _run(self, script: Path, pair: str, namespace: str, folder: Path) -> str:
        shutil.copytree(HERE / "charts", folder / "charts")
        programs = {}
        for name, path in self._programs.items():
            (folder / name).mkdir()
            programs[name] = folder / name / "helm"
            programs[name].symlink_to(path)
        for user, token in (("admin", self._token), ("user", self._user_token)):
            text = _KUBECONFIG.format(server=self._server, token=token, namespace=namespace)
            (folder / f"{user}.conf").write_text(text)
        first, second = (str(programs[name]) for name in PAIRS[pair])
        environment = {
            "PATH": f"{self._programs['helm'].parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "T": str(folder),
            "C": str(folder / "charts"),
            "NS": namespace,
            "A": first,
            "B": second,
            "TZ": "UTC",
            "LANG": "C.UTF-8",
            "KUBECONFIG": str(folder / "admin.conf"),
            "KUBECONFIG_ADMIN": str(folder / "admin.conf"),
            "KUBECONFIG_USER": str(folder / "user.conf"),
            "PYTHON": sys.executable,
            "ROOT": str(HERE.parent.parent),
            "STEER_TEST_SERVER": self._server,
            "STEER_TEST_TOKEN": self._token,
        }
        if os.environ.get("STEER_TEST_POSTGRES"):
            environment["STEER_TEST_POSTGRES"] = os.environ["STEER_TEST_POSTGRES"]
        done = subprocess.run(
            ["bash", "-c", f"{_PRELUDE}\n{script.read_text()}\nstate\n"],
            env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=_TIME_LIMIT,
        )  # fmt: skip
        text = done.stdout
        for program in programs.values():
            text = text.replace(str(program), "helm")
        text = text.replace(str(folder), "{FOLDER}").replace(folder.name, "{FOLDER}").replace(namespace, "{NS}")
        return masked(text)


class Api:
    """The little that the runner itself asks the server."""

    def __init__(self, server: str, token: str) -> None:
        self._server = server
        self._token = token
        self._context = ssl._create_unverified_context()

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Return the answer; an empty one for a refusal."""
        request = urllib.request.Request(
            self._server + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, context=self._context, timeout=30) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            error.read()
            return {}


def state(api: Api, namespace: str) -> str:
    """Return the objects of a namespace with their managers, and release records decoded."""
    shown = []
    for root, plural in _KINDS:
        for content in api.call("GET", f"{root}/namespaces/{namespace}/{plural}").get("items") or ():
            if content["metadata"]["name"] not in ("kube-root-ca.crt", "default"):
                shown.append(json.dumps({"kind": plural, **_comparable(plural, content)}, sort_keys=True, indent=1))
    return "\n".join(shown)


def _comparable(plural: str, content: dict[str, Any]) -> dict[str, Any]:
    metadata = content["metadata"]
    for key in ("uid", "resourceVersion", "creationTimestamp", "generation"):
        metadata.pop(key, None)
    content.pop("status", None)
    is_record = metadata.get("labels", {}).get("owner") == "helm" and "release" in (content.get("data") or {})
    metadata["managedFields"] = sorted(
        f"{entry['manager']} {entry['operation']} {'' if is_record else json.dumps(entry.get('fieldsV1'), sort_keys=True)}"
        for entry in metadata.get("managedFields") or ()
        if entry["manager"] not in ("kube-controller-manager", "kube-apiserver") and not entry.get("subresource")
    )
    if is_record:
        stored = content["data"]["release"]
        content["data"] = {"release": _record(stored if plural == "configmaps" else base64.b64decode(stored).decode())}
    if plural == "services":
        for key in ("clusterIP", "clusterIPs"):
            if content["spec"].get(key) not in ("None", ["None"]):
                content["spec"].pop(key, None)
        for port in content["spec"].get("ports") or ():
            port.pop("nodePort", None)
    if plural == "jobs":
        content["spec"].get("selector", {}).pop("matchLabels", None)
        for key in ("batch.kubernetes.io/controller-uid", "controller-uid"):
            content["spec"]["template"]["metadata"].get("labels", {}).pop(key, None)
    return content


def _record(text: str) -> dict[str, Any]:
    raw = base64.b64decode(text)
    release: dict[str, Any] = json.loads(gzip.decompress(raw) if raw[:3] == b"\x1f\x8b\x08" else raw)
    chart = release.get("chart") or {}
    for file in [*(chart.get("templates") or ()), *(chart.get("files") or ())]:
        file.pop("modtime", None)
    for key in ("modtime", "schemamodtime"):
        chart.pop(key, None)
    return release


def masked(text: str) -> str:
    """Return ``text`` without what no two runs share."""
    for pattern, to in _MASKS:
        text = pattern.sub(to, text)
    lines = []
    for line in text.splitlines():
        if _GO_LOG.match(line):
            continue  # a line of a Go client's log
        if _WIDE.search(line):
            line = re.sub(r"[ \t]+", " ", line)  # the width of a column depends on what is masked
        lines.append(line.rstrip())
    text = "\n".join(lines)
    # Helm shows the kinds of a status and the findings of a schema in any order
    text = re.sub(r"RESOURCES:\n(==> .*?)\n\n\n", _sorted_resources, text, flags=re.DOTALL)
    return re.sub(r"(?:^! - at .*\n)+", lambda m: "".join(sorted(m[0].splitlines(True))), text, flags=re.MULTILINE)


def _sorted_resources(match: re.Match[str]) -> str:
    blocks = sorted(block.strip() for block in re.split(r"\n\n+", match[1].strip()))
    return "RESOURCES:\n" + "\n\n".join(blocks) + "\n\n\n"


def scripts(pattern: str = "") -> list[Path]:
    """Return the scripts whose names the pattern finds."""
    return sorted(path for path in (HERE / "scripts").glob("*.sh") if re.search(pattern, path.stem))


def is_serial(script: Path) -> bool:
    """Return whether a script changes what is not its namespace's."""
    return script.read_text().startswith("# serial")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--pairs", default="aa,ab,ba")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--state")
    arguments = parser.parse_args()
    server, token = os.environ["STEER_TEST_SERVER"], os.environ["STEER_TEST_TOKEN"]
    if arguments.state:
        print(state(Api(server, token), arguments.state))
        return 0
    helm = Path(os.environ["HELM_ORACLE"], "helm")
    steer = Path(sys.executable).with_name("steer")
    cases = Cases(server, token, os.environ["STEER_TEST_USER_TOKEN"], helm, steer)
    pairs = arguments.pairs.split(",")
    chosen = sorted(scripts(arguments.only), key=is_serial)
    failed = 0

    def compare(script: Path) -> tuple[Path, dict[str, str]]:
        began = time.monotonic()
        found = cases.differences(script, pairs, arguments.keep)
        print(f"{script.stem}: {time.monotonic() - began:.0f} s", flush=True)
        return script, found

    def report(script: Path, found: dict[str, str]) -> None:
        nonlocal failed
        failed += len(found)
        for pair, difference in found.items():
            print(f"FAIL {script.stem} {pair}\n{difference}", flush=True)

    with ThreadPoolExecutor(arguments.jobs) as pool:
        for script, found in pool.map(compare, [s for s in chosen if not is_serial(s)]):
            report(script, found)
    for script in filter(is_serial, chosen):
        report(*compare(script))
    print(f"{len(chosen) * len(pairs) - failed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
