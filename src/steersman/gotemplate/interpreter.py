"""A parse tree run as it is, node by node: the way for what runs once.

It does what the code of ``compiler`` does, and calls the same functions of ``runtime``; tests run all cases both ways.
Writing and compiling Python costs many times as much as one walk over the same nodes: ``TemplateSet`` compiles a
template when it runs often, and a loop here when it has many elements.

An operation that can fail is a method of its own with the node in a local called ``at``: ``explain`` finds it in the
traceback, as it finds lines in compiled code.
"""

from __future__ import annotations

import sys

from steersman.go import errors as go_errors
from steersman.go.signature import GO_NAMES, count_problem
from steersman.gotemplate import nodes as n
from steersman.gotemplate import runtime
from steersman.gotemplate.values_map import METHOD_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from steersman.go.signature import Parsed
    from steersman.gotemplate.definition import Definition, Running
    from steersman.gotemplate.output import Write


NOTHING = object()  # no value is piped into a command
BREAK, CONTINUE = 1, 2  # how a list of nodes ends before its end
_CAN_BE_NIL = frozenset(("any", "map", "list", "strings", "bytes", "func", "value"))
_LITERALS = frozenset((n.BoolNode, n.NumberNode, n.StringNode))
_NUMBERS = frozenset(("int", "int64", "duration"))
# Types with elements of a concrete type, and not of type interface{}.
CONCRETE = frozenset(("int", "int64", "ints", "strings", "lists", "bytes"))


def interpret(definition: Definition, dot: Any, write: Write, templates: Running, context: Any) -> None:
    """Run a template with ``dot`` as its cursor.

    Raises:
        EvalError: and whatever functions raise; ``explain`` makes Go's error of it.
    """
    Interpreter(definition, dot, write, templates, context).walk(templates.part_of(definition).body.nodes)


class Interpreter:
    """One run of one template.

    ``last`` is the node that Go is at: complaints about a value name it. ``origin`` is where the cursor is from: True
    for an element of a list of ``interface {}``, whose nil Go treats apart; the pipeline of a ``with``; or False. A
    variable has the same next to its value.
    """

    __slots__ = (
        *("context", "definition", "dot", "is_missing", "last", "operands", "origin", "root", "templates", "variables"),
        *("walks", "write"),
    )

    def __init__(self, definition: Definition, dot: Any, write: Write, templates: Running, context: Any) -> None:
        self.definition = definition
        self.root = self.dot = dot
        self.origin: bool | n.PipeNode = False
        self.write = write
        self.templates = templates
        self.context = context
        self.is_missing = False  # whether the fields read last are those of no value at all
        self.variables: list[tuple[str, Any, bool | n.PipeNode]] = []
        self.last: n.Node = n.NOWHERE
        # The methods for each kind of node: a slot is found faster than a class attribute.
        self.walks, self.operands = WALKS, OPERANDS

    # Statements

    def walk(self, nodes: list[n.Node]) -> int:
        """Run nodes one after the other; the result is one of ``BREAK`` and ``CONTINUE``, or 0."""
        write = self.write
        for node in nodes:
            kind = type(node)
            if kind is n.TextNode:
                write((node.text,))  # type: ignore[attr-defined]
            elif kind is n.ActionNode:
                pipe: n.PipeNode = node.pipe  # type: ignore[attr-defined]
                value = self.pipeline(pipe)
                if not pipe.decl:
                    write((value if type(value) is str else self.printed(node, pipe, value),))
            else:
                way = self.walks[kind](self, node)
                if way:
                    return way
        return 0

    def printed(self, at: n.Node, pipe: n.PipeNode, value: Any) -> str:
        return runtime._result_text(value) if n.is_result(pipe) else runtime._text(value)

    def block(self, items: n.ListNode) -> int:
        mark = len(self.variables)
        way = self.walk(items.nodes)
        del self.variables[mark:]
        return way

    def walk_if(self, node: n.IfNode) -> int:
        mark = len(self.variables)
        items = node.body if self.pipeline(node.pipe) else node.otherwise
        way = self.walk(items.nodes) if items is not None else 0
        del self.variables[mark:]
        return way

    def walk_with(self, node: n.WithNode) -> int:
        mark = len(self.variables)
        value = self.pipeline(node.pipe)
        way = 0
        if value:
            outer = self.dot, self.origin
            self.dot, self.origin = value, node.pipe
            way = self.walk(node.body.nodes)
            self.dot, self.origin = outer
        elif node.otherwise is not None:
            way = self.walk(node.otherwise.nodes)
        del self.variables[mark:]
        return way

    def walk_range(self, node: n.RangeNode) -> int:
        mark = len(self.variables)
        pipe, decl = node.pipe, node.pipe.decl
        value = self.commands(pipe)
        for variable in decl if pipe.is_assign else ():
            # go: before the first iteration the variables get the pipeline's value (evaluation.txt)
            self.assign(variable.names[0], value)
        items = self.iterate(self.last, runtime._pairs if len(decl) > 1 else runtime._elements, value)
        way = 0
        if items:
            way = self.loop(node, items, type(value) is dict or self.kind(pipe) not in CONCRETE)
        elif node.otherwise is not None:
            # go: outside an iteration the variables hold the pipeline's value.
            if not pipe.is_assign:
                self.variables += [(d.names[0], value, False) for d in decl]
            way = self.walk(node.otherwise.nodes)
        del self.variables[mark:]
        return way

    def iterate(self, at: n.Node, over: Callable[[Any], Iterable[Any]], value: Any) -> Any:
        items = over(value)
        return items if type(items) in (list, range, tuple) else list(items)

    def loop(self, node: n.RangeNode, items: Iterable[Any], has_interfaces: bool) -> int:
        """Run the body for each element, of type ``interface {}`` or not; a ``break`` inside ends here."""
        outer = self.dot, self.origin
        decl, nodes = node.pipe.decl, node.body.nodes
        names = [d.names[0] for d in decl]
        mark, most, runs, compiled = len(self.variables), self.templates.way.most_elements, node.runs, None
        for item in items:
            values = item if len(names) > 1 else (item,)
            runs += 1
            if runs > most and (runs == most + 1 or compiled is None):
                compiled = self.compiled_body(node, names)
                most = most if compiled else sys.maxsize
            if compiled is not None and values[-1] is not None:
                compiled(values)
                continue
            if node.pipe.is_assign:
                for name, value in zip(names, values):
                    self.assign(name, value)
            elif names:
                self.variables += [
                    (name, value, has_interfaces and name == names[-1]) for name, value in zip(names, values)
                ]
            self.dot, self.origin = values[-1], has_interfaces
            way = self.walk(nodes)
            del self.variables[mark:]
            if way == BREAK:
                break
        node.runs = runs
        self.dot, self.origin = outer
        return 0

    def compiled_body(self, node: n.RangeNode, names: list[str]) -> Callable[[Any], None] | None:
        """Return a call that runs a loop's body as compiled code; None where it cannot be apart from what is around it.

        An element that is nil is not for it: it would have to be told from no value.
        """
        known = {"$": self.root, **{name: value for name, value, _ in self.variables}}
        found = None if node.pipe.is_assign else self.templates.compiled_body(self.definition, node, {*known, *names})
        if found is None:
            return None
        function, wanted = found
        write, templates, context = self.write, self.templates, self.context
        if not wanted:
            return lambda values: function(values[-1], write, templates, context)
        if names and not known.keys().isdisjoint(names):
            known = {name: value for name, value in known.items() if name not in names}

        def run(values: Any) -> None:
            every = {**known, **dict(zip(names, values))}
            function(values[-1], write, templates, context, tuple([every[name] for name in wanted]))

        return run

    def walk_template(self, at: n.TemplateNode) -> int:
        run = self.templates.find(at.name)
        dot = self.pipeline(at.pipe) if at.pipe is not None else None
        self.run_template(at, run, dot)
        return 0

    def run_template(self, at: n.TemplateNode, run: Callable[..., None], dot: Any) -> None:
        run(dot, self.write, self.templates, self.context)

    def walk_break(self, _node: n.BreakNode) -> int:
        return BREAK

    def walk_continue(self, _node: n.ContinueNode) -> int:
        return CONTINUE

    # Variables

    def assign(self, name: str, value: Any) -> None:
        variables = self.variables
        for place in range(len(variables) - 1, -1, -1):
            if variables[place][0] == name:
                variables[place] = name, value, False
                return
        if name != "$":
            self.refuse(self.last, f"undefined variable: {name}")
        self.root = value

    def variable(self, node: n.VariableNode) -> Any:
        name = node.names[0]
        if self.variables:
            for known, value, _ in reversed(self.variables):
                if known == name:
                    return value
        return self.root if name == "$" else self.refuse(node, f"undefined variable: {name}")

    def has_typed_nil(self, node: n.Node) -> bool:
        """Return whether the nil that a node has given came as an empty interface."""
        kind = type(node)
        if kind is n.FieldNode or kind is n.ChainNode:
            return not self.is_missing
        if kind is n.IdentifierNode:
            return True
        if kind is n.DotNode:
            return self.origin is True
        if kind is n.VariableNode:
            names = node.names  # type: ignore[attr-defined]
            return not self.is_missing if len(names) > 1 else self.origin_of(names[0]) is True
        return False

    def origin_of(self, name: str) -> bool | n.PipeNode:
        """Return where the value of a variable is from."""
        for variable in reversed(self.variables):
            if variable[0] == name:
                origin: bool | n.PipeNode = variable[2]
                return origin
        return False

    def kind(self, node: Any) -> str:
        """Return the word of ``signature`` for the type that a node's values have, where the template alone says it."""
        kind = type(node)
        if kind is n.DotNode:
            return self.kind(self.origin)
        if kind is n.VariableNode and len(node.names) == 1:
            return self.kind(self.origin_of(node.names[0]))
        if kind is n.NumberNode:
            is_float = (
                any(c in node.text for c in ".eEpP") and node.text[:1] != "'" and node.text[:2] not in ("0x", "0X")
            )
            return "int" if node.int_value is not None and not is_float else "any"
        if kind is n.IdentifierNode:
            return self.result(node, ())
        if not hasattr(node, "commands"):
            return "any"
        command = node.commands[-1]
        first = command.args[0]
        if type(first) is n.IdentifierNode:
            return self.result(first, [*command.args[1:], *([n.NOWHERE] if len(node.commands) > 1 else ())])
        return self.kind(first)

    def result(self, node: n.IdentifierNode, args: Iterable[n.Node]) -> str:
        known = self.templates.callable(node.name)
        if known is None:
            return "any"
        if known[2] in _SAME_KIND:
            kinds = {self.kind(arg) for arg in args}
            return kinds.pop() if len(kinds) == 1 else "any"
        return known[1].result

    # Pipelines and commands

    def pipeline(self, pipe: n.PipeNode) -> Any:
        """The value of a pipeline, also kept in the variable that it declares or assigns."""
        commands = pipe.commands
        value = self.command(pipe, commands[0], NOTHING)
        for command in commands[1:]:
            value = self.command(pipe, command, value)
        if pipe.decl:
            name = pipe.decl[0].names[0]
            if pipe.is_assign:
                self.assign(name, value)
            else:
                self.variables.append((name, value, pipe))
        return value

    def commands(self, pipe: n.PipeNode) -> Any:
        value = NOTHING
        for command in pipe.commands:
            value = self.command(pipe, command, value)
        return value

    def command(self, pipe: n.PipeNode, command: n.CommandNode, final: Any) -> Any:
        """One command; ``final`` is the value piped into it."""
        args = command.args
        first = args[0]
        kind = type(first)
        if kind is n.IdentifierNode:
            return self.function(first, command, args[1:], final)  # type: ignore[arg-type]
        if len(args) == 1 and final is NOTHING:
            if kind is n.NilNode:
                self.refuse(first, "nil is not a command")
            return self.operands[kind](self, first)
        if kind is n.FieldNode or kind is n.ChainNode or (kind is n.VariableNode and len(first.names) > 1):  # type: ignore[attr-defined]
            return self.method(first, args[1:], final)
        # go: a parenthesis is not looked at before it is refused.
        where = first if kind is not n.PipeNode else self.last if final is not NOTHING else pipe
        return self.refuse(where, f"can't give argument to non-function {first}")

    def refuse(self, at: n.Node, message: str) -> Any:
        raise go_errors.EvalError(message)

    # Operands

    def dot_value(self, node: n.Node) -> Any:
        self.last = node
        return self.dot

    def bool_value(self, node: n.BoolNode) -> Any:
        self.last = node
        return node.value

    def string_value(self, node: n.StringNode) -> Any:
        self.last = node
        return node.text

    def nil_value(self, node: n.Node) -> Any:
        self.last = node

    def number_value(self, node: n.NumberNode) -> Any:
        """A number where nothing says which type it should have."""
        self.last = node
        if node.complex_value is not None:
            return node.complex_value
        text = node.text
        is_hex = text[:2] in ("0x", "0X") and "p" not in text.lower()
        if node.float_value is not None and not is_hex and text[0] != "'" and any(c in text for c in ".eEpP"):
            return node.float_value
        if node.int_value is None:
            self.refuse(node, f"{text} overflows int")
        return node.int_value

    def function_value(self, node: n.IdentifierNode) -> Any:
        return self.function(node, node, (), NOTHING)

    def field_value(self, node: n.FieldNode) -> Any:
        self.last = node
        return self.chain(node, self.dot, node.names, self.origin is True)

    def variable_value(self, node: n.VariableNode) -> Any:
        self.last = node
        value = self.variable(node)
        if len(node.names) == 1:
            return value
        is_typed = self.origin_of(node.names[0]) is True
        return self.chain(node, value, node.names[1:], is_typed)

    def chain_value(self, node: n.ChainNode) -> Any:
        if type(node.node) is n.NilNode:
            self.refuse(node, f"indirection through explicit nil in {node}")
        base = self.operands[type(node.node)](self, node.node)
        # go: the fields of a chain are looked up without going back to its node.
        # go: a function without parentheses gives an empty interface, a pipeline what is in it (lang-nothing)
        is_typed = type(node.node) is n.IdentifierNode and self.kind(node.node) == "any"
        return self.chain(self.last, base, node.names, is_typed, node)

    def chain(self, at: n.Node, base: Any, names: list[str], is_typed: bool, called: n.Node | None = None) -> Any:
        """Fields of a value, one after the other."""
        # go: a field of a missing value is missing too, without an error.
        self.is_missing = base is None and not is_typed
        if self.is_missing:
            return None
        value = base
        for name in names[:-1]:
            value = runtime._field(value, name) if name in METHOD_NAMES else value[name]
        name = names[-1]
        return runtime._field(value, name) if name in METHOD_NAMES else value.get(name)

    # Calls

    def method(self, node: n.Node, args: list[n.Node], final: Any) -> Any:
        """A field with arguments: only a method can take them."""
        arguments: list[n.Node] = []
        piped = self.last
        if type(node) is n.ChainNode:
            receiver = self.operands[type(node.node)](self, node.node)
            at, names, is_typed = self.last, node.names, receiver is None and self.has_typed_nil(node.node)
        elif type(node) is n.VariableNode:
            own = n.VariableNode(node.pos, node.names[:1])
            receiver = self.variable(own)
            at, names, is_typed = node, node.names[1:], receiver is None and self.has_typed_nil(own)
        else:
            receiver, at, names, is_typed = self.dot, node, node.names, self.origin is True  # type: ignore[attr-defined]
        if len(names) > 1:
            receiver = self.chain(at, receiver, names[:-1], is_typed, node)
            is_typed = not self.is_missing
        name = names[-1]
        # go: that there is no such method is found before arguments are looked at
        self.receiver(at, receiver, name, is_typed, node)
        values = []
        for arg in args:
            values.append(self.method_argument(arg))
            arguments.append(self.last)
        if final is not NOTHING:
            values.append(final)
            arguments.append(arguments[-1] if arguments else at)
        self.last = arguments[-1] if arguments else piped
        return self.call_method(at, name, receiver, values, is_typed, node, arguments)

    def receiver(self, at: n.Node, value: Any, function: str, is_field: bool, called: n.Node) -> None:
        runtime._receiver(value, function, is_field=is_field)

    def call_method(
        self,
        at: n.Node,
        function: str,
        receiver: Any,
        values: list[Any],
        is_field: bool,
        called: n.Node,
        arguments: list[n.Node],
    ) -> Any:
        return runtime._call_method(receiver, function, *values, is_field=is_field)

    def method_argument(self, node: n.Node) -> Any:
        """An argument of a method, whose signature is not known before it is called."""
        value = self.operands[type(node)](self, node)
        if isinstance(node, n.NumberNode):
            return runtime._literal(node.text, value, node.int_value, node.uint_value, node.float_value)
        if isinstance(node, (n.StringNode, n.BoolNode, n.NilNode)):
            return runtime._literal(str(node), value)
        if value is None and self.has_typed_nil(node):
            return runtime._of_interface(value)
        return value

    def function(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        """A call of a template function."""
        known = self.templates.callable(node.name)
        if known is None:
            self.refuse(node, f"{node.name!r} is not a defined function")
        call, signature, inline = known  # type: ignore[misc]
        given = len(args) + (final is not NOTHING)
        if given != len(signature.params):
            problem = count_problem(node.name, signature, given, len(args))
            if problem:
                self.refuse(node, problem)
        if inline is not None:
            return inline(self, node, command, args, final)
        values = self.arguments(node, signature, args, final)
        if signature.is_bound:
            return self.invoke(command, node.name, call, (self.context, *values))
        return self.invoke(command, node.name, call, values)

    def arguments(self, node: n.IdentifierNode, signature: Parsed, args: Any, final: Any) -> list[Any]:
        """Evaluate arguments as a signature wants them; the piped one is there already."""
        params = signature.params
        words = params if len(params) > len(args) else params + (signature.variadic,) * (len(args) + 1 - len(params))
        values: list[Any] = []
        last: n.Node = node
        for arg, word in zip(args, words):
            values.append(self.argument(arg, word))
            last = self.last
        if final is not NOTHING:
            word = words[len(args)]
            values.append(final if word == "any" else self.checked(last, word, final, False))
        self.last = last
        return values

    def invoke(self, at: n.Node, function: str, call: Callable[..., Any], values: Any) -> Any:
        return call(*values)

    def argument(self, node: n.Node, word: str) -> Any:
        """An argument for a parameter of type ``word``."""
        kind = type(node)
        if word == "any":
            return self.operands[kind](self, node)
        if kind is n.NilNode:
            self.last = node
            if word in _CAN_BE_NIL:
                return runtime._nil(word)
            return self.refuse(node, f"cannot assign nil to {GO_NAMES.get(word, word)}")
        if kind in _LITERALS:
            self.last = node
            if word == "string" and kind is n.StringNode:
                return node.text  # type: ignore[attr-defined]
            return self.literal(node, word)
        value = self.operands[kind](self, node)
        if word == "string" and type(value) is str:
            return value
        return self.checked(self.last, word, value, value is None and self.has_typed_nil(node))

    def checked(self, at: n.Node, word: str, value: Any, has_type: bool) -> Any:
        return runtime._check(word, value, has_type=has_type)

    def literal(self, node: n.Node, word: str) -> Any:
        """A literal for a parameter whose type decides what it must be."""
        if word == "string":
            return self.refuse(node, f"expected string; found {node}")
        if word == "uint32":
            if isinstance(node, n.NumberNode) and node.uint_value is not None:
                return runtime._typed(word, node.uint_value)
            return self.refuse(node, f"expected unsigned integer; found {node}")
        if word == "bool":
            return node.value if isinstance(node, n.BoolNode) else self.refuse(node, f"expected bool; found {node}")
        if word in _NUMBERS:
            if isinstance(node, n.NumberNode) and node.int_value is not None:
                return node.int_value if word == "int" else runtime._typed(word, node.int_value)
            return self.refuse(node, f"expected integer; found {node}")
        if word == "float64":
            if isinstance(node, n.NumberNode) and node.float_value is not None:
                return node.float_value
            return self.refuse(node, f"expected float; found {node}")
        return self.refuse(node, f"can't handle {node} for arg of type {GO_NAMES.get(word, word)}")

    # Functions that are more, or less, than a call: see ``inline``.

    def logical_and(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        return self.until(node, args, final, False)

    def logical_or(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        return self.until(node, args, final, True)

    def until(self, node: n.IdentifierNode, args: Any, final: Any, decides: bool) -> Any:
        """The first argument that is true or false, as asked, or the last one."""
        value = None
        self.last = node
        for arg in args:
            value = self.operands[type(arg)](self, arg)
            if bool(value) is decides:
                return value
        return value if final is NOTHING else final

    def logical_not(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        if final is not NOTHING:
            self.last = node
            return not final
        return not self.operands[type(args[0])](self, args[0])

    def default(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        values = self.all_of(node, args, final)
        if len(values) != 2:
            return self.invoke(command, node.name, self.templates.callable(node.name)[0], values)  # type: ignore[index]
        return values[1] or values[0]

    def all_of(self, node: n.Node, args: Any, final: Any) -> list[Any]:
        """All arguments of a function that takes anything."""
        self.last = node
        values = [self.operands[type(arg)](self, arg) for arg in args]
        if final is not NOTHING:
            values.append(final)
        return values

    def equal(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        values = self.all_of(node, args, final)
        if len(values) == 2:
            left, right = values
            if type(left) is type(right) and type(left) in _PLAIN:
                return left == right
        return self.invoke(command, node.name, self.templates.callable(node.name)[0], values)  # type: ignore[index]

    def length(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        """A call that knows which kind of nil it may get."""
        values = self.all_of(node, args, final)
        call: Callable[..., Any] = self.templates.callable(node.name)[0]  # type: ignore[index]
        if values[0] is None and final is NOTHING and self.has_typed_nil(args[0]):
            return self.invoke(command, "len", call, values)
        return self.invoke(command, "len", lambda value: call(value, is_bare=True), values)

    def call(self, node: n.IdentifierNode, command: n.Node, args: Any, final: Any) -> Any:
        """A call that knows how the template writes what it calls."""
        values = self.all_of(node, args, final)
        # go: a parenthesis prints without its parentheses here; a piped function has no text of its own.
        name = str(args[0]) if args else "<func Value>"
        return self.invoke(command, "call", self.templates.callable(node.name)[0], (name, *values))  # type: ignore[index]


_PLAIN = frozenset((str, bool, int, float))
_SAME_KIND = frozenset((Interpreter.logical_and, Interpreter.logical_or, Interpreter.default))
INLINE: dict[str, Callable[..., Any]] = {
    "and": Interpreter.logical_and,
    "or": Interpreter.logical_or,
    "not": Interpreter.logical_not,
    "empty": Interpreter.logical_not,
    "default": Interpreter.default,
    "eq": Interpreter.equal,
    "len": Interpreter.length,
    "call": Interpreter.call,
}
WALKS: dict[type, Callable[[Any, Any], int]] = {
    n.IfNode: Interpreter.walk_if,
    n.WithNode: Interpreter.walk_with,
    n.RangeNode: Interpreter.walk_range,
    n.TemplateNode: Interpreter.walk_template,
    n.BreakNode: Interpreter.walk_break,
    n.ContinueNode: Interpreter.walk_continue,
}
OPERANDS: dict[type, Callable[[Any, Any], Any]] = {
    n.DotNode: Interpreter.dot_value,
    n.NilNode: Interpreter.nil_value,
    n.BoolNode: Interpreter.bool_value,
    n.NumberNode: Interpreter.number_value,
    n.StringNode: Interpreter.string_value,
    n.IdentifierNode: Interpreter.function_value,
    n.PipeNode: Interpreter.pipeline,
    n.FieldNode: Interpreter.field_value,
    n.VariableNode: Interpreter.variable_value,
    n.ChainNode: Interpreter.chain_value,
}
