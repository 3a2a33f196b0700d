"""The commands that may come next on a command line, for completion."""

from __future__ import annotations

from steersman.cli.cobra.command_line import find_command, first_word
from steersman.cli.tables.commands import COMMANDS, OWN_COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context


def subcommands(ctx: Context, path: str, word: str) -> list[str]:
    """Return the commands below ``path`` that begin with ``word``, each with its summary."""
    from steersman.cli.cobra.help import HELP_SUMMARY, children

    names = [c for c in children(path) if ctx.program != "helm" or f"{path} {c}".strip() not in OWN_COMMANDS]
    rows = [(c, COMMANDS[f"{path} {c}".strip()][0]) for c in names]
    if not path:
        from steersman.cli.cobra.plugins import summaries

        rows.append(("help", HELP_SUMMARY))
        rows += summaries(ctx.plugins)
    return [f"{name}\t{summary}" for name, summary in sorted(rows) if name.startswith(word)]


def topics(ctx: Context, before: list[str], word: str) -> list[str]:
    """Return the commands that may come after ``help`` and the words ``before``."""

    at = first_word(before)
    path, rest = find_command(before, ctx.program)
    if path:
        return subcommands(ctx, path, word) if COMMANDS[path][3] == "group" else []
    if at >= len(before):
        return subcommands(ctx, "", word)
    from steersman.cli.cobra import plugins
    from steersman.cli.cobra.plugin_tree import descend, read_tree

    plugin = plugins.named(ctx.plugins, before[at])
    if plugin is None:
        return []
    nodes, _ = descend(read_tree(plugin), rest[:at] + rest[at + 1 :], first_word)
    return [one.name for one in nodes[-1].commands if one.name.startswith(word)]
