"""``lint``: possible problems of charts."""

from __future__ import annotations

import os

from steersman.action.lint import LintFailed, lint
from steersman.cli.inputs.chart import ChartInput, compiled_templates
from steersman.cli.inputs.options import diagnosing, given_recorder, given_seed
from steersman.cli.inputs.rendering import given_files, given_lookup, impure
from steersman.cli.inputs.schema_access import schema_access
from steersman.cli.inputs.values_check import values_check
from steersman.cli.terminal.answer import Answer
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, parse_kube_version
from steersman.engine.context import Facts
from steersman.errors import SteerError, UsageError
from steersman.linting.findings import ERROR, INFO, SEVERITY_NAMES
from steersman.linting.subject import LintOptions
from steersman.record import replace
from steersman.release.codec import Struct
from steersman.rendering import World
from steersman.runtime.memory import BoundedMemory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.lint import LintResult
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.engine.impure import Impure
    from steersman.insight.report import UnusedValues

_RELEASE = "test-release"  # the name that Helm's lint renders with


def run(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Lint each chart, print the findings and a summary."""
    kube = DEFAULT_CAPABILITIES.kube_version
    if flags["kube-version"]:
        try:
            kube = parse_kube_version(flags["kube-version"])
        except SteerError as error:
            raise UsageError(f"invalid kube version '{flags['kube-version']}': {error}") from error
    capabilities = Capabilities(kube, DEFAULT_CAPABILITIES.api_versions)
    paths = _paths(args, with_subcharts=flags["with-subcharts"])
    source = ChartInput(ctx, flags)
    values = source.values()
    quiet = flags["quiet"]
    out: list[str] = []
    rows: list[Struct] = []
    failed = noisy = 0
    causes: list[SteerError] = []
    places: list[str] = []
    schemas = schema_access(ctx)
    if flags["record"] and len(paths) > 1:
        raise UsageError("--record keeps the render of one chart")
    side_effects = _side_effects(ctx, flags)
    for path in paths:
        parsed = source.parsed_values(path)
        options = LintOptions(
            values=values,
            namespace=ctx.namespace(),
            world=World(side_effects, lambda: capabilities, compiled_templates(ctx), schemas),
            skip_schema=flags["skip-schema-validation"],
            read_values=parsed.read,
        )
        with BoundedMemory():
            result = lint(path, options, strict=flags["strict"])
        parsed.keep()
        refused = _note(ctx, path, options, flags)
        rows.append(_row(path, result, refused))
        causes += result.causes
        places += _places(ctx, path, options, result, flags)
        noisy += not result.is_clean or refused is not None
        if quiet and result.is_clean and refused is None:
            continue
        out.append(f"==> Linting {path}\n")
        if not result.findings:
            out += [f"Error {error}\n" for error in result.errors]
        out += [f"{finding}\n" for finding in result.findings if not quiet or finding.severity > INFO]
        if refused is not None:
            out.append(f"[ERROR] values: {refused}\n")
        failed += bool(result.errors) or refused is not None
        out.append("\n")
    answer = Answer(ctx, flags)
    answer.give(rows)
    if not answer.is_structured:
        ctx.out.write("".join(out))
    summary = f"{len(paths)} chart(s) linted, {failed} chart(s) failed"
    if failed:
        raise LintFailed(summary, causes, "\n\n".join(places))
    if not quiet or noisy:
        answer.say(summary + "\n")
    return 0


def _side_effects(ctx: Context, flags: Flags) -> Impure:
    """Return the clock, randomness and objects for ``lookup`` of the render."""
    found = impure(ctx, given_lookup(ctx, flags))
    seed = given_seed(ctx, flags)
    if seed is None:
        return found
    from steersman.engine.seeded import seeded

    return seeded(found, seed, Facts(_RELEASE, ctx.namespace()))


def _row(path: str, result: LintResult, refused: UnusedValues | None) -> Struct:
    found = [
        Struct(severity=SEVERITY_NAMES[f.severity].lower(), path=f.path, message=f.message) for f in result.findings
    ]
    if refused is not None:
        found.append(Struct(severity="error", path="values", message=str(refused)))
    errors = [] if result.findings else [str(error) for error in result.errors]
    failed = bool(result.errors) or refused is not None
    return Struct(chart=path, failed=failed, findings=found, errors=errors)


def _note(ctx: Context, path: str, options: LintOptions, flags: Flags) -> UnusedValues | None:
    """Show the notices about a chart, and return what ``--strict-values`` refuses; without a render, none."""
    notice = ctx.notices()
    inspect = values_check(ctx, flags)
    recorder = given_recorder(flags, "lint", path)
    if notice is None and inspect is None and recorder is None:
        return None
    from steersman.chart import load_chart
    from steersman.insight.report import UnusedValues
    from steersman.notices import Noticing
    from steersman.rendering import RenderOptions, render, take_part

    try:
        with BoundedMemory():
            source = take_part(load_chart(path), options.values, _silent)
            world = replace(
                options.world,
                impure=replace(options.world.impure, log=_silent),
                schemas=None,
                observer=None if notice is None else Noticing(notice, given_files(flags["values"])),
            )
            render(source, Facts(_RELEASE, options.namespace), world, RenderOptions(inspect=inspect, recorder=recorder))
    except UnusedValues as error:
        return error
    except SteerError:
        pass
    return None


def _places(ctx: Context, path: str, options: LintOptions, result: LintResult, flags: Flags) -> Iterator[str]:
    """Yield where a chart whose templates have errors is at fault: it is rendered again, as lint does."""
    is_rendering = any(one.severity == ERROR and one.path.startswith("templates/") for one in result.findings)
    diagnose = diagnosing(ctx, flags)
    if not is_rendering or diagnose is None:
        return
    from steersman.chart import load_chart
    from steersman.rendering import RenderOptions, render, take_part

    world = replace(options.world, impure=replace(options.world.impure, log=_silent))
    facts = Facts(_RELEASE, options.namespace, 0, is_install=False, is_upgrade=False)
    render_options = RenderOptions(skip_schema_validation=options.skip_schema, diagnose=diagnose, lint=True)
    try:
        with BoundedMemory():
            render(take_part(load_chart(path), options.values, _silent), facts, world, render_options)
    except SteerError as error:
        if error.detail:
            yield error.detail


def _silent(*_words: object, **_fields: object) -> None: ...


def _paths(args: list[str], *, with_subcharts: bool) -> list[str]:
    paths = list(args)
    if not with_subcharts:
        return paths
    for path in args:
        for folder, folders, names in os.walk(os.path.join(path, "charts")):
            folders.sort()
            for name in sorted(names):
                if name == "Chart.yaml":
                    paths.append(folder)
                elif name.endswith((".tgz", ".tar.gz")):
                    paths.append(os.path.join(folder, name))
    return paths
