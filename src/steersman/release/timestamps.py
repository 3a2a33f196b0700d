"""Points in time as release records keep them and as Helm prints them.

A ``Timestamp`` keeps nanoseconds and the offset it was written with, which ``datetime``
cannot; it reads and writes RFC 3339 and prints Go's two common layouts.
"""

from __future__ import annotations

import time

from steersman.record import Record

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Timestamp(Record):
    """Seconds and nanoseconds since 1970 UTC, the zone's offset in seconds and its name."""

    seconds: int
    nanoseconds: int = 0
    offset: int = 0
    zone: str = "UTC"

    def __str__(self) -> str:
        """The text ``time.Time.String`` makes: ``2026-11-23 13:40:00.5 +0000 UTC``."""
        t = time.gmtime(self.seconds + self.offset)
        zone = self.zone or offset_text(self.offset)
        return f"{_date(t)} {_clock(t)}{self._fraction()} {offset_text(self.offset)} {zone}"

    def ansic(self) -> str:
        """The text of Go's ``ANSIC`` layout: ``Mon Nov  2 13:40:00 2026``."""
        t = time.gmtime(self.seconds + self.offset)
        return f"{_DAYS[t.tm_wday]} {_MONTHS[t.tm_mon - 1]} {t.tm_mday:2d} {_clock(t)} {t.tm_year:04d}"

    def rfc3339(self, *, fraction: bool = True) -> str:
        """The text of RFC 3339, as JSON has it."""
        t = time.gmtime(self.seconds + self.offset)
        zone = "Z" if not self.offset else offset_text(self.offset, ":")
        return f"{_date(t)}T{_clock(t)}{self._fraction() if fraction else ''}{zone}"

    def _fraction(self) -> str:
        return f".{self.nanoseconds:09d}".rstrip("0") if self.nanoseconds else ""


def now() -> Timestamp:
    """Return the present in the local zone."""
    return from_nanoseconds(time.time_ns())


def from_nanoseconds(nanoseconds: int) -> Timestamp:
    """Return a point in time in the local zone."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    local = time.localtime(seconds)
    return Timestamp(seconds, rest, local.tm_gmtoff, _zone_name(local))


def parse(text: str) -> Timestamp | None:
    """Read RFC 3339; ``None`` for an empty text and for Go's zero time.

    Raises:
        ValueError: when the text is something else.
    """
    if not text or text.startswith("0001-01-01T00:00:00"):
        return None
    seconds = _seconds(text)
    rest = text[19:]
    nanoseconds = 0
    if rest.startswith("."):
        end = next((i for i, c in enumerate(rest[1:], 1) if not "0" <= c <= "9"), len(rest))
        nanoseconds = int(rest[1:end].ljust(9, "0")[:9])
        rest = rest[end:]
    if rest in ("Z", "z"):
        return Timestamp(seconds, nanoseconds, 0, "UTC")
    offset = (int(rest[1:3]) * 3600 + int(rest[4:6]) * 60) * (-1 if rest[0] == "-" else 1)
    return Timestamp(seconds - offset, nanoseconds, offset, _zone_for(seconds - offset, offset))


def offset_text(offset: int, separator: str = "") -> str:
    """``+0200`` for 7200."""
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"{sign}{hours:02d}{separator}{minutes:02d}"


def _seconds(text: str) -> int:
    if len(text) < 20 or text[4] != "-" or text[10] not in "Tt":
        raise ValueError(f"not a timestamp: {text!r}")
    fields = (text[0:4], text[5:7], text[8:10], text[11:13], text[14:16], text[17:19])
    year, month, day, hour, minute, second = (int(field) for field in fields)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError(f"not a timestamp: {text!r}")
    return _days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second


def _days(year: int, month: int, day: int) -> int:
    """Return the days from 1970 to a date; a year begins in March, so that its leap day comes last."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def _zone_for(seconds: int, offset: int) -> str:
    # go: a parsed offset that is the local one gets the local zone's name, any other none
    local = time.localtime(seconds)
    return _zone_name(local) if local.tm_gmtoff == offset else ""


def _zone_name(local: time.struct_time) -> str:
    return local.tm_zone or ""


def _date(t: time.struct_time) -> str:
    return f"{t.tm_year:04d}-{t.tm_mon:02d}-{t.tm_mday:02d}"


def _clock(t: time.struct_time) -> str:
    return f"{t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d}"
