"""``repo index`` compared with Helm: the file that is written, whatever the folder, the URL and the other index are."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run

Same = Callable[..., str]


def _archive(path: Path, text: str, top: str = "c") -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(f"{top}/Chart.yaml")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text.encode()))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(out.getvalue(), mtime=0))


def _chart(name: str, version: str, more: str = "") -> str:
    return f"apiVersion: v2\nname: {name!r}\nversion: {version!r}\n{more}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with archives of every kind, broken ones among them."""
    out = tmp_path / "served"
    for name, chart, version in (
        ("good-1.0.0.tgz", "good", "1.0.0"),
        ("good-1.1.0.tgz", "good", "1.1.0"),
        ("good-again.tgz", "good", "1.1.0"),
        ("pre-1.tgz", "pre", "1.0.0-alpha.1+b"),
        ("pre-2.tgz", "pre", "1.0.0-alpha.10"),
        ("pre-3.tgz", "pre", "1.0.0-alpha.2"),
        ("plus+1.0.0.tgz", "plus", "1.0.0+x.y"),
        ("sp ace.tgz", "space", "1.0.0"),
        ("pct%20.tgz", "percent", "1.0.0"),
        ("q?x#y.tgz", "query", "1.0.0"),
        ("\u00fcn\u00ef.tgz", "unicode", "1.0.0"),
        ("v.tgz", "short", "v1.2"),
        ("number.tgz", "123", "1"),
        (".hidden.tgz", "hidden", "1.0.0"),
        ("sub/s.tgz", "sub", "1.0.0"),
        ("sub/deep/t.tgz", "deep", "1.0.0"),
        (".dot/u.tgz", "dot", "1.0.0"),
        ("sp dir/w.tgz", "spaced", "1.0.0"),
        ("dir.tgz/in.tgz", "inside", "1.0.0"),
    ):
        _archive(out / name, _chart(chart, version))
    _archive(out / "old.tgz", "name: old\nversion: 1.0.0\n")
    _archive(
        out / "types.tgz", _chart("types", "1.0.0", "appVersion: 1.10\ndeprecated: true\ndescription: |\n  a\n  b: x\n")
    )
    _archive(out / "yaml.tgz", "a: [")
    _archive(out / "v3.tgz", "apiVersion: v3\nname: v3\nversion: 1.0.0\n")
    _archive(out / "v9.tgz", "apiVersion: v9\nname: v9\nversion: 1.0.0\n")
    (out / "broken.tgz").write_bytes(b"not gzip")
    (out / "empty.tgz").write_bytes(b"")
    (out / "half.tgz").write_bytes((out / "old.tgz").read_bytes()[:60])
    (out / "link.tgz").symlink_to("good-1.0.0.tgz")
    (out / "nowhere.tgz").symlink_to("gone")
    (out / "linked").symlink_to("sub")
    return out


@pytest.fixture
def same(steer: Run, helm: Run, tmp_path: Path) -> Same:
    """Compare two runs and the file that they leave, but for times and random numbers; return all of it."""

    def compare(where: Path, *line: str, written: str = "") -> str:
        seen = []
        index = tmp_path / written if written else where / "index.yaml"
        for run in (steer, helm):
            if index.exists():
                index.unlink()
            done = run("repo", "index", str(where), *line)
            text = re.sub(r"20\d\d-[0-9-]+T[0-9:.]+Z", "NOW", index.read_text() if index.is_file() else "")
            said = re.sub(r"(index\.yaml)\d+", r"\1", done.stdout + done.stderr)
            seen.append(f"{done.returncode}\n{said}{text}")
        assert seen[0] == seen[1], line
        return seen[0]

    return compare


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://a", "http://a/", "http://a/b//", "http://a/b?q=1", "http://a/b#f", "http://u:p@h/x/../y"),
        *(
            "a b",
            "%zz",
            "/",
            ".",
            "../x",
            ":",
            "?",
            "mailto:x",
            "http:/a/b",
            "http:///x",
            "//h/x",
            "//[x",
            "http://a:x",
        ),
        *("oci://x/y", "HTTP://A/b%2Fc", "http://[::1]:80/x", "http://\u00fc/\u00e9", "a%zz/b"),
    ],
)
def test_indexes_beside_helms(url: str, folder: Path, same: Same) -> None:
    assert "name: good" in same(folder, *(["--url", url] if url else []))


def test_an_index_in_json(folder: Path, same: Same) -> None:
    assert '"entries": {' in same(folder, "--json", "--url", "http://a/<b>")


OTHER = """apiVersion: v1
generated: "2019-01-01T00:00:00Z"
publicKeys: [a]
annotations: {k: v}
entries:
  good:
  - {name: good, version: 1.0.0, urls: [old], digest: x, created: "2019-01-01T00:00:00Z", apiVersion: v2}
  - {name: good, version: 0.9.0, urls: [], created: "2019-01-01T00:00:00.5+02:00", apiVersion: v2, removed: true}
  - {name: good, version: 0.8.0}
  - {name: good, version: bad, urls: [a]}
  none: []
  other: [{name: another, version: "1", urls: [a], keywords: [b], dependencies: [{name: d, tags: [t]}]}]
"""
JSON = """{"apiVersion": "v1", "entries": {"j": [{"name": "j", "version": "1.0.0", "apiVersion": "v2", "urls": ["u"],
"maintainers": [{"name": "a"}], "dependencies": [{"name": "d", "import-values": [{"a": "b"}]}]}]}}"""


@pytest.mark.parametrize(
    "other", [OTHER, JSON, "", "[", "a: b", "apiVersion: v2\nentries: {}", "apiVersion: v1\nentries: []"]
)
def test_indexes_that_are_merged(other: str, folder: Path, same: Same, tmp_path: Path) -> None:
    for name in ("other.yaml", "other.json"):
        (tmp_path / name).write_text(other)
        for line in ((), ("--json",), ("--url", "http://new")):
            same(folder, "--merge", name, *line)


def test_an_index_to_merge_that_is_made(folder: Path, same: Same) -> None:
    assert "entries: {}" in same(folder, "--merge", "new.yaml", written="new.yaml")
    assert same(folder, "--merge", "new/er.json", "--json", written="new/er.json") == "0\n"


def test_a_folder_in_an_archives_place(folder: Path, same: Same) -> None:
    (folder / "chart.tgz").mkdir()
    (folder / "chart.tgz" / "Chart.yaml").write_text(_chart("c", "1.0.0"))
    assert "chart.tgz: is a directory" in same(folder)


def test_indexes_of_no_folder(folder: Path, same: Same, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    assert "entries: {}" in same(tmp_path / "bare")
    assert "no such file or directory" in same(tmp_path / "gone")
    assert "not a directory" in same(folder / "old.tgz")
    assert "is a directory" in same(folder, "--merge", "bare")
