"""The subject of linting, and its options."""

from __future__ import annotations

from steersman.chart import directory
from steersman.chart.loader import load, load_folder
from steersman.record import Record
from steersman.values.schema_access import NOTHING_FETCHED, SchemaAccess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.rendering import World

    ReadValues = Callable[[bytes], dict[str, Any]]


class LintOptions(Record):
    """Values and facts for the render, and what it may ask for.

    ``read_values`` reads the bytes of a values.yaml, for instance one that remembers.
    """

    values: dict[str, Any]
    namespace: str
    world: World
    skip_schema: bool = False
    read_values: ReadValues | None = None

    @property
    def schemas(self) -> SchemaAccess:
        """Return what checking schemas may do."""
        return self.world.schemas or NOTHING_FETCHED


class Subject(Record):
    """A chart's folder and how to lint it."""

    folder: str
    options: LintOptions

    def chart(self) -> Chart:
        """Return the chart in the folder.

        helm: each rule loads the chart for itself, and each time shows the warnings of loading (test_lint_warns_twice)

        Raises:
            SteerError: when it does not load.
        """
        return load_folder(self.folder, self.options.read_values)

    def chart_of_files(self) -> Chart:
        """Return the chart that the files are, without a look at the folder itself.

        Raises:
            SteerError: when it does not load.
        """
        return load(directory.read(self.folder), self.options.read_values)
