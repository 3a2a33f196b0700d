"""Errors that Go functions return, and those of evaluating Go expressions."""

from __future__ import annotations

from steersman.errors import TemplateError


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
