"""``template``: a chart and values to text, as an install or upgrade would have it.

Answers to ``helm template``, which is a dry-run install in Helm. Imports nothing of a cluster: a render with one is the
same with another ``World``.
"""

from __future__ import annotations

from steersman import errors
from steersman.engine.context import Facts
from steersman.record import Record, factory
from steersman.rendering import Rendered, RenderOptions, crd_files, render, take_part
from steersman.runtime.log import ErrorFollows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.rendering import World


class TemplateOptions(Record):
    """Options of ``template``.

    Attributes:
        name, namespace: of the release that is made believe.
        is_upgrade: render as an upgrade does.
        labels: the user's labels of the release.
        warns_of_crds: say that definitions which are not installed may be missing (with a cluster).
        render: the flags about rendering.
    """

    name: str
    namespace: str = "default"
    is_upgrade: bool = False
    labels: dict[str, str] = factory(default_factory=dict)
    warns_of_crds: bool = False
    render: RenderOptions = RenderOptions()


def template(chart: Chart, values: dict[str, Any], options: TemplateOptions, world: World) -> Rendered:
    """Render ``chart`` with the user's ``values``.

    Raises:
        RenderFailed: when the templates or what they make are at fault, with Helm's message.
        SteerError: for all that is wrong before a template runs.
    """
    log = world.impure.log
    _check_name(options.name, world)
    source = take_part(chart, values, log)
    if options.warns_of_crds and crd_files(source.chart):
        log("WARN", "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.")
    facts = Facts(options.name, options.namespace, 1, not options.is_upgrade, options.is_upgrade)
    return render(source, facts, world, options.render, labels=options.labels)


def _check_name(name: str, world: World) -> None:
    from steersman.release.names import check_release_name

    try:
        check_release_name(name)
    except errors.SteerError as error:
        from steersman.go.quote import quote

        problem = f"release name {quote(name)}: {error}"
        world.impure.log(ErrorFollows("ERROR"), "release name check failed", error=problem)
        raise errors.ReleaseError(f"release name check failed: {problem}") from error
