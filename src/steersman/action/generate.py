"""``unittest --generate``: values made from a chart's schema, and the mistakes that they bring out."""

from __future__ import annotations

import json

from steersman.action.value_schema import examples
from steersman.checking.renders import Renders
from steersman.checking.subject import Subject
from steersman.checking.value_schema import value_schema
from steersman.engine.capabilities import DEFAULT_CAPABILITIES
from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.chart.model import Chart
    from steersman.checking.generated import Mistake
    from steersman.rendering import World


def generate(path: str, chart: Chart, world: World, count: int, seed: int) -> Iterator[Mistake]:
    """Yield the mistakes of a chart that values made from its schema bring out, or from a schema made of its templates.

    Args:
        path: the folder or archive that it was loaded from.
        chart: the chart.
        world: what renders may ask.
        count: how many values to make.
        seed: another one makes other values.

    Raises:
        UsageError: without Hypothesis, or for a schema that is not JSON or asks for what no value has.
        SteerError: when a template does not parse, or it cannot be worked out which subcharts take part.
    """
    try:
        from hypothesis.errors import HypothesisException
    except ImportError as error:
        raise UsageError(
            "--generate needs Hypothesis", hint="Install it with pip install 'steersman[test]'."
        ) from error
    from steersman.checking.generated import mistakes, typed_by

    subject = Subject(chart)
    renders = Renders(subject, world, DEFAULT_CAPABILITIES.kube_version, ())
    try:
        if chart.schema is not None:
            schema = json.loads(chart.schema)
        else:
            schema = typed_by(value_schema(subject, examples(path, chart)), subject.defaults)
        yield from mistakes(subject, renders, schema, count, seed)
    except (ValueError, HypothesisException) as error:
        raise UsageError(f"the schema of {chart.name} cannot be used to make values: {error}") from error
