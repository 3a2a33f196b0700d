"""A parse tree to the source of a Python function that writes what the template writes.

``def template(dot, w, s, c)``: the cursor, the function that appends pieces of output, the set
of templates (for ``{{template}}``), and the render's context (for functions that are bound to
it). Text is written in one piece, branches are Python's, Go variables are Python locals, field
chains are ``dot["a"]["b"].get("c")``. There is no error handling in the code: see ``emit`` for how
an exception finds its node, and ``explain`` for what becomes of it.

The source calls ``f_NAME`` for the template function NAME, ``_name`` a helper of ``runtime``.
"""

from __future__ import annotations

from steersman.go.signature import GO_NAMES, Parsed, count_problem
from steersman.gotemplate import nodes as n
from steersman.gotemplate.definition import Part
from steersman.gotemplate.emit import LIFTED, Emitter, Place
from steersman.gotemplate.expression import ONE_TYPE, Expression
from steersman.gotemplate.inline import INLINE
from steersman.gotemplate.scope import Scope, Variable, assigned_names, used_names
from steersman.gotemplate.values_map import METHOD_NAMES
from steersman.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any, ClassVar

    from steersman.gotemplate.table import Function

# Python allows 20 loops in each other, 100 levels of indentation, and 200 of parentheses, of which
# a template's call may take six.
_MOST_LOOPS, _MOST_BLOCKS, _DEEPEST = 17, 80, 25
# Nodes of a branch from which on it is worth a function of its own.
_LARGE = 8
_LITERALS = (n.BoolNode, n.NumberNode, n.StringNode)
_CAN_BE_NIL = frozenset(("any", "map", "list", "strings", "bytes", "func", "value"))
# Types with elements of a concrete type, and not of type interface{}.
_CONCRETE = frozenset(("int", "int64", "ints", "strings", "lists", "bytes"))
_PYTHON_TYPES = {"string": "str", "int": "int", "bool": "bool", "float64": "float", "map": "dict", "list": "list"}


class Compiled(Record):
    """The source of a function, the places of its lines, texts lifted out of it, and branches left out of it."""

    source: str
    places: dict[int, Place]
    texts: dict[str, str]
    parts: tuple[Part, ...]

    def code(self, parse_name: str, name: str) -> CodeType:
        """Return the function's code object; it goes by the template's name."""
        module = compile(self.source, parse_name, "exec", dont_inherit=True)
        code: CodeType = module.co_consts[0]
        texts = self.texts
        constants = tuple([_lowered(c, texts) for c in code.co_consts])
        return code.replace(co_name=name, co_consts=constants)


def compile_part(
    part: Part,
    find_function: Callable[[str], Function | None],
    missing_key: str,
    *,
    is_nil_dot: bool = False,
    lifts_text: bool = False,
) -> Compiled:
    """Write the Python function of a template, or of a branch of one.

    ``is_nil_dot`` asks for the variant that runs when the cursor is nil: fields of it are nothing,
    without complaint. The other one has no need to look. ``lifts_text`` leaves long texts out of
    the source, for ``Compiled.code`` to put in.
    """
    return Compiler(part, find_function, missing_key, is_nil_dot=is_nil_dot, lifts_text=lifts_text).run()


def _lowered(constant: Any, texts: dict[str, str]) -> Any:
    """A constant with texts in the place of their stand-ins."""
    if type(constant) is str:
        return texts.get(constant, constant)
    if type(constant) is tuple:
        return tuple([_lowered(c, texts) for c in constant])
    return constant


class Compiler:
    """Writes the source of one function; see ``compile_part``."""

    # The writer of each kind of node; filled in below.
    walks: ClassVar[dict[type, Callable[[Any, Any], None]]] = {}
    operands: ClassVar[dict[type, Callable[[Any, Any], Expression]]] = {}
    deepest = _DEEPEST

    def __init__(
        self,
        part: Part,
        find_function: Callable[[str], Function | None],
        missing_key: str,
        *,
        is_nil_dot: bool,
        lifts_text: bool,
    ) -> None:
        self.part = part
        self.parts: list[Part] = []
        self.depth = 0
        self.blocks = 0
        self.loops = 0
        # Above zero where no statement can be put in front of the expression being written.
        self.held = 0
        # Above zero in arguments that may be skipped at run time.
        self.skippable = 0
        self.find_function = find_function
        self.is_strict = missing_key == "error"
        self.is_nil_dot = is_nil_dot
        self.out = Emitter(lifts_text=lifts_text)
        self.scope = Scope(part.body, root_may_be_nil=is_nil_dot)
        self.dot = Variable("dot", may_be_nil=is_nil_dot)
        self._temporaries = 0

    def run(self) -> Compiled:
        out = self.out
        out.statement("def template(dot, w, s, c):")
        start = len(out.lines)
        out.indent()
        if self.part.names:
            locals_ = [self.scope.declare(name).local for name in self.part.names]
            out.lines[0] = "def template(dot, w, s, c, outer):"
            out.statement(f"({', '.join(locals_)},) = outer")
        elif not self.is_nil_dot and _uses_fields(self.part.body):
            out.statement("if dot is None:")
            out.statement("    return _without_dot(w, s, c)")
        out.statement("root = dot")
        self.walk_list(self.part.body)
        out.dedent(start)
        return Compiled(out.source(), out.places, out.texts or {}, tuple(self.parts))

    def temporary(self, letter: str = "t") -> str:
        self._temporaries += 1
        return f"{letter}{self._temporaries}"

    # Statements

    def walk_list(self, items: n.ListNode) -> None:
        self.blocks += 1
        is_deep = self.blocks > _MOST_BLOCKS or self.loops > _MOST_LOOPS
        for node in items.nodes:
            if is_deep and isinstance(node, n.BranchNode) and self.leave_out(node):
                continue
            self.walks[type(node)](self, node)
        self.blocks -= 1

    def leave_out(self, node: n.BranchNode) -> bool:
        """Make a function of its own of a statement that nests too deeply for Python, if it can be one."""
        items = n.ListNode(node.pos)
        items.nodes.append(node)
        visible = self.scope.names() | {"$"}
        if self.is_nil_dot or not visible.isdisjoint(assigned_names(items)) or _leaves_loop(node):
            return False
        captured = self.scope.captured(visible.intersection(used_names(items)))
        if captured is None:
            return False
        names, values = captured
        self.out.output(f"_part({self.dot.local}, w, s, c, {len(self.parts)}, ({values}))")
        self.parts.append(Part(items, names))
        return True

    def walk_text(self, node: n.TextNode) -> None:
        self.out.text(node.text)

    def walk_action(self, node: n.ActionNode) -> None:
        constant = constant_text(node.pipe)
        if constant is not None:
            self.out.text(constant)
            return
        if node.pipe.decl:
            self.out.silent(f"({self.pipeline(node.pipe).code})")
            return
        value = self.pipeline(node.pipe)
        if value.kind == "string":
            self.out.piece(value.code)
        else:
            mark = self.out.mark(Place(node))
            self.out.piece(f"{mark}{'_result_text' if n.is_result(node.pipe) else '_text'}({value.code})")

    def walk_block(self, node: n.BranchNode, items: n.ListNode) -> None:
        start, mark = len(self.out.lines), self.scope.mark()
        self.out.indent()
        self.entered(node, is_body=items is node.body)
        self.depth += 1
        self.walk_list(items)
        self.depth -= 1
        self.out.dedent(start)
        self.scope.release(mark)

    def walk_branch(self, node: n.IfNode, items: n.ListNode) -> None:
        """A branch of an ``if``; a large one of the outermost is left for when it is taken."""
        if self.depth or self.is_nil_dot or _weight(items) < _LARGE:
            self.walk_block(node, items)
            return
        outside = self.scope.names()
        if outside and not outside.isdisjoint(assigned_names(items)):
            self.walk_block(node, items)
            return
        captured = self.scope.captured(outside.intersection(used_names(items)) if outside else outside)
        if captured is None:
            self.walk_block(node, items)
            return
        names, values = captured
        self.out.indent()
        self.out.statement(f"_part(dot, w, s, c, {len(self.parts)}, ({values}))")
        self.out.dedent(0)
        self.parts.append(Part(items, names))

    def walk_if(self, node: n.IfNode, word: str = "if") -> None:
        mark = self.scope.mark()
        if word == "if":
            self.out.flush()
        self.held += word == "elif"
        condition = self.pipeline(node.pipe).code
        self.held -= word == "elif"
        self.out.statement(f"{word} ({condition}):")
        self.walk_branch(node, node.body)
        otherwise = node.otherwise
        if otherwise is not None:
            if len(otherwise.nodes) == 1 and type(otherwise.nodes[0]) is n.IfNode:
                self.walk_if(otherwise.nodes[0], "elif")
            elif otherwise.nodes:
                self.out.statement("else:")
                self.walk_branch(node, otherwise)
        self.scope.release(mark)
        if word == "if":
            self.ended(node)

    def walk_with(self, node: n.WithNode) -> None:
        mark = self.scope.mark()
        outer = self.dot
        self.out.flush()
        local = self.temporary("dot")
        value = self.pipeline(node.pipe)
        self.out.statement(f"if {self.held_in(local, value.code)}:")
        self.dot = Variable(local, value.kind, may_be_nil=False)
        self.walk_block(node, node.body)
        self.dot = outer
        if node.otherwise is not None and node.otherwise.nodes:
            self.out.statement("else:")
            self.walk_block(node, node.otherwise)
        self.scope.release(mark)
        self.ended(node)

    def walk_range(self, node: n.RangeNode) -> None:
        mark = self.scope.mark()
        outer = self.dot
        self.out.flush()
        decl, otherwise = node.pipe.decl, node.otherwise
        items = self.temporary("items")
        value = self.commands(node.pipe)
        if node.pipe.is_assign:
            value = self.assigned([d.names[0] for d in decl], value)
        value = self.ranged(items, value)
        helper = "_pairs" if len(decl) > 1 else "_elements"
        place = self.out.mark(Place(value.last))
        code = f"{place}{helper}({value.code})"
        if otherwise is not None and otherwise.nodes:
            # go: outside an iteration the variables hold the pipeline's value.
            self.out.statement(f"{items} = ({place}list({helper}({items}_of := {value.code})))")
            code = items
        targets, first = self.range_targets(node, has_interfaces=value.kind not in _CONCRETE)
        if otherwise is not None and otherwise.nodes:
            for name in targets if not node.pipe.is_assign else ():
                self.out.statement(f"{name} = {items}_of")
        self.out.statement(f"for {', '.join(targets)} in ({code}):")
        start, inner = len(self.out.lines), self.scope.mark()
        self.out.indent()
        self.each(node, items, targets, first)
        self.depth += 1
        self.loops += 1
        self.walk_list(node.body)
        self.loops -= 1
        self.depth -= 1
        self.out.dedent(start)
        self.scope.release(inner)
        self.dot = outer
        if otherwise is not None and otherwise.nodes:
            self.out.statement(f"if not {items}:")
            self.walk_block(node, otherwise)
        self.scope.release(mark)
        self.ended(node)

    def each(self, node: n.RangeNode, items: str, targets: list[str], first: list[str]) -> None:
        """Begin the body of a loop."""
        for line in first:
            self.out.statement(line)

    def held_in(self, local: str, code: str) -> str:
        """Return code for a value that a local keeps."""
        return f"({local} := {code})"

    # Hooks of the form that records

    def entered(self, node: n.BranchNode, *, is_body: bool) -> None:
        """A branch begins."""

    def ended(self, node: n.BranchNode) -> None:
        """A statement with branches has ended."""

    def ranged(self, items: str, value: Expression) -> Expression:
        """Return the value that a loop is over."""
        return value

    def assigned(self, names: list[str], value: Expression) -> Expression:
        """Return ``value``, assigned to variables of a range, or an error where one is not known.

        go: before the first iteration the variables get the pipeline's value (evaluation.txt)
        """
        code = value.code
        for name in reversed(names):
            known = self.scope.find(name)
            if known is None:
                missing = next(one for one in names if self.scope.find(one) is None)
                return self.after(value, self.refusal(value.last, f"undefined variable: {missing}"))
            code = f"({known.local} := {code})"
        return value.computed(code)

    def range_targets(self, node: n.RangeNode, *, has_interfaces: bool) -> tuple[list[str], list[str]]:
        """The loop's target names, and what the body does first; declares variables and the cursor.

        ``has_interfaces`` says that the elements are, for Go, of type ``interface {}``.
        """
        decl = node.pipe.decl
        local = self.temporary("dot")
        self.dot = Variable(local, has_typed_nil=has_interfaces)
        if not decl:
            return [local], []
        if node.pipe.is_assign:
            index = self.temporary("index")
            known = [self.scope.find(d.names[0]) for d in decl]
            sources = [index, local] if len(decl) > 1 else [local]
            first = [f"{v.local} = {source}" for v, source in zip(known, sources) if v is not None]
            return sources, first
        names = [d.names[0] for d in decl]
        element = names[-1]
        targets = [self.scope.new_local(name) for name in names]
        for name, target in zip(names, targets):
            is_element = name == element
            self.scope.declare(name, local=target, has_typed_nil=has_interfaces and is_element, may_be_nil=is_element)
        if element in self.scope.assigned:
            return targets, [f"{local} = {targets[-1]}"]
        self.dot = replace(self.dot, local=targets[-1])
        return targets, []

    def walk_template(self, node: n.TemplateNode) -> None:
        place = self.out.mark(Place(node))
        dot = self.pipeline(node.pipe).code if node.pipe is not None else "None"
        self.out.output(f"({place}s.find({node.name!r})({dot}, w, s, c))")

    def walk_break(self, _node: n.BreakNode) -> None:
        self.out.output("break")

    def walk_continue(self, _node: n.ContinueNode) -> None:
        self.out.output("continue")

    # Pipelines and commands

    def pipeline(self, pipe: n.PipeNode) -> Expression:
        """The value of a pipeline; its variables become walrus targets."""
        value = self.commands(pipe)
        if not pipe.decl:
            return value
        name = pipe.decl[0].names[0]
        if pipe.is_assign:
            known = self.scope.find(name)
            if known is None:
                return self.after(value, self.refusal(value.last, f"undefined variable: {name}"))
            return value.computed(self.held_in(known.local, value.code))
        # A variable declared here is not yet known in the pipeline itself.
        declared = self.scope.declare(
            name, kind=value.kind, may_be_nil=value.may_be_nil, may_be_undeclared=self.skippable > 0
        )
        return value.computed(self.held_in(declared.local, value.code))

    def commands(self, pipe: n.PipeNode) -> Expression:
        value: Expression | None = None
        for command in pipe.commands:
            value = self.command(pipe, command, value)
            # go: what leaves a command is taken out of its interface.
            value.has_typed_nil = False
        assert value is not None, "the parser refuses empty pipelines"
        return value

    def command(self, pipe: n.PipeNode, command: n.CommandNode, final: Expression | None) -> Expression:
        """One command; ``final`` is the value piped into it."""
        first = command.args[0]
        if isinstance(first, n.IdentifierNode):
            return self.function(first, command, command.args[1:], final)
        if isinstance(first, (n.FieldNode, n.ChainNode)) or (
            isinstance(first, n.VariableNode) and len(first.names) > 1
        ):
            if len(command.args) > 1 or final is not None:
                return self.method(first, command.args[1:], final)
            return self.operand(first)
        if len(command.args) > 1 or final is not None:
            # go: a parenthesis is not looked at before it is refused.
            at = first if not isinstance(first, n.PipeNode) else final.last if final is not None else pipe
            return self.after(final, self.refusal(at, f"can't give argument to non-function {first}"))
        if isinstance(first, n.NilNode):
            return self.refusal(first, "nil is not a command")
        return self.operand(first)

    def operand(self, node: n.Node) -> Expression:
        """A value that takes no arguments."""
        return self.operands[type(node)](self, node)

    def refusal(self, node: n.Node, message: str) -> Expression:
        """Code that fails as Go would when it gets here."""
        return Expression(f"{self.out.mark(Place(node))}_refuse({message!r})", node)

    def after(self, first: Expression | None, then: Expression) -> Expression:
        """``then``, with ``first`` evaluated before it."""
        if first is None or first.is_simple:
            return then
        kept = self.temporary()
        return then.computed(f"((({kept} := {first.code}) is {kept}) and {then.code})")

    # Operands

    def operand_dot(self, node: n.DotNode) -> Expression:
        dot = self.dot
        return Expression(
            dot.local, node, dot.kind, has_typed_nil=dot.has_typed_nil, is_simple=True, may_be_nil=dot.may_be_nil
        )

    def operand_bool(self, node: n.BoolNode) -> Expression:
        return Expression(str(node.value), node, "bool", is_simple=True, may_be_nil=False, literal=node)

    def operand_string(self, node: n.StringNode) -> Expression:
        text = repr(node.text)
        if LIFTED in node.text:
            # A constant that looks like a stand-in must not be one.
            text = f"''.join(({node.text[:1]!r}, {node.text[1:]!r}))"
        return Expression(text, node, "string", is_simple=True, may_be_nil=False, literal=node)

    def operand_nil(self, node: n.NilNode) -> Expression:
        return Expression("None", node, is_simple=True)

    def operand_number(self, node: n.NumberNode) -> Expression:
        """A number where nothing says which type it should have."""
        text = node.text
        if node.complex_value is not None:
            return Expression(f"({node.complex_value!r})", node, "complex128", is_simple=True, may_be_nil=False)
        is_hex = text[:2] in ("0x", "0X") and "p" not in text.lower()
        if node.float_value is not None and not is_hex and text[0] != "'" and any(c in text for c in ".eEpP"):
            return Expression(
                f"({node.float_value!r})", node, "float64", is_simple=True, may_be_nil=False, literal=node
            )
        if node.int_value is None:
            return self.refusal(node, f"{text} overflows int")
        return Expression(f"({node.int_value})", node, "int", is_simple=True, may_be_nil=False, literal=node)

    def operand_identifier(self, node: n.IdentifierNode) -> Expression:
        value = self.function(node, node, [], None)
        value.has_typed_nil = self.gives_interface(node)
        return value

    def gives_interface(self, node: n.IdentifierNode) -> bool:
        """Return whether a function's results have no type but the empty interface."""
        function = self.find_function(node.name)
        return function is not None and function.parsed.result == "any"

    def operand_pipe(self, node: n.PipeNode) -> Expression:
        return self.pipeline(node)

    def operand_field(self, node: n.FieldNode) -> Expression:
        return self.chain(node, self.dot, node.names)

    def operand_variable(self, node: n.VariableNode) -> Expression:
        variable = self.scope.find(node.names[0])
        if variable is None:
            return self.refusal(node, f"undefined variable: {node.names[0]}")
        mark = self.out.mark(Place(node)) if variable.may_be_undeclared else ""
        if len(node.names) > 1:
            chain = self.chain(node, variable, node.names[1:])
            chain.code = mark + chain.code
            return chain
        # A variable that is assigned somewhere may change while the command around it is evaluated.
        is_simple = node.names[0] not in self.scope.assigned and not variable.may_be_undeclared
        return Expression(
            mark + variable.local,
            node,
            variable.kind,
            has_typed_nil=variable.has_typed_nil,
            is_simple=is_simple,
            may_be_nil=variable.may_be_nil,
        )

    def operand_chain(self, node: n.ChainNode) -> Expression:
        if isinstance(node.node, n.NilNode):
            return self.refusal(node, f"indirection through explicit nil in {node}")
        base = self.operand(node.node)
        local = self.temporary()
        # go: a function without parentheses gives an empty interface, a pipeline what is in it (lang-nothing)
        is_typed = isinstance(node.node, n.IdentifierNode) and self.gives_interface(node.node)
        # go: the fields of a chain are looked up without going back to its node.
        variable = Variable(local, has_typed_nil=is_typed, may_be_nil=False)
        chain = self.chain(base.last, variable, node.names, called=node)
        chain.depth = base.depth + 1
        if is_typed:
            return chain.computed(f"(({local} := {base.code}), {chain.code})[1]")
        chain.missing = local
        return chain.computed(f"(None if ({local} := {base.code}) is None else {chain.code})")

    def chain(self, node: n.Node, base: Variable, names: list[str], *, called: n.Node | None = None) -> Expression:
        """Fields of a local, one after the other."""
        code = base.local
        for at, name in enumerate(names):
            if name in METHOD_NAMES:
                code = f"_field({code}, {name!r})"
            elif at < len(names) - 1 or self.is_strict:
                code += f"[{name!r}]"
            else:
                code += f".get({name!r})"
        place = Place(node, base=base.local, fields=names, has_typed_nil=base.has_typed_nil, called=called)
        code = self.out.mark(place) + code
        # go: a field of a missing value is missing too, without an error.
        missing = ""
        if base.may_be_nil and not base.has_typed_nil and not self.is_strict:
            missing = base.local
            code = f"(None if {base.local} is None else {code})"
        return Expression(code, node, has_typed_nil=True, missing=missing)

    # Calls

    def method(self, node: n.Node, args: list[n.Node], final: Expression | None) -> Expression:
        """A field with arguments: only a method can take them."""
        if isinstance(node, n.ChainNode):
            receiver, names = self.operand(node.node), node.names
        elif isinstance(node, n.VariableNode):
            receiver, names = self.operand(n.VariableNode(node.pos, node.names[:1])), node.names[1:]
            receiver.last = node
        else:
            receiver, names = self.operand_dot(n.DotNode(node.pos)), node.names  # type: ignore[attr-defined]
            receiver.last = node
        if len(names) > 1:
            local = self.temporary()
            is_typed = receiver.has_typed_nil and not receiver.missing
            variable = Variable(local, has_typed_nil=is_typed, may_be_nil=False)
            inner = self.chain(receiver.last, variable, names[:-1], called=node)
            if is_typed:
                code = f"(({local} := {receiver.code}), {inner.code})[1]"
            else:
                code = f"(None if ({local} := {receiver.code}) is None else {inner.code})"
            receiver = Expression(code, receiver.last, has_typed_nil=True, missing="" if is_typed else local)
        values = [self.method_argument(a) for a in args]
        if final is not None:
            final.last = values[-1].last if values else receiver.last
            values.append(final)
        nodes = tuple(v.last for v in values)
        place = self.out.mark(Place(receiver.last, function=names[-1], called=node, arguments=nodes))
        is_field = f"{receiver.missing} is not None" if receiver.missing else "True"
        word = [f"is_field={is_field}"] if receiver.has_typed_nil else []
        owner = receiver.code
        if final is None or final.is_simple:
            # go: that there is no such method is found before arguments are looked at
            at = self.out.mark(Place(receiver.last, function=names[-1], called=node))
            owner = f"{at}_receiver({', '.join([receiver.code, repr(names[-1]), *word])})"
        code = ", ".join([owner, repr(names[-1]), *(v.code for v in values), *word])
        return Expression(f"{place}_call_method({code})", values[-1].last)

    def method_argument(self, node: n.Node) -> Expression:
        """An argument of a method, whose signature is not known before it is called."""
        value = self.operand(node)
        if isinstance(node, n.NumberNode):
            numbers = f"{node.int_value!r}, {node.uint_value!r}, {node.float_value!r}"
            value.code = f"_literal({node.text!r}, {value.code}, {numbers})"
        elif isinstance(node, (n.StringNode, n.BoolNode, n.NilNode)):
            value.code = f"_literal({str(node)!r}, {value.code})"
        elif value.has_typed_nil:
            is_typed = f", {value.missing} is not None" if value.missing else ""
            value.code = f"_of_interface({value.code}{is_typed})"
        return value

    def function(
        self, node: n.IdentifierNode, command: n.Node, args: list[n.Node], final: Expression | None
    ) -> Expression:
        function = self.find_function(node.name)
        if function is None:
            return self.after(final, self.refusal(node, f"{node.name!r} is not a defined function"))
        signature = function.parsed
        given = len(args) + (final is not None)
        problem = count_problem(node.name, signature, given, len(args))
        if problem:
            return self.after(final, self.refusal(node, problem))
        last: n.Node = node
        values: list[Expression] = []
        may_skip = function.inline in ("and", "or")
        needs_order = final is not None and not final.is_simple
        kept: Expression | None = None
        self.held += may_skip
        self.skippable += may_skip
        for at, arg in enumerate(args):
            value = self.argument(arg, signature.word(at), last)
            last = value.last
            values.append(value)
        self.held -= may_skip
        self.skippable -= may_skip
        if final is not None:
            if needs_order and (may_skip or not all(v.is_simple for v in values)):
                # go: the piped value is evaluated before the arguments, and also where an earlier argument
                # decides an "and" or "or" (test_a_piped_value_is_evaluated_first)
                kept = final
                final = kept.computed(self.temporary())
                final.is_simple = True
            final.last = last
            values.append(self.checked(final, signature.word(len(args)), is_final=True))
        result = self.call(node, command, function, signature, values)
        result.last = last
        if kept is not None:
            name = values[-1].code if final is None else final.code
            result = result.computed(f"((({name} := {kept.code}) is {name}) and {result.code})")
        return self.shallow(result, max((v.depth for v in values), default=0) + 1)

    def shallow(self, value: Expression, depth: int) -> Expression:
        """``value``, taken out into a statement of its own when it nests too deeply for Python."""
        value.depth = depth
        if depth < self.deepest or self.held:
            return value
        local = self.temporary("deep")
        self.out.output(f"{local} = ({value.code})")
        taken = value.computed(local)
        taken.depth = 0
        return taken

    def call(
        self, node: n.IdentifierNode, command: n.Node, function: Function, signature: Parsed, values: list[Expression]
    ) -> Expression:
        inline = INLINE.get(function.inline)
        if inline is not None:
            written = inline(self.out, values, command)
            if written is not None:
                return written
        place = self.out.mark(Place(command, function=node.name))
        codes = [v.code for v in values]
        if signature.is_bound:
            codes.insert(0, "c")
        result = signature.result if signature.result in _PYTHON_TYPES or signature.result in _CONCRETE else "any"
        code = f"{place}f_{node.name}({', '.join(codes)})"
        return Expression(code, command, result, may_be_nil=result not in ONE_TYPE)

    def argument(self, node: n.Node, word: str, _before: n.Node) -> Expression:
        """An argument for a parameter of type ``word``."""
        if isinstance(node, n.NilNode):
            if word in _CAN_BE_NIL:
                code = "None" if word == "any" else f"_nil({word!r})"
                return Expression(code, node, is_simple=True)
            return self.refusal(node, f"cannot assign nil to {GO_NAMES.get(word, word)}")
        if isinstance(node, _LITERALS) and word != "any":
            return self.literal(node, word)
        return self.checked(self.operand(node), word, is_final=False)

    def literal(self, node: n.Node, word: str) -> Expression:
        """A literal for a parameter whose type decides what it must be."""
        if word == "string":
            if isinstance(node, n.StringNode):
                return self.operand_string(node)
            return self.refusal(node, f"expected string; found {node}")
        if word == "uint32":
            if isinstance(node, n.NumberNode) and node.uint_value is not None:
                return Expression(f"_typed({word!r}, {node.uint_value})", node, is_simple=True, may_be_nil=False)
            return self.refusal(node, f"expected unsigned integer; found {node}")
        if word == "bool":
            if isinstance(node, n.BoolNode):
                return self.operand_bool(node)
            return self.refusal(node, f"expected bool; found {node}")
        if word in ("int", "int64", "duration"):
            if isinstance(node, n.NumberNode) and node.int_value is not None:
                code = f"({node.int_value})" if word == "int" else f"_typed({word!r}, {node.int_value})"
                return Expression(code, node, word, is_simple=True, may_be_nil=False)
            return self.refusal(node, f"expected integer; found {node}")
        if word == "float64":
            if isinstance(node, n.NumberNode) and node.float_value is not None:
                return Expression(f"({node.float_value!r})", node, word, is_simple=True, may_be_nil=False)
            return self.refusal(node, f"expected float; found {node}")
        return self.refusal(node, f"can't handle {node} for arg of type {GO_NAMES.get(word, word)}")

    def checked(self, value: Expression, word: str, *, is_final: bool) -> Expression:
        """``value``, refused at run time unless a parameter of type ``word`` accepts it."""
        if word == "any" or (value.kind == word and (word in ONE_TYPE or value.code[:1] == "{")):
            return value
        place = self.out.mark(Place(value.last))
        has_type = value.has_typed_nil and not is_final
        if has_type and value.missing:
            code = f"{place}_check({word!r}, {value.code}, has_type={value.missing} is not None)"
        elif word == "string":
            code = f"{place}{'_string_field' if has_type else '_string'}({value.code})"
        else:
            code = f"{place}_check({word!r}, {value.code}{', has_type=True' if has_type else ''})"
        return Expression(code, value.last, word, may_be_nil=value.may_be_nil)


def constant_text(pipe: n.PipeNode) -> str | None:
    """Return the text that a constant action writes."""
    if pipe.decl or len(pipe.commands) != 1 or len(pipe.commands[0].args) != 1:
        return None
    only = pipe.commands[0].args[0]
    return only.text if isinstance(only, n.StringNode) else None


def _leaves_loop(node: n.BranchNode) -> bool:
    """Whether a ``break`` or ``continue`` in a statement is for a loop around it."""
    if isinstance(node, n.RangeNode):
        return False
    # without any(): a call from C takes machine stack, of which Python 3.12 and later allow 10,000 calls
    if has_way_out(node.body):
        return True
    return node.otherwise is not None and has_way_out(node.otherwise)


def has_way_out(items: n.ListNode) -> bool:
    """Return whether a ``break`` or ``continue`` in a body is for the loop around it."""
    if items.has_way_out is None:
        items.has_way_out = False
        for inner in items.nodes:
            is_exit = isinstance(inner, (n.BreakNode, n.ContinueNode))
            if is_exit or (isinstance(inner, n.BranchNode) and _leaves_loop(inner)):
                items.has_way_out = True
                break
    return items.has_way_out


def _weight(items: n.ListNode) -> int:
    """The number of nodes that are not text, anywhere below."""
    if items.weight < 0:
        total = 0
        for node in items.nodes:
            if type(node) is not n.TextNode:
                total += 1
                if isinstance(node, n.BranchNode):
                    total += _weight(node.body) + (_weight(node.otherwise) if node.otherwise is not None else 0)
        items.weight = total
    return items.weight


def _uses_fields(items: n.ListNode) -> bool:
    """Whether anything but text is in a template: only then may it ask the cursor for fields."""
    return any(not isinstance(node, n.TextNode) for node in items.nodes)


Compiler.walks = {
    n.TextNode: Compiler.walk_text,
    n.ActionNode: Compiler.walk_action,
    n.IfNode: Compiler.walk_if,
    n.WithNode: Compiler.walk_with,
    n.RangeNode: Compiler.walk_range,
    n.TemplateNode: Compiler.walk_template,
    n.BreakNode: Compiler.walk_break,
    n.ContinueNode: Compiler.walk_continue,
}
Compiler.operands = {
    n.DotNode: Compiler.operand_dot,
    n.NilNode: Compiler.operand_nil,
    n.BoolNode: Compiler.operand_bool,
    n.NumberNode: Compiler.operand_number,
    n.StringNode: Compiler.operand_string,
    n.IdentifierNode: Compiler.operand_identifier,
    n.PipeNode: Compiler.operand_pipe,
    n.FieldNode: Compiler.operand_field,
    n.VariableNode: Compiler.operand_variable,
    n.ChainNode: Compiler.operand_chain,
}
