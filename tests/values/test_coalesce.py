"""Defaults, globals and nulls."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from steersman.chart.model import Chart, Metadata
from steersman.values.coalesce import coalesce_tables, coalesce_values, copy_tree, merge_values


def chart(values: dict[str, Any], *children: Chart, name: str = "top") -> Chart:
    return Chart(Metadata(name=name), values=values, dependencies=children)


def silent(message: str) -> None:
    raise AssertionError(message)


def test_user_values_win_and_maps_merge() -> None:
    found = coalesce_values(chart({"a": {"x": 1, "y": 2}, "l": [1]}), {"a": {"y": 3}, "l": [2]}, silent)
    assert found == {"a": {"x": 1, "y": 3}, "l": [2]}


def test_null_in_user_values_removes_the_default() -> None:
    found = coalesce_values(chart({"a": {"x": 1}, "b": 2}), {"a": {"x": None}, "b": None}, silent)
    assert found == {"a": {}}


def test_globals_reach_subcharts_and_the_parents_win() -> None:
    child = chart({"global": {"g": "child"}, "own": 1}, name="child")
    found = coalesce_values(chart({"global": {"g": "top"}}, child), {}, silent)
    assert found["child"] == {"global": {"g": "top"}, "own": 1}


def test_merging_keeps_nulls() -> None:
    assert merge_values(chart({"a": None}), {"b": None}, silent) == {"a": None, "b": None}


def test_a_scalar_over_a_map_warns() -> None:
    said: list[str] = []
    coalesce_values(chart({"a": 1}), {"a": {"x": 1}}, said.append)
    assert said == ["warning: skipped value for top.a: Not a table."]


TREES = st.recursive(
    st.integers() | st.text(max_size=3) | st.booleans(),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


@given(MAPS, MAPS)
def test_coalescing_twice_changes_nothing(user: dict[str, Any], defaults: dict[str, Any]) -> None:
    once = coalesce_tables(copy_tree(user), copy_tree(defaults), lambda m: None)
    again = coalesce_tables(copy_tree(once), copy_tree(defaults), lambda m: None)
    assert again == once


@given(MAPS, MAPS)
def test_what_goes_in_is_not_changed(user: dict[str, Any], defaults: dict[str, Any]) -> None:
    before = copy_tree(user), copy_tree(defaults)
    coalesce_values(chart(defaults), user, lambda m: None)
    assert (user, defaults) == before


@given(MAPS, MAPS, MAPS)
def test_it_does_not_matter_which_two_of_three_are_merged_first(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]
) -> None:
    """For maps over maps; where a value meets a map, who meets whom first decides what is dropped."""
    if _conflict(first, second) or _conflict(second, third) or _conflict(first, third):
        return

    def merged(winner: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        return coalesce_tables(copy_tree(winner), copy_tree(other), lambda m: None)

    assert merged(merged(first, second), third) == merged(first, merged(second, third))


@given(MAPS)
def test_merging_with_nothing_or_with_itself_changes_nothing(tree: dict[str, Any]) -> None:
    for other in ({}, tree):
        assert coalesce_tables(copy_tree(tree), copy_tree(other), lambda m: None) == tree
    assert coalesce_tables({}, copy_tree(tree), lambda m: None) == tree


def _conflict(a: Any, b: Any) -> bool:
    """Whether somewhere one has a map and the other something else."""
    if isinstance(a, dict) and isinstance(b, dict):
        return any(_conflict(a[key], b[key]) for key in a.keys() & b.keys())
    return isinstance(a, dict) != isinstance(b, dict)
