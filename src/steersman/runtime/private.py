"""Derived data of one user, kept between runs: compiled templates, parsed values, indexes, what a server serves.

Whoever can write such a file could let the program run code, or print other manifests. So each file carries a keyed
digest that is checked before anything else is done with it, and lies in a folder that only the user (or root) can have
put anything into. Whatever is wrong counts as absent and is written again: a cache costs time at worst.

Threat model and rules: docs/security.md; what each cache brings: docs/adr/0004-caches.md.
"""

from __future__ import annotations

import os
import sys
from stat import S_IMODE, S_ISDIR, S_ISREG, S_ISVTX

from steersman.runtime.system import BINARY, HAS_OWNERS, NO_FOLLOW, read_at, replace_file
from steersman.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import ReadableBuffer

MAX_BYTES = 256 * 1024 * 1024  # a larger file than this was not written by us

_FORMAT = 1  # raise with every change of the form of files: digest, length of the head, head, body
_DIGEST = 32  # bytes
_LENGTH = 8  # bytes that hold the length of the head
_OTHERS_WRITE = 0o022
_PARTIAL = ".part"
_STALE_SECONDS = 600.0  # a file that was written aside so long ago was left by a run that was killed
_KEY = "key"
_OPEN = os.O_RDONLY | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | BINARY


def digest(data: ReadableBuffer, key: bytes = b"") -> bytes:
    """Return 32 bytes that stand for ``data``, and for the key."""
    try:
        # The C module itself: hashlib would load OpenSSL, which costs several milliseconds.
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return blake2b(data, digest_size=_DIGEST, key=key).digest()


class Piece:
    """A file whose head was found to be ours; its body is read in parts, each checked when it is read."""

    __slots__ = ("_descriptor", "_start", "head")

    def __init__(self, descriptor: int, head: bytes) -> None:
        self.head = head
        self._descriptor = descriptor
        self._start = _DIGEST + _LENGTH + len(head)

    def part(self, at: int, length: int, known: bytes) -> bytes | None:
        """Return ``length`` bytes at ``at`` of the body, or None where ``known`` is not their digest."""
        try:
            data = read_at(self._descriptor, length, self._start + at)
        except OSError:
            return None
        return data if digest(data) == known else None

    def __del__(self) -> None:
        os.close(self._descriptor)


class Cache:
    """The derived data of the user who runs this.

    Args:
        folder: holds the data, in a folder for each kind; ``""`` for no cache.
        state: the folder of the key. It is not part of the cache, which may be copied or shared.
        home: the user's home. The current folder's tree is refused unless the usual places lie in it as well.
    """

    has_read = False  # whether anything that an earlier run kept was read by this process

    def __init__(self, folder: str, state: str, home: str = "") -> None:
        self.folder = folder
        self._state = state
        self._home = home
        self._is_safe: dict[str, bool] = {}
        self._key: bytes | None = None

    @property
    def is_off(self) -> bool:
        """Whether it is known by now that nothing can be kept here."""
        return not self.folder or self._is_safe.get(self.folder) is False

    def read(self, kind: str, name: str) -> bytes | None:
        """Return what was written last, or None where there is nothing that can be trusted."""
        piece = self.open(kind, name)
        return None if piece is None else piece.head

    def open(self, kind: str, name: str) -> Piece | None:
        """Return what was written last, with a body to read parts of, or None where nothing can be trusted."""
        if not self.folder:
            return None
        try:
            # Without a folder of this kind there is nothing to look for: no key is asked for.
            if not self._is_ours(self.folder, kind) or not self._known_key():
                return None
            descriptor = _open_own(os.path.join(self.folder, kind, _file_name(kind, name)))
        except OSError:
            return None
        try:
            head = self._head(descriptor, kind, name)
        except OSError:
            head = None  # it cannot be read: as if there were none
        if head is None:
            os.close(descriptor)
            return None
        Cache.has_read = True
        return Piece(descriptor, head)

    def _head(self, descriptor: int, kind: str, name: str) -> bytes | None:
        known = os.read(descriptor, _DIGEST)
        length = int.from_bytes(os.read(descriptor, _LENGTH), "big")
        if length > MAX_BYTES:
            return None
        head = os.read(descriptor, length)
        return head if len(head) == length and self._seal(kind, name, head) == known else None

    def write(self, kind: str, name: str, head: bytes, body: Iterable[bytes] = ()) -> None:
        """Keep ``head`` and ``body`` in place of what was kept before.

        The digest is of the head: it must hold the digests of what is read of the body. Nothing is raised where
        nothing can be kept.
        """
        if not self.folder:
            return
        try:
            if not self._make(self.folder, kind) or not (self._known_key() or self._made_key()):
                return
            parts = [self._seal(kind, name, head), len(head).to_bytes(_LENGTH, "big"), head, *body]
            folder = os.path.join(self.folder, kind)
            _sweep(folder)
            # Not synced: after a crash the digest tells what is incomplete.
            _write(os.path.join(folder, _file_name(kind, name)), b"".join(parts))
        except OSError:
            return  # a full disk, or a read-only cache

    def problem(self) -> str:
        """Return why nothing is kept here, ``""`` where it is; a folder that does not exist is not a problem."""
        if not self.folder:
            return "it is turned off"
        for folder in (self.folder, self._state):
            try:
                found = self._problem(folder)
            except OSError as error:
                found = f"{error.filename}: {(error.strerror or str(error)).lower()}"
            if found:
                return found
        return ""

    def _seal(self, kind: str, name: str, head: bytes) -> bytes:
        context = _context(kind, name)
        return digest(b"".join([len(context).to_bytes(_LENGTH, "big"), context, head]), self._key or b"")

    # the key

    def _known_key(self) -> bytes:
        """Return the user's key, or nothing where there is none that can be trusted."""
        if self._key is None:
            try:
                if not self._is_ours(self._state, ""):
                    return b""
                descriptor = _open_own(os.path.join(self._state, _KEY))
            except OSError:  # there is none, or not one of ours alone, which is replaced
                return b""
            key = os.read(descriptor, _DIGEST + 1)
            os.close(descriptor)
            if len(key) != _DIGEST:
                return b""
            self._key = key
        return self._key

    def _made_key(self) -> bytes:
        """Make the key, unless another run was faster, and return it.

        Raises:
            OSError: when it cannot be written.
        """
        if not self._make(self._state, ""):
            return b""
        _sweep(self._state)
        path = os.path.join(self._state, _KEY)
        _write(path, os.urandom(_DIGEST), is_new=True)
        found = self._known_key()
        if not found:  # what is in its place is not a key
            _write(path, os.urandom(_DIGEST), is_new=False)
            found = self._known_key()
        return found

    # folders

    def _is_ours(self, root: str, name: str) -> bool:
        """Return whether the folder ``name`` of ``root`` is the user's alone.

        Raises:
            FileNotFoundError: when it does not exist.
        """
        path = os.path.join(root, name) if name else root
        known = self._is_safe.get(path)
        if known is None:
            if path != root and not self._is_ours(root, ""):
                known = False
            elif path == root:
                known = not self._problem(root, must_exist=True)
            else:
                known = _is_own_folder(os.lstat(path))
            self._is_safe[path] = known
        return known

    def _make(self, root: str, name: str) -> bool:
        """Make a folder and those above it; return whether it is the user's alone now.

        Raises:
            OSError: when that cannot be done.
        """
        path = os.path.join(root, name) if name else root
        try:
            return self._is_ours(root, name)
        except FileNotFoundError:
            pass
        if self._problem(root):  # of the folders that exist: nothing is made below a place that is refused
            return False
        missing = []
        above = path
        while not os.path.lexists(above):
            missing.append(above)
            above = os.path.dirname(above)
        for one in reversed(missing):
            _make_folder(one)
        return self._is_ours(root, name)

    def _problem(self, root: str, *, must_exist: bool = False) -> str:
        """Return why others may have put something into ``root`` or may put it elsewhere; ``""`` for no reason.

        Every folder from ``/`` on is looked at, without following links: below one that only the user and root can
        change, nobody else can exchange the next. The last must be the user's alone.

        Raises:
            FileNotFoundError: when it does not exist, and must.
        """
        if not os.path.isabs(root):
            return f"{root or 'its path'} is not an absolute path"
        if not HAS_OWNERS:  # Windows: a user's profile has an access list of its own, other places have any
            if must_exist:
                os.lstat(root)
            return "" if self._home and _is_below(root, self._home) else f"{root} is not in the user's profile"
        here = os.stat(".")
        usual = (os.path.join(self._home, ".cache", "helm"), os.path.join(self._home, ".local", "state"))
        path = ""
        for part in os.path.normpath(root).split("/"):
            path = f"{path}/{part}" if part else path
            at = path or "/"
            try:
                status = os.lstat(at)
            except FileNotFoundError:
                if must_exist:
                    raise
                return ""
            found = _folder_problem(status) or ("is in a git checkout" if os.path.lexists(f"{path}/.git") else "")
            if not found and path and os.path.samestat(status, here) and not any(_is_in(one, path) for one in usual):
                found = "is the current folder"  # of an archive, say, that somebody else has made
            if found:
                return f"{at} {found}"
        return "" if _is_own_folder(status) else f"{root} is not its user's alone (mode 0700)"


NOWHERE = Cache("", "")


def folder_problem(folder: str, home: str) -> str:
    """Return why others may have put something into a folder; ``""`` for no reason, or for no folder."""
    return Cache(folder, folder, home).problem()


def _folder_problem(status: os.stat_result) -> str:
    if not S_ISDIR(status.st_mode):
        return "is not a folder"  # links are not followed
    if status.st_uid not in (0, os.geteuid()):
        return "belongs to another user"
    # In a sticky folder (/tmp) only the owner of an entry can exchange it, and the owner is looked at.
    if status.st_mode & _OTHERS_WRITE and not status.st_mode & S_ISVTX:
        return "can be written to by others"
    return ""


def _is_own_folder(status: os.stat_result) -> bool:
    if not HAS_OWNERS:
        return S_ISDIR(status.st_mode)
    is_alone = status.st_uid == os.geteuid() and S_IMODE(status.st_mode) & 0o777 == 0o700
    return is_alone and S_ISDIR(status.st_mode)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _is_below(path: str, folder: str) -> bool:
    """Return whether a path is in a folder, by the names that a system takes for the same."""
    whole, above = (os.path.normcase(os.path.abspath(one)) for one in (path, folder))
    return whole.startswith(above.rstrip(os.sep) + os.sep)


def _context(kind: str, name: str) -> bytes:
    # Marshalled data is for one version of Python, and its meaning for one version of this program.
    return repr((_FORMAT, __version__, sys.version, kind, name)).encode("utf-8", "surrogateescape")


def _file_name(kind: str, name: str) -> str:
    return digest(_context(kind, name)).hex()


def _open_own(path: str) -> int:
    """Return a descriptor of a regular file that only the user can have written, to read.

    Raises:
        OSError: when there is none; ``PermissionError`` when it is not of that kind.
    """
    descriptor = os.open(path, _OPEN)
    status = os.fstat(descriptor)
    is_file = S_ISREG(status.st_mode) and status.st_size <= MAX_BYTES
    if is_file and HAS_OWNERS:
        is_file = status.st_uid == os.geteuid() and S_IMODE(status.st_mode) == 0o600 and status.st_nlink == 1
    if not is_file:
        os.close(descriptor)
        raise PermissionError(path)
    return descriptor


def _write(path: str, data: bytes, *, is_new: bool | None = None) -> None:
    """Write aside and put it in its place; nothing is left behind where that fails.

    Args:
        is_new: for what must last. It is synced; True leaves what is in its place already.

    Raises:
        OSError: when that cannot be done.
    """
    partial = os.path.join(os.path.dirname(path), f".{os.urandom(8).hex()}{_PARTIAL}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o600)
    try:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            if is_new is not None:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if not is_new:
            replace_file(partial, path)
            return
        _link(partial, path)
        os.unlink(partial)
    except BaseException:
        _unlink(partial)
        raise


def _make_folder(path: str) -> None:
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return  # another run was faster; the caller looks at who owns it


def _link(partial: str, path: str) -> None:
    try:
        os.link(partial, path)
    except FileExistsError:
        return  # another run was faster


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # it is swept later


def _sweep(folder: str) -> None:
    """Remove what runs that were killed have left."""
    import time

    before = time.time() - _STALE_SECONDS
    for name in os.listdir(folder):
        if name.endswith(_PARTIAL):
            path = os.path.join(folder, name)
            try:
                is_stale = os.lstat(path).st_mtime < before
            except OSError:
                continue  # another run was faster
            if is_stale:
                _unlink(path)
