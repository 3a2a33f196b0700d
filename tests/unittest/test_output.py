"""Output: snapshots, reports, text, and the command itself."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from steersman.action.unittest import UnittestOptions
from steersman.unittest.assertions.kinds import KINDS
from steersman.unittest.assertions.model import Failure
from steersman.unittest.fields import SuiteError
from steersman.unittest.patterns import suite_files
from steersman.unittest.reports.formats import FORMATS
from steersman.unittest.reports.model import Machine
from steersman.unittest.results import AssertionResult, SuiteResult, TemplateFailure, TestResult
from steersman.unittest.schema import suite_schema
from steersman.unittest.show import PLAIN, Paint, diff_lines, test_lines, test_text
from steersman.unittest.snapshots import SnapshotFile, read_file, write_file
from steersman.values.schemas.loading import Loader, read_json
from steersman.values.schemas.validator import Validator
from tests.conftest import Run
from tests.insight.charts import write_chart
from tests.services.terminal import on_terminal
from tests.unittest.charts import make_chart, read_junit, real_tool, run, verdicts, write_suite

if TYPE_CHECKING:
    from collections.abc import Callable

SNAPSHOTS = """\
suite: snapshots
templates: [deployment.yaml]
tests:
- it: is as stored
  asserts:
  - {matchSnapshot: {path: metadata}}
  - {matchSnapshot: {path: spec.ports}}
- it: another
  asserts: [{matchSnapshot: {path: kind}}]
"""
STORED = """\
another:
  1: |
    Deployment
is as stored:
  1: |
    labels:
      app.kubernetes.io/version: "4.5"
      empty: ""
    name: RELEASE-NAME-web
  2: |
    - name: http
      port: 80
    - name: metrics
      port: 9090
      protocol: TCP
    - 7
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    return make_chart(tmp_path)


def test_snapshots_are_stored_compared_and_stored_anew(chart: Path) -> None:
    write_suite(chart, SNAPSHOTS)
    first = run(chart)
    stored = chart / "tests" / "__snapshot__" / "a_test.yaml.snap"
    assert stored.read_text() == STORED
    assert first.suites[0].snapshots.created == 3
    assert verdicts(run(chart)) == {"is as stored": "pass", "another": "pass"}
    stored.write_text(STORED.replace("80", "81"))
    assert verdicts(run(chart)) == {"is as stored": "fail", "another": "pass"}
    assert stored.read_text() == STORED.replace("80", "81")
    assert run(chart, UnittestOptions(updates=True, workers=1)).passed
    assert stored.read_text() == STORED


def test_snapshots_of_tests_that_are_gone_are_removed(chart: Path) -> None:
    write_suite(chart, SNAPSHOTS)
    run(chart)
    write_suite(chart, SNAPSHOTS[: SNAPSHOTS.index("- it: another")])
    assert run(chart).suites[0].snapshots.vanished == 1
    assert "another" not in (chart / "tests" / "__snapshot__" / "a_test.yaml.snap").read_text()


def test_suites_of_one_file_share_snapshots_but_for_an_id(chart: Path) -> None:
    write_suite(chart, f"{SNAPSHOTS}---\n{SNAPSHOTS.replace('another', 'third')}---\nsnapshotId: x\n{SNAPSHOTS}")
    run(chart)
    folder = chart / "tests" / "__snapshot__"
    assert sorted(path.name for path in folder.iterdir()) == ["a_test.yaml.snap", "a_test.yaml_x.snap"]
    assert set(read_file((folder / "a_test.yaml.snap").read_text())) == {"is as stored", "another", "third"}


def test_a_file_of_snapshots_that_is_broken_fails_its_suite(chart: Path) -> None:
    write_suite(chart, SNAPSHOTS)
    (chart / "tests" / "__snapshot__").mkdir()
    (chart / "tests" / "__snapshot__" / "a_test.yaml.snap").write_text("a: [")
    result = run(chart)
    assert not result.passed
    assert "a_test.yaml.snap" in (result.suites[0].error or "")


def test_the_format_of_snapshots() -> None:
    entries = {"it: has\nlines": {10: "a: 1\n", 2: '"x"\n'}, "yes": {1: "|\n  b\n"}, "": {1: "c\n"}}
    assert read_file(write_file(entries)) == entries
    assert write_file({}) == "{}\n"
    for broken in ("[]", "a: 1", "a: {x: y}", "a: {1: 2}"):
        with pytest.raises(SuiteError):
            read_file(broken)


def test_line_feeds_at_the_beginning_are_left_out_of_snapshots() -> None:
    assert SnapshotFile({}).compare("t", 1, {"a": "\n\nb"}).current == "a: b\n"


FAILED = AssertionResult(
    0,
    "equal",
    False,
    False,
    (TemplateFailure("web/templates/a.yaml", Failure("differ", "a.b", 0, "x: 1\ny: 2", "x: 1\ny: 3", True), 7),),
)
SUITES = [
    SuiteResult(
        "group/suite <1>\n",
        "tests/a_test.yaml",
        (
            TestResult("good", passed=True, seconds=0.5),
            TestResult("bad", assertions=(FAILED,)),
            TestResult("left out", skip="later"),
            TestResult("broken", error="no & such ]]> file\x00"),
        ),
    ),
    SuiteResult("", "tests/b_test.yaml", error="not to be read"),
]
MACHINE = Machine("2026-01-02", "03:04:05", "host", "me", "/work", "python", "en")


@pytest.mark.parametrize("name", FORMATS)
def test_reports_can_be_read_and_count(name: str) -> None:
    root = ElementTree.fromstring(FORMATS[name](SUITES, MACHINE))
    text = ElementTree.tostring(root, encoding="unicode")
    for word in ("good", "bad", "left out", "broken", "no &amp; such ]]&gt; file\ufffd"):
        assert word in text


def test_the_report_of_junit() -> None:
    text = FORMATS["JUnit"](SUITES, MACHINE)
    assert read_junit(text) == {"good": "pass", "bad": "fail", "left out": "skip", "broken": "error"}
    suite = ElementTree.fromstring(text)[0]
    assert suite.attrib == {
        "id": "0", "tests": "4", "failures": "1", "errors": "1", "package": "", "time": "0.500",
        "name": "group/suite <1>\n", "timestamp": "2026-01-02T03:04:05", "hostname": "host",
    }  # fmt: skip
    assert suite.findall("testcase")[0].attrib == {"classname": "suite <1>\n", "name": "good", "time": "0.500"}


def test_the_other_reports() -> None:
    nunit = ElementTree.fromstring(FORMATS["NUnit"](SUITES, MACHINE))
    assert {k: nunit.attrib[k] for k in ("total", "errors", "failures", "skipped")} == {
        "total": "5", "errors": "2", "failures": "1", "skipped": "1",
    }  # fmt: skip
    assert [case.get("result") for case in nunit.iter("test-case")] == ["Success", "Failed", "Skipped", "Failed"]
    xunit = ElementTree.fromstring(FORMATS["XUnit"](SUITES, MACHINE))
    assert [case.get("result") for case in xunit.iter("test")] == ["Pass", "Fail", "Skip", "Fail"]
    assert [a.get("errors") for a in xunit] == ["1", "1"]
    sonar = ElementTree.fromstring(FORMATS["Sonar"](SUITES, MACHINE))
    assert [case[0].tag if len(case) else "" for case in sonar.iter("testCase")] == ["", "failure", "skipped", "error"]


def test_a_failure_is_shown_as_a_diff_with_its_place() -> None:
    lines = list(test_lines(SUITES[0].tests[1], PLAIN))
    assert "  template: web/templates/a.yaml" in lines
    assert "  document: 0 (line 7 of what is rendered)" in lines
    assert lines[-3:] == ["   x: 1", "  -y: 2", "  +y: 3"]
    assert "\x1b[31m-y: 2\x1b[0m" in "\n".join(test_lines(SUITES[0].tests[1], Paint(True)))


def test_files_that_patterns_find(tmp_path: Path) -> None:
    for name in ("a_test.yaml", "x/b_test.yaml", "x/y/c_test.yaml", "x/d.yaml"):
        (tmp_path / "web" / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / "tests" / name).touch()

    def found(*patterns: str) -> list[str]:
        chart = str(tmp_path / "web")
        return [path.removeprefix(f"{chart}/tests/") for path in suite_files(chart, patterns)]

    assert found("tests/*_test.yaml") == ["a_test.yaml"]
    assert found("./tests/**/*_test.yaml") == ["a_test.yaml", "x/b_test.yaml", "x/y/c_test.yaml"]
    assert found("tests/*_test.yaml", "tests/*_test.yaml") == ["a_test.yaml"]
    assert found("tests/*_test.yaml", "tests/a*", "gone/*") == ["a_test.yaml", "a_test.yaml"]
    assert found("/abs/x.yaml") == ["/abs/x.yaml"]
    assert found("tests/[x]/*.yaml") == ["x/b_test.yaml", "x/d.yaml"]
    assert found("tests/**/**/b*") == ["x/b_test.yaml"]


SMALL = "suite: {name}\ntests:\n- it: x\n  template: t.yaml\n  asserts: [{{exists: {{path: a}}}}]\n"


# a pattern that contains the chart's path is a path of its own; the path of a subchart is clean
PATTERNS: list[tuple[str, str, list[str]]] = [
    ("web", "tests/*", ["web", "db"]),
    ("./web", "tests/*", ["web", "db"]),
    ("web", "web/tests/*", ["web"]),
    ("./web", "web/tests/*", []),
    ("./web", "./web/tests/*", ["web"]),
    ("web", "web/charts/db/tests/*", ["db", "db"]),
    ("./web", "web/charts/db/tests/*", ["db"]),
    ("web/", "web/charts/db/tests/*", ["db"]),
    ("./web", "./web/charts/db/tests/*", ["db", "db"]),
    ("web", "charts/db/tests/*", ["db"]),
    (".", "charts/db/tests/*", ["db", "db"]),
    (".", "./tests/*", ["web", "db"]),
    (".", "../web/tests/*", ["web"]),
    ("../web", "../web/charts/*/tests/*", ["db"]),
    ("./web", "**/**/*_test.yaml", ["db", "web", "db"]),
]


@pytest.fixture
def at_charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write a chart with a subchart, each with a suite of its name; return what goes to where a path leads to it."""
    folder = write_chart(tmp_path / "web", t="a: 1\n")
    for one in (folder, write_chart(folder / "charts" / "db", t="a: 1\n")):
        write_suite(one, SMALL.format(name=one.name))
    return lambda given: monkeypatch.chdir(folder if given in (".", "../web") else tmp_path)


@pytest.mark.parametrize(("given", "pattern", "expected"), PATTERNS)
def test_patterns_with_the_path_of_a_subchart(
    at_charts: Callable[[str], None], given: str, pattern: str, expected: list[str]
) -> None:
    at_charts(given)
    result = run(Path(given), UnittestOptions(files=(pattern,), workers=1), path=given)
    assert [suite.name for suite in result.suites] == expected


@pytest.mark.parametrize(("given", "pattern", "expected"), PATTERNS)
def test_the_real_tool_finds_the_same_with_patterns(
    at_charts: Callable[[str], None], tmp_path: Path, given: str, pattern: str, expected: list[str]
) -> None:
    at_charts(given)
    report = tmp_path / "report.xml"
    line = [real_tool(), "-t", "JUnit", "-o", str(report), "-f", pattern, given]
    subprocess.run(line, capture_output=True, check=False)
    assert [suite.get("name") for suite in ElementTree.parse(report).iter("testsuite")] == expected


def test_an_empty_pattern_is_the_folder_of_the_chart_which_is_not_a_suite(chart: Path) -> None:
    result = run(chart, UnittestOptions(files=("",), workers=1))
    assert result.error is not None and "is a directory" in result.error


def failures(suite: object) -> int:
    validator = Validator(read_json(json.dumps(suite_schema()).encode()), Loader(None, None, set()).load)
    return len(validator.failures(suite))


def test_the_schema_knows_every_kind_and_refuses_slips() -> None:
    good = {
        "suite": "x",
        "templates": ["a"],
        "tests": [{"it": "y", "set": {"a": 1}, "asserts": [{"isKind": {"of": "A"}, "not": True}]}],
    }
    assert set(suite_schema()["definitions"]["assertion"]["properties"]) >= set(KINDS)
    assert failures(good) == 0
    assert failures({**good, "template": "a"})
    assert failures({**good, "tests": []})
    assert failures({"tests": [{"asserts": [{"isKind": {"off": "A"}}]}]})
    assert failures({"tests": [{"asserts": [{"isKind": {"of": "A"}, "exists": {"path": "a"}}]}]})


def steer(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("steer")
    return subprocess.run([str(program), *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_the_command(chart: Path) -> None:
    write_suite(chart, SNAPSHOTS + "- it: fails\n  asserts: [{isKind: {of: Pod}}]\n")
    done = steer("unittest", "web", "-t", "junit", "-o", "out/report.xml", cwd=chart.parent)
    assert done.returncode == 1, done.stderr
    assert "FAIL  snapshots\tweb/tests/a_test.yaml" in done.stdout
    assert "Tests:       1 failed, 2 passed, 3 total" in done.stdout
    assert read_junit((chart.parent / "out" / "report.xml").read_text())["fails"] == "fail"
    assert "\x1b[31m" in steer("unittest", "--color", "web", cwd=chart.parent).stdout
    assert "\x1b[" not in steer("unittest", "--color=false", "web", cwd=chart.parent).stdout
    assert steer("unittest", "gone", cwd=chart.parent).returncode == 1
    assert "must be one of" in steer("unittest", "web", "-o", "x", "-t", "y", cwd=chart.parent).stderr
    assert steer("unittest", cwd=chart.parent).returncode == 1
    assert json.loads(steer("unittest", "--schema", cwd=chart.parent).stdout) == suite_schema()


def test_the_command_runs_again_when_a_file_changes(chart: Path) -> None:
    write_suite(chart, SNAPSHOTS)
    program = Path(sys.executable).with_name("steer")
    process = subprocess.Popen(
        [str(program), "unittest", "--watch", "web"], cwd=chart.parent, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    guard = threading.Timer(60, process.kill)
    guard.start()
    counts = []
    for line in process.stdout:
        if line.startswith("Tests:"):
            counts.append(line.split()[1])
        if line.startswith("waiting") and len(counts) == 1:
            write_suite(chart, SNAPSHOTS[: SNAPSHOTS.index("- it: another")])
        elif line.startswith("waiting"):
            break
    process.kill()
    process.communicate()
    guard.cancel()
    assert counts == ["2", "1"]


def test_of_long_lines_an_excerpt_is_shown_around_the_difference() -> None:
    expected, actual = f"a\n{'x' * 5000}NEEDLE{'y' * 5000}\nb", f"a\n{'x' * 5000}needle{'y' * 5000}\nb"
    shown = list(diff_lines(expected, actual, PLAIN))
    assert shown[2] == " a" and shown[-1] == " b"
    removed, added = shown[3:5]
    assert removed == f"-…{'x' * 40}NEEDLE{'y' * 114}… (from character 4961 of 10006)"
    assert added.startswith(f"+…{'x' * 40}needle")


def test_long_lines_that_differ_at_the_end_at_the_beginning_or_in_length() -> None:
    same = "x" * 1000
    assert list(diff_lines(f"{same}a", f"{same}b", PLAIN))[-1] == f"+…{'x' * 159}b (from character 842 of 1001)"
    assert list(diff_lines(f"a{same}", "b", PLAIN))[2:] == [f"-a{'x' * 159}… (1001 characters)", "+b"]
    assert list(diff_lines(same, f"{same}\n{same}", PLAIN))[2:] == [
        f" {'x' * 160}… (1000 characters)",
        f"+{'x' * 160}… (1000 characters)",
    ]


def test_a_long_value_without_a_difference(chart: Path) -> None:
    write_suite(
        chart,
        "suite: s\ntemplates: [deployment.yaml]\ntests:\n- it: t\n"
        f"  set: {{secret: {'x' * 3000}}}\n  asserts: [{{matchRegex: {{path: spec.secret, pattern: ^a}}}}]\n",
    )
    (test,) = run(chart).suites[0].tests
    lines = test_text(test).splitlines()
    assert max(map(len, lines)) < 260 and any("… (4000 characters)" in line for line in lines)


def test_one_snapshot_that_differs_is_not_several(own: Run, chart: Path) -> None:
    write_suite(chart, SNAPSHOTS)
    stored = chart / "tests" / "__snapshot__" / "a_test.yaml.snap"
    stored.parent.mkdir()
    stored.write_text(STORED.replace("port: 80", "port: 81"))
    assert "\n1 snapshot differs; look at the changes" in own("unittest", "web").stdout
    stored.write_text(STORED.replace("port: 80", "port: 81").replace("Deployment", "Pod"))
    assert "\n2 snapshots differ; look at the changes" in own("unittest", "web").stdout


def test_a_suite_that_cannot_be_read_is_an_error_in_the_summary(own: Run, chart: Path) -> None:
    write_suite(chart, "suite: x\ntests:\n- it: {")
    done = own("unittest", "web")
    assert done.returncode == 1
    assert (
        "Error: web/tests/a_test.yaml: yaml: line 3: did not find expected node content\n"
        "  no suite of this chart has run\n"
        "\nCharts:      1 errored, 0 passed, 1 total\nTest Suites: 0 passed, 0 total\n"
    ) in done.stdout


def test_a_file_of_snapshots_that_cannot_be_read_is_an_error_in_the_summary(own: Run, chart: Path) -> None:
    write_suite(chart, SNAPSHOTS)
    (chart / "tests" / "__snapshot__").mkdir()
    (chart / "tests" / "__snapshot__" / "a_test.yaml.snap").write_text("- x\n")
    done = own("unittest", "web")
    assert done.returncode == 1
    assert "Test Suites: 1 errored, 0 passed, 1 total\n" in done.stdout


def test_a_pattern_that_finds_nothing_is_reported(own: Run, chart: Path) -> None:
    done = own("unittest", "web", "-f", "gone/*.yaml")
    assert done.returncode == 0
    assert "Warning: no suite was found: no file matches gone/*.yaml\n" in done.stdout


SEQUENCES = """\
suite: "a\\e[31mb"
templates: [deployment.yaml]
tests:
- it: "c\\e]0;title\\ad\\te"
  asserts: [{isKind: {of: "x\\e[2J"}}, {equal: {path: spec.on, value: {"k\\e[8m": 1}}}]
"""


def test_control_characters_in_suites_are_escaped_on_a_terminal(
    own: Run, environment: dict[str, str], chart: Path
) -> None:
    write_suite(chart, SEQUENCES)
    own("version")
    folder = chart.parent
    code, shown = on_terminal([str(folder / "bin" / "steer"), "unittest", "web"], environment, folder)
    text = shown.decode().replace("\r\n", "\n")
    assert code == 1
    assert "\x1b[31mFAIL\x1b[0m  \x1b[1ma\\x1b[31mb\x1b[0m\t" in text  # colors are the program's own
    assert "\x1b[31mc\\x1b]0;title\\x07d\te\x1b[0m\n" in text
    assert "kind should be x\\x1b[2J\n" in text and "k\\e[8m" in text
    assert "\x1b[31m1 failed\x1b[0m, 0 passed, 1 total" in text
    assert "a\x1b[31mb\tweb/tests" in own("unittest", "web").stdout  # a pipe gets every byte


def test_control_characters_in_coverage_and_generated_values_are_escaped_on_a_terminal(
    own: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    chart = write_chart(tmp_path / "web", values='"v\\e[2J": false\n', t="kind: A\n")
    (chart / "templates" / "x\x1b[2J.yaml").write_text('{{ if index .Values "v\\x1b[2J" }}{{ .Values.a.b }}{{ end }}\n')
    (chart / "values.schema.json").write_text('{"properties": {"v\\u001b[2J": {"type": "boolean"}}}')
    own("version")
    program = str(tmp_path / "bin" / "steer")
    code, shown = on_terminal([program, "unittest", "web", "--coverage", "--generate", "5"], environment, tmp_path)
    assert code == 1
    assert b"\nCoverage of web" in shown and b"templates/x\\x1b[2J.yaml" in shown
    assert b"not-rendered: web/templates/x\\x1b[2J.yaml:1\x1b[0m" in shown
    assert b"\x1b[2J" not in shown
