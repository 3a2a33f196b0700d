"""Plugins in git repositories, through the ``git`` program."""

from __future__ import annotations

import os

from steersman.go.quote import quote
from steersman.plugin.errors import PluginError
from steersman.runtime.programs import find_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "git.openstack.org")
_SECONDS = 600.0


def is_repository(source: str) -> bool:
    """Return whether ``source`` is the URL of a git repository, as far as its text says that."""
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


def is_there(environ: Mapping[str, str]) -> bool:
    """Return whether there is a ``git`` program."""
    return _program(environ) is not None


def clone(source: str, folder: str, version: str, environ: Mapping[str, str]) -> None:
    """Clone ``source`` into ``folder``, at ``version`` (a reference or a range over tags) where there is one.

    Raises:
        PluginError: with what git says.
    """
    try:
        _git(["clone", "--quiet", "--recursive", "--", source, folder], environ)
    except GitFailed as error:
        raise PluginError(f"Unable to get repository: {error.said}{error}") from error
    reference = _reference(source, folder, version, environ)
    if reference:
        # helm: by its name: a branch stays one, which updates follow (test_branches_of_git_are_followed)
        _git(["-C", folder, "checkout", "--quiet", reference, "--"], environ)
        _settle(folder, environ)


def _settle(folder: str, environ: Mapping[str, str]) -> None:
    """Bring submodules to what the commit at hand has, and take away what no commit has."""
    _git(["-C", folder, "submodule", "--quiet", "update", "--init", "--recursive"], environ)
    _git(["-C", folder, "clean", "--quiet", "-x", "-d", "-f", "-f"], environ)
    _git(["-C", folder, "submodule", "--quiet", "foreach", "--recursive", "git clean -q -x -d -f -f"], environ)


def _reference(source: str, folder: str, version: str, environ: Mapping[str, str]) -> str:
    if not version:
        return ""
    for name in () if version.startswith("-") else (version, f"refs/remotes/origin/{version}"):
        try:
            _git(["-C", folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"], environ)
        except PluginError:
            continue  # no reference: a range, perhaps
        return version
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


def remote(folder: str, environ: Mapping[str, str]) -> str:
    """Return where the repository in ``folder`` comes from.

    Raises:
        PluginError: with Helm's message.
    """
    try:
        return _git(["-C", folder, "config", "--get", "remote.origin.url"], environ).strip()
    except GitFailed as error:
        raise PluginError(f"Unable to retrieve local repo information: {error}", detail=error.said.strip()) from error


def update(folder: str, environ: Mapping[str, str], *, is_ours: bool) -> None:
    """Bring the repository in ``folder`` to what its source has now.

    Files that no commit has are taken away where the folder ``is_ours``.

    Raises:
        PluginError: with what git says, and where files were changed here.
    """
    if _git(["-C", folder, "diff"], environ):
        raise PluginError("plugin repo was modified")
    try:
        _git(["-C", folder, "fetch", "--quiet", "--tags", "origin"], environ)
        if _git(["-C", folder, "rev-parse", "--abbrev-ref", "HEAD"], environ).strip() == "HEAD":
            return  # helm: one at a tag stays there
        _git(["-C", folder, "pull", "--quiet"], environ)
        if is_ours:
            _settle(folder, environ)
    except GitFailed as error:
        raise PluginError(f"Unable to update repository: {error}", detail=error.said.strip()) from error


class GitFailed(PluginError):
    """A git that ended with an exit code other than 0; ``said`` is its error output."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"exit status {code}")
        self.said = f"{said}\n: " if said else ""


def _program(environ: Mapping[str, str]) -> str | None:
    return find_program("git", environ)


def _git(arguments: list[str], environ: Mapping[str, str]) -> str:
    import subprocess

    program = _program(environ)
    if program is None:
        raise PluginError("git is not installed")
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
        raise GitFailed(done.returncode, done.stderr.decode("utf-8", "replace").rstrip("\n"))
    return done.stdout.decode("utf-8", "replace")
