"""Texts in fields of Kubernetes' kinds that have a form: quantities, base64, times, names of ports, percentages.

Each function returns what the API server says about a text that has not, or ``""``.
"""

from __future__ import annotations

import re

from steersman.go.integer import integer

QUANTITY_FORM = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
_QUANTITY = re.compile(r"[+-]?([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)\Z")
_SUFFIXES = frozenset(("", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))
_EXPONENT = re.compile(r"[eE]([-+]?[0-9]+)\Z")
_SMALLEST = -9  # the exponent of the smallest unit, a nano

_TIME = "2006-01-02T15:04:05Z07:00"
_MICRO_TIME = "2006-01-02T15:04:05.000000Z07:00"
# k8s: the fields of the type MicroTime; all other times are of the type Time
_MICRO_TIMES = frozenset(("acquireTime", "eventTime", "lastObservedTime", "pingTime", "renewTime"))

_PORT_NAME_LENGTH = 15
_PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)


def quantity_problem(text: str) -> str:
    """Return what is wrong with a quantity.

    >>> quantity_problem("500m"), quantity_problem("1.5Gi"), quantity_problem("1e3")
    ('', '', '')
    >>> quantity_problem("1K")
    "unable to parse quantity's suffix"
    """
    text = text.strip()
    found = _QUANTITY.match(text) if text else None
    if found is None:
        return f"quantities must match the regular expression '{QUANTITY_FORM}'"
    whole, fraction, suffix = found.groups()
    # k8s: without a digit it is zero, unless the number is large or has to be rounded (test_quantities)
    is_computed = suffix in ("Pi", "Ei")
    if suffix not in _SUFFIXES:
        exponent = _EXPONENT.match(suffix)
        # go: the exponent is a 64-bit number
        if exponent is None or not -(1 << 63) <= integer(exponent[1]) < 1 << 63:
            return "unable to parse quantity's suffix"
        is_computed = integer(exponent[1]) < _SMALLEST
    return "unable to parse numeric part of quantity" if is_computed and not (whole or fraction) else ""


def base64_problem(text: str) -> str:
    """Return what is wrong with bytes in base64.

    >>> base64_problem("YQ=="), base64_problem("not base64")
    ('', 'illegal base64 data at input byte 3')
    """
    from steersman.go.base64 import decode_base64

    return decode_base64(text)[1]


def time_problem(field: str, text: str) -> str:
    """Return what is wrong with the time in a field.

    >>> time_problem("creationTimestamp", "2026-01-02T03:04:05Z")
    ''
    >>> time_problem("creationTimestamp", "today")
    'parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"'
    """
    from steersman.go.time.read import parse_moment

    try:
        parse_moment(_MICRO_TIME if field in _MICRO_TIMES else _TIME, text)
    except ValueError as error:
        return str(error)
    return ""


def int_or_string_problems(struct: str, field: str, value: int | str) -> list[str]:
    """Return what is wrong with a number or text in a field of a type that takes both.

    >>> int_or_string_problems("ServicePort", "targetPort", "8080")
    ['must contain at least one letter (a-z)']
    >>> int_or_string_problems("RollingUpdateDeployment", "maxSurge", "25%")
    []
    """
    if field in ("port", "targetPort"):
        if field == "targetPort" and value in (0, ""):
            return []  # k8s: the service's port stands in for it
        if isinstance(value, str):
            return port_name_problems(value)
        return [] if 1 <= value <= 65535 else ["must be between 1 and 65535, inclusive"]
    if struct == "RollingUpdateStatefulSetStrategy":
        return []  # k8s: the field is dropped unless a feature gate is on
    if isinstance(value, int):
        return [] if value >= 0 else ["must be greater than or equal to 0"]
    return percentage_problems(value, can_be_more=field == "maxSurge")


def percentage_problems(value: str, *, can_be_more: bool = False) -> list[str]:
    """Return what is wrong with a percentage; one of more than 100 is wrong in most fields."""
    if not re.fullmatch("[0-9]+%", value):
        return [_PERCENT]
    is_too_much = not can_be_more and integer(value[:-1]) > 100
    return ["must not be greater than 100%"] if is_too_much else []


def port_name_problems(name: str) -> list[str]:
    """Return what is wrong with the name of a port."""
    problems = []
    if len(name.encode()) > _PORT_NAME_LENGTH:
        problems.append(f"must be no more than {_PORT_NAME_LENGTH} characters")
    if not re.fullmatch("[-a-z0-9]+", name):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", name):
        problems.append("must contain at least one letter (a-z)")
    if "--" in name:
        problems.append("must not contain consecutive hyphens")
    if name.startswith("-") or name.endswith("-"):
        problems.append("must not begin or end with a hyphen")
    return problems
