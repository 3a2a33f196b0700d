"""From what the user typed to a loaded chart that can be installed; answers to ``runInstall`` of Helm's commands."""

from __future__ import annotations

from steersman import errors
from steersman.chart import errors as chart_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from steersman.chart.model import Chart


def check_installable(chart: Chart, log: Callable[..., None]) -> None:
    """Raise where the chart is not of a kind that is installed; warn where it is deprecated.

    Raises:
        ChartError: for library charts, with Helm's message.
    """
    if chart.metadata.api_version == "v3":
        raise errors.ChartError("invalid chart apiVersion")
    if chart.metadata.type not in ("", "application"):
        raise errors.ChartError(f"{chart.metadata.type} charts are not installable")
    if chart.metadata.deprecated:
        log("WARN", "this chart is deprecated")


def missing_dependencies(chart: Chart) -> str:
    """Return Helm's message for dependencies of Chart.yaml that are not below ``charts/``, or ``""``."""
    present = {child.name for child in chart.dependencies}
    missing = [d.name for d in chart.metadata.dependencies if d is not None and d.name not in present]
    if not missing:
        return ""
    return f"found in Chart.yaml, but missing in charts/ directory: {', '.join(missing)}"


def check_dependencies(chart: Chart) -> None:
    """Raise where a dependency of Chart.yaml is not below ``charts/``.

    Raises:
        MissingDependencies: with Helm's message.
    """
    missing = missing_dependencies(chart)
    if missing:
        raise chart_errors.MissingDependencies(
            "an error occurred while checking for chart dependencies. You may need to run "
            f"'helm dependency build' to fetch missing dependencies: {missing}"
        )


def name_and_chart(
    words: list[str],
    *,
    generate_name: bool,
    name_template: str,
    default_name: str,
    now: Callable[[], float],
    environ: Mapping[str, str],
) -> tuple[str, str]:
    """Return the release's name and the chart that the arguments of ``install`` or ``template`` mean.

    Raises:
        UsageError: with Helm's message.
    """
    if len(words) > 2:
        raise errors.UsageError(f"expected at most two arguments, unexpected arguments: {', '.join(words[2:])}")
    if len(words) == 2:
        if generate_name:
            raise errors.UsageError("cannot set --generate-name and also specify a name")
        if name_template:
            raise errors.UsageError("cannot set --name-template and also specify a name")
        return words[0], words[1]
    if name_template:
        from steersman.action.name_template import template_name

        return template_name(name_template, environ), words[0]
    if default_name:
        return default_name, words[0]
    if not generate_name:
        raise errors.UsageError("must either provide a name or specify --generate-name")
    from posixpath import basename, normpath

    base = basename(normpath(words[0])) if words[0] else ""
    # helm: everything from the first dot on is not part of the name: nginx-1.2.3.tgz gives nginx-1
    return f"{('chart' if base in ('', '.') else base).partition('.')[0]}-{int(now())}", words[0]
