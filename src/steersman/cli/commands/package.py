"""``package``: charts' folders to archives."""

from __future__ import annotations

import os

from steersman.action.package import package, sign
from steersman.cli.passphrase import asker
from steersman.errors import ChartError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


_INT64_LEAST = -(1 << 63)
_INT64_DIGITS = 19


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
    ask = asker(ctx, flags["passphrase-file"])  # a file is read once, whatever the number of charts
    for path in args:
        if not os.path.exists(path):
            raise ChartError(f"stat {path}: no such file or directory")
        if flags["dependency-update"]:
            from steersman.cli.dependency import update_dependencies

            update_dependencies(ctx, flags, os.path.abspath(path), quiet=True)  # helm: not a word
        made = package(
            os.path.abspath(path),
            flags["destination"],
            version=flags["version"],
            app_version=flags["app-version"],
            time=time,
        )
        if flags["sign"]:
            sign(made, flags["keyring"], flags["key"], ask)
        ctx.out.write(f"Successfully packaged chart and saved it to: {made}\n")
    return 0


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
    reason = ""
    if not (body.isascii() and body.isdigit()):
        reason = f"strconv.ParseInt: parsing {quote(text)}: invalid syntax"
    elif len(body.lstrip("0")) > _INT64_DIGITS or not _INT64_LEAST <= int(text) < -_INT64_LEAST:
        reason = f"strconv.ParseInt: parsing {quote(text)}: value out of range"
    elif int(text) < 0:
        reason = "must not be negative"
    if reason:
        raise UsageError(f"invalid SOURCE_DATE_EPOCH: {reason}")
    return float(int(text))
