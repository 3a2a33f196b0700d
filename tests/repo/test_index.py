"""Indexes: the fast way and the whole way say the same; what is kept of an index is void when the index changes."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from steersman.errors import RepoError
from steersman.repo import index_load
from steersman.repo.index import IndexFile
from steersman.repo.index_load import load_file, parse
from steersman.repo.index_text import Unusual, cut
from tests.conftest import Run, cache_in

USUAL = """apiVersion: v1
entries:
  alpha:
  - annotations:
      category: Infrastructure
      images: |
        - name: a
          image: b:1

        # no comment
      weird: "a: b # c"
    apiVersion: v2
    appVersion: 1.2.3
    created: "2024-01-11T10:20:30.123456789Z"
    dependencies:
    - condition: x.enabled
      name: one
      repository: https://charts.example.com
      tags:
      - t
      version: 2.x.x
    - name: two
      repository: ""
      version: '>=1'
    description: "A quoted: description # with marks"
    digest: 0e2345678901234567890123456789012345678901234567890123456789abcd
    keywords:
    - a
    - b
    maintainers:
    - email: a@b.c
      name: A
    name: alpha
    urls:
    - https://charts.example.com/alpha-1.2.10.tgz
    version: 1.2.10
  - apiVersion: v2
    appVersion: "1.0"
    description: plain text with 'quotes' inside, and a # glued#mark
    digest: 1e2345678901234567890123456789012345678901234567890123456789abcd
    kubeVersion: '>=1.20'
    name: alpha
    type: application
    urls:
    - alpha-1.2.9.tgz
    version: 1.2.9
  - apiVersion: v2
    name: alpha
    version: 1.3.0-rc.1
    deprecated: true
    removed: false
  beta:
  - name: beta
    version: 2.0.0
    created: 2016-10-06T16:23:20.499814565-06:00
    appVersion: "1.10"
    urls: [a.tgz, b.tgz]
generated: "2024-05-11T10:20:30.123456789Z"
"""
LATER = {
    "nothing": "",
    "comment": "# about\n",
    "bad name": "  gamma:\n  - name: a/b\n    version: 1.0.0\n",
    "bad version": "  gamma:\n  - name: a\n    version: not\n",
    "no version": "  gamma:\n  - name: a\n",
    "null entry": "  gamma:\n  -\n",
    "empty": "  gamma: []\n",
    "twice a key": "  gamma:\n  - name: a\n    name: b\n    version: 1.0.0\n",
    "twice a chart": "  beta:\n  - name: beta\n    version: 1.0.0\n",
    "anchors": "  gamma:\n  - &x\n    name: a\n    version: 1.0.0\n",
    "alias": "  gamma:\n  - name: &n a\n    description: *n\n    version: 1.0.0\n",
    "merge": "  gamma:\n  - <<: {name: a}\n    version: 1.0.0\n",
    "quoted key": "  'gamma':\n  - 'name': a\n    version: 1.0.0\n",
    "numbers": "  gamma:\n  - name: 1\n    version: 2\n    appVersion: 3\n",
    "wrong shape": "  gamma:\n  - name: a\n    version: 1.0.0\n    keywords: text\n",
    "case": "  gamma:\n  - Name: a\n    VERSION: 1.0.0\n",
    "unknown": "  gamma:\n  - name: a\n    version: 1.0.0\n    more: {x: [1, 2]}\n",
    "comments inside": "  gamma:\n  # about\n  - name: a # this\n    # that\n    version: 1.0.0\n",
    "a literal that looks like entries": "  gamma:\n  - name: a\n    description: |\n      - name: b\n        version: 3\n    version: 1.0.0\n",
    "a quoted text over lines": '  gamma:\n  - name: a\n    description: "one\n      two: three"\n    version: 1.0.0\n',
    "deeper items": "  gamma:\n    - name: a\n      version: 1.0.0\n",
    "duplicate dependency": "  gamma:\n  - name: a\n    version: 1.0.0\n    dependencies:\n    - {name: x}\n    - {name: x}\n",
    "unprintable": '  gamma:\n  - name: a\n    description: "tab\\there"\n    version: 1.0.0\n',
    "flow": "  gamma: [{name: a, version: 1.0.0}]\n",
    "broken": "  gamma:\n  - name: [\n    version: 1.0.0\n",
    "broken quote": "  gamma:\n  - name: 'a\n    version: 1.0.0\n",
    "tab": "  gamma:\n  - name: a\tb\n    version: 1.0.0\n",
    "leading zero": "  gamma:\n  - name: a\n    version: 01.0.0\n",
    "v version": "  gamma:\n  - name: a\n    version: v1.0.0\n",
    "yes": "  yes:\n  - name: a\n    version: 1.0.0\n    description: yes\n",
    "number name": "  12:\n  - name: a\n    version: 1.0.0\n",
    "folded": "  gamma:\n  - name: a\n    version: 1.0.0\n    description: >\n      folded\n      text\n",
    "two unknown": "  gamma:\n  - name: a\n    version: 1.0.0\n    more: 1\n    zore: 1\n",
    "unknown in a dependency": "  gamma:\n  - name: a\n    version: 1.0.0\n    dependencies:\n    - {name: x, nope: 1}\n",
    "number in a dependency": "  gamma:\n  - name: a\n    version: 1.0.0\n    dependencies:\n    - {name: x, version: 1}\n",
    "unknown at the top": "extra: 1\n",
    "number in annotations": "  gamma:\n  - name: a\n    version: 1.0.0\n    annotations: {a: 1}\n",
    "number in keywords": "  gamma:\n  - name: a\n    version: 1.0.0\n    keywords: [1]\n",
    "number for a time": "  gamma:\n  - name: a\n    version: 1.0.0\n    created: 1\n",
    "text for a time": "  gamma:\n  - name: a\n    version: 1.0.0\n    created: x\n",
    "text for a switch": "  gamma:\n  - name: a\n    version: 1.0.0\n    removed: x\n",
    "text for a version": "  gamma:\n  - x\n",
    "mapping for versions": "  gamma: {a: b}\n",
    "old fields": "  gamma:\n  - name: a\n    version: 1.0.0\n    engine: gotpl\n    tillerVersion: '>2'\n    url: x\n",
    "number for a digest": "  gamma:\n  - name: a\n    version: 1.0.0\n    digest: 12\n    engine: true\n",
    "null text": "  gamma:\n  - name: a\n    version: 1.0.0\n    description: ~\n    urls:\n",
}
Log = list[tuple[str, dict[str, str]]]


def read(data: bytes) -> tuple[str, Log]:
    """Return everything that an index says, or its error, and what was logged."""
    noted: Log = []

    def log(_level: str, message: str, **fields: object) -> None:
        noted.append((message, {k: str(v) for k, v in fields.items()}))

    try:
        index = parse(data, "here", log)
    except RepoError as error:
        return str(error), noted
    return shown(index), noted


def shown(index: IndexFile) -> str:
    rows = [(name, list(rows)) for name, rows in index.rows()]
    return json.dumps([index.to_dict(), rows], default=str, indent=1)


@pytest.mark.parametrize("name", LATER)
def test_the_fast_way_says_what_the_whole_way_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head, tail = USUAL.split("generated:")
    data = f"{head}{LATER[name]}generated:{tail}".encode()
    fast = read(data)

    def never(_data: bytes) -> None:
        raise Unusual("not now")

    monkeypatch.setattr("steersman.repo.index_text.cut", never)
    assert fast == read(data)


def test_what_tools_write_goes_the_fast_way() -> None:
    parts = cut(USUAL.encode())
    assert sorted(parts.entries) == ["alpha", "beta"]
    assert parts.head["apiVersion"] == "v1"


@pytest.mark.parametrize("name", LATER)
def test_an_index_is_searched_as_helm_searches_it(
    name: str, steer: Run, helm: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    head, tail = USUAL.split("generated:")
    cache = Path(environment["HOME"], ".cache/helm/repository")
    cache.mkdir(parents=True)
    (cache / "r-index.yaml").write_text(f"{head}{LATER[name]}generated:{tail}")
    config = tmp_path / "repositories.yaml"
    config.write_text("repositories:\n- {name: r, url: 'http://127.0.0.1:1'}\n")
    line = ["search", "repo", "--versions", "--devel", "-o", "yaml", "--repository-config", str(config)]
    ours, theirs = steer(*line), helm(*line)
    assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)
    # Helm goes through charts in any order, and go-yaml counts lines in its own way
    said = [sorted(re.sub(r"line \d+", "line N", run.stderr).splitlines()) for run in (ours, theirs)]
    assert said[0] == said[1]


def test_what_was_read_is_kept_and_void_when_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = tmp_path / "index.yaml", cache_in(tmp_path)
    head, tail = USUAL.split("generated:")
    many = "".join(f"  c{i}:\n  - name: c{i}\n    version: 1.{i}.0\n    description: number {i}\n" for i in range(2000))
    text = f"{head}{LATER['bad version']}{LATER['v version'].replace('gamma', 'delta')}{many}generated:{tail}"
    path.write_text(text)
    noted: list[object] = []

    def log(level: str, message: str, **fields: object) -> None:
        noted.append((level, message, {k: str(v) for k, v in fields.items()}))

    first = shown(load_file(str(path), log, cache))
    warned, noted[:] = list(noted), []
    assert warned

    def never(*_arguments: object) -> None:
        raise AssertionError("it was read again")

    with monkeypatch.context() as patched:
        patched.setattr(index_load, "_parse", never)
        assert shown(load_file(str(path), log, cache)) == first
        assert noted == warned
        assert load_file(str(path), log, cache).get("c7", "").metadata.description == "number 7"
        with pytest.raises(AssertionError):
            load_file(str(path), log)  # no cache, nothing kept
    before = path.stat()
    path.write_text(text.replace("number 7\n", "nummer 7\n"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # size and time are the same
    assert load_file(str(path), log, cache).get("c7", "").metadata.description == "nummer 7"


def test_a_part_of_a_kept_index_that_is_damaged_is_read_again_and_kept_anew(tmp_path: Path) -> None:
    path = tmp_path / "index.yaml"
    path.write_text(
        "apiVersion: v1\nentries:\n" + "".join(f"  c{i}:\n  - {{name: c{i}, version: 1.0.0}}\n" for i in range(4000))
    )
    cache = cache_in(tmp_path)
    load_file(str(path), print, cache)
    (kept,) = (tmp_path / "cache" / "indexes").iterdir()
    whole = kept.read_bytes()
    damaged = whole.replace(b"c17", b"d17")
    assert damaged.count(b"d17") > 1

    def names(index: IndexFile) -> set[str]:
        return {index.get(f"c{i}", "").metadata.name for i in range(4000)}

    expected = names(load_file(str(path), print, cache))
    body = damaged[whole.rindex(b"c0") :]
    for data in (damaged, whole[: -len(body)] + body, whole[:-1000]):
        kept.write_bytes(data)
        index = load_file(str(path), print, cache)
        assert [name for name, _rows in index.entries.rows()] == [f"c{i}" for i in range(4000)]
        assert names(index) == expected
        assert kept.read_bytes() == whole


def test_an_index_in_json(tmp_path: Path) -> None:
    tree = {"apiVersion": "v1", "entries": {"a": [{"name": "a", "version": f"1.{i}.0"} for i in range(3)]}}
    index = parse(json.dumps(tree).encode(), "here", print)
    assert [v.metadata.version for v in index.entries["a"]] == ["1.2.0", "1.1.0", "1.0.0"]
