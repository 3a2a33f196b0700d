"""``repo add|update|remove|index``: what Helm does with classic repositories."""

from __future__ import annotations

import os
from contextlib import suppress
from errno import ENOTDIR
from functools import partial

from steersman.download.repositories import RepoPlaces, fetch_index
from steersman.errors import RepoError, SteerError
from steersman.go.errno import path_error, random_suffix
from steersman.go.quote import quote
from steersman.record import replace
from steersman.repo import config, index_load
from steersman.repo.config import NoRepository, RepoEntry
from steersman.repo.index import IndexFile
from steersman.runtime.files import write_aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Log = Callable[..., None]
    Ended = Callable[[RepoEntry, str], object]

DEPRECATED = {
    "//kubernetes-charts.storage.googleapis.com": "https://charts.helm.sh/stable",
    "//kubernetes-charts-incubator.storage.googleapis.com": "https://charts.helm.sh/incubator",
}
_PARALLEL = 8


def add(
    entry: RepoEntry,
    places: RepoPlaces,
    *,
    force: bool,
    allow_deprecated: bool,
    timeout: float,
    password: Callable[[], str] | None = None,
) -> bool:
    """Add a repository; return whether it was new (or changed).

    ``password`` asks for the entry's, once the configuration is known to be legible.

    Raises:
        RepoError: with Helm's message.
    """
    if not allow_deprecated:
        for old, new in DEPRECATED.items():
            if old in entry.url:
                raise RepoError(f'repo {quote(entry.url)} is no longer available; try "{new}" instead')
    config.touch_lock(places.config_file)
    try:
        before = config.load(places.config_file)
    except config.MissingConfig:
        before = []
    except config.UnreadableConfig as error:
        raise RepoError(error.reason) from error  # helm: the file is read here without saying what for
    # helm: what is asked comes behind the lock, and the name behind the question (test_what_a_refused_question_leaves)
    entry = entry if password is None else replace(entry, password=password())
    if "/" in entry.name:
        raise RepoError(f"repository name ({entry.name}) contains '/', please specify a different name without '/'")
    if _is_known(entry, before, force=force):
        return False
    places.getters.check(entry.url)
    try:
        # not under the lock: a slow server must not make others wait
        fetch_index(entry, places, timeout)
    except SteerError as error:
        from steersman.transport.model import redacted

        raise RepoError(
            f"looks like {quote(redacted(entry.url))} is not a valid chart repository or cannot be reached: {error}"
        ) from error
    added = False

    def change(entries: list[RepoEntry]) -> list[RepoEntry] | None:
        nonlocal added
        if _is_known(entry, entries, force=force):
            return None
        added = True
        if not any(e.name == entry.name for e in entries):
            return [*entries, entry]
        return [entry if e.name == entry.name else e for e in entries]

    config.update(places.config_file, change)
    return added


def _is_known(entry: RepoEntry, entries: list[RepoEntry], *, force: bool) -> bool:
    """Return whether the repository is configured just so.

    Raises:
        RepoError: when its name is another's.
    """
    existing = next((e for e in entries if e.name == entry.name), None)
    if existing is None or force:
        return False
    if existing != entry:
        raise RepoError(f"repository name ({entry.name}) already exists, please specify a different name")
    return True


def update(
    names: list[str],
    places: RepoPlaces,
    timeout: float,
    say: Callable[[str], object],
    ended: Ended | None = None,
) -> None:
    """Fetch the indexes of the named repositories, or of all; one that fails does not stop the others.

    Args:
        names: of repositories; none are all.
        places: where they are configured.
        timeout: seconds for each.
        say: given each line for people.
        ended: given each repository and why it failed, ``""`` where it did not.

    Raises:
        RepoError: when there are none, one is not known, or some failed.
    """
    try:
        entries = config.load(places.config_file)
    except config.MissingConfig:
        entries = []
    except SteerError as error:
        raise RepoError(f"failed loading file: {places.config_file}: {error}") from error
    if not entries:
        raise NoRepository("no repositories found. You must add one before updating")
    for name in names:
        if not any(e.name == name for e in entries):
            message = f"no repositories found matching '{name}'.  Nothing will be updated"
            raise NoRepository(message, name, (e.name for e in entries))
    wanted = [e for e in entries if not names or e.name in names]
    for entry in wanted:
        places.getters.check(entry.url)
    say("Hang tight while we grab the latest from your chart repositories...\n")
    failed = fetch_all(wanted, places, timeout, say, ended)
    if failed:
        raise RepoError(f"failed to update the following repositories: [{' '.join(failed)}]")
    say("Update Complete. ⎈Happy Helming!⎈\n")


def fetch_all(
    entries: list[RepoEntry],
    places: RepoPlaces,
    timeout: float,
    say: Callable[[str], object],
    ended: Ended | None = None,
) -> list[str]:
    """Fetch indexes in parallel, say how each went, and return the URLs of those that failed."""
    from steersman.runtime.parallel import Workers

    failed: list[str] = []
    with Workers(_PARALLEL) as workers:
        running = {workers.start(partial(fetch_index, entry, places, timeout)): entry for entry in entries}
        for result in workers.ended():
            entry = running[result]
            shown, problem = quote(entry.name), ""
            try:
                result()
            except SteerError as error:
                problem = str(error)
                say(f"...Unable to get an update from the {shown} chart repository ({entry.url}):\n\t{error}\n")
                failed.append(entry.url)
            else:
                say(f"...Successfully got an update from the {shown} chart repository\n")
            if ended is not None:
                ended(entry, problem)
    return failed


def remove(names: list[str], places: RepoPlaces, say: Callable[[str], object]) -> None:
    """Remove repositories and what is cached of them.

    Raises:
        RepoError: with Helm's message.
    """
    if not os.path.exists(places.config_file):
        raise NoRepository("no repositories configured")  # helm: no lock is left then
    if not config.load_readable(places.config_file):
        raise NoRepository("no repositories configured")
    for name in names:

        def change(entries: list[RepoEntry], name: str = name) -> list[RepoEntry]:
            if not entries:
                raise NoRepository("no repositories configured")
            kept = [e for e in entries if e.name != name]
            if len(kept) == len(entries):
                raise NoRepository(f"no repo named {quote(name)} found", name, (e.name for e in entries))
            return kept

        config.update(places.config_file, change, config.load_readable)
        for path in (places.charts_path(name), places.index_path(name)):
            if os.path.exists(path):
                os.unlink(path)
        say(f"{quote(name)} has been removed from your repositories\n")


def make_index(folder: str, url: str, merge: str, places: RepoPlaces, now: str, *, json: bool) -> IndexFile:
    """Write the index of a folder of archives, and return it.

    Raises:
        RepoError: with Helm's message.
    """
    from steersman.repo.make_index import index_folder

    folder = os.path.abspath(folder)
    index = index_folder(folder, url, now)
    if merge:
        if isinstance(_stat_failure(merge), FileNotFoundError):
            other = IndexFile(generated=now)
            # helm: a file that cannot be made is not an error (test_an_index_to_merge_that_is_made)
            with suppress(RepoError):
                _write(other, merge, json=json)
        else:
            try:
                other = index_load.load_file(merge, places.log)
            except SteerError as error:
                raise RepoError(f"merge failed: {error}") from error
        index.merge(other)
    index.sort()
    _write(index, os.path.join(folder, "index.yaml"), json=json)
    return index


def _write(index: IndexFile, path: str, *, json: bool) -> None:
    tree = index.to_dict()
    if json:
        from steersman.go.json import dumps_ordered

        text = dumps_ordered(tree, indent="  ", sorted_keys=("entries", "annotations"))
    else:
        from steersman.yamlio import dump

        text = dump(tree)
    # helm: the file is written next to its place under a name with a random number, which errors show
    # (test_index_of_no_folder, test_an_index_that_cannot_be_written)
    aside = f"{path}{random_suffix()}"
    if os.path.isdir(path):
        reason = f"rename {aside} {path}: file exists"
        raise RepoError(f"link error: cannot rename {aside} to {path}: {reason}")
    failure = _stat_failure(os.path.dirname(path) or ".")
    if failure is None and not os.path.isdir(os.path.dirname(path) or "."):
        failure = NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
    try:
        if failure is not None:
            raise failure
        write_aside(path, text.encode("utf-8", "surrogateescape"), is_exact=True)
    except OSError as error:
        raise RepoError(path_error("open", aside, error)) from error


def _stat_failure(path: str) -> OSError | None:
    try:
        os.stat(path)
    except OSError as error:
        return error
    return None
