"""YAML values to typed fields, as go-yaml v3 decodes them into a struct: which types go into which.

Each reader takes a value and the place it stands at, for the message.
"""

from __future__ import annotations

from steersman.errors import ValuesError
from steersman.yamlio.version3 import GeneralMap, TextFloat, TextInt, Timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")


class SuiteError(ValuesError):
    """A file that holds no suite: a wrong type, an unknown key, no tests."""


class NeedsText(Exception):
    """A number where a text is wanted: the text as it is spelled was lost, and the document must be read again."""


# go: strings that a field of type bool takes (test_yes_is_a_boolean_in_a_typed_field)
_TRUE = ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "off", "Off", "OFF")


def shape(value: Any) -> str:
    """Return what a value is, for people."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return "null" if value is None else "a string"


def wrong(place: str, wanted: str, value: Any) -> SuiteError:
    """Return the error about a value of a wrong type."""
    shown = f" ({value})" if isinstance(value, str) else ""
    return SuiteError(f"{place}: must be {wanted}, not {shape(value)}{shown}")


def text(value: Any, place: str) -> str:
    """Read a string; any scalar will do."""
    if value is None:
        return ""
    if isinstance(value, Timestamp):
        return value.text
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (TextInt, TextFloat)):
        return value.text
    if isinstance(value, (int, float)):
        raise NeedsText
    raise wrong(place, "a string", value)


def texts(value: Any, place: str) -> tuple[str, ...]:
    """Read a list of strings."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise wrong(place, "a list", value)
    return tuple(text(item, f"{place}[{at}]") for at, item in enumerate(value))


def flag(value: Any, place: str) -> bool:
    """Read a boolean."""
    if value is None or value is False or value in _FALSE:
        return False
    if value is True or value in _TRUE:
        return True
    raise wrong(place, "true or false", value)


def number(value: Any, place: str) -> int:
    """Read an integer."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) >= 1 << 63:
        raise wrong(place, "a whole number", value)
    return int(value)


def optional_number(value: Any, place: str) -> int | None:
    """Read an integer that may be missing."""
    return None if value is None else number(value, place)


def tree(value: Any, place: str) -> dict[str, Any]:
    """Read a map of anything."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(place, "a map", value)
    return text_keys(value)


def text_keys(value: dict[Any, Any]) -> dict[str, Any]:
    """Return a map with the texts of its keys as keys."""
    if not isinstance(value, GeneralMap):
        return value
    return {key if isinstance(key, str) else _key_text(key): item for key, item in value.items()}


def _key_text(key: object) -> str:
    if key is None:
        return ""
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)


def anything(value: Any, _place: str) -> Any:
    """Take a value as it is."""
    return value


class Fields:
    """The keys of a struct and their readers.

    Args:
        readers: by key.
    """

    def __init__(self, readers: dict[str, Callable[[Any, str], Any]]) -> None:
        self._readers = readers

    def read(self, value: Any, place: str, *, strict: bool) -> dict[str, Any]:
        """Return the fields that are given, by key.

        Raises:
            SuiteError: for a wrong type, and where ``strict`` for an unknown key.
            NeedsText: see there.
        """
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise wrong(place or "suite", "a map", value)
        fields: dict[str, Any] = {}
        for key, item in text_keys(value).items():
            reader = self._readers.get(key)
            where = f"{place}.{key}" if place else key
            if reader is not None:
                fields[key] = reader(item, where)
            elif strict:
                raise SuiteError(f"{where}: unknown key (known are {', '.join(sorted(self._readers))})")
        return fields
