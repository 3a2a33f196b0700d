"""Releases on a cluster, for programs. Each operation has connections of its own, so a client serves many threads."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from steersman.action.configuration import (
    DRY_RUN_CLIENT,
    DRY_RUN_NONE,
    DRY_RUN_SERVER,
    Configuration,
    Surroundings,
)
from steersman.action.options import WaitOptions, WriteOptions
from steersman.errors import UsageError
from steersman.kube.config import load_namespace, overrides_from
from steersman.kube.wait import HOOK_ONLY, LEGACY, WATCHER
from steersman.library import arguments
from steersman.library.charts import Chart, load
from steersman.library.errors import reported
from steersman.library.events import Explanation, HookLog, ServerWarning, Waiting, cancellable
from steersman.library.hints import Call
from steersman.library.places import Places
from steersman.library.releases import Release, public
from steersman.library.user_values import given_values
from steersman.record import replace
from steersman.runtime.log import log
from steersman.runtime.scope import current

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta
    from types import TracebackType
    from typing import Literal, TypeAlias

    from steersman.kube.objects import Target
    from steersman.kube.status.result import Status as ObjectStatus
    from steersman.library.events import Cancellation, Event
    from steersman.library.user_values import Values
    from steersman.runtime.scope import Scope

    Path: TypeAlias = "str | os.PathLike[str]"
    Seconds: TypeAlias = "float | timedelta"
    Wait: TypeAlias = "bool | Literal['watcher', 'legacy', 'hookOnly']"
    DryRun: TypeAlias = "Literal['none', 'client', 'server']"

_DRY_RUNS = (DRY_RUN_NONE, DRY_RUN_CLIENT, DRY_RUN_SERVER)
_DRIVERS = ("secret", "secrets", "configmap", "configmaps", "sql", "memory")


class Client:
    """Installs and manages releases in one namespace of one cluster.

    Safe to use from several threads at once. ``with`` closes it; operations after that are refused.

    Args:
        kubeconfig: path; the usual place, or the cluster that the program runs in, when empty.
        context: of the kubeconfig; its current one when empty.
        namespace: of all releases; that of the context, or ``default``, when empty.
        storage: where records are kept: ``secret``, ``configmap``, ``sql`` or ``memory``.
        token, server: credentials and address over those of the kubeconfig.
        on_event: told what operations see; called from the thread of the operation.
        environ: the variables to look at instead of the process's.

    Raises:
        UsageError: for a storage that there is not.
        ClusterError: when the kubeconfig cannot be read.
    """

    def __init__(
        self,
        *,
        kubeconfig: Path = "",
        context: str = "",
        namespace: str = "",
        storage: str = "",
        token: str = "",
        server: str = "",
        on_event: Callable[[Event], object] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        arguments.text(context=context, namespace=namespace, storage=storage, token=token, server=server)
        if on_event is not None and not callable(on_event):
            raise UsageError(f"on_event={on_event!r}: it is called with each event")
        self._places = Places(environ)
        settings = self._places.settings
        chosen = {"kube_context": context, "kube_token": token, "kube_apiserver": server, "namespace": namespace}
        settings = replace(settings, **{name: value for name, value in chosen.items() if value})
        if kubeconfig:
            settings = replace(settings, kubeconfig=str(kubeconfig))
        if storage and storage not in _DRIVERS:
            raise UsageError(f"storage {storage!r} does not exist; there are: {', '.join(_DRIVERS[::2])} and memory")
        self._settings = replace(settings, driver=storage) if storage else settings
        self._overrides = overrides_from(self._settings, self._places.environ)
        self._on_event = on_event
        self._is_closed = False
        self.namespace = self._settings.namespace or load_namespace(self._overrides, self._places.environ) or "default"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Refuse further operations; those under way are finished."""
        self._is_closed = True

    def install(
        self,
        name: str,
        chart: Chart | Path,
        values: Values = None,
        *,
        version: str = "",
        wait: Wait = False,
        wait_for_jobs: bool = False,
        timeout: Seconds = 300,
        create_namespace: bool = False,
        replace_uninstalled: bool = False,
        skip_crds: bool = False,
        disable_hooks: bool = False,
        rollback_on_failure: bool = False,
        take_ownership: bool = False,
        force_conflicts: bool = False,
        server_side: bool = True,
        dry_run: DryRun = "none",
        labels: Mapping[str, str] | None = None,
        description: str = "",
        cancel: Cancellation | None = None,
    ) -> Release:
        """Install a chart and return the release.

        Args:
            name: of the release.
            chart: what ``steersman.load`` gives or takes; ``version`` goes with the latter.
            values: as in ``Chart.render``.
            wait: wait until the objects are ready (and jobs done, with ``wait_for_jobs``).
            timeout: seconds for each wait.
            replace_uninstalled: take the name of a release that was uninstalled with its history kept.
            rollback_on_failure: uninstall what was made where the install fails.
            cancel: cancels this operation from another thread.

        Raises:
            TemplateError, SchemaError, ValuesError, ManifestError: when the chart does not render.
            ReleaseError: when the name is in use.
            ApiError: when the server refuses an object.
            WaitTimeout: when objects are not ready in time.
        """
        from steersman.action.install import InstallOptions, install

        arguments.text(name=name, version=version, description=description)
        arguments.one_of("dry_run", dry_run, _DRY_RUNS)
        options = InstallOptions(
            name,
            create_namespace=create_namespace,
            disable_hooks=disable_hooks,
            replace=replace_uninstalled,
            dry_run=dry_run,
            description=description,
            rollback_on_failure=rollback_on_failure,
            skip_crds=skip_crds,
            labels=arguments.labels(labels),
            write=WriteOptions(_server_side(server_side), False, force_conflicts, take_ownership),
            wait=_wait(wait, timeout, wait_for_jobs),
        )
        with self._operation(Client.install, cancel, chart) as config:
            model = self._installable(chart, version)
            with reported(model.model, values):
                return public(install(config, model.model, given_values(values), options))

    def upgrade(
        self,
        name: str,
        chart: Chart | Path,
        values: Values = None,
        *,
        version: str = "",
        install: bool = False,
        reuse_values: bool = False,
        reset_values: bool = False,
        reset_then_reuse_values: bool = False,
        wait: Wait = False,
        wait_for_jobs: bool = False,
        timeout: Seconds = 300,
        create_namespace: bool = False,
        skip_crds: bool = False,
        disable_hooks: bool = False,
        rollback_on_failure: bool = False,
        cleanup_on_fail: bool = False,
        take_ownership: bool = False,
        force_conflicts: bool = False,
        server_side: bool | None = None,
        dry_run: DryRun = "none",
        max_history: int = 10,
        recover: bool = False,
        labels: Mapping[str, str] | None = None,
        description: str = "",
        cancel: Cancellation | None = None,
    ) -> Release:
        """Bring a release to its next revision and return it.

        Args:
            install: install what is not there.
            reuse_values, reset_values, reset_then_reuse_values: what becomes of the last revision's values.
            server_side: None writes as the last revision was written.
            recover: settle a revision that another client left pending, first.

        The other arguments are those of ``install``.

        Raises:
            Error: as ``install`` does; ReleaseError also when there is no such release.
        """
        from steersman.action.history import last_status
        from steersman.action.upgrade import UpgradeOptions, upgrade
        from steersman.release.model import UNINSTALLED
        from steersman.storage.driver import ReleaseNotFound

        arguments.text(name=name, version=version, description=description)
        arguments.one_of("dry_run", dry_run, _DRY_RUNS)
        arguments.whole("max_history", max_history)
        arguments.at_most_one(
            reuse_values=reuse_values, reset_values=reset_values, reset_then_reuse_values=reset_then_reuse_values
        )
        options = UpgradeOptions(
            disable_hooks=disable_hooks,
            dry_run=dry_run,
            reset_values=reset_values,
            reuse_values=reuse_values,
            reset_then_reuse_values=reset_then_reuse_values,
            max_history=max_history,
            rollback_on_failure=rollback_on_failure,
            cleanup_on_fail=cleanup_on_fail,
            description=description,
            labels=arguments.labels(labels),
            recover=recover,
            write=WriteOptions(
                "auto" if server_side is None else _server_side(server_side), False, force_conflicts, take_ownership
            ),
            wait=_wait(wait, timeout, wait_for_jobs),
        )
        with self._operation(Client.upgrade, cancel, chart) as config:
            model = self._installable(chart, version)
            try:
                found = last_status(config, name) if install else "there"
            except ReleaseNotFound:
                found = ""
            if found not in ("", UNINSTALLED):
                with reported(model.model, values):
                    return public(upgrade(config, name, model.model, given_values(values), options))
        return self.install(
            name,
            model,
            values,
            wait=wait,
            wait_for_jobs=wait_for_jobs,
            timeout=timeout,
            create_namespace=create_namespace,
            replace_uninstalled=found == UNINSTALLED,
            skip_crds=skip_crds,
            disable_hooks=disable_hooks,
            rollback_on_failure=rollback_on_failure,
            take_ownership=take_ownership,
            force_conflicts=force_conflicts,
            server_side=server_side is not False,
            dry_run=dry_run,
            labels=labels,
            description=description,
            cancel=cancel,
        )

    def rollback(
        self,
        name: str,
        revision: int = 0,
        *,
        wait: Wait = False,
        wait_for_jobs: bool = False,
        timeout: Seconds = 300,
        disable_hooks: bool = False,
        cleanup_on_fail: bool = False,
        force_conflicts: bool = False,
        server_side: bool | None = None,
        max_history: int = 10,
        description: str = "",
        cancel: Cancellation | None = None,
    ) -> Release:
        """Bring a release back to an earlier revision (0: the one before the last) and return the new one.

        Raises:
            Error: as ``upgrade`` does.
        """
        from steersman.action.rollback import RollbackOptions, rollback

        arguments.text(name=name, description=description)
        arguments.whole("revision", revision)
        arguments.whole("max_history", max_history)
        options = RollbackOptions(
            revision=revision,
            disable_hooks=disable_hooks,
            cleanup_on_fail=cleanup_on_fail,
            max_history=max_history,
            description=description,
            write=WriteOptions(
                "auto" if server_side is None else _server_side(server_side), force_conflicts=force_conflicts
            ),
            wait=_wait(wait, timeout, wait_for_jobs),
        )
        with self._operation(Client.rollback, cancel) as config:
            return public(rollback(config, name, options))

    def uninstall(
        self,
        name: str,
        *,
        ignore_not_found: bool = False,
        keep_history: bool = False,
        wait: Wait = False,
        timeout: Seconds = 300,
        disable_hooks: bool = False,
        cascade: Literal["background", "foreground", "orphan"] = "background",
        description: str = "",
        cancel: Cancellation | None = None,
    ) -> Release | None:
        """Remove a release; return its last revision, or None where there was none and that is fine.

        Raises:
            Error: ReleaseError when there is no such release.
        """
        from steersman.action.uninstall import UninstallOptions, uninstall

        arguments.text(name=name, description=description)
        arguments.one_of("cascade", cascade, ("background", "foreground", "orphan"))
        options = UninstallOptions(
            disable_hooks=disable_hooks,
            ignore_not_found=ignore_not_found,
            keep_history=keep_history,
            cascade=cascade,
            description=description,
            wait=_wait(wait, timeout, wait_for_jobs=False),
        )
        with self._operation(Client.uninstall, cancel) as config:
            done = uninstall(config, name, options)
            return public(done.release) if done is not None and done.release is not None else None

    def test(
        self,
        name: str,
        *,
        only: tuple[str, ...] = (),
        skip: tuple[str, ...] = (),
        timeout: Seconds = 300,
        cancel: Cancellation | None = None,
    ) -> Release:
        """Run the tests of a release and return it.

        Raises:
            Error: when a test fails, or there is no such release.
        """
        from steersman.action.test import TestOptions, test

        limit = arguments.seconds("timeout", timeout)
        options = TestOptions(limit, arguments.texts("only", only), arguments.texts("skip", skip))
        with self._operation(Client.test, cancel) as config:
            tested = test(config, name, options)
            tested.finish()
            if tested.error is not None:
                raise tested.error
            return public(tested.release)

    def status(self, name: str, revision: int = 0, *, cancel: Cancellation | None = None) -> Release:
        """Return a revision of a release (0: the last one); the same as ``get``.

        Raises:
            ReleaseError: when there is none.
        """
        return self.get(name, revision, cancel=cancel)

    def get(self, name: str, revision: int = 0, *, cancel: Cancellation | None = None) -> Release:
        """Return a revision of a release (0: the last one).

        Raises:
            ReleaseError: when there is none.
        """
        from steersman.action.get import get

        arguments.text(name=name)
        arguments.whole("revision", revision)
        with self._operation(Client.get, cancel) as config:
            return public(get(config, name, revision))

    def history(self, name: str, *, most: int = 256, cancel: Cancellation | None = None) -> list[Release]:
        """Return the newest ``most`` revisions, oldest first, without values and manifests.

        Raises:
            ReleaseError: when there is no such release.
        """
        from steersman.action.history import history

        arguments.text(name=name)
        arguments.whole("most", most)
        with self._operation(Client.history, cancel) as config:
            return [public(release) for release in history(config, name, most=most)]

    def list(
        self,
        *,
        filter: str = "",
        selector: str = "",
        all_namespaces: bool = False,
        cancel: Cancellation | None = None,
    ) -> list[Release]:
        """Return the last revision of each release, sorted by name.

        Args:
            filter: a regular expression for names.
            selector: labels of the records.
            all_namespaces: look in all of them.
        """
        from steersman.action.list import ListOptions, list_releases

        arguments.text(filter=filter, selector=selector)
        options = ListOptions(filter=filter, selector=selector, limit=0)
        with self._operation(Client.list, cancel, namespace="" if all_namespaces else None) as config:
            return [public(release) for release in list_releases(config, options)]

    def __repr__(self) -> str:
        return f"<Client of namespace {self.namespace}{' (closed)' if self._is_closed else ''}>"

    def _installable(self, chart: Chart | Path, version: str) -> Chart:
        from steersman.action.chart_source import check_dependencies, check_installable

        loaded = chart if isinstance(chart, Chart) else load(chart, version=version, environ=self._places.environ)
        check_installable(loaded.model, log)
        check_dependencies(loaded.model)
        return loaded

    @contextmanager
    def _operation(
        self,
        method: Callable[..., object],
        cancel: Cancellation | None,
        chart: Chart | Path = "",
        *,
        namespace: str | None = None,
    ) -> Iterator[Configuration]:
        """Give one operation its connections, and close them after."""
        if self._is_closed:
            raise UsageError("the client is closed")
        call = Call(method, chart, namespace=self.namespace, overrides=self._overrides, places=self._places)
        with reported(call=call), cancellable(cancel) as scope:
            sees = _Sees(self._on_event, scope)
            config = self._configuration(sees, namespace)
            try:
                yield config
            except BaseException:
                if sees.failure is None:
                    raise
            finally:
                config.close()
            if sees.failure is not None:
                raise sees.failure

    def _configuration(self, sees: _Sees, namespace: str | None) -> Configuration:
        settings, places = self._settings, self._places
        schemas = places.schemas()
        surroundings = Surroundings(
            overrides=replace(self._overrides, namespace=self.namespace),
            environ=places.environ,
            namespace=self.namespace if namespace is None else namespace,
            driver=settings.driver,
            sql_connection=settings.sql_connection,
            memory_data=settings.memory_driver_data,
            cache=places.cache(),
            fetch_schema=schemas.fetch,
            schema_ignore_global=settings.schema_ignore_global,
            recovery="call upgrade with recover=True",
        )
        return Configuration(
            surroundings, log, sees.warning, sees.hook_output, sees.waiting, sees.explanation if sees.is_heard else None
        )


class _Sees:
    """Hands what an operation sees to the program; an exception of the program's cancels the operation.

    Attributes:
        failure: the exception, which the operation raises once its end is recorded.
    """

    def __init__(self, on_event: Callable[[Event], object] | None, scope: Scope) -> None:
        self._on_event = on_event
        self._scope = scope
        self.failure: BaseException | None = None

    @property
    def is_heard(self) -> bool:
        return self._on_event is not None

    def warning(self, text: str) -> None:
        self._tell(ServerWarning(text))

    def explanation(self, text: str) -> None:
        self._tell(Explanation(text))

    def hook_output(self, namespace: str, pod: str, container: str) -> Callable[[bytes], object]:
        return lambda data: self._tell(HookLog(namespace, pod, container, data))

    def waiting(self, waited: list[tuple[Target, ObjectStatus]], seconds: float) -> None:
        if waited:
            objects = tuple((f"{target.kind}/{target.name}", status.message) for target, status in waited)
            self._tell(Waiting(objects, seconds))

    def _tell(self, event: Event) -> None:
        if self._on_event is None:
            if isinstance(event, ServerWarning):
                log("WARNING", event.text)
        elif self.failure is None:
            try:
                self._on_event(event)
            except BaseException as error:
                self.failure = error
                self._scope.cancel()
            if current() is self._scope:
                self._scope.check()


def _wait(wait: Wait, timeout: Seconds, wait_for_jobs: bool) -> WaitOptions:
    if not isinstance(wait, bool) and wait not in (WATCHER, LEGACY, HOOK_ONLY):
        raise UsageError(f"wait={wait!r}: it is True, False, {WATCHER!r}, {LEGACY!r} or {HOOK_ONLY!r}")
    strategy = wait if isinstance(wait, str) else WATCHER if wait else HOOK_ONLY
    return WaitOptions(strategy, arguments.seconds("timeout", timeout), wait_for_jobs)


def _server_side(value: bool) -> str:
    return "true" if value else "false"
