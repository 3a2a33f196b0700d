"""``annotate``: a file with findings of another program, and a source map, to findings at template lines."""

from __future__ import annotations

import os

from steersman.action.bounded_file import read_bounded
from steersman.errors import UsageError
from steersman.insight.annotate import Annotated, annotated
from steersman.insight.foreign import findings
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from steersman.insight.foreign import Foreign
    from steersman.insight.mapped_lines import MappedLines

_MOST_BYTES = 64 * 1024 * 1024  # of one file
_STREAMS = ("", "-", "stdin", "/dev/stdin")


class Annotation(Record):
    """Findings with their template lines.

    Attributes:
        tree: the document that they were read from.
        rows: the findings.
    """

    tree: Any
    rows: list[Annotated]


def annotate(path: str, lines: MappedLines, manifest: str = "") -> Annotation:
    """Read findings and map them.

    Args:
        path: a file with SARIF, or with what ``kubeconform -output json`` prints.
        lines: the source map of what the program has looked at.
        manifest: the name of the rendered file in the findings; ``""`` where they are about one file.

    Raises:
        UsageError: when the file cannot be read, or it cannot be told which file was rendered.
    """
    tree = read_json(path)
    try:
        found = findings(tree)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    name = manifest or _only_file(found)

    def is_rendered(file: str) -> bool:
        return _same(file, name)

    return Annotation(tree, annotated(found, lines, is_rendered))


def read_json(path: str) -> Any:
    """Return the document of a file of at most 64 MiB.

    Raises:
        UsageError: when it cannot be read.
    """
    import json

    data = read_bounded(path, _MOST_BYTES, UsageError)
    try:
        return json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise UsageError(f"{path}: it nests too deeply") from None
    except ValueError as error:
        raise UsageError(f"{path}: it is not JSON: {error}") from error


def _only_file(found: Sequence[Foreign]) -> str:
    files = sorted({one.file for one in found if one.file not in _STREAMS})
    if len(files) > 1:
        shown = ", ".join(files[:5]) + (" …" if len(files) > 5 else "")
        raise UsageError(f"the findings are about several files: {shown}; say with --manifest which one was rendered")
    return files[0] if files else ""


def _same(file: str, name: str) -> bool:
    """Return whether a finding's file is the one that is meant; programs write paths in many ways."""
    if file in _STREAMS:
        return True
    left, right = os.path.normpath(file), os.path.normpath(name)
    return left == right or left.endswith(f"/{right}") or right.endswith(f"/{left}")
