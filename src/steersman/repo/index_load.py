"""Bytes to an index: cut into fields where they are of the usual form, read whole where not, kept for the next time.

Answers to ``loadIndex`` of Helm's ``pkg/repo/v1``.
"""

from __future__ import annotations

from steersman.chart import decode
from steersman.chart.errors import SharedName, ValidationError
from steersman.chart.validate import validated
from steersman.errors import RepoError, SteerError
from steersman.go.errno import read_error
from steersman.record import replace
from steersman.repo.chart_version import ChartVersion
from steersman.repo.index import IndexFile
from steersman.repo.index_entries import LazyEntries, is_sure, is_sure_field, row_of
from steersman.runtime.private import NOWHERE, Cache
from steersman.runtime.process import collector_paused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.chart.model import Metadata
    from steersman.repo.index_entries import Row

    Log = Callable[..., None]
    Warnings = list[tuple[str, dict[str, str]]]
    Trees = dict[str, list[dict[str, Any] | ChartVersion]]

_SMALL = 1024 * 1024  # bytes
MAX_INDEX_BYTES = 512 * 1024 * 1024  # the largest public index is 40 MB


def load_file(path: str, log: Log, cache: Cache = NOWHERE) -> IndexFile:
    """Return the index in the file at ``path``; what was read of it before is kept in ``cache``.

    Raises:
        RepoError: with Helm's message.
    """
    from steersman.repo import index_cache

    def again() -> LazyEntries:
        entries = _read(path, lambda *_words, **_fields: None, cache).entries
        return entries if isinstance(entries, LazyEntries) else LazyEntries(entries, _make)

    kept = index_cache.look(cache, path, again)
    if kept is not None:
        for message, fields in kept.warnings:
            log("WARN", message, **fields)
        return IndexFile(LazyEntries(kept.trees(), _make, kept.rows), **kept.head)
    return _read(path, log, cache)


def _read(path: str, log: Log, cache: Cache) -> IndexFile:
    from steersman.repo import index_cache

    known = index_cache.identity(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_INDEX_BYTES)
    except OSError as error:
        raise RepoError(read_error(path, error)) from error
    try:
        index, warnings = _parse(data, path, log)
    except SteerError as error:
        raise RepoError(f"error loading {path}: {error}") from error
    _keep(cache, path, known, index, warnings)
    return index


def keep(cache: Cache, path: str, index: IndexFile, warnings: Warnings) -> None:
    """Keep an index that was read, for the next ``load_file`` of the file at ``path``, which was written of it."""
    from steersman.repo import index_cache

    named = [(message, {**fields, "source": path} if "source" in fields else fields) for message, fields in warnings]
    _keep(cache, path, index_cache.identity(path), index, named)


def _keep(
    cache: Cache, path: str, known: tuple[int, int, int, int] | None, index: IndexFile, warnings: Warnings
) -> None:
    from steersman.repo import index_cache

    entries = index.entries
    if cache.is_off or not isinstance(entries, LazyEntries):
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
    index_cache.keep(cache, path, known, head, warnings, charts())


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
    if not data:
        raise RepoError("empty index.yaml file")
    warnings: Warnings = []

    def noted(level: str, message: str, **fields: object) -> None:
        warnings.append((message, {name: str(value) for name, value in fields.items()}))
        log(level, message, **fields)

    # hundreds of thousands of trees that stay: looking for garbage among them again and again is a third of the time
    with collector_paused():
        head, trees = _trees(data, source, noted)
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
    """Return the fields next to ``entries``, and the versions: trees of which nothing is to be said, or values."""
    from steersman.repo.index_text import Twice, Unusual

    if data.lstrip(b" \t\r\n")[:1] in (b"{", b"[", b'"'):
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
    from steersman.repo.index_strict import check, in_known_case

    tree, is_json = _tree(data, strict=strict)
    tree = {} if tree is None else tree
    check(tree, is_json=is_json)
    if is_json:
        tree = in_known_case(tree)
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


def _tree(data: bytes, *, strict: bool) -> tuple[Any, bool]:
    """Return what an index says, and whether it is JSON."""
    from steersman.go.errors import JSONError
    from steersman.go.json import loads
    from steersman.yamlio import load, load_strict
    from steersman.yamlio.errors import YamlError

    if data[:1] in b'{[" \r\n\t-0123456789tfn':
        try:
            return loads(data.decode("utf-8", "surrogateescape")), True
        except JSONError:
            pass
    try:
        # a small index is looked at more closely than a large one, which takes half a minute so
        return load_strict(data) if strict or len(data) < _SMALL else load(data), False
    except YamlError as error:
        raise RepoError(f"error converting YAML to JSON: {error}") from error


def _version(raw: Any, name: str, source: str, log: Log) -> ChartVersion | None:
    if raw is None:
        log("WARN", "skipping loading invalid entry for chart: empty entry", name=name, source=source)
        return None
    try:
        metadata = decode.metadata(raw)
    except SteerError as error:
        raise RepoError(str(error)) from error
    if not metadata.api_version:
        metadata = replace(metadata, api_version="v1")
    try:
        metadata = validated(metadata)
    except SharedName:
        pass  # helm: such an entry stays
    except ValidationError as error:
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
        urls=_texts(raw.get("urls")),
        created=str(raw.get("created") or ""),
        digest=decode.text_of(raw.get("digest")) or "",
        removed=raw.get("removed") is True,
    )


def _texts(listed: list[Any] | None) -> tuple[str, ...] | None:
    """Return a list's texts; helm: one that is not there is written as null (test_indexes_that_are_merged)."""
    if listed is None:
        return None
    return tuple(text for one in listed if (text := decode.text_of(one)) is not None)
