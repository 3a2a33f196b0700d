"""Chart and values from the flags that ``template``, ``install``, ``upgrade``, ``lint`` and ``show`` share."""

from __future__ import annotations

from steersman.errors import ValuesError
from steersman.homes import derived_folder
from steersman.values.sources import Sources, collect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.chart.parsed import ParsedValues
    from steersman.cli.context import Context
    from steersman.cli.flags import Flags
    from steersman.engine.compiled import Compiled


def cache_folder(ctx: Context, name: str) -> str:
    """Return the folder where steersman keeps derived data of one kind."""
    return derived_folder(ctx.settings.cache_home, name)


def compiled_templates(ctx: Context) -> Compiled:
    """Return the compiled templates of this run, kept for the next one where there is a place."""
    from steersman.engine.compiled import Compiled
    from steersman.gotemplate.store import CodeStore

    folder = cache_folder(ctx, "templates")
    return Compiled(CodeStore(folder) if folder else None)


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
            from steersman.download.locate import local_path

            path = local_path(chart_ref)
            if path is not None:
                if flags["verify"]:
                    from steersman.action.verify import verify_file

                    verify_file(path, f"{path}.prov", flags["keyring"])
                return path
        from steersman.cli.fetching import fetch_chart

        return fetch_chart(self._ctx, flags, chart_ref)

    def load(self, path: str, *, tells_why: bool = False) -> Chart:
        """Return the chart at ``path``.

        Raises:
            ChartError: with Helm's message; only where ``tells_why`` does Helm tell why an archive is not legal, and
                take a chart of any version.
        """
        from steersman.chart.archive import IllegalArchive
        from steersman.chart.loader import load_chart
        from steersman.errors import ChartError

        parsed = self.parsed_values(path)
        try:
            chart = load_chart(path, parsed.read, detects=not tells_why)
        except IllegalArchive as error:
            if tells_why:
                raise
            raise ChartError("unable to load chart archive", detail=str(error)) from error
        parsed.keep()
        return chart

    def parsed_values(self, path: str) -> ParsedValues:
        """Return the values files of the chart at ``path`` that earlier runs have parsed."""
        from steersman.chart.parsed import ParsedValues

        return ParsedValues(cache_folder(self._ctx, "values"), path)

    def values(self) -> dict[str, Any]:
        """Return the user's values.

        Raises:
            ValuesError: with Helm's message.
        """
        flags = self._flags
        return collect(
            Sources(
                files=tuple(flags["values"]),
                json=tuple(flags["set-json"]),
                sets=tuple(flags["set"]),
                strings=tuple(flags["set-string"]),
                set_files=tuple(flags["set-file"]),
                literals=tuple(flags["set-literal"]),
            ),
            self._read_file,
        )

    def _read_file(self, path: str) -> bytes:
        if path.strip() == "-":
            return self._ctx.read_stdin()
        # what may be a URL, or none at all (test_values_files_that_read_as_urls)
        if ":" in path or "%" in path or path.startswith("//") or not path.isprintable():
            from steersman.cli.fetching import fetch_bytes

            return fetch_bytes(self._ctx, self._flags, path)
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            raise ValuesError(f"{_verb(error)} {path}: {(error.strerror or str(error)).lower()}") from error


def _verb(error: OSError) -> str:
    return "read" if isinstance(error, IsADirectoryError) else "open"
