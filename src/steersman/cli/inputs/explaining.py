"""A chart that flags name, rendered with a trace, for commands that say where its lines come from."""

from __future__ import annotations

from steersman.action.chart_source import check_installable
from steersman.action.explain import explain_chart
from steersman.cli.inputs.chart import ChartInput, compiled_templates, value_sources, with_dependencies
from steersman.cli.inputs.options import diagnosing
from steersman.cli.inputs.rendering import capabilities_of, given_lookup, impure
from steersman.engine.context import Facts
from steersman.insight.origins import GivenValues
from steersman.rendering import World
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.chart.model import Chart
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.insight.explain import Explainer


def explaining_world(ctx: Context, flags: Flags) -> World:
    """Return the world of a render that is explained: without a cluster."""
    capabilities = capabilities_of(flags)
    return World(impure(ctx, given_lookup(ctx, flags)), lambda: capabilities, compiled_templates(ctx))


def explained_chart(ctx: Context, flags: Flags, reference: str) -> Explainer:
    """Return the render of a chart, as ``template`` does it, with its trace.

    Raises:
        SteerError: with Helm's message.
    """
    world = explaining_world(ctx, flags)
    values = ChartInput(ctx, flags).values()
    with BoundedMemory():
        chart = loaded_chart(ctx, flags, reference)
        given = GivenValues(value_sources(flags), ctx.texts)
        facts = Facts(flags["name"], ctx.namespace())
        return explain_chart(chart, values, given, facts, world, diagnosing(ctx, flags))


def loaded_chart(ctx: Context, flags: Flags, reference: str) -> Chart:
    """Return a chart with its dependencies.

    Raises:
        SteerError: with Helm's message.
    """
    source = ChartInput(ctx, flags)
    path = source.locate(reference)
    chart = source.load(path)
    check_installable(chart, ctx.log)
    return with_dependencies(ctx, flags, source, chart, path)
