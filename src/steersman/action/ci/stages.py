"""The stages of a chart that need no cluster: version, maintainers, dependencies, schema, lint, check and suites."""

from __future__ import annotations

import os
import re
from functools import cached_property

from steersman.action.bounded_file import read_bounded
from steersman.action.check import CheckOptions, check, yaml_line
from steersman.action.ci import model
from steersman.action.ci.model import WARNING, Problem, skipped, stage_of
from steersman.chart.loader import load_chart
from steersman.errors import ChartError, SteerError
from steersman.record import Record
from steersman.runtime.programs import executable
from steersman.semver import InvalidVersion, Version
from steersman.values.sources import Sources, collect
from steersman.yamlio import load as load_yaml
from steersman.yamlio.errors import YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.action.ci.model import Stage
    from steersman.chart.model import Chart
    from steersman.coverage.least import Least
    from steersman.engine.capabilities import KubeVersion
    from steersman.rendering import World
    from steersman.unittest.results import SuiteResult, TestResult
    from steersman.unittest.suite import Program

DEFAULTS = "the defaults"
_UNREADABLE = "the chart cannot be read"
_MOST_BYTES = 64 * 1024 * 1024  # of one file of a chart
_SCHEMA_NAME = "values.schema.json"


class Case(Record):
    """One of a chart's ci values files; ``path`` is ``""`` for the defaults."""

    name: str
    path: str = ""


class Subject:
    """A chart on this disk.

    Args:
        path: of its folder, from the current one.

    Attributes:
        path: the same.
        facts: what its Chart.yaml says, without a look at the rest.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.yaml_path = os.path.join(path, "Chart.yaml")
        self.facts = chart_facts(read_bounded(self.yaml_path, _MOST_BYTES, ChartError), self.yaml_path)

    @property
    def name(self) -> str:
        return str(self.facts.get("name") or os.path.basename(os.path.abspath(self.path)))

    @property
    def version(self) -> str:
        return str(self.facts.get("version") or "")

    @cached_property
    def chart(self) -> Chart:
        """The chart, loaded once. Raises ChartError with Helm's message."""
        return load_chart(self.path)

    @property
    def loads(self) -> bool:
        """Whether the chart can be read; why not is for the linter to say."""
        try:
            return self.chart is not None
        except SteerError:
            return False

    @cached_property
    def cases(self) -> list[Case]:
        """The files ``ci/*-values.yaml``, or the defaults where there are none, as chart-testing has it."""
        folder = os.path.join(self.path, "ci")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        found = [Case(f"ci/{name}", os.path.join(folder, name)) for name in names if name.endswith("-values.yaml")]
        return found or [Case(DEFAULTS)]

    def values(self, case: Case, extra: Sources) -> dict[str, Any]:
        """Return the values of a case, those of flags over them.

        Raises:
            ValuesError: with Helm's message.
        """
        files = (*([case.path] if case.path else []), *extra.files)
        whole = Sources(files, extra.json, extra.sets, extra.strings, extra.set_files, extra.literals)
        return collect(whole, lambda path: read_bounded(path, _MOST_BYTES, ChartError))

    def line_of(self, key: str) -> int:
        """Return the line of a top-level key of Chart.yaml, or 1."""
        with open(self.yaml_path, encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if re.match(rf"['\"]?{key}['\"]?\s*:", line):
                    return number
        return 1

    def problem(self, error: SteerError | str, case: str = "", severity: str = model.ERROR) -> Problem:
        """Return an error as a problem, with the file and the line of the chart that its text names."""
        message = str(error)
        # the last place is the innermost: where the failing include was, not who included it
        places = re.findall(rf"(?:^|[\s(\"]){re.escape(self.name)}/([\w./-]+\.\w+):(\d+)", message)
        there = [(file, line) for file, line in places if os.path.isfile(os.path.join(self.path, file))]
        file, line = (os.path.join(self.path, there[-1][0]), int(there[-1][1])) if there else self._named_file(message)
        cases = (case,) if case and case != DEFAULTS else ()
        return Problem(message, file, line, severity, cases, getattr(error, "detail", ""))

    def _named_file(self, message: str) -> tuple[str, int]:
        """Return the file of the chart that a text names without a line, and the line of YAML that it names."""
        for found in re.finditer(r"(?<![\w./-])[\w./-]+\.\w+", message):
            name = found[0].removeprefix(f"{self.path}/").removeprefix(f"{self.name}/")
            file = os.path.join(self.path, name)
            if not os.path.isabs(name) and os.path.isfile(file):
                # the lines of a template's YAML are those of what is rendered
                return file, 0 if name.startswith("templates/") else yaml_line(message)
        return "", 0


class LintSettings(Record):
    """Options of the linter and of ``steer check``.

    Attributes:
        strict: whether warnings of the linter fail.
        values: what ``helm-lint-extra-args`` put over the values.
        crds: folders and files with custom resource definitions.
        kube: the version of Kubernetes to check for.
    """

    kube: KubeVersion
    strict: bool = False
    values: Sources = Sources()
    crds: tuple[str, ...] = ()


class SuiteSettings(Record):
    """Options of suites.

    Attributes:
        files: patterns of suite files.
        least: the least coverage.
        workers: how many processes.
        post_render: runs a program on a text.
    """

    files: tuple[str, ...]
    least: Least
    workers: int
    post_render: Callable[[Program, str], str]


def chart_facts(data: bytes, path: str) -> dict[str, Any]:
    """Return what a Chart.yaml says.

    Raises:
        ChartError: when it is not a map in YAML.
    """
    try:
        facts = load_yaml(data)
    except YamlError as error:
        raise ChartError(f"{path}: {error}") from error
    if not isinstance(facts, dict):
        raise ChartError(f"{path} is not a map")
    return facts


def version_stage(subject: Subject, old: str) -> Stage:
    """Compare the version with that of the old revision, ``""`` for a new chart."""
    if not old:
        return stage_of(model.VERSION, [], "new")
    line = subject.line_of("version")
    try:
        is_higher = Version.parse(subject.version).compare(Version.parse(old)) > 0
    except InvalidVersion as error:
        return stage_of(model.VERSION, [Problem(f"version: {error}", subject.yaml_path, line)])
    if is_higher:
        return stage_of(model.VERSION, [], f"{old} -> {subject.version}")
    message = f"the chart has changed, but its version has not increased: {subject.version}, before {old}"
    return stage_of(model.VERSION, [Problem(message, subject.yaml_path, line)], subject.version)


def maintainers_stage(subject: Subject, is_account: Callable[[str], str]) -> Stage:
    """Check the maintainers; ``is_account`` returns why a name is not an account, or ``""``."""
    maintainers = subject.facts.get("maintainers") or []
    line = subject.line_of("maintainers")
    messages: list[str] = []
    if subject.facts.get("deprecated"):
        messages += ["a deprecated chart must not have maintainers"] if maintainers else []
    elif not maintainers:
        messages.append("the chart has no maintainers")
    else:
        names = [one.get("name") if isinstance(one, dict) else None for one in maintainers]
        for name in names:
            reason = is_account(str(name)) if name else "a maintainer has no name"
            messages += [reason] if reason else []
    return stage_of(model.MAINTAINERS, [Problem(text, subject.yaml_path, line) for text in messages])


def dependencies_stage(subject: Subject, build: Callable[[str], None]) -> Stage:
    """Fetch the dependencies into ``charts/``."""
    wanted = subject.facts.get("dependencies")
    if not wanted and os.path.exists(os.path.join(subject.path, "requirements.yaml")):
        wanted = [{}]
    if not wanted:
        return skipped(model.DEPENDENCIES, "it has none")
    try:
        build(subject.path)
    except SteerError as error:
        problem = Problem(
            str(error), subject.yaml_path, subject.line_of("dependencies"), detail=error.detail or error.hint
        )
        return stage_of(model.DEPENDENCIES, [problem])
    return stage_of(model.DEPENDENCIES, [], str(len(wanted)))


def schema_stage(subject: Subject, settings: LintSettings, world: World) -> Stage:
    """Check the values of each case against the schemas of the chart and its subcharts."""
    from steersman.rendering import RenderOptions, merged_values, take_part

    if not subject.loads:
        return skipped(model.SCHEMA, _UNREADABLE)
    if all(one.schema is None for one in subject.chart.walk()):
        return skipped(model.SCHEMA, f"it has no {_SCHEMA_NAME}")
    problems: list[Problem] = []
    for case in subject.cases:
        try:
            source = take_part(subject.chart, subject.values(case, settings.values), _silent)
            merged_values(source, world, RenderOptions())
        except SteerError as error:
            problems += _refused(subject, case, error)
    return stage_of(model.SCHEMA, problems)


def _refused(subject: Subject, case: Case, error: SteerError) -> Iterator[Problem]:
    """Yield a problem for each violation, at the line of the file that has the value."""
    from steersman.insight.origins import LineFinder
    from steersman.values.errors import SchemaViolation

    cases = (case.name,) if case.path else ()
    if not isinstance(error, SchemaViolation) or not error.refused:
        yield subject.problem(error, case.name)
        return
    files = [path for path in (case.path, os.path.join(subject.path, "values.yaml")) if path and os.path.isfile(path)]
    texts = [(path, read_bounded(path, _MOST_BYTES, ChartError)) for path in files]
    finder = LineFinder()
    for one in error.refused:
        path = tuple(part.replace("~1", "/").replace("~0", "~") for part in one.pointer.split("/")[1:])
        line, file = 0, os.path.join(subject.path, _SCHEMA_NAME)
        # the value itself, or the closest map around it that a file has
        for end in range(len(path), 0, -1):
            found = [(name, at) for name, data in texts if (at := finder.of(data, path[:end]))]
            if found:
                file, line = found[0]
                break
        where = f"{one.pointer}: " if one.pointer else ""
        yield Problem(f"{where}{one.message} (schema of {one.chart})", file, line, cases=cases)


def lint_stage(subject: Subject, settings: LintSettings, world: World) -> Stage:
    """Lint with each case; the schema has a stage of its own."""
    from steersman.action.lint import lint
    from steersman.linting.findings import ERROR as LINT_ERROR
    from steersman.linting.findings import INFO
    from steersman.linting.subject import LintOptions

    problems: list[Problem] = []
    for case in subject.cases:
        try:
            values = subject.values(case, settings.values)
        except SteerError as error:
            problems.append(subject.problem(error, case.name))
            continue
        result = lint(subject.path, LintOptions(values, "default", world, skip_schema=True), strict=settings.strict)
        problems += [subject.problem(text, case.name) for text in (() if result.findings else result.errors)]
        for one in result.findings:
            if one.severity > INFO:
                fails = one.severity >= LINT_ERROR or settings.strict
                found = subject.problem(one.message, case.name, model.ERROR if fails else WARNING)
                problems.append(found if found.file else _at(found, os.path.join(subject.path, one.path)))
    return stage_of(model.LINT, problems)


def _at(problem: Problem, path: str) -> Problem:
    from steersman.record import replace

    return replace(problem, file=os.path.normpath(path)) if os.path.exists(path) else problem


def check_stage(subject: Subject, settings: LintSettings, world: World) -> Stage:
    """Look for the mistakes that ``steer check`` reports."""
    if not subject.loads:
        return skipped(model.CHECK, _UNREADABLE)
    try:
        report = check(subject.path, subject.chart, CheckOptions(world, settings.kube, settings.crds))
    except SteerError as error:
        return stage_of(model.CHECK, [subject.problem(error)])
    problems = []
    for one in report.findings:
        if one.severity in (model.ERROR, WARNING):
            file = one.file
            if file.startswith(f"{report.chart}/"):
                file = os.path.join(subject.path, file[len(report.chart) + 1 :])
            about = f" ({' '.join(word for word in (one.object, one.field) if word)})" if one.object else ""
            cases = tuple(case for case in one.cases if case != DEFAULTS) if DEFAULTS not in one.cases else ()
            problems.append(Problem(f"{one.message}{about} [{one.rule}]", file, one.line, one.severity, cases))
    return stage_of(model.CHECK, problems)


def suite_stages(subject: Subject, settings: SuiteSettings, world: World) -> Iterator[Stage]:
    """Run the suites and yield the results of the tests and of their coverage."""
    from steersman.action.coverage import coverage_of_tests
    from steersman.action.unittest import UnittestOptions, unittest
    from steersman.coverage.text import percent
    from steersman.unittest.patterns import suite_files

    if not suite_files(subject.path, settings.files):
        yield skipped(model.UNITTEST, f"there are no suites ({', '.join(settings.files)})")
        yield skipped(model.COVERAGE, "there are no suites")
        return
    options = UnittestOptions(files=settings.files, workers=settings.workers, with_coverage=True)
    (result,) = unittest([subject.path], options, world, settings.post_render)
    problems = [subject.problem(result.error)] if result.error is not None else []
    problems += [Problem(note, severity=WARNING) for note in result.notes]
    for suite in result.suites:
        problems += _of_suite(suite)
    verdicts = [test.verdict for suite in result.suites for test in suite.tests]
    yield stage_of(
        model.UNITTEST, problems, f"{len(verdicts) - verdicts.count('fail') - verdicts.count('error')}/{len(verdicts)}"
    )
    coverage = coverage_of_tests(result)
    if coverage is None:
        yield skipped(model.COVERAGE, "the suites could not run")
        return
    shown = f"{percent(coverage.percent)} %"
    short = settings.least.shortfalls(coverage)
    yield stage_of(model.COVERAGE, [Problem(f"coverage is {text}", subject.yaml_path) for text in short], shown)


def _of_suite(suite: SuiteResult) -> Iterator[Problem]:
    from steersman.unittest.show import test_text

    if suite.error is not None:
        yield Problem(suite.error, suite.file)
    for test in suite.tests:
        if test.verdict in ("fail", "error"):
            yield Problem(f"{suite.name}: {test.name}", suite.file, _line_of(suite, test), detail=test_text(test))


def _line_of(suite: SuiteResult, test: TestResult) -> int:
    """Return the line of a suite file that names a test, or 0."""
    try:
        with open(suite.file, encoding="utf-8", errors="replace") as file:
            return next((at for at, line in enumerate(file, 1) if "it:" in line and test.name in line), 0)
    except OSError:
        return 0


def commands_stage(subject: Subject, commands: tuple[str, ...], environ: dict[str, str]) -> Stage:
    """Run the programs of ``additional-commands``, which are templates with the chart in them."""
    import shlex
    import subprocess

    from steersman.go.errno import errno_text

    problems: list[Problem] = []
    for text in commands:
        try:
            line = _filled(text, subject)
        except SteerError as error:
            known = ".Path, and of .Yaml: Name, Version, Deprecated and Maintainers (Name, Email)"
            problems.append(Problem(f"{text}: {error}; additional-commands may use {known}"))
            continue
        try:
            arguments = shlex.split(line)
            program = executable(arguments[0], environ) if arguments else None
            done = subprocess.run(
                arguments, executable=program, capture_output=True, stdin=subprocess.DEVNULL, env=environ, check=False
            )
        except (OSError, ValueError) as error:
            problems.append(Problem(f"{line}: {errno_text(error) if isinstance(error, OSError) else error}"))
            continue
        if done.returncode:
            output = (done.stdout + done.stderr)[-_MOST_OUTPUT:].decode("utf-8", "replace").strip()
            problems.append(Problem(f"{line}: exit code {done.returncode}", detail=output))
    return stage_of(model.COMMANDS, problems, str(len(commands)))


_MOST_OUTPUT = 20_000  # bytes of a command's output that are shown, the last ones


def _filled(text: str, subject: Subject) -> str:
    """Return a command with the chart in it; it is a template, as in chart-testing.

    Raises:
        TemplateError: when it is wrong, or uses what a chart does not have.
    """
    from steersman.gotemplate.templates import TemplateSet

    maintainers = [one for one in subject.facts.get("maintainers") or () if isinstance(one, dict)]
    templates = TemplateSet({}, "error")
    templates.parse("command", text)
    return templates.execute(
        "command",
        {
            "Path": subject.path,
            "Yaml": {
                "Name": subject.name,
                "Version": subject.version,
                "Deprecated": bool(subject.facts.get("deprecated")),
                "Maintainers": [
                    {key.title(): str(one.get(key) or "") for key in ("name", "email")} for one in maintainers
                ],
            },
        },
    )


def _silent(*_words: object, **_fields: object) -> None: ...
