"""A use of a value by a template, and a call of a template function."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from steersman.engine.trace import Path
    from steersman.gotemplate import nodes as n
    from steersman.insight.lines import Place
    from steersman.insight.possible import Possible

    class Noting(Protocol):
        """Takes notes of what a call uses."""

        assigned: set[Path]

        def note(
            self,
            value: Possible,
            how: str,
            place: Place,
            guards: tuple[Guard, ...],
            *,
            constants: tuple[Any, ...] = (),
            is_safe: bool = False,
        ) -> None:
            """Note a use."""

        def include(self, name: Possible, dot: Possible, place: Place, guards: tuple[Guard, ...], pattern: str) -> None:
            """Walk the templates that an include may mean."""

        def run_text(self, text: str, dot: Possible, place: Place, guards: tuple[Guard, ...]) -> None:
            """Walk a text that ``tpl`` runs."""

        def default_of(self, path: Path) -> Any:
            """Return the default at a path that begins with ``Values``, or None."""


# How a value is used.
FIELD = "field"  # a field of it is read
LOOP = "loop"  # range
ENTRIES = "entries"  # range with a variable for the keys
KEYED = "keyed"  # an entry is read whose key is computed
WHOLE = "whole"  # everything in it may be read
PRINTED = "printed"  # its text goes into the output, or into a text
TEST = "test"  # whether it is empty
COMPARED = "compared"  # with a constant
TEXT = "text"  # a function that takes a text only
NUMBER = "number"  # a function that makes a number of it
TEMPLATE = "template"  # tpl
DIGEST = "digest"  # only a checksum of it is made
KIND = "kind"  # its type is asked for
ANY = "any"  # handed on


class Check(Record):
    """A question that a condition asks about a value.

    Attributes:
        name: of the template function: ``eq``, ``hasPrefix``, ``semverCompare``; ``set`` for whether it is something.
        paths: the places the value may come from, also those below ``Release`` and ``Capabilities``.
        constant: what it is compared with.
        holds: whether the answer has to be yes.
        is_of_length: whether the question is about the length of the value.
    """

    name: str
    paths: tuple[Path, ...]
    constant: Any = None
    holds: bool = True
    is_of_length: bool = False


class Guard(Record):
    """A condition around a use: a value that is or is not empty there.

    Attributes:
        paths: the places the value may come from.
        wanted: whether it has to be something; None where something else about it is asked.
        constant: what it is equal to, where ``wanted`` is None and that is known.
        check: what is asked about it, where ``wanted`` and ``constant`` are None and that is known.
        any_of: sets of conditions of which one has to hold, where ``wanted``, ``constant`` and ``check`` are None.
    """

    paths: tuple[Path, ...]
    wanted: bool | None
    constant: Any = None
    check: Check | None = None
    any_of: tuple[tuple[Guard, ...], ...] = ()


class Use(Record):
    """A use of a value.

    Attributes:
        path: below ``Values``, with ``*`` for whichever element.
        how: one of the constants above.
        place: in the templates.
        guards: the conditions around it, outermost first.
        constants: that it is compared with.
        is_safe: whether nil would do no harm.
    """

    path: Path
    how: str
    place: Place
    guards: tuple[Guard, ...]
    constants: tuple[Any, ...] = ()
    is_safe: bool = False


class Include(Record):
    """A name that is included and that no template has."""

    name: str
    place: Place


class Call(Record):
    """A call of a template function: what its arguments may be, the arguments, its place and the conditions there."""

    values: list[Possible]
    args: list[n.Node]
    place: Place
    guards: tuple[Guard, ...]
