"""Dependencies' archives into ``charts/``: fetched in parallel, gathered next to the folder, moved when complete.

Answers to ``downloadAll`` and ``safeMoveDeps`` of Helm's ``pkg/downloader``.
"""

from __future__ import annotations

import os
from functools import partial

from steersman.action.dependencies.source import (
    DependencyOptions,
    constraint_of,
    entries_of,
    fits,
    is_same_url,
    load_folder,
)
from steersman.chart.loader import load_chart
from steersman.chart.model import Dependency
from steersman.chart.save import save_archive
from steersman.download.bring import NoProvenance, bring, fetch_provenance, file_name
from steersman.download.getters import Access, access_of, resolve_reference
from steersman.download.locate import by_url
from steersman.download.repositories import download_index
from steersman.download.resolve import Found, find_in_url, is_whole
from steersman.errors import ChartError, SteerError
from steersman.go.errno import not_written, path_error
from steersman.record import replace
from steersman.repo.config import RepoEntry
from steersman.runtime.files import make_folders, remove_folder, write_aside
from steersman.runtime.parallel import Workers
from steersman.runtime.system import replace_file, try_lock
from steersman.semver import Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from steersman.download.locate import Sources
    from steersman.repo.index import IndexFile

    T = TypeVar("T")

_PARALLEL = 8
_ASIDE = ".tmpcharts-"
_JUST_MADE = 10.0  # seconds in which a folder that is made gets its lock
_STALE_SECONDS = 3600.0  # where there are no locks
_IN_USE, _NO_LOCKS = -1, -2


def fetch_all(path: str, dependencies: tuple[Dependency, ...], options: DependencyOptions) -> tuple[Dependency, ...]:
    """Put every dependency's archive into ``charts/``; return them with the versions they have."""
    indexes = [(entry, options.sources.places.cached_index(entry.name)) for entry in entries_of(options)]
    charts = os.path.join(path, "charts")
    if os.path.exists(charts) and not os.path.isdir(charts):
        from steersman.go.quote import quote

        raise ChartError(f"{quote(charts)} is not a directory")
    # A folder in charts/ whose name begins with a dot is not part of the chart: if this run is killed, neither
    # this program nor Helm packages what it leaves. helm: gathers next to charts/ (test_a_killed_update)
    aside = os.path.join(charts, f"{_ASIDE}{os.getpid()}{os.urandom(4).hex()}")
    try:
        make_folders(charts)
        _sweep(charts)
        os.mkdir(aside, 0o755)
    except OSError as error:
        raise ChartError(path_error("mkdir", _shown(error.filename or charts), error)) from error
    lock = _locked(aside)
    try:
        options.say(f"Saving {len(dependencies)} charts\n")
        seen: set[str] = set()
        try:
            with _Ahead(dependencies, indexes, options) as ahead:
                out = tuple([_fetch_one(path, one, aside, ahead, seen, options) for one in dependencies])
        except _SaveError as error:
            options.say(f"Save error occurred:  {error}\n")
            raise
        _move(dependencies, aside, charts, options)
        return out
    finally:
        remove_folder(aside)
        if lock >= 0:
            os.close(lock)


def _sweep(charts: str) -> None:
    """Remove what updates that were killed have left: the folders that nobody locks."""
    import time
    from stat import S_ISDIR

    for name in os.listdir(charts):
        if not name.startswith(_ASIDE):
            continue
        path = os.path.join(charts, name)
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            continue  # another update has ended
        if not S_ISDIR(found.st_mode):
            continue  # nothing of ours: what is behind a link stays
        lock = _locked(path)
        if lock >= 0:
            os.close(lock)
        if lock != _IN_USE and time.time() - found.st_mtime > (_JUST_MADE if lock >= 0 else _STALE_SECONDS):
            remove_folder(path)


def _locked(folder: str) -> int:
    """Lock a folder; return what to close, or that it is in use or cannot be locked (Windows, some file systems)."""
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:
        return _NO_LOCKS
    try:
        has_it = try_lock(lock)
    except OSError:
        os.close(lock)
        return _NO_LOCKS
    if has_it:
        return lock
    os.close(lock)
    return _IN_USE


def _shown(path: str) -> str:
    """Return a path as Helm names it, whose folder lies next to ``charts/``.

    >>> _shown("web/charts/.tmpcharts-12/a-1.0.0.tgz")
    'web/tmpcharts-12/a-1.0.0.tgz'
    """
    return path.replace(os.path.join("charts", _ASIDE), _ASIDE.removeprefix("."))


class _Ahead:
    """Fetches archives in parallel, and hands them out in whatever order they are asked for.

    Messages of a registry are printed when its archive is fetched, in the same place as with Helm.
    """

    def __init__(
        self,
        dependencies: tuple[Dependency, ...],
        indexes: list[tuple[RepoEntry, IndexFile]],
        options: DependencyOptions,
    ) -> None:
        self._indexes = indexes
        self._options = options
        self._workers = Workers(_PARALLEL)
        self._found: dict[tuple[str, str, str], Found] = {}
        self._running: dict[str, tuple[Callable[[], tuple[Found, bytes]], list[str]]] = {}
        for one in dependencies:
            if one.repository and not one.repository.startswith("file://"):
                try:
                    self._start(self.find(one))
                except SteerError:
                    break  # it is reported in its turn, and nothing after it is fetched

    def __enter__(self) -> _Ahead:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_exc: object) -> None:
        self._workers.__exit__(kind)

    def find(self, one: Dependency) -> Found:
        """Return where a dependency's archive is."""
        key = (one.name, one.version, one.repository)
        if key not in self._found:
            if one.repository.startswith("oci://"):
                url = f"{one.repository}/{one.name}:{one.version}"
                self._found[key] = Found(url, "", self._options.sources.access)
            else:
                self._found[key] = _find(one, self._indexes, self._options)
        return self._found[key]

    def _start(self, found: Found) -> None:
        if found.url not in self._running:
            said: list[str] = []
            sources = replace(self._options.sources, say=said.append)
            self._running[found.url] = (self._workers.start(partial(_fetch, sources, found)), said)

    def archive(self, found: Found) -> tuple[Found, bytes]:
        """Return where the archive was in the end, and its bytes, waiting where it is on its way."""
        self._start(found)
        result, said = self._running[found.url]
        fetched = result()
        for text in said:
            self._options.say(text)
        return fetched


def _fetch(sources: Sources, found: Found) -> tuple[Found, bytes]:
    if found.url.startswith("oci://"):
        # helm: a range that no version fits is looked for once more (test_a_range_that_nothing_in_a_registry_fits)
        chart_ref, version = _reference_of(found.url)
        found = by_url(sources, chart_ref, version, found.access)
    elif not is_whole(found.url):
        found = by_url(sources, found.url, "", found.access)
    return found, bring(sources, found)


def _reference_of(url: str) -> tuple[str, str]:
    """Return what stands before and after the colon of a version: the first that can be none before a port.

    Raises:
        ChartError: with Helm's message, without such a colon.
    """
    import re

    parts = re.match(r"(oci://[^:]++:[0-9]{1,5}[^:]+|oci://[^:]{2,}+):(.*)", url)
    if parts is None:
        raise ChartError(f"could not parse OCI reference: improperly formatted oci chart reference: {url}")
    return parts[1], parts[2]


class _SaveError(ChartError):
    """A dependency that cannot be fetched; Helm reports it twice."""


def _fetch_one(
    path: str,
    one: Dependency,
    aside: str,
    ahead: _Ahead,
    seen: set[str],
    options: DependencyOptions,
) -> Dependency:
    if not one.repository:
        _check_local(path, one, options)
        return one
    if one.repository.startswith("file://"):
        if options.debug:
            options.say(f"Archiving {one.name} from repo {one.repository}\n")
        chart = _saving(lambda: load_folder(one.repository, path))
        if not fits(_saving(lambda: constraint_of(one, one.name)), chart.metadata.version):
            raise _SaveError(f"can't get a valid version for dependency {one.name}")
        _saving(lambda: save_archive(chart, aside, time=options.time))
        return replace(one, version=chart.metadata.version)
    asked = ahead.find(one)
    is_oci = asked.url.startswith("oci://")
    if asked.url in seen:
        options.say(f"Already downloaded {one.name} from repo {one.repository}\n")
        return one
    options.say(f"Downloading {one.name} from repo {one.repository}\n")
    shown = _reference_of(asked.url)[0] if is_oci else asked.url
    try:
        found, data = ahead.archive(asked)
        if not file_name(found):
            raise ChartError(f"{found.url} names no file")
        _write(os.path.join(aside, file_name(found)), data)
        if options.keyring:
            _verify(found, data, aside, options)
    except SteerError as error:
        raise _SaveError(f"could not download {shown}: {error}") from error
    if not is_oci:  # helm: charts from registries are reported each time (test_the_same_chart_twice)
        seen.add(asked.url)
    return one


def _write(path: str, data: bytes) -> None:
    try:
        write_aside(path, data, is_exact=True)
    except OSError as error:
        raise ChartError(not_written(_shown(path), error)) from error


def _verify(found: Found, data: bytes, aside: str, options: DependencyOptions) -> None:
    from steersman.action.verify import verify_data

    try:
        provenance = fetch_provenance(options.sources, found, data)
    except NoProvenance as error:
        if options.must_verify:
            raise
        options.say(f"WARNING: Verification not found for {found.url}: {error.cause}\n")
        return
    _write(os.path.join(aside, f"{file_name(found)}.prov"), provenance)
    verify_data(data, provenance, file_name(found), options.keyring)


def _saving(act: Callable[[], T]) -> T:
    try:
        return act()
    except SteerError as error:
        raise _SaveError(_shown(str(error))) from error


def _check_local(path: str, one: Dependency, options: DependencyOptions) -> None:
    """Check that a dependency without a repository is in ``charts/`` at a version that fits."""
    options.say(f"Dependency {one.name} did not declare a repository. Assuming it exists in the charts directory\n")
    place = os.path.join(path, "charts", one.name)
    try:
        chart = load_chart(place)
    except SteerError as error:
        raise ChartError(f"unable to load chart '{place}': {error}") from error
    constraint = constraint_of(one, one.name)
    version = chart.metadata.version
    try:
        parsed = Version.parse(version)
    except ValueError as error:
        raise ChartError(f"invalid version {one.version} for dependency {one.name}: {error}") from error
    if not constraint.check(parsed):
        raise _SaveError(f"dependency {one.name} at version {version} does not satisfy the constraint {one.version}")


def _find(one: Dependency, indexes: list[tuple[RepoEntry, IndexFile]], options: DependencyOptions) -> Found:
    """Return where the archive is, by the cached indexes or, for a repository that is not configured, by its own."""
    entry, index = next(((e, i) for e, i in indexes if is_same_url(one.repository, e.url)), (None, None))
    if entry is None or index is None:
        access = Access(home=one.repository, timeout=options.timeout)
        try:
            _, index = download_index(one.repository, access, options.sources.places)
        except SteerError as error:
            problem = f'looks like "{one.repository}" is not a valid chart repository or cannot be reached: {error}'
        else:
            try:
                return find_in_url(one.repository, one.name, one.version, index, access, options.sources.places.log)
            except SteerError as error:
                problem = str(error)
        raise _SaveError(f"could not find : chart {one.name} not found in {one.repository}: {problem}")
    if one.name not in index.entries:
        raise _SaveError("could not find : entry not found")
    for version in index.entries[one.name]:
        if version.urls and (not one.version or _equal(one.version, version.metadata.version)):
            try:
                url = resolve_reference(one.repository, version.urls[0])
            except SteerError as error:
                raise _SaveError(f"could not find : {error}") from error
            return Found(url, version.digest, access_of(entry, options.timeout))
    raise _SaveError("could not find : no matching version")


def _equal(a: str, b: str) -> bool:
    try:
        first = Version.parse(a)
    except ValueError:
        return a == b
    try:
        return first.compare(Version.parse(b)) == 0
    except ValueError:
        return False


def _move(dependencies: tuple[Dependency, ...], aside: str, charts: str, options: DependencyOptions) -> None:
    """Move the new archives into ``charts/`` and delete those that no longer belong to a dependency."""
    before = sorted(name for name in os.listdir(charts) if not name.startswith(_ASIDE))
    local = {one.name for one in dependencies if not one.repository}
    fresh = sorted(os.listdir(aside))
    for name in fresh:
        source = os.path.join(aside, name)
        # helm: its folder lies next to charts/ (test_archives_that_cannot_be_moved)
        shown = _shown(source)
        try:
            load_chart(source)
        except SteerError as error:
            options.say(f"Could not verify {shown} for moving: {error} (Skipping)")
            continue
        target = os.path.join(charts, name)
        if os.path.isdir(target):
            options.say(
                f"Unable to move {shown} to charts dir link error: cannot rename {shown} to {target}: "
                f"rename {shown} {target}: file exists (Skipping)"
            )
            continue
        replace_file(source, target)
    options.say("Deleting outdated charts\n")
    for name in before:
        place = os.path.join(charts, name)
        if os.path.isdir(place) or name in fresh:
            continue
        try:
            chart = load_chart(place)
        except SteerError as error:
            options.say(f"Could not verify {place} for deletion: {error} (Skipping)\n")
            continue
        if chart.name not in local:
            os.unlink(place)
