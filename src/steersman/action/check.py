"""``check``: a chart's mistakes by the rules of ``checking``, with the values files that it has for its tests."""

from __future__ import annotations

import os
import re

from steersman.checking.custom import broken_definition
from steersman.checking.findings import ERROR, WARNING, Finding
from steersman.checking.renders import Case
from steersman.checking.run import check as check_rules
from steersman.engine.capabilities import DEFAULT_CAPABILITIES
from steersman.errors import ChartError, SteerError, UsageError
from steersman.go.errno import read_error
from steersman.record import Record
from steersman.values.errors import BrokenValuesFile
from steersman.values.files import load_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.chart.model import Chart
    from steersman.checking.findings import Report
    from steersman.engine.capabilities import KubeVersion
    from steersman.rendering import World

_CI_FILE = re.compile(r"ci/[^/]*values\.ya?ml")
_YAML = (".yaml", ".yml", ".json")
_MOST_BYTES = 50_000_000  # of all files with definitions


class CheckOptions(Record):
    """Options of a check.

    Attributes:
        world: the clock, the randomness and the capabilities for renders.
        kube: the version of Kubernetes to check for.
        crds: folders and files with custom resource definitions.
        given: values to render with, besides the defaults and the chart's ci values files.
    """

    world: World
    kube: KubeVersion = DEFAULT_CAPABILITIES.kube_version
    crds: tuple[str, ...] = ()
    given: tuple[Case, ...] = ()


def check(path: str, chart: Chart, options: CheckOptions) -> Report:
    """Check a chart.

    Args:
        path: the folder or archive that it was loaded from.
        chart: the chart.
        options: what to check for.

    Raises:
        ChartError: when it cannot be worked out which subcharts take part, or a ci values file cannot be read.
        UsageError: when definitions cannot be read.
    """
    cases, broken = [], []
    for name, data in _ci_files(path, chart):
        try:
            cases.append(_case(name, data))
        except SteerError as error:
            line = yaml_line(str(error)) if b"\n---" not in data else 0
            broken.append(Finding("not-rendered", ERROR, str(error), f"{chart.name}/{name}", line, cases=(name,)))
    texts = []
    for file, text in _definitions(options.crds):
        texts.append(text)
        problem = broken_definition(text)
        if problem is not None:
            line, message = problem
            broken.append(Finding("broken-definition", WARNING, message, file, line))
    return check_rules(chart, (*cases, *options.given), options.world, options.kube, tuple(texts), known=broken)


def yaml_line(message: str) -> int:
    """Return the line that an error about YAML names, or 0.

    >>> yaml_line("error converting YAML to JSON: yaml: line 3: did not find expected key")
    3
    """
    found = re.search(r"\byaml: line (\d+)", message)
    return int(found[1]) if found is not None else 0


def ci_cases(path: str, chart: Chart) -> list[Case]:
    """Return the values of the chart's ``ci/*values.yaml``, also of those that ``.helmignore`` names.

    Raises:
        ChartError: for a file that cannot be read.
        ValuesError: for one that is not a map in YAML.
    """
    return [_case(name, data) for name, data in _ci_files(path, chart)]


def _ci_files(path: str, chart: Chart) -> Iterator[tuple[str, bytes]]:
    if not os.path.isdir(path):
        yield from ((file.name, file.data) for file in chart.files if _CI_FILE.fullmatch(file.name))
        return
    folder = os.path.join(path, "ci")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if not _CI_FILE.fullmatch(f"ci/{name}"):
            continue
        file = os.path.join(folder, name)
        try:
            with open(file, "rb") as opened:
                yield f"ci/{name}", opened.read()
        except OSError as error:
            raise ChartError(read_error(file, error)) from error


def _case(name: str, data: bytes) -> Case:
    try:
        return Case(name, load_values(data), data)
    except SteerError as error:
        raise BrokenValuesFile(f"failed to parse {name}: {error}", name, data) from error


def definition_texts(paths: tuple[str, ...]) -> Iterator[str]:
    """Yield the texts of files with definitions, and of those in folders.

    Raises:
        UsageError: when one cannot be read, or together they are too large.
    """
    for _, text in _definitions(paths):
        yield text


def _definitions(paths: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    left = _MOST_BYTES
    for file in _files(paths):
        try:
            with open(file, "rb") as opened:
                data = opened.read(left + 1)
        except OSError as error:
            raise UsageError(read_error(file, error)) from error
        left -= len(data)
        if left < 0:
            raise UsageError(f"--crds: the files have more than {_MOST_BYTES} bytes")
        yield file, data.decode("utf-8", "replace")


def _files(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(names) if name.lower().endswith(_YAML))
