"""Errors of a render in the form that suites are written for, and what helm-unittest takes out of them.

Helm 3 prints an error of a template on one line, as Go has it; Helm 4 on several. ``failedTemplate`` compares with
what a regular expression finds in the former.
"""

from __future__ import annotations

from steersman.engine.errors import FailError
from steersman.go.regexp.compile import compile_regexp
from steersman.gotemplate.errors import ExecError, MissingTemplate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.errors import SteerError

# Suites compare their messages with what this finds (test_messages_of_failed_templates): a prefix
# that ends in ": " or " (", a place, the nearest ": " behind it, the rest of that line.
_MESSAGE = r"(?ms)^(?:.+?: |.+? \()(.+?):\d+?:\d+?.+?(?:.+?>)*?: (.+?)$"


def one_line(error: SteerError) -> str:
    """Return the text of an error as Helm 3 has it."""
    cause = error.__cause__
    if not isinstance(cause, ExecError):
        return str(cause) if isinstance(cause, MissingTemplate) else str(error)
    whole = str(cause)
    tokens = whole.split(": ", 2)
    level: BaseException | None = cause
    while level is not None:
        if isinstance(level, FailError) and len(tokens) == 3:
            return f"execution error at ({tokens[1]}): {level}"
        level = level.cause if isinstance(level, ExecError) else level.__cause__
    return whole


def template_and_message(text: str) -> tuple[str, str] | None:
    """Return the template that an error names, and the message that ``failedTemplate`` compares with.

    None where the text is of another form: the test then cannot be run.
    """
    found = compile_regexp(_MESSAGE).search(text, 0)
    if found is None:
        return None
    _, path, message = (text[start:end] for start, end in found)
    _, has_more, after = text.partition("\n")
    return path, after if has_more else message
