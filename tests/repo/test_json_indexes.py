"""Indexes in JSON, compared with a real Helm: what they may have, and the errors for what they may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run

VERSION = '{"apiVersion":"v1","entries":{"a":[{"name":"a","version":"1.0.0",%s}]}}'
INDEXES = [
    '{"apiVersion":"v1","entries":"abc"}',
    '{"apiVersion":"v1","entries":[1]}',
    '{"apiVersion":"v1","entries":{"a":5}}',
    '{"apiVersion":"v1","entries":{"a":[5]}}',
    '{"apiVersion":"v1","entries":{"a":{"b":1}}}',
    '{"apiVersion":"v1","entries":{"a":[{"name":5}]}}',
    '{"apiVersion":"v1","entries":{"a":[{"name":"a","version":"1.0.0","urls":"x","zz":1}]},"foo":1}',
    VERSION % '"created":"x"',
    '{"apiVersion":5,"entries":{}}',
    '{"apiVersion":"v1","generated":5}',
    '{"apiVersion":"v1","generated":"x"}',
    '{"apiVersion":"v1","annotations":[1]}',
    '{"apiVersion":"v1","annotations":{"a":1}}',
    '{"apiVersion":"v1","serverInfo":5}',
    '{"apiVersion":"v1","publicKeys":5}',
    '{"apiVersion":"v1","publicKeys":[5]}',
    '{"APIVERSION":"v1","Entries":{"a":[{"NAME":"a","Version":"1.0.0","Description":"x"}]}}',
    '{"APIVERSION":"v1","Entries":{"a":[{"NAME":5}]}}',
    "[1]",
    "{apiVersion: v1, entries: abc}",
    "{apiVersion: v1, entries: {}, foo: 1}",
    VERSION % '"dependencies":5',
    VERSION % '"maintainers":{"x":1}',
    VERSION % '"annotations":{"x":1}',
    VERSION % '"removed":"x"',
    VERSION % '"digest":1',
    VERSION % '"urls":[1]',
    ' {"apiVersion":"v1","entries":{},"foo":1}',
    '{"apiVersion":"v1","entries":{}}x',
    '{"apiVersion":"v1","entries":{"b":[{"name":"b","version":1}],"a":[{"name":1}]}}',
    '"x"',
    "5",
    "true",
    "null",
    "{}",
]


@pytest.mark.parametrize("index", INDEXES)
def test_indexes_in_json(index: str, tmp_path: Path, environment: dict[str, str], steer: Run, helm: Run) -> None:
    home = Path(environment["HOME"])
    (home / ".config" / "helm").mkdir(parents=True)
    (home / ".config" / "helm" / "repositories.yaml").write_text(
        'apiVersion: ""\ngenerated: "0001-01-01T00:00:00Z"\nrepositories:\n- {name: r, url: "http://127.0.0.1:9/"}\n'
    )
    (home / ".cache" / "helm" / "repository").mkdir(parents=True)
    (home / ".cache" / "helm" / "repository" / "r-index.yaml").write_text(index)
    ours, theirs = steer("search", "repo", "-l"), helm("search", "repo", "-l")
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
