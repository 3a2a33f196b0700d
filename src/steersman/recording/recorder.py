"""Watches a render and makes a recording of it."""

from __future__ import annotations

from steersman.errors import SteerError
from steersman.record import Record, replace
from steersman.recording.document import ChartPart, Outcome, Recording, Shown, chart_digest
from steersman.recording.facts import FactSet, recorded, recorded_fetch, recorded_post_render
from steersman.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.chart.model import Chart
    from steersman.engine.context import Facts
    from steersman.rendering import Rendered, RenderOptions, Source, World


class About(Record):
    """The origin of a recording.

    Attributes:
        command: that renders.
        origin: how the chart was named.
        shown: what is printed.
        with_chart: keep the chart's files.
    """

    command: str
    origin: str
    shown: Shown = Shown()
    with_chart: bool = True


class Recorder:
    """Records one render and hands the recording on when the render ends, be it with an error.

    Args:
        about: the origin of the recording.
        keep: gets the recording; what it raises ends a render that would have succeeded.
    """

    def __init__(self, about: About, keep: Callable[[Recording], None]) -> None:
        self._about = about
        self._keep = keep
        self._recording: Recording | None = None
        self._log: Callable[..., None] = _silent

    def watch(
        self, source: Source, facts: Facts, world: World, options: RenderOptions, labels: dict[str, str]
    ) -> tuple[World, RenderOptions]:
        """Return the world and the options that the render is to be done with.

        Raises:
            ClusterError: when a cluster does not say what it can do.
        """
        from steersman.values.coalesce import copy_tree

        self._log = world.impure.log
        capabilities = world.capabilities()
        met = FactSet(world.impure.now_ns(), world.impure.lookup is not None)
        self._recording = Recording(
            program=__version__,
            command=self._about.command,
            chart=_part(source.loaded, self._about),
            release=facts,
            labels=dict(labels),
            values=copy_tree(source.values),
            options={
                "skipSchemaValidation": options.skip_schema_validation or world.schemas is None,
                "schemaIgnoreGlobal": world.schemas is not None and world.schemas.ignore_global,
                "renderSubchartNotes": options.sub_notes,
                "includeCRDs": options.include_crds,
                "hideSecret": options.hide_secret,
                "enableDNS": options.enable_dns,
            },
            shown=self._about.shown,
            capabilities=capabilities,
            facts=met,
        )
        schemas = world.schemas
        if schemas is not None and schemas.fetch is not None:
            # with the schemas of earlier renders nothing would be fetched, and nothing kept
            schemas = replace(schemas, fetch=recorded_fetch(schemas.fetch, met), known={})
        if options.post_render is not None:
            options = replace(options, post_render=recorded_post_render(options.post_render, met))
        impure = recorded(world.impure, met)
        return replace(world, impure=impure, capabilities=lambda: capabilities, schemas=schemas), options

    def finished(self, rendered: Rendered) -> None:
        """Hand the recording of a render that succeeded on."""
        self._hand_on(outcome_of(rendered))

    def failed(self, error: SteerError) -> None:
        """Hand the recording of a render that failed on; a recording that cannot be kept is a warning then."""
        try:
            self._hand_on(Outcome(error=str(error)))
        except SteerError as problem:
            self._log("WARN", str(problem))

    def _hand_on(self, outcome: Outcome) -> None:
        if self._recording is not None:
            self._recording.facts.settle()
            self._keep(replace(self._recording, outcome=outcome))


def _silent(*_words: object, **_fields: object) -> None: ...


def outcome_of(rendered: Rendered) -> Outcome:
    """Return the digests of a render."""
    return Outcome(_digest(rendered.text()), _digest(rendered.notes))


def _digest(text: str) -> str:
    from hashlib import sha256

    return f"sha256:{sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"


def _part(chart: Chart, about: About) -> ChartPart:
    from steersman.recording.writing import tree_text
    from steersman.values.files import load_values

    # upgrade --reuse-values renders with other defaults than those of values.yaml
    own = next((load_values(file.data) for file in chart.raw if file.name == "values.yaml"), {})
    has_own = tree_text(own) == tree_text(chart.values)
    return ChartPart(
        name=chart.name,
        version=chart.metadata.version,
        digest=chart_digest(chart.raw),
        origin=about.origin,
        files=chart.raw if about.with_chart else None,
        defaults=None if has_own else chart.values,
    )
