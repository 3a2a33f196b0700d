"""A folder of archives to an index; answers to ``IndexDirectory`` of Helm's ``pkg/repo/v1``."""

from __future__ import annotations

import os

from steersman.chart.errors import ValidationError
from steersman.chart.loader import load_chart
from steersman.chart.validate import validated
from steersman.errors import RepoError, SteerError
from steersman.go.errno import read_error
from steersman.repo.chart_version import ChartVersion
from steersman.repo.index import IndexFile


def index_folder(folder: str, base_url: str, now: str) -> IndexFile:
    """Return the index of the archives in ``folder`` and in the folders right below it.

    Args:
        folder: where the archives are.
        base_url: what their URLs begin with, or ``""`` for relative ones.
        now: the time's text, for ``generated`` and ``created``.

    Raises:
        RepoError: for an archive whose chart is not legal.
    """
    index = IndexFile(generated=now)
    for path in _archives(folder):
        below = os.path.relpath(path, folder).replace(os.sep, "/")
        parent, _, name = below.rpartition("/")
        try:
            chart = load_chart(path)
        except SteerError:
            continue  # helm: files that do not load are skipped
        metadata = chart.metadata
        try:
            metadata = validated(metadata)
        except ValidationError as error:
            raise RepoError(f"failed adding to {name} to index: validate failed for {name}: {error}") from error
        version = ChartVersion(metadata, (join_url(join_url(base_url, parent), name),), now, digest_of(path))
        index.add(version)
    return index


def _archives(folder: str) -> list[str]:
    found = [os.path.join(folder, n) for n in _names(folder) if n.endswith(".tgz")]
    for name in _names(folder):
        inner = os.path.join(folder, name)
        if os.path.isdir(inner):
            found += [os.path.join(inner, n) for n in _names(inner) if n.endswith(".tgz")]
    return found


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def join_url(base: str, path: str) -> str:
    """Return ``path`` below the URL ``base``, without doubled slashes."""
    if not base:
        return path
    from steersman.go.url import URLError, parse_url
    from steersman.record import replace

    try:
        url = parse_url(base)
    except URLError:
        # helm: anything that is not a URL is joined as a path (test_indexes_beside_helms)
        return _joined(base, path)
    return replace(url, path=_joined(url.path, path), raw_path="").text() if path else base


def _joined(*parts: str) -> str:
    """Join paths as Go's ``path.Join`` does."""
    from posixpath import normpath

    joined = normpath("/".join(part for part in parts if part))
    return joined[1:] if joined.startswith("//") else joined


def digest_of(path: str) -> str:
    """Return the SHA-256 of a file.

    Raises:
        RepoError: when it cannot be read.
    """
    from hashlib import sha256

    digest = sha256()
    try:
        with open(path, "rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise RepoError(read_error(path, error)) from error
    return digest.hexdigest()
