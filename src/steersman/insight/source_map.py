"""The template line that each line of a render's output comes from, as data for other programs.

The form is described in ``docs/insight.md``.
"""

from __future__ import annotations

from steersman.insight.line_fields import line_fields
from steersman.insight.origins import documents
from steersman.rendering import crd_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.insight.explain import Explainer

VERSION = 1


def source_map(explainer: Explainer, text: str) -> dict[str, Any]:
    """Return the source map of ``text``, which has the objects of a render under their ``# Source:`` lines."""
    lines: list[dict[str, Any]] = []
    begun: dict[str, int] = {}
    for target, template, manifest, rows in explainer.lines():
        mark = f"# Source: {template}\n{manifest.strip()}"
        at = text.find(mark, begun.get(mark, 0))
        if at < 0:
            continue  # left out of the output, by --show-only or --no-hooks
        begun[mark] = at + 1
        before = text.count("\n", 0, at) + 1
        fields = line_fields(manifest.strip())
        lines += [
            {
                "line": before + line.line,
                "object": target,
                "field": fields[line.line - 1],
                "template": str(line.chain[0].template) if line.chain else template,
                "templateLine": line.chain[0].line if line.chain else 0,
                "includes": [f"{place.template}:{place.line}" for place in line.chain[1:]],
                "values": [value.path for value in line.values],
                "exact": line.is_exact,
            }
            for line in rows
        ]
    lines += _crd_lines(explainer.rendered.source.chart, text)
    lines.sort(key=lambda row: row["line"])
    return {"version": VERSION, "lines": lines}


def _crd_lines(chart: Chart, text: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of ``crds/`` in the output, which come as they are from their files."""
    for path, data in crd_files(chart):
        file = data.decode("utf-8", "surrogateescape")
        mark = f"# Source: {path}\n"
        at = text.find(f"{mark}{file}")
        if at < 0:
            continue  # left out of the output
        before = text.count("\n", 0, at) + 1
        for first, document in documents(data):
            manifest = document.decode("utf-8", "surrogateescape")
            target, fields = _target(manifest), line_fields(manifest)
            for number, line in enumerate(manifest.split("\n"), first + 1):
                if target and line.strip() and not line.startswith("---"):
                    yield {
                        "line": before + number,
                        "object": target,
                        "field": fields[number - first - 1],
                        "template": path,
                        "templateLine": number,
                        "includes": [],
                        "values": [],
                        "exact": True,
                    }


def _target(manifest: str) -> str:
    from steersman.yamlio import load_integers
    from steersman.yamlio.errors import YamlError

    try:
        tree = load_integers(manifest)
    except YamlError:
        return ""
    if not isinstance(tree, dict):
        return ""
    metadata = tree.get("metadata")
    return f"{tree.get('kind')}/{metadata.get('name') if isinstance(metadata, dict) else ''}"
