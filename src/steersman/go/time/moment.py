"""Moments with a zone, as Go's ``time.Time``: nanoseconds since the epoch.

``datetime`` is not used: Go's years go beyond it, and it costs time to import.
"""

from __future__ import annotations

from _contextvars import ContextVar

from steersman.go.time.duration import SECOND
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")


class Zone(Record):
    """A time zone: its name, and what says name and offset (seconds) at a moment (seconds since the epoch).

    ``is_dst`` says whether daylight saving time is in effect at a moment.
    """

    name: str
    at: Callable[[int], tuple[str, int]]
    is_dst: Callable[[int], bool] = lambda _seconds: False


def _utc(_seconds: int) -> tuple[str, int]:
    return "UTC", 0


def _system(seconds: int) -> tuple[str, int]:
    import time

    try:
        there = time.localtime(seconds)
    except (OverflowError, ValueError, OSError):
        return "UTC", 0
    return there.tm_zone, there.tm_gmtoff


def _system_dst(seconds: int) -> bool:
    import time

    try:
        return time.localtime(seconds).tm_isdst > 0
    except (OverflowError, ValueError, OSError):
        return False


UTC = Zone("UTC", _utc)
SYSTEM = Zone("Local", _system, _system_dst)
_LOCAL_ZONE: ContextVar[Zone] = ContextVar("local zone", default=SYSTEM)
LOCAL = Zone("Local", lambda seconds: _LOCAL_ZONE.get().at(seconds), lambda seconds: _LOCAL_ZONE.get().is_dst(seconds))


def in_local_zone(zone: Zone, call: Callable[[], T]) -> T:
    """Return the result of ``call``, for which ``LOCAL`` has the times of ``zone``."""
    before = _LOCAL_ZONE.set(zone)
    try:
        return call()
    finally:
        _LOCAL_ZONE.reset(before)


def fixed_zone(name: str, offset: int) -> Zone:
    """Return a zone with one offset."""
    return Zone(name, lambda _seconds: (name, offset))


def load_zone(name: str) -> Zone | None:
    """Return a zone by its name in the time zone database, or None when there is none."""
    if name in ("", "UTC"):
        return UTC
    if name == "Local":
        return LOCAL
    if ".." in name or name[0] in "/\\":
        return None
    from datetime import datetime
    from zoneinfo import ZoneInfo

    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None

    def there(seconds: int) -> datetime:
        # Outside datetime's years a zone has the rule of the nearest year.
        return datetime.fromtimestamp(min(max(seconds, -62135000000), 253402000000), zone)

    def at(seconds: int) -> tuple[str, int]:
        moment = there(seconds)
        offset = moment.utcoffset()
        return moment.tzname() or "", int(offset.total_seconds()) if offset is not None else 0

    return Zone(name, at, lambda seconds: bool(there(seconds).dst()))


# Civil dates, from year 1 (and before) on


def days_from_civil(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01 of a proleptic Gregorian date."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Return (year, month, day) of days since 1970-01-01."""
    days += 719468
    era = days // 146097
    of_era = days - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


class Clock(Record):
    """A moment taken apart in its zone; ``weekday`` counts from Sunday = 0."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    weekday: int
    year_day: int
    zone: str
    offset: int


class Moment(Record):
    """A point in time and the zone it is shown in."""

    nanoseconds: int
    zone: Zone = UTC

    def clock(self) -> Clock:
        """Return the parts of the moment."""
        seconds, nanosecond = divmod(self.nanoseconds, SECOND)
        name, offset = self.zone.at(seconds)
        days, of_day = divmod(seconds + offset, 86400)
        year, month, day = civil_from_days(days)
        year_day = days - days_from_civil(year, 1, 1) + 1
        return Clock(
            *(year, month, day, of_day // 3600, of_day % 3600 // 60, of_day % 60),
            *(nanosecond, (days + 4) % 7, year_day, name, offset),
        )


# Year 1, January 1, 00:00:00 UTC: Go's zero time.
ZERO = Moment(days_from_civil(1, 1, 1) * 86400 * SECOND)


def make_moment(
    year: int, month: int, day: int, hour: int, minute: int, second: int, nanosecond: int, zone: Zone
) -> Moment:
    """Return the moment of a date and time in a zone; parts out of range carry over."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    seconds = days_from_civil(year, month, 1) * 86400 + (day - 1) * 86400 + hour * 3600 + minute * 60 + second
    offset = zone.at(seconds)[1]
    # The offset that holds at the guess may not be the one that holds at the result.
    again = zone.at(seconds - offset)[1]
    return Moment((seconds - again) * SECOND + nanosecond, zone)
