"""Charts from folders and archives: rules, limits, and names that would leave the chart."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from steersman.chart import load_chart
from steersman.chart.archive import read_stream
from steersman.chart.errors import IgnoreError
from steersman.chart.ignore import Rules
from steersman.chart.save import archive_bytes
from steersman.errors import ChartError
from steersman.go.errors import BadPattern
from steersman.go.path_match import match

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"
ABOUT = b"apiVersion: v2\nname: c\nversion: 0.1.0\n"


def archive(*members: tuple[str, bytes | None]) -> io.BytesIO:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in members:
            member = tarfile.TarInfo(name)
            if data is None:
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
                tar.addfile(member)
            else:
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    out.seek(0)
    return out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("c/../../x", "chart illegally references parent directory"),
        ("c//etc/x", "chart illegally contains absolute paths"),
        ("c/", "no files in chart archive"),
        ("c\\..\\x", "chart illegally references parent directory"),
        ("c/c:/x", "chart contains illegally named files"),
        ("Chart.yaml", 'chart illegally contains content outside the base directory: "Chart.yaml"'),
    ],
)
def test_a_name_that_leaves_the_chart_is_refused(name: str, message: str) -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
        tar.addfile(member)
    data.seek(0)
    with pytest.raises(ChartError) as caught:
        read_stream(data)
    assert str(caught.value) == message


def test_a_link_in_an_archive_brings_nothing_in() -> None:
    files = read_stream(archive(("c/Chart.yaml", ABOUT), ("c/link", None)))
    assert [f.data for f in files if f.name == "link"] == [b""]


def test_a_chart_above_the_limit_is_refused_and_a_large_file_is_not() -> None:
    half = b"\0" * (51 * 1024 * 1024)
    assert len(read_stream(archive(("c/big", half)))[0].data) == len(half)
    with pytest.raises(ChartError, match="decompressed chart is larger than the maximum size 104857600"):
        read_stream(archive(("c/big", half), ("c/too", half)))


def test_a_truncated_archive_is_refused() -> None:
    data = archive(("c/Chart.yaml", ABOUT * 1000)).getvalue()
    with pytest.raises(ChartError, match="unexpected EOF"):
        read_stream(io.BytesIO(data[: len(data) // 2]))


def test_the_same_chart_and_time_give_the_same_archive() -> None:
    chart = load_chart(str(SHOP))
    assert archive_bytes(chart, time=0) == archive_bytes(chart, time=0)
    assert load_chart(str(SHOP)).metadata == chart.metadata


@pytest.mark.parametrize(
    ("pattern", "path", "folder", "ignored"),
    [
        ("*.txt", "a/b.txt", False, True),
        ("/b.txt", "a/b.txt", False, False),
        ("a/*.txt", "a/b.txt", False, True),
        ("docs/", "docs", True, True),
        ("docs/", "docs", False, False),
        ("!keep", "other", False, True),
        ("!keep", "keep", False, False),
        ("# comment", "# comment", False, False),
    ],
)
def test_helmignore(pattern: str, path: str, folder: bool, ignored: bool) -> None:
    assert Rules(pattern).ignores(path, folder=folder) is ignored


def test_a_double_star_is_an_error() -> None:
    with pytest.raises(IgnoreError, match=r"double-star \(\*\*\) syntax is not supported"):
        Rules("a/**")


@pytest.mark.parametrize(
    ("pattern", "name", "found"),
    [
        ("a*", "abc", True),
        ("a*", "a/b", False),
        ("[a-c]x", "bx", True),
        ("[^a]x", "ax", False),
        (r"\*", "*", True),
        ("?", "/", False),
    ],
)
def test_match(pattern: str, name: str, found: bool) -> None:
    assert match(pattern, name) is found


@pytest.mark.parametrize("pattern", ["[", "[a-", "a[", "[]a]", "\\"])
def test_a_malformed_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        match(pattern, "a")
