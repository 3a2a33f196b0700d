"""``explain``: a recorded render of a chart, or of a release as its record has it, and the page about it."""

from __future__ import annotations

from steersman.action.get import get
from steersman.engine.context import Facts
from steersman.errors import ReleaseError
from steersman.go.errno import not_written
from steersman.insight.explain import Explainer
from steersman.record import replace
from steersman.rendering import RenderOptions, render, take_part
from steersman.values.sources import Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.chart.model import Chart
    from steersman.insight.origins import GivenValues
    from steersman.rendering import World


def explain_chart(chart: Chart, values: dict[str, Any], given: GivenValues, facts: Facts, world: World) -> Explainer:
    """Render a chart with the user's values and a recording; ``given`` says where the values are from.

    Raises:
        RenderFailed: when the templates or what they make are at fault, with Helm's message.
        SteerError: for all that is wrong before a template runs.
    """
    source = take_part(chart, values, world.impure.log)
    # a schema would refuse before there is anything to explain
    options = RenderOptions(skip_schema_validation=True, inspect=lambda _rendered: None)
    return Explainer(render(source, facts, replace(world, observer=None), options), given)


def explain_release(config: Configuration, name: str, revision: int, world: World) -> Explainer:
    """Render the chart of a release's record again, with its values; of the cluster only the record is read.

    Raises:
        SteerError: with Helm's message, also when there is no such release.
    """
    from steersman.insight.origins import GivenValues
    from steersman.release.codec import chart_from_dict
    from steersman.values.coalesce import copy_tree

    release = get(config, name, revision)
    is_first = release.revision == 1
    facts = Facts(release.name, release.namespace, release.revision, is_first, not is_first)
    given = GivenValues(Sources(), {})
    return explain_chart(chart_from_dict(release.chart or {}), copy_tree(release.config or {}), given, facts, world)


def write_page(explainer: Explainer, release: str, path: str) -> int:
    """Write the page of a recorded render into a file and return its size in bytes.

    A new file is for its owner alone, as it has all values in it; one that is there keeps its mode.

    Args:
        release: its name, ``""`` for a chart.
        path: of the file.

    Raises:
        ReleaseError: when it cannot be written.
    """
    from steersman.insight.page.explain import explain_page
    from steersman.runtime.files import rewrite

    data = explain_page(explainer, release).encode()
    try:
        rewrite(path, data, 0o600)
    except OSError as error:
        raise ReleaseError(not_written(path, error)) from error
    return len(data)
