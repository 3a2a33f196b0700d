"""The mapping of Go variables to Python locals.

Go's variables are lexical: one declared in a block ends with it and may hide an outer one of the
same name. Each declaration gets a local of its own, so blocks need no cleaning up. The scope also
knows which variables are assigned after their declaration: of the others the compiler may
believe what it knows of their first value.
"""

from __future__ import annotations

from steersman.gotemplate import nodes as n
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Variable(Record):
    """A Python local and what is known of its value.

    ``kind`` is a word of ``signature``; ``has_typed_nil`` says that a nil in it came as an empty
    interface (an element of a range), which Go treats apart; ``may_be_nil`` that it may be nil;
    ``may_be_undeclared`` that its declaration stands where an ``and`` or ``or`` may not evaluate it.
    """

    local: str
    kind: str = "any"
    has_typed_nil: bool = False
    may_be_nil: bool = True
    may_be_undeclared: bool = False


class Scope:
    """The variables of one template, innermost last."""

    def __init__(self, root: n.ListNode, *, root_may_be_nil: bool) -> None:
        self._stack: list[tuple[str, Variable]] = [("$", Variable("root", may_be_nil=root_may_be_nil))]
        self._count = 0
        self.assigned = assigned_names(root)

    def mark(self) -> int:
        """Return the place to ``release`` to at the end of a block."""
        return len(self._stack)

    def release(self, mark: int) -> None:
        """Forget the variables declared since ``mark``."""
        del self._stack[mark:]

    def new_local(self, name: str) -> str:
        """Return a fresh Python name for the Go variable ``name``."""
        self._count += 1
        plain = name[1:]
        return f"v{self._count}_{plain}" if plain.isascii() else f"v{self._count}"

    def declare(
        self,
        name: str,
        *,
        local: str = "",
        kind: str = "any",
        has_typed_nil: bool = False,
        may_be_nil: bool = True,
        may_be_undeclared: bool = False,
    ) -> Variable:
        """Add a variable; one that is assigned later may come to hold anything."""
        local = local or self.new_local(name)
        if name in self.assigned:
            variable = Variable(local, may_be_undeclared=may_be_undeclared)
        else:
            variable = Variable(local, kind, has_typed_nil, may_be_nil, may_be_undeclared)
        self._stack.append((name, variable))
        return variable

    def names(self) -> set[str]:
        """Return the names of the visible variables that were declared; ``$`` may have been, too."""
        return {name for name, _ in self._stack[1:]}

    def captured(self, names: frozenset[str] | set[str]) -> tuple[tuple[str, ...], str] | None:
        """Return ``names`` in order with the source that lists their values; None where one may be undeclared."""
        ordered = tuple(sorted(names))
        variables = [variable for variable in map(self.find, ordered) if variable is not None]
        if any(variable.may_be_undeclared for variable in variables):
            return None
        return ordered, "".join(f"{variable.local}, " for variable in variables)

    def find(self, name: str) -> Variable | None:
        """Return the innermost variable called ``name``."""
        for known, variable in reversed(self._stack):
            if known == name:
                return variable
        return None


_NO_NAMES: frozenset[str] = frozenset()


def assigned_names(items: n.ListNode | None) -> frozenset[str]:
    """Return the names that ``=`` assigns to, anywhere below ``items``."""
    if items is None:
        return _NO_NAMES
    if items.assigned is None:
        names: set[str] = set()
        for node in items.nodes:
            if type(node) is n.TextNode:
                continue
            pipe: n.PipeNode | None = getattr(node, "pipe", None)
            if pipe is not None:
                names.update(_assigned_in_pipe(pipe))
            if isinstance(node, n.BranchNode):
                names |= assigned_names(node.body)
                names |= assigned_names(node.otherwise)
        items.assigned = frozenset(names) if names else _NO_NAMES
    return items.assigned


def assigned_in(node: n.BranchNode) -> frozenset[str]:
    """Return the names that ``=`` assigns to in a statement's sides."""
    return assigned_names(node.body) | assigned_names(node.otherwise)


def _assigned_in_pipe(pipe: n.PipeNode) -> Iterator[str]:
    if pipe.is_assign:
        for variable in pipe.decl:
            yield variable.names[0]
    for command in pipe.commands:
        for arg in command.args:
            if type(arg) is n.PipeNode:
                yield from _assigned_in_pipe(arg)
            elif type(arg) is n.ChainNode and type(arg.node) is n.PipeNode:
                yield from _assigned_in_pipe(arg.node)


def used_names(items: n.ListNode | None) -> frozenset[str]:
    """Return the names of the variables used anywhere below ``items``, declared there or not."""
    if items is None:
        return _NO_NAMES
    if items.used is None:
        names: set[str] = set()
        for node in items.nodes:
            if type(node) is n.TextNode:
                continue
            pipe: n.PipeNode | None = getattr(node, "pipe", None)
            if pipe is not None:
                names.update(_used_in_pipe(pipe))
            if isinstance(node, n.BranchNode):
                names |= used_names(node.body)
                names |= used_names(node.otherwise)
        items.used = frozenset(names) if names else _NO_NAMES
    return items.used


def _used_in_pipe(pipe: n.PipeNode) -> Iterator[str]:
    for command in pipe.commands:
        for arg in command.args:
            inner = arg.node if type(arg) is n.ChainNode else arg
            if type(inner) is n.VariableNode:
                yield inner.names[0]
            elif type(inner) is n.PipeNode:
                yield from _used_in_pipe(inner)
