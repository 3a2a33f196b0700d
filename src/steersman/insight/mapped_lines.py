"""A source map that is read: from lines and fields of rendered YAML to lines of templates."""

from __future__ import annotations

import re
from bisect import bisect_left

from steersman.errors import UsageError
from steersman.insight.source_map import VERSION
from steersman.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST = 4096  # characters of a field: what is longer is cut
_GAP = 3  # lines that no template has between objects: a separator, its "# Source:", a blank one


class MappedLine(Record):
    """A line of a source map.

    Attributes:
        line: of the output, from 1.
        target: ``Kind/name``.
        field: JSON pointer.
        template, template_line: the line that wrote it.
        includes: the places of the templates that were included there, innermost last.
        values: the paths of the values in it.
    """

    line: int
    target: str
    field: str
    template: str
    template_line: int
    includes: tuple[tuple[str, int], ...]
    values: tuple[str, ...]


class MappedLines:
    """The lines of a source map.

    Args:
        tree: the map, as ``source_map`` makes it.

    Attributes:
        rows: its lines, in the order of the output.

    Raises:
        UsageError: when it is not a source map, naming what is wrong.
    """

    def __init__(self, tree: Any) -> None:
        if not isinstance(tree, dict) or not isinstance(tree.get("lines"), list) or "version" not in tree:
            raise UsageError("it is not a source map of steer template --source-map")
        if tree["version"] != VERSION:
            raise UsageError(f"it has version {tree['version']!r}; this program reads version {VERSION}")
        self.rows = sorted((_row(at, row) for at, row in enumerate(tree["lines"])), key=lambda row: row.line)
        self._lines = [row.line for row in self.rows]
        self._names: dict[str, set[str]] = {}  # of objects, by their kinds
        self._fields: dict[str, dict[str, MappedLine]] = {}  # the first line in each field, by object
        for row in self.rows:
            kind, _, name = row.target.partition("/")
            self._names.setdefault(kind, set()).add(name)
            fields = self._fields.setdefault(row.target, {})
            pointer = _plain(row.field[:_LONGEST])
            while pointer not in fields:
                fields[pointer] = row
                pointer = pointer.rpartition("/")[0]

    def chart(self) -> str:
        """Return the name of the chart, as paths of templates begin with it; ``""`` where there are no lines."""
        return self.rows[0].template.partition("/")[0] if self.rows else ""

    def at(self, first: int, last: int = 0) -> MappedLine | None:
        """Return the first line of a region that a template wrote.

        Where there is none, it is the next line, if only a separator is between them, or the last one before, for a
        blank line inside an object. A region that begins with an object is about the object as a whole.
        """
        at = bisect_left(self._lines, first)
        following = self.rows[at] if at < len(self.rows) else None
        before = self.rows[at - 1] if at else None
        if following is None:
            return before if before is not None and first - before.line <= 1 else None
        if following.line <= max(first, last):
            is_whole = last > first and (before is None or before.target != following.target)
            return replace(following, field="") if is_whole else following
        if before is not None and before.target == following.target and following.field != "/apiVersion":
            return before
        return following if following.line - first <= _GAP else None

    def of_object(self, kind: str, name: str, pointer: str = "") -> MappedLine | None:
        """Return the line of a field of an object, or of the innermost field around it that is there.

        An empty ``name`` means the only object of the kind.
        """
        names = self._names.get(kind, set())
        if not name and len(names) == 1:
            name = next(iter(names))
        fields = self._fields.get(f"{kind}/{name}")
        if fields is None:
            return None
        pointer = _plain(pointer[:_LONGEST])
        while pointer and pointer not in fields:
            pointer = pointer.rpartition("/")[0]
        return fields[pointer] if pointer else replace(fields[""], field="")

    def named_in(self, text: str) -> str:
        """Return ``Kind/name`` of the one object whose kind and name stand in a text, or ``""``."""
        found_words = re.findall(r"[\w.:-]+", text)
        words = {*found_words, *(word.strip(".:-") for word in found_words)}
        kinds = [kind for kind in words & self._names.keys() if words & self._names[kind]]
        if len(kinds) != 1:
            return ""
        names = words & self._names[kinds[0]]
        return f"{kinds[0]}/{next(iter(names))}" if len(names) == 1 else ""


def _plain(pointer: str) -> str:
    """Return a JSON pointer without escapes: kubeconform writes its paths so."""
    return pointer.replace("~1", "/").replace("~0", "~")


def _row(at: int, row: Any) -> MappedLine:
    try:
        includes = []
        for place in row["includes"]:
            file, _, line = place.rpartition(":")
            includes.append((file, int(line)))
        values = tuple(map(str, row["values"]))
        words = (row["object"], row.get("field", ""), row["template"])
        numbers = (row["line"], row["templateLine"])
        if not all(isinstance(one, str) for one in words) or not all(type(one) is int for one in numbers):
            raise TypeError
        return MappedLine(numbers[0], words[0], words[1], words[2], numbers[1], tuple(includes), values)
    except (TypeError, KeyError, AttributeError, ValueError):
        raise UsageError(f"lines[{at}] is not a line of a source map") from None
