"""A render that failed, told at its place: the template line with a caret, what led there, values, and the likely fix.

Helm's message stays as it is; this is what comes after it.
"""

from __future__ import annotations

import re

from steersman.engine.trace import Trace
from steersman.insight.fixes import Block, Clues, likely_fix, yaml_fix
from steersman.insight.lines import Lines
from steersman.insight.nearness import nearest
from steersman.insight.origins import origins
from steersman.insight.reads import GLOBAL, Reads
from steersman.insight.unused import dotted
from steersman.insight.value_origins import ValueOrigins, value_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from steersman.engine.trace import Path
    from steersman.gotemplate.errors import ExecError, ParseError
    from steersman.insight.lines import Line
    from steersman.insight.origins import GivenValues
    from steersman.insight.value_origins import ValueOrigin
    from steersman.rendering import Broken
    from steersman.values.schema import SchemaViolation, Violation

_AROUND = 3  # rendered lines on each side
_MOST_VALUES = 6
_MOST_EVENTS = 500_000  # of the second render, which may be one that would take all memory
_YAML_LINE = re.compile(r"line (\d+):")


def diagnose(broken: Broken, given: GivenValues) -> str:
    """Return what is to be said about a render that failed, or ``""``; ``given`` says where values are from."""
    from steersman.errors import ManifestError
    from steersman.gotemplate.errors import ExecError, ParseError
    from steersman.values.schema import SchemaViolation

    violation = broken.error.find(SchemaViolation)
    if violation is not None:
        return _of_schema(broken, violation, given)
    parsing = broken.error.find(ParseError)
    if parsing is not None:
        return _of_parsing(broken, parsing)
    trace = Trace(_MOST_EVENTS)
    broken.render(trace)
    executing = broken.error.find(ExecError)
    if executing is not None:
        return _of_executing(broken, executing, trace, given)
    if broken.files is not None and broken.error.find(ManifestError) is not None:
        return _of_yaml(broken, broken.files, trace, given)
    return ""


# Templates


def _of_executing(broken: Broken, error: ExecError, trace: Trace, given: GivenValues) -> str:
    from steersman.engine.errors import causes
    from steersman.engine.functions import FailError
    from steersman.gotemplate.errors import ExecError

    levels = [level for level in causes(error) if isinstance(level, ExecError)]
    innermost = levels[-1]
    texts = _texts(broken, trace)
    out = []
    for level in levels[:-1]:
        if level.function in ("include", "tpl"):
            out.append(f"{level.template}:{level.line} calls {level.function}\n")
    text = texts.get(innermost.template, "")
    out.insert(0, _excerpt(text, innermost.template, innermost.line, innermost.column, innermost.context))
    reads = Reads(trace)
    lines = Lines(trace, reads)
    where = ValueOrigins(trace, reads, broken.source, given)
    left = lines.left_of(trace.roots[-1]) if trace.roots else ((), (), [])
    values = [where.of(_there(trace, path)) for path in left[0]]
    because = [where.of(path) for path in left[1]]
    out += _rendered(left[2], len(left[2]))
    message = str(innermost.cause) if innermost.cause is not None else innermost.message
    if isinstance(innermost.cause, FailError):
        message = f"{innermost.function}: {message}"
    out += _values_text(values, because if message.startswith("fail:") else [])
    clues = Clues(
        message=message,
        context=innermost.context,
        template=texts.get(innermost.template, ""),
        line=innermost.line,
        values=tuple(values),
        because=tuple(because),
        defines=tuple(trace.templates.names()) if trace.templates is not None else (),
    )
    return _joined(out, likely_fix(clues))


def _there(trace: Trace, path: Path) -> Path:
    """Return a path, or the one above it that has a value which is not a map."""
    for end in range(2, len(path)):
        value = value_at(trace.values, path[1:end])
        if value is not None and not isinstance(value, (dict, list)):
            return path[:end]
    return path


def _of_parsing(broken: Broken, error: ParseError) -> str:
    text = _chart_texts(broken).get(error.name, "")
    out = [_excerpt(text, error.name, error.line, -1)] if error.line else []
    fix = likely_fix(Clues(message=error.message, template=text, line=error.line))
    return _joined(out, fix)


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


def _excerpt(text: str, name: str, line: int, column: int, context: str = "") -> str:
    """Return a line of a template, with the piece of it that ``context`` is marked, or the column (from 0, in bytes).

    A column of -1 marks the beginning of the line.
    """
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return f"{name}:{line}\n" if line else ""
    shown = lines[line - 1].expandtabs(1)
    begin = len(shown) - len(shown.lstrip()) if column < 0 else len(shown.encode()[:column].decode("utf-8", "ignore"))
    # go: the position of a chain of fields is within it
    at = shown.rfind(context, 0, begin + len(context)) if context else -1
    is_there = 0 <= at <= begin
    mark = " " * (at if is_there else begin) + "^" * (len(context) if is_there else 1)
    return f"{name}:{line}\n  {line:>4} | {shown}\n       | {mark}\n"


# YAML


def _of_yaml(broken: Broken, files: dict[str, str], trace: Trace, given: GivenValues) -> str:
    found = _broken_line(str(broken.error), files)
    if found is None:
        return ""
    path, number, message = found
    reads = Reads(trace)
    lines = Lines(trace, reads)
    rows = lines.of(path)
    if number >= len(rows):
        return ""
    texts = _texts(broken, trace)
    number, fix = _first_fix(message, rows, number, texts, path)
    line = rows[number]
    out = []
    places = line.chain
    if places:
        out.append(_excerpt(texts.get(places[-1].template, ""), places[-1].template, places[-1].line, -1))
        out += [f"{place} includes it\n" for place in reversed(places[:-1])]
    out += _rendered([row.text for row in rows], number)
    where = ValueOrigins(trace, reads, broken.source, given)
    out += _values_text([where.of(value) for value in line.values], [])
    return _joined(out, fix)


def _broken_line(message: str, files: dict[str, str]) -> tuple[str, int, str] | None:
    """Return the template, the line of its text (from 0) and YAML's words for a manifest that cannot be read."""
    found = re.match(r"YAML parse error on (.+?): (.*)", message, re.DOTALL)
    if found is None or found[1] not in files:
        return None
    from steersman.manifest.hooks import read_head
    from steersman.manifest.split import split_manifests
    from steersman.yamlio import YamlError, load

    path, text, at = found[1], files[found[1]], 0
    for document in split_manifests(text):
        at = max(text.find(document.strip(), at), 0)
        start = text.count("\n", 0, at)
        try:
            tree = load(document)
        except YamlError as error:
            line = _YAML_LINE.search(str(error))
            offset = int(line[1]) - 1 if line else 0
            return path, start + min(offset, document.strip().count("\n")), str(error)
        try:
            read_head(tree)
        except ValueError as error:
            return path, start + _shape_line(document), str(error)
        at += 1
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


def _first_fix(message: str, rows: Sequence[Line], number: int, texts: dict[str, str], path: str) -> tuple[int, str]:
    """Return the line at or next to ``number`` whose fix is known, and the fix; YAML's line is often the next one."""
    if "Go struct field" in message:
        return number, "a text is wanted here: | quote" if message.endswith(
            "of type string"
        ) else "a map is wanted here"
    for at in (number, number + 1, number - 1):
        if not 0 <= at < len(rows) or not rows[at].text.strip():
            continue
        line = rows[at]
        place = line.chain[0] if line.chain else None
        source = texts.get(place.template, "").split("\n")[place.line - 1] if place is not None and place.line else ""
        before = next((row.text for row in reversed(rows[:at]) if row.text.strip() and not _same_origin(row, line)), "")
        own = tuple(dict.fromkeys(s.chain[0].line for s in line.segments if s.chain and s.chain[0].template == path))
        last = texts.get(path, "").split("\n")[own[-1] - 1] if own else source
        fix = yaml_fix(Block(message, line.text, before, last if len(own) > 1 else source, own, line.made))
        if fix:
            return at, fix
    return number, ""


def _same_origin(row: Line, line: Line) -> bool:
    return bool(row.made) and row.made == line.made


# Schemas


def _of_schema(broken: Broken, violation: SchemaViolation, given: GivenValues) -> str:
    out = []
    for one in violation.violations:
        for path, fix in _violated(one):
            places = origins(given, path) or _default_places(broken, path)
            shown = f"{dotted(path) or 'the values'} = {_shown(value_at(broken.values, path))}"
            out.append(f"{shown}  {places[0] if places else ''}".rstrip() + f"\n  {one.message}\n")
            if fix:
                out.append(f"  fix: {fix}\n")
    return "".join(out).rstrip("\n")


def _violated(one: Violation) -> Iterator[tuple[tuple[object, ...], str]]:
    keys: list[object] = [part.replace("~1", "/").replace("~0", "~") for part in one.pointer.split("/")[1:]]
    path = tuple(int(key) if isinstance(key, str) and key.isdigit() else key for key in keys)
    if not one.unknown:
        yield path, ""
    for name in one.unknown:
        if name == GLOBAL:
            continue  # every subchart's values have it; there is a notice about that
        meant = nearest((*path, name), [(*path, known) for known in one.known])
        yield (*path, name), f"did you mean {meant[-1]}?" if meant is not None else ""


def _default_places(broken: Broken, path: tuple[object, ...]) -> list[object]:
    from steersman.insight.origins import chart_origins

    return list(chart_origins(broken.source.loaded, path))


# Words


def _rendered(lines: Sequence[str], at: int) -> list[str]:
    """Return rendered lines around one of them, which is marked; ``at`` behind the last one marks none."""
    begin, end = max(0, at - _AROUND), min(len(lines), at + _AROUND + 1)
    shown = [f"  {'>' if number == at else ' '} {lines[number]}".rstrip() + "\n" for number in range(begin, end)]
    return ["rendered:\n", *shown] if any(line.strip() for line in shown) else []


def _values_text(values: Iterable[ValueOrigin], because: Iterable[ValueOrigin]) -> list[str]:
    out = []
    for value in list({value.path: value for value in values}.values())[-_MOST_VALUES:]:
        out.append(f"{value.path} = {_shown(value.value)}" + (f"  {value.places[0]}" if value.places else "") + "\n")
    for value in list({value.path: value for value in because}.values())[:_MOST_VALUES]:
        place = f"  {value.places[0]}" if value.places else ""
        out.append(f"{value.path} = {_shown(value.value)}{place}, which decided\n")
    return out


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)) and value:
        return "{...}" if isinstance(value, dict) else "[...]"
    if value is None:
        return "(not set)"
    from steersman.go.json import dumps

    text = dumps(value)
    return text if len(text) <= 60 else text[:60] + "..."


def _joined(out: list[str], fix: str) -> str:
    return "".join([*out, f"fix: {fix}" if fix else ""]).rstrip("\n")
