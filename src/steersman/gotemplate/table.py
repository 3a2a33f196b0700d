"""Function tables: a template function's name, where it lives, and its signature.

A table is a dict of rows ``name: (target, signature)`` or ``name: (target, signature, inline)``.
The target is a callable or a text ``"module:function"`` that is imported when a template that
calls it first runs. ``inline`` names a form the compiler may write out in place of a call
(``default``, ``list``, ``dict``, …): the row promises that the function behaves so.
"""

from __future__ import annotations

from sys import modules

from steersman.go.signature import parse_signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    Target: TypeAlias = str | Callable[..., Any]
    Row: TypeAlias = tuple[Target, str] | tuple[Target, str, str]
    FunctionTable: TypeAlias = Mapping[str, Row]


class Function:
    """A row of a function table; ``parsed`` is its signature taken apart."""

    __slots__ = ("inline", "name", "parsed", "target")

    def __init__(self, name: str, target: Target, signature: str, inline: str = "") -> None:
        self.name = name
        self.target = target
        self.parsed = parse_signature(signature)
        self.inline = inline

    def resolve(self) -> Callable[..., Any]:
        """Return the callable, importing its module if need be."""
        return resolve(self.target)


def resolve(target: Target) -> Callable[..., Any]:
    """Return the callable that a target names, importing its module if need be."""
    if not isinstance(target, str):
        return target
    module, _, name = target.partition(":")
    return getattr(__import__(module, fromlist=("",)), name)  # type: ignore[no-any-return]


def bind(target: Target, name: str, namespace: dict[str, Any]) -> None:
    """Give ``namespace`` the callable that a target names.

    A module that is not there yet is imported at the first call: most templates mention functions in branches that a
    render does not take.
    """
    if not isinstance(target, str) or target.partition(":")[0] in modules:
        namespace[name] = resolve(target)
        return

    def first_call(*arguments: Any) -> Any:
        function = namespace[name] = resolve(target)
        return function(*arguments)

    namespace[name] = first_call
