"""A folder of archives to an index; answers to ``IndexDirectory`` of Helm's ``pkg/repo/v1``."""

from __future__ import annotations

import os

from steersman.chart.loader import load_chart
from steersman.chart.validate import ValidationError, validated
from steersman.errors import RepoError, SteerError
from steersman.repo.index import ChartVersion, IndexFile


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
            continue  # helm: what does not load is taken to be no chart
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
    if not path:
        return base
    from posixpath import normpath

    from steersman.record import replace
    from steersman.sprig.urls import parse_url

    url = parse_url(base)
    joined = normpath(f"{url.path}/{path}" if url.path else path)
    return replace(url, path=joined[1:] if joined.startswith("//") else joined, raw_path="").text()


def digest_of(path: str) -> str:
    """Return the SHA-256 of a file."""
    from hashlib import sha256

    digest = sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
