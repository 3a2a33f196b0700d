"""Questions to git about the repository that the current folder is in; nothing of it is changed."""

from __future__ import annotations

import os
import subprocess

from steersman.action.ci.settings import CannotRun
from steersman.go.errno import errno_text
from steersman.runtime.programs import executable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_DEPTH = (
    "Fetch the history and the target branch: 'git fetch --unshallow origin', or 'fetch-depth: 0' for actions/checkout."
)


class Git:
    """git in the current folder.

    Args:
        environ: the environment that it runs in.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {**environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}

    def base(self, remote: str, branch: str, since: str, *, is_since_given: bool) -> tuple[str, str]:
        """Return the commit to compare with, and the revision whose charts are the old ones.

        The commit is where ``since`` left the remote's branch. In a repository that has no such branch, a ``since``
        that was given is the old revision itself.

        Raises:
            CannotRun: when there is no repository, no branch, or nothing that they have in common.
        """
        if self._ask("rev-parse", "--is-inside-work-tree") is None:
            self._run("rev-parse", "--is-inside-work-tree")  # git's own reason: no repository, or an untrusted owner
        target = f"{remote}/{branch}"
        if self._commit(target) is None:
            if is_since_given and self._commit(since) is not None and not self._branches(remote):
                target, since = since, "HEAD"
            else:
                hint = _DEPTH
                if not self._branches(remote):
                    hint = f"Fetch the branches of {remote}, or compare with a revision that is here: --since {branch}"
                raise CannotRun(f"there is no branch {target}{self._other_branch(remote, branch)}", hint=hint)
        if self._commit(since) is None:
            raise CannotRun(f"there is no revision {since}")
        found = self._ask("merge-base", target, since)
        if not found:
            raise CannotRun(f"{target} and {since} have no common history here", hint=_DEPTH)
        return found.strip(), target

    def changed_files(self, commit: str, folders: tuple[str, ...]) -> list[str]:
        """Return the paths, from the current folder, of files that differ between a commit and the work tree.

        Raises:
            CannotRun: when git fails.
        """
        there = [folder for folder in folders if os.path.isdir(folder)]
        if not there:
            raise CannotRun(f"there is no folder {' or '.join(folders)} (chart-dirs)")
        text = self._run(
            "diff", "--no-ext-diff", "--find-renames", "--name-only", "-z", "--relative", commit, "--", *there
        )
        return [path for path in text.split("\0") if path]

    def untracked_files(self, folders: tuple[str, ...]) -> list[str]:
        """Return the paths of files that git does not know and does not ignore.

        Raises:
            CannotRun: when git fails.
        """
        there = [folder for folder in folders if os.path.isdir(folder)]
        text = self._run("ls-files", "--others", "--exclude-standard", "-z", "--", *there)
        return [path for path in text.split("\0") if path]

    def file(self, revision: str, path: str) -> bytes | None:
        """Return a file of a revision; None where it is not there."""
        path = os.path.normpath(path).replace(os.sep, "/")
        done = self._process("cat-file", "blob", f"{revision}:./{path}")
        return done.stdout if done.returncode == 0 else None

    def remote_url(self, remote: str) -> str:
        """Return the URL of a remote.

        Raises:
            CannotRun: when git fails.
        """
        return self._run("ls-remote", "--get-url", "--", remote).strip()

    def write_tree(self, commit: str, folder: str) -> str:
        """Write all files of a commit below an empty folder; return the counterpart of the current folder there.

        An index of its own keeps the repository as it is, which a second work tree would not.

        Raises:
            CannotRun: when git fails.
        """
        index = {"GIT_INDEX_FILE": os.path.join(folder, ".index")}
        tree = os.path.join(folder, "tree")
        top = self._run("rev-parse", "--show-toplevel").strip()
        self._run("read-tree", commit, folder=top, **index)
        self._run("checkout-index", "--all", f"--prefix={tree}{os.sep}", folder=top, **index)
        return os.path.normpath(os.path.join(tree, self._run("rev-parse", "--show-prefix").strip()))

    def _commit(self, revision: str) -> str | None:
        if revision.startswith("-"):
            raise CannotRun(f"{revision} is not a revision")
        return self._ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")

    def _branches(self, remote: str) -> list[str]:
        names = self._ask("for-each-ref", "--format=%(refname:short)", f"refs/remotes/{remote}/") or ""
        return [name.partition("/")[2] for name in names.split() if "/" in name]

    def _other_branch(self, remote: str, branch: str) -> str:
        others = [name for name in self._branches(remote) if name in ("main", "master", "develop") and name != branch]
        return f"; did you mean --target-branch {others[0]}?" if others else ""

    def _ask(self, *arguments: str) -> str | None:
        """Return what git prints, or None where it fails."""
        done = self._process(*arguments)
        return None if done.returncode else done.stdout.decode("utf-8", "surrogateescape")

    def _run(self, *arguments: str, folder: str | None = None, **variables: str) -> str:
        """Return what git prints.

        Raises:
            CannotRun: with git's reason, where it fails.
        """
        done = self._process(*arguments, folder=folder, **variables)
        if done.returncode:
            reason = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
            raise CannotRun(f"git {arguments[0]}: {reason or f'ended with {done.returncode}'}")
        return done.stdout.decode("utf-8", "surrogateescape")

    def _process(
        self, *arguments: str, folder: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", *arguments],
                executable=executable("git", self._environ),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env={**self._environ, **variables},
                check=False,
            )
        except OSError as error:
            raise CannotRun(f"git: {errno_text(error)}", hint="Install git, or name the charts.") from error
