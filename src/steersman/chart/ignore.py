"""``.helmignore``: which files of a folder do not belong to the chart.

Answers to Helm's ``pkg/ignore``: a pattern without a slash looks at the last part of a
path; the first match decides; ``!pattern`` ignores everything that it does not match.
"""

from __future__ import annotations

from steersman.chart import errors as chart_errors
from steersman.go import errors as go_errors
from steersman.go.path_match import check_pattern, match
from steersman.runtime.log import log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LINE_BYTES = 64 * 1024  # of a line with which Go's bufio.Scanner gives up


class Rules:
    """The patterns of one ``.helmignore``, with Helm's default one."""

    def __init__(self, text: str = "") -> None:
        self._rules: list[tuple[bool, bool, Callable[[str, str], bool]]] = []
        self._paths, self._bases = _Plain(), _Plain()
        self._folder_paths, self._folder_bases = _Plain(), _Plain()
        # go: bufio.Scanner splits at newlines and drops one carriage return
        for number, line in enumerate(text.split("\n")):
            if len(line) * 4 >= _LINE_BYTES and len(line.encode("utf-8", "surrogateescape")) >= _LINE_BYTES:
                raise chart_errors.IgnoreError("bufio.Scanner: token too long")
            self._add((line if number else line.removeprefix("\ufeff")).removesuffix("\r"))
        self._add("templates/.?*")

    def _add(self, line: str) -> None:
        rule = line.strip()
        if not rule or rule.startswith("#"):
            return
        if "**" in rule:
            raise chart_errors.IgnoreError("double-star (**) syntax is not supported")
        try:
            check_pattern(rule)
        except go_errors.BadPattern as error:
            raise chart_errors.IgnoreError(str(error)) from None
        negate = rule.startswith("!")
        rule = rule[1:] if negate else rule
        must_be_folder = rule.endswith("/")
        rule = rule[:-1] if must_be_folder else rule
        is_base = "/" not in rule
        rule = rule[1:] if rule.startswith("/") else rule
        if not negate and not any(c in rule for c in "[]\\"):
            if must_be_folder:
                (self._folder_bases if is_base else self._folder_paths).add(rule)
            else:
                (self._bases if is_base else self._paths).add(rule)
            return
        test = _base(rule) if is_base else _whole(rule)
        self._rules.append((negate, must_be_folder, test))

    def ignores(self, path: str, *, folder: bool) -> bool:
        """Return whether ``path`` (below the chart, with slashes) does not belong to the chart."""
        if path in ("", ".", "./"):
            return False
        base = path.rpartition("/")[2]
        # the order of the rules decides nothing: each can only leave a file out
        if self._bases.match(base) or self._paths.match(path):
            return True
        if folder and (self._folder_bases.match(base) or self._folder_paths.match(path)):
            return True
        for negate, must_be_folder, test in self._rules:
            if negate:
                if (must_be_folder and not folder) or not test(path, base):
                    return True
                continue
            if must_be_folder and not folder:
                continue
            if test(path, base):
                return True
        return False


class _Plain:
    """Patterns of letters, ``*`` and ``?``, all matched at once."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._ends: tuple[str, ...] = ()
        self._others: list[tuple[str, str]] = []  # the pattern, and what every text that matches begins with
        self._test: Callable[[str], object] | None = None

    def add(self, pattern: str) -> None:
        """Add a pattern."""
        if "*" not in pattern and "?" not in pattern:
            self._names.add(pattern)
        elif pattern[0] == "*" and not any(c in pattern[1:] for c in "*?/"):
            self._ends += (pattern[1:],)
        else:
            self._others.append((pattern, _literal_begin(pattern)))

    def match(self, text: str) -> bool:
        """Return whether one of the patterns matches the whole text."""
        if text in self._names:
            return True
        if text.endswith(self._ends) and "/" not in text:
            return True
        if len(self._others) < _MANY:
            # most texts are not even alike at their beginning, which costs less to see than a call
            likely = [pattern for pattern, begin in self._others if text.startswith(begin)]
            return bool(likely) and any(match(pattern, text) for pattern in likely)
        if self._test is None:
            import re

            self._test = re.compile("|".join([_expression(pattern) for pattern, _ in self._others])).fullmatch
        return self._test(text) is not None


_MANY = 40  # patterns from which on loading Python's expressions pays


def _expression(pattern: str) -> str:
    """Write a pattern as an expression; each star takes as little as it can, once for all (linear in the text)."""
    first, *chunks = (_chunk(part) for part in pattern.split("*"))
    if not chunks:
        return first
    *middle, last = chunks
    return first + "".join(f"(?>[^/]*?{chunk})" for chunk in middle if chunk) + "[^/]*" + last


def _chunk(text: str) -> str:
    return "".join("[^/]" if c == "?" else c if c.isalnum() else f"\\U{ord(c):08x}" for c in text)


_SPECIAL = "*?[\\"


def _whole(pattern: str) -> Callable[[str, str], bool]:
    if not any(c in pattern for c in _SPECIAL):
        return lambda path, _base: path == pattern
    begin = _literal_begin(pattern)
    return lambda path, _base: path.startswith(begin) and _matches(pattern, path)


def _base(pattern: str) -> Callable[[str, str], bool]:
    if not any(c in pattern for c in _SPECIAL):
        return lambda _path, base: base == pattern
    if pattern[0] == "*" and not any(c in pattern[1:] for c in _SPECIAL + "/"):
        end = pattern[1:]
        return lambda _path, base: base.endswith(end)
    begin = _literal_begin(pattern)
    return lambda _path, base: base.startswith(begin) and _matches(pattern, base)


def _matches(pattern: str, text: str) -> bool:
    """Match, and say where a pattern turns out to be none (helm: what it would ignore stays, test_bad_ignore_rules)."""
    try:
        return match(pattern, text)
    except go_errors.BadPattern as error:
        log("ERROR", "failed to compile", rule=pattern, error=error)
        return False


def _literal_begin(pattern: str) -> str:
    """Return what every text that matches begins with."""
    return pattern[: min(at for c in _SPECIAL if (at := pattern.find(c)) >= 0)]
