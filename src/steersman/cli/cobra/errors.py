"""Errors of words on the command line."""

from __future__ import annotations

from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class FlagError(UsageError):
    """A flag that is unknown, lacks its value or has a bad one."""


class UnknownFlag(FlagError):
    """A flag that the command does not have.

    Attributes:
        flag: its name, without dashes.
        known: the names of the command's flags.
    """

    def __init__(self, flag: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown flag: --{flag}")
        self.flag = flag
        self.known = tuple(known)


class UnknownLetter(FlagError):
    """A letter that is not a flag of the command."""


class UnknownCommand(UsageError):
    """A first word that names no command."""
