"""Errors of schemas and of values, with the words of santhosh-tekuri/jsonschema, which Helm prints."""

from __future__ import annotations

from steersman.go.json import pointer_token
from steersman.go.json_numbers import format_float_g
from steersman.record import Record
from steersman.values.schemas.numbers import Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    # The way from the root of the values: the last name first, then the way to what holds it; None for the root.
    Path = tuple[str, "Path"] | None


class Failure(Record):
    """One node of the error tree: where in the values, the problem, and the failures that make it up.

    ``transparent`` marks a reference, which is left out where it has one cause. ``unknown`` are names that an object
    must not have, ``known`` those that it may, ``missing`` those that it has to have.
    """

    path: Path
    message: str
    causes: tuple[Failure, ...] = ()
    transparent: bool = False
    is_group: bool = False
    unknown: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the failure and its causes as indented lines."""
        return [
            f"{'  ' * depth}- at {quoted(failure.pointer)}: {failure.message}" for failure, depth in self.reported()
        ]

    def reported(self) -> Iterator[tuple[Failure, int]]:
        """Yield the failure and its causes, each with how deep it is below this one."""
        rest = [(self, 0)]
        while rest:
            failure, depth = rest.pop()
            if not (failure.transparent and len(failure.causes) == 1):
                yield failure, depth
                depth += 1
            rest += [(cause, depth) for cause in reversed(failure.causes)]

    @property
    def pointer(self) -> str:
        """The place in the values, as a JSON pointer."""
        return _pointer(self.path)

    def parts(self) -> tuple[Failure, ...]:
        """Return the causes of a group, and anything else as it is."""
        return self.causes if self.is_group else (self,)


def path_tokens(path: Path) -> list[str]:
    """Return the names of a path from the root on."""
    tokens = []
    while path is not None:
        token, path = path
        tokens.append(token)
    tokens.reverse()
    return tokens


def _pointer(path: Path) -> str:
    return "".join(f"/{pointer_token(token)}" for token in path_tokens(path))


def quoted(text: str) -> str:
    """Return a text in single quotes."""
    from steersman.go.quote import quote

    inner = quote(text)[1:-1]
    return "'" + inner.replace('\\"', '"').replace("'", "\\'") + "'"


def go_quoted(text: str) -> str:
    """Return a text in Go's double quotes."""
    from steersman.go.quote import quote

    return quote(text)


def all_quoted(names: list[str]) -> str:
    """Return names in single quotes, with commas."""
    return ", ".join(quoted(name) for name in names)


def displayed(value: Any) -> str:
    """Return a value of a schema or of the values as it stands in a message."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, (list, dict)):
        return "value"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return value.text
    return format_float_g(float(value)) if isinstance(value, float) else str(value)


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def localized(value: float) -> str:
    """Print a number as golang.org/x/text does in English: groups of three digits, a power of ten from a million on."""
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "-∞"
    text = format_float_g(value, upper_exponent=6)
    mantissa, power, exponent = text.partition("e")
    if power:
        return f"{mantissa}×10{exponent.lstrip('+').translate(_RAISED)}"
    whole, point, fraction = text.partition(".")
    return f"{int(whole):,}{point}{fraction}" if whole != "-0" else text
