"""Values that the schemas of a chart have accepted, kept between runs: they are not checked again.

One file for the schemas of a chart and its subcharts holds digests of values. A schema that refers to others elsewhere
is checked each time, as what is there may change, and refusals are never kept. The cache vouches for what it returns.
"""

from __future__ import annotations

from steersman.runtime.private import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.runtime.private import Cache
    from steersman.values.chart import Chart
    from steersman.values.schema_access import SchemaAccess

_KIND = "accepted"
_MOST = 64  # values of a chart
_DIGEST = 32  # bytes


def check_once(
    cache: Cache, chart: Chart, values: dict[str, Any], access: SchemaAccess, check: Callable[[], None]
) -> None:
    """Run ``check`` unless an earlier run has found that these values pass it.

    Args:
        cache: has what earlier runs have found.
        chart: the chart, its dependencies processed.
        values: the coalesced values.
        access: how its schemas are checked.
        check: raises where a schema refuses the values.

    Raises:
        SteerError: what ``check`` raises.
    """
    key = _key(values)
    if cache.is_off or not key:
        check()
        return
    name = _name(chart, access)
    known = cache.read(_KIND, name) or b""
    if key in (known[at : at + _DIGEST] for at in range(0, len(known), _DIGEST)):
        return
    check()
    used = [access.known.get(schema) for _, schema in _schemas(chart, "")]
    # of a schema that is not known any more, nobody knows whether it refers to others
    if not access.warned and all(one is not None and one.is_alone for one in used):
        cache.write(_KIND, name, (key + known)[: _MOST * _DIGEST])


def _key(values: dict[str, Any]) -> bytes:
    """Return what stands for values: the same for equal ones in the same order; nothing where they are too odd."""
    try:
        return digest(repr(values).encode("utf-8", "surrogatepass"))
    except (RecursionError, ValueError):  # nested too deeply, or a number of thousands of digits
        return b""


def _name(chart: Chart, access: SchemaAccess) -> str:
    schemas = [(path, digest(schema)) for path, schema in _schemas(chart, "")]
    return digest(repr((access.ignore_global, schemas)).encode("utf-8", "surrogateescape")).hex()


def _schemas(chart: Chart, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield the schemas of a chart and its subcharts, and the names of the charts that lead there."""
    if chart.schema is not None:
        yield path, chart.schema
    for child in chart.dependencies:
        yield from _schemas(child, f"{path}/{child.name}")
