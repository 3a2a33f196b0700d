"""``package``: charts' folders to archives."""

from __future__ import annotations

import os

from steersman.action.package import package, sign
from steersman.chart.errors import NoSuchChart
from steersman.cli.inputs.source_date_epoch import source_date_epoch
from steersman.cli.terminal.answer import Answer
from steersman.cli.terminal.passphrase import asker
from steersman.errors import UsageError
from steersman.go.errno import stat_error
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


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
    answer, rows = Answer(ctx, flags), []
    ask = asker(ctx, flags["passphrase-file"])  # a file is read once, whatever the number of charts
    for path in args:
        missing = stat_error(path)
        if missing:
            raise NoSuchChart(missing, path)
        if flags["dependency-update"]:
            from steersman.cli.inputs.dependency import update_dependencies

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
        answer.say(f"Successfully packaged chart and saved it to: {made}\n")
        if answer.is_structured:
            rows.append(_described(made))
    answer.give(rows)
    return 0


def _described(path: str) -> Struct:
    from hashlib import sha256

    from steersman.chart.loader import load_chart

    with open(path, "rb") as file:
        data = file.read()
    chart = load_chart(path).metadata
    return Struct(
        name=chart.name,
        version=chart.version,
        app_version=chart.app_version,
        digest=f"sha256:{sha256(data).hexdigest()}",
        path=path,
    )
