"""The chart as data: what ``loader`` makes of files and what every later step reads.

Answers to Helm's ``pkg/chart/v2``. Charts are not changed after loading: processing
dependencies returns a new tree.
"""

from __future__ import annotations

from steersman.record import Record, factory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class ChartFile(Record):
    """One file of a chart: slash-separated path below the chart's folder, and its bytes.

    ``mod_time`` is seconds since the epoch, or ``None`` where it is not known.
    """

    name: str
    data: bytes
    mod_time: float | None = None


class Maintainer(Record):
    """A person named in Chart.yaml."""

    name: str = ""
    email: str = ""
    url: str = ""


class Dependency(Record):
    """An entry of ``dependencies`` in Chart.yaml (or of Chart.lock)."""

    name: str = ""
    version: str = ""
    repository: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = False
    import_values: tuple[Any, ...] = ()
    alias: str = ""


class Lock(Record):
    """Chart.lock: what the dependency ranges were resolved to.

    ``generated`` is the timestamp's text as it stands in the file.
    """

    generated: str
    digest: str
    dependencies: tuple[Dependency, ...]


class Metadata(Record):
    """Chart.yaml.

    ``has_dependencies``: whether there is a list of dependencies, be it an empty one.
    """

    name: str = ""
    home: str = ""
    sources: tuple[str, ...] = ()
    version: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    maintainers: tuple[Maintainer | None, ...] = ()
    icon: str = ""
    api_version: str = ""
    condition: str = ""
    tags: str = ""
    app_version: str = ""
    deprecated: bool = False
    annotations: dict[str, str] = factory(default_factory=dict)
    kube_version: str = ""
    dependencies: tuple[Dependency, ...] = ()
    type: str = ""
    has_dependencies: bool = False


class Chart(Record):
    """A chart with its subcharts inside.

    Attributes:
        metadata: Chart.yaml.
        lock: Chart.lock (or requirements.lock), or ``None``.
        templates: files below ``templates/``, in the order Helm keeps them.
        values: values.yaml as read, never changed.
        schema: values.schema.json's bytes, or ``None``.
        files: everything else.
        raw: every file of the chart as read, subcharts' among them (for ``show`` and ``package``).
        dependencies: the subcharts, in loading order.
        parents: names of the charts around this one, outermost first.
    """

    metadata: Metadata
    lock: Lock | None = None
    templates: tuple[ChartFile, ...] = ()
    values: dict[str, Any] = factory(default_factory=dict)
    schema: bytes | None = None
    files: tuple[ChartFile, ...] = ()
    raw: tuple[ChartFile, ...] = ()
    dependencies: tuple[Chart, ...] = ()
    parents: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def is_root(self) -> bool:
        return not self.parents

    @property
    def is_library(self) -> bool:
        return self.metadata.type.lower() == "library"

    @property
    def full_path(self) -> str:
        """The chart's path as templates are named: ``parent/charts/child``."""
        return "/charts/".join((*self.parents, self.name))

    @property
    def path(self) -> str:
        """The chart's dotted path from the root, as messages name it: ``parent.child``."""
        return ".".join((*self.parents, self.name))

    def walk(self) -> Iterator[Chart]:
        """Yield this chart and every chart inside it, parents first."""
        yield self
        for child in self.dependencies:
            yield from child.walk()
