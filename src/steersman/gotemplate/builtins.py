"""The functions every Go template has: comparison, ``index``, ``len``, printing, escaping.

Answers to Go's ``text/template`` builtins. ``and``, ``or`` and ``not`` are written in place by the
compiler; they are in the table for their names and arity.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.values import GoFunc, GoStruct, Uint8, Unsigned, decode, encode, is_nil, kind_name, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.gotemplate.table import FunctionTable

BUILTINS: FunctionTable = {
    "and": ("steersman.gotemplate.builtins:logical_and", "any any... -> any", "and"),
    "or": ("steersman.gotemplate.builtins:logical_or", "any any... -> any", "or"),
    "not": ("steersman.gotemplate.builtins:logical_not", "any -> bool", "not"),
    "call": ("steersman.gotemplate.builtins:call", "any any... -> any", "call"),
    "html": ("steersman.gotemplate.escape:html", "any... -> string"),
    "js": ("steersman.gotemplate.escape:javascript", "any... -> string"),
    "urlquery": ("steersman.gotemplate.escape:urlquery", "any... -> string"),
    "index": ("steersman.gotemplate.builtins:index", "any any... -> any"),
    "slice": ("steersman.gotemplate.builtins:slice_of", "any any... -> any"),
    "len": ("steersman.gotemplate.builtins:length", "any -> int", "len"),
    "print": ("steersman.gotemplate.builtins:print_values", "any... -> string"),
    "printf": ("steersman.gotemplate.builtins:print_format", "string any... -> string", "printf"),
    "println": ("steersman.gotemplate.builtins:print_line", "any... -> string"),
    "eq": ("steersman.gotemplate.builtins:equal", "any any... -> bool", "eq"),
    "ne": ("steersman.gotemplate.builtins:not_equal", "any any -> bool", "ne"),
    "lt": ("steersman.gotemplate.builtins:less", "any any -> bool"),
    "le": ("steersman.gotemplate.builtins:less_equal", "any any -> bool"),
    "gt": ("steersman.gotemplate.builtins:greater", "any any -> bool"),
    "ge": ("steersman.gotemplate.builtins:greater_equal", "any any -> bool"),
}

_BASIC = {bool: "bool", str: "string", int: "int", float: "float", complex: "complex"}


def logical_and(first: Any, *rest: Any) -> Any:
    """Return the first argument that is false, or the last."""
    for value in rest:
        if not first:
            break
        first = value
    return first


def logical_or(first: Any, *rest: Any) -> Any:
    """Return the first argument that is true, or the last."""
    for value in rest:
        if first:
            break
        first = value
    return first


def logical_not(value: Any) -> bool:
    """Return whether the value is false."""
    return not value


def basic_kind(value: Any) -> str:
    """Return which values this one can be compared with; ``""`` for none."""
    known = _BASIC.get(type(value))
    if known is not None:
        return known
    if isinstance(value, Unsigned):
        return "uint"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    return "string" if isinstance(value, str) else ""


def equal(first: Any, *others: Any) -> bool:
    """Return whether the first argument equals one of the others."""
    if not others:
        raise go_errors.CallError("missing argument for comparison")
    kind = basic_kind(first)
    return any(_is_equal(first, kind, other) for other in others)


def _is_equal(first: Any, kind: str, other: Any) -> bool:
    other_kind = basic_kind(other)
    if kind != other_kind:
        if {kind, other_kind} == {"int", "uint"}:
            return int(first) == int(other)
        if first is not None and other is not None:
            raise go_errors.CallError(f"incompatible types for comparison: {type_name(first)} and {type_name(other)}")
        return False
    if kind:
        return bool(first == other)
    return _is_equal_reference(first, other)


def _is_equal_reference(first: Any, other: Any) -> bool:
    """Compare values that are not basic: only nil, and pointers and structs of one type."""
    if first is None or other is None:
        return is_nil(first) and is_nil(other)
    if kind_name(first) != kind_name(other):
        raise go_errors.CallError(
            f"non-comparable types {_verb('%s', first)}: {type_name(first)}, {type_name(other)}: {_verb('%v', other)}"
        )
    if is_nil(first) or is_nil(other):
        return is_nil(first) == is_nil(other)
    if isinstance(other, (dict, list, bytes)) or kind_name(other) == "func":
        raise go_errors.CallError(f"non-comparable type {_verb('%s', other)}: {type_name(other)}")
    if isinstance(first, GoStruct) and first.go_pointer:
        return first is other
    return type_name(first) == type_name(other) and bool(first == other)


def not_equal(first: Any, other: Any) -> bool:
    """Return whether two values differ."""
    return not equal(first, other)


def less(first: Any, other: Any) -> bool:
    """Return whether the first value is the smaller one."""
    kind, other_kind = basic_kind(first), basic_kind(other)
    if not kind or not other_kind:
        raise go_errors.CallError("invalid type for comparison")
    if kind != other_kind:
        if {kind, other_kind} == {"int", "uint"}:
            return int(first) < int(other)
        raise go_errors.CallError(f"incompatible types for comparison: {type_name(first)} and {type_name(other)}")
    if kind in ("bool", "complex"):
        raise go_errors.CallError("invalid type for comparison")
    if kind == "string" and not (first.isascii() and other.isascii()):
        return encode(first) < encode(other)
    return bool(first < other)


def less_equal(first: Any, other: Any) -> bool:
    """Return whether the first value is not the greater one."""
    return less(first, other) or equal(first, other)


def greater(first: Any, other: Any) -> bool:
    """Return whether the first value is the greater one."""
    return not less_equal(first, other)


def greater_equal(first: Any, other: Any) -> bool:
    """Return whether the first value is not the smaller one."""
    return not less(first, other)


def length(value: Any, *, is_bare: bool = False) -> int:
    """Return the length: bytes of a string, elements of a map or list.

    ``is_bare`` says that a nil is not a value at all, and not an empty interface.
    """
    if isinstance(value, str):
        return len(value) if value.isascii() else len(encode(value))
    if isinstance(value, (dict, list, bytes)):
        return len(value)
    if value is None and is_bare:
        raise go_errors.CallError("reflect: call of reflect.Value.Type on zero Value")
    if is_nil(value):
        raise go_errors.CallError("len of nil pointer")
    raise go_errors.CallError(f"len of type {_pointed(value)}")


def _pointed(value: Any) -> str:
    """The type of a value; of what it points to where it is a pointer."""
    return type_name(value).removeprefix("*")


def index(value: Any, *indexes: Any) -> Any:
    """Return ``value[i][j]…``; a missing map key gives the zero value."""
    if value is None:
        raise go_errors.CallError("index of untyped nil")
    for at in indexes:
        if type(value) is dict and type(at) is str:
            value = value.get(at)
        else:
            value = _index_one(value, at)
    return value


def _index_one(value: Any, at: Any) -> Any:
    if is_nil(value) and not isinstance(value, (dict, list, bytes)):
        raise go_errors.CallError("index of nil pointer")
    if isinstance(value, dict):
        _check_key(at)
        return dict.get(value, at, getattr(value, "go_zero", None))
    if isinstance(value, (list, bytes, str)):
        data = encode(value) if isinstance(value, str) else value
        position = _position(at, len(data))
        if position >= len(data):
            kind = "string" if isinstance(value, str) else "slice"
            raise go_errors.CallError(f"reflect: {kind} index out of range")
        found = data[position]
        return Uint8(found) if isinstance(data, bytes) else found
    raise go_errors.CallError(f"can't index item of type {_pointed(value)}")


def _check_key(key: Any) -> None:
    if key is None:
        raise go_errors.CallError("value is nil; should be of type string")
    if not isinstance(key, str):
        raise go_errors.CallError(f"value has type {type_name(key)}; should be string")


def _position(at: Any, limit: int) -> int:
    if at is None:
        raise go_errors.CallError("cannot index slice/array with nil")
    if not isinstance(at, int) or isinstance(at, bool):
        raise go_errors.CallError(f"cannot index slice/array with type {type_name(at)}")
    if at < 0 or at > limit:
        raise go_errors.CallError(f"index out of range: {int(at)}")
    return int(at)


def slice_of(value: Any, *indexes: Any) -> Any:
    """Return ``value[i:j]``."""
    if value is None:
        raise go_errors.CallError("slice of untyped nil")
    if is_nil(value) and not isinstance(value, list):
        raise go_errors.CallError("slice of nil pointer")
    if len(indexes) > 3:
        raise go_errors.CallError(f"too many slice indexes: {len(indexes)}")
    if not isinstance(value, (str, list, bytes)):
        raise go_errors.CallError(f"can't slice item of type {_pointed(value)}")
    if isinstance(value, str) and len(indexes) == 3:
        raise go_errors.CallError("cannot 3-index slice a string")
    data = encode(value) if isinstance(value, str) else value
    bounds = [0, len(data), len(data)]
    for number, at in enumerate(indexes):
        bounds[number] = _position(at, len(data))
    for low, high in zip(bounds, bounds[1:2] + (bounds[2:] if len(indexes) == 3 else [])):
        if low > high:
            raise go_errors.CallError(f"invalid slice index: {low} > {high}")
    part = data[bounds[0] : bounds[1]]
    if isinstance(value, str):
        return decode(part)  # type: ignore[arg-type]
    return type(value)(part) if type(value) is not list else part


PIPED = "<func Value>"  # how a function is called that came through a pipe


def call(name: str, function: Any, *args: Any) -> Any:
    """Call a function that is a value; ``name`` is how the template writes it."""
    if function is None:
        raise go_errors.CallError("call of nil")
    if not isinstance(function, GoFunc):
        if name == PIPED:
            # go: a reflect.Value prints the text that it holds, or its type
            name = function if isinstance(function, str) else f"<{type_name(function)} Value>"
        raise go_errors.CallError(f"non-function {name} of type {type_name(function)}")
    from steersman.gotemplate.arguments import check_arguments

    return function.target(*check_arguments(name, function.signature, args))


def _verb(verb: str, value: Any) -> str:
    from steersman.go.fmt import sprintf

    return sprintf(verb, (value,))


def print_values(*values: Any) -> str:
    """Print values as Go's ``Sprint``."""
    from steersman.go.fmt import sprint

    return sprint(values)


def print_line(*values: Any) -> str:
    """Print values as Go's ``Sprintln``."""
    from steersman.go.fmt import sprintln

    return sprintln(values)


def print_format(text: str, *values: Any) -> str:
    """Print values by a format as Go's ``Sprintf``."""
    from steersman.go.fmt import sprintf

    return sprintf(text, values)
