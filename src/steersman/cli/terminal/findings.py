"""The findings of ``check`` as text and as data."""

from __future__ import annotations

from steersman.checking.findings import DEFAULTS, ERROR, NOTE, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from steersman.checking.findings import Finding, Report

_COLORS = {ERROR: "1;31", WARNING: "1;33", NOTE: "1;36"}
_WORDS = {ERROR: "error", WARNING: "warning", NOTE: "note"}
_BOLD, _FAINT = "1", "2"
_NARROWEST = 40


def shown_path(given: str, chart: str, file: str) -> str:
    """Return the path of a finding from where the user is, for a chart in a folder; else as templates name it.

    >>> shown_path("./charts/web/", "web", "web/templates/a.yaml")
    'charts/web/templates/a.yaml'
    """
    if given.endswith((".tgz", ".tar.gz")) or "://" in given or not file.startswith(f"{chart}/"):
        return file
    folder = given.rstrip("/")
    folder = folder[2:] if folder.startswith("./") else folder
    rest = file[len(chart) + 1 :]
    return rest if folder in ("", ".") else f"{folder}/{rest}"


def report_text(
    reports: Iterable[tuple[str, Report]], paint: Callable[[str, str], str], columns: int, *, with_notes: bool
) -> str:
    """Return findings as lines, ``file:line: severity: message [rule]``, and a summary of each chart.

    Args:
        reports: the charts as the user named them, with their reports.
        paint: gives a text a color.
        columns: of the terminal; 0 for lines of any length.
        with_notes: whether notes are among the findings.
    """
    out: list[str] = []
    for path, report in reports:
        for one in report.findings:
            if with_notes or one.severity != NOTE:
                out += _finding_lines(path, report.chart, one, paint, columns)
        out.append(f"{_summary(path, report, with_notes=with_notes)}\n")
    return "".join(out)


def _finding_lines(
    path: str, chart: str, one: Finding, paint: Callable[[str, str], str], columns: int
) -> Iterable[str]:
    where = shown_path(path, chart, one.file) + (f":{one.line}" if one.line else "")
    yield f"{paint(where, _BOLD)}: {paint(_WORDS[one.severity], _COLORS[one.severity])}: "
    head = len(where) + len(_WORDS[one.severity]) + 4
    words = [*one.message.split(" "), f"[{one.rule}]"]
    yield "".join(f"{paint(line, '')}\n" for line in _wrapped(words, columns, head))
    about = " ".join(word for word in (one.object, one.field) if word)
    if one.cases:
        about = f"{about}, with {_joined(one.cases)}" if about else f"with {_joined(one.cases)}"
    if about:
        yield "".join(f"{paint(f'    {line}', _FAINT)}\n" for line in _wrapped(about.split(" "), columns, 4))


def _wrapped(words: Sequence[str], columns: int, head: int) -> Iterable[str]:
    """Yield lines of words that fit; the first has room for ``head`` columns before it, the others are indented."""
    if columns < _NARROWEST:
        yield " ".join(words)
        return
    line, used = "", head
    for word in words:
        if line and used + len(word) + 1 > columns:
            yield line
            line, used = "    ", 4
        elif line.strip():
            line += " "
            used += 1
        line += word
        used += len(word)
    yield line


def _joined(names: Sequence[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _summary(path: str, report: Report, *, with_notes: bool) -> str:
    counts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for severity, word in ((ERROR, "error"), (WARNING, "warning"), (NOTE, "note"))
        if (count := report.count(severity))
    ]
    text = ", ".join(counts) if counts else "nothing found"
    if report.count(NOTE) and not with_notes:
        text += " (-v shows the notes)" if len(counts) > 1 else " (-v shows them)"
    files = len([case for case in report.cases if case != DEFAULTS])
    rendered = "rendered with the defaults"
    if files:
        rendered += f" and {files} other{'' if files == 1 else 's'}"
    ignored = f", {report.ignored} ignored" if report.ignored else ""
    if not report.cases:
        return f"{path}: {text}{ignored}; a library is not rendered"
    return f"{path}: {text}{ignored}; {rendered} for Kubernetes {report.kubernetes}"


def report_struct(path: str, report: Report) -> dict[str, Any]:
    """Return a report as data for programs."""
    return {
        "chart": report.chart,
        "path": path,
        "kubernetes": report.kubernetes,
        "cases": list(report.cases),
        "errors": report.count(ERROR),
        "warnings": report.count(WARNING),
        "notes": report.count(NOTE),
        "ignored": report.ignored,
        "findings": [
            {
                "rule": one.rule,
                "severity": one.severity,
                "message": one.message,
                "file": shown_path(path, report.chart, one.file),
                "line": one.line,
                "object": one.object,
                "field": one.field,
                "cases": list(one.cases),
                "chain": [f"{file}:{line}" for file, line in one.chain],
            }
            for one in report.findings
        ],
    }
