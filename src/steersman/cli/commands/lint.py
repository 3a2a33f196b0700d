"""``lint``: possible problems of charts."""

from __future__ import annotations

import os

from steersman.action.lint import lint
from steersman.cli.chart_input import ChartInput, compiled_templates
from steersman.cli.memory import BoundedMemory
from steersman.cli.rendering import impure
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, parse_kube_version
from steersman.errors import ChartError, SteerError, UsageError
from steersman.lint.findings import INFO
from steersman.lint.subject import LintOptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags


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
    failed = noisy = 0
    for path in paths:
        parsed = source.parsed_values(path)
        options = LintOptions(
            values=values,
            namespace=ctx.namespace(),
            capabilities=capabilities,
            impure=impure(ctx, dns=False),
            skip_schema=flags["skip-schema-validation"],
            compiled=compiled_templates(ctx),
            read_values=parsed.read,
        )
        with BoundedMemory():
            result = lint(path, options, strict=flags["strict"])
        parsed.keep()
        noisy += not result.is_clean
        if quiet and result.is_clean:
            continue
        out.append(f"==> Linting {path}\n")
        if not result.findings:
            out += [f"Error {error}\n" for error in result.errors]
        out += [f"{finding}\n" for finding in result.findings if not quiet or finding.severity > INFO]
        failed += bool(result.errors)
        out.append("\n")
    ctx.out.write("".join(out))
    summary = f"{len(paths)} chart(s) linted, {failed} chart(s) failed"
    if failed:
        raise ChartError(summary)
    if not quiet or noisy:
        ctx.out.write(summary + "\n")
    return 0


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
