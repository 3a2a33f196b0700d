"""The template lines of what a server refuses, or of what is not an object, for ``install`` and ``upgrade``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.chart.model import Chart
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.engine.context import Facts
    from steersman.errors import SteerError
    from steersman.insight.explain import Explainer, LineOrigin


def add_places(
    ctx: Context,
    flags: Flags,
    config: Configuration,
    rendered_with: Callable[[], tuple[Chart, dict[str, Any]]],
    facts: Facts,
    error: SteerError,
) -> None:
    """Add to an error which template lines and values the refused fields, or what is not an object, come from.

    ``rendered_with`` returns the chart and the user's values; it is called only where there is a place to find.
    """
    if not ctx.shows_places():
        return
    from steersman.action.cluster_world import cluster_world
    from steersman.action.explain import explain_chart
    from steersman.cli.inputs.chart import value_sources
    from steersman.cli.terminal.explanations import field_text
    from steersman.errors import SteerError as AnyError
    from steersman.insight.origins import GivenValues
    from steersman.insight.refusals import refusal_text
    from steersman.kube.build import NotBuilt

    def explainer() -> Explainer:
        given = GivenValues(value_sources(flags), ctx.texts)
        chart, values = rendered_with()
        return explain_chart(chart, values, given, facts, cluster_world(config, looks_up=False))

    def shown(line: LineOrigin, explained: Explainer) -> str:
        return field_text(line, explained.sources())

    unbuilt = error.find(NotBuilt)
    try:
        if unbuilt is not None:
            from steersman.insight.unbuilt import unbuilt_text

            text = unbuilt_text(unbuilt, explainer())
        else:
            text = refusal_text(error, explainer, shown)
    except AnyError:
        return  # the chart does not render without the cluster's objects
    if text:
        error.detail = "\n".join(filter(None, (error.detail, text)))
