"""Functions on large arguments take time by their size, not by its square."""

from __future__ import annotations

import pytest
from tests.services.growth import LINEAR, growth

from steersman.chart.ignore import Rules
from steersman.go.regexp.compile import compile_regexp
from steersman.go.regexp.linear import LinearMatcher
from steersman.go.regexp.parse import Parser
from steersman.sprig.lists import uniq, without
from steersman.sprig.regex import find_all, replace_all

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


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a.*b|a", "a", 1),
        ("(a*)*b|a", "a", 1),
        (r"a.*a.*b|\ba\b|a", "a", 1),
        ("(?:a?){13}b|a", "a", 1),
        ("(x+x+)+y|x", "x", 1),
        (r"(\w*)*\.|$", "a.", 0.5),
        ("a.*?b.*?c|a", "ab", 0.5),
        ("(?:a|b|ab)*c|b", "ab", 0.5),
    ],
)
def test_all_matches_of_a_pattern_take_time_by_the_length_of_the_text(pattern: str, text: str, matches: float) -> None:
    def run(size: int) -> None:
        whole = text * (size // len(text))
        assert len(find_all(pattern, whole, -1)) - size * matches in (0, 1)
        assert len(replace_all(pattern, whole, "<$0>")) > size

    assert growth(run, 2000) < LINEAR


@pytest.mark.parametrize(
    ("pattern", "text", "found"),  # as Helm finds them
    [
        (r"((?:(?:(\w)+){0,2}?|\z|))+", "_é-", ["", "", "", ""]),
        (r"(?:a??)*", "aa", ["", "", ""]),
        (r"(?:a??)+b|a", "aab", ["aab"]),
        (r"(?:|a)*", "aa", ["", "", ""]),
        (r"(?:a*)*?b|a", "aac", ["a", "a"]),
    ],
)
def test_a_loop_prefers_an_empty_text_where_its_pattern_does(pattern: str, text: str, found: list[str]) -> None:
    assert list(find_all(pattern, text, -1)) == found


def test_a_text_of_several_blocks_is_matched_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["ab\n" * 50 + "b", "a" * 90 + "-" * 70, "-ab-ba\nab"]
    for pattern in (r"(a|b)*?b$|(\Ba)", r"(?m:^(a*)*(b?)$)", r"(\b\w+\b)-*|b", r"\A(a|ab|\n)*\z|a"):
        parser = Parser(pattern)
        tree = parser.parse()
        whole = LinearMatcher(tree, parser.count)
        monkeypatch.setattr("steersman.go.regexp.linear._MOST_KEPT", 100)
        monkeypatch.setattr("steersman.go.regexp.linear._LEAST_BLOCK", 7)
        cut = LinearMatcher(tree, parser.count)
        monkeypatch.undo()
        for text in texts:
            found = [whole.search(text, position) for position in range(len(text) + 2)]
            assert found[-1] is None
            assert found == [cut.search(text, position) for position in range(len(text) + 2)]
            assert found[0] == cut.search(text, 0)  # after its end was looked at


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
