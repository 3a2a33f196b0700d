"""Paths that templates name without having read them: in branches that were not taken, in templates that did not run.

A static walk over the trees. A path counts as mentioned when code that did not run

- names it (``.Values.image.tag``, or ``.tag`` of something), or a literal has its last key;
- reads something that it is in, whole (``toYaml .Values.image``);
- hands on something that it is in (``include "image" .Values.image``), and any code names what is left of the path.
"""

from __future__ import annotations

import re

from steersman.gotemplate import nodes as n
from steersman.gotemplate.reading import ELEMENTS, HANDS_ON, KEYED, WHOLE, reading_of
from steersman.insight.reads import GLOBAL, VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from steersman.engine.trace import Path, Trace
    from steersman.gotemplate.definition import Definition
    from steersman.insight.reads import Name, Reads

_CHAIN = re.compile(r"\.Values((?:\.\w+)+)")
_ALL_VALUES = re.compile(r"\.Values(?![.\w])")
_WORD = re.compile(r"[\w-]+")
_AFTER_ESCAPE = re.compile(r"\\.([\w-]+)")
_MOST_NAMES = 100  # of a path
# Functions that print: a container among what they get would show as Go's map[...], so what is named there is a scalar.
_PRINT = frozenset(["quote", "squote", "print", "printf", "println", "cat", "toString", "html", "js", "urlquery"])
_CHOICES = frozenset(["and", "or", "ternary", "coalesce"])
_MOST_CHARACTERS = 4_000_000  # of a chart's other files that are looked through


class Mentions:
    """The paths and names that the templates of a chart mention.

    ``asked`` are the paths that will be asked for: a text without any of their keys is not read, unless it speaks of
    all values.

    Attributes:
        anchored: paths below the values of a chart, as ``.Values.image.tag`` has them.
    """

    def __init__(self, trace: Trace, reads: Reads, asked: Iterable[Path]) -> None:
        self.anchored: set[Path] = set()
        self._above_anchored: set[Path] = set()
        self._whole = _Names()
        self._handed_on = _Names()
        # names of fields and words of literals: in code that did not run, and in any code
        self._relative: set[tuple[str, ...]] = set()  # with their beginnings
        self._words: set[str] = set()
        self._all_relative: set[tuple[str, ...]] = set()
        self._all_words: set[str] = set()
        self._reads = reads
        definitions = _definitions(trace)
        # most values that were not read stand in full in a branch that was not taken: no tree need be read for them
        self._chains = _chains({definition.text for definition in definitions})
        self._written = {path for path in asked if any(level in self._chains for level in self._levels(path))}
        self._written_keys = {path[-1] for path in self._written}
        asked = [path for path in asked if path not in self._written]
        if asked:
            may_matter = _filter(asked)
            for definition in definitions:
                if may_matter(definition.text):
                    key = (definition.parse_name, definition.name)
                    self._walk(trace.templates.part_of(definition).body, key, ran=key in reads.ran)  # type: ignore[union-attr]
            self._add_texts(trace)

    def has(self, path: Path) -> bool:
        """Return whether code that did not run mentions ``path``; without ``Values``."""
        if path in self._written:
            return True
        names = tuple([key for key in path if isinstance(key, str)])
        if not names or names[-1] in self._words or _ends_with(names, self._relative):
            return True
        if any(one in self._above_anchored for one in self._levels(path)):
            return True
        if any(True for _ in self._whole.rests(path, names, self._levels)):
            return True
        return any(self._is_named(rest) for rest in self._handed_on.rests(path, names, self._levels))

    def names_below(self, path: Path) -> bool:
        """Return whether code names something in the container at ``path`` in full."""
        return any(level in self._chains and self._chains[level] for level in self._levels(path))

    def is_whole(self, path: Path) -> bool:
        """Return whether code that did not run reads the container at ``path``, or one around it, whole."""
        names = tuple([key for key in path if isinstance(key, str)])
        below = (*path, "")
        return any(True for _ in self._whole.rests(below, (*names, ""), self._levels))

    def names(self, key: object) -> bool:
        """Return whether any code has ``key`` as the name of a field or in a literal."""
        if key in self._written_keys:
            return True  # the trees of what stands in full need not have been read
        return isinstance(key, str) and self._is_named((key,))

    def _is_named(self, names: tuple[str, ...]) -> bool:
        return names[-1] in self._all_words or _ends_with(names, self._all_relative)

    def _levels(self, path: Path) -> Iterator[Path]:
        """Yield a path as each of the charts sees it."""
        for end in range(len(path)):
            if end and path[:end] not in self._reads.subcharts:
                break
            yield path[end:]
        if GLOBAL in path[1:]:
            yield path[path.index(GLOBAL) :]

    def _add_texts(self, trace: Trace) -> None:
        """Add the words of values and files that may be templates themselves."""
        todo: list[Any] = [trace.values]
        while todo:
            at = todo.pop()
            if isinstance(at, str):
                if "{{" in at:
                    self._words.update(_WORD.findall(at))
            elif isinstance(at, dict):
                todo += at.values()
            elif isinstance(at, list):
                todo += at
        left = _MOST_CHARACTERS
        for chart in trace.chart.walk() if trace.chart is not None else ():
            for file in chart.files:
                if b"{{" in file.data and file.name != "README.md" and (left := left - len(file.data)) > 0:
                    self._words.update(_WORD.findall(file.data.decode("utf-8", "replace")))

    # Trees

    def _walk(self, items: n.ListNode | None, name: Name, *, ran: bool) -> None:
        if items is None:
            return
        for node in items.nodes:
            pipe: n.PipeNode | None = getattr(node, "pipe", None)
            if pipe is not None:
                self._pipe(pipe, ran=ran, is_whole=isinstance(node, n.RangeNode))
            if isinstance(node, n.BranchNode):
                taken = self._reads.taken
                is_body = ran and (name, node.pos, True) in taken and not _leaves_early(node)
                is_otherwise = ran and (name, node.pos, False) in taken
                self._walk(node.body, name, ran=is_body)
                self._walk(node.otherwise, name, ran=is_otherwise)

    def _pipe(self, pipe: n.PipeNode, *, ran: bool, is_whole: bool = False) -> None:
        """Add what a pipeline names; of one that may have stopped early all of it counts as not run.

        With ``is_whole``, that of a loop, it reads whatever it is about.
        """
        if _may_stop(pipe):
            ran = False
            # what is chosen may be read whole by what follows: ternary .Values.a .Values.b .Values.use | toYaml
            is_whole = is_whole or any(_reads_whole(command.args[0]) for command in pipe.commands[1:])
        for at, command in enumerate(pipe.commands):
            following = pipe.commands[at + 1].args[0] if at + 1 < len(pipe.commands) else None
            self._command(command, following, ran=ran, is_whole=is_whole)

    def _command(self, command: n.CommandNode, following: n.Node | None, *, ran: bool, is_whole: bool) -> None:
        """Add what a command names; ``following`` begins the one that it is piped into."""
        first = command.args[0]
        function = first if isinstance(first, n.IdentifierNode) else following
        reading = HANDS_ON
        if isinstance(function, n.IdentifierNode) and function.name not in _PRINT:
            reading = reading_of(function.name)
        keys: tuple[str, ...] = ()
        if reading == KEYED and function is first:
            keys = tuple(arg.text for arg in command.args if isinstance(arg, n.StringNode))
        is_whole = is_whole or reading in (WHOLE, ELEMENTS) or (reading == KEYED and not keys)
        for arg in command.args:
            if isinstance(arg, n.PipeNode):
                self._pipe(arg, ran=ran, is_whole=is_whole)
            elif isinstance(arg, n.StringNode):
                self._add_words(arg.text, ran=ran)
            elif isinstance(arg, n.ChainNode):
                if isinstance(arg.node, n.PipeNode):
                    self._pipe(arg.node, ran=ran)
                self._chain(tuple(arg.names), ran=ran, is_whole=is_whole)
            elif isinstance(arg, (n.FieldNode, n.VariableNode)):
                names = tuple(arg.names if isinstance(arg, n.FieldNode) else arg.names[1:])
                self._chain((*names, *keys), ran=ran, is_whole=is_whole)

    def _add_words(self, text: str, *, ran: bool) -> None:
        words = _WORD.findall(text)
        self._all_words.update(words)
        if not ran:
            self._words.update(words)

    def _chain(self, names: tuple[str, ...], *, ran: bool, is_whole: bool) -> None:
        is_anchored = VALUES in names
        if is_anchored:
            names = names[names.index(VALUES) + 1 :]
            if names:
                self.anchored.add(names)
                self._above_anchored.update(_beginnings(names))
                self._all_words.update(names)
        elif names:
            beginnings = _beginnings(names)
            self._all_relative.update(beginnings)
            if not ran:
                self._relative.update(beginnings)
        if not ran and (names or is_anchored):
            (self._whole if is_whole else self._handed_on).add(names, is_anchored=is_anchored)


class _Names:
    """Names of containers: paths below a chart's values, and fields of anything."""

    def __init__(self) -> None:
        self._anchored: set[Path] = set()
        self._relative: set[tuple[str, ...]] = set()

    def add(self, names: tuple[str, ...], *, is_anchored: bool) -> None:
        (self._anchored if is_anchored else self._relative).add(names)

    def rests(
        self, path: Path, names: tuple[str, ...], levels: Callable[[Path], Iterator[Path]]
    ) -> Iterator[tuple[str, ...]]:
        """Yield what is left of a path below each container that it is in; ``names`` are its keys without indexes."""
        for level in levels(path):
            for end in range(len(level)):
                if level[:end] in self._anchored:
                    yield tuple([key for key in level[end:] if isinstance(key, str)]) or names[-1:]
        for end in range(1, len(names)):
            for begin in range(end):
                if names[begin:end] in self._relative:
                    yield names[end:]


def _definitions(trace: Trace) -> list[Definition]:
    templates = trace.templates
    if templates is None:
        return []
    found = [templates.lookup(name) for name in templates.names()]
    return [definition for definition in found if definition is not None]


def _chains(texts: Iterable[str]) -> dict[Path, bool]:
    """Return the paths that texts have in full (``.Values.image.tag``), and whether there are longer ones of each."""
    found: dict[Path, bool] = {}
    for text in texts:
        for chain in set(_CHAIN.findall(text)):
            path = tuple(chain.split(".")[1:])
            found.setdefault(path, False)
            for end in range(1, len(path)):
                found[path[:end]] = True
    return found


def _filter(asked: Iterable[Path]) -> Callable[[str], bool]:
    keys = {key for path in asked for key in path if isinstance(key, str)}
    words = {word for key in keys for word in _WORD.findall(key)}
    odd = [key for key in keys if not _WORD.search(key)]

    def may_matter(text: str) -> bool:
        found = _WORD.findall(text) + (_AFTER_ESCAPE.findall(text) if "\\" in text else [])
        return not words.isdisjoint(found) or any(key in text for key in odd) or _ALL_VALUES.search(text) is not None

    return may_matter


def _beginnings(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [names[:size] for size in range(1, min(len(names), _MOST_NAMES) + 1)]


def _ends_with(path: tuple[str, ...], among: set[tuple[str, ...]]) -> bool:
    """Return whether a path ends with one of a set."""
    return any(path[-size:] in among for size in range(1, min(len(path), _MOST_NAMES) + 1))


def _may_stop(pipe: n.PipeNode) -> bool:
    """Return whether part of a pipeline may not be evaluated, or may be evaluated for nothing."""
    for command in pipe.commands:
        for arg in command.args:
            if isinstance(arg, n.IdentifierNode) and arg.name in _CHOICES:
                return True
            if isinstance(arg, n.PipeNode) and _may_stop(arg):
                return True
    return False


def _reads_whole(function: n.Node) -> bool:
    return isinstance(function, n.IdentifierNode) and function.name not in _PRINT and reading_of(function.name) == WHOLE


def _leaves_early(node: n.BranchNode) -> bool:
    from steersman.gotemplate.compiler import has_way_out

    return isinstance(node, n.RangeNode) and has_way_out(node.body)
