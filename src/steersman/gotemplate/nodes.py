"""The parse tree: one class per node of Go's ``text/template/parse``, under Go's names.

Nodes know their position (an offset in the text, in characters) and print themselves as Go
prints them, which is what execution errors quote. They are plain slotted classes and not
records: a cold start makes tens of thousands of them.
"""

from __future__ import annotations

from steersman.go.quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Node:
    """Base of all nodes."""

    __slots__ = ("pos",)

    def __init__(self, pos: int) -> None:
        self.pos = pos

    def __str__(self) -> str:
        raise NotImplementedError


class TextNode(Node):
    """Plain text between actions."""

    __slots__ = ("text",)

    def __init__(self, pos: int, text: str) -> None:
        self.pos = pos
        self.text = text

    def __str__(self) -> str:
        return self.text


class ListNode(Node):
    """A sequence of nodes.

    ``assigned``, ``used``, ``has_way_out`` (a ``break`` or ``continue`` of a loop around it) and ``weight`` are worked
    out of a finished tree when the compiler first asks, which it does at each level of nesting.
    """

    __slots__ = ("assigned", "has_way_out", "nodes", "used", "weight")

    def __init__(self, pos: int) -> None:
        self.pos = pos
        self.nodes: list[Node] = []
        self.assigned: frozenset[str] | None = None
        self.used: frozenset[str] | None = None
        self.has_way_out: bool | None = None
        self.weight = -1

    def __str__(self) -> str:
        return "".join(map(str, self.nodes))


class DotNode(Node):
    """The cursor, ``.``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "."


class NilNode(Node):
    """The constant ``nil``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "nil"


class BoolNode(Node):
    """``true`` or ``false``."""

    __slots__ = ("value",)

    def __init__(self, pos: int, value: bool) -> None:
        self.pos = pos
        self.value = value

    def __str__(self) -> str:
        return "true" if self.value else "false"


class NumberNode(Node):
    """A number; each field is None when the number cannot be of that kind."""

    __slots__ = ("complex_value", "float_value", "int_value", "text", "uint_value")

    def __init__(self, pos: int, text: str) -> None:
        self.pos = pos
        self.text = text
        self.int_value: int | None = None
        self.uint_value: int | None = None
        self.float_value: float | None = None
        self.complex_value: complex | None = None

    def __str__(self) -> str:
        return self.text


class StringNode(Node):
    """A string constant: as written, and its value."""

    __slots__ = ("quoted", "text")

    def __init__(self, pos: int, quoted: str, text: str) -> None:
        self.pos = pos
        self.quoted = quoted
        self.text = text

    def __str__(self) -> str:
        return self.quoted


class IdentifierNode(Node):
    """The name of a function."""

    __slots__ = ("name",)

    def __init__(self, pos: int, name: str) -> None:
        self.pos = pos
        self.name = name

    def __str__(self) -> str:
        return self.name


class FieldNode(Node):
    """``.a.b``: fields of the cursor."""

    __slots__ = ("names",)

    def __init__(self, pos: int, names: list[str]) -> None:
        self.pos = pos
        self.names = names

    def __str__(self) -> str:
        return "." + ".".join(self.names)


class VariableNode(Node):
    """``$x.a.b``: a variable, then fields of it."""

    __slots__ = ("names",)

    def __init__(self, pos: int, names: list[str]) -> None:
        self.pos = pos
        self.names = names

    def __str__(self) -> str:
        return ".".join(self.names)


class ChainNode(Node):
    """``(pipeline).a.b`` or ``function.a.b``: fields of a value."""

    __slots__ = ("names", "node")

    def __init__(self, pos: int, node: Node) -> None:
        self.pos = pos
        self.node = node
        self.names: list[str] = []

    def __str__(self) -> str:
        inner = f"({self.node})" if type(self.node) is PipeNode else str(self.node)
        return inner + "." + ".".join(self.names)


class CommandNode(Node):
    """A function, field or value with its arguments."""

    __slots__ = ("args",)

    def __init__(self, pos: int) -> None:
        self.pos = pos
        self.args: list[Node] = []

    def __str__(self) -> str:
        return " ".join(f"({a})" if type(a) is PipeNode else str(a) for a in self.args)


class PipeNode(Node):
    """Commands joined by ``|``, perhaps declaring or assigning variables."""

    __slots__ = ("commands", "decl", "is_assign")

    def __init__(self, pos: int) -> None:
        self.pos = pos
        self.decl: list[VariableNode] = []
        self.is_assign = False
        self.commands: list[CommandNode] = []

    def __str__(self) -> str:
        commands = " | ".join(map(str, self.commands))
        if not self.decl:
            return commands
        sign = "=" if self.is_assign else ":="
        return f"{', '.join(map(str, self.decl))} {sign} {commands}"


class ActionNode(Node):
    """``{{pipeline}}``."""

    __slots__ = ("pipe",)

    def __init__(self, pos: int, pipe: PipeNode) -> None:
        self.pos = pos
        self.pipe = pipe

    def __str__(self) -> str:
        return "{{" + str(self.pipe) + "}}"


class BranchNode(Node):
    """Base of ``if``, ``with`` and ``range``."""

    __slots__ = ("body", "otherwise", "pipe")
    word = ""

    def __init__(self, pos: int, pipe: PipeNode, body: ListNode, otherwise: ListNode | None) -> None:
        self.pos = pos
        self.pipe = pipe
        self.body = body
        self.otherwise = otherwise

    def __str__(self) -> str:
        otherwise = "{{else}}" + str(self.otherwise) if self.otherwise is not None else ""
        return "{{" + f"{self.word} {self.pipe}" + "}}" + str(self.body) + otherwise + "{{end}}"


class IfNode(BranchNode):
    """``{{if}}``."""

    __slots__ = ()
    word = "if"


class WithNode(BranchNode):
    """``{{with}}``."""

    __slots__ = ()
    word = "with"


class RangeNode(BranchNode):
    """``{{range}}``; ``runs`` counts the elements that the interpreter has gone through."""

    __slots__ = ("compiled", "runs")
    word = "range"

    def __init__(self, pos: int, pipe: PipeNode, body: ListNode, otherwise: ListNode | None) -> None:
        super().__init__(pos, pipe, body, otherwise)
        self.runs = 0
        self.compiled: Any = None


class BreakNode(Node):
    """``{{break}}``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "{{break}}"


class ContinueNode(Node):
    """``{{continue}}``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "{{continue}}"


class TemplateNode(Node):
    """``{{template "name" pipeline}}``."""

    __slots__ = ("name", "pipe")

    def __init__(self, pos: int, name: str, pipe: PipeNode | None) -> None:
        self.pos = pos
        self.name = name
        self.pipe = pipe

    def __str__(self) -> str:
        pipe = f" {self.pipe}" if self.pipe is not None else ""
        return "{{template " + quote(self.name) + pipe + "}}"


class EndNode(Node):
    """``{{end}}``; never part of a tree."""

    __slots__ = ()

    def __str__(self) -> str:
        return "{{end}}"


class ElseNode(Node):
    """``{{else}}``; never part of a tree."""

    __slots__ = ()

    def __str__(self) -> str:
        return "{{else}}"


class Tree:
    """One template: its name, the name of the text it came from, and its nodes."""

    __slots__ = ("name", "parse_name", "root", "text")

    def __init__(self, name: str, parse_name: str, text: str, root: ListNode) -> None:
        self.name = name
        self.parse_name = parse_name
        self.text = text
        self.root = root


NOWHERE = Node(0)


def is_result(pipe: PipeNode) -> bool:
    """Return whether a function makes the value of a pipeline."""
    first = pipe.commands[-1].args[0]
    return isinstance(first, IdentifierNode) or (isinstance(first, PipeNode) and is_result(first))


def is_empty(nodes: Iterable[Node]) -> bool:
    """Return whether there is nothing but white space (comments never reach the tree)."""
    for node in nodes:
        if type(node) is ListNode:
            if not is_empty(node.nodes):
                return False
        elif type(node) is not TextNode or node.text.strip(GO_SPACE):
            return False
    return True


# go: what bytes.TrimSpace removes.
GO_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
