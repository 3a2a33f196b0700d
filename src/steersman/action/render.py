"""A chart and values to the text of a release: manifests, hooks and notes.

Answers to ``renderResources`` and the values part of Helm's ``pkg/action``: the one way from
chart to text, for ``template``, ``install``, ``upgrade`` and every dry run.
"""

from __future__ import annotations

from steersman.chart.dependencies import compatible, process
from steersman.deep import deeply
from steersman.engine.capabilities import Capabilities
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts
from steersman.engine.render import Impure, render
from steersman.errors import ChartError, SteerError
from steersman.manifest.hooks import Hook, Manifest, sort_manifests
from steersman.record import Record, factory
from steersman.values.coalesce import coalesce_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.chart.model import Chart


NOTES = "NOTES.txt"


class Rendered(Record):
    """What a chart renders to.

    ``manifest`` is the release's text (every object under its ``# Source:`` line), ``partial`` the text to show
    with ``--debug`` when sorting failed.
    """

    hooks: tuple[Hook, ...]
    manifests: tuple[Manifest, ...]
    manifest: str
    notes: str


class RenderFailed(SteerError):
    """A chart that did not render; ``text`` is what there is to show for it with ``--debug``."""

    def __init__(self, cause: SteerError, text: str = "") -> None:
        super().__init__(str(cause), hint=cause.hint)
        self.text = text


class RenderOptions(Record):
    """How to render, beyond chart, values and facts; with the same options, a chart is compiled once."""

    capabilities: Capabilities
    impure: Impure
    compiled: Compiled = factory(default_factory=Compiled)
    skip_schema_validation: bool = False
    sub_notes: bool = False
    include_crds: bool = False
    hide_secret: bool = False
    post_render: Callable[[str], str] | None = None


def processed(chart: Chart, values: dict[str, Any], log: Callable[..., None]) -> Chart:
    """Return the chart that takes part, with Helm's prefix on what goes wrong.

    Raises:
        ChartError: when conditions, tags or imports cannot be worked out.
    """
    try:
        return deeply(lambda: process(chart, values, log))
    except SteerError as error:
        raise ChartError(f"chart dependencies processing failed: {error}") from error


def render_values(
    chart: Chart, values: dict[str, Any], debug: Callable[..., None], *, skip_schema_validation: bool
) -> dict[str, Any]:
    """Return the values the templates see.

    Raises:
        ValuesError: when a schema refuses them.
    """
    coalesced = deeply(lambda: coalesce_values(chart, values))
    if not skip_schema_validation:
        for one in chart.walk():
            if one.schema is not None:
                debug("chart name", **{"chart-name": one.name})
            debug("number of dependencies in the chart", chart=one.name, dependencies=len(one.dependencies))
        if any(c.schema is not None for c in chart.walk()):
            from steersman.values.schema import check

            check(chart, coalesced)
    return coalesced


def render_release(chart: Chart, values: dict[str, Any], facts: Facts, options: RenderOptions) -> Rendered:
    """Render ``chart`` (dependencies processed) with coalesced ``values``.

    Raises:
        RenderFailed: with Helm's message.
    """
    capabilities = options.capabilities
    wanted = chart.metadata.kube_version
    kube = capabilities.kube_version
    if wanted and not compatible(wanted, kube.normalized):
        raise RenderFailed(
            ChartError(f"chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {kube.version}")
        )
    try:
        files = deeply(lambda: render(chart, values, facts, capabilities, options.impure, compiled=options.compiled))
    except SteerError as error:
        raise RenderFailed(error) from error
    notes = _take_notes(chart, files, sub_notes=options.sub_notes)
    if options.post_render is not None:
        from steersman.manifest.postrender import post_render

        try:
            files = post_render(files, options.post_render)
        except SteerError as error:
            raise RenderFailed(error) from error
    try:
        hooks, manifests = deeply(lambda: sort_manifests(files, options.impure.log))
    except SteerError as error:
        raise RenderFailed(error, _all_text(files)) from error
    return Rendered(tuple(hooks), tuple(manifests), _join(chart, manifests, options), notes)


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
