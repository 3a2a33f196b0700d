"""Paths in documents: the dialect of yaml-jsonpath, with what it finds and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from steersman.unittest.path import find, positions
from steersman.unittest.path_syntax import PathError
from steersman.yamlio.version3 import load

DOCUMENT: Any = load(
    """\
kind: Pod
meta: {"a.b": 1, "it's": 2, c: 3}
list: [0, 1, 2, 3, 4]
items:
- {name: a, port: 80, tags: [x, y]}
- {name: b, port: 9090, on: true, no: null}
- {name: c, port: 80.0, when: 2020-01-01}
deep: {name: d, more: {name: e}}
numbers: {8080: n}
"""
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("kind", ["Pod"]),
        ("$.kind", ["Pod"]),
        ("$", [DOCUMENT]),
        ("gone", []),
        ("kind.gone", []),
        ("meta['a.b']", [1]),
        ('meta["a.b"]', [1]),
        ("$[ 'kind' , \"list\" ]", ["Pod", [0, 1, 2, 3, 4]]),
        ("meta['it\\'s']", [2]),
        ("meta.a\\.b", []),
        ("meta.c~", ["c"]),
        ("meta['c','a.b']~", ["c", "a.b"]),
        ("meta[*]~", ["a.b", "c", "it's"]),
        ("meta.*", [1, 3, 2]),
        ("list[1]", [1]),
        ("list[-1]", [4]),
        ("list[9]", []),
        ("list[-9]", []),
        ("list[1:3]", [1, 2]),
        ("list[3:]", [3, 4]),
        ("list[::-2]", [4, 2, 0]),
        ("list[0,3:5]", [0, 3, 4]),
        ("list[*]", [0, 1, 2, 3, 4]),
        ("items[0].tags[1]", ["y"]),
        ("items.name", []),
        ("items[*].name", ["a", "b", "c"]),
        ("..name", ["d", "e", "a", "b", "c"]),
        ("deep..name", ["d", "e"]),
        ("items..[0]", [{"name": "a", "port": 80, "tags": ["x", "y"]}, "x"]),
        ("items[?(@.name=='b')].port", [9090]),
        ('items[?(@.name == "b")].port', [9090]),
        ("items[?(@.port == 80)].name", ["a", "c"]),
        ("items[?(@.port != 80)].name", ["b"]),
        ("items[?(@.port > 80)].name", ["b"]),
        ("items[?(@.port >= 80 && @.on)].name", ["b"]),
        ("items[?(@.port <= 80 || @.on == true)].name", ["a", "b", "c"]),
        ("items[?(!@.on)].name", ["a", "c"]),
        ("items[?(!(@.name == 'a' || @.name == 'b'))].name", ["c"]),
        ("items[?(@.name =~ /^[ab]$/)].name", ["a", "b"]),
        ("items[?(@.no == null)].name", ["b"]),
        ("items[?(@.tags[?(@ == 'x')])].name", ["a"]),
        ("items[?(@.tags[*] == 'x')].name", []),
        ("items[?(@.name == $.kind)].name", []),
        ("items[?($.kind == 'Pod')].name", ["a", "b", "c"]),
        ("items[?(true)].name", ["a", "b", "c"]),
        ("items[?(1)].name", []),
        ("list[?(@ > 2)]", [3, 4]),
        ("kind[?(@ == 'Pod')]", ["Pod"]),
        ("deep..[?(@.name)]", [DOCUMENT["deep"], DOCUMENT["deep"]["more"]]),
        ("numbers.8080", ["n"]),
        ("numbers['8080']", ["n"]),
    ],
)
def test_a_path_finds(path: str, found: list[Any]) -> None:
    assert find(DOCUMENT, path) == found


@pytest.mark.parametrize(
    "path",
    [
        ".", "a.", "a..", "a[", "a[]", "a[x]", "a[1:2:0]", "a[1:2:3:4]", "a[:]x y", "a['b", "a['b'", "a['b\\c']", "a b", ")",
        "$a", "a[?(", "a[?()]", "a[?(@.b]", "a[?(@.b ==)]", "a[?(== 1)]", "a[?(@.b > 'x')]", "a[?(@.b =~ x)]", "a~.b",
        "a[?(@.b =~ /(/)]", "a[?('x' =~ /x/)]", "a[0]~", "a['b',]", "a[?(1..2 == 1)]", "a" + "[?(@" * 200,
    ],
)  # fmt: skip
def test_a_path_that_cannot_be_read(path: str) -> None:
    with pytest.raises(PathError):
        find(DOCUMENT, path)


def test_slices() -> None:
    assert list(positions(5, 0, -2, 5)) == [3, 1]
    assert list(positions(None, None, -1, 3)) == [2, 1, 0]
    assert list(positions(-2, None, 1, 5)) == [3, 4]
    assert list(positions(-9, 2, 1, 5)) == [0, 1]
    assert list(positions(10**12, None, 1, 5)) == []
    assert list(positions(None, 10**12, 1, 2)) == [0, 1]


def test_a_path_that_finds_too_much_ends() -> None:
    from steersman.unittest.path import TooMany

    wide: Any = [0] * 50
    for _ in range(3):
        wide = [wide] * 50
    with pytest.raises(TooMany):
        find(wide, "$..*..*")
