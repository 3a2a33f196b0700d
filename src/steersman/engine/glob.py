"""Glob patterns as gobwas/glob reads them with ``/`` as the separator, which is what ``.Files.Glob`` uses.

    pattern = { "*" | "**" | "?" | "[" set "]" | "{" pattern { "," pattern } "}" | "\\" char | char }

``*`` and ``?`` stop at a slash, ``**`` does not; ``[!a-c]`` negates. A pattern that is not
well formed matches everything, as in Helm.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


_SPECIAL = frozenset("?[{\\")
_SYNTAX = frozenset("\\.+*?()|[]{}^$-")
_NESTING = frozenset("[{\\")


class _Malformed(ValueError):
    pass


def compile_glob(pattern: str) -> Callable[[str], bool]:
    """Return a test for whole names."""
    if not _SPECIAL.intersection(pattern):
        begin, star, end = pattern.partition("*")
        if not star:
            return lambda name: name == pattern
        crosses, end = end.startswith("*"), end.lstrip("*")
        if "*" not in end:
            return lambda name: _is_between(name, begin, end, crosses=crosses)
    if pattern[0] == "{" and pattern.find("}") == len(pattern) - 1 and not _NESTING.intersection(pattern[1:]):
        choices = [compile_glob(one) for one in pattern[1:-1].split(",")]
        return lambda name: any(matches(name) for matches in choices)
    # most patterns of charts have one star, and a render without the reader of patterns takes a tenth less
    from steersman.go.regexp.compile import compile_regexp

    try:
        source, _ = _translate(pattern, 0, nested=False)
    except _Malformed:
        return lambda name: True
    # a matcher whose time grows with the name alone, however many stars there are
    expression = compile_regexp(f"(?s)\\A(?:{source})\\z")
    return lambda name: expression.search(name, 0) is not None


def _is_between(name: str, begin: str, end: str, *, crosses: bool) -> bool:
    if not name.startswith(begin) or not name.endswith(end):
        return False
    if crosses:
        # helm: what stands before and after the stars may share characters: files/**/a finds files/a, a**a finds a
        # (test_patterns_find_what_they_find_in_helm)
        return True
    return len(name) >= len(begin) + len(end) and "/" not in name[len(begin) : len(name) - len(end)]


def _translate(pattern: str, at: int, *, nested: bool) -> tuple[str, int]:
    out: list[str] = []
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            if pattern[at : at + 1] == "*":
                while pattern[at : at + 1] == "*":
                    at += 1
                out.append(".*")
            else:
                out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[":
            text, at = _set(pattern, at)
            out.append(text)
        elif char == "{":
            text, at = _choices(pattern, at)
            out.append(text)
        elif char in ",}" and nested:
            return "".join(out), at - 1
        elif char == "\\":
            out.append(_escape(pattern[at : at + 1]))  # helm: one at the end says nothing
            at += 1
        else:
            out.append(_escape(char))
    return "".join(out), at


def _escape(char: str) -> str:
    return f"\\{char}" if char in _SYNTAX else char


def _choices(pattern: str, at: int) -> tuple[str, int]:
    choices: list[str] = []
    while True:
        text, at = _translate(pattern, at, nested=True)
        choices.append(text)
        # gobwas: braces that are not closed end with the pattern
        if pattern[at : at + 1] in ("}", ""):
            return f"(?:{'|'.join(choices)})", at + 1
        at += 1


def _set(pattern: str, at: int) -> tuple[str, int]:
    negated = pattern[at : at + 1] == "!"
    at += negated
    end = pattern.find("]", at)
    body = pattern[at:end]
    if end < 0 or not body:
        raise _Malformed
    if len(body) == 3 and body[1] == "-":
        if body[0] > body[2]:
            raise _Malformed
        inner = f"{_escape(body[0])}-{_escape(body[2])}"
    else:
        inner = "".join(map(_escape, body))
    return f"[{'^' if negated else ''}{inner}]", end + 1
