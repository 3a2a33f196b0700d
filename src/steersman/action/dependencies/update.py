"""``dependency update`` and ``build``: ranges to versions, and those into ``charts/``.

Answers to ``Manager`` of Helm's ``pkg/downloader`` and to its ``internal/resolver``. Whatever fails, ``charts/`` is
as it was: archives are gathered next to it and moved when all are complete.
"""

from __future__ import annotations

import os
from functools import partial

from steersman.action.dependencies.fetch import fetch_all
from steersman.action.dependencies.source import (
    DependencyOptions,
    constraint_of,
    entries_of,
    fits,
    is_same_url,
    load_folder,
    local_path,
)
from steersman.chart import decode
from steersman.chart.errors import NoSuchChart
from steersman.chart.loader import load_undetected
from steersman.chart.model import Chart, Dependency, Lock
from steersman.download.repositories import fetch_index
from steersman.errors import ChartError, RepoError, SteerError
from steersman.go.errno import errno_text, stat_error
from steersman.record import replace
from steersman.repo.config import NoRepository, RepoEntry
from steersman.runtime.files import write_aside
from steersman.semver import Constraints, Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

_PARALLEL = 8
_UNMANAGED = "helm-manager-"  # helm: the cache's name for a repository that is not configured starts so


def update(path: str, options: DependencyOptions) -> None:
    """Resolve the dependencies of the chart in the folder ``path``, fetch them and write the lock.

    Raises:
        SteerError: with Helm's message.
    """
    chart = _load(path)
    if not chart.metadata.has_dependencies:  # helm: an empty list is one (test_an_empty_list_of_dependencies)
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
    locked = fetch_all(path, _resolve(path, wanted, names, options), options)
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
    if digest_of(wanted if chart.metadata.has_dependencies else None, chart.lock.dependencies) != chart.lock.digest:
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
    fetch_all(path, chart.lock.dependencies, options)


def digest_of(wanted: tuple[Dependency, ...] | None, locked: tuple[Dependency, ...]) -> str:
    """Return the lock's digest: over what Chart.yaml wants (None: it says nothing) and what that was resolved to.

    helm: the hash is over Go's JSON of both lists (test_lock_digest).
    """
    return f"sha256:{_sha256(f'[{_json(wanted)},{_json(locked)}]'.encode())}"


def _sha256(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()


def _json(dependencies: tuple[Dependency, ...] | None) -> str:
    from steersman.go.json import dumps, quote

    if dependencies is None:
        return "null"
    objects = [
        ",".join(f"{quote(key)}:{dumps(value)}" for key, value in decode.dependency_dict(one).items())
        for one in dependencies
    ]
    return "[" + ",".join(f"{{{text}}}" for text in objects) + "]"


def _load(path: str) -> Chart:
    missing = stat_error(path)
    if missing:
        raise NoSuchChart(f"could not find {path}: {missing}", path)
    if not os.path.isdir(path):
        raise ChartError("only unpacked charts can be updated")
    return load_undetected(path)


def _with_repositories(
    path: str, dependencies: tuple[Dependency, ...], options: DependencyOptions
) -> tuple[tuple[Dependency, ...], dict[str, str]]:
    """Return the dependencies with URLs for aliases, and the repository's name for each dependency's name."""
    entries = entries_of(options)
    names: dict[str, str] = {}
    out: list[Dependency] = []
    missing: list[str] = []
    for one in dependencies:
        repository = one.repository
        if repository.startswith("oci://"):
            names[one.name] = repository
        elif repository.startswith("file://"):
            local_path(repository, path)
            if options.debug:
                options.say(f"Repository from local path: {repository}\n")
            names[one.name] = repository
        elif repository:
            alias = repository.removeprefix("@") if repository.startswith("@") else repository.removeprefix("alias:")
            entry = next(
                (
                    e
                    for e in entries
                    if (alias != repository and alias == e.name) or (alias == repository and is_same_url(e.url, alias))
                ),
                None,
            )
            if entry is not None:
                names[one.name] = entry.name
                if alias != repository:
                    one = replace(one, repository=entry.url)
            elif not _is_request_uri(repository):
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
        raise NoRepository(message, missing[0].removeprefix("@").removeprefix("alias:"), (e.name for e in entries))
    return tuple(out), names


def _is_request_uri(text: str) -> bool:
    """Return whether a repository without an entry is a URL all the same.

    helm: ``url.ParseRequestURI`` says so; ``alias:name`` and ``file:../x`` are URLs (test_what_a_repository_may_be)
    """
    from steersman.go.url import URLError, parse_url

    try:
        return bool(parse_url(text).scheme) or text.startswith("/")
    except URLError:
        return False


def _check_known(dependencies: tuple[Dependency, ...], options: DependencyOptions) -> None:
    entries = entries_of(options)
    missing = [
        one.repository
        for one in dependencies
        if one.repository
        and not one.repository.startswith(("file://", "oci://"))
        and not any(is_same_url(e.url, one.repository.removesuffix("/")) for e in entries)
    ]
    if missing:
        raise NoRepository(
            f"no repository definition for {', '.join(missing)}. Please add the missing repos via 'helm repo add'",
            missing[0],
            (e.name for e in entries),
        )


def _refresh_configured(options: DependencyOptions) -> None:
    entries = entries_of(options)
    if entries:
        options.say("Hang tight while we grab the latest from your chart repositories...\n")
        _refresh(entries, options)
        options.say("Update Complete. ⎈Happy Helming!⎈\n")


def _refresh(entries: list[RepoEntry], options: DependencyOptions) -> None:
    """Fetch indexes in parallel and say how each went; failures are only reported."""
    from steersman.runtime.parallel import Workers

    unique = list({entry.url.removesuffix("/"): entry for entry in entries}.values())
    for entry in unique:
        options.sources.places.getters.check(entry.url)
    with Workers(_PARALLEL) as workers:
        running = {
            workers.start(partial(fetch_index, entry, options.sources.places, options.timeout)): entry
            for entry in unique
        }
        for result in workers.ended():
            entry = running[result]
            is_unmanaged = entry.name.startswith(_UNMANAGED)
            shown = entry.url if is_unmanaged else entry.name
            try:
                result()
            except SteerError as error:
                where = "" if is_unmanaged else f" ({entry.url})"
                options.say(f'...Unable to get an update from the "{shown}" chart repository{where}:\n\t{error}\n')
            else:
                options.say(f'...Successfully got an update from the "{shown}" chart repository\n')


def _resolve(
    path: str, wanted: tuple[Dependency, ...], names: dict[str, str], options: DependencyOptions
) -> tuple[Dependency, ...]:
    """Return each dependency at the version that its range means now."""
    from steersman.go.quote import quote

    out: list[Dependency] = []
    missing: list[str] = []
    for one in wanted:
        constraint = constraint_of(one, quote(one.name))
        version: str | None
        if not one.repository:
            local_path(os.path.join("charts", one.name), path)
            version = one.version
        elif one.repository.startswith("file://"):
            version = load_folder(one.repository, path).metadata.version
            if not fits(constraint, version):
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


def _newest(one: Dependency, name: str, constraint: Constraints, options: DependencyOptions) -> str | None:
    """Return the newest version in the cached index of the repository ``name``, or None."""
    try:
        index = options.sources.places.cached_index(name)
    except SteerError as error:
        raise RepoError(f"no cached repository for {name} found. (try 'helm repo update'): {error}") from error
    if one.name not in index.entries:
        raise RepoError(f"{one.name} chart not found in repo {one.repository}")
    versions = (v.metadata.version for v in index.entries[one.name] if v.urls)
    return next((v for v in versions if fits(constraint, v)), None)


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
    return next((tag for tag in found if fits(constraint, tag)), one.version)


def _write_lock(path: str, lock: Lock) -> None:
    from steersman.go.quote import quote
    from steersman.yamlio import dump

    if os.path.islink(path):
        raise ChartError(f"the {os.path.basename(path)} file is a symlink to {quote(os.readlink(path))}")
    try:
        write_aside(path, dump(decode.lock_dict(lock)).encode())
    except OSError as error:
        raise ChartError(f"open {path}: {errno_text(error)}") from error
