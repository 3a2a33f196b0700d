"""The variable ``SOURCE_DATE_EPOCH``: the time that archives say they were made at."""

from __future__ import annotations

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.context import Context


def source_date_epoch(ctx: Context) -> int | None:
    """Return the time that ``SOURCE_DATE_EPOCH`` says, or None.

    Raises:
        UsageError: when it is not a number of seconds.
    """
    text = ctx.environment.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return None
    from steersman.go.integer import atoi
    from steersman.go.quote import quote

    seconds, problem = atoi(text)
    reason = f"strconv.ParseInt: parsing {quote(text)}: {problem}" if problem else ""
    if seconds < 0:
        reason = "must not be negative"
    if reason:
        raise errors.UsageError(f"invalid SOURCE_DATE_EPOCH: {reason}")
    return seconds
