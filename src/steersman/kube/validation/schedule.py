"""Schedules of CronJobs. Answers to ``github.com/robfig/cron/v3``, with its messages."""

from __future__ import annotations

from steersman.go.integer import atoi
from steersman.go.quote import quote
from steersman.go.time.duration import parse_duration

_DESCRIPTORS = frozenset(("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"))
_MONTHS = {
    name: at
    for at, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_DAYS = {name: at for at, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
# The least and the most of each field, and its names.
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)


class _WrongError(ValueError):
    """A part of a schedule that is not one."""


def schedule_problem(text: str) -> str:
    """Return what is wrong with a schedule, or ``""``.

    >>> schedule_problem("*/5 1-3 * JAN mon"), schedule_problem("60 * * * *")
    ('', 'end of range (60) above maximum (59): 60')
    """
    if "TZ" in text:
        return "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
    if text.startswith("@"):
        return _descriptor_problem(text)
    parts = text.split()
    if len(parts) != len(_FIELDS):
        return f"expected exactly {len(_FIELDS)} fields, found {len(parts)}: [{' '.join(parts)}]"
    try:
        for part, (least, most, names) in zip(parts, _FIELDS):
            for one in part.split(","):
                if one:
                    _check_range(one, least, most, names)
    except _WrongError as error:
        return str(error)
    return ""


def zone_problem(name: str) -> str:
    """Return what is wrong with the name of a time zone, or ``""``."""
    from steersman.go.time.moment import load_zone

    if not name:
        return "timeZone must be nil or non-empty string"
    if name.lower() == "local":
        return "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
    return "" if load_zone(name) is not None else f"unknown time zone {name}"


def _descriptor_problem(text: str) -> str:
    if text in _DESCRIPTORS:
        return ""
    if not text.startswith("@every "):
        return f"unrecognized descriptor: {text}"
    try:
        parse_duration(text.removeprefix("@every "))
    except ValueError as error:
        return f"failed to parse duration {text}: {error}"
    return ""


def _check_range(text: str, least: int, most: int, names: dict[str, int]) -> None:
    ends, *steps = text.split("/")
    low, *highs = ends.split("-")
    if low in ("*", "?"):
        start, end = least, most
    else:
        start = _named_number(low, names)
        if len(highs) > 1:
            raise _WrongError(f"too many hyphens: {text}")
        end = _named_number(highs[0], names) if highs else start
    if len(steps) > 1:
        raise _WrongError(f"too many slashes: {text}")
    step = _number(steps[0]) if steps else 1
    if steps and not highs:
        end = most
    if start < least:
        raise _WrongError(f"beginning of range ({start}) below minimum ({least}): {text}")
    if end > most:
        raise _WrongError(f"end of range ({end}) above maximum ({most}): {text}")
    if start > end:
        raise _WrongError(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if step == 0:
        raise _WrongError(f"step of range should be a positive number: {text}")


def _named_number(text: str, names: dict[str, int]) -> int:
    named = names.get(text.lower())
    return _number(text) if named is None else named


def _number(text: str) -> int:
    value, problem = atoi(text)
    if problem:
        raise _WrongError(f"failed to parse int from {text}: strconv.Atoi: parsing {quote(text)}: {problem}")
    if value < 0:
        raise _WrongError(f"negative number ({value}) not allowed: {text}")
    return value
