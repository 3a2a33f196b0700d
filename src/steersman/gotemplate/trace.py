"""The recording of a render: every read, every branch and every piece of output, in the order in which they happen.

A traced template is compiled in another form (``traced``): its code hands events to ``list.append``, next to the
expressions of the plain form, which stay as they are. An event is a tuple; most are constants of the code. The events
are read afterwards, and only when somebody asks. Values stay plain objects, and a container in an event is known again
by its identity.

The first item of an event says what it is::

    "text"         output: (text, position of the node), with the value that was printed if it is not a text itself
    ("a", "b")     fields were read: (names, of this value, the local that held it)
    an integer     see the constants below
"""

from __future__ import annotations

from steersman import errors
from steersman.gotemplate.output import MAX_OUTPUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol, TypeAlias

    from steersman.gotemplate.definition import Definition

    Event: TypeAlias = tuple[Any, ...]

    class Templates(Protocol):
        """The set of templates that an execution runs in."""

        def lookup(self, name: str) -> Definition | None:
            """Return the template called ``name``, or None."""


BRANCH = 1  # a branch begins: depth, position of its statement, whether it is the body (and not the else)
END = 2  # a statement with branches has ended: depth, position, the locals that one of its sides may assign to
BIND = 3  # a local gets a value: local, value
USE = 4  # a local stands in an expression: local
EACH = 5  # an element of a loop: depth, position, the local of the whole, the locals of its key and of the element
ENTER = 6  # {{template}}: name ("" for a part of the same template), position
LEAVE = 7  # its end
RAN = 8  # an execution inside this one (include, tpl) has ended: the Execution
GIVEN = 9  # a function gets values: its name ("" for a method of values), the values
RANGE = 10  # a loop begins: local, value
MADE = 11  # a function has made or changed a container: its name, the values it got, the container
CHOICE = 12  # a side of "and", "or", "default" or "ternary": position of its name, number of the side that is reached


class RecordingFull(errors.SteerError):
    """A recording has reached its limit; what it has is all that can be asked of it."""


class Execution:
    """One run of one template by name: a template of the chart, or an ``include`` or ``tpl`` inside it.

    Attributes:
        name: of the template.
        templates: the set that it ran in, which knows the texts.
        dot: the cursor that it began with.
        events: what happened.
        outer: the execution that it ran in, or None.
        is_done: whether it ended without an error.
        is_void: whether it began again on a larger stack, so that this recording does not count.
    """

    __slots__ = ("dot", "events", "is_done", "is_void", "name", "outer", "templates", "write")

    def __init__(self, templates: Templates, name: str, dot: Any, outer: Execution | None) -> None:
        self.templates = templates
        self.name = name
        self.dot = dot
        self.outer = outer
        self.events: list[Event] = []
        self.write: Callable[[Any], None] = self.events.append
        self.is_done = False
        self.is_void = False

    def inside(self) -> list[Execution]:
        """Return the executions inside this one, in order."""
        return [event[1] for event in self.events if event[0] == RAN]

    def text(self) -> str:
        """Return what the template has written.

        Raises:
            EvalError: when it is more than the limit of ``output``.
        """
        text = "".join([event[0] for event in self.events if type(event[0]) is str])
        if len(text) > MAX_OUTPUT:
            from steersman.go.errors import EvalError

            raise EvalError(f"the template writes more than {MAX_OUTPUT} characters")
        self.is_done = True
        return text


class Trace:
    """The recording of one render.

    Args:
        most: how many events it may have, a character that is written counting as a twentieth of one; 0 for no limit.
            A render that goes beyond it fails with ``RecordingFull``.

    Attributes:
        roots: the executions of the chart's templates, in order.
        current: the execution that runs, or None.
    """

    def __init__(self, most: int = 0) -> None:
        self.roots: list[Execution] = []
        self.current: Execution | None = None
        self._is_bounded = most > 0
        self._left = most

    def begin(self, templates: Templates, name: str, dot: Any) -> Execution:
        """Begin to record an execution."""
        self.current = made = Execution(templates, name, dot, self.current)
        if self._is_bounded:
            made.write = self._bounded(made.write)
        return made

    def _bounded(self, append: Callable[[Any], None]) -> Callable[[Any], None]:
        def write(event: Any) -> None:
            self._left -= 1 + (len(event[0]) // 20 if type(event[0]) is str else 0)
            if self._left < 1:
                raise RecordingFull("the recording is full")
            append(event)

        return write

    def end(self, execution: Execution) -> None:
        """Put an execution where it belongs, whether it succeeded or not."""
        if execution.is_void:
            return
        self.current = outer = execution.outer
        if outer is None:
            self.roots.append(execution)
        else:
            outer.events.append((RAN, execution))

    def drop(self, execution: Execution) -> None:
        """Forget an execution that is about to begin again."""
        execution.is_void = True
        self.current = execution.outer
