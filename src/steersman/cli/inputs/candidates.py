"""Candidates for arguments and values of flags, for completion: releases, charts, namespaces, paths."""

from __future__ import annotations

import os

from steersman import errors
from steersman.cli.cobra.complete import ACTIVE_HELP, DEFAULT, ERROR, NO_FILES, NO_SPACE
from steersman.cli.cobra.flags import Flags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.cobra.complete import Candidates
    from steersman.cli.context import Context
    from steersman.release.model import Release


_FORMATS = [
    "json\tJSON, on one line",
    "table\taligned columns",
    "yaml\tYAML",
]
_NO_MORE = f"{ACTIVE_HELP}This command does not take any more arguments (but may accept flags)."
_SCHEMES = (
    "oci://\ta chart in an OCI registry",
    "https://\ta chart on a web server",
    "http://\ta chart on a web server, without TLS",
    "file://\ta chart on this machine",
)
# where the chart stands among the arguments, for the commands that have --version
_CHART_AT = {
    **dict.fromkeys(("install", "template", "upgrade"), 1),
    **dict.fromkeys(("pull", "show all", "show chart", "show crds", "show readme", "show values"), 0),
}


def flag_values(ctx: Context, path: str, flags: Flags, name: str, given: list[str], word: str) -> Candidates:
    """Return the candidates for the value of the flag ``name``."""
    if name == "output" and path in ("annotate", "check"):
        return ["json", "sarif", "text", "yaml"], NO_FILES
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
        return _revisions(ctx, given[0]) if len(given) == 1 else ([], NO_FILES)
    return [], DEFAULT


def _generates(flags: Flags) -> bool:
    return "generate-name" in flags and bool(flags["generate-name"])


def _versions(ctx: Context, chart_ref: str) -> list[str]:
    """Return the versions of a chart of a configured repository, with what the cached index says about them."""
    from steersman.cli.inputs.fetching import places

    repo, slash, chart = chart_ref.partition("/")
    if not slash or "/" in chart:
        return []
    try:
        index = places(ctx).cached_index(repo)
    except errors.SteerError:
        return []
    out: list[str] = []
    for one in index.entries.get(chart, ()):
        app = f"App: {one.metadata.app_version}, " if one.metadata.app_version else ""
        deprecated = "(deprecated)" if one.metadata.deprecated else ""
        out.append(f"{one.metadata.version}\t{app}Created: {_long_date(one.created)} {deprecated}".rstrip())
    return out


def _long_date(text: str) -> str:
    """Return the day of a timestamp as ``January 2, 2006``."""
    from steersman.go.time.layout import RFC3339, format_moment
    from steersman.go.time.read import parse_moment

    try:
        return format_moment(parse_moment(RFC3339, text), "January 2, 2006")
    except ValueError:
        return "January 1, 0001"


def _chart_of(release: Release) -> str:
    about = release.chart_metadata
    return f"{about.get('name', '')}-{about.get('version', '')}"


def _revisions(ctx: Context, name: str) -> Candidates:
    """Return a release's revisions with chart and app version.

    helm: all of them, whatever has been typed; the shell chooses (test_completion_where_nothing_matches)
    """
    from steersman.cli.inputs.cluster import make_configuration

    try:
        history = make_configuration(ctx).store.history(name)
    except errors.SteerError:
        return [], ERROR
    out: list[str] = []
    for one in history:
        app = one.chart_metadata.get("appVersion", "")
        out.append(f"{one.revision}\tApp: {app}, Chart: {_chart_of(one)}")
    return out, NO_FILES


def _namespaces(ctx: Context) -> Candidates:
    from steersman.cli.inputs.cluster import make_configuration

    try:
        from steersman.kube.objects import NAMESPACES

        found = make_configuration(ctx).client.list(NAMESPACES)["items"]
    except errors.SteerError:
        return [], DEFAULT
    return [o["metadata"]["name"] for o in found], NO_FILES


def _contexts(ctx: Context) -> Candidates:
    from steersman.yamlio import load
    from steersman.yamlio.errors import YamlError

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


def _nothing(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return [_NO_MORE], NO_FILES


def _no_files(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return [], NO_FILES


def _one_path(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return ([], DEFAULT) if not given else ([_NO_MORE], NO_FILES)


def _variables(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    from steersman.cli.variables import variables

    return (sorted(variables(ctx)), NO_FILES) if not given else ([_NO_MORE], NO_FILES)


def _repos(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    from steersman.repo.config import load

    try:
        entries = load(ctx.settings.repository_config)
    except errors.SteerError:
        entries = []
    return [f"{e.name}\t{e.url}" for e in entries if e.name not in given], NO_FILES


def _plugins(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    from steersman.plugin.load import find
    from steersman.plugin.model import CLI

    try:
        found = find(ctx.settings.plugins, ctx.log, kind=CLI)
    except errors.SteerError:
        return [], NO_FILES
    return [f"{p.name}\t{p.short_help}" for p in found if p.name not in given], NO_FILES


def _releases(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    """Return all releases but those given.

    helm: all of them, whatever has been typed; the shell chooses (test_completion_where_nothing_matches)
    """
    from steersman.cli.inputs.cluster import make_configuration

    try:
        found = {r.name: r for r in sorted(make_configuration(ctx).store.all(), key=lambda r: r.revision)}
    except errors.SteerError:
        return [], DEFAULT
    names = [name for name in sorted(found) if name not in given]
    return [f"{name}\t{_chart_of(found[name])} -> {found[name].status}" for name in names], NO_FILES


def _one_release(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return _releases(ctx, flags, given, word) if not given else ([_NO_MORE], NO_FILES)


def _release_then_revision(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    if len(given) == 1:
        return _revisions(ctx, given[0])
    return _one_release(ctx, flags, given, word)


def _chart_at(position: int) -> Callable[[Context, Flags, list[str], str], Candidates]:
    def kind(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
        wanted = 0 if _generates(flags) else position
        return _charts(ctx, word, files=True) if len(given) == wanted else ([], NO_FILES)

    return kind


def _release_then_chart(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    if not given:
        return _releases(ctx, flags, given, word)
    return _charts(ctx, word, files=True) if len(given) == 1 else ([_NO_MORE], NO_FILES)


def _shown_chart(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return _charts(ctx, word, files=True) if not given else ([_NO_MORE], NO_FILES)


def _pulled_chart(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    return _charts(ctx, word, files=False) if not given else ([], NO_FILES)


def _pushed_chart(ctx: Context, flags: Flags, given: list[str], word: str) -> Candidates:
    if not given:
        return [], DEFAULT
    return (["oci://"], NO_SPACE | NO_FILES) if len(given) == 1 else ([_NO_MORE], NO_FILES)


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
        found += ["./\ta folder or archive below this folder", "/\ta folder or archive by its full path"]
    return found, (NO_FILES if no_files or not files else 0) | (NO_SPACE if no_space else 0)


def _charts_of(ctx: Context, repo: str) -> list[str]:
    path = os.path.join(ctx.settings.repository_cache, f"{repo}-charts.txt")
    try:
        with open(path, encoding="utf-8") as file:
            return [f"{repo}/{line}" for line in file.read().splitlines()]
    except OSError:
        pass
    from steersman.cli.inputs.fetching import places

    try:
        index = places(ctx).cached_index(repo)
    except errors.SteerError:
        return []
    return [f"{repo}/{name}" for name in sorted(index.entries)]


ARGUMENTS: dict[str, Callable[[Context, Flags, list[str], str], Candidates]] = {
    "create": _one_path,
    "env": _variables,
    **dict.fromkeys(("get all", "get hooks", "get manifest", "get metadata", "get notes", "get values"), _one_release),
    **dict.fromkeys(("history", "status", "test"), _one_release),
    "rollback": _release_then_revision,
    "uninstall": _releases,
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
    **dict.fromkeys(("completion bash", "completion fish", "completion powershell", "completion zsh"), _nothing),
    "docs": _nothing,
}
