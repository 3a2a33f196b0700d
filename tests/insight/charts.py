"""Charts for tests of insight, written into a folder and rendered with a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steersman.chart.loader import load_chart
from steersman.chart.model import Chart
from steersman.engine.capabilities import DEFAULT_CAPABILITIES
from steersman.engine.context import Facts
from steersman.engine.impure import Impure
from steersman.engine.render import render
from steersman.engine.trace import Trace
from steersman.rendering import take_part
from steersman.values.coalesce import coalesce_values
from steersman.values.files import load_values

IMPURE = Impure(log=lambda *_words, **_fields: None, now_ns=lambda: 0, random_bytes=bytes)


def write_chart(folder: Path, *, values: str = "", dependencies: str = "", **files: str) -> Path:
    """Write a chart named as its folder; ``files`` are templates, a name with ``_`` in front ends in ``.tpl``."""
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {folder.name}\nversion: 1.0.0\n{dependencies}")
    (folder / "values.yaml").write_text(values)
    for name, text in files.items():
        (folder / "templates" / (f"{name}.tpl" if name.startswith("_") else f"{name}.yaml")).write_text(text)
    return folder


def recorded(folder: Path, given: str = "") -> tuple[Trace, Chart, dict[str, Any]]:
    """Render a chart with the YAML of the user's values; return the recording, the loaded chart and the values."""
    chart, values = load_chart(str(folder)), load_values(given.encode())
    source = take_part(chart, values, IMPURE.log)
    trace = Trace()
    whole = coalesce_values(source.chart, source.values, lambda _text: None)
    render(source.chart, whole, Facts("rel", "default"), DEFAULT_CAPABILITIES, IMPURE, trace=trace)
    return trace, chart, values
