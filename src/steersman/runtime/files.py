"""Writing files atomically, and locking them for a change."""

from __future__ import annotations

import os
from contextlib import suppress
from errno import ENAMETOOLONG, ENOTDIR

from steersman.runtime.process import temporary_files
from steersman.runtime.system import BINARY, can_unlink_open_files, give_to, replace_file, set_mode, try_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_TRIES = 50


def make_folders(path: str, mode: int = 0o755) -> None:
    """Make the folder at ``path`` and those above it, all with ``mode`` (as the umask allows).

    Raises:
        OSError: when that cannot be done.
    """
    if os.path.isdir(path):
        return
    if os.path.exists(path):  # go: a file in the way is ENOTDIR (test_a_cache_that_cannot_be)
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), path)
    missing = [path]
    while (above := os.path.dirname(missing[-1].rstrip("/"))) and above != missing[-1] and not os.path.isdir(above):
        if os.path.exists(above):
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), above)
        missing.append(above)
    for one in reversed(missing):
        try:
            os.mkdir(one, mode)
        except FileExistsError:
            if not os.path.isdir(one):  # go: a broken link in the way is EEXIST (test_output_dir_where_it_cannot_be)
                raise


def write_aside(path: str, data: bytes, mode: int = 0o644, *, is_exact: bool = False, is_synced: bool = False) -> None:
    """Write ``data`` next to ``path`` and put it in its place; the folder is made if need be.

    Args:
        is_exact: give the file its mode whatever the umask is.
        is_synced: for what cannot be made again: after a crash of the machine it is the old file or the new one.

    Raises:
        OSError: when that cannot be done; nothing is left behind then.
    """
    folder = os.path.dirname(path) or "."
    partial = os.path.join(folder, _partial_name(os.path.basename(path)))
    try:
        descriptor = _create(partial, mode)
        with os.fdopen(descriptor, "wb") as file:
            if is_exact:
                set_mode(descriptor, mode)
            file.write(data)
            if is_synced:
                file.flush()
                os.fsync(descriptor)
        replace_file(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


def _partial_name(name: str) -> str:
    # a name of 255 bytes is legal, and must fit
    return f".{name[:40]}.{os.getpid()}.{os.urandom(4).hex()}"


def _create(path: str, mode: int) -> int:
    """Open a new file; its folder is made again where somebody who tidies up has removed it meanwhile."""
    tries = 0
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
        except FileNotFoundError:
            tries += 1
            if tries > _TRIES:
                raise
        try:
            make_folders(os.path.dirname(path))
        except FileNotFoundError:
            continue  # removed again at once


def rewrite(path: str, data: bytes, mode: int, *, keeps_mode: bool = True, is_synced: bool = False) -> None:
    """Write a file of the user's own: through links, with the owner (and mode) it has; ``mode`` is for a new one.

    Anything that is not a file (a device, a pipe) is written to, and not replaced.

    Raises:
        OSError: when that cannot be done.
    """
    from stat import S_IMODE, S_ISREG

    try:
        os.stat(os.path.dirname(path) or ".")  # the next line would take the ".." after a folder that is not there
    except OSError as error:
        raise type(error)(error.errno, error.strerror, path) from None
    path = os.path.realpath(path)
    try:
        before = os.stat(path)
    except FileNotFoundError:
        write_aside(path, data, mode, is_synced=is_synced)
        return
    if not S_ISREG(before.st_mode):
        with open(path, "wb") as file:
            file.write(data)
        return
    write_aside(path, data, S_IMODE(before.st_mode) if keeps_mode else mode, is_exact=True, is_synced=is_synced)
    _give(path, before)


def append_whole(path: str, data: bytes) -> None:
    """Append ``data`` to a file, or leave the file as it was.

    Raises:
        OSError: when that cannot be done.
    """
    with open(path, "ab", buffering=0) as file:
        before = file.tell()
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) or 0 :]
        except OSError:
            file.truncate(before)
            raise


def _give(path: str, before: os.stat_result) -> None:
    """Give a file that was put in another's place to its owner: a program run by another user must not take it away."""
    now = os.stat(path)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        try:
            give_to(path, before.st_uid, before.st_gid)
        except PermissionError:
            return


def make_folder_whole(target: str, fill: Callable[[str], object]) -> None:
    """Make the folder at ``target``, where there is none: ``fill`` fills one next to it, which is then renamed.

    Raises:
        OSError: when that cannot be done; nothing is left behind then, whatever ``fill`` raises.
    """
    above, name = os.path.split(target)
    partial = os.path.join(above, _partial_name(name))
    os.mkdir(partial, 0o755)
    try:
        fill(partial)
        os.rename(partial, target)
    except BaseException:
        remove_tree(partial)
        raise


def shown_path(path: str, start: str = os.curdir) -> str:
    """Return a path from the folder ``start``, unchanged where none leads there (another drive of Windows)."""
    try:
        return os.path.relpath(path, start)
    except ValueError:
        return path


def remove_folder(folder: str) -> None:
    """Remove a folder that has files only, as far as that is possible."""
    try:
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)
    except OSError:
        pass  # a leftover temporary file is harmless


def impossible_place(folder: str, below: str) -> str:
    """Return why no file can be at the path ``below`` a folder (too long, a NUL in it), ``""`` where one can.

    The message is that of the library with which Helm joins paths.
    """
    try:
        os.lstat(os.path.join(folder, below))
    except ValueError:
        before, _, behind = below.partition("\0")
        return f"lstat {folder}//{before}\0{behind.partition('/')[0]}: invalid argument"
    except OSError as error:
        if error.errno == ENAMETOOLONG:
            return f"lstat {folder}//{_too_long(folder, below)}: file name too long"
    return ""


def _too_long(folder: str, below: str) -> str:
    """Return the shortest beginning of a path that is too long."""
    end = 0
    while (end := below.find("/", end + 1)) > 0:
        try:
            os.lstat(os.path.join(folder, below[:end]))
        except OSError as error:
            if error.errno == ENAMETOOLONG:
                return below[:end]
    return below


def temporary_folder(begin: str) -> str:
    """Make a folder of this user's own among the temporary files; its name is ``begin`` and a number.

    Raises:
        OSError: when that cannot be done.
    """
    above = temporary_files()
    while True:
        folder = os.path.join(above, f"{begin}{int.from_bytes(os.urandom(4), 'big')}")
        try:
            os.mkdir(folder, 0o700)
        except FileExistsError:
            continue
        return folder


def remove_tree(folder: str) -> OSError | None:
    """Remove a folder and what is in it, however deep it nests, as far as that is possible; links are not followed.

    Returns:
        The first error, ``None`` where all is gone.
    """
    first: OSError | None = None
    folders = [folder]
    for one in folders:
        try:
            with os.scandir(one) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        os.unlink(entry.path)
        except OSError as error:
            first = first or error
    for one in reversed(folders):
        try:
            os.rmdir(one)
        except OSError as error:
            first = first or error
    return first


class Locked:
    """Holds the lock file (or the folder) at ``path`` while entered, as Helm does (flock): others wait for ``seconds``.

    Raises:
        TimeoutError: when somebody else held it all that time.
    """

    def __init__(self, path: str, seconds: float = 30) -> None:
        self._path = path
        self._seconds = seconds
        self._descriptor = -1

    def __enter__(self) -> None:
        import time

        if os.path.isdir(self._path) and can_unlink_open_files():
            self._descriptor = os.open(self._path, os.O_RDONLY)
        elif os.path.isdir(self._path):  # Windows does not open folders
            self._descriptor = os.open(os.path.join(self._path, ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        else:
            with suppress(FileExistsError):  # a broken link in the way: the lock cannot be opened
                make_folders(os.path.dirname(self._path) or ".")
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CREAT | BINARY, 0o600)
        end = time.monotonic() + self._seconds
        while not try_lock(self._descriptor):
            if time.monotonic() > end:
                os.close(self._descriptor)
                raise TimeoutError("context deadline exceeded")
            time.sleep(0.02)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
