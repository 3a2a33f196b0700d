"""The sandbox as a process in the background: its folder, starting, finding and stopping it."""

from __future__ import annotations

import os
import signal
import time

from steersman.errors import ClusterError
from steersman.go.errno import errno_text
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.sandbox.server import SandboxServer

START_SECONDS = 20.0
_LOCK, _STATE, _PROBLEMS = "sandbox.lock", "sandbox.json", "problems.txt"
_LOCK_TRIES = 40
_STOP = "Run 'steer sandbox down' to stop it first, or leave out the flag."


class Running(Record):
    """A sandbox that runs."""

    pid: int
    url: str
    kubeconfig: str
    data: str


class SandboxError(ClusterError):
    """A sandbox that cannot be started or found."""


def find(folder: str) -> Running | None:
    """Return the sandbox whose folder this is, or None where none runs.

    The server holds a lock for as long as it lives, so a process that has its number by chance is not taken for it.
    """
    import json

    if not _is_held(os.path.join(folder, _LOCK)):
        return None
    try:
        with open(os.path.join(folder, _STATE), encoding="utf-8") as file:
            return Running(**json.load(file))
    except (OSError, ValueError, TypeError):
        return None


def _is_held(path: str) -> bool:
    from steersman.runtime.system import try_lock

    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(descriptor, shared=True)
    finally:
        os.close(descriptor)


def problems(folder: str) -> list[str]:
    """Return what the controllers of the sandbox in ``folder`` could not handle, newest last."""
    try:
        with open(os.path.join(folder, _PROBLEMS), encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []


def up(folder: str, *, data: str, port: int) -> Running:
    """Start a sandbox in the background, or return the one that runs.

    Args:
        folder: the user's own; holds certificate, kubeconfig and state.
        data: the SQLite file that keeps objects, or ``""`` for memory.
        port: 0 for a free one.

    Raises:
        SandboxError: when it does not come up, or the one that runs is not what was asked for.
    """
    from steersman.runtime.files import Locked, make_folders

    make_folders(folder, 0o700)
    os.chmod(folder, 0o700)
    with Locked(os.path.join(folder, "starting.lock"), START_SECONDS * 2):
        running = find(folder)
        if running is None:
            return _start(folder, data, port)
    if data and data != running.data:
        kept = running.data or "memory"
        raise SandboxError(f"a sandbox already runs at {running.url} and keeps its objects in {kept}", hint=_STOP)
    if port and not running.url.endswith(f":{port}"):
        raise SandboxError(f"a sandbox already runs at {running.url}", hint=_STOP)
    return running


def _start(folder: str, data: str, port: int) -> Running:
    import subprocess
    import sys

    log_path = os.path.join(folder, "sandbox.log")
    command = [sys.executable, "-m", "steersman.sandbox", folder, data, str(port)]
    with open(log_path, "wb") as log:
        if hasattr(os, "fork"):
            # it goes into the background by itself: nothing here has to wait for it
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        else:
            flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            background = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, creationflags=flags, close_fds=True
            )
            background.returncode = 0  # it outlives this program
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
    while _is_held(os.path.join(folder, _LOCK)) and time.monotonic() < end:
        time.sleep(0.02)
    return True


def serve(folder: str, data: str, port: int, stopped_by: Callable[[Callable[[], None]], None]) -> None:
    """Go into the background and be the sandbox, until told to stop.

    Raises:
        SandboxError: when it cannot start.
    """
    if hasattr(os, "fork") and os.fork():
        os._exit(0)
    import json
    import threading

    from steersman.runtime.files import write_aside
    from steersman.runtime.system import try_lock

    lock = os.open(os.path.join(folder, _LOCK), os.O_RDWR | os.O_CREAT, 0o600)
    for attempt in range(_LOCK_TRIES):
        if try_lock(lock):
            break
        if attempt == _LOCK_TRIES - 1:
            raise SandboxError("another sandbox has just been started")
        time.sleep(0.05)  # who only looks whether a sandbox runs holds it for a moment
    server, certificate = _server(folder, data, port)
    kubeconfig = os.path.join(folder, "kubeconfig")
    write_aside(kubeconfig, kubeconfig_text(server.url, certificate.encode(), server.token).encode(), 0o600)
    faults = os.path.join(folder, _PROBLEMS)
    server.controllers.on_problem = lambda lines: write_aside(
        faults, "".join(f"{' '.join(line.split())}\n" for line in lines).encode("utf-8", "replace"), 0o600
    )
    stop = threading.Event()
    stopped_by(stop.set)
    server.start()
    state = os.path.join(folder, _STATE)
    about = {"pid": os.getpid(), "url": server.url, "kubeconfig": kubeconfig, "data": data}
    write_aside(state, json.dumps(about).encode(), 0o600)
    stop.wait()
    for path in (state, kubeconfig, faults):
        if os.path.exists(path):
            os.unlink(path)
    server.stop()
    os.close(lock)


def serve_here(folder: str) -> tuple[SandboxServer, str]:
    """Start a sandbox in threads of this process, with its objects in memory.

    Args:
        folder: empty, and the user's own; gets certificate and kubeconfig.

    Returns:
        The server, to be stopped by the caller, and the path of its kubeconfig.

    Raises:
        SandboxError: when it cannot start.
    """
    from steersman.runtime.files import write_aside

    server, certificate = _server(folder, "", 0)
    kubeconfig = os.path.join(folder, "kubeconfig")
    write_aside(kubeconfig, kubeconfig_text(server.url, certificate.encode(), server.token).encode(), 0o600)
    server.start()
    return server, kubeconfig


def _server(folder: str, data: str, port: int) -> tuple[SandboxServer, str]:
    """Return the server, and its certificate; with a data file, certificate, token and port are those of before.

    Raises:
        SandboxError: when the file or the port cannot be used.
    """
    import json
    import secrets
    import sqlite3

    from steersman.runtime.files import write_aside
    from steersman.sandbox.certificate import make_certificate
    from steersman.sandbox.server import SandboxServer
    from steersman.sandbox.storage import Store

    try:
        store = Store(data)
        pair = store.kept("certificate", lambda: json.dumps([part.decode() for part in make_certificate()]))
        token = store.kept("token", lambda: secrets.token_urlsafe(32))
        before = int(store.kept("port", lambda: "0"))
    except OSError as error:
        raise SandboxError(f"cannot open {data}: {errno_text(error)}") from error
    except (sqlite3.Error, ValueError) as error:
        raise SandboxError(f"cannot use {data}: {error}") from error
    certificate, key = json.loads(pair)
    paths = os.path.join(folder, "tls.crt"), os.path.join(folder, "tls.key")
    for path, text in zip(paths, (certificate, key)):
        write_aside(path, text.encode(), 0o600)
    for wanted in [port] if port else dict.fromkeys((before, 0)):
        try:
            server = SandboxServer(*paths, token, store, port=wanted)
        except (OSError, OverflowError) as error:
            problem = error
            continue
        store.keep("port", str(server.port))
        return server, certificate
    reason = errno_text(problem) if isinstance(problem, OSError) else str(problem)
    raise SandboxError(f"cannot listen on 127.0.0.1:{port}: {reason}")


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
