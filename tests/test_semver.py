"""Versions and constraints, as Masterminds/semver reads them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steersman.semver import Constraints, InvalidConstraint, InvalidVersion, Version

SEGMENT = "error parsing version segment: strconv.ParseUint: parsing "


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("1", "1.0.0"), ("v1.2", "1.2.0"), ("01.2.3", "1.2.3"), ("1.2.3-a.1+b", "1.2.3-a.1+b"), ("1.2+x", "1.2.0+x")],
)
def test_lenient_reading(text: str, canonical: str) -> None:
    version = Version.parse(text)
    assert str(version) == canonical
    assert version.original == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "invalid semantic version"),
        ("a", "invalid semantic version"),
        ("1.2.3.4", "invalid semantic version"),
        ("1.2.3-01", "version segment starts with 0"),
        ("1.2.3-", "invalid semantic version"),
        ("9" * 20, SEGMENT + '"99999999999999999999": value out of range'),
        ("1." + "0" * 300, "version string is too long (max 256 bytes)"),
    ],
)
def test_lenient_reading_refuses(text: str, message: str) -> None:
    with pytest.raises(InvalidVersion) as caught:
        Version.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "version string empty"),
        ("1.2", "invalid semantic version"),
        ("v1.2.3", "invalid characters in version"),
        ("1.02.3", "version segment starts with 0"),
        ("1.2.3+", "invalid metadata string"),
        ("1.2.3-_", "invalid prerelease string"),
    ],
)
def test_strict_reading_refuses(text: str, message: str) -> None:
    with pytest.raises(InvalidVersion) as caught:
        Version.parse_strict(text)
    assert str(caught.value) == message


def test_precedence() -> None:
    texts = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"]
    versions = [Version.parse(t) for t in texts]
    backwards = versions[::-1]
    assert sorted(backwards) == versions
    assert Version.parse("1.0.0+a") == Version.parse("1.0.0+b")


@pytest.mark.parametrize(
    ("constraint", "version", "fits"),
    [
        (">1.2", "1.2.5", False),
        ("<=1.2", "1.2.9", True),
        ("*", "1.0.0-a", False),
        ("^1.2", "1.9.0", True),
        ("^0.2.3", "0.3.0", False),
        ("^0.0.3", "0.0.3", True),
        ("~1.2.3", "1.2.9", True),
        ("~1", "1.9.0", True),
        ("1.2.x", "1.2.9", True),
        ("!=1.x", "1.2.3", False),
        ("1.2 - 2", "2.9.0", True),
        (">1, <2 || 3", "3.1.0", True),
        (">=1.20.0-0", "1.30.1-gke.5", True),
        (">= 1.2.3 < 2", "1.5.0", True),
    ],
)
def test_constraint(constraint: str, version: str, fits: bool) -> None:
    assert Constraints.parse(constraint).check(Version.parse(version)) is fits
    assert Constraints.parse(constraint).validate(Version.parse(version))[0] is fits


def test_reasons() -> None:
    fits, reasons = Constraints.parse(">=2, <3 || ~4.1").validate(Version.parse("1.2.3"))
    assert (fits, reasons) == (False, ['"1.2.3" is less than "2"', '"1.2.3" is less than "4.1"'])


@pytest.mark.parametrize("text", ["", "foo", "1.2.3.4", ">", "1.2-", "1 |", ">1 ,", "0x1f"])
def test_improper_constraints(text: str) -> None:
    with pytest.raises(InvalidConstraint):
        Constraints.parse(text)


NUMBERS = st.integers(0, 3)
PRERELEASES = st.one_of(
    st.just(""), st.lists(st.sampled_from(["0", "1", "10", "a", "b1", "rc"]), min_size=1, max_size=3).map(".".join)
)
VERSIONS = st.builds(
    lambda a, b, c, pre, meta: f"{a}.{b}.{c}{'-' + pre if pre else ''}{'+' + meta if meta else ''}",
    NUMBERS, NUMBERS, NUMBERS, PRERELEASES, st.sampled_from(["", "build"]),
).map(Version.parse)  # fmt: skip


@settings(max_examples=1000)
@given(VERSIONS, VERSIONS, VERSIONS)
def test_versions_are_in_one_order(a: Version, b: Version, c: Version) -> None:
    assert (a < b) + (a == b) + (b < a) == 1
    assert not (a < b and b < c) or a < c
    assert a != b or (a < c) == (b < c)
    assert (a == b) == ((a.major, a.minor, a.patch, a.pre) == (b.major, b.minor, b.patch, b.pre))


@settings(max_examples=500)
@given(VERSIONS, VERSIONS)
def test_constraints_agree_with_the_order(version: Version, limit: Version) -> None:
    # a version with a pre-release is only looked at by constraints that name one
    if version.pre and not limit.pre:
        return
    answers = {sign: Constraints.parse(f"{sign}{limit}").check(version) for sign in ("<", "<=", "=", ">=", ">", "!=")}
    assert answers == {
        "<": version < limit,
        "<=": not limit < version,
        "=": version == limit,
        ">=": not version < limit,
        ">": limit < version,
        "!=": version != limit,
    }
