"""The user's values that no template has read, and what was probably meant."""

from __future__ import annotations

from steersman.insight.nearness import KnownPaths
from steersman.insight.reads import GLOBAL, VALUES, Reads
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path, Trace
    from steersman.insight.mentions import Mentions

UNMENTIONED = "unmentioned"  # nothing in the chart names it, or it is almost the name of what something reads
UNREACHED = "unreached"  # something names it that did not run
OVERRIDDEN = "overridden"  # a global of a subchart, in the place of which templates get that of a chart above
_MOST_DEPTH = 100  # of values in a map that nothing has looked into


class Unused(Record):
    """A value of the user's that no template has read; a map of which nothing was read counts as one.

    Attributes:
        path: its keys: ``("image", "tga")``; an index stands for an item of a list.
        level: ``UNMENTIONED``, ``UNREACHED`` or ``OVERRIDDEN``.
        suggestion: the path that was probably meant, or None; of one that is overridden the path that does it.
    """

    path: Path
    level: str
    suggestion: Path | None = None

    @property
    def is_mistake(self) -> bool:
        """Whether it has no effect in any branch."""
        return self.level != UNREACHED


def find_unused(
    trace: Trace, loaded: Chart, given: dict[str, Any], shared: Collection[Path] = frozenset()
) -> list[Unused]:
    """Return the values in ``given`` that the recorded render has not read, in the order they are given.

    Args:
        trace: of a render of the chart with these values.
        loaded: the chart as it was loaded, with the subcharts that did not take part.
        given: the user's values.
        shared: the paths of values that stand elsewhere in their file as well, by an alias.
    """
    reads = all_reads(trace, loaded)
    losing = dict(_losing_globals(trace, reads, given))
    above = {path[:end] for path in shared for end in range(len(path))}
    unread = list(_unread(given, (), reads, losing, above, shared))
    if not unread:
        return []
    return list(_Judge(trace, loaded, given, reads, losing, unread).judged())


class _Judge:
    """Says of values that nothing has read what that means."""

    def __init__(
        self,
        trace: Trace,
        loaded: Chart,
        given: dict[str, Any],
        reads: Reads,
        losing: dict[Path, Path],
        unread: list[Path],
    ) -> None:
        from steersman.insight.mentions import Mentions

        self._trace = trace
        self._given = given
        self._reads = reads
        self._losing = losing
        self._unread = unread
        self._mentions = Mentions(trace, reads, [one for path in unread for one in _all_in(given, path)])
        self._absent = set(_absent(loaded, trace.chart, ()))
        self._asked: dict[Path, bool] = {}
        self._real_names = dict(_real_names(loaded, ()))
        self._declared = set(_default_paths(loaded, ()))
        self._known = _known_paths(reads, self._mentions, self._declared, unread)

    def judged(self) -> Iterator[Unused]:
        for path in self._unread:
            if path in self._losing:
                yield Unused(path, OVERRIDDEN, self._losing[path])
                continue
            meant = self._meant(path)
            if self._is_absent(path) and (meant is None or (VALUES, *meant) not in self._reads.touched):
                yield Unused(path, UNREACHED)
                continue
            yield from self._levels(path, meant)

    def _levels(self, path: Path, meant: Path | None) -> Iterator[Unused]:
        is_absent = self._is_absent(path)
        is_slip = self._is_slip(path, meant)
        if not is_absent and not self._mentions.has(path):
            # a loop that did not come to it, or a condition for which it is enough that it is there
            if (VALUES, *path[:-1]) in self._reads.looped and not is_slip:
                yield Unused(path, UNREACHED, meant)
            elif is_slip or not self._may_be_asked_for(path[:-1]):
                yield Unused(path, UNMENTIONED, meant)
            return
        slips = [] if is_slip or is_absent else list(self._slips_in(path))
        yield from slips or (Unused(path, UNMENTIONED if is_slip else UNREACHED, meant),)

    def _slips_in(self, path: Path) -> Iterator[Unused]:
        """Yield the values that nothing mentions in a container of which code names others that did not run."""
        tree = value_at(self._given, path)
        if not isinstance(tree, (dict, list)) or self._mentions.is_whole(path):
            return
        is_named = self._mentions.names_below(path)
        for key, value in _items(tree):
            here = (*path, key)
            meant = self._meant(here)
            if isinstance(value, (dict, list)) and self._mentions.has(here):
                yield from self._slips_in(here)
            elif self._is_slip(here, meant) or (is_named and isinstance(key, str) and not self._mentions.has(here)):
                yield Unused(here, UNMENTIONED, meant)

    def _is_slip(self, path: Path, meant: Path | None) -> bool:
        """Return whether no code names a key that almost equals one next to it, whatever may read the map whole."""
        if meant is None or path in self._declared:
            return False
        if path in self._real_names:
            return True
        return meant[:-1] == path[:-1] and not self._mentions.names(path[-1])

    def _meant(self, path: Path) -> Path | None:
        meant = self._real_names.get(path) or self._known.nearest(path)
        # not what the user has set, too
        return None if meant is None or value_at(self._given, meant) is not None else meant

    def _is_absent(self, path: Path) -> bool:
        """Return whether a value is one of a subchart that does not take part."""
        return any(path[:end] in self._absent for end in range(1, len(path) + 1))

    def _may_be_asked_for(self, path: Path) -> bool:
        """Return whether a template may ask if a container is empty that would be without what nothing reads."""
        known = self._asked.get(path)
        if known is None:
            known = self._asked[path] = self._is_asked_for(path)
        return known

    def _is_asked_for(self, path: Path) -> bool:
        if not path or (VALUES, *path) not in self._reads.asked:
            return False
        tree, own = self._trace.value_at((VALUES, *path)), value_at(self._given, path)
        if not isinstance(tree, (dict, list)) or type(tree) is not type(own):
            return False
        return all(
            (isinstance(own, list) or key in own) and not self._reads.is_read((VALUES, *path, key))
            for key, _ in _items(tree)
        )


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


def _unread(
    tree: Any, path: Path, reads: Reads, losing: Collection[Path], above: Collection[Path], shared: Collection[Path]
) -> Iterator[Path]:
    """Yield the paths of values that nothing has read; of a map that nothing has looked into, its own.

    Values that aliases refer to are left out; ``above`` are the paths of containers with such values.
    """
    for key, value in _items(tree):
        here = (*path, key)
        if here in losing:
            yield here
        elif here in shared or (value is None and isinstance(key, int)):
            continue  # null is in a list for --set, which made room for an item behind it
        elif not reads.is_read((VALUES, *here)) and here not in above:
            yield here
        elif isinstance(value, (dict, list)) and value:
            yield from _unread(value, here, reads, losing, above, shared)


def _losing_globals(trace: Trace, reads: Reads, given: dict[str, Any]) -> Iterator[tuple[Path, Path]]:
    """Yield globals of subcharts in the place of which templates get another, each with the path of that."""
    for prefix in reads.subcharts:
        at = (*prefix, GLOBAL)
        for path in _all_in(given, at):
            value = value_at(given, path)
            if isinstance(value, (dict, list)) and value:
                continue
            for end in range(len(prefix)):
                upper = (*prefix[:end], *path[len(prefix) :])
                winner = trace.value_at((VALUES, *upper))
                if winner is not None:
                    if winner != value and not isinstance(winner, dict):
                        yield path, upper
                    break


def _all_in(tree: Any, path: Path) -> Iterator[Path]:
    """Yield a path and those of all that is below it."""
    todo = [(path, value_at(tree, path))]
    while todo:
        path, at = todo.pop()
        yield path
        if isinstance(at, (dict, list)) and len(path) < _MOST_DEPTH:
            todo += [((*path, key), value) for key, value in _items(at)]


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
    absent = []
    for child in loaded.dependencies:
        for name in _names(loaded, child):
            if name in there:
                absent += _absent(child, there[name], (*path, name))
            else:
                absent.append((*path, name))
    return absent


def _names(chart: Chart, child: Chart) -> list[str]:
    """Return the keys of a subchart's values in those of its chart."""
    return [d.alias or d.name for d in chart.metadata.dependencies if d.name == child.name] or [child.name]


def _real_names(chart: Chart, path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the keys that subcharts with an alias would have without it, and those that they have."""
    for child in chart.dependencies:
        names = _names(chart, child)
        for name in names:
            yield from _real_names(child, (*path, name))
        if child.name not in names:
            yield (*path, child.name), (*path, names[0])


def _known_paths(reads: Reads, mentions: Mentions, declared: set[Path], unread: list[Path]) -> KnownPaths:
    """Return the paths that a value may have been meant to have."""
    known = {path[1:] for path in reads.touched if path[:1] == (VALUES,)} | set(mentions.anchored)
    known.update(declared)
    wrong = set(unread)
    return KnownPaths(path for path in known if path not in wrong)


def _default_paths(chart: Chart, path: Path) -> Iterator[Path]:
    todo: list[tuple[Path, Any]] = [(path, chart.values)]
    while todo:
        at, tree = todo.pop()
        for key, value in _items(tree):
            yield (*at, key)
            if isinstance(value, (dict, list)):
                todo.append(((*at, key), value))
    for child in chart.dependencies:
        for name in _names(chart, child):
            yield (*path, name)
            yield from _default_paths(child, (*path, name))


def value_at(tree: Any, path: Path) -> Any:
    """Return what is at a path, or None."""
    for key in path:
        try:
            tree = tree[key]
        except (LookupError, TypeError):
            return None
    return tree


def _items(tree: Any) -> Iterable[tuple[Any, Any]]:
    return tree.items() if isinstance(tree, dict) else enumerate(tree)
