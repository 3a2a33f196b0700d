"""Lines of ``unittest --watch``: the files that have changed and the suites that run again."""

from __future__ import annotations

from steersman.runtime.files import shown_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from steersman.action.unittest_watch import Affected

_MOST_NAMES = 3


def changed_line(changed: Sequence[str], again: Affected, *, runs_all: bool) -> str:
    """Return what has changed, and how many suite files run again."""
    # a file may be watched under two paths: as part of the chart and as a values file
    every = list(dict.fromkeys(map(shown_path, changed)))
    names = every[:_MOST_NAMES]
    if len(every) > _MOST_NAMES:
        names.append(f"{len(every) - _MOST_NAMES} more")
    what = f"{' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)} changed"
    count = again.total if runs_all else len(again.files)
    if not count and not again.charts:
        return f"{what}: no suite depends on it"
    if count == again.total:
        return f"{what}: running all suites"
    return f"{what}: running {count} of {again.total} suite files"


def left_out_lines(failed: Sequence[str]) -> Iterator[str]:
    """Yield a line about suites that failed before and have not run again."""
    if failed:
        names = ", ".join(failed[:_MOST_NAMES]) + (" ..." if len(failed) > _MOST_NAMES else "")
        yield ""
        yield f"not run again, failed before: {names}"
