"""A render that failed, told at its place: the template line with a caret, what led there, values, and the likely fix.

Helm's message stays as it is; this is what comes after it.
"""

from __future__ import annotations

import re

from steersman.engine.trace import Trace
from steersman.insight.document_fixes import BrokenDocument, first_fix
from steersman.insight.failure_text import MOST_PLACES, excerpt, joined, more_places, rendered_text, values_text
from steersman.insight.fixes import Clues, likely_fix
from steersman.insight.lines import Lines
from steersman.insight.nearness import KnownPaths
from steersman.insight.origins import LineFinder, chart_origins, origins
from steersman.insight.reads import GLOBAL, VALUES, Reads
from steersman.insight.unused import dotted
from steersman.insight.value_origins import ValueOrigins, shown, value_at
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.engine.trace import Path
    from steersman.gotemplate.errors import ExecError, ParseError
    from steersman.insight.lines import Line, Place
    from steersman.insight.origins import GivenValues
    from steersman.rendering import Broken
    from steersman.values.errors import SchemaViolation, Violation

_MOST_CALLS = 8
_MOST_MESSAGE = 1000  # characters of a sentence about values
_TPL = "gotpl"  # helm: its name for a text that ``tpl`` is given
_MOST_EVENTS = 500_000  # of the second render, which may be one that would take all memory


def diagnose(broken: Broken, given: GivenValues) -> str:
    """Return what is to be said about a render that failed, or ``""``; ``given`` says where values are from."""
    from steersman.errors import ManifestError
    from steersman.gotemplate.errors import ExecError, ParseError
    from steersman.values.errors import SchemaViolation

    violation = broken.error.find(SchemaViolation)
    if violation is not None:
        return _of_schema(broken, violation, given)
    parsing = broken.error.find(ParseError)
    executing = broken.error.find(ExecError)
    if parsing is not None and executing is None:
        return _of_parsing(broken, parsing)
    trace = Trace(_MOST_EVENTS)
    broken.render(trace)
    if executing is not None:
        return _of_executing(broken, executing, trace, given)
    if broken.files is not None and broken.error.find(ManifestError) is not None:
        return _of_yaml(broken, broken.files, trace, given)
    return ""


# Templates


def _of_executing(broken: Broken, error: ExecError, trace: Trace, given: GivenValues) -> str:
    from steersman.engine.errors import FailError, causes
    from steersman.go.errors import CallError
    from steersman.gotemplate.errors import ExecError, ParseError

    chain = list(causes(error))
    levels = [level for level in chain if isinstance(level, ExecError)]
    given_texts = [level.text for level in chain if isinstance(level, CallError) and level.text]  # to tpl
    parsing = next((level for level in chain if isinstance(level, ParseError)), None)
    innermost = levels[-1]
    texts = _texts(broken, trace)
    text = texts.get(innermost.template, "")
    if given_texts and (parsing is not None or innermost.template == _TPL):
        text = given_texts[-1]
    if parsing is not None:
        out = [excerpt(text, parsing.name, parsing.line, -1)] if parsing.line else []
    else:
        out = [excerpt(text, innermost.template, innermost.line, innermost.column, innermost.context)]
    calls = levels if parsing is not None else levels[:-1]
    out += _folded(
        [
            f"{level.template}:{level.line} calls {level.function}\n"
            for level in calls
            if level.function in ("include", "tpl")
        ]
    )
    reads = Reads(trace)
    lines = Lines(trace, reads)
    where = ValueOrigins(trace, reads, broken.source, given)
    left = lines.left_of(trace.roots[-1]) if trace.roots else ((), (), [])
    values = [where.of(_there(trace, path)) for path in left[0]]
    because = [where.of(path) for path in left[1]]
    out += rendered_text(left[2], len(left[2]))
    for one in dict.fromkeys(given_texts):
        path = _path_of(trace.values, one)
        if path is not None:
            values.insert(0, where.of((VALUES, *path)))
    message = str(innermost.cause) if innermost.cause is not None else innermost.message
    if parsing is not None:
        message = parsing.message
    if isinstance(innermost.cause, FailError):
        message = f"{innermost.function}: {message}"
    out += values_text(values, because if message.startswith("fail:") else [])
    clues = Clues(
        message=message,
        context=innermost.context if parsing is None else "",
        template=text,
        line=innermost.line if parsing is None else parsing.line,
        values=tuple(values),
        because=tuple(because),
        defines=tuple(trace.templates.names()) if trace.templates is not None else (),
    )
    return joined(out, likely_fix(clues))


def _folded(calls: list[str]) -> list[str]:
    """Return calls with those that follow each other in circles left out."""
    if len(calls) <= _MOST_CALLS:
        return calls
    half = _MOST_CALLS // 2
    return [*calls[:half], f"... and {len(calls) - 2 * half} more calls\n", *calls[-half:]]


def _path_of(tree: object, text: str) -> Path | None:
    """Return the path of the value that is a text."""
    todo: list[tuple[Path, object]] = [((), tree)]
    while todo:
        path, at = todo.pop()
        if at == text and isinstance(at, str):
            return path
        if isinstance(at, dict):
            todo += [((*path, key), inner) for key, inner in at.items()]
        elif isinstance(at, list):
            todo += [((*path, number), inner) for number, inner in enumerate(at)]
    return None


def _there(trace: Trace, path: Path) -> Path:
    """Return a path, or the one above it that has a value which is not a map."""
    for end in range(2, len(path)):
        value = value_at(trace.values, path[1:end])
        if value is not None and not isinstance(value, (dict, list)):
            return path[:end]
    return path


def _of_parsing(broken: Broken, error: ParseError) -> str:
    text = _chart_texts(broken).get(error.name, "")
    out = [excerpt(text, error.name, error.line, -1)] if error.line else []
    fix = likely_fix(Clues(message=error.message, template=text, line=error.line))
    return joined(out, fix)


def _texts(broken: Broken, trace: Trace) -> dict[str, str]:
    texts = _chart_texts(broken)
    # texts that tpl runs are in the recording
    todo = list(trace.roots)
    while todo:
        execution = todo.pop()
        definition = execution.templates.lookup(execution.name)
        if definition is not None:
            texts[definition.parse_name] = definition.text
        todo += execution.inside()
    return texts


def _chart_texts(broken: Broken) -> dict[str, str]:
    return {
        f"{chart.full_path}/{file.name}": file.data.decode("utf-8", "replace")
        for chart in broken.source.chart.walk()
        for file in chart.templates
    }


# YAML


class _Located(Record):
    """A rendered line that is at fault, the lines of its template, and the fix."""

    rows: list[Line]
    number: int
    fix: str
    texts: dict[str, str]
    reads: Reads

    @property
    def line(self) -> Line:
        return self.rows[self.number]


def yaml_fault(broken: Broken) -> tuple[tuple[Place, ...], str]:
    """Return the places that wrote the line of a manifest that is not YAML, the outermost first, and its fix or ``""``.

    No places where the render failed for another reason.
    """
    trace = Trace(_MOST_EVENTS)
    if broken.files is None:
        return (), ""
    broken.render(trace)
    found = _located(broken, broken.files, trace)
    return (found.line.chain, found.fix) if found is not None else ((), "")


def _located(broken: Broken, files: dict[str, str], trace: Trace) -> _Located | None:
    found = _broken_yaml(str(broken.error), files)
    if found is None:
        return None
    reads = Reads(trace)
    rows = Lines(trace, reads).of(found.path)
    if found.first + found.line >= len(rows):
        return None
    texts = _texts(broken, trace)
    number, fix = first_fix(found, rows, texts, _problem)
    return _Located(rows, number, fix, texts, reads)


def _of_yaml(broken: Broken, files: dict[str, str], trace: Trace, given: GivenValues) -> str:
    found = _located(broken, files, trace)
    if found is None:
        return ""
    out = []
    places = found.line.chain
    if places:
        out.append(excerpt(found.texts.get(places[-1].template, ""), places[-1].template, places[-1].line, -1))
        out += [f"{place} includes it\n" for place in reversed(places[:-1])]
    out += rendered_text([row.text for row in found.rows], found.number)
    where = ValueOrigins(trace, found.reads, broken.source, given)
    out += values_text([where.of(value) for value in found.line.values], [])
    return joined(out, found.fix)


def _broken_yaml(message: str, files: dict[str, str]) -> BrokenDocument | None:
    """Return the document that an error is about."""
    found = re.match(r"YAML parse error on (.+?): (.*)", message, re.DOTALL)
    if found is None or found[1] not in files:
        return None
    from steersman.manifest.split import split_manifests

    path, text, at = found[1], files[found[1]], 0
    for document in split_manifests(text):
        at = max(text.find(document.strip(), at), 0)
        problem = _problem(document)
        if problem is not None:
            line, words = problem
            last = document.strip().count("\n")
            return BrokenDocument(path, document.strip(), text.count("\n", 0, at), min(line, last), words)
        at += 1
    return None


def _problem(document: str) -> tuple[int, str] | None:
    """Return the line of a document (from 0) that is at fault and the reason; None where it can be read."""
    from steersman.manifest.hooks import read_head
    from steersman.yamlio import load
    from steersman.yamlio.errors import YamlError

    try:
        tree = load(document)
    except YamlError as error:
        return max(error.at - 1, 0), str(error)
    try:
        read_head(tree)
    except ValueError as error:
        return _shape_line(document), str(error)
    return None


def _shape_line(document: str) -> int:
    """Return the line of a document, from 0, that has a map or list in place of a text, or the other way around."""
    from steersman.yamlio.nodes import MAPPING, SCALAR, read

    root = read(document.strip().encode("utf-8", "surrogateescape"))
    if root is None or root.kind != MAPPING:
        return 0
    wanted = {"apiVersion": SCALAR, "kind": SCALAR, "metadata": MAPPING}
    within = {"name": SCALAR, "annotations": MAPPING}
    for key, value in root.pairs():
        if value.kind != wanted.get(key.text, value.kind):
            return key.line - 1
        for name, inner in value.pairs() if key.text == "metadata" else ():
            if inner.kind != within.get(name.text, inner.kind):
                return name.line - 1
            for one, text in inner.pairs() if name.text == "annotations" else ():
                if text.kind != SCALAR:
                    return one.line - 1
    return 0


# Schemas


def _of_schema(broken: Broken, violation: SchemaViolation, given: GivenValues) -> str:
    out = []
    lines = LineFinder()
    known: dict[int, KnownPaths] = {}
    found = [(one, path) for one in violation.refused for path in _refused_paths(one)]
    for one, path in found[:MOST_PLACES]:
        places = origins(given, path, lines) or chart_origins(broken.source.loaded, path, lines)
        value = f"{dotted(path) or 'the values'} = {shown(value_at(broken.values, path))}"
        out.append(f"{value}  {places[0] if places else ''}".rstrip() + f"\n  {one.message[:_MOST_MESSAGE]}\n")
        if one.unknown:
            if id(one) not in known:
                known[id(one)] = KnownPaths((*path[:-1], name) for name in one.known)
            meant = known[id(one)].nearest(path)
            out += [f"  fix: did you mean {meant[-1]}?\n"] if meant is not None else []
    out += more_places(len(found), "value")
    return "".join(out).rstrip("\n")


def _refused_paths(one: Violation) -> list[tuple[object, ...]]:
    keys: list[object] = [part.replace("~1", "/").replace("~0", "~") for part in one.pointer.split("/")[1:]]
    path = tuple(int(key) if isinstance(key, str) and key.isdigit() and len(key) < 10 else key for key in keys)
    # every subchart's values have a global; there is a notice about that
    return [(*path, name) for name in one.unknown if name != GLOBAL] if one.unknown else [path]
