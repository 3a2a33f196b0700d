"""Frozen, slotted value classes without the cost of importing ``dataclasses``.

A subclass of ``Record`` lists its fields as annotations; type checkers see a frozen
dataclass. Nothing is generated at class creation, so a module full of records is as
cheap to import as one without. Modules that define records begin with
``from __future__ import annotations``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from inspect import Signature
    from typing import Any, TypeVar, dataclass_transform

    R = TypeVar("R", bound="Record")
else:

    def dataclass_transform(**_options):
        return lambda cls: cls


class Factory:
    """A default made anew for each instance: ``items: list[str] = factory(default_factory=list)``."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def factory(default_factory: Callable[[], Any]) -> Any:
    """Mark a field's default as made anew for each instance by ``default_factory``."""
    return Factory(default_factory)


class _RecordType(type):
    """Turns annotations into slots and keeps defaults aside."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> _RecordType:
        own = [f for f in namespace.get("__annotations__", {}) if not f.startswith("__")]
        fields: tuple[str, ...] = ()
        defaults: dict[str, Any] = {}
        for base in bases:
            fields += tuple(f for f in getattr(base, "__fields__", ()) if f not in fields)
            defaults.update(getattr(base, "__defaults__", {}))
        for field in own:
            if field in namespace:
                defaults[field] = namespace.pop(field)
        inherited = fields
        fields += tuple(f for f in own if f not in fields)
        namespace["__slots__"] = tuple(f for f in own if f not in inherited)
        namespace["__fields__"] = fields
        namespace["__defaults__"] = defaults
        namespace["__match_args__"] = fields
        return super().__new__(mcs, name, bases, namespace, **options)

    @property
    def __signature__(cls) -> Signature:
        """The parameters of the constructor: the fields, for ``inspect.signature``."""
        from inspect import Parameter, Signature, get_annotations

        types: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            types.update(get_annotations(base))
        defaults: dict[str, Any] = getattr(cls, "__defaults__", {})
        fields: tuple[str, ...] = getattr(cls, "__fields__", ())

        def default_of(field: str) -> Any:
            value = defaults.get(field, Parameter.empty)
            return value.make() if type(value) is Factory else value

        return Signature(
            [
                Parameter(field, Parameter.POSITIONAL_OR_KEYWORD, default=default_of(field), annotation=types[field])
                for field in fields
            ],
            return_annotation=None,
        )


@dataclass_transform(frozen_default=True, field_specifiers=(factory,))
class Record(metaclass=_RecordType):
    """Base of the value classes: positional or keyword construction, equality, repr, no assignment."""

    if TYPE_CHECKING:
        __fields__: tuple[str, ...]
        __defaults__: dict[str, Any]
    else:

        def __init__(self, *args, **kwargs):
            kind = type(self)
            puts = kind.__dict__.get("__puts__") or _puts(kind)
            if len(args) != len(puts) or kwargs:
                args = _values(kind, args, kwargs)
            for put, value in zip(puts, args):
                put(self, value)

        def __setattr__(self, name, value):
            raise AttributeError(f"{type(self).__name__}.{name} cannot be assigned: records are frozen")

        def __delattr__(self, name):
            raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted: records are frozen")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, f) for f in self.__fields__)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, f) == getattr(other, f) for f in self.__fields__)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, f) for f in self.__fields__)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{f}={getattr(self, f)!r}" for f in self.__fields__)
        return f"{type(self).__name__}({shown})"


def _puts(kind: type[Record]) -> tuple[Callable[[object, object], None], ...]:
    """Return what sets each field, which takes half the time of ``object.__setattr__``; kept from the first use on."""
    puts = tuple(getattr(kind, field).__set__ for field in kind.__fields__)
    type.__setattr__(kind, "__puts__", puts)
    return puts


def _values(kind: type[Record], given: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
    """Return the value of each field: those given, those named, then defaults."""
    fields, defaults = kind.__fields__, kind.__defaults__
    if len(given) > len(fields):
        raise TypeError(f"{kind.__name__} takes {len(fields)} fields, {len(given)} given")
    values = list(given)
    for field in fields[len(given) :]:
        if field in named:
            value = named.pop(field)
        elif field in defaults:
            value = defaults[field]
            if type(value) is Factory:
                value = value.make()
        else:
            raise TypeError(f"{kind.__name__} misses the field {field!r}")
        values.append(value)
    if named:
        raise TypeError(f"{kind.__name__} has no field {', '.join(named)} left to set")
    return values


def replace(record: R, **changes: Any) -> R:
    """Return a copy of ``record`` with the named fields changed.

    Raises:
        TypeError: when a name is not a field.
    """
    fields = {f: getattr(record, f) for f in record.__fields__}
    for name in changes:
        if name not in fields:
            raise TypeError(f"{type(record).__name__} has no field {name!r}")
    return type(record)(**{**fields, **changes})
