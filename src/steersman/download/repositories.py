"""Classic repositories as they are kept here: their configuration, their cached indexes, and fetching these anew."""

from __future__ import annotations

import os

from steersman.download.getters import Access, Getters, access_of, resolve_reference
from steersman.download.validators import Validators
from steersman.errors import RepoError, SteerError
from steersman.go.errno import errno_text, random_suffix
from steersman.repo import index_load
from steersman.runtime.files import write_aside
from steersman.runtime.private import NOWHERE, Cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.repo.config import RepoEntry
    from steersman.repo.index import IndexFile

    Log = Callable[..., None]


class RepoPlaces:
    """Paths of the configuration and the cached indexes; ``cache`` keeps what was parsed of these."""

    def __init__(self, config_file: str, cache_folder: str, getters: Getters, log: Log, cache: Cache = NOWHERE) -> None:
        self.config_file = config_file
        self.cache_folder = cache_folder
        self.getters = getters
        self.cache = cache
        self.log = log

    def index_path(self, name: str) -> str:
        """Return the path of a repository's cached index."""
        return os.path.join(self.cache_folder, f"{_before(name)}index.yaml")

    def cached_index(self, name: str) -> IndexFile:
        """Return the cached index of a repository.

        Raises:
            RepoError: with Helm's message.
        """
        return index_load.load_file(self.index_path(name), self.log, self.cache)

    def has_url(self, name: str, url: str) -> bool:
        """Return whether a repository's cached index, where there is one that can be read, has a chart at ``url``."""
        try:
            with open(self.index_path(name), "rb") as file:
                if url.encode("utf-8", "surrogateescape") not in file.read():
                    return False  # most indexes are out without being read as YAML
            entries = self.cached_index(name).entries
        except (OSError, SteerError):
            return False
        return any(url in (version.urls or ()) for chart in entries for version in entries[chart])

    def charts_path(self, name: str) -> str:
        """Return the path of the list of a repository's charts, which completion reads."""
        return os.path.join(self.cache_folder, f"{_before(name)}charts.txt")


def _before(name: str) -> str:
    return f"{name}-" if name else ""  # helm: a name may be empty (test_a_repository_without_name)


def fetch_index(entry: RepoEntry, places: RepoPlaces, timeout: float) -> IndexFile:
    """Fetch a repository's index and keep it in the cache.

    Raises:
        SteerError: with Helm's message.
    """
    path = places.index_path(entry.name)
    known = Validators(places.cache, path, entry.url)
    url = resolve_reference(entry.url, "index.yaml")
    answer = places.getters.ask(url, access_of(entry, timeout), known=known.load())
    if answer.data is None:
        return places.cached_index(entry.name)
    data = answer.data
    index, warnings = index_load.parse_noting(data, entry.url, places.log)
    try:
        write_aside(places.charts_path(entry.name), _names(index), is_exact=True)
        write_aside(path, data, is_exact=True, is_synced=True)
    except OSError as error:
        raise RepoError(f"open {path}{random_suffix()}: {errno_text(error)}") from error
    known.keep(answer)
    index_load.keep(places.cache, path, index, warnings)
    return index


def _names(index: IndexFile) -> bytes:
    return "".join(f"{name}\n" for name in sorted(index.entries)).encode()


def _index_bytes(url: str, access: Access, places: RepoPlaces) -> bytes:
    return places.getters.get(resolve_reference(url, "index.yaml"), access)


def download_index(url: str, access: Access, places: RepoPlaces) -> tuple[bytes, IndexFile]:
    """Return the bytes of the index below ``url`` and what they say.

    Raises:
        SteerError: with Helm's message.
    """
    data = _index_bytes(url, access, places)
    return data, index_load.parse(data, url, places.log)
