"""Validate keys and values of labels. Answers to ``k8s.io/apimachinery/pkg/util/validation``; messages are its own."""

from __future__ import annotations

_LONGEST_NAME = 63  # bytes
_LONGEST_PREFIX = 253
_INNER = frozenset("-_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_OUTER = _INNER - frozenset("-_.")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")

_NAME = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_PREFIX = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


def value_problems(value: str) -> list[str]:
    """Return why ``value`` cannot be a label's; nothing where it can."""
    problems = _length_problems(value, _LONGEST_NAME)
    if value and not _is_name(value):
        problems.append(_VALUE)
    return problems


def key_problems(key: str) -> list[str]:
    """Return why ``key`` cannot be a label's; nothing where it can."""
    if key.count("/") > 1:
        return [f"a valid label key {_NAME} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    prefix, slash, name = key.rpartition("/")
    problems = []
    if slash and not prefix:
        problems.append("prefix part must be non-empty")
    elif slash:
        problems += [f"prefix part {problem}" for problem in _length_problems(prefix, _LONGEST_PREFIX)]
        if not all(_is_domain_part(part) for part in prefix.split(".")):
            problems.append(f"prefix part {_PREFIX}")
    if not name:
        problems.append("name part must be non-empty")
    problems += [f"name part {problem}" for problem in _length_problems(name, _LONGEST_NAME)]
    if not _is_name(name):
        problems.append(f"name part {_NAME}")
    return problems


def _length_problems(text: str, most: int) -> list[str]:
    size = len(text.encode("utf-8", "surrogateescape"))
    return [f"must be no more than {most} bytes"] if size > most else []


def _is_name(text: str) -> bool:
    return bool(text) and text[0] in _OUTER and text[-1] in _OUTER and _INNER.issuperset(text)


def _is_domain_part(text: str) -> bool:
    return bool(text) and text[0] in _LOWER and text[-1] in _LOWER and all(c == "-" or c in _LOWER for c in text)
