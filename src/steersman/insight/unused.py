"""The user's values that no template has read, and what was probably meant."""

from __future__ import annotations

from steersman.insight.nearness import nearest
from steersman.insight.reads import VALUES, Reads
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path, Trace
    from steersman.insight.mentions import Mentions

UNMENTIONED = "unmentioned"  # nothing in the chart names it, or it is almost the name of what something reads
UNREACHED = "unreached"  # something names it that did not run


class Unused(Record):
    """A value of the user's that no template has read; a map of which nothing was read counts as one.

    Attributes:
        path: its keys: ``("image", "tga")``; an index stands for an item of a list.
        level: ``UNMENTIONED`` or ``UNREACHED``.
        suggestion: the path that was probably meant, or None.
    """

    path: Path
    level: str
    suggestion: Path | None = None


def find_unused(trace: Trace, loaded: Chart, given: dict[str, Any]) -> list[Unused]:
    """Return the values in ``given`` that the recorded render has not read, in the order they are given.

    Args:
        trace: of a render of the chart with these values.
        loaded: the chart as it was loaded, with the subcharts that did not take part.
        given: the user's values.
    """
    reads = all_reads(trace, loaded)
    unread = list(_unread(given, (), reads))
    if not unread:
        return []
    from steersman.insight.mentions import Mentions

    mentions = Mentions(trace, reads, unread)
    absent = _absent(loaded, trace.chart, ())
    declared = set(_default_paths(loaded, ()))
    known = _known_paths(reads, mentions, declared, unread)
    found = []
    for path in unread:
        meant = nearest(path, known)
        if meant is not None and _at(given, meant) is not None:
            meant = None  # the user has set that, too
        is_absent = any(path[: len(one)] == one for one in absent)
        if is_absent and (meant is None or (VALUES, *meant) not in reads.touched):
            found.append(Unused(path, UNREACHED))
            continue
        is_unmentioned = not is_absent and not mentions.has(path)
        # a key that no code names, next to one that it almost equals, is a slip, whatever else may read the map whole
        is_slip = meant is not None and meant[:-1] == path[:-1] and path not in declared
        is_slip = is_slip and not mentions.names(path[-1])
        found.append(Unused(path, UNMENTIONED if is_unmentioned or is_slip else UNREACHED, meant))
    return found


def all_reads(trace: Trace, loaded: Chart) -> Reads:
    """Return what templates have read, and the values that say which subcharts take part."""
    reads = Reads(trace)
    for path in _dependency_paths(loaded, ()):
        reads.add((VALUES, *path))
    return reads


def dotted(path: Path) -> str:
    r"""Return a path as ``--set`` takes it.

    >>> dotted(("hosts", 0, "name")), dotted(("nodeSelector", "kubernetes.io/os"))
    ('hosts[0].name', 'nodeSelector.kubernetes\\.io/os')
    """
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            escaped = str(key).replace("\\", "\\\\").replace(".", "\\.")
            text += f".{escaped}" if text else escaped
    return text


def _unread(tree: Any, path: Path, reads: Reads) -> Iterator[Path]:
    """Yield the paths of values that nothing has read; of a map that nothing has looked into, its own."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        here = (*path, key)
        if not reads.is_read((VALUES, *here)):
            yield here
        elif isinstance(value, (dict, list)) and value:
            yield from _unread(value, here, reads)


def _dependency_paths(chart: Chart, path: Path) -> Iterator[Path]:
    """Yield the values that say which subcharts take part."""
    for entry in chart.metadata.dependencies:
        for condition in entry.condition.strip().split(","):
            if condition:
                yield (*path, *condition.split("."))
        for tag in entry.tags:
            yield ("tags", tag)
        for child in chart.dependencies:
            if child.name == entry.name:
                yield from _dependency_paths(child, (*path, entry.alias or entry.name))


def _absent(loaded: Chart, chart: Chart | None, path: Path) -> list[Path]:
    """Return the keys of the values of subcharts that do not take part."""
    there = {child.name: child for child in chart.dependencies} if chart is not None else {}
    names = {child.name: child for child in loaded.dependencies}
    names.update({d.alias: names[d.name] for d in loaded.metadata.dependencies if d.alias and d.name in names})
    absent = []
    for name, child in names.items():
        if name in there:
            absent += _absent(child, there[name], (*path, name))
        else:
            absent.append((*path, name))
    return absent


def _known_paths(reads: Reads, mentions: Mentions, declared: set[Path], unread: list[Path]) -> list[Path]:
    """Return the paths that a value may have been meant to have."""
    known = {path[1:] for path in reads.touched if path[:1] == (VALUES,)} | set(mentions.anchored)
    known.update(declared)
    wrong = set(unread)
    return [path for path in known if path and path not in wrong]


def _default_paths(chart: Chart, path: Path) -> Iterator[Path]:
    todo: list[tuple[Path, Any]] = [(path, chart.values)]
    while todo:
        at, tree = todo.pop()
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield (*at, key)
            if isinstance(value, (dict, list)):
                todo.append(((*at, key), value))
    for child in chart.dependencies:
        names = [d.alias or d.name for d in chart.metadata.dependencies if d.name == child.name] or [child.name]
        for name in names:
            yield (*path, name)
            yield from _default_paths(child, (*path, name))


def _at(tree: Any, path: Path) -> Any:
    for key in path:
        try:
            tree = tree[key]
        except (LookupError, TypeError):
            return None
    return tree
