"""Functions on large arguments take time by their size, not by its square."""

from __future__ import annotations

import pytest
from tests.services.growth import LINEAR, growth

from steersman.chart.ignore import Rules
from steersman.go.regexp.compile import compile_regexp
from steersman.sprig.lists import uniq, without

PATTERNS = [
    (r"(a*)*b", "a"),
    (r"a*a*a*b", "a"),
    (r".*.*=", "x"),
    (r"(.*)(.*)(.*)x", "a"),
    (r"a.*b.*c.*d", "ab"),
    (r"\s+\n", " "),
    (r"(\w+\s?)+$", "a "),
    (r"(a|b|ab)*c", "ab"),
    (r"(?:x{0,16})*y", "x"),
    (r"(?i:A*a*)b", "aA"),
    ("a?" * 25 + "a" * 25, "a"),
]


@pytest.mark.parametrize(("pattern", "text"), PATTERNS)
def test_patterns_take_time_by_the_length_of_the_text(pattern: str, text: str) -> None:
    assert growth(lambda n: compile_regexp(pattern).search((text * n)[:n] + "~", 0), 4_000) < LINEAR


def test_a_pattern_of_many_loops_still_finds_what_it_should() -> None:
    pattern = r"^v?(\d+)\.(\d+)\.(\d+)(-[\w.]+)?(\+[\w.]+)?$"
    for text in ("v1.22.333-rc.1+b", "1.2.3", "1.2", "1.2.3-" + "a." * 5000, "1." * 5000):
        found = compile_regexp(pattern).search(text, 0)
        assert (found is not None) == text.startswith(("v1.22", "1.2.3"))


@pytest.mark.parametrize(
    "make", [lambda i: i, lambda i: i / 2, lambda i: {"a": i}, lambda i: [str(i)], lambda i: str(i) if i % 2 else i]
)
def test_lists_of_different_values(make: object) -> None:
    assert callable(make)
    assert growth(lambda n: uniq([make(i) for i in range(n)]), 1000) < LINEAR
    assert growth(lambda n: without([make(i) for i in range(n)], *[make(i) for i in range(n)]), 1000) < LINEAR


def test_values_that_are_alike_and_not_equal() -> None:
    nan = float("nan")
    values = [1, 1.0, True, "1", nan, nan, {"a": 1}, {"a": 1.0}, {"a": 1}, [1], [True], [1], None, None]
    assert [type(v) for v in uniq(values)] == [int, float, bool, str, float, float, dict, dict, list, list, type(None)]
    assert len(without(values * 3, *values)) == 6  # what is not equal to itself is never left out


def test_rules_to_ignore_files_are_looked_at_all_at_once() -> None:
    def ignore(count: int) -> None:
        rules = Rules("".join(f"*a{i}*b\na{i}\nd{i}/*/x?\n" for i in range(2000)))
        for i in range(count):
            assert not rules.ignores(f"folder/{i}.txt", folder=False)

    assert growth(ignore, 100) < LINEAR
    rules = Rules("".join(f"*a{i}*b?\nd{i}/*x/y\n/top{i}\nf{i}*/\n" for i in range(100)))
    for path, is_ignored in {
        "x/qa7--b.": True,
        "x/qa7--b": False,
        "d7/ax/y": True,
        "d7/a/ax/y": False,
        "top7": True,
        "x/top7": False,
        "f7z": False,
    }.items():
        assert rules.ignores(path, folder=False) is is_ignored, path
    assert rules.ignores("f7z", folder=True)
