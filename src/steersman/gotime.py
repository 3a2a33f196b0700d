"""Go's time: durations, layouts, and moments with a zone.

Durations are nanoseconds as plain integers. A ``Moment`` is nanoseconds since the epoch and a
zone; it is written and read by Go's layouts (``"2006-01-02T15:04:05Z07:00"``). Answers to Go's
``time``; error texts are its. ``datetime`` is not used: Go's years go beyond it and it costs time
to import.

>>> format_duration(parse_duration("1h15m30.5s"))
'1h15m30.5s'
"""

from __future__ import annotations

from steersman.gointeger import integer
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SECOND = 1_000_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
_MAX = (1 << 63) - 1
_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": SECOND, "m": MINUTE, "h": HOUR}

RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00"

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def quote(text: str) -> str:
    """Quote a text as Go's ``time`` does in its errors: what is not printable ASCII byte by byte."""
    out = []
    for char in text:
        if " " <= char < "\x80":
            out.append("\\" + char if char in '"\\' else char)
        else:
            out += [f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape")]
    return f'"{"".join(out)}"'


# Durations


def parse_duration(text: str) -> int:
    """Read a duration such as ``1h30m`` into nanoseconds.

    Raises:
        ValueError: in Go's words.
    """
    invalid = ValueError(f"time: invalid duration {quote(text)}")
    rest = text
    sign = -1 if rest[:1] == "-" else 1
    if rest[:1] in ("-", "+"):
        rest = rest[1:]
    if rest == "0":
        return 0
    if not rest:
        raise invalid
    total = 0
    while rest:
        whole, rest = take_digits(rest)
        fraction = ""
        has_point = rest[:1] == "."
        if has_point:
            fraction, rest = take_digits(rest[1:])
        if not whole and not fraction:
            raise invalid
        end = next((i for i, c in enumerate(rest) if c == "." or "0" <= c <= "9"), len(rest))
        if end == 0:
            raise ValueError(f"time: missing unit in duration {quote(text)}")
        unit, rest = rest[:end], rest[end:]
        scale = _UNITS.get(unit)
        if scale is None:
            raise ValueError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        total += integer(whole or "0") * scale
        if fraction:
            total += int(fraction[:18]) * scale // 10 ** len(fraction[:18])
        if total > _MAX + (sign < 0):
            raise invalid
    return sign * total


def take_digits(text: str) -> tuple[str, str]:
    """Split a text after the decimal digits it begins with."""
    end = 0
    while end < len(text) and "0" <= text[end] <= "9":
        end += 1
    return text[:end], text[end:]


def format_duration(nanoseconds: int) -> str:
    """Write a duration as Go's ``Duration.String``."""
    if nanoseconds == 0:
        return "0s"
    sign = "-" if nanoseconds < 0 else ""
    left = abs(nanoseconds)
    if left < SECOND:
        for unit, scale in (("ns", 1), ("µs", 1000), ("ms", 1_000_000)):
            if left < scale * 1000:
                return f"{sign}{_decimal(left, scale)}{unit}"
    minutes, rest = divmod(left, MINUTE)
    text = f"{_decimal(rest, SECOND)}s"
    if minutes:
        hours, minutes = divmod(minutes, 60)
        text = f"{minutes}m{text}"
        if hours:
            text = f"{hours}h{text}"
    return sign + text


def _decimal(value: int, scale: int) -> str:
    whole, fraction = divmod(value, scale)
    if not fraction:
        return str(whole)
    return f"{whole}.{str(fraction).rjust(len(str(scale)) - 1, '0').rstrip('0')}"


def round_duration(value: int, unit: int) -> int:
    """Round to a multiple of ``unit``, half away from zero."""
    if unit <= 0:
        return value
    rest = abs(value) % unit
    rounded = abs(value) - rest + (unit if rest + rest >= unit else 0)
    return min(rounded, _MAX) if value >= 0 else -rounded


def truncate_duration(value: int, unit: int) -> int:
    """Cut to a multiple of ``unit``, towards zero."""
    if unit <= 0:
        return value
    return value - abs(value) % unit * (1 if value >= 0 else -1)


# Zones


class Zone(Record):
    """A time zone: its name, and what says name and offset (seconds) at a moment (seconds since the epoch)."""

    name: str
    at: Callable[[int], tuple[str, int]]


def _utc(_seconds: int) -> tuple[str, int]:
    return "UTC", 0


def _local(seconds: int) -> tuple[str, int]:
    import time

    try:
        there = time.localtime(seconds)
    except (OverflowError, ValueError, OSError):
        return "UTC", 0
    return there.tm_zone, there.tm_gmtoff


UTC = Zone("UTC", _utc)
LOCAL = Zone("Local", _local)


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

    def at(seconds: int) -> tuple[str, int]:
        # Outside datetime's years a zone has the rule of the nearest year.
        there = datetime.fromtimestamp(min(max(seconds, -62135000000), 253402000000), zone)
        offset = there.utcoffset()
        return there.tzname() or "", int(offset.total_seconds()) if offset is not None else 0

    return Zone(name, at)


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


# Layouts

# Longest first where one begins another.
_PIECES = (
    *("January", "Jan", "Monday", "Mon", "MST"),
    *("2006", "002", "01", "02", "03", "04", "05", "06", "__2", "_2006", "_2", "15", "PM", "pm"),
    *("-07:00:00", "-070000", "-07:00", "-0700", "-07", "Z07:00:00", "Z070000", "Z07:00", "Z0700", "Z07"),
    *("1", "2", "3", "4", "5"),
)


def split_layout(layout: str) -> list[tuple[str, bool]]:
    """Take a layout apart into (text, whether it stands for a part of the time)."""
    found: list[tuple[str, bool]] = []
    plain = at = 0
    while at < len(layout):
        piece = _piece_at(layout, at)
        if not piece:
            at += 1
            continue
        if piece == "_2006":
            # go: an underscore before a year is just an underscore.
            at += 1
            continue
        if at > plain:
            found.append((layout[plain:at], False))
        found.append((piece, True))
        at += len(piece)
        plain = at
    if plain < len(layout):
        found.append((layout[plain:], False))
    return found


def _piece_at(layout: str, at: int) -> str:
    if layout[at] in ".,":
        return _fraction_at(layout, at)
    for piece in _PIECES:
        if layout.startswith(piece, at):
            if piece == "Jan" or piece == "Mon":
                follows = layout[at + 3 : at + 4]
                # go: "Janet" is no month.
                return "" if "a" <= follows <= "z" else piece
            return piece
    return ""


def _fraction_at(layout: str, at: int) -> str:
    digit = layout[at + 1 : at + 2]
    if digit not in ("0", "9"):
        return ""
    end = at + 1
    while end < len(layout) and layout[end] == digit:
        end += 1
    return "" if end < len(layout) and "0" <= layout[end] <= "9" else layout[at:end]


def format_moment(moment: Moment, layout: str) -> str:
    """Write a moment by a layout."""
    clock = moment.clock()
    return "".join([_format_piece(text, clock) if is_piece else text for text, is_piece in split_layout(layout)])


def _year(year: int, width: int = 4) -> str:
    return f"-{-year:0{width}d}" if year < 0 else f"{year:0{width}d}"


def _format_piece(piece: str, clock: Clock) -> str:
    simple = _FORMATS.get(piece)
    if simple is not None:
        return simple(clock)
    if piece[0] in "-Z":
        return _format_offset(piece, clock.offset)
    digits = f"{clock.nanosecond:09d}"[: len(piece) - 1]
    if piece[1] == "9":
        digits = digits.rstrip("0")
        return piece[0] + digits if digits else ""
    return piece[0] + digits.ljust(len(piece) - 1, "0")


def _format_offset(piece: str, offset: int) -> str:
    if piece[0] == "Z" and offset == 0:
        return "Z"
    sign, offset = ("-", -offset) if offset < 0 else ("+", offset)
    colon = ":" if ":" in piece else ""
    text = f"{sign}{offset // 3600:02d}"
    if len(piece) > 3:
        text += f"{colon}{offset % 3600 // 60:02d}"
    if len(piece) > 6:
        text += f"{colon}{offset % 60:02d}"
    return text


def _zone_name(clock: Clock) -> str:
    return clock.zone or _format_offset("-0700", clock.offset)


_FORMATS: dict[str, Callable[[Clock], str]] = {
    "January": lambda c: MONTHS[c.month - 1],
    "Jan": lambda c: MONTHS[c.month - 1][:3],
    "1": lambda c: str(c.month),
    "01": lambda c: f"{c.month:02d}",
    "Monday": lambda c: DAYS[c.weekday],
    "Mon": lambda c: DAYS[c.weekday][:3],
    "2": lambda c: str(c.day),
    "_2": lambda c: f"{c.day:2d}",
    "02": lambda c: f"{c.day:02d}",
    "__2": lambda c: f"{c.year_day:3d}",
    "002": lambda c: f"{c.year_day:03d}",
    "15": lambda c: f"{c.hour:02d}",
    "3": lambda c: str(c.hour % 12 or 12),
    "03": lambda c: f"{c.hour % 12 or 12:02d}",
    "4": lambda c: str(c.minute),
    "04": lambda c: f"{c.minute:02d}",
    "5": lambda c: str(c.second),
    "05": lambda c: f"{c.second:02d}",
    "2006": lambda c: _year(c.year),
    "06": lambda c: f"{c.year % 100:02d}",
    "PM": lambda c: "PM" if c.hour >= 12 else "AM",
    "pm": lambda c: "pm" if c.hour >= 12 else "am",
    "MST": _zone_name,
}


def parse_moment(layout: str, text: str, zone: Zone = UTC) -> Moment:
    """Read a moment by a layout; ``zone`` holds where the text names none.

    Raises:
        ValueError: in Go's words.
    """
    from steersman.gotime_reading import Reader

    return Reader(layout, text, zone).run()


def moment_text(moment: Moment) -> str:
    """Write a moment as Go's ``Time.String``."""
    return format_moment(moment, "2006-01-02 15:04:05.999999999 -0700 MST")
