"""``explain``: a recorded render of a chart, or of a release as its record has it, and the page about it."""

from __future__ import annotations

from steersman.action.get import get
from steersman.engine.context import Facts
from steersman.errors import ReleaseError, SteerError, UsageError
from steersman.go.errno import not_written
from steersman.insight.explain import Explainer
from steersman.record import replace
from steersman.rendering import RenderOptions, render, take_part
from steersman.values.sources import Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.chart.model import Chart
    from steersman.insight.origins import GivenValues
    from steersman.rendering import Broken, World


class IncompleteRecord(ReleaseError):
    """A release whose chart does not render without its subcharts, which its record does not have."""


def explain_chart(
    chart: Chart,
    values: dict[str, Any],
    given: GivenValues,
    facts: Facts,
    world: World,
    diagnose: Callable[[Broken], str] | None = None,
) -> Explainer:
    """Render a chart with the user's values and a recording.

    Args:
        chart, values: that are rendered.
        given: says where the values are from.
        facts, world: of the render.
        diagnose: returns what is to be said of a render that failed besides Helm's words.

    Raises:
        RenderFailed: when the templates or what they make are at fault, with Helm's message.
        SteerError: for all that is wrong before a template runs.
    """
    source = take_part(chart, values, world.impure.log)
    # a schema would refuse before there is anything to explain
    options = RenderOptions(skip_schema_validation=True, inspect=lambda _rendered: None, diagnose=diagnose)
    return Explainer(render(source, facts, replace(world, observer=None), options), given)


def explain_release(
    config: Configuration,
    name: str,
    revision: int,
    world: World,
    whole: Chart | None = None,
    diagnose: Callable[[Broken], str] | None = None,
) -> tuple[Explainer, str]:
    """Render the chart of a release again, with its values; of the cluster only the record is read.

    Args:
        config: where the record is.
        name: of the release.
        revision: of the release, 0 for the latest.
        world: of the render.
        whole: the chart with its subcharts; without it that of the record, which has none.
        diagnose: returns what is to be said of a render that failed besides Helm's words.

    Returns:
        the render, and what is missing in it, in words, or ``""``.

    Raises:
        UsageError: when ``whole`` is another chart.
        IncompleteRecord: when the chart does not render without its subcharts.
        SteerError: with Helm's message, also when there is no such release.
    """
    from steersman.engine.errors import causes
    from steersman.gotemplate.errors import MissingTemplate
    from steersman.insight.origins import GivenValues
    from steersman.release.codec import chart_from_dict
    from steersman.values.coalesce import copy_tree

    release = get(config, name, revision)
    is_first = release.revision == 1
    facts = Facts(release.name, release.namespace, release.revision, is_first, not is_first)
    given, values = GivenValues(Sources(), {}), copy_tree(release.config or {})
    recorded = chart_from_dict(release.chart or {})
    if whole is not None:
        found, wanted = whole.metadata, recorded.metadata
        if found.name != wanted.name:
            raise UsageError(f"release {name} is of the chart {wanted.name}, not of {found.name}")
        other = f"release {name} is of version {wanted.version} of {wanted.name}; the chart given is {found.version}"
        return explain_chart(
            whole, values, given, facts, world, diagnose
        ), "" if found.version == wanted.version else other
    # helm: a record has the templates of the chart alone (test_a_record_has_no_subcharts)
    names = ", ".join(dict.fromkeys(entry.alias or entry.name for entry in recorded.metadata.dependencies))
    missing = f"the record of {name} does not have the subcharts of {recorded.metadata.name}"
    missing = f"{missing} ({names})" if names else missing
    try:
        explained = explain_chart(recorded, values, given, facts, world, None if names else diagnose)
    except SteerError as error:
        # a chart may have others in charts/ that its Chart.yaml does not name
        if not names and not any(isinstance(one, MissingTemplate) for one in causes(error)):
            raise
        raise IncompleteRecord(f"{missing}, and does not render without them: {error}") from error
    return explained, missing if names else ""


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
