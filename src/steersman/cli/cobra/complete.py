"""Shell completion: cobra's ``__complete`` protocol, for the scripts that ``completion`` prints.

A candidate is ``text<TAB>description``; the last line is ``:N``, the sum of directives to the shell.
"""

from __future__ import annotations

import contextlib

from steersman.cli.cobra import errors as flag_errors
from steersman.cli.cobra.flags import Flags
from steersman.cli.cobra.subcommands import subcommands
from steersman.cli.tables.commands import COMMANDS, GLOBAL_FLAGS, shown_flags
from steersman.settings import parse_bool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.context import Context

    Candidates = tuple[list[str], int]
    Arguments = Callable[[Context, Flags, list[str], str], Candidates]
    FlagValues = Callable[[Context, str, Flags, str, list[str], str], Candidates]

ACTIVE_HELP = "_activeHelp_ "  # begins a line that is for the user to read
DEFAULT, ERROR, NO_SPACE, NO_FILES = 0, 1, 2, 4
_NAMES = {
    1: "ShellCompDirectiveError",
    NO_SPACE: "ShellCompDirectiveNoSpace",
    NO_FILES: "ShellCompDirectiveNoFileComp",
    8: "ShellCompDirectiveFilterFileExt",
    16: "ShellCompDirectiveFilterDirs",
    32: "ShellCompDirectiveKeepOrder",
}
_NO_NAME = 64  # directives from here on have none
_REPEATED = ("stringArray", "strings", "stringToString", "postRendererArgsSlice")  # kinds of flags given many times


def complete(
    ctx: Context,
    line: list[str],
    *,
    descriptions: bool,
    arguments: dict[str, Arguments],
    flag_values: FlagValues,
) -> int:
    """Print the candidates for the last word of ``line``; return the exit code.

    Args:
        ctx: what is around.
        line: the words of the command line without the program's name.
        descriptions: print those, too.
        arguments: gives the candidates for an argument, by the path of the command.
        flag_values: gives the candidates for the value of a flag.
    """
    before, word = line[:-1], line[-1] if line else ""
    color = _color(before, word)
    if color is not None and color not in ("never", "auto", "always"):
        from steersman.go.quote import quote

        ctx.warn("command failed", error=f"invalid color mode {quote(color)}: must be one of: never, auto, always")
        return 1
    found, directive = _candidates(ctx, before, word, arguments, flag_values)
    if _variable(ctx, "ACTIVE_HELP", common_first=True) == "0":
        found = [candidate for candidate in found if not candidate.startswith(ACTIVE_HELP)]
    with contextlib.suppress(ValueError):
        descriptions = descriptions and parse_bool(_variable(ctx, "COMPLETION_DESCRIPTIONS"))
    for candidate in found:
        ctx.out.write((candidate if descriptions else candidate.partition("\t")[0]).strip() + "\n")
    ctx.out.write(f":{directive}\n")
    ctx.err.write(f"Completion ended with directive: {_directive(directive)}\n")
    return 0


def _variable(ctx: Context, name: str, *, common_first: bool = False) -> str:
    """Return a setting for completion: the program's variable, or the one that all programs with this protocol read.

    # cobra: which comes first depends on the setting (test_variables_of_the_protocol)
    """
    own, common = (ctx.environment.get(f"{owner}_{name}", "") for owner in (ctx.program.upper(), "COBRA"))
    if common_first:
        return common if common == "0" else own
    return own or common


def _directive(directive: int) -> str:
    names = [name for bit, name in _NAMES.items() if directive & bit]
    if directive >= _NO_NAME:
        names.append(f"ERROR: unexpected ShellCompDirective value: {directive}")
    return ", ".join(names) or "ShellCompDirectiveDefault"


def _color(before: list[str], word: str) -> str | None:
    """Return the color mode on the line; Helm reads it before it completes."""
    line = [*before, word]
    for i, argument in enumerate(line[:-1]):
        if argument in ("--color", "--colour"):
            return line[i + 1]
    for argument in reversed(line):
        name, sign, value = argument.partition("=")
        if sign and name in ("--color", "--colour"):
            return value
    return None


def _candidates(
    ctx: Context, before: list[str], word: str, arguments: dict[str, Arguments], flag_values: FlagValues
) -> Candidates:
    from steersman.cli.cobra.command_line import defaults_of, find_command, first_word, with_flags

    path, rest = find_command(before, ctx.program)
    row = COMMANDS.get(path)
    at = first_word(rest)
    if not path and at < len(rest) and rest[at] != "--":
        return _not_ours(ctx, rest[at], rest[:at] + rest[at + 1 :], word, before)
    flags = Flags((*GLOBAL_FLAGS, *shown_flags(path, defaults_of(ctx.settings, ctx.program))), {})
    pending = _pending_flag(flags, rest)
    if pending is None and word.startswith("-") and "=" in word:
        name, _, word = word.lstrip("-").partition("=")
        if flags.row(name) is not None:
            pending, rest = name, [*rest, f"--{name}"]
    given_to = rest if pending is None else rest[:-1]
    try:
        given, wants_help = flags.parse(given_to)
    except flag_errors.FlagError as error:
        ctx.err.write(f"[Debug] [Error] Error while parsing flags from args [{' '.join(given_to)}]: {error}\n")
        return [], DEFAULT
    ctx.settings = with_flags(ctx.settings, flags)
    if wants_help:
        return [], NO_FILES
    if pending is not None:
        return flag_values(ctx, path, flags, pending, given, word)
    if word.startswith("-") and "--" not in rest:
        return _flag_names(flags, path, word), NO_FILES
    if row is None or row[3] == "group":
        return (subcommands(ctx, path, word) if not given else []), NO_FILES if not given else DEFAULT
    kind = arguments.get(path)
    return kind(ctx, flags, given, word) if kind is not None else ([], DEFAULT)


def _not_ours(ctx: Context, name: str, rest: list[str], word: str, before: list[str]) -> Candidates:
    """Return the candidates where the first word is ``help``, a plugin, or nothing that is known."""
    from steersman.cli.cobra import plugins
    from steersman.cli.cobra.early_flags import early_flags

    early = early_flags([*before, word])
    if name == "help":
        if word.startswith("-"):
            return _flag_names(early, "help", word), NO_FILES
        from steersman.cli.cobra.subcommands import topics

        return ([] if "--help" in rest or "-h" in rest else topics(ctx, rest, word)), NO_FILES
    plugin = plugins.named(ctx.plugins, name)
    if plugin is not None:
        from steersman.cli.cobra.command_line import with_flags
        from steersman.cli.cobra.plugin_completion import complete as complete_plugin

        ctx.settings = with_flags(ctx.settings, early)
        names = [f for f in _flag_names(early, name, word) if f.partition("\t")[0] not in ("--help", "-h")]
        return complete_plugin(ctx, plugin, rest, word, names)
    ctx.err.write(f"[Debug] [Error] unable to find a command for arguments: [{' '.join(before)}]\n")
    return [], DEFAULT


def _pending_flag(flags: Flags, rest: list[str]) -> str | None:
    """Return the name of the flag whose value is being typed, or None."""
    if not rest or not rest[-1].startswith("-") or "=" in rest[-1] or rest[-1] in ("-", "--"):
        return None
    last = rest[-1]
    row = flags.row(last[2:]) if last.startswith("--") else flags.short_row(last[-1])
    return row[0] if row is not None and row[2] != "bool" and row[5] is None else None


def _flag_names(flags: Flags, path: str, word: str) -> list[str]:
    from steersman.cli.cobra.help import HELP_FLAG

    rows = [(r[0], r[1], r[3], r[2]) for r in (*flags.rows(), HELP_FLAG) if not r[6]]
    # cobra: what is inherited comes before the command's own flags
    rows.sort(key=lambda row: (bool(path) and row[0] not in GLOBAL_FLAGS, row[0]))
    out: list[str] = []
    for flag, short, usage, kind in rows:
        if flags.changed(flag) and kind not in _REPEATED:
            continue
        if f"--{flag}".startswith(word):
            out.append(f"--{flag}\t{usage}")
        if short and f"-{short}".startswith(word):
            out.append(f"-{short}\t{usage}")
    return out
