"""Hints after an error: one table from an error's type to a function that reads its fields and says what to do next.

Only the program under its own name asks. A hint is a command that can be run or the next thing to check; it may cost a
request to the cluster, since it is made once the command has failed. Adding a hint is one function and one line in
``HINTS``. Types are named, not imported: one whose module was never loaded cannot have been raised.
"""

from __future__ import annotations

import os

from steersman.cli.cobra.command_line import find_command
from steersman.cli.cobra.suggest import closest
from steersman.cli.inputs.cluster import make_configuration, shell_quoted, without_secrets
from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from steersman.action.lock import NameInUse
    from steersman.cli.cobra.flags import UnknownFlag
    from steersman.cli.context import Context
    from steersman.deploy.ownership import NotOurs
    from steersman.download.paths import NoSuchPath
    from steersman.gotemplate.errors import ParseError
    from steersman.kube.apply import WriteFailed
    from steersman.kube.config import ConfigFiles, NoContext
    from steersman.kube.discovery import NoKindMatch
    from steersman.kube.errors import ApiError, Unreachable
    from steersman.registry.errors import ResponseError
    from steersman.repo.config import NoRepository
    from steersman.repo.index import NoChart
    from steersman.storage.driver import NoDeployedReleases, NoSuchRevision, ReleaseNotFound, Stub
    from steersman.transport.model import RequestFailed
    from steersman.values.schema import SchemaViolation

_NAMED = 3  # names of which a hint lists that many


class Scene:
    """The command that failed: its context, its path, and the words after that."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.program = ctx.program
        self.path, self.rest = find_command(ctx.arguments, ctx.program)

    def command(self, path: str, *more: str) -> str:
        """Return the command line again with another path, ready to be pasted; secrets are left out."""
        return " ".join(map(shell_quoted, [self.program, *path.split(), *without_secrets(self.rest), *more]))

    def again(self, *more: str) -> str:
        """Return the command line again with more flags, ready to be pasted."""
        return self.command(self.path, *more)

    def config_files(self) -> ConfigFiles | None:
        """Return where the configuration of the cluster comes from, ``None`` where it cannot be read."""
        from steersman.kube.config import config_files, overrides_from

        try:
            return config_files(overrides_from(self.ctx.settings, self.ctx.environment), self.ctx.environment)
        except SteerError:
            return None

    def place(self) -> str:
        """Return the namespace and the context that releases were looked for in."""
        files = self.config_files()
        context = f' of context "{files.context}"' if files is not None and files.context else ""
        return f'namespace "{self.ctx.namespace()}"{context}'

    def releases(self) -> list[Stub]:
        """Return the releases of all namespaces, or of this one where the user may not see the others."""
        for everywhere in (True, False):
            config = make_configuration(self.ctx, all_namespaces=everywhere)
            try:
                return config.store.stubs()
            except SteerError:
                continue
            finally:
                config.close()
        return []


def hint_for(ctx: Context, error: SteerError) -> str:
    """Return what to do about an error, or ``""``."""
    scene: Scene | None = None
    for one in _all_of(error):
        for kind in type(one).__mro__:
            make = HINTS.get(f"{kind.__module__.removeprefix('steersman.')}:{kind.__name__}")
            if make is not None:
                scene = scene or Scene(ctx)
                hint = make(one, scene)
                if hint:
                    return hint
    return ""


def _all_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that led to it, outermost first."""
    rest: list[object] = [error]
    seen: set[int] = set()
    while rest:
        one = rest.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            rest += [getattr(one, "cause", None), *getattr(one, "errors", ()), one.__cause__]


def _meant(word: str, names: Iterable[str], shown: str = "{}") -> str:
    near = closest(word, names)[:_NAMED]
    return f"Did you mean {' or '.join(shown.format(name) for name in near)}?" if near else ""


def _sentences(*parts: str) -> str:
    return " ".join(filter(None, parts))


# The command line


def _unknown_flag(error: UnknownFlag, scene: Scene) -> str:
    path = f"{scene.program} {scene.path}".strip()
    return _sentences(_meant(error.flag, error.known, "--{}"), f"Run '{path} --help' for its flags.")


# Charts, templates and values


def _function(error: ParseError, scene: Scene) -> str:
    if not error.function:
        return ""
    from steersman.engine.functions import HELM_FUNCTIONS
    from steersman.gotemplate.builtins import BUILTINS
    from steersman.sprig import FUNCTIONS

    return _meant(error.function, {*BUILTINS, *FUNCTIONS, *HELM_FUNCTIONS})


def _schema(error: SchemaViolation, scene: Scene) -> str:
    if error.detail and scene.ctx.explains():
        return ""  # it names the right value where it shows the wrong one
    found = []
    for one in error.violations:
        for name in one.unknown:
            meant = closest(name, one.known)[:1]
            found += [f"{one.pointer}/{name}: did you mean {one.pointer}/{meant[0]}?"] if meant else []
    return "\n".join(found)


def _kind(error: NoKindMatch, scene: Scene) -> str:
    served = [(version, kind) for version, kind in error.served if version]
    versions = [version for version, kind in served if kind == error.kind]
    if versions:
        return f"The cluster serves {error.kind} in {', '.join(versions[:_NAMED])}: change its apiVersion."
    same = [kind for version, kind in served if version == error.api_version]
    meant = _meant(error.kind, dict.fromkeys(same or [kind for _version, kind in served]), "kind {}")
    if meant:
        return meant
    return f"If {error.kind} is a custom resource, install its definition first: it belongs into crds/ of a chart."


def _path(error: NoSuchPath, scene: Scene) -> str:
    folder, name = os.path.split(error.path.rstrip("/"))
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return f"There is no folder {folder}."
    charts = [
        one for one in names if one.endswith(".tgz") or os.path.isfile(os.path.join(folder or ".", one, "Chart.yaml"))
    ]
    meant = _meant(name, charts, os.path.join(folder, "{}"))
    if meant or not charts:
        return meant or f"{folder or 'This folder'} has no charts."
    return f"The charts of {folder or 'this folder'} are {', '.join(charts[:_NAMED])}."


def _dependencies(error: SteerError, scene: Scene) -> str:
    words = [word for word in scene.rest if os.path.isdir(word)]
    chart = shell_quoted(words[-1]) if words else "CHART"
    return f"Run '{scene.program} dependency build {chart}', or add --dependency-update."


def _repository(error: NoRepository, scene: Scene) -> str:
    adding = f"Run '{scene.program} repo add {error.name or 'NAME'} URL' to add it."
    meant = _meant(error.name, error.known) if error.name else ""
    if not meant and error.name and os.path.isdir(error.name):
        return f"To use the folder {error.name}, write ./{error.name}."
    if not meant and error.known:
        return f"The repositories are {', '.join(error.known[:_NAMED])}. {adding}"
    return _sentences(meant, "" if meant else adding)


def _chart(error: NoChart, scene: Scene) -> str:
    if error.versions:
        return f"The newest versions are {', '.join(error.versions[:_NAMED])}."
    renew = f"Run '{scene.program} repo update' if it is new."
    return _sentences(_meant(error.name, error.charts), renew)


# Servers


def _plain(error: RequestFailed, scene: Scene) -> str:
    if not error.is_plain:
        return ""
    is_registry = scene.path == "registry login" or any(word.startswith("oci://") for word in scene.rest)
    if is_registry and "plain-http" in _flags_of(scene.path):
        return f"The registry speaks HTTP: run '{scene.again('--plain-http')}'."
    return f"The server speaks HTTP: write http:// instead of https:// in {error.url}."


def _flags_of(path: str) -> set[str]:
    """Return the names of a command's flags."""
    from steersman.cli.tables.commands import COMMANDS
    from steersman.cli.tables.flags import FLAGS

    return {FLAGS[key][0] for key in COMMANDS[path][4]} if path in COMMANDS else set()


def _registry(error: ResponseError, scene: Scene) -> str:
    if error.status not in (401, 403):
        return ""
    host = error.url.partition("://")[2].partition("/")[0]
    return f"Run '{scene.program} registry login {host}' with an account that may do this."


def _unreachable(error: Unreachable, scene: Scene) -> str:
    files, settings = scene.config_files(), scene.ctx.settings
    if files is None or settings.kube_apiserver or isinstance(error.__cause__, LookupError):
        return ""  # a context that does not exist has a hint of its own
    if not files.paths and not files.is_inside:
        return (
            "There is no kubeconfig. Set KUBECONFIG or --kubeconfig to that of your cluster, or start one to try "
            f'things on:\n  eval "$({scene.program} sandbox up)"'
        )
    from steersman.cli.commands.sandbox_up import folder

    try:
        sandbox = folder(scene.ctx)
    except SteerError:
        sandbox = ""
    if sandbox and any(os.path.dirname(path) == sandbox for path in files.paths):
        return f'The sandbox does not run. Start it again: eval "$({scene.program} sandbox up)"'
    where = f'context "{files.context}"' if files.context else "no context"
    return f"{', '.join(files.paths) or 'The pod'} chooses {where}. Run '{scene.program} doctor' to see what is wrong."


def _context(error: NoContext, scene: Scene) -> str:
    meant = _meant(error.name, error.known)
    known = f"The contexts are {', '.join(error.known[:_NAMED])}." if error.known else "The kubeconfig has no contexts."
    return meant or known


def _refused(error: ApiError, scene: Scene) -> str:
    if error.is_not_found and error.details.get("kind") == "namespaces":
        name = str(error.details.get("name") or scene.ctx.namespace())
        if "create-namespace" in _flags_of(scene.path) and name == scene.ctx.namespace():
            return f"Run '{scene.again('--create-namespace')}' to create the namespace as well."
        return f"Run 'kubectl create namespace {name}' first, or choose another with --namespace."
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
    if "force-conflicts" in _flags_of(scene.path):
        way = f"\nTo take the fields over, run '{scene.again('--force-conflicts')}'."
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
    namespace = scene.ctx.namespace()
    here = [one for one in releases if one.namespace == namespace]
    if revision and any(one.name == name for one in here):
        return _revisions(name, (one.revision for one in here if one.name == name), scene)
    looked = f'There is no release "{name}" in {scene.place()}.'
    elsewhere = sorted({one.namespace for one in releases if one.name == name})
    if elsewhere:
        places = " or ".join(f"-n {place}" for place in elsewhere[:_NAMED])
        return f"{looked} There is one elsewhere: add {places}."
    meant = _meant(name, {one.name for one in here})
    return _sentences(looked, meant or f"Run '{scene.program} list --all-namespaces' to see all.")


def _revisions(name: str, revisions: Iterable[int], scene: Scene) -> str:
    kept = ", ".join(map(str, sorted(revisions, reverse=True)[:_NAMED]))
    return f"The newest revisions are {kept}; '{scene.program} history {name}' shows all."


def _no_revision(error: NoSuchRevision, scene: Scene) -> str:
    return _revisions(error.name, error.revisions, scene)


def _not_deployed(error: NoDeployedReleases, scene: Scene) -> str:
    if scene.path != "upgrade":
        return ""
    return f"{_missing(error.name, 0, scene)}\nTo install it, run '{scene.again('--install')}'."


def _name_in_use(error: NameInUse, scene: Scene) -> str:
    last = error.release
    if last.is_pending:
        return ""
    return (
        f"Revision {last.revision} of it is {last.status} in {scene.place()}. To change it, run "
        f"'{scene.command('upgrade', '--install')}'."
    )


def _owned(error: NotOurs, scene: Scene) -> str:
    owner = f'release "{error.release}" in namespace "{error.namespace}"' if error.release else "no release"
    way = f"run '{scene.again('--take-ownership')}'" if "take-ownership" in _flags_of(scene.path) else "delete it"
    return f"It belongs to {owner}. To make it part of this one, {way}; to keep both, rename one of them."


# A line a type of error: the module below steersman and the class, and the function that makes the hint.
HINTS: dict[str, Callable[..., str]] = {
    "cli.cobra.flags:UnknownFlag": _unknown_flag,
    "gotemplate.errors:ParseError": _function,
    "values.schema:SchemaViolation": _schema,
    "kube.discovery:NoKindMatch": _kind,
    "download.paths:NoSuchPath": _path,
    "action.chart_source:MissingDependencies": _dependencies,
    "repo.config:NoRepository": _repository,
    "repo.index:NoChart": _chart,
    "transport.model:RequestFailed": _plain,
    "registry.errors:ResponseError": _registry,
    "kube.errors:Unreachable": _unreachable,
    "kube.config:NoContext": _context,
    "kube.errors:ApiError": _refused,
    "kube.apply:WriteFailed": _conflict,
    "storage.driver:ReleaseNotFound": _not_found,
    "storage.driver:NoSuchRevision": _no_revision,
    "storage.driver:NoDeployedReleases": _not_deployed,
    "action.lock:NameInUse": _name_in_use,
    "deploy.ownership:NotOurs": _owned,
}
