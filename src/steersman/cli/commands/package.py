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
    from steersman.gointeger import atoi
    from steersman.goquote import quote

    seconds, problem = atoi(text)
    reason = f"strconv.ParseInt: parsing {quote(text)}: {problem}" if problem else ""
    if seconds < 0:
        reason = "must not be negative"
    if reason:
        raise UsageError(f"invalid SOURCE_DATE_EPOCH: {reason}")
    return float(seconds)
