"""Chart + values + facts → what a release is made of: objects, hooks and notes.

The one way from a chart to text: ``template``, ``install``, ``upgrade``, ``lint``, every dry run and the library
come through here. The side effects of a render are passed in as a ``World``: a clock, randomness, what
the cluster can do and holds, schemas from elsewhere. Answers to ``renderResources`` of Helm's ``pkg/action`` and to
what comes before it.
"""

from __future__ import annotations

from steersman import errors
from steersman.chart import errors as chart_errors
from steersman.chart.dependencies import compatible, process
from steersman.engine import render as engine
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts
from steersman.engine.impure import Impure
from steersman.manifest.hooks import Manifest, sort_manifests
from steersman.record import Record, factory, replace
from steersman.release.hook import Hook
from steersman.runtime.deep import deeply
from steersman.runtime.log import ErrorFollows
from steersman.values.coalesce import coalesce_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol

    from steersman.chart.model import Chart
    from steersman.engine.seeded import Seed
    from steersman.engine.trace import Trace
    from steersman.manifest.heads import HeadMemory, HeadStore
    from steersman.values.schema_access import SchemaAccess

    class Observer(Protocol):
        """Sees a render go by, to say what in it has no effect or an odd one."""

        def sees_values(self, source: Source, values: dict[str, Any]) -> None:
            """Look at a chart and the values that its templates are about to see."""

        def sees_objects(self, rendered: Rendered, namespace: str) -> None:
            """Look at what the chart has rendered to in a release's ``namespace``."""

        def sees_refused_global(self, charts: Sequence[str]) -> None:
            """Look at the subcharts whose closed schemas refuse ``global``."""

    class Recorder(Protocol):
        """Keeps what a render sees and what comes of it."""

        def watch(
            self, source: Source, facts: Facts, world: World, options: RenderOptions, labels: dict[str, str]
        ) -> tuple[World, RenderOptions]:
            """Return the world and the options that the render is to be done with."""

        def finished(self, rendered: Rendered) -> None:
            """Keep a render that succeeded; may raise."""

        def failed(self, error: errors.SteerError) -> None:
            """Keep a render that failed."""


NOTES = "NOTES.txt"


class Source(Record):
    """A chart and the user's values.

    Attributes:
        loaded: the chart as it was loaded.
        chart: the chart that takes part: dependencies processed, aliases as names.
        values: the user's values.
    """

    loaded: Chart
    chart: Chart
    values: dict[str, Any]


class World(Record):
    """Side effects that a render may use, and its callbacks.

    Attributes:
        impure: clock, randomness, look-ups, log.
        capabilities: returns what the cluster can do; asked once the chart is known to be whole.
        compiled: keeps compiled templates; with the same one, a chart is compiled once.
        schemas: how schemas are checked and fetched; None leaves them out.
        observer: sees the render go by.
        heads: what earlier renders have read of manifests.
    """

    impure: Impure
    capabilities: Callable[[], Capabilities] = lambda: DEFAULT_CAPABILITIES
    compiled: Compiled = factory(default_factory=Compiled)
    schemas: SchemaAccess | None = None
    observer: Observer | None = None
    heads: HeadStore | HeadMemory | None = None


class Broken(Record):
    """A render that failed.

    Attributes:
        error: the reason.
        source: chart and user's values.
        values: the values that the templates saw, or would have seen.
        render: renders again with a recording, as far as it gets.
        files: the texts of the templates, where all of them ran.
    """

    error: errors.SteerError
    source: Source
    values: dict[str, Any]
    render: Callable[[Trace], None]
    files: dict[str, str] | None = None


class RenderOptions(Record):
    """Options of rendering from the flags.

    ``seed`` fixes randomness, keys and the clock; ``recorder`` keeps what the render sees. ``inspect`` gets the result,
    with its trace, before anything is done with it, and may raise. ``diagnose`` gets a render that failed and returns
    what is to be said of it besides Helm's words. With ``lint``, ``required`` and ``fail`` only log.
    """

    skip_schema_validation: bool = False
    sub_notes: bool = False
    include_crds: bool = False
    hide_secret: bool = False
    enable_dns: bool = False
    post_render: Callable[[str], str] | None = None
    seed: Seed | None = None
    recorder: Recorder | None = None
    inspect: Callable[[Rendered], None] | None = None
    diagnose: Callable[[Broken], str] | None = None
    lint: bool = False


class Rendered(Record):
    """The result of rendering a chart.

    Attributes:
        hooks: the objects that run at an event, in order.
        manifests: all others, in order.
        manifest: the release's text: every object under its ``# Source:`` line.
        notes: what the chart says to people.
        dropped: the objects whose hook is not known.
        source: chart and user's values.
        values: the values that the templates saw.
        files: the text of each template by its path, notes left out.
        trace: the recording, where one was asked for.
    """

    hooks: tuple[Hook, ...]
    manifests: tuple[Manifest, ...]
    manifest: str
    notes: str
    dropped: tuple[Manifest, ...]
    source: Source
    values: dict[str, Any]
    files: dict[str, str]
    trace: Trace | None = None

    def text(self) -> str:
        """Return objects and hooks as ``template`` prints them."""
        hooks = "".join(f"---\n# Source: {hook.path}\n{hook.manifest}\n" for hook in self.hooks)
        return f"{self.manifest.strip()}\n{hooks}"


def take_part(chart: Chart, values: dict[str, Any], log: Callable[..., None]) -> Source:
    """Work out which subcharts take part, with Helm's prefix on errors, which are also logged.

    Raises:
        ChartError: when conditions, tags or imports cannot be worked out.
    """
    try:
        return Source(chart, deeply(lambda: process(chart, values, log)), values)
    except errors.SteerError as error:
        log(ErrorFollows("ERROR"), "chart dependencies processing failed", error=str(error))
        raise errors.ChartError(f"chart dependencies processing failed: {error}") from error


def render(
    source: Source, facts: Facts, world: World, options: RenderOptions, *, labels: dict[str, str] | None = None
) -> Rendered:
    """Render a chart.

    Args:
        source: chart and values.
        facts: the release: name, namespace, revision.
        world: what may be asked.
        options: the flags about rendering.
        labels: the user's labels of the release, which are checked before a template runs.

    Raises:
        ValuesError: when the values do not fit the chart or its schemas, with Helm's message.
        ClusterError: when a cluster that is asked does not answer.
        UsageError: when a label has a name that the storage keeps for itself.
        RenderFailed: when the templates or what they make are at fault, with Helm's message.
        SteerError: what ``options.inspect`` raises.
    """
    if options.seed is not None:
        from steersman.engine.seeded import seeded

        world = replace(world, impure=seeded(world.impure, options.seed, facts))
    recorder = options.recorder
    if recorder is None:
        rendered = _render(source, facts, world, options, labels)
    else:
        world, options = recorder.watch(source, facts, world, options, labels or {})
        try:
            rendered = _render(source, facts, world, options, labels)
        except errors.SteerError as error:
            recorder.failed(error)
            raise
        recorder.finished(rendered)
    if world.observer is not None:
        world.observer.sees_objects(rendered, facts.namespace)
    if options.inspect is not None:
        options.inspect(rendered)
    return rendered


def _render(
    source: Source, facts: Facts, world: World, options: RenderOptions, labels: dict[str, str] | None
) -> Rendered:
    capabilities = world.capabilities()
    values = merged_values(source, world, options)
    if labels:
        check_labels(labels)
    _check_kube_version(source.chart, capabilities)
    trace = None
    if options.inspect is not None:
        from steersman.engine.trace import Trace

        trace = Trace()

    def run(trace: Trace | None) -> dict[str, str]:
        dns, lint = options.enable_dns, options.lint
        return texts(source.chart, values, facts, capabilities, world, dns=dns, lint=lint, trace=trace)

    def detail(error: errors.SteerError, files: dict[str, str] | None = None) -> str:
        if options.diagnose is None:
            return ""

        def again(trace: Trace) -> None:
            try:
                run(trace)
            except errors.SteerError:
                return  # the same error as before

        return options.diagnose(Broken(error, source, values, again, files))

    try:
        files = run(trace)
    except errors.SteerError as error:
        raise errors.RenderFailed(error, detail=detail(error)) from error
    notes = _take_notes(source.chart, files, sub_notes=options.sub_notes)
    if options.post_render is not None:
        from steersman.manifest.postrender import post_render

        try:
            files = post_render(files, options.post_render)
        except errors.SteerError as error:
            raise errors.RenderFailed(error) from error
    dropped: list[Manifest] = []
    try:
        hooks, manifests = deeply(lambda: sort_manifests(files, world.impure.log, dropped=dropped, heads=world.heads))
    except errors.SteerError as error:
        raise errors.RenderFailed(error, _all_text(files), detail(error, files)) from error
    text = _join(source.chart, manifests, options)
    return Rendered(tuple(hooks), tuple(manifests), text, notes, tuple(dropped), source, values, files, trace)


def merged_values(source: Source, world: World, options: RenderOptions) -> dict[str, Any]:
    """Return the values that the templates see, checked against the schemas.

    Raises:
        ValuesError: when they do not fit the chart, or a schema refuses them.
    """
    chart, schemas = source.chart, world.schemas
    values = deeply(lambda: coalesce_values(chart, source.values))
    if schemas is not None and not options.skip_schema_validation:
        if any(one.schema is not None for one in chart.walk()):
            if schemas.cache is None:
                _check_schemas(source, values, world, options, schemas)
            else:
                from steersman.values.accepted import check_once

                def check() -> None:
                    _check_schemas(source, values, world, options, schemas)

                check_once(schemas.cache, chart, values, schemas, check)
        elif schemas.debug is not None:
            for one in chart.walk():
                schemas.debug("number of dependencies in the chart", chart=one.name, dependencies=len(one.dependencies))
    if world.observer is not None:
        world.observer.sees_values(source, values)
    return values


def _check_schemas(
    source: Source, values: dict[str, Any], world: World, options: RenderOptions, schemas: SchemaAccess
) -> None:
    from steersman.values.errors import SchemaViolation
    from steersman.values.schema import check

    try:
        check(source.chart, values, schemas)
    except SchemaViolation as error:
        if options.diagnose is not None:
            error.detail = options.diagnose(Broken(error, source, values, lambda _trace: None))
        if world.observer is not None and error.refuse_global:
            world.observer.sees_refused_global(error.refuse_global)
        raise


def check_labels(labels: dict[str, str]) -> None:
    """Raise where a user's label has the name of one that the storage keeps for itself.

    Raises:
        UsageError: with Helm's message.
    """
    from steersman.release.model import SYSTEM_LABELS, has_system_labels

    if has_system_labels(labels):
        shown = " ".join(SYSTEM_LABELS)
        raise errors.UsageError(f"user supplied labels contains system reserved label name. System labels: [{shown}]")


def crd_files(chart: Chart) -> list[tuple[str, bytes]]:
    """Return the files below ``crds/`` of the chart and its subcharts, under their full names."""
    found = [
        (f"{chart.full_path}/{f.name}", f.data)
        for f in chart.files
        if f.name.startswith("crds/") and f.name.lower().endswith((".yaml", ".yml", ".json"))
    ]
    for child in chart.dependencies:
        found += crd_files(child)
    return found


def texts(
    chart: Chart,
    values: dict[str, Any],
    facts: Facts,
    capabilities: Capabilities,
    world: World,
    *,
    dns: bool = False,
    lint: bool = False,
    trace: Trace | None = None,
) -> dict[str, str]:
    """Return each template's text by its path.

    Args:
        chart: the chart that takes part.
        values: what the templates see.
        facts: the release.
        capabilities: what the cluster can do.
        world: what may be asked.
        dns: whether templates may look names up.
        lint: whether ``required`` and ``fail`` only log.
        trace: receives what the templates read and write.

    Raises:
        RenderError: with Helm's message.
    """
    impure = replace(world.impure, dns=True) if dns else world.impure
    return deeply(
        lambda: engine.render(
            chart, values, facts, capabilities, impure, compiled=world.compiled, lint=lint, trace=trace
        )
    )


def _check_kube_version(chart: Chart, capabilities: Capabilities) -> None:
    wanted, kube = chart.metadata.kube_version, capabilities.kube_version
    if wanted and not compatible(wanted, kube.normalized):
        error = chart_errors.IncompatibleKube(
            f"chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {kube.version}"
        )
        raise errors.RenderFailed(error) from error


def _take_notes(chart: Chart, files: dict[str, str], *, sub_notes: bool) -> str:
    """Remove every NOTES.txt from ``files`` and return the notes to show."""
    own = f"{chart.name}/templates/{NOTES}"
    notes: list[str] = []
    for path in [p for p in files if p.endswith(NOTES)]:
        text = files.pop(path)
        if sub_notes or path == own:
            notes.append(text)
    return "\n".join(notes)


def _all_text(files: dict[str, str]) -> str:
    return "".join(f"---\n# Source: {path}\n{text}\n" for path, text in files.items() if text.strip())


def _join(chart: Chart, manifests: list[Manifest], options: RenderOptions) -> str:
    out: list[str] = []
    if options.include_crds:
        for path, data in crd_files(chart):
            out.append(f"---\n# Source: {path}\n{data.decode('utf-8', 'surrogateescape')}\n")
    for manifest in manifests:
        if options.hide_secret and manifest.head.kind == "Secret" and manifest.head.api_version == "v1":
            out.append(f"---\n# Source: {manifest.path}\n# HIDDEN: The Secret output has been suppressed\n")
        else:
            out.append(f"---\n# Source: {manifest.path}\n{manifest.text}\n")
    return "".join(out)
