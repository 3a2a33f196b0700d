"""The ``--set`` grammar."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steersman.errors import SteerError
from steersman.go.values import Int64
from steersman.values import set_path
from steersman.values.set_path import SetError

CASES: list[tuple[str, Any]] = [
    ("a=1", {"a": 1}),
    ("a.b=x,c=true", {"a": {"b": "x"}, "c": True}),
    ("a={1,two}", {"a": [1, "two"]}),
    ("l={}", {"l": [""]}),
    ("a[1].b=x", {"a": [None, {"b": "x"}]}),
    ("a[0][1]=x", {"a": [[None, "x"]]}),
    (r"a\.b=1\,2", {"a.b": "1,2"}),
    ("a=", {"a": ""}),
    ("a=null", {"a": None}),
    ("a=01,b=1.5,c=1e3,d=yes,e=0,f=-3", {"a": "01", "b": "1.5", "c": "1e3", "d": "yes", "e": 0, "f": -3}),
]


@pytest.mark.parametrize(("text", "tree"), CASES)
def test_text_is_set(text: str, tree: Any) -> None:
    found: dict[str, Any] = {}
    set_path.parse_into(text, found)
    assert found == tree


def test_integers_are_int64() -> None:
    found: dict[str, Any] = {}
    set_path.parse_into("a=5", found)
    assert type(found["a"]) is Int64


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", 'key "a" has no value'),
        ("a,b=1", 'key "a" has no value (cannot end with ,)'),
        ("a={x", "list must terminate with '}'"),
        ("a[-1]=x", "negative -1 index not allowed"),
        ("a[70000]=x", "index of 70000 is greater than maximum supported index of 65536"),
        ("a[x]=1", 'error parsing index: strconv.Atoi: parsing "x": invalid syntax'),
        (
            ".".join("abcdefghij" * 4) + "=1",
            "value name nested level is greater than maximum supported nested level of 30",
        ),
    ],
)
def test_error_is_helms(text: str, message: str) -> None:
    with pytest.raises(SetError) as caught:
        set_path.parse_into(text, {})
    assert str(caught.value) == message


@given(st.text(alphabet="ab.[]{}=,\\01-x \n", max_size=30))
def test_any_text_ends(text: str) -> None:
    found: dict[str, Any] = {}
    try:
        set_path.parse_into(text, found)
    except SteerError:
        return
    assert isinstance(found, dict)


def test_an_index_without_an_end_ends_what_is_set() -> None:
    values: dict[str, Any] = {}
    set_path.parse_into("x=1,a[b=c", values)
    assert values == {"x": 1}
