"""YAML as go-yaml v3 reads it, by the plain reader and by the other one."""

from __future__ import annotations

import pytest

from steersman.yamlio.emit import emit, emit_v3
from steersman.yamlio.errors import YamlError
from steersman.yamlio.version3 import GeneralMap, Timestamp, load, load_texts

TEXT = """\
int: 12
octal: 0o17
old: 0777
float: 1.10
on: yes
off: No
true: False
none: ~
list: [1, "1", {a: b}]
text: |
  two
  lines
"""


def test_words_are_version_3s() -> None:
    found = load(TEXT.replace("true: False", "flag: False"))
    assert found == {
        "int": 12, "octal": 15, "old": 511, "float": 1.1, "on": "yes", "off": "No", "flag": False, "none": None,
        "list": [1, "1", {"a": "b"}], "text": "two\nlines\n",
    }  # fmt: skip
    assert type(found["int"]) is int


def test_both_readers_agree() -> None:
    text = TEXT.replace("true: False\n", "")
    assert load(text) == load_texts(text, keeps_text=False)


def test_numbers_know_their_text_where_asked_for() -> None:
    assert load_texts("a: 1.10").get("a").text == "1.10"
    assert load_texts("a: 0x10").get("a").text == "0x10"


def test_keys_that_are_numbers() -> None:
    found = load("a:\n  8080: x\n  name: yes!\n")
    assert type(found["a"]) is GeneralMap
    assert found == {"a": {8080: "x", "name": "yes!"}}
    assert emit_v3(found) == "a:\n  8080: x\n  name: yes!\n"


def test_keys_of_several_types() -> None:
    text = "{a: 1, true: 2, null: 3, 5: 4, b: 5, false: 6, -1: 9, 1.5: 10, a9: 1, a10: 2, 2001-01-01: 3, .inf: 4, -.inf: 5}"
    assert emit_v3(load(text)) == (
        "-.inf: 5\n-1: 9\nfalse: 6\ntrue: 2\n1.5: 10\n5: 4\n.inf: 4\nnull: 3\na: 1\na9: 1\na10: 2\nb: 5\n"
        "2001-01-01T00:00:00Z: 3\n"
    )
    assert emit_v3(load("{.nan: 1}")) == ".nan: null\n"


def test_keys_that_only_look_like_other_types_are_quoted() -> None:
    assert emit_v3({"true": 1, "null": 2, "5": 3, "a": 4}) == '"5": 3\na: 4\n"null": 2\n"true": 1\n'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\t\nb", "|-\n  a\t\n  b\n"),
        ("a\n\tb\n", "|\n  a\n  \tb\n"),
        ("\ta\nb", "|-\n  \ta\n  b\n"),
        ("a\n\t\nb", "|-\n  a\n  \t\n  b\n"),
        ("a \t\nb", "|-\n  a \t\n  b\n"),
        ("a\t \nb", '"a\\t \\nb"\n'),
        ("a\tb", '"a\\tb"\n'),
        ("a\r\n\tb", '"a\\r\\n\\tb"\n'),
        ("\x01\n\t", '"\\x01\\n\\t"\n'),
    ],
)
def test_tabs_in_blocks(text: str, written: str) -> None:
    assert emit_v3({"k": text}) == f"k: {written}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\ufeffab é", r"\uFEFF\x61\x62\x20\xE9"),
        ('\ufeff"\n', r"\uFEFF\"\n"),
        ("\ufeff", r"\uFEFF"),
        ("a\ufeff b", r"a\uFEFF b"),
    ],
)
def test_texts_that_begin_with_a_byte_order_mark(text: str, written: str) -> None:
    assert emit_v3({"k": text}) == f'k: "{written}"\n'
    assert emit({"k": text}) == f'k: "{written}"\n'


def test_a_time_is_not_a_string() -> None:
    time = load("2020-01-02")
    assert isinstance(load("a: 2020-01-02")["a"], Timestamp)
    assert isinstance(time, Timestamp)
    assert time != "2020-01-02T00:00:00Z"
    assert str(time) == "2020-01-02T00:00:00Z"
    assert emit_v3({"a": time}) == "a: 2020-01-02T00:00:00Z\n"


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "{a: 1, a: 2}", "x: {a: 1, a: 2}", "- a: 1\n  a: 2"])
def test_a_key_twice_is_an_error(text: str) -> None:
    with pytest.raises(YamlError, match="already defined"):
        load(text)


def test_merges_give_what_is_missing() -> None:
    text = "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nall:\n  <<: [*one, *two]\n  a: 0\n"
    assert load(text)["all"] == {"a": 0, "b": 1, "c": 2}
    with pytest.raises(YamlError, match="map merge requires"):
        load("a:\n  <<: 5\n")
