"""The command ``help``: the help of whatever its words name. Answers to cobra's, and to what Helm makes of plugins."""

from __future__ import annotations

from steersman.cli.cobra.flags import Flags
from steersman.cli.tables.commands import GLOBAL_FLAGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context

_HELP_HELP = """Explain a command: what it does, its flags and examples.

'helm help repo add' prints the same as 'helm repo add --help'. Without a
command, print the overview.

Usage:
  helm help [command] [flags]

Flags:
  -h, --help   print this help

Global Flags:
"""


def run(ctx: Context, arguments: list[str], fill: dict[str, str]) -> int:
    """Print the help that ``arguments`` ask for.

    Raises:
        FlagError: with pflag's message.
    """
    from steersman.cli.cobra.command_line import find_command, first_word, with_flags
    from steersman.cli.cobra.help import global_flag_lines, help_text, usage_block

    flags = Flags(GLOBAL_FLAGS, fill)
    words, wants_help = flags.parse(arguments)
    ctx.settings = with_flags(ctx.settings, flags)
    at = first_word(words)
    name = words[at] if at < len(words) else ""
    if wants_help or name == "help":
        ctx.out.write(_HELP_HELP.replace("helm", ctx.program) + global_flag_lines(fill, ctx.columns()) + "\n")
        return 0
    path, rest = find_command(words, ctx.program)
    if not path and name:
        from steersman.cli.cobra import plugins

        plugin = plugins.named(ctx.plugins, name)
        if plugin is None:
            from steersman.cli.cobra.plugins import summaries

            ctx.err.write(f"Unknown help topic [{' '.join(_raw(word) for word in words)}]\n")
            # cobra: its own flag comes to a command only as that is run (test_help_of_plugins)
            ctx.err.write(usage_block("", ctx.program, fill, summaries(ctx.plugins), has_help=False))
            return 0
        from steersman.cli.cobra.plugin_tree import descend, read_tree
        from steersman.cli.cobra.plugin_tree import help_text as plugin_help

        nodes, _ = descend(read_tree(plugin), rest[:at] + rest[at + 1 :], first_word)
        ctx.out.write(plugin_help(nodes, plugin, ctx.program, global_flag_lines(fill, ctx.columns())))
        return 0
    from steersman.cli.cobra.plugins import summaries

    extra = summaries(ctx.plugins) if not path else ()
    ctx.out.write(help_text(path, ctx.program, fill, extra, columns=ctx.columns()))
    return 0


def _raw(text: str) -> str:
    """Return ``text`` as Go's ``%#q`` writes it."""
    from steersman.go.quote import quote

    return f"`{text}`" if "`" not in text and text.isprintable() else quote(text)
