"""``upgrade``: a release to its next revision.

Answers to Helm's ``pkg/action/upgrade.go``: which values are reused, what is compared,
which revision is superseded and when, what is undone when it fails.
"""

from __future__ import annotations

from steersman.action.changes import (
    HookSettings,
    HooksFailed,
    build_current,
    build_next,
    explain,
    interruption,
    left_behind,
    make_plan,
    run_hooks,
    server_side_of,
)
from steersman.action.cluster_world import cluster_world
from steersman.action.configuration import DRY_RUN_CLIENT, DRY_RUN_NONE, is_way_broken
from steersman.action.lock import admission, refuse_pending, release_lock, take_up_uninstalling, unsettled
from steersman.action.options import WaitOptions, WriteOptions
from steersman.chart.dependencies import process
from steersman.deploy.execute import ExecutionFailed, delete_all, execute
from steersman.deploy.ownership import adoptable, stamp_all
from steersman.deploy.plan import Method
from steersman.engine.context import Facts
from steersman.errors import ClusterError, Interrupted, ReleaseError, SteerError, UsageError
from steersman.kube.look import look
from steersman.record import Record, factory, replace
from steersman.release.codec import chart_from_dict, chart_to_dict
from steersman.release.model import (
    CLIENT_SIDE_APPLY,
    DEPLOYED,
    FAILED,
    PENDING_UPGRADE,
    SERVER_SIDE_APPLY,
    SUPERSEDED,
    UNINSTALLING,
    Info,
    Release,
)
from steersman.release.names import is_release_name
from steersman.release.timestamps import now
from steersman.rendering import RenderOptions, Source, check_labels, render
from steersman.storage.driver import NoDeployedReleases, ReleaseNotFound
from steersman.values.coalesce import coalesce_tables, coalesce_values, copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.action.lock import Lock
    from steersman.chart.model import Chart
    from steersman.kube.objects import Target


class UpgradeOptions(Record):
    """Options of ``upgrade``, under Helm's names."""

    disable_hooks: bool = False
    dry_run: str = DRY_RUN_NONE
    reset_values: bool = False
    reuse_values: bool = False
    reset_then_reuse_values: bool = False
    max_history: int = 0
    rollback_on_failure: bool = False
    cleanup_on_fail: bool = False
    description: str = ""
    labels: dict[str, str] = factory(default_factory=dict)
    recover: bool = False
    render: RenderOptions = RenderOptions()
    write: WriteOptions = WriteOptions()
    wait: WaitOptions = WaitOptions()


def upgrade(config: Configuration, name: str, chart: Chart, values: dict[str, Any], options: UpgradeOptions) -> Release:
    """Bring the release ``name`` to ``chart`` and ``values``; return its new revision.

    Raises:
        SteerError: with Helm's message; a revision that was begun is marked failed.
    """
    return _Upgrade(config, name, options).run(chart, values)


class _Upgrade:
    def __init__(self, config: Configuration, name: str, options: UpgradeOptions) -> None:
        options = replace(options, wait=options.wait.at_least_watching(needed=options.rollback_on_failure))
        self._config = config
        self._name = name
        self._options = options
        self._is_dry = options.dry_run != DRY_RUN_NONE
        self._lock: Lock | None = None
        self._history: list[Release] = []

    def run(self, chart: Chart, values: dict[str, Any]) -> Release:
        config = self._config
        config.check_reachable()
        if not is_release_name(self._name):
            raise UsageError(f"release name is invalid: {self._name}")
        if self._is_dry:
            return self._run(chart, values)
        admit = admission(config, self._name, recover=self._options.recover)
        with release_lock(config, self._name, config.namespace, admit=admit) as lock:
            self._lock = lock
            return self._run(chart, values)

    def _run(self, chart: Chart, values: dict[str, Any]) -> Release:
        config, options = self._config, self._options
        current, upgraded, server_side = self._prepare(chart, values)
        config.store.max_history = options.max_history
        originals = build_current(config, current)
        originals += self._left_behind(originals)
        targets = build_next(config, upgraded, validate=not options.write.disable_openapi_validation)
        targets = stamp_all(targets, upgraded.name, upgraded.namespace)
        originals += self._adopted(originals, targets, upgraded)
        if self._is_dry:
            description = options.description or "Dry run complete"
            return replace(upgraded, info=replace(upgraded.info, description=description))
        # from here on an interruption waits until it can be recorded
        with config.interrupts.held():
            self._create_record(upgraded)
            upgraded = self._perform(current, upgraded, originals, targets, server_side=server_side)
            self._deploy(current, upgraded)
        return upgraded

    def _deploy(self, current: Release, upgraded: Release) -> None:
        """Record that ``upgraded`` is deployed and no other revision is.

        Raises:
            SteerError: when that cannot be recorded.
        """
        config = self._config
        others = [r for r in self._history if r.status == DEPLOYED and r.revision != current.revision]
        for release in (current, *others):
            problem = config.supersede(release)
            if problem is not None:
                # helm: continues, and leaves two revisions deployed where the next write succeeds
                reason = f"revision {release.revision} cannot be marked superseded: {problem}"
                config.keep(upgraded.with_status(FAILED, f'Upgrade "{upgraded.name}" failed: {reason}'))
                raise ReleaseError(reason) from problem
        config.keep(upgraded)

    def _left_behind(self, originals: Sequence[Target]) -> list[Target]:
        """Return what a client that died may have made and the current revision does not have."""
        dead_holder = None if self._lock is None else self._lock.dead_holder
        revisions = unsettled(self._history, dead_holder)
        return left_behind(self._config, revisions, originals) if revisions else []

    def _prepare(self, chart: Chart, values: dict[str, Any]) -> tuple[Release, Release, bool]:
        config, options = self._config, self._options
        if not self._is_dry and options.render.hide_secret:
            raise UsageError("hiding Kubernetes secrets requires a dry-run mode")
        last, current = self._find_current()
        chart, values, current = self._reuse(chart, current, values)
        source = Source(chart, process(chart, values, config.log), values)
        rendered = render(
            source,
            Facts(self._name, current.namespace, last.revision + 1, is_install=False, is_upgrade=True),
            cluster_world(config, looks_up=options.dry_run != DRY_RUN_CLIENT),
            options.render,
        )
        check_labels(options.labels)
        server_side = server_side_of(options.write.server_side, last.apply_method)
        upgraded = Release(
            name=self._name,
            info=Info(
                current.info.first_deployed,
                now(),
                status=PENDING_UPGRADE,
                description="Preparing upgrade",
                notes=rendered.notes,
            ),
            chart=chart_to_dict(source.chart),
            config=copy_tree(values),
            manifest=rendered.manifest,
            hooks=rendered.hooks,
            revision=last.revision + 1,
            namespace=current.namespace,
            labels=_merged_labels(last.labels, options.labels),
            apply_method=SERVER_SIDE_APPLY if server_side else CLIENT_SIDE_APPLY,
        )
        validate = not options.write.disable_openapi_validation
        config.targets(upgraded.manifest, config.namespace, validate=validate)
        return current, upgraded, server_side

    def _find_current(self) -> tuple[Release, Release]:
        """Return the last revision and the one whose objects are on the cluster."""
        store = self._config.store
        try:
            history = store.history(self._name)
        except ReleaseNotFound as error:
            raise NoDeployedReleases(self._name) from error
        if not history:
            raise ReleaseError(f'no revision for release "{self._name}"')
        recover = self._options.recover and not self._is_dry
        last = refuse_pending(self._config, history[-1], self._lock, recover=recover)
        self._history = [*history[:-1], last]
        if last.status == DEPLOYED:
            return last, last
        try:
            return last, store.deployed(self._name)
        except NoDeployedReleases as error:
            if last.status == UNINSTALLING:
                last = take_up_uninstalling(self._config, last, error, recover=recover)
            elif last.status not in (FAILED, SUPERSEDED):
                raise
            return last, last

    def _reuse(self, chart: Chart, current: Release, values: dict[str, Any]) -> tuple[Chart, dict[str, Any], Release]:
        """Return the chart and the user's values after reusing those of ``current`` as asked, and ``current``."""
        options = self._options
        old = copy_tree(current.config or {})
        if options.reset_values:
            return chart, values, current
        if options.reuse_values:
            # helm: the old chart's defaults become the new chart's, so that nothing new appears
            defaults = coalesce_values(chart_from_dict(current.chart or {}), copy_tree(old))
            chart = replace(chart, values=defaults)
        elif not options.reset_then_reuse_values:
            return chart, values or old, current
        values = coalesce_tables(values, old)
        if current.config is not None:
            # helm: nulls of the new values go into the old ones, and with them into their record (values.sh)
            current = replace(current, config=copy_tree(old))
        return chart, values, current

    def _adopted(self, originals: Sequence[Target], targets: Sequence[Target], upgraded: Release) -> list[Target]:
        """Return the new objects that exist already and may be taken over."""
        known = {original.exact_key for original in originals}
        new = [target for target in targets if target.exact_key not in known]
        try:
            return adoptable(
                new,
                look(self._config.client, new),
                upgraded.name,
                upgraded.namespace,
                take_ownership=self._options.write.take_ownership,
            )
        except ClusterError as error:
            raise ClusterError(f"unable to continue with update: {error}") from error

    def _create_record(self, release: Release) -> None:
        from steersman.deploy.report import explain_size

        try:
            self._config.begin(release)
        except ReleaseError as error:
            error.detail = explain_size(release, error)
            raise

    def _perform(
        self,
        current: Release,
        upgraded: Release,
        originals: Sequence[Target],
        targets: Sequence[Target],
        *,
        server_side: bool,
    ) -> Release:
        config, options = self._config, self._options
        hooks = HookSettings(options.wait.strategy, options.wait.timeout, server_side)
        created: Sequence[Target] = ()
        state = upgraded
        try:
            with config.interrupts.allowed():
                if not options.disable_hooks:
                    wording = "pre-upgrade hooks failed: {error}"
                    state = run_hooks(config, state, "pre-upgrade", hooks, wording=wording)
                try:
                    created = self._write(current, originals, targets, server_side=server_side)
                    waiter = config.waiter(options.wait.strategy)
                    waiter.wait_ready(targets, options.wait.timeout, with_jobs=options.wait.for_jobs)
                except ExecutionFailed as error:
                    created = error.outcome.created
                    raise
                except SteerError:
                    config.record(current)
                    raise
                if not options.disable_hooks:
                    wording = "post-upgrade hooks failed: {error}"
                    state = run_hooks(config, state, "post-upgrade", hooks, wording=wording)
        except HooksFailed as error:
            self._fail(error.release, created, error)
        except (SteerError, KeyboardInterrupt) as error:
            if isinstance(error, ExecutionFailed):
                config.record(current)
            self._fail(state, created, error)
        return state.with_status(DEPLOYED, options.description or "Upgrade complete")

    def _write(
        self, current: Release, originals: Sequence[Target], targets: Sequence[Target], *, server_side: bool
    ) -> Sequence[Target]:
        """Bring the cluster from ``originals`` to ``targets``; return what was created."""
        options = self._options
        method = Method(
            server_side=server_side,
            force_conflicts=options.write.force_conflicts,
            force_replace=options.write.force_replace,
            # only a release that was applied by the client has fields to move
            adopt_client_fields=server_side and current.apply_method in ("", CLIENT_SIDE_APPLY),
        )
        plan = make_plan(self._config, originals, targets, method)
        return execute(self._config.client, plan).created

    def _fail(self, release: Release, created: Sequence[Target], error: BaseException) -> None:
        """Record the failure, undo what is asked to be undone, and raise.

        Raises:
            SteerError: always.
        """
        config, options = self._config, self._options
        if config.guard.is_lost:
            raise error
        config.is_unsettled = is_way_broken(error)
        reason = interruption(error) or str(error)
        config.log("WARN", "upgrade failed", name=release.name, error=reason)
        config.record(release.with_status(FAILED, f'Upgrade "{release.name}" failed: {reason}'))
        if options.cleanup_on_fail and created:
            errors = delete_all(config.client, created, "Background")
            if errors:
                joined = ", ".join(map(str, errors))
                raise ClusterError(
                    f"an error occurred while cleaning up resources. original upgrade error: {reason}: "
                    f"unable to cleanup resources: {joined}"
                ) from error
        if options.rollback_on_failure:
            detail = explain(config, error)
            try:
                self._roll_back(release, reason)
            except SteerError as failed:
                failed.detail = "\n".join(filter(None, (detail, failed.detail)))
                raise
        if isinstance(error, SteerError) and not isinstance(error, Interrupted):
            raise error
        raise Interrupted(reason) from error

    def _roll_back(self, release: Release, reason: str) -> None:
        from steersman.action.rollback import RollbackOptions, rollback

        config, options = self._config, self._options
        try:
            history = config.store.history(release.name)
        except SteerError as error:
            raise ReleaseError(
                f"an error occurred while finding last successful release. original upgrade error: {reason}: {error}"
            ) from error
        good = [r.revision for r in history if r.status in (SUPERSEDED, DEPLOYED)]
        if not good:
            raise ReleaseError(
                "unable to find a previously successful release when attempting to rollback. "
                f"original upgrade error: {reason}"
            )
        try:
            rollback(
                config,
                release.name,
                RollbackOptions(
                    revision=max(good),
                    disable_hooks=options.disable_hooks,
                    is_inner=True,
                    write=options.write,
                    wait=options.wait,
                ),
            )
        except SteerError as error:
            raise ReleaseError(
                f"an error occurred while rolling back the release. original upgrade error: {reason}: {error}",
                detail=error.detail,
            ) from error
        raise ReleaseError(
            f"release {release.name} failed, and has been rolled back due to rollback-on-failure being set: {reason}"
        )


def _merged_labels(current: dict[str, str], wanted: dict[str, str]) -> dict[str, str]:
    # helm: the value "null" removes a label
    return {name: value for name, value in {**current, **wanted}.items() if value != "null"}
