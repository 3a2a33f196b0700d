"""Helm's duration functions: ``durationSeconds`` and kin."""

from __future__ import annotations

from steersman import errors
from steersman.go import errors as go_errors
from steersman.go.time.duration import parse_duration, round_duration, truncate_duration
from steersman.go.values import Int64
from steersman.gotemplate.times import Duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SECOND = 1_000_000_000  # nanoseconds
_LIMIT = (1 << 63) - 1


def _from_float(seconds: float) -> Duration:
    from steersman.go.fmt import sprintf

    if seconds != seconds or seconds in (float("inf"), float("-inf")):
        raise go_errors.CallError(sprintf("invalid duration seconds: %v", [seconds]))
    if abs(seconds) > _LIMIT / SECOND:
        raise go_errors.CallError(sprintf("duration seconds overflow: %v", [seconds]))
    return Duration(int(seconds * SECOND))


def as_duration(value: Any) -> Duration:
    """Return what ``value`` means as a duration; bare numbers are seconds.

    Raises:
        CallError: with Helm's message.
    """
    if isinstance(value, Duration):
        return value
    if isinstance(value, str):
        return _from_text(value)
    if value is None:
        raise go_errors.CallError("invalid duration")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        from steersman.go.values import type_name

        raise go_errors.CallError(f"unsupported duration type {type_name(value)}")
    if isinstance(value, float):
        return _from_float(value)
    if abs(value) > _LIMIT // SECOND:
        raise go_errors.CallError(f"duration seconds overflow: {int(value)}")
    return Duration(int(value) * SECOND)


def _from_text(text: str) -> Duration:
    from steersman.go.quote import quote

    body = text.strip()
    if not body:
        raise go_errors.CallError("empty duration")
    try:
        return Duration(parse_duration(body))
    except (errors.SteerError, ValueError):
        pass
    try:
        return _from_float(float(body))
    except ValueError:
        raise go_errors.CallError(f"could not parse duration {quote(text)}") from None


def must_to_duration(value: Any) -> Duration:
    """Return ``value`` as a duration, or fail."""
    return as_duration(value)


def _nanoseconds(value: Any) -> int:
    try:
        return int(as_duration(value))
    except go_errors.CallError:
        return 0


def _quotient(count: int, unit: int) -> int:
    """Divide as Go does: towards zero."""
    return abs(count) // unit * (1 if count >= 0 else -1)


def nanoseconds(value: Any) -> Int64:
    """Return whole nanoseconds; 0 for anything that is not a duration."""
    return Int64(_nanoseconds(value))


def microseconds(value: Any) -> Int64:
    """Return whole microseconds; 0 for anything that is not a duration."""
    return Int64(_quotient(_nanoseconds(value), 1000))


def milliseconds(value: Any) -> Int64:
    """Return whole milliseconds; 0 for anything that is not a duration."""
    return Int64(_quotient(_nanoseconds(value), 1_000_000))


def _units(value: Any, unit: int) -> float:
    """Return the duration in ``unit`` the way Go's time package does: whole part and fraction apart."""
    count = _nanoseconds(value)
    whole = _quotient(count, unit)
    return float(whole) + float(count - whole * unit) / unit


def seconds(value: Any) -> float:
    """Return seconds; 0 for anything that is not a duration."""
    return _units(value, SECOND)


def minutes(value: Any) -> float:
    """Return minutes; 0 for anything that is not a duration."""
    return _units(value, 60 * SECOND)


def hours(value: Any) -> float:
    """Return hours; 0 for anything that is not a duration."""
    return _units(value, 3600 * SECOND)


def days(value: Any) -> float:
    """Return days; 0 for anything that is not a duration."""
    return hours(value) / 24.0


def weeks(value: Any) -> float:
    """Return weeks; 0 for anything that is not a duration."""
    return hours(value) / 24.0 / 7.0


def round_to(value: Any, unit: Any) -> Duration:
    """Return the duration rounded to a multiple of ``unit``."""
    try:
        duration = as_duration(value)
    except go_errors.CallError:
        return Duration(0)
    try:
        return Duration(round_duration(int(duration), int(as_duration(unit))))
    except go_errors.CallError:
        return duration


def truncate_to(value: Any, unit: Any) -> Duration:
    """Return the duration cut to a multiple of ``unit``."""
    try:
        duration = as_duration(value)
    except go_errors.CallError:
        return Duration(0)
    try:
        return Duration(truncate_duration(int(duration), int(as_duration(unit))))
    except go_errors.CallError:
        return duration
