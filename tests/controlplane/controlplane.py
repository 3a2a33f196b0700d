"""A real control plane for tests: etcd, kube-apiserver and kube-controller-manager on loopback.

    python3 controlplane.py FOLDER_OF_PROGRAMS -- COMMAND...

starts the three, waits until the API server is ready, runs COMMAND with STEER_TEST_SERVER,
STEER_TEST_TOKEN (an admin), STEER_TEST_USER_TOKEN (a user without rights), STEER_TEST_ID_TOKEN (the admin
by a token that reads like an OpenID provider's) and STEER_TEST_CERTIFICATES (a folder with the server's
certificate ``server.crt`` and an admin's ``client.crt`` and ``client.key``) and STEER_TEST_PROGRAMS set, stops them and exits as
COMMAND did. There is no kubelet: ``kubelet.py`` plays it for tests' namespaces. A PostgreSQL
is started next to them (STEER_TEST_POSTGRES) where its programs are installed.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from kubelet import Kubelet
from postgres import Postgres

ADMIN_TOKEN = "steersman-admin"
USER_TOKEN = "steersman-user"
START_SECONDS = 120


def free_ports(count: int) -> list[int]:
    """Return ``count`` loopback ports nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def id_token() -> str:
    """Return a token in the form of OpenID Connect's, valid for years; nobody checks its signature."""

    def part(content: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part({'sub': 'admin', 'exp': int(time.time()) + 10**8})}.c2lnbmF0dXJl"


ID_TOKEN = id_token()


def make_client_certificate(folder: Path) -> None:
    """Make an authority for clients and the certificate of an admin."""

    def openssl(*arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=folder)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", "/CN=clients",
            "-keyout", "client-ca.key", "-out", "client-ca.crt")  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=system:masters/CN=certified",
            "-keyout", "client.key", "-out", "client.csr")  # fmt: skip
    openssl("x509", "-req", "-in", "client.csr", "-CA", "client-ca.crt", "-CAkey", "client-ca.key",
            "-CAcreateserial", "-days", 2, "-out", "client.crt")  # fmt: skip


class ControlPlane:
    """The three programs and their folder; a context manager."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="controlplane-"))
        self.processes: list[subprocess.Popen[bytes]] = []
        self.server = ""
        self.apiserver: tuple[str, ...] = ()

    def __enter__(self) -> ControlPlane:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def spawn(self, name: str, *arguments: str) -> None:
        log = (self.folder / f"{name}.log").open("wb")
        self.processes.append(
            subprocess.Popen([self.programs / name, *arguments], stdout=log, stderr=log, start_new_session=True)
        )
        log.close()

    def start(self) -> None:
        client, peer, secure = free_ports(3)
        folder = self.folder
        etcd = f"http://127.0.0.1:{client}"
        self.server = f"https://127.0.0.1:{secure}"
        self.spawn(
            "etcd",
            f"--data-dir={folder / 'etcd'}",
            "--unsafe-no-fsync",
            f"--listen-client-urls={etcd}",
            f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=default=http://127.0.0.1:{peer}",
            "--log-level=error",
        )
        key = folder / "service-account.key"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        tokens = folder / "tokens.csv"
        admin = 'admin,1,"system:masters"'
        tokens.write_text(f"{ADMIN_TOKEN},{admin}\n{ID_TOKEN},{admin}\n{USER_TOKEN},nobody,2\n")
        make_client_certificate(folder)
        self.apiserver = (
            f"--etcd-servers={etcd}",
            "--service-cluster-ip-range=10.96.0.0/16",
            f"--secure-port={secure}",
            "--bind-address=127.0.0.1",
            f"--cert-dir={folder / 'certs'}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            f"--token-auth-file={tokens}",
            f"--client-ca-file={folder / 'client-ca.crt'}",
            "--authorization-mode=RBAC",
            "--allow-privileged=true",
        )
        self.spawn("kube-apiserver", *self.apiserver)
        config = folder / "kubeconfig"
        config.write_text(
            f"""apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "{self.server}", insecure-skip-tls-verify: true}}}}]
users: [{{name: admin, user: {{token: {ADMIN_TOKEN}}}}}]
contexts: [{{name: test, context: {{cluster: test, user: admin}}}}]
current-context: test
"""
        )
        self.wait_ready()
        self.spawn(
            "kube-controller-manager",
            f"--kubeconfig={config}",
            f"--service-account-private-key-file={key}",
            "--use-service-account-credentials=true",
            "--leader-elect=false",
            "--secure-port=0",
            # as fast as it can: what it has seen of a Deployment by then is in the states that tests compare
            "--kube-api-qps=1000",
            "--kube-api-burst=2000",
        )
        self.wait_ready("/api/v1/namespaces/default/serviceaccounts/default")
        shutil.copy(folder / "certs" / "apiserver.crt", folder / "server.crt")
        Kubelet(self.server, ADMIN_TOKEN, folder).start()

    def crash(self) -> None:
        """Kill the API server and start it again."""
        server = next(p for p in self.processes if str(p.args[0]).endswith("kube-apiserver"))
        server.kill()
        server.wait()
        self.processes.remove(server)
        self.spawn("kube-apiserver", *self.apiserver)

    def wait_ready(self, path: str = "/readyz") -> None:
        context = ssl._create_unverified_context()
        request = urllib.request.Request(self.server + path, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(request, context=context, timeout=5):
                    return
            except (urllib.error.URLError, OSError) as error:
                stopped = [p.args for p in self.processes if p.poll() is not None]
                if stopped or time.monotonic() > end:
                    raise RuntimeError(f"the control plane did not start ({error}); logs: {self.logs()}") from error
                time.sleep(0.1)

    def logs(self) -> str:
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in self.folder.glob("*.log"))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> int:
    arguments = sys.argv[1:]
    split = arguments.index("--")
    options, command = arguments[:split], arguments[split + 1 :]
    with ControlPlane(Path(options[0])) as plane:
        environment = {
            **os.environ,
            "STEER_TEST_SERVER": plane.server,
            "STEER_TEST_TOKEN": ADMIN_TOKEN,
            "STEER_TEST_USER_TOKEN": USER_TOKEN,
            "STEER_TEST_ID_TOKEN": ID_TOKEN,
            "STEER_TEST_CERTIFICATES": str(plane.folder),
            "STEER_TEST_PROGRAMS": options[0],
        }
        with Postgres() as database:
            if database.url:
                environment["STEER_TEST_POSTGRES"] = database.url
            return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
