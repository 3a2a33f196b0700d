"""State that actions on releases share: the cluster, the store of records, and the log.

Makes clients on demand from values that the caller took out of its settings. Answers to
``Configuration`` of Helm's ``pkg/action``.
"""

from __future__ import annotations

from steersman.errors import AuthError, ClusterError, ReleaseError, SteerError, ToldError, TransportError, UsageError
from steersman.kube.client import ApiClient
from steersman.kube.config import ConfigOverrides, load_config
from steersman.kube.errors import ApiError, unreachable
from steersman.kube.guard import WriteGuard
from steersman.kube.objects import CONFIG_MAPS, SECRETS, ResourceType
from steersman.record import Record
from steersman.release.model import SUPERSEDED
from steersman.runtime.interrupts import Interrupts
from steersman.runtime.log import ErrorFollows
from steersman.runtime.private import NOWHERE, Cache
from steersman.runtime.scope import sleep
from steersman.storage.driver import RecordChanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeVar

    from steersman.deploy.hooks import HookRunner
    from steersman.kube.discovery import Discovery, ServerVersion
    from steersman.kube.follow import Tell
    from steersman.kube.objects import Target
    from steersman.kube.wait import Waiter
    from steersman.release.model import Release
    from steersman.storage.driver import Driver
    from steersman.storage.sql import SqlDriver
    from steersman.storage.store import ReleaseStore
    from steersman.values.schemas.loading import Fetch

    T = TypeVar("T")

# helm: the server derives the field manager of release records ("Helm") from this
USER_AGENT = "Helm/4.3.1"

_METADATA = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
_METADATA_PAGE = 2000  # objects of half a kilobyte
_RECORD_PAUSES = (0.1, 0.4, 1.5)  # seconds between tries to record what was done

DRY_RUN_NONE = "none"
DRY_RUN_CLIENT = "client"
DRY_RUN_SERVER = "server"


class Surroundings(Record):
    """Facts that the caller knows about its environment.

    Attributes:
        overrides: flags about the cluster.
        environ: the process's environment.
        namespace: of releases; ``""`` means all, for lists.
        driver: what ``HELM_DRIVER`` says.
        sql_connection, memory_data: for those drivers.
        cache: where discovery and compiled templates are kept between runs.
        program: what hints call the program.
        resume: returns the command that recovers the release and does what was asked for; ``""`` where none does.
        recovery: how a program that calls the library recovers a release, instead of by a command.
        fetch_schema: returns the JSON schema at a URL that a chart's schema refers to.
        schema_ignore_global: check the values of subcharts without ``global``.
    """

    overrides: ConfigOverrides
    environ: Mapping[str, str]
    namespace: str = "default"
    driver: str = ""
    sql_connection: str = ""
    memory_data: str = ""
    cache: Cache = NOWHERE
    program: str = "steer"
    resume: Callable[[], str] | None = None
    fetch_schema: Fetch | None = None
    schema_ignore_global: bool = False
    recovery: str = ""


class Configuration:
    """One cluster and its releases, for one action or several.

    Args:
        surroundings: where this runs.
        log: called with level, message and fields.
        warn: told what the server warns of.
        tell: told while it waits what is still waited for and for how many seconds.
        hook_output: given namespace, pod and container of a hook, returns where its log goes.
        explain: given lines about why an action failed, before what it did is undone; without it they are in the
            error's ``detail`` at the end.
        notice: given the name and text of each notice about a chart.

    Attributes:
        interrupts: where the signal handler records a signal.
        guard: stands before every write.
        has_begun: the record of what is done has been created.
        has_unrecorded: something that was done could not be recorded.
        is_unsettled: the server may have objects of several revisions, because the way to it broke.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        log: Callable[..., None],
        warn: Callable[[str], None] | None = None,
        hook_output: Callable[[str, str, str], Callable[[bytes], object]] | None = None,
        tell: Tell | None = None,
        explain: Callable[[str], None] | None = None,
        notice: Callable[[str, str], None] | None = None,
    ) -> None:
        self.tell = tell
        self.explain = explain
        self.notice = notice
        self.hook_output = hook_output or (lambda _namespace, _pod, _container: lambda _piece: None)
        self.surroundings = surroundings
        self.log = log
        self._warn = warn
        self._client: ApiClient | None = None
        self._discovery: Discovery | None = None
        self._store: ReleaseStore | None = None
        self._database: SqlDriver | None = None
        self.interrupts = Interrupts()
        self.guard = WriteGuard(self.interrupts)
        self.has_begun = False
        self.has_unrecorded = False
        self.is_unsettled = False

    @property
    def namespace(self) -> str:
        return self.surroundings.namespace

    @property
    def client(self) -> ApiClient:
        """The client of the cluster.

        Raises:
            ClusterError: when the configuration cannot be read.
        """
        if self._client is None:
            config = load_config(self.surroundings.overrides, self.surroundings.environ)
            self._client = ApiClient(config, user_agent=USER_AGENT, warn=self._warn)
            self._client.guard_writes(self.guard)
        return self._client

    @property
    def discovery(self) -> Discovery:
        """The kinds that the cluster serves."""
        if self._discovery is None:
            from steersman.kube.discovery import Discovery

            self._discovery = Discovery(self.client, self.surroundings.cache)
        return self._discovery

    @property
    def store(self) -> ReleaseStore:
        """The store of releases."""
        if self._store is None:
            self._store = self._stored_by(self._make_driver())
        return self._store

    def use_store(self, store: ReleaseStore) -> None:
        """Keep releases elsewhere from now on."""
        self._store = store

    def check_driver(self) -> None:
        """Refuse an unknown driver before anything is done.

        Raises:
            UsageError: in Helm's words.
        """
        self._check_driver_name()
        if self.is_detached and self._store is None:
            self._store = self._stored_by(self._memory_driver())
        if self.surroundings.driver == "sql" and self._store is None:
            self._store = self._stored_by(self._sql_driver())

    def _check_driver_name(self) -> None:
        driver = self.surroundings.driver
        if driver not in ("", "secret", "secrets", "configmap", "configmaps", "memory", "sql"):
            # helm: ends with a log line instead of an error
            problem = f'unknown driver "{driver}"'
            self.log(ErrorFollows("INFO"), problem)
            raise ToldError(problem)

    @property
    def is_detached(self) -> bool:
        """Whether there is no cluster behind the records.

        helm: with the memory driver every operation on the cluster does nothing
        (test_releases_in_memory_need_no_cluster)
        """
        return self.surroundings.driver == "memory"

    @property
    def writes_all(self) -> bool:
        """Whether objects are written even where that provably changes nothing (``STEER_WRITE_ALL``)."""
        return bool(self.surroundings.environ.get("STEER_WRITE_ALL"))

    def targets(self, text: str, namespace: str, *, validate: bool) -> list[Target]:
        """Return the objects of a manifest, ready to be asked for; see ``build_targets``.

        Raises:
            ManifestError: naming every document that is not an object of a known kind.
        """
        if self.is_detached:
            return []
        from steersman.kube.build import build_targets

        return build_targets(text, self.discovery, namespace, validate=validate)

    def check_reachable(self) -> None:
        """Ask the server its version, to know that it is there.

        Raises:
            ClusterError: when it is not.
        """
        self.check_driver()
        if not self.is_detached:
            self.ask_version()

    def ask_version(self) -> None:
        """Ask the server its version, whatever the driver is.

        Raises:
            ClusterError: when it is not there.
        """
        try:
            self.discovery.server_version()
        except (ClusterError, AuthError, TransportError) as error:
            raise unreachable(error) from error

    def reached(self, ask: Callable[[], T]) -> T:
        """Return what ``ask`` gets from the cluster; the first contact's failure is worded as Helm's.

        Helm asks for the version first to word it; this spends no request on that.

        Raises:
            ClusterError: when the cluster is not there.
        """
        self.check_driver()
        if self.is_detached:
            return ask()
        try:
            self.client  # noqa: B018 - made now, so that a bad configuration is worded as Helm does
        except (ClusterError, AuthError) as error:
            raise unreachable(error) from error
        if self.surroundings.driver == "sql":
            self.check_reachable()  # helm: wants a cluster even where records are elsewhere
        try:
            return ask()
        except (TransportError, AuthError, ClusterError, ReleaseError) as error:
            if _is_from_cluster(error):
                # asked again for the text: Helm names the version's URL, and the way may have opened meanwhile
                self.check_reachable()
            raise

    def capabilities(self) -> tuple[ServerVersion, list[str]]:
        """Return the server's version and everything it serves, asked anew.

        Raises:
            ClusterError: when it cannot be asked.
        """
        try:
            version = self.discovery.server_version()
        except (ClusterError, TransportError) as error:
            raise ClusterError(f"could not get server version from Kubernetes: {error}") from error
        try:
            api_versions = self.discovery.api_versions()
        except (ClusterError, TransportError) as error:
            raise ClusterError(f"could not get apiVersions from Kubernetes: {error}") from error
        stale = ", ".join(f"{name}: stale GroupVersion discovery: {name}" for name in self.discovery.stale())
        if stale:
            reason = f"unable to retrieve the complete list of server APIs: {stale}"
            self.log("WARN", "the kubernetes server has an orphaned API service", error=reason)
            self.log("WARN", "to fix this, kubectl delete apiservice <service-name>")
        return version, api_versions

    def close(self) -> None:
        """Close the connections to the cluster and to the database."""
        if self._client is not None:
            self._client.close()
        if self._database is not None:
            self._database.close()

    def waiter(self, strategy: str) -> Waiter:
        """Return who waits, by a strategy's name."""
        from steersman.kube.wait import Waiter

        return Waiter(self.client, strategy, log=self.log, tell=self.tell)

    def hook_runner(self, namespace: str, strategy: str, timeout: float, *, server_side: bool) -> HookRunner:
        """Return who runs a release's hooks, each for at most ``timeout`` seconds."""
        from steersman.deploy.hooks import DetachedHookRunner, HookRunner

        if self.is_detached:
            return DetachedHookRunner(self.record)
        return HookRunner(
            self.client,
            self.discovery,
            namespace,
            self.waiter(strategy),
            timeout=timeout,
            server_side=server_side,
            record=self.record,
            log=self.log_line,
            logs_to=self.logs_to,
        )

    def note_failure(self, error: BaseException) -> None:
        """Remember whether a failure leaves objects of several revisions, because the way to the server broke."""
        self.is_unsettled = is_way_broken(error)

    def begin(self, release: Release) -> None:
        """Create the record of what is about to be done; ``has_begun`` is true from then on.

        Raises:
            SteerError: when it cannot be created; it may be there all the same if the answer was lost.
        """
        self.has_begun = True
        try:
            self.store.create(release)
        except (ReleaseError, ClusterError, TransportError) as error:
            self.has_unrecorded = is_passing(error)
            raise

    def record(self, release: Release) -> bool:
        """Keep a release's state; return whether it is kept, and log why not."""
        try:
            self.keep(release)
        except (ReleaseError, ClusterError, TransportError) as error:
            if not self.guard.is_lost:  # that is reported once, elsewhere
                self.log("WARN", "failed to update release", name=release.name, revision=release.revision, error=error)
            return False
        return True

    def keep(self, release: Release) -> None:
        """Keep a release's state, again and again while the server is in trouble.

        Raises:
            SteerError: when it cannot be kept; ``has_unrecorded`` is true from then on.
        """
        for pause in (*_RECORD_PAUSES, None):
            try:
                self.store.update(release)
                return
            except (ReleaseError, ClusterError, TransportError) as error:
                if pause is None or not is_passing(error):
                    self.has_unrecorded = True
                    raise
            sleep(pause)

    def supersede(self, release: Release) -> SteerError | None:
        """Mark a revision superseded; return why that could not be done, which is logged too.

        A revision must not become deployed while another one is.
        """
        try:
            self.keep(release.with_status(SUPERSEDED))
        except (ReleaseError, ClusterError, TransportError) as error:
            if not self.guard.is_lost:
                self.log("WARN", "failed to update release", name=release.name, revision=release.revision, error=error)
            is_gone = getattr(getattr(error, "cause", error), "is_not_found", False)
            return None if is_gone else error
        return None

    def warning(self, message: str, **fields: object) -> None:
        """Log a warning."""
        self.log("WARN", message, **fields)

    def debug(self, message: str, **fields: object) -> None:
        """Log a detail."""
        self.log("DEBUG", message, **fields)

    def log_line(self, text: str) -> None:
        """Log what Go's plain ``log`` package would print."""
        self.log("LINE", text)

    def logs_to(self, namespace: str, pod: str, container: str) -> Callable[[bytes], object]:
        """Return where the log of a hook's container goes."""
        return self.hook_output(namespace, pod, container)

    def _stored_by(self, driver: Driver) -> ReleaseStore:
        from steersman.storage.store import ReleaseStore

        return ReleaseStore(driver, guard=self.guard)

    def _memory_driver(self) -> Driver:
        from steersman.storage.memory import MemoryDriver

        try:
            return MemoryDriver.from_files(self.surroundings.memory_data, self.namespace)
        except ReleaseError as error:
            self.log(ErrorFollows("INFO"), str(error))
            raise ToldError(str(error)) from error

    def _sql_driver(self) -> Driver:
        from steersman.storage.sql import SqlDriver

        try:
            self._database = SqlDriver(self.surroundings.sql_connection, self.namespace, self.surroundings.environ)
            return self._database
        except ReleaseError as error:
            self.log(ErrorFollows("INFO"), str(error))
            raise ToldError(str(error), hint=error.hint) from error

    def _make_driver(self) -> Driver:
        self._check_driver_name()
        around = self.surroundings
        if around.driver == "memory":
            return self._memory_driver()
        if around.driver in ("", "secret", "secrets"):
            from steersman.storage.objects import SecretDriver

            return SecretDriver(ClusterObjects(self.client, SECRETS, around.namespace))
        if around.driver in ("configmap", "configmaps"):
            from steersman.storage.objects import ConfigMapDriver

            return ConfigMapDriver(ClusterObjects(self.client, CONFIG_MAPS, around.namespace))
        return self._sql_driver()


class ClusterObjects:
    """Objects of one kind on the cluster, as storage drivers want them."""

    def __init__(self, client: ApiClient, resource: ResourceType, namespace: str) -> None:
        self._client = client
        self._resource = resource
        self._namespace = namespace

    def get(self, name: str) -> dict[str, Any]:
        """Return an object."""
        return self._client.get(self._resource, self._namespace, name)

    def find(self, labels: str) -> list[dict[str, Any]]:
        """Return the objects a selector picks."""
        items: list[dict[str, Any]] = self._client.list(self._resource, self._namespace, labels=labels)["items"]
        return items

    def find_metadata(self, labels: str) -> list[dict[str, Any]]:
        """Return the metadata of the objects a selector picks."""
        items: list[dict[str, Any]] = self._client.list(
            self._resource, self._namespace, labels=labels, limit=_METADATA_PAGE, accept=_METADATA
        )["items"]
        return items

    def find_each(self, selectors: Sequence[str]) -> list[dict[str, Any]]:
        """Return the objects that one of several selectors picks."""
        from steersman.runtime.parallel import run_all

        found: list[dict[str, Any]] = []
        for answer in run_all(self.find, selectors):
            if isinstance(answer, Exception):
                raise answer
            found += answer
        return found

    def create(self, content: dict[str, Any]) -> dict[str, Any]:
        """Create an object."""
        return self._client.create(self._resource, self._namespace, content)

    def replace(self, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """Replace an object."""
        return self._client.replace(self._resource, self._namespace, name, content)

    def delete(self, name: str, preconditions: Mapping[str, str]) -> None:
        """Delete an object."""
        self._client.delete(self._resource, self._namespace, name, preconditions=preconditions)


def _is_from_cluster(error: BaseException) -> bool:
    """Return whether an error may mean that the cluster cannot be reached at all."""
    causes = (error, error.__cause__)
    return any(isinstance(cause, TransportError | AuthError | ApiError) for cause in causes)


def is_passing(error: BaseException) -> bool:
    """Return whether what failed may work a moment later."""
    if isinstance(error, RecordChanged):
        return False
    for cause in (error, error.__cause__):
        if isinstance(cause, ApiError):
            return cause.code in (409, 429) or cause.code >= 500
        if isinstance(cause, TransportError):
            return True
    return False


def is_way_broken(error: BaseException | None) -> bool:
    """Return whether an error leaves open what the server has done."""
    while error is not None:
        if isinstance(error, TransportError) or (isinstance(error, ApiError) and error.code >= 500):
            return True
        inner = getattr(error, "errors", ())
        if any(is_way_broken(one) for one in inner if isinstance(one, BaseException)):
            return True
        error = error.__cause__
    return False


def release_content(config: Configuration, name: str, revision: int) -> Release:
    """Return a revision, the last one for 0.

    Raises:
        UsageError: when the name cannot be a release's.
        ReleaseNotFound: when there is none.
    """
    from steersman.release.names import is_release_name

    if not is_release_name(name):
        raise UsageError(f"releaseContent: Release name is invalid: {name}")
    return config.store.last(name) if revision <= 0 else config.store.get(name, revision)
