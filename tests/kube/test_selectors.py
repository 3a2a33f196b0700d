"""Label selectors: what they pick and how bad ones are refused."""

from __future__ import annotations

import pytest

from steersman.errors import UsageError
from steersman.kube.selectors import parse_selector

LABELS = {"team": "alpha", "tier": "3", "empty": ""}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        ("team", True),
        ("!team", False),
        ("!nope", True),
        ("team=alpha", True),
        ("team==alpha,tier=3", True),
        ("team!=alpha", False),
        ("nope!=x", True),
        ("team in (alpha,beta)", True),
        ("team notin ( alpha )", False),
        ("nope notin (x)", True),
        ("tier>2", True),
        ("tier<3", False),
        ("empty=", True),
        ("team in (beta), tier", False),
    ],
)
def test_selectors_pick(text: str, matches: bool) -> None:
    assert parse_selector(text)(LABELS) is matches


@pytest.mark.parametrize("text", ["%%", "team in alpha", "team in (a", "a=b,", "=x", "tier>high", "a b"])
def test_bad_selectors_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"unable to parse requirement|^found "):
        parse_selector(text)
