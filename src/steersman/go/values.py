"""The representation of Go values in Python, and Go's names for their types.

===============================  ====================================
Python                           Go
===============================  ====================================
``None``                         nil, or no value
``bool``, ``str``, ``bytes``     ``bool``, ``string``, ``[]byte``
``int``; ``Int64``, ``Uint8`` …  ``int``; the other integer types
``float``, ``complex``           ``float64``, ``complex128``
``dict``; ``StringMap`` …        ``map[string]interface{}``; others
``list``; ``StringList`` …       ``[]interface{}``; others
``GoStruct``                     a struct, or a pointer to one
===============================  ====================================

Strings hold bytes that are not UTF-8 as lone surrogates (``surrogateescape``). A subclass of a
built-in type that stands for another Go type says so in ``go_type`` (and ``go_kind`` where the
built-in type's kind is not the Go kind). Compiled templates read fields of maps with ``d["a"]``
and ``d.get("b")``: classes below answer those two as Go would answer a field reference.
"""

from __future__ import annotations

from steersman.go import errors as go_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar, TypeAlias

    Signature: TypeAlias = str
    Method: TypeAlias = tuple[Callable[..., Any], Signature]


class Int64(int):
    """``int64``: numbers from ``--set`` and the results of most arithmetic."""

    __slots__ = ()
    go_type = "int64"
    go_kind = "int64"


class Unsigned(int):
    """Base of the unsigned integers."""

    __slots__ = ()
    go_type = go_kind = "uint"


class Uint8(Unsigned):
    """``uint8``, the element of ``[]byte`` and of strings under ``index``."""

    __slots__ = ()
    go_type = go_kind = "uint8"


class Uint32(Unsigned):
    """``uint32``."""

    __slots__ = ()
    go_type = go_kind = "uint32"


class Uint64(Unsigned):
    """``uint64``."""

    __slots__ = ()
    go_type = go_kind = "uint64"


class TypedMap(dict):  # type: ignore[type-arg]
    """Base of maps that are not ``map[string]interface{}``, or that have a name or methods of their own.

    ``go_elem`` is the element type, ``go_zero`` what a missing key gives. A method is a pair of a
    callable, which gets the map and the arguments, and a signature as in function tables.
    """

    __slots__ = ()
    go_type = "map[string]interface {}"
    go_kind = "map"
    go_elem = "interface {}"
    go_zero: Any = None
    go_methods: ClassVar[dict[str, Method]] = {}

    if not TYPE_CHECKING:

        def get(self, key, default=None):
            if key in self.go_methods:
                return call_without_arguments(self, key)
            value = dict.get(self, key, self)
            return self.go_zero if value is self else value

        def __getitem__(self, key):
            if key in self.go_methods:
                return call_without_arguments(self, key)
            return dict.__getitem__(self, key)

        def __missing__(self, key):
            if self.go_zero is None:
                raise KeyError(key)
            return self.go_zero


class NilMap(dict):  # type: ignore[type-arg]
    """A ``map[string]interface{}`` that is nil."""

    __slots__ = ()
    go_type = "map[string]interface {}"
    go_kind = "map"
    go_elem = "interface {}"
    go_zero: Any = None
    is_nil = True


class StringMap(TypedMap):
    """``map[string]string``."""

    __slots__ = ()
    go_type = "map[string]string"
    go_elem = "string"
    go_zero = ""


class TypedList(list):  # type: ignore[type-arg]
    """Base of slices that are not ``[]interface{}``; ``go_elem`` is the element type."""

    __slots__ = ()
    go_type = "[]interface {}"
    go_kind = "slice"
    go_elem = "interface {}"
    go_methods: ClassVar[dict[str, Method]] = {}

    if not TYPE_CHECKING:

        def get(self, key):
            if key in self.go_methods:
                return call_without_arguments(self, key)
            raise go_errors.EvalError(f"can't evaluate field {key} in type {self.go_type}")


class NilList(TypedList):
    """A ``[]interface{}`` that is nil: empty, but ``null`` as JSON."""

    __slots__ = ()
    is_nil = True


class StringList(TypedList):
    """``[]string``."""

    __slots__ = ()
    go_type = "[]string"
    go_elem = "string"


class GoStruct:
    """A Go struct, or a pointer to one when ``go_pointer`` is set.

    ``fields`` are in Go's order. ``go_embedded`` names those whose own fields and methods show
    through. Subclasses set ``go_type`` (such as ``chart.Metadata``) and ``go_methods``: name to a
    pair of a callable, which gets the struct and the arguments, and a signature as in function
    tables. A method ``String`` is what printing uses; with ``go_string_of_pointer`` it is the pointer's, which
    Go finds for a field that is printed as it stands, and not for what a function was given or gives back.
    """

    __slots__ = ("fields",)
    go_type: str = "struct {}"
    go_pointer: bool = False
    go_string_of_pointer: bool = False
    go_embedded: tuple[str, ...] = ()
    go_methods: ClassVar[dict[str, Method]] = {}

    def __init__(self, fields: dict[str, Any] | None = None) -> None:
        self.fields: dict[str, Any] = fields if fields is not None else {}

    def go_printed(self) -> dict[str, Any]:
        """Return the fields as printing shows them."""
        return self.fields

    def go_copy(self, copy: Callable[[Any], Any]) -> GoStruct:
        """Return a copy whose fields were copied; those that are not exported are empty, as reflection leaves them."""
        return type(self)({name: copy(one) if name[0].isupper() else "" for name, one in self.fields.items()})

    def go_find(self, name: str) -> tuple[bool, Any]:
        """Look a field up by name, through embedded structs."""
        if name in self.fields:
            return True, self.fields[name]
        for embedded in self.go_embedded:
            inner = self.fields.get(embedded)
            if isinstance(inner, GoStruct):
                found, value = inner.go_find(name)
                if found:
                    return True, value
        return False, None

    def go_method_owner(self, name: str) -> Any:
        """Return the struct, this one or an embedded one, that has the method ``name``; or None."""
        if name in self.go_methods:
            return self
        for embedded in self.go_embedded:
            inner = self.fields.get(embedded)
            owner = inner.go_method_owner(name) if isinstance(inner, GoStruct) else None
            if owner is not None:
                return owner
        return None

    def get(self, name: str) -> Any:
        """Return what the template's ``.name`` gives."""
        if name in self.fields and name not in self.go_methods:
            return self.fields[name]
        owner = self.go_method_owner(name)
        if owner is not None:
            return call_without_arguments(owner, name)
        found, value = self.go_find(name)
        if not found:
            raise go_errors.EvalError(f"can't evaluate field {name} in type {type_name(self)}")
        return value

    __getitem__ = get

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.fields == other.fields

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.fields!r})"


class NilPointer:
    """A typed nil pointer; ``go_type`` includes the star."""

    __slots__ = ("go_type",)
    go_kind = "ptr"
    is_nil = True

    def __init__(self, go_type: str) -> None:
        self.go_type = go_type

    def __bool__(self) -> bool:
        return False

    def get(self, name: str) -> Any:
        """Refuse the field reference as Go does."""
        raise go_errors.EvalError(f"nil pointer evaluating {self.go_type}.{name}")

    __getitem__ = get


class GoFunc:
    """A function as a value, for the builtin ``call``."""

    __slots__ = ("go_type", "signature", "target")
    go_kind = "func"

    def __init__(self, target: Callable[..., Any], signature: Signature, go_type: str) -> None:
        self.target = target
        self.signature = signature
        self.go_type = go_type


def method_of(value: Any, name: str) -> Any:
    """Return the object that owns the method ``name`` of ``value``, or None when it has none."""
    if isinstance(value, GoStruct):
        return value.go_method_owner(name)
    return value if name in getattr(value, "go_methods", ()) else None


def has_string(value: Any) -> bool:
    """Return whether a value, not a pointer to it, prints itself."""
    owner = method_of(value, "String")
    return owner is not None and not (isinstance(owner, GoStruct) and owner.go_string_of_pointer)


def call_without_arguments(owner: Any, name: str) -> Any:
    """Call a method as a field reference does.

    Raises:
        EvalError: when it takes arguments, in Go's words.
    """
    target, signature = owner.go_methods[name]
    if signature[:2] != "->":
        from steersman.go.signature import count_problem, parse_signature

        problem = count_problem(name, parse_signature(signature), 0, 0)
        if problem:
            raise go_errors.EvalError(problem)
    try:
        return target(owner)
    except go_errors.CallError as err:
        err.function = err.function or name
        raise


_TYPES: dict[type, str] = {
    type(None): "<nil>",
    bool: "bool",
    str: "string",
    int: "int",
    float: "float64",
    dict: "map[string]interface {}",
    list: "[]interface {}",
    bytes: "[]uint8",
    complex: "complex128",
}
_KINDS: dict[type, str] = {
    type(None): "invalid",
    bool: "bool",
    str: "string",
    int: "int",
    float: "float64",
    dict: "map",
    list: "slice",
    bytes: "slice",
    complex: "complex128",
}


def type_name(value: Any) -> str:
    """Return the Go type's name, as ``%T`` prints it.

    >>> type_name({"a": 1}), type_name(Int64(3)), type_name(None)
    ('map[string]interface {}', 'int64', '<nil>')
    """
    known = _TYPES.get(type(value))
    if known is not None:
        return known
    name: str = getattr(value, "go_type", "") or type(value).__name__
    return "*" + name if isinstance(value, GoStruct) and value.go_pointer else name


def kind_name(value: Any) -> str:
    """Return the Go kind's name, as ``reflect.Kind`` prints it (``ptr``, not ``pointer``)."""
    known = _KINDS.get(type(value))
    if known is not None:
        return known
    if isinstance(value, GoStruct):
        return "ptr" if value.go_pointer else "struct"
    return getattr(value, "go_kind", "") or "struct"


def is_nil(value: Any) -> bool:
    """Return whether ``value`` is nil: no value, or a nil map, slice or pointer."""
    return value is None or getattr(value, "is_nil", False) is True


def encode(text: str) -> bytes:
    """Return the bytes of a Go string."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """Return the Go string of ``data``."""
    return data.decode("utf-8", "surrogateescape")
