"""Errors at their place: broken charts, the words on standard error, and each fix applied.

``broken.txt`` has the words for each chart of ``broken.py``; ``python -m tests.insight.test_failures`` writes it anew.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.insight.broken import CASES, HELPERS, Broken

EXPECTED = Path(__file__).with_name("broken.txt")


def sections() -> dict[str, str]:
    found = {}
    for part in EXPECTED.read_text().split("=== ")[1:]:
        name, _, text = part.partition("\n")
        found[name] = text
    return found


class Chart:
    """A broken chart on disk."""

    def __init__(self, folder: Path, case: Broken) -> None:
        self.folder = folder
        self.case = case
        self.texts = {
            "t": case.head + case.template,
            "values": case.values,
            "helpers": HELPERS,
            "given": case.given,
        }
        (folder / "web" / "templates").mkdir(parents=True)
        (folder / "web" / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
        if case.schema:
            (folder / "web" / "values.schema.json").write_text(case.schema)
        self.write()

    def write(self) -> None:
        (self.folder / "web" / "values.yaml").write_text(self.texts["values"])
        (self.folder / "web" / "templates" / "t.yaml").write_text(self.texts["t"])
        (self.folder / "web" / "templates" / "_helpers.tpl").write_text(self.texts["helpers"])
        (self.folder / "prod.yaml").write_text(self.texts["given"])

    def fix(self) -> None:
        """Do what the fix says."""
        file, wrong, right = self.case.edit
        assert wrong in self.texts[file]
        self.texts[file] = self.texts[file].replace(wrong, right, 1)
        self.write()

    def arguments(self) -> list[str]:
        return ["template", "web", "--no-values-check", *(["-f", "prod.yaml"] if self.case.given else [])]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_an_error_is_told_at_its_place_and_its_fix_is_true(own: Run, tmp_path: Path, case: Broken) -> None:
    chart = Chart(tmp_path, case)
    done = own(*chart.arguments())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == sections()[case.name]
    assert case.says in done.stderr.partition("fix: ")[2]
    chart.fix()
    done = own(*chart.arguments())
    assert (done.returncode, done.stderr) == (0, "")
    assert case.rendered in done.stdout


@pytest.mark.parametrize("name", ["absent-map", "colon-in-text", "unknown-include", "schema-type"])
def test_helms_words_come_first_and_stand_alone_under_its_name(
    steer: Run, helm: Run, tmp_path: Path, name: str
) -> None:
    chart = Chart(tmp_path, next(case for case in CASES if case.name == name))
    arguments = [word for word in chart.arguments() if word != "--no-values-check"]
    real = helm(*arguments).stderr
    assert steer(*arguments).stderr == real
    assert sections()[name].startswith(real.rstrip("\n"))


@pytest.mark.parametrize("name", ["absent-map", "colon-in-text", "unknown-include", "unknown-function", "schema-type"])
def test_a_program_that_says_its_terminal_is_dumb_reads_helms_words_alone(
    own: Run, helm: Run, tmp_path: Path, name: str
) -> None:
    chart = Chart(tmp_path, next(case for case in CASES if case.name == name))
    arguments = [word for word in chart.arguments() if word != "--no-values-check"]
    real = helm(*arguments).stderr
    assert real
    assert own(*arguments, env={"TERM": "dumb"}).stderr == real


def test_a_program_that_says_its_terminal_is_dumb_reads_no_notices(own: Run, tmp_path: Path) -> None:
    chart = Chart(tmp_path, next(case for case in CASES if case.name == "absent-map"))
    chart.texts.update(t="kind: A\ndata: {{ .Values.big }}\n", values="big: 1000000\n")
    chart.write()
    arguments = ("template", "web", "--set", "unread=1")
    names = [line.split("[")[-1] for line in own(*arguments).stderr.splitlines()]
    assert names == ["rewritten-number]", "unused-value]"]
    done = own(*arguments, env={"TERM": "dumb"})
    assert (done.returncode, done.stderr) == (0, "")


def after_helms_words(text: str) -> str:
    """Return the place and what follows it."""
    lines = text.splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.startswith(("       | ", "  got ")))
    return "".join(lines[first - 2 if lines[first].startswith(" " * 7) else first - 1 :])


@pytest.mark.parametrize("name", ["absent-map", "colon-in-text", "end-missing", "schema-type", "absent-in-include"])
def test_lint_and_explain_show_the_place_as_template_does(own: Run, steer: Run, tmp_path: Path, name: str) -> None:
    chart = Chart(tmp_path, next(case for case in CASES if case.name == name))
    told = after_helms_words(sections()[name])
    flags = chart.arguments()[3:]
    done = own("lint", "web", "--no-values-check", *flags)
    helms = steer("lint", "web", *flags)
    assert (done.returncode, done.stdout) == (1, helms.stdout)
    assert done.stderr == f"{helms.stderr}{told}"
    if name != "schema-type":  # explain leaves schemas out
        done = own("explain", "web", *flags)
        assert (done.returncode, done.stdout) == (1, "")
        assert after_helms_words(done.stderr) == told
        assert done.stderr.startswith(sections()[name].partition("\n\n")[0])
    assert own("lint", "web", *flags, env={"TERM": "dumb"}).stderr == helms.stderr


def test_lint_says_nothing_of_what_it_does_not_report(own: Run, tmp_path: Path) -> None:
    chart = Chart(tmp_path, next(case for case in CASES if case.name == "required"))
    (tmp_path / "web" / "templates" / "b.md").write_text("kind: A\n")
    done = own("lint", "web")
    assert "[ERROR] templates/b.md: file extension" in done.stdout
    assert done.stderr.splitlines() == [
        'level=WARN msg="missing required value" message="a host is needed"',
        "Error: 1 chart(s) linted, 1 chart(s) failed",
    ]
    chart.texts["t"] = "a: {{ .Values.b.c }}\n"
    chart.write()
    said = own("lint", "web", "web").stderr
    assert said.count("fix: b is not set; set it, or write (.Values.b).c where it may be absent\n") == 2


def test_includes_without_an_end_are_folded(own: Run, tmp_path: Path) -> None:
    chart = Chart(tmp_path, CASES[0])
    chart.texts.update(
        t='kind: {{ include "web.r" . }}\n',
        helpers='{{ define "web.r" }}{{ include "web.s" . }}{{ end }}\n{{ define "web.s" }}{{ include "web.r" . }}{{ end }}\n',
    )
    chart.write()
    said = own(*chart.arguments()).stderr
    calls = [line for line in said.splitlines() if line.endswith((" calls include", " more calls"))]
    assert len(calls) == 9
    assert calls[0] == "web/templates/t.yaml:1 calls include" and calls[4].startswith("... and ")


def test_there_is_a_chart_for_each_of_thirty_mistakes() -> None:
    assert len(CASES) >= 30 and len({case.name for case in CASES}) == len(CASES)
    assert set(sections()) == {case.name for case in CASES}


def test_an_install_tells_it_too(own: Run, tmp_path: Path) -> None:
    chart = Chart(tmp_path, next(case for case in CASES if case.name == "absent-map"))
    done = own("install", "rel", *chart.arguments()[1:], "--dry-run=client")
    assert "fix: db is not set" in done.stderr and "^^^" in done.stderr


def main() -> None:
    """Write the words of every case."""
    out = []
    for case in CASES:
        with tempfile.TemporaryDirectory() as place:
            chart = Chart(Path(place), case)
            program = str(Path(sys.executable).parent / "steer")
            environment = {**os.environ, "HOME": place, "KUBECONFIG": f"{place}/none"}
            done = subprocess.run(
                [program, *chart.arguments()], cwd=place, env=environment, capture_output=True, text=True
            )
            out.append(f"=== {case.name}\n{done.stderr}")
    EXPECTED.write_text("".join(out))


if __name__ == "__main__":
    main()
