"""Documents of which no objects can be made, told at the template line that is at fault."""

from __future__ import annotations

from steersman.insight.document_fixes import BrokenDocument, first_fix, lines_of_file
from steersman.insight.failure_text import MOST_PLACES, excerpt, joined, more_places, rendered_text, values_text
from steersman.insight.nearness import edits
from steersman.insight.origins import line_of
from steersman.kube.discovery import NoKindMatch
from steersman.record import Record
from steersman.rendering import crd_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.insight.explain import Explainer
    from steersman.insight.lines import Line
    from steersman.insight.value_origins import ValueOrigin
    from steersman.kube.build import NotBuilt, Unbuilt

_HEAD = (("kind",), ("apiVersion",))
_FIELDS = ("apiVersion", "kind", "metadata", "spec", "data", "items")


class _Document(Record):
    """A document of a render, with the lines of its template's output."""

    template: str
    text: str
    lines: list[Line]


def unbuilt_text(error: NotBuilt, explainer: Explainer) -> str:
    """Return where each document of which no object can be made is at fault, or ``""``."""
    texts = []
    for one in error.documents:
        document = _found(explainer, one)
        text = _told(explainer, document, one) if document is not None else _in_crds(explainer, one)
        if text:
            texts.append(text)
    return "\n\n".join([*texts[:MOST_PLACES], *more_places(len(texts), "object")])


def _found(explainer: Explainer, one: Unbuilt) -> _Document | None:
    """Return the document in the render: the one with the same text, or else the one of the same template and name."""
    path, text = _source(one.document)
    same_name: _Document | None = None
    for target, template, rendered, lines in explainer.objects():
        if not lines or path not in ("", template):
            continue
        found = _Document(template, rendered.strip("\n"), lines)
        if rendered.strip() == text:
            return found
        if path and same_name is None and target == _target(text):
            same_name = found
    return same_name


def _source(document: str) -> tuple[str, str]:
    """Return the template of a document of a manifest and its text.

    >>> _source("---\\n# Source: web/templates/a.yaml\\nkind: A\\n")
    ('web/templates/a.yaml', 'kind: A')
    """
    first, _, rest = document.removeprefix("---").strip().partition("\n")
    mark = "# Source: "
    return (first.removeprefix(mark), rest.strip()) if first.startswith(mark) else ("", document.strip())


def _target(text: str) -> str:
    tree = _tree(text)
    metadata = tree.get("metadata") if isinstance(tree, dict) else None
    return f"{tree.get('kind')}/{metadata.get('name')}" if isinstance(metadata, dict) else ""


def _tree(text: str) -> Any:
    from steersman.kube.build import parse_object

    try:
        return parse_object(text)
    except ValueError:
        return None


def _told(explainer: Explainer, document: _Document, one: Unbuilt) -> str:
    texts = explainer.sources()
    lines = document.lines
    at, fix = _line(document.text, one.keys), ""
    if one.keys[-1:] in _HEAD:
        at, fix = _fix_of_head(document.text, one.keys, at)
    if not fix and one.error.find(NoKindMatch) is None:
        broken = BrokenDocument(document.template, document.text, 0, at, str(one.error))
        at, fix = first_fix(broken, lines, texts, _problem)
    line = lines[min(at, len(lines) - 1)]
    values = [explainer.value(path) for path in line.values]
    if not fix:
        fix = _fix_of_value([*_below(explainer, line, one.keys), *values], one.keys, str(one.error))
    out = []
    if line.chain:
        inner = line.chain[-1]
        out.append(excerpt(texts.get(inner.template, ""), inner.template, inner.line, -1))
        out += [f"{place} includes it\n" for place in reversed(line.chain[:-1])]
    out += rendered_text([row.text for row in lines], at)
    return joined([*out, *values_text(values, [])], fix)


def _in_crds(explainer: Explainer, one: Unbuilt) -> str:
    """Return where a document of a file in ``crds/`` is at fault, or ``""``."""
    document = one.document.removeprefix("---").strip()
    for name, data in crd_files(explainer.rendered.source.chart):
        text = data.decode("utf-8", "replace")
        begin = text.find(document)
        if begin < 0:
            continue
        first = text.count("\n", 0, begin)
        at, fix = _line(document, one.keys), ""
        if one.keys[-1:] in _HEAD:
            at, fix = _fix_of_head(document, one.keys, at)
        if not fix and one.error.find(NoKindMatch) is None:
            broken = BrokenDocument(name, document, first, at, str(one.error))
            number, fix = first_fix(broken, lines_of_file(name, text), {name: text}, _problem)
            at = number - first
        return joined([excerpt(text, name, first + at + 1, -1)], fix)
    return ""


def _line(text: str, keys: tuple[object, ...]) -> int:
    """Return the line of a document, from 0, that has what ``keys`` name, or what that should be in."""
    data = text.encode("utf-8", "surrogateescape")
    for end in range(len(keys), 0, -1):
        line = line_of(data, keys[:end]) or line_of(data, keys[:end], as_written=True)
        if line:
            return line - 1
    rows = text.split("\n")
    return next((at for at, row in enumerate(rows) if row.strip() and not row.lstrip().startswith("#")), 0)


def _problem(document: str) -> tuple[int, str] | None:
    """Return what is wrong with a document, as the making of objects would see it, with its line from 0."""
    from steersman.kube.build import missing_keys, parse_object, wrong_metadata

    try:
        content = parse_object(document)
    except ValueError as error:
        return 0, str(error)
    problem = missing_keys(content)
    if problem is not None:
        return _line(document, problem.keys), str(problem)
    items = content.get("items")
    objects = [(("items", at), item) for at, item in enumerate(items)] if isinstance(items, list) else [((), content)]
    for keys, item in objects:
        if not isinstance(item, dict):
            return _line(document, keys), "a map is wanted"
        found = wrong_metadata(item.get("metadata"))
        if found is not None:
            return _line(document, (*keys, "metadata", *found.keys)), str(found)
    return None


# Fixes


def _fix_of_head(text: str, keys: tuple[object, ...], at: int) -> tuple[int, str]:
    """Return the line and the fix where ``kind`` or ``apiVersion`` is missing, or has no value."""
    tree = _tree(text)
    for key in keys[:-1]:
        tree = tree[key]
    name = str(keys[-1])
    if not isinstance(tree, dict) or tree.get(name):
        return at, ""
    if name in tree:
        return at, ""
    for other in tree:
        if isinstance(other, str) and other not in _FIELDS and edits(name, other, 2) >= 0:
            return _line(text, (*keys[:-1], other)), f"write {name} in place of {other}"
    if not any(field in tree for field in _FIELDS):
        return at, "this is not an object; begin the name of a file that makes no objects with _"
    version = _version_of(tree.get("kind")) if name == "apiVersion" else ""
    return at, f"add {name}: {version}".rstrip() + ("" if version else " to this object")


def _version_of(kind: object) -> str:
    """Return the only stable version that Kubernetes serves a kind in, or ``""``."""
    from steersman.kube.facts import facts

    known = facts()
    served = [one.api_version for one in known.served(str(kind), known.newest)]
    stable = [version for version in served if version.rpartition("/")[2].lstrip("v").isdigit()]
    return stable[0] if len(stable) == 1 else ""


def _below(explainer: Explainer, line: Line, keys: tuple[object, ...]) -> Iterator[ValueOrigin]:
    """Yield the values that are meant by the last of ``keys`` in maps that a line shows whole."""
    for path in line.values:
        value = explainer.value(path).value
        if isinstance(value, dict) and keys and keys[-1] in value:
            yield explainer.value((*path, keys[-1]))


def _fix_of_value(values: list[ValueOrigin], keys: tuple[object, ...], message: str) -> str:
    """Return how to mend a line by a value in it; ``keys`` are the path of what is at fault, for the reason given."""
    unset = [one.path for one in values if one.value is None]
    if keys[-1:] in _HEAD and len(unset) == 1:
        return f"{keys[-1]} has no value; set {unset[0]}"
    scalars = [one for one in values if isinstance(one.value, (bool, int, float))]
    if "of type string" not in message or len(scalars) != 1 or not scalars[0].places:
        return ""
    value, place = scalars[0], scalars[0].places[0]
    if place.line:
        return f"a text is wanted here; quote the value of {value.path} in {place}"
    is_set = place.source.partition(" ")[0] == "--set"
    return f"a text is wanted here; set {value.path} with --set-string" if is_set else ""
