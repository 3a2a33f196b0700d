"""Versions in templates: ``semver`` with its fields and methods, and ``semverCompare``."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.values import GoStruct, Uint64
from steersman.semver import Constraints, InvalidConstraint, InvalidVersion, Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    from steersman.go.values import Method


def _changed(version: SemVer, change: Callable[[str], Version], text: str) -> SemVer:
    try:
        return SemVer(change(text), is_pointer=False)
    except InvalidVersion as err:
        raise go_errors.CallError(str(err)) from err


class SemVer(GoStruct):
    """``semver.Version``, or a pointer to it."""

    __slots__ = ("is_pointer", "version")
    go_type = "semver.Version"
    go_methods: ClassVar[dict[str, Method]] = {
        "String": (lambda s: str(s.version), "-> string"),
        "Original": (lambda s: s.version.original, "-> string"),
        "Major": (lambda s: Uint64(s.version.major), "-> uint64"),
        "Minor": (lambda s: Uint64(s.version.minor), "-> uint64"),
        "Patch": (lambda s: Uint64(s.version.patch), "-> uint64"),
        "Prerelease": (lambda s: s.version.pre, "-> string"),
        "Metadata": (lambda s: s.version.metadata, "-> string"),
        "Compare": (lambda s, o: s.version.compare(o.version), "version -> int"),
        "Equal": (lambda s, o: s.version == o.version, "version -> bool"),
        "LessThan": (lambda s, o: s.version < o.version, "version -> bool"),
        "LessThanEqual": (lambda s, o: s.version <= o.version, "version -> bool"),
        "GreaterThan": (lambda s, o: s.version > o.version, "version -> bool"),
        "GreaterThanEqual": (lambda s, o: s.version >= o.version, "version -> bool"),
        "IncPatch": (lambda s: SemVer(s.version.inc_patch(), is_pointer=False), "-> any"),
        "IncMinor": (lambda s: SemVer(s.version.inc_minor(), is_pointer=False), "-> any"),
        "IncMajor": (lambda s: SemVer(s.version.inc_major(), is_pointer=False), "-> any"),
        "SetPrerelease": (lambda s, t: _changed(s, s.version.set_prerelease, t), "string -> any"),
        "SetMetadata": (lambda s, t: _changed(s, s.version.set_metadata, t), "string -> any"),
    }

    def __init__(self, version: Version, *, is_pointer: bool = True) -> None:
        super().__init__()
        self.version = version
        self.is_pointer = is_pointer

    def go_printed(self) -> dict[str, Any]:
        """Return the fields that printing with an unfit verb lays open."""
        version = self.version
        return {
            "major": Uint64(version.major),
            "minor": Uint64(version.minor),
            "patch": Uint64(version.patch),
            "pre": version.pre,
            "metadata": version.metadata,
            "original": version.original,
        }

    def go_copy(self, copy: Callable[[Any], Any]) -> GoStruct:
        """Return an empty version: none of its fields is exported."""
        return SemVer(Version.parse("0.0.0"), is_pointer=self.is_pointer)

    def to_json(self) -> str:
        """Return what stands for the version in JSON."""
        return str(self.version)

    @property
    def go_pointer(self) -> bool:  # type: ignore[override]
        """A parsed version is a pointer, a changed one is not."""
        return self.is_pointer


def semver(text: str) -> SemVer:
    """Read a version."""
    try:
        return SemVer(Version.parse(text))
    except InvalidVersion as err:
        raise go_errors.CallError(str(err)) from err


def semver_compare(constraint: str, text: str) -> bool:
    """Return whether a version satisfies a constraint."""
    try:
        return _satisfies(constraint, text)
    except (InvalidVersion, InvalidConstraint) as err:
        raise go_errors.CallError(str(err)) from err


# Charts ask the same few questions about the cluster's version in every template.
_ANSWERS: dict[tuple[str, str], bool] = {}
_MOST_ANSWERS = 128


def _satisfies(constraint: str, text: str) -> bool:
    answer = _ANSWERS.get((constraint, text))
    if answer is None:
        answer = Constraints.parse(constraint).check(Version.parse(text))
        if len(_ANSWERS) < _MOST_ANSWERS:
            _ANSWERS[constraint, text] = answer
    return answer
