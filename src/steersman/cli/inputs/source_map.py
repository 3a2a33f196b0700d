"""``template --source-map``: the output, and a file that says which template line each of its lines comes from."""

from __future__ import annotations

from steersman import errors
from steersman.cli.inputs.chart import value_sources
from steersman.cli.inputs.rendering import show_options, template_shown
from steersman.cli.terminal.manifests import print_shown
from steersman.go.errno import not_written
from steersman.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.cli.context import Context


def template_with_map(ctx: Context, flags: Flags, args: list[str]) -> int:
    """Render and print, and write the source map of what is printed.

    Raises:
        UsageError: with ``--output-dir``, whose files have lines of their own, and for ``-``.
        SteerError: as ``template`` does, and when the file cannot be written.
    """
    if flags["output-dir"]:
        raise errors.UsageError("--source-map maps standard output; it cannot be used with --output-dir")
    if flags["source-map"] == "-":
        raise errors.UsageError("--source-map needs the name of a file: standard output has the manifests")
    shown = template_shown(ctx, flags, args)

    def write(text: str) -> None:
        if shown.rendered is None:
            return
        import json

        from steersman.insight.explain import Explainer
        from steersman.insight.origins import GivenValues
        from steersman.insight.source_map import source_map
        from steersman.runtime.files import write_aside

        explainer = Explainer(shown.rendered, GivenValues(value_sources(flags), ctx.texts))
        tree = source_map(explainer, text)
        if flags["source-map"].endswith(".sarif"):
            from steersman.insight.annotate import map_log
            from steersman.insight.mapped_lines import MappedLines

            tree = map_log(MappedLines(tree))
        data = json.dumps(tree, indent=1, ensure_ascii=False) + "\n"
        try:
            write_aside(flags["source-map"], data.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise errors.ReleaseError(not_written(flags["source-map"], error)) from error

    return print_shown(ctx, shown, replace(show_options(flags), on_text=write))
