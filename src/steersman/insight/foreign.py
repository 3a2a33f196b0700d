"""Findings of other programs: SARIF 2.1.0, and the JSON of kubeconform.

These files come from elsewhere: a field of another type than it should have counts as one that is not there.
"""

from __future__ import annotations

import re

from steersman.errors import UsageError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_LEVELS = ("error", "warning", "note", "none")
_OK = ("statusvalid", "statusskipped", "statusempty", "valid", "skipped", "")
_MOST_FINDINGS = 200_000


class Foreign(Record):
    """A finding of another program.

    Attributes:
        tool: the program.
        rule: its rule, or ``""``.
        level: of SARIF.
        message: what it says.
        file: that it is about, or ``""``.
        line, end_line: of the file, from 1; 0 where they are not known.
        about: other texts that may name the object.
        kind, name, pointer: of the object and its field, where the program says them.
        at: where in the SARIF log it is: run, result, location.
    """

    tool: str
    rule: str
    level: str
    message: str
    file: str
    line: int = 0
    end_line: int = 0
    about: str = ""
    kind: str = ""
    name: str = ""
    pointer: str = ""
    at: tuple[int, int, int] = (0, 0, 0)


def findings(tree: Any) -> list[Foreign]:
    """Return the findings of a document.

    Raises:
        UsageError: when it is of no known format, or has too many of them.
    """
    if is_sarif(tree):
        if tree.get("version") != "2.1.0":
            raise UsageError(f"it is SARIF of version {tree.get('version')!r}; version 2.1.0 is read")
        rows = _of_sarif(tree)
    elif isinstance(tree, dict) and isinstance(tree.get("resources"), list):
        rows = _of_kubeconform(tree)
    else:
        raise UsageError("it is neither SARIF 2.1.0 nor what kubeconform -output json prints")
    found = []
    for one in rows:
        found.append(one)
        if len(found) > _MOST_FINDINGS:
            raise UsageError(f"it has more than {_MOST_FINDINGS} findings")
    return found


def is_sarif(tree: Any) -> bool:
    """Return whether a document is a SARIF log."""
    return isinstance(tree, dict) and isinstance(tree.get("runs"), list)


# SARIF


def _of_sarif(tree: dict[str, Any]) -> Iterator[Foreign]:
    for run_at, run in enumerate(tree["runs"]):
        driver = _map(_map(run, "tool"), "driver")
        rules = {_text(rule, "id"): rule for rule in _list(driver, "rules") if isinstance(rule, dict)}
        artifacts = [_text(_map(one, "location"), "uri") for one in _list(run, "artifacts")]
        for result_at, result in enumerate(_list(run, "results")):
            rule = _text(result, "ruleId") or _text(_map(result, "rule"), "id")
            level = _text(result, "level") or _text(_map(rules.get(rule), "defaultConfiguration"), "level")
            message = _text(_map(result, "message"), "text") or _text(_map(result, "message"), "markdown")
            for location_at, location in enumerate(_list(result, "locations") or [{}]):
                place = _map(location, "physicalLocation")
                region = _map(place, "region")
                artifact = _map(place, "artifactLocation")
                index = artifact.get("index")
                file = _text(artifact, "uri")
                if not file and type(index) is int and 0 <= index < len(artifacts):
                    file = artifacts[index]
                logical = [one for one in _list(location, "logicalLocations") if isinstance(one, dict)]
                names = [_text(one, field) for one in logical for field in ("fullyQualifiedName", "name")]
                line = _number(region, "startLine")
                yield Foreign(
                    _text(driver, "name"),
                    rule,
                    level if level in _LEVELS else "warning",
                    message,
                    _unescaped(file),
                    line,
                    max(line, _number(region, "endLine")),
                    " ".join((*names, message)),
                    pointer=next((name for name in names if name.startswith("/")), ""),
                    at=(run_at, result_at, location_at),
                )


def _unescaped(uri: str) -> str:
    from urllib.parse import unquote

    return unquote(uri.removeprefix("file://"), errors="replace")


# kubeconform


def _of_kubeconform(tree: dict[str, Any]) -> Iterator[Foreign]:
    for resource in tree["resources"]:
        status = _text(resource, "status").lower()
        if status in _OK:
            continue
        rule = "invalid" if "invalid" in status else "error"
        about = (_text(resource, "filename"), _text(resource, "kind"), _text(resource, "name"))
        errors = _details(_text(resource, "msg")) or [
            (_text(one, "path") or _text(one, "Path"), _text(one, "msg") or _text(one, "Message"))
            for one in _list(resource, "validationErrors")
        ]
        for path, message in errors:
            yield _conform(rule, message, about, _with_unknown(_instance_pointer(path), message))
        if not errors:
            yield _conform(rule, _text(resource, "msg"), about, "")


def _details(message: str) -> list[tuple[str, str]]:
    """Return the paths and messages in the text of kubeconform's validator, which has more of them than its list.

    >>> _details("validation failed with 'x' - at '/spec': validation failed   - at '/spec/a': got number")
    [('/spec/a', 'got number')]
    """
    found = []
    for part in message.split("- at '")[1:]:
        path, separator, text = part.partition("': ")
        if separator:
            found.append((path, text.strip()))
    return [(path, text) for path, text in found if text not in ("validation failed", "'allOf' failed")] or found


def _conform(rule: str, message: str, about: tuple[str, str, str], pointer: str) -> Foreign:
    file, kind, name = about
    return Foreign("kubeconform", rule, "error", message, file, kind=kind, name=name, pointer=pointer)


def _instance_pointer(path: str) -> str:
    """Return the pointer into the object; kubeconform 0.6.0 gave one into the schema.

    >>> _instance_pointer("/properties/spec/properties/replicas/type")
    '/spec/replicas'
    """
    if not path.startswith("/properties/"):
        return path
    parts = path.split("/")[1:]
    return "".join(f"/{name}" for word, name in zip(parts[::2], parts[1::2]) if word == "properties")


def _with_unknown(pointer: str, message: str) -> str:
    """Return the pointer of the field that is not allowed, where a message names one."""
    from steersman.insight.line_fields import token

    named = re.match(r"additionalProperties '([^']+)'|additional properties '([^']+)'", message)  # 0.6, 0.7
    return f"{pointer}/{token(named[1] or named[2])}" if named else pointer


# Fields that may be missing or of another type


def _map(tree: Any, name: str) -> dict[str, Any]:
    value = tree.get(name) if isinstance(tree, dict) else None
    return value if isinstance(value, dict) else {}


def _list(tree: Any, name: str) -> list[Any]:
    value = tree.get(name) if isinstance(tree, dict) else None
    return value if isinstance(value, list) else []


def _text(tree: Any, name: str) -> str:
    value = tree.get(name) if isinstance(tree, dict) else None
    return value if isinstance(value, str) else ""


def _number(tree: dict[str, Any], name: str) -> int:
    value = tree.get(name)
    return value if type(value) is int and value > 0 else 0
