"""Every use of a value in any branch of any template of a chart, without rendering.

The templates' trees are walked as a render would run them, with both sides of each condition, and with the cursor,
variables and arguments of includes followed as sets of paths (``possible``). A template that is included with the same
possible cursor again is walked once. Where a name or a key is computed, everything that it may be counts.
"""

from __future__ import annotations

import re

from steersman.gotemplate import nodes as n
from steersman.gotemplate.reading import COPIES, ELEMENTS, HANDS_ON, reading_of
from steersman.insight.lines import Place
from steersman.insight.possible import NOTHING, UNKNOWN, Possible, union
from steersman.insight.reads import VALUES
from steersman.insight.use import (
    ANY,
    COMPARED,
    DIGEST,
    ENTRIES,
    FIELD,
    KIND,
    LOOP,
    NUMBER,
    PRINTED,
    TEST,
    TEXT,
    WHOLE,
    Call,
    Check,
    Guard,
    Include,
    Use,
)
from steersman.insight.use_calls import CALLS, certain, merged
from steersman.record import Record
from steersman.runtime.deep import SHALLOW_FRAMES, allow_frames, deeply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from steersman.chart.model import Chart
    from steersman.engine.trace import Path

_MOST_WALKS = 20_000  # of templates with different cursors; a chart with all its libraries has a few hundred
_MOST_DEPTH = 100
_MOST_WAYS = 4  # to a side of a choice that are kept
_MOST_STATEMENTS = 150_000  # ten seconds; a template that includes itself for each value in another can need any number
_PRINT = frozenset(
    ("quote", "squote", "print", "printf", "println", "cat", "toString", "html", "js", "urlquery", "nindent", "indent")
)
_NUMBERS = frozenset(
    (
        *("int", "int64", "float64", "add", "add1", "sub", "div", "mod", "mul", "addf", "add1f", "subf", "divf"),
        *("mulf", "biggest", "max", "min", "maxf", "minf", "ceil", "floor", "round", "until", "untilStep", "seq"),
    )
)
_ARGUMENTS = {"default": 2, "ternary": 3}  # of functions that choose by their last
_DIGESTS = frozenset(["sha256sum", "sha1sum", "sha512sum", "adler32sum"])
_TO_TEXT = frozenset(["toYaml", "toJson", "toPrettyJson", "toRawJson", "print", "printf", "toString", "quote"])
_KINDS = frozenset(["kindOf", "kindIs", "typeOf", "typeIs", "typeIsLike"])
_COMPARISONS = frozenset(["eq", "ne", "lt", "le", "gt", "ge"])
_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
# functions that ask about a text, a list or a version: the constant, then the value
_CHECKS = frozenset((*_MIRRORED, "contains", "has", "hasPrefix", "hasSuffix", "regexMatch", "semverCompare"))
_CONVERSIONS = frozenset(["int", "int64", "toString", "lower", "trim", "quote", "float64"])
_API_VERSIONS = ("Capabilities", "APIVersions")


def find_uses(chart: Chart, defaults: dict[str, Any]) -> Uses:
    """Return the uses of values in a chart.

    Args:
        chart: with all its subcharts under the names that they are used by, enabled or not.
        defaults: the values without any of the user's.

    Raises:
        ParseError: for a template that does not parse.
    """
    allow_frames(SHALLOW_FRAMES)
    return deeply(lambda: Uses(chart, defaults))


class Source(Record):
    """A template's tree, the text it stands in, and the chart that it belongs to."""

    tree: n.Tree
    chart: str


class Uses:
    """The uses of values in a chart; made by ``find_uses``.

    Attributes:
        found: every use, in the order in which a render would come to it.
        assigned: the paths of values that templates set.
        unknown: the includes of names that no template has.
        defined: every definition of every name, the one that counts last.
        used: the names that are included.
        is_dynamic: whether some include's name could not be made out.
        is_cut_short: whether a limit was reached, so that uses may be missing.
        files: the arguments of ``.Files.Get`` and the like.
        any_file: whether one of these could not be made out.
        ways: the ways to a side of a choice, each a set of conditions: by template, position, kind and number of the
            side, as ``code.Side`` has them.
    """

    def __init__(self, chart: Chart, defaults: dict[str, Any]) -> None:
        self.found: list[Use] = []
        self.assigned: set[Path] = set()
        self.unknown: list[Include] = []
        self.defined: dict[str, list[Source]] = {}
        self.used: set[str] = set()
        self.is_dynamic = False
        self.is_cut_short = False
        self.files: set[tuple[str, str]] = set()
        self.any_file = False
        self.ways: dict[tuple[str, int, str, int], list[tuple[Guard, ...]]] = {}
        self._defaults = defaults
        self._walked: set[Any] = set()
        self._seen: set[Any] = set()
        self._depth = 0
        self._statements = 0
        self._places: dict[tuple[int, int], Place] = {}
        self._kept: list[n.Tree] = []  # so that no other tree has the identity of one that is gone
        self._files: dict[str, n.Tree] = {}
        self._parse(chart)
        self._tops: dict[str, Possible] = {}
        self._make_top(chart, (VALUES,))
        for one in chart.walk():
            if one.is_library:
                continue
            for file in one.templates:
                name = f"{one.full_path}/{file.name}"
                if not name.rpartition("/")[2].startswith("_"):
                    self._run(name, self._tops[one.full_path], ())

    # Reading

    def _parse(self, chart: Chart) -> None:
        texts = {f"{one.full_path}/{file.name}": (file.data, one) for one in chart.walk() for file in one.templates}
        # helm: the longest paths are parsed first, and the last definition holds
        for name in sorted(texts, key=lambda name: (name.count("/"), name), reverse=True):
            data, one = texts[name]
            for tree in _parsed(name, data.decode("utf-8", "surrogateescape")).values():
                is_empty = n.is_empty(tree.root.nodes)
                known = self.defined.setdefault(tree.name, [])
                if is_empty and known:
                    known.insert(0, Source(tree, one.full_path))
                else:
                    known.append(Source(tree, one.full_path))

    def _make_top(self, chart: Chart, path: Path) -> Possible:
        subcharts = {child.name: self._make_top(child, (*path, child.name)) for child in chart.dependencies}
        top = Possible(
            fields={
                VALUES: Possible([path], is_never_nil=True),
                "Files": Possible([("Files", chart.full_path)], is_never_nil=True),
                "Template": Possible(
                    fields={"BasePath": Possible(constants=(f"{chart.full_path}/templates",)), "Name": UNKNOWN}
                ),
                "Subcharts": Possible(fields=subcharts),
                **{name: Possible([(name,)], is_never_nil=True) for name in ("Chart", "Release", "Capabilities")},
            },
            name=chart.full_path,
        )
        self._tops[chart.full_path] = top
        return top

    # Walking

    def _run(self, name: str, dot: Possible, guards: tuple[Guard, ...]) -> None:
        """Walk the template that is called ``name`` in the whole chart."""
        key = name, dot.key()
        if key in self._walked or self._is_full():
            return
        self._walked.add(key)
        self._tree(self.defined[name][-1].tree, dot, guards)

    def is_exhausted(self) -> bool:
        """Count a statement, and return whether there have been too many."""
        self._statements += 1
        self.is_cut_short = self.is_cut_short or self._statements > _MOST_STATEMENTS
        return self._statements > _MOST_STATEMENTS

    def _is_full(self) -> bool:
        is_full = len(self._walked) > _MOST_WALKS or self._depth > _MOST_DEPTH
        self.is_cut_short = self.is_cut_short or is_full
        return is_full

    def _tree(self, tree: n.Tree, dot: Possible, guards: tuple[Guard, ...]) -> None:
        self._depth += 1
        _Walk(self, tree, dot).statements(tree.root, guards)
        self._depth -= 1

    def run_text(self, text: str, dot: Possible, place: Place, guards: tuple[Guard, ...]) -> None:
        """Walk a text that ``tpl`` runs."""
        from steersman.gotemplate.errors import ParseError

        key = text, dot.key()
        if key in self._walked or self._is_full():
            return
        self._walked.add(key)
        try:
            trees = _parsed(f"{place.template}:{place.line}", text)
        except ParseError:
            return
        for tree in trees.values():
            self._tree(tree, dot, guards)

    def include(self, name: Possible, dot: Possible, place: Place, guards: tuple[Guard, ...], pattern: str) -> None:
        """Walk the templates that an include may mean; ``pattern`` says what is known about a computed name."""
        constant = name.constant()
        if isinstance(constant, str):
            self.used.add(constant)
            if constant in self.defined:
                self._run(constant, dot, guards)
            else:
                self.unknown.append(Include(constant, place))
            return
        known = [one for one in name.constants if one in self.defined]
        if pattern and not known:
            known = [one for one in self.defined if re.fullmatch(pattern, one)]
        if not known or name.paths or name.is_unknown:
            self.is_dynamic = self.is_dynamic or not known
            self.note(dot, WHOLE, place, guards)
        for one in known:
            self.used.add(one)
            self._run(one, dot, guards)

    def note(
        self,
        value: Possible,
        how: str,
        place: Place,
        guards: tuple[Guard, ...],
        *,
        constants: tuple[Any, ...] = (),
        is_safe: bool = False,
    ) -> None:
        """Note a use of what an expression may be; used whole, what is in a map that a template has made is, too."""
        todo, met = [value], {id(value)}
        while todo:
            at = todo.pop()
            for path in at.paths:
                if path[0] != VALUES:
                    continue
                # the first use of its kind at a place is enough
                key = path, how, place.template, place.line, is_safe, bool(guards)
                if key not in self._seen or constants:
                    self._seen.add(key)
                    self.found.append(Use(path[1:], how, place, guards, constants, is_safe or at.is_never_nil))
            if how != WHOLE:
                return
            if at.fields is not None and VALUES in at.fields:
                self.is_dynamic = True  # all that a template sees at its top
                continue
            for inner in (*(at.fields or {}).values(), *([at.items] if at.items is not None else [])):
                if id(inner) not in met:
                    met.add(id(inner))
                    todo.append(inner)

    def choose(self, tree: n.Tree, pos: int, kind: str, number: int, guards: tuple[Guard, ...]) -> None:
        """Note conditions that are enough for a side of a choice."""
        known = self.ways.setdefault((tree.parse_name, pos, kind, number), [])
        if len(known) < _MOST_WAYS and guards not in known:
            known.append(guards)

    def wants_ways(self, tree: n.Tree, pos: int, kind: str) -> bool:
        """Return whether more ways to one of the two sides of a choice would be kept."""
        known = [self.ways.get((tree.parse_name, pos, kind, number), ()) for number in (0, 1)]
        return any(len(ways) < _MOST_WAYS for ways in known)

    def place(self, tree: n.Tree, pos: int) -> Place:
        """Return a place in a template."""
        key = id(tree), pos
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = Place(tree.parse_name, tree.text.count("\n", 0, pos) + 1, tree.name)
            self._kept.append(tree)
        return known

    def default_of(self, path: Path) -> Any:
        """Return the default at a path that begins with ``Values``, or None."""
        at: Any = self._defaults
        for key in path[1:]:
            if not isinstance(at, dict):
                return None
            at = at.get(key)
        return at


class _Walk:
    """One walk through one template."""

    def __init__(self, uses: Uses, tree: n.Tree, dot: Possible) -> None:
        self._uses = uses
        self._tree = tree
        self._dot = dot
        self._scopes: list[dict[str, list[Possible]]] = [{"$": [dot]}]
        self._grew = False  # whether a variable may be more than before
        self._is_digest = False  # whether of what is printed only a checksum is made

    def _place(self, pos: int) -> Place:
        return self._uses.place(self._tree, pos)

    # Statements

    def statements(self, items: n.ListNode | None, guards: tuple[Guard, ...]) -> None:
        if items is None:
            return
        self._scopes.append({})
        for node in items.nodes:
            if self._uses.is_exhausted():
                break
            if isinstance(node, n.ActionNode):
                value = self.pipe(node.pipe, guards)
                if not node.pipe.decl:
                    self._uses.note(value, PRINTED, self._place(node.pos), guards)
            elif isinstance(node, n.TemplateNode):
                dot = self.pipe(node.pipe, guards) if node.pipe is not None else NOTHING
                name = Possible(constants=(node.name,))
                self._uses.include(name, dot, self._place(node.pos), guards, "")
            elif isinstance(node, n.IfNode):
                self._if(node, guards)
            elif isinstance(node, n.WithNode):
                self._with(node, guards)
            elif isinstance(node, n.RangeNode):
                self._range(node, guards)
        self._scopes.pop()

    def _if(self, node: n.IfNode, guards: tuple[Guard, ...]) -> None:
        self._scopes.append({})
        value = self.pipe(node.pipe, guards)
        self._uses.note(value, TEST, self._place(node.pos), guards)
        true, false = self._conditions(node.pipe)
        if self._uses.wants_ways(self._tree, node.pos, "if"):
            self._choose(node.pos, "if", guards, *self._alternatives(node.pipe))
        self.statements(node.body, (*guards, *true))
        self.statements(node.otherwise, (*guards, *false))
        self._scopes.pop()

    def _with(self, node: n.WithNode, guards: tuple[Guard, ...]) -> None:
        self._scopes.append({})
        value = self.pipe(node.pipe, guards)
        self._uses.note(value, TEST, self._place(node.pos), guards)
        true, false = self._conditions(node.pipe)
        if self._uses.wants_ways(self._tree, node.pos, "with"):
            self._choose(node.pos, "with", guards, *self._alternatives(node.pipe))
        outer, self._dot = self._dot, certain(value)
        for variable in node.pipe.decl:
            self._scopes[-1][variable.names[0]] = [certain(value)]
        self.statements(node.body, (*guards, *true))
        self._dot = outer
        self.statements(node.otherwise, (*guards, *false))
        self._scopes.pop()

    def _range(self, node: n.RangeNode, guards: tuple[Guard, ...]) -> None:
        self._scopes.append({})
        value = self.pipe(node.pipe, guards, bind=False)
        self._uses.note(value, LOOP, self._place(node.pos), guards)
        element = value.element()
        names = [variable.names[0] for variable in node.pipe.decl]
        if names:
            self._scopes[-1][names[-1]] = [element]
        if len(names) == 2:
            self._uses.note(value, ENTRIES, self._place(node.pos), guards)
            constants = tuple(value.fields) if value.fields is not None and not value.paths else ()
            self._scopes[-1][names[0]] = [Possible(constants=constants, is_unknown=not constants)]
        true, false = self._conditions(node.pipe)
        if self._uses.wants_ways(self._tree, node.pos, "range"):
            self._choose(node.pos, "range", guards, *self._alternatives(node.pipe))
        outer, self._dot = self._dot, element
        outer_grew, self._grew = self._grew, False
        self.statements(node.body, (*guards, *true))
        if self._grew:
            self.statements(node.body, (*guards, *true))  # again, for what the first time has left in variables
        self._grew |= outer_grew
        self._dot = outer
        self.statements(node.otherwise, (*guards, *false))
        self._scopes.pop()

    # Conditions

    def _choose(self, pos: int, kind: str, guards: tuple[Guard, ...], *sides: list[list[Guard]]) -> None:
        for number, alternatives in enumerate(sides):
            for own in alternatives:
                self._uses.choose(self._tree, pos, kind, number, (*guards, *own))

    def _alternatives(self, pipe: n.PipeNode) -> tuple[list[list[Guard]], list[list[Guard]]]:
        """Return sets of conditions of which each is enough for the body of a statement, and such for its else."""
        if len(pipe.commands) == 1:
            first, args = pipe.commands[0].args[0], pipe.commands[0].args[1:]
            if isinstance(first, n.PipeNode) and not args:
                return self._alternatives(first)
            if isinstance(first, n.IdentifierNode) and first.name in ("and", "or"):
                sides = [self._argument_conditions(arg) for arg in args]
                true = [guard for side in sides for guard in side[0]]
                false = [guard for side in sides for guard in side[1]]
                if first.name == "and":
                    return [true], [side[1] for side in sides]
                return [side[0] for side in sides], [false]
            if isinstance(first, n.IdentifierNode) and first.name == "not" and len(args) == 1:
                inner = args[0]
                if isinstance(inner, n.PipeNode):
                    holds, fails = self._alternatives(inner)
                    return fails, holds
        body, otherwise = self._conditions(pipe)
        return [body], [otherwise]

    def _conditions(self, pipe: n.PipeNode) -> tuple[list[Guard], list[Guard]]:
        """Return what holds in the body of a condition, and what in its else."""
        if len(pipe.commands) != 1:
            return self._piped_conditions(pipe)
        return self._command_conditions(pipe.commands[0])

    def _piped_conditions(self, pipe: n.PipeNode) -> tuple[list[Guard], list[Guard]]:
        paths = self._named_in(pipe)
        last = pipe.commands[-1].args
        if len(pipe.commands) == 2 and len(pipe.commands[0].args) == 1 and isinstance(last[0], n.IdentifierNode):
            check = self._check(last[0].name, [*last[1:], pipe.commands[0].args[0]])
            return _both_ways(paths, check)
        return _both_ways(paths, None)

    def _check(self, name: str, args: list[n.Node]) -> Check | None:
        """Return the question that a call asks about one value, or None where it is another one."""
        if len(args) != 2 or name not in _CHECKS:
            return None
        constants = [self._quiet(arg).constant() if not isinstance(arg, n.NumberNode) else _number(arg) for arg in args]
        if (constants[0] is None) == (constants[1] is None):
            return None
        at = 0 if constants[0] is None else 1  # the value; the other argument is the constant
        if name in _MIRRORED:
            name = name if at == 0 else _MIRRORED[name]
        elif at == 0:
            return None
        value, is_of_length = self._asked(args[at])
        paths = tuple(sorted(value.paths, key=str))
        return Check(name, paths, constants[1 - at], is_of_length=is_of_length) if paths else None

    def _asked(self, node: n.Node) -> tuple[Possible, bool]:
        """Return what the value in an argument may be, without conversions, and whether its length is the argument."""
        if isinstance(node, n.PipeNode) and len(node.commands) == 1:
            first, *args = node.commands[0].args
            if not args:
                return self._asked(first)
            if isinstance(first, n.IdentifierNode) and len(args) == 1 and first.name in (*_CONVERSIONS, "len"):
                value, is_of_length = self._asked(args[0])
                return value, is_of_length or first.name == "len"
            if isinstance(first, n.IdentifierNode) and len(args) == 2 and first.name == "default":
                return union(self._quiet(args[0]), self._quiet(args[1])), False
        if isinstance(node, n.PipeNode) and len(node.commands) == 2:
            given, last = node.commands[0].args, node.commands[1].args
            if len(given) == 1 and isinstance(last[0], n.IdentifierNode):
                if len(last) == 1 and last[0].name in (*_CONVERSIONS, "len"):
                    return self._quiet(given[0]), last[0].name == "len"
                if len(last) == 2 and last[0].name == "default":
                    return union(self._quiet(given[0]), self._quiet(last[1])), False
        return self._quiet(node), False

    def _command_conditions(self, command: n.CommandNode) -> tuple[list[Guard], list[Guard]]:
        first, args = command.args[0], command.args[1:]
        if isinstance(first, n.PipeNode) and not args:
            return self._conditions(first)
        if isinstance(first, n.IdentifierNode):
            if first.name == "not" and len(args) == 1:
                true, false = self._argument_conditions(args[0])
                return false, true
            if first.name == "empty" and len(args) == 1 and not isinstance(args[0], n.PipeNode):
                true, false = self._argument_conditions(args[0])
                return false, true
            if first.name in ("and", "or"):
                sides = [self._argument_conditions(arg) for arg in args]
                if len(sides) == 1:
                    return sides[0]
                is_and = first.name == "and"
                any_of = tuple([tuple(side[1] if is_and else side[0]) for side in sides])
                unclear = [Guard(self._named_in_all(args), None, any_of=any_of)]
                if is_and:
                    return [guard for side in sides for guard in side[0]], unclear
                return unclear, [guard for side in sides for guard in side[1]]
            if first.name == "hasKey" and len(args) == 2 and isinstance(args[1], n.StringNode):
                paths = tuple([(*path, args[1].text) for path in self._quiet(args[0]).paths])
                return [Guard(paths, True)], [Guard(paths, None)]
            true, false = _both_ways(self._named_in_all(args), self._check(first.name, args))
            if first.name == "eq" and len(args) >= 2:
                return self._equal_conditions(args, true, false)
            return true, false
        if args:
            return _both_ways(self._named_in_all(command.args), self._method_check(first, args))
        return self._argument_conditions(first)

    def _equal_conditions(
        self, args: list[n.Node], true: list[Guard], false: list[Guard]
    ) -> tuple[list[Guard], list[Guard]]:
        """Return what holds where a value is equal to one of some constants, and what where it is not."""
        paths = tuple(self._quiet(args[0]).paths)
        constants = [self._quiet(arg).constant() for arg in args[1:]]
        if None in constants:
            return true, false
        if len(constants) == 1:
            return [Guard(paths, None, constants[0])], false
        different = [Check("eq", paths, constant, holds=False) for constant in constants]
        any_of = tuple([(Guard(paths, None, constant),) for constant in constants])
        return [Guard(paths, None, any_of=any_of)], [Guard(paths, None, check=check) for check in different]

    def _method_check(self, first: n.Node, args: list[n.Node]) -> Check | None:
        """Return the question of ``.Capabilities.APIVersions.Has``."""
        paths = self._quiet(first).paths
        constant = self._quiet(args[0]).constant() if len(args) == 1 else None
        if paths != {(*_API_VERSIONS, "Has")} or constant is None:
            return None
        return Check("has", (_API_VERSIONS,), constant)

    def _argument_conditions(self, node: n.Node) -> tuple[list[Guard], list[Guard]]:
        if isinstance(node, n.PipeNode):
            return self._conditions(node)
        return _value_conditions(self._quiet(node))

    def _quiet(self, node: n.Node) -> Possible:
        """Return what a simple operand may be, without noting a use; anything else is unknown."""
        if isinstance(node, n.DotNode):
            return self._dot
        if isinstance(node, n.FieldNode):
            return _fields(self._dot, node.names)
        if isinstance(node, n.VariableNode):
            return _fields(self._variable(node.names[0]), node.names[1:])
        if isinstance(node, n.ChainNode):
            return _fields(self._quiet(node.node), node.names)
        if isinstance(node, n.PipeNode) and len(node.commands) == 1 and len(node.commands[0].args) == 1:
            return self._quiet(node.commands[0].args[0])
        if isinstance(node, n.StringNode):
            return Possible(constants=(node.text,))
        if isinstance(node, n.BoolNode):
            return Possible(constants=(node.value,))
        return UNKNOWN

    def _named_in(self, pipe: n.PipeNode) -> tuple[Path, ...]:
        return tuple([path for command in pipe.commands for path in self._named_in_all(command.args)])

    def _named_in_all(self, args: Iterable[n.Node]) -> tuple[Path, ...]:
        """Return the paths that are named anywhere in expressions."""
        found: list[Path] = []
        for arg in args:
            if isinstance(arg, n.PipeNode):
                found += self._named_in(arg)
            elif isinstance(arg, n.ChainNode) and isinstance(arg.node, n.PipeNode):
                found += self._named_in(arg.node)
                found += self._quiet(arg).paths
            else:
                found += self._quiet(arg).paths
        return tuple(found)

    # Expressions

    def pipe(self, pipe: n.PipeNode, guards: tuple[Guard, ...], *, bind: bool = True) -> Possible:
        """Return what a pipeline may be, and note what it uses."""
        value: Possible | None = None
        outer, self._is_digest = self._is_digest, _makes_digest(pipe)
        for command in pipe.commands:
            value = self._command(command, guards, value)
        self._is_digest = outer
        value = NOTHING if value is None else value
        if bind:
            for variable in pipe.decl:
                self._bind(variable.names[0], value, is_assign=pipe.is_assign)
        return value

    def _bind(self, name: str, value: Possible, *, is_assign: bool) -> None:
        if not is_assign:
            self._scopes[-1][name] = [value]
            return
        for scope in reversed(self._scopes):
            if name in scope:
                before = scope[name][0]
                scope[name] = [union(before, value)]
                self._grew = self._grew or scope[name][0].key() != before.key()
                return

    def _variable(self, name: str) -> Possible:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name][0]
        return UNKNOWN

    def _command(self, command: n.CommandNode, guards: tuple[Guard, ...], final: Possible | None) -> Possible:
        first, args = command.args[0], command.args[1:]
        if isinstance(first, n.IdentifierNode):
            return self._call(first, args, guards, final)
        if isinstance(first, (n.FieldNode, n.VariableNode, n.ChainNode)) and (args or final is not None):
            return self._method(first, args, guards, final)
        return self._operand(first, guards)

    def _method(
        self,
        first: n.FieldNode | n.VariableNode | n.ChainNode,
        args: list[n.Node],
        guards: tuple[Guard, ...],
        final: Possible | None,
    ) -> Possible:
        values = [self._operand(arg, guards) for arg in args] + ([final] if final is not None else [])
        target = self._operand(first, guards)
        for path in target.paths:
            if path[0] == "Files" and len(path) == 3:
                constant = values[0].constant() if values else None
                if isinstance(constant, str):
                    self._uses.files.add((path[1], constant))
                else:
                    self._uses.any_file = True
        return UNKNOWN

    def _operand(self, node: n.Node, guards: tuple[Guard, ...]) -> Possible:
        if isinstance(node, n.DotNode):
            return self._dot
        if isinstance(node, n.FieldNode):
            return self._chain(self._dot, node.names, node.pos, guards)
        if isinstance(node, n.VariableNode):
            return self._chain(self._variable(node.names[0]), node.names[1:], node.pos, guards)
        if isinstance(node, n.ChainNode):
            base = self._operand(node.node, guards)
            return self._chain(base, node.names, node.pos, guards, is_safe=True)
        if isinstance(node, n.PipeNode):
            return self.pipe(node, guards)
        if isinstance(node, n.IdentifierNode):
            return self._call(node, [], guards, None)
        if isinstance(node, n.StringNode):
            return Possible(constants=(node.text,), is_never_nil=True)
        if isinstance(node, n.BoolNode):
            return Possible(constants=(node.value,), is_never_nil=True)
        if isinstance(node, n.NumberNode):
            number = node.int_value if node.int_value is not None else node.float_value
            return Possible(constants=(number,), is_never_nil=True)
        return NOTHING

    def _chain(
        self, value: Possible, names: Iterable[str], pos: int, guards: tuple[Guard, ...], *, is_safe: bool = False
    ) -> Possible:
        """Follow fields; ``is_safe`` where the first may be read of nil, as of a value in parentheses."""
        for name in names:
            if value.paths:
                self._uses.note(value, FIELD, self._place(pos), guards, constants=(name,), is_safe=is_safe)
            value = value.field(name)
            is_safe = False
        return value

    # Functions

    def _call(
        self, node: n.IdentifierNode, args: list[n.Node], guards: tuple[Guard, ...], final: Possible | None
    ) -> Possible:
        name, place = node.name, self._place(node.pos)
        if name in ("and", "or"):
            return self._logical(node, args, guards, final)
        values = [self._operand(arg, guards) for arg in args]
        if final is not None:
            values.append(final)
        if len(values) == _ARGUMENTS.get(name) and self._uses.wants_ways(self._tree, node.pos, name):
            true, false = self._last_conditions(args, final)
            self._choose(node.pos, name, guards, [true], [false])
        if self._is_digest and name in _TO_TEXT:
            for value in values:
                self._uses.note(value, DIGEST, place, guards)
            return UNKNOWN
        special = CALLS.get(name)
        if special is not None:
            return special(self._uses, Call(values, args, place, guards))
        return self._plain_call(name, values, place, guards)

    def _plain_call(self, name: str, values: list[Possible], place: Place, guards: tuple[Guard, ...]) -> Possible:
        reading = reading_of(name)
        how = WHOLE
        result = UNKNOWN
        if name in _KINDS:
            how = KIND
        elif name in _COMPARISONS:
            constants = tuple([one for value in values for one in value.constants])
            for value in values:
                self._uses.note(value, COMPARED if constants else ANY, place, guards, constants=constants)
            return UNKNOWN
        elif name in _NUMBERS:
            how = NUMBER
        elif name in _PRINT:
            how = PRINTED
        elif reading == HANDS_ON:
            how = TEST if name in ("empty", "not", "all", "any", "len") else ANY
        elif reading == ELEMENTS:
            how = LOOP
            result = UNKNOWN
            for value in values:
                result = union(result, Possible(items=value.element()))
        elif reading == COPIES:
            how = ANY
            result = merged(values)
        else:
            kinds = _parameters(name)
            for at, value in enumerate(values):
                kind = kinds[min(at, len(kinds) - 1)] if kinds else "any"
                self._uses.note(value, {"string": TEXT, "int": NUMBER}.get(kind, WHOLE), place, guards)
            return UNKNOWN
        for value in values:
            self._uses.note(value, how, place, guards)
        return result

    def _last_conditions(self, args: list[n.Node], final: Possible | None) -> tuple[list[Guard], list[Guard]]:
        """Return what holds if the last argument of ``default`` or ``ternary`` is something, and what if it is not."""
        return _value_conditions(final) if final is not None else self._argument_conditions(args[-1])

    def _logical(
        self, node: n.IdentifierNode, args: list[n.Node], guards: tuple[Guard, ...], final: Possible | None
    ) -> Possible:
        """``and`` and ``or``: an argument counts only where those before it have not decided."""
        result = NOTHING
        is_and = node.name == "and"
        sides: list[tuple[Guard, ...]] = []
        for arg in args:
            value = self._operand(arg, guards)
            self._uses.note(value, TEST, self._place(arg.pos), guards)
            result = union(result, value)
            true, false = self._argument_conditions(arg)
            sides.append((*guards, *(false if is_and else true)))
            guards = (*guards, *(true if is_and else false))
        for number, one in enumerate([*(sides if final is not None else sides[:-1]), guards]):
            self._uses.choose(self._tree, node.pos, node.name, number, one)
        result = result if final is None else union(result, final)
        return Possible(
            result.paths,
            fields=result.fields,
            items=result.items,
            constants=result.constants,
            is_unknown=result.is_unknown,
            is_never_nil=not is_and and result.is_never_nil,
        )


def _value_conditions(value: Possible) -> tuple[list[Guard], list[Guard]]:
    paths = tuple([path for path in value.paths if path[0] == VALUES])
    if not paths and value.paths and not value.is_unknown and value.fields is None and not value.constants:
        return _both_ways((), Check("set", tuple(sorted(value.paths, key=str))))
    if value.is_unknown or value.fields is not None or value.constants or len(paths) != len(value.paths):
        return [Guard(paths, None)], [Guard(paths, None)]
    return [Guard(paths, True)], [Guard(paths, False)]


def _both_ways(paths: tuple[Path, ...], check: Check | None) -> tuple[list[Guard], list[Guard]]:
    """Return what holds where the answer to a question is yes, and what where it is no."""
    if check is None:
        return [Guard(paths, None)], [Guard(paths, None)]
    opposite = Check(check.name, check.paths, check.constant, holds=False, is_of_length=check.is_of_length)
    return [Guard(paths, None, check=check)], [Guard(paths, None, check=opposite)]


def _number(node: n.NumberNode) -> int | float | None:
    return node.int_value if node.int_value is not None else node.float_value


def _fields(value: Possible, names: Iterable[str]) -> Possible:
    for name in names:
        value = value.field(name)
    return value


def _makes_digest(pipe: n.PipeNode) -> bool:
    heads = [command.args[0] for command in pipe.commands[1:]]
    return any(isinstance(head, n.IdentifierNode) and head.name in _DIGESTS for head in heads)


class _Functions:
    """The template functions, looked up when first needed."""

    def __init__(self) -> None:
        self._rows: dict[str, Any] = {}

    def rows(self) -> dict[str, Any]:
        if not self._rows:
            from steersman.engine.functions import function_table
            from steersman.gotemplate.builtins import BUILTINS

            self._rows = {**BUILTINS, **function_table()}
        return self._rows


_FUNCTIONS = _Functions()


def _parameters(name: str) -> list[str]:
    """Return the types of a function's parameters."""
    row = _FUNCTIONS.rows().get(name)
    if row is None:
        return []
    words = row[1].partition("->")[0].split()
    return [word.removesuffix("...") for word in words if word != "bound"]


def _parsed(name: str, text: str) -> dict[str, n.Tree]:
    from steersman.gotemplate.parser import parse

    return deeply(lambda: parse(name, text, _FUNCTIONS.rows()))
