"""A mistake in a field, the place of a field, and how fields are read as Go does: absent, null and empty are alike."""

from __future__ import annotations

import json

from steersman.go.quote import quote
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    Fields = dict[str, Any]


class Place(Record):
    """The place of a field.

    Attributes:
        text: as a server names it: ``spec.containers[0].name``.
        keys: the keys on the way to it in the object.
    """

    text: str = ""
    keys: tuple[str | int, ...] = ()

    def field(self, *names: str) -> Place:
        """Return the place of a field of a field."""
        return Place(".".join((self.text, *names) if self.text else names), (*self.keys, *names))

    def item(self, at: int) -> Place:
        """Return the place of a list's item."""
        return Place(f"{self.text}[{at}]", (*self.keys, at))

    def key(self, name: str) -> Place:
        """Return the place of a map's value."""
        return Place(f"{self.text}[{name}]", (*self.keys, name))

    def named(self, name: str) -> Place:
        """Return the place under the name that the server uses for a field of it, which is not its real one."""
        return Place(f"{self.text}.{name}" if self.text else name, self.keys)


class Mistake(Record):
    """A problem of a field, in the words of a server.

    Attributes:
        place: the field.
        reason: the server's word for the kind of mistake: ``FieldValueInvalid``.
        message: with the value: ``Invalid value: -1: must be greater than or equal to 0``.
    """

    place: Place
    reason: str
    message: str


def shown(value: Any) -> str:
    """Return a value as a message shows it."""
    if isinstance(value, str):
        return quote(value)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def invalid(place: Place, value: Any, problem: str) -> Mistake:
    """A value that breaks a rule."""
    return Mistake(place, "FieldValueInvalid", f"Invalid value: {shown(value)}" + (f": {problem}" if problem else ""))


def required(place: Place, problem: str = "") -> Mistake:
    """A field that is missing."""
    return Mistake(place, "FieldValueRequired", "Required value" + (f": {problem}" if problem else ""))


def unsupported(place: Place, value: Any, choices: Iterable[str]) -> Mistake:
    """A value that is not one of the few that the field takes."""
    supported = ", ".join(shown(one) for one in choices)
    return Mistake(place, "FieldValueNotSupported", f"Unsupported value: {shown(value)}: supported values: {supported}")


def duplicate(place: Place, value: Any) -> Mistake:
    """A value that may be there only once."""
    return Mistake(place, "FieldValueDuplicate", f"Duplicate value: {shown(value)}")


def forbidden(place: Place, problem: str) -> Mistake:
    """A field that may not be there."""
    return Mistake(place, "FieldValueForbidden", f"Forbidden: {problem}")


def not_found(place: Place, value: str) -> Mistake:
    """A name of something that is not there."""
    return Mistake(place, "FieldValueNotFound", f"Not found: {shown(value)}")


def too_long(place: Place, most: int) -> Mistake:
    """A value with too many bytes."""
    return Mistake(place, "FieldValueTooLong", f"Too long: may not be more than {most} bytes")


# Rules that many fields have


def every(place: Place, value: Any, problems: Iterable[str]) -> Iterator[Mistake]:
    """Yield a mistake for each problem of a value."""
    for problem in problems:
        yield invalid(place, value, problem)


def not_negative(fields: Fields, place: Place, *names: str) -> Iterator[Mistake]:
    """Yield the fields whose number is negative."""
    for name in names:
        value = number(fields, name)
        if value is not None and value < 0:
            yield invalid(place.field(name), value, NOT_NEGATIVE)


def one_of(fields: Fields, place: Place, name: str, choices: tuple[str, ...]) -> Iterator[Mistake]:
    """Yield the field if it has a value that is not one of the choices; a default stands in for an empty text."""
    if fields.get(name):
        yield from one_if_given(fields, place, name, choices)


def one_if_given(fields: Fields, place: Place, name: str, choices: tuple[str, ...]) -> Iterator[Mistake]:
    """Yield the field if it has a value that is not one of the choices, which an empty text is not either."""
    value = fields.get(name)
    if value is not None and value not in choices:
        yield unsupported(place.field(name), value, choices)


NOT_NEGATIVE = "must be greater than or equal to 0"
PORT_RANGE = "must be between 1 and 65535, inclusive"


def is_port(value: int) -> bool:
    """Return whether a number can be a port's."""
    return 1 <= value <= 65535


# Reading


def text(fields: Fields, name: str) -> str:
    """Return a field that is a text."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def number(fields: Fields, name: str) -> int | None:
    """Return a field that is a number, or None where it is absent."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value)


def struct(fields: Fields, name: str) -> Fields | None:
    """Return a field that is a map, or None where it is absent."""
    value = fields.get(name)
    return value if isinstance(value, dict) else None


def mapping(fields: Fields, name: str) -> Fields:
    """Return a field that is a map, an empty one where it is absent; nulls in it are empty texts."""
    value = fields.get(name)
    return {key: "" if one is None else one for key, one in value.items()} if isinstance(value, dict) else {}


def texts(fields: Fields, name: str) -> list[str]:
    """Return a field that is a list of texts."""
    value = fields.get(name)
    return ["" if one is None else str(one) for one in value] if isinstance(value, list) else []


def items(fields: Fields, name: str) -> list[Fields]:
    """Return a field that is a list of maps."""
    value = fields.get(name)
    return [one if isinstance(one, dict) else {} for one in value] if isinstance(value, list) else []


def placed(fields: Fields, place: Place, name: str) -> Iterator[tuple[Fields, Place]]:
    """Yield the items of a list of maps with their places."""
    where = place.field(name)
    for at, one in enumerate(items(fields, name)):
        yield one, where.item(at)
