"""``explain``: where an object, a field or a line comes from, and which lines a value reaches."""

from __future__ import annotations

from steersman.cli.inputs.explaining import explained_chart, explaining_world, loaded_chart
from steersman.cli.inputs.options import diagnosing
from steersman.cli.terminal.explanations import field_text, object_text, reached_text
from steersman.errors import UsageError
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.insight.explain import Explainer


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Write the page, or print what is asked for; with nothing but a chart or a release, the names of its objects."""
    has_value = flags.changed("value")
    if flags["html"] and (has_value or len(args) > 1):
        raise UsageError("--html shows all objects and values; leave the object and --value out")
    if has_value and not flags["value"]:
        raise UsageError("--value needs the path of a value, such as image.tag")
    if has_value and len(args) > 1:
        raise UsageError("--value asks for all lines that a value reaches; leave the object out")
    explainer, release = _explainer(ctx, flags, args[0])
    if flags["html"]:
        from steersman.action.explain import write_page

        if flags["html"] == "-":
            from steersman.insight.page.explain import explain_page

            ctx.out.write(explain_page(explainer, release))
            return 0
        size = write_page(explainer, release, flags["html"])
        ctx.out.write(f"wrote {flags['html']} ({size // 1000} kB); it contains all values, secret ones among them\n")
    elif has_value:
        reached = explainer.reached(flags["value"])
        if not reached:
            raise UsageError(f"no line comes from {flags['value']}")
        ctx.out.write(reached_text(reached))
    elif len(args) == 1:
        ctx.out.write("".join(f"{name}\n" for name in explainer.names()))
    elif len(args) == 2:
        ctx.out.write(object_text(explainer.lines_of(args[1])))
    else:
        first, *others = explainer.field_lines(args[1], args[2])
        ctx.out.write(field_text(first, explainer.sources(), others))
    return 0


def _explainer(ctx: Context, flags: Flags, target: str) -> tuple[Explainer, str]:
    """Return the recorded render of a chart, or of a release where no chart is at ``target``, and the release's name.

    The name is ``""`` for a chart.
    """
    if _is_chart(ctx, flags, target):
        return explained_chart(ctx, flags, target), ""
    from steersman.action.explain import IncompleteRecord, explain_release
    from steersman.cli.inputs.cluster import make_configuration

    world = explaining_world(ctx, flags)
    whole = loaded_chart(ctx, flags, flags["chart"]) if flags["chart"] else None
    hint = f"Run 'steer explain {target} --chart CHART' with the chart that it was installed from."
    with BoundedMemory():
        try:
            explainer, missing = explain_release(
                make_configuration(ctx), target, flags["revision"], world, whole, diagnosing(ctx)
            )
        except IncompleteRecord as error:
            error.hint = hint
            raise
    notice = ctx.notices()
    if missing and notice is not None:
        notice("incomplete-record", missing if whole is not None else f"{missing}; {hint[0].lower()}{hint[1:-1]}")
    return explainer, target


def _is_chart(ctx: Context, flags: Flags, target: str) -> bool:
    """Return whether the first argument means a chart; a bare name may be that of a folder and of a release."""
    import os

    if flags["release"] or flags["chart"]:
        return False
    if flags["repo"] or "/" in target or os.sep in target or target.endswith(".tgz"):
        return True
    if not os.path.exists(target):
        return False
    from steersman.kube.config import has_files

    if not has_files(ctx.environment):
        return True  # there is no cluster to have a release
    if os.path.isdir(target) and not os.path.exists(os.path.join(target, "Chart.yaml")):
        return False
    notice = ctx.notices()
    if notice is not None:
        notice("chart-or-release", f"{target} is a folder, and is explained; the release of that name: --release")
    return True
