"""Passphrases of keys: from a file, from a pipe, or typed."""

from __future__ import annotations

from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.context import Context


def asker(ctx: Context, path: str) -> Callable[[str, bool], str]:
    """Return what gives the passphrase of the key with a user id, which may be locked or not.

    A file (``-``: standard input) is read once.
    """
    if path:
        read: list[str] = []

        def from_file(_name: str, _is_locked: bool) -> str:
            # helm: whether or not it is needed (test_a_passphrase_file_is_read_for_every_key)
            if not read:
                read.append(_first_line(ctx, path))
            return read[0]

        return from_file

    def typed(name: str, is_locked: bool) -> str:
        if not is_locked:
            return ""
        from steersman.cli.prompt import read_password
        from steersman.goquote import quote

        return read_password(ctx, f"Password for key {quote(name)} >  ")

    return typed


def _first_line(ctx: Context, path: str) -> str:
    """Return the first line of a file, or of standard input for ``-``.

    Raises:
        UsageError: with Helm's message.
    """
    if path == "-":
        if not ctx.stdin_is_pipe():
            raise UsageError("specified reading passphrase from stdin, without input on stdin")
        data = ctx.read_stdin()
    else:
        try:
            with open(path, "rb") as file:
                data = file.read(1 << 20)
        except OSError as error:
            raise UsageError(f"open {path}: {(error.strerror or str(error)).lower()}") from error
    if not data:
        raise UsageError("EOF")
    return data.split(b"\n")[0].removesuffix(b"\r").decode("utf-8", "surrogateescape")
