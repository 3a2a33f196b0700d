"""``annotate``: findings of other programs land on the template lines that wrote what they are about."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steersman.errors import UsageError
from steersman.insight.foreign import findings
from steersman.insight.line_fields import dotted, line_fields
from steersman.insight.mapped_lines import MappedLines
from tests.conftest import Run
from tests.insight.charts import write_chart

TEMPLATE = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  annotations:
    example.com/note: |
      one
      two
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - name: web
        {{- include "web.image" . | nindent 8 }}

      - name: side
        image: b
"""
HELPERS = '{{- define "web.image" }}\nimage: {{ .Values.image }}\nimagePullPolicy: Always\n{{- end }}\n'
SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}-web\nspec: {}\n"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    values = "replicas: 1\nimage: a\n"
    return write_chart(tmp_path / "charts" / "web", values=values, _helpers=HELPERS, dep=TEMPLATE, svc=SERVICE)


@pytest.fixture
def scanned(own: Run, chart: Path, tmp_path: Path) -> list[str]:
    text = own("template", "r", "charts/web", "--source-map", "map.json").stdout
    (tmp_path / "m.yaml").write_text(text)
    return text.splitlines()


def _line(lines: list[str], text: str) -> int:
    return next(number for number, line in enumerate(lines, 1) if line.strip() == text)


def _result(line: int, file: str = "m.yaml", **more: Any) -> dict[str, Any]:
    region = {"region": {"startLine": line}} if line else {}
    place = {"artifactLocation": {"uri": file}, **region}
    return {"ruleId": "R1", "message": {"text": "m"}, "locations": [{"physicalLocation": place}], **more}


def _sarif(*results: Any) -> dict[str, Any]:
    rules = [{"id": "R1", "defaultConfiguration": {"level": "error"}}]
    run = {"tool": {"driver": {"name": "scanner", "rules": rules}}, "results": list(results)}
    return {"version": "2.1.0", "runs": [run]}


def _answer(own: Run, tmp_path: Path, tree: Any, *flags: str) -> list[dict[str, Any]]:
    (tmp_path / "found.json").write_text(json.dumps(tree))
    done = own("annotate", "found.json", *(flags or ("--source-map", "map.json")), "-o", "json")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


PLACES = [
    ("replicas: 1", "dep.yaml:10", "/spec/replicas", []),
    ("image: a", "dep.yaml:15", "/spec/template/spec/containers/0/image", ["web/templates/_helpers.tpl:2"]),
    ("imagePullPolicy: Always", "dep.yaml:15", "/spec/template/spec/containers/0/imagePullPolicy", None),
    ("- name: side", "dep.yaml:17", "/spec/template/spec/containers/1/name", []),
    ("two", "dep.yaml:8", "/metadata/annotations/example.com~1note", []),
    ("spec: {}", "svc.yaml:5", "/spec", []),
]


@pytest.mark.parametrize(("text", "place", "field", "includes"), PLACES)
@pytest.mark.parametrize("how", ["map", "chart"])
def test_a_line_has_its_template_line_and_field(
    own: Run, scanned: list[str], tmp_path: Path, text: str, place: str, field: str, includes: Any, how: str
) -> None:
    flags = ("--source-map", "map.json") if how == "map" else ("charts/web", "--name", "r")
    row = _answer(own, tmp_path, _sarif(_result(_line(scanned, text))), *flags)[0]
    folder = "web/templates/" if how == "map" else "charts/web/templates/"
    assert f"{row['template']}:{row['templateLine']}" == folder + place
    assert row["field"] == field and row["level"] == "error"
    if includes is not None and how == "map":
        assert row["includes"] == includes


def test_lines_that_no_template_has_go_to_their_neighbours(own: Run, scanned: list[str], tmp_path: Path) -> None:
    service = _line(scanned, "kind: Service") - 1
    blank = scanned.index("", 10) + 1
    separator = _line(scanned, "# Source: web/templates/svc.yaml") - 1
    rows = _answer(own, tmp_path, _sarif(*map(_result, (separator, separator + 1, blank, len(scanned) + 50))))
    assert [row["template"] for row in rows] == ["web/templates/svc.yaml"] * 2 + ["web/templates/dep.yaml", ""]
    assert service > 0 and rows[0]["templateLine"] == 1
    region = _result(separator)
    region["locations"][0]["physicalLocation"]["region"]["endLine"] = len(scanned)
    row = _answer(own, tmp_path, _sarif(region))[0]
    assert (row["templateLine"], row["object"], row["field"]) == (1, "Service/r-web", "")


def test_results_keep_what_they_have_and_get_new_places(own: Run, scanned: list[str], tmp_path: Path) -> None:
    at = _line(scanned, "image: a")
    given = _sarif(
        _result(
            at,
            partialFingerprints={"primaryLocationLineHash": "1", "own": "2"},
            relatedLocations=[{"message": {"text": "kept"}}],
            properties={"kept": True},
        ),
        _result(1, "Dockerfile"),
    )
    given["runs"][0]["results"][0]["locations"][0]["logicalLocations"] = [{"name": "before"}]
    given["runs"][0]["originalUriBaseIds"] = {"ROOTPATH": {"uri": "file:///x/"}}
    (tmp_path / "f.sarif").write_text(json.dumps(given))
    arguments = ("annotate", "f.sarif", "charts/web", "--source-map", "map.json", "--manifest", "m.yaml", "-o", "sarif")
    done = own(*arguments)
    log = json.loads(done.stdout)
    first, second = log["runs"][0]["results"]
    assert second == given["runs"][0]["results"][1] and log["runs"][0]["originalUriBaseIds"]
    place = first["locations"][0]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "charts/web/templates/dep.yaml"},
        "region": {"startLine": 15},
    }
    assert place["logicalLocations"] == [
        {"fullyQualifiedName": "Deployment/r-web spec.template.spec.containers[0].image", "kind": "object"},
        {"name": "before"},
    ]
    kept, include, old = first["relatedLocations"]
    assert kept == {"message": {"text": "kept"}}
    assert include["physicalLocation"]["artifactLocation"]["uri"] == "charts/web/templates/_helpers.tpl"
    assert old["physicalLocation"] == {"artifactLocation": {"uri": "m.yaml"}, "region": {"startLine": at}}
    assert first["partialFingerprints"] == {"own": "2"} and first["properties"] == {"kept": True}
    assert done.stderr == "1 of 2 findings are not about a line of a template\n"


def test_no_related_location_is_there_twice() -> None:
    from steersman.insight.annotate import annotated, with_templates

    place = "c/templates/_helpers.tpl:2"
    row = {
        "line": 3,
        "object": "A/a",
        "field": "/k",
        "template": "c/templates/t.yaml",
        "templateLine": 1,
        "includes": [place, place],
        "values": [],
    }
    tree = _sarif(_result(3))
    tree["runs"][0]["results"][0]["locations"] *= 2
    lines = MappedLines({"version": 1, "lines": [row]})
    log = with_templates(tree, annotated(findings(tree), lines, lambda _file: True), str)
    related = log["runs"][0]["results"][0]["relatedLocations"]
    assert [one["message"]["text"] for one in related] == ["written by this include", "the rendered line"]


def test_findings_about_several_files_need_the_name_of_the_rendered_one(
    own: Run, scanned: list[str], tmp_path: Path
) -> None:
    (tmp_path / "f.json").write_text(json.dumps(_sarif(_result(4), _result(4, "other.yaml"))))
    done = own("annotate", "f.json", "--source-map", "map.json")
    assert done.returncode == 1
    assert "are about several files: m.yaml, other.yaml; say with --manifest which one was rendered" in done.stderr
    text = own("annotate", "f.json", "--source-map", "map.json", "--manifest", "m.yaml").stdout
    assert "web/templates/" in text and "other.yaml:4: error: m [R1]\n" in text


@pytest.mark.parametrize("name", ["m.yaml", "./m.yaml", "file:///tmp/x/m.yaml", "/a/b/m.yaml", "stdin", "", "m%2Eyaml"])
def test_the_file_may_be_written_in_many_ways(own: Run, scanned: list[str], tmp_path: Path, name: str) -> None:
    rows = _answer(own, tmp_path, _sarif(_result(5, name)), "--source-map", "map.json", "--manifest", "m.yaml")
    assert rows[0]["template"]


def test_kubeconform_names_objects_and_fields(own: Run, scanned: list[str], tmp_path: Path) -> None:
    def resource(kind: str, name: str, *errors: tuple[str, str], status: str = "statusInvalid") -> dict[str, Any]:
        rows = [{"path": path, "msg": message} for path, message in errors]
        return {
            "filename": "m.yaml",
            "kind": kind,
            "name": name,
            "version": "v1",
            "status": status,
            "msg": "whole",
            **({"validationErrors": rows} if rows else {}),
        }

    tree = {
        "resources": [
            resource("Deployment", "r-web", ("/spec/replicas", "expected integer"), ("/spec/nope/deep", "near")),
            resource(
                "Deployment",
                "r-web",
                ("/spec/template/spec/containers/1", "missing properties: 'x'"),
                ("/metadata/annotations/example.com~1note", "wrong"),
                ("/spec/template/spec/containers/0", "additionalProperties 'image' not allowed"),
                ("/properties/spec/properties/replicas/type", "expected integer or null, but got string"),
            ),
            resource("Service", "r-web", status="statusError"),
            resource("Service", "", status="ERROR"),
            resource("Service", "r-web", status="statusValid"),
            resource("Service", "r-web", status="statusSkipped"),
            resource("Nothing", "r-web"),
        ]
    }
    rows = _answer(own, tmp_path, tree)
    found = [(row["object"], row["field"], row["templateLine"], row["message"]) for row in rows]
    assert found == [
        ("Deployment/r-web", "/spec/replicas", 10, "expected integer"),
        ("Deployment/r-web", "/spec", 9, "near"),
        ("Deployment/r-web", "/spec/template/spec/containers/1/name", 17, "missing properties: 'x'"),
        ("Deployment/r-web", "/metadata/annotations/example.com~1note", 6, "wrong"),
        ("Deployment/r-web", "/spec/template/spec/containers/0/image", 15, "additionalProperties 'image' not allowed"),
        ("Deployment/r-web", "/spec/replicas", 10, "expected integer or null, but got string"),
        ("Service/r-web", "", 1, "whole"),
        ("Service/r-web", "", 1, "whole"),
        ("", "", 0, "whole"),
    ]
    done = own("annotate", "found.json", "--source-map", "map.json", "-o", "sarif")
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0" and log["runs"][0]["tool"]["driver"]["name"] == "kubeconform"
    first = log["runs"][0]["results"][0]
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 10}
    assert first["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == _line(scanned, "replicas: 1")


def test_what_kubeconform_0_7_prints_has_its_details_in_the_message(
    own: Run, scanned: list[str], tmp_path: Path
) -> None:
    # as it prints them: nested errors are in the message alone, and the paths of the list are not escaped
    message = (
        "problem validating schema. Check JSON formatting: jsonschema validation failed with 'file:///s.json#' "
        "- at '/spec': validation failed   - at '/spec': missing property 'nope'   - at '/spec/replicas': got number, "
        "want string   - at '/spec': additional properties 'template', 'x' not allowed "
        "- at '/metadata/annotations/example.com~1note': got string, want integer"
    )
    errors = [
        {"path": "/spec", "msg": "validation failed"},
        {"path": "/metadata/annotations/example.com/note", "msg": "got string, want integer"},
    ]
    about = {
        "filename": "stdin",
        "kind": "Deployment",
        "name": "r-web",
        "version": "apps/v1",
        "status": "statusInvalid",
    }
    rows = _answer(own, tmp_path, {"resources": [{**about, "msg": message, "validationErrors": errors}]})
    assert [(row["field"], row["message"]) for row in rows] == [
        ("/spec", "missing property 'nope'"),
        ("/spec/replicas", "got number, want string"),
        ("/spec/template", "additional properties 'template', 'x' not allowed"),
        ("/metadata/annotations/example.com~1note", "got string, want integer"),
    ]
    rows = _answer(own, tmp_path, {"resources": [{**about, "msg": "", "validationErrors": errors}]})
    assert [row["field"] for row in rows] == ["/spec", "/metadata/annotations/example.com~1note"]


def test_results_without_a_line_are_placed_by_the_object_that_they_name(
    own: Run, scanned: list[str], tmp_path: Path
) -> None:
    linter = _result(0)
    linter["locations"][0]["logicalLocations"] = [
        {"name": "r-web", "fullyQualifiedName": "default/r-web apps/v1, Kind=Deployment", "kind": "Object"}
    ]
    conform = _result(0, message={"text": "Deployment r-web is invalid: /spec/replicas: expected integer"})
    conform["locations"][0]["logicalLocations"] = [{"name": "/spec/replicas"}]
    nameless = _result(0, message={"text": "something is wrong"})
    rows = _answer(own, tmp_path, _sarif(linter, conform, nameless))
    assert [(row["object"], row["templateLine"]) for row in rows] == [
        ("Deployment/r-web", 1),
        ("Deployment/r-web", 10),
        ("", 0),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.json: it is not JSON: "),
        ("[" * 100_000, "f.json: it nests too deeply"),
        ("[]", "f.json: it is neither SARIF 2.1.0 nor what kubeconform -output json prints"),
        ('{"version": "2.0.0", "runs": []}', "f.json: it is SARIF of version '2.0.0'; version 2.1.0 is read"),
        ('{"runs": []}', "f.json: it is SARIF of version None"),
        ("\xff", "f.json: it is not JSON: "),
    ],
)
def test_other_input_is_refused(own: Run, scanned: list[str], tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "f.json").write_bytes(text.encode("latin-1"))
    done = own("annotate", "f.json", "--source-map", "map.json")
    assert (done.returncode, done.stdout) == (1, "") and message in done.stderr


def test_bounds_and_bad_arguments(own: Run, scanned: list[str], tmp_path: Path) -> None:
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(65 << 20)
    (tmp_path / "f.json").write_text(json.dumps(_sarif()))
    for arguments, message in (
        (("large.json", "--source-map", "map.json"), "large.json is larger than 64 MiB"),
        (("none.json", "--source-map", "map.json"), "open none.json: no such file or directory"),
        (("f.json",), "give the chart, or with --source-map"),
        (("f.json", "charts/web", "x"), "one chart at most"),
        (("f.json", "--source-map", "f.json"), "f.json: it is not a source map"),
        (("f.json", "--source-map", "map.json", "-o", "x"), "--output is one of text, json, yaml, sarif"),
    ):
        done = own("annotate", *arguments)
        assert (done.returncode, message in done.stderr) == (1, True), done.stderr
    assert own("annotate", "f.json", "--source-map", "map.json").stdout == ""
    with pytest.raises(UsageError, match="more than 200000 findings"):
        findings(_sarif(*[{}] * 200_001))


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"lines": [1]}, {"lines": [{"line": 1}]}, {"lines": None}, {"lines": [{"line": "1"}]}],
)
def test_a_damaged_source_map_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        MappedLines({"version": 1, "lines": [], **change})


def test_a_map_of_an_earlier_version_has_no_fields(scanned: list[str], tmp_path: Path) -> None:
    tree = json.loads((tmp_path / "map.json").read_text())
    for row in tree["lines"]:
        del row["field"]
    lines = MappedLines(tree)
    found = lines.at(_line(scanned, "replicas: 1"))
    assert found is not None and (found.template_line, found.field) == (10, "")
    whole = lines.of_object("Deployment", "r-web", "/spec/replicas")
    assert whole is not None and whole.template_line == 1


def _places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from _places(value, (*path, key))


def test_sarif_with_any_field_of_another_type_is_read_or_refused(scanned: list[str], tmp_path: Path) -> None:
    from steersman.insight.annotate import annotated, with_templates

    lines = MappedLines(json.loads((tmp_path / "map.json").read_text()))
    result = _result(_line(scanned, "replicas: 1"), relatedLocations=[], partialFingerprints={}, level="error")
    result["locations"][0]["logicalLocations"] = [{"name": "Deployment r-web", "fullyQualifiedName": "x"}]
    result["locations"][0]["physicalLocation"]["artifactLocation"]["index"] = 0
    given = _sarif(result, result)
    given["runs"][0]["artifacts"] = [{"location": {"uri": "m.yaml"}}]
    tried = 0
    for place in list(_places(given)):
        for wrong in (None, 1, -1, "x", "Deployment r-web", [], {}, [None], {"a": []}, True, 10**30):
            tree = copy.deepcopy(given)
            inner: Any = tree
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = wrong
            try:
                rows = annotated(findings(tree), lines, lambda _file: True)
                with_templates(tree, rows, str)
            except UsageError as error:
                assert place[0] in ("version", "runs"), (place, wrong, error)
            tried += 1
    assert tried > 300


def test_fields_of_lines() -> None:
    text = "a:\n  - b: 1\n    c: [x,\n      y]\n  -\n    - d\ne.f: {g: 1, h: 2}\n# end\n"
    assert line_fields(text) == ["/a", "/a/0/b", "/a/0/c/0", "/a/0/c/1", "/a/0/c/1", "/a/1/0", "/e.f/h", "/e.f/h"]
    assert line_fields("a: [") == [""]
    assert line_fields("") == [""] or line_fields("") == []
    assert dotted("/a/0/b~1c/d.e") == "a[0].b/c.d\\.e"
    generator = random.Random(1)
    for _ in range(200):
        noise = "".join(generator.choice("ab:-[]{}\n '\"#&*|>") for _ in range(40))
        assert len(line_fields(noise)) == noise.count("\n") + (not noise.endswith("\n"))


def test_an_object_is_found_in_the_words_of_a_text() -> None:
    def row(number: int, target: str) -> dict[str, Any]:
        return {
            "line": number,
            "object": target,
            "field": "/kind",
            "template": "c/templates/t.yaml",
            "templateLine": number,
            "includes": [],
            "values": [],
        }

    targets = ["ClusterRole/system:web", "Service/web", "Service/web-side", "Pod/web"]
    lines = MappedLines({"version": 1, "lines": [row(at, target) for at, target in enumerate(targets, 1)]})
    for text, target in (
        ("ClusterRole system:web is too wide", "ClusterRole/system:web"),
        ("default/web-side /v1, Kind=Service", "Service/web-side"),
        ("Service web: no selector.", "Service/web"),
        ("Pod or Service web", ""),
        ("Service web or web-side", ""),
        ("web", ""),
        ("", ""),
    ):
        assert lines.named_in(text) == target, text
    whole = lines.of_object("ClusterRole", "")
    assert whole is not None and (whole.target, whole.field) == ("ClusterRole/system:web", "")
    assert lines.of_object("Service", "") is None and lines.of_object("Pod", "other") is None


def test_long_fields_and_messages_take_time_in_proportion(scanned: list[str], tmp_path: Path) -> None:
    from steersman.insight.annotate import annotated

    lines = MappedLines(json.loads((tmp_path / "map.json").read_text()))
    about = {"filename": "stdin", "kind": "Deployment", "name": "r-web", "status": "statusInvalid"}
    for message, path in (("- at '/spec" + "/" * 1_000_000 + "': x", ""), (" " * 1_000_000, "/x" * 500_000)):
        found = findings({"resources": [{**about, "msg": message, "validationErrors": [{"path": path, "msg": "m"}]}]})
        assert annotated(found, lines, lambda _file: True)[0].line is not None


def test_under_the_name_helm_there_is_no_such_command(steer: Run) -> None:
    assert 'unknown command "annotate"' in steer("annotate", "x").stderr
