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
    interruption,
    left_behind,
    make_plan,
    run_hooks,
    server_side_of,
)
from steersman.action.configuration import DRY_RUN_CLIENT, DRY_RUN_NONE
from steersman.action.lock import RECOVERED, refuse_pending, release_lock, unsettled
from steersman.action.rendering import RenderRequest, render_chart
from steersman.chart.dependencies import process
from steersman.deploy.execute import ExecutionFailed, delete_all, execute
from steersman.deploy.ownership import adoptable, stamp_all
from steersman.deploy.plan import Method
from steersman.errors import ClusterError, Interrupted, ReleaseError, SteerError, UsageError
from steersman.kube.look import look
from steersman.kube.wait import HOOK_ONLY, WATCHER
from steersman.record import Record, factory, replace
from steersman.release.codec import chart_from_dict, chart_to_dict
from steersman.release.model import (
    CLIENT_SIDE_APPLY,
    DEPLOYED,
    FAILED,
    PENDING_UPGRADE,
    SERVER_SIDE_APPLY,
    SUPERSEDED,
    SYSTEM_LABELS,
    Info,
    Release,
    has_system_labels,
)
from steersman.release.names import is_release_name
from steersman.release.timestamps import now
from steersman.storage.driver import NoDeployedReleases, ReleaseNotFound
from steersman.values.coalesce import coalesce_tables, coalesce_values, copy_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from steersman.action.configuration import Configuration
    from steersman.action.lock import Lock
    from steersman.chart.model import Chart
    from steersman.kube.objects import Target


class UpgradeOptions(Record):
    """What the flags of ``upgrade`` say, in Helm's words. ``server_side`` is true, false or auto."""

    timeout: float = 300.0
    wait_strategy: str = HOOK_ONLY
    wait_for_jobs: bool = False
    disable_hooks: bool = False
    dry_run: str = DRY_RUN_NONE
    hide_secret: bool = False
    force_replace: bool = False
    force_conflicts: bool = False
    server_side: str = "auto"
    reset_values: bool = False
    reuse_values: bool = False
    reset_then_reuse_values: bool = False
    max_history: int = 0
    rollback_on_failure: bool = False
    cleanup_on_fail: bool = False
    sub_notes: bool = False
    post_render: Callable[[str], str] | None = None
    skip_schema_validation: bool = False
    description: str = ""
    labels: dict[str, str] = factory(default_factory=dict)
    disable_openapi_validation: bool = False
    enable_dns: bool = False
    take_ownership: bool = False
    recover: bool = False


def upgrade(config: Configuration, name: str, chart: Chart, values: dict[str, Any], options: UpgradeOptions) -> Release:
    """Bring the release ``name`` to ``chart`` and ``values``; return its new revision.

    Raises:
        SteerError: with Helm's message; a revision that was begun is marked failed.
    """
    return _Upgrade(config, name, options).run(chart, values)


class _Upgrade:
    def __init__(self, config: Configuration, name: str, options: UpgradeOptions) -> None:
        if options.wait_strategy == HOOK_ONLY and options.rollback_on_failure:
            options = replace(options, wait_strategy=WATCHER)
        self._config = config
        self._name = name
        self._options = options
        self._is_dry = options.dry_run != DRY_RUN_NONE
        self._lock: Lock | None = None
        self._last: Release | None = None

    def run(self, chart: Chart, values: dict[str, Any]) -> Release:
        config = self._config
        config.check_reachable()
        if not is_release_name(self._name):
            raise UsageError(f"release name is invalid: {self._name}")
        if self._is_dry:
            return self._run(chart, values)
        with release_lock(config, self._name, config.namespace) as lock:
            self._lock = lock
            return self._run(chart, values)

    def _run(self, chart: Chart, values: dict[str, Any]) -> Release:
        config, options = self._config, self._options
        current, upgraded, server_side = self._prepare(chart, values)
        config.store.max_history = options.max_history
        originals = build_current(config, current, hint_removed_kinds=True)
        originals += self._left_behind(originals)
        targets = build_next(config, upgraded, validate=not options.disable_openapi_validation)
        targets = stamp_all(targets, upgraded.name, upgraded.namespace)
        originals += self._adopted(originals, targets, upgraded)
        if self._is_dry:
            description = options.description or "Dry run complete"
            return replace(upgraded, info=replace(upgraded.info, description=description))
        self._create_record(upgraded)
        upgraded = self._perform(current, upgraded, originals, targets, server_side=server_side)
        config.keep(upgraded)
        return upgraded

    def _left_behind(self, originals: Sequence[Target]) -> list[Target]:
        """Return what a client that died may have made and the current revision does not have."""
        if self._last is None or not self._last.info.description.startswith(RECOVERED):
            return []
        return left_behind(self._config, unsettled(self._config.store.history(self._name), None), originals)

    def _prepare(self, chart: Chart, values: dict[str, Any]) -> tuple[Release, Release, bool]:
        config, options = self._config, self._options
        if not self._is_dry and options.hide_secret:
            raise UsageError("hiding Kubernetes secrets requires a dry-run mode")
        last, current = self._find_current()
        self._last = last
        chart, values, current = self._reuse(chart, current, values)
        chart = process(chart, values, config.log)
        rendered = render_chart(
            config,
            chart,
            values,
            RenderRequest(
                name=self._name,
                namespace=current.namespace,
                revision=last.revision + 1,
                is_upgrade=True,
                asks_server=options.dry_run != DRY_RUN_CLIENT,
                needs_cluster=True,
                sub_notes=options.sub_notes,
                post_render=options.post_render,
                enable_dns=options.enable_dns,
                hide_secret=options.hide_secret,
                skip_schema_validation=options.skip_schema_validation,
            ),
        )
        if has_system_labels(options.labels):
            raise UsageError(
                f"user supplied labels contains system reserved label name. System labels: [{' '.join(SYSTEM_LABELS)}]"
            )
        server_side = server_side_of(options.server_side, last.apply_method)
        upgraded = Release(
            name=self._name,
            info=Info(
                current.info.first_deployed,
                now(),
                status=PENDING_UPGRADE,
                description="Preparing upgrade",
                notes=rendered.notes,
            ),
            chart=chart_to_dict(chart),
            config=copy_tree(values),
            manifest=rendered.manifest,
            hooks=rendered.hooks,
            revision=last.revision + 1,
            namespace=current.namespace,
            labels=_merged_labels(last.labels, options.labels),
            apply_method=SERVER_SIDE_APPLY if server_side else CLIENT_SIDE_APPLY,
        )
        validate = not options.disable_openapi_validation
        config.targets(upgraded.manifest, config.namespace, validate=validate)
        return current, upgraded, server_side

    def _find_current(self) -> tuple[Release, Release]:
        """Return the last revision and the one whose objects are on the cluster."""
        store = self._config.store
        try:
            last = store.last(self._name)
        except ReleaseNotFound as error:
            raise NoDeployedReleases(self._name) from error
        last = refuse_pending(
            self._config,
            last,
            self._lock,
            recover=self._options.recover and not self._is_dry,
            patience=self._options.timeout,
        )
        if last.status == DEPLOYED:
            return last, last
        try:
            return last, store.deployed(self._name)
        except NoDeployedReleases:
            if last.status not in (FAILED, SUPERSEDED):
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
                take_ownership=self._options.take_ownership,
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
        hooks = HookSettings(options.wait_strategy, options.timeout, server_side)
        created: Sequence[Target] = ()
        state = upgraded
        try:
            if not options.disable_hooks:
                wording = "pre-upgrade hooks failed: {error}"
                state = run_hooks(config, state, "pre-upgrade", hooks, wording=wording)
            try:
                created = self._write(current, originals, targets, server_side=server_side)
                waiter = config.waiter(options.wait_strategy)
                waiter.wait_ready(targets, options.timeout, with_jobs=options.wait_for_jobs)
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
        config.record(current.with_status(SUPERSEDED))
        return state.with_status(DEPLOYED, options.description or "Upgrade complete")

    def _write(
        self, current: Release, originals: Sequence[Target], targets: Sequence[Target], *, server_side: bool
    ) -> Sequence[Target]:
        """Bring the cluster from ``originals`` to ``targets``; return what was created."""
        options = self._options
        method = Method(
            server_side=server_side,
            force_conflicts=options.force_conflicts,
            force_replace=options.force_replace,
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
            self._roll_back(release, reason)
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
                    wait_strategy=options.wait_strategy,
                    wait_for_jobs=options.wait_for_jobs,
                    disable_hooks=options.disable_hooks,
                    force_replace=options.force_replace,
                    force_conflicts=options.force_conflicts,
                    server_side=options.server_side,
                    timeout=options.timeout,
                    is_inner=True,
                ),
            )
        except SteerError as error:
            raise ReleaseError(
                f"an error occurred while rolling back the release. original upgrade error: {reason}: {error}"
            ) from error
        raise ReleaseError(
            f"release {release.name} failed, and has been rolled back due to rollback-on-failure being set: {reason}"
        )


def _merged_labels(current: dict[str, str], wanted: dict[str, str]) -> dict[str, str]:
    # helm: the value "null" removes a label
    return {name: value for name, value in {**current, **wanted}.items() if value != "null"}
