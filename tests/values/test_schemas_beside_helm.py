"""Formats and keywords of schemas, and odd values files, compared with Helm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_helm_ways import CHART, same, write_chart
from tests.conftest import Run

TEXTS = ["","x","é","1.2.3","1.2.3-a.01+b","01.2.3","1.2.3-","1.2.3+","1.2.3-01","1.2.3-a_b","1.2","a@b","a@","@b","a b@c",'"a b"@c','"a\\b"@c',".a@b","a.@b","a..b@c","é@x","a@[1.2.3.4]","a@[IPv6:::1]","a@[IPv6:zz]","a@[1.2]","a@-b","a@b_c","a"*65+"@b","a@"+"b"*64,"1.2.3.4","256.1.1.1","01.1.1.1","1.1.1","1.1.1.x","-1.1.1.1","+1.1.1.1","1.1.1.99999999999999999999","::","::1","1::2::3","1:2:3:4:5:6:7:8","1:2:3","12345::","::1%eth0","::%","::ffff:1.2.3.4","::1.2.3","1.2.3.4:5","%:","1:2:3:4:5:6:7:1.2.3.4",":1","1:","g::","::12345","1:2:3:4:5:6:7:8:9","::1.2.3.256","::01.2.3.4","a.b","-a","a-","a_b","a.","a..b","A"*64,"2020-01-02","2020-1-2","2020-13-01","2020-02-30","20200102","2020-01-02T03:04:05Z","2020-01-02t03:04:05.123+02:00","2020-01-02T23:59:60Z","2020-01-02T03:04:60Z","2020-01-02T03:04:05","2020-01-02 03:04:05Z","2020-01-02T25:00:00Z","2020-01-02T03:04:05+0200","2020-01-02T03:04:05+24:00","2020-01-02T03:04:05.Z","2020-01-02T03-04-05Z","2020-01-02T+3:04:05Z","03:04:05Z","03:04:05+02:00","03:04:05","3:04:05Z","03:04:05.5z","23:59:60Z","22:59:60-01:00","03:04:05 02:00","P1D","P","PT","P1W","PxW","PW","P1","P1H","PT1H","P1M1Y","PT1S1H","P1YT","P1Y2M3DT4H5M6S","PD","P1DT1HT1M","P1é","2020-01-02T03:04:05Z/P1D","P1D/2020-01-02T03:04:05Z","2020-01-02T03:04:05Z/2020-01-02T03:04:06Z","x/y","P/x","P1D/x","2020-01-02T03:04:05Z/Px","/a/b","/a~0","/a~2","/a~","a/b","0","0#","1/a","01#","-1","10/~","http://x/y","//x","x:y","http://[::1]/","http://[::1","http://::1/","http://[zz]/","a b","%zz","http://a b/","http://x/{y}","http://x/{y{z}}","http://x/{y","{x}","a\\b",":x","http://x:y/","mailto:a@b","\x7f","http://x/%7By%7D","urn:x","00000000-0000-0000-0000-000000000000","00000000-0000-0000-0000-00000000000g","0-0-0-0-0","0000","00000000-0000-0000-0000-0000000000000","(","[a-z","a*","(?=x)","\\d","²","2020-01-0²","1963-06-1৪T00:00:00Z","1963-06-11T0৪:00:00Z","1২:00:00Z","1২:00:00é","1.1.1.²","P²D"]  # fmt: skip
FORMATS = ["date","date-time","duration","email","hostname","ipv4","ipv6","iri","iri-reference","json-pointer","period","regex","relative-json-pointer","semver","time","uri","uri-reference","uri-template","uuid","idn-email","idn-hostname","nope"]  # fmt: skip


@pytest.mark.helm
def test_formats_fit_what_fits_for_helm(tmp_path: Path, steer: Run, helm: Run) -> None:
    """Each text as each format: the same ones are refused, in the same words."""
    values = {f"{name}_{at:03}": text for name in FORMATS for at, text in enumerate(TEXTS)}
    fields = {key: {"format": key.rpartition("_")[0]} for key in values}
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "properties": fields}
    folder = write_chart(tmp_path / "m", CHART, {"t.yaml": "a: b\n"}, json.dumps(values))
    (folder / "values.schema.json").write_text(json.dumps(schema))
    lines = [sorted(run("template", "x", "m").stderr.splitlines()) for run in (steer, helm)]
    assert len(lines[1]) > 2000
    assert lines[0] == lines[1]


SCHEMAS = [
    line.split("|", 1) for line in (Path(__file__).parent / "schemas.txt").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.helm
@pytest.mark.parametrize(("values", "schema"), SCHEMAS)
def test_schemas_refuse_as_for_helm(tmp_path: Path, steer: Run, helm: Run, values: str, schema: str) -> None:
    folder = write_chart(tmp_path / "m", CHART, {"t.yaml": "a: {{ .Values.a | toJson }}\n"}, values + "\n")
    (folder / "values.schema.json").write_text(schema)
    ours, theirs = (run("template", "x", "m") for run in (steer, helm))
    # go: what is wrong with several fields of a map comes in any order
    assert sorted(ours.stderr.splitlines()) == sorted(theirs.stderr.splitlines())
    assert (ours.stdout, ours.returncode) == (theirs.stdout, theirs.returncode)


@pytest.mark.helm
@pytest.mark.parametrize(
    "schema",
    [
        '{"a": "x\\ny"}',
        '{"a": "\\\\p"}',
        '{"a": "\\\\u12G4"}',
        "{} ,",
        "{} x",
        '{"a": 1.}',
        '{"a": 1e}',
        '{"a": 1} {"b": 2}',
        '{"a": "\\t"}',
        '{"a": 01}',
        '{"a"',
        "[1 2]",
        "",
    ],
)
def test_a_schema_that_is_no_json_is_refused_as_for_helm(tmp_path: Path, steer: Run, helm: Run, schema: str) -> None:
    folder = write_chart(tmp_path / "m", CHART, {"t.yaml": "a: b\n"})
    (folder / "values.schema.json").write_text(schema)
    same(steer, helm, "template", "x", "m")


FILES = ['---\nf: ""\n  rules: []','a: 1\n---\nf: ""\n  rules: []','---\na: 1\n---\n---\nf: ""\n  rules: []','--- # x\na: 1','---\n','---\n---\n---','---\na: 1\n---\n','\n---\na: 1\n  b: 2','---\n# c\n---\na: 1','a: 1\n---\nb: 2\n---\na: 3','--- \t\na: 1\n','---\r\na: 1\r\n  b: c','--- |\n x','---x\na: 1','a: 1\n---  # c\nb: [','---\n%YAML 1.1\n---\na: 1','a: 1\n...\nb: 2','...\na: 1','---\nnull\n---\nb: 1','- 1\n---\na: 1','---\na: 1\nb\n','','\n\n','# c','---\n\na: {{ else }}x\nb: "\\q"','a: {{x}}: 1\nb: [','a: &x [*x]\nb: "\n','a: &x 1\na: *y\n c: d','? [a]\n: b\nc: [','a: !!int x\nb: "\\z"','<<: 1\nb: [','a: !!binary "@"\nb: }','~: 1\nb: [','a: .nan\nb: [','a: [1,2\nb: 1','{a: 1}}','a: 1\n b: 2\nc: {d','a: *u\nb: [', 'a: {b: &c {c: *c}}\nd: {','a: 1\n\tb: 1','a:\n\t- b','a: "x\n b: c','a: |\n  x\n y\nb: [','a: b: c','a: [b: c: d]','- a\nb: c','a: @x','a: `x','a: %x','%x','a: !<x','&a &b c','*a','a: ]','a: }','a: ,','a: [,]','a: {,}','? a\n? b\n: c',': a','a:\n - b\n- c','a:\n  - b\n c: d','!!set {a, b}','!x y','a: !x {b: c}','"a" b','\'a\' b','"a": b" c','[a]: b','{a: b}: c','a: >x\n b','a: |9\n b','a: |0\n b','a: |+-\n b','a: >+2 # c\n   b','a: "\\x4"','a: "\\uD800"','a: \'x','key with spaces: 1\nb','"x"','x','1','[1, 2]','a: 1 # c\nb: #x','a: x#y','a: #','a:b','a:\n\n\n  b: 1\n c: 2']  # fmt: skip


@pytest.mark.helm
@pytest.mark.parametrize("text", FILES)
def test_odd_values_files_are_read_as_helm_reads_them(tmp_path: Path, steer: Run, helm: Run, text: str) -> None:
    write_chart(tmp_path / "m", CHART, {"t.yaml": "a: {{ .Values | toJson }}\n"})
    (tmp_path / "v.yaml").write_bytes(text.encode())
    same(steer, helm, "template", "x", "m", "-f", "v.yaml")


NAMES = ["L","l","letter","Letter","LETTER","lowercase_letter","Lowercase-Letter","lower case letter","digit","Nd","nd","punct","cntrl","C","Cn","Lc","LC","Cased_Letter","Any","any","ASCII","ascii","Assigned","Unassigned","Other","Han","han","HAN","Greek","greek","nope","","^L","^letter","Math_Symbol","combining_mark","Private_Use","M","S","Z","Zs","No","Sk"]  # fmt: skip
CHARACTERS = ["a", "A", "ǅ", "1", "½", "٣", " ", "\u2028", "-", "+", "€", "^", "é", "中", "α", "\u0301", "\u0378", "\ue000", "\x7f", "_", "😀"]  # fmt: skip


@pytest.mark.helm
@pytest.mark.parametrize("name", NAMES)
def test_categories_of_characters_have_their_long_names(tmp_path: Path, steer: Run, helm: Run, name: str) -> None:
    values = {f"v{at:02}": char for at, char in enumerate(CHARACTERS)}
    folder = write_chart(tmp_path / "m", CHART, {"t.yaml": "a: b\n"}, json.dumps(values))
    schema = {"properties": {key: {"pattern": f"^\\p{{{name}}}$"} for key in values}}
    (folder / "values.schema.json").write_text(json.dumps(schema))
    lines = [sorted(run("template", "x", "m").stderr.splitlines()) for run in (steer, helm)]
    assert lines[0] == lines[1]
