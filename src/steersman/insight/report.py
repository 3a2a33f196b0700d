"""Values that did nothing, in words."""

from __future__ import annotations

from steersman import errors
from steersman.insight.origins import LineFinder, chart_origins, origins, shared_paths
from steersman.insight.unused import OVERRIDDEN, dotted, find_unused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.insight.origins import GivenValues
    from steersman.insight.unused import Unused
    from steersman.rendering import Rendered


class UnusedValues(errors.ValuesError):
    """Values of the user's that nothing mentions, where that is an error."""


def unused_values(rendered: Rendered, given: GivenValues, lines: LineFinder) -> list[Unused]:
    """Return the user's values that no template of a recorded render has read."""
    assert rendered.trace is not None, "the render was recorded"
    source = rendered.source
    return find_unused(rendered.trace, source.loaded, source.values, shared_paths(given, lines))


def unused_texts(rendered: Rendered, given: GivenValues, *, with_unreached: bool) -> Iterator[str]:
    """Yield a sentence for each value that did nothing.

    ``with_unreached`` adds those that some code mentions which did not run.
    """
    lines = LineFinder()
    for one in unused_values(rendered, given, lines):
        if one.is_mistake or with_unreached:
            yield unused_text(one, _named(one, given, lines), _winner(one, rendered, given, lines))


def refuse_unused(rendered: Rendered, given: GivenValues) -> None:
    """Raise where there are values of the user's that nothing mentions.

    Raises:
        UnusedValues: naming all of them.
    """
    finder = LineFinder()
    found = [one for one in unused_values(rendered, given, finder) if one.is_mistake]
    if found:
        lines = "".join(
            f"\n  {_named(one, given, finder)}{_reason(one, _winner(one, rendered, given, finder))}" for one in found
        )
        raise UnusedValues(f"no template reads these values:{lines}")


def unused_text(one: Unused, named: str = "", winner: str = "") -> str:
    """Return a sentence about a value that did nothing.

    Args:
        one: the value.
        named: its path with the place that set it.
        winner: the same of the value that overrides it.
    """
    named = named or dotted(one.path)
    if one.level == OVERRIDDEN:
        return f"{named} did nothing{_reason(one, winner)}"
    if not one.is_mistake:
        return f"{named} did nothing: what mentions it did not run"
    return f"no template reads {named}{_reason(one, winner)}"


def _reason(one: Unused, winner: str) -> str:
    if one.suggestion is None:
        return ""
    if one.level == OVERRIDDEN:
        return f": {winner or dotted(one.suggestion)} overrides it"
    return f"; did you mean {dotted(one.suggestion)}?"


def _named(one: Unused, given: GivenValues, lines: LineFinder) -> str:
    places = origins(given, one.path, lines)
    return f"{dotted(one.path)} ({places[0]})" if places else dotted(one.path)


def _winner(one: Unused, rendered: Rendered, given: GivenValues, lines: LineFinder) -> str:
    """Return the value that overrides one, and where it is set."""
    if one.level != OVERRIDDEN or one.suggestion is None:
        return ""
    path = one.suggestion
    places = origins(given, path, lines) or chart_origins(rendered.source.loaded, path, lines)
    return f"{dotted(path)} ({places[0]})" if places else dotted(path)
