"""Help texts in cobra's layout."""

from __future__ import annotations

from steersman.cli.program import under_name
from steersman.cli.tables.commands import COMMANDS, GLOBAL_FLAGS, HIDDEN_COMMANDS, OWN_COMMANDS, shown_flags
from steersman.cli.tables.flags import FLAGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from steersman.cli.tables.flags import Row


HELP_FLAG: Row = ("help", "h", "bool", "print this help", "", None, "")
_FOLDS_FROM = 60  # columns; a narrower terminal breaks the lines where it likes
_GAP = 3  # spaces between the columns
HELP_SUMMARY = "explain a command"  # of the command ``help``


def more_help(command: str) -> str:
    """Return the line that ends the help of a group of commands."""
    return f"Run '{command} COMMAND --help' to read about a command."


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


def flag_lines(rows: Iterable[Row], fill: dict[str, str], *, has_help: bool = True, columns: int = 0) -> list[str]:
    """Return pflag's usage lines of ``rows``, with ``-h, --help`` among them unless ``has_help`` is false.

    Where they are wider than ``columns``, summaries continue on further lines; 0 never folds.
    """
    entries = list(rows)
    if has_help:
        entries.append(HELP_FLAG)
    entries.sort()
    parts: list[tuple[str, list[str]]] = []
    for name, short, kind, usage, default, bare, _ in entries:
        text = f"  -{short}, --{name}" if short else f"      --{name}"
        if kind != "bool":
            text += f" {kind}"
        if bare is not None and kind != "bool":
            text += f'[="{bare}"]' if kind == "string" else f"[={bare}]"
        for key, value in fill.items():
            default = default.replace("{" + key + "}", value)
        parts.append((text, [*usage.split(), f"(default {default})"] if default else usage.split()))
    width = max((len(text) for text, _ in parts), default=0) + _GAP
    if columns < _FOLDS_FROM:
        return [text.ljust(width) + " ".join(words) for text, words in parts]
    width = min(width, columns * 2 // 5)
    return [line for text, words in parts for line in _folded(text, words, width, columns)]


def _folded(text: str, words: list[str], width: int, columns: int) -> list[str]:
    """Return the lines of one flag, its summary folded behind a first column of ``width``."""
    lines = [text.ljust(width)] if len(text) + _GAP <= width else [text, " " * width]
    if words and len(words[-1]) > columns - width:  # a long default
        words = [*words[:-1], *words[-1].split()]
    for word in words:
        if len(lines[-1]) > width and len(lines[-1]) + 1 + len(word) > columns:
            lines.append(" " * width)
        lines[-1] += word if len(lines[-1]) == width else f" {word}"
    return lines


def global_flag_lines(fill: dict[str, str], columns: int = 0) -> str:
    """Return the lines of the global flags."""
    return "\n".join(flag_lines((FLAGS[k] for k in GLOBAL_FLAGS), fill, has_help=False, columns=columns))


def usage_block(
    path: str,
    program: str,
    fill: dict[str, str],
    extra: tuple[tuple[str, str], ...] = (),
    *,
    has_help: bool = True,
    columns: int = 0,
) -> str:
    """Return everything of a command's help from ``Usage:`` on.

    Args:
        path: the command's.
        program: the program's name.
        fill: defaults of flags that depend on the settings.
        extra: commands of plugins, with their summaries.
        has_help: whether ``--help`` is among its flags.
        columns: of the terminal, 0 for none.
    """
    out: list[str] = ["Usage:"]
    row = COMMANDS.get(path)
    out.append("  " + usage_line(path, program))
    below = [c for c in children(path) if program != "helm" or f"{path} {c}".strip() not in OWN_COMMANDS]
    name = path.rpartition(" ")[2] or program
    if row and row[2]:
        out += ["", "Aliases:", "  " + ", ".join((name, *row[2]))]
    example = texts_of(path, program)[1]
    if example:
        out += ["", "Examples:", example]
    if below or not path:
        of_plugins = dict(extra)
        listed = sorted([*below, "help", *of_plugins]) if not path else below
        width = max(11, *(len(b) for b in listed))
        out += ["", "Available Commands:"]
        for child in listed:
            if child in of_plugins:
                summary = of_plugins[child]
            else:
                summary = COMMANDS[f"{path} {child}".strip()][0] if child != "help" else HELP_SUMMARY
            out.append(f"  {child.ljust(width)} {summary}")
    own = shown_flags(path, fill)
    out += ["", "Flags:", *flag_lines((FLAGS[k] for k in own), fill, has_help=has_help, columns=columns)]
    if path:
        out += ["", "Global Flags:", global_flag_lines(fill, columns)]
    if below or not path:
        command = f"{program} {path}".strip()
        out += ["", more_help(command)]
    return "\n".join(out) + "\n"


def texts_of(path: str, program: str) -> tuple[str, str]:
    """Return a command's description and examples with the program's name in them, ``""`` for what it does not have."""
    from steersman.cli.tables.help_texts import OWN_TEXTS, TEXTS

    texts = [TEXTS.get(path, ("", ""))]
    if program != "helm":
        texts.append(OWN_TEXTS.get(path, ("", "")))
    description, examples = ("\n\n".join(filter(None, parts)) for parts in zip(*texts))
    return under_name(description, program), under_name(examples, program)


def help_text(
    path: str, program: str, fill: dict[str, str], extra: tuple[tuple[str, str], ...] = (), columns: int = 0
) -> str:
    """Return a command's whole help text; the arguments are those of ``usage_block``."""
    return texts_of(path, program)[0] + "\n\n" + usage_block(path, program, fill, extra, columns=columns)
