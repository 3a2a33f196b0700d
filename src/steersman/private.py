"""Files that only this user may have written: caches whose content is run or trusted as data.

Loading marshalled code or trees means trusting them, so a folder, or a file in it, that belongs to
somebody else or that others can write to is ignored and never written to.
"""

from __future__ import annotations

import os

MAX_BYTES = 256 * 1024 * 1024  # a larger file than this was not written by us
_WRITABLE_BY_OTHERS = 0o022


def open_private(path: str) -> int | None:
    """Return a descriptor of a file of ours, to read, or None where there is none that can be trusted."""
    try:
        if not _is_private(os.stat(os.path.dirname(path))):
            return None
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        status = os.fstat(descriptor)
        if _is_private(status) and status.st_size <= MAX_BYTES:
            return descriptor
        os.close(descriptor)
    except OSError:
        return None
    return None


def read_private(path: str) -> bytes | None:
    """Return what is in a file of ours, or None where there is none that can be trusted."""
    descriptor = open_private(path)
    if descriptor is None:
        return None
    try:
        with os.fdopen(descriptor, "rb") as file:
            return file.read()
    except OSError:
        return None


def write_private(path: str, data: bytes) -> None:
    """Write aside and replace; a folder that is not private, or cannot be written, is left alone.

    A cache that cannot be written costs time, not correctness: nothing is raised.
    """
    folder = os.path.dirname(path)
    aside = f"{path}.{os.getpid()}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not _is_private(os.stat(folder)):
            return
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        os.replace(aside, path)
    except OSError:
        return


def _is_private(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & _WRITABLE_BY_OTHERS


def digest(data: bytes) -> bytes:
    """Return 32 bytes that stand for ``data``."""
    try:
        # The C module itself: hashlib would load OpenSSL, which costs several milliseconds.
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return blake2b(data, digest_size=32).digest()
