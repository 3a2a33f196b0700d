"""``install``: a chart and values to a release on the cluster, or to a look at it.

Answers to Helm's ``pkg/action/install.go``. The chart comes loaded and the values merged
from their sources; errors leave a failed release behind where one was begun.
"""

from __future__ import annotations

from steersman.action.changes import carry_out
from steersman.action.cluster_world import cluster_world, definitions_of
from steersman.action.configuration import DRY_RUN_NONE, DRY_RUN_SERVER
from steersman.action.lock import name_in_use, release_lock
from steersman.action.options import WaitOptions, WriteOptions
from steersman.action.undo import by_uninstall, undoing
from steersman.deploy.decide import Method
from steersman.deploy.ownership import adoptable, stamp_all
from steersman.deploy.plan import INSTALL, Failure, Log
from steersman.deploy.planner import Choices, plan_install, plan_objects
from steersman.engine.context import Facts
from steersman.errors import ClusterError, ManifestError, ReleaseError, SteerError, UsageError, WaitTimeout
from steersman.go.quote import quote
from steersman.kube.look import look
from steersman.kube.wait import HOOK_ONLY, WATCHER
from steersman.record import Record, factory, replace
from steersman.release.codec import chart_to_dict
from steersman.release.model import (
    CLIENT_SIDE_APPLY,
    FAILED,
    PENDING_INSTALL,
    SERVER_SIDE_APPLY,
    UNINSTALLED,
    Info,
    Release,
)
from steersman.release.names import check_release_name
from steersman.release.timestamps import now
from steersman.rendering import RenderOptions, render, take_part
from steersman.runtime.log import ErrorFollows
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
        with release_lock(config, release.name, release.namespace):
            predecessor = self._predecessor() if options.replace else None
            if predecessor is not None:
                release = replace(release, revision=predecessor.revision + 1)
            plan = plan_install(release, targets, self._choices(), adopted=adopted, predecessor=predecessor)
            return carry_out(config, plan, undo=undoing(config, release.name)).release

    def _choices(self) -> Choices:
        options = self._options
        undo = by_uninstall(disable_hooks=options.disable_hooks, wait=options.wait)
        return Choices(
            Method(
                server_side=self._server_side,
                force_conflicts=options.write.force_conflicts,
                force_replace=options.write.force_replace,
                adopt_client_fields=True,
                three_way_for_custom=options.write.take_ownership and not self._server_side,
                skip_unchanged=not self._config.writes_all,
            ),
            runs_hooks=not options.disable_hooks,
            strategy=options.wait.strategy,
            timeout=options.wait.timeout,
            with_jobs=options.wait.for_jobs,
            description=options.description,
            undo=undo if options.rollback_on_failure else None,
        )

    def _check(self) -> None:
        options, config = self._options, self._config
        if self._asks_server:
            check_cluster(config)
        if not self._is_dry and options.render.hide_secret:
            config.log(ErrorFollows("ERROR"), "hiding Kubernetes secrets requires a dry-run mode")
            raise UsageError("hiding Kubernetes secrets requires a dry-run mode")
        try:
            self._check_name()
        except SteerError as error:
            config.log(ErrorFollows("ERROR"), "release name check failed", error=error)
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
                made = self._create_first(f"crd:{name}", targets, self._definition_failure(name), takes_conflicts=True)
            except ManifestError as error:
                raise ManifestError(f"failed to install CRD {name}: {error}") from error
            installed += made
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
        self._create_first("namespace", targets, Failure(existing=()))

    def _create_first(
        self, name: str, targets: Sequence[Target], failure: Failure, *, takes_conflicts: bool = False
    ) -> Sequence[Target]:
        """Create objects that have to be there before the release can be; return them, or none if they were there."""
        options = self._options
        method = Method(
            server_side=self._server_side, force_conflicts=takes_conflicts and options.write.force_conflicts
        )
        release = Release(name=options.name, namespace=options.namespace)
        done = carry_out(self._config, plan_objects(INSTALL, release, name, targets, method, failure))
        return done.created if not done.existed else ()

    def _definition_failure(self, name: str) -> Failure:
        present = Log("log:present", "DEBUG", "CRD is already present. Skipping", {"crd": name})
        return Failure(
            existing=(present,), wording=f"failed to install CRD {name}: {{error}}", family=ClusterError.__name__
        )

    def _predecessor(self) -> Release | None:
        """Return the last revision of the same name, which ends with this one."""
        try:
            return self._config.store.last(self._options.name)
        except ReleaseError:
            return None


def check_cluster(config: Configuration) -> None:
    """Make sure that the cluster is there.

    Raises:
        ClusterError: when it is not; logged too, as Helm does.
    """
    try:
        config.check_reachable()
    except ClusterError as error:
        config.log(ErrorFollows("ERROR"), f"cluster reachability check failed: {error}")
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
