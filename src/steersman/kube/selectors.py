"""Label selectors as Kubernetes reads them: text to a function over labels.

    selector    = [ requirement { "," requirement } ]
    requirement = [ "!" ] KEY | KEY ( "=" | "==" | "!=" | ">" | "<" ) VALUE | KEY ( "in" | "notin" ) "(" values ")"

Answers to ``k8s.io/apimachinery/pkg/labels.Parse``; messages are its own.
"""

from __future__ import annotations

from steersman.errors import UsageError
from steersman.go.integer import integer
from steersman.go.quote import quote
from steersman.labels import key_problems, value_problems

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Match = Callable[[Mapping[str, str]], bool]

_SYMBOLS = ("==", "!=", "=", "!", ",", "(", ")", ">", "<")
_WORD_ENDS = " \t\r\n=!,()><"


def parse_selector(text: str) -> Match:
    """Return a function that says whether labels match ``text``.

    Raises:
        UsageError: when it is not a selector.
    """
    tokens = _Tokens(text)
    requirements: list[Match] = []
    if tokens.next in ("", "!") or tokens.has_word:
        while tokens.next:
            requirements.append(_requirement(tokens))
            if not tokens.next:
                break
            if tokens.take() != ",":
                raise UsageError(f"found '{tokens.taken}', expected: ',' or 'end of string'")
            if tokens.next != "!" and not tokens.has_word:
                raise UsageError(f"found '{tokens.next}', expected: identifier after ','")
    else:
        raise UsageError(f"found '{tokens.next}', expected: !, identifier, or 'end of string'")
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


class _Tokens:
    """The words and symbols of a selector; ``next`` is "" at the end."""

    def __init__(self, text: str) -> None:
        self._rest = _tokens(text)
        self._rest.reverse()
        self.taken = ""

    @property
    def next(self) -> str:
        return self._rest[-1] if self._rest else ""

    @property
    def has_word(self) -> bool:
        return bool(self._rest) and self._rest[-1] not in _SYMBOLS

    def take(self) -> str:
        self.taken = self._rest.pop() if self._rest else ""
        return self.taken


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


def _requirement(tokens: _Tokens) -> Match:
    is_absent = tokens.next == "!"
    if is_absent:
        tokens.take()
    if not tokens.has_word:
        raise _bad(f"found '{tokens.next}', expected: identifier")
    key = tokens.take()
    _check_key(key)
    if is_absent:
        return lambda labels: key not in labels
    if tokens.next in ("", ","):
        return lambda labels: key in labels
    operator = tokens.take()
    if operator in ("in", "notin"):
        values = _values(tokens)
        _check_values(key, sorted(values))
        if operator == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if operator not in ("=", "==", "!=", ">", "<"):
        raise _bad(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
    wanted = _exact_value(tokens)
    if operator in (">", "<"):
        return _compared(key, operator, wanted)
    _check_values(key, [wanted])
    if operator == "!=":
        return lambda labels: labels.get(key) != wanted
    return lambda labels: labels.get(key) == wanted


def _exact_value(tokens: _Tokens) -> str:
    if tokens.next in ("", ","):
        return ""
    if not tokens.has_word:
        raise _bad(f"found '{tokens.next}', expected: identifier")
    return tokens.take()


def _compared(key: str, operator: str, wanted: str) -> Match:
    limit = _int64(wanted)
    _check_values(key, [wanted], is_number=limit is not None)

    def match(labels: Mapping[str, str]) -> bool:
        value = _int64(labels.get(key, ""))
        if value is None or limit is None:
            return False
        return value > limit if operator == ">" else value < limit

    return match


def _int64(text: str) -> int | None:
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        return None
    value = integer(text)
    return value if -(1 << 63) <= value < 1 << 63 else None


def _values(tokens: _Tokens) -> set[str]:
    if tokens.take() != "(":
        raise _bad(f"found '{tokens.taken}' expected: '('")
    if tokens.next == ")":
        tokens.take()
        return {""}
    if tokens.next != "," and not tokens.has_word:
        raise _bad(f"found '{tokens.next}', expected: ',', ')' or identifier")
    values: set[str] = set()
    while tokens.next != ")":
        if tokens.has_word:
            values.add(tokens.take())
            if tokens.next not in (",", ")"):
                raise _bad(f"found '{tokens.next}', expected: ',' or ')'")
        elif tokens.next == ",":
            tokens.take()
            if not values or tokens.next in (",", ")"):
                values.add("")  # an empty place before, between or after commas
        else:
            raise _bad(f"found '{tokens.next}', expected: ',', or identifier")
    tokens.take()
    return values


def _check_key(key: str) -> None:
    problems = key_problems(key)
    if problems:
        raise _bad(f"<nil>: Invalid value: {quote(key)}: {'; '.join(problems)}")


def _check_values(key: str, values: list[str], *, is_number: bool = True) -> None:
    errors = []
    if not is_number:
        problem = "for 'Gt', 'Lt' operators, the value must be an integer"
        errors.append(f"values[0]: Invalid value: {quote(values[0])}: {problem}")
    for place, value in enumerate(values):
        problems = value_problems(value)
        if problems:
            errors.append(f"values[{place}][{key}]: Invalid value: {quote(value)}: {'; '.join(problems)}")
    if errors:
        raise _bad(errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]")


def _bad(reason: str) -> UsageError:
    return UsageError(f"unable to parse requirement: {reason}")
