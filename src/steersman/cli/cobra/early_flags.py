"""The global flags of a command line whose command is not known yet."""

from __future__ import annotations

from steersman.cli.cobra import errors as flag_errors
from steersman.cli.cobra.flags import Flags
from steersman.cli.tables.commands import GLOBAL_FLAGS

_A_FLAG = 2  # characters at least


def early_flags(arguments: list[str]) -> Flags:
    """Return the global flags on a command line before it is known whose flags the others are.

    Flags that are not known are passed over, with what may be their value; the first fault ends it.
    """
    # helm: its settings are read so before any command is found (test_global_flags_reach_a_plugin)
    flags = Flags(GLOBAL_FLAGS, {})
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        if argument in ("--", "--help", "-h"):
            break
        if len(argument) < _A_FLAG or argument[0] != "-":
            at += 1
            continue
        name = argument[2:].partition("=")[0]
        row = flags.row(name) if argument[1] == "-" else flags.short_row(argument[1])
        count = 1 if "=" in argument or (argument[1] != "-" and len(argument) > _A_FLAG) else 2
        if row is None:
            is_value = at + 1 < len(arguments) and not arguments[at + 1].startswith("-")
            at += 2 if count > 1 and is_value else 1
            continue
        if row[2] == "bool" or row[5] is not None:
            count = 1
        try:
            flags.parse(arguments[at : at + count])
        except flag_errors.FlagError:
            break
        at += count
    return flags
