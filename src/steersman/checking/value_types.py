"""The values that a chart's templates read, and what may be in each, for charts without a values.schema.json.

The kind of a value is that of its default, or that in the chart's examples; of a value without either, what templates
do with it decides. One that is only printed may be a text or a number (``UNTYPED``): templates do not say which.
"""

from __future__ import annotations

from steersman.checking.value_schema import NOTHING, value_tree
from steersman.insight.use import COMPARED, ENTRIES, KEYED, KIND, LOOP, NUMBER, PRINTED, TEMPLATE, TEST, TEXT, WHOLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    from steersman.checking.subject import Subject
    from steersman.checking.value_schema import ValueNode

    Schema: TypeAlias = dict[str, Any]
    Path: TypeAlias = tuple[str, ...]

UNTYPED: Schema = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
# a schema with none of these words takes a value of any kind
_OF_A_KIND = frozenset(
    ("type", "enum", "const", "properties", "items", "$ref", "anyOf", "oneOf", "allOf", "not", "if", "pattern")
)
_ONE_OF_EACH: tuple[Any, ...] = (1, True, "x", {"name": "x"}, [{"name": "x"}])
_FORMED = ("1Gi", "10%", "2026-01-02T03:04:05Z")
_KINDS = ((bool, "boolean"), ((int, float), "number"), (str, "string"))
_MOST_DEPTH = 12
_MOST_PATHS = 2_000


def value_types(subject: Subject, examples: Sequence[dict[str, Any]] = ()) -> dict[Path, Schema]:
    """Return the paths of the values that templates read, and a JSON schema of each.

    A map that values.yaml does not have is one value with all that is read of it: templates that read one field of it
    need not do without the others. Values are left out where nothing is known about what is in them.

    Args:
        subject: the chart.
        examples: values that are known to be right, such as those of the chart's tests.

    Raises:
        ParseError: for a template that does not parse.
    """
    found: dict[Path, Schema] = {}
    todo: list[tuple[Path, ValueNode, list[Any]]] = [((), value_tree(subject), list(examples))]
    while todo and len(found) < _MOST_PATHS:
        path, node, others = todo.pop()
        if len(path) > _MOST_DEPTH:
            continue
        if not path or node.is_chart or (isinstance(node.default, dict) and not node.hows & {WHOLE, LOOP}):
            todo += [((*path, key), child, _below(others, key)) for key, child in node.children.items()]
            continue
        schema = _schema(node, others, 0)
        if schema is not None:
            found[path] = schema
    return found


def others_of(value: Any, schema: Any) -> Iterator[Any]:
    """Yield a value anew for each part of it whose kind the schema leaves open, with that part of another kind.

    >>> list(others_of({"a": 5, "b": "x"}, {"properties": {"a": UNTYPED, "b": {"type": "string"}}}))
    [{'a': 'x', 'b': 'x'}, {'a': True, 'b': 'x'}]
    >>> list(others_of(["b"], {"items": UNTYPED}))  # what is only printed may also be an object in a list
    [[1], [True], [{'name': 'x'}]]
    >>> list(others_of("b", {"description": "says nothing of its kind"}))
    [1, True, {'name': 'x'}, [{'name': 'x'}]]

    The items of a list, or the entries of a map, change together as well: they are usually of one kind.

    >>> list(others_of(["b", "c"], {"items": UNTYPED}))[-3:]
    [[1, 1], [True, True], [{'name': 'x'}, {'name': 'x'}]]
    """
    if schema is UNTYPED:
        yield from (1, True) if isinstance(value, str) else ("x", True)
    elif not isinstance(schema, dict) or not schema.keys() & _OF_A_KIND:
        yield from (other for other in _ONE_OF_EACH if type(other) is not type(value))
    elif isinstance(value, dict):
        properties, of_others = schema.get("properties", {}), schema.get("additionalProperties", {})
        for key, inner in value.items():
            yield from ({**value, key: other} for other in others_of(inner, properties.get(key, of_others)))
        free = [key for key in value if key not in properties]
        if len(free) > 1:
            yield from ({**value, **dict.fromkeys(free, other)} for other in others_of(value[free[0]], of_others))
    elif isinstance(value, list):
        items = schema.get("items", {})
        others = [[*others_of(inner, items), *([{"name": "x"}] if items is UNTYPED else [])] for inner in value]
        for at, of_one in enumerate(others):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in of_one)
        if len(value) > 1:
            yield from ([other] * len(value) for other in others[0])


def formed_of(value: Any) -> Iterator[Any]:
    """Yield a value anew with its texts in each of the forms that fields of Kubernetes take.

    >>> next(formed_of({"a": ["x"], "b": 1}))
    {'a': ['1Gi'], 'b': 1}
    """
    yield from (_formed(value, text) for text in _FORMED)


def _formed(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {key: _formed(inner, text) for key, inner in value.items()}
    if isinstance(value, list):
        return [_formed(inner, text) for inner in value]
    return text if isinstance(value, str) else value


def _below(values: Sequence[Any], key: str) -> list[Any]:
    return [value[key] for value in values if isinstance(value, dict) and key in value]


def _schema(node: ValueNode, examples: Sequence[Any], depth: int) -> Schema | None:
    """Return a schema of the values at a place, or None where too little is known."""
    if depth > _MOST_DEPTH:
        return None
    known = [value for value in (node.default, *examples) if value is not NOTHING and value not in (None, {}, [])]
    scalars = [value for value in known if isinstance(value, (bool, int, float, str))]
    scalar = next((value for value in scalars if value != ""), scalars[0] if scalars else None)
    if scalar == "":
        # the usual default of a value that is not set: what it would be is for its uses to say
        return _of_uses(node, {"type": "string"})
    if scalar is not None:
        return _with_constants(_kind_of(scalar), node, scalar)
    items = [item for value in known if isinstance(value, list) for item in value]
    if items and all(isinstance(item, (bool, int, float, str)) for item in items):
        kinds = {_kind_of(item) for item in items}
        return {"type": "array", "items": {"type": kinds.pop()}} if len(kinds) == 1 else None
    if node.hows & {WHOLE, KEYED, KIND}:
        return None
    if LOOP in node.hows:
        entries = [entry for value in known if isinstance(value, dict) for entry in value.values()]
        inner = _schema(node.item, items or entries, depth + 1) if node.item is not None else None
        if inner is None:
            return None
        is_map = isinstance(node.default, dict) or bool(entries) or (ENTRIES in node.hows and node.default != [])
        return {"type": "object", "additionalProperties": inner} if is_map else {"type": "array", "items": inner}
    if node.children:
        return _map(node, known, depth)
    return _of_uses(node, {"type": "boolean"} if TEST in node.hows else None)


def _map(node: ValueNode, known: Sequence[Any], depth: int) -> Schema | None:
    fields = {key: _schema(child, _below(known, key), depth + 1) for key, child in node.children.items()}
    properties = {key: schema for key, schema in fields.items() if schema is not None}
    if not properties:
        return None
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _of_uses(node: ValueNode, otherwise: Schema | None) -> Schema | None:
    """Return what a scalar must be for what templates do with it; ``otherwise`` where that does not say."""
    if node.hows & {TEXT, TEMPLATE}:
        return _with_constants("string", node, "")
    if NUMBER in node.hows:
        return {"type": "integer"}
    if COMPARED in node.hows and node.constants:
        return _with_constants(_kind_of(node.constants[0]), node, node.constants[0])
    return UNTYPED if PRINTED in node.hows else otherwise


def _with_constants(kind: str, node: ValueNode, default: Any) -> Schema:
    """Return a schema of a kind in which the constants that templates compare a value with are as likely as others."""
    constants = [one for one in node.constants if _kind_of(one) == kind and one not in ("", default)]
    if not constants or kind == "boolean":
        return {"type": kind}
    return {"anyOf": [{"enum": [*constants, default]}, {"type": kind}]}


def _kind_of(value: Any) -> str:
    return next((word for types, word in _KINDS if isinstance(value, types)), "")
