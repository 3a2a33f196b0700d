"""The things that an expression of a template may be, as far as they can be known without rendering.

A possible value is a set of places it may come from (``("Values", "image", "tag")``), the fields of a map that the
template itself has made (``dict "a" 1``), the items of such a list, and constants.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from steersman.engine.trace import Path

ELEMENT = "*"  # the key, in a path, of whichever element a loop or a computed key meets
_MOST_DEPTH = 12  # of maps that a template makes, in the key of a value
# One more element inside these is the same place again: a template that merges or prints trees includes itself for all
# that is in an element, and what is that deep is not told apart.
_MOST_ELEMENTS = 4
_DEEPEST = (ELEMENT,) * _MOST_ELEMENTS
_MOST_KEYS = 20  # in a path: a template that includes itself for what is in a value goes deeper each time


class Possible:
    """A value that an expression may have, as far as it is known.

    Attributes:
        paths: the places it may come from; the first key is ``Values``, ``Chart``, ``Files`` and the like.
        fields: of a map that a template has made, or None.
        items: of a list that a template has made, or None.
        constants: what it may be as written.
        is_unknown: whether it may be something else, too.
        is_never_nil: whether there is a fallback that is not nil.
        name: of a well-known value, such as the top of a chart, in place of a key.
    """

    __slots__ = ("constants", "fields", "is_never_nil", "is_unknown", "items", "name", "paths")

    def __init__(
        self,
        paths: Iterable[Path] = (),
        *,
        fields: dict[str, Possible] | None = None,
        items: Possible | None = None,
        constants: tuple[Any, ...] = (),
        is_unknown: bool = False,
        is_never_nil: bool = False,
        name: str = "",
    ) -> None:
        self.paths = frozenset(paths)
        self.fields = fields
        self.items = items
        self.constants = constants
        self.is_unknown = is_unknown
        self.is_never_nil = is_never_nil
        self.name = name

    def field(self, name: str) -> Possible:
        """Return what the field ``name`` of it may be."""
        found = self._below(name)
        if self.fields is not None:
            inner = self.fields.get(name) or self.fields.get(ELEMENT)
            found = found if inner is None else union(found, inner) if self.paths or self.is_unknown else inner
        return found

    def element(self) -> Possible:
        """Return what an element of it may be."""
        found = self._below(ELEMENT)
        for inner in (*(self.fields or {}).values(), *([self.items] if self.items is not None else [])):
            found = union(found, inner)
        return found

    def _below(self, key: str) -> Possible:
        paths = [
            path if key == ELEMENT and path[-_MOST_ELEMENTS:] == _DEEPEST else (*path, key)
            for path in self.paths
            if len(path) < _MOST_KEYS
        ]
        return Possible(paths, is_unknown=self.is_unknown or len(paths) < len(self.paths))

    def constant(self) -> Any:
        """Return the constant that it is, or None."""
        return self.constants[0] if len(self.constants) == 1 and not self.paths and not self.is_unknown else None

    def key(self, depth: int = 0) -> Any:
        """Return something that is equal for values that are alike."""
        if self.name:
            return self.name
        fields: Any = None
        if self.fields is not None and depth < _MOST_DEPTH:
            fields = sorted((name, str(inner.key(depth + 1))) for name, inner in self.fields.items())
        items = self.items.key(depth + 1) if self.items is not None and depth < _MOST_DEPTH else None
        return tuple(sorted(map(str, self.paths))), str(fields), str(items), str(self.constants), self.is_unknown


def union(left: Possible, right: Possible, depth: int = 0) -> Possible:
    """Return what is one or the other; ``depth`` counts the maps around, as one may be in itself."""
    if left is right or depth > _MOST_DEPTH:
        return left
    fields = left.fields if right.fields is None else right.fields
    if left.fields is not None and right.fields is not None and left.fields is not right.fields:
        fields = dict(left.fields)
        for name, inner in right.fields.items():
            fields[name] = union(fields[name], inner, depth + 1) if name in fields else inner
    items = left.items or right.items
    if left.items is not None and right.items is not None:
        items = union(left.items, right.items, depth + 1)
    return Possible(
        left.paths | right.paths,
        fields=fields,
        items=items,
        constants=tuple(dict.fromkeys((*left.constants, *right.constants))),
        is_unknown=left.is_unknown or right.is_unknown,
        is_never_nil=left.is_never_nil or right.is_never_nil,
    )


NOTHING = Possible()
UNKNOWN = Possible(is_unknown=True)
