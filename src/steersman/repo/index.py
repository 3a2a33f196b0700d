"""index.yaml: which charts a repository has. Answers to ``IndexFile`` of Helm's ``pkg/repo/v1``."""

from __future__ import annotations

from steersman.chart import decode
from steersman.chart.model import Metadata
from steersman.chart.validate import ValidationError, validated
from steersman.errors import RepoError, SteerError
from steersman.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Log = Callable[..., None]

MAX_INDEX_BYTES = 512 * 1024 * 1024  # the largest public index is 40 MB


class ChartVersion(Record):
    """One version of a chart in an index; ``created`` is the time's text."""

    metadata: Metadata
    urls: tuple[str, ...] = ()
    created: str = ""
    digest: str = ""
    removed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in the file, in the order of Helm's struct."""
        out = decode.metadata_dict(self.metadata)
        out["urls"] = list(self.urls)
        out["created"] = self.created or "0001-01-01T00:00:00Z"
        if self.removed:
            out["removed"] = True
        if self.digest:
            out["digest"] = self.digest
        return out


class NoChart(RepoError, LookupError):
    """The index has no such chart, or no such version of it."""


class IndexFile:
    """The charts of a repository by name, newest version first."""

    def __init__(
        self,
        entries: dict[str, list[ChartVersion]] | None = None,
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
                versions.sort(key=lambda v: _sort_key(v.metadata.version), reverse=True)

    def has(self, name: str, version: str) -> bool:
        """Tell whether there is a version of ``name`` that ``version`` means."""
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
            raise NoChart("no chart name found")
        versions = self.entries[name]
        if not versions:
            raise NoChart("no chart version found")
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
        raise NoChart(f"no chart version found for {name}-{version}")

    def merge(self, other: IndexFile) -> None:
        """Add what ``other`` has and this one has not."""
        for versions in other.entries.values():
            for version in versions:
                if not self.has(version.metadata.name, version.metadata.version):
                    self.entries.setdefault(version.metadata.name, []).append(version)

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
    """Tell whether a version's text is a range rather than one version."""
    if any(c in version for c in "^~<>=!*") or "||" in version or " - " in version:
        return True
    core = version
    for i, char in enumerate(version):
        if char in "-+":
            core = version[:i]
            break
    return "x" in core or "X" in core


def _sort_key(text: str) -> tuple[int, Any]:
    from steersman.semver import Version

    try:
        return (1, Version.parse(text))
    except ValueError:
        return (0, 0)  # what is no version goes to the end


def load_file(path: str, log: Log) -> IndexFile:
    """Return the index in the file at ``path``.

    Raises:
        RepoError: with Helm's message.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_INDEX_BYTES)
    except OSError as error:
        raise RepoError(f"open {path}: {(error.strerror or str(error)).lower()}") from error
    try:
        return parse(data, path, log)
    except SteerError as error:
        raise RepoError(f"error loading {path}: {error}") from error


def parse(data: bytes, source: str, log: Log) -> IndexFile:
    """Return the index that ``data`` says; entries that are not legal are left out and logged.

    Raises:
        RepoError: with Helm's message.
    """
    if not data:
        raise RepoError("empty index.yaml file")
    tree = _tree(data)
    if not isinstance(tree, dict):
        from steersman.values.files import json_shape

        raise RepoError(
            f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {json_shape(tree)} "
            "into Go value of type repo.IndexFile"
        )
    entries: dict[str, list[ChartVersion]] = {}
    for name, versions in (tree.get("entries") or {}).items():
        entries[name] = [v for raw in (versions or []) if (v := _version(raw, name, source, log)) is not None]
    api_version = decode.text_of(tree.get("apiVersion") or "") or ""
    index = IndexFile(
        entries,
        api_version=api_version,
        generated=str(tree.get("generated") or "0001-01-01T00:00:00Z"),
        annotations=tree.get("annotations") or {},
        public_keys=tuple(tree.get("publicKeys") or ()),
    )
    index.sort()
    if not api_version:
        raise RepoError("no API version specified")
    return index


def _tree(data: bytes) -> Any:
    from steersman.gojson import JSONError, loads
    from steersman.yamlio import YamlError, load

    if data[:1] in b"{[ \n\t":
        try:
            return loads(data.decode("utf-8", "surrogateescape"))
        except JSONError:
            pass
    try:
        return load(data)
    except YamlError as error:
        raise RepoError(f"error converting YAML to JSON: {error}") from error


def _version(raw: Any, name: str, source: str, log: Log) -> ChartVersion | None:
    if raw is None:
        log("WARN", "skipping loading invalid entry for chart: empty entry", name=name, source=source)
        return None
    try:
        metadata = decode.metadata(raw)
    except SteerError as error:
        text = str(error).replace("Go struct field Metadata.", "Go struct field ChartVersion.entries.")
        raise RepoError(text) from error
    if not metadata.api_version:
        metadata = replace(metadata, api_version="v1")
    try:
        metadata = validated(metadata)
    except ValidationError as error:
        if not str(error).startswith("validation: more than one dependency with name or alias"):
            log(
                "WARN",
                "skipping loading invalid entry for chart",
                name=name,
                version=metadata.version,
                source=source,
                error=error,
            )
            return None
    return ChartVersion(
        metadata=metadata,
        urls=tuple(u for u in raw.get("urls") or () if isinstance(u, str)),
        created=str(raw.get("created") or ""),
        digest=str(raw.get("digest") or ""),
        removed=raw.get("removed") is True,
    )
