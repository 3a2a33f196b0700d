"""The values that a render has read, out of its recording."""

from __future__ import annotations

from steersman.gotemplate import trace as t
from steersman.gotemplate.reading import COPIES, ELEMENTS, HANDS_ON, KEYED, reading_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeAlias

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path, Trace
    from steersman.gotemplate.trace import Execution

    # a template: the name of its text, and its own
    Name: TypeAlias = tuple[str, str]

VALUES = "Values"
GLOBAL = "global"
_TREES = (dict, list)
_NOTHING_ASKED: tuple[tuple[Path, ...], Any] = ((), None)


class Reads:
    """The values that a render has read, and the code that has run.

    Attributes:
        touched: every path that was read, and what is above it: ``("Values", "image", "tag")``.
        whole: the paths of containers of which everything counts as read.
        listed: the paths of containers that were gone through, whatever their keys are.
        looped: those among them that a loop was over.
        asked: the paths of containers that were read, and not for a field: whether they are empty may matter.
        ran: the templates that ran.
        taken: the branches that were taken: template, position of the statement, whether it was the body.
    """

    def __init__(self, trace: Trace) -> None:
        self.touched: set[Path] = set()
        self.whole: set[Path] = set()
        self.listed: set[Path] = set()
        self.looped: set[Path] = set()
        self.asked: set[Path] = set()
        self.ran: set[Name] = set()
        self.taken: set[tuple[Name, int, bool]] = set()
        self._original = trace.places
        # with the containers that functions have copied or merged
        self.places: dict[int, tuple[Path, ...]] = {key: tuple(paths) for key, paths in trace.places.items()}
        self.subcharts = frozenset(subchart_paths(trace.chart)) if trace.chart is not None else frozenset()
        # what was read: base and fields, with the paths and the container that they led to
        self._known: dict[tuple[int, tuple[str, ...]], tuple[tuple[Path, ...], Any]] = {}
        self._seen_whole: set[int] = set()
        executions = list(_all(trace.roots))
        for execution in executions:
            for event in execution.events:
                if event[0] == t.MADE and reading_of(event[1]) == COPIES:
                    self._copied(event[2], event[3])
        for execution in executions:
            self._run(execution)

    def is_read(self, path: Path) -> bool:
        """Return whether the value at ``path``, or one below it, was read."""
        if path in self.touched or () in self.whole:
            return True
        return any(path[:end] in self.whole for end in range(1, len(path) + 1))

    def add(self, path: Path) -> None:
        """Note that something besides a template reads ``path``."""
        for one in self.levels(path):
            while one and one not in self.touched:
                self.touched.add(one)
                one = one[:-1]

    # Events

    def _run(self, execution: Execution) -> None:
        name = _name(execution, execution.name)
        self.ran.add(name)
        outer: list[Name] = []
        asked: dict[int, tuple[Path, ...]] = {}  # containers that this statement has read, by their identity
        loops: dict[tuple[int, str], Iterator[tuple[Path, ...]]] = {}
        for event in execution.events:
            head = event[0]
            kind = type(head)
            if kind is tuple:
                if asked:
                    asked.pop(id(event[1]), None)  # it is the base of a longer chain: (.Values.image).tag
                self._read(head, event[1], asked)
                continue
            if asked:
                if head == t.MADE or head == t.GIVEN:
                    # a function says for itself what it reads of a container
                    for value in event[2] if head == t.MADE else event[2:]:
                        asked.pop(id(value), None)
                for paths in asked.values():
                    self.asked.update(paths)
                asked.clear()
            if kind is str:
                if len(event) == 3:
                    self._whole(event[2])  # a container that is printed as it stands
            elif head == t.GIVEN:
                self._given(event[1], event[2:])
            elif head == t.MADE:
                self._given(event[1], event[2])
            elif head == t.RANGE:
                loops[len(outer), event[1]] = self._looped(event[2])
            elif head == t.EACH:
                self.taken.add((name, event[2], True))
                for path in next(loops.get((len(outer), event[3]), iter(())), ()):
                    self.add(path)
            elif head == t.BRANCH:
                self.taken.add((name, event[2], event[3]))
            elif head == t.ENTER:
                outer.append(name)
                if event[1]:
                    name = _name(execution, event[1])
                    self.ran.add(name)
            elif head == t.LEAVE:
                name = outer.pop()

    def _read(self, names: tuple[str, ...], base: Any, asked: dict[int, tuple[Path, ...]]) -> None:
        key = (id(base), names)
        known = self._known.get(key)
        if known is None:
            paths, value = follow(self.places, base, names)
            known = self._known[key] = (paths, value) if isinstance(value, _TREES) else _NOTHING_ASKED
            for path in paths:
                self.add(path)
        if known[0]:
            asked[id(known[1])] = known[0]

    def _given(self, function: str, values: tuple[Any, ...]) -> None:
        if not function:
            self.whole.add(())
            return
        reading = reading_of(function)
        if reading == KEYED:
            self._keyed(function, values)
        elif reading == ELEMENTS:
            for value in values:
                self._elements(value)
        elif reading not in (HANDS_ON, COPIES):
            for value in values:
                self._whole(value)

    def _keyed(self, function: str, values: tuple[Any, ...]) -> None:
        found = list(keyed_paths(self.places, function, values))
        around = {path[:-1] for path, _ in found}
        for path, value in found:
            self.add(path)
            if isinstance(value, _TREES) and path not in around:
                self.asked.add(path)

    def _elements(self, value: Any) -> None:
        if not isinstance(value, _TREES):
            return
        for path in self.places.get(id(value), ()):
            self.add(path)
            self.listed.add(path)
            self._entries(value, path)

    def _looped(self, value: Any) -> Iterator[tuple[Path, ...]]:
        """Note that a loop goes through a container, and yield the paths of each element that it comes to."""
        if not isinstance(value, _TREES):
            return iter(())
        paths = self.places.get(id(value), ())
        for path in paths:
            self.add(path)
            self.listed.add(path)
            self.looped.add(path)
        keys = sorted(value) if isinstance(value, dict) else range(len(value))
        return (tuple([(*path, key) for path in paths]) for key in keys)

    def _entries(self, value: Any, path: Path) -> None:
        """The scalars in a container are read, and that there are others."""
        for key, _ in _items(value):
            self.add((*path, key))

    def _whole(self, value: Any) -> None:
        """Everything in a value is read: the known containers in it, which a template may have put together."""
        todo = [value]
        while todo:
            at = todo.pop()
            if not isinstance(at, _TREES) or id(at) in self._seen_whole:
                continue
            self._seen_whole.add(id(at))
            original = self._original.get(id(at), ())
            for path in self.places.get(id(at), ()):
                self.add(path)
                if path in original:
                    self.whole.update(self.levels(path))
                else:
                    self.listed.add(path)
                    self._entries(at, path)  # a copy may have some of the entries only
            todo += at.values() if isinstance(at, dict) else at

    def _copied(self, sources: tuple[Any, ...], made: Any) -> None:
        """A function has copied or merged containers: what is read of the result is read of the sources."""
        for source in sources:
            self._alias(made, source)

    def _alias(self, made: Any, source: Any) -> None:
        todo = [(made, source)]
        seen = set()
        while todo:
            copy, original = todo.pop()
            if copy is original or (id(copy), id(original)) in seen:
                continue
            if not any(isinstance(copy, tree) and isinstance(original, tree) for tree in _TREES):
                continue
            seen.add((id(copy), id(original)))
            paths = self.places.get(id(original))
            if paths is not None:
                known = self.places.get(id(copy), ())
                self.places[id(copy)] = (*known, *(path for path in paths if path not in known))
            if isinstance(original, dict):
                todo += [(inner, original[key]) for key, inner in copy.items() if key in original]
            else:
                todo += zip(copy, original)

    def levels(self, path: Path) -> Iterator[Path]:
        """Yield a path, and for globals of a subchart the places above that they come from."""
        yield path
        if GLOBAL in path[2:]:
            at = path.index(GLOBAL, 2)
            if path[1:at] in self.subcharts:
                for end in range(1, at):
                    yield (*path[:end], *path[at:])


def keyed_paths(
    places: dict[int, tuple[Path, ...]], function: str, values: tuple[Any, ...]
) -> Iterator[tuple[Path, Any]]:
    """Yield the paths of the entries that a function with keys looks at, and what is there."""
    if function == "dig":
        trees, keys = values[-1:], values[:-2]
    elif function == "pluck":
        trees, keys = values[1:], values[:1]
    else:
        trees, keys = values[:1], values[1:]
    for tree in trees:
        at = tree
        for key in keys:
            if not isinstance(at, _TREES):
                break
            index = int(key) if isinstance(at, list) and isinstance(key, (int, float)) else key
            try:
                inner = at[index]
            except (LookupError, TypeError):
                inner = None
            for path in places.get(id(at), ()):
                yield (*path, index), inner
            at = inner


def follow(places: dict[int, tuple[Path, ...]], base: Any, names: Iterable[str]) -> tuple[tuple[Path, ...], Any]:
    """Return the paths that fields of a value have, none where they are not of the values, and what is there."""
    paths = places.get(id(base), ())
    value = base
    for name in names:
        value = dict.get(value, name) if isinstance(value, dict) else None
        known = places.get(id(value)) if isinstance(value, _TREES) else None
        paths = known if known is not None else tuple([(*path, name) for path in paths])
    return paths, value


def subchart_paths(chart: Chart) -> Iterator[tuple[str, ...]]:
    """Yield the keys below which the values of each subchart are."""
    for child in chart.dependencies:
        yield (child.name,)
        for below in subchart_paths(child):
            yield (child.name, *below)


def _all(roots: list[Execution]) -> Iterator[Execution]:
    todo = roots[::-1]
    while todo:
        execution = todo.pop()
        yield execution
        todo += [event[1] for event in reversed(execution.events) if event[0] == t.RAN]


def _name(execution: Execution, name: str) -> Name:
    definition = execution.templates.lookup(name)
    return ("", name) if definition is None else (definition.parse_name, name)


def _items(value: Any) -> Iterable[tuple[Any, Any]]:
    return value.items() if isinstance(value, dict) else enumerate(value)


__all__ = ["Reads", "follow", "subchart_paths"]
