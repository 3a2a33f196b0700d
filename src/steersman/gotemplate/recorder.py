"""The interpreter that records: what ``traced`` is to ``compiler``, for what runs once.

It calls the interpreter's own methods and writes the events of ``trace`` next to them. A test compares the events of
both ways on random templates. The local that an event names is the name of a variable with its place among those that
are declared, or the cursor's depth.
"""

from __future__ import annotations

from steersman.gotemplate import nodes as n
from steersman.gotemplate import runtime, trace
from steersman.gotemplate.interpreter import BREAK, CONCRETE, NOTHING, OPERANDS, WALKS, Interpreter
from steersman.gotemplate.reading import BUILDERS, COPIES, HANDS_ON, reading_of
from steersman.gotemplate.scope import assigned_in
from steersman.gotemplate.values_map import METHOD_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from steersman.gotemplate.definition import Definition, Running


def record(definition: Definition, dot: Any, write: Any, templates: Running, context: Any) -> None:
    """Run a template with ``dot`` as its cursor; ``write`` takes events.

    Raises:
        EvalError: and whatever functions raise; ``explain`` makes Go's error of it.
    """
    _Recorder(definition, dot, write, templates, context).walk(templates.part_of(definition).body.nodes)


class _Recorder(Interpreter):
    """One run of one template, recorded."""

    __slots__ = ("cursor", "depth")

    def __init__(self, definition: Definition, dot: Any, write: Any, templates: Running, context: Any) -> None:
        super().__init__(definition, dot, write, templates, context)
        self.walks, self.operands = _WALKS, _OPERANDS
        self.depth = 0
        self.cursor = ""  # the local of the cursor; none for the template's own

    # Statements

    def walk(self, nodes: list[n.Node]) -> int:
        """Run nodes one after the other."""
        write: Any = self.write
        for node in nodes:
            kind = type(node)
            if kind is n.TextNode:
                if node.text:  # type: ignore[attr-defined]
                    write((node.text, node.pos))  # type: ignore[attr-defined]
            elif kind is n.ActionNode:
                pipe: n.PipeNode = node.pipe  # type: ignore[attr-defined]
                value = self.pipeline(pipe)
                if not pipe.decl:
                    if type(value) is str:
                        write((value, node.pos))
                    else:
                        write((self.printed(node, pipe, value), node.pos, value))
            else:
                way = self.walks[kind](self, node)
                if way:
                    return way
        return 0

    def walk_if(self, node: n.IfNode) -> int:
        """Record which branch is taken."""
        way = self._chain_of_ifs(node)
        self._end(node)
        return way

    def _chain_of_ifs(self, node: n.IfNode) -> int:
        """An ``else if`` belongs to the statement that it stands in, and has no end of its own."""
        mark = len(self.variables)
        is_body = bool(self.pipeline(node.pipe))
        items = node.body if is_body else node.otherwise
        way = 0
        if items is not None:
            if not is_body and len(items.nodes) == 1 and type(items.nodes[0]) is n.IfNode:
                way = self._chain_of_ifs(items.nodes[0])
            elif is_body or items.nodes:
                way = self._branch(node, items, is_body=is_body)
        del self.variables[mark:]
        return way

    def walk_with(self, node: n.WithNode) -> int:
        """Record what the cursor becomes."""
        mark = len(self.variables)
        value = self.pipeline(node.pipe)
        local = f"dot{self.depth + 1}"
        self._event(trace.BIND, local, value)
        way = 0
        if value:
            outer = self.dot, self.origin, self.cursor
            self.dot, self.origin, self.cursor = value, node.pipe, local
            way = self._branch(node, node.body, is_body=True)
            self.dot, self.origin, self.cursor = outer
        elif node.otherwise is not None and node.otherwise.nodes:
            way = self._branch(node, node.otherwise, is_body=False)
        del self.variables[mark:]
        self._end(node)
        return way

    def walk_range(self, node: n.RangeNode) -> int:
        """Record what a loop is over."""
        mark = len(self.variables)
        pipe, decl = node.pipe, node.pipe.decl
        value = self.commands(pipe)
        for variable in decl if pipe.is_assign else ():
            self.assign(variable.names[0], value)
        self._event(trace.RANGE, f"items{self.depth}", value)
        items = self.iterate(self.last, runtime._pairs if len(decl) > 1 else runtime._elements, value)
        way = 0
        if items:
            way = self.loop(node, items, type(value) is dict or self.kind(pipe) not in CONCRETE)
        elif node.otherwise is not None and node.otherwise.nodes:
            if not pipe.is_assign:
                self.variables += [(d.names[0], value, False) for d in decl]
            way = self._branch(node, node.otherwise, is_body=False)
        del self.variables[mark:]
        self._end(node)
        return way

    def loop(self, node: n.RangeNode, items: Iterable[Any], has_interfaces: bool) -> int:
        """Record each element."""
        outer = self.dot, self.origin, self.cursor
        names = [d.names[0] for d in node.pipe.decl]
        mark, all_items = len(self.variables), f"items{self.depth}"
        cursor = f"dot{self.depth + 1}"
        way = 0
        for item in items:
            values = item if len(names) > 1 else (item,)
            if node.pipe.is_assign:
                for name, value in zip(names, values):
                    self.assign(name, value)
            elif names:
                self.variables += [
                    (name, value, has_interfaces and name == names[-1]) for name, value in zip(names, values)
                ]
            locals_ = [self._local(name) for name in names]
            self._event(trace.EACH, self.depth, node.pos, all_items, tuple(locals_[:-1]), (cursor, *locals_[-1:]))
            self.dot, self.origin, self.cursor = values[-1], has_interfaces, cursor
            self.depth += 1
            way = self.walk(node.body.nodes)
            self.depth -= 1
            del self.variables[mark:]
            if way == BREAK:
                break
        self.dot, self.origin, self.cursor = outer
        return 0

    def run_template(self, at: n.TemplateNode, run: Callable[..., None], dot: Any) -> None:
        """Record the call of a template."""
        self._event(trace.ENTER, at.name, at.pos)
        super().run_template(at, run, dot)
        self._event(trace.LEAVE)

    def _branch(self, node: n.BranchNode, items: n.ListNode, *, is_body: bool) -> int:
        self._event(trace.BRANCH, self.depth, node.pos, is_body)
        self.depth += 1
        way = self.walk(items.nodes)
        self.depth -= 1
        return way

    def _end(self, node: n.BranchNode) -> None:
        found = [self._local(name) for name in sorted(assigned_in(node))]
        self._event(trace.END, self.depth, node.pos, tuple([one for one in found if one]))

    def _event(self, *event: Any) -> None:
        self.write(event)

    # Values

    def _local(self, name: str) -> str:
        """Return the local of the innermost variable of a name."""
        variables = self.variables
        for place in range(len(variables) - 1, -1, -1):
            if variables[place][0] == name:
                return f"{name}{place}"
        return ""

    def pipeline(self, pipe: n.PipeNode) -> Any:
        """Record what a variable gets."""
        value = super().pipeline(pipe)
        if pipe.decl:
            self._event(trace.BIND, self._local(pipe.decl[0].names[0]), value)
        return value

    def dot_value(self, node: n.Node) -> Any:
        """Record that the cursor stands in an expression."""
        if self.cursor:
            self._event(trace.USE, self.cursor)
        return super().dot_value(node)

    def variable_value(self, node: n.VariableNode) -> Any:
        """Record that a variable stands in an expression."""
        if len(node.names) == 1:
            local = self._local(node.names[0])
            if local:
                self._event(trace.USE, local)
        return super().variable_value(node)

    def chain(self, at: n.Node, base: Any, names: list[str], is_typed: bool, called: n.Node | None = None) -> Any:
        """Record which fields are read of what."""
        local = ""
        if called is None:
            local = self._local(at.names[0]) if isinstance(at, n.VariableNode) else self.cursor
        if base is not None or called is None:
            self._event(tuple(names), base, local)
        return super().chain(at, base, names, is_typed, called)

    def method(self, node: n.Node, args: list[n.Node], final: Any) -> Any:
        """A method of values may read any of them."""
        names: list[str] = getattr(node, "names", [])
        if names and names[-1] in METHOD_NAMES:
            self._event(trace.GIVEN, "", None)
        return super().method(node, args, final)

    def function(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        """Record whether ``default`` uses the value it is given."""
        if node.name != "default" or len(args) + (final is not NOTHING) != 2:
            return super().function(node, command, args, final)
        values = self.all_of(node, args, final)
        self._event(trace.CHOICE, node.pos, 0)
        if values[1]:
            return values[1]
        self._event(trace.CHOICE, node.pos, 1)
        return values[0]

    def until(self, node: n.IdentifierNode, args: Any, final: Any, decides: bool) -> Any:
        """Record how many arguments ``and`` or ``or`` looks at."""
        value = None
        self.last = node
        for side, arg in enumerate(args):
            self._event(trace.CHOICE, node.pos, side)
            value = self.operands[type(arg)](self, arg)
            if bool(value) is decides:
                return value
        if final is NOTHING:
            return value
        self._event(trace.CHOICE, node.pos, len(args))
        return final

    def invoke(self, at: n.Node, function: str, call: Callable[..., Any], values: Any) -> Any:
        """Record what a function gets, unless it only hands it on, and the side of ``ternary``."""
        if function == "ternary":
            self._event(trace.CHOICE, at.pos, 0 if values[2] else 1)
        reading = reading_of(function)
        if not values or (reading == HANDS_ON and function not in BUILDERS):
            return super().invoke(at, function, call, values)
        given = tuple(values[1:] if values[0] is self.context else values)
        if reading != COPIES and function not in BUILDERS:
            self._event(trace.GIVEN, function, *given)
            return super().invoke(at, function, call, values)
        made = super().invoke(at, function, call, values)
        self._event(trace.MADE, function, given, made)
        return made


_WALKS = {kind: getattr(_Recorder, walk.__name__) for kind, walk in WALKS.items()}
_OPERANDS = {kind: getattr(_Recorder, one.__name__) for kind, one in OPERANDS.items()}
