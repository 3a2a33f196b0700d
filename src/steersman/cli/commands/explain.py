"""``explain``: where an object, a field or a line comes from, and which lines a value reaches."""

from __future__ import annotations

from steersman.action.chart_source import check_installable
from steersman.cli.inputs.chart import ChartInput, compiled_templates, value_sources, with_dependencies
from steersman.cli.inputs.rendering import capabilities_of, impure
from steersman.cli.terminal.explanations import field_text, object_text, reached_text
from steersman.engine.context import Facts
from steersman.errors import UsageError
from steersman.rendering import World
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.insight.explain import Explainer


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print what is asked for; with nothing but a chart or a release, the names of its objects."""
    explainer = _explainer(ctx, flags, args[0])
    if flags["value"]:
        if len(args) > 1:
            raise UsageError("--value asks for all lines that a value reaches; leave the object out")
        reached = explainer.reached(flags["value"])
        if not reached:
            raise UsageError(f"no line comes from {flags['value']}")
        ctx.out.write(reached_text(reached))
    elif len(args) == 1:
        ctx.out.write("".join(f"{name}\n" for name in explainer.names()))
    elif len(args) == 2:
        ctx.out.write(object_text(explainer.lines_of(args[1])))
    else:
        ctx.out.write(field_text(explainer.field(args[1], args[2]), explainer.sources()))
    return 0


def _explainer(ctx: Context, flags: Flags, target: str) -> Explainer:
    """Return the recorded render of a chart, or of a release where no chart is at ``target``."""
    from steersman.action.explain import explain_chart, explain_release

    capabilities = capabilities_of(flags)
    world = World(impure(ctx), lambda: capabilities, compiled_templates(ctx))
    if not _is_chart(flags, target):
        from steersman.cli.inputs.cluster import make_configuration

        with BoundedMemory():
            return explain_release(make_configuration(ctx), target, flags["revision"], world)
    from steersman.insight.origins import GivenValues

    source = ChartInput(ctx, flags)
    path = source.locate(target)
    values = source.values()
    with BoundedMemory():
        chart = source.load(path)
        check_installable(chart, ctx.log)
        chart = with_dependencies(ctx, flags, source, chart, path)
        given = GivenValues(value_sources(flags), ctx.texts)
        return explain_chart(chart, values, given, Facts(flags["name"], ctx.namespace()), world)


def _is_chart(flags: Flags, target: str) -> bool:
    import os

    return bool(flags["repo"]) or "/" in target or target.endswith(".tgz") or os.path.exists(target)
