"""Plays the kubelet for a control plane that has none: pods run, succeed or fail by their names.

A pod whose name holds ``fail`` fails, one with ``stuck`` stays pending, one that never restarts
succeeds, any other becomes ready. One with ``log`` is bound to a node whose kubelet is served
here, so that the API server answers for its logs. Only namespaces named ``live-…`` are touched.
"""

from __future__ import annotations

import http.server
import json
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

NODE = "live-node"
_PAUSE = 0.1  # seconds between two looks


class Kubelet:
    """Looks after pods in a thread until it is stopped.

    Args:
        server, token: the API server and an admin's token.
        folder: where the certificate of the log server goes.
    """

    def __init__(self, server: str, token: str, folder: Path) -> None:
        self._server = server
        self._token = token
        self._folder = folder
        self._context = ssl._create_unverified_context()
        self._stop = threading.Event()

    def start(self) -> None:
        """Serve logs, register the node and begin."""
        port = self._serve_logs()
        # the taint keeps controllers from minding the node: how many pods a DaemonSet wants stays the same
        taint = {"key": "tests", "effect": "NoSchedule"}
        self._call("POST", "/api/v1/nodes", {"metadata": {"name": NODE}, "spec": {"taints": [taint]}})
        status = {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
            "conditions": [{"type": "Ready", "status": "True"}],
        }
        self._call("PATCH", f"/api/v1/nodes/{NODE}/status", {"status": status}, "application/merge-patch+json")
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE):
            try:
                pods = self._call("GET", "/api/v1/pods").get("items") or []
            except OSError:
                continue  # the server is busy or on its way out
            for pod in pods:
                if pod["metadata"]["namespace"].startswith("live-"):
                    self._look_after(pod)

    def _look_after(self, pod: dict[str, Any]) -> None:
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        path = f"/api/v1/namespaces/{namespace}/pods/{name}"
        if pod["metadata"].get("deletionTimestamp"):
            if pod["spec"].get("nodeName") == NODE:
                self._call("DELETE", path, {"gracePeriodSeconds": 0})
            return
        if pod["status"].get("phase") != "Pending" or "stuck" in name:
            return
        if "log" in name and not pod["spec"].get("nodeName"):
            target = {"apiVersion": "v1", "kind": "Node", "name": NODE}
            self._call("POST", f"{path}/binding", {"metadata": {"name": name}, "target": target})
        self._call("PATCH", f"{path}/status", {"status": _status(pod)}, "application/merge-patch+json")

    def _call(self, method: str, path: str, body: Any = None, content: str = "application/json") -> dict[str, Any]:
        request = urllib.request.Request(
            self._server + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": content},
        )
        try:
            with urllib.request.urlopen(request, context=self._context, timeout=30) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            error.read()
            return {}

    def _serve_logs(self) -> int:
        key, certificate = self._folder / "kubelet.key", self._folder / "kubelet.crt"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=kubelet", "-days", "1",
             "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Logs)
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return int(server.server_address[1])


class _Logs(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        # /containerLogs/NAMESPACE/POD/CONTAINER
        pod, container = self.path.partition("?")[0].split("/")[-2:]
        body = f"{container} of {pod} begins\nand ends\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


def _status(pod: dict[str, Any]) -> dict[str, Any]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    is_failing = "fail" in pod["metadata"]["name"]
    is_service = pod["spec"].get("restartPolicy") == "Always"
    if is_service and is_failing:
        phase, ready, state = "Running", False, {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}
    elif is_service:
        phase, ready, state = "Running", True, {"running": {"startedAt": moment}}
    else:
        phase, ready = ("Failed" if is_failing else "Succeeded"), False
        state = {"terminated": {"exitCode": int(is_failing), "startedAt": moment, "finishedAt": moment}}
    word = "True" if ready else "False"
    conditions = ("Initialized", "Ready", "ContainersReady")
    return {
        "phase": phase,
        "startTime": moment,
        "conditions": [{"type": kind, "status": word, "lastTransitionTime": moment} for kind in conditions],
        "containerStatuses": [
            {"name": c["name"], "image": c["image"], "imageID": "", "ready": ready, "restartCount": 0, "state": state}
            for c in pod["spec"]["containers"]
        ],
    }
