"""The places that set a value."""

from __future__ import annotations

import sys

from steersman.insight.origins import GivenValues, LineFinder, line_of, origins
from steersman.values.sources import Sources

BASE = b"# defaults\nimage:\n  name: web\n  tag: 1\nhosts:\n- name: a\n- name: b\n"


def places(path: tuple[object, ...], **given: tuple[str, ...]) -> list[str]:
    sources = Sources(files=("base.yaml", "prod.yaml"), **given)
    texts = {"base.yaml": BASE, "prod.yaml": b"image: {tag: 2}\n"}
    return [str(one) for one in origins(GivenValues(sources, texts), path)]


def test_the_last_file_counts_and_the_others_are_overridden() -> None:
    assert places(("image", "tag")) == ["prod.yaml:1", "base.yaml:4"]


def test_a_flag_goes_over_files() -> None:
    assert places(("image", "tag"), sets=("image.tag=3,other=1",)) == [
        "--set image.tag=3,other=1",
        "prod.yaml:1",
        "base.yaml:4",
    ]


def test_flags_go_over_each_other_in_helms_order() -> None:
    found = places(("a",), sets=("a=1",), json=('{"a": 2}',), strings=("a=3",), literals=("a=4",))
    assert found == ["--set-literal a=4", "--set-string a=3", "--set a=1", '--set-json {"a": 2}']


def test_items_of_lists_have_lines() -> None:
    assert places(("hosts", 1, "name")) == ["base.yaml:7"]
    assert places(("hosts", 2)) == []


def test_an_index_that_a_flag_only_makes_room_for_does_not_count() -> None:
    assert places(("l", 0), sets=("l[1]=x",)) == []
    assert places(("l", 1), sets=("l[1]=x",)) == ["--set l[1]=x"]


def test_lines_count_through_the_documents_of_a_file() -> None:
    text = b"a: 1\n---\n# more\nb:\n  c: 2\n---\na: 3\n"
    assert line_of(text, ("b", "c")) == 5
    assert line_of(text, ("a",)) == 7


def test_a_file_that_does_not_parse_has_no_lines() -> None:
    assert line_of(b"a: [\n", ("a",)) == 0


def test_a_map_that_is_taken_away_is_where_its_values_are_gone() -> None:
    given = GivenValues(Sources(files=("a.yaml",), sets=("s=null",)), {"a.yaml": b"s:\n  b: 1\nt:\nu: [1]\n"})

    def found(*path: object, is_gone: bool = True) -> list[str]:
        return [str(one) for one in origins(given, path, is_gone=is_gone)]

    assert found("s", "b") == ["--set s=null", "a.yaml:2"]
    assert found("s", "b", is_gone=False) == ["a.yaml:2"]
    assert found("t", "b", "c") == ["a.yaml:3"]
    assert found("t", "b", is_gone=False) == found("nope", "b") == []
    assert found("u", 1) == ["a.yaml:4"]


def test_keys_are_those_of_yaml_1_1() -> None:
    data = b"y: 1\n'on': 2\n1_0: 3\n0x10: 4\n1.50: 5\n"
    assert [line_of(data, (key,)) for key in ("true", "on", "10", "16", "1.5")] == [1, 2, 3, 4, 5]
    assert [line_of(data, (key,)) for key in ("y", "1_0")] == [0, 0]
    assert line_of(data, ("y",), as_written=True) == 1


def test_a_key_of_a_merged_map_has_the_line_of_that_map() -> None:
    data = b"base: &b\n  port: 1\n  host: a\nmore: &m {host: b}\nweb:\n  <<: [*b, *m]\n  name: c\nlast:\n  port: 2\n  <<: *b\n"
    found = [line_of(data, ("web", key)) for key in ("port", "host", "name", "<<")]
    assert found == [2, 3, 7, 0]
    assert line_of(data, ("last", "port")) == 2  # go-yaml lets a merge go over what stands before it


def test_many_values_take_time_in_proportion_to_their_number() -> None:
    def calls(count: int) -> int:
        text = "".join(f"k{at}: {at}\n" for at in range(count)).encode()
        given, lines = GivenValues(Sources(files=("a.yaml",), sets=("a=1", "b=2")), {"a.yaml": text}), LineFinder()
        made = 0

        def note(*_event: object) -> None:
            nonlocal made
            made += 1

        sys.setprofile(note)
        try:
            for at in range(count):
                assert origins(given, (f"k{at}",), lines)[0].line == at + 1
        finally:
            sys.setprofile(None)
        return made

    assert calls(1000) < 3 * calls(500)
