"""index.yaml: which charts a repository has. Answers to ``IndexFile`` of Helm's ``pkg/repo/v1``."""

from __future__ import annotations

from steersman.chart import decode
from steersman.chart.model import Metadata
from steersman.chart.validate import ValidationError, validated
from steersman.errors import RepoError, SteerError
from steersman.record import Record, replace
from steersman.repo.index_entries import LazyEntries, is_sure, is_sure_field, row_of, sort_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from steersman.repo.index_entries import Row

    Log = Callable[..., None]
    Warnings = list[tuple[str, dict[str, str]]]
    Trees = dict[str, list[dict[str, Any] | "ChartVersion"]]

_SMALL = 1024 * 1024  # bytes
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
    """Tell whether a version's text is a range rather than one version."""
    if any(c in version for c in "^~<>=!*") or "||" in version or " - " in version:
        return True
    core = version
    for i, char in enumerate(version):
        if char in "-+":
            core = version[:i]
            break
    return "x" in core or "X" in core


def load_file(path: str, log: Log, folder: str = "") -> IndexFile:
    """Return the index in the file at ``path``; what was read of it before is kept in ``folder``.

    Raises:
        RepoError: with Helm's message.
    """
    from steersman.repo import index_cache

    kept = index_cache.look(folder, path)
    if kept is not None:
        for message, fields in kept.warnings:
            log("WARN", message, **fields)
        return IndexFile(LazyEntries(kept.trees(), _make, kept.rows), **kept.head)
    known = index_cache.identity(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_INDEX_BYTES)
    except OSError as error:
        raise RepoError(f"open {path}: {(error.strerror or str(error)).lower()}") from error
    try:
        index, warnings = _parse(data, path, log)
    except SteerError as error:
        raise RepoError(f"error loading {path}: {error}") from error
    _keep(folder, path, known, index, warnings)
    return index


def keep(folder: str, path: str, index: IndexFile, warnings: Warnings) -> None:
    """Keep an index that was read, for the next ``load_file`` of the file at ``path``, which was written of it."""
    from steersman.repo import index_cache

    named = [(message, {**fields, "source": path} if "source" in fields else fields) for message, fields in warnings]
    _keep(folder, path, index_cache.identity(path), index, named)


def _keep(
    folder: str, path: str, known: tuple[int, int, int, int] | None, index: IndexFile, warnings: Warnings
) -> None:
    from steersman.repo import index_cache

    entries = index.entries
    if not folder or not isinstance(entries, LazyEntries):
        return

    def charts() -> Iterator[tuple[str, list[dict[str, Any]], list[Row]]]:
        for name in entries:
            trees = entries.sorted_trees(name)
            plain = [tree if isinstance(tree, dict) else tree.to_dict() for tree in trees]
            yield name, plain, [row_of(tree) for tree in trees]

    head = {
        "api_version": index.api_version,
        "generated": index.generated,
        "annotations": index.annotations,
        "public_keys": index.public_keys,
    }
    index_cache.keep(folder, path, known, head, warnings, charts())


def parse(data: bytes, source: str, log: Log) -> IndexFile:
    """Return the index that ``data`` says; entries that are not legal are left out and logged.

    Raises:
        RepoError: with Helm's message.
    """
    return _parse(data, source, log)[0]


def parse_noting(data: bytes, source: str, log: Log) -> tuple[IndexFile, Warnings]:
    """Return the index that ``data`` says, and what was logged, for ``keep``.

    Raises:
        RepoError: with Helm's message.
    """
    return _parse(data, source, log)


def _parse(data: bytes, source: str, log: Log) -> tuple[IndexFile, Warnings]:
    import gc

    if not data:
        raise RepoError("empty index.yaml file")
    warnings: Warnings = []

    def noted(level: str, message: str, **fields: object) -> None:
        warnings.append((message, {name: str(value) for name, value in fields.items()}))
        log(level, message, **fields)

    # hundreds of thousands of trees that stay: looking for garbage among them again and again is a third of the time
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        head, trees = _trees(data, source, noted)
    finally:
        if was_enabled:
            gc.enable()
    api_version = decode.text_of(head.get("apiVersion") or "") or ""
    if not api_version:
        raise RepoError("no API version specified")
    index = IndexFile(
        LazyEntries(trees, _make),
        api_version=api_version,
        generated=str(head.get("generated") or "0001-01-01T00:00:00Z"),
        annotations=head.get("annotations") or {},
        public_keys=tuple(head.get("publicKeys") or ()),
    )
    return index, warnings


def _trees(data: bytes, source: str, log: Log) -> tuple[dict[str, Any], Trees]:
    """Return the fields beside ``entries``, and the versions: trees of which nothing is to be said, or values."""
    from steersman.repo.index_text import Twice, Unusual

    if data[:1] in b"{[":
        return _whole(data, source, log, strict=False)
    try:
        return _by_parts(data, source, log)
    except Twice:
        return _whole(data, source, log, strict=True)
    except Unusual:
        return _whole(data, source, log, strict=False)


def _by_parts(data: bytes, source: str, log: Log) -> tuple[dict[str, Any], Trees]:
    from steersman.repo import index_strict
    from steersman.repo.index_text import Twice, cut

    parts = cut(data)
    doubtful = {text for text, (key, value) in parts.fields.items() if not is_sure_field(key, value)}
    field_of = parts.fields.__getitem__
    entries: dict[str, list[dict[str, Any]]] = {}
    for name, versions in parts.entries.items():
        entries[name] = trees = [dict(map(field_of, fields)) for fields in versions]
        if any(len(tree) != len(fields) for tree, fields in zip(trees, versions)):
            raise Twice(name)
    if not all(index_strict.is_right(*parts.fields[text]) for text in doubtful):
        index_strict.check({**parts.head, "entries": entries})
    index_strict.check(parts.head)
    out: Trees = {}
    for name, trees in entries.items():
        out[name] = found = []
        for tree, fields in zip(trees, parts.entries[name]):
            is_plain = "name" in tree and "version" in tree and (not doubtful or doubtful.isdisjoint(fields))
            one = tree if is_plain else _version(tree, name, source, log)
            if one is not None:
                found.append(one)
    return parts.head, out


def _whole(data: bytes, source: str, log: Log, *, strict: bool) -> tuple[dict[str, Any], Trees]:
    tree = _tree(data, strict=strict)
    if not isinstance(tree, dict):
        from steersman.values.files import json_shape

        raise RepoError(
            f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {json_shape(tree)} "
            "into Go value of type repo.IndexFile"
        )
    if data[:1] not in b"{[":
        from steersman.repo.index_strict import check

        check(tree)  # helm: an index in JSON may have more than Helm knows, one in YAML may not
    out: Trees = {}
    for name, versions in (tree.get("entries") or {}).items():
        out[name] = found = []
        for raw in versions or []:
            one = raw if is_sure(raw) else _version(raw, name, source, log)
            if one is not None:
                found.append(one)
    return tree, out


def _make(tree: dict[str, Any]) -> ChartVersion:
    """Return the value of a tree that was found to be legal."""
    metadata = decode.metadata(tree)
    if not metadata.api_version:
        metadata = replace(metadata, api_version="v1")
    return _with_files(metadata, tree)


def _tree(data: bytes, *, strict: bool) -> Any:
    from steersman.gojson import JSONError, loads
    from steersman.yamlio import YamlError, load, load_strict

    if data[:1] in b"{[ \n\t":
        try:
            return loads(data.decode("utf-8", "surrogateescape"))
        except JSONError:
            pass
    try:
        # a small index is looked at more closely than a large one, which takes half a minute so
        return load_strict(data) if strict or len(data) < _SMALL else load(data)
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
    return _with_files(metadata, raw)


def _with_files(metadata: Metadata, raw: dict[str, Any]) -> ChartVersion:
    return ChartVersion(
        metadata=metadata,
        urls=tuple(text for u in raw.get("urls") or () if (text := decode.text_of(u)) is not None),
        created=str(raw.get("created") or ""),
        digest=str(raw.get("digest") or ""),
        removed=raw.get("removed") is True,
    )
