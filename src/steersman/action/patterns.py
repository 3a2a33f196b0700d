"""Regular expressions as Go's ``regexp`` reads them, for filters that users type."""

from __future__ import annotations

from steersman.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return a function that says whether a text has a match of ``pattern``.

    Raises:
        UsageError: with the message of Go's ``regexp.Compile``.
    """
    from steersman.go.regexp.compile import compile_regexp
    from steersman.go.regexp.parse import TOO_DEEP
    from steersman.go.regexp.tree import RegexpError
    from steersman.runtime.deep import SHALLOW_FRAMES, allow_frames

    allow_frames(SHALLOW_FRAMES)
    try:
        compiled = compile_regexp(pattern)
    except RegexpError as error:
        raise UsageError(str(error)) from error
    except RecursionError as error:
        raise UsageError(str(RegexpError(TOO_DEEP, pattern))) from error
    return lambda text: compiled.search(text, 0) is not None
