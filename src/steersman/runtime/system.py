"""The few things that operating systems do differently: locks of files, reads at a place, modes, owners, folders.

Everything else asks here instead of asking which system this is. A system is known by what Python offers on it, so that
a test can take that away (tests/test_other_systems.py).
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from socket import socket

BINARY: int = getattr(os, "O_BINARY", 0)  # Windows: without it line ends are translated
NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
HAS_OWNERS = hasattr(os, "geteuid")  # elsewhere a profile folder has an access list of its own
_REPLACE_TRIES = 50  # a second, all in all
_LOCKED_AT = 1 << 30  # Windows: the byte that is locked; a lock there keeps nobody from reading


def read_at(descriptor: int, length: int, offset: int) -> bytes:
    """Return up to ``length`` bytes at ``offset`` of an open file.

    Raises:
        OSError: when it cannot be read.
    """
    if hasattr(os, "pread"):
        return os.pread(descriptor, length, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, length)


def set_mode(descriptor: int, mode: int) -> None:
    """Give an open file its mode, whatever the umask is; nothing is done where files have no modes.

    Raises:
        OSError: when it belongs to somebody else.
    """
    if HAS_OWNERS:
        os.fchmod(descriptor, mode)


def give_to(path: str, user: int, group: int) -> None:
    """Give a file to another user, if files have owners.

    Raises:
        PermissionError: when this user may not.
    """
    if hasattr(os, "chown"):
        os.chown(path, user, group)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock an open file until it is closed, without waiting; return whether that could be done.

    Args:
        shared: let others have shared locks too. Windows has none; there the lock is exclusive.

    Raises:
        OSError: when the file system has no locks.
    """
    try:
        import fcntl
    except ImportError:
        return _try_lock_byte(descriptor)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _try_lock_byte(descriptor: int) -> bool:
    from errno import EACCES, EDEADLK
    from importlib import import_module

    windows = import_module("msvcrt")
    os.lseek(descriptor, _LOCKED_AT, os.SEEK_SET)
    try:
        windows.locking(descriptor, windows.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in (EACCES, EDEADLK):
            return False
        raise
    return True


def can_unlink_open_files() -> bool:
    """Return whether a file that is open may be removed: where it may not, an open file needs no lock to stay."""
    return HAS_OWNERS


def replace_file(source: str, target: str) -> None:
    """Put a file in another's place; where a file that is open cannot be replaced, wait a moment for its readers.

    Raises:
        OSError: when that cannot be done.
    """
    if can_unlink_open_files():
        os.replace(source, target)
        return
    from time import sleep

    for _ in range(_REPLACE_TRIES):
        try:
            os.replace(source, target)
        except PermissionError:
            sleep(0.02)
        else:
            return
    os.replace(source, target)


def is_readable(connection: socket) -> bool:
    """Return whether reading from a socket would not wait."""
    import select

    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()  # select() knows the first 1024 files of a process only
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def home_of(env: Mapping[str, str]) -> str:
    """Return the user's home, ``""`` where the environment does not say."""
    return env.get("HOME") or env.get("USERPROFILE") or ""
