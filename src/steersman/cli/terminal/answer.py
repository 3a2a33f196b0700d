"""The result of a command that changes or lists something: words for people, or one value for programs.

With ``-o json`` or ``-o yaml`` standard output has the value and nothing else; words on the way go to standard
error. Helm has that for some commands; for the others the flag is under the name ``steer`` only.
"""

from __future__ import annotations

from steersman.cli.terminal.releases import write_structured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from steersman.cli.context import Context

    class Flags(Protocol):
        """The flags of a command; under the name ``helm`` there may be none called ``output``."""

        def __contains__(self, name: str, /) -> bool: ...

        def __getitem__(self, name: str, /) -> Any: ...


class Answer:
    """The way to tell the result of one command.

    Attributes:
        is_structured: whether a program wants a value.
    """

    def __init__(self, ctx: Context, flags: Flags) -> None:
        self._ctx = ctx
        self._output: str = flags["output"] if "output" in flags else "table"  # noqa: SIM401  (Flags is not a dict)
        self.is_structured = self._output != "table"

    def say(self, text: str) -> None:
        """Write words for people."""
        stream = self._ctx.err if self.is_structured else self._ctx.out
        stream.write(text)

    def give(self, value: Any) -> None:
        """Write the value, if a program wants one."""
        if self.is_structured:
            write_structured(self._ctx, value, self._output)
