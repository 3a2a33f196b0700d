"""Hints after an error: one table from an error's type to a function that reads its fields and says what to do next.

A hint is a command that can be run, an argument that can be given, or the next thing to check. The table serves the
command and the library: a ``Scene`` says each in the words of who called. Adding a hint is one function and one line in
``HINTS``. Types are named, not imported: one whose module was never loaded cannot have been raised.
"""

from __future__ import annotations

import os

from steersman.action.spelling import closest
from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Protocol

    from steersman.action.lock import NameInUse
    from steersman.action.plugins.source import NotLinked
    from steersman.chart.errors import NoSuchChart
    from steersman.deploy.ownership import NotOurs
    from steersman.download.resolve import NotAReference
    from steersman.gotemplate.errors import ParseError
    from steersman.kube.apply import WriteFailed
    from steersman.kube.config import ConfigFiles, NoConfigFile, NoContext
    from steersman.kube.discovery import NoKindMatch
    from steersman.kube.errors import ApiError, Unreachable
    from steersman.registry.errors import ResponseError
    from steersman.repo.config import NoRepository
    from steersman.repo.index import NoChart
    from steersman.runtime.shell import Shell
    from steersman.storage.driver import NoDeployedReleases, NoSuchRevision, ReleaseNotFound, Stub
    from steersman.transport.model import RequestFailed
    from steersman.values.errors import SchemaViolation

    class Scene(Protocol):
        """The command or the call of the library that failed, and its words for what can be done.

        Options are named as the command line has them (``create-namespace``).

        Attributes:
            program: the name of the program in commands that are suggested.
            shell: that in which they are pasted.
        """

        program: str
        shell: Shell

        def namespace(self) -> str:
            """Return the namespace of releases."""

        def place(self) -> str:
            """Return the namespace and the context that releases were looked for in."""

        def config_files(self) -> ConfigFiles | None:
            """Return where the configuration of the cluster comes from, ``None`` where no file says it."""

        def sandbox_folder(self) -> str:
            """Return the folder of the sandbox's state, or ``""``."""

        def releases(self) -> list[Stub] | None:
            """Return the releases of all namespaces that the user may see, ``None`` where they are not asked for."""

        def explains(self) -> bool:
            """Return whether the error's details are shown as well."""

        def chart(self) -> str:
            """Return the chart's folder, or a word that stands for it."""

        def is_registry(self) -> bool:
            """Return whether a registry was spoken to."""

        def takes(self, option: str) -> bool:
            """Return whether what failed has an option."""

        def option(self, option: str) -> str:
            """Return the name of an option."""

        def again(self, option: str) -> str:
            """Say to do the same with one option more."""

        def upgrading(self) -> str:
            """Say to upgrade the release, or install it, with the same arguments."""

        def all_releases(self) -> str:
            """Say how to see the releases of all namespaces."""

        def all_revisions(self, name: str) -> str:
            """Say how to see all revisions of a release."""


_NAMED = 3  # names of which a hint lists that many


def hint_for(
    error: SteerError, scene: Callable[[], Scene], more: Mapping[str, Callable[..., str]] | None = None
) -> str:
    """Return what to do about an error, or ``""``.

    Args:
        scene: makes what a hint is worded for.
        more: hints for errors that only this caller raises.
    """
    hints = {**HINTS, **(more or {})}
    seen: Scene | None = None
    for one in all_causes(error):
        for kind in type(one).__mro__:
            make = hints.get(f"{kind.__module__.removeprefix('steersman.')}:{kind.__name__}")
            if make is not None:
                seen = seen or scene()
                hint = make(one, seen)
                if hint:
                    return hint
    return ""


def all_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that led to it, outermost first."""
    rest: list[object] = [error]
    seen: set[int] = set()
    while rest:
        one = rest.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            rest += [getattr(one, "cause", None), *getattr(one, "errors", ()), one.__cause__]


def meant(word: str, names: Iterable[str], shown: str = "{}") -> str:
    """Ask whether one of ``names`` was meant, ``""`` where none is near."""
    near = closest(word, names)[:_NAMED]
    return f"Did you mean {' or '.join(shown.format(name) for name in near)}?" if near else ""


def sentences(*parts: str) -> str:
    """Return sentences in a row; empty ones are left out."""
    return " ".join(filter(None, parts))


def _begun(words: str) -> str:
    """Return words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


# Charts, templates and values


def _function(error: ParseError, scene: Scene) -> str:
    if not error.function:
        return ""
    from steersman.engine.functions import HELM_FUNCTIONS
    from steersman.gotemplate.builtins import BUILTINS
    from steersman.sprig import FUNCTIONS

    return meant(error.function, {*BUILTINS, *FUNCTIONS, *HELM_FUNCTIONS})


def _schema(error: SchemaViolation, scene: Scene) -> str:
    if error.detail and scene.explains():
        return ""  # it names the right value where it shows the wrong one
    found = []
    for one in error.refused:
        for name in one.unknown:
            near = closest(name, one.known)[:1]
            found += [f"{one.pointer}/{name}: did you mean {one.pointer}/{near[0]}?"] if near else []
    return "\n".join(found)


def _kind(error: NoKindMatch, scene: Scene) -> str:
    served = [(version, kind) for version, kind in error.served if version]
    versions = [version for version, kind in served if kind == error.kind]
    if versions:
        return f"The cluster serves {error.kind} in {', '.join(versions[:_NAMED])}: change its apiVersion."
    same = [kind for version, kind in served if version == error.api_version]
    near = meant(error.kind, dict.fromkeys(same or [kind for _version, kind in served]), "kind {}")
    if near:
        return near
    return f"If {error.kind} is a custom resource, install its definition first: it belongs into crds/ of a chart."


def _path(error: NoSuchChart, scene: Scene) -> str:
    folder, name = os.path.split(error.path.rstrip("/"))
    charts = _charts_in(folder)
    if charts is None:
        return f"There is no folder {folder}."
    near = meant(name, charts, os.path.join(folder, "{}"))
    if near or not charts:
        return near or f"{folder or 'This folder'} has no charts."
    return f"The charts of {folder or 'this folder'} are {', '.join(charts[:_NAMED])}."


def _charts_in(folder: str) -> list[str] | None:
    """Return the charts in a folder, ``None`` where there is no such folder."""
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return None
    return [
        one for one in names if one.endswith(".tgz") or os.path.isfile(os.path.join(folder or ".", one, "Chart.yaml"))
    ]


def _reference(error: NotAReference, scene: Scene) -> str:
    near = meant(error.reference, _charts_in("") or (), os.path.join(os.curdir, "{}"))
    return near or "A chart is a path (./web), REPOSITORY/CHART, or a URL (https://…, oci://…)."


def _dependencies(error: SteerError, scene: Scene) -> str:
    other = f", or add {scene.option('dependency-update')}" if scene.takes("dependency-update") else ""
    return f"Run '{scene.program} dependency build {scene.chart()}'{other}."


def _repository(error: NoRepository, scene: Scene) -> str:
    if "://" in error.name:
        return f"Run '{scene.program} repo add NAME {scene.shell.quoted(error.name)}' to add it."
    if not error.name and not error.known:
        return f"Run '{scene.program} repo add NAME URL' to add one, and '{scene.program} search hub WORD' to find one."
    adding = f"Run '{scene.program} repo add {scene.shell.quoted(error.name or 'NAME')} URL' to add it."
    near = meant(error.name, error.known) if error.name else ""
    if not near and error.name and os.path.isdir(error.name):
        return f"To use the folder {error.name}, write {scene.shell.quoted(f'./{error.name}')}."
    if not near and error.known:
        return f"The repositories are {', '.join(error.known[:_NAMED])}. {adding}"
    return sentences(near, "" if near else adding)


def _chart(error: NoChart, scene: Scene) -> str:
    if error.versions:
        return f"The newest versions are {', '.join(error.versions[:_NAMED])}."
    renew = f"Run '{scene.program} repo update' if it is new."
    return sentences(meant(error.name, error.charts), renew)


def _link(error: NotLinked, scene: Scene) -> str:
    return (
        "Links may not be allowed here: on Windows, turn on its developer mode. Or install an archive, which needs "
        f"none: '{scene.program} plugin package' makes it."
    )


# Servers


def _plain(error: RequestFailed, scene: Scene) -> str:
    if not error.is_plain:
        return ""
    if scene.is_registry() and scene.takes("plain-http"):
        return f"The registry speaks HTTP: {scene.again('plain-http')}."
    return f"The server speaks HTTP: write http:// instead of https:// in {error.url}."


def _registry(error: ResponseError, scene: Scene) -> str:
    if error.status not in (401, 403):
        return ""
    host = error.url.partition("://")[2].partition("/")[0]
    return f"Run '{scene.program} registry login {host}' with an account that may do this."


def _unreachable(error: Unreachable, scene: Scene) -> str:
    files = scene.config_files()
    if files is None or isinstance(error.__cause__, LookupError):
        return ""  # a context that does not exist has a hint of its own
    if not files.paths and not files.is_inside:
        return (
            f"There is no kubeconfig. Set KUBECONFIG or {scene.option('kubeconfig')} to that of your cluster, or start "
            f"one to try things on:\n  {scene.shell.evaluated(f'{scene.program} sandbox up')}"
        )
    sandbox = scene.sandbox_folder()
    if sandbox and any(os.path.dirname(path) == sandbox for path in files.paths):
        return f"The sandbox does not run. Start it again: {scene.shell.evaluated(f'{scene.program} sandbox up')}"
    where = f'context "{files.context}"' if files.context else "no context"
    return f"{', '.join(files.paths) or 'The pod'} chooses {where}. Run '{scene.program} doctor' to see what is wrong."


def _no_kubeconfig(error: NoConfigFile, scene: Scene) -> str:
    folder, name = os.path.split(error.path)
    try:
        near = meant(name, sorted(os.listdir(folder or ".")), os.path.join(folder, "{}"))
    except OSError:
        near = ""
    return near or (
        f"There is no file {error.path}. Name that of your cluster with {scene.option('kubeconfig')} or KUBECONFIG, or "
        f"start one to try things on:\n  {scene.shell.evaluated(f'{scene.program} sandbox up')}"
    )


def _context(error: NoContext, scene: Scene) -> str:
    near = meant(error.name, error.known)
    known = f"The contexts are {', '.join(error.known[:_NAMED])}." if error.known else "The kubeconfig has no contexts."
    return near or known


def _refused(error: ApiError, scene: Scene) -> str:
    if error.is_not_found and error.details.get("kind") == "namespaces":
        name = str(error.details.get("name") or scene.namespace())
        if scene.takes("create-namespace") and name == scene.namespace():
            return f"{_begun(scene.again('create-namespace'))} to create the namespace as well."
        return f"Run 'kubectl create namespace {name}' first, or choose another with {scene.option('namespace')}."
    if error.is_forbidden:
        return f"Run '{scene.program} doctor' to see what this account may do in {scene.place()}."
    return ""


def _conflict(error: WriteFailed, scene: Scene) -> str:
    causes = getattr(error.cause, "details", {}).get("causes") or ()
    fields = [str(cause.get("field")) for cause in causes if cause.get("reason") == "FieldManagerConflict"]
    if not fields:
        return ""
    managers = dict.fromkeys(_manager(str(cause.get("message") or "")) for cause in causes)
    said = ", ".join(fields[:_NAMED]) + (f" and {len(fields) - _NAMED} more" if len(fields) > _NAMED else "")
    way = ""
    if scene.takes("force-conflicts"):
        way = f"\nTo take the fields over, {scene.again('force-conflicts')}."
    manager = " and ".join(filter(None, managers)) or "another client"
    return f"{said}: owned by {manager}, which has set it. To leave it so, take it out of the chart.{way}"


def _manager(message: str) -> str:
    """Return the manager's name: a cause has a field for the field, and names the manager between quotes."""
    return message.partition('"')[2].partition('"')[0]


# Releases


def _not_found(error: ReleaseNotFound, scene: Scene) -> str:
    return _missing(error.name, error.revision, scene) if error.name else ""


def _missing(name: str, revision: int, scene: Scene) -> str:
    releases = scene.releases()
    if releases is None and revision:
        return f'There is no revision {revision} of release "{name}" in {scene.place()}; {scene.all_revisions(name)}.'
    releases = releases or []
    namespace = scene.namespace()
    here = [one for one in releases if one.namespace == namespace]
    if revision and any(one.name == name for one in here):
        return _revisions(name, (one.revision for one in here if one.name == name), scene)
    looked = f'There is no release "{name}" in {scene.place()}.'
    elsewhere = sorted({one.namespace for one in releases if one.name == name})
    if elsewhere:
        places = " or ".join(f"-n {place}" for place in elsewhere[:_NAMED])
        return f"{looked} There is one elsewhere: add {places}."
    near = meant(name, {one.name for one in here})
    return sentences(looked, near or scene.all_releases())


def _revisions(name: str, revisions: Iterable[int], scene: Scene) -> str:
    kept = ", ".join(map(str, sorted(revisions, reverse=True)[:_NAMED]))
    return f"The newest revisions are {kept}; {scene.all_revisions(name)}."


def _no_revision(error: NoSuchRevision, scene: Scene) -> str:
    if not error.revision:
        return _first_revision(error.name, scene)
    return _revisions(error.name, error.revisions, scene)


def _first_revision(name: str, scene: Scene) -> str:
    """Say what can be done about a first revision, from which nothing can be gone back to."""
    name, place = scene.shell.quoted(name), f"-n {scene.namespace()}"
    return (
        "The first revision has none before it. If its client died, run "
        f"'{scene.program} upgrade --install {name} CHART {place} --recover' to mark it failed and continue; "
        f"to remove it, run '{scene.program} uninstall {name} {place}'."
    )


def _not_deployed(error: NoDeployedReleases, scene: Scene) -> str:
    if not scene.takes("install"):
        return ""
    return f"{_missing(error.name, 0, scene)}\nTo install it, {scene.again('install')}."


def _name_in_use(error: NameInUse, scene: Scene) -> str:
    last = error.release
    if last.is_pending:
        return ""
    return f"Revision {last.revision} of it is {last.status} in {scene.place()}. To change it, {scene.upgrading()}."


def _owned(error: NotOurs, scene: Scene) -> str:
    owner = f'release "{error.release}" in namespace "{error.namespace}"' if error.release else "no release"
    way = scene.again("take-ownership") if scene.takes("take-ownership") else "delete it"
    return f"It belongs to {owner}. To make it part of this one, {way}; to keep both, rename one of them."


# A line a type of error: the module below steersman and the class, and the function that makes the hint.
HINTS: dict[str, Callable[..., str]] = {
    "gotemplate.errors:ParseError": _function,
    "values.errors:SchemaViolation": _schema,
    "kube.discovery:NoKindMatch": _kind,
    "chart.errors:NoSuchChart": _path,
    "download.resolve:NotAReference": _reference,
    "chart.errors:MissingDependencies": _dependencies,
    "action.plugins.source:NotLinked": _link,
    "repo.config:NoRepository": _repository,
    "repo.index:NoChart": _chart,
    "transport.model:RequestFailed": _plain,
    "registry.errors:ResponseError": _registry,
    "kube.errors:Unreachable": _unreachable,
    "kube.config:NoConfigFile": _no_kubeconfig,
    "kube.config:NoContext": _context,
    "kube.errors:ApiError": _refused,
    "kube.apply:WriteFailed": _conflict,
    "storage.driver:ReleaseNotFound": _not_found,
    "storage.driver:NoSuchRevision": _no_revision,
    "storage.driver:NoDeployedReleases": _not_deployed,
    "action.lock:NameInUse": _name_in_use,
    "deploy.ownership:NotOurs": _owned,
}
