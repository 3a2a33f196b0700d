"""Explanations take time that grows linearly with the texts that they are about."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from steersman.checking.findings import Finding
from steersman.checking.ignoring import is_ignored
from steersman.insight.broken_files import broken_files_text
from steersman.insight.document_fixes import BrokenDocument, first_fix, lines_of_file
from steersman.insight.file_fixes import file_edits
from steersman.insight.fixes import unclosed
from steersman.insight.nearness import KnownPaths, edits
from steersman.insight.origins import GivenValues, LineFinder, origins
from steersman.insight.refusals import object_and_fields
from steersman.insight.unused import find_unused
from steersman.insight.yaml_fixes import Row, possible_edits
from steersman.unittest.documents import SEPARATOR
from steersman.values.errors import BrokenValuesFile
from steersman.values.sources import Sources, collect
from steersman.yamlio import load
from steersman.yamlio.errors import YamlError
from tests.conftest import Run
from tests.insight.charts import recorded, write_chart
from tests.services.growth import LINEAR, growth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.insight.document_fixes import Edits

SOURCES = [  # of a template's line, and of what it wrote; each repeated
    ("{{ 0 }}", "0"),
    ("{{ .a }}-", "-"),
    ("{{ .a }} ", " -"),
    ("{{ .a }}{{ if .b }}c{{ end }}", "c"),
    ("{{", "{{"),
    ('{{ "', '{{ "'),
    ("{{/*", "{{/*"),
    ('{{ "a\\" ', "a"),
    ("- ", "- "),
    ("-", "-"),
    (" #", " #"),
    (" # {", " # {"),
    ("|  ", "|  "),
    ("  ", "  "),
    ("a: ", "a: "),
    (": b", ": b"),
    ("'", "'"),
]


@pytest.mark.parametrize(("head", "tail"), [("", ""), ("a: ", "}}"), ("- ", "{"), ("a: {{ .b | c", ":")])
@pytest.mark.parametrize(("source", "text"), SOURCES, ids=[source for source, _ in SOURCES])
def test_fixes_of_long_lines(source: str, text: str, head: str, tail: str) -> None:
    def run(count: int) -> None:
        row = Row(head + text * count + tail, (("a", head + source * count + tail),), 1)
        for make in (possible_edits, file_edits):
            list(make([row], [row.source], 0))

    assert growth(run, 100) < LINEAR


def test_a_value_of_many_actions_is_told_apart_by_the_texts_between_them() -> None:
    row = Row("a: 1:  2-3 x", (("a", "a: {{ .b }}:  {{ .c }}-{{ .d }} x"),))
    fixes = [edit.fix for edit in possible_edits([row], [row.source], 0)]
    assert fixes == ['quote the whole value: "{{ .b }}:  {{ .c }}-{{ .d }} x"']
    other = Row("a: 1; 2-3 x", row.sources)
    assert not list(possible_edits([other], [row.source], 0))


def _problem(document: str) -> tuple[int, str] | None:
    try:
        load(document)
    except YamlError as error:
        return max(error.at - 1, 0), str(error)
    return None


@pytest.mark.parametrize("bad", ["   bad: x: y", " bad: [", "\tbad: a", "  bad: 'x", "  bad: {{ a", "  - bad"])
@pytest.mark.parametrize("edits", [None, file_edits], ids=["template", "file"])
def test_fixes_of_documents_of_many_lines(bad: str, edits: Edits | None) -> None:
    def run(count: int) -> None:
        rows = ["data:", *(f"  k{at}: v" for at in range(count))]
        rows.insert(count // 2, bad)
        text = "\n".join(rows)
        problem = _problem(text)
        assert problem is not None
        broken = BrokenDocument("a", text, 0, *problem)
        first_fix(broken, lines_of_file("a", text), {"a": text}, _problem, edits)

    assert growth(run, 250) < LINEAR


def test_fixes_of_values_files_of_many_lines() -> None:
    def run(count: int) -> None:
        text = "".join(f"k{at}:\n{' ' * (at % 50 + 1)}a: b\n" for at in range(count)) + "bad: x: y\n"
        told = broken_files_text([BrokenValuesFile("bad", "v.yaml", text.encode())])
        assert "fix: quote the value: 'x: y'" in told

    assert growth(run, 125) < LINEAR


def test_the_fix_of_a_large_template_is_that_of_a_small_one(own: Run, tmp_path: Path) -> None:
    told = []
    for count in (20, 4000):
        lines = [f"  k{at}: {{{{ .Release.Name }}}}-{at}\n" for at in range(count)]
        head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n"
        one = f"{head}{''.join(lines)}  bad: {{{{ .Values.bad }}}}\n{''.join(lines)}"
        tree = f"{head}{''.join(lines)}  tree:\n{{{{ toYaml .Values.tree | indent 1 }}}}\n"
        values = "bad: 'x: y'\ntree:\n" + "".join(f"  t{at}: 1\n" for at in range(count))
        for name, template in (("one", one), ("tree", tree)):
            chart = write_chart(tmp_path / f"{name}{count}", values=values, t=template)
            done = own("template", "web", str(chart))
            assert done.returncode == 1
            told.append([line.strip() for line in done.stderr.split("\n") if line.strip().startswith("fix:")])
    assert told[:2] == told[2:] == [["fix: quote the value: | quote"], ["fix: indent by 4: indent 4"]]


@pytest.mark.parametrize("text", ['{{ "{{/*" }}', "{{ if .a }}{{ end }}", "{{ if .a }}\n", "{{/*"])
def test_statements_without_an_end(text: str) -> None:
    assert growth(lambda count: unclosed(text * count), 500) < LINEAR


@pytest.mark.parametrize("text", ["A", "A.", "(", " a[", "a.", 'A "', "object a", "object a/", "[", " a.b[c]"])
def test_words_of_an_api_server(text: str) -> None:
    assert growth(lambda count: object_and_fields(text * count, name="Service/a"), 500) < LINEAR
    assert growth(lambda count: object_and_fields(text * count), 500) < LINEAR


def test_comments_that_ignore_findings() -> None:
    def run(count: int) -> None:
        texts = {"a": "# steer:ignore nil-value\nb\n" * count, "b": '"\\"{{ # steer:ignore nil-value' * count}
        findings = [Finding("nil-value", "warning", "", "a", 2 * at) for at in range(1, count + 1)]
        assert all(is_ignored(one, texts) for one in findings)
        assert not is_ignored(Finding("nil-value", "warning", "", "b", 1), texts)

    assert growth(run, 250) < LINEAR


def test_blank_lines_between_documents() -> None:
    assert growth(lambda count: SEPARATOR.split("a\n" + "\n" * count + "--"), 500) < LINEAR


@pytest.mark.parametrize("key", ["k{}", "image.k{}", "hosts[0].k{}", "k{}.b1", "asked.k{}"])
def test_values_that_no_template_reads(tmp_path: Path, key: str) -> None:
    def run(count: int) -> None:
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            template = "{{ if .Values.asked }}{{ end }}{{ .Values.image.b1 }}" + "".join(
                f"{{{{ .Values.b{at} }}}}{{{{ .x.b{at} }}}}\n" for at in range(count)
            )
            values = "image: {}\nx: {}\n" + "".join(f"c{at}: b\n" for at in range(count))
            chart = write_chart(Path(folder) / "web", values=values, t=template.replace(".x.", "$.Values.x."))
            sources = Sources(sets=tuple(f"{key.format(at)}=v" for at in range(count)))
            trace, loaded, _ = recorded(chart)
            given = GivenValues(sources, {})
            tree = collect(sources, lambda _name: b"")
            lines = LineFinder()
            unused = find_unused(trace, loaded, tree)
            assert unused
            assert all(origins(given, one.path, lines) for one in unused)

    assert growth(run, 200) < LINEAR


def test_names_for_mistyped_ones() -> None:
    def run(count: int) -> None:
        known = KnownPaths(("a", f"k{at}") for at in range(count))
        assert known.nearest(("a", "k10x")) == ("a", "k10")
        assert known.nearest(("k11",)) == ("a", "k11")
        for at in range(count):
            known.nearest(("a", f"m{at}"))

    assert growth(run, 500) < LINEAR
    assert growth(lambda count: edits("ab" * count, "ba" * count, 2), 500) < LINEAR
    assert edits("ab" * 500 + "c", "ab" * 500, 2) == 1


@pytest.mark.parametrize("schema", ['{"additionalProperties": {"type": "string"}}', '{"additionalProperties": false}'])
def test_values_that_a_schema_refuses(own: Run, tmp_path: Path, schema: str) -> None:
    chart = write_chart(tmp_path / "web")
    (chart / "values.schema.json").write_text(schema)
    taken = []
    for count in (100, 1600):
        (tmp_path / "v.yaml").write_text("".join(f"k{at}: {at}\n" for at in range(count)))
        before = os.times().children_user
        done = own("template", "web", "-f", "v.yaml")
        taken.append(os.times().children_user - before)
        assert done.returncode == 1
        assert done.stderr.endswith(f"\n... and {count - 5} more values\n")
        assert "k0 = 0  v.yaml:1\n" in done.stderr
    assert taken[1] < 16 * max(taken[0], 0.1)
