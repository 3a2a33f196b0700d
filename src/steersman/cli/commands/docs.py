"""``docs``: the commands' help as files, named as Helm names them."""

from __future__ import annotations

import os

from steersman.cli.cobra.command_line import defaults_of
from steersman.cli.cobra.help import HELP_FLAG, children, flag_lines, texts_of, usage_line
from steersman.cli.tables.commands import COMMANDS, GLOBAL_FLAGS, OWN_COMMANDS, shown_flags
from steersman.cli.tables.flags import FLAGS
from steersman.errors import NotSupported, UsageError
from steersman.go.errno import not_written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.cli.tables.flags import Row

_GROUPS = {"dependency": "update|build|list", "repo": "add|remove|list|index|update [ARGS]", "search": "[keyword]"}
_ROOT = "a package manager for Kubernetes"


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Write a file for each command, or one for a shell."""
    from steersman.go.quote import quote
    from steersman.runtime.files import rewrite

    kind = flags["type"]
    if kind == "bash":
        raise NotSupported("docs --type bash is")
    if kind not in _WRITERS:
        raise UsageError(f"unknown doc type {quote(kind)}. Try 'markdown' or 'man'")
    write = _WRITERS[kind]
    fill = defaults_of(ctx.settings, ctx.program)
    for path in _all_paths(ctx.program):
        name, text = write(ctx, flags, path, fill)
        target = os.path.join(flags["dir"], name)
        try:
            os.stat(flags["dir"] or ".")  # helm: the folder is not made
            rewrite(target, text.encode(), 0o644)
        except OSError as error:
            raise UsageError(not_written(target, error)) from error
    return 0


def _markdown_file(ctx: Context, flags: Flags, path: str, fill: dict[str, str]) -> tuple[str, str]:
    text = _markdown(path, ctx.program, fill, _day(ctx))
    if flags["generate-headers"]:
        words = " ".join(word.capitalize() for word in f"{ctx.program} {path}".split())
        text = f'---\ntitle: "{words}"\n---\n\n{text}'
    return _file_name(path, ctx.program), text


def _man_file(ctx: Context, flags: Flags, path: str, fill: dict[str, str]) -> tuple[str, str]:
    from steersman.cli.cobra.man import Page, page_text

    program = ctx.program
    description, example = texts_of(path, program)
    own = [FLAGS[key] for key in shown_flags(path, fill)]
    name = _man_name(path, program)
    page = Page(
        name,
        COMMANDS[path][0] if path else _ROOT,
        _usage(path, program),
        description,
        example,
        _filled([*own, HELP_FLAG], fill),
        _filled([FLAGS[key] for key in GLOBAL_FLAGS] if path else [], fill),
        tuple(_man_name(other, program) for other in _near(path, program)),
    )
    return f"{name}.1", page_text(page, program, _day(ctx))


def _filled(rows: list[Row], fill: dict[str, str]) -> tuple[Row, ...]:
    """Return the rows that are shown, by name, with the default that each has here."""
    out = []
    for name, short, kind, usage, default, bare, deprecated in sorted(rows):
        if deprecated:
            continue
        for key, value in fill.items():
            default = default.replace("{" + key + "}", value)
        out.append((name, short, kind, usage, default, bare, ""))
    return tuple(out)


def _usage(path: str, program: str) -> str:
    if path and COMMANDS[path][3] != "group":
        return usage_line(path, program)
    return " ".join(filter(None, (program, path, _GROUPS.get(path, ""), "[flags]")))


def _man_name(path: str, program: str) -> str:
    return "-".join((program, *path.split()))


def _day(ctx: Context) -> str:
    import time

    now = time.localtime(ctx.now())
    return f"{now.tm_mday}{time.strftime('-%b-%Y', now)}"


def _all_paths(program: str, path: str = "") -> list[str]:
    """Return the commands below ``path`` before it."""
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
    description, example = texts_of(path, program)
    out = [f"## {name}\n\n{summary}\n\n"]
    out.append(f"### Synopsis\n\n{description}\n\n")
    if path and COMMANDS[path][3] != "group":
        out.append(f"```\n{usage_line(path, program)}\n```\n\n")
    if example:
        out.append(f"### Examples\n\n```\n{example}\n```\n\n")
    own = shown_flags(path, fill)
    lines = flag_lines((FLAGS[key] for key in own), fill)
    out.append("### Options\n\n```\n" + "\n".join(lines) + "\n```\n\n")
    if path:
        inherited = flag_lines((FLAGS[key] for key in GLOBAL_FLAGS), fill, has_help=False)
        out.append("### Options inherited from parent commands\n\n```\n" + "\n".join(inherited) + "\n```\n\n")
    out.append("### SEE ALSO\n\n" + "".join(_links(path, program)))
    out.append(f"\n###### Written by '{program} docs' on {day}\n")
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
