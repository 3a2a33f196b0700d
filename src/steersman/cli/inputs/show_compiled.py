"""``template --show-compiled``: what templates are compiled to, for who wants to know why one is slow or wrong."""

from __future__ import annotations

from steersman import errors
from steersman.action.chart_source import name_and_chart
from steersman.cli.inputs.chart import ChartInput
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, as_struct
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts, all_templates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def show_compiled(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Print each template that has something to run as the Python function that it becomes.

    ``--show-only`` chooses templates by their path below the chart, and defined ones by their name.

    Raises:
        SteerError: when the chart cannot be loaded or a template does not parse.
    """
    from steersman.gotemplate.errors import ParseError

    _, chart_ref = name_and_chart(
        args, generate_name=False, name_template="", default_name="release-name", now=ctx.now, environ=ctx.environment
    )
    source = ChartInput(ctx, flags)
    chart = source.load(source.locate(chart_ref))
    templates = all_templates(chart, {}, Facts("release-name", "default"), as_struct(DEFAULT_CAPABILITIES), {})
    try:
        compiled = Compiled().take(tuple((name, one.data) for name, one in templates.items()), "zero")
    except ParseError as error:
        from steersman.engine.errors import parse_error

        raise parse_error(error) from error
    wanted = [name for name in compiled.names() if _is_wanted(name, flags["show-only"])]
    if not wanted:
        raise errors.UsageError("no template has that name")
    for name in wanted:
        try:
            text = compiled.compiled_source(name)
        except errors.SteerError as error:
            text = f"# {error}\n"
        ctx.out.write(f"# {name}\n{text}\n")
    return 0


def _is_wanted(name: str, names: list[str]) -> bool:
    return not names or name in names or name.partition("/")[2] in names
