"""Writing YAML as sigs.k8s.io/yaml does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steersman import gojson, yamlio
from tests.conftest import Run

CASES: list[tuple[Any, str]] = [
    ({}, "{}\n"),
    ([], "[]\n"),
    (None, "null\n"),
    ("x", "x\n"),
    ({"b": 1.0, "a": [1.5, True, None]}, "a:\n- 1.5\n- true\n- null\nb: 1\n"),
    ({"a10": 1.0, "a9": 2.0}, "a9: 2\na10: 1\n"),
    ({"k": "yes", "l": "1", "m": "", "n": " x", "o": "a: b", "p": "#", "q": "null"},
     "k: \"yes\"\nl: \"1\"\nm: \"\"\n\"n\": ' x'\no: 'a: b'\np: '#'\nq: \"null\"\n"),
    ({"t": "one\ntwo\n", "u": "one\n\n", "v": "x\ny"}, "t: |\n  one\n  two\nu: |+\n  one\n\nv: |-\n  x\n  y\n"),
    ({"f": 1e21, "g": 123456789.5, "h": 1e-7, "i": 12345678901.0}, "f: 1e+21\ng: 1.234567895e+08\nh: 1e-07\ni: 12345678901\n"),
    ([[1.0, 2.0], [], {"a": []}], "- - 1\n  - 2\n- []\n- a: []\n"),
    ({"w": "word " * 20 + "end"}, "w: word word word word word word word word word word word word word word word word\n  word word word word end\n"),
    ({"d": "2001-01-01", "e": "12:30", "s": "tab\there"}, 'd: "2001-01-01"\ne: "12:30"\ns: "tab\\there"\n'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), CASES)
def test_value_is_written_as_go_writes_it(value: Any, text: str) -> None:
    assert yamlio.dump(value) == text


TREES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def readable(value: Any) -> bool:
    """YAML cannot carry what JSON's readers in Go replace: lone surrogates, and next-line as a break."""
    return not any(c in gojson.dumps(value) for c in ("\x85", "\x7f")) and "\\ufffd" not in gojson.dumps(value)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_what_is_written_reads_back(value: Any) -> None:
    if not readable(value):
        return
    assert yamlio.load(yamlio.dump(value)) == value


@pytest.mark.helm
def test_strings_are_written_as_helm_writes_them(tmp_path: Path, steer: Run, helm: Run) -> None:
    texts = ["", "x", "a b", "- a", "a #b", "a: b", "'", '"', "\\", "é ü", "日本", "a\nb", "a\n", "\n", " a\n", "a \nb",
             "tab\t", "0o7", "1_0", "y", "~", "<<", "=", "!x", "&a", "*a", "%a", "@a", "`a", "{a", "[a", "a]", "?", "? a",
             "-", "--- a", "... b", "word " * 30, "'" + "word " * 30, "x: " + "word " * 30, "1:30", "1e3", ".5", "0x1f"]  # fmt: skip
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "values.yaml").write_text(gojson.dumps({"t": texts, "m": dict.fromkeys(texts, 1.0)}))
    (chart / "templates" / "NOTES.txt").write_text("{{ toYaml .Values }}\n{{ toYamlPretty .Values }}\n")
    arguments = ("install", "r", str(chart), "--dry-run=client", "--hide-secret")
    ours, theirs = steer(*arguments).stdout, helm(*arguments).stdout
    assert ours.partition("NOTES:")[2] == theirs.partition("NOTES:")[2]
