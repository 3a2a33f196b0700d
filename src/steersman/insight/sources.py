"""The sources of values while a recording is replayed: which of the user's values each one came from.

A container of the values is known by its identity. One that a function has made (``dict``, ``append``, ``set``) is
known by its identity too, and has the sources of each of its entries, so that ``.name`` in an ``include`` that got
``(dict "name" .Values.a "port" .Values.b)`` is the first of the two values and not both.
"""

from __future__ import annotations

from steersman.insight.reads import VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from steersman.engine.trace import Path, Trace
    from steersman.gotemplate.trace import Execution

_TREES = (dict, list)
_MOST_NESTED = 20  # containers inside each other that are looked through


class Sources:
    """The sources of a value.

    Attributes:
        reads: the paths that it came from.
        children: executions that have written it.
        because: paths that decided which value it is.
        trees: containers that a function was given whole.
        made: containers that functions have made, whose entries have sources of their own.
        handed: paths that went into such a container, or to an execution as its cursor.
        is_mixed: whether ``reads`` are those of several values, of which this is one.
    """

    __slots__ = ("because", "children", "handed", "is_mixed", "made", "reads", "trees")

    def __init__(
        self, reads: Iterable[Path] = (), children: Iterable[Execution] = (), because: Iterable[Path] = ()
    ) -> None:
        self.reads = list(reads)
        self.children = list(children)
        self.because = list(because)
        self.trees: list[Any] = []
        self.made: list[Any] = []
        self.handed: list[Path] = []
        self.is_mixed = False

    def add(self, other: Sources) -> None:
        """Take in the sources of another value."""
        self.reads += other.reads
        self.children += other.children
        self.because += other.because
        self.trees += other.trees
        self.made += other.made
        self.handed += other.handed
        self.is_mixed |= other.is_mixed

    def is_empty(self) -> bool:
        """Return whether there are none."""
        return not (self.reads or self.children or self.made or self.handed)


class Containers:
    """The places of containers, those of the values and those that functions have made."""

    def __init__(self, trace: Trace, places: dict[int, tuple[Path, ...]]) -> None:
        self._trace = trace
        self._places = places
        self._made: dict[int, dict[Any, Sources]] = {}
        self._known: dict[tuple[int, tuple[Any, ...]], Sources] = {}

    def is_made(self, value: Any) -> bool:
        """Return whether a function has made or changed a container."""
        return id(value) in self._made

    def paths(self, value: Any) -> tuple[Path, ...]:
        """Return the paths that a container has in the values."""
        return tuple([path for path in self._places.get(id(value), ()) if path and path != (VALUES,)])

    def find(self, base: Any, keys: tuple[Any, ...]) -> Sources | None:
        """Return the sources of what is at some keys of a container; None where nothing is known of it."""
        key = (id(base), keys)
        found = self._known.get(key)
        if found is None:
            found = self._find(base, keys)
            if found is not None:
                self._known[key] = found
        return found

    def _find(self, base: Any, keys: tuple[Any, ...]) -> Sources | None:
        paths: Sequence[Path] = self._places.get(id(base), ())
        found: Sources | None = None
        value = base
        is_known = bool(paths) or id(base) in self._made
        for key in keys:
            entry = self._made.get(id(value), {}).get(key)
            inner = _entry(value, key)
            if entry is not None:
                found, paths = entry, ()
            elif found is None:
                paths = [(*path, key) for path in paths]
            if isinstance(inner, _TREES):
                known = self._places.get(id(inner))
                if known is not None:
                    found, paths, is_known = None, known, True
                elif id(inner) in self._made:
                    found, paths, is_known = None, (), True
            value = inner
        if not is_known:
            return None
        if found is not None:
            return found
        made = self._of_paths(paths, value)
        if id(value) in self._made:
            made.made.append(value)
        return made

    def _of_paths(self, paths: Sequence[Path], value: Any) -> Sources:
        """Return the paths out of several, where containers were merged, whose value is the one that was read."""
        paths = [path for path in paths if path and path != (VALUES,)]
        if len(paths) < 2 or isinstance(value, _TREES):
            return Sources(paths)
        same = [path for path in paths if _is_same(self._trace.value_at(path), value)]
        return Sources(same, because=[path for path in paths if path not in same]) if same else Sources(paths)

    def all_of(self, value: Any, depth: int = 0) -> Sources:
        """Return the sources of everything in a container that a function has made."""
        found = Sources()
        entries = self._made.get(id(value), {})
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if key in entries:
                found.add(entries[key])
            if isinstance(inner, _TREES) and depth < _MOST_NESTED:
                known = self.paths(inner)
                if known:
                    found.reads += known
                elif id(inner) in self._made:
                    found.add(self.all_of(inner, depth + 1))
        return found

    def elements(self, value: Any) -> Iterator[Sources | None]:
        """Yield the sources of each element of a loop, in its order; None for one that nothing is known of."""
        if not isinstance(value, _TREES) or not (id(value) in self._made or id(value) in self._places):
            return
        for key in sorted(value) if isinstance(value, dict) else range(len(value)):
            found = self.find(value, (key,))
            yield None if found is None or found.is_empty() else found

    # Containers that functions make

    def note(self, function: str, given: tuple[Any, ...], made: Any, pending: Sources, text: str) -> Sources:
        """Note what a function has made, and return the sources that are left for what it is part of.

        Args:
            function: one of ``reading.BUILDERS``.
            given: what it got.
            made: what it returned.
            pending: the sources of all that was evaluated before, its arguments among it.
            text: of the template; what stands in it between quotes is a constant.
        """
        if not isinstance(made, _TREES):
            return pending
        self._known.clear()
        entries = self._made.setdefault(id(made), {})
        used: set[Path] = set()
        is_computed = False
        for key, value, source in _entries(function, given):
            known = self._made.get(id(source), {}).get(key[1]) if source is not None else None
            if source is not None:
                if known is None and not isinstance(value, _TREES):
                    known = self.find(source, (key[1],))
            elif isinstance(value, _TREES):
                used.update(path for path in pending.reads if self._trace.value_at(path) is value)
                if not (id(value) in self._places or id(value) in self._made):
                    known, is_computed = pending, True  # read from text, say
            else:
                same = [path for path in pending.reads if _is_same(self._trace.value_at(path), value)]
                if same:
                    used.update(same)
                    known = Sources(dict.fromkeys(same), because=pending.because)
                elif type(value) is str and value and not (f'"{value}"' in text or f"`{value}`" in text):
                    known, is_computed = pending, True
            entries.pop(key[0], None)
            if known is not None:
                entries[key[0]] = known
        if is_computed:
            rest = Sources([path for path in pending.reads if path not in used], pending.children, pending.because)
            rest.trees = pending.trees
            rest.is_mixed = len(set(rest.reads)) > 1
            for key, known in entries.items():
                if known is pending:
                    entries[key] = rest
            used.update(rest.reads)
        left = Sources([path for path in pending.reads if path not in used], because=pending.because)
        left.children = [] if is_computed else pending.children
        left.handed = [*pending.handed, *used]
        left.made = [made]
        return left

    def copy(self, made: Any, given: tuple[Any, ...]) -> None:
        """Note that a function has copied or merged containers, some of which functions have made."""
        for source in given:
            todo = [(made, source)]
            seen = set()
            while todo:
                copied, original = todo.pop()
                if copied is original or (id(copied), id(original)) in seen:
                    continue
                if not isinstance(copied, _TREES) or type(copied) is not type(original):
                    continue
                seen.add((id(copied), id(original)))
                entries = self._made.get(id(original), {})
                for key, inner in original.items() if isinstance(original, dict) else enumerate(original):
                    now = _entry(copied, key)
                    if key in entries and _is_same(now, inner):
                        self._known.clear()
                        self._made.setdefault(id(copied), {})[key] = entries[key]
                    if isinstance(inner, _TREES) and isinstance(now, _TREES):
                        todo.append((now, inner))


def _entries(function: str, given: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, Any], Any, Any]]:
    """Yield the entries a function makes: keys now and before, the value, and the container that it was in."""
    name = function.removeprefix("must").lower()
    if name == "dict":
        for at in range(0, len(given) - 1, 2):
            yield (given[at], None), given[at + 1], None
    elif name == "set":
        if len(given) == 3:
            yield (given[1], None), given[2], None
    elif name in ("list", "tuple"):
        for at, value in enumerate(given):
            yield (at, None), value, None
    elif name == "concat":
        place = 0
        for one in given:
            for at, value in enumerate(one if isinstance(one, list) else ()):
                yield (place, at), value, one
                place += 1
    elif len(given) == 2 and isinstance(given[0], list):
        shift = 1 if name == "prepend" else 0
        for at, value in enumerate(given[0]):
            yield (at + shift, at), value, given[0]
        yield (0 if shift else len(given[0]), None), given[1], None


def _entry(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return dict.get(value, key)
    if isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
        return value[key]
    return None


def _is_same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and not isinstance(one, _TREES) and bool(one == other))
