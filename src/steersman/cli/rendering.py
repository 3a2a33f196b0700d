"""``template`` in steps: flags to options, the render, and the ways to show it."""

from __future__ import annotations

from steersman.action.chart_source import check_dependencies, check_installable, name_and_chart
from steersman.action.render import Rendered, RenderFailed, RenderOptions, processed, render_release, render_values
from steersman.chart.match import BadPattern, match
from steersman.cli.chart_input import ChartInput, compiled_templates
from steersman.cli.memory import BoundedMemory
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, parse_kube_version
from steersman.engine.context import Facts
from steersman.engine.render import Impure
from steersman.errors import ReleaseError, SteerError, UsageError
from steersman.manifest.split import split_manifests
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.chart.model import Chart
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


class Shown(Record):
    """What ``template`` has to print: the render, or the error with the text there is to show for it."""

    name: str
    rendered: Rendered | None = None
    text: str = ""
    error: SteerError | None = None


def dry_run_of(ctx: Context, flags: Flags, *, template: bool) -> str:
    """Return ``none``, ``client`` or ``server`` for ``--dry-run``, with Helm's warnings for its old forms.

    Raises:
        UsageError: with Helm's message.
    """
    value = flags["dry-run"]
    if value == "unset":
        ctx.warn("--dry-run is deprecated and should be replaced with '--dry-run=client'")
        return "client"
    if value in ("client", "server"):
        return str(value)
    choices = 'Must be "server" or "client"' if template else 'Must be "none", "server", or "client"'
    if value == "none":
        if template:
            raise UsageError(f'invalid dry-run value ("none"). {choices}')
        return "none"
    from steersman.goquote import quote
    from steersman.settings import parse_bool

    try:
        on = parse_bool(value)
    except ValueError:
        raise UsageError(f'invalid dry-run value ({quote(value)}). Must be "none", "server", or "client"') from None
    if template and not on:
        raise UsageError(f"invalid dry-run value ({quote(value)}). {choices}")
    result = "client" if on else "none"
    ctx.warn(f"boolean '--dry-run={value}' flag is deprecated and must be replaced with '--dry-run={result}'")
    return result


def impure(ctx: Context, *, dns: bool) -> Impure:
    """Return the clock, randomness and log of this process for a render."""
    import os
    import time

    return Impure(log=ctx.log, now_ns=time.time_ns, random_bytes=os.urandom, dns=dns)


def _capabilities(flags: Flags) -> Capabilities:
    kube = DEFAULT_CAPABILITIES.kube_version
    if flags["kube-version"]:
        try:
            kube = parse_kube_version(flags["kube-version"])
        except SteerError as error:
            raise UsageError(f"invalid kube version '{flags['kube-version']}': {error}") from error
    return Capabilities(kube, (*DEFAULT_CAPABILITIES.api_versions, *flags["api-versions"]))


def local_render(ctx: Context, flags: Flags, args: list[str]) -> Shown:
    """Do what ``template`` does, up to printing.

    Raises:
        SteerError: for everything that goes wrong before there is a release to speak of.
    """
    capabilities = _capabilities(flags)
    dry_run = dry_run_of(ctx, flags, template=True)
    if flags["validate"] or dry_run == "server":
        from steersman.cli.server_render import server_render

        return server_render(ctx, flags, args)
    name, chart_ref = name_and_chart(
        args,
        generate_name=flags["generate-name"],
        name_template=flags["name-template"],
        default_name="release-name",
        now=ctx.now,
    )
    source = ChartInput(ctx, flags)
    ctx.debug("Original chart version", version=flags["version"])
    if not flags["version"] and flags["devel"]:
        ctx.debug("setting version to >0.0.0-0")
    path = source.locate(chart_ref)
    ctx.debug("Chart path", path=path)
    values = source.values()
    memory = BoundedMemory()
    with memory:
        chart = source.load(path)
    check_installable(chart, ctx.log)
    if chart.metadata.dependencies:
        chart = _complete(ctx, flags, source, chart, path)
    check_name(ctx, name)
    with memory:
        chart = processed(chart, values, ctx.log)
        merged = render_values(chart, values, ctx.debug, skip_schema_validation=flags["skip-schema-validation"])
    check_labels(flags["labels"])
    is_upgrade = flags["is-upgrade"]
    facts = Facts(name, ctx.namespace(), 1, not is_upgrade, is_upgrade)
    with memory:
        return _render(ctx, flags, chart, merged, facts, capabilities, memory)


def _render(
    ctx: Context,
    flags: Flags,
    chart: Chart,
    values: dict[str, object],
    facts: Facts,
    capabilities: Capabilities,
    memory: BoundedMemory,
) -> Shown:
    options = RenderOptions(
        capabilities=capabilities,
        impure=impure(ctx, dns=flags["enable-dns"]),
        compiled=compiled_templates(ctx),
        include_crds=flags["include-crds"] and not flags["output-dir"],
        post_render=memory.outside(ctx.post_render) if ctx.post_render is not None else None,
        hide_secret=False,
    )
    try:
        rendered = render_release(chart, values, facts, options)
    except RenderFailed as error:
        return Shown(facts.name, text=error.text, error=error)
    if flags["output-dir"] and flags["include-crds"]:
        write_crds(ctx, flags, chart)
    return Shown(facts.name, rendered)


def check_name(ctx: Context, name: str) -> None:
    """Raise where a release cannot be called ``name``.

    Raises:
        ReleaseError: with Helm's message.
    """
    from steersman.release.names import check_release_name

    try:
        check_release_name(name)
    except SteerError as error:
        from steersman.goquote import quote

        problem = f"release name {quote(name)}: {error}"
        ctx.log("ERROR", "release name check failed", error=problem)
        raise ReleaseError(f"release name check failed: {problem}") from error


_SYSTEM_LABELS = ("name", "owner", "status", "version", "createdAt", "modifiedAt")


def check_labels(labels: dict[str, str]) -> None:
    """Raise where a user's label has the name of one of Helm's own.

    Raises:
        UsageError: with Helm's message.
    """
    if any(name in labels for name in _SYSTEM_LABELS):
        shown = " ".join(_SYSTEM_LABELS)
        raise UsageError(f"user supplied labels contains system reserved label name. System labels: [{shown}]")


def _complete(ctx: Context, flags: Flags, source: ChartInput, chart: Chart, path: str) -> Chart:
    """Return the chart with its dependencies there, fetching them with ``--dependency-update``."""
    try:
        check_dependencies(chart)
    except SteerError:
        if not flags["dependency-update"]:
            raise
        from steersman.cli.dependency import update_dependencies

        update_dependencies(ctx, flags, path)
        chart = source.load(path)
    return chart


def print_shown(ctx: Context, flags: Flags, shown: Shown) -> int:
    """Print what ``template`` made, or write it to files.

    Raises:
        SteerError: the render's error, once everything there is to see is shown.
    """
    if shown.error is not None and not ctx.settings.debug:
        raise ReleaseError(f"{shown.error}\n\nUse --debug flag to render out invalid YAML")
    text = _text(ctx, flags, shown)
    if flags["show-only"]:
        _print_selected(ctx, flags["show-only"], text, shown.error)
    else:
        ctx.out.write(text)
    if shown.error is not None:
        raise shown.error
    return 0


def _text(ctx: Context, flags: Flags, shown: Shown) -> str:
    if shown.rendered is None:
        return shown.text.strip() + "\n"
    folder = flags["output-dir"]
    files = _OutputFolder(ctx, folder, shown.name if flags["release-name"] else "") if folder else None
    if files is not None:
        for manifest in shown.rendered.manifests:
            files.write(manifest.path, manifest.text)
    out = ["" if files is not None else shown.rendered.manifest.strip(), "\n"]
    if flags["no-hooks"]:
        return "".join(out)
    for hook in shown.rendered.hooks:
        if flags["skip-tests"] and "test" in hook.events:
            continue
        if files is None:
            out.append(f"---\n# Source: {hook.path}\n{hook.manifest}\n")
        else:
            files.write(hook.path, hook.manifest)
    return "".join(out)


class _OutputFolder:
    """``--output-dir``: each template's documents in one file."""

    def __init__(self, ctx: Context, folder: str, below: str) -> None:
        from os.path import join

        self._ctx = ctx
        self._folder = join(folder, below) if below else folder
        self._written: set[str] = set()

    def write(self, path: str, text: str) -> None:
        import os

        target = f"{self._folder}/{path}"
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        with open(
            target, "a" if target in self._written else "w", encoding="utf-8", errors="surrogateescape", newline="\n"
        ) as file:
            file.write(f"---\n# Source: {path}\n{text}\n")
        self._written.add(target)
        self._ctx.out.write(f"wrote {target}\n")


def write_crds(ctx: Context, flags: Flags, chart: Chart) -> None:
    """Write the chart's CRDs below ``--output-dir``."""
    from steersman.action.render import crd_files

    files = _OutputFolder(ctx, flags["output-dir"], "")
    for path, data in crd_files(chart):
        files.write(path, data.decode("utf-8", "surrogateescape"))


def _print_selected(ctx: Context, patterns: list[str], text: str, error: SteerError | None) -> None:
    """Print the documents whose template's path (below the chart) matches a pattern.

    helm: the pattern is filepath.Match's, and a blank line follows each document (test_show_only)
    """
    documents = [(path, d) for d in split_manifests(text) if (path := _source(d))]
    selected: list[str] = []
    for pattern in patterns:
        found = [document for path, document in documents if _matches(pattern, path)]
        if not found:
            raise error or UsageError(f"could not find template {pattern} in chart")
        selected += found
    for document in selected:
        ctx.out.write(f"---\n{document}\n")


def _matches(pattern: str, path: str) -> bool:
    try:
        return match(pattern, path)
    except BadPattern:
        return False


def _source(document: str) -> str:
    """Return the path below the chart that the ``# Source:`` line of a document names, or ``""``."""
    at = document.find("# Source: ")
    while at >= 0:
        line = document[at + len("# Source: ") :].partition("\n")[0]
        chart, slash, path = line.partition("/")
        if chart and slash and path:
            return path
        at = document.find("# Source: ", at + 1)
    return ""
