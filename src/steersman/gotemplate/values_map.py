"""``common.Values``, the type of ``.Values``, with its methods: tables in tables by dotted paths."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, TypeAlias

    from steersman.go.values import Method

    # The named views of maps, by the identity of the plain map.
    Views: TypeAlias = dict[int, "ValuesMap"]


class ValuesMap(dict):  # type: ignore[type-arg]
    """``common.Values``, a named ``map[string]interface{}``: as fast to read as a dict.

    Go converts between the two types without copying, so one map can be seen under both. Here each
    ``ValuesMap`` has the same entries as ``plain``, the dict that stands for the unnamed type. A
    parameter of type ``map`` receives ``plain``, and functions that change a map in place also change its
    ``ValuesMap``, which they find in ``views`` by the identity of ``plain``.

    Its methods are not found by ``get``: the compiler looks for their names (``METHOD_NAMES``).
    """

    __slots__ = ("plain", "views")
    plain: dict[str, Any]
    views: Views
    go_methods: ClassVar[dict[str, Method]] = {}

    @classmethod
    def over(cls, plain: dict[str, Any], views: Views) -> ValuesMap:
        """Return ``plain`` under the named type; the same object each time."""
        view = views.get(id(plain))
        if view is None:
            view = views[id(plain)] = cls(plain)
            view.plain = plain
            view.views = views
        return view

    def put(self, key: str, value: Any) -> None:
        """Set an entry, under both types."""
        self[key] = self.plain[key] = value

    go_type = "common.Values"
    go_kind = "map"
    go_elem = "interface {}"
    go_zero: Any = None


def _as_map(values: ValuesMap) -> dict[str, Any]:
    """Return the same map under the unnamed type."""
    return values.plain


def _table(values: ValuesMap, path: str) -> ValuesMap:
    """Return the table at a dotted path: the map itself, under the named type."""
    found: dict[str, Any] = values
    for name in path.split("."):
        inner = found.get(name)
        if type(inner) not in (dict, ValuesMap):
            raise go_errors.CallError(f"{quote(name)} is not a table")
        found = inner  # type: ignore[assignment]
    return found if isinstance(found, ValuesMap) else ValuesMap.over(found, values.views)


def _encode(_values: ValuesMap, writer: Any) -> Any:
    """Fail as Go does: a template has no ``io.Writer`` to give but nil."""
    assert writer is None, "nothing else passes for an io.Writer"
    raise go_errors.CallError("runtime error: invalid memory address or nil pointer dereference")


def _path_value(values: ValuesMap, path: str) -> Any:
    """Return the value, not a table, at a dotted path."""
    if not path:
        raise go_errors.CallError("YAML path cannot be empty")
    parent, _, name = path.rpartition(".")
    try:
        holder = _table(values, parent) if parent else values
    except go_errors.CallError as err:
        raise go_errors.CallError(f"{quote(name)} is not a value") from err
    if name not in holder or type(holder[name]) is dict:
        raise go_errors.CallError(f"{quote(name)} is not a value")
    return holder[name]


def _to_yaml(values: ValuesMap) -> str:
    """Return the values as YAML."""
    from steersman.yamlio import dump

    return dump(values)


ValuesMap.go_methods = {
    "AsMap": (_as_map, "-> map"),
    "Encode": (_encode, "writer -> error"),
    "Table": (_table, "string -> any"),
    "PathValue": (_path_value, "string -> any"),
    "YAML": (_to_yaml, "-> string"),
}
# Names that compiled code must not take for a key without checking the receiver.
METHOD_NAMES = frozenset(ValuesMap.go_methods)
