"""The output of a run: the table, JUnit's format, GitHub's annotations and summary."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from steersman.action.ci.github import summary, workflow_commands
from steersman.action.ci.model import ChartRun, CiResult, Problem, Stage, stage_of
from steersman.cli.terminal.ci import details
from tests.ci.repository import SUITE, Repository
from tests.services.terminal import on_terminal

GITHUB = {"GITHUB_ACTIONS": "true"}


@pytest.fixture
def broken(repository: Repository) -> Repository:
    """A repository with a chart that fails and one that passes."""
    repository.chart("charts/db", "0.2.0")
    repository.write("charts/db/tests/deployment_test.yaml", SUITE)
    repository.write("charts/web/templates/config.yaml", 'a: {{ include "100%\\n::error::x" . }}\n')
    repository.commit()
    return repository


def test_one_table_and_what_failed_under_it(broken: Repository) -> None:
    done = broken.ci()
    assert (done.returncode, done.stderr) == (1, "")
    table, failed = done.stdout.split("\n\n", 1)
    rows = [re.split(r"\s{2,}|\t", line.replace(" \t", "\t").strip()) for line in table.splitlines()]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["CHART", "VERSION", "LINT", "CHECK", "UNITTEST", "COVERAGE", "INSTALL"],
        ["charts/db", "0.1.0 -> 0.2.0", "ok", "ok", "1/1", "100 %", "ok"],
        ["charts/web", "FAIL", "FAIL", "FAIL", "-", "-", "-"],
    ]
    assert failed.startswith("charts/web\n  version failed\n    charts/web/Chart.yaml:3: the chart has changed")
    assert "\n    charts/web/templates/config.yaml:1: " in failed
    assert re.search(r"\n2 charts: 1 failed, 1 warning \(-v shows it\) in \d+\.\d s\n$", failed)


def test_warnings_and_reasons_are_shown_on_request(broken: Repository) -> None:
    assert "not run" not in broken.ci().stdout
    shown = broken.ci("-v").stdout
    assert "  unittest not run: there are no suites (tests/*_test.yaml)\n" in shown
    assert "  install not run: lint failed\n" in shown


def test_progress_and_colors_on_a_terminal(broken: Repository, environment: dict[str, str]) -> None:
    program = str(broken.folder.parent / "bin" / "steer")
    on = {**environment, "TERM": "xterm"}
    code, shown = on_terminal([program, "ci", "--jobs", "1"], on, broken.folder)
    text = shown.decode()
    assert code == 1
    assert "\r\x1b[Kcharts/db: lint …\r" in text and "\r\x1b[Kcharts/db: install …\r" in text
    assert "\r\x1b[K1 of 2 charts tested …\r\r\x1b[Kcharts/web: version …\r" in text
    assert "\x1b[1;31mFAIL\x1b[0m" in text and "\x1b[32mok\x1b[0m" in text
    # the line is wiped before the table, and nothing of it stays
    assert text.rindex("\r\x1b[K") < text.index("CHART")


def test_a_report_in_junits_format(broken: Repository) -> None:
    assert broken.ci("--junit", "out/report.xml").returncode == 1
    root = ElementTree.fromstring((broken.folder / "out/report.xml").read_text())
    db, web = root.iter("testsuite")
    assert (db.get("name"), db.get("failures"), web.get("failures")) == ("charts/db", "0", "3")
    assert int(db.get("tests") or "") == len(list(db.iter("testcase")))
    lint = next(case for case in web.iter("testcase") if case.get("name") == "lint")
    failure = lint.find("failure")
    assert failure is not None and "charts/web/templates/config.yaml:1: " in (failure.text or "")
    skipped = next(case for case in web.iter("testcase") if case.get("name") == "install").find("skipped")
    assert skipped is not None and skipped.get("message") == "lint failed"
    done = broken.ci("--junit", "charts/web/Chart.yaml/report.xml")
    assert done.returncode == 2 and "not a directory" in done.stderr


def test_annotations_in_github_actions(broken: Repository) -> None:
    assert "::error" not in re.sub(r"(?m)^ .*$", "", broken.ci().stdout)
    done = broken.ci(env=GITHUB)
    lines = done.stdout.splitlines()
    # GitHub takes no commands from what charts print
    token = lines[0].removeprefix("::stop-commands::")
    assert len(token) == 32
    end = lines.index(f"::{token}::")
    commands = lines[end + 1 :]
    assert commands[0].startswith(
        "::error file=charts/web/Chart.yaml,line=3,title=charts/web%3A version::the chart has changed"
    )
    lint = next(line for line in commands if "web%3A lint" in line)
    assert lint.startswith("::error file=charts/web/templates/config.yaml,line=1,title=charts/web%3A lint::")
    assert any("100%25%0A::error::x" in line for line in commands)
    assert [line.partition(" ")[0] for line in commands] == [*["::error"] * (len(commands) - 1), "::warning"]
    assert "::error file=" in broken.ci("--annotations").stdout
    assert "::error file=" not in broken.ci("--annotations=false", env=GITHUB).stdout
    data = broken.ci("-o", "json", env=GITHUB)
    assert data.stdout.startswith("{") and data.stdout.count("\n") == 1
    assert data.stderr.startswith("::error file=")


def test_the_paths_of_annotations_begin_at_the_workspace(broken: Repository) -> None:
    env = {**GITHUB, "GITHUB_WORKSPACE": str(broken.folder)}
    done = broken.ci("--chart-dirs", ".", cwd=broken.folder / "charts", env=env)
    assert "::error file=charts/web/Chart.yaml,line=3,title=web%3A version::" in done.stdout


def test_the_jobs_summary(broken: Repository, tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("# before\n")
    broken.ci(env={**GITHUB, "GITHUB_STEP_SUMMARY": str(path)})
    text = path.read_text()
    assert text.startswith("# before\n### Charts\n\n| CHART | VERSION | LINT |")
    assert "| charts/db | 0.1.0 -> 0.2.0 | ✅ | ✅ | 1/1 | 100 % | ✅ |\n" in text
    assert "| charts/web | ❌ | ❌ | ❌ | - | - | - |\n" in text
    assert "#### charts/web: version\n\n```text\ncharts/web/Chart.yaml:3: the chart has changed" in text
    done = broken.ci(env={**GITHUB, "GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert done.returncode == 1 and done.stderr.startswith("warning: the summary: ")


def run_with(*problems: Problem, path: str = "charts/web") -> CiResult:
    return CiResult((ChartRun(path, "web", "1.0.0", stages=(stage_of("lint", list(problems)),)),))


def test_what_workflow_commands_and_markdown_could_take_for_their_own() -> None:
    odd = "a%b\r\nc:d,e"
    result = run_with(Problem("`|<b>|` ```\n````", f"charts/{odd}.yaml", 3, cases=("ci/a.yaml",)), path=f"x|{odd}")
    (line,) = workflow_commands(result, "")
    assert line == (
        "::error file=charts/a%25b%0D%0Ac%3Ad%2Ce.yaml,line=3,title=x|a%25b%0D%0Ac%3Ad%2Ce%3A lint::"
        "`|<b>|` ```%0A```` (with ci/a.yaml)"
    )
    text = summary(result, [["CHART"], ["a|<b>`*"]])
    assert "| a\\|&lt;b>\\`\\* |" in text
    assert "\n`````text\n" in text  # a fence that the text cannot close


def test_errors_come_before_warnings_and_without_a_file_the_chart_is_named() -> None:
    result = run_with(Problem("later", severity="warning"), Problem("first"))
    assert list(workflow_commands(result, ".")) == [
        "::error file=charts/web/Chart.yaml,title=charts/web%3A lint::first",
        "::warning file=charts/web/Chart.yaml,title=charts/web%3A lint::later",
    ]


def test_without_a_file_the_one_values_file_that_shows_it_is_named() -> None:
    one, two = ("ci/a-values.yaml",), ("ci/a-values.yaml", "ci/b-values.yaml")
    lines = list(workflow_commands(run_with(Problem("first", cases=one), Problem("later", cases=two)), "."))
    assert [line.partition("file=")[2].partition(",")[0] for line in lines] == [
        "charts/web/ci/a-values.yaml",
        "charts/web/Chart.yaml",
    ]


def test_a_summary_is_not_larger_than_github_takes() -> None:
    problems = [Problem(f"{number} " + "ü" * 20_000) for number in range(40)]
    text = summary(run_with(*problems), [["CHART"], ["web"]])
    assert len(text.encode()) < 1_000_000 and text.endswith("… the rest is in the log\n")


def test_of_a_long_message_the_first_lines_are_shown() -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    lines = list(details(run_with(Problem(text, detail=text)), lambda text, _color: text, with_warnings=False))
    assert lines.count("      ... and 60 more lines") == 2 and len(lines) == 85


def test_problems_that_differ_in_their_values_alone_are_one() -> None:
    stage: Stage = stage_of("lint", [Problem("a", cases=("x",)), Problem("a", cases=("y",)), Problem("b")])
    assert [(one.message, one.cases) for one in stage.problems] == [("a", ("x", "y")), ("b", ())]
