"""Errors of templates as data, with Go's texts to the byte.

``ParseError`` comes from reading a text. Running gives ``ExecError``: which file, line and
column, in which define, at which piece of template, why; ``cause`` is the error a function
returned, and may be an ``ExecError`` again (``include``, ``tpl``), so that the whole chain of
calls stays readable without taking texts apart. Answers to Go's ``text/template`` errors.

``CallError`` is raised by functions (Go's returned error); ``EvalError`` what the engine itself
finds wrong at a node. Both become ``ExecError`` at the edge of an execution.
"""

from __future__ import annotations

from steersman.errors import TemplateError
from steersman.go.quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


_NIL_POINTER = "nil pointer evaluating "  # go: what a template says of it, whatever it evaluates


class ParseError(TemplateError):
    """A text that is not a template.

    Attributes:
        name: the name the text was parsed under.
        line: the line, from 1; 0 where Go gives none.
        message: what is wrong, without the position.
        function: the name of a function that is not defined, where that is what is wrong.
    """

    def __init__(self, name: str, line: int, message: str, *, function: str = "") -> None:
        super().__init__(message)
        self.name = name
        self.line = line
        self.message = message
        self.function = function

    def __str__(self) -> str:
        return f"template: {self.name}:{self.line}: {self.message}"


class MissingTemplate(TemplateError, LookupError):
    """``execute`` was asked for a template that is not there."""

    def __init__(self, name: str, root: str) -> None:
        super().__init__(name)
        self.name = name
        self.root = root

    def __str__(self) -> str:
        return f"template: no template {quote(self.name)} associated with template {quote(self.root)}"


class ExecError(TemplateError):
    """A template that failed while executing.

    Attributes:
        template: the parse name (the file) of the text that failed.
        line, column: where, in bytes, line from 1 and column from 0 as Go counts;
            line 0 when there is no position.
        executing: the name of the define that was executing.
        context: the piece of template, as Go prints the node.
        message: what happened, without the part that ``cause`` says.
        cause: the error a function returned, or None.
        function: the name of the function that returned ``cause``, or ``""``.
    """

    def __init__(
        self,
        template: str,
        line: int,
        column: int,
        executing: str,
        context: str,
        message: str,
        cause: BaseException | None = None,
        function: str = "",
    ) -> None:
        super().__init__(message)
        self.template = template
        self.line = line
        self.column = column
        self.executing = executing
        self.context = context
        self.message = message
        self.cause = cause
        self.function = function

    def __str__(self) -> str:
        if not self.line:
            return f"template: {self.executing}: {self.message}"
        where = f"template: {self.template}:{self.line}:{self.column}"
        return f"{where}: executing {quote(self.executing)} at <{self.context}>: {self.message}"

    @property
    def is_nil_pointer(self) -> bool:
        """Whether a field of nothing was asked for, here or in a template that was called."""
        return any(level.message.startswith(_NIL_POINTER) for level in self.chain())

    def chain(self) -> Iterator[ExecError]:
        """Yield this error and the execution errors below it, outermost first."""
        level: BaseException | None = self
        while isinstance(level, ExecError):
            yield level
            level = level.cause
