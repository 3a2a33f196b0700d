"""Moments written by Go's layouts (``"2006-01-02T15:04:05Z07:00"``)."""

from __future__ import annotations

from steersman.go.time.moment import Clock, Moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00"

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

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
                # go: "Janet" is not a month.
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


def moment_text(moment: Moment) -> str:
    """Write a moment as Go's ``Time.String``."""
    return format_moment(moment, "2006-01-02 15:04:05.999999999 -0700 MST")
