"""Values of the last revision that an upgrade without values uses again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_NAMED = 5  # of the values


def reused_values(values: dict[str, Any], revision: int) -> str:
    """Return the sentence that names the values of a revision."""
    names = list(_names(values, ""))
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return (
        f"no values are given, so those of revision {revision} are used again: {shown}; "
        "--reset-values leaves them out, --reset-then-reuse-values says that they are meant"
    )


def _names(values: dict[str, Any], above: str) -> Iterator[str]:
    for key, value in values.items():
        name = above + key.replace(".", "\\.")
        if isinstance(value, dict) and value:
            yield from _names(value, f"{name}.")
        else:
            yield name
