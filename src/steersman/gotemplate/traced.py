"""The compiler's second form: the same expressions in the same order, and next to them what is recorded of them.

In this form ``w`` takes an event (see ``trace``) in place of pieces of output; it is ``list.append`` and returns None.
``{{ .Values.image.tag }}`` becomes::

    w((_text((t1 := (w((('Values', 'image', 'tag'), dot, 'dot')) or dot['Values']['image'].get('tag')))), 68, t1))

The expressions themselves are those of the plain form, so errors, order and results are, too.
"""

from __future__ import annotations

from steersman.gotemplate import nodes as n
from steersman.gotemplate import trace
from steersman.gotemplate.compiler import Compiler, constant_text
from steersman.gotemplate.emit import Place
from steersman.gotemplate.expression import ONE_TYPE, Expression
from steersman.gotemplate.reading import BUILDERS, COPIES, HANDS_ON, reading_of
from steersman.gotemplate.scope import Variable, assigned_in
from steersman.gotemplate.values_map import METHOD_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from steersman.go.signature import Parsed
    from steersman.gotemplate.compiler import Compiled
    from steersman.gotemplate.definition import Part
    from steersman.gotemplate.table import Function

_ROOTS = frozenset(("dot", "root"))


def compile_recording(
    part: Part,
    find_function: Callable[[str], Function | None],
    missing_key: str,
    *,
    is_nil_dot: bool = False,
    lifts_text: bool = False,
) -> Compiled:
    """Write the Python function of a template, or of a branch of one, in the recording form; see ``compile_part``."""
    return TracedCompiler(part, find_function, missing_key, is_nil_dot=is_nil_dot, lifts_text=lifts_text).run()


class TracedCompiler(Compiler):
    """Writes the form that records."""

    # Each level of nesting takes more of Python's 200 parentheses than in the plain form.
    deepest = 12

    def walk_text(self, node: n.TextNode) -> None:
        """Constant text is a constant event."""
        if node.text:
            self.out.statement(f"w(({self.out.constant(node.text)}, {node.pos}))")

    def walk_action(self, node: n.ActionNode) -> None:
        """Write what an action prints as an event of its own."""
        constant = constant_text(node.pipe)
        if constant is not None:
            self.out.statement(f"w(({self.out.constant(constant)}, {node.pos}))")
            return
        value = self.pipeline(node.pipe)
        if node.pipe.decl:
            self.out.statement(f"({value.code})")
            return
        if value.kind == "string":
            self.out.statement(f"w(({value.code}, {node.pos}))")
            return
        local = self.temporary()
        place = self.out.mark(Place(node))
        printed = f"{place}{'_result_text' if n.is_result(node.pipe) else '_text'}(({local} := {value.code}))"
        self.out.statement(f"w(({printed}, {node.pos}, {local}))")

    def walk_branch(self, node: n.IfNode, items: n.ListNode) -> None:
        """Every branch stands where it is."""
        self.walk_block(node, items)

    def leave_out(self, node: n.BranchNode) -> bool:
        """A part that is a function of its own is recorded like a template."""
        lines = len(self.out.lines)
        if not super().leave_out(node):
            return False
        call = self.out.lines[lines:]
        del self.out.lines[lines:]
        self.out.statement(f"w(({trace.ENTER}, '', {node.pos}))")
        self.out.lines += call
        self.out.statement(f"w(({trace.LEAVE},))")
        return True

    def walk_template(self, node: n.TemplateNode) -> None:
        """A call of a template stands between two events."""
        place = self.out.mark(Place(node))
        dot = self.pipeline(node.pipe).code if node.pipe is not None else "None"
        local = self.temporary()
        self.out.statement(f"({place}{local} := s.find({node.name!r}))")
        given = self.temporary()
        self.out.statement(f"({given} := {dot})")
        self.out.statement(f"w(({trace.ENTER}, {node.name!r}, {node.pos}))")
        self.out.statement(f"({self.out.mark(Place(node))}{local}({given}, w, s, c))")
        self.out.statement(f"w(({trace.LEAVE},))")

    def entered(self, node: n.BranchNode, *, is_body: bool) -> None:
        """Record which branch is taken."""
        self.out.statement(f"w(({trace.BRANCH}, {self.depth}, {node.pos}, {is_body}))")

    def ended(self, node: n.BranchNode) -> None:
        """Record the end of a statement, whichever branch was taken."""
        known = [self.scope.find(name) for name in sorted(assigned_in(node))]
        locals_ = tuple([one.local for one in known if one is not None])
        self.out.statement(f"w(({trace.END}, {self.depth}, {node.pos}, {locals_!r}))")

    def ranged(self, items: str, value: Expression) -> Expression:
        """Record what a loop is over."""
        local = self.temporary()
        return value.computed(f"(w(({trace.RANGE}, {items!r}, ({local} := {value.code}))) or {local})")

    def each(self, node: n.RangeNode, items: str, targets: list[str], first: list[str]) -> None:
        """Record an element of a loop."""
        super().each(node, items, targets, first)
        keys, elements = {*targets[:-1]}, {targets[-1], self.dot.local}
        if node.pipe.is_assign:
            known = [v.local for d in node.pipe.decl if (v := self.scope.find(d.names[0])) is not None]
            keys.update(known[:-1])
            elements.update(known[-1:])
        locals_ = f"{tuple(sorted(keys))!r}, {tuple(sorted(elements))!r}"
        self.out.statement(f"w(({trace.EACH}, {self.depth}, {node.pos}, {items!r}, {locals_}))")

    def held_in(self, local: str, code: str) -> str:
        """Record what a local gets."""
        return f"(w(({trace.BIND}, {local!r}, ({local} := {code}))) or {local})"

    def operand_dot(self, node: n.DotNode) -> Expression:
        """Record that the cursor stands in an expression."""
        return self._used(super().operand_dot(node), self.dot)

    def operand_variable(self, node: n.VariableNode) -> Expression:
        """Record that a variable stands in an expression."""
        value = super().operand_variable(node)
        variable = self.scope.find(node.names[0])
        return self._used(value, variable) if variable is not None and len(node.names) == 1 else value

    def _used(self, value: Expression, variable: Variable) -> Expression:
        if variable.local not in _ROOTS:
            value.code = f"(w(({trace.USE}, {variable.local!r})) or {value.code})"
        return value

    def chain(self, node: n.Node, base: Variable, names: list[str], *, called: n.Node | None = None) -> Expression:
        """Record which fields are read of what."""
        value = super().chain(node, base, names, called=called)
        read = f"w(({tuple(names)!r}, {base.local}, {base.local!r}))"
        value.code = f"({read} or {value.code})"
        return value

    def method(self, node: n.Node, args: list[n.Node], final: Expression | None) -> Expression:
        """A method of values may read any of them."""
        result = super().method(node, args, final)
        names: list[str] = getattr(node, "names", [])
        if names and names[-1] in METHOD_NAMES:
            result.code = f"(w(({trace.GIVEN}, '', None)) or {result.code})"
        return result

    def call(
        self, node: n.IdentifierNode, command: n.Node, function: Function, signature: Parsed, values: list[Expression]
    ) -> Expression:
        """Record which containers a function gets, unless it only hands them on, and the sides of a choice."""
        if function.inline in ("and", "or"):
            sides = [one.computed(f"({self._reached(node, side)} or {one.code})") for side, one in enumerate(values)]
            return super().call(node, command, function, signature, sides)
        if node.name == "default" and len(values) == 2:
            return self._default(node, command, *values)
        if node.name == "ternary":
            given, kept = self._kept(values)
            result = super().call(node, command, function, signature, given)
            side = f"0 if {given[2].code} else 1"
            result.code = f"([{kept}] and w(({trace.CHOICE}, {node.pos}, {side})) or {result.code})"
            return result
        reading = reading_of(node.name)
        if node.name in BUILDERS:
            is_plain = all(value.literal is not None for value in values)
        else:
            is_plain = reading == HANDS_ON or not any(_may_be_container(value) for value in values)
        if is_plain:
            return super().call(node, command, function, signature, values)
        given, kept = self._kept(values)
        result = super().call(node, command, function, signature, given)
        if reading == COPIES or node.name in BUILDERS:
            made = self.temporary()
            result.code = f"(w(({trace.MADE}, {node.name!r}, ({kept}, ), ({made} := {result.code}))) or {made})"
        else:
            result.code = f"(w(({trace.GIVEN}, {node.name!r}, {kept})) or {result.code})"
        return result

    def _default(self, node: n.IdentifierNode, command: n.Node, *values: Expression) -> Expression:
        (fallback, value), kept = self._kept(values)
        kind = value.kind if value.kind == fallback.kind else "any"
        used, unused = (f"({self._reached(node, side)} or {one.code})" for side, one in enumerate((value, fallback)))
        return Expression(f"([{kept}] and {used} or {unused})", command, kind, may_be_nil=fallback.may_be_nil)

    def _reached(self, node: n.Node, side: int) -> str:
        return f"w(({trace.CHOICE}, {node.pos}, {side}))"

    def _kept(self, values: Sequence[Expression]) -> tuple[list[Expression], str]:
        """Return values that are in locals now, and the code that puts them there."""
        given = [value if value.literal is not None else self._named(value) for value in values]
        pairs = zip(given, values)
        return given, ", ".join(now.code if now is was else f"({now.code} := {was.code})" for now, was in pairs)

    def _named(self, value: Expression) -> Expression:
        named = value.computed(self.temporary())
        named.is_simple = value.is_simple
        return named


def _may_be_container(value: Expression) -> bool:
    return value.literal is None and value.kind not in ONE_TYPE


TracedCompiler.walks = {kind: getattr(TracedCompiler, walk.__name__) for kind, walk in Compiler.walks.items()}
TracedCompiler.operands = {kind: getattr(TracedCompiler, one.__name__) for kind, one in Compiler.operands.items()}
