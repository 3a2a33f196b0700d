"""Rules about named templates: unknown ones, those that two charts define, those that nothing includes."""

from __future__ import annotations

from collections import Counter

from steersman.checking.findings import ERROR, NOTE, WARNING, Finding
from steersman.insight.nearness import edits, most_edits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.checking.subject import Subject
    from steersman.insight.uses import Source


def unknown_includes(subject: Subject) -> Iterator[Finding]:
    """Yield the includes of names that no template of the chart or of a subchart has."""
    uses = subject.uses
    seen = set()
    for one in uses.unknown:
        if not subject.is_own(one.place.template) or one in seen:
            continue
        seen.add(one)
        near = [name for name in uses.defined if edits(one.name, name, most_edits(one.name)) > 0]
        meant = f"; did you mean {min(near)}?" if near else ""
        severity = ERROR
        if subject.missing:
            # it may be in a subchart that is not here
            severity = NOTE
            meant = f"; {', '.join(sorted(subject.missing))} is missing in charts/, run steer dependency update"
        elif subject.loaded.is_library:
            severity = NOTE
        message = f'no template is called "{one.name}"{meant}'
        yield Finding("unknown-include", severity, message, one.place.template, one.place.line)


def duplicate_defines(subject: Subject) -> Iterator[Finding]:
    """Yield the names that the chart and a subchart, or two subcharts, define in different ways."""
    for name, sources in subject.uses.defined.items():
        *losers, winner = sources
        shown = str(winner.tree.root)
        for loser in losers:
            if loser.chart == winner.chart or str(loser.tree.root) == shown or _same_chart(subject, loser, winner):
                continue
            place = winner if subject.is_own(winner.tree.parse_name) else loser
            yield Finding(
                "duplicate-define",
                WARNING,
                f'"{name}" is also defined by {loser.chart} ({_place(loser)}), in another way; '
                f"every chart gets the definition of {winner.chart} ({_place(winner)})",
                place.tree.parse_name,
                _line(place),
            )


def _same_chart(subject: Subject, left: Source, right: Source) -> bool:
    """Return whether two charts are copies of one, of any version: two of a library come to no harm by design."""
    names = {chart.full_path: (chart.metadata.name, chart.is_library) for chart in subject.loaded.walk()}
    one, other = names.get(left.chart), names.get(right.chart)
    return one is not None and one == other and one[1]


def unused_defines(subject: Subject) -> Iterator[Finding]:
    """Yield the chart's own named templates that nothing includes; a library is there to be included by others."""
    uses = subject.uses
    if uses.is_dynamic or uses.is_cut_short or subject.loaded.is_library:
        return
    for name, sources in uses.defined.items():
        winner = sources[-1]
        file = winner.tree.parse_name
        if name in uses.used or name == file or not subject.is_own(file):
            continue
        if _is_mentioned(subject, name, winner):
            continue
        yield Finding("unused-define", NOTE, f'no template includes "{name}"', file, _line(winner))


def _is_mentioned(subject: Subject, name: str, source: Source) -> bool:
    """Return whether a text names a define anywhere but in itself and in the defines that it includes.

    The include may be in a text that was not walked, such as another define which nothing includes.
    """
    own = source.tree.parse_name
    inside: Counter[str] = Counter()
    for one in _included_by(subject, source):
        file = one.tree.parse_name
        inside[file] += str(one.tree.root).count(f'"{name}"' if file == own else name)
    if source.tree.text.count(f'"{name}"') - inside[own] > 1:
        return True
    return any(text.count(name) > inside[path] for path, text in subject.texts.items() if path != own)


def _included_by(subject: Subject, source: Source) -> list[Source]:
    """Return a define, and those that it names, and those that these name, and so on."""
    found, todo = [source], [source]
    while todo:
        text = str(todo.pop().tree.root)
        for name, sources in subject.uses.defined.items():
            if f'"{name}"' in text and sources[-1] not in found:
                found.append(sources[-1])
                todo.append(sources[-1])
    return found


def _line(source: Source) -> int:
    tree = source.tree
    at = tree.text.find(f'"{tree.name}"')
    return tree.text.count("\n", 0, max(at, 0)) + 1


def _place(source: Source) -> str:
    return f"{source.tree.parse_name}:{_line(source)}"
