"""Regular expressions that are compiled when the image of modules is made: a run with it does without ``re``.

Importing ``re`` and what it needs (``enum``, ``functools``, ``collections``), and compiling a dozen patterns, would be
a seventh of a small render without a cache. The interpreter's own matcher takes the code that ``re`` made earlier.
"""

from __future__ import annotations

import sys
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from types import ModuleType
    from typing import Any, AnyStr, TypeAlias

    # what the matcher is given after the pattern: flags, code, number of groups, names to groups, groups to names
    Code: TypeAlias = tuple[int, list[int], int, dict[str, int], tuple[str | None, ...]]
    # Go's pattern: named groups, ways through it, loops, the matcher's code, and that of what its loops may take
    KeptRegexp: TypeAlias = tuple[list[tuple[int, str]], float, int, Code | None, Code | None]

MULTILINE, DOTALL = 8, 16  # as in re

asked: set[tuple[str | bytes, int]] = set()  # by this process
_kept: dict[tuple[str | bytes, int], Code] | None = None
_regexps: dict[str, KeptRegexp] | None = None


def compiled(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern as ``re.compile`` does, by the code that is in the image where it is there."""
    global _kept
    asked.add((pattern, flags))
    if _kept is None:
        _kept = _from_image(1)
    code = _kept.get((pattern, flags))
    if code is not None:
        made: re.Pattern[AnyStr] = _matcher().compile(pattern, *code)
        return made
    import re

    return re.compile(pattern, flags)


def regexp(pattern: str) -> KeptRegexp | None:
    """Return what the image holds of one of Go's patterns, or None."""
    global _regexps
    if _regexps is None:
        _regexps = _from_image(2)
    return _regexps.get(pattern)


def from_code(code: Code) -> re.Pattern[str]:
    """Return the pattern of text that has this code."""
    made: re.Pattern[str] = _matcher().compile("", *code)
    return made


def _from_image(part: int) -> dict[Any, Any]:
    # the finder of steersman.runtime.image, which imports this module to make an image
    found: Any = next((finder.patterns for finder in sys.meta_path if hasattr(finder, "patterns")), None)
    if found is None or found[0] != matcher_version():
        return {}
    codes: dict[Any, Any] = loads(found[part])
    return codes


def code_of(pattern: str | bytes, flags: int) -> Code:
    """Return what the matcher is given for a pattern."""
    from importlib import import_module

    parsed = import_module("re._parser").parse(pattern, flags)
    names: dict[str, int] = parsed.state.groupdict
    groups: list[str | None] = [None] * parsed.state.groups
    for name, number in names.items():
        groups[number] = name
    code = [int(word) for word in import_module("re._compiler")._code(parsed, flags)]
    return int(flags | parsed.state.flags), code, parsed.state.groups - 1, dict(names), tuple(groups)


def matcher_version() -> int:
    """Return the version of the code that the interpreter's matcher takes."""
    version: int = _matcher().MAGIC
    return version


def _matcher() -> ModuleType:
    return __import__("_sre")  # in the interpreter; no stubs describe it
