"""``dependency update`` and ``build``: ranges to versions, and those into ``charts/``.

Answers to ``Manager`` of Helm's ``pkg/downloader`` and to its ``internal/resolver``. Whatever fails, ``charts/`` is
as it was: archives are gathered beside it and moved when all of them are there.
"""

from __future__ import annotations

import os

from steersman.action.pull import Sources, archive, file_name
from steersman.action.repo import download_index, fetch_index
from steersman.chart import decode
from steersman.chart.loader import load_chart
from steersman.chart.model import Chart, Dependency, Lock
from steersman.chart.save import save_archive
from steersman.download.getters import Access, access_of, resolve_reference
from steersman.download.resolve import Found, find_in_url
from steersman.errors import ChartError, RepoError, SteerError
from steersman.files import write_aside
from steersman.record import Record, replace
from steersman.repo import config
from steersman.repo.config import RepoEntry
from steersman.semver import Constraints, Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from typing import TypeVar

    from steersman.repo.index import IndexFile

    T = TypeVar("T")

_PARALLEL = 8
_UNMANAGED = "helm-manager-"  # helm: the cache's name for a repository that is not configured starts so


class DependencyOptions(Record):
    """What fetching dependencies needs beyond the chart.

    ``sources`` is where charts come from; ``say`` prints progress; ``program`` is the name the user
    calls the program by; ``time`` is for reproducible archives, in seconds since the epoch; what is fetched
    must be signed by a key of ``keyring`` where there is one.
    """

    sources: Sources
    say: Callable[[str], object]
    now: str
    timeout: float
    skip_refresh: bool = False
    debug: bool = False
    program: str = "helm"
    time: float | None = None
    keyring: str = ""


def update(path: str, options: DependencyOptions) -> None:
    """Resolve the dependencies of the chart in the folder ``path``, fetch them and write the lock.

    Raises:
        SteerError: with Helm's message.
    """
    chart = _load(path)
    if not chart.metadata.dependencies:
        return
    wanted, names = _with_repositories(path, chart.metadata.dependencies, options)
    unmanaged: dict[str, str] = {}
    for one in wanted:
        if one.repository and one.name not in names:
            unmanaged[one.repository] = names[one.name] = _UNMANAGED + _sha256(one.repository.encode())
    if unmanaged and not options.skip_refresh:
        options.say("Getting updates for unmanaged Helm repositories...\n")
        _refresh([RepoEntry(name, url) for url, name in unmanaged.items()], options)
    if not options.skip_refresh:
        _refresh_configured(options)
    locked = _fetch_all(path, _resolve(path, wanted, names, options), options)
    digest = digest_of(wanted, locked)
    if chart.lock is not None and chart.lock.digest == digest:
        return
    is_old = chart.metadata.api_version == "v1"
    _write_lock(os.path.join(path, "requirements.lock" if is_old else "Chart.lock"), Lock(options.now, digest, locked))


def build(path: str, options: DependencyOptions) -> None:
    """Fetch what the lock of the chart in the folder ``path`` says; without a lock do what ``update`` does.

    Raises:
        SteerError: with Helm's message.
    """
    chart = _load(path)
    if chart.lock is None:
        update(path, options)
        return
    original = chart.metadata.dependencies
    wanted, _ = _with_repositories(path, original, options)
    if digest_of(wanted, chart.lock.dependencies) != chart.lock.digest:
        if chart.metadata.api_version != "v1":
            raise ChartError(
                "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). "
                "Please update the dependencies with 'helm dependency update'"
            )
        options.sources.places.log(
            "INFO", "warning: a valid Helm v3 hash was not found. Checking against Helm v2 hash..."
        )
        if _sha256(f'{{"dependencies":{_json(original)}}}'.encode()) != chart.lock.digest.removeprefix("sha256:"):
            raise ChartError(
                "the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). "
                "Please update the dependencies"
            )
    _check_known(chart.lock.dependencies, options)
    if not options.skip_refresh:
        _refresh_configured(options)
    _fetch_all(path, chart.lock.dependencies, options)


def digest_of(wanted: tuple[Dependency, ...], locked: tuple[Dependency, ...]) -> str:
    """Return the lock's digest: over what Chart.yaml wants and what that was resolved to.

    helm: the hash is over Go's JSON of both lists (test_lock_digest).
    """
    return f"sha256:{_sha256(f'[{_json(wanted)},{_json(locked)}]'.encode())}"


def _sha256(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()


def _json(dependencies: tuple[Dependency, ...]) -> str:
    from steersman.gojson import dumps, quote

    objects = [
        ",".join(f"{quote(key)}:{dumps(value)}" for key, value in decode.dependency_dict(one).items())
        for one in dependencies
    ]
    return "[" + ",".join(f"{{{text}}}" for text in objects) + "]"


def _load(path: str) -> Chart:
    if not os.path.exists(path):
        raise ChartError(f"could not find {path}: stat {path}: no such file or directory")
    if not os.path.isdir(path):
        raise ChartError("only unpacked charts can be updated")
    return load_chart(path)


def _entries(options: DependencyOptions) -> list[RepoEntry]:
    try:
        return config.load(options.sources.places.config_file)
    except config.MissingConfig:
        return []


def _local_path(repository: str, path: str) -> str:
    place = repository.removeprefix("file://")
    found = os.path.normpath(place if place.startswith("/") else os.path.join(path, place))
    if not os.path.exists(found):
        raise ChartError(f"directory {found} not found")
    return found


def _same_url(a: str, b: str) -> bool:
    """Tell whether two repositories' URLs are one."""
    from posixpath import normpath
    from urllib.parse import urlsplit

    try:
        first, second = urlsplit(a), urlsplit(b)
    except ValueError:
        return normpath(a) == normpath(b)
    return first._replace(path=normpath(first.path or "/")) == second._replace(path=normpath(second.path or "/"))


def _with_repositories(
    path: str, dependencies: tuple[Dependency, ...], options: DependencyOptions
) -> tuple[tuple[Dependency, ...], dict[str, str]]:
    """Return the dependencies with URLs for aliases, and the repository's name for each dependency's name."""
    entries = _entries(options)
    names: dict[str, str] = {}
    out: list[Dependency] = []
    missing: list[str] = []
    for one in dependencies:
        repository = one.repository
        if repository.startswith("oci://"):
            names[one.name] = repository
        elif repository.startswith("file://"):
            _local_path(repository, path)
            if options.debug:
                options.say(f"Repository from local path: {repository}\n")
            names[one.name] = repository
        elif repository:
            alias = repository.removeprefix("@") if repository.startswith("@") else repository.removeprefix("alias:")
            entry = next(
                (
                    e
                    for e in entries
                    if (alias != repository and alias == e.name) or (alias == repository and _same_url(e.url, alias))
                ),
                None,
            )
            if entry is not None:
                names[one.name] = entry.name
                if alias != repository:
                    one = replace(one, repository=entry.url)
            elif "://" not in repository and not repository.startswith("/"):
                missing.append(repository)
        out.append(one)
    if missing:
        message = f"no repository definition for {', '.join(missing)}. Please add them via 'helm repo add'"
        if any("//" not in name and not name.startswith(("@", "alias:")) for name in missing):
            message += (
                '\nNote that repositories must be URLs or aliases. For example, to refer to the "example"\n'
                'repository, use "https://charts.example.com/" or "@example" instead of\n'
                "\"example\". Don't forget to add the repo, too ('helm repo add')."
            )
        raise RepoError(message)
    return tuple(out), names


def _check_known(dependencies: tuple[Dependency, ...], options: DependencyOptions) -> None:
    entries = _entries(options)
    missing = [
        one.repository
        for one in dependencies
        if one.repository
        and not one.repository.startswith(("file://", "oci://"))
        and not any(_same_url(e.url, one.repository.removesuffix("/")) for e in entries)
    ]
    if missing:
        raise RepoError(
            f"no repository definition for {', '.join(missing)}. Please add the missing repos via 'helm repo add'"
        )


def _refresh_configured(options: DependencyOptions) -> None:
    entries = _entries(options)
    if entries:
        options.say("Hang tight while we grab the latest from your chart repositories...\n")
        _refresh(entries, options)
        options.say("Update Complete. ⎈Happy Helming!⎈\n")


def _refresh(entries: list[RepoEntry], options: DependencyOptions) -> None:
    """Fetch indexes in parallel and say how each went; one that fails is only told of."""
    from concurrent.futures import ThreadPoolExecutor, as_completed

    unique = list({entry.url.removesuffix("/"): entry for entry in entries}.values())
    for entry in unique:
        options.sources.places.getters.check(entry.url)
    with ThreadPoolExecutor(max_workers=min(8, len(unique))) as pool:
        running = {pool.submit(fetch_index, entry, options.sources.places, options.timeout): entry for entry in unique}
        for done in as_completed(running):
            entry = running[done]
            is_unmanaged = entry.name.startswith(_UNMANAGED)
            shown = entry.url if is_unmanaged else entry.name
            try:
                done.result()
            except SteerError as error:
                where = "" if is_unmanaged else f" ({entry.url})"
                options.say(f'...Unable to get an update from the "{shown}" chart repository{where}:\n\t{error}\n')
            else:
                options.say(f'...Successfully got an update from the "{shown}" chart repository\n')


def _constraint(dependency: Dependency, shown: str) -> Constraints:
    try:
        return Constraints.parse(dependency.version)
    except ValueError as error:
        raise ChartError(f"dependency {shown} has an invalid version/constraint format: {error}") from error


def _resolve(
    path: str, wanted: tuple[Dependency, ...], names: dict[str, str], options: DependencyOptions
) -> tuple[Dependency, ...]:
    """Return each dependency at the version that its range means now."""
    from steersman.goquote import quote

    out: list[Dependency] = []
    missing: list[str] = []
    for one in wanted:
        constraint = _constraint(one, quote(one.name))
        version: str | None
        if not one.repository:
            _local_path(os.path.join("charts", one.name), path)
            version = one.version
        elif one.repository.startswith("file://"):
            version = load_chart(_local_path(one.repository, path)).metadata.version
            if not _fits(constraint, version):
                version = None
        elif one.repository.startswith("oci://"):
            version = _newest_tag(one, constraint, options)
        else:
            version = _newest(one, names[one.name], constraint, options)
        if version is None:
            missing.append(
                f"{quote(one.name)} (repository {quote(one.repository)}, version {quote(one.version)})",
            )
            continue
        out.append(Dependency(name=one.name, version=version, repository=one.repository))
    if missing:
        raise ChartError(
            f"can't get a valid version for {len(missing)} subchart(s): {', '.join(missing)}. "
            "Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml"
        )
    return tuple(out)


def _fits(constraint: Constraints, version: str) -> bool:
    try:
        return constraint.check(Version.parse(version))
    except ValueError:
        return False


def _newest(one: Dependency, name: str, constraint: Constraints, options: DependencyOptions) -> str | None:
    """Return the newest version in the cached index of the repository ``name``, or None."""
    try:
        index = options.sources.places.cached_index(name)
    except SteerError as error:
        raise RepoError(f"no cached repository for {name} found. (try 'helm repo update'): {error}") from error
    if one.name not in index.entries:
        raise RepoError(f"{one.name} chart not found in repo {one.repository}")
    versions = (v.metadata.version for v in index.entries[one.name] if v.urls)
    return next((v for v in versions if _fits(constraint, v)), None)


def _newest_tag(one: Dependency, constraint: Constraints, options: DependencyOptions) -> str:
    """Return the newest version in the registry that fits; a range that nothing fits stays as it is.

    Raises:
        RepoError: when the registry does not say.
    """
    from steersman.registry.chart import tags
    from steersman.registry.reference import parse

    try:
        Version.parse(one.version)
        return one.version
    except ValueError:
        pass
    try:
        found = tags(options.sources.registry(), parse(f"{one.repository}/{one.name}"))
    except SteerError as error:
        raise RepoError(f"could not retrieve list of tags for repository {one.repository}: {error}") from error
    return next((tag for tag in found if _fits(constraint, tag)), one.version)


# fetching


def _fetch_all(path: str, dependencies: tuple[Dependency, ...], options: DependencyOptions) -> tuple[Dependency, ...]:
    """Put every dependency's archive into ``charts/``; return them with the versions they have."""
    from shutil import rmtree
    from tempfile import mkdtemp

    indexes = [(entry, options.sources.places.cached_index(entry.name)) for entry in _entries(options)]
    charts = os.path.join(path, "charts")
    if os.path.exists(charts) and not os.path.isdir(charts):
        from steersman.goquote import quote

        raise ChartError(f"{quote(charts)} is not a directory")
    os.makedirs(charts, mode=0o755, exist_ok=True)
    aside = mkdtemp(prefix="tmpcharts-", dir=path)
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
        rmtree(aside, ignore_errors=True)


class _Ahead:
    """Fetches archives in parallel, and hands them out in whatever order they are asked for.

    What a registry says of a pull is said when its archive is asked for, so that it stands where Helm has it.
    """

    def __init__(
        self,
        dependencies: tuple[Dependency, ...],
        indexes: list[tuple[RepoEntry, IndexFile]],
        options: DependencyOptions,
    ) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._indexes = indexes
        self._options = options
        self._pool = ThreadPoolExecutor(max_workers=_PARALLEL)
        self._found: dict[tuple[str, str, str], Found] = {}
        self._running: dict[str, tuple[Future[bytes], list[str]]] = {}
        for one in dependencies:
            if one.repository and not one.repository.startswith("file://"):
                try:
                    self._start(self.find(one))
                except SteerError:
                    break  # it is told of in its turn, and nothing is fetched that comes after it

    def __enter__(self) -> _Ahead:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

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
            self._running[found.url] = (self._pool.submit(archive, sources, found), said)

    def archive(self, found: Found) -> bytes:
        """Return the archive, waiting for it where it is on its way."""
        self._start(found)
        running, said = self._running[found.url]
        data = running.result()
        for text in said:
            self._options.say(text)
        return data


class _SaveError(ChartError):
    """A dependency that cannot be had; Helm tells of it twice."""


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
        chart = _saving(lambda: load_chart(_local_path(one.repository, path)))
        if not _fits(_saving(lambda: _constraint(one, one.name)), chart.metadata.version):
            raise _SaveError(f"can't get a valid version for dependency {one.name}")
        _saving(lambda: save_archive(chart, aside, time=options.time))
        return replace(one, version=chart.metadata.version)
    found = ahead.find(one)
    if found.url in seen:
        options.say(f"Already downloaded {one.name} from repo {one.repository}\n")
        return one
    options.say(f"Downloading {one.name} from repo {one.repository}\n")
    try:
        data = ahead.archive(found)
        write_aside(os.path.join(aside, file_name(found)), data)
        if options.keyring:
            from steersman.action.verify import fetch_provenance, verify_data

            provenance = fetch_provenance(options.sources, found, data)
            write_aside(os.path.join(aside, f"{file_name(found)}.prov"), provenance)
            verify_data(data, provenance, file_name(found), options.keyring)
    except SteerError as error:
        shown = found.url if not found.url.startswith("oci://") else f"{one.repository}/{one.name}"
        raise _SaveError(f"could not download {shown}: {error}") from error
    seen.add(found.url)
    return one


def _saving(act: Callable[[], T]) -> T:
    try:
        return act()
    except SteerError as error:
        raise _SaveError(str(error)) from error


def _check_local(path: str, one: Dependency, options: DependencyOptions) -> None:
    """Check that a dependency without a repository is in ``charts/`` at a version that fits."""
    options.say(f"Dependency {one.name} did not declare a repository. Assuming it exists in the charts directory\n")
    place = os.path.join(path, "charts", one.name)
    try:
        chart = load_chart(place)
    except SteerError as error:
        raise ChartError(f"unable to load chart '{place}': {error}") from error
    constraint = _constraint(one, one.name)
    version = chart.metadata.version
    try:
        parsed = Version.parse(version)
    except ValueError as error:
        raise ChartError(f"invalid version {one.version} for dependency {one.name}: {error}") from error
    if not constraint.check(parsed):
        raise _SaveError(f"dependency {one.name} at version {version} does not satisfy the constraint {one.version}")


def _find(one: Dependency, indexes: list[tuple[RepoEntry, IndexFile]], options: DependencyOptions) -> Found:
    """Return where the archive is, by the cached indexes or, for a repository that is not configured, by its own."""
    entry, index = next(((e, i) for e, i in indexes if _same_url(one.repository, e.url)), (None, None))
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
            url = resolve_reference(one.repository, version.urls[0])
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
    """Move the new archives into ``charts/`` and delete those that are no dependency's any more."""
    before = sorted(os.listdir(charts))
    local = {one.name for one in dependencies if not one.repository}
    fresh = sorted(os.listdir(aside))
    for name in fresh:
        source = os.path.join(aside, name)
        try:
            load_chart(source)
        except SteerError as error:
            options.say(f"Could not verify {source} for moving: {error} (Skipping)")
            continue
        os.replace(source, os.path.join(charts, name))
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


def _write_lock(path: str, lock: Lock) -> None:
    from steersman.goquote import quote
    from steersman.yamlio import dump

    if os.path.islink(path):
        raise ChartError(f"the {os.path.basename(path)} file is a symlink to {quote(os.readlink(path))}")
    write_aside(path, dump(decode.lock_dict(lock)).encode())
