"""Validate a Chart.yaml; answers to ``Metadata.Validate`` of Helm's ``pkg/chart/v2``."""

from __future__ import annotations

from steersman.chart import errors as chart_errors
from steersman.chart.model import Dependency, Maintainer, Metadata
from steersman.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ALIAS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def sanitize(text: str) -> str:
    """Return ``text`` with every kind of space as a plain one and without what cannot be printed."""
    if text.isprintable():
        return text
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable())


def _clean(record: Any) -> Any:
    changes: dict[str, Any] = {}
    for field in record.__fields__:
        value = getattr(record, field)
        if isinstance(value, str) and not value.isprintable():
            changes[field] = sanitize(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], str):
            changes[field] = tuple(sanitize(v) if isinstance(v, str) else v for v in value)
    return replace(record, **changes) if changes else record


def validated(data: Metadata) -> Metadata:
    """Return ``data`` with its texts cleaned.

    Raises:
        ValidationError: with Helm's message, for the first thing that is wrong.
    """
    from steersman.go.quote import quote

    data = replace(_clean(data), version=data.version, api_version=data.api_version, type=data.type)
    if not data.api_version:
        raise chart_errors.ValidationError("chart.metadata.apiVersion is required")
    if not data.name:
        raise chart_errors.ValidationError("chart.metadata.name is required")
    if data.name in (".", ".."):
        raise chart_errors.ValidationError(f"chart.metadata.name {quote(data.name)} is not allowed")
    if "/" in data.name:
        raise chart_errors.ValidationError(f"chart.metadata.name {quote(data.name)} is invalid")
    if not data.version:
        raise chart_errors.ValidationError("chart.metadata.version is required")
    if not _is_semver(data.version):
        raise chart_errors.ValidationError(f"chart.metadata.version {quote(data.version)} is invalid")
    if data.type not in ("", "application", "library"):
        raise chart_errors.ValidationError("chart.metadata.type must be application or library")
    for maintainer in data.maintainers:
        if maintainer is None:
            raise chart_errors.ValidationError("maintainers must not contain empty or null nodes")
    maintainers: tuple[Maintainer, ...] = tuple(_clean(m) for m in data.maintainers)
    seen: set[str] = set()
    dependencies: list[Dependency] = []
    for dependency in data.dependencies:
        if dependency is None:
            raise chart_errors.ValidationError("dependencies must not contain empty or null nodes")
        dependency = _clean(dependency)
        if dependency.alias and not _ALIAS.issuperset(dependency.alias):
            raise chart_errors.ValidationError(
                f"dependency {quote(dependency.name)} has disallowed characters in the alias"
            )
        key = dependency.alias or dependency.name
        if key in seen:
            raise chart_errors.SharedName(f"more than one dependency with name or alias {quote(key)}")
        seen.add(key)
        dependencies.append(dependency)
    return replace(data, maintainers=maintainers, dependencies=tuple(dependencies))


def _is_semver(text: str) -> bool:
    parts = text.split(".")
    if len(parts) == 3 and all(map(_is_plain_number, parts)):
        return True  # the usual form, without importing the parser
    from steersman.semver import Version

    try:
        Version.parse(text)
    except ValueError:
        return False
    return True


def _is_plain_number(text: str) -> bool:
    """Return whether ``text`` is a number without a leading zero that fits 64 bits for certain."""
    return text.isascii() and text.isdigit() and len(text) < 19 and (text == "0" or text[0] != "0")
