"""The stages of a chart on a cluster: install, upgrade from the old revision, and the release's tests."""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import contextmanager, suppress

from steersman.action.ci import model
from steersman.action.ci.model import WARNING, Problem, skipped, stage_of
from steersman.action.ci.stages import Subject
from steersman.action.options import WaitOptions, WriteOptions
from steersman.errors import ReleaseError, SteerError
from steersman.kube.objects import NAMESPACES
from steersman.kube.wait import WATCHER
from steersman.manifest.hooks import read_head
from steersman.manifest.split import split_manifests
from steersman.record import Record, replace
from steersman.semver import Constraints, InvalidVersion, Version
from steersman.values.sources import Sources
from steersman.yamlio import load as load_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from steersman.action.ci.model import Stage
    from steersman.action.ci.stages import Case
    from steersman.action.configuration import Configuration

_LONGEST_NAME = 53  # characters of a release's name, as Helm has it
_LONGEST_NAMESPACE = 63
_EVENT = "test"


class ReleaseSettings(Record):
    """Options of releases.

    Attributes:
        values: what the settings put over the values of each case.
        namespace: of all releases; ``""`` for one of its own for each.
        creates_namespace: whether namespaces are made.
        name: what their names begin with instead of the chart's folder.
        build_id: part of the names of namespaces.
        keeps: whether releases and namespaces stay.
        upgrades: whether upgrades are tested.
        skips_missing: whether values files that the new revision does not have are left out of upgrades.
        write, wait: how objects are written and waited for.
        skip_crds: whether the definitions in ``crds/`` are left out.
    """

    values: Sources = Sources()
    namespace: str = ""
    creates_namespace: bool = True
    name: str = ""
    build_id: str = ""
    keeps: bool = False
    upgrades: bool = False
    skips_missing: bool = False
    write: WriteOptions = WriteOptions(server_side="true")
    wait: WaitOptions = WaitOptions(WATCHER)
    skip_crds: bool = False


class Releases:
    """Makes releases of one chart on one cluster.

    Args:
        subject: the chart.
        settings: how.
        connect: given a namespace, returns the cluster.
    """

    def __init__(self, subject: Subject, settings: ReleaseSettings, connect: Callable[[str], Configuration]) -> None:
        self._subject = subject
        self._settings = settings
        self._connect = connect
        self._problems: dict[str, list[Problem]] = {model.INSTALL: [], model.UPGRADE: [], model.TEST: []}
        self._seconds = dict.fromkeys(self._problems, 0.0)
        self._upgrades = 0
        self._tests = 0

    def stages(self, old: Subject | None, old_version: str) -> Iterator[Stage]:
        """Yield the results of install, upgrade and test.

        Args:
            old: the chart at the old revision; None where there is none.
            old_version: its version, or ``""``.
        """
        if self._subject.facts.get("type") == "library":
            for name in self._problems:
                yield skipped(name, "a library is not installed")
            return
        for case in self._subject.cases:
            self._install_and_test(case)
        reason = "the chart is new" if old is None else _why_not(old_version, self._subject.version)
        if self._settings.upgrades and old is not None and not reason:
            for case in old.cases:
                if not (case.path and self._settings.skips_missing) or self._has(case):
                    self._upgrade_from(old, case)
        yield self._stage(model.INSTALL, len(self._subject.cases))
        if self._upgrades or self._problems[model.UPGRADE]:
            stage = self._stage(model.UPGRADE, self._upgrades)
            yield replace(stage, reason=f"not from the old revision: {reason}" if reason else "")
        elif self._settings.upgrades:
            yield skipped(model.UPGRADE, "install or test failed")
        if self._tests or self._problems[model.TEST]:
            yield self._stage(model.TEST, self._tests)
        else:
            yield skipped(model.TEST, "the releases have no tests")

    def _stage(self, name: str, count: int) -> Stage:
        return replace(stage_of(name, self._problems[name], str(count)), seconds=self._seconds[name])

    def _has(self, case: Case) -> bool:
        return any(os.path.basename(one.path) == os.path.basename(case.path) for one in self._subject.cases)

    def _install_and_test(self, case: Case) -> None:
        """Install the chart and test it; with upgrades, upgrade it to itself and test it again."""
        chart = self._subject
        with self._release() as (config, name):
            try:
                self._install(chart, case, config, name)
            except SteerError as error:
                self._note(model.INSTALL, _placed(chart.problem(error, case.name), chart, config, name))
                return
            if self._tested(case, config, name) and self._settings.upgrades:
                self._upgrade_to_current(chart, case, config, name)

    def _upgrade_from(self, old: Subject, case: Case) -> None:
        """Install the old revision and upgrade it; where that fails by itself, nothing is known about the upgrade."""
        with self._release() as (config, name):
            try:
                self._install(old, case, config, name)
                self._run_tests(config, name)
            except SteerError as error:
                text = f"not upgraded from {old.version}, which fails: {error}"
                self._note(model.UPGRADE, Problem(text, severity=WARNING, cases=_cases(case)))
                return
            self._upgrade_to_current(old, case, config, name)

    def _install(self, chart: Subject, case: Case, config: Configuration, name: str) -> None:
        from steersman.action.chart_source import check_dependencies
        from steersman.action.install import InstallOptions, install

        settings = self._settings
        with self._timed(model.INSTALL):
            check_dependencies(chart.chart)
            options = InstallOptions(
                name,
                create_namespace=settings.creates_namespace,
                skip_crds=settings.skip_crds,
                write=settings.write,
                wait=settings.wait,
            )
            install(config, chart.chart, chart.values(case, settings.values), options)

    def _upgrade_to_current(self, before: Subject, case: Case, config: Configuration, name: str) -> None:
        """Upgrade a release to the chart and test it; the values file is that of the chart before, as in ct."""
        from steersman.action.upgrade import UpgradeOptions, upgrade

        settings = self._settings
        options = UpgradeOptions(write=replace(settings.write, server_side="auto"), wait=settings.wait)
        self._upgrades += 1
        try:
            with self._timed(model.UPGRADE):
                upgrade(config, name, self._subject.chart, before.values(case, settings.values), options)
        except SteerError as error:
            problem = _placed(self._subject.problem(error, case.name), self._subject, config, name)
            self._note(model.UPGRADE, replace(problem, message=f"from {before.version}: {problem.message}"))
            return
        self._tested(case, config, name)

    def _tested(self, case: Case, config: Configuration, name: str) -> bool:
        try:
            self._run_tests(config, name)
        except SteerError as error:
            self._note(model.TEST, _placed(self._subject.problem(error, case.name), self._subject, config, name))
            return False
        return True

    def _run_tests(self, config: Configuration, name: str) -> None:
        """Run the tests of a release.

        Raises:
            SteerError: when one fails, or they cannot be run.
        """
        from steersman.action.test import TestOptions, test

        with self._timed(model.TEST):
            tested = test(config, name, TestOptions(self._settings.wait.timeout))
            self._tests += sum(_EVENT in hook.events for hook in tested.release.hooks)
            tested.finish()
            if tested.error is not None:
                raise tested.error if isinstance(tested.error, SteerError) else ReleaseError(str(tested.error))

    def _note(self, stage: str, problem: Problem) -> None:
        self._problems[stage].append(problem)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self._seconds[stage] += time.monotonic() - begun

    @contextmanager
    def _release(self) -> Iterator[tuple[Configuration, str]]:
        """Give a cluster and the name of a release, and remove the release afterwards."""
        name, namespace = self._names()
        config = self._connect(namespace)
        try:
            yield config, name
        finally:
            try:
                if not self._settings.keeps:
                    self._remove(config, name, namespace)
            finally:
                config.close()

    def _remove(self, config: Configuration, name: str, namespace: str) -> None:
        """Uninstall the release and delete its namespace; a failure is a warning, as in chart-testing."""
        from steersman.action.uninstall import UninstallOptions, uninstall

        wait = WaitOptions(WATCHER, self._settings.wait.timeout)
        try:
            uninstall(config, name, UninstallOptions(ignore_not_found=True, wait=wait))
        except SteerError as error:
            text = f"the release {name} in {namespace} was not removed: {error}"
            self._problems[model.INSTALL].append(Problem(text, severity=WARNING))
        if not self._settings.namespace:
            with suppress(SteerError):  # it may not have come to be
                config.client.delete(NAMESPACES, "", namespace)

    def _names(self) -> tuple[str, str]:
        """Return a release's name and its namespace, which no other run has."""
        base = self._settings.name or os.path.basename(os.path.abspath(self._subject.path))
        suffix = secrets.token_hex(5)
        name = _fitting(f"{base}-{suffix}", _LONGEST_NAME)
        build = f"-{self._settings.build_id}" if self._settings.build_id else ""
        return name, self._settings.namespace or _fitting(f"{base}{build}-{suffix}", _LONGEST_NAMESPACE)


def define(config: Configuration, crds: tuple[str, ...]) -> None:
    """Put the custom resource definitions of files and folders on a cluster.

    Raises:
        SteerError: when they cannot be read, or the server refuses one.
    """
    from steersman.action.check import definition_texts

    try:
        for text in definition_texts(crds):
            for target in config.targets(text, "default", validate=False):
                if target.kind == "CustomResourceDefinition":
                    config.client.create(target.resource, "", target.object)
    finally:
        config.close()


def _placed(problem: Problem, chart: Subject, config: Configuration, name: str) -> Problem:
    """Return a problem with a release, with the template of the object that it names."""
    if problem.file:
        return problem
    try:
        release = config.store.last(name)
    except SteerError:
        return problem  # it failed before there was a record
    objects = [(hook.path, hook.manifest) for hook in release.hooks]
    for document in split_manifests(release.manifest):
        source = re.match(r"# Source: (.+)", document)
        objects += [(source[1], document)] if source is not None else []
    for path, text in objects:
        file = os.path.join(chart.path, path.partition("/")[2])
        if os.path.isfile(file) and _names(problem.message, text):
            return replace(problem, file=file)
    return problem


def _names(message: str, manifest: str) -> bool:
    """Return whether a message names an object by its kind and its name."""
    try:
        head = read_head(load_yaml(manifest))
    except (SteerError, ValueError):
        return False
    words = (head.kind, head.name)
    return all(word and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", message) for word in words)


def _cases(case: Case) -> tuple[str, ...]:
    return (case.name,) if case.path else ()


def _fitting(name: str, most: int) -> str:
    """Return the end of a name, as one of Kubernetes."""
    return re.sub(r"^[^a-z0-9]+", "", re.sub(r"[^a-z0-9-]", "-", name.lower())[-most:])


def _why_not(old: str, new: str) -> str:
    """Return why a new version may break what an old one had, or ``""``."""
    if not old:
        return "the chart is new"
    try:
        before = Version.parse(old)
        operator = "~" if before.major == 0 else "^"
        if Constraints.parse(f"{operator} {before}").check(Version.parse(new)):
            return ""
    except InvalidVersion as error:
        return str(error)
    return f"{new} may break what {old} had"
