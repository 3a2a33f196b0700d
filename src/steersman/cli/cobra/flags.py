"""Command line text to flag values, by the rules of Go's pflag.

Flags and arguments may come in any order; ``--`` ends the flags; lists take commas;
messages are pflag's. The rows are in ``flag_table``.
"""

from __future__ import annotations

from steersman.cli.cobra import errors as flag_errors
from steersman.cli.tables.flags import FLAGS
from steersman.settings import parse_bool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from steersman.cli.tables.flags import Row

WAIT_STRATEGIES = ("watcher", "hookOnly", "legacy")


class Flags:
    """The values of a command's flags after parsing.

    ``flags["name"]`` is the value (str, bool, int, float, list[str], dict[str, str]; a
    duration is seconds as float), ``flags.changed("name")`` says whether it was given.
    """

    def __init__(self, keys: Iterable[str], defaults: dict[str, str]) -> None:
        self._rows: dict[str, Row] = {}
        self._short: dict[str, Row] = {}
        for key in keys:
            row = FLAGS[key]
            self._rows[row[0]] = row
            if row[1]:
                self._short[row[1]] = row
        self._values: dict[str, Any] = {}
        self._changed: set[str] = set()
        self._defaults = defaults
        self.deprecations: list[str] = []

    def __getitem__(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        row = self._rows[name]
        value = _default(row, self._defaults)
        self._values[name] = value
        return value

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def changed(self, name: str) -> bool:
        """Return whether the flag was given on the command line."""
        return name in self._changed

    def changed_names(self) -> list[str]:
        """Return the names of the flags given, sorted."""
        return sorted(self._changed)

    def row(self, name: str) -> Row | None:
        """Return the row of the flag named ``name``, or None."""
        return self._rows.get(name)

    def short_row(self, letter: str) -> Row | None:
        """Return the row of the flag with the shorthand ``letter``, or None."""
        return self._short.get(letter)

    def rows(self) -> list[Row]:
        """Return the rows, sorted by name."""
        return [self._rows[name] for name in sorted(self._rows)]

    def parse(self, arguments: list[str]) -> tuple[list[str], bool]:
        """Set values from ``arguments``; return the positional arguments, and whether help was asked for.

        Raises:
            FlagError: with pflag's message.
        """
        rest: list[str] = []
        wants_help = False
        at = 0
        while at < len(arguments):
            argument = arguments[at]
            at += 1
            if argument == "--":
                rest.extend(arguments[at:])
                break
            if len(argument) < 2 or argument[0] != "-":
                rest.append(argument)
            elif argument[1] == "-":
                name, given, value = argument[2:].partition("=")
                if not name or name[0] == "-":
                    raise flag_errors.FlagError(f"bad flag syntax: {argument}")
                if name == "help" and name not in self._rows:
                    wants_help = wants_help or value != "false"
                    continue
                row = self._rows.get(name)
                if row is None:
                    raise flag_errors.UnknownFlag(name, (key for key, row in self._rows.items() if not row[6]))
                at = self._take(row, argument, value if given else None, arguments, at, letter="")
            else:
                at, helped = self._parse_letters(argument[1:], arguments, at)
                wants_help = wants_help or helped
        return rest, wants_help

    def _parse_letters(self, letters: str, arguments: list[str], at: int) -> tuple[int, bool]:
        whole = letters
        wants_help = False
        while letters:
            letter = letters[0]
            row = self._short.get(letter)
            if row is None:
                if letter == "h":
                    wants_help = True
                    letters = letters[1:]
                    continue
                raise flag_errors.UnknownLetter(f"unknown shorthand flag: '{letter}' in -{whole}")
            after = letters[1:]
            if len(letters) > 2 and letters[1] == "=":
                return self._take(row, "-" + whole, letters[2:], arguments, at, letter=letter), wants_help
            if _bare(row) is not None:
                self._set(row, _bare(row) or "")
                letters = after
                continue
            value = after if after else None
            return self._take(row, whole, value, arguments, at, letter=letter), wants_help
        return at, wants_help

    def _take(self, row: Row, shown: str, value: str | None, arguments: list[str], at: int, *, letter: str) -> int:
        if value is None:
            value = _bare(row)
        if value is None:
            if at >= len(arguments):
                where = f"'{letter}' in -{shown}" if letter else shown
                raise flag_errors.FlagError(f"flag needs an argument: {where}")
            value = arguments[at]
            at += 1
        self._set(row, value)
        return at

    def _set(self, row: Row, text: str) -> None:
        name, short, kind = row[0], row[1], row[2]
        try:
            value = _CONVERT[kind](text)
        except ValueError as error:
            shown = f"-{short}, --{name}" if short else f"--{name}"
            raise flag_errors.FlagError(f'invalid argument {go_quote(text)} for "{shown}" flag: {error}') from None
        before = self._values.get(name) if name in self._changed else None
        if kind == "postRendererString" and before:
            problem = f"cannot specify --{name} flag more than once"
            raise flag_errors.FlagError(f'invalid argument {go_quote(text)} for "--{name}" flag: {problem}')
        if isinstance(value, list) and before is not None:
            before.extend(value)
        elif isinstance(value, dict) and before is not None:
            before.update(value)
        else:
            self._values[name] = value
        if name not in self._changed and row[6]:
            self.deprecations.append(f"Flag --{name} has been deprecated, {row[6]}")
        self._changed.add(name)


def _bare(row: Row) -> str | None:
    """Return what the flag means without a value, or None where it needs one."""
    return "true" if row[2] == "bool" else row[5]


def _default(row: Row, defaults: dict[str, str]) -> Any:
    kind, shown = row[2], row[4]
    if "{" in shown:
        for name, text in defaults.items():
            shown = shown.replace("{" + name + "}", text)
    if shown.startswith('"'):
        shown = shown[1:-1]
    if kind in ("stringArray", "strings", "postRendererArgsSlice"):
        return []
    if kind == "stringToString":
        return {}
    if not shown:
        return {"bool": False, "int": 0, "count": 0, "uint": 0, "float32": 0.0, "duration": 0.0}.get(kind, "")
    return _CONVERT[kind](shown)


def go_quote(text: str) -> str:
    """Return ``text`` in double quotes as Go's ``%q`` writes it."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    from steersman.go.quote import quote

    return quote(text)


def _bool(text: str) -> bool:
    try:
        return parse_bool(text)
    except ValueError:
        raise ValueError(f"strconv.ParseBool: parsing {go_quote(text)}: invalid syntax") from None


def _int(text: str, *, name: str = "ParseInt", low: int = -(1 << 63), high: int = (1 << 63) - 1) -> int:
    try:
        body = text.lstrip("+-") if name == "ParseInt" else text
        if not body.isascii() or text != text.strip() or body[:1] == "_" or (low == 0 and text[:1] in ("+", "-")):
            raise ValueError
        is_octal = len(body) > 1 and body[0] == "0" and body.replace("_", "").isdigit()
        value = int(text, 8) if is_octal else int(text, 0)
    except ValueError:
        raise ValueError(f"strconv.{name}: parsing {go_quote(text)}: invalid syntax") from None
    if not low <= value <= high:
        raise ValueError(f"strconv.{name}: parsing {go_quote(text)}: value out of range")
    return value


def _count(text: str) -> int:
    number = _int(text)
    if number < 0:
        raise ValueError("must be 0 or more")
    return number


def _uint(text: str) -> int:
    return _int(text, name="ParseUint", low=0, high=(1 << 64) - 1)


def _float(text: str) -> float:
    from steersman.go.parse_float import parse_float32

    value, problem = parse_float32(text)
    if problem:
        raise ValueError(f"strconv.ParseFloat: parsing {go_quote(text)}: {problem}")
    return value


def _duration(text: str) -> float:
    from steersman.go.time.duration import parse_duration

    return parse_duration(text) / 1e9


def _strings(text: str) -> list[str]:
    """Split at commas as a CSV record, which is how pflag reads a slice."""
    if not text:
        return []
    if not any(mark in text for mark in '"\r\n'):
        return text.split(",")
    from steersman.go.csv import first_record

    return first_record(text)


def _pairs(text: str) -> dict[str, str]:
    count = text.count("=")
    if not count:
        raise ValueError(f"{text} must be formatted as key=value")
    pairs: dict[str, str] = {}
    # pflag: a single pair is not read as CSV: its value may have commas
    for pair in [text.strip('"')] if count == 1 else _strings(text):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"{pair} must be formatted as key=value")
        pairs[key] = value
    return pairs


def _format(text: str) -> str:
    if text not in ("table", "json", "yaml"):
        raise ValueError("invalid format type")
    return text


# helm-unittest's --color is a boolean
_COLOR_MODES = {"true": "always", "false": "never"}


def _wait(text: str) -> str:
    if text == "true":
        return "true"
    if text == "false":
        return "false"
    if text not in WAIT_STRATEGIES:
        raise ValueError(f"invalid wait input {go_quote(text)}. Valid inputs are watcher, hookOnly, and legacy")
    return text


_CONVERT: dict[str, Callable[[str], Any]] = {
    "string": str,
    "bool": _bool,
    "int": _int,
    "count": _count,
    "uint": _uint,
    "float32": _float,
    "duration": _duration,
    "stringArray": lambda text: [text],
    "strings": _strings,
    "stringToString": _pairs,
    "format": _format,
    "colorMode": lambda text: _COLOR_MODES.get(text, text),
    "WaitStrategy": _wait,
    "postRendererString": str,
    "postRendererArgsSlice": lambda text: [text],
}
