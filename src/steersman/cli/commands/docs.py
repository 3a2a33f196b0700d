"""``docs``: the commands' help as files, in cobra's layout."""

from __future__ import annotations

import os

from steersman.cli.flag_table import FLAGS
from steersman.cli.help import children, flag_lines, usage_line
from steersman.cli.help_texts import TEXTS
from steersman.cli.main import defaults_of
from steersman.cli.table import COMMANDS, GLOBAL_FLAGS, OWN_COMMANDS
from steersman.errors import NotSupported, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flag_table import Row
    from steersman.cli.flags import Flags

_LINE = "\n"
_ZEROES = {"bool": "false", "int": "0", "duration": "0s", "float32": "0", "stringArray": "[]", "strings": "[]"}
_GROUPS = {"dependency": "update|build|list", "repo": "add|remove|list|index|update [ARGS]", "search": "[keyword]"}
_ROOT = "The Helm package manager for Kubernetes."


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Write a file for each command, or one for a shell."""
    from steersman.goquote import quote

    kind = flags["type"]
    if kind == "bash":
        raise NotSupported("docs --type bash is")
    if kind not in _WRITERS:
        raise UsageError(f"unknown doc type {quote(kind)}. Try 'markdown' or 'man'")
    write = _WRITERS[kind]
    fill = defaults_of(ctx.settings)
    for path in _all_paths(ctx.program):
        name, text = write(ctx, flags, path, fill)
        target = os.path.join(flags["dir"], name)
        try:
            with open(target, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(f"open {target}: {(error.strerror or str(error)).lower()}") from error
    return 0


def _markdown_file(ctx: Context, flags: Flags, path: str, fill: dict[str, str]) -> tuple[str, str]:
    text = _markdown(path, ctx.program, fill, _day(ctx))
    if flags["generate-headers"]:
        words = " ".join(word.capitalize() for word in f"{ctx.program} {path}".split())
        text = f'---\ntitle: "{words}"\n---\n\n{text}'
    return _file_name(path, ctx.program), text


def _man_file(ctx: Context, flags: Flags, path: str, fill: dict[str, str]) -> tuple[str, str]:
    import time

    from steersman.cli.man import Page, page_text

    program = ctx.program
    description, example = TEXTS.get(path, ("", ""))
    own = [FLAGS[key] for key in (GLOBAL_FLAGS if not path else COMMANDS[path][4])]
    own.append(("help", "h", "bool", f"help for {path.rpartition(' ')[2] or program}", "", None, ""))
    name = _man_name(path, program)
    page = Page(
        name,
        COMMANDS[path][0] if path else _ROOT,
        _usage(path, program),
        description,
        example,
        _filled(own, fill),
        _filled([FLAGS[key] for key in GLOBAL_FLAGS] if path else [], fill),
        tuple(_man_name(other, program) for other in _near(path, program)),
    )
    month = time.strftime("%b %Y", time.localtime(ctx.now()))
    return f"{name}.1", page_text(page, program.upper(), month, _day(ctx))


def _filled(rows: list[Row], fill: dict[str, str]) -> tuple[Row, ...]:
    """Return the rows that are shown, by name, with the default that each has here."""
    out = []
    for name, short, kind, usage, default, bare, deprecated in sorted(rows):
        if deprecated:
            continue
        for key, value in fill.items():
            default = default.replace("{" + key + "}", value)
        if kind == "string":
            default = default.removeprefix('"').removesuffix('"')
        out.append((name, short, kind, usage, default or _ZEROES.get(kind, ""), "true" if kind == "bool" else bare, ""))
    return tuple(out)


def _usage(path: str, program: str) -> str:
    if path and COMMANDS[path][3] != "group":
        return usage_line(path, program)
    return " ".join(filter(None, (program, path, _GROUPS.get(path, ""), "[flags]")))


def _man_name(path: str, program: str) -> str:
    return "-".join((program, *path.split()))


def _day(ctx: Context) -> str:
    import time

    return time.strftime("%-d-%b-%Y", time.localtime(ctx.now()))


def _all_paths(program: str, path: str = "") -> list[str]:
    """Return the commands below ``path`` before it, as cobra walks them."""
    paths: list[str] = []
    for child in children(path):
        below = f"{path} {child}".strip()
        if program != "helm" or below not in OWN_COMMANDS:
            paths += _all_paths(program, below)
    return [*paths, path]


def _file_name(path: str, program: str) -> str:
    return "_".join((program, *path.split())) + ".md"


def _markdown(path: str, program: str, fill: dict[str, str], day: str) -> str:
    name = f"{program} {path}".strip()
    summary = COMMANDS[path][0] if path else _ROOT
    description, example = TEXTS.get(path, ("", ""))
    out = [f"## {name}\n\n{summary}\n\n"]
    if description and description.strip() != summary:
        out.append(f"### Synopsis\n\n{description.removesuffix(_LINE)}\n\n\n")
    if path and COMMANDS[path][3] != "group":
        out.append(f"```\n{usage_line(path, program)}\n```\n\n")
    if example:
        out.append(f"### Examples\n\n```\n{example}\n```\n\n")
    own = GLOBAL_FLAGS if not path else COMMANDS[path][4]
    lines = flag_lines((FLAGS[key] for key in own), fill, path.rpartition(" ")[2] or program)
    out.append("### Options\n\n```\n" + "\n".join(lines) + "\n```\n\n")
    if path:
        inherited = flag_lines((FLAGS[key] for key in GLOBAL_FLAGS), fill, None)
        out.append("### Options inherited from parent commands\n\n```\n" + "\n".join(inherited) + "\n```\n\n")
    out.append("### SEE ALSO\n\n" + "".join(_links(path, program)))
    out.append(f"\n###### Auto generated by spf13/cobra on {day}\n")
    return "".join(out)


def _links(path: str, program: str) -> list[str]:
    """Return a line for the command above and for each below."""
    return [
        f"* [{f'{program} {other}'.strip()}]({_file_name(other, program)})\t - "
        f"{COMMANDS[other][0] if other else _ROOT}\n"
        for other in _near(path, program)
    ]


def _near(path: str, program: str) -> list[str]:
    """Return the command above and those below."""
    near = [path.rpartition(" ")[0]] if path else []
    near += [f"{path} {child}".strip() for child in children(path)]
    return [other for other in near if program != "helm" or other not in OWN_COMMANDS]


_WRITERS = {**dict.fromkeys(("markdown", "mdown", "md"), _markdown_file), "man": _man_file}
