"""The rules that look at what the defaults and each ci values file render to, and at reads that fail with others."""

from __future__ import annotations

import re

from steersman.chart.errors import IncompatibleKube
from steersman.checking.custom import CustomKinds
from steersman.checking.file_rules import schema_violations
from steersman.checking.findings import DEFAULTS, ERROR, NOTE, WARNING, Finding
from steersman.checking.objects import problems
from steersman.checking.problems import shown
from steersman.checking.value_rules import suspects
from steersman.engine.context import Facts
from steersman.engine.errors import FailError
from steersman.engine.seeded import Seed, seeded
from steersman.errors import SteerError
from steersman.gotemplate.errors import ExecError, ParseError
from steersman.insight.explain import Explainer
from steersman.insight.guesses import Setting, as_values, with_settings
from steersman.insight.origins import GivenValues, line_of
from steersman.manifest.heads import HeadMemory
from steersman.record import Record, replace
from steersman.rendering import RenderOptions, crd_files, render, take_part
from steersman.values.coalesce import coalesce_values
from steersman.values.sources import Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from steersman.checking.problems import Problem
    from steersman.checking.subject import Subject
    from steersman.checking.value_rules import Suspect
    from steersman.engine.capabilities import Capabilities, KubeVersion
    from steersman.engine.trace import Path, Trace
    from steersman.rendering import Broken, Rendered, World

_FACTS = Facts("release-name", "default")
_SEED = Seed("steer check")  # the same findings each time, also where templates make keys and passwords
NOT_IDEMPOTENT = "not-idempotent"
_MOST_TRIALS = 40  # renders that see whether a read really fails


class Case(Record):
    """Values that the chart is rendered with.

    Attributes:
        name: ``the defaults``, or the values file's path below the chart.
        values: the values.
        data: the bytes of the file.
        is_made: whether they were made up, so that the chart may refuse them.
    """

    name: str
    values: dict[str, Any]
    data: bytes = b""
    is_made: bool = False

    @property
    def file(self) -> str:
        """The path below the chart that findings about all of a render have."""
        if self.name == DEFAULTS:
            return "values.yaml"
        # values of flags, and those that were made up, are in no file of the chart
        return self.name if self.name.endswith((".yaml", ".yml")) else "Chart.yaml"


class Renders:
    """Renders a chart with several values.

    Args:
        subject: the chart.
        world: what a render may ask; its capabilities are those of ``kube``.
        kube: the version of Kubernetes that is checked for.
        crds: the texts of files with custom resource definitions.
    """

    def __init__(self, subject: Subject, world: World, kube: KubeVersion, crds: tuple[str, ...]) -> None:
        self._subject = subject
        self._world = replace(
            world,
            impure=replace(world.impure, log=_silent, lookup=self._lookup),
            schemas=None,
            observer=None,
            heads=world.heads or HeadMemory(),
        )
        self._trees: dict[str, Any] = {}  # of the last render, by their texts: most objects are in the next one as well
        self._given_lookup = world.impure.lookup
        self._has_looked_up = False  # a render with a cluster may go another way
        self._kube = kube
        self._keys: dict[tuple[str, bytes], Any] = {}
        self._custom = CustomKinds()
        self._custom.add_texts(crds)
        self._custom.add_texts(data.decode("utf-8", "replace") for _, data in crd_files(subject.whole))
        self._broken: Broken | None = None  # of the last render that failed
        self.default_error: SteerError | None = None

    def findings(self, case: Case) -> Iterator[Finding]:
        """Yield what is wrong with one render."""
        return self._look(case, None)

    def recorded(self, case: Case) -> tuple[list[Finding], Trace | None]:
        """Return what is wrong with one render, and its recording, or None where it failed."""
        traces: list[Trace] = []
        found = list(self._look(case, traces))
        return found, traces[0] if traces else None

    def _look(self, case: Case, traces: list[Trace] | None) -> Iterator[Finding]:
        is_default = case.name == DEFAULTS
        subject = self._subject
        file = f"{subject.name}/{case.file}"
        data = case.data
        try:
            source = take_part(subject.loaded, case.values, _silent)
            values = coalesce_values(source.chart, case.values, _silent)
        except SteerError as error:
            yield Finding("not-rendered", ERROR, str(error), file, cases=(case.name,))
            return
        for one in schema_violations(subject, file, data, source.chart, values, is_default=is_default):
            yield replace(one, cases=(case.name,))
        try:
            rendered = self._render(case.values, record=traces is not None)
        except SteerError as error:
            if is_default:
                self.default_error = error
            yield self._failed(error, file, case, is_default=is_default)
            return
        if traces is not None and rendered.trace is not None:
            traces.append(rendered.trace)
        yield from self._object_findings(rendered, case)
        if case.is_made:
            yield from self._differing(rendered, case)

    def confirmed(self) -> Iterator[Finding]:
        """Yield the reads of fields of nothing, or of a scalar, that were seen to fail once something is set."""
        facts, capabilities = _FACTS, self._world.capabilities()
        every = list(suspects(self._subject, facts, capabilities))
        by_trigger: dict[str, list[Suspect]] = {}
        for one in every:
            by_trigger.setdefault(repr(one.triggers), []).append(one)
        found: set[tuple[str, str, int, str]] = set()
        trials = _MOST_TRIALS
        for todo in by_trigger.values():
            settings = todo[0].triggers
            failing = todo
            while todo and failing and trials:
                trials -= 1
                failing = list(self._failing(every, settings, *with_settings(settings, facts, capabilities)))
                for one in failing:
                    finding = one.finding
                    key = finding.rule, finding.file, finding.line, one.field
                    if one in todo and key not in found:
                        found.add(key)
                        yield finding
                # a render ends at the first: with that mended, the next one is seen
                settings = (*settings, *(Setting((*one.path, one.field), "x") for one in failing))
                todo = [one for one in todo if one not in failing]

    def _failing(
        self, every: list[Suspect], settings: tuple[Setting, ...], facts: Facts, capabilities: Capabilities
    ) -> Iterator[Suspect]:
        """Yield the suspects that a render is seen to fail at."""
        try:
            self._render(as_values(settings), facts, capabilities)
        except SteerError as error:
            places = _places(error)
            for one in every:
                if (one.finding.file, one.finding.line) in places and _is_about(error, one.field):
                    yield one

    def _lookup(self, api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
        self._has_looked_up = True
        return {} if self._given_lookup is None else self._given_lookup(api_version, kind, namespace, name)

    def _differing(self, rendered: Rendered, case: Case) -> Iterator[Finding]:
        """Yield the first template that renders to something else with the same values, randomness and clock."""
        try:
            again = self._render(case.values).files
        except SteerError as error:
            message = f"a second render with the same values fails: {_on_one_line(error)}"
            yield Finding(NOT_IDEMPOTENT, ERROR, message, self._subject.name, cases=(case.name,))
            return
        for path, text in rendered.files.items():
            if again.get(path) != text:
                lines = zip(text.split("\n"), again.get(path, "").split("\n"))
                first, second = next((pair for pair in lines if pair[0] != pair[1]), ("", ""))
                message = f"two renders with the same values differ: {shown(first.strip())}, {shown(second.strip())}"
                yield Finding(NOT_IDEMPOTENT, ERROR, message, path, cases=(case.name,))
                return

    def _render(
        self,
        values: dict[str, Any],
        facts: Facts = _FACTS,
        capabilities: Capabilities | None = None,
        *,
        record: bool = False,
    ) -> Rendered:
        inspect: Callable[[Rendered], None] | None = (lambda _rendered: None) if record else None
        options = RenderOptions(skip_schema_validation=True, inspect=inspect, diagnose=self._keep_broken)
        world = replace(self._world, impure=seeded(self._world.impure, _SEED, facts, self._keys))
        if capabilities is not None:
            world = replace(world, capabilities=lambda: capabilities)
        source = take_part(self._subject.loaded, values, _silent)
        return render(source, facts, world, options)

    def _keep_broken(self, broken: Broken) -> str:
        self._broken = broken
        return ""

    def _yaml_fault(self, error: SteerError) -> tuple[list[tuple[str, int]], str]:
        """Return the places that wrote a line which is not YAML, and the words for its fix."""
        from steersman.errors import ManifestError
        from steersman.insight.failures import yaml_fault

        if self._broken is None or error.find(ManifestError) is None:
            return [], ""
        places, fix = yaml_fault(self._broken)
        return [(place.template, place.line) for place in places], f"; fix: {fix}" if fix else ""

    def _failed(self, error: SteerError, file: str, case: Case, *, is_default: bool) -> Finding:
        places = _places(error)
        severity = ERROR
        if any(isinstance(one, (FailError, IncompatibleKube)) for one in error.chain()):
            # what the chart itself asks for by default: a value that the user has to set
            severity = NOTE if is_default or case.is_made else WARNING
        elif is_default and not self._has_looked_up and _is_nil_pointer(error):
            severity = ERROR  # nobody can install the chart as it is, and nothing says which value it wants
        elif places:
            # a value may be missing that the user has to set; a ci file may be meant to go over another one
            severity = WARNING
        if error.find(ParseError) is not None:
            severity = ERROR
        fix = ""
        if not places:
            places, fix = self._yaml_fault(error)
        if places:
            file, line = places[-1]
        else:
            # a template whose text is not YAML
            named = re.match(r"YAML parse error on ([^:]+):", str(error))
            file, line = (named[1] if named is not None else file), 0
        message = " ".join(str(error).split()) + fix
        return Finding("not-rendered", severity, message, file, line, cases=(case.name,), chain=tuple(places))

    # Objects

    def _object_findings(self, rendered: Rendered, case: Case) -> Iterator[Finding]:
        from steersman.yamlio import load_integers

        named = [(m.head.kind, m.head.name, m.path, m.text) for m in rendered.manifests]
        named += [(hook.kind, hook.name, hook.path, hook.manifest) for hook in rendered.hooks]
        trees: list[Any] = []
        known, self._trees = self._trees, {}
        for _, _, _, text in named:
            if text not in self._trees:
                try:
                    self._trees[text] = known[text] if text in known else load_integers(text)
                except SteerError:
                    self._trees[text] = None
            trees.append(self._trees[text])
        for tree in trees:
            self._custom.add(tree)
        found: list[tuple[int, Problem]] = []
        for number, tree in enumerate(trees):
            found += [(number, problem) for problem in problems(tree, self._kube, self._custom)]
        if not found:
            return
        # only a render with something wrong in it needs a recording
        recorded = rendered if rendered.trace is not None else self._render(case.values, record=True)
        explainer = Explainer(recorded, GivenValues(Sources(), {}))
        for number, problem in found:
            kind, name, path, text = named[number]
            yield self._placed(explainer, number, problem, f"{kind}/{name}", path, text, case)

    def _placed(
        self, explainer: Explainer, number: int, problem: Problem, target: str, path: str, text: str, case: Case
    ) -> Finding:
        line = _line_in(text, problem.path)
        origin = explainer.line_at(number, line) if line else None
        chain = tuple((place.template, place.line) for place in origin.chain) if origin is not None else ()
        # an include may be of a library, which the chart's author cannot mend: the outermost place of the chart itself
        place = chain[0] if chain else (path, 0)
        return Finding(
            problem.rule,
            problem.severity,
            problem.message,
            *place,
            object=target,
            field=_shown_path(problem.path),
            cases=(case.name,),
            chain=chain,
        )


def _line_in(text: str, path: Path) -> int:
    """Return the line of a field, or that of what it is in."""
    data = text.encode("utf-8", "surrogateescape")
    while path:
        line = line_of(data, path)
        if line:
            return line
        path = path[:-1]
    return line_of(data, ("kind",)) or 1


def _shown_path(path: Path) -> str:
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def _on_one_line(error: SteerError) -> str:
    return " ".join(str(error).split())


def _is_nil_pointer(error: SteerError) -> bool:
    executing = error.find(ExecError)
    return executing is not None and executing.is_nil_pointer


def _places(error: SteerError) -> list[tuple[str, int]]:
    """Return the places in templates that an error of a render names, the outermost first."""
    from steersman.engine.errors import causes

    executing = error.find(ExecError)
    if executing is not None:
        levels = [level for level in causes(executing) if isinstance(level, ExecError)]
        return [(level.template, level.line) for level in levels]
    parsing = error.find(ParseError)
    return [(parsing.name, parsing.line)] if parsing is not None else []


def _is_about(error: SteerError, field: str) -> bool:
    text = str(error)
    return f"interface {{}}.{field}" in text or f"can't evaluate field {field} " in text


def _silent(*_words: object, **_fields: object) -> None: ...
