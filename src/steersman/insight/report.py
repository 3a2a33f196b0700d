"""Values that did nothing, in words."""

from __future__ import annotations

from steersman.errors import ValuesError
from steersman.insight.origins import origins
from steersman.insight.unused import UNMENTIONED, dotted, find_unused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.insight.origins import GivenValues
    from steersman.insight.unused import Unused
    from steersman.rendering import Rendered


class UnusedValues(ValuesError):
    """Values of the user's that nothing mentions, where that is an error."""


def unused_values(rendered: Rendered) -> list[Unused]:
    """Return the user's values that no template of a recorded render has read."""
    assert rendered.trace is not None, "the render was recorded"
    return find_unused(rendered.trace, rendered.source.loaded, rendered.source.values)


def unused_texts(rendered: Rendered, given: GivenValues, *, with_unreached: bool) -> Iterator[str]:
    """Yield a sentence for each value that did nothing.

    ``with_unreached`` adds those that some code mentions which did not run.
    """
    for one in unused_values(rendered):
        if one.level == UNMENTIONED:
            yield f"no template reads {_named(one, given)}{_meant(one)}"
        elif with_unreached:
            yield f"{_named(one, given)} did nothing: what mentions it did not run"


def refuse_unused(rendered: Rendered, given: GivenValues) -> None:
    """Raise where there are values of the user's that nothing mentions.

    Raises:
        UnusedValues: naming all of them.
    """
    found = [one for one in unused_values(rendered) if one.level == UNMENTIONED]
    if found:
        lines = "".join(f"\n  {_named(one, given)}{_meant(one)}" for one in found)
        raise UnusedValues(f"no template reads these values:{lines}")


def _named(one: Unused, given: GivenValues) -> str:
    places = origins(given, one.path)
    return f"{dotted(one.path)} ({places[0]})" if places else dotted(one.path)


def _meant(one: Unused) -> str:
    return f"; did you mean {dotted(one.suggestion)}?" if one.suggestion else ""
