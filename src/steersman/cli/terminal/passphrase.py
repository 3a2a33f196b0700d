"""Passphrases of keys: from a file, from a pipe, or typed."""

from __future__ import annotations

from steersman import errors
from steersman.go.errno import read_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.context import Context


def asker(ctx: Context, path: str, *, whole: bool = False) -> Callable[[str, bool], str]:
    """Return what gives the passphrase of the key with a user id, which may be locked or not.

    A file (``-``: standard input) is read once; its first line counts, or the ``whole`` of it.
    """
    if path:
        read: list[str] = []

        def from_file(_name: str, _is_locked: bool) -> str:
            # helm: whether or not it is needed (test_a_passphrase_file_is_read_for_every_key)
            if not read:
                read.append(_text(ctx, path) if whole else _first_line(ctx, path))
            return read[0]

        return from_file

    def typed(name: str, is_locked: bool) -> str:
        if not is_locked:
            return ""
        from steersman.cli.terminal.prompt import read_password
        from steersman.go.quote import quote

        return read_password(ctx, f"Password for key {quote(name)} >  ")

    return typed


def _first_line(ctx: Context, path: str) -> str:
    data = _read(ctx, path)
    if not data:
        raise errors.UsageError("EOF")
    return data.split(b"\n")[0].removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _text(ctx: Context, path: str) -> str:
    # helm: plugins are signed with all of the file (test_passphrases_of_files)
    return _read(ctx, path).rstrip(b"\r\n").decode("utf-8", "surrogateescape")


def _read(ctx: Context, path: str) -> bytes:
    """Return what is in a file, or on standard input for ``-``.

    Raises:
        UsageError: with Helm's message.
    """
    if path == "-":
        if not ctx.stdin_is_pipe():
            raise errors.UsageError("specified reading passphrase from stdin, without input on stdin")
        return ctx.read_stdin()
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError as error:
        raise errors.UsageError(read_error(path, error)) from error
