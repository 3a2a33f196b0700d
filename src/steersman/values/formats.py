"""The string formats that JSON Schema's older drafts assert; messages are the Go library's where it has them."""

from __future__ import annotations


def problem(name: str, text: str) -> str:
    """Return what is wrong with ``text`` as the format ``name``, or ``""``; unknown formats accept everything."""
    check = _CHECKS.get(name)
    return check(text) if check is not None else ""


def _ipv4(text: str) -> str:
    groups = text.split(".")
    if len(groups) != 4:
        return "expected four decimals"
    for group in groups:
        if len(group) > 1 and group[0] == "0":
            return "leading zeros"
        if not (group.isascii() and group.isdigit()) or int(group) > 255:
            return f'strconv.Atoi: parsing "{group}": invalid syntax' if not group.isdigit() else "decimal > 255"
    return ""


def _ipv6(text: str) -> str:
    from ipaddress import IPv6Address

    if ":" not in text:
        return "missing colon"
    try:
        IPv6Address(text)
    except ValueError as error:
        return str(error)
    return ""


def _hostname(text: str) -> str:
    text = text.removesuffix(".")
    if len(text) > 253:
        return "more than 253 characters long"
    for label in text.split("."):
        if not label:
            return "label must be 1 to 63 characters long"
        if len(label) > 63:
            return "label must be 1 to 63 characters long"
        if label[0] == "-":
            return "label starts with hyphen"
        if label[-1] == "-":
            return "label ends with hyphen"
        for char in label:
            if not (char.isascii() and (char.isalnum() or char == "-")):
                return f"invalid character '{char}'"
    return ""


def _email(text: str) -> str:
    if len(text) > 254:
        return "more than 255 characters long"
    local, at, domain = text.rpartition("@")
    if not at:
        return "missing @"
    if len(local) > 64:
        return "local part more than 64 characters long"
    if domain.startswith("[") and domain.endswith("]"):
        inner = domain[1:-1]
        return _ipv6(inner.removeprefix("IPv6:")) if inner.startswith("IPv6:") else _ipv4(inner)
    wrong = _hostname(domain)
    return f"invalid domain: {wrong}" if wrong else ""


def _date(text: str) -> str:
    from datetime import date

    try:
        if len(text) != 10:
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        return f'parsing time "{text}" as "2006-01-02": cannot parse'
    return ""


def _date_time(text: str) -> str:
    from datetime import datetime

    try:
        if len(text) < 20 or text[10] not in "Tt":
            raise ValueError
        datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        return "invalid date-time"
    return ""


def _uri(text: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
    except ValueError as error:
        return str(error)
    return "" if parts.scheme else "relative url"


def _uri_reference(text: str) -> str:
    from urllib.parse import urlsplit

    try:
        urlsplit(text)
    except ValueError as error:
        return str(error)
    return "contains \\\\" if "\\" in text else ""


def _uuid(text: str) -> str:
    groups = text.split("-")
    if [len(g) for g in groups] != [8, 4, 4, 4, 12]:
        return "must be 4 elements" if len(groups) != 5 else "invalid length of element"
    if any(c not in "0123456789abcdefABCDEF" for g in groups for c in g):
        return "non-hex character"
    return ""


def _json_pointer(text: str) -> str:
    if text and not text.startswith("/"):
        return "not starting with /"
    for token in text.split("/"):
        for i, char in enumerate(token):
            if char == "~" and token[i + 1 : i + 2] not in ("0", "1"):
                return "~ must be followed by 0 or 1"
    return ""


def _regex(text: str) -> str:
    from steersman.sprig.re2 import RegexpError, compile_regexp

    try:
        compile_regexp(text)
    except RegexpError as error:
        return str(error)
    return ""


_CHECKS = {
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "hostname": _hostname,
    "email": _email,
    "date": _date,
    "date-time": _date_time,
    "uri": _uri,
    "iri": _uri,
    "uri-reference": _uri_reference,
    "iri-reference": _uri_reference,
    "uuid": _uuid,
    "json-pointer": _json_pointer,
    "regex": _regex,
}
