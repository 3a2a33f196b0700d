"""All rules over one chart."""

from __future__ import annotations

from steersman.checking.file_rules import broken_definitions, duplicate_keys, missing_dependencies, unread_files
from steersman.checking.findings import DEFAULTS, ERROR, SEVERITIES, Finding, Report
from steersman.checking.ignoring import is_ignored
from steersman.checking.name_rules import duplicate_defines, unknown_includes, unused_defines
from steersman.checking.renders import Case, Renders
from steersman.checking.subject import Subject
from steersman.checking.value_rules import unknown_values
from steersman.gotemplate.errors import ParseError
from steersman.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from steersman.chart.model import Chart
    from steersman.engine.capabilities import KubeVersion
    from steersman.rendering import World

# The rules that look at templates and files alone.
STATIC = (
    unknown_values,
    unknown_includes,
    duplicate_defines,
    unused_defines,
    unread_files,
    duplicate_keys,
    missing_dependencies,
    broken_definitions,
)


def check(
    chart: Chart,
    cases: Sequence[Case],
    world: World,
    kube: KubeVersion,
    crds: tuple[str, ...] = (),
    *,
    known: Sequence[Finding] = (),
) -> Report:
    """Check a chart.

    Args:
        chart: as it was loaded, with its subcharts.
        cases: the values that it is rendered with, besides its defaults.
        world: the clock, the randomness and the capabilities for renders.
        kube: the version of Kubernetes that it is checked for.
        crds: the texts of files with custom resource definitions.
        known: findings about values files that could not become cases.

    Raises:
        SteerError: when it cannot be worked out which subcharts take part.
    """
    subject = Subject(chart)
    found = [*known, *_findings(subject, cases, world, kube, crds)]
    kept = [one for one in found if not is_ignored(one, subject.texts)]
    order = {severity: number for number, severity in enumerate(SEVERITIES)}
    kept.sort(key=lambda one: (one.file, one.line, order[one.severity], one.object, one.field, one.message))
    names = () if chart.is_library else (DEFAULTS, *(case.name for case in cases))
    return Report(chart.name, tuple(kept), len(found) - len(kept), names, kube.version)


def _findings(
    subject: Subject, cases: Sequence[Case], world: World, kube: KubeVersion, crds: tuple[str, ...]
) -> Iterator[Finding]:
    try:
        for rule in STATIC:
            yield from rule(subject)
    except ParseError as error:
        yield Finding("not-rendered", ERROR, error.message, error.name, error.line)
        return
    if subject.loaded.is_library:
        return  # there is nothing to render
    renders = Renders(subject, world, kube, crds)
    data = next((file.data for file in subject.loaded.raw if file.name == "values.yaml"), b"")
    yield from _joined(one for case in (Case(DEFAULTS, {}, data), *cases) for one in renders.findings(case))
    if renders.default_error is None:
        yield from renders.confirmed()


def _joined(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings of several renders with those that are the same made one."""
    found: dict[Finding, Finding] = {}
    for one in findings:
        key = replace(one, cases=(), chain=())
        known = found.get(key)
        found[key] = one if known is None else replace(known, cases=tuple(dict.fromkeys((*known.cases, *one.cases))))
    return list(found.values())
