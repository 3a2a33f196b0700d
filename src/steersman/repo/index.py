"""index.yaml: which charts a repository has. Answers to ``IndexFile`` of Helm's ``pkg/repo/v1``."""

from __future__ import annotations

from steersman.errors import RepoError
from steersman.repo.chart_version import ChartVersion
from steersman.repo.index_entries import LazyEntries, row_of, sort_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from steersman.repo.index_entries import Row

    Log = Callable[..., None]
    Warnings = list[tuple[str, dict[str, str]]]
    Trees = dict[str, list[dict[str, Any] | "ChartVersion"]]


class NoChart(RepoError, LookupError):
    """The index has no such chart, or no such version of it.

    Attributes:
        name, version: what was looked for.
        charts: the names that the index has; they are not copied.
        versions: the versions of the chart, newest first; none where the index does not have it.
    """

    def __init__(
        self, message: str, name: str, version: str, charts: Iterable[str] = (), versions: Iterable[str] = ()
    ) -> None:
        super().__init__(message)
        self.name = name
        self.version = version
        self.charts = charts
        self.versions = tuple(versions)


class IndexFile:
    """The charts of a repository by name, newest version first."""

    entries: Mapping[str, list[ChartVersion]]

    def __init__(
        self,
        entries: Mapping[str, list[ChartVersion]] | None = None,
        *,
        api_version: str = "v1",
        generated: str = "",
        annotations: dict[str, str] | None = None,
        public_keys: tuple[str, ...] = (),
    ) -> None:
        self.entries = entries if entries is not None else {}
        self.api_version = api_version
        self.generated = generated
        self.annotations = annotations or {}
        self.public_keys = public_keys

    def sort(self) -> None:
        """Put the newest version of every chart first."""
        for versions in self.entries.values():
            if len(versions) > 1:
                versions.sort(key=lambda v: sort_key(v.metadata.version), reverse=True)

    def has(self, name: str, version: str) -> bool:
        """Return whether there is a version of ``name`` that ``version`` means."""
        try:
            self.get(name, version)
        except (NoChart, ValueError):
            return False
        return True

    def get(self, name: str, version: str, log: Log | None = None) -> ChartVersion:
        """Return the version of ``name`` that ``version`` (exact or a range, ``""``: the newest stable) means.

        Raises:
            NoChart: with Helm's message.
            ValueError: when ``version`` is neither.
        """
        if name not in self.entries:
            raise NoChart("no chart name found", name, version, self.entries)
        versions = self.entries[name]
        if not versions:
            raise NoChart("no chart version found", name, version, self.entries)
        from steersman.semver import Constraints, Version

        constraint = Constraints.parse(version or "*")
        if version:
            for candidate in versions:
                if candidate.metadata.version == version:
                    return candidate
        for candidate in versions:
            try:
                parsed = Version.parse(candidate.metadata.version)
            except ValueError:
                continue
            if constraint.check(parsed):
                if version and not is_range(version) and log is not None:
                    log(
                        "WARN",
                        "unable to find exact version requested; falling back to closest available version",
                        chart=name,
                        requested=version,
                        selected=candidate.metadata.version,
                    )
                return candidate
        found = (candidate.metadata.version for candidate in versions)
        raise NoChart(f"no chart version found for {name}-{version}", name, version, self.entries, found)

    def merge(self, other: IndexFile) -> None:
        """Add what ``other`` has and this one has not."""
        for versions in other.entries.values():
            for version in versions:
                if not self.has(version.metadata.name, version.metadata.version):
                    self.add(version)

    def add(self, version: ChartVersion) -> None:
        """Add a version behind those that are there."""
        name = version.metadata.name
        self.entries = {**self.entries, name: [*self.entries.get(name, ()), version]}

    def rows(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield each chart's name with what a search looks at (``row_of``), newest version first."""
        if isinstance(self.entries, LazyEntries):
            yield from self.entries.rows()
        else:
            for name, versions in self.entries.items():
                yield name, [row_of(version) for version in versions]

    def to_dict(self) -> dict[str, Any]:
        """Return the index as it stands in the file."""
        out: dict[str, Any] = {
            "apiVersion": self.api_version,
            "generated": self.generated,
            "entries": {name: [v.to_dict() for v in versions] for name, versions in self.entries.items()},
        }
        if self.public_keys:
            out["publicKeys"] = list(self.public_keys)
        if self.annotations:
            out["annotations"] = self.annotations
        return out


def is_range(version: str) -> bool:
    """Return whether a version's text is a range rather than one version."""
    if any(c in version for c in "^~<>=!*") or "||" in version or " - " in version:
        return True
    core = version
    for i, char in enumerate(version):
        if char in "-+":
            core = version[:i]
            break
    return "x" in core or "X" in core
