"""A report as SARIF 2.1.0, the format that code scanning reads."""

from __future__ import annotations

from steersman.checking.findings import ERROR, NOTE, WARNING
from steersman.checking.rules import RULES
from steersman.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from steersman.checking.findings import Finding

_LEVELS = {ERROR: "error", WARNING: "warning", NOTE: "note"}
_PAGES = "https://steersman.github.io/steersman/rules/"


def sarif(reports: Iterable[Iterable[Finding]]) -> dict[str, Any]:
    """Return a SARIF log with a run for each chart; the paths of the findings are below the folder that is scanned."""
    rules = [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.title},
            "helpUri": f"{_PAGES}{rule.name}/",
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        }
        for rule in RULES.values()
    ]
    driver = {
        "name": "steersman",
        "version": __version__,
        "informationUri": "https://steersman.github.io/steersman/",
        "rules": rules,
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(one) for one in report]} for report in reports],
    }


def _result(one: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": _place(one.file, one.line)}
    if one.object:
        name = f"{one.object} {one.field}".strip()
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "object"}]
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": list(RULES).index(one.rule),
        "level": _LEVELS[one.severity],
        "message": {"text": one.message},
        "locations": [location],
    }
    others = [(file, line) for file, line in one.chain if (file, line) != (one.file, one.line)]
    if others:
        result["relatedLocations"] = [{"physicalLocation": _place(file, line)} for file, line in others]
    if one.cases:
        result["properties"] = {"cases": list(one.cases)}
    return result


def _place(path: str, line: int) -> dict[str, Any]:
    from steersman.go.url import path_escaped

    uri = path_escaped(path)
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if line:
        place["region"] = {"startLine": line}
    return place
