"""What is linted, and what with."""

from __future__ import annotations

from steersman.chart import directory
from steersman.chart.loader import load, load_folder
from steersman.engine.compiled import Compiled
from steersman.record import Record, factory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.capabilities import Capabilities
    from steersman.engine.render import Impure

    ReadValues = Callable[[bytes], dict[str, Any]]


class LintOptions(Record):
    """How to lint: values and facts for the render, and what was read and compiled before.

    ``read_values`` reads the bytes of a values.yaml, for instance one that remembers.
    """

    values: dict[str, Any]
    namespace: str
    capabilities: Capabilities
    impure: Impure
    skip_schema: bool = False
    compiled: Compiled = factory(default_factory=Compiled)
    read_values: ReadValues | None = None


class Subject(Record):
    """A chart's folder and how to lint it."""

    folder: str
    options: LintOptions

    def chart(self) -> Chart:
        """Return the chart in the folder.

        helm: each rule loads the chart for itself, and what loading warns of is said each time (test_lint_warns_twice)

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
