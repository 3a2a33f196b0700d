"""Plugins in git repositories, through the ``git`` program."""

from __future__ import annotations

import os

from steersman.goquote import quote
from steersman.plugin.model import PluginError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "git.openstack.org")
_SECONDS = 600.0


def is_repository(source: str) -> bool:
    """Tell whether ``source`` is the URL of a git repository, as far as its text says that."""
    if source.startswith("-"):
        return False
    if source.startswith("file://"):
        path = source.removeprefix("file://")
        return os.path.isdir(os.path.join(path, ".git")) or os.path.exists(os.path.join(path, "HEAD"))
    if source.startswith(("git://", "ssh://", "git+ssh://")):
        return True
    if source.startswith(("http://", "https://")):
        host = source.partition("://")[2].partition("/")[0].rpartition("@")[2]
        return source.endswith(".git") or host in _HOSTS
    return "@" in source.partition(":")[0] and ":" in source  # user@host:path


def clone(source: str, folder: str, version: str, environ: Mapping[str, str]) -> None:
    """Clone ``source`` into ``folder``, at ``version`` (a reference or a range over tags) where there is one.

    Raises:
        PluginError: with what git says.
    """
    try:
        _git(["clone", "--quiet", "--", source, folder], environ)
    except PluginError as error:
        raise PluginError(f"Unable to get repository: {error}") from error
    reference = _reference(source, folder, version, environ)
    if reference:
        _git(["-C", folder, "checkout", "--quiet", reference], environ)


def _reference(source: str, folder: str, version: str, environ: Mapping[str, str]) -> str:
    if not version:
        return ""
    if not version.startswith("-"):
        try:
            return _git(["-C", folder, "rev-parse", "--verify", "--quiet", f"{version}^{{commit}}"], environ).strip()
        except PluginError:
            pass  # no reference: a range, then
    from steersman.semver import Constraints, Version

    try:
        constraint = Constraints.parse(version)
    except ValueError as error:
        raise PluginError(str(error)) from error
    found = []
    for tag in _git(["-C", folder, "tag"], environ).split():
        try:
            found.append((Version.parse(tag), tag))
        except ValueError:
            continue
    for parsed, tag in sorted(found, key=lambda pair: pair[0], reverse=True):
        if constraint.check(parsed):
            return tag
    raise PluginError(f"requested version {quote(version)} does not exist for plugin {quote(source)}")


def update(folder: str, environ: Mapping[str, str]) -> None:
    """Bring the repository in ``folder`` to what its source has now.

    Raises:
        PluginError: with what git says, and where files were changed here.
    """
    if _git(["-C", folder, "status", "--porcelain"], environ).strip():
        raise PluginError("plugin repo was modified")
    try:
        _git(["-C", folder, "fetch", "--quiet", "--tags"], environ)
        branch = _git(["-C", folder, "rev-parse", "--abbrev-ref", "HEAD"], environ).strip()
        if branch != "HEAD":  # helm: one at a tag stays there
            _git(["-C", folder, "merge", "--quiet", "--ff-only", "@{upstream}"], environ)
    except PluginError as error:
        raise PluginError(f"Unable to update repository: {error}") from error


def _git(arguments: list[str], environ: Mapping[str, str]) -> str:
    import subprocess
    from shutil import which

    program = which("git", path=environ.get("PATH", ""))
    if program is None:
        raise PluginError(f"exec: {quote('git')}: executable file not found in $PATH")
    try:
        done = subprocess.run(
            [program, *arguments],
            env={**environ, "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PluginError(f"git: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").rstrip("\n")
        raise PluginError(f"{said}\n: exit status {done.returncode}" if said else f"exit status {done.returncode}")
    return done.stdout.decode("utf-8", "replace")
