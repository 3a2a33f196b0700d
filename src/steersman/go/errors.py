"""Errors that Go functions return, and those of evaluating Go expressions."""

from __future__ import annotations

from steersman.errors import TemplateError, ValuesError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CallError(TemplateError):
    """An error that a template function returns; the engine says which function and where.

    ``function`` is set where the place in the template does not tell (a method called as a field), ``text`` is the
    template that ``tpl`` was given.
    """

    function = ""
    text = ""


class EvalError(TemplateError):
    """Something the engine itself refuses at a node; the engine says where.

    ``argument`` is the number of the argument it is about, where only running tells; or -1.
    """

    argument = -1


class JSONError(ValuesError):
    """Text that is not JSON, or a value JSON has no form for, with Go's message.

    ``offset`` is the number of bytes that Go's scanner has read at a wrong character, else 0. ``value`` is what was
    decoded nevertheless, where the text is JSON and a number in it is out of range, else None. ``is_cut`` says that the
    text ended too early, ``is_too_deep`` that it nests too deeply. ``number`` is the one
    that is out of range, or ``""``.
    """

    def __init__(
        self,
        message: str,
        *,
        offset: int = 0,
        value: Any = None,
        is_cut: bool = False,
        is_too_deep: bool = False,
        number: str = "",
    ) -> None:
        super().__init__(message)
        self.offset = offset
        self.value = value
        self.is_cut = is_cut
        self.is_too_deep = is_too_deep
        self.number = number


class BadPattern(ValueError):
    """A pattern that is not well formed, with Go's message."""

    def __init__(self) -> None:
        super().__init__("syntax error in pattern")
