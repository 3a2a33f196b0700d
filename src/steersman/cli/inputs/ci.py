"""Flags, chart-testing's settings and the arguments in them to the options of ``ci``."""

from __future__ import annotations

from steersman import errors
from steersman.action.ci.model import INSTALL, STAGES, TEST, UPGRADE
from steersman.action.ci.releases import ReleaseSettings
from steersman.action.ci.run import CiOptions
from steersman.action.ci.settings import CannotRun, by_repository, read_settings, words
from steersman.action.ci.stages import LintSettings, SuiteSettings
from steersman.action.unittest import DEFAULT_PATTERN, run_program
from steersman.cli.cobra import errors as flag_errors
from steersman.cli.cobra.flags import Flags
from steersman.cli.inputs.chart import compiled_templates, value_sources
from steersman.cli.inputs.options import write_options
from steersman.cli.inputs.rendering import impure
from steersman.cli.inputs.schema_access import fetch_of, schema_access
from steersman.coverage.least import Least
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, parse_kube_version
from steersman.record import replace
from steersman.rendering import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from steersman.action.ci.settings import CiSettings
    from steersman.action.configuration import Configuration
    from steersman.cli.context import Context
    from steersman.engine.capabilities import KubeVersion
    from steersman.engine.impure import Impure
    from steersman.settings import Settings

_SAID = (
    "all", "charts", "chart-dirs", "check-version-increment", "exclude-deprecated", "excluded-charts", "remote",
    "since", "skip-missing-values", "target-branch", "upgrade", "use-helmignore", "validate-maintainers",
)  # fmt: skip
_DEFAULT_TIMEOUT = 300.0


def ci_settings(ctx: Context, flags: Flags, args: Sequence[str]) -> CiSettings:
    """Return chart-testing's settings with the flags over them; the arguments are charts.

    Raises:
        CannotRun: when they cannot be used.
    """
    given: dict[str, object] = {}
    for name in _SAID:
        if flags.changed(name):
            value = flags[name]
            given[name] = tuple(value) if isinstance(value, list) else value
    charts = (*given.get("charts", ()), *args)  # type: ignore[misc]
    if charts:
        given["charts"] = charts
        given.setdefault("all", False)
    elif given.get("all"):
        given["charts"] = ()
    if flags.changed("namespace"):
        given["namespace"] = flags["namespace"]
    return read_settings(flags["config"], ctx.environment, given)


def skipped_stages(flags: Flags) -> tuple[str, ...]:
    """Return the stages that ``--skip`` names; without an install there is no upgrade and no test.

    Raises:
        CannotRun: for one that does not exist.
    """
    names = [name.strip() for text in flags["skip"] for name in text.split(",") if name.strip()]
    for name in names:
        if name not in STAGES:
            raise CannotRun(f"--skip: there is no stage {name}; the stages are {', '.join(STAGES)}")
    return tuple(names) + ((UPGRADE, TEST) if INSTALL in names else ())


def ci_options(
    ctx: Context, flags: Flags, settings: CiSettings, folder: str, on_stage: Callable[[str, str], object]
) -> CiOptions:
    """Return the options of a run.

    Args:
        ctx: the run.
        flags: of the command.
        settings: chart-testing's.
        folder: for files of this run.
        on_stage: told where which stage begins.

    Raises:
        CannotRun: for arguments in the settings that cannot be used.
        SteerError: when a repository of ``chart-repos`` cannot be added.
    """
    try:
        least = Least(flags["min"], flags["min-branches"])
        least.check()
        kube = parse_kube_version(flags["kube-version"]) if flags["kube-version"] else DEFAULT_CAPABILITIES.kube_version
    except errors.SteerError as error:
        raise CannotRun(str(error)) from error
    capabilities = replace(DEFAULT_CAPABILITIES, kube_version=kube)
    world = World(_quiet(ctx), lambda: capabilities, compiled_templates(ctx), schema_access(ctx))
    return CiOptions(
        settings=settings,
        lint=_lint(ctx, settings, kube, tuple(flags["crds"])),
        suites=SuiteSettings(
            tuple(flags["file"]) or (DEFAULT_PATTERN,),
            least,
            flags["jobs"],
            lambda program, text: run_program(program, text, ctx.environment),
        ),
        releases=_releases(ctx, settings, on_cluster=flags["cluster"]),
        world=world,
        environ=ctx.environment,
        connect=lambda kubeconfig, namespace: _connect(ctx, kubeconfig, namespace),
        build=_builder(ctx, settings, folder),
        is_account=lambda url, name: _is_account(ctx, url, name),
        folder=folder,
        skip=skipped_stages(flags),
        on_cluster=flags["cluster"],
        workers=flags["jobs"],
        on_stage=on_stage,
    )


def _quiet(ctx: Context) -> Impure:
    return replace(impure(ctx), log=lambda *_words, **_fields: None)


def _parsed(ctx: Context, place: str, command: str, arguments: Sequence[str]) -> Flags:
    """Return the flags of a command that a setting has.

    Raises:
        CannotRun: for one that the command does not have, or words that are not flags.
    """
    from steersman.cli.cobra.command_line import defaults_of
    from steersman.cli.tables.commands import COMMANDS, GLOBAL_FLAGS

    row = COMMANDS[command]
    flags = Flags((*GLOBAL_FLAGS, *row[4], *row[5]), defaults_of(ctx.settings, ctx.program))
    try:
        rest, _ = flags.parse(list(arguments))
    except flag_errors.FlagError as error:
        raise CannotRun(f"{place}: {error}") from error
    if rest:
        raise CannotRun(f"{place}: {rest[0]} is not a flag of '{command}'")
    return flags


def _lint(ctx: Context, settings: CiSettings, kube: KubeVersion, crds: tuple[str, ...]) -> LintSettings:
    place = "helm-lint-extra-args"
    flags = _parsed(ctx, place, "lint", words(place, settings.helm_lint_extra_args))
    if flags["kube-version"]:
        kube = parse_kube_version(flags["kube-version"])
    return LintSettings(kube, flags["strict"], value_sources(flags), crds)


def _releases(ctx: Context, settings: CiSettings, *, on_cluster: bool) -> ReleaseSettings:
    place = "helm-extra-args"
    arguments = [*words(place, settings.helm_extra_args), *words("helm-extra-set-args", settings.helm_extra_set_args)]
    flags = _parsed(ctx, place, "install", arguments)
    made = ReleaseSettings()
    return ReleaseSettings(
        values=value_sources(flags),
        namespace=settings.namespace,
        creates_namespace=not (settings.namespace and on_cluster),
        name=settings.release_name,
        build_id=settings.build_id,
        keeps=settings.skip_clean_up,
        upgrades=settings.upgrade,
        skips_missing=settings.skip_missing_values,
        write=write_options(flags),
        wait=replace(made.wait, timeout=flags["timeout"], for_jobs=flags["wait-for-jobs"]),
        skip_crds=flags["skip-crds"],
    )


def _connect(ctx: Context, kubeconfig: str, namespace: str) -> Configuration:
    """Return a cluster and its releases: that of a kubeconfig, or the user's."""
    from steersman.action.configuration import Configuration, Surroundings
    from steersman.kube.config import overrides_from

    settings = ctx.settings
    environ = dict(ctx.environment)
    if kubeconfig:
        settings = _on_sandbox(settings, kubeconfig)
        environ = {name: value for name, value in environ.items() if not name.startswith("HELM_KUBE")}
        environ["KUBECONFIG"] = kubeconfig
    surroundings = Surroundings(
        overrides=replace(overrides_from(settings, environ), namespace=namespace),
        environ=environ,
        namespace=namespace,
        driver="" if kubeconfig else settings.driver,
        sql_connection=settings.sql_connection,
        memory_data=settings.memory_driver_data,
        cache=ctx.cache(),
        fetch_schema=fetch_of(ctx),
        schema_ignore_global=settings.schema_ignore_global,
    )
    return Configuration(surroundings, lambda *_words, **_fields: None, lambda _text: None)


def _on_sandbox(settings: Settings, kubeconfig: str) -> Settings:
    return replace(
        settings,
        kubeconfig=kubeconfig,
        kube_context="",
        kube_token="",
        kube_as_user="",
        kube_as_groups=(),
        kube_apiserver="",
        kube_ca_file="",
        kube_tls_server_name="",
        kube_insecure_skip_tls_verify=False,
    )


def _builder(ctx: Context, settings: CiSettings, folder: str) -> Callable[[str], None]:
    """Return what fetches a chart's dependencies, with the repositories of ``chart-repos`` known.

    They go into a copy of the user's configuration: a run leaves no repository behind.
    """
    from steersman.action.dependencies.update import build
    from steersman.cli.inputs.dependency import options_of

    place = "helm-dependency-extra-args"
    flags = _parsed(ctx, place, "dependency build", settings.helm_dependency_extra_args)
    added: list[str] = []

    def fetch(path: str) -> None:
        if settings.chart_repos and not added:
            added.append(_add_repositories(ctx, settings, folder))
        own, said = ctx.settings, list[str]()
        if added:
            ctx.settings = replace(own, repository_config=added[0])
        try:
            options = options_of(
                ctx,
                flags,
                skip_refresh=flags["skip-refresh"],
                verify=flags["verify"],
                must_verify=False,
                say=said.append,
            )
            build(path, options)
        except errors.SteerError as error:
            # what Helm says in the end is that there is no index; why there is none, it says on the way
            reasons = [" ".join(text.removeprefix("...").split()) for text in said if text.startswith("...Unable")]
            if not reasons:
                raise
            raise errors.ChartError("\n".join(reasons), hint=error.hint, detail=str(error)) from error
        finally:
            ctx.settings = own

    return fetch


def _add_repositories(ctx: Context, settings: CiSettings, folder: str) -> str:
    """Write the user's repositories and those of ``chart-repos`` to a file, and return its path."""
    import os
    import shutil

    from steersman.action.repo import add
    from steersman.cli.inputs.fetching import places
    from steersman.repo.config import RepoEntry

    path = os.path.join(folder, f"repositories-{os.getpid()}.yaml")
    if os.path.exists(ctx.settings.repository_config):
        shutil.copyfile(ctx.settings.repository_config, path)
    own = ctx.settings
    ctx.settings = replace(own, repository_config=path)
    try:
        for name, url, arguments in by_repository(settings):
            if url.startswith("oci://"):
                _log_in(ctx, url.removeprefix("oci://"), arguments)
                continue
            flags = _parsed(ctx, "helm-repo-extra-args", "repo add", arguments)
            entry = RepoEntry(
                name,
                url,
                flags["username"],
                flags["password"],
                flags["cert-file"],
                flags["key-file"],
                flags["ca-file"],
                flags["insecure-skip-tls-verify"],
                flags["pass-credentials"],
            )
            add(
                entry,
                places(ctx),
                force=True,
                allow_deprecated=flags["allow-deprecated-repos"],
                timeout=flags["timeout"],
            )
    finally:
        ctx.settings = own
    return path


def _log_in(ctx: Context, host: str, arguments: Sequence[str]) -> None:
    """Log in to a registry where the settings have credentials for it, as chart-testing does."""
    from steersman.action.registry import login
    from steersman.cli.inputs.registry import client_of, stores_of
    from steersman.registry.credentials import Credential

    flags = _parsed(ctx, "helm-repo-extra-args", "registry login", arguments)
    if flags["username"] or flags["password"]:
        credential = Credential(flags["username"], flags["password"])
        login(host, credential, client_of(ctx, flags), stores_of(ctx), lambda *_words, **_fields: None)


def _is_account(ctx: Context, url: str, name: str) -> str:
    """Return why a name is not an account at the host of a remote's URL, or ``""``."""
    from steersman.action.ci.accounts import account_url
    from steersman.cli.inputs.fetching import getters_of
    from steersman.download.getters import Access

    where = account_url(url, name)
    try:
        getters_of(ctx).get(where, Access(home=where))
    except errors.SteerError as error:
        return f"{name} is not known as an account: {error}"
    return ""
