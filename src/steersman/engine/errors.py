"""Template errors in the form Helm prints them; answers to the reformatting in Helm's ``pkg/engine``.

The engine's errors are structured, so the chain of calls is read from fields. Helm's own text of
each level decides which of its forms is printed, because Helm itself decides by that text.
"""

from __future__ import annotations

from steersman.errors import TemplateError
from steersman.go.errors import CallError
from steersman.gotemplate.errors import ExecError, MissingTemplate, ParseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class FailError(CallError):
    """An error of ``fail`` or ``required``: a message of the chart's author to the user."""


class RenderError(TemplateError):
    """A chart that does not render; ``__cause__`` has the structured error."""


def parse_error(error: ParseError) -> RenderError:
    """Return the error for a template that does not parse."""
    tokens = str(error).split(": ")
    # helm: the text after the last ": " is taken for the message, even within one
    return RenderError(f"parse error at ({tokens[1]}): {tokens[-1]}")


def exec_error(error: TemplateError) -> RenderError:
    """Return the error for a template that fails while executing."""
    whole = str(error)
    if not isinstance(error, ExecError):
        return RenderError(whole)
    tokens = whole.split(": ", 2)
    if len(tokens) != 3:
        return RenderError(whole)
    for level in causes(error):
        if isinstance(level, FailError):
            return RenderError(f"execution error at ({tokens[1]}): {level}")
    pieces: list[str] = []
    for level in causes(error):
        piece = _level(level)
        if piece is None:
            return RenderError(whole)
        if not pieces or pieces[-1] != piece:
            pieces.append(piece)
    return RenderError("".join(pieces).strip())


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it is about, outermost first."""
    level: BaseException | None = error
    while level is not None:
        yield level
        level = level.cause if isinstance(level, ExecError) else level.__cause__


def _level(error: BaseException) -> str | None:
    """Return one level of the chain as Helm prints it, or None where Helm's parser would give up."""
    text = str(error)
    if isinstance(error, MissingTemplate):
        return text + "\n"
    if not text.startswith("template: "):
        return None
    rest = text.removeprefix("template: ")
    if rest.startswith("no template "):
        return text + "\n"
    where, found, after = rest.partition(": executing ")
    if found and after.startswith('"'):
        name, _, after_name = after[1:].partition('"')
        if after_name.startswith(" at <"):
            place, closed, message = after_name.removeprefix(" at <").partition(">: ")
            if closed:
                message = message.partition(" template:")[0] if " template:" in message else message
                return f'{where}\n  executing "{name}" at <{place}>:\n    {message}\n'
    where, found, message = rest.rpartition(": ")
    if not found:
        return None
    message = message.partition(" template:")[0]
    return f"{where}\n  {message}\n"
