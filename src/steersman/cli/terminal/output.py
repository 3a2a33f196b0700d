"""Tables, JSON and YAML of commands, and times as Go prints them."""

from __future__ import annotations

from steersman.cli.terminal.releases import table, write_structured

__all__ = ["rfc3339_now", "table", "write_structured"]


def rfc3339_now(seconds: float) -> str:
    """Return a moment as Go's ``time.Now()`` is marshalled: nanoseconds, the local zone."""
    from steersman.go.time.layout import RFC3339_NANO, format_moment
    from steersman.go.time.moment import LOCAL, Moment

    return format_moment(Moment(int(seconds * 1e9), LOCAL), RFC3339_NANO)
