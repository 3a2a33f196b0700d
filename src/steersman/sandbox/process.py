"""The sandbox as a process in the background: its folder, starting, finding and stopping it."""

from __future__ import annotations

import os
import signal
import time

from steersman.errors import ClusterError
from steersman.record import Record

START_SECONDS = 20.0


class Running(Record):
    """A sandbox that runs."""

    pid: int
    url: str
    kubeconfig: str
    data: str


class SandboxError(ClusterError):
    """A sandbox that cannot be started or found."""


def find(folder: str) -> Running | None:
    """Return the sandbox whose folder this is, or None where none runs."""
    import json

    try:
        with open(os.path.join(folder, "sandbox.json"), encoding="utf-8") as file:
            found = Running(**json.load(file))
        os.kill(found.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return found


def up(folder: str, *, data: str, port: int) -> Running:
    """Start a sandbox in the background, or return the one that runs.

    Args:
        folder: the user's own; holds certificate, kubeconfig and state.
        data: the SQLite file that keeps objects, or ``""`` for memory.
        port: 0 for a free one.

    Raises:
        SandboxError: when it does not come up.
    """
    import subprocess
    import sys

    running = find(folder)
    if running is not None:
        return running
    os.makedirs(folder, mode=0o700, exist_ok=True)
    os.chmod(folder, 0o700)
    log_path = os.path.join(folder, "sandbox.log")
    with open(log_path, "wb") as log:
        # it goes into the background by itself: nobody here has to wait for it
        subprocess.run(
            [sys.executable, "-m", "steersman.sandbox", folder, data, str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        running = find(folder)
        if running is not None:
            return running
        if os.path.getsize(log_path):
            break
        time.sleep(0.02)
    with open(log_path, encoding="utf-8", errors="replace") as text:
        tail = text.read()[-2000:].strip()
    raise SandboxError(f"the sandbox did not start: {tail or 'no answer'}")


def down(folder: str) -> bool:
    """Stop the sandbox; return whether one ran."""
    running = find(folder)
    if running is None:
        return False
    os.kill(running.pid, signal.SIGTERM)
    end = time.monotonic() + START_SECONDS
    while find(folder) is not None and time.monotonic() < end:
        time.sleep(0.02)
    return True


def serve(folder: str, data: str, port: int) -> None:
    """Go into the background and be the sandbox, until told to stop."""
    if os.fork():
        os._exit(0)
    import json
    import secrets
    import threading

    from steersman.files import write_aside
    from steersman.sandbox.certificate import make_certificate
    from steersman.sandbox.server import SandboxServer

    certificate, key = make_certificate()
    certificate_path, key_path = os.path.join(folder, "tls.crt"), os.path.join(folder, "tls.key")
    write_aside(certificate_path, certificate, 0o600)
    write_aside(key_path, key, 0o600)
    token = secrets.token_urlsafe(32)
    server = SandboxServer(certificate_path, key_path, token, port=port, path=data)
    kubeconfig = os.path.join(folder, "kubeconfig")
    write_aside(kubeconfig, kubeconfig_text(server.url, certificate, token).encode(), 0o600)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server.start()
    state = os.path.join(folder, "sandbox.json")
    about = {"pid": os.getpid(), "url": server.url, "kubeconfig": kubeconfig, "data": data}
    write_aside(state, json.dumps(about).encode(), 0o600)
    stop.wait()
    for path in (state, kubeconfig):
        if os.path.exists(path):
            os.unlink(path)
    server.stop()


def kubeconfig_text(url: str, certificate: bytes, token: str) -> str:
    """Return a kubeconfig for the sandbox."""
    from base64 import b64encode

    return (
        "apiVersion: v1\n"
        "kind: Config\n"
        "clusters:\n"
        "- name: sandbox\n"
        "  cluster:\n"
        f"    server: {url}\n"
        f"    certificate-authority-data: {b64encode(certificate).decode()}\n"
        "users:\n"
        "- name: sandbox\n"
        "  user:\n"
        f"    token: {token}\n"
        "contexts:\n"
        "- name: sandbox\n"
        "  context:\n"
        "    cluster: sandbox\n"
        "    user: sandbox\n"
        "current-context: sandbox\n"
    )
