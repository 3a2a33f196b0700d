"""Rules about a chart's files: those that nothing reads, keys that are there twice, values that a schema refuses."""

from __future__ import annotations

import re

from steersman.checking.custom import broken_definition
from steersman.checking.findings import ERROR, NOTE, WARNING, Finding
from steersman.go.json import pointer_tokens
from steersman.insight.origins import line_of
from steersman.insight.unused import dotted
from steersman.rendering import crd_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.checking.subject import Subject
    from steersman.engine.trace import Path
    from steersman.yamlio.nodes import Node

# Files that are for people, other tools, or Helm itself.
_NOT_FOR_TEMPLATES = re.compile(
    r"(?i)(^|/)(\.[^/]*|[^/]*\.(md|gotmpl|tgz|prov|lock|adoc|rst|png|svg|jpe?g|gif|webp|ico)|readme[^/]*|licen[sc]e[^/]*|notice[^/]*"
    r"|changelog[^/]*|owners[^/]*|codeowners|makefile|justfile|taskfile[^/]*|chart\.yaml|requirements\.ya?ml|values[^/]*"
    r"|[^/]*values\.ya?ml|values\.schema\.json|questions[^/]*|app-readme[^/]*|artifacthub-repo\.yml|[^/]*_test\.ya?ml"
    r"|crd-docs[^/]*|renovate\.json|icon[^/]*|dockerfile|[^/]*\.sh)$"
    r"|^(ci|crds|tests?|docs?|examples?|samples?|scripts?|hack|charts|unittests?|e2e|\.[^/]*)/"
)


def unread_files(subject: Subject) -> Iterator[Finding]:
    """Yield the files of the chart that no ``.Files`` call reads."""
    from steersman.engine.glob import compile_glob

    uses = subject.uses
    if uses.any_file or uses.is_cut_short or subject.loaded.is_library:
        return
    read: set[str] = set()
    for chart, pattern in uses.files:
        if chart == subject.name:
            read.add(pattern)
            matches = compile_glob(pattern)
            read.update(file.name for file in subject.loaded.files if matches(file.name))
    for file in subject.loaded.files:
        if file.name in read or _NOT_FOR_TEMPLATES.search(file.name):
            continue
        if any(file.name.startswith(f"{name.strip('/')}/") for name in read):
            continue
        message = "no template reads this file; it makes each release's record larger: add it to .helmignore"
        yield Finding("unread-file", NOTE, message, f"{subject.name}/{file.name}")


def duplicate_keys(subject: Subject) -> Iterator[Finding]:
    """Yield the keys that values.yaml has twice in one mapping; the last one holds."""
    from steersman.yamlio.errors import YamlError
    from steersman.yamlio.nodes import read

    for file in subject.loaded.raw:
        if file.name != "values.yaml":
            continue
        try:
            root = read(file.data)
        except YamlError:
            continue
        for line, key in sorted(set(_twice(root))):
            message = f"{key} is there twice in one mapping; the last one holds, silently"
            yield Finding("duplicate-key", WARNING, message, f"{subject.name}/values.yaml", line)


def _twice(root: Node | None) -> Iterator[tuple[int, str]]:
    """Yield the keys that a mapping itself has twice, with the line of the later one.

    A key that goes over one of a merge (``<<``) is not there twice.
    """
    from steersman.yamlio.nodes import MAPPING, MERGE, SEQUENCE

    todo = [] if root is None else [root]
    while todo:
        node = todo.pop()
        if node.kind == SEQUENCE:
            todo += node.items
        elif node.kind == MAPPING:
            seen: set[str] = set()
            for key, value in node.pairs():
                if key.text in seen and key.tag != MERGE:
                    yield key.line, key.text
                seen.add(key.text)
                todo.append(value)


def missing_dependencies(subject: Subject) -> Iterator[Finding]:
    """Yield the chart's dependencies that are not in ``charts/``; Helm renders nothing without them."""
    there = {child.name for child in subject.loaded.dependencies}
    data = next((file.data for file in subject.loaded.raw if file.name == "Chart.yaml"), b"")
    for number, entry in enumerate(subject.loaded.metadata.dependencies):
        if entry.name not in there:
            message = f"{entry.name} is missing in charts/, so the chart does not render; run steer dependency update"
            line = line_of(data, ("dependencies", number, "name")) or line_of(data, ("dependencies",))
            yield Finding("not-rendered", WARNING, message, f"{subject.name}/Chart.yaml", line)


def broken_definitions(subject: Subject) -> Iterator[Finding]:
    """Yield the files in ``crds/`` of the chart and its subcharts that are not YAML; no install gets past them."""
    for file, data in crd_files(subject.whole):
        problem = broken_definition(data.decode("utf-8", "replace"))
        if problem is not None:
            line, message = problem
            yield Finding("broken-definition", ERROR, message, file, line)


def schema_violations(
    subject: Subject, file: str, data: bytes, chart: Any, values: dict[str, Any], *, is_default: bool
) -> Iterator[Finding]:
    """Yield what the chart's own schema refuses in values.

    A wrong type is an error. By default, something else may be what the user has to set first.

    Args:
        file: the path and ``data`` the bytes of the values file.
        chart: the chart that takes part.
        values: the coalesced values.
    """
    from steersman.values.errors import Violation
    from steersman.values.schema import mistake_in, problems_of

    mistake = mistake_in(chart.schema) if chart.schema is not None else ""
    if mistake:
        # Helm renders nothing then, whatever the values are
        schema = f"{subject.name}/values.schema.json"
        yield Finding("schema-mismatch", ERROR, f"no values fit the schema of {chart.name}: {mistake}", schema)
        return
    found: list[Violation] = []
    problems_of(chart, values, violations=found)
    for one in found:
        path: Path = tuple(int(key) if key.isdigit() else key for key in pointer_tokens(one.pointer))
        is_type = one.message.startswith("got ")
        severity = ERROR if is_type or not is_default else NOTE
        where = dotted(path) or "the values"
        yield Finding(
            "schema-mismatch",
            severity if one.chart == subject.name else WARNING,
            f"the schema of {one.chart} refuses {where}: {one.message}",
            file,
            line_of(data, path),
        )
