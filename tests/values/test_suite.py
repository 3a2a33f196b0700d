"""The official JSON Schema test suite: every answer is the suite's, or the real Helm's with a reason.

The exceptions were found by giving each schema and its values to Helm 4.3.1.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from steersman.values.errors import SchemaError
from steersman.values.schemas.loading import Loader, read_json
from steersman.values.schemas.metaschemas import URLS
from steersman.values.schemas.validator import Validator
from tests.values import suite

DRAFTS = {"draft4": 4, "draft6": 6, "draft7": 7, "draft2019-09": 2019, "draft2020-12": 2020}
REMOTES = "http://localhost:1234/"
COUNT = 7247  # tests of the five drafts

_CONTROL = "ECMA 262 regex escapes control codes with \\c and"
_SPACES = ("Line tabulation", "latin-1 non-breaking-space", "zero-width whitespace", "paragraph separator", "EM SPACE")

# Files whose every value Helm accepts, and why.
ACCEPTED = {
    r"draft20[^/]*/optional/format/": "from 2019-09 on, a format is an annotation",
    r"optional/format/idn-": "Helm knows no such formats",
    r"draft7/optional/content\.json": "what a string contains is not decoded",
}
# Single tests, by the beginning of their group and of their description, where Helm answers otherwise, and why.
OTHERS = [
    (r"optional/ecmascript-regex", f"{_CONTROL} upper letter", "matches", "Go's patterns have no \\c: not a schema"),
    (r"optional/ecmascript-regex", f"{_CONTROL} lower letter", "matches", "Go's patterns have no \\c: not a schema"),
    *((r"optional/ecmascript-regex", "ECMA 262 \\s matches", space, "Go's \\s is ASCII") for space in _SPACES),
    *((r"optional/ecmascript-regex", "ECMA 262 \\S matches", space, "Go's \\s is ASCII") for space in _SPACES),
    (r"optional/bignum", "maximum integer comparison", "comparison works for high", "values are float64"),
    (r"optional/bignum", "minimum integer comparison", "comparison works for very", "values are float64"),
    (r"draft4/optional/zeroTerminatedFloats", "some languages", "a float is not", "1.0 is an integer in every draft"),
    (r"draft[467]/refRemote", "Location-independent", "integer is", "a document without $schema is of 2020-12"),
    (r"2020-12/optional/format-assertion", "schema that uses custom metaschema with format-assertion: false",
     "format-assertion: false: invalid string", "a vocabulary that is not required is not used"),
]  # fmt: skip


def _files() -> list[str]:
    root = suite.folder() / "tests"
    return sorted(str(path.relative_to(root)) for draft in DRAFTS for path in (root / draft).rglob("*.json"))


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of the suite, which is fetched the first time."""
    try:
        return suite.fetch()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"the JSON Schema test suite is not here and cannot be fetched: run '{suite.COMMAND}'")


def _differing(root: Path, file: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the tests of a file that we answer in another way than the suite, and those that Helm does."""
    groups = json.loads((root / "tests" / file).read_text(encoding="utf-8"))
    ours, helms = set(), set()
    for group in groups:
        schema = group["schema"]
        if isinstance(schema, dict):
            schema = {"$schema": URLS[DRAFTS[file.partition("/")[0]]], **schema}
        answers = _answers(root, schema, [_values(test["data"]) for test in group["tests"]])
        for test, answer in zip(group["tests"], answers, strict=True):
            name = group["description"], test["description"]
            if answer != test["valid"]:
                ours.add(name)
            if _helm_differs(file, *name, is_valid=test["valid"]):
                helms.add(name)
    return ours, helms


def _values(data: Any) -> Any:
    """Return data as values are: every number is a float64."""
    return json.loads(json.dumps(data), parse_int=float)


def _answers(root: Path, schema: Any, values: list[Any]) -> list[bool]:
    def fetch(url: str) -> bytes:
        if not url.startswith(REMOTES):
            raise SchemaError(f"not a remote of the suite: {url}")
        return (root / "remotes" / url.removeprefix(REMOTES)).read_bytes()

    try:
        validator = Validator(read_json(json.dumps(schema).encode()), Loader(fetch, None).load)
    except SchemaError:
        return [False] * len(values)
    return [not validator.failures(value) for value in values]


def _helm_differs(file: str, group: str, test: str, *, is_valid: bool) -> bool:
    if any(re.search(pattern, file) for pattern in ACCEPTED):
        return not is_valid
    return any(
        re.search(pattern, file) and group.startswith(of) and test.startswith(name) for pattern, of, name, _ in OTHERS
    )


def test_every_answer_is_the_suites_or_helms(official: Path) -> None:
    wrong = {}
    for file in _files():
        ours, helms = _differing(official, file)
        if ours != helms:
            wrong[file] = {"unexplained": sorted(ours - helms), "not needed": sorted(helms - ours)}
    assert wrong == {}


def test_the_suite_is_whole(official: Path) -> None:
    groups = [
        group for file in _files() for group in json.loads((official / "tests" / file).read_text(encoding="utf-8"))
    ]
    assert sum(len(group["tests"]) for group in groups) == COUNT
