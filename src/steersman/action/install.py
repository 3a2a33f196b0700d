"""``install``: a chart and values to a release on the cluster, or to a look at it.

Answers to Helm's ``pkg/action/install.go``. The chart comes loaded and the values merged
from their sources; errors leave a failed release behind where one was begun.
"""

from __future__ import annotations

from steersman.action.changes import HookSettings, HooksFailed, explain, interruption, make_plan, run_hooks
from steersman.action.cluster_world import cluster_world, definitions_of
from steersman.action.configuration import DRY_RUN_NONE, DRY_RUN_SERVER
from steersman.action.lock import name_in_use, release_lock
from steersman.action.options import WaitOptions, WriteOptions
from steersman.deploy.execute import ExecutionFailed, execute
from steersman.deploy.ownership import adoptable, stamp_all
from steersman.deploy.plan import Method, plan_create
from steersman.engine.context import Facts
from steersman.errors import (
    ClusterError,
    Interrupted,
    ManifestError,
    ReleaseError,
    SteerError,
    TransportError,
    UsageError,
    WaitTimeout,
)
from steersman.go.quote import quote
from steersman.kube.look import look
from steersman.kube.wait import HOOK_ONLY, WATCHER
from steersman.record import Record, factory, replace
from steersman.release.codec import chart_to_dict
from steersman.release.model import (
    CLIENT_SIDE_APPLY,
    DEPLOYED,
    FAILED,
    PENDING_INSTALL,
    SERVER_SIDE_APPLY,
    SUPERSEDED,
    UNINSTALLED,
    Info,
    Release,
)
from steersman.release.names import check_release_name
from steersman.release.timestamps import now
from steersman.rendering import RenderOptions, render, take_part
from steersman.values.coalesce import copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.chart.model import Chart
    from steersman.kube.objects import Target


_CRD_TIMEOUT = 60.0  # seconds for definitions to be established
_SERVED_TIMEOUT = 10.0  # seconds until discovery shows an established definition


class InstallOptions(Record):
    """Options of ``install``, under Helm's names; an empty ``namespace`` means the configuration's."""

    name: str
    namespace: str = ""
    create_namespace: bool = False
    disable_hooks: bool = False
    replace: bool = False
    dry_run: str = DRY_RUN_NONE
    description: str = ""
    rollback_on_failure: bool = False
    skip_crds: bool = False
    labels: dict[str, str] = factory(default_factory=dict)
    render: RenderOptions = RenderOptions()
    write: WriteOptions = WriteOptions()
    wait: WaitOptions = WaitOptions()


def install(config: Configuration, chart: Chart, values: dict[str, Any], options: InstallOptions) -> Release:
    """Install ``chart`` and return the release.

    Raises:
        SteerError: with Helm's message; the release is marked failed where it was begun.
    """
    return _Install(config, options).run(chart, values)


class _Install:
    def __init__(self, config: Configuration, options: InstallOptions) -> None:
        options = replace(
            options,
            namespace=options.namespace or config.namespace,
            wait=options.wait.at_least_watching(needed=options.rollback_on_failure),
        )
        self._config = config
        self._options = options
        self._server_side = options.write.server_side != "false"
        self._is_dry = options.dry_run != DRY_RUN_NONE
        self._asks_server = options.dry_run in (DRY_RUN_NONE, DRY_RUN_SERVER)

    def run(self, chart: Chart, values: dict[str, Any]) -> Release:
        options, config = self._options, self._config
        if options.namespace != config.namespace:
            # the objects would be in one namespace and the record of them in the other
            raise UsageError(
                f"the options say namespace {options.namespace!r} and the configuration says {config.namespace!r}"
            )
        self._check()
        source = take_part(chart, values, config.log)
        if self._asks_server and not options.skip_crds:
            self._install_definitions(source.chart)
        rendered = render(
            source,
            Facts(options.name, options.namespace),
            cluster_world(config, looks_up=self._asks_server, has_cluster=self._asks_server),
            options.render,
            labels=options.labels,
        )
        moment = now()
        release = Release(
            name=options.name,
            info=Info(
                moment,
                moment,
                status=PENDING_INSTALL,
                description="Initial install underway",
                notes=rendered.notes,
            ),
            chart=chart_to_dict(source.chart),
            config=copy_tree(values),
            manifest=rendered.manifest,
            hooks=rendered.hooks,
            revision=1,
            namespace=options.namespace,
            labels=options.labels,
            apply_method=SERVER_SIDE_APPLY if self._server_side else CLIENT_SIDE_APPLY,
        )
        if not self._asks_server:
            return _dry(release)
        targets, adopted = check_objects(config, release.manifest, options)
        if self._is_dry:
            return _dry(release)
        if options.create_namespace:
            self._create_namespace()
        # once it has begun, an interruption waits until it can be recorded
        with release_lock(config, release.name, release.namespace), config.interrupts.held():
            if options.replace:
                release = self._take_over_name(release)
            self._create_record(release)
            return self._perform(release, targets, adopted)

    def _check(self) -> None:
        options, config = self._options, self._config
        if self._asks_server:
            check_cluster(config)
        if not self._is_dry and options.render.hide_secret:
            config.log("ERROR", "hiding Kubernetes secrets requires a dry-run mode")
            raise UsageError("hiding Kubernetes secrets requires a dry-run mode")
        try:
            self._check_name()
        except SteerError as error:
            config.log("ERROR", "release name check failed", error=error)
            raise ReleaseError(f"release name check failed: {error}", hint=error.hint, detail=error.detail) from error

    def _check_name(self) -> None:
        options = self._options
        try:
            check_release_name(options.name)
        except UsageError as error:
            raise UsageError(f"release name {quote(options.name)}: {error}") from error
        if self._is_dry:
            return
        try:
            last = self._config.store.last(options.name)
        except (ReleaseError, ClusterError):
            return  # helm: a history that cannot be read does not keep a name from being used
        if options.replace and last.status in (UNINSTALLED, FAILED):
            return
        raise name_in_use(self._config, last)

    def _install_definitions(self, chart: Chart) -> None:
        definitions = definitions_of(chart)
        if not definitions:
            return
        config, options = self._config, self._options
        if self._is_dry:
            config.log(
                "WARN",
                "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.",
            )
            return
        installed: list[Target] = []
        for name, text in definitions:
            try:
                targets = config.targets(text, options.namespace, validate=False)
                if not targets:
                    raise ManifestError("resources are empty")
                method = Method(server_side=self._server_side, force_conflicts=options.write.force_conflicts)
                execute(config.client, plan_create(targets, method))
            except ExecutionFailed as error:
                if error.is_already_exists:
                    config.debug("CRD is already present. Skipping", crd=name)
                    continue
                raise ClusterError(f"failed to install CRD {name}: {error}") from error
            except ManifestError as error:
                raise ManifestError(f"failed to install CRD {name}: {error}") from error
            installed += targets
        if installed:
            self._await_definitions(installed)

    def _await_definitions(self, installed: Sequence[Target]) -> None:
        """Wait until new definitions are established and their kinds are served.

        helm: waits by its strategy only, and is saved by being slow where that is not to wait.
        """
        config, options = self._config, self._options
        strategy = WATCHER if options.wait.strategy == HOOK_ONLY else options.wait.strategy
        try:
            config.waiter(strategy).wait_ready(installed, _CRD_TIMEOUT)
        except WaitTimeout:
            if options.wait.strategy != HOOK_ONLY:
                raise
            return
        kinds = [kind for target in installed for kind in _kinds_defined(target.object)]
        config.discovery.await_kinds(kinds, _SERVED_TIMEOUT)

    def _create_namespace(self) -> None:
        options, config = self._options, self._config
        text = f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {options.namespace}\n"
        text += f"  labels:\n    name: {options.namespace}\n"
        targets = config.targets(text, options.namespace, validate=True)
        try:
            execute(config.client, plan_create(targets, Method(server_side=self._server_side)))
        except ExecutionFailed as error:
            if not error.is_already_exists:
                raise

    def _take_over_name(self, release: Release) -> Release:
        """Follow the last revision of the same name, which ends with this one."""
        try:
            last = self._config.store.last(release.name)
        except ReleaseError:
            return release
        if last.status != FAILED:
            self._config.store.update(last.with_status(SUPERSEDED, "superseded by new release"))
        return replace(release, revision=last.revision + 1)

    def _create_record(self, release: Release) -> None:
        from steersman.deploy.report import explain_size

        try:
            self._config.begin(release)
        except ReleaseError as error:
            error.detail = explain_size(release, error)
            raise

    def _perform(self, release: Release, targets: Sequence[Target], adopted: Sequence[Target]) -> Release:
        options, config = self._options, self._config
        state = release
        try:
            with config.interrupts.allowed():
                if not options.disable_hooks:
                    state = self._run_hooks(state, "pre-install")
                self._write(targets, adopted)
                waiter = config.waiter(options.wait.strategy)
                waiter.wait_ready(targets, options.wait.timeout, with_jobs=options.wait.for_jobs)
                if not options.disable_hooks:
                    state = self._run_hooks(state, "post-install")
        except HooksFailed as error:
            return self._fail(error.release, error)
        except (SteerError, KeyboardInterrupt) as error:
            return self._fail(state, error)
        state = state.with_status(DEPLOYED, options.description or "Install complete")
        try:
            config.keep(state)
        except (ReleaseError, ClusterError, TransportError) as error:
            config.log("ERROR", "failed to record the release", error=error)
        return state

    def _write(self, targets: Sequence[Target], adopted: Sequence[Target]) -> None:
        options, config = self._options, self._config
        if not targets:
            return
        if not adopted:
            execute(config.client, plan_create(targets, Method(server_side=self._server_side)))
            return
        method = Method(
            server_side=self._server_side,
            force_conflicts=options.write.force_conflicts,
            force_replace=options.write.force_replace,
            adopt_client_fields=True,
            three_way_for_custom=options.write.take_ownership and not self._server_side,
        )
        execute(config.client, make_plan(config, adopted, targets, method))

    def _run_hooks(self, release: Release, event: str) -> Release:
        options, config = self._options, self._config
        settings = HookSettings(options.wait.strategy, options.wait.timeout, self._server_side)
        return run_hooks(config, release, event, settings, wording=f"failed {event}: {{error}}")

    def _fail(self, release: Release, error: BaseException) -> Release:
        options, config = self._options, self._config
        if config.guard.is_lost:
            raise error
        reason = interruption(error) or str(error)
        failed = release.with_status(FAILED, f'Release "{options.name}" failed: {reason}')
        if options.rollback_on_failure:
            detail = explain(config, error)
            try:
                self._undo(reason)
            except SteerError as undone:
                undone.detail = "\n".join(filter(None, (detail, undone.detail)))
                raise
        config.record(failed)
        if isinstance(error, SteerError) and not isinstance(error, Interrupted):
            raise error
        raise Interrupted(reason) from error

    def _undo(self, reason: str) -> None:
        from steersman.action.uninstall import UninstallOptions, uninstall

        options, config = self._options, self._config
        config.debug("install failed and rollback-on-failure is set, uninstalling release", release=options.name)
        try:
            uninstall(
                config,
                options.name,
                UninstallOptions(
                    disable_hooks=options.disable_hooks,
                    is_inner=True,
                    wait=WaitOptions(options.wait.strategy, options.wait.timeout),
                ),
            )
        except SteerError as error:
            raise ReleaseError(
                f"an error occurred while uninstalling the release. original install error: {reason}: {error}",
                detail=error.detail,
            ) from error
        raise ReleaseError(
            f"release {options.name} failed, and has been uninstalled due to rollback-on-failure being set: {reason}"
        )


def check_cluster(config: Configuration) -> None:
    """Make sure that the cluster is there.

    Raises:
        ClusterError: when it is not; logged too, as Helm does.
    """
    try:
        config.check_reachable()
    except ClusterError as error:
        config.log("ERROR", f"cluster reachability check failed: {error}")
        raise ClusterError(f"cluster reachability check failed: {error}") from error


def check_objects(
    config: Configuration, manifest: str, options: InstallOptions, *, check_owners: bool = True
) -> tuple[list[Target], list[Target]]:
    """Return a manifest's objects, stamped, and those of them that exist and are taken over.

    Raises:
        ManifestError: when it has objects the cluster does not know.
        ClusterError: when one exists and belongs to another release.
    """
    validate = not options.write.disable_openapi_validation
    try:
        targets = config.targets(manifest, options.namespace, validate=validate)
    except ManifestError as error:
        raise ManifestError(f"unable to build kubernetes objects from release manifest: {error}") from error
    targets = stamp_all(targets, options.name, options.namespace)
    if not check_owners:
        return targets, []
    live = look(config.client, targets)
    try:
        return targets, adoptable(
            targets, live, options.name, options.namespace, take_ownership=options.write.take_ownership
        )
    except ClusterError as error:
        raise ClusterError(f"unable to continue with install: {error}") from error


def _kinds_defined(definition: dict[str, Any]) -> list[tuple[str, str]]:
    """Return apiVersion and kind of all that a definition serves."""
    spec = definition.get("spec") or {}
    kind = (spec.get("names") or {}).get("kind") or ""
    return [
        (f"{spec.get('group')}/{version.get('name')}", kind)
        for version in spec.get("versions") or ()
        if version.get("served")
    ]


def _dry(release: Release) -> Release:
    return replace(release, info=replace(release.info, description="Dry run complete"))
