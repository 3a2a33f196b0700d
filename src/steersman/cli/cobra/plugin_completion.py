"""Completion of a plugin's command: what ``completion.yaml`` says, and what the program ``plugin.complete`` does.

Answers to Helm's ``load_plugins.go``, and to cobra where that completes a command which parses its flags itself.
"""

from __future__ import annotations

import os

from steersman import errors
from steersman.cli.cobra.plugin_tree import descend, read_tree
from steersman.cli.cobra.plugins import environment, take_flags
from steersman.go.errno import errno_text
from steersman.plugin.model import SUBPROCESS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.plugin_tree import Node
    from steersman.cli.context import Context
    from steersman.plugin.model import Plugin

_PROGRAM = "plugin.complete"
_LONGEST = 20  # characters of a directive
_MAX_BYTES = 16 * 1024 * 1024  # of what a program says
DEFAULT, FAILED, NO_FILES = 0, 1, 4


def complete(
    ctx: Context, plugin: Plugin, before: list[str], word: str, global_names: list[str]
) -> tuple[list[str], int]:
    """Return candidates for ``word``, the one after ``before``, and the directive to the shell.

    ``global_names`` are the candidates for names of global flags that ``word`` may become.
    """
    from steersman.cli.cobra.command_line import first_word

    path, rest = descend(read_tree(plugin), before, first_word)
    node = path[-1]
    found: list[str] = []
    directive = DEFAULT
    if word.startswith("-") and "=" not in word:
        found = global_names + _own_flags(node, word)
        directive = NO_FILES
    else:
        if not rest:
            found = [one.name for one in node.commands if one.name.startswith(word)]
            directive = NO_FILES if node.commands else DEFAULT
        if node.arguments:
            # cobra: arguments that are known end it, and are those of the first place only
            known = [] if rest else [one for one in node.arguments if one.startswith(word)]
            return found + known, directive if rest else NO_FILES
    if node.is_parent:
        return found, directive
    more, directive = _ask(ctx, plugin, [one.name for one in path[1:]], rest, word)
    return found + more, directive


def _own_flags(node: Node, word: str) -> list[str]:
    names = [name for long, short in sorted(node.flags) for name in (f"--{long}", f"-{short}" if short else "")]
    return [name for name in names if name and name.startswith(word)]


def _ask(ctx: Context, plugin: Plugin, path: list[str], rest: list[str], word: str) -> tuple[list[str], int]:
    """Return what the plugin's program says."""
    if plugin.runtime != SUBPROCESS:
        return [], DEFAULT
    try:
        left = take_flags(ctx, rest)
    except errors.SteerError:
        return [], FAILED
    program = os.path.join(plugin.folder, _PROGRAM)
    arguments = path if plugin.ignore_flags else [*path, *left, word]
    if ctx.settings.debug:
        ctx.err.write(f"[Debug] calling {program} with args [{' '.join(arguments)}]\n")
    said, problem = _output(ctx, plugin, program, arguments)
    if problem:
        if ctx.settings.debug:
            ctx.err.write(f"[Debug] Unable to call {program}: {problem}\n")
        return [], DEFAULT
    lines = [line for line in said.split("\n") if line]
    directive = DEFAULT
    if lines and lines[-1][:1] == ":" and len(lines[-1]) < _LONGEST:
        from steersman.go.integer import atoi

        number, wrong = atoi(lines[-1][1:])
        if not wrong:
            directive = number
            lines.pop()
    return lines, directive


def _output(ctx: Context, plugin: Plugin, program: str, arguments: list[str]) -> tuple[str, str]:
    """Run the program; return what it says on both of its streams, and why it could not."""
    import subprocess

    from steersman.go.quote import quote

    env = {"HELM_PLUGIN_NAME": plugin.name, "HELM_PLUGIN_DIR": plugin.folder, **environment(ctx)}
    try:
        done = subprocess.run(
            [program, *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        return "", f"fork/exec {program}: {errno_text(error)}"
    if done.returncode:
        return "", f"plugin {quote(plugin.name)} exited with error"
    return done.stdout[:_MAX_BYTES].decode("utf-8", "surrogateescape"), ""
