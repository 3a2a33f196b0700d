"""The view of a chart that values need, so that charts can be built on values."""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Chart(Protocol):
    """A chart's name, default values, schema and subcharts."""

    @property
    def name(self) -> str:
        """The name, or the alias under which a parent has it."""

    @property
    def is_root(self) -> bool:
        """Whether it has no parent."""

    @property
    def values(self) -> dict[str, Any]:
        """The default values."""

    @property
    def schema(self) -> bytes | None:
        """The text of values.schema.json."""

    @property
    def dependencies(self) -> Sequence[Chart]:
        """The subcharts."""
