"""Semantic versions and constraints, as Masterminds/semver v3 reads them.

Text turns into ``Version`` (leniently, as most of Helm does, or strictly) and into
``Constraints``, which say whether a version satisfies them and, if not, why. Error texts
are that library's. Nothing here uses ``re`` on common paths: constraints are read by hand.

>>> Constraints.parse("^1.2").check(Version.parse("v1.9.0"))
True
"""

from __future__ import annotations

from steersman.go.quote import quote
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_UINT64 = (1 << 64) - 1
# Bytes, and groups between ``||``: the library refuses more, so that input cannot make it work without end.
_MAX_VERSION, _MAX_CONSTRAINT, _MAX_GROUPS = 256, 512, 32
_DIGITS = frozenset("0123456789")
_IDENTIFIER = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789")
_SEGMENT = frozenset("0123456789|xX*")
_SPACE = "\t\n\f\r "
# Longest first: of two operators that fit, the library's expressions end up with the longer one.
_OPERATORS = ("!=", ">=", "=>", "<=", "=<", "~>", "=", ">", "<", "~", "^")


class InvalidVersion(ValueError):
    """A text that is not a version; the message is the library's."""


class InvalidConstraint(ValueError):
    """A text that is not a constraint; the message is the library's."""


class Version(Record):
    """A version; ``str()`` is its canonical form, ``original`` the text it came from.

    Order and equality follow precedence: build metadata does not count.
    """

    major: int
    minor: int = 0
    patch: int = 0
    pre: str = ""
    metadata: str = ""
    original: str = ""

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read a version leniently: ``v`` in front, missing minor or patch, leading zeros.

        Raises:
            InvalidVersion: when the text is not a version.
        """
        _check_length(text)
        numbers, rest = _read_numbers(text[1:] if text[:1] == "v" else text)
        pre, metadata = _read_extras(rest)
        major, minor, patch = (_segment(n) for n in (*numbers, "0", "0")[:3])
        if pre:
            _validate_prerelease(pre)
        return cls(major, minor, patch, pre, metadata, text)

    @classmethod
    def parse_strict(cls, text: str) -> Version:
        """Read a version that obeys the specification to the letter.

        Raises:
            InvalidVersion: saying which rule is broken.
        """
        if not text:
            raise InvalidVersion("version string empty")
        _check_length(text)
        parts = text.split(".", 2)
        if len(parts) != 3:
            raise InvalidVersion("invalid semantic version")
        parts[2], plus, metadata = parts[2].partition("+")
        if plus:
            _validate_metadata(metadata)
        parts[2], dash, pre = parts[2].partition("-")
        if dash:
            _validate_prerelease(pre)
        for part in parts:
            if not _DIGITS.issuperset(part):
                raise InvalidVersion("invalid characters in version")
            if len(part) > 1 and part[0] == "0":
                raise InvalidVersion("version segment starts with 0")
        major, minor, patch = (_parse_uint(p) for p in parts)
        return cls(major, minor, patch, pre, metadata, text)

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        if self.pre:
            text += "-" + self.pre
        if self.metadata:
            text += "+" + self.metadata
        return text

    def compare(self, other: Version) -> int:
        """Return -1, 0 or 1 as this version comes before, with or after ``other``."""
        mine = (self.major, self.minor, self.patch)
        theirs = (other.major, other.minor, other.patch)
        if mine != theirs:
            return -1 if mine < theirs else 1
        if self.pre == other.pre:
            return 0
        if not self.pre:
            return 1
        if not other.pre:
            return -1
        return _compare_prerelease(self.pre, other.pre)

    def __eq__(self, other: object) -> bool:
        return self.compare(other) == 0 if isinstance(other, Version) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.major, self.minor, self.patch, self.pre))

    def __lt__(self, other: Version) -> bool:
        return self.compare(other) < 0

    def __le__(self, other: Version) -> bool:
        return self.compare(other) <= 0

    def __gt__(self, other: Version) -> bool:
        return self.compare(other) > 0

    def __ge__(self, other: Version) -> bool:
        return self.compare(other) >= 0

    def inc_patch(self) -> Version:
        """Return the next patch version; a pre-release becomes its release."""
        return self._next(self.major, self.minor, self.patch if self.pre else self.patch + 1)

    def inc_minor(self) -> Version:
        """Return the next minor version."""
        return self._next(self.major, self.minor + 1, 0)

    def inc_major(self) -> Version:
        """Return the next major version."""
        return self._next(self.major + 1, 0, 0)

    def set_prerelease(self, pre: str) -> Version:
        """Return this version with another pre-release part (``""`` for none)."""
        if pre:
            _validate_prerelease(pre)
        return self._with(self.major, self.minor, self.patch, pre, self.metadata)

    def set_metadata(self, metadata: str) -> Version:
        """Return this version with other build metadata (``""`` for none)."""
        if metadata:
            _validate_metadata(metadata)
        return self._with(self.major, self.minor, self.patch, self.pre, metadata)

    def _next(self, major: int, minor: int, patch: int) -> Version:
        return self._with(major, minor, patch, "", "")

    def _with(self, major: int, minor: int, patch: int, pre: str, metadata: str) -> Version:
        bare = Version(major, minor, patch, pre, metadata)
        prefix = "v" if self.original[:1] == "v" else ""
        return Version(major, minor, patch, pre, metadata, prefix + str(bare))


def _check_length(text: str) -> None:
    if len(text) > _MAX_VERSION or len(text.encode("utf-8", "surrogateescape")) > _MAX_VERSION:
        raise InvalidVersion(f"version string is too long (max {_MAX_VERSION} bytes)")


def _read_numbers(text: str) -> tuple[list[str], str]:
    """``digits [. digits [. digits]]``: the numbers, and what follows them."""
    numbers: list[str] = []
    at = 0
    while len(numbers) < 3:
        start = at + 1 if numbers else at
        if numbers and text[at : at + 1] != ".":
            break
        end = start
        while end < len(text) and text[end] in _DIGITS:
            end += 1
        if end == start:
            break
        numbers.append(text[start:end])
        at = end
    if not numbers:
        raise InvalidVersion("invalid semantic version")
    return numbers, text[at:]


def _read_extras(rest: str) -> tuple[str, str]:
    """``[-identifiers] [+identifiers]`` and nothing after them."""
    pre = metadata = ""
    if rest:
        extras, plus, metadata = rest.partition("+")
        if plus and not _is_dotted(metadata):
            raise InvalidVersion("invalid semantic version")
        if extras:
            pre = extras[1:]
            if extras[0] != "-" or not _is_dotted(pre):
                raise InvalidVersion("invalid semantic version")
    return pre, metadata


def _is_dotted(text: str) -> bool:
    return all(part and _IDENTIFIER.issuperset(part) for part in text.split("."))


def _segment(digits: str) -> int:
    try:
        return _parse_uint(digits)
    except InvalidVersion as err:
        raise InvalidVersion(f"error parsing version segment: {err}") from err


def _parse_uint(digits: str) -> int:
    if not digits:
        raise InvalidVersion('strconv.ParseUint: parsing "": invalid syntax')
    if len(digits.lstrip("0")) > 20 or int(digits) > _MAX_UINT64:
        raise InvalidVersion(f"strconv.ParseUint: parsing {quote(digits)}: value out of range")
    return int(digits)


def _validate_prerelease(pre: str) -> None:
    for part in pre.split("."):
        if not part:
            raise InvalidVersion("invalid prerelease string")
        if _DIGITS.issuperset(part):
            if len(part) > 1 and part[0] == "0":
                raise InvalidVersion("version segment starts with 0")
        elif not _IDENTIFIER.issuperset(part):
            raise InvalidVersion("invalid prerelease string")


def _validate_metadata(metadata: str) -> None:
    if not _is_dotted(metadata):
        raise InvalidVersion("invalid metadata string")


def _compare_prerelease(mine: str, theirs: str) -> int:
    left, right = mine.split("."), theirs.split(".")
    for at in range(max(len(left), len(right))):
        found = _compare_part(left[at] if at < len(left) else "", right[at] if at < len(right) else "")
        if found:
            return found
    return 0


def _compare_part(mine: str, theirs: str) -> int:
    if mine == theirs:
        return 0
    if not mine or not theirs:
        return -1 if not mine else 1
    left, right = _number(mine), _number(theirs)
    if left is None and right is None:
        return 1 if mine > theirs else -1
    if right is None:
        return -1
    if left is None:
        return 1
    return 1 if left > right else -1


def _number(part: str) -> int | None:
    if not _DIGITS.issuperset(part) or len(part) > 4000 or int(part) > _MAX_UINT64:
        return None
    return int(part)


class _Constraint(Record):
    """One ``operator version`` pair; the flags say which numbers were left out or given as ``x``."""

    operator: str
    text: str
    version: Version
    is_dirty: bool
    is_minor_dirty: bool
    is_patch_dirty: bool

    def refuse(self, version: Version, *, include_pre: bool) -> str | None:
        """Return why ``version`` does not fit, or None when it does."""
        if version.pre and not include_pre:
            return _prerelease_refused(version)
        template = _CHECKS[self.operator](version, self)
        return template and template.format(v=quote(str(version)), c=quote(self.text))


def _prerelease_refused(version: Version) -> str:
    return f"{quote(str(version))} is a prerelease version and the constraint is only looking for release versions"


class Constraints(Record):
    """Alternatives (``||``) of constraints that must hold together (space or comma)."""

    alternatives: tuple[tuple[_Constraint, ...], ...]
    include_prerelease: bool = False

    @classmethod
    def parse(cls, text: str) -> Constraints:
        """Read a constraint expression.

        Raises:
            InvalidConstraint: ``improper constraint: "…"``.
        """
        if len(text.encode("utf-8", "surrogateescape")) > _MAX_CONSTRAINT:
            raise InvalidConstraint(f"constraint string is too long (max {_MAX_CONSTRAINT} bytes)")
        if "-" in text:
            text = _rewrite_ranges(text)
        segments = text.split("||")
        if len(segments) > _MAX_GROUPS:
            raise InvalidConstraint(f"too many constraint groups (max {_MAX_GROUPS})")
        return cls(tuple(_read_group(segment) for segment in segments))

    def check(self, version: Version) -> bool:
        """Return whether ``version`` satisfies one of the alternatives."""
        for group in self.alternatives:
            include_pre = self._includes_pre(group)
            if all(c.refuse(version, include_pre=include_pre) is None for c in group):
                return True
        return False

    def validate(self, version: Version) -> tuple[bool, list[str]]:
        """Return whether ``version`` fits, and every reason why it does not."""
        reasons: list[str] = []
        told_prerelease = False
        for group in self.alternatives:
            include_pre = self._includes_pre(group)
            before = len(reasons)
            if version.pre and not include_pre:
                if not told_prerelease:
                    reasons.append(_prerelease_refused(version))
                told_prerelease = True
                continue
            for constraint in group:
                reason = constraint.refuse(version, include_pre=include_pre)
                if reason is not None:
                    reasons.append(reason)
            if len(reasons) == before:
                return True, []
        return False, reasons

    def _includes_pre(self, group: tuple[_Constraint, ...]) -> bool:
        return self.include_prerelease or any(c.version.pre for c in group)

    def __str__(self) -> str:
        return " || ".join(" ".join(c.operator + c.text for c in group) for group in self.alternatives)


def _rewrite_ranges(text: str) -> str:
    """``A - B`` means ``>= A, <= B``."""
    if not any(f"{s}-" in text for s in _SPACE):
        return text
    import re

    dotted = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
    version = rf"v?[0-9|xX*]+(?:\.[0-9|xX*]+){{0,2}}(?:-{dotted})?(?:\+{dotted})?"
    gap = r"[\t\n\f\r ]"
    for found in re.finditer(f"{gap}*({version}){gap}+-{gap}+({version}){gap}*", text):
        text = text.replace(found[0], f">= {found[1]}, <= {found[2]} ", 1)
    return text


def _read_group(segment: str) -> tuple[_Constraint, ...]:
    """``item ((space | ,) item)*`` where an item is ``[operator] [space] version``."""
    found: list[tuple[str, str, tuple[list[str], str]]] = []
    at = _skip_space(segment, 0)
    while True:
        operator = next((o for o in _OPERATORS if segment.startswith(o, at)), "")
        at = _skip_space(segment, at + len(operator))
        end, parts = _scan_version(segment, at)
        if end < 0:
            raise InvalidConstraint(f"improper constraint: {quote(segment)}")
        found.append((operator, segment[at:end], parts))
        at = _skip_space(segment, end)
        if at == len(segment):
            return tuple([_make_constraint(*one) for one in found])
        if segment[at] == ",":
            at = _skip_space(segment, at + 1)
        elif at == end:
            raise InvalidConstraint(f"improper constraint: {quote(segment)}")


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _run(text: str, at: int, allowed: frozenset[str]) -> int:
    while at < len(text) and text[at] in allowed:
        at += 1
    return at


def _scan_version(text: str, at: int) -> tuple[int, tuple[list[str], str]]:
    """Find the end of a version with wildcards (-1: none), its number segments and pre-release."""
    at += text.startswith("v", at)
    end = _run(text, at, _SEGMENT)
    if end == at:
        return -1, ([], "")
    segments = [text[at:end]]
    while len(segments) < 3 and text.startswith(".", end):
        after = _run(text, end + 1, _SEGMENT)
        if after == end + 1:
            break
        segments.append(text[end + 1 : after])
        end = after
    pre = ""
    for mark in "-+":
        after = _scan_dotted(text, end + 1) if text.startswith(mark, end) else -1
        if after > 0:
            pre = text[end:after] if mark == "-" else pre
            end = after
    return end, (segments, pre)


def _scan_dotted(text: str, at: int) -> int:
    end = _run(text, at, _IDENTIFIER)
    if end == at:
        return -1
    while text.startswith(".", end):
        after = _run(text, end + 1, _IDENTIFIER)
        if after == end + 1:
            break
        end = after
    return end


def _make_constraint(operator: str, text: str, parts: tuple[list[str], str]) -> _Constraint:
    segments, pre = parts
    wild = next((i for i, s in enumerate(segments) if s in ("x", "X", "*")), len(segments))
    plain = text
    if wild == 0:
        plain = f"0.0.0{pre}"
    elif wild < 3:
        plain = ".".join(segments[:wild] + ["0"] * (3 - wild)) + pre
    try:
        version = Version.parse(plain)
    except InvalidVersion as err:
        raise InvalidConstraint("constraint parser error") from err
    return _Constraint(operator, text, version, wild < 3, wild == 1, wild == 2)


_LESS = "{v} is less than {c}"
_LESS_OR_EQUAL = "{v} is less than or equal to {c}"
_GREATER = "{v} is greater than {c}"
_EQUAL = "{v} is equal to {c}"
_OTHER_MAJOR = "{v} does not have same major version as {c}"


def _check_not_equal(v: Version, c: _Constraint) -> str | None:
    con = c.version
    if c.is_dirty:
        if con.major != v.major or (con.minor != v.minor and not c.is_minor_dirty):
            return None
        if c.is_minor_dirty:
            return _EQUAL
        if con.patch != v.patch and not c.is_patch_dirty:
            return None
        if c.is_patch_dirty:
            return None if _compare_prerelease(v.pre, con.pre) != 0 else _EQUAL
    return _EQUAL if v == con else None


def _check_greater(v: Version, c: _Constraint) -> str | None:
    con = c.version
    if c.is_dirty and v.major != con.major:
        return None if v.major > con.major else _LESS_OR_EQUAL
    if c.is_dirty and c.is_minor_dirty:
        return _LESS_OR_EQUAL
    if c.is_dirty and c.is_patch_dirty:
        return None if v.minor > con.minor else _LESS_OR_EQUAL
    return None if v > con else _LESS_OR_EQUAL


def _check_less(v: Version, c: _Constraint) -> str | None:
    return None if v < c.version else "{v} is greater than or equal to {c}"


def _check_greater_equal(v: Version, c: _Constraint) -> str | None:
    return None if v >= c.version else _LESS


def _check_less_equal(v: Version, c: _Constraint) -> str | None:
    con = c.version
    if not c.is_dirty:
        return None if v <= con else _GREATER
    if v.major > con.major or (v.major == con.major and v.minor > con.minor and not c.is_minor_dirty):
        return _GREATER
    return None


def _check_tilde(v: Version, c: _Constraint) -> str | None:
    con = c.version
    if v < con:
        return _LESS
    if (con.major, con.minor, con.patch) == (0, 0, 0) and not c.is_minor_dirty and not c.is_patch_dirty:
        return None
    if v.major != con.major:
        return _OTHER_MAJOR
    if v.minor != con.minor and not c.is_minor_dirty:
        return "{v} does not have same major and minor version as {c}"
    return None


def _check_equal(v: Version, c: _Constraint) -> str | None:
    if c.is_dirty:
        return _check_tilde(v, c)
    return None if v == c.version else "{v} is not equal to {c}"


def _check_caret(v: Version, c: _Constraint) -> str | None:
    con = c.version
    if v < con:
        return _LESS
    if con.major > 0 or c.is_minor_dirty:
        return None if v.major == con.major else _OTHER_MAJOR
    if v.major > 0:
        return _OTHER_MAJOR
    if con.minor > 0 or c.is_patch_dirty:
        if v.minor == con.minor:
            return None
        return (
            "{v} does not have same minor version as {c}. "
            "Expected minor versions to match when constraint major version is 0"
        )
    if v.minor > 0:
        return "{v} does not have same minor version as {c}"
    if con.patch == v.patch:
        return None
    return "{v} does not equal {c}. Expect version and constraint to equal when major and minor versions are 0"


_CHECKS: dict[str, Callable[[Version, _Constraint], str | None]] = {
    "": _check_equal,
    "=": _check_equal,
    "!=": _check_not_equal,
    ">": _check_greater,
    "<": _check_less,
    ">=": _check_greater_equal,
    "=>": _check_greater_equal,
    "<=": _check_less_equal,
    "=<": _check_less_equal,
    "~": _check_tilde,
    "~>": _check_tilde,
    "^": _check_caret,
}
