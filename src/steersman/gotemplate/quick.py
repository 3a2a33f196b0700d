"""Texts to trees, where nothing is wrong with them: an action is checked by its shape, and read when it runs.

Two of three actions of a chart are the same, to the letter, as one before (``{{- end }}``, ``{{ .Release.Name }}``):
an action is looked up by its text. Those that are new have few different shapes, which is what is left when each word
is replaced by a letter for its kind: ``{{ f d | f i }}`` for ``{{ include .a | nindent 2 }}``. Whether the parser
accepts an action depends on its shape alone (and on the variables in sight), so it is asked once for each shape. What
it would refuse, and what is rare, is left to it: the answer is None then, and it reads the whole text and says what Go
says. A test compares the trees of both.
"""

from __future__ import annotations

from steersman.gotemplate import errors as template_errors
from steersman.gotemplate import lexer as lx
from steersman.gotemplate import nodes as n
from steersman.gotemplate.parser import Parser
from steersman.gotemplate.shapes import SHAPES
from steersman.runtime.patterns import DOTALL, compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import Any, TypeAlias

    # The facts that all actions of one shape have in common: the keyword, or "action", and the one behind "else"; the
    # words that the node and its pipeline begin at (-1 for none), and those of the variables that it declares.
    Form: TypeAlias = tuple[str, str, int, int, tuple[int, ...]]

_MOST_ACTIONS = 50_000  # different actions to remember
_SPACES = " \t\r\n"
_TRIMMED = ("{{- ", "{{-\n", "{{-\t", "{{-\r")
_WORDS = compiled(r'[ \t\r\n]+|"[^"\\\n]*"|[A-Za-z0-9_.$]+|.', DOTALL)
_CHAIN = compiled(r"(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
_VARIABLE = compiled(r"(\$(?:[A-Za-z_][A-Za-z0-9_]*)?)((?:\.[A-Za-z_][A-Za-z0-9_]*)*)")
_INTEGER = compiled(r"0|[1-9][0-9]{0,8}")
_UNKNOWN = "?"
# Letters of words that have a shape of their own.
_LETTERS = {
    **dict.fromkeys(("true", "false"), "b"),
    **dict(zip(sorted(lx.KEYWORDS), "ABCDEGHIJKLM")),
}
_KEYWORDS = {letter: word for word, letter in _LETTERS.items() if word.isalpha() and letter != "b" and word != lx.NIL}
_CONTROLS = frozenset((lx.IF, lx.WITH, lx.RANGE))
_BRANCHES = {lx.IF: n.IfNode, lx.WITH: n.WithNode, lx.RANGE: n.RangeNode}
_LOOP_EXITS = {lx.BREAK: n.BreakNode, lx.CONTINUE: n.ContinueNode}


class _Refused(Exception):
    """Something is wrong with a text, or unusual about it."""


class _Shapes(dict[str, str]):
    """Letters for the kinds of words; those of a word are worked out when it is first met."""

    def __init__(self, functions: Container[str]) -> None:
        super().__init__(_LETTERS)
        self._functions = functions

    def __missing__(self, word: str) -> str:
        letter = self[word] = self._letter(word)
        return letter

    def _letter(self, word: str) -> str:
        first = word[0]
        if first in _SPACES:
            return " "
        if first == '"':
            return "s" if len(word) > 1 else _UNKNOWN
        if first == "$":
            found = _VARIABLE.fullmatch(word)
            return _UNKNOWN if found is None else "V" if found[2] else "v"
        if first == ".":
            return "d" if _CHAIN.fullmatch(word) else _UNKNOWN
        if first.isdigit():
            return "i" if _INTEGER.fullmatch(word) else _UNKNOWN
        if first.isalpha() or first == "_":
            name, dot, rest = word.partition(".")
            if name in lx.KEYWORDS or name in ("true", "false") or name not in self._functions:
                return _UNKNOWN
            return "f" if not dot else "c" if _CHAIN.fullmatch(dot + rest) else _UNKNOWN
        return first if first in "{}()|,:=-" else _UNKNOWN


class Actions:
    """The actions and shapes known by now, of texts that may call the same functions."""

    def __init__(self, functions: Container[str]) -> None:
        self.functions = functions
        self.known: dict[str, Action] = {}
        self.forms: dict[str, Form] = {}
        self.letters = _Shapes(functions)

    def add(self, text: str) -> Action:
        """Return the action of a text that is all of one, and remember it.

        Raises:
            LexError, ParseError: when it is not well formed.
        """
        words = _WORDS.findall(text)
        shape = "".join(map(self.letters.__getitem__, words))
        form = self.forms.get(shape)
        if form is None and shape in SHAPES:
            form = self.forms[shape] = _form(shape)
        action = Action(text, self.functions) if form is None else _known_action(text, self.functions, form, words)
        if form is None and _UNKNOWN not in shape and len(action.declares) == shape.count("="):
            form = _form(shape)
            if len(form[4]) == len(action.declares):  # and no variable is declared by a parenthesis
                self.forms[shape] = form
        if len(self.known) < _MOST_ACTIONS:
            self.known[text] = action
        return action


def _form(shape: str) -> Form:
    """Return the facts of a shape that is well formed; each letter is a word."""
    at = _next(shape, 3 if shape[2] == "-" else 2)
    kind, after, node, pipe = _KEYWORDS.get(shape[at], "action"), "", at, -1
    if kind == "action":
        pipe = at
    elif kind in _CONTROLS:
        pipe = _next(shape, at + 1)
    elif kind in (lx.DEFINE, lx.TEMPLATE):
        node = _next(shape, at + 1)
        behind = _next(shape, node + 1)
        pipe = behind if shape[behind] not in "}-" else -1
    elif kind == lx.ELSE and shape[_next(shape, at + 1)] in _KEYWORDS:
        node = _next(shape, at + 1)
        after, pipe = _KEYWORDS[shape[node]], _next(shape, node + 1)
    return kind, after, node, pipe, _declared(shape, pipe) if pipe >= 0 else ()


def _next(shape: str, at: int) -> int:
    return at + 1 if shape[at] == " " else at


def _declared(shape: str, pipe: int) -> tuple[int, ...]:
    """The variables before the ``:=`` or ``=`` of a pipeline."""
    numbers, at = [], pipe
    while shape[at] == "v":
        numbers.append(at)
        at = _next(shape, at + 1)
        if shape[at] != ",":
            return tuple(numbers) if shape[at] in ":=" else ()
        at = _next(shape, at + 1)
    return ()


class Action:
    """Holds the facts of an action of a certain text, wherever it stands; offsets are those in it.

    ``at`` is where its node is, ``pipe_at`` its pipeline. It uses the variables ``uses`` and declares ``declares``;
    ``trims`` says that white space behind it goes.
    """

    __slots__ = ("after", "at", "declares", "functions", "kind", "name", "pipe", "pipe_at", "text", "trims", "uses")

    def __init__(self, text: str, functions: Container[str], *, is_read: bool = True) -> None:
        self.text = text
        self.functions = functions
        self.after = self.name = ""
        self.pipe: n.PipeNode | None = None
        self.pipe_at = -1
        self.trims = text[-3] == "-" and text[-4] in _SPACES
        if is_read:
            self.read()

    def read(self) -> None:
        """Have it read by the parser.

        Raises:
            LexError, ParseError: when it is not well formed.
        """
        tokens, behind = lx.read_action(self.text, 4 if self.text.startswith(_TRIMMED) else 2)
        parser = Parser("", self.text, self.functions, tokens)
        variables = parser.vars = _Variables()
        token = tokens[0]
        self.kind, self.at = token[0], token[1]
        parser.at = 1
        if token[0] in _CONTROLS:
            self.pipe = parser.pipeline(token[0], lx.RIGHT)
        elif token[0] == lx.ELSE and tokens[1][0] in (lx.IF, lx.WITH):
            self.after, self.at, parser.at = tokens[1][0], tokens[1][1], 2
            self.pipe = parser.pipeline(self.after, lx.RIGHT)
        elif token[0] in (lx.DEFINE, lx.TEMPLATE):
            self._read_name(parser)
        elif token[0] in (lx.END, lx.ELSE, lx.BREAK, lx.CONTINUE):
            parser.expect(lx.RIGHT, "")
        elif token[0] == lx.BLOCK:
            raise _Refused
        else:
            self.kind, parser.at = "action", 0
            self.pipe = parser.pipeline("command", lx.RIGHT)
        if parser.at != len(tokens) or behind != len(self.text):
            raise _Refused
        self.pipe_at = self.pipe.pos if self.pipe is not None else -1
        self.uses, self.declares = tuple(variables.uses), tuple(variables)

    def _read_name(self, parser: Parser) -> None:
        """``define "name"`` and ``template "name" [pipeline]``"""
        token = parser.next()
        self.at = token[1]
        self.name = parser.template_name(token, "")
        if parser.tokens[parser.at][0] == lx.RIGHT:
            parser.at += 1
        elif self.kind == lx.TEMPLATE:
            self.pipe = parser.pipeline("template clause", lx.RIGHT)
        else:
            raise _Refused

    def pipeline(self) -> n.PipeNode:
        """Return its pipeline, read by now; offsets in it are those in the text of the action."""
        if self.pipe is None:
            self.read()
        assert self.pipe is not None, "only asked of actions that have one"
        return self.pipe


def _known_action(text: str, functions: Container[str], form: Form, words: list[str]) -> Action:
    """An action of a known shape, not read yet."""
    action = Action(text, functions, is_read=False)
    action.kind, action.after, node, pipe, decl = form
    action.at = sum(map(len, words[:node]))
    if pipe >= 0:
        action.pipe_at = action.at if pipe == node else sum(map(len, words[:pipe]))
    if action.kind in (lx.DEFINE, lx.TEMPLATE):
        action.name = words[node][1:-1]
    action.declares = declares = tuple([words[number] for number in decl])
    action.uses = ()
    if "$" in text:
        used = [word.partition(".")[0] for at, word in enumerate(words) if word[0] == "$" and at not in decl]
        action.uses = tuple([name for name in used if name not in declares])
    return action


class SharedPipe(n.PipeNode):
    """The pipeline of an action that may stand in several places: read, and copied, when it is first looked at.

    Charts repeat their actions word for word, and run a part of them. ``start`` is the offset of the action here.
    """

    __slots__ = ("action", "start")

    def __init__(self, action: Action, start: int) -> None:
        self.pos = start + action.pipe_at
        self.action = action
        self.start = start

    def __getattr__(self, name: str) -> Any:
        # called for a slot that is not filled yet
        if name not in n.PipeNode.__slots__:
            raise AttributeError(name)
        start, source = self.start, self.action.pipeline()
        self.decl = [n.VariableNode(d.pos + start, d.names) for d in source.decl]
        self.is_assign = source.is_assign
        self.commands = [_moved(command, start) for command in source.commands]
        return getattr(self, name)


def _moved(node: Any, delta: int) -> Any:
    """A copy of a command, an operand or a pipeline, at another place."""
    kind = type(node)
    copy: Any = object.__new__(kind)
    copy.pos = node.pos + delta
    for name in _PARTS[kind]:
        setattr(copy, name, getattr(node, name))
    if kind is n.CommandNode:
        copy.args = [_moved(arg, delta) for arg in node.args]
    elif kind is n.PipeNode:
        copy.decl = [_moved(variable, delta) for variable in node.decl]
        copy.commands = [_moved(command, delta) for command in node.commands]
    elif kind is n.ChainNode:
        copy.node = _moved(node.node, delta)
    return copy


_PARTS: dict[type, tuple[str, ...]] = {
    kind: tuple(name for name in kind.__slots__ if name not in ("args", "commands", "decl", "node"))
    for kind in (
        *(
            n.BoolNode,
            n.ChainNode,
            n.CommandNode,
            n.DotNode,
            n.FieldNode,
            n.IdentifierNode,
            n.NilNode,
            n.NumberNode,
            n.PipeNode,
        ),
        *(n.StringNode, n.VariableNode),
    )
}


class _Variables(list[str]):
    """Stands for the variables in sight of an action: any may be; notes which the action uses and declares."""

    def __init__(self) -> None:
        self.uses: list[str] = []

    def __contains__(self, name: object) -> bool:
        if not super().__contains__(name):
            self.uses.append(str(name))
        return True


class _Frame:
    """A statement or definition that is being read: what is in sight, and the list of nodes, around it.

    One that is chained, by ``else if``, ends together with the one it is in.
    """

    __slots__ = ("around", "in_else", "is_chained", "kind", "name", "node", "outer", "range_depth")

    def __init__(
        self, kind: str, node: n.BranchNode | None, outer: list[str], around: n.ListNode, *, is_chained: bool = False
    ) -> None:
        self.kind = kind
        self.node = node
        self.outer = outer
        self.around = around
        self.is_chained = is_chained
        self.in_else = False
        self.name = ""
        self.range_depth = 0


def parse(name: str, text: str, actions: Actions) -> dict[str, n.Tree] | None:
    """Read a template text; None where ``parser.parse`` has to.

    Args:
        name: the name of the text, and of its own template.
        text: the text.
        actions: the actions known by now; new ones are added.
    """
    reader = _Reader(name, text, actions)
    try:
        reader.run()
    except (_Refused, template_errors.ParseError, lx.LexError):
        return None
    return reader.trees


class _Reader:
    def __init__(self, name: str, text: str, actions: Actions) -> None:
        self.name = name
        self.text = text
        self.actions = actions
        self.trees: dict[str, n.Tree] = {}
        self.frames: list[_Frame] = []
        self.variables = ["$"]
        self.range_depth = 0
        self.root = self.items = n.ListNode(0)

    def run(self) -> None:
        """``(text | action)*``"""
        text, at, known = self.text, 0, self.actions.known
        while True:
            start = text.find("{{", at)
            if start < 0:
                break
            trims = text.startswith(_TRIMMED, start)
            before = text[at:start].rstrip(_SPACES) if trims else text[at:start]
            if before:
                self.items.nodes.append(n.TextNode(at, before))
            inside = start + 4 if trims else start + 2
            if text.startswith("/*", inside):
                at = lx.comment_end(text, inside)
                continue
            at = text.find("}}", inside) + 2
            action = known.get(text[start:at])
            if action is None:
                at = self.end(start, inside, at)
                action = self.actions.add(text[start:at])
            if action.trims:
                at = lx.space_end(text, at)
            self.take(action, start)
        if at < len(text):
            self.items.nodes.append(n.TextNode(at, text[at:]))
        if self.frames:
            raise _Refused
        self.add(self.name, self.root)

    def end(self, start: int, inside: int, at: int) -> int:
        """The end of an action: braces may stand in its texts."""
        inner = self.text[inside:at]
        if at < 2 or "`" in inner or "'" in inner or "\\" in inner or inner.count('"') % 2:
            return lx.read_action(self.text, inside)[1]
        return at

    def take(self, action: Action, start: int) -> None:
        """Put an action into the tree."""
        kind = action.kind
        for name in action.uses:
            if name not in self.variables:
                raise _Refused
        if kind == "action":
            self.items.nodes.append(n.ActionNode(action.at + start, SharedPipe(action, start)))
            self.variables += action.declares
        elif kind in _CONTROLS:
            self.open(kind, SharedPipe(action, start), action.declares)
        elif kind == lx.END:
            self.close()
        elif kind == lx.ELSE:
            self.otherwise(action, start)
        elif kind == lx.TEMPLATE:
            pipe = SharedPipe(action, start) if action.pipe_at >= 0 else None
            self.items.nodes.append(n.TemplateNode(action.at + start, action.name, pipe))
            self.variables += action.declares
        elif kind == lx.DEFINE:
            self.define(action.name)
        else:
            if not self.range_depth:
                raise _Refused
            self.items.nodes.append(_LOOP_EXITS[kind](action.at + start))

    def open(self, kind: str, pipe: n.PipeNode, declares: tuple[str, ...], *, is_chained: bool = False) -> None:
        """Begin an ``if``, ``with`` or ``range``."""
        node = _BRANCHES[kind](pipe.pos, pipe, n.ListNode(pipe.pos), None)
        self.items.nodes.append(node)
        self.frames.append(_Frame(kind, node, self.variables, self.items, is_chained=is_chained))
        self.variables = list(self.variables)
        self.variables += declares
        self.range_depth += kind == lx.RANGE
        self.items = node.body

    def otherwise(self, action: Action, start: int) -> None:
        """``{{else}}``, and the other statement of ``{{else if}}``."""
        frame = self.frames[-1] if self.frames else None
        if frame is None or frame.node is None or frame.in_else or (action.after and action.after != frame.kind):
            raise _Refused
        frame.in_else = True
        self.range_depth -= frame.kind == lx.RANGE
        self.items = frame.node.otherwise = n.ListNode(action.at + start)
        if action.after:
            self.open(action.after, SharedPipe(action, start), action.declares, is_chained=True)

    def define(self, name: str) -> None:
        """Begin a definition, which has variables and depths of its own."""
        if self.frames:
            raise _Refused
        frame = _Frame(lx.DEFINE, None, self.variables, self.items)
        frame.name, frame.range_depth = name, self.range_depth
        self.frames.append(frame)
        self.variables, self.range_depth = ["$"], 0
        self.items = n.ListNode(0)

    def close(self) -> None:
        """``{{end}}``, of all that a chain of ``else if`` has begun."""
        while True:
            if not self.frames:
                raise _Refused
            frame = self.frames.pop()
            self.variables = frame.outer
            if frame.node is None:
                self.add(frame.name, self.items)
                self.range_depth = frame.range_depth
            elif not frame.in_else:
                self.range_depth -= frame.kind == lx.RANGE
            self.items = frame.around
            if not frame.is_chained:
                return

    def add(self, name: str, root: n.ListNode) -> None:
        known = self.trees.get(name)
        if known is None or n.is_empty(known.root.nodes):
            self.trees[name] = n.Tree(name, self.name, self.text, root)
        elif not n.is_empty(root.nodes):
            raise _Refused
