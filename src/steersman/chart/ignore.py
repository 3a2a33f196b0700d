"""``.helmignore``: which files of a folder do not belong to the chart.

Answers to Helm's ``pkg/ignore``: a pattern without a slash looks at the last part of a
path; the first match decides; ``!pattern`` ignores everything that it does not match.
"""

from __future__ import annotations

from steersman.chart.match import BadPattern, check_pattern, match
from steersman.errors import ChartError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class IgnoreError(ChartError, ValueError):
    """A line of ``.helmignore`` that cannot be used."""


class Rules:
    """The patterns of one ``.helmignore``, with Helm's default one."""

    def __init__(self, text: str = "") -> None:
        self._rules: list[tuple[bool, bool, Callable[[str, str], bool]]] = []
        # go: bufio.Scanner splits at newlines and drops one carriage return
        for line in text.removeprefix("\ufeff").split("\n"):
            self._add(line.removesuffix("\r"))
        self._add("templates/.?*")

    def _add(self, line: str) -> None:
        rule = line.strip()
        if not rule or rule.startswith("#"):
            return
        if "**" in rule:
            raise IgnoreError("double-star (**) syntax is not supported")
        try:
            check_pattern(rule)
        except BadPattern as error:
            raise IgnoreError(str(error)) from None
        negate = rule.startswith("!")
        rule = rule[1:] if negate else rule
        must_be_folder = rule.endswith("/")
        rule = rule[:-1] if must_be_folder else rule
        if rule.startswith("/"):
            test = _whole(rule[1:])
        elif "/" in rule:
            test = _whole(rule)
        else:
            test = _base(rule)
        self._rules.append((negate, must_be_folder, test))

    def ignores(self, path: str, *, folder: bool) -> bool:
        """Tell whether ``path`` (below the chart, with slashes) does not belong to the chart."""
        if path in ("", ".", "./"):
            return False
        base = path.rpartition("/")[2]
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
    except BadPattern as error:
        import sys

        from steersman.goquote import quote

        shown = quote(pattern) if any(c in pattern for c in ' "=') else pattern
        sys.stderr.write(f'level=ERROR msg="failed to compile" rule={shown} error="{error}"\n')
        return False


def _literal_begin(pattern: str) -> str:
    """Return what every text that matches begins with."""
    return pattern[: min(at for c in _SPECIAL if (at := pattern.find(c)) >= 0)]
