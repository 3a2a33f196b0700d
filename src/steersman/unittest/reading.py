"""The text of a suite file to suites.

Answers to the decoding of helm-unittest: which keys there are, which types they take, and what a test inherits from
its suite.
"""

from __future__ import annotations

import re

from steersman.record import replace
from steersman.unittest.assertions.reading import read_assertion
from steersman.unittest.documents import SEPARATOR
from steersman.unittest.fields import (
    Fields,
    NeedsText,
    SuiteError,
    anything,
    flag,
    number,
    optional_number,
    text,
    texts,
    tree,
    wrong,
)
from steersman.unittest.suite import (
    CapabilitiesInfo,
    ChartInfo,
    Program,
    Provider,
    ReleaseInfo,
    Resource,
    Selector,
    Suite,
    Test,
)
from steersman.yamlio import version3
from steersman.yamlio.errors import UNKNOWN_ESCAPE, YamlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeVar

    T = TypeVar("T")

VERSION = "1.1.0"  # of helm-unittest, whose behaviour is matched: what skip.minimumVersion is compared with
_META = re.compile(r"[.+*?()|\[\]{}^$]")


class Options:
    """The options that hold for every suite of a run.

    Attributes:
        strict: whether unknown keys are errors.
        values: values files put over every suite's own.
    """

    def __init__(self, *, strict: bool = False, values: tuple[str, ...] = ()) -> None:
        self.strict = strict
        self.values = values


def read_suites(content: str, file: str, route: str, options: Options) -> list[Suite]:
    """Return the suites of a file, one for each document.

    Args:
        content: the file's text.
        file: its path, for results.
        route: the chart it is about: ``parent/charts/child``.
        options: see there.

    Raises:
        SuiteError: when a document is not a suite.
    """
    suites = []
    for part in SEPARATOR.split(content):
        if part.strip():
            suite = read_suite(part, file, route, options)
            if suite is not None:
                suites.append(suite)
    return suites


def read_suite(content: str, file: str, route: str, options: Options, *, is_rendered: bool = False) -> Suite | None:
    """Return the suite of one document, or None where there is nothing but comments.

    Raises:
        SuiteError: when it is not a suite.
    """
    is_escaped = False
    try:
        suite = _decoded(content, strict=options.strict)
    except YamlError as error:
        if error.problem != UNKNOWN_ESCAPE or ("\\" not in content and not _META.search(content)):
            raise SuiteError(str(error)) from error
        # go: backslashes are doubled and all is read again; the suite is then not looked at further
        # (test_backslashes_in_double_quotes)
        is_escaped = True
        try:
            suite = _decoded(_doubled(content), strict=False)
        except YamlError as again:
            raise SuiteError(str(again)) from again
    if suite is None:
        return None
    suite = replace(suite, file=file, route=route, is_rendered=is_rendered)
    if is_escaped:
        return _inherited(suite)
    _check(suite)
    return _inherited(replace(suite, values=(*suite.values, *options.values)))


def _decoded(content: str, *, strict: bool) -> Suite | None:
    try:
        value = version3.load(content)
        return None if value is None else _suite(value, strict=strict)
    except NeedsText:
        return _suite(version3.load_texts(content), strict=strict)


def _doubled(content: str) -> str:
    """Return the text with each run of backslashes made even."""
    return re.sub(r"\\+", lambda run: run[0] + "\\" * (len(run[0]) % 2), content)


def _check(suite: Suite) -> None:
    if not suite.tests:
        raise SuiteError("no tests found")
    if suite.is_rendered and not suite.name:
        raise SuiteError("helm chart based test suites must include `suite` field")
    for at, test in enumerate(suite.tests):
        if not test.assertions and not test.has_empty_first:
            raise SuiteError(f"no asserts found in tests[{at}] {test.name}".rstrip())


def _inherited(suite: Suite) -> Suite:
    """Return the suite with its settings in its tests."""
    tests = tuple(replace(test, skip=suite.skip or test.skip) for test in suite.tests)
    skip = suite.skip or ("all tests are skipped" if tests and all(t.skip for t in tests) else "")
    return replace(suite, skip=skip, tests=tests)


# Structs


def _record(make: Callable[..., T], names: dict[str, str], fields: Fields, strict: bool) -> Callable[[Any, str], T]:
    def read(value: Any, place: str) -> T:
        given = fields.read(value, place, strict=strict)
        return make(**{names.get(key, key): item for key, item in given.items()})

    return read


def _release(strict: bool) -> Callable[[Any, str], ReleaseInfo]:
    fields = Fields({"name": text, "namespace": text, "revision": number, "upgrade": flag})
    return _record(ReleaseInfo, {}, fields, strict)


def _chart(strict: bool) -> Callable[[Any, str], ChartInfo]:
    return _record(ChartInfo, {"appVersion": "app_version"}, Fields({"version": text, "appVersion": text}), strict)


def _program(strict: bool) -> Callable[[Any, str], Program]:
    fields = Fields({"cmd": text, "args": texts})
    return _record(Program, {"cmd": "command", "args": "arguments"}, fields, strict)


def _provider(strict: bool) -> Callable[[Any, str], Provider]:
    of_resource = Fields({"group": text, "version": text, "resource": text})
    of_kind = Fields(
        {"gvr": lambda v, place: of_resource.read(v, place, strict=strict), "namespaced": flag, "should_err": _refused}
    )

    def kind(value: Any, place: str) -> Resource:
        given = of_kind.read(value, place, strict=strict)
        return Resource(**given.get("gvr", {}), namespaced=given.get("namespaced", False))

    def scheme(value: Any, place: str) -> dict[str, Resource]:
        return {key: kind(item, f"{place}.{key}") for key, item in tree(value, place).items()}

    return _record(Provider, {}, Fields({"scheme": scheme, "objects": _objects}), strict)


def _refused(value: Any, place: str) -> None:
    if value is not None:
        raise SuiteError(f"{place}: cannot be set in a file")


def _objects(value: Any, place: str) -> tuple[dict[str, Any], ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise wrong(place, "a list", value)
    return tuple(tree(item, f"{place}[{at}]") for at, item in enumerate(value))


def _selector(strict: bool) -> Callable[[Any, str], Selector | None]:
    names = {"matchMany": "match_many", "skipEmptyTemplates": "skip_empty_templates"}
    fields = Fields({"path": text, "value": anything, "matchMany": flag, "skipEmptyTemplates": flag})
    read = _record(Selector, names, fields, strict)
    return lambda value, place: None if value is None else read(value, place)


def _capabilities(value: Any, place: str, *, strict: bool) -> CapabilitiesInfo:
    """Read a suite's capabilities."""
    given = Fields({"majorVersion": text, "minorVersion": text, "apiVersions": texts}).read(value, place, strict=strict)
    versions = given.get("apiVersions", ())
    return CapabilitiesInfo(given.get("majorVersion", ""), given.get("minorVersion", ""), versions)


def _test_capabilities(value: Any, place: str) -> CapabilitiesInfo:
    """Read a test's capabilities, which are a map of anything: what does not fit is left out."""
    given = tree(value, place)
    versions: tuple[str, ...] | None = ()
    if "apiVersions" in given:
        listed = given["apiVersions"]
        # go: all but a list takes the suite's versions away, null among it (test_null_drops_the_suites_versions)
        versions = tuple(v for v in listed if isinstance(v, str)) if isinstance(listed, list) else None
    return CapabilitiesInfo(_version(given.get("majorVersion")), _version(given.get("minorVersion")), versions)


def _version(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if isinstance(value, int) and not isinstance(value, bool) else ""


def _suite(value: Any, *, strict: bool) -> Suite:
    fields = Fields(
        {
            "suite": text,
            "values": texts,
            "set": tree,
            "templates": texts,
            "excludeTemplates": texts,
            "includeCrds": flag,
            "release": _release(strict),
            "chart": _chart(strict),
            "capabilities": lambda v, place: _capabilities(v, place, strict=strict),
            "kubernetesProvider": _provider(strict),
            "postRenderer": _program(strict),
            "tests": lambda v, place: tuple(_tests(v, place, strict=strict)),
            "snapshotId": text,
            "skip": lambda v, place: _skip(v, place, strict=strict),
        }
    )
    given = fields.read(value, "", strict=strict)
    release, chart = given.get("release", ReleaseInfo()), given.get("chart", ChartInfo())
    capabilities = given.get("capabilities", CapabilitiesInfo())
    provider = given.get("kubernetesProvider", Provider())
    return Suite(
        name=given.get("suite", ""),
        values=given.get("values", ()),
        set=given.get("set", {}),
        templates=given.get("templates", ()),
        exclude_templates=given.get("excludeTemplates", ()),
        include_crds=given.get("includeCrds", False),
        post_renderer=given.get("postRenderer", Program()),
        snapshot_id=given.get("snapshotId", ""),
        skip=given.get("skip", ""),
        tests=tuple(_in_suite(test, release, chart, capabilities, provider) for test in given.get("tests", ())),
    )


def _in_suite(
    test: Test, release: ReleaseInfo, chart: ChartInfo, capabilities: CapabilitiesInfo, provider: Provider
) -> Test:
    own, versions = test.capabilities, test.capabilities.api_versions
    return replace(
        test,
        release=ReleaseInfo(
            test.release.name or release.name,
            test.release.namespace or release.namespace,
            test.release.revision or release.revision,
            test.release.upgrade or release.upgrade,
        ),
        chart=ChartInfo(test.chart.version or chart.version, test.chart.app_version or chart.app_version),
        capabilities=CapabilitiesInfo(
            own.major or capabilities.major,
            own.minor or capabilities.minor,
            None if versions is None else (*versions, *(capabilities.api_versions or ())),
        ),
        provider=Provider({**test.provider.scheme, **provider.scheme}, (*test.provider.objects, *provider.objects)),
    )


def _tests(value: Any, place: str, *, strict: bool) -> Iterator[Test]:
    if value is None:
        return
    if not isinstance(value, list):
        raise wrong(place, "a list", value)
    fields = Fields(
        {
            "it": text,
            "values": texts,
            "set": tree,
            "template": text,
            "templates": texts,
            "documentIndex": optional_number,
            "documentindices": tree,  # go: a key that is taken and not used
            "documentSelector": _selector(strict),
            "release": _release(strict),
            "chart": _chart(strict),
            "capabilities": _test_capabilities,
            "asserts": _asserts,
            "skip": lambda v, where: Fields({"reason": text}).read(v, where, strict=strict).get("reason", ""),
            "kubernetesProvider": _provider(strict),
            "postRenderer": _program(strict),
        }
    )
    names = {
        "it": "name",
        "documentIndex": "document_index",
        "documentSelector": "selector",
        "asserts": "assertions",
        "kubernetesProvider": "provider",
        "postRenderer": "post_renderer",
    }
    for at, item in enumerate(value):
        given = fields.read(item, f"{place}[{at}]", strict=strict)
        given.pop("documentindices", None)
        listed = item.get("asserts") if isinstance(item, dict) else None
        if isinstance(listed, list) and listed:
            given["has_empty_first"] = listed[0] is None
        yield Test(**{names.get(key, key): field for key, field in given.items()})


def _asserts(value: Any, place: str) -> tuple[Any, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise wrong(place, "a list", value)
    return tuple(
        replace(read_assertion(item, f"{place}[{at}]"), index=at) for at, item in enumerate(value) if item is not None
    )


def _skip(value: Any, place: str, *, strict: bool) -> str:
    given = Fields({"reason": text, "minimumVersion": text}).read(value, place, strict=strict)
    wanted: str = given.get("minimumVersion", "")
    if wanted and not _is_at_least(wanted):
        return f"Test suite requires minimum unittest plugin version {wanted}, but current version is {VERSION}"
    reason: str = given.get("reason", "")
    return reason


def _is_at_least(wanted: str) -> bool:
    from steersman.semver import Version

    try:
        return not Version.parse(VERSION) < Version.parse(wanted)
    except ValueError:
        return False
