"""Named templates that several charts define: all of them get one and the same."""

from __future__ import annotations

from steersman.runtime.patterns import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.notices.model import ChartFacts

_DEFINITION = compiled(rb'\{\{-?\s*(?:define|block)\s+"((?:[^"\\\n]|\\.)*)"')


def template_name_clashes(facts: ChartFacts) -> Iterator[str]:
    """Yield, for each pair of charts, the names that both define in different ways, and whose definition is used.

    helm: the last definition that is parsed holds; the deepest paths are parsed first
    (test_two_charts_define_one_name)
    """
    used: dict[bytes, tuple[str, bytes]] = {}
    clashes: dict[tuple[str, str], set[str]] = {}
    for _depth, _path, chart, data in sorted(_templates(facts), reverse=True):
        for name, body in _definitions(data):
            before, old = used.get(name, (chart, body))
            if before != chart and old != body:
                clashes.setdefault((chart, before), set()).add(name.decode("utf-8", "replace"))
            used[name] = chart, body
    for (winner, loser), names in sorted(clashes.items()):
        first, *others = sorted(names)
        more = f" and {len(others)} more" if others else ""
        yield (
            f'template "{first}"{more}: defined by both {loser} and {winner}, each in its own way; the definition of '
            f"{winner} is used by every chart; begin the names of templates with their chart's name"
        )


def _templates(facts: ChartFacts) -> Iterator[tuple[int, str, str, bytes]]:
    for chart in facts.chart.walk():
        for file in chart.templates:
            path = f"{chart.full_path}/{file.name}"
            yield path.count("/"), path, chart.full_path, file.data


def _definitions(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the names that a template file defines, each with the text up to the next one."""
    found = list(_DEFINITION.finditer(data))
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(data)
        yield match[1], data[match.end() : end].strip()
