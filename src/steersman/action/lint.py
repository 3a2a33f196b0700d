"""``lint``: charts in folders or archives. Answers to ``Lint`` of Helm's ``pkg/action``."""

from __future__ import annotations

import os

from steersman.errors import ChartError, SteerError
from steersman.lint.findings import ERROR, WARNING, Finding
from steersman.lint.run import lint_folder
from steersman.lint.subject import LintOptions
from steersman.record import Record


class LintResult(Record):
    """What linting one chart gave: findings, and the messages that make it fail."""

    findings: tuple[Finding, ...]
    errors: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing above information."""
        return not self.errors and all(f.severity < WARNING for f in self.findings)


def lint(path: str, options: LintOptions, *, strict: bool = False) -> LintResult:
    """Lint the chart at ``path``; with ``strict``, warnings are errors."""
    try:
        found = _lint(path, options)
    except SteerError as error:
        return LintResult((), (str(error),))
    limit = WARNING if strict else ERROR
    return LintResult(tuple(found), tuple(f.message for f in found if f.severity >= limit))


def _lint(path: str, options: LintOptions) -> list[Finding]:
    if not path.endswith((".tgz", ".tar.gz")):
        return lint_folder(path, options)
    import tempfile

    with tempfile.TemporaryDirectory(prefix="helm-lint") as folder:
        return lint_folder(_unpack(path, folder), options)


def _unpack(path: str, folder: str) -> str:
    from steersman.chart import archive
    from steersman.chart.decode import metadata
    from steersman.yamlio import load

    try:
        with open(path, "rb") as file:
            try:
                files = archive.read_stream(file)
                about = next((f for f in files if f.name == "Chart.yaml"), None)
                if about is None:
                    raise ChartError("chart name not specified")
                name = metadata(load(about.data)).name
                if not name:
                    raise ChartError("chart name not specified")
            except SteerError as error:
                raise ChartError(f"unable to extract tarball: {error}") from error
    except OSError as error:
        raise ChartError(f"unable to open tarball: open {path}: {(error.strerror or str(error)).lower()}") from error
    target = os.path.join(folder, os.path.basename(name))
    for one in files:
        where = os.path.join(target, one.name)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "wb") as out:
            out.write(one.data)
    return target
