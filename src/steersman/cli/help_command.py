"""The command ``help``: the help of whatever its words name. Answers to cobra's, and to what Helm makes of plugins."""

from __future__ import annotations

from steersman.cli.flags import Flags
from steersman.cli.table import COMMANDS, GLOBAL_FLAGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context

_HELP_HELP = """Help provides help for any command in the application.
Simply type helm help [path to command] for full details.

Usage:
  helm help [command] [flags]

Flags:
  -h, --help   help for help

Global Flags:
"""


def run(ctx: Context, arguments: list[str], fill: dict[str, str]) -> int:
    """Print the help that ``arguments`` ask for.

    Raises:
        FlagError: with pflag's message.
    """
    from steersman.cli.help import global_flag_lines, help_text, usage_block
    from steersman.cli.main import find_command, first_word, with_flags

    flags = Flags(GLOBAL_FLAGS, fill)
    words, wants_help = flags.parse(arguments)
    ctx.settings = with_flags(ctx.settings, flags)
    at = first_word(words)
    name = words[at] if at < len(words) else ""
    if wants_help or name == "help":
        ctx.out.write(_HELP_HELP.replace("helm", ctx.program) + global_flag_lines(fill) + "\n")
        return 0
    path, rest = find_command(words)
    if not path and name:
        from steersman.cli import plugins

        plugin = plugins.named(ctx.plugins, name)
        if plugin is None:
            from steersman.cli.plugins import summaries

            ctx.err.write(f"Unknown help topic [{' '.join(_raw(word) for word in words)}]\n")
            # cobra: its own flag comes to a command only as that is run (test_help_of_plugins)
            ctx.err.write(usage_block("", ctx.program, fill, summaries(ctx.plugins), has_help=False))
            return 0
        from steersman.cli.plugin_tree import descend, read_tree
        from steersman.cli.plugin_tree import help_text as plugin_help

        nodes, _ = descend(read_tree(plugin), rest[:at] + rest[at + 1 :], first_word)
        ctx.out.write(plugin_help(nodes, plugin, ctx.program, global_flag_lines(fill)))
        return 0
    from steersman.cli.plugins import summaries

    extra = summaries(ctx.plugins) if not path else ()
    ctx.out.write(help_text(path, ctx.program, fill, extra))
    return 0


def topics(ctx: Context, before: list[str], word: str) -> list[str]:
    """Return the commands that may come after ``help`` and the words ``before``."""
    from steersman.cli.complete import subcommands
    from steersman.cli.main import find_command, first_word

    at = first_word(before)
    path, rest = find_command(before)
    if path:
        return subcommands(ctx, path, word) if COMMANDS[path][3] == "group" else []
    if at >= len(before):
        return subcommands(ctx, "", word)
    from steersman.cli import plugins
    from steersman.cli.plugin_tree import descend, read_tree

    plugin = plugins.named(ctx.plugins, before[at])
    if plugin is None:
        return []
    nodes, _ = descend(read_tree(plugin), rest[:at] + rest[at + 1 :], first_word)
    return [one.name for one in nodes[-1].commands if one.name.startswith(word)]


def _raw(text: str) -> str:
    """Return ``text`` as Go's ``%#q`` writes it."""
    from steersman.goquote import quote

    return f"`{text}`" if "`" not in text and text.isprintable() else quote(text)
