"""The output of ``template``, printed or written below ``--output-dir``."""

from __future__ import annotations

from steersman import errors
from steersman.go import errors as go_errors
from steersman.go.errno import not_written, path_error
from steersman.go.path_match import match
from steersman.manifest.split import split_manifests
from steersman.record import Record
from steersman.rendering import Rendered, crd_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.chart.model import Chart
    from steersman.cli.context import Context


class Shown(Record):
    """The output of ``template``: the render, or the error with the text to show for it."""

    name: str
    rendered: Rendered | None = None
    text: str = ""
    error: errors.SteerError | None = None


class ShowOptions(Record):
    """Options for printing a render.

    Attributes:
        only: patterns of the templates whose documents are wanted; none for all of them.
        folder: where files are written instead, or ``""``.
        has_name: whether the release's name is a folder below ``folder``.
        hooks: print hooks, too.
        tests: print those that are tests, too.
        on_text: gets what is printed.
    """

    only: tuple[str, ...] = ()
    folder: str = ""
    has_name: bool = False
    hooks: bool = True
    tests: bool = True
    on_text: Callable[[str], None] | None = None


def print_shown(ctx: Context, shown: Shown, options: ShowOptions) -> int:
    """Print what ``template`` made, or write it to files.

    Raises:
        SteerError: the render's error, once everything there is to see is shown.
    """
    if shown.error is not None and not ctx.settings.debug:
        message = f"{shown.error}\n\nUse --debug flag to render out invalid YAML"
        raise errors.ReleaseError(message, detail=shown.error.detail) from shown.error
    text = _text(ctx, shown, options)
    if options.only:
        text = _selected(options.only, text, shown.error)
    ctx.out.write(text)
    if options.on_text is not None:
        options.on_text(text)
    if shown.error is not None:
        raise shown.error
    return 0


def _text(ctx: Context, shown: Shown, options: ShowOptions) -> str:
    if shown.rendered is None:
        return shown.text.strip() + "\n"
    files = None
    if options.folder:
        files = _OutputFolder(ctx, options.folder, shown.name if options.has_name else "")
    if files is not None:
        for manifest in shown.rendered.manifests:
            files.write(manifest.path, manifest.text)
    out = ["" if files is not None else shown.rendered.manifest.strip(), "\n"]
    if not options.hooks:
        return "".join(out)
    for hook in shown.rendered.hooks:
        if not options.tests and "test" in hook.events:
            continue
        if files is None:
            out.append(f"---\n# Source: {hook.path}\n{hook.manifest}\n")
        else:
            files.append(hook.path, hook.manifest)
    return "".join(out)


class _OutputFolder:
    """``--output-dir``: each template's documents in one file."""

    def __init__(self, ctx: Context, folder: str, below: str) -> None:
        import os

        from steersman.sprig.paths import clean

        self._ctx = ctx
        if below:
            folder = f"{folder}{os.sep}{below}"
            folder = clean(folder) if os.sep == "/" else os.path.normpath(folder)
        self._folder = folder
        self._written: set[str] = set()

    def append(self, path: str, text: str) -> None:
        """Write a document behind what is in its file, be it from an earlier run.

        helm: so it does with hooks, and with nothing else (test_output_dir_twice)
        """
        import os

        target = f"{self._folder}{os.sep}{path}"
        if os.path.exists(target):
            self._written.add(target)
        self.write(path, text)

    def write(self, path: str, text: str) -> None:
        """Write a document whole, or not at all; the first one of a file in this run replaces what was there."""
        import os

        from steersman.runtime.files import append_whole, make_folders, rewrite
        from steersman.sprig.paths import clean

        target = f"{self._folder}{os.sep}{path}"
        folder = clean(os.path.dirname(target))
        operation, place = "stat", folder
        try:
            _check_place(folder)
            operation, place = "mkdir", ""
            make_folders(folder)
            operation = ""
            data = f"---\n# Source: {path}\n{text}\n".encode("utf-8", "surrogateescape")
            if target in self._written:
                append_whole(target, data)
            else:
                rewrite(target, data, 0o666)
        except OSError as error:
            hint = "" if self._ctx.settings.debug else "\n\nUse --debug flag to render out invalid YAML"
            problem = path_error(operation, place or error.filename, error) if operation else not_written(target, error)
            raise errors.ReleaseError(problem + hint) from error
        self._written.add(target)
        self._ctx.out.write(f"wrote {target}\n")


def _check_place(path: str) -> None:
    """Raise OSError where it cannot be known what is at ``path``."""
    import os
    from contextlib import suppress

    with suppress(FileNotFoundError):
        os.stat(path)


def write_crds(ctx: Context, folder: str, chart: Chart) -> None:
    """Write the chart's CRDs below ``folder``."""
    files = _OutputFolder(ctx, folder, "")
    for path, data in crd_files(chart):
        files.write(path, data.decode("utf-8", "surrogateescape"))


def _selected(patterns: tuple[str, ...], text: str, error: errors.SteerError | None) -> str:
    """Return the documents whose template's path (below the chart) matches a pattern.

    helm: the pattern is filepath.Match's, and a blank line follows each document (test_show_only)
    """
    documents = [(path, d) for d in split_manifests(text) if (path := _source(d))]
    selected: list[str] = []
    for pattern in patterns:
        found = [document for path, document in documents if _matches(pattern, path)]
        if not found:
            raise error or errors.UsageError(f"could not find template {pattern} in chart")
        selected += found
    return "".join(f"---\n{document}\n" for document in selected)


def _matches(pattern: str, path: str) -> bool:
    try:
        return match(pattern, path)
    except go_errors.BadPattern:
        return False


def _source(document: str) -> str:
    """Return the path below the chart that the ``# Source:`` line of a document names, or ``""``."""
    at = document.find("# Source: ")
    while at >= 0:
        line = document[at + len("# Source: ") :].partition("\n")[0]
        chart, slash, path = line.partition("/")
        if chart and slash and path:
            return path
        at = document.find("# Source: ", at + 1)
    return ""
