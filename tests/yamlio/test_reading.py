"""Reading YAML as go-yaml does, by both readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steersman import yamlio
from steersman.yamlio.errors import YamlError
from steersman.yamlio.events import Reader
from steersman.yamlio.plain import parse
from steersman.yamlio.scalars import resolve
from steersman.yamlio.text import Unusual
from tests.conftest import Run

SCALARS = [
    ("yes", True), ("n", False), ("~", None), ("", None), ("0777", 511), ("0o17", 15), ("08", 8.0), ("0x1F", 31),
    ("0b11", 3), ("1_000", 1000), ("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("12:30", "12:30"), ("+5", 5),
    ("2001-01-01", "2001-01-01"), ("=", "="), ("NaN", "NaN"), ("1e400", "1e400"), ("-0b11", -3), ("_", "_"),
    ("9223372036854775808", 9223372036854775808), ("1__0", 10), ("0x", "0x"), ("1.2.3", "1.2.3"), ("é", "é"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalar_is_read_as_go_reads_it(text: str, value: Any) -> None:
    found = resolve(text)
    assert (type(found), found) == (type(value), value)


DOCUMENTS = [
    ("a: 1\nb:\n- x\n- y: 2\n  z: 3\n", {"a": 1.0, "b": ["x", {"true": 2.0, "z": 3.0}]}),
    ("a: |\n  one\n   two\n\nb: >-\n  folded\n  text\n", {"a": "one\n two\n", "b": "folded text"}),
    ("a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  k: 2\n", {"a": {"k": 1.0}, "b": {"k": 1.0}, "c": {"k": 2.0}}),
    ("c:\n  k: 2\n  <<: {k: 1}\n", {"c": {"k": 1.0}}),
    ("1: a\ntrue: b\n", {"1": "a", "true": "b"}),
    ("a: 1\na: 2\n", {"a": 2.0}),
    ("- - 1\n  - 2\n- []\n", [[1.0, 2.0], []]),
    ("# only a comment\n", None),
    ("a: 'it''s'\nb: \"x\\ty\"\n", {"a": "it's", "b": "x\ty"}),
    ("a:\n  b:\n# comment\n  c: d # trailing\n", {"a": {"b": None, "c": "d"}}),
    ("---\na: 1\n---\nb: 2\n", {"a": 1.0}),
    ("a: !!str 12\nb: !!float 3\nc: !foo bar\n", {"a": "12", "b": 3.0, "c": "bar"}),
    ("a: |+\n  x\n\n\nb: |-\n  y\n", {"a": "x\n\n\n", "b": "y"}),
]


@pytest.mark.parametrize(("text", "value"), DOCUMENTS)
def test_document_is_read(text: str, value: Any) -> None:
    assert yamlio.load(text) == value
    assert Reader(text).document()[1] == value


ERRORS = [
    ("a: b: c\n", "yaml: mapping values are not allowed in this context"),
    ("x: 1\na:\n\tb: 1\n", "yaml: line 3: found character that cannot start any token"),
    ("a: [\n", "yaml: line 1: did not find expected node content"),
    ("a: 'x\n", "yaml: line 2: found unexpected end of stream"),
    ("a: *nope\n", "yaml: unknown anchor 'nope' referenced"),
    ("a: \x01\n", "yaml: control characters are not allowed"),
    ("<<: 1\n", "yaml: map merge requires map or sequence of maps as the value"),
]


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_error_is_go_yamls(text: str, message: str) -> None:
    with pytest.raises(YamlError) as caught:
        yamlio.load(text)
    assert str(caught.value) == message


def test_aliases_do_not_grow_without_bound() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for above, name in zip("abcdefgh", "bcdefghi"):
        text += f"{name}: &{name} [{', '.join([f'*{above}'] * 9)}]\n"
    with pytest.raises(YamlError, match="document contains excessive aliasing"):
        yamlio.load(text)


def test_nesting_is_go_yamls() -> None:
    depth = 3_000
    value = yamlio.load("a: 1\nb: " + "[" * depth + "]" * depth)
    levels = 0
    inner = value["b"]
    while inner:
        inner, levels = inner[0], levels + 1
    assert levels == depth - 1
    with pytest.raises(YamlError, match="exceeded max depth of 10000"):
        yamlio.load("[" * 10_050)


def test_a_deep_document_between_others_is_read_once() -> None:
    deep = "[" * 2_000 + "]" * 2_000
    first, second, third = yamlio.load_all(f"a: 1\n---\n{deep}\n---\nb: 2\n")
    assert (first, third) == ({"a": 1.0}, {"b": 2.0})
    assert type(second) is list


def test_strict_reading_names_the_line_of_a_key_given_twice() -> None:
    with pytest.raises(YamlError) as caught:
        yamlio.load_strict("a: 1\nb: 2\na: 3\n")
    assert str(caught.value) == 'yaml: unmarshal errors:\n  line 3: key "a" already set in map'


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "a: 1",
                    "b:",
                    "- x",
                    "  c: 'q'",
                    "  - d: 2",
                    "    e: |",
                    "      text",
                    "",
                    "# c",
                    "f: {}",
                    "g: [a, b]",
                ),
                *(
                    "    {}",
                    "  more text",
                    "h: >-",
                    "i: 'it''s",
                    "    end' # c",
                    'j: "a \\" b',
                    '    c"',
                    "k: {a: [1, x]}",
                ),
                *('l: {"a":"b, c", d: e}', "m: |-  # c", "1: x", "n : y", "  - - a", "      deeper", 'o: "\\u00e9\\n"'),
            ]
        ),
        st.text(alphabet="ab:-# '\"|>{}[],\n~yn01.", max_size=12),
    ),
    max_size=12,
)


@settings(max_examples=2000, deadline=None)
@given(LINES)
def test_the_fast_reader_never_answers_differently(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    try:
        fast = parse(text)
    except Unusual:
        return
    assert fast == Reader(text).document()[1]


def test_a_later_import_of_yaml_still_works() -> None:
    import subprocess
    import sys

    code = "from steersman.yamlio.events import Reader; Reader('a: &x 1').document(); import yaml; print(yaml.safe_load('a: 1'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "{'a': 1}\n", done.stderr


@pytest.mark.helm
def test_values_reach_templates_as_with_helm(tmp_path: Path, steer: Run, helm: Run) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    rows = "".join(f"  k{i}: {text}\n" for i, (text, _) in enumerate(SCALARS))
    (chart / "values.yaml").write_text(f"v:\n{rows}")
    (chart / "templates" / "t.yaml").write_text(
        '{{ range $k, $v := .Values.v }}\n{{ $k }}: {{ printf "%T %v" $v $v | quote }}{{ end }}\n'
    )
    assert steer("template", "r", str(chart)).stdout == helm("template", "r", str(chart)).stdout


ESCAPES = ["/", "'", "_", "N", "0", "e", " ", "x41", "u0041", "U00000041", "ud83d", "q", "\t", "\\/", "\\'", "'\\'", "/\\'", "'\\/"]  # fmt: skip
PLACES = ['v: "x\\%sy"\n', 'v: "x\n  z\\%sy"\n', 'é: {a: "x\\%sy", c: [d]}\n', 'v: &a "x\\%sy"\nb: *a\n', '{"v": ["x\\%sy"]}']  # fmt: skip


@pytest.mark.helm
def test_escapes_are_go_yamls(tmp_path: Path, steer: Run, helm: Run) -> None:
    """Each in its place: read by ``fromYaml``, whose errors are values too."""
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "files").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    texts = [place % escape for escape in ESCAPES for place in PLACES]
    for number, text in enumerate(texts):
        (chart / "files" / f"{number:03}.yaml").write_text(text)
    (chart / "templates" / "t.yaml").write_text(
        '{{ range $path, $_ := .Files.Glob "files/*" }}'
        "{{ $path }}: {{ $.Files.Get $path | fromYaml | toJson }}\n{{ end }}"
    )
    ours, theirs = (run("template", "r", str(chart)) for run in (steer, helm))
    assert theirs.stdout.count("unknown escape character") > 10
    assert theirs.stdout.count("files/") == len(texts)
    assert ours.stdout == theirs.stdout


COLONS = [
    "[:alpha:]", "[a:]", "[a:,b]", "[a:b]", "{:a}", "[a:{b}]", "[::]", "[:]", "{a:}", "{a:,b: 1}", "[a:[b]]", "{a:[b]}",
    '{"a":[b]}', '["a":]', "[x:y:]", "{x:y:}", "[http://a:]", "a: {b:}", "a: [b, c:]", "[é:, ü:]", "{a: b:}",
    "a: {u: 'x:]', v: \"y:,\", w:} # z:]", "a: [b:\n, c]", "[" + "a:, " * 30 + "b]", "{" + "a:, " * 30 + "b: c}",
]  # fmt: skip
QUESTIONS = [
    "[x?y]", "[x,\n y?z]", "[x y\n  w ?z, b]", "{u: http://x?y=1}", "{u?: 1}", "a: ['x?y', \"q?\"]", "- x?y", "a: x?y",
    "[x,\n  {b: c?d}]", "{b: [c], d: e?}", "[x?y, z:]", "[z:, x?y]", "{b: c?\n}", "[?b]", "[b ?]", "? a?b\n: c",
]  # fmt: skip


EMPTY = [
    "{}: x", "[]: x", "a: 1\n{}: x", "a: 1\n[]: x", "a: 1\n{]{ b }}", "x:\n  - a\n{]{ b | c }}\n\n", "a: 1\n{}\n",
    "a: 1\n{ \n}\n", "a: 1\nb: 2\n{} # c\nd: 1", "- {}: x", "- []: 1", "- a\n{}\n", "a:\n  {}: 1", "a:\n- b\n{}\n",
    "a:\n  - b\n{}\n", "a:\n  - b\n  {}\n", "a:\n  b:\n  - b\n  {}\n", "? {}: 1", "? {}\n: 1", "a: 1\n? {}\n: 1",
    "a: { {}: 1}", "a: [ {}: 1]", "a: { b: 1, {}: 1}", "a: [ b, {}: 1]", "a: {[]: 1}", "- a: 1\n  {}: 2", "a: {}\n  b: 1",
    "a:\n  b: 1\n  {}\nc: 1", "a: &x {}\nb: *x", "a: [{}, []]", "&x {}: 1", "!!map {}: 1", "a: 1\n&x {}: 1", "a: 1\n&x {}\n",
    "a: 1\n{b}\n", "a: 1\n[[]]: c", "[{}]: 1", "a: {} b", "{}\na: 1",
]  # fmt: skip


@pytest.mark.helm
@pytest.mark.parametrize("texts", [COLONS, QUESTIONS, EMPTY])
def test_odd_brackets(tmp_path: Path, steer: Run, helm: Run, texts: list[str]) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "files").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    for number, text in enumerate(texts):
        (chart / "files" / f"{number:03}.yaml").write_text(text)
    (chart / "templates" / "t.yaml").write_text(
        '{{ range $path, $_ := .Files.Glob "files/*" }}{{ $text := $.Files.Get $path }}'
        "{{ $path }}: {{ print (fromYaml $text) (fromYamlArray $text) | b64enc }}\n{{ end }}"
    )
    ours, theirs = (run("template", "r", str(chart)) for run in (steer, helm))
    assert theirs.stdout.count("files/") == len(texts)
    assert ours.stdout == theirs.stdout


@pytest.mark.parametrize("count", [1, 20, 21, 3000])
def test_many_colons_before_brackets_are_read_in_bounded_time(count: int) -> None:
    text = "".join(f"k{at}: [a:, {at}:]\n" for at in range(count))
    assert Reader(text).document()[1] == {f"k{at}": ["a:", f"{at}:"] for at in range(count)}


@pytest.mark.parametrize("count", [1, 20, 21, 3000])
def test_many_escaped_quotes_are_read_in_bounded_time(count: int) -> None:
    text = "".join(f'k{at}: &a{at} "it\\\'s {at}"\n' for at in range(count))
    assert Reader(text).document()[1] == {f"k{at}": f"it's {at}" for at in range(count)}


def test_many_quoted_texts_beside_a_slash_are_read_in_bounded_time() -> None:
    text = "".join(f'k{at}: &a{at} "x\\ty"\n' for at in range(20_000)) + "p: ^/a\\/b\n"
    assert Reader(text).document()[1]["p"] == "^/a\\/b"
    line = "a: {b: [" + ", ".join(f'"x\\\\{at}"' for at in range(20_000)) + "], c: d}\n"
    assert parse(line)["a"]["b"][-1] == "x\\19999"


def test_a_text_with_every_stand_in_ends_in_an_error_of_yaml() -> None:
    text = "a: 1\n\ufeffb: " + "".join(map(chr, range(0xE000, 0xE010))) + "\n"
    with pytest.raises(YamlError):
        Reader(text).document()
