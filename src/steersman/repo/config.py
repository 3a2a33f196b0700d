"""repositories.yaml: which chart repositories there are. Shared with Helm, file and lock.

Answers to ``File`` and ``Entry`` of Helm's ``pkg/repo/v1``.
"""

from __future__ import annotations

import os
from contextlib import suppress

from steersman.errors import RepoError
from steersman.go.errno import errno_text, read_error
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

# wire name -> attribute, in the order that Helm's struct has them
_FIELDS = {
    "name": "name",
    "url": "url",
    "username": "username",
    "password": "password",
    "certFile": "cert_file",
    "keyFile": "key_file",
    "caFile": "ca_file",
    "insecure_skip_tls_verify": "insecure_skip_tls_verify",
    "pass_credentials_all": "pass_credentials_all",
}

_FLAGS = ("insecure_skip_tls_verify", "pass_credentials_all")
_WRONG = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal"


class RepoEntry(Record):
    """A repository: its name, where it is, and how to get in."""

    name: str
    url: str
    username: str = ""
    password: str = ""
    cert_file: str = ""
    key_file: str = ""
    ca_file: str = ""
    insecure_skip_tls_verify: bool = False
    pass_credentials_all: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in the file."""
        return {wire: getattr(self, attribute) for wire, attribute in _FIELDS.items()}


class BrokenConfig(RepoError):
    """A repositories.yaml with what Helm cannot read; ``entries`` are those that could be."""

    def __init__(self, message: str, entries: list[RepoEntry]) -> None:
        super().__init__(message)
        self.entries = entries


def load_readable(path: str) -> list[RepoEntry]:
    """Return the repositories that can be read in the file at ``path``; none where there is no file.

    # helm: list, search and remove continue with these (test_repositories_of_the_wrong_shape)

    Raises:
        RepoError: when the file is not YAML.
    """
    try:
        return load(path)
    except BrokenConfig as error:
        return error.entries
    except (MissingConfig, UnreadableConfig):
        return []


class MissingConfig(RepoError, LookupError):
    """There is no repositories.yaml."""


class NoRepository(RepoError, LookupError):
    """A repository that is not configured.

    Attributes:
        name: what was looked for; ``""`` for any at all.
        known: the names of those that are configured.
    """

    def __init__(self, message: str, name: str = "", known: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.known = tuple(known)


class UnreadableConfig(RepoError):
    """A repositories.yaml that cannot be read; ``reason`` is the system's message."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"couldn't load repositories file ({path}): {reason}")
        self.reason = reason


def load(path: str) -> list[RepoEntry]:
    """Return the repositories in the file at ``path``.

    Raises:
        MissingConfig: when there is no file.
        RepoError: when it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise MissingConfig(f"couldn't load repositories file ({path}): {read_error(path, error)}") from error
        raise UnreadableConfig(path, read_error(path, error)) from error
    return parse(data)


def parse(data: bytes) -> list[RepoEntry]:
    """Return the repositories that the text says.

    Raises:
        RepoError: when it is not YAML of the right shape.
    """
    from steersman.yamlio import load as load_yaml
    from steersman.yamlio.errors import YamlError

    try:
        tree = load_yaml(data)
    except YamlError as error:
        raise BrokenConfig(f"error converting YAML to JSON: {error}", []) from error
    if tree is None:
        return []
    if not isinstance(tree, dict):
        from steersman.values.files import json_shape

        raise BrokenConfig(f"{_WRONG} {json_shape(tree)} into Go value of type repo.File", [])
    name = next((key for key in sorted(tree, reverse=True) if key.lower() == "repositories"), "repositories")
    listed = tree.get(name) or []
    if not isinstance(listed, list):
        from steersman.values.files import json_shape

        kind = json_shape(listed)
        raise BrokenConfig(f"{_WRONG} {kind} into Go struct field .{name} of type []*repo.Entry", [])
    entries = [_entry(e if isinstance(e, dict) else {}) for e in listed if e is not None]
    problem = next((p for at, e in enumerate(listed) if e is not None and (p := _problem(at, e, name))), "")
    if problem:
        raise BrokenConfig(f"{_WRONG} {problem}", entries)
    return entries


def _problem(at: int, tree: Any, listing: str) -> str:
    """Say what of an entry Helm cannot read; ``""`` where it can."""
    from steersman.values.files import json_shape

    if not isinstance(tree, dict):
        return f"{json_shape(tree)} into .{listing}.{at} of type repo.Entry"
    for key, attribute, value in _known(tree):
        is_flag = attribute in _FLAGS
        if value is not None and (not isinstance(value, bool) if is_flag else isinstance(value, (dict, list))):
            kind = "bool" if is_flag else "string"
            return f"{json_shape(value)} into Go struct field .{listing}.{at}.{key} of type {kind}"
    return ""


def _entry(tree: dict[str, Any]) -> RepoEntry:
    from steersman.chart.decode import text_of

    found: dict[str, Any] = {}
    for _key, attribute, value in _known(tree):
        if attribute in _FLAGS:
            found[attribute] = value is True
        elif value is not None:
            found[attribute] = text_of(value) or ""
    return RepoEntry(**{"name": "", "url": "", **found})


def _known(tree: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield what has a name that Helm knows, with our name; encoding/json takes names in any case."""
    folded = {wire.lower(): attribute for wire, attribute in _FIELDS.items()}
    for key in sorted(tree):
        if key.lower() in folded:
            yield key, folded[key.lower()], tree[key]


def lock_path(path: str) -> str:
    """Return the path of the lock file, the one that Helm uses."""
    extension = path[path.rfind(".") :] if "." in path.rpartition("/")[2] else ""
    return (path.removesuffix(extension) if 0 < len(extension) < len(path) else path) + ".lock"


def touch_lock(path: str) -> None:
    """Make the folder and the lock file: Helm leaves them whether or not there is a change.

    Raises:
        RepoError: when that cannot be done, or somebody holds the lock for long.
    """
    from steersman.runtime.files import Locked, make_folders

    try:
        # helm: what is in the way, and what may not be made, shows when the lock is; the folder is as open as the
        # umask allows (test_modes_of_what_is_left, tests/cli/wrong_kinds.txt)
        with suppress(FileExistsError, PermissionError):
            make_folders(os.path.dirname(path) or ".", 0o777)
        with Locked(lock_path(path)):
            return
    except TimeoutError as error:
        raise RepoError(str(error)) from error
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: str, error: OSError) -> RepoError:
    reason = errno_text(error)
    if error.filename == lock_path(path):
        return RepoError(f"open {error.filename}: {reason}")
    is_above = f"{os.path.dirname(path)}/".startswith(f"{error.filename}/")
    return RepoError(f"mkdir {error.filename}: {reason}" if is_above else f"open {path}: {reason}")


def update(
    path: str,
    change: Callable[[list[RepoEntry]], list[RepoEntry] | None],
    read: Callable[[str], list[RepoEntry]] = load,
) -> None:
    """Change the file under its lock: it is read again, ``change`` gives the new entries, it is written aside.

    ``change`` returns None to leave the file as it is.

    Raises:
        RepoError: when the file cannot be read or written.
    """
    from steersman.runtime.files import Locked

    try:
        with Locked(lock_path(path)):
            try:
                entries = read(path)
            except MissingConfig:
                entries = []
            changed = change(entries)
            if changed is not None:
                save(path, changed)
    except TimeoutError as error:
        raise RepoError(str(error)) from error
    except OSError as error:
        raise _unwritable(path, error) from error


def save(path: str, entries: list[RepoEntry]) -> None:
    """Write the file."""
    from steersman.runtime.files import rewrite
    from steersman.yamlio import dump

    tree = {"apiVersion": "", "generated": "0001-01-01T00:00:00Z", "repositories": [e.to_dict() for e in entries]}
    tree.update(_kept(path))
    rewrite(path, dump(tree).encode("utf-8", "surrogateescape"), 0o600, is_synced=True)


def _kept(path: str) -> dict[str, Any]:
    """Return the head of the file as it is: Helm reads it and writes it back unchanged."""
    from steersman.yamlio import load as load_yaml
    from steersman.yamlio.errors import YamlError

    try:
        with open(path, "rb") as file:
            tree = load_yaml(file.read())
    except (OSError, YamlError):
        return {}
    if not isinstance(tree, dict):
        return {}
    return {k: tree[k] for k in ("apiVersion", "generated") if isinstance(tree.get(k), str)}
