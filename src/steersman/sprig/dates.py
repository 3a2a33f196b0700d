"""Dates and durations. Answers to Sprig's ``date.go``; the clock comes from the render."""

from __future__ import annotations

from steersman import gotime
from steersman.gotemplate.errors import CallError
from steersman.gotemplate.times import Time
from steersman.gotemplate.values import type_name
from steersman.sprig.context import now_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.sprig.context import Context


def now(context: Context | None) -> Time:
    """Return the time of the render."""
    return Time(gotime.Moment(now_ns(context), gotime.LOCAL))


def _nanoseconds(context: Context | None, value: Any, kinds: tuple[str, ...]) -> int:
    """The moment a value stands for: a time, seconds since the epoch, or else now."""
    if isinstance(value, Time):
        return value.moment.nanoseconds
    if type_name(value) in kinds:
        return int(value) * gotime.SECOND
    return now_ns(context)


def date_in_zone(context: Context | None, layout: str, value: Any, zone: str) -> str:
    """Write a date in a zone; an unknown zone is UTC."""
    nanoseconds = _nanoseconds(context, value, ("int64", "int", "int32"))
    return gotime.format_moment(gotime.Moment(nanoseconds, gotime.load_zone(zone) or gotime.UTC), layout)


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
        shift = gotime.parse_duration(text)
    except ValueError as err:
        raise CallError(str(err)) from err
    return Time(gotime.Moment(time.moment.nanoseconds + shift, time.moment.zone))


def date_modify(text: str, time: Time) -> Time:
    """Add a duration to a time; what is no duration adds nothing."""
    try:
        return must_date_modify(text, time)
    except CallError:
        return time


def ago(context: Context | None, value: Any) -> str:
    """Return the time since a date, in seconds."""
    since = now_ns(context) - _nanoseconds(context, value, ("int64", "int"))
    return gotime.format_duration(gotime.round_duration(since, gotime.SECOND))


def duration(value: Any) -> str:
    """Write a number of seconds as a duration."""
    from steersman.sprig.numbers import atoi, wrapped

    seconds = 0
    if type(value) is str:
        seconds = atoi(value)
    elif type_name(value) == "int64":
        seconds = int(value)
    return gotime.format_duration(wrapped(seconds * gotime.SECOND))


def duration_round(context: Context | None, value: Any) -> str:
    """Write a duration in its largest unit."""
    left = abs(_duration_of(context, value))
    for scale, unit in (
        (gotime.HOUR * 24 * 365, "y"),
        (gotime.HOUR * 24 * 30, "mo"),
        (gotime.HOUR * 24, "d"),
        (gotime.HOUR, "h"),
        (gotime.MINUTE, "m"),
        (gotime.SECOND, "s"),
    ):
        if left > scale:
            return f"{left // scale}{unit}"
    return "0s"


def _duration_of(context: Context | None, value: Any) -> int:
    if type(value) is str:
        try:
            return gotime.parse_duration(value)
        except ValueError:
            return 0
    if isinstance(value, Time):
        return now_ns(context) - value.moment.nanoseconds
    return int(value) if type_name(value) == "int64" else 0


def must_to_date(layout: str, text: str) -> Time:
    """Read a date by a layout."""
    try:
        return Time(gotime.parse_moment(layout, text, gotime.LOCAL))
    except ValueError as err:
        raise CallError(str(err)) from err


def to_date(layout: str, text: str) -> Time:
    """Read a date by a layout; what cannot be read is year 1."""
    try:
        return must_to_date(layout, text)
    except CallError:
        return Time(gotime.ZERO)


def unix_epoch(time: Time) -> str:
    """Return seconds since the epoch."""
    return str(time.moment.nanoseconds // gotime.SECOND)
