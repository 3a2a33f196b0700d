"""Functions that once took time by the square of their argument: linear now, or refused with a message."""

from __future__ import annotations

import pytest

from steersman.engine.functions import from_toml, from_yaml_array
from steersman.go.time.read import parse_moment
from steersman.sprig.regex import replace_all
from tests.services.growth import LINEAR, growth


def test_deep_flow_collections() -> None:
    assert growth(lambda depth: from_yaml_array("[" * depth + "1" + "]" * depth), 1500) < LINEAR


def test_deep_flow_collections_have_their_values() -> None:
    value = from_yaml_array("[" * 2000 + "{a: 1, b: [2, 'x'], c d : e}" + "]" * 2000)
    while isinstance(value[0], list):
        value = value[0]
    assert value == [{"a": 1.0, "b": [2.0, "x"], "c d": "e"}]


def test_a_key_that_is_too_long_in_deep_flow_collections() -> None:
    long = "k" * 1100
    texts = [f"{'[' * depth}{{{long}: 1}}{']' * depth}" for depth in (1, 1500)]
    assert all("expected ',' or '}'" in str(from_yaml_array(text)[0]) for text in texts)


@pytest.mark.parametrize(
    "text",
    ["a." * 5000 + "a = 1", "[" + "a." * 5000 + "a]", "a = " + "{a = " * 5000 + "1" + "}" * 5000, "a = " + "[" * 5000],
)
def test_toml_that_nests_deeply_is_refused(text: str) -> None:
    assert "nest more than 200 levels deep" in from_toml(text)["Error"]


def test_toml_of_many_tables() -> None:
    assert growth(lambda count: from_toml("\n".join(f"[{'a.' * 20}b{n}]\nx = 1" for n in range(count))), 300) < LINEAR


def test_layouts_and_times() -> None:
    def read(count: int) -> None:
        with pytest.raises(ValueError, match="parsing time"):
            parse_moment("x2006" * count, "x2024" * count + "!")

    assert growth(read, 2000) < LINEAR
    with pytest.raises(ValueError, match="more than 50000 characters"):
        parse_moment("x" * 60_000, "x")


def test_replacements_with_many_groups() -> None:
    # the result grows with both
    assert growth(lambda count: replace_all("(a)", "a" * 500, "-$1" * count), 500) < LINEAR
    assert replace_all("(a)(b)?", "ab a", "<$1$2$3$0>") == "<abab> <aa>"
