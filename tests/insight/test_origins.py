"""The places that set a value."""

from __future__ import annotations

from steersman.insight.origins import GivenValues, line_of, origins
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
