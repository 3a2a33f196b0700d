"""Label selectors as Kubernetes reads them: text to a function over labels.

    selector    = requirement { "," requirement }
    requirement = [ "!" ] KEY | KEY ( "=" | "==" | "!=" | ">" | "<" ) VALUE | KEY ( "in" | "notin" ) "(" values ")"

Answers to ``k8s.io/apimachinery/pkg/labels.Parse``; messages are its own.
"""

from __future__ import annotations

from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Match = Callable[[Mapping[str, str]], bool]

_SYMBOLS = ("==", "!=", "=", "!", ",", "(", ")", ">", "<")
_WORD_ENDS = " \t\r\n=!,()><"


def parse_selector(text: str) -> Match:
    """Return a function that tells whether labels match ``text``.

    Raises:
        UsageError: when it is no selector.
    """
    tokens = _tokens(text)
    requirements: list[Match] = []
    position = 0
    while position < len(tokens):
        requirement, position = _requirement(tokens, position, text)
        requirements.append(requirement)
        if position < len(tokens):
            if tokens[position] != ",":
                raise _bad(f"found '{tokens[position]}', expected: ',' or 'end of string'")
            position += 1
            if position == len(tokens):
                raise _bad("found '', expected: identifier after ','")
    return lambda labels: all(requirement(labels) for requirement in requirements)


def selector_text(selector: Mapping[str, Any]) -> str:
    """Return the text of an object's ``selector`` (``matchLabels`` and ``matchExpressions``)."""
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for item in selector.get("matchExpressions") or ():
        key, operator, values = item.get("key"), item.get("operator"), ",".join(item.get("values") or ())
        parts.append(
            {
                "In": f"{key} in ({values})",
                "NotIn": f"{key} notin ({values})",
                "Exists": f"{key}",
                "DoesNotExist": f"!{key}",
            }.get(str(operator), "")
        )
    return ",".join(filter(None, parts))


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while position < len(text):
        if text[position] in " \t\r\n":
            position += 1
            continue
        symbol = next((s for s in _SYMBOLS if text.startswith(s, position)), "")
        if symbol:
            tokens.append(symbol)
            position += len(symbol)
            continue
        start = position
        while position < len(text) and text[position] not in _WORD_ENDS:
            position += 1
        tokens.append(text[start:position])
    return tokens


def _requirement(tokens: list[str], position: int, text: str) -> tuple[Match, int]:
    is_absent = tokens[position] == "!"
    position += is_absent
    key = tokens[position] if position < len(tokens) else ""
    if not key or key in _SYMBOLS:
        if key and not is_absent:
            raise UsageError(f"found '{key}', expected: !, identifier, or 'end of string'")
        raise _bad(f"found '{key}', expected: identifier")
    _check_key(key)
    position += 1
    operator = tokens[position] if position < len(tokens) else ""
    if is_absent:
        return lambda labels: key not in labels, position
    if operator in ("", ","):
        return lambda labels: key in labels, position
    if operator in ("in", "notin"):
        values, position = _values(tokens, position + 1)
        if operator == "in":
            return lambda labels: labels.get(key) in values, position
        return lambda labels: labels.get(key) not in values, position
    if operator not in ("=", "==", "!=", ">", "<"):
        raise _bad(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
    value = tokens[position + 1] if position + 1 < len(tokens) else ""
    step = 1 if value in (*_SYMBOLS, "") else 2
    wanted = "" if step == 1 else value
    if operator == "!=":
        return lambda labels: labels.get(key) != wanted, position + step
    if operator in (">", "<"):
        return _compared(key, operator, wanted), position + step
    return lambda labels: labels.get(key) == wanted, position + step


def _compared(key: str, operator: str, wanted: str) -> Match:
    if not wanted.lstrip("-").isdigit():
        raise _bad(
            f"values[0][{key}]: Invalid value: \"{wanted}\": for 'Gt', 'Lt' operators, the value must be an integer"
        )
    limit = int(wanted)

    def match(labels: Mapping[str, str]) -> bool:
        value = labels.get(key, "")
        if not value.lstrip("-").isdigit():
            return False
        return int(value) > limit if operator == ">" else int(value) < limit

    return match


def _values(tokens: list[str], position: int) -> tuple[set[str], int]:
    if position >= len(tokens) or tokens[position] != "(":
        found = tokens[position] if position < len(tokens) else ""
        raise _bad(f"found '{found}' expected: '('")
    values: set[str] = set()
    position += 1
    expected = True
    while position < len(tokens) and tokens[position] != ")":
        if tokens[position] == ",":
            if expected:
                values.add("")
            expected = True
        else:
            values.add(tokens[position])
            expected = False
        position += 1
    if position >= len(tokens):
        raise _bad("found '', expected: ',' or ')'")
    return values or {""}, position + 1


def _check_key(key: str) -> None:
    prefix, slash, name = key.rpartition("/")
    problems = []
    if slash and not prefix:
        problems.append("prefix part must be non-empty")
    is_name = bool(name) and name[0].isalnum() and name[-1].isalnum() and all(c.isalnum() or c in "-_." for c in name)
    if not is_name:
        problems.append(
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        )
    if problems:
        raise _bad(f'<nil>: Invalid value: "{key}": {"; ".join(problems)}')


def _bad(reason: str) -> UsageError:
    return UsageError(f"unable to parse requirement: {reason}")
