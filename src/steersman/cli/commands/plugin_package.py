"""``plugin package``: a plugin's folder to an archive."""

from __future__ import annotations

from steersman.action.plugins.manage import PackageOptions, package
from steersman.cli.inputs.source_date_epoch import source_date_epoch
from steersman.cli.terminal.answer import Answer
from steersman.cli.terminal.passphrase import asker
from steersman.release.codec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Write the archive and say where it is."""
    options = PackageOptions(
        flags["destination"],
        sign=flags["sign"],
        key=flags["key"],
        keyring=flags["keyring"],
        ask=asker(ctx, flags["passphrase-file"], whole=True),
        time=source_date_epoch(ctx),
    )
    answer = Answer(ctx, flags)
    plugin, path = package(args[0], options, answer.say)
    answer.give(Struct(name=plugin.name, version=plugin.version, path=path, signed=options.sign))
    return 0
