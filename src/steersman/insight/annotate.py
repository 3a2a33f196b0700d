"""Findings about rendered YAML, with the template lines that they come from; also as SARIF."""

from __future__ import annotations

from steersman.insight.line_fields import dotted
from steersman.record import Record
from steersman.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from steersman.insight.foreign import Foreign
    from steersman.insight.mapped_lines import MappedLine, MappedLines

# hashes of the line that a finding was on: a program that reads the log works them out anew
_STALE_FINGERPRINTS = ("primaryLocationLineHash", "primaryLocationStartColumnFingerprint")


class Annotated(Record):
    """A finding, and the line it was mapped to, or None."""

    finding: Foreign
    line: MappedLine | None


def annotated(found: Iterable[Foreign], lines: MappedLines, is_rendered: Callable[[str], bool]) -> list[Annotated]:
    """Map findings to template lines.

    Args:
        found: the findings.
        lines: the source map.
        is_rendered: whether a file is the one that was rendered; findings about others stay as they are.
    """
    return [Annotated(one, _line_of(one, lines) if is_rendered(one.file) else None) for one in found]


def _line_of(one: Foreign, lines: MappedLines) -> MappedLine | None:
    if one.kind:
        return lines.of_object(one.kind, one.name, one.pointer)
    if one.line:
        return lines.at(one.line, one.end_line)
    kind, _, name = lines.named_in(one.about).partition("/")
    return lines.of_object(kind, name, one.pointer) if kind else None


def field_name(line: MappedLine) -> str:
    """Return the object and the field of a line: ``Deployment/web spec.replicas``."""
    return f"{line.target} {dotted(line.field)}".strip()


# SARIF


def with_templates(tree: dict[str, Any], rows: Sequence[Annotated], path: Callable[[str], str]) -> dict[str, Any]:
    """Return a SARIF log whose mapped results are at template lines; the old places are related locations.

    Args:
        tree: the log, which is not changed.
        rows: its findings.
        path: returns the path of a template's file from where the user is.
    """
    from steersman.values.coalesce import copy_tree

    log: dict[str, Any] = copy_tree(tree)
    for row in rows:
        if row.line is None:
            continue
        run, number, at = row.finding.at
        result = log["runs"][run]["results"][number]
        locations = result.get("locations")
        if not isinstance(locations, list) or not locations:
            locations = result["locations"] = [{}]
        old = locations[at] if isinstance(locations[at], dict) else {}
        locations[at] = _location(row.line, path, old.get("logicalLocations"))
        related = result.get("relatedLocations")
        related = related if isinstance(related, list) else []
        more = _related(row.line, path, old.get("physicalLocation"))
        result["relatedLocations"] = [*related, *(one for one in more if one not in related)]
        fingerprints = result.get("partialFingerprints")
        if isinstance(fingerprints, dict):
            for name in _STALE_FINGERPRINTS:
                fingerprints.pop(name, None)
    return log


def new_log(rows: Sequence[Annotated], path: Callable[[str], str]) -> dict[str, Any]:
    """Return a SARIF log of findings that came in another format; ``path`` as in ``with_templates``."""
    tool = rows[0].finding.tool if rows else "kubeconform"
    names = sorted({row.finding.rule for row in rows})
    results = []
    for row in rows:
        one = row.finding
        result: dict[str, Any] = {
            "ruleId": one.rule,
            "ruleIndex": names.index(one.rule),
            "level": one.level,
            "message": {"text": one.message},
        }
        old = {"artifactLocation": {"uri": _uri(one.file)}}
        if row.line is None:
            result["locations"] = [{"physicalLocation": old}]
        else:
            result["locations"] = [_location(row.line, path, None)]
            region = {"region": {"startLine": row.line.line}}
            result["relatedLocations"] = _related(row.line, path, {**old, **region})
        results.append(result)
    driver = {"name": tool, "rules": [{"id": name} for name in names]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver, "extensions": [{"name": "steersman", "version": __version__}]},
                "results": results,
            }
        ],
    }


def map_log(lines: MappedLines) -> dict[str, Any]:
    """Return a source map as a SARIF log: an informational result for each line of the output, at its template line.

    The object and the field are its logical location; includes and the line of the output are related locations.
    """
    output = {"description": {"text": "standard output"}}
    results = []
    for line in lines.rows:
        result: dict[str, Any] = {
            "ruleId": "source-line",
            "ruleIndex": 0,
            "kind": "informational",
            "level": "none",
            "message": {"text": f"line {line.line} of the output"},
            "locations": [_location(line, str, None)],
            "relatedLocations": _related(line, str, {"artifactLocation": output, "region": {"startLine": line.line}}),
        }
        if line.values:
            result["properties"] = {"values": list(line.values)}
        results.append(result)
    driver = {"name": "steersman", "version": __version__, "rules": [{"id": "source-line"}]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _location(line: MappedLine, path: Callable[[str], str], logical: Any) -> dict[str, Any]:
    name = {"fullyQualifiedName": field_name(line), "kind": "object"}
    before = [one for one in logical if one != name] if isinstance(logical, list) else []
    return {
        "physicalLocation": _place(path(line.template), line.template_line),
        "logicalLocations": [name, *before],
    }


def _related(line: MappedLine, path: Callable[[str], str], old: Any) -> list[dict[str, Any]]:
    # SARIF: no location may be there twice, and an include may be
    found = [
        {"physicalLocation": _place(path(file), number), "message": {"text": "written by this include"}}
        for file, number in dict.fromkeys(line.includes)
    ]
    if isinstance(old, dict):
        found.append({"physicalLocation": old, "message": {"text": "the rendered line"}})
    return found


def _place(path: str, line: int) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(path)}, "region": {"startLine": max(line, 1)}}


def _uri(path: str) -> str:
    from steersman.go.url import path_escaped

    return path_escaped(path)
