"""``package``: charts' folders to archives."""

from __future__ import annotations

import os

from steersman.action.package import package
from steersman.errors import ChartError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Write each archive and say where it is."""
    if not args:
        raise UsageError("need at least one argument, the path to the chart")
    time = source_date_epoch(ctx)
    if flags["sign"]:
        if not flags["key"]:
            raise UsageError("--key is required for signing a package")
        if not flags["keyring"]:
            raise UsageError("--keyring is required for signing a package")
    passphrase: list[str] = []  # asked for once, whatever the number of charts
    for path in args:
        if not os.path.exists(path):
            raise ChartError(f"stat {path}: no such file or directory")
        if flags["dependency-update"]:
            from steersman.cli.dependency import update_dependencies

            update_dependencies(ctx, flags, os.path.abspath(path))
        made = package(
            os.path.abspath(path),
            flags["destination"],
            version=flags["version"],
            app_version=flags["app-version"],
            time=time,
        )
        if flags["sign"]:
            _sign(ctx, flags, made, passphrase)
        ctx.out.write(f"Successfully packaged chart and saved it to: {made}\n")
    return 0


def _sign(ctx: Context, flags: Flags, path: str, passphrase: list[str]) -> None:
    """Write the provenance file beside the archive at ``path``."""
    from steersman.action.package import sign

    def ask(name: str) -> str:
        from steersman.cli.prompt import read_password
        from steersman.goquote import quote

        return read_password(ctx, f"Password for key {quote(name)} >  ")

    if flags["passphrase-file"]:
        if not passphrase:
            passphrase.append(_first_line(ctx, flags["passphrase-file"]))
        sign(path, flags["keyring"], flags["key"], lambda _name: passphrase[0])
    else:
        sign(path, flags["keyring"], flags["key"], ask)


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


def source_date_epoch(ctx: Context) -> float | None:
    """Return the time that ``SOURCE_DATE_EPOCH`` says, or None.

    Raises:
        UsageError: when it is no number of seconds.
    """
    text = ctx.environment.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return None
    from steersman.goquote import quote

    body = text[1:] if text[:1] in ("+", "-") else text
    if not (body.isascii() and body.isdigit()):
        raise UsageError(
            f"invalid SOURCE_DATE_EPOCH: invalid SOURCE_DATE_EPOCH {quote(text)}: "
            f"strconv.ParseInt: parsing {quote(text)}: invalid syntax"
        )
    if int(text) < 0:
        raise UsageError(f"invalid SOURCE_DATE_EPOCH {quote(text)}: must be non-negative")
    return float(int(text))
