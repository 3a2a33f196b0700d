"""``upgrade``: a release to its next revision.

Answers to Helm's ``pkg/action/upgrade.go``: which values are reused, what is compared,
which revision is superseded and when, what is undone when it fails.
"""

from __future__ import annotations

from steersman.action.changes import build_current, build_next, carry_out, left_behind, server_side_of
from steersman.action.cluster_world import cluster_world
from steersman.action.configuration import DRY_RUN_CLIENT, DRY_RUN_NONE
from steersman.action.lock import admission, refuse_pending, release_lock, take_up_uninstalling, unsettled
from steersman.action.options import WaitOptions, WriteOptions
from steersman.action.undo import by_rollback, undoing
from steersman.chart.dependencies import process
from steersman.deploy.decide import Method
from steersman.deploy.ownership import adoptable, stamp_all
from steersman.deploy.planner import Choices, plan_upgrade
from steersman.engine.context import Facts
from steersman.errors import ClusterError, ReleaseError, UsageError
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
        deployed = [release for release in self._history if release.status == DEPLOYED]
        choices = self._choices(current, server_side=server_side)
        plan = plan_upgrade(current, upgraded, originals, targets, choices, deployed=deployed)
        return carry_out(config, plan, undo=undoing(config, upgraded.name)).release

    def _choices(self, current: Release, *, server_side: bool) -> Choices:
        options = self._options
        undo = by_rollback(disable_hooks=options.disable_hooks, write=options.write, wait=options.wait)
        return Choices(
            Method(
                server_side=server_side,
                force_conflicts=options.write.force_conflicts,
                force_replace=options.write.force_replace,
                # only a release that was applied by the client has fields to move
                adopt_client_fields=server_side and current.apply_method in ("", CLIENT_SIDE_APPLY),
                skip_unchanged=not self._config.writes_all,
            ),
            runs_hooks=not options.disable_hooks,
            strategy=options.wait.strategy,
            timeout=options.wait.timeout,
            with_jobs=options.wait.for_jobs,
            removes_created=options.cleanup_on_fail,
            description=options.description,
            undo=undo if options.rollback_on_failure else None,
        )

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
        if not values and current.config and config.notice is not None and _reuses_silently(options):
            from steersman.notices import note_reused_values

            note_reused_values(current.config, current.revision, config.notice)
        chart, values, current = _reuse(options, chart, current, values)
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


def _merged_labels(current: dict[str, str], wanted: dict[str, str]) -> dict[str, str]:
    # helm: the value "null" removes a label
    return {name: value for name, value in {**current, **wanted}.items() if value != "null"}


def reused(
    config: Configuration, name: str, chart: Chart, values: dict[str, Any], options: UpgradeOptions
) -> tuple[Chart, dict[str, Any]]:
    """Return the chart and the user's values that an upgrade of the deployed revision renders with.

    Raises:
        SteerError: when the record cannot be read.
    """
    try:
        current = config.store.deployed(name)
    except (NoDeployedReleases, ReleaseNotFound):
        return chart, values
    return _reuse(options, chart, current, copy_tree(values))[:2]


def _reuses_silently(options: UpgradeOptions) -> bool:
    """Return whether the values of the last revision are used again where none are given."""
    return not (options.reset_values or options.reuse_values or options.reset_then_reuse_values)


def _reuse(
    options: UpgradeOptions, chart: Chart, current: Release, values: dict[str, Any]
) -> tuple[Chart, dict[str, Any], Release]:
    """Return the chart and the user's values after reusing those of ``current`` as asked, and ``current``."""
    old = copy_tree(current.config or {})
    if options.reset_values:
        return chart, values, current
    if options.reuse_values:
        # helm: the old chart's defaults become the new chart's, so that nothing new appears
        defaults = coalesce_values(chart_from_dict(current.chart or {}), copy_tree(old))
        chart = replace(chart, values=defaults)
    elif _reuses_silently(options):
        return chart, values or old, current
    values = coalesce_tables(values, old)
    if current.config is not None:
        # helm: nulls of the new values go into the old ones, and with them into their record (values.sh)
        current = replace(current, config=copy_tree(old))
    return chart, values, current
