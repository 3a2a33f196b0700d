"""Errors of the operating system in the words of Go's ``os`` and ``syscall`` packages."""

from __future__ import annotations

import os
from errno import EDQUOT, EFBIG, EIO, ENOSPC

_WHILE_WRITING = (ENOSPC, EDQUOT, EFBIG, EIO)


def errno_text(error: OSError) -> str:
    """Return what the system says, as Go's ``syscall.Errno`` words it.

    >>> errno_text(FileNotFoundError(2, "No such file or directory", "/x"))
    'no such file or directory'
    """
    return (error.strerror or str(error)).lower()


def path_error(operation: str, path: str, error: OSError) -> str:
    """Return the text of Go's ``fs.PathError``.

    >>> path_error("open", "/x", FileNotFoundError(2, "No such file or directory", "/x"))
    'open /x: no such file or directory'
    """
    return f"{operation} {path}: {errno_text(error)}"


def read_error(path: str, error: OSError) -> str:
    """Return the text for a file that could not be read: Go opens a folder and then cannot read it.

    >>> read_error("/x", IsADirectoryError(21, "Is a directory", "/x"))
    'read /x: is a directory'
    """
    return path_error("read" if isinstance(error, IsADirectoryError) else "open", path, error)


def stat_error(path: str) -> str:
    """Return why nothing can be learnt of ``path``, as Go's ``os.Stat`` says it; ``""`` where something can.

    >>> stat_error("/nowhere/at/all")
    'stat /nowhere/at/all: no such file or directory'
    """
    try:
        os.stat(path)
    except OSError as error:
        return path_error("stat", path, error)
    return ""


def not_written(path: str, error: OSError) -> str:
    """Return the text of Go's ``fs.PathError`` for a file that could not be opened or written.

    >>> not_written("/x", OSError(28, "No space left on device"))
    'write /x: no space left on device'
    """
    return path_error("write" if error.errno in _WHILE_WRITING else "open", path, error)


def unforeseen(error: OSError) -> str:
    """Return one line for an error that no operation has put into words of its own.

    >>> unforeseen(FileNotFoundError(2, "No such file or directory", "/x"))
    '/x: no such file or directory'
    """
    paths = [str(path) for path in (error.filename, error.filename2) if path is not None]
    return ": ".join([" ".join(paths), errno_text(error)]) if paths else errno_text(error)


def random_suffix() -> int:
    """Return the number that Go puts behind the name of a file that is written aside, as errors show it."""
    return int.from_bytes(os.urandom(4), "big")
