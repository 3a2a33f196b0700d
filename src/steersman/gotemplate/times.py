"""Times and durations as template values: ``now``, ``toDate`` and their methods.

The values themselves are in ``steersman.go.time.moment``; this module is how templates see them.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.time.duration import HOUR, MINUTE, SECOND, format_duration, round_duration, truncate_duration
from steersman.go.time.layout import DAYS, MONTHS, RFC3339_NANO, format_moment, moment_text
from steersman.go.time.moment import LOCAL, UTC, ZERO, Moment, Zone, make_moment
from steersman.go.values import GoStruct, Int64, NilPointer, Uint64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    from steersman.go.values import Method


class Duration(Int64):
    """``time.Duration``: nanoseconds."""

    __slots__ = ()
    go_type = "time.Duration"
    go_methods: ClassVar[dict[str, Method]] = {
        "String": (format_duration, "-> string"),
        "Nanoseconds": (lambda d: Int64(d), "-> int64"),
        "Microseconds": (lambda d: Int64(_quotient(d, 1000)), "-> int64"),
        "Milliseconds": (lambda d: Int64(_quotient(d, 1_000_000)), "-> int64"),
        "Seconds": (lambda d: int(d) / SECOND, "-> float64"),
        "Minutes": (lambda d: int(d) / MINUTE, "-> float64"),
        "Hours": (lambda d: int(d) / HOUR, "-> float64"),
        "Abs": (lambda d: Duration(abs(d)), "-> duration"),
        "Round": (lambda d, unit: Duration(round_duration(int(d), int(unit))), "duration -> duration"),
        "Truncate": (lambda d, unit: Duration(truncate_duration(int(d), int(unit))), "duration -> duration"),
    }

    def get(self, name: str) -> Any:
        """Return what a field reference gives: a method's result."""
        from steersman.go.values import call_without_arguments

        if name in self.go_methods:
            return call_without_arguments(self, name)
        raise go_errors.EvalError(f"can't evaluate field {name} in type {self.go_type}")


def _quotient(value: int, unit: int) -> int:
    return int(value) // unit if value >= 0 else -(-int(value) // unit)


class Month(int):
    """``time.Month``."""

    __slots__ = ()
    go_type = "time.Month"
    go_kind = "int"
    go_methods: ClassVar[dict[str, Method]] = {"String": (lambda m: MONTHS[m - 1], "-> string")}
    get = Duration.get


class Weekday(int):
    """``time.Weekday``."""

    __slots__ = ()
    go_type = "time.Weekday"
    go_kind = "int"
    go_methods: ClassVar[dict[str, Method]] = {"String": (lambda d: DAYS[d], "-> string")}
    get = Duration.get


class _Location(GoStruct):
    """``*time.Location``, as printing lays it open."""

    __slots__ = ()
    go_type = "time.Location"
    go_pointer = True

    def __init__(self, moment: Moment) -> None:
        name = moment.zone.name
        if name == "Local" and moment.clock().zone == "UTC":
            name = "UTC"
        empty = {"zone": [], "tx": [], "extend": "", "cacheStart": Int64(0), "cacheEnd": Int64(0)}
        super().__init__({"name": name, **empty, "cacheZone": NilPointer("*time.zone")})


class Time(GoStruct):
    """``time.Time``."""

    __slots__ = ("moment",)
    go_type = "time.Time"

    def __init__(self, moment: Moment) -> None:
        super().__init__()
        self.moment = moment

    def go_copy(self, copy: Callable[[Any], Any]) -> GoStruct:
        """Return the time: there is a copier for times."""
        return self

    def go_printed(self) -> dict[str, Any]:
        """Return the fields that printing with an unfit verb lays open."""
        seconds, wall = divmod(_since_zero(self), SECOND)
        is_utc = self.moment.zone is UTC
        return {
            "wall": Uint64(wall),
            "ext": Int64(seconds),
            "loc": NilPointer("*time.Location") if is_utc else _Location(self.moment),
        }

    def to_json(self) -> str:
        """Return what stands for the time in JSON."""
        return format_moment(self.moment, RFC3339_NANO)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self.moment.nanoseconds == other.moment.nanoseconds

    __hash__ = None

    def go_find(self, name: str) -> tuple[bool, Any]:
        """Refuse the fields of a time, which Go does not export."""
        if name in ("wall", "ext", "loc"):
            raise go_errors.EvalError(f"{name} is an unexported field of struct type {self.go_type}")
        return False, None


def _part(name: str, make: Callable[[int], Any] = int) -> Callable[[Time], Any]:
    return lambda time: make(getattr(time.moment.clock(), name))


def _shifted(time: Time, nanoseconds: int) -> Time:
    return Time(Moment(time.moment.nanoseconds + nanoseconds, time.moment.zone))


def _add_date(time: Time, years: int, months: int, days: int) -> Time:
    clock = time.moment.clock()
    return Time(
        make_moment(
            *(clock.year + years, clock.month + months, clock.day + days),
            *(clock.hour, clock.minute, clock.second, clock.nanosecond),
            zone=time.moment.zone,
        )
    )


def _difference(time: Time, other: Time) -> Duration:
    limit = 1 << 63
    return Duration(max(-limit, min(limit - 1, time.moment.nanoseconds - other.moment.nanoseconds)))


def _since_zero(time: Time) -> int:
    return time.moment.nanoseconds - ZERO.nanoseconds


def _truncate(time: Time, unit: int) -> Time:
    return time if unit <= 0 else _shifted(time, -(_since_zero(time) % unit))


def _round(time: Time, unit: int) -> Time:
    if unit <= 0:
        return time
    rest = _since_zero(time) % unit
    return _shifted(time, -rest if rest + rest < unit else unit - rest)


def _in_zone(zone: Zone) -> Callable[[Time], Time]:
    return lambda time: Time(Moment(time.moment.nanoseconds, zone))


def _marshal_text(time: Time) -> bytes:
    year = time.moment.clock().year
    if not 0 <= year <= 9999:
        raise go_errors.CallError("Time.MarshalText: year outside of range [0,9999]")
    return format_moment(time.moment, RFC3339_NANO).encode()


def _compare(time: Time, other: Time) -> int:
    return (time.moment.nanoseconds > other.moment.nanoseconds) - (time.moment.nanoseconds < other.moment.nanoseconds)


def _go_string(time: Time) -> str:
    clock, zone = time.moment.clock(), time.moment.zone
    place = "time.UTC" if zone is UTC else "time.Local" if zone is LOCAL else f'time.Location("{zone.name}")'
    return (
        f"time.Date({clock.year}, time.{MONTHS[clock.month - 1]}, {clock.day}, {clock.hour}, {clock.minute}, "
        f"{clock.second}, {clock.nanosecond}, {place})"
    )


def _marshal_binary(time: Time) -> bytes:
    """Return Go's binary form: version, seconds since year 1, nanoseconds, minutes east of UTC (and seconds)."""
    seconds, nanoseconds = divmod(_since_zero(time), SECOND)
    offset = time.moment.clock().offset
    minutes, rest = (-1, 0) if time.moment.zone is UTC else (_quotient(offset, 60), offset - 60 * _quotient(offset, 60))
    head = bytes([2 if rest else 1]) + seconds.to_bytes(8, "big", signed=True) + nanoseconds.to_bytes(4, "big")
    return head + minutes.to_bytes(2, "big", signed=True) + (bytes([rest & 0xFF]) if rest else b"")


def _marshal_json(time: Time) -> bytes:
    year = time.moment.clock().year
    if not 0 <= year <= 9999:
        raise go_errors.CallError("Time.MarshalJSON: year outside of range [0,9999]")
    return f'"{time.to_json()}"'.encode()


def _refused(problem: str) -> Callable[[Time], Any]:
    """Return a method of several results, which templates cannot call."""

    def call(_time: Time) -> Any:
        raise go_errors.EvalError(problem)

    return call


def _second_result(name: str, kind: str) -> Callable[[Time], Any]:
    return _refused(f"invalid function signature for {name}: second return value should be error; is {kind}")


Time.go_methods = {
    "String": (lambda t: moment_text(t.moment), "-> string"),
    "Format": (lambda t, layout: format_moment(t.moment, layout), "string -> string"),
    "Year": (_part("year"), "-> int"),
    "Month": (_part("month", Month), "-> any"),
    "Day": (_part("day"), "-> int"),
    "Hour": (_part("hour"), "-> int"),
    "Minute": (_part("minute"), "-> int"),
    "Second": (_part("second"), "-> int"),
    "Nanosecond": (_part("nanosecond"), "-> int"),
    "Weekday": (_part("weekday", Weekday), "-> any"),
    "YearDay": (_part("year_day"), "-> int"),
    "Unix": (lambda t: Int64(t.moment.nanoseconds // SECOND), "-> int64"),
    "UnixMilli": (lambda t: Int64(t.moment.nanoseconds // 1_000_000), "-> int64"),
    "UnixMicro": (lambda t: Int64(t.moment.nanoseconds // 1000), "-> int64"),
    # go: years that do not fit in 64 bits wrap around.
    "UnixNano": (lambda t: Int64((t.moment.nanoseconds + (1 << 63)) % (1 << 64) - (1 << 63)), "-> int64"),
    "UTC": (_in_zone(UTC), "-> time"),
    "Local": (_in_zone(LOCAL), "-> time"),
    "IsZero": (lambda t: t.moment.nanoseconds == ZERO.nanoseconds, "-> bool"),
    "Add": (_shifted, "duration -> time"),
    "AddDate": (_add_date, "int int int -> time"),
    "Sub": (_difference, "time -> duration"),
    "Before": (lambda t, other: t.moment.nanoseconds < other.moment.nanoseconds, "time -> bool"),
    "After": (lambda t, other: t.moment.nanoseconds > other.moment.nanoseconds, "time -> bool"),
    "Equal": (lambda t, other: t.moment.nanoseconds == other.moment.nanoseconds, "time -> bool"),
    "Truncate": (_truncate, "duration -> time"),
    "Round": (_round, "duration -> time"),
    "MarshalText": (_marshal_text, "-> bytes"),
    "MarshalBinary": (_marshal_binary, "-> bytes"),
    "MarshalJSON": (_marshal_json, "-> bytes"),
    "GobEncode": (_marshal_binary, "-> bytes"),
    "AppendBinary": (lambda t, to: (to or b"") + _marshal_binary(t), "bytes -> bytes"),
    "AppendText": (lambda t, to: (to or b"") + _marshal_text(t), "bytes -> bytes"),
    "AppendFormat": (
        lambda t, to, layout: (to or b"") + format_moment(t.moment, layout).encode(),
        "bytes string -> bytes",
    ),
    "GoString": (_go_string, "-> string"),
    "IsDST": (lambda t: t.moment.zone.is_dst(t.moment.nanoseconds // SECOND), "-> bool"),
    "Compare": (_compare, "time -> int"),
    # go: a template cannot call methods of several results (test_methods_of_times)
    "Clock": (_refused("function Clock has 3 return values; should be 1 or 2"), "-> any"),
    "Date": (_refused("function Date has 3 return values; should be 1 or 2"), "-> any"),
    "ISOWeek": (_second_result("ISOWeek", "int"), "-> any"),
    "Zone": (_second_result("Zone", "int"), "-> any"),
    "ZoneBounds": (_second_result("ZoneBounds", "time.Time"), "-> any"),
}
