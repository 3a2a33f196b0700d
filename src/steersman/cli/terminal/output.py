"""Tables with a limit on the columns' width, and times as Go prints them."""

from __future__ import annotations

from steersman.cli.terminal.releases import aligned, write_structured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["aligned", "limited", "rfc3339_now", "write_structured"]


def limited(rows: list[Sequence[str]], width: int) -> str:
    """Return rows as aligned text, cells longer than ``width`` cut and ended with dots (0: no limit).

    go: uitable with MaxColWidth
    """
    return aligned(rows, width)


def rfc3339_now(seconds: float) -> str:
    """Return a moment as Go's ``time.Now()`` is marshalled: nanoseconds, the local zone."""
    from steersman.go.time.layout import RFC3339_NANO, format_moment
    from steersman.go.time.moment import LOCAL, Moment

    return format_moment(Moment(int(seconds * 1e9), LOCAL), RFC3339_NANO)
