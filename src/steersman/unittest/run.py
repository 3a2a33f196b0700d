"""A chart and a suite to results. Pure but for ``Outside``: what reads files and runs programs is handed in.

Answers to helm-unittest's test jobs: what is rendered, what counts as an error, which documents each assertion sees.
"""

from __future__ import annotations

import posixpath
import time
from functools import cache

from steersman.chart.dependencies import process
from steersman.engine.capabilities import Capabilities, KubeVersion
from steersman.engine.context import Facts
from steersman.errors import SteerError
from steersman.record import Record, replace
from steersman.rendering import RenderOptions, Source, crd_files, merged_values, texts
from steersman.runtime.deep import deeply
from steersman.unittest.assertions.kinds import KINDS
from steersman.unittest.assertions.model import Failure, Subject
from steersman.unittest.cluster import lookup_in
from steersman.unittest.documents import RAW, NoSuchDocument, at_index, raw_document, read_documents, selected
from steersman.unittest.failures import one_line, template_and_message
from steersman.unittest.given_values import suite_values, values_of
from steersman.unittest.path import TooMany, keys_of, path_of
from steersman.unittest.path_syntax import PathError
from steersman.unittest.postrender import merged_text, split_text
from steersman.unittest.results import (
    AssertionResult,
    PlaceOrigin,
    SnapshotCount,
    SuiteResult,
    TemplateFailure,
    TestResult,
)
from steersman.unittest.snapshots import OfTest, SnapshotFile
from steersman.unittest.templates import ALL, full_name, with_selected
from steersman.unittest.texts import as_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.trace import Trace
    from steersman.insight.code import Code, Covered
    from steersman.rendering import World
    from steersman.unittest.documents import ByTemplate, Document
    from steersman.unittest.given_values import GivenFile
    from steersman.unittest.line_origins import LineOrigins
    from steersman.unittest.path import Keys
    from steersman.unittest.suite import Assertion, ChartInfo, Program, Suite, Test

# go: what the library of Helm 3 assumes without a cluster, which suites are written for
MAJOR, MINOR = "1", "20"
RELEASE, NAMESPACE = "RELEASE-NAME", "NAMESPACE"
MADE_UP_FACTS = Facts(RELEASE, NAMESPACE, revision=0)
YAML_NAMES = (".yaml", ".yml", ".tpl")
_MOST_PLACES = 5  # in a map or a list that are shown
_MOST_RENDERS = 16  # of one suite that are kept
_SKIPPED = "skipped as 'documentSelector.skipEmptyTemplates: true' and 'selectedTemplates: empty'"


class Outside(Record):
    """The effects that a run may have.

    Attributes:
        world: clock, randomness, schemas, compiled templates.
        read_values: returns the values of a file, given the suite's file and the path that stands there.
        read_file: returns the same file as it stands, for messages.
        post_render: runs a program on a text.
        keep: gets what a test rendered, by path, or None.
    """

    world: World
    read_values: Callable[[str, str], dict[str, Any]]
    read_file: Callable[[str, str], GivenFile]
    post_render: Callable[[Program, str], str]
    keep: Callable[[dict[str, str]], None] | None = None


class RunOptions(Record):
    """Options of a run from the flags; with ``code``, what each test came to of it is in the results."""

    skip_schema_validation: bool = False
    fail_fast: bool = False
    code: Code | None = None


class Rendered(Record):
    """The result of a render.

    Attributes:
        files: texts by path; where a template failed, the message under ``raw`` in its place.
        succeeded: whether nothing failed.
        error: why there is nothing to look at, or None.
        chart: the chart that took part, or None.
        covered: what it came to of the chart's code, where that was asked for.
    """

    files: dict[str, str]
    succeeded: bool
    error: str | None = None
    chart: Chart | None = None
    covered: Covered | None = None


class SuiteRun:
    """Runs one suite; equal renders of its tests are done once.

    Args:
        chart: the chart as loaded, around the suite's own.
        suite: the suite.
        outside: see there.
        options: see there.
    """

    def __init__(self, chart: Chart, suite: Suite, outside: Outside, options: RunOptions) -> None:
        self._chart = chart
        self._suite = suite
        self._outside = outside
        self._options = options
        self._renders: dict[str, Rendered] = {}

    def run(self, snapshots: SnapshotFile) -> SuiteResult:
        """Run all tests of the suite, or with ``fail_fast`` those up to the first that fails."""
        results: list[TestResult] = []
        stopped = False
        before = (snapshots.total, snapshots.failed, snapshots.created)
        for test in self._suite.tests:
            result = TestResult(test.name, skip=test.skip) if test.skip else self._timed(test, snapshots)
            results.append(result)
            if self._options.fail_fast and result.verdict in ("fail", "error"):
                stopped = True
                break
        skip = self._suite.skip if all(result.skip for result in results) else ""
        count = [now - then for now, then in zip((snapshots.total, snapshots.failed, snapshots.created), before)]
        return SuiteResult(
            self._suite.name, self._suite.file, tuple(results), skip, snapshots=SnapshotCount(*count), stopped=stopped
        )

    def _timed(self, test: Test, snapshots: SnapshotFile) -> TestResult:
        start = time.perf_counter()
        result = self.run_test(test, snapshots)
        return replace(result, seconds=time.perf_counter() - start)

    def run_test(self, test: Test, snapshots: SnapshotFile) -> TestResult:
        """Render the chart for one test and judge its assertions."""
        try:
            values = values_of(self._suite, test, self._read_values)
        except SteerError as error:
            return TestResult(test.name, error=str(error))
        rendered = self._rendered(test, values)
        return replace(self._judged(test, values, rendered, snapshots), covered=rendered.covered)

    def _judged(self, test: Test, values: dict[str, Any], rendered: Rendered, snapshots: SnapshotFile) -> TestResult:
        if self._outside.keep is not None:
            self._outside.keep(rendered.files)
        program = test.post_renderer if test.post_renderer.command else self._suite.post_renderer
        try:
            files = rendered.files
            if program.command:
                files = split_text(self._outside.post_render(program, merged_text(files)))
            documents = self._documents(files, rendered)
        except SteerError as error:
            return TestResult(test.name, error=str(error))
        origins = None if program.command else cache(lambda: self._origins(test, values))
        judge = Judge(self._suite, test, rendered, documents, origins)
        passed, results = judge.all_assertions(OfTest(snapshots, test.name), fail_fast=self._options.fail_fast)
        skip = _SKIPPED if results and all(result.skip for result in results) else ""
        return TestResult(
            test.name, passed, skip, rendered.error, results, reason="" if passed else _without_assertion(test, results)
        )

    def _origins(self, test: Test, values: dict[str, Any]) -> LineOrigins | None:
        """Render again for the template lines behind failures, and return what knows them."""
        from steersman.engine.trace import Trace
        from steersman.unittest.line_origins import LineOrigins

        trace = Trace()
        rendered = self._render(test, values, is_failure_wanted=False, trace=trace)
        if rendered.chart is None or not rendered.succeeded:
            return None
        given = suite_values(self._suite, test, lambda path: self._outside.read_file(self._suite.file, path))
        return LineOrigins(trace, Source(self._chart, rendered.chart, values), rendered.files, given)

    def _read_values(self, path: str) -> dict[str, Any]:
        return self._outside.read_values(self._suite.file, path)

    # Rendering

    def _rendered(self, test: Test, values: dict[str, Any]) -> Rendered:
        is_failure_wanted = any(KINDS[a.kind].expects_failure for a in test.assertions)
        key = repr((values, test.release, test.chart, test.capabilities, test.provider, is_failure_wanted))
        known = self._renders.get(key)
        if known is None:
            if len(self._renders) >= _MOST_RENDERS:
                self._renders.pop(next(iter(self._renders)))
            known = self._renders[key] = self._render(test, values, is_failure_wanted=is_failure_wanted)
        return known

    def _render(
        self, test: Test, values: dict[str, Any], *, is_failure_wanted: bool, trace: Trace | None = None
    ) -> Rendered:
        world = self._outside.world
        chart: Chart | None = None
        try:
            _check_release_name(test.release.name)
            chart = deeply(lambda: process(self._chart, values, world.impure.log))
            options = RenderOptions(skip_schema_validation=self._options.skip_schema_validation)
            merged = merged_values(Source(self._chart, chart, values), world, options)
        except SteerError as error:
            return Rendered({}, succeeded=False, error=str(error), chart=chart)
        suite = self._suite
        chosen = with_selected(chart, suite.route, suite.templates, suite.exclude_templates)
        if test.provider.objects:
            world = replace(world, impure=replace(world.impure, lookup=lookup_in(test.provider)))
        chosen = _with_versions(chosen, test.chart)
        if trace is None and self._options.code is not None:
            from steersman.engine.trace import Trace

            trace = Trace()
        try:
            files = texts(chosen, merged, _facts(test), _capabilities(test), world, trace=trace)
        except SteerError as error:
            rendered = self._failed(one_line(error), chart, is_failure_wanted=is_failure_wanted)
        else:
            rendered = Rendered(files, succeeded=True, chart=chart)
        if self._options.code is not None and trace is not None:
            return replace(rendered, covered=self._options.code.covered(trace))
        return rendered

    def _failed(self, message: str, chart: Chart, *, is_failure_wanted: bool) -> Rendered:
        """Return a render that failed: with the message in the template's place where an assertion may look at it."""
        found = template_and_message(message) if is_failure_wanted else None
        if found is None or found == ("", ""):
            return Rendered({}, succeeded=False, error=message, chart=chart)
        path, text = found
        content = as_yaml({RAW: text})
        if not path.rpartition("/")[2].startswith("_"):
            return Rendered({path: content}, succeeded=False, chart=chart)
        # go: the fault of a file of defines is that of all templates of the suite
        names = [full_name(self._suite.route, template) for template in self._suite.templates or ALL]
        return Rendered(dict.fromkeys(names, content), succeeded=False, chart=chart)

    # Documents

    def _documents(self, files: dict[str, str], rendered: Rendered) -> ByTemplate:
        """Return the documents of each file that holds any.

        Raises:
            ManifestError: when a file is not YAML.
        """
        documents: ByTemplate = {}
        if self._suite.include_crds and rendered.chart is not None:
            for path, data in crd_files(rendered.chart):
                documents[path] = read_documents(data.decode("utf-8", "surrogateescape"))
        for path, text in files.items():
            name = path if path.startswith(self._chart.name) else posixpath.join(self._chart.name, path)
            extension = posixpath.splitext(name)[1]
            if extension in YAML_NAMES or not rendered.succeeded:
                documents[name] = read_documents(text)
            elif extension == ".txt":
                documents[name] = raw_document(text)
        return documents


class Judge:
    """Judges the assertions of one test; ``origins`` says where lines come from, None after a post-renderer."""

    def __init__(
        self,
        suite: Suite,
        test: Test,
        rendered: Rendered,
        documents: ByTemplate,
        origins: Callable[[], LineOrigins | None] | None,
    ) -> None:
        self._suite = suite
        self._test = test
        self._rendered = rendered
        self._documents = documents
        self._origins = origins

    def all_assertions(self, snapshots: OfTest, *, fail_fast: bool) -> tuple[bool, tuple[AssertionResult, ...]]:
        """Return whether all assertions hold, and their results."""
        # go: an empty item in the first place fails the test (test_empty_assertions)
        passed = not self._test.has_empty_first
        results: list[AssertionResult] = []
        for assertion in self._test.assertions:
            result = self._assertion(assertion.index, assertion, snapshots)
            results.append(result)
            # go: what is skipped makes up for what failed before it (test_a_skipped_assertion_behind_a_failed_one)
            passed = True if result.skip else passed and result.passed
            if fail_fast and not passed:
                break
        return passed and bool(results), tuple(results)

    def _assertion(self, index: int, assertion: Assertion, snapshots: OfTest) -> AssertionResult:
        result = AssertionResult(index, assertion.kind, assertion.negated, passed=False)
        try:
            chosen = self._chosen(assertion)
        except (NoSuchDocument, PathError) as error:
            return replace(result, failures=(TemplateFailure("", Failure(str(error))),))
        selector = self._test.selector
        if not chosen and selector is not None and selector.skip_empty_templates:
            return replace(result, passed=True, skip=_SKIPPED)
        passed, failures = True, []
        for template in sorted(chosen) or [""]:
            holds, found = self._template(assertion, template, chosen.get(template, ()), snapshots)
            passed = passed and holds
            failures += [] if holds else found
        return replace(result, passed=passed, failures=tuple(failures))

    def _template(
        self, assertion: Assertion, template: str, documents: tuple[Document, ...], snapshots: OfTest
    ) -> tuple[bool, list[TemplateFailure]]:
        kind = KINDS[assertion.kind]
        every = self._documents.get(template)
        problem = ""
        if template and every is None and not kind.expects_failure:
            problem = f'template "{template}" not exists or not selected in test suite'
        elif kind.expects_failure == self._rendered.succeeded:
            problem = self._unexpected(every)
        if problem:
            return False, [TemplateFailure(template, Failure(problem))]
        subject = Subject(
            every or (), documents, assertion.negated != kind.is_opposite, snapshots, self._rendered.error
        )
        passed, failures = kind.check(subject, assertion.parameters)
        return passed, [self._failure(template, documents, failure) for failure in failures]

    def _failure(self, template: str, documents: tuple[Document, ...], failure: Failure) -> TemplateFailure:
        at = failure.document
        if at is None or at >= len(documents):
            return TemplateFailure(template, failure)
        document = documents[at]
        origins = self._origins() if self._origins is not None and self._rendered.succeeded else None
        found = TemplateFailure(template, failure, document.line)
        expected = failure.expected if failure.has_diff else None
        if set(document.tree) == {RAW}:
            if origins is None or expected is None or failure.actual is None:
                return found
            return replace(found, origin=origins.of_text(template, expected, failure.actual))
        try:
            keys, is_exact = keys_of(document.tree, failure.path, failure.nth)
        except (PathError, TooMany):
            return found
        if failure.places and is_exact:
            return replace(found, places=tuple(_places(template, document, keys, failure, origins)))
        if not failure.path or origins is None:
            return found
        return replace(found, origin=origins.of(template, document, keys, expected, is_exact=is_exact))

    def _unexpected(self, documents: tuple[Document, ...] | None) -> str:
        if self._rendered.succeeded:
            return "the template did not fail"
        message = documents[0].tree.get(RAW) if documents else self._rendered.error
        return f"the chart does not render: {message or 'there is nothing to look at'}"

    # Selection

    def _chosen(self, assertion: Assertion) -> ByTemplate:
        """Return the documents of each template that an assertion looks at.

        Raises:
            NoSuchDocument, PathError: see ``documents``.
        """
        documents: ByTemplate = {name: self._documents.get(name, ()) for name in self._names(assertion)}
        if self._origins is None and len(self._documents) == 1:
            # a post-renderer that drops our comments gives everything as one file
            (name,) = self._documents
            if name.endswith("manifest.yaml"):
                documents = dict(self._documents)
        selector = assertion.selector or self._test.selector
        if selector is not None and selector.path:
            return selected(documents, selector)
        index = self._test.document_index if self._test.document_index is not None else assertion.document_index
        return documents if index is None or index == -1 else at_index(documents, index)

    def _names(self, assertion: Assertion) -> list[str]:
        """Return the full names of the templates that an assertion looks at."""
        test, suite = self._test, self._suite
        if assertion.template:
            return [full_name(suite.route, assertion.template)]
        if test.templates or test.template:
            return [full_name(suite.route, name) for name in test.templates or (test.template,)]
        wanted = suite.templates or ALL
        if not any("*" in name for name in wanted):
            return [full_name(suite.route, name) for name in wanted]
        crds = crd_files(self._rendered.chart) if suite.include_crds and self._rendered.chart is not None else []
        return [*self._rendered.files, *(name for name, _ in crds)]


def _without_assertion(test: Test, results: tuple[AssertionResult, ...]) -> str:
    """Return why a test failed none of whose assertions did, or ``""``."""
    is_empty = test.has_empty_first and all(result.passed for result in results)
    return "asserts[0] is empty, which fails the test" if is_empty else ""


def _places(
    template: str, document: Document, keys: Keys, failure: Failure, origins: LineOrigins | None
) -> Iterator[PlaceOrigin]:
    """Yield the first of the places that a failure is about, with their paths in the document."""
    for place in failure.places[:_MOST_PLACES]:
        at = (*keys, *place.keys)
        origin = origins.of(template, document, at, place.expected) if origins is not None else None
        yield PlaceOrigin(path_of(document.tree, at), place.problem, origin)


def _check_release_name(name: str) -> None:
    if name:
        from steersman.release.names import check_release_name

        check_release_name(name)


def _facts(test: Test) -> Facts:
    release = test.release
    return Facts(
        release.name or RELEASE,
        release.namespace or NAMESPACE,
        release.revision,
        not release.upgrade,
        release.upgrade,
    )


def _capabilities(test: Test) -> Capabilities:
    """Return what the made-up cluster can do: no versions of the API but those that are listed.

    The version that one test sets is that test's alone; helm-unittest keeps it for those that follow.
    """
    given = test.capabilities
    return made_up_capabilities(given.major or MAJOR, given.minor or MINOR, given.api_versions or ())


def made_up_capabilities(major: str = MAJOR, minor: str = MINOR, api_versions: tuple[str, ...] = ()) -> Capabilities:
    """Return what the cluster of a test can do that says nothing else about it."""
    version = f"v{major}.{minor}.0"
    return Capabilities(KubeVersion(version, major, minor, version), api_versions)


def _with_versions(chart: Chart, info: ChartInfo) -> Chart:
    """Return the chart and its subcharts, not those inside them, with other versions."""
    if not info.version and not info.app_version:
        return chart

    def changed(one: Chart) -> Chart:
        version, app_version = info.version or one.metadata.version, info.app_version or one.metadata.app_version
        return replace(one, metadata=replace(one.metadata, version=version, app_version=app_version))

    return replace(changed(chart), dependencies=tuple(map(changed, chart.dependencies)))
