"""One template of a text, and what its code may ask of the set that it runs in."""

from __future__ import annotations

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any, Protocol

    from steersman.go.signature import Parsed
    from steersman.gotemplate import nodes as n
    from steersman.gotemplate.emit import Place
    from steersman.gotemplate.output import Write

    class Running(Protocol):
        """The set of templates that compiled code runs in."""

        @property
        def missing_key(self) -> str:
            """``"zero"`` or ``"error"``."""

        @property
        def way(self) -> Way:
            """Says when templates are compiled."""

        @property
        def namespace(self) -> dict[str, Any]:
            """The globals of compiled code."""

        def definition_of(self, code: CodeType) -> Definition | None:
            """Return the definition whose code it is."""

        def place_of(self, definition: Definition, line: int) -> Place | None:
            """Return what stands on a line of a definition's code."""

        def find(self, name: str) -> Callable[[Any, Write, Any, Any], None]:
            """Return the function of a template; EvalError where there is none of that name."""

        def part_of(self, definition: Definition) -> Part:
            """Return the nodes of a definition."""

        def callable(self, name: str) -> tuple[Callable[..., Any], Parsed, Callable[..., Any] | None] | None:
            """Return a template function, its signature, and how the interpreter does it in place of a call."""

        def compiled_body(
            self, definition: Definition, node: n.RangeNode, visible: set[str]
        ) -> tuple[Callable[..., None], tuple[str, ...]] | None:
            """Return the function of a loop's body and the variables it wants; None where it cannot be on its own."""

        def find_part(self, code: CodeType, number: int) -> Callable[..., None]:
            """Return the code of a branch that is a function of its own."""

        def run_without_dot(self, code: CodeType, write: Write, context: Any) -> None:
            """Run the variant of a template that is for a nil cursor."""


class Part(Record):
    """A branch that becomes a function of its own, made when it is first taken.

    ``names`` are the Go variables it uses from outside; it gets their values.
    """

    body: n.ListNode
    names: tuple[str, ...] = ()


class Way(Record):
    """Says when templates are compiled to Python, which pays for what runs often; until then they are interpreted.

    ``most_runs``: runs of a template from which on it is compiled. ``most_elements``: the same of a loop's body.
    """

    most_runs: int
    most_elements: int


NEVER = 1 << 62
ADAPTIVE, INTERPRETED, COMPILED = Way(48, 200), Way(NEVER, NEVER), Way(0, 0)
RECORDED = Way(48, NEVER)  # of a render that is recorded, where the interpreter knows the variables around a loop
WAYS = {"": ADAPTIVE, "interpret": INTERPRETED, "compile": COMPILED}


class Definition:
    """One template of a text: its names, and how to get at its code."""

    __slots__ = (
        *("blob", "branches", "code", "is_empty", "is_nil_dot", "name", "number", "parent", "parse_name", "part"),
        *("run", "runs", "text", "without_dot"),
    )

    def __init__(
        self,
        name: str,
        parse_name: str,
        text: str,
        *,
        is_empty: bool = False,
        is_nil_dot: bool = False,
        parent: Definition | None = None,
        number: int = 0,
    ) -> None:
        self.name = name
        self.parse_name = parse_name
        self.text = text
        self.is_empty = is_empty
        self.is_nil_dot = is_nil_dot
        self.without_dot: Definition | None = None
        # A branch that is a function of its own: which one of which definition.
        self.parent = parent
        self.number = number
        self.branches: dict[int, Definition] = {}
        self.part: Part | None = None
        self.blob: bytes | None = None
        self.code: CodeType | None = None
        self.run: Callable[..., None] | None = None
        self.runs = 0  # by the interpreter

    def branch(self, number: int) -> Definition:
        """Return a branch that is a function of its own."""
        found = self.branches.get(number)
        if found is None:
            found = Definition(self.name, self.parse_name, self.text, parent=self, number=number)
            self.branches[number] = found
        return found

    def nil_dot_variant(self) -> Definition:
        """Return the same template for a nil cursor, yet to be compiled."""
        return Definition(self.name, self.parse_name, self.text, is_empty=self.is_empty, is_nil_dot=True)
