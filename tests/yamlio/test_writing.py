"""Writing YAML as sigs.k8s.io/yaml does."""

from __future__ import annotations

import itertools
import random
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steersman import yamlio
from steersman.go import json as gojson
from steersman.yamlio.errors import YamlError
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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("\U0001f600", '"\\U0001F600"\n'),
        ({"\U0001f680": "go \U0001f680"}, '"\\U0001F680": "go \\U0001F680"\n'),
        ("a\U0001f600\nb\n", '"a\\U0001F600\\nb\\n"\n'),
        ("\ufeff", '"\\uFEFF"\n'),
        ("x\u2028y\nz", "|-\n  x\u2028  y\n  z\n"),
        ("a\x85b", "a b\n"),
        ("a \x85\x85 b", "|-\n  a\n  b\n"),
        ("a\x85", "'a '\n"),
    ],
)
def test_characters_that_are_escaped_or_folded(value: Any, text: str) -> None:
    assert yamlio.dump(value) == text


@pytest.mark.parametrize("value", ["\x7f", "\x80", ["ok", "a\x9fb"], {"\ufffe": 1.0}, "\uffff"])
def test_control_characters_are_refused(value: Any) -> None:
    with pytest.raises(YamlError, match=r"^yaml: control characters are not allowed$"):
        yamlio.dump(value)
    assert yamlio.dump_pretty(value)


@pytest.mark.parametrize(("value", "text"), CASES)
def test_value_is_written_as_go_writes_it(value: Any, text: str) -> None:
    assert yamlio.dump(value) == text


TREES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def readable(value: Any) -> bool:
    """YAML cannot carry what JSON's readers in Go replace (lone surrogates), fold (next line) or refuse (controls)."""
    text = gojson.dumps(value)
    return not any("\x7f" <= c <= "\x9f" or c in "\ufffe\uffff" for c in text) and "\\ufffd" not in text


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_what_is_written_reads_back(value: Any) -> None:
    if not readable(value):
        return
    assert yamlio.load(yamlio.dump(value)) == value


@pytest.mark.helm
def test_strings_are_written_as_helm_writes_them(tmp_path: Path, steer: Run, helm: Run) -> None:
    texts = ["", "x", "\U0001f600", "a \u2028b\nc", "a \x85 b", "\ufeff", "\u00a0", "a b", "- a", "a #b", "a: b", "'", '"', "\\", "é ü", "日本", "a\nb", "a\n", "\n", " a\n", "a \nb",
             "tab\t", "0o7", "1_0", "y", "~", "<<", "=", "!x", "&a", "*a", "%a", "@a", "`a", "{a", "[a", "a]", "?", "? a",
             "-", "--- a", "... b", "word " * 30, "'" + "word " * 30, "x: " + "word " * 30, "1:30", "1e3", ".5", "0x1f"]  # fmt: skip
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    values = gojson.dumps({"t": texts, "m": {t: 1.0 for t in texts if "\x85" not in t}})
    (chart / "values.yaml").write_text(values.replace("\x85", "\\u0085").replace("\ufeff", "\\ufeff"))
    (chart / "templates" / "t.yaml").write_text(
        "a: {{ toYaml .Values | b64enc }}\nb: {{ toYamlPretty .Values | b64enc }}\n"
    )
    ours, theirs = (run("template", "r", str(chart)).stdout for run in (steer, helm))
    written = [b64decode(line[3:]).decode() for line in theirs.splitlines() if line[1:3] == ": "]
    assert len(written) == 2 and all("word" in text for text in written)
    assert [b64decode(line[3:]).decode() for line in ours.splitlines() if line[1:3] == ": "] == written


@pytest.mark.helm
def test_breaks_beyond_ascii(tmp_path: Path, steer: Run, helm: Run) -> None:
    pieces = ["\u2028", "\u2029", "x", " ", "\n", "\u00a0", ":", "'", "a b c", "lorem ipsum dolor"]
    rng = random.Random(1)
    texts = ["".join(t) for length in (1, 2, 3) for t in itertools.product(pieces[:7], repeat=length)]
    texts += ["".join(rng.choice(pieces) for _ in range(40)) for _ in range(200)]
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "texts.json").write_text(gojson.dumps(texts))
    (chart / "templates" / "t.yaml").write_text(
        '{{ range $i, $t := .Files.Get "texts.json" | fromJsonArray }}\n'
        'a{{ $i }}: {{ toYaml $t | b64enc }} {{ toYaml (dict "a" (list $t) $t 1 "b" $t) | b64enc }}{{ end }}\n'
    )
    ours, theirs = (run("template", "r", str(chart)) for run in (steer, helm))
    assert theirs.stdout.count("\na") == len(texts)
    assert ours.stdout == theirs.stdout


@pytest.mark.helm
def test_round_trips_are_helms(tmp_path: Path, steer: Run, helm: Run) -> None:
    """Some hundred random trees through Helm's own ``toYaml | fromYaml``, and through ours: the same text, the same tree."""
    trees: list[Any] = []

    @settings(max_examples=1500, database=None)
    @given(st.dictionaries(st.text(max_size=8), TREES, max_size=4))
    def collect(tree: dict[str, Any]) -> None:
        if readable(tree):
            trees.append(tree)

    collect()
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (chart / "files").mkdir()
    for number, tree in enumerate(trees):
        (chart / "files" / f"{number}.json").write_text(gojson.dumps(tree))
    (chart / "templates" / "t.yaml").write_text(
        f"{{{{ range $i := until {len(trees)} }}}}"
        '{{ $v := $.Files.Get (printf "files/%d.json" $i) | fromJson }}'
        "a{{ $i }}: {{ toYaml $v | b64enc }}\nb{{ $i }}: {{ toYaml $v | fromYaml | toJson | b64enc }}\n{{ end }}"
    )
    ours, theirs = (run("template", "r", str(chart)) for run in (steer, helm))
    assert theirs.returncode == 0, theirs.stderr
    assert theirs.stdout.count("\nb") == len(trees) > 200
    assert ours.stdout == theirs.stdout
