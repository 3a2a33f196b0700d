"""The likely fix of rendered text that is not YAML: changes of rendered lines, each with that of the template.

A change is tried on the rendered lines before it is named: they have to be YAML with it, or be wrong further down only.
The sentences are tried as well: ``tests/insight/test_failures.py`` has a chart for each and changes its template.
"""

from __future__ import annotations

import re

from steersman.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Row(Record):
    """A rendered line.

    Attributes:
        text: the line.
        sources: the lines of templates that wrote it, each with its place: that of the define that an include has run
            comes before that of the include.
        number: the line of the chart's own template that wrote it, from 1; 0 where that is not known.
        parts: its parts with the lines of the chart's own template that wrote them.
        made: the whole of what one action of the chart's own template wrote there, ``""`` for constant text.
    """

    text: str
    sources: tuple[tuple[str, str], ...] = ()
    number: int = 0
    parts: tuple[tuple[str, int], ...] = ()
    made: str = ""

    @property
    def source(self) -> str:
        """The line that the innermost include has run."""
        return self.sources[0][1] if self.sources else ""


class Edit(Record):
    """A change of rendered lines.

    Attributes:
        row: the line that is at fault.
        begin: the first line that is replaced.
        end: the one after the last.
        lines: the lines in their place.
        fix: a sentence that says how to change the template to that.
    """

    row: int
    begin: int
    end: int
    lines: tuple[str, ...]
    fix: str


def possible_edits(rows: Sequence[Row], template: Sequence[str], at: int) -> Iterator[Edit]:
    """Yield the changes that may mend a line.

    Args:
        rows: the lines of a document.
        template: the lines of the chart's own template.
        at: the line.
    """
    for make in _EDITS:
        yield from make(rows, template, at)


def as_text(rows: Sequence[Row], at: int) -> Iterator[Edit]:
    """Yield the change that makes the map or the list below a key a text."""
    text = rows[at].text.rstrip()
    if text.endswith(":") and at + 1 < len(rows):
        fix = f"write {text.strip()} | to make one of the lines below"
        yield Edit(at, at, at + 1, (f"{text} |",), fix)


# Sources


class _Part(Record):
    """A part of a template's line: constant text, an action, or a statement, which writes nothing."""

    text: str
    pipeline: str = ""
    is_statement: bool = False

    @property
    def is_action(self) -> bool:
        return bool(self.pipeline) and not self.is_statement


# The patterns here run on lines of any text: nothing that one part takes is tried again by another.
_IN_BRACES = re.compile(
    r"""\{\{-?+\s*+(/\*.*?\*/\s*+-?+(?=\}\})|(?:"(?:[^"\\]|\\.)*+"|`[^`]*+`|[^"`}]|\}(?!\}))*+)\}\}"""
)
_STATEMENT = re.compile(r"(if|else|end|range|with|define|block|break|continue)\b|/\*|\$\w*\s*(,\s*\$\w+\s*)?:?=")
_BLANKS = re.compile(r"\s*+")
_DASHES = re.compile(r"\s*+(?:-\s++)*+")
_KEY = re.compile(
    r"\s*+(?:-\s++)*+(?:\{\{(?:[^}]|\}(?!\}))*+\}\}|[^\s:#{\[\"'*&!])"
    r"(?:\{\{(?:[^}]|\}(?!\}))*+\}\}|[^:{])*+:(?:\s++|$)"
)


def _parts(source: str) -> list[_Part]:
    parts: list[_Part] = []
    end = 0
    while (begin := source.find("{{", end)) >= 0:
        found = _IN_BRACES.match(source, begin)
        if found is None:
            break  # an action of several lines
        if begin > end:
            parts.append(_Part(source[end:begin]))
        pipeline = found[1].removesuffix("-").rstrip()
        parts.append(_Part(found[0], pipeline, _STATEMENT.match(pipeline) is not None))
        end = found.end()
    return [*parts, _Part(source[end:])] if end < len(source) else parts


def _without_statements(source: str) -> str:
    """Return a line without the statements at its beginning and its end, and without a comment."""
    parts = _parts(source)
    while parts and (parts[-1].is_statement or (len(parts) > 1 and not parts[-1].text.strip())):
        parts.pop()
    first = next((at for at, part in enumerate(parts) if not part.is_statement and part.text.strip()), 0)
    blank = "" if not first or parts[first].text[:1].isspace() else source[: len(source) - len(source.lstrip())]
    text = blank + "".join(part.text for part in parts[first:])
    comment = re.compile(r"\s#").search(text, max(text.rfind("{"), text.rfind("}")) + 1)
    return (text[: comment.start()] if comment else text).rstrip()


class _Scalar(Record):
    """The value of a line.

    Attributes:
        head: the part of the line before it.
        value: itself.
        source: the same in the template.
        parts: those of the template, with the text that each has written.
        place: the words for the line of the template where that is around an include.
    """

    head: str
    value: str
    source: str
    parts: tuple[tuple[_Part, str], ...]
    place: str = ""


def _scalar(row: Row) -> _Scalar | None:
    """Return the value that a line ends in, where a line of a template tells what wrote it."""
    for number, (place, source) in enumerate(row.sources):
        found = _scalar_by(row, source)
        if found is not None:
            return replace(found, place=f" in {place}" if number else "")
    return None


def _scalar_by(row: Row, source: str) -> _Scalar | None:
    source = _without_statements(source)
    has_key = _KEY.match(source) is not None
    pattern = _KEY if has_key else _DASHES
    before, rendered = pattern.match(source), pattern.match(row.text)
    if before is None or rendered is None or not (has_key or "-" in before[0]):
        return None
    source, value = source[before.end() :], row.text[rendered.end() :].rstrip()
    parts = _parts(source)
    written = _written(parts, value) if value else None
    if written is None:
        return None
    return _Scalar(row.text[: rendered.end()], value, source, tuple(zip(parts, written)))


def _written(parts: Sequence[_Part], value: str) -> list[str] | None:
    """Return the text that each part has written of a value, each action as little as possible; None if it did not.

    >>> _written([_Part("a-"), _Part("{{ .b }}", ".b"), _Part("-c"), _Part("{{ .d }}", ".d")], "a-1-2-c3-c")
    ['a-', '1-2', '-c', '3-c']
    >>> _written([_Part("{{ .a }}", ".a"), _Part("-"), _Part("{{ .b }}", ".b"), _Part("-")], "1-2-3-")
    ['1', '-', '2-3', '-']
    >>> _written([_Part("a"), _Part("{{ .b }}", ".b")], "b") is None
    True
    """
    last = max((number for number, part in enumerate(parts) if part.is_action), default=-1)
    tail, end = [], len(value)
    for part in reversed(parts[last + 1 :]):
        text, begin = part.text.strip(), end
        if not part.is_statement:
            begin = _without_blanks(value, end) - len(text)
            if begin < 0 or not value.startswith(text, begin):
                return None
            begin = _without_blanks(value, begin)
        tail.append(value[begin:end])
        end = begin
    out: list[str] = []
    at, action = 0, -1  # the action that what comes next belongs to
    for number, part in enumerate(parts[: last + 1]):
        out.append("")
        if part.is_action:
            action = number
        elif not part.is_statement:
            text = part.text.strip()
            found = _after_blanks(value, at) if action < 0 or not text else value.find(text, at)
            if found < 0 or not value.startswith(text, found):
                return None
            begin = at + len(value[at:found].rstrip())
            if action >= 0:
                out[action] = value[at:begin]
            at = _after_blanks(value, found + len(text))
            out[number] = value[begin:at]
            action = -1
    if at > end or (last < 0 < end):
        return None
    if last >= 0:
        out[last] = value[at:end]
    return [*out, *reversed(tail)]


def _after_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found is not None else at


def _without_blanks(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


# Lines


def tab(rows: Sequence[Row], _template: Sequence[str], at: int) -> Iterator[Edit]:
    """Lines that begin with tabs."""

    def spaced(text: str) -> str:
        blank = text[: len(text) - len(text.lstrip())]
        return blank.replace("\t", "  ") + text.lstrip()

    text = rows[at].text
    if "\t" in text[: len(text) - len(text.lstrip())]:
        lines = tuple(spaced(row.text) for row in rows)
        yield Edit(at, 0, len(rows), lines, "the line begins with a tab; indent with spaces")


def _glued(rows: Sequence[Row], template: Sequence[str], at: int) -> Iterator[Edit]:
    """Two lines of the template in one rendered line."""
    row = rows[at]
    end = 0
    for (text, first), (following, second) in zip(row.parts, row.parts[1:]):
        end = row.text.find(text, end) + len(text)
        if not 0 < first < second <= len(template):
            continue
        last = template[second - 1]
        blank = last[: len(last) - len(last.lstrip())]
        lines = (row.text[:end].rstrip(), blank + row.text[end:].lstrip())
        if "{{-" in last.partition(following.strip())[0] or last.lstrip().startswith("{{-"):
            fix = f"{{{{- on line {second} removes the line break before it; leave its - out"
            yield Edit(at, at, at + 1, lines, fix)
            continue
        for number in range(second - 1, first - 1, -1):
            if template[number - 1].rstrip().endswith("-}}"):
                fix = f"-}}}} on line {number} removes the line break after it; leave its - out"
                yield Edit(at, at, at + 1, lines, fix)
                break


_INDENT = re.compile(r"\b(n?indent) (\d+)")
_MAKES_YAML = re.compile(r"\b(toYaml|toYamlPretty|include|tpl|template)\b")


def _indentation(rows: Sequence[Row], template: Sequence[str], at: int) -> Iterator[Edit]:
    """Lines that one action writes, of a value that is a map or a list."""
    row = rows[at]
    if not row.made or not 0 < row.number <= len(template):
        return
    begin, end = _block(rows, at)
    source = template[row.number - 1]
    action = next((part for part in reversed(_parts(source)) if part.is_action), None)
    if action is None or not (_MAKES_YAML.search(action.pipeline) or _INDENT.search(action.pipeline)):
        return
    if "\n" not in row.made.strip("\n") and not (_is_yaml_source(row.source) or "toYaml" in action.pipeline):
        return  # an include that writes a text
    prefix = source[: source.rfind(action.text)]
    prefix = "".join(part.text for part in _parts(prefix) if not part.is_statement)
    is_after_key = bool(prefix.strip())
    if row.made.startswith("\n") and begin and (is_after_key or not rows[begin - 1].text.strip()):
        begin -= 1  # nindent ends the line of the key first
    shown = rows[begin].text
    if is_after_key and not re.search(r"(:|^\s*-|\s-)\s*$", prefix):
        return  # in the midst of something
    wanted = _wanted(rows, begin, len(prefix) if not is_after_key else -1, prefix)
    found = _INDENT.search(action.pipeline)
    if found is None:
        fix = f"this writes several lines; indent them: | nindent {wanted}"
    elif found[1] == "indent" and (is_after_key or prefix):
        fix = f"the first of these lines has to begin a line of its own: nindent {wanted}"
    elif int(found[2]) == wanted:
        return
    else:
        fix = f"indent by {wanted}: {found[1]} {wanted}"
    head = _head_of(shown, prefix)
    lines = _indented(row.made, wanted)
    yield Edit(at, begin, end, (head, *lines) if is_after_key else lines, fix)


def _is_yaml_source(source: str) -> bool:
    return _KEY.match(_without_statements(source)) is not None


def _block(rows: Sequence[Row], at: int) -> tuple[int, int]:
    """Return the lines around one that the same action wrote."""
    made, number = rows[at].made, rows[at].number
    begin, end = at, at + 1
    while begin > 0 and rows[begin - 1].made == made and rows[begin - 1].number == number:
        begin -= 1
    while end < len(rows) and rows[end].made == made and rows[end].number == number:
        end += 1
    return begin, end


def _wanted(rows: Sequence[Row], begin: int, written: int, prefix: str) -> int:
    """Return the indentation of a map or a list.

    ``written`` is that of the action on a line of its own, -1 where it stands after a key or a dash.
    """
    if written < 0:
        return _column(prefix) + (0 if prefix.rstrip().endswith("-") else 2)
    before = next((row.text for row in reversed(rows[:begin]) if row.text.strip()), "")
    column = _column(before)
    if before.rstrip().endswith((":", "|", "|-", ">", ">-")):
        return written if written > column else column + 2
    return written or column


def _column(text: str) -> int:
    """Return the column of what a line begins with, after dashes.

    >>> _column("  - name: a")
    4
    """
    found = _DASHES.match(text)
    return len(found[0].rstrip("\n")) if found is not None and text.strip() not in ("-", "") else len(text.rstrip()) + 1


def _head_of(shown: str, prefix: str) -> str:
    """Return the part of a rendered line before the value of a key."""
    found = (_KEY if prefix.rstrip().endswith(":") else _DASHES).match(shown)
    return (found[0] if found is not None else shown).rstrip()


def _indented(made: str, width: int) -> tuple[str, ...]:
    lines = made.strip("\n").rstrip().split("\n")
    least = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return tuple(" " * width + line[least:] if line.strip() else "" for line in lines)


def _text_block(rows: Sequence[Row], template: Sequence[str], at: int) -> Iterator[Edit]:
    """A text of several lines after a key."""
    row = rows[at]
    if "\n" not in row.made.strip("\n") or not 0 < row.number <= len(template):
        return
    source = _without_statements(template[row.number - 1])
    found = _KEY.match(source)
    action = next((part for part in _parts(source) if part.is_action), None)
    if found is None or action is None or source[found.end() :] != action.text:
        return
    begin, end = _block(rows, at)
    width = _column(source) + 2
    head = _head_of(rows[begin].text, found[0])
    pipeline = re.sub(r"(?<!\s)\s*+\|\s*+n?indent \d+$", "", action.pipeline)
    fix = (
        f"the value has several lines; write it as a block: {found[0].strip()} | on a line, "
        f"then {{{{- {pipeline} | nindent {width} }}}} on the next"
    )
    yield Edit(at, begin, end, (f"{head} |", *_indented(row.made, width)), fix)


def _key(rows: Sequence[Row], _template: Sequence[str], at: int) -> Iterator[Edit]:
    """A key that an action writes."""
    row = rows[at]
    source = re.match(r"\s*(?:-\s+)*(\{\{[^{}]*\}\})\s*:(\s|$)", _without_statements(row.source))
    rendered = re.match(r"(\s*+(?:-\s++)*+)(.+?)(:(?:\s.*|$))", row.text)
    if source is None or rendered is None or rendered[2][0] in "\"'":
        return
    pipeline = _parts(source[1])[0].pipeline
    line = rendered[1] + _quoted(rendered[2]) + rendered[3]
    yield Edit(at, at, at + 1, (line,), f"quote the key: {{{{ {pipeline} | quote }}}}:")


def colon(rows: Sequence[Row], _template: Sequence[str], at: int) -> Iterator[Edit]:
    """A key and its value without a blank between them."""
    row = rows[at]
    found = re.match(r"(\s*+(?:- ++)*+[\w./-]++:)(\S.*)$", row.text)
    if found is not None and f"{found[1].strip()}{found[2][:1]}" in row.source.replace("{{", found[2][:1]):
        fix = f"write a blank after the colon of {found[1].strip(' -')}"
        yield Edit(at, at, at + 1, (f"{found[1]} {found[2]}",), fix)


def quotes(rows: Sequence[Row], _template: Sequence[str], at: int) -> Iterator[Edit]:
    """A text that has to be in quotes, or in others."""
    one = _scalar(rows[at])
    if one is None or (one.source[:1] in ("{", "[") and not one.source.startswith("{{")):
        return
    actions = [part for part, _ in one.parts if part.is_action]
    if not actions:
        yield from _constant(one, at)
        return
    if len(one.parts) == 1:
        if not _is_quoting(actions[0]):
            yield _changed(one, at, _quoted(one.value), "quote the value: | quote")
        return
    mark = one.source[:1]
    if mark in "\"'" and one.source.endswith(mark):
        inner = one.parts[1:-1]
        is_bare = one.parts[0][0].text == mark == one.parts[-1][0].text
        if is_bare and len(inner) == 1:
            if _is_quoting(inner[0][0]):
                yield _changed(
                    one, at, inner[0][1], "the value is quoted twice; leave the quotes around the action out"
                )
            else:
                pipeline = inner[0][0].pipeline
                fix = (
                    "the value has quotes or backslashes in it; leave the quotes around the action out, "
                    f"and write {{{{ {pipeline} | quote }}}}"
                )
                yield _changed(one, at, _quoted(inner[0][1]), fix)
            return
        yield _printed(one, at, mark)
    elif any(_is_quoting(part) for part in actions) or re.search(r'["\\]', one.value + _constants(one)):
        yield _printed(one, at, "")
    else:
        yield _changed(one, at, f'"{one.value}"', f'quote the whole value: "{one.source}"')


def _constant(one: _Scalar, at: int) -> Iterator[Edit]:
    text = one.value
    if len(text) > 1 and text[0] == '"' == text[-1]:
        text = text[1:-1]
        if "'" not in text:
            yield _changed(one, at, f"'{text}'", f"write it in single quotes: '{text}'")
    elif text[0] not in "\"'" and "'" not in text:
        yield _changed(one, at, f"'{text}'", f"quote the value: '{text}'")
    elif text[0] not in "\"'" and not re.search(r'["\\]', text):
        yield _changed(one, at, f'"{text}"', f'quote the value: "{text}"')


def _constants(one: _Scalar) -> str:
    return "".join(part.text for part, _ in one.parts if not part.pipeline)


def _printed(one: _Scalar, at: int, mark: str) -> Edit:
    """Return the change that makes a text of constant parts and of actions one value, and quotes that."""
    form, arguments, plain = [], [], []
    for number, (part, written) in enumerate(one.parts):
        if part.is_action:
            pipeline = re.sub(r"(?<!\s)\s*+\|\s*+s?quote$", "", part.pipeline)
            form.append("%v")
            arguments.append(pipeline if re.fullmatch(r"[.$][\w.$]*", pipeline) else f"({pipeline})")
            plain.append(written[1:-1] if _is_quoting(part) and len(written) > 1 else written)
        elif not part.is_statement:
            text = part.text
            if mark and number == 0:
                text = text[1:]
            if mark and number == len(one.parts) - 1:
                text = text[:-1]
            form.append(text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%"))
            plain.append(text)
    fix = f'quote the whole value: {{{{ printf "{"".join(form)}" {" ".join(arguments)} | quote }}}}'
    return _changed(one, at, _quoted("".join(plain)), fix)


def _is_quoting(part: _Part) -> bool:
    return re.search(r"(^|\|)\s*s?quote(\s[^|]*)?$", part.pipeline) is not None


def _quoted(text: str) -> str:
    from steersman.go.json import dumps

    return dumps(text, escape_html=False)


def _changed(one: _Scalar, at: int, value: str, fix: str) -> Edit:
    subject, colon, rest = fix.partition(":")
    return Edit(at, at, at + 1, (one.head + value,), f"{subject}{one.place}{colon}{rest}")


_EDITS: tuple[Callable[[Sequence[Row], Sequence[str], int], Iterator[Edit]], ...] = (
    tab,
    _glued,
    _indentation,
    _text_block,
    _key,
    colon,
    quotes,
)
