"""Archives that no tool writes, compared with a real Helm: the same result, error and exit code; and their cost."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path

import pytest

from steersman.go.gzip import GzipReader
from steersman.go.tar import MOST_METADATA, TarError, TarReader
from tests.chart.odd_archives import BEGIN, END, LAST, archives, header, long_name, member, pax, record
from tests.conftest import Run
from tests.services.growth import LINEAR, growth

ARCHIVES = archives()
# Each by one command; all that are broken in the same place have the same way through all commands.
EVERY = sorted(ARCHIVES)
# Some by each command that reads archives.
SOME = EVERY[::12]
# helm: the offset in a faulty head of a block of packed data is where Go gives up, which is a bit earlier
OFFSET = re.compile(r"(before offset) \d+")


def _both(name: str, tmp_path: Path, steer: Run, helm: Run, *line: str) -> None:
    (tmp_path / "x.tgz").write_bytes(ARCHIVES[name])
    ours, theirs = steer(*line), helm(*line)
    shown = [
        (r.returncode, _named(r.stdout, tmp_path), OFFSET.sub(r"\1", _named(r.stderr, tmp_path)))
        for r in (ours, theirs)
    ]
    assert shown[0] == shown[1]


def _named(text: str, tmp_path: Path) -> str:
    return re.sub(r"helm-lint\d+", "helm-lint", text.replace(str(tmp_path), ""))


@pytest.mark.parametrize("name", EVERY)
def test_odd_archives(name: str, tmp_path: Path, steer: Run, helm: Run) -> None:
    _both(name, tmp_path, steer, helm, "show", "chart", "x.tgz")


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("line", [["template", "x.tgz"], ["lint", "x.tgz"], ["show", "readme", "x.tgz"]])
def test_odd_archives_by_other_commands(name: str, line: list[str], tmp_path: Path, steer: Run, helm: Run) -> None:
    _both(name, tmp_path, steer, helm, *line)


def test_deep_folders_are_linted(tmp_path: Path, steer: Run, helm: Run) -> None:
    for name in ("pax path long", "long name deep", "long name of 1 MB", "sparse pax 0.1 name with NUL"):
        _both(name, tmp_path, steer, helm, "lint", "x.tgz")


def _count(data: bytes) -> int:
    archive = TarReader(io.BytesIO(data))
    count = 0
    while archive.next() is not None:
        archive.data()
        count += 1
    return count


@pytest.mark.parametrize(
    "part",
    [
        pax(record(b"path", b"c/one")),
        pax(record(b"path", b"c/one"), kind=b"g"),
        long_name(b"c/a\0"),
        header(b"c/x"),
        pax(record(b"comment", b"x") * 300),
        pax(record(b"GNU.sparse.numblocks", b"300"), record(b"GNU.sparse.map", b",".join([b"0,0"] * 300)))
        + member(b"c/x", b""),
    ],
)
def test_metadata_takes_linear_time(part: bytes) -> None:
    assert growth(lambda size: _count(part * size + LAST + END), 300) < LINEAR


def test_records_of_one_header_take_linear_time() -> None:
    assert growth(lambda size: _count(pax(record(b"comment", b"x") * size) + LAST + END), 4_000) < LINEAR


def test_archives_with_more_metadata_than_anybody_needs_are_refused() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return header(b"c/x/", kind=b"5")

    with pytest.raises(TarError, match=f"more than {MOST_METADATA} bytes of headers"):
        archive = TarReader(Endless())
        while archive.next() is not None:
            pass


def test_many_empty_gzip_members_take_linear_time() -> None:
    empty, whole = gzip.compress(b""), gzip.compress(BEGIN + LAST + END)
    assert growth(lambda size: _count(GzipReader(io.BytesIO(empty * size + whole)).read(4096)), 500) < LINEAR
