"""Defaults and choices, failing on purpose, and JSON."""

from __future__ import annotations

from steersman.go import errors as go_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


def default(fallback: Any, *given: Any) -> Any:
    """Return the given value, or the fallback when it is empty."""
    return given[0] if given and given[0] else fallback


def empty(value: Any) -> bool:
    """Return whether a value is the zero of its type."""
    return not value


def coalesce(*values: Any) -> Any:
    """Return the first value that is not empty."""
    return next((v for v in values if v), None)


def all_set(*values: Any) -> bool:
    """Return whether no value is empty."""
    return all(values)


def any_set(*values: Any) -> bool:
    """Return whether some value is not empty."""
    return any(values)


def ternary(if_true: Any, if_false: Any, condition: bool) -> Any:
    """Choose by a condition."""
    return if_true if condition else if_false


def fail(message: str) -> NoReturn:
    """Fail."""
    raise go_errors.CallError(message)


def from_json(text: str) -> Any:
    """Read JSON; nothing when it is none."""
    from steersman.go import json as gojson

    try:
        return gojson.loads(text)
    except ValueError:
        return None


def must_from_json(text: str) -> Any:
    """Read JSON."""
    from steersman.go import json as gojson

    try:
        return gojson.loads(text)
    except ValueError as err:
        raise go_errors.CallError(str(err)) from err


def _write(value: Any, *, indent: str | None = None, escape_html: bool = True) -> str:
    from steersman.go import json as gojson

    try:
        return gojson.dumps(value, indent=indent, escape_html=escape_html)
    except (ValueError, TypeError) as err:
        raise go_errors.CallError(str(err)) from err


def to_json(value: Any) -> str:
    """Write JSON; nothing when the value cannot be written."""
    try:
        return _write(value)
    except go_errors.CallError:
        return ""


def to_pretty_json(value: Any) -> str:
    """Write indented JSON; nothing when the value cannot be written."""
    try:
        return _write(value, indent="  ")
    except go_errors.CallError:
        return ""


def to_raw_json(value: Any) -> str:
    """Write JSON without escaping what matters to HTML."""
    return _write(value, escape_html=False)


def must_to_json(value: Any) -> str:
    """Write JSON."""
    return _write(value)


def must_to_pretty_json(value: Any) -> str:
    """Write indented JSON."""
    return _write(value, indent="  ")
