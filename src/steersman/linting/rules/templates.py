"""Rules about templates, after rendering them; answers to ``rules.Templates`` of Helm."""

from __future__ import annotations

import os

from steersman.chart.dependencies import process
from steersman.engine.context import Facts
from steersman.errors import SteerError
from steersman.kube.deprecations import warning
from steersman.linting import folders
from steersman.linting.documents import BadDocument, Document, documents, item_annotations
from steersman.linting.findings import ERROR, WARNING, Findings
from steersman.linting.names import problems
from steersman.linting.subject import Subject
from steersman.rendering import texts
from steersman.values.coalesce import coalesce_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.engine.capabilities import Capabilities

FOLDER = "templates/"
_EXTENSIONS = (".yaml", ".yml", ".tpl", ".txt")
_SELECTORS = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet")


def check(subject: Subject, findings: Findings) -> None:
    """Render the chart in lint mode and check what comes out."""
    options, world = subject.options, subject.options.world
    capabilities = world.capabilities()
    values = options.values
    path = os.path.join(subject.folder, FOLDER.rstrip("/"))
    if not findings.check(WARNING, FOLDER, "directory does not exist" if folders.is_missing(path) else None):
        return
    if not findings.check(ERROR, FOLDER, folders.problem(path)):
        return
    try:
        chart = subject.chart()
    except SteerError as error:
        findings.check(ERROR, FOLDER, str(error), error)
        return
    try:
        chart = process(chart, values, world.impure.log)
        merged = coalesce_values(chart, coalesce_values(chart, values))
    except SteerError:
        return  # helm: such charts are not linted further
    if not options.skip_schema:
        from steersman.values.schema import problems_of

        problem = problems_of(chart, merged, options.schemas)
        if problem:
            findings.check(
                ERROR,
                FOLDER,
                f"values don't meet the specifications of the schema(s) in the following chart(s):\n{problem}",
            )
            return
    try:
        facts = Facts("test-release", options.namespace, 0, is_install=False, is_upgrade=False)
        rendered = texts(chart, merged, facts, capabilities, world, lint=True)
    except SteerError as error:
        findings.check(ERROR, FOLDER, str(error), error)
        return
    for template in chart.templates:
        extension = os.path.splitext(template.name)[1]
        findings.check(
            ERROR,
            template.name,
            None
            if extension in _EXTENSIONS
            else f"file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt",
        )
        if extension.lower() not in (".yaml", ".yml"):
            continue
        text = rendered.get(f"{chart.name}/{template.name}", "")
        if text.strip() and not _check_rendered(template.name, text, capabilities, findings):
            return


def _check_rendered(name: str, text: str, capabilities: Capabilities, findings: Findings) -> bool:
    findings.check(WARNING, name, _indent(text))
    try:
        for document in documents(text):
            if document is None:
                continue
            findings.check(WARNING, name, _name(document))
            findings.check(WARNING, name, warning(document.api_version, document.kind, capabilities.kube_version))
            findings.check(ERROR, name, _selector(document, text))
            findings.check(ERROR, name, _list_annotations(document, text))
    except BadDocument as error:
        findings.check(ERROR, name, f"unable to parse YAML: {error}")
        return False
    return True


def _indent(text: str) -> str | None:
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        if not line.strip():
            continue
        if line[0] in " \t":
            from steersman.go.quote import quote

            return f"document starts with an illegal indent: {quote(line)}, which may cause parsing problems"
        return None
    return None


def _name(document: Document) -> str | None:
    from steersman.go.quote import quote

    wrong = problems(document.kind, document.name)
    if not wrong:
        return None
    shown = quote(document.name)
    errors = [f"metadata.name: Invalid value: {shown}: {w}" for w in wrong]
    aggregate = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
    return f"object name does not conform to Kubernetes naming requirements: {shown}: {aggregate}"


def _selector(document: Document, text: str) -> str | None:
    if document.kind not in _SELECTORS or "matchLabels" in text or "matchExpressions" in text:
        return None
    from steersman.go.quote import quote

    return f"a {document.kind} must contain matchLabels or matchExpressions, and {quote(document.name)} does not"


def _list_annotations(document: Document, text: str) -> str | None:
    if document.kind != "List":
        return None
    from steersman.yamlio import load
    from steersman.yamlio.errors import YamlError

    try:
        tree = load(text)
    except YamlError as error:
        return f"unable to parse YAML: error converting YAML to JSON: {error}"
    try:
        # the first place of another shape is reported, whatever comes before it
        names = set(item_annotations(tree))
    except BadDocument as error:
        return f"unable to parse YAML: {error}"
    if "helm.sh/resource-policy" in names:
        return "annotation 'helm.sh/resource-policy' within List objects are ignored"
    return None
