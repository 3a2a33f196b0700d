"""Tokens to trees, with Go's rules and Go's complaints.

One text gives one tree for itself and one per ``define`` or ``block`` in it. Answers to the
parser of Go's ``text/template/parse``. Which error comes first, and the line it names, depend on
how far Go has read ahead: ``Parser`` keeps that account as Go does.
"""

from __future__ import annotations

from steersman.go.quote import quote, unquote
from steersman.gotemplate import errors as template_errors
from steersman.gotemplate import lexer as lx
from steersman.gotemplate import nodes as n
from steersman.gotemplate.numbers import read_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from steersman.gotemplate.lexer import Token

_MAX_PARENTHESES = 10000
_OPERANDS = frozenset(
    (
        *(lx.BOOL, lx.CHARACTER, lx.COMPLEX, lx.DOT, lx.FIELD, lx.IDENTIFIER),
        *(lx.NUMBER, lx.NIL, lx.RAW_STRING, lx.STRING, lx.VARIABLE, lx.LEFT_PAREN),
    )
)
_NOT_EXECUTABLE = (n.BoolNode, n.DotNode, n.NilNode, n.NumberNode, n.StringNode)
_ENDS = (n.EndNode, n.ElseNode)
_CONSTANTS = (n.BoolNode, n.StringNode, n.NumberNode, n.NilNode, n.DotNode)


def parse(name: str, text: str, functions: Container[str]) -> dict[str, n.Tree]:
    """Read a template text; ``functions`` says which function names exist.

    Raises:
        ParseError: the first thing Go complains about.
    """
    parser = Parser(name, text, functions)
    parser.parse_file()
    return parser.trees


class Parser:
    """Reads one text, or the tokens of an action of it. A definition in it has variables and depths of its own."""

    def __init__(
        self, parse_name: str, text: str, functions: Container[str], tokens: list[Token] | None = None
    ) -> None:
        self.parse_name = parse_name
        self.text = text
        self.functions = functions
        self.trees: dict[str, n.Tree] = {}
        self.tokens = lx.tokenize(text) if tokens is None else tokens[:]
        # Whoever runs past the end keeps meeting it.
        self.tokens += [(lx.EOF, self.tokens[-1][1], "EOF", False)] * 4
        self.at = 0
        self.begin(parse_name)

    def begin(self, name: str) -> None:
        self.name = name
        self.newest = -1  # a token that Go has read ahead of the current one: errors name its line
        self.vars = ["$"]
        self.action_at = -1
        self.range_depth = 0
        self.paren_depth = 0

    # Tokens

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def line(self, at: int) -> int:
        return self.text.count("\n", 0, self.tokens[at][1]) + 1

    def fail(self, message: str, at: int | None = None, *, function: str = "") -> template_errors.ParseError:
        """Complain at the line of token ``at`` (the last one taken), or of a later one already read."""
        line = self.line(max(self.at - 1 if at is None else at, self.newest))
        return template_errors.ParseError(self.parse_name, line, message, function=function)

    def unexpected(self, token: Token, context: str) -> template_errors.ParseError:
        """Complain about the token just taken."""
        if token[0] == lx.ERROR:
            extra = ""
            if self.action_at >= 0 and self.line(self.action_at) != self.line(self.at - 1):
                extra = f" in action started at {self.parse_name}:{self.line(self.action_at)}"
                if token[2].endswith(" action"):
                    extra = extra[len(" in action") :]
            return self.fail(token[2] + extra)
        return self.fail(f"unexpected {lx.describe_token(token)} in {context}")

    def expect(self, kind: str, context: str) -> Token:
        token = self.next()
        if token[0] != kind:
            raise self.unexpected(token, context)
        return token

    # Lists of nodes

    def parse_file(self) -> None:
        """``(text | action | define)* EOF``"""
        root = n.ListNode(self.tokens[0][1])
        tokens = self.tokens
        while tokens[self.at][0] != lx.EOF:
            if tokens[self.at][0] == lx.LEFT and tokens[self.at + 1][0] == lx.DEFINE:
                self.at += 2
                self.nested("definition", self.parse_definition)
                continue
            node = self.text_or_action()
            if type(node) in _ENDS:
                raise self.fail(f"unexpected {node}")
            root.nodes.append(node)
        self.add(root, self.at)

    def nested(self, name: str, read: Callable[[], None]) -> None:
        """Read a definition, and continue with the text around it."""
        outer = (self.name, self.newest, self.vars, self.action_at, self.range_depth, self.paren_depth)
        self.begin(name)
        read()
        self.name, self.newest, self.vars, self.action_at, self.range_depth, self.paren_depth = outer

    def parse_definition(self) -> None:
        """``{{define "name"}} list {{end}}``, from the name on."""
        context = "define clause"
        token = self.next()
        if token[0] not in (lx.STRING, lx.RAW_STRING):
            raise self.unexpected(token, context)
        self.name = self.unquote(token[2])
        self.expect(lx.RIGHT, context)
        self.parse_body(context)

    def parse_body(self, context: str) -> None:
        root, end = self.item_list()
        if type(end) is not n.EndNode:
            raise self.fail(f"unexpected {end} in {context}")
        self.add(root, self.at - 1)

    def add(self, root: n.ListNode, at: int) -> None:
        known = self.trees.get(self.name)
        if known is None or n.is_empty(known.root.nodes):
            self.trees[self.name] = n.Tree(self.name, self.parse_name, self.text, root)
        elif not n.is_empty(root.nodes):
            raise self.fail(f"template: multiple definition of template {quote(self.name)}", at)

    def item_list(self) -> tuple[n.ListNode, n.Node]:
        """``(text | action)*`` up to and with ``{{end}}`` or ``{{else}}``."""
        tokens = self.tokens
        items = n.ListNode(tokens[self.at][1])
        nodes = items.nodes
        while True:
            kind, pos, value, _ = tokens[self.at]
            if kind is lx.TEXT:
                self.at += 1
                nodes.append(n.TextNode(pos, value))
                continue
            if kind is lx.EOF:
                raise self.fail("unexpected EOF", self.at)
            node = self.text_or_action()
            if type(node) in _ENDS:
                return items, node
            nodes.append(node)

    def text_or_action(self) -> n.Node:
        token = self.next()
        if token[0] == lx.TEXT:
            return n.TextNode(token[1], token[2])
        if token[0] != lx.LEFT:
            raise self.unexpected(token, "input")
        self.action_at = self.at - 1
        node = self.action()
        self.action_at = -1
        return node

    def action(self) -> n.Node:
        """``control | command``, after ``{{``."""
        token = self.tokens[self.at]
        control = _CONTROLS.get(token[0])
        if control is not None:
            self.at += 1
            return control(self, token)
        return n.ActionNode(token[1], self.pipeline("command", lx.RIGHT))

    # Controls

    def break_control(self, token: Token) -> n.Node:
        self.check_loop_control("break")
        return n.BreakNode(token[1])

    def continue_control(self, token: Token) -> n.Node:
        self.check_loop_control("continue")
        return n.ContinueNode(token[1])

    def check_loop_control(self, word: str) -> None:
        shown = "{{" + word + "}}"
        token = self.next()
        if token[0] != lx.RIGHT:
            raise self.unexpected(token, shown)
        if self.range_depth == 0:
            raise self.fail(f"{shown} outside {{{{range}}}}")

    def end_control(self, _token: Token) -> n.Node:
        return n.EndNode(self.expect(lx.RIGHT, "end")[1])

    def else_control(self, _token: Token) -> n.Node:
        """``{{else}}``; the ``if`` or ``with`` of ``{{else if`` stays pending."""
        token = self.tokens[self.at]
        if token[0] in (lx.IF, lx.WITH):
            self.newest = self.at
            return n.ElseNode(token[1])
        return n.ElseNode(self.expect(lx.RIGHT, "else")[1])

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
        word = self.tokens[self.at][0]
        if word == context and word in (lx.IF, lx.WITH):
            token = self.next()
            items = n.ListNode(end.pos)
            items.nodes.append(self.if_control(token) if word == lx.IF else self.with_control(token))
            return items
        items, end = self.item_list()
        if type(end) is not n.EndNode:
            raise self.fail(f"expected end; found {end}")
        return items

    def block_control(self, _token: Token) -> n.Node:
        """``{{block "name" pipeline}} list {{end}}``: a definition and a call of it."""
        context = "block clause"
        token = self.next()
        name = self.template_name(token, context)
        pipe = self.pipeline(context, lx.RIGHT)
        self.nested(name, lambda: self.parse_body(context))
        return n.TemplateNode(token[1], name, pipe)

    def template_control(self, _token: Token) -> n.Node:
        """``{{template "name" [pipeline]}}``"""
        context = "template clause"
        token = self.next()
        name = self.template_name(token, context)
        pipe = None
        if self.tokens[self.at][0] == lx.RIGHT:
            self.at += 1
        else:
            pipe = self.pipeline(context, lx.RIGHT)
        return n.TemplateNode(token[1], name, pipe)

    def template_name(self, token: Token, context: str) -> str:
        if token[0] not in (lx.STRING, lx.RAW_STRING):
            raise self.unexpected(token, context)
        return self.unquote(token[2])

    def unquote(self, literal: str) -> str:
        if literal[0] == '"' and "\\" not in literal:
            return literal[1:-1]
        try:
            return unquote(literal)
        except ValueError as err:
            raise self.fail(str(err)) from None

    # Pipelines

    def pipeline(self, context: str, end: str) -> n.PipeNode:
        """``[declarations] command (| command)*`` up to ``end``."""
        tokens = self.tokens
        kind, pos, _, _ = tokens[self.at]
        pipe = n.PipeNode(pos)
        if kind is lx.VARIABLE:
            self.declarations(pipe, context)
        while True:
            token = tokens[self.at]
            if token[0] is end:
                self.at += 1
                self.check_pipeline(pipe, context)
                return pipe
            if token[0] not in _OPERANDS:
                self.at += 1
                raise self.unexpected(token, context)
            pipe.commands.append(self.command())

    def declarations(self, pipe: n.PipeNode, context: str) -> None:
        """``$x := | $x = | $i, $x :=`` (two only for range)"""
        while True:
            variable = self.tokens[self.at]
            if variable[0] != lx.VARIABLE:
                return
            follow = self.tokens[self.at + 1]
            is_comma = follow[0] == lx.CHAR and follow[2] == ","
            if follow[0] not in (lx.ASSIGN, lx.DECLARE) and not is_comma:
                # The variable is an argument, but Go has read on.
                self.newest = self.at + 1
                return
            self.at += 2
            pipe.decl.append(n.VariableNode(variable[1], variable[2].split(".")))
            self.vars.append(variable[2])
            if not is_comma:
                pipe.is_assign = follow[0] == lx.ASSIGN
                return
            if context != "range" or len(pipe.decl) >= 2:
                raise self.fail(f"too many declarations in {context}")
            if self.tokens[self.at][0] not in (lx.VARIABLE, lx.RIGHT, lx.RIGHT_PAREN):
                raise self.fail("range can only initialize variables", self.at)

    def check_pipeline(self, pipe: n.PipeNode, context: str) -> None:
        if not pipe.commands:
            raise self.fail(f"missing value for {context}")
        if len(pipe.commands) > 1:
            for stage, command in enumerate(pipe.commands[1:], 2):
                if isinstance(command.args[0], _NOT_EXECUTABLE):
                    raise self.fail(f"non executable command in pipeline stage {stage}")

    def command(self) -> n.CommandNode:
        """``operand (space operand)*`` up to ``|``, ``)`` or ``}}``."""
        tokens = self.tokens
        command = n.CommandNode(tokens[self.at][1])
        args = command.args
        while True:
            operand = self.operand()
            if operand is not None:
                args.append(operand)
            kind, _, _, is_spaced = tokens[self.at]
            if kind is lx.RIGHT or kind is lx.RIGHT_PAREN:
                break
            if kind is lx.PIPE:
                self.at += 1
                break
            if operand is None or not is_spaced:
                self.at += 1
                raise self.unexpected(tokens[self.at - 1], "operand")
        if not args:
            raise self.fail("empty command", self.at)
        return command

    def operand(self) -> n.Node | None:
        """``term .field*``"""
        node = self.term()
        kind, pos, value, is_spaced = self.tokens[self.at]
        if kind is not lx.FIELD or is_spaced or node is None:
            return node
        names: list[str] = []
        while kind is lx.FIELD and not is_spaced:
            names.append(value[1:])
            self.at += 1
            kind, _, value, is_spaced = self.tokens[self.at]
        # go: fields after a field or variable make one longer node, at the second field's position.
        if type(node) is n.FieldNode:
            return n.FieldNode(pos, node.names + names)
        if type(node) is n.VariableNode:
            return n.VariableNode(pos, node.names + names)
        if isinstance(node, _CONSTANTS):
            raise self.fail(f"unexpected . after term {quote(str(node))}")
        chain = n.ChainNode(pos, node)
        chain.names = names
        return chain

    def term(self) -> n.Node | None:
        """``literal | function | .field | $variable | . | ( pipeline )``, or nothing."""
        kind, pos, value, _ = self.tokens[self.at]
        self.at += 1
        if kind is lx.FIELD:
            return n.FieldNode(pos, [value[1:]])
        if kind is lx.IDENTIFIER:
            if value not in self.functions:
                raise self.fail(f"function {quote(value)} not defined", function=value)
            return n.IdentifierNode(pos, value)
        if kind is lx.STRING or kind is lx.RAW_STRING:
            return n.StringNode(pos, value, self.unquote(value))
        if kind is lx.VARIABLE:
            if value not in self.vars:
                raise self.fail(f"undefined variable {quote(value)}")
            return n.VariableNode(pos, [value])
        if kind is lx.LEFT_PAREN:
            return self.parenthesized()
        if kind is lx.DOT:
            return n.DotNode(pos)
        if kind in (lx.NUMBER, lx.CHARACTER, lx.COMPLEX):
            try:
                return read_number(pos, value, kind)
            except ValueError as err:
                raise self.fail(str(err)) from None
        if kind is lx.BOOL:
            return n.BoolNode(pos, value == "true")
        if kind is lx.NIL:
            return n.NilNode(pos)
        self.at -= 1
        return None

    def parenthesized(self) -> n.Node:
        if self.paren_depth >= _MAX_PARENTHESES:
            raise self.fail("max expression depth exceeded")
        self.paren_depth += 1
        pipe = self.pipeline("parenthesized pipeline", lx.RIGHT_PAREN)
        self.paren_depth -= 1
        return pipe


_CONTROLS = {
    lx.BLOCK: Parser.block_control,
    lx.BREAK: Parser.break_control,
    lx.CONTINUE: Parser.continue_control,
    lx.ELSE: Parser.else_control,
    lx.END: Parser.end_control,
    lx.IF: Parser.if_control,
    lx.RANGE: Parser.range_control,
    lx.TEMPLATE: Parser.template_control,
    lx.WITH: Parser.with_control,
}
