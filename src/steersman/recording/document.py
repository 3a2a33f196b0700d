"""A recorded render as data; ``writing`` and ``reading`` know its form as JSON."""

from __future__ import annotations

from steersman.chart.model import ChartFile
from steersman.engine.capabilities import Capabilities
from steersman.engine.context import Facts
from steersman.record import Record
from steersman.recording.facts import FactSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

FORMAT = "steersman/recording"
VERSION = 1
OPTIONS = (
    "skipSchemaValidation",
    "schemaIgnoreGlobal",
    "renderSubchartNotes",
    "includeCRDs",
    "hideSecret",
    "enableDNS",
)


class ChartPart(Record):
    """The chart of a recording.

    Attributes:
        name, version: of Chart.yaml.
        digest: of its files (see ``chart_digest``).
        origin: how it was named when it was recorded.
        files: its files; None where the recording was made without them.
        defaults: the values that stand in for those of values.yaml (``upgrade --reuse-values``), or None.
    """

    name: str
    version: str
    digest: str
    origin: str = ""
    files: tuple[ChartFile, ...] | None = None
    defaults: dict[str, Any] | None = None


class Outcome(Record):
    """The outcome of a render: the digests of its text and its notes, or its error."""

    manifest: str = ""
    notes: str = ""
    error: str | None = None


class Shown(Record):
    """The printed part of a render: templates (none for all of them), hooks, and hooks that are tests."""

    only: tuple[str, ...] = ()
    hooks: bool = True
    tests: bool = True


class Recording(Record):
    """A recorded render.

    Attributes:
        program: the version of steersman that recorded it.
        command: the command that rendered.
        chart: the chart.
        release: name, namespace and revision.
        labels: of the release.
        values: the user's.
        options: see the names above.
        shown: what was printed.
        capabilities: the cluster's.
        facts: what the render met.
        outcome: what came of it.
    """

    program: str
    command: str
    chart: ChartPart
    release: Facts
    labels: dict[str, str]
    values: dict[str, Any]
    options: dict[str, bool]
    shown: Shown
    capabilities: Capabilities
    facts: FactSet
    outcome: Outcome = Outcome()


def chart_digest(files: Iterable[ChartFile]) -> str:
    """Return the digest of a chart's files: of each one's name and contents, in the order of the names.

    >>> chart_digest([])[:14]
    'sha256:e3b0c44'
    """
    from hashlib import sha256

    whole = sha256()
    for file in sorted(files, key=lambda file: file.name):
        for part in (file.name.encode("utf-8", "surrogateescape"), file.data):
            whole.update(b"%d " % len(part) + part)
    return f"sha256:{whole.hexdigest()}"


def is_recording(tree: Any) -> bool:
    """Return whether a document says that it is a recording."""
    return isinstance(tree, dict) and tree.get("format") == FORMAT
