"""The chart that is checked, with what all rules about its templates need."""

from __future__ import annotations

import re
from functools import cached_property

from steersman.insight.uses import find_uses
from steersman.record import replace
from steersman.rendering import take_part
from steersman.values.coalesce import coalesce_values, merge_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path
    from steersman.insight.uses import Uses


class Subject:
    """A chart with all its subcharts, whether their conditions hold or not.

    Args:
        loaded: the chart as it was loaded.

    Attributes:
        loaded: the same.
        whole: with every subchart under the name that it is used by.
        defaults: the values without any of the user's.
        declared: the same with the nulls of values.yaml.
    """

    def __init__(self, loaded: Chart) -> None:
        self.loaded = loaded
        self.whole = take_part(_unconditional(loaded), {}, _silent).chart
        self.defaults: dict[str, Any] = coalesce_values(self.whole, {}, _silent)
        self.declared: dict[str, Any] = merge_values(self.whole, {}, _silent)

    @property
    def name(self) -> str:
        return self.loaded.name

    @cached_property
    def uses(self) -> Uses:
        """Every use of a value. Raises ParseError for a template that does not parse."""
        return find_uses(self.whole, self.defaults)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts of all files of the chart and its subcharts by the paths that findings have."""
        found: dict[str, str] = {}
        for chart in self.whole.walk():
            for file in (*chart.templates, *chart.files, *chart.raw):
                name = f"{chart.full_path}/{file.name}"
                if name not in found and len(file.data) < _MOST_BYTES:
                    found[name] = file.data.decode("utf-8", "replace")
        return found

    @cached_property
    def commented(self) -> frozenset[str]:
        """The keys in comments of the values.yaml of the chart and its subcharts, ready to be switched on."""
        found: set[str] = set()
        for chart in self.whole.walk():
            text = self.texts.get(f"{chart.full_path}/values.yaml", "")
            for comment in _COMMENT.findall(text):
                found.update(_KEY.findall(comment))
        return frozenset(found)

    @cached_property
    def schema(self) -> Any:
        """The chart's own schema as a tree, or None."""
        import json

        if self.loaded.schema is None:
            return None
        try:
            return json.loads(self.loaded.schema)
        except ValueError:
            return None

    @cached_property
    def missing(self) -> frozenset[str]:
        """The names of the dependencies in Chart.yaml that are not in ``charts/``."""
        found: set[str] = set()
        for chart in self.loaded.walk():
            there = {child.name for child in chart.dependencies}
            found.update(entry.name for entry in chart.metadata.dependencies if entry.name not in there)
        return frozenset(found)

    def is_own(self, file: str) -> bool:
        """Return whether a path is one of the chart itself, and not of a subchart or of a text that ``tpl`` runs."""
        return file in self.texts and not file.startswith(f"{self.name}/charts/")

    def default_of(self, path: Path) -> Any:
        """Return the default at a path below the values; None where there is none."""
        at: Any = self.defaults
        for key in path:
            if not isinstance(at, dict):
                return None
            at = at.get(key)
        return at

    def declares(self, path: Path) -> bool:
        """Return whether a values.yaml has a value at a path, be it null."""
        at: Any = self.declared
        for key in path:
            if not isinstance(at, dict) or key not in at:
                return False
            at = at[key]
        return True

    def schema_knows(self, path: Path) -> bool:
        """Return whether the schema has a property at a path, or leaves open what is there."""
        at = self.schema
        if at is None:
            return False
        for key in path:
            at = _resolved(self.schema, at)
            if not isinstance(at, dict):
                return True
            if any(word in at for word in ("allOf", "anyOf", "oneOf", "patternProperties", "if")):
                return True
            properties = at.get("properties")
            if isinstance(properties, dict) and key in properties:
                at = properties[key]
            else:
                return isinstance(at.get("additionalProperties"), dict)
        return True


_MOST_BYTES = 2_000_000  # of a file that is looked into
_COMMENT = re.compile(r"^[^\n#]*#(.*)$", re.MULTILINE)
_KEY = re.compile(r"(?<![\w.-])([\w.-]++)[\"'`]?\s*+:")


def _silent(*_words: object, **_fields: object) -> None: ...


def _unconditional(chart: Chart) -> Chart:
    entries = tuple(replace(entry, condition="", tags=()) for entry in chart.metadata.dependencies)
    return replace(
        chart,
        metadata=replace(chart.metadata, dependencies=entries),
        dependencies=tuple(_unconditional(child) for child in chart.dependencies),
    )


def _resolved(schema: Any, at: Any) -> Any:
    """Return what a reference within the document means."""
    for _ in range(10):
        reference = at.get("$ref") if isinstance(at, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return at
        at = schema
        for part in reference[2:].split("/"):
            at = at.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(at, dict) else None
    return at
