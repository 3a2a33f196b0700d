"""The commands that a plugin's ``completion.yaml`` lists, and their help. Answers to Helm's ``load_plugins.go``.

The first command is the plugin's own; below it are those of the file, which only help and completion know.
"""

from __future__ import annotations

import os

from steersman import errors
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.cli.tables.flags import Row
    from steersman.plugin.model import Plugin

FILE = "completion.yaml"
_DEEPEST = 50  # commands below commands
_MAX_BYTES = 1024 * 1024


class Node(Record):
    """A command of a plugin.

    Attributes:
        use: its name, and what else its usage line says.
        arguments: what may be its first argument.
        flags: long names with the letters they were given, which may be ``""``.
        commands: those below it, sorted.
        is_parent: whether the file has a list of commands for it, be it an empty one.
    """

    use: str
    arguments: tuple[str, ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    commands: tuple[Node, ...] = ()
    is_parent: bool = False

    @property
    def name(self) -> str:
        """The word that names it."""
        return self.use.partition(" ")[0]

    def child(self, name: str) -> Node | None:
        """Return the command right below that has a name, or None."""
        return next((one for one in self.commands if one.name == name), None)

    def rows(self) -> list[Row]:
        """Return its flags as rows of the flag table."""
        return [(long, short, "bool", "", "", None, "") for long, short in sorted(self.flags)]


class _Misfit(Exception):
    """A file that says something else than commands."""


def read_tree(plugin: Plugin) -> Node:
    """Return a plugin's command with those below it; a file that is missing or not legal has none."""
    from steersman.yamlio import load

    use = plugin.usage or plugin.name
    try:
        with open(os.path.join(plugin.folder, FILE), "rb") as file:
            tree = load(file.read(_MAX_BYTES))
        return _node({} if tree is None else tree, use, 0)
    except (OSError, errors.SteerError, _Misfit):
        return Node(use)


def _node(tree: Any, use: str, depth: int) -> Node:
    if not isinstance(tree, dict) or depth > _DEEPEST:
        raise _Misfit
    # go: encoding/json reads a field's name in whatever case it stands
    fields = {str(key).lower(): value for key, value in tree.items()}
    commands = _list(fields, "commands")
    below = [_node(one or {}, _text((one or {}).get("name")), depth + 1) for one in _mappings(commands or [])]
    name = use or _text(fields.get("name"))
    if not name:
        return Node("")  # helm: nothing of a command without a name is read, but it is there
    return Node(
        name,
        tuple(map(_text, _list(fields, "validargs") or [])),
        _pairs(list(map(_text, _list(fields, "flags") or []))),
        tuple(sorted(below, key=lambda one: one.name)),
        commands is not None,
    )


def _mappings(items: list[Any]) -> list[dict[str, Any]]:
    out = []
    for one in items:
        if one is not None and not isinstance(one, dict):
            raise _Misfit
        out.append({} if one is None else {str(key).lower(): value for key, value in one.items()})
    return out


def _list(fields: dict[str, Any], key: str) -> list[Any] | None:
    value = fields.get(key)
    if value is not None and not isinstance(value, list):
        raise _Misfit
    return value


def _text(value: object) -> str:
    if isinstance(value, (dict, list)):
        raise _Misfit
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _pairs(names: list[str]) -> tuple[tuple[str, str], ...]:
    """Give each letter to a long name, as the flags of pflag need one; letters that are left over are their own."""
    letters = [name for name in names if len(name) == 1]
    longs = [name for name in names if len(name) != 1]
    count = max(len(letters), len(longs))
    return tuple(
        (longs[i] if i < len(longs) else letters[i], letters[i] if i < len(letters) else "") for i in range(count)
    )


def descend(
    root: Node, words: list[str], first_word: Callable[[list[str], tuple[str, ...]], int]
) -> tuple[list[Node], list[str]]:
    """Return the commands that ``words`` lead through, the first being ``root``, and the words that are left.

    ``first_word`` returns the index of the first positional argument, given the names of flags that take no value.
    """
    path, rest = [root], list(words)
    while True:
        node = path[-1]
        at = first_word(rest, tuple(flag for pair in node.flags for flag in (f"--{pair[0]}", f"-{pair[1]}")))
        child = node.child(rest[at]) if at < len(rest) and rest[at] != "--" else None
        if child is None:
            return path, rest
        path.append(child)
        del rest[at]


def help_text(path: list[Node], plugin: Plugin, program: str, globals_: str) -> str:
    """Return the help of the last command of ``path``; ``globals_`` are the lines of the global flags."""
    from steersman.cli.cobra.help import flag_lines, more_help

    node = path[-1]
    parent = " ".join((program, *(one.name for one in path[:-1])))
    about = (plugin.long_help or plugin.short_help or f'the "{plugin.name}" plugin').rstrip() if len(path) == 1 else ""
    out = [about, ""] if about else []
    flags = "" if "[flags]" in f"{parent} {node.use}" else " [flags]"
    out += ["Usage:", f"  {parent} {node.use}{flags}"]
    command = f"{parent} {node.name}"
    if node.commands:
        width = max(11, *(len(one.name) for one in node.commands))
        out += [f"  {command} [command]", "", "Available Commands:"]
        out += [f"  {one.name.ljust(width)} " for one in node.commands]
    own = "\n".join(flag_lines(node.rows(), {})).rstrip()
    out += ["", "Flags:", own, "", "Global Flags:", globals_.rstrip()]
    if node.commands:
        out += ["", more_help(command)]
    return "\n".join(out) + "\n"
