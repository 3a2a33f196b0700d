"""Shell completion: cobra's ``__complete`` protocol, for the scripts that ``completion`` prints.

A candidate is ``text<TAB>description``; the last line is ``:N``, the sum of directives to the shell.
"""

from __future__ import annotations

import os

from steersman.cli.flags import FlagError, Flags
from steersman.cli.table import COMMANDS, GLOBAL_FLAGS, OWN_COMMANDS
from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.context import Context
    from steersman.release.model import Release

    Candidates = tuple[list[str], int]

DEFAULT, NO_SPACE, NO_FILES = 0, 2, 4
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
_FORMATS = [
    "json\tOutput result in JSON format",
    "table\tOutput result in human-readable format",
    "yaml\tOutput result in YAML format",
]
_NO_MORE = "_activeHelp_ This command does not take any more arguments (but may accept flags)."
_SCHEMES = (
    "oci://\tChart OCI prefix",
    "https://\tChart URL prefix",
    "http://\tChart URL prefix",
    "file://\tChart local URL prefix",
)


def complete(ctx: Context, arguments: list[str], *, descriptions: bool) -> int:
    """Print the candidates for the last of ``arguments``; return the exit code."""
    before, word = arguments[:-1], arguments[-1] if arguments else ""
    color = _color(before, word)
    if color is not None and color not in ("never", "auto", "always"):
        from steersman.goquote import quote

        ctx.warn("command failed", error=f"invalid color mode {quote(color)}: must be one of: never, auto, always")
        return 1
    found, directive = _candidates(ctx, before, word)
    for candidate in found:
        ctx.out.write((candidate if descriptions else candidate.partition("\t")[0]).strip() + "\n")
    ctx.out.write(f":{directive}\n")
    ctx.err.write(f"Completion ended with directive: {_directive(directive)}\n")
    return 0


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
    return None


def _candidates(ctx: Context, before: list[str], word: str) -> Candidates:
    from steersman.cli.main import find_command, first_word, with_flags

    path, rest = find_command(before)
    row = COMMANDS.get(path)
    at = first_word(rest)
    if not path and at < len(rest) and rest[at] != "--":
        return _not_ours(ctx, rest[at], rest[:at] + rest[at + 1 :], word, before)
    flags = Flags((*GLOBAL_FLAGS, *(row[4] if row else ())), {})
    pending = _pending_flag(flags, rest)
    if pending is None and word.startswith("-") and "=" in word:
        name, _, word = word.lstrip("-").partition("=")
        if flags.row(name) is not None:
            pending, rest = name, [*rest, f"--{name}"]
    given_to = rest if pending is None else rest[:-1]
    try:
        given, wants_help = flags.parse(given_to)
    except FlagError as error:
        ctx.err.write(f"[Debug] [Error] Error while parsing flags from args [{' '.join(given_to)}]: {error}\n")
        return [], DEFAULT
    ctx.settings = with_flags(ctx.settings, flags)
    if wants_help:
        return [], NO_FILES
    if pending is not None:
        return _flag_values(ctx, path, flags, pending, given, word)
    if word.startswith("-") and "--" not in rest:
        return _flag_names(flags, path, ctx.program, word), NO_FILES
    if row is None or row[3] == "group":
        return (subcommands(ctx, path, word) if not given else []), NO_FILES if not given else DEFAULT
    kind = _ARGUMENTS.get(path)
    return kind(ctx, flags, given, word) if kind is not None else ([], DEFAULT)


def _not_ours(ctx: Context, name: str, rest: list[str], word: str, before: list[str]) -> Candidates:
    """Return the candidates where the first word is ``help``, a plugin, or nothing that is known."""
    from steersman.cli import plugins
    from steersman.cli.early_flags import early_flags

    early = early_flags([*before, word])
    if name == "help":
        if word.startswith("-"):
            return _flag_names(early, "help", ctx.program, word), NO_FILES
        from steersman.cli.help_command import topics

        return ([] if "--help" in rest or "-h" in rest else topics(ctx, rest, word)), NO_FILES
    plugin = plugins.named(ctx.plugins, name)
    if plugin is not None:
        from steersman.cli.main import with_flags
        from steersman.cli.plugin_completion import complete as complete_plugin

        ctx.settings = with_flags(ctx.settings, early)
        names = [f for f in _flag_names(early, name, ctx.program, word) if f.partition("\t")[0] not in ("--help", "-h")]
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


def _flag_values(ctx: Context, path: str, flags: Flags, name: str, given: list[str], word: str) -> Candidates:
    if name == "output":
        return _FORMATS, NO_FILES
    if name == "type" and path == "docs":
        return ["bash", "man", "markdown"], NO_FILES
    if name in ("color", "colour"):
        return ["never", "auto", "always"], NO_FILES
    if name == "namespace":
        return _namespaces(ctx)
    if name == "kube-context":
        return _contexts(ctx)
    if name == "version" and path in _CHART_AT:
        position = _CHART_AT[path]
        if _generates(flags):
            position -= 1
        return (_versions(ctx, given[position]) if len(given) == position + 1 else []), NO_FILES
    if name == "revision":
        return (_revisions(ctx, given[0], word) if len(given) == 1 else []), NO_FILES
    return [], DEFAULT


# where the chart stands among the arguments, for the commands that have --version
_CHART_AT = {
    **dict.fromkeys(("install", "template", "upgrade"), 1),
    **dict.fromkeys(("pull", "show all", "show chart", "show crds", "show readme", "show values"), 0),
}


def _generates(flags: Flags) -> bool:
    return "generate-name" in flags and bool(flags["generate-name"])


def _versions(ctx: Context, chart_ref: str) -> list[str]:
    """Return the versions of a chart of a configured repository, with what the cached index says about them."""
    from steersman.cli.fetching import places

    repo, slash, chart = chart_ref.partition("/")
    if not slash or "/" in chart:
        return []
    try:
        index = places(ctx).cached_index(repo)
    except SteerError:
        return []
    out: list[str] = []
    for one in index.entries.get(chart, ()):
        app = f"App: {one.metadata.app_version}, " if one.metadata.app_version else ""
        deprecated = "(deprecated)" if one.metadata.deprecated else ""
        out.append(f"{one.metadata.version}\t{app}Created: {_long_date(one.created)} {deprecated}".rstrip())
    return out


def _long_date(text: str) -> str:
    """Return the day of a timestamp as ``January 2, 2006``."""
    from steersman.gotime import RFC3339, format_moment, parse_moment

    try:
        return format_moment(parse_moment(RFC3339, text), "January 2, 2006")
    except ValueError:
        return "January 1, 0001"


def _chart_of(release: Release) -> str:
    about = release.chart_metadata
    return f"{about.get('name', '')}-{about.get('version', '')}"


def _revisions(ctx: Context, name: str, word: str) -> list[str]:
    """Return a release's revisions with chart and app version."""
    from steersman.cli.cluster import make_configuration

    try:
        history = make_configuration(ctx).store.history(name)
    except SteerError:
        return []
    out: list[str] = []
    for one in history:
        if str(one.revision).startswith(word):
            app = one.chart_metadata.get("appVersion", "")
            out.append(f"{one.revision}\tApp: {app}, Chart: {_chart_of(one)}")
    return out


def _namespaces(ctx: Context) -> Candidates:
    from steersman.cli.cluster import make_configuration

    try:
        from steersman.kube.objects import NAMESPACES

        found = make_configuration(ctx).client.list(NAMESPACES)["items"]
    except SteerError:
        return [], DEFAULT
    return [o["metadata"]["name"] for o in found], NO_FILES


def _contexts(ctx: Context) -> Candidates:
    from steersman.yamlio import YamlError, load

    settings = ctx.settings
    path = settings.kubeconfig or os.path.join(settings.home, ".kube", "config")
    names: list[str] = []
    for one in path.split(":"):
        try:
            with open(one, "rb") as file:
                tree = load(file.read()) or {}
        except (OSError, YamlError):
            continue
        for entry in tree.get("contexts") or ():
            names.append(f"{entry.get('name')}\t{(entry.get('context') or {}).get('cluster', '')}")
    return names, NO_FILES


def _flag_names(flags: Flags, path: str, program: str, word: str) -> list[str]:
    name = path.rpartition(" ")[2] or program
    rows = [(r[0], r[1], r[3], r[2]) for r in flags.rows() if not r[6]]
    rows.append(("help", "h", f"help for {name}", "bool"))
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


def subcommands(ctx: Context, path: str, word: str) -> list[str]:
    from steersman.cli.help import children

    names = [c for c in children(path) if ctx.program != "helm" or f"{path} {c}".strip() not in OWN_COMMANDS]
    rows = [(c, COMMANDS[f"{path} {c}".strip()][0]) for c in names]
    if not path:
        from steersman.cli.plugins import summaries

        rows.append(("help", "Help about any command"))
        rows += summaries(ctx.plugins)
    return [f"{name}\t{summary}" for name, summary in sorted(rows) if name.startswith(word)]


# arguments


def _nothing(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return [_NO_MORE], NO_FILES


def _no_files(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return [], NO_FILES


def _one_path(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return ([], DEFAULT) if not given else ([_NO_MORE], NO_FILES)


def _variables(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    from steersman.cli.commands.env import variables

    return (sorted(variables(ctx)), NO_FILES) if not given else ([_NO_MORE], NO_FILES)


def _repos(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    from steersman.repo.config import load

    try:
        entries = load(ctx.settings.repository_config)
    except SteerError:
        entries = []
    return [f"{e.name}\t{e.url}" for e in entries if e.name not in given], NO_FILES


def _plugins(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    from steersman.plugin.load import find
    from steersman.plugin.model import CLI

    try:
        found = find(ctx.settings.plugins, ctx.log, kind=CLI)
    except SteerError:
        return [], NO_FILES
    return [f"{p.name}\t{p.short_help}" for p in found if p.name not in given], NO_FILES


def _releases(ctx: Context, flags: Flags, given: list[str], word: str) -> list[str]:
    from steersman.cli.cluster import make_configuration

    try:
        found = {r.name: r for r in sorted(make_configuration(ctx).store.all(), key=lambda r: r.revision)}
    except SteerError:
        return []
    return [
        f"{name}\t{_chart_of(one)} -> {one.status}"
        for name, one in sorted(found.items())
        if name.startswith(word) and name not in given
    ]


def _one_release(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return (_releases(ctx, flags, given, word), NO_FILES) if not given else ([_NO_MORE], NO_FILES)


def _release_then_revision(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    if len(given) == 1:
        return _revisions(ctx, given[0], word), NO_FILES
    return _one_release(ctx, flags, given, word)


def _many_releases(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return _releases(ctx, flags, given, word), NO_FILES


def _chart_at(position: int) -> Callable[[Context, Flags, list[str], str], Candidates]:
    def kind(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
        wanted = 0 if _generates(flags) else position
        return _charts(ctx, word, files=True) if len(given) == wanted else ([], NO_FILES)

    return kind


def _release_then_chart(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    if not given:
        return _releases(ctx, flags, given, word), NO_FILES
    return _charts(ctx, word, files=True) if len(given) == 1 else ([_NO_MORE], NO_FILES)


def _shown_chart(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return _charts(ctx, word, files=True) if not given else ([_NO_MORE], NO_FILES)


def _pulled_chart(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return _charts(ctx, word, files=False) if not given else ([], NO_FILES)


def _pushed_chart(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    if not given:
        return ["tgz"], 8
    return (["oci://"], NO_SPACE) if len(given) == 1 else ([_NO_MORE], NO_FILES)


def _charts(ctx: Context, word: str, *, files: bool) -> Candidates:
    """Return charts of repositories, prefixes of URLs, and paths."""
    found: list[str] = []
    no_space = no_files = False
    for entry in _repos(ctx, Flags((), {}), [], "")[0]:
        name, _, about = entry.partition("\t")
        if word.startswith(f"{name}/"):
            found += _charts_of(ctx, name)
            no_space = False
            break
        if name.startswith(word):
            found.append(f"{name}/\t{about}")
            no_space = True
    for scheme in _SCHEMES:
        if word.startswith(scheme):
            no_files = no_space = True
        elif scheme.startswith(word):
            found.append(scheme)
            no_space = True
    if files and found and word:
        found += [n for n in sorted(os.listdir(".")) if n.startswith(word)]
    if files and not word:
        found += ["./\tRelative path prefix to local chart", "/\tAbsolute path prefix to local chart"]
    return found, (NO_FILES if no_files or not files else 0) | (NO_SPACE if no_space else 0)


def _charts_of(ctx: Context, repo: str) -> list[str]:
    path = os.path.join(ctx.settings.repository_cache, f"{repo}-charts.txt")
    try:
        with open(path, encoding="utf-8") as file:
            return [f"{repo}/{line}" for line in file.read().splitlines()]
    except OSError:
        pass
    from steersman.cli.fetching import places

    try:
        index = places(ctx).cached_index(repo)
    except SteerError:
        return []
    return [f"{repo}/{name}" for name in sorted(index.entries)]


_ARGUMENTS: dict[str, Callable[[Context, Flags, list[str], str], Candidates]] = {
    "create": _one_path,
    "env": _variables,
    **dict.fromkeys(("get all", "get hooks", "get manifest", "get metadata", "get notes", "get values"), _one_release),
    **dict.fromkeys(("history", "status", "test"), _one_release),
    "rollback": _release_then_revision,
    "uninstall": _many_releases,
    "install": _chart_at(1),
    "template": _chart_at(1),
    "upgrade": _release_then_chart,
    "list": _nothing,
    "version": _nothing,
    "plugin install": _one_path,
    "plugin package": _one_path,
    "plugin verify": _one_path,
    "plugin list": _nothing,
    "plugin uninstall": _plugins,
    "plugin update": _plugins,
    "pull": _pulled_chart,
    **dict.fromkeys(("show all", "show chart", "show crds", "show readme", "show values"), _shown_chart),
    "push": _pushed_chart,
    "registry login": _no_files,
    "registry logout": _no_files,
    "repo add": lambda ctx, flags, given, word: ([], NO_FILES) if len(given) < 2 else ([_NO_MORE], NO_FILES),
    "repo index": _one_path,
    "repo list": _nothing,
    "repo remove": _repos,
    "repo update": _repos,
    "verify": _one_path,
    **dict.fromkeys(("completion bash", "completion fish", "completion powershell", "completion zsh"), _no_files),
}
