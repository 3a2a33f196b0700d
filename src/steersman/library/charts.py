"""Charts: loaded, rendered, linted, packaged, pulled and pushed."""

from __future__ import annotations

import os
from contextlib import closing

from steersman.chart.loader import load_chart
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, parse_kube_version
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts
from steersman.engine.impure import from_system
from steersman.engine.seeded import Seed
from steersman.errors import ChartError, SteerError, UsageError, ValuesError
from steersman.library import arguments
from steersman.library.errors import reported
from steersman.library.events import cancellable
from steersman.library.hints import Call
from steersman.library.lookups import given_lookup
from steersman.library.places import Places
from steersman.library.rendered import Rendered
from steersman.library.user_values import files_of, given_values, with_integers
from steersman.manifest.heads import HeadMemory
from steersman.record import replace
from steersman.rendering import RenderOptions, World, take_part
from steersman.rendering import render as render_core
from steersman.runtime.log import log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Any, Literal, TypeAlias

    from steersman.chart.model import Chart as Model
    from steersman.checking.findings import Report
    from steersman.insight.explain import Explainer
    from steersman.library.events import Cancellation
    from steersman.library.lookups import Objects
    from steersman.library.user_values import Values
    from steersman.linting.findings import Finding
    from steersman.recording.recorder import Recorder

    Path: TypeAlias = "str | os.PathLike[str]"


class Chart:
    """A chart, loaded once and rendered as often as wanted, from any thread.

    Made by ``steersman.load``.
    """

    def __init__(self, model: Model, places: Places) -> None:
        self._model = model
        self._compiled = Compiled()
        self._heads = HeadMemory()
        self._schemas = places.schemas()

    @property
    def name(self) -> str:
        """The name in Chart.yaml."""
        return self._model.name

    @property
    def version(self) -> str:
        """The version in Chart.yaml."""
        return self._model.metadata.version

    @property
    def app_version(self) -> str:
        """The version of the application, or ``""``."""
        return self._model.metadata.app_version

    @property
    def description(self) -> str:
        """The description in Chart.yaml, or ``""``."""
        return self._model.metadata.description

    @property
    def type(self) -> str:
        """``application`` or ``library``."""
        return self._model.metadata.type or "application"

    @property
    def values(self) -> dict[str, Any]:
        """The default values of values.yaml; a copy that may be changed."""
        copied: dict[str, Any] = with_integers(self._model.values or {})
        return copied

    @property
    def files(self) -> dict[str, bytes]:
        """The bytes of every file of the chart by its path below the chart's folder, subcharts among them."""
        return {file.name: file.data for file in self._model.raw}

    @property
    def readme(self) -> str:
        """The text of README.md, or ``""``."""
        for name in ("README.md", "readme.md", "README.txt", "README"):
            if name in self.files:
                return self.files[name].decode("utf-8", "replace")
        return ""

    @property
    def dependencies(self) -> tuple[str, ...]:
        """The names of the subcharts inside."""
        return tuple(child.name for child in self._model.dependencies)

    @property
    def model(self) -> Model:
        """The chart as the actions take it; may change between versions."""
        return self._model

    def render(
        self,
        values: Values = None,
        *,
        name: str = "release-name",
        namespace: str = "default",
        revision: int = 1,
        is_upgrade: bool = False,
        kube_version: str = "",
        api_versions: Iterable[str] = (),
        include_crds: bool = False,
        skip_schema_validation: bool = False,
        lookup: Objects | None = None,
        seed: str = "",
        now: datetime | None = None,
        record: Path = "",
    ) -> Rendered:
        """Render the chart without a cluster.

        Args:
            values: the user's values: a mapping, the path of a file, or a list of both, later ones over earlier ones.
            name, namespace, revision: of the release.
            is_upgrade: render as an upgrade does.
            kube_version: of the cluster that is made believe (``1.33``); that of Helm's default when empty.
            api_versions: that the cluster has besides the usual ones (``monitoring.coreos.com/v1``).
            include_crds: put the definitions below ``crds/`` into ``text``.
            skip_schema_validation: leave values.schema.json out.
            lookup: the objects that ``lookup`` finds: a folder or file of manifests, the objects, or a function of
                apiVersion, kind, namespace and name that returns an object, a list, or an empty mapping.
            seed: draw random text, keys and certificates from this text: the same text gives the same render.
            now: the time that templates see; the start of 2020 with a seed, else the present.
            record: a file to write all to that the render sees, for ``replay``; it holds values and secrets.

        Raises:
            TemplateError: when a template does not parse or fails.
            SchemaError: when a schema refuses the values.
            ValuesError: when the values do not fit the chart.
            ManifestError: when what the templates make is not YAML of Kubernetes objects.
            ChartError: when the chart cannot be rendered, be it for this version of Kubernetes.
        """
        if self._model.metadata.type not in ("", "application"):
            raise ChartError(f"{self._model.metadata.type} charts are not installable")
        arguments.text(name=name, namespace=namespace, seed=seed)
        arguments.whole("revision", revision)
        capabilities = _capabilities(kube_version, api_versions)
        moment = None if now is None else int(now.timestamp() * 1e6) * 1000
        options = RenderOptions(
            include_crds=include_crds,
            skip_schema_validation=skip_schema_validation,
            seed=Seed(seed, moment) if seed else None,
            recorder=_recorder(record, self._model.name) if record else None,
        )
        with reported(self._model, values, Call(Chart.render)):
            source = take_part(self._model, given_values(values), log)
            impure = from_system(log, given_lookup(lookup, namespace))
            if moment is not None:
                impure = replace(impure, now_ns=lambda: moment)
            world = World(impure, lambda: capabilities, self._compiled, self._schemas, heads=self._heads)
            facts = Facts(name, namespace, revision, not is_upgrade, is_upgrade)

            def traced() -> Explainer:
                from steersman.insight.explain import Explainer

                recorded = replace(options, inspect=lambda _rendered: None, skip_schema_validation=True, recorder=None)
                with reported(self._model):
                    return Explainer(render_core(source, facts, world, recorded), files_of(values))

            return Rendered(render_core(source, facts, world, options), traced)

    def __repr__(self) -> str:
        return f"<Chart {self.name} {self.version}>"


def _capabilities(kube_version: str, api_versions: Iterable[str]) -> Capabilities:
    """Return the cluster that is made believe.

    Raises:
        UsageError: for what cannot be its version or its kinds.
    """
    if not isinstance(kube_version, str):
        raise UsageError(f"kube_version={kube_version!r}: it is a string, such as '1.33'")
    more = arguments.texts("api_versions", api_versions)
    if not kube_version:
        kube = DEFAULT_CAPABILITIES.kube_version
    else:
        try:
            kube = parse_kube_version(kube_version)
        except ValuesError as error:
            raise UsageError(f"kube_version={kube_version!r}: {error}") from error
    return Capabilities(kube, (*DEFAULT_CAPABILITIES.api_versions, *more))


def _recorder(path: Path, name: str) -> Recorder:
    from steersman.action.recordings import save
    from steersman.recording.recorder import About, Recorder

    return Recorder(About("render", name), lambda recording: save(os.fspath(path), recording))


def load(
    reference: Path,
    *,
    version: str = "",
    repo: str = "",
    plain_http: bool = False,
    username: str = "",
    password: str = "",
    environ: Mapping[str, str] | None = None,
    cancel: Cancellation | None = None,
) -> Chart:
    """Load a chart.

    Args:
        reference: a folder, an archive, ``repo/name``, a URL, or ``oci://registry/name``.
        version: of a chart in a repository or registry; a constraint (``^1.2``), or ``""`` for the newest one.
        repo: URL of the repository of ``reference``.
        plain_http, username, password: of the repository or registry.
        environ: the variables to look at instead of the process's (``HELM_REPOSITORY_CONFIG`` …).
        cancel: cancels the download from another thread.

    Raises:
        ChartError: when the chart cannot be found or read.
        RepoError, TransportError, AuthError: when a repository or registry does not give it.
    """
    places = Places(environ)
    with reported(call=Call(load, reference)), cancellable(cancel), closing(places):
        path = _local_path(os.fspath(reference), repo)
        if not path:
            path = _fetched(places, os.fspath(reference), version, repo, plain_http, username, password)
        return Chart(load_chart(path), places)


def _local_path(reference: str, repo: str) -> str:
    if repo:
        return ""
    from steersman.download.paths import local_path

    return local_path(reference) or ""


def _fetched(
    places: Places, reference: str, version: str, repo: str, plain_http: bool, username: str, password: str
) -> str:
    """Fetch a chart's archive into the content cache and return its path."""
    from steersman.download.bring import bring, cached
    from steersman.download.locate import locate

    sources = places.sources(plain_http=plain_http, username=username, password=password)
    found = locate(sources, reference, version, repo)
    data = cached(sources, found)
    return sources.cache.hold(bring(sources, found) if data is None else data)


def render(
    chart: Chart | Path,
    values: Values = None,
    *,
    name: str = "release-name",
    namespace: str = "default",
    kube_version: str = "",
    api_versions: Iterable[str] = (),
    include_crds: bool = False,
    skip_schema_validation: bool = False,
    lookup: Objects | None = None,
    seed: str = "",
    now: datetime | None = None,
    record: Path = "",
) -> Rendered:
    """Load and render a chart; see ``load`` and ``Chart.render``."""
    loaded = chart if isinstance(chart, Chart) else load(chart)
    return loaded.render(
        values,
        name=name,
        namespace=namespace,
        kube_version=kube_version,
        api_versions=api_versions,
        include_crds=include_crds,
        skip_schema_validation=skip_schema_validation,
        lookup=lookup,
        seed=seed,
        now=now,
        record=record,
    )


def replay(recording: Path, chart: Chart | Path | None = None) -> Rendered:
    """Render as it was recorded, by ``Chart.render(record=…)`` or the flag ``--record``.

    Args:
        recording: the file.
        chart: the chart, for a recording that does not hold it.

    Raises:
        UsageError: when the file is not a recording, or a damaged one.
        ChartError: when there is no chart, or it is not the one that was recorded.
        ReleaseError: when the render comes out otherwise than recorded.
        TemplateError, SchemaError, ValuesError, ManifestError: the error that was recorded.
    """
    from steersman.action.recordings import open_recording
    from steersman.recording.replay import chart_of, check_outcome
    from steersman.recording.replay import replay as replay_core

    opened = open_recording(os.fspath(recording))
    given = chart._model if isinstance(chart, Chart) else None if chart is None else load_chart(os.fspath(chart))
    with reported(call=Call(replay)):
        model = chart_of(opened, given)
        compiled = Compiled()

        def traced() -> Explainer:
            from steersman.insight.explain import Explainer

            again = replay_core(opened, model, from_system(log), compiled=compiled, inspect=lambda _rendered: None)
            return Explainer(again, files_of(None))

        try:
            core = replay_core(opened, model, from_system(log), compiled=compiled)
        except SteerError as error:
            check_outcome(opened, error)
            raise
        check_outcome(opened, core)
        return Rendered(core, traced)


def lint(path: Path, values: Values = None, *, namespace: str = "default", kube_version: str = "") -> list[Finding]:
    """Return what is wrong with the chart at ``path``, a folder or an archive.

    Raises:
        ChartError: when there is no chart to look at.
    """
    from steersman.action.lint import lint as lint_action
    from steersman.linting.subject import LintOptions

    capabilities = _capabilities(kube_version, ())
    world = World(from_system(log), lambda: capabilities, Compiled(), Places().schemas())
    options = LintOptions(given_values(values), namespace, world)
    with reported(call=Call(lint, path)):
        result = lint_action(os.fspath(path), options)
    if result.errors and not result.findings:
        raise ChartError(result.errors[0])
    return list(result.findings)


def check(
    path: Path,
    values: Values = None,
    *,
    kube_version: str = "",
    api_versions: Iterable[str] = (),
    crds: Iterable[Path] = (),
) -> Report:
    """Return the mistakes in the chart at ``path``, a folder or an archive, as ``steer check`` finds them.

    Args:
        path: the chart.
        values: rendered with, besides the chart's defaults and its ``ci/*values.yaml``.
        kube_version: that is checked for; that of Helm's default when empty.
        api_versions: that the cluster has besides the usual ones.
        crds: folders and files with custom resource definitions.

    Raises:
        ChartError: when the chart cannot be read.
    """
    from steersman.action.check import CheckOptions
    from steersman.action.check import check as check_action
    from steersman.checking.renders import Case

    capabilities = _capabilities(kube_version, api_versions)
    given = given_values(values)
    cases = (Case("the given values", given),) if given else ()
    if isinstance(crds, (str, os.PathLike)):
        raise UsageError(f"crds={crds!r}: it is a list of paths")
    options = CheckOptions(
        World(from_system(log), lambda: capabilities),
        capabilities.kube_version,
        tuple([os.fspath(one) for one in crds]),
        cases,
    )
    with reported(call=Call(check, path)):
        return check_action(os.fspath(path), load_chart(os.fspath(path)), options)


def show(
    reference: Path,
    part: Literal["all", "chart", "values", "readme", "crds"] = "all",
    *,
    version: str = "",
    repo: str = "",
    plain_http: bool = False,
    username: str = "",
    password: str = "",
    environ: Mapping[str, str] | None = None,
    cancel: Cancellation | None = None,
) -> str:
    """Return what a chart says about itself, as the command ``show`` prints it; see ``load`` for the arguments.

    Args:
        part: ``chart`` (Chart.yaml), ``values`` (values.yaml as it is written), ``readme``, ``crds`` or ``all``.

    Raises:
        UsageError: for another part.
        ChartError, RepoError, TransportError, AuthError: when the chart cannot be found or read.
    """
    from steersman.action.show import PARTS
    from steersman.action.show import show as show_parts

    if part != "all" and part not in PARTS:
        raise UsageError(f"a chart has no part {part!r}; there are all, {', '.join(PARTS)}")
    chart = load(
        reference,
        version=version,
        repo=repo,
        plain_http=plain_http,
        username=username,
        password=password,
        environ=environ,
        cancel=cancel,
    )
    return show_parts(chart.model, PARTS if part == "all" else (part,))


def package(path: Path, destination: Path = ".", *, version: str = "", app_version: str = "") -> str:
    """Write the archive of the chart in the folder ``path`` and return where it is.

    Raises:
        ChartError: with Helm's message.
    """
    from steersman.action.package import package as package_action

    with reported(call=Call(package, path)):
        return package_action(os.fspath(path), os.fspath(destination), version=version, app_version=app_version)


def pull(
    reference: str,
    destination: Path = ".",
    *,
    version: str = "",
    repo: str = "",
    plain_http: bool = False,
    username: str = "",
    password: str = "",
    environ: Mapping[str, str] | None = None,
    cancel: Cancellation | None = None,
) -> str:
    """Write a chart's archive into the folder ``destination`` and return its path; see ``load``.

    Raises:
        ChartError, RepoError, TransportError, AuthError: when the chart cannot be found or fetched.
    """
    from steersman.action.pull import PullOptions
    from steersman.action.pull import pull as pull_action
    from steersman.download.locate import locate

    places = Places(environ)
    with reported(call=Call(pull, reference)), cancellable(cancel), closing(places):
        sources = places.sources(plain_http=plain_http, username=username, password=password)
        found = locate(sources, reference, version, repo)
        return pull_action(sources, found, reference, PullOptions(os.fspath(destination))).path


def push(
    archive: Path,
    registry: str,
    *,
    plain_http: bool = False,
    username: str = "",
    password: str = "",
    environ: Mapping[str, str] | None = None,
    cancel: Cancellation | None = None,
) -> None:
    """Push a chart's archive to ``oci://registry/folder``.

    Raises:
        ChartError: when the archive is not a chart's.
        Error: when ``registry`` is not ``oci://…``.
        TransportError, AuthError: when the registry does not take it.
    """
    from steersman.action.push import push as push_action

    places = Places(environ)
    with reported(call=Call(push, registry)), cancellable(cancel), closing(places):
        sources = places.sources(plain_http=plain_http, username=username, password=password)
        push_action(os.fspath(archive), registry, sources.registry, sources.blobs, lambda _text: None)
