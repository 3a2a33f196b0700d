"""The regular expression functions. Answers to Sprig's ``regex.go`` over Go's ``regexp``.

Patterns are read as Go reads them (``re2``), and refused with Go's words; matching walks a text as
Go does, which differs from Python's walk where matches are empty.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.integer import integer
from steersman.go.regexp.compile import Regexp, compile_regexp
from steersman.go.regexp.tree import RegexpError
from steersman.go.values import StringList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Span = tuple[int, int]

_SPECIAL = frozenset("\\.+*?()|[]{}^$")


def _must(pattern: str) -> Regexp:
    """Compile; failing is an error of the function."""
    try:
        return compile_regexp(pattern)
    except RegexpError as err:
        raise go_errors.CallError(str(err)) from err


def _panic(pattern: str) -> Regexp:
    """Compile; failing is a panic, whose text has the pattern once more."""
    try:
        return compile_regexp(pattern)
    except RegexpError as err:
        from steersman.go.quote import can_backquote, quote

        shown = f"`{pattern}`" if can_backquote(pattern) else quote(pattern)
        raise go_errors.CallError(f"regexp: Compile({shown}): {err}") from err


def _all_spans(regexp: Regexp, text: str, limit: int) -> Iterator[Span]:
    """go: FindAll skips an empty match right after another match."""
    position, end, previous, found = 0, len(text), -1, 0
    while position <= end and (limit < 0 or found < limit):
        spans = regexp.search(text, position)
        if spans is None:
            return
        start, stop = spans[0]
        is_accepted = True
        if stop == position:
            is_accepted = start != previous
            position += 1
        else:
            position = stop
        previous = stop
        if is_accepted:
            yield start, stop
            found += 1


def _find_all(regexp: Regexp, text: str, count: int) -> StringList:
    found = StringList([text[a:b] for a, b in _all_spans(regexp, text, count)])
    return found or _NilStrings()


class _NilStrings(StringList):
    """A ``[]string`` that is nil."""

    __slots__ = ()
    is_nil = True


def _split(regexp: Regexp, text: str, count: int) -> StringList:
    if count == 0:
        return _NilStrings()
    if regexp.pattern and not text:
        return StringList([""])
    parts = StringList()
    begin = end = 0
    for start, stop in _all_spans(regexp, text, count):
        if count > 0 and len(parts) >= count - 1:
            break
        end = start
        if stop != 0:
            parts.append(text[begin:end])
        begin = stop
    if end != len(text):
        parts.append(text[begin:])
    return parts


def _replace(regexp: Regexp, text: str, expand: Callable[[list[Span | None]], str]) -> str:
    out: list[str] = []
    last = position = 0
    end = len(text)
    while position <= end:
        spans = regexp.search(text, position)
        if spans is None:
            break
        start, stop = spans[0]
        out.append(text[last:start])
        if stop > last or start == 0:
            out.append(expand([spans[0], *spans[1:]]))
        last = stop
        position = position + 1 if position + 1 > stop else stop
    out.append(text[last:])
    return "".join(out)


def _expander(regexp: Regexp, text: str, template: str) -> Callable[[list[Span | None]], str]:
    """``$1``, ``${name}`` and ``$$`` in a replacement."""
    pieces = list(_template_pieces(template))
    if all(not name or name.isdigit() for _, name in pieces):
        return _numbered_expander(regexp, text, pieces)

    def expand(spans: list[Span | None]) -> str:
        out = []
        for literal, name in pieces:
            out.append(literal)
            span = _group(regexp, spans, name)
            if span is not None:
                out.append(text[span[0] : span[1]])
        return "".join(out)

    return expand


def _numbered_expander(regexp: Regexp, text: str, pieces: list[tuple[str, str]]) -> Callable[[list[Span | None]], str]:
    """Like ``_expander`` where all groups are called by number: one look-up and one join for each match."""
    names = list(dict.fromkeys(name for _, name in pieces if name))
    literals = list(dict.fromkeys(literal for literal, _ in pieces))
    places = {name: len(literals) + number for number, name in enumerate(names)}
    known = {literal: number for number, literal in enumerate(literals)}
    order: list[int] = []
    for literal, name in pieces:
        order.append(known[literal])
        if name:
            order.append(places[name])

    def expand(spans: list[Span | None]) -> str:
        found = list(literals)
        for name in names:
            span = _group(regexp, spans, name)
            found.append("" if span is None else text[span[0] : span[1]])
        return "".join(map(found.__getitem__, order))

    return expand


def _group(regexp: Regexp, spans: list[Span | None], name: str) -> Span | None:
    if not name:
        return None
    if name.isascii() and name.isdigit() and (len(name) == 1 or name[0] != "0"):
        number = integer(name)
        return spans[number] if number < len(spans) else None
    for number, known in regexp.names:
        if known == name and spans[number] is not None:
            return spans[number]
    return None


def _template_pieces(template: str) -> Iterator[tuple[str, str]]:
    """Pairs of literal text and the group after it (``""`` for none)."""
    while True:
        before, dollar, after = template.partition("$")
        if not dollar:
            yield template, ""
            return
        if after[:1] == "$":
            yield before + "$", ""
            template = after[1:]
            continue
        name, rest = _group_name(after)
        if not name:
            yield before + "$", ""
            template = after
            continue
        yield before, name
        template = rest


def _group_name(text: str) -> tuple[str, str]:
    has_brace = text[:1] == "{"
    body = text[1:] if has_brace else text
    end = 0
    while end < len(body) and (body[end] == "_" or body[end].isalpha() or body[end].isdecimal()):
        end += 1
    if not end or (has_brace and body[end : end + 1] != "}"):
        return "", text
    return body[:end], body[end + has_brace :]


def match(pattern: str, text: str) -> bool:
    """Return whether a pattern matches; a bad pattern does not."""
    try:
        return compile_regexp(pattern).search(text, 0) is not None
    except RegexpError:
        return False


def must_match(pattern: str, text: str) -> bool:
    """Return whether a pattern matches."""
    return _must(pattern).search(text, 0) is not None


def find_all(pattern: str, text: str, count: int) -> StringList:
    """Return the first ``count`` matches, all when negative."""
    return _find_all(_panic(pattern), text, count)


def must_find_all(pattern: str, text: str, count: int) -> StringList:
    """Return the first ``count`` matches, all when negative."""
    return _find_all(_must(pattern), text, count)


def _find(regexp: Regexp, text: str) -> str:
    spans = regexp.search(text, 0)
    return text[spans[0][0] : spans[0][1]] if spans is not None else ""


def find(pattern: str, text: str) -> str:
    """Return the first match, or ``""``."""
    return _find(_panic(pattern), text)


def must_find(pattern: str, text: str) -> str:
    """Return the first match, or ``""``."""
    return _find(_must(pattern), text)


def replace_all(pattern: str, text: str, replacement: str) -> str:
    """Replace every match; the replacement may refer to groups."""
    regexp = _panic(pattern)
    return _replace(regexp, text, _expander(regexp, text, replacement))


def must_replace_all(pattern: str, text: str, replacement: str) -> str:
    """Replace every match; the replacement may refer to groups."""
    regexp = _must(pattern)
    return _replace(regexp, text, _expander(regexp, text, replacement))


def replace_all_literal(pattern: str, text: str, replacement: str) -> str:
    """Replace every match by a text as it stands."""
    return _replace(_panic(pattern), text, lambda _spans: replacement)


def must_replace_all_literal(pattern: str, text: str, replacement: str) -> str:
    """Replace every match by a text as it stands."""
    return _replace(_must(pattern), text, lambda _spans: replacement)


def split(pattern: str, text: str, count: int) -> StringList:
    """Split at matches into at most ``count`` parts."""
    return _split(_panic(pattern), text, count)


def must_split(pattern: str, text: str, count: int) -> StringList:
    """Split at matches into at most ``count`` parts."""
    return _split(_must(pattern), text, count)


def quote_meta(text: str) -> str:
    """Escape what a pattern would take as special."""
    return "".join("\\" + c if c in _SPECIAL else c for c in text)
