"""Snapshots: what was rendered once, by test and number, and its file's format.

Answers to the cache of helm-unittest: one file for each suite file, a map of tests to a map of numbers to YAML.
"""

from __future__ import annotations

from steersman.record import Record
from steersman.unittest.fields import SuiteError
from steersman.unittest.texts import as_yaml, is_found
from steersman.yamlio import version3
from steersman.yamlio.emit import emit_v3, ordered
from steersman.yamlio.errors import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Entries: TypeAlias = dict[str, dict[int, str]]


class Comparison(Record):
    """The result of comparing a value.

    Attributes:
        passed: whether it is as stored, or new.
        number: which one of its test's it is.
        stored, current: both texts.
        complaint: about a pattern, or ``""``.
    """

    passed: bool
    number: int
    stored: str
    current: str
    complaint: str = ""

    def problem(self, *, negated: bool) -> str:
        """Return what is wrong, in one line."""
        if self.complaint:
            return self.complaint
        return f"the value should not be as in snapshot {self.number}" if negated else f"snapshot {self.number} differs"


class SnapshotFile:
    """The snapshots of one suite file.

    Args:
        stored: what is in the file.
        updates: whether what is rendered now takes its place.
    """

    def __init__(self, stored: Entries, *, updates: bool = False) -> None:
        self._stored = stored
        self._updates = updates
        self.current: Entries = {}
        self.total = self.failed = self.created = 0

    def compare(self, test: str, number: int, value: Any, matches: str = "", matches_not: str = "") -> Comparison:
        """Compare the value number ``number`` of a test.

        Raises:
            RegexpError: for a pattern that is none.
        """
        text = as_yaml(value)
        stored = self._stored.get(test, {}).get(number)
        self.total += 1
        self.created += stored is None
        complaint = _complaint(text, matches.strip(), matches_not.strip())
        passed = not complaint
        if not matches.strip() and not matches_not.strip() and stored is not None and stored != text:
            passed = False
            self.failed += not self._updates
        is_kept = stored is not None and not self._updates
        self.current.setdefault(test, {})[number] = stored if is_kept and stored is not None else text
        return Comparison(passed or self._updates, number, stored or "", text, complaint)

    @property
    def vanished(self) -> int:
        """The number of stored ones that were not asked for."""
        return sum(
            number not in self.current.get(test, {}) for test, numbers in self._stored.items() for number in numbers
        )

    def changed(self) -> Entries | None:
        """Return what the file must hold now, or None where it is as it was."""
        return None if self.current == self._stored else self.current


class OfTest:
    """The snapshots of one test, counted from 1."""

    def __init__(self, file: SnapshotFile, test: str) -> None:
        self._file = file
        self._test = test
        self._number = 0

    def compare(self, value: Any, matches: str = "", matches_not: str = "") -> Comparison:
        """Compare the next value."""
        self._number += 1
        return self._file.compare(self._test, self._number, value, matches, matches_not)


def _complaint(text: str, matches: str, matches_not: str) -> str:
    if matches and not is_found(matches, text):
        return f"pattern '{matches}' not found in snapshot"
    if matches_not and is_found(matches_not, text):
        return f"pattern '{matches_not}' should not be in snapshot"
    return ""


def read_file(text: str) -> Entries:
    """Return the snapshots in the text of a file.

    Raises:
        SuiteError: when it does not hold snapshots.
    """
    try:
        tree = version3.load(text)
    except YamlError as error:
        raise SuiteError(str(error)) from error
    entries: Entries = {}
    if tree is None:
        return entries
    if not isinstance(tree, dict):
        raise SuiteError("a file of snapshots holds a map")
    for test, numbers in tree.items():
        if not isinstance(numbers, dict) or not all(
            isinstance(number, int) and isinstance(stored, str) for number, stored in numbers.items()
        ):
            raise SuiteError(f"the snapshots of {test!r} are not texts by number")
        entries[str(test)] = dict(numbers)
    return entries


def write_file(entries: Entries) -> str:
    """Return the text of a file."""
    out: list[str] = []
    for test in ordered(list(entries), v3=True):
        head = emit_v3({test: 0}).removesuffix("0\n").rstrip(" ")
        out.append(head + "\n")
        for number in sorted(entries[test]):
            lines = emit_v3({"snapshot": {"entry": entries[test][number]}}).split("\n", 1)[1]
            out.append(f"  {number}:{lines.removeprefix('  entry:')}")
    return "".join(out) or "{}\n"
