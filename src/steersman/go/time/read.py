"""Moments read from text by Go's layouts: what ``layout`` writes.

Pieces of the layout are looked for one after the other; what is missing, too large or left over is
complained about as Go's ``time.Parse`` does.
"""

from __future__ import annotations

from steersman.go.time.duration import SECOND, quote, take_digits
from steersman.go.time.layout import DAYS, MONTHS, split_layout
from steersman.go.time.moment import UTC, Moment, Zone, civil_from_days, days_from_civil, fixed_zone, make_moment

_LONGEST = 50_000  # characters: reading takes time by the product of both


def parse_moment(layout: str, text: str, zone: Zone = UTC) -> Moment:
    """Read a moment by a layout; ``zone`` holds where the text names none.

    Raises:
        ValueError: in Go's words.
    """
    return Reader(layout, text, zone).run()


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


class _Unreadable(Exception):
    """A piece that the text does not have; the argument is the rest of the text there."""


class _OutOfRange(Exception):
    """A piece with a number that is too large; the argument names it."""


class Reader:
    """One reading of a text by a layout."""

    def __init__(self, layout: str, text: str, zone: Zone) -> None:
        self.layout = layout
        self.whole = text
        self.rest = text
        self.zone = zone
        self.year, self.month, self.day, self.year_day = 0, -1, -1, -1
        self.hour = self.minute = self.second = self.nanosecond = 0
        self.is_pm = self.is_am = False
        self.offset: int | None = None
        self.zone_name = ""
        self.is_utc = False

    def run(self) -> Moment:
        if len(self.layout) > _LONGEST or len(self.whole) > _LONGEST:
            raise ValueError(f"parsing time: layouts and times of more than {_LONGEST} characters are not read")
        pieces = split_layout(self.layout)
        for number, (piece, is_piece) in enumerate(pieces):
            if not is_piece:
                self.literal(piece)
                continue
            held = self.rest
            try:
                self.read(piece)
            except _OutOfRange as err:
                raise ValueError(f"parsing time {quote(self.whole)}: {err} out of range") from None
            except _Unreadable:
                raise self.cannot(held, piece) from None
            if piece in ("5", "05"):
                self.extra_fraction(next((other for other, is_one in pieces[number + 1 :] if is_one), ""))
        if self.rest:
            raise ValueError(f"parsing time {quote(self.whole)}: extra text: {quote(self.rest)}")
        return self.result()

    def cannot(self, value: str, piece: str) -> ValueError:
        return ValueError(
            f"parsing time {quote(self.whole)} as {quote(self.layout)}: cannot parse {quote(value)} as {quote(piece)}"
        )

    def literal(self, text: str) -> None:
        value, at, read = self.rest, 0, 0
        while at < len(text):
            if text[at] == " ":
                if read < len(value) and value[read] != " ":
                    raise self.cannot(value[read:], text)
                at, read = _behind_spaces(text, at), _behind_spaces(value, read)
                continue
            if read >= len(value) or value[read] != text[at]:
                raise self.cannot(value[read:], text)
            at, read = at + 1, read + 1
        self.rest = value[read:]

    def has_fraction(self) -> bool:
        """Return whether a fraction of a second comes next."""
        return self.rest[:1] in (".", ",") and _is_digits(self.rest[1:2])

    def extra_fraction(self, following: str) -> None:
        """Take a fraction of a second that the layout does not have; ``following`` is its next piece.

        go: one may follow unless the layout's next piece is one, wherever that stands (test_odd_layouts)
        """
        if not self.has_fraction() or following[:1] in (".", ","):
            return
        digits, self.rest = take_digits(self.rest[1:])
        self.nanosecond = int(digits[:9].ljust(9, "0"))

    def number(self, low: int, high: int) -> int:
        digits = ""
        while len(digits) < high and self.rest[len(digits) : len(digits) + 1] in tuple("0123456789"):
            digits += self.rest[len(digits)]
        if len(digits) < low:
            raise _Unreadable
        self.rest = self.rest[len(digits) :]
        return int(digits)

    def short_year(self) -> int:
        """Take a year of two characters.

        go: the first may be a sign (test_odd_layouts)
        """
        text = self.rest[:2]
        if len(text) < 2 or not _is_digits(text.removeprefix("-") if text[0] == "-" else text.removeprefix("+")):
            raise _Unreadable
        self.rest = self.rest[2:]
        year = int(text)
        return year + (1900 if year >= 69 else 2000)

    def word(self, words: tuple[str, ...], length: int | None = None) -> int:
        for number, word in enumerate(words):
            shown = word[:length] if length else word
            if self.rest[: len(shown)].lower() == shown.lower():
                self.rest = self.rest[len(shown) :]
                return number
        raise _Unreadable

    def limited(self, value: int, limit: int, name: str, low: int = 0) -> int:
        if not low <= value <= limit:
            raise _OutOfRange(name)
        return value

    def read(self, piece: str) -> None:
        if piece == "2006":
            if len(self.rest) < 4 or not _is_digits(self.rest[:4]):
                raise _Unreadable
            self.year, self.rest = int(self.rest[:4]), self.rest[4:]
        elif piece == "06":
            self.year = self.short_year()
        elif piece == "January":
            self.month = self.word(MONTHS) + 1
        elif piece == "Jan":
            self.month = self.word(MONTHS, 3) + 1
        elif piece in ("1", "01"):
            self.month = self.limited(self.number(len(piece), 2), 12, "month", 1)
        elif piece == "Monday":
            self.word(DAYS)
        elif piece == "Mon":
            self.word(DAYS, 3)
        elif piece in ("2", "_2", "02"):
            if piece == "_2" and self.rest[:1] == " ":
                self.rest = self.rest[1:]
            self.day = self.number(2 if piece == "02" else 1, 2)
        elif piece in ("002", "__2"):
            if piece == "__2":
                self.rest = self.rest[2:] if self.rest[:2] == "  " else self.rest.removeprefix(" ")
            self.year_day = self.number(3 if piece == "002" else 1, 3)
        else:
            self.read_time(piece)

    def read_time(self, piece: str) -> None:
        if piece == "15":
            self.hour = self.limited(self.number(1 if self.rest[1:2] not in tuple("0123456789") else 2, 2), 23, "hour")
        elif piece in ("3", "03"):
            self.hour = self.limited(self.number(len(piece), 2), 12, "hour")
        elif piece in ("4", "04"):
            self.minute = self.limited(self.number(len(piece), 2), 59, "minute")
        elif piece in ("5", "05"):
            self.second = self.limited(self.number(len(piece), 2), 59, "second")
        elif piece in ("PM", "pm"):
            half = self.rest[:2]
            if half not in (("PM", "AM") if piece == "PM" else ("pm", "am")):
                raise _Unreadable
            # go: of both, the afternoon wins (test_odd_layouts)
            if half.lower() == "pm":
                self.is_pm = True
            else:
                self.is_am = True
            self.rest = self.rest[2:]
        elif piece == "MST":
            self.read_zone_name()
        elif piece[0] in "-Z":
            self.read_offset(piece)
        else:
            self.read_fraction(piece)

    def read_fraction(self, piece: str) -> None:
        if piece[1] == "9" and not self.has_fraction():
            return
        if self.rest[:1] not in (".", ","):
            raise _Unreadable
        digits, rest = take_digits(self.rest[1:])
        if piece[1] == "0":
            count = len(piece) - 1
            if len(digits) < count:
                raise _Unreadable
            digits, rest = self.rest[1 : 1 + count], self.rest[1 + count :]
        self.nanosecond, self.rest = int(digits[:9].ljust(9, "0")), rest

    def read_offset(self, piece: str) -> None:
        if piece[0] == "Z" and self.rest[:1] == "Z":
            self.rest, self.is_utc = self.rest[1:], True
            return
        shape = piece.replace("Z", "-")
        value = self.rest[: len(shape)]
        digits = value[1:].replace(":", "") if ":" in shape else value[1:]
        colons = [i for i, c in enumerate(shape) if c == ":"]
        if len(value) < len(shape) or value[0] not in "+-" or any(value[i] != ":" for i in colons):
            raise _Unreadable
        if not _is_digits(digits):
            raise _Unreadable
        hours, minutes, seconds = int(digits[:2]), int(digits[2:4] or 0), int(digits[4:6] or 0)
        if hours > 24:
            raise _OutOfRange("time zone offset hour")
        if minutes > 60:
            raise _OutOfRange("time zone offset minute")
        offset = hours * 3600 + minutes * 60 + seconds
        self.offset = -offset if value[0] == "-" else offset
        self.rest = self.rest[len(shape) :]

    def read_zone_name(self) -> None:
        if self.rest.startswith("UTC"):
            self.is_utc, self.rest = True, self.rest[3:]
            return
        end = 0
        while end < len(self.rest) and "A" <= self.rest[end] <= "Z":
            end += 1
        name = self.rest[:end]
        if name == "GMT":
            sign_end = end
            if self.rest[end : end + 1] in ("+", "-"):
                digits, _ = take_digits(self.rest[end + 1 :])
                if digits and int(digits) <= 23:
                    sign_end = end + 1 + len(digits)
            name, end = self.rest[:sign_end], sign_end
        elif len(name) != 3 and not (len(name) in (4, 5) and (name[-1] == "T" or name == "WITA")):
            raise _Unreadable
        self.zone_name, self.rest = name, self.rest[end:]

    def result(self) -> Moment:
        if self.is_pm and self.hour < 12:
            self.hour += 12
        elif self.is_am and self.hour == 12:
            self.hour = 0
        self.settle_day()
        parts = (self.year, self.month, self.day, self.hour, self.minute, self.second, self.nanosecond)
        if self.is_utc:
            return make_moment(*parts, UTC)
        if self.offset is not None:
            return self.with_offset(make_moment(*parts, UTC), self.offset)
        if self.zone_name:
            return self.with_name(make_moment(*parts, UTC))
        return make_moment(*parts, self.zone)

    def settle_day(self) -> None:
        if self.year_day >= 0:
            leap = _is_leap(self.year)
            if not 1 <= self.year_day <= 365 + leap:
                raise ValueError(f"parsing time {quote(self.whole)}: day-of-year out of range")
            first = days_from_civil(self.year, 1, 1)
            _, month, day = civil_from_days(first + self.year_day - 1)
            if self.month not in (-1, month) or self.day not in (-1, day):
                what = "month" if self.month not in (-1, month) else "day"
                raise ValueError(f"parsing time {quote(self.whole)}: day-of-year does not match {what}")
            self.month, self.day = month, day
        self.month = 1 if self.month < 0 else self.month
        self.day = 1 if self.day < 0 else self.day
        if not 1 <= self.day <= _days_in(self.month, self.year):
            raise ValueError(f"parsing time {quote(self.whole)}: day out of range")

    def with_offset(self, naive: Moment, offset: int) -> Moment:
        nanoseconds = naive.nanoseconds - offset * SECOND
        name, local_offset = self.zone.at(nanoseconds // SECOND)
        # go: the local zone is kept when it has this very offset then.
        if local_offset == offset and self.zone_name in ("", name):
            return Moment(nanoseconds, self.zone)
        return Moment(nanoseconds, fixed_zone(self.zone_name, offset))

    def with_name(self, naive: Moment) -> Moment:
        name, offset = self.zone.at(naive.nanoseconds // SECOND)
        if name == self.zone_name:
            return Moment(naive.nanoseconds - offset * SECOND, self.zone)
        # go: a name that is not known here is taken for UTC; "GMT+3" is shown three hours later.
        offset = 0
        if len(self.zone_name) > 3 and self.zone_name[:3] == "GMT":
            offset = int(self.zone_name[3:]) * 3600
        return Moment(naive.nanoseconds, fixed_zone(self.zone_name, offset))


def _behind_spaces(text: str, at: int) -> int:
    while text.startswith(" ", at):
        at += 1
    return at


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in(month: int, year: int) -> int:
    return 29 if month == 2 and _is_leap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
