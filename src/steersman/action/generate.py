"""``unittest --generate``: values made from a chart's schema, and the mistakes that they bring out."""

from __future__ import annotations

from steersman.action.value_schema import example_texts, examples
from steersman.checking.renders import Renders
from steersman.checking.subject import Subject
from steersman.checking.value_types import value_types
from steersman.engine.capabilities import DEFAULT_CAPABILITIES
from steersman.errors import ChartError, UsageError
from steersman.insight.origins import GivenValues, LineFinder, shared_paths
from steersman.values.sources import Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.chart.model import Chart
    from steersman.checking.generated import Generated
    from steersman.rendering import World


def generate(
    path: str,
    chart: Chart,
    world: World,
    count: int,
    seed: int,
    on_render: Callable[[int], object] = lambda _count: None,
) -> Generated:
    """Return the mistakes that values made from a chart's schema, or from what its templates read, bring out.

    Args:
        path: the folder or archive that it was loaded from.
        chart: the chart.
        world: what renders may ask.
        count: how many values to make.
        seed: another one makes other values.
        on_render: told the number of renders before each.

    Raises:
        UsageError: without Hypothesis.
        ChartError: for a schema that is not a JSON object or that no value fits.
        SteerError: when a template does not parse, or it cannot be worked out which subcharts take part.
    """
    check_hypothesis()
    from hypothesis.errors import Unsatisfiable

    from steersman.checking.generated import look_for_mistakes, paths_of

    subject = Subject(chart)
    renders = Renders(subject, world, DEFAULT_CAPABILITIES.kube_version, ())
    try:
        schema = {} if chart.schema is None else subject.schema
        if not isinstance(schema, dict):
            raise ChartError(f"the schema of {chart.name} cannot be used to make values: it is not a JSON object")
        paths = paths_of(schema) if chart.schema is not None else value_types(subject, examples(path, chart))
        shared = shared_paths(GivenValues(Sources(), example_texts(path, chart)), LineFinder())
        return look_for_mistakes(subject, renders, schema, paths, count, seed, on_render, shared=shared)
    except Unsatisfiable as error:
        raise ChartError(f"no values were found that the schema of {chart.name} allows") from error
    except (ValueError, AttributeError, TypeError) as error:
        raise ChartError(f"the schema of {chart.name} cannot be used to make values: {error}") from error


def check_hypothesis() -> None:
    """Raise UsageError where Hypothesis is not installed."""
    try:
        import hypothesis  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "--generate needs Hypothesis", hint="Install it with pip install 'steersman[test]'."
        ) from error
