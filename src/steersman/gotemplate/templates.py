"""A set of templates that know each other: parse texts into it, execute one of them.

Answers to Go's ``template.Template`` with its associated templates. A template is interpreted until it has run as often
as the ``Way`` says, and compiled then; ``overlay`` gives a set that sees everything of its parent and can add to it
without the parent noticing, which is what ``tpl`` needs. Compiled texts are kept and shared
between a set and its overlays, and between runs when there is a ``CodeStore``.
"""

from __future__ import annotations

from steersman import errors
from steersman.go import errors as go_errors
from steersman.gotemplate import errors as template_errors
from steersman.gotemplate import runtime
from steersman.gotemplate.builtins import BUILTINS
from steersman.gotemplate.definition import ADAPTIVE, COMPILED, RECORDED, Definition, Part, Way
from steersman.gotemplate.output import Output
from steersman.gotemplate.table import Function, bind
from steersman.runtime.deep import SHALLOW_DEPTH, SHALLOW_FRAMES, allow_frames, is_deep, with_deep_stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType
    from typing import Any

    from steersman.go.signature import Parsed
    from steersman.gotemplate.compiler import Compiled
    from steersman.gotemplate.emit import Place
    from steersman.gotemplate.nodes import RangeNode, Tree
    from steersman.gotemplate.output import Write
    from steersman.gotemplate.quick import Actions
    from steersman.gotemplate.store import Bundle, CodeStore
    from steersman.gotemplate.table import FunctionTable, Row
    from steersman.gotemplate.trace import Trace

    Render = Callable[[Any, Write, "TemplateSet", Any], None]


class _Shared:
    """State that a set and its overlays share."""

    def __init__(self, functions: FunctionTable, missing_key: str, way: Way) -> None:
        self.functions = functions
        # missingkey=error is rare: compiled code alone knows it
        self.way = way if missing_key == "zero" else COMPILED
        self.callables: dict[str, tuple[Callable[..., Any], Parsed, Callable[..., Any] | None]] = {}
        self.missing_key = missing_key
        self.namespace: dict[str, Any] = {}
        self.found: dict[str, Function] = {}
        self.actions: Actions | None = None
        self.parsed: dict[tuple[str, str], list[Definition]] = {}
        self.bundle: Bundle | None = None
        # How many executions are inside each other, and whether they have moved to a deep stack.
        self.depth = 0
        self.is_deep = False
        # By identity of their code object: hashing one would hash all that is in it.
        self.started: dict[int, Definition] = {}
        self.interpret: Callable[..., None] | None = None
        # Whether code has the form that records, and where it records to.
        self.is_traced = False
        self.trace: Trace | None = None


class TemplateSet:
    """Templates by name.

    Args:
        functions: the function table, on top of Go's builtins.
        missing_key: ``"zero"`` or ``"error"``, as Go's option ``missingkey``.
        store: where compiled code is kept between runs.
        name: the name Go's root template would have (``MissingTemplate`` mentions it).
        way: when templates are compiled.
        is_traced: compile the form that records; ``trace`` says where to.
    """

    def __init__(
        self,
        functions: FunctionTable,
        missing_key: str = "zero",
        store: CodeStore | None = None,
        name: str = "gotpl",
        way: Way = ADAPTIVE,
        *,
        is_traced: bool = False,
    ) -> None:
        self.name = name
        self._shared = _Shared(functions, missing_key, RECORDED if is_traced and way is ADAPTIVE else way)
        self._shared.is_traced = is_traced
        self._definitions: dict[str, Definition] = {}
        self._runs: dict[str, Render] = {}
        self._store = store

    @property
    def missing_key(self) -> str:
        """Go's option ``missingkey``."""
        return self._shared.missing_key

    @property
    def is_traced(self) -> bool:
        """Whether the code of this set records what it does."""
        return self._shared.is_traced

    @property
    def trace(self) -> Trace | None:
        """The recording that executions go into."""
        return self._shared.trace

    @trace.setter
    def trace(self, trace: Trace | None) -> None:
        self._shared.trace = trace

    @property
    def way(self) -> Way:
        """The rule for when templates are compiled."""
        return self._shared.way

    def compile_all(self) -> None:
        """Compile what runs from now on: it has run before, and will again."""
        if self._shared.way is ADAPTIVE or self._shared.way is RECORDED:
            self._shared.way = COMPILED

    @property
    def text_count(self) -> int:
        """The number of texts that this set and its overlays have read."""
        return len(self._shared.parsed)

    @property
    def namespace(self) -> dict[str, Any]:
        """The globals of all compiled code of this set and its overlays."""
        return self._shared.namespace

    def overlay(self) -> TemplateSet:
        """Return a set that has this one's templates; what is parsed into it stays in it."""
        other = TemplateSet.__new__(TemplateSet)
        other.name = self.name
        other._shared = self._shared
        other._definitions = dict(self._definitions)
        other._runs = dict(self._runs)
        other._store = None
        return other

    # Parsing

    def parse(self, name: str, text: str) -> None:
        """Add the templates of ``text``: one called ``name``, and its defines.

        A template that is there already is replaced, unless the new one is empty.

        Raises:
            ParseError: when the text is not a template; nothing is added then.
        """
        definitions = self._shared.parsed.get((name, text))
        if definitions is None:
            bundle = self._shared.bundle
            definitions = bundle.met(name, text) if bundle is not None else None
            definitions = self._shared.parsed[name, text] = definitions or self._read(name, text)
        self._add(definitions)

    def parse_all(self, texts: Iterable[tuple[str, str]]) -> None:
        """Parse texts one after the other, through the store's bundle when there is one.

        Raises:
            ParseError: for the first text that does not parse.
        """
        texts = list(texts)
        bundle = None
        if self._store is not None:
            form = f"{self._shared.missing_key} traced" if self._shared.is_traced else self._shared.missing_key
            bundle = self._shared.bundle = self._store.open(texts, self._shared.functions, form)
        if bundle is not None and bundle.is_whole:
            self.compile_all()
            for at, text in enumerate(texts):
                definitions = self._shared.parsed[text] = bundle.definitions(at) or []
                self._add(definitions)
            return
        from steersman.runtime.process import collector_paused

        with collector_paused():
            for at, text in enumerate(texts):
                known = bundle.definitions(at) if bundle is not None else None
                if known is not None:
                    self._shared.parsed[text] = known
                self.parse(*text)

    def keep(self) -> None:
        """Write the bundle, if anything was compiled that is not in it yet."""
        if self._shared.bundle is not None:
            self._shared.bundle.save(self._shared.parsed, compile_now=self.compile_definition)

    def _add(self, definitions: list[Definition]) -> None:
        known = self._definitions
        for definition in definitions:
            if definition.is_empty and definition.name in known:
                continue
            known[definition.name] = definition
            self._runs.pop(definition.name, None)

    def _read(self, name: str, text: str) -> list[Definition]:
        trees = self._parse_text(name, text)
        from steersman.gotemplate.nodes import is_empty

        definitions = []
        for tree in trees.values():
            definition = Definition(tree.name, name, text, is_empty=is_empty(tree.root.nodes))
            definition.part = Part(tree.root)
            definitions.append(definition)
        return definitions

    def _parse_text(self, name: str, text: str) -> dict[str, Tree]:
        from steersman.gotemplate import quick

        names = _Names(self._shared.functions)
        if self._shared.actions is None:
            self._shared.actions = quick.Actions(names)
        trees = quick.parse(name, text, self._shared.actions)
        if trees is not None:
            return trees
        from steersman.gotemplate.parser import parse

        if text.count("{") + text.count("(") < 400:
            return parse(name, text, names)
        from steersman.runtime.deep import with_deep_calls

        return with_deep_calls(lambda: parse(name, text, names))

    # Asking

    def lookup(self, name: str) -> Definition | None:
        """Return the template called ``name``, or None."""
        return self._definitions.get(name)

    def names(self) -> list[str]:
        """Return the names of all templates, in the order they were first defined."""
        return list(self._definitions)

    def compiled_source(self, name: str) -> str:
        """Return the Python source of a template, and of the branches that are functions of their own.

        Raises:
            MissingTemplate: when there is none of that name.
        """
        definition = self._definitions.get(name)
        if definition is None:
            raise template_errors.MissingTemplate(name, self.name)
        sources: list[str] = []
        self._add_sources(definition, "", sources)
        return "\n".join(sources)

    def _add_sources(self, definition: Definition, heading: str, sources: list[str]) -> None:
        compiled = self._compile(definition)
        sources.append(heading + compiled.source)
        for number in range(len(compiled.parts)):
            self._add_sources(definition.branch(number), f"# branch {number}\n", sources)

    # Executing

    def execute(self, name: str, data: Any, context: Any = None) -> str:
        """Run a template with ``data`` as the cursor and return what it writes.

        ``context`` is handed to the functions that are bound to it.

        Raises:
            MissingTemplate: when there is none of that name.
            ExecError: when it fails.
        """
        run = self._runs.get(name)
        if run is None:
            if name not in self._definitions:
                raise template_errors.MissingTemplate(name, self.name)
            allow_frames(SHALLOW_FRAMES)
            run = self.find(name)
        shared = self._shared
        shared.depth += 1
        if shared.depth > SHALLOW_DEPTH and not shared.is_deep:
            return self._execute_deep(name, data, context)
        trace = shared.trace
        out = Output() if trace is None else trace.begin(self, name, data)
        try:
            run(data, out.write, self, context)
            return out.text()
        except (errors.TemplateError, KeyError, TypeError, AttributeError, RecursionError, UnboundLocalError) as err:
            if isinstance(err, RecursionError) and not is_deep():
                if shared.depth > 1:
                    raise
                shared.depth = 0
                if trace is not None:
                    trace.drop(out)  # type: ignore[arg-type]
                try:
                    return with_deep_stack(lambda: self.execute(name, data, context))
                finally:
                    shared.depth = 1
            from steersman.gotemplate.explain import explain

            if shared.depth == 1:
                # Compiled texts need not be compiled again when the chart is corrected.
                self.keep()
            explained = explain(self, err)
            if explained is None:
                raise
            raise explained from err
        finally:
            shared.depth -= 1
            if trace is not None:
                trace.end(out)  # type: ignore[arg-type]

    def _execute_deep(self, name: str, data: Any, context: Any) -> str:
        """Continue in a thread with a larger stack."""
        shared = self._shared
        shared.is_deep = True
        try:
            return with_deep_stack(lambda: self.execute(name, data, context))
        finally:
            shared.is_deep = False
            shared.depth -= 1

    def find(self, name: str) -> Render:
        """Return the function of a template, compiling it if need be; for compiled code.

        Raises:
            EvalError: when there is none of that name.
        """
        run = self._runs.get(name)
        if run is not None:
            return run
        definition = self._definitions.get(name)
        if definition is None:
            from steersman.go.quote import quote

            raise go_errors.EvalError(f"template {quote(name)} not defined")
        run = definition.run
        if run is None:
            if definition.runs < self._shared.way.most_runs and definition.code is None and definition.blob is None:
                definition.runs += 1
                return self._interpreted(definition)
            run = definition.run = self._start(definition)
        self._runs[name] = run
        return run

    def _interpreted(self, definition: Definition) -> Render:
        interpret = self._shared.interpret or self._find_interpreter()
        return lambda dot, write, templates, context: interpret(definition, dot, write, templates, context)

    def _find_interpreter(self) -> Callable[..., None]:
        if self._shared.is_traced:
            from steersman.gotemplate.recorder import record as interpret
        else:
            from steersman.gotemplate.interpreter import interpret
        self._shared.interpret = interpret
        return interpret

    def callable(self, name: str) -> tuple[Callable[..., Any], Parsed, Callable[..., Any] | None] | None:
        """Return a template function, its signature, and how the interpreter does it in place of a call."""
        found = self._shared.callables.get(name)
        if found is None:
            function = self.find_function(name)
            if function is None:
                return None
            from steersman.gotemplate.interpreter import INLINE

            found = function.resolve(), function.parsed, INLINE.get(function.inline)
            self._shared.callables[name] = found
        return found

    def compiled_body(
        self, definition: Definition, node: RangeNode, visible: set[str]
    ) -> tuple[Callable[..., None], tuple[str, ...]] | None:
        """Return the function of a loop's body and the variables it wants; None where it cannot be on its own."""
        if node.compiled is None:
            from steersman.gotemplate.compiler import has_way_out
            from steersman.gotemplate.scope import assigned_names, used_names

            if has_way_out(node.body) or not visible.isdisjoint(assigned_names(node.body)):
                return None
            names = tuple(sorted(visible.intersection(used_names(node.body))))
            body = Definition(definition.name, definition.parse_name, definition.text)
            body.part = Part(node.body, names)
            node.compiled = self._start(body), names
        found: tuple[Callable[..., None], tuple[str, ...]] = node.compiled
        return found

    def run_without_dot(self, code: CodeType, write: Write, context: Any) -> None:
        """Run the variant for a nil cursor of the template that has ``code``; for compiled code."""
        definition = self.definition_of(code)
        assert definition is not None, "compiled code belongs to a definition"
        variant = definition.without_dot
        if variant is None:
            variant = definition.without_dot = definition.nil_dot_variant()
        if variant.run is None:
            variant.run = self._start(variant)
        variant.run(None, write, self, context)

    def find_part(self, code: CodeType, number: int) -> Callable[..., None]:
        """Return the function of a branch of the template that has ``code``; for compiled code."""
        definition = self._shared.started[id(code)]
        branch = definition.branch(number)
        if branch.run is None:
            branch.run = self._start(branch)
        return branch.run

    def _start(self, definition: Definition) -> Render:
        code = self.compile_definition(definition)
        namespace = self._shared.namespace
        for name in code.co_names:
            if name not in namespace:
                self._bind(name, namespace)
        self._shared.started[id(code)] = definition
        run: Render = _FUNCTION(code, namespace, definition.name)
        return run

    def _bind(self, name: str, namespace: dict[str, Any]) -> None:
        """Give compiled code the global it mentions."""
        if name.startswith("f_"):
            row = self._row(name[2:])
            if row is not None:
                bind(row[0], name, namespace)
        elif name.startswith("_"):
            namespace[name] = getattr(runtime, name)

    def compile_definition(self, definition: Definition) -> CodeType:
        """Return a template's code, from the bundle or made now."""
        if definition.code is None:
            if definition.blob is not None:
                import marshal

                definition.code = marshal.loads(definition.blob)
            else:
                compiled = self._compile(definition, lifts_text=True)
                try:
                    definition.code = compiled.code(definition.parse_name, definition.name)
                except (SyntaxError, MemoryError) as err:
                    raise errors.TemplateError(f"template: {definition.name}: nests too deeply: {err}") from err
        assert definition.code is not None
        return definition.code

    def _compile(self, definition: Definition, *, lifts_text: bool = False) -> Compiled:
        if self._shared.is_traced:
            from steersman.gotemplate.traced import compile_recording as compile_part
        else:
            from steersman.gotemplate.compiler import compile_part

        compiled = compile_part(
            self.part_of(definition),
            self.find_function,
            self.missing_key,
            is_nil_dot=definition.is_nil_dot,
            lifts_text=lifts_text,
        )
        for number, part in enumerate(compiled.parts):
            definition.branch(number).part = part
        return compiled

    def part_of(self, definition: Definition) -> Part:
        """Return the nodes of a definition, read again where the code came from the store."""
        if definition.part is None:
            if definition.parent is not None:
                self._compile(definition.parent)
            else:
                trees = self._parse_text(definition.parse_name, definition.text)
                definition.part = Part(trees[definition.name].root)
        assert definition.part is not None, "compiling a definition finds the same branches again"
        return definition.part

    def find_function(self, name: str) -> Function | None:
        """Return a template function by its name; the set's own hide Go's builtins."""
        shared = self._shared
        function = shared.found.get(name)
        if function is None:
            row = self._row(name)
            if row is None:
                return None
            function = shared.found[name] = Function(name, *row)
        return function

    def _row(self, name: str) -> Row | None:
        return self._shared.functions.get(name) or BUILTINS.get(name)

    # Explaining

    def definition_of(self, code: CodeType) -> Definition | None:
        """Return the template that ``code`` was compiled from."""
        return self._shared.started.get(id(code))

    def place_of(self, definition: Definition, line: int) -> Place | None:
        """Return what stands on a line of a template's compiled code."""
        places = self._compile(definition).places
        return places.get(line)


class _Names:
    """The names of all functions, for the parser."""

    def __init__(self, functions: FunctionTable) -> None:
        self._functions = functions

    def __contains__(self, name: object) -> bool:
        return name in self._functions or name in BUILTINS


# types.FunctionType, without importing types.
_FUNCTION: Any = type(allow_frames)
