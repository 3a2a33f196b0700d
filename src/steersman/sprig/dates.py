"""Dates and durations. Answers to Sprig's ``date.go``; the clock comes from the render."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.time.duration import (
    HOUR,
    MINUTE,
    SECOND,
    format_duration,
    parse_duration,
    round_duration,
    saturated,
)
from steersman.go.time.layout import format_moment
from steersman.go.time.moment import LOCAL, UTC, ZERO, Moment, load_zone
from steersman.go.time.read import parse_moment
from steersman.go.values import type_name
from steersman.gotemplate.times import Time
from steersman.sprig.context import now_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.sprig.context import Context


def now(context: Context | None) -> Time:
    """Return the time of the render."""
    return Time(Moment(now_ns(context), LOCAL))


def _nanoseconds(context: Context | None, value: Any, kinds: tuple[str, ...]) -> int:
    """The moment a value stands for: a time, seconds since the epoch, or else now."""
    if isinstance(value, Time):
        return value.moment.nanoseconds
    if type_name(value) in kinds:
        return int(value) * SECOND
    return now_ns(context)


def date_in_zone(context: Context | None, layout: str, value: Any, zone: str) -> str:
    """Write a date in a zone; an unknown zone is UTC."""
    nanoseconds = _nanoseconds(context, value, ("int64", "int", "int32"))
    return format_moment(Moment(nanoseconds, load_zone(zone) or UTC), layout)


def date(context: Context | None, layout: str, value: Any) -> str:
    """Write a date in the local zone."""
    return date_in_zone(context, layout, value, "Local")


def html_date(context: Context | None, value: Any) -> str:
    """Write a date for HTML's date input."""
    return date_in_zone(context, "2006-01-02", value, "Local")


def html_date_in_zone(context: Context | None, value: Any, zone: str) -> str:
    """Write a date for HTML's date input, in a zone."""
    return date_in_zone(context, "2006-01-02", value, zone)


def must_date_modify(text: str, time: Time) -> Time:
    """Add a duration to a time."""
    try:
        shift = parse_duration(text)
    except ValueError as err:
        raise go_errors.CallError(str(err)) from err
    return Time(Moment(time.moment.nanoseconds + shift, time.moment.zone))


def date_modify(text: str, time: Time) -> Time:
    """Add a duration to a time; anything that is not a duration adds nothing."""
    try:
        return must_date_modify(text, time)
    except go_errors.CallError:
        return time


def ago(context: Context | None, value: Any) -> str:
    """Return the time since a date, in seconds."""
    since = saturated(now_ns(context) - _nanoseconds(context, value, ("int64", "int")))
    return format_duration(round_duration(since, SECOND))


def duration(value: Any) -> str:
    """Write a number of seconds as a duration."""
    from steersman.sprig.numbers import atoi, wrapped

    seconds = 0
    if type(value) is str:
        seconds = atoi(value)
    elif type_name(value) == "int64":
        seconds = int(value)
    return format_duration(wrapped(seconds * SECOND))


def duration_round(context: Context | None, value: Any) -> str:
    """Write a duration in its largest unit."""
    left = abs(_duration_of(context, value))
    for scale, unit in (
        (HOUR * 24 * 365, "y"),
        (HOUR * 24 * 30, "mo"),
        (HOUR * 24, "d"),
        (HOUR, "h"),
        (MINUTE, "m"),
        (SECOND, "s"),
    ):
        if left > scale:
            return f"{left // scale}{unit}"
    return "0s"


def _duration_of(context: Context | None, value: Any) -> int:
    if type(value) is str:
        try:
            return parse_duration(value)
        except ValueError:
            return 0
    if isinstance(value, Time):
        return saturated(now_ns(context) - value.moment.nanoseconds)
    return int(value) if type_name(value) == "int64" else 0


def must_to_date(layout: str, text: str) -> Time:
    """Read a date by a layout."""
    try:
        return Time(parse_moment(layout, text, LOCAL))
    except ValueError as err:
        raise go_errors.CallError(str(err)) from err


def to_date(layout: str, text: str) -> Time:
    """Read a date by a layout; what cannot be read is year 1."""
    try:
        return must_to_date(layout, text)
    except go_errors.CallError:
        return Time(ZERO)


def unix_epoch(time: Time) -> str:
    """Return seconds since the epoch."""
    return str(time.moment.nanoseconds // SECOND)
