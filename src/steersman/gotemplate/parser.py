"""Tokens to trees, with Go's rules and Go's complaints.

One text gives one tree for itself and one per ``define`` or ``block`` in it. Answers to the
parser of Go's ``text/template/parse``. Which error comes first, and the line it names, depend on
how far Go has read ahead: ``_Parser`` keeps that account as Go does.
"""

from __future__ import annotations

from steersman.goquote import quote, unquote
from steersman.gotemplate import lexer as lx
from steersman.gotemplate import nodes as n
from steersman.gotemplate.errors import ParseError
from steersman.gotemplate.numbers import read_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from steersman.gotemplate.lexer import Token

_MAX_PARENTHESES = 10000
_OPERANDS = frozenset(
    (
        *(lx.BOOL, lx.CHARACTER, lx.COMPLEX, lx.DOT, lx.FIELD, lx.IDENTIFIER),
        *(lx.NUMBER, lx.NIL, lx.RAW_STRING, lx.STRING, lx.VARIABLE, lx.LEFT_PAREN),
    )
)
_NOT_EXECUTABLE = (n.BoolNode, n.DotNode, n.NilNode, n.NumberNode, n.StringNode)
_CONSTANTS = (n.BoolNode, n.StringNode, n.NumberNode, n.NilNode, n.DotNode)


def parse(name: str, text: str, functions: Container[str]) -> dict[str, n.Tree]:
    """Read a template text; ``functions`` says which function names exist.

    Raises:
        ParseError: the first thing Go complains about.
    """
    source = _Source(name, text, functions)
    parser = _Parser(source, name)
    parser.parse_file()
    return source.trees


class _Source:
    """What the parsers of one text share: its tokens, the place in them, the trees so far."""

    def __init__(self, name: str, text: str, functions: Container[str]) -> None:
        self.name = name
        self.text = text
        self.functions = functions
        self.tokens = lx.tokenize(text)
        self.at = 0
        self.trees: dict[str, n.Tree] = {}


class _Parser:
    """Reads one tree: the text itself, or one definition in it."""

    def __init__(self, source: _Source, name: str) -> None:
        self.source = source
        self.tokens = source.tokens
        self.name = name
        self.newest = -1  # the newest token this parser has read: Go's errors name its line
        self.vars = ["$"]
        self.action_line = 0
        self.range_depth = 0
        self.paren_depth = 0

    # Tokens

    def next(self) -> Token:
        source = self.source
        at = source.at
        if at >= len(self.tokens):
            at = len(self.tokens) - 1
        source.at = at + 1
        if at > self.newest:
            self.newest = at
        return self.tokens[at]

    def backup(self) -> None:
        self.source.at -= 1

    def peek(self) -> Token:
        token = self.next()
        self.source.at -= 1
        return token

    def next_non_space(self) -> Token:
        token = self.next()
        while token.kind == lx.SPACE:
            token = self.next()
        return token

    def peek_non_space(self) -> Token:
        token = self.next_non_space()
        self.source.at -= 1
        return token

    def fail(self, message: str) -> ParseError:
        line = self.tokens[self.newest].line if self.newest >= 0 else 0
        return ParseError(self.source.name, line, message)

    def unexpected(self, token: Token, context: str) -> ParseError:
        if token.kind == lx.ERROR:
            extra = ""
            if self.action_line not in (0, token.line):
                extra = f" in action started at {self.source.name}:{self.action_line}"
                if token.value.endswith(" action"):
                    extra = extra[len(" in action") :]
            return self.fail(token.value + extra)
        return self.fail(f"unexpected {lx.describe_token(token)} in {context}")

    def expect(self, kind: str, context: str) -> Token:
        token = self.next_non_space()
        if token.kind != kind:
            raise self.unexpected(token, context)
        return token

    # Lists of nodes

    def parse_file(self) -> None:
        """``(text | action | define)* EOF``"""
        root = n.ListNode(self.peek().pos)
        while self.peek().kind != lx.EOF:
            if self.peek().kind == lx.LEFT:
                start = self.source.at
                self.next()
                if self.next_non_space().kind == lx.DEFINE:
                    child = _Parser(self.source, "definition")
                    child.parse_definition()
                    continue
                self.source.at = start
            node = self.text_or_action()
            if type(node) in (n.EndNode, n.ElseNode):
                raise self.fail(f"unexpected {node}")
            root.nodes.append(node)
        self.add(root)

    def parse_definition(self) -> None:
        """``{{define "name"}} list {{end}}``, from the name on."""
        context = "define clause"
        token = self.next_non_space()
        if token.kind not in (lx.STRING, lx.RAW_STRING):
            raise self.unexpected(token, context)
        self.name = self.unquote(token.value)
        self.expect(lx.RIGHT, context)
        root, end = self.item_list()
        if type(end) is not n.EndNode:
            raise self.fail(f"unexpected {end} in {context}")
        self.add(root)

    def add(self, root: n.ListNode) -> None:
        trees = self.source.trees
        known = trees.get(self.name)
        if known is None or n.is_empty(known.root.nodes):
            trees[self.name] = n.Tree(self.name, self.source.name, self.source.text, root)
        elif not n.is_empty(root.nodes):
            raise self.fail(f"template: multiple definition of template {quote(self.name)}")

    def item_list(self) -> tuple[n.ListNode, n.Node]:
        """``(text | action)*`` up to and with ``{{end}}`` or ``{{else}}``."""
        items = n.ListNode(self.peek_non_space().pos)
        while self.peek_non_space().kind != lx.EOF:
            node = self.text_or_action()
            if type(node) in (n.EndNode, n.ElseNode):
                return items, node
            items.nodes.append(node)
        raise self.fail("unexpected EOF")

    def text_or_action(self) -> n.Node:
        token = self.next_non_space()
        if token.kind == lx.TEXT:
            return n.TextNode(token.pos, token.value)
        if token.kind == lx.LEFT:
            self.action_line = token.line
            node = self.action()
            self.action_line = 0
            return node
        raise self.unexpected(token, "input")

    def action(self) -> n.Node:
        """``control | command``, after ``{{``."""
        token = self.next_non_space()
        control = _CONTROLS.get(token.kind)
        if control is not None:
            return control(self, token)
        self.backup()
        token = self.peek()
        return n.ActionNode(token.pos, self.pipeline("command", lx.RIGHT))

    # Controls

    def break_control(self, token: Token) -> n.Node:
        self.check_loop_control("break")
        return n.BreakNode(token.pos)

    def continue_control(self, token: Token) -> n.Node:
        self.check_loop_control("continue")
        return n.ContinueNode(token.pos)

    def check_loop_control(self, word: str) -> None:
        shown = "{{" + word + "}}"
        token = self.next_non_space()
        if token.kind != lx.RIGHT:
            raise self.unexpected(token, shown)
        if self.range_depth == 0:
            raise self.fail(f"{shown} outside {{{{range}}}}")

    def end_control(self, _token: Token) -> n.Node:
        return n.EndNode(self.expect(lx.RIGHT, "end").pos)

    def else_control(self, _token: Token) -> n.Node:
        """``{{else}}``; the ``if`` or ``with`` of ``{{else if`` stays pending."""
        peek = self.peek_non_space()
        if peek.kind in (lx.IF, lx.WITH):
            return n.ElseNode(peek.pos)
        return n.ElseNode(self.expect(lx.RIGHT, "else").pos)

    def if_control(self, _token: Token) -> n.Node:
        return n.IfNode(*self.branch("if"))

    def with_control(self, _token: Token) -> n.Node:
        return n.WithNode(*self.branch("with"))

    def range_control(self, _token: Token) -> n.Node:
        return n.RangeNode(*self.branch("range"))

    def branch(self, context: str) -> tuple[int, n.PipeNode, n.ListNode, n.ListNode | None]:
        """``pipeline }} list [{{else}} list] {{end}}``"""
        outer = len(self.vars)
        pipe = self.pipeline(context, lx.RIGHT)
        is_range = context == "range"
        self.range_depth += is_range
        body, end = self.item_list()
        self.range_depth -= is_range
        otherwise = self.else_list(context, end) if type(end) is n.ElseNode else None
        del self.vars[outer:]
        return pipe.pos, pipe, body, otherwise

    def else_list(self, context: str, end: n.Node) -> n.ListNode:
        if (context, self.peek().kind) in ((lx.IF, lx.IF), (lx.WITH, lx.WITH)):
            token = self.next()
            items = n.ListNode(end.pos)
            items.nodes.append(self.if_control(token) if context == "if" else self.with_control(token))
            return items
        items, end = self.item_list()
        if type(end) is not n.EndNode:
            raise self.fail(f"expected end; found {end}")
        return items

    def block_control(self, _token: Token) -> n.Node:
        """``{{block "name" pipeline}} list {{end}}``: a definition and a call of it."""
        context = "block clause"
        token = self.next_non_space()
        name = self.template_name(token, context)
        pipe = self.pipeline(context, lx.RIGHT)
        child = _Parser(self.source, name)
        root, end = child.item_list()
        if type(end) is not n.EndNode:
            raise self.fail(f"unexpected {end} in {context}")
        child.add(root)
        return n.TemplateNode(token.pos, name, pipe)

    def template_control(self, _token: Token) -> n.Node:
        """``{{template "name" [pipeline]}}``"""
        context = "template clause"
        token = self.next_non_space()
        name = self.template_name(token, context)
        pipe = None
        if self.next_non_space().kind != lx.RIGHT:
            self.backup()
            pipe = self.pipeline(context, lx.RIGHT)
        return n.TemplateNode(token.pos, name, pipe)

    def template_name(self, token: Token, context: str) -> str:
        if token.kind not in (lx.STRING, lx.RAW_STRING):
            raise self.unexpected(token, context)
        return self.unquote(token.value)

    def unquote(self, literal: str) -> str:
        try:
            return unquote(literal)
        except ValueError as err:
            raise self.fail(str(err)) from None

    # Pipelines

    def pipeline(self, context: str, end: str) -> n.PipeNode:
        """``[declarations] command (| command)*`` up to ``end``."""
        pipe = n.PipeNode(self.peek_non_space().pos)
        self.declarations(pipe, context)
        while True:
            token = self.next_non_space()
            if token.kind == end:
                self.check_pipeline(pipe, context)
                return pipe
            if token.kind not in _OPERANDS:
                raise self.unexpected(token, context)
            self.backup()
            pipe.commands.append(self.command())

    def declarations(self, pipe: n.PipeNode, context: str) -> None:
        """``$x := | $x = | $i, $x :=`` (two only for range)"""
        while True:
            variable = self.peek_non_space()
            if variable.kind != lx.VARIABLE:
                return
            self.next()
            start = self.source.at
            self.peek()
            follow = self.peek_non_space()
            is_comma = follow.kind == lx.CHAR and follow.value == ","
            if follow.kind not in (lx.ASSIGN, lx.DECLARE) and not is_comma:
                # The variable is an argument: read it again, with the space after it.
                self.source.at = start - 1
                return
            self.next_non_space()
            pipe.decl.append(n.VariableNode(variable.pos, variable.value.split(".")))
            self.vars.append(variable.value)
            if not is_comma:
                pipe.is_assign = follow.kind == lx.ASSIGN
                return
            if context != "range" or len(pipe.decl) >= 2:
                raise self.fail(f"too many declarations in {context}")
            if self.peek_non_space().kind not in (lx.VARIABLE, lx.RIGHT, lx.RIGHT_PAREN):
                raise self.fail("range can only initialize variables")

    def check_pipeline(self, pipe: n.PipeNode, context: str) -> None:
        if not pipe.commands:
            raise self.fail(f"missing value for {context}")
        for stage, command in enumerate(pipe.commands[1:], 2):
            if isinstance(command.args[0], _NOT_EXECUTABLE):
                raise self.fail(f"non executable command in pipeline stage {stage}")

    def command(self) -> n.CommandNode:
        """``operand (space operand)*`` up to ``|``, ``)`` or ``}}``."""
        command = n.CommandNode(self.peek_non_space().pos)
        while True:
            self.peek_non_space()
            operand = self.operand()
            if operand is not None:
                command.args.append(operand)
            token = self.next()
            if token.kind == lx.SPACE:
                continue
            if token.kind in (lx.RIGHT, lx.RIGHT_PAREN):
                self.backup()
            elif token.kind != lx.PIPE:
                raise self.unexpected(token, "operand")
            break
        if not command.args:
            raise self.fail("empty command")
        return command

    def operand(self) -> n.Node | None:
        """``term .field*``"""
        node = self.term()
        if node is None or self.peek().kind != lx.FIELD:
            return node
        chain = n.ChainNode(self.peek().pos, node)
        while self.peek().kind == lx.FIELD:
            chain.names.append(self.next().value[1:])
        # go: fields after a field or variable make one longer node, at the second field's position.
        if type(node) is n.FieldNode:
            return n.FieldNode(chain.pos, node.names + chain.names)
        if type(node) is n.VariableNode:
            return n.VariableNode(chain.pos, node.names + chain.names)
        if isinstance(node, _CONSTANTS):
            raise self.fail(f"unexpected . after term {quote(str(node))}")
        return chain

    def term(self) -> n.Node | None:
        """``literal | function | .field | $variable | . | ( pipeline )``, or nothing."""
        token = self.next_non_space()
        kind, pos, value = token.kind, token.pos, token.value
        if kind == lx.FIELD:
            return n.FieldNode(pos, [value[1:]])
        if kind == lx.IDENTIFIER:
            if value not in self.source.functions:
                raise self.fail(f"function {quote(value)} not defined")
            return n.IdentifierNode(pos, value)
        if kind in (lx.STRING, lx.RAW_STRING):
            return n.StringNode(pos, value, self.unquote(value))
        if kind == lx.VARIABLE:
            if value not in self.vars:
                raise self.fail(f"undefined variable {quote(value)}")
            return n.VariableNode(pos, [value])
        if kind == lx.LEFT_PAREN:
            return self.parenthesized()
        if kind == lx.DOT:
            return n.DotNode(pos)
        if kind in (lx.NUMBER, lx.CHARACTER, lx.COMPLEX):
            try:
                return read_number(pos, value, kind)
            except ValueError as err:
                raise self.fail(str(err)) from None
        if kind == lx.BOOL:
            return n.BoolNode(pos, value == "true")
        if kind == lx.NIL:
            return n.NilNode(pos)
        self.backup()
        return None

    def parenthesized(self) -> n.Node:
        if self.paren_depth >= _MAX_PARENTHESES:
            raise self.fail("max expression depth exceeded")
        self.paren_depth += 1
        pipe = self.pipeline("parenthesized pipeline", lx.RIGHT_PAREN)
        self.paren_depth -= 1
        return pipe


_CONTROLS = {
    lx.BLOCK: _Parser.block_control,
    lx.BREAK: _Parser.break_control,
    lx.CONTINUE: _Parser.continue_control,
    lx.ELSE: _Parser.else_control,
    lx.END: _Parser.end_control,
    lx.IF: _Parser.if_control,
    lx.RANGE: _Parser.range_control,
    lx.TEMPLATE: _Parser.template_control,
    lx.WITH: _Parser.with_control,
}
