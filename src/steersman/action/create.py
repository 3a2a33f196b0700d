"""``create --starter``: a copy of another chart under a new name. Answers to ``CreateFrom`` of Helm."""

from __future__ import annotations

from steersman.chart.loader import load_chart
from steersman.chart.model import Chart, ChartFile, Dependency, Metadata
from steersman.chart.save import save_folder
from steersman.errors import ChartError, SteerError
from steersman.record import replace


def create_from(name: str, folder: str, starter: str, api_version: str = "v2") -> str:
    """Write the chart at ``starter`` as ``name`` below ``folder`` and return its path.

    Raises:
        ChartError: with Helm's message.
    """
    from steersman.values.files import load_values

    try:
        chart = load_chart(starter)
    except SteerError as error:
        raise ChartError(f"could not load {starter}: {error}") from error
    dependencies: tuple[Dependency, ...] = chart.metadata.dependencies
    metadata = Metadata(
        name=name,
        description="A Helm chart for Kubernetes",
        type="application",
        version="0.1.0",
        app_version="0.1.0",
        api_version=api_version,
        dependencies=dependencies,
    )
    templates = tuple(_named(f, name) for f in chart.templates)
    raw = tuple(_named(f, name) if f.name == "values.yaml" else f for f in chart.raw)
    values = next((f.data for f in raw if f.name == "values.yaml"), b"")
    made: Chart = replace(chart, metadata=metadata, templates=templates, raw=raw, values=load_values(values))
    return save_folder(made, folder)


def _named(file: ChartFile, name: str) -> ChartFile:
    return replace(file, data=file.data.replace(b"<CHARTNAME>", name.encode()))
