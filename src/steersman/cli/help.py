"""Help texts in cobra's layout."""

from __future__ import annotations

from steersman.cli.flag_table import FLAGS
from steersman.cli.table import COMMANDS, GLOBAL_FLAGS, HIDDEN_COMMANDS, OWN_COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from steersman.cli.flag_table import Row


def children(path: str) -> list[str]:
    """Return the names of the commands right below ``path`` (``""``: the root), sorted."""
    prefix = f"{path} " if path else ""
    shown = (p for p in COMMANDS if p.startswith(prefix) and p not in HIDDEN_COMMANDS)
    return sorted(p[len(prefix) :] for p in shown if " " not in p[len(prefix) :])


def usage_line(path: str, program: str) -> str:
    """Return the usage line of a command, without an indent."""
    if not path:
        return f"{program} [command]"
    parent = path.rpartition(" ")[0]
    use = COMMANDS[path][1]
    return f"{program} {use}" if use.startswith(path) else " ".join(filter(None, (program, parent, use)))


def flag_lines(rows: Iterable[Row], fill: dict[str, str], help_for: str | None) -> list[str]:
    """Return pflag's usage lines of ``rows``, with ``-h, --help`` among them when ``help_for`` names a command."""
    entries = list(rows)
    if help_for is not None:
        entries.append(("help", "h", "bool", f"help for {help_for}", "", None, ""))
    entries.sort()
    left: list[tuple[str, str]] = []
    for name, short, kind, usage, default, bare, _ in entries:
        text = f"  -{short}, --{name}" if short else f"      --{name}"
        if kind != "bool":
            text += f" {kind}"
        if bare is not None and kind != "bool":
            text += f'[="{bare}"]' if kind == "string" else f"[={bare}]"
        for key, value in fill.items():
            default = default.replace("{" + key + "}", value)
        left.append((text, usage + (f" (default {default})" if default else "")))
    width = max((len(text) for text, _ in left), default=0)
    return [f"{text.ljust(width)}   {usage}" for text, usage in left]


def global_flag_lines(fill: dict[str, str]) -> str:
    """Return the lines of the global flags."""
    return "\n".join(flag_lines((FLAGS[k] for k in GLOBAL_FLAGS), fill, None))


def usage_block(
    path: str, program: str, fill: dict[str, str], extra: tuple[tuple[str, str], ...] = (), *, has_help: bool = True
) -> str:
    """Return everything of a command's help from ``Usage:`` on; ``extra`` are commands of plugins and their lines.

    ``has_help`` tells whether ``--help`` is among its flags.
    """
    out: list[str] = ["Usage:"]
    row = COMMANDS.get(path)
    out.append("  " + usage_line(path, program))
    below = [c for c in children(path) if program != "helm" or f"{path} {c}".strip() not in OWN_COMMANDS]
    name = path.rpartition(" ")[2] or program
    if row and row[2]:
        out += ["", "Aliases:", "  " + ", ".join((name, *row[2]))]
    from steersman.cli.help_texts import TEXTS

    example = TEXTS.get(path, ("", ""))[1]
    if example:
        out += ["", "Examples:", _named(example, program)]
    if below or not path:
        of_plugins = dict(extra)
        listed = sorted([*below, "help", *of_plugins]) if not path else below
        width = max(11, *(len(b) for b in listed))
        out += ["", "Available Commands:"]
        for child in listed:
            if child in of_plugins:
                summary = of_plugins[child]
            else:
                summary = COMMANDS[f"{path} {child}".strip()][0] if child != "help" else "Help about any command"
            out.append(f"  {child.ljust(width)} {summary}")
    own = GLOBAL_FLAGS if not path else (row[4] if row else ())
    out += ["", "Flags:", *flag_lines((FLAGS[k] for k in own), fill, name if has_help else None)]
    if path:
        out += ["", "Global Flags:", *flag_lines((FLAGS[k] for k in GLOBAL_FLAGS), fill, None)]
    if below or not path:
        command = f"{program} {path}".strip()
        out += ["", f'Use "{command} [command] --help" for more information about a command.']
    return "\n".join(out) + "\n"


def _named(text: str, program: str) -> str:
    """Put the program's own name where Helm's texts say ``helm`` as a command."""
    if program == "helm":
        return text
    import re

    return re.sub(r"(?<![-./\w$@:])helm (?=[a-z\[-])", f"{program} ", text)


def help_text(path: str, program: str, fill: dict[str, str], extra: tuple[tuple[str, str], ...] = ()) -> str:
    """Return a command's whole help text; ``fill`` has the defaults that depend on the settings."""
    from steersman.cli.help_texts import TEXTS

    description = TEXTS.get(path, ("", ""))[0] or (COMMANDS[path][0] if path in COMMANDS else "")
    return _named(description.rstrip(), program) + "\n\n" + usage_block(path, program, fill, extra)
