"""Chart and values from the flags that ``template``, ``install``, ``upgrade``, ``lint`` and ``show`` share."""

from __future__ import annotations

from steersman import errors
from steersman.go.errno import read_error
from steersman.record import replace
from steersman.values.sources import Sources, collect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.chart.parsed import ParsedValues
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context
    from steersman.engine.compiled import Compiled
    from steersman.manifest.heads import HeadStore


def compiled_templates(ctx: Context) -> Compiled:
    """Return the compiled templates of this run, kept for the next one where that is safe."""
    from steersman.engine.compiled import Compiled
    from steersman.gotemplate.definition import ADAPTIVE, WAYS
    from steersman.gotemplate.store import CodeStore

    return Compiled(CodeStore(ctx.cache()), WAYS.get(ctx.settings.template_way, ADAPTIVE))


def kept_heads(ctx: Context) -> HeadStore:
    """Return the heads of manifests that earlier runs have read."""
    from steersman.manifest.heads import HeadStore

    return HeadStore(ctx.cache())


def value_sources(flags: Flags) -> Sources:
    """Return what the flags say about values."""
    return Sources(
        files=tuple(flags["values"]),
        json=tuple(flags["set-json"]),
        sets=tuple(flags["set"]),
        strings=tuple(flags["set-string"]),
        set_files=tuple(flags["set-file"]),
        literals=tuple(flags["set-literal"]),
    )


class ChartInput:
    """Finds and loads a chart, with what was parsed of it before."""

    def __init__(self, ctx: Context, flags: Flags) -> None:
        self._ctx = ctx
        self._flags = flags

    def locate(self, chart_ref: str) -> str:
        """Return the path of the chart that ``chart_ref`` means, fetching it if need be.

        Raises:
            SteerError: with Helm's message.
        """
        chart_ref = chart_ref.strip()
        flags = self._flags
        if not flags["repo"]:
            from steersman.download.paths import local_path

            path = local_path(chart_ref)
            if path is not None:
                if flags["verify"]:
                    from steersman.action.verify import verify_file

                    verify_file(path, f"{path}.prov", flags["keyring"])
                return path
        from steersman.cli.inputs.fetching import fetch_chart

        return fetch_chart(self._ctx, flags, chart_ref)

    def load(self, path: str, *, tells_why: bool = False) -> Chart:
        """Return the chart at ``path``.

        Raises:
            ChartError: with Helm's message; only where ``tells_why`` does Helm tell why an archive is not legal, and
                take a chart of any version.
        """
        from steersman.chart.loader import load_chart, load_undetected

        parsed = self.parsed_values(path)
        try:
            chart = load_undetected(path, parsed.read) if tells_why else load_chart(path, parsed.read, detects=True)
        except errors.ChartError as error:
            from steersman.chart.archive import IllegalArchive

            if tells_why or not isinstance(error, IllegalArchive):
                raise
            raise errors.ChartError("unable to load chart archive", detail=str(error)) from error
        parsed.keep()
        return chart

    def parsed_values(self, path: str) -> ParsedValues:
        """Return the values files of the chart at ``path`` that earlier runs have parsed."""
        from steersman.chart.parsed import ParsedValues

        return ParsedValues(self._ctx.cache(), path)

    def values(self) -> dict[str, Any]:
        """Return the user's values.

        Raises:
            ValuesError: with Helm's message.
        """
        return collect(value_sources(self._flags), self._read_and_keep)

    def values_of_each(self) -> list[tuple[str, dict[str, Any]]]:
        """Return each values file by its name, with the values of the other flags over it.

        Raises:
            ValuesError: with Helm's message.
        """
        sources = value_sources(self._flags)
        return [(path, collect(replace(sources, files=(path,)), self._read_and_keep)) for path in sources.files]

    def _read_and_keep(self, path: str) -> bytes:
        data = self._ctx.texts[path] = self._read_file(path)
        return data

    def _read_file(self, path: str) -> bytes:
        if path.strip() == "-":
            return self._ctx.read_stdin()
        # what may be a URL, or none at all (test_values_files_that_read_as_urls)
        if ":" in path or "%" in path or path.startswith("//") or not path.isprintable():
            from steersman.cli.inputs.fetching import fetch_bytes

            return fetch_bytes(self._ctx, self._flags, path)
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            raise errors.ValuesError(read_error(path, error)) from error


def with_dependencies(ctx: Context, flags: Flags, source: ChartInput, chart: Chart, path: str) -> Chart:
    """Return the chart with its dependencies inside, fetching them with ``--dependency-update``.

    Raises:
        ChartError: when they are missing.
    """
    if not chart.metadata.dependencies:
        return chart
    from steersman.action.chart_source import check_dependencies

    try:
        check_dependencies(chart)
    except errors.ChartError:
        if not flags["dependency-update"]:
            raise
        from steersman.cli.inputs.dependency import update_dependencies

        update_dependencies(ctx, flags, path)
        chart = source.load(path)
    return chart
