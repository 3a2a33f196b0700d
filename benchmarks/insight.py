"""The promises about insight, measured by mutation over the corpus of public charts in ``../shared``.

    python -m benchmarks.insight [--cases N] [--keys K] [--seed S] [--only PART]

A value of the user's is changed, or its key misspelt, and the chart rendered again: what has changed says whether the
report was right. Prints a row per promise with its figure and its bound; exits with 1 if one does not hold.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from steersman.action.value_schema import examples
from steersman.chart.loader import load_chart
from steersman.chart.model import Chart
from steersman.checking.subject import Subject
from steersman.checking.value_schema import value_schema
from steersman.engine.capabilities import DEFAULT_CAPABILITIES, Capabilities, parse_kube_version
from steersman.engine.compiled import Compiled
from steersman.engine.context import Facts
from steersman.engine.impure import Impure
from steersman.engine.render import render
from steersman.engine.trace import Trace
from steersman.errors import SteerError
from steersman.gotemplate.definition import COMPILED, INTERPRETED
from steersman.insight.lines import Lines
from steersman.insight.reads import VALUES, Reads
from steersman.insight.unused import UNMENTIONED, dotted, find_unused
from steersman.rendering import Source, take_part
from steersman.values.coalesce import coalesce_values, copy_tree
from steersman.values.files import load_values
from steersman.values.schema import problem_of

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
FACTS = Facts("rel", "ns1")
Keys = tuple[Any, ...]


class Case:
    """A chart with a values file, and how to render it."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.name = row["id"]
        arguments = row["args"]
        extra = [arguments[at + 1] for at, word in enumerate(arguments) if word == "--api-versions"]
        kube = next((arguments[at + 1] for at, word in enumerate(arguments) if word == "--kube-version"), "1.34.0")
        self.capabilities = Capabilities(parse_kube_version(kube), (*DEFAULT_CAPABILITIES.api_versions, *extra))
        self.chart = load_chart(str(CORPUS / "charts" / row["chart"]))
        self.given = load_values((CORPUS / row["values"]).read_bytes()) if row["values"] else {}
        # seconds and random bytes stand still, so that two renders differ by the values only
        self.impure = Impure(log=_silent, now_ns=lambda: 1_700_000_000_000_000_000, random_bytes=lambda n: b"\x07" * n)
        self.compiled = Compiled(None, COMPILED)

    def ci_values(self) -> list[dict[str, Any]]:
        """Return the values files that the chart has for its tests, which its archive may not have."""
        folder = CORPUS / "values" / self.name.rpartition(".")[0]
        return [load_values(path.read_bytes()) for path in sorted(folder.glob("ci-*.yaml"))]

    def source(self, given: dict[str, Any]) -> Source:
        """Return the chart that takes part with these values."""
        return take_part(self.chart, given, _silent)

    def render(self, given: dict[str, Any], trace: Trace | None = None) -> dict[str, str]:
        """Return the text of each template."""
        source = self.source(given)
        return self.run(source.chart, coalesce_values(source.chart, source.values, _silent), trace)

    def run(self, chart: Chart, values: dict[str, Any], trace: Trace | None = None) -> dict[str, str]:
        """Return the text of each template for values that are whole."""
        return render(chart, values, FACTS, self.capabilities, self.impure, compiled=self.compiled, trace=trace)

    def output(self, given: dict[str, Any]) -> dict[str, str] | str:
        """Return the text of each template, or why there is none."""
        try:
            return self.render(given)
        except (SteerError, RecursionError) as error:
            return str(error)


def _silent(*_words: object, **_fields: object) -> None: ...


def cases(count: int, seed: int, *, with_values: bool) -> Iterator[Case]:
    """Yield cases that render the same every time, in a random order."""
    with open(CORPUS / "cases.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = [row for row in rows if row["exit"] == 0 and not row["nondeterministic"]]
    if with_values:
        rows = [row for row in rows if row["values"]]
    random.Random(seed).shuffle(rows)
    for row in rows[:count] if count else rows:
        try:
            yield Case(row)
        except SteerError as error:
            print(f"  left out: {row['id']}: {error}", file=sys.stderr)


def leaves(tree: Any, path: Keys = ()) -> Iterator[Keys]:
    """Yield the paths of all values that have nothing below them."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(value, (dict, list)) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def changed(tree: dict[str, Any], path: Keys) -> dict[str, Any]:
    """Return a copy of the values with another value at ``path``."""
    copy = copy_tree(tree)
    at = copy
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = _other(at[path[-1]])
    return copy


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, dict):
        return {"changed": "changed"}
    if isinstance(value, list):
        return ["changed"]
    return f"{value or ''}x"


def misspelt(key: str, dice: random.Random) -> str:
    """Return a key with one mistake: two letters swapped, one left out, doubled or replaced."""
    at = dice.randrange(len(key) - 1)
    kind = dice.choice(["swap", "drop", "double", "replace"])
    if kind == "swap" and key[at] != key[at + 1]:
        return key[:at] + key[at + 1] + key[at] + key[at + 2 :]
    if kind == "drop" and len(key) > 3:
        return key[:at] + key[at + 1 :]
    if kind == "double":
        return key[:at] + key[at] + key[at:]
    return key[:at] + ("q" if key[at].lower() != "q" else "z") + key[at + 1 :]


def renamed(tree: dict[str, Any], path: Keys, name: str) -> dict[str, Any] | None:
    """Return a copy of the values with another last key, in the same order; None where it is there already."""
    copy = copy_tree(tree)
    at = copy
    for key in path[:-1]:
        at = at[key]
    if name in at:
        return None
    items = [(name if key == path[-1] else key, value) for key, value in at.items()]
    at.clear()
    at.update(items)
    return copy


class Promise(NamedTuple):
    """A figure and what it must not go beyond."""

    text: str
    figure: float
    bound: float
    is_most: bool
    of: str

    def holds(self) -> bool:
        """Return whether the figure is within its bound."""
        return self.figure <= self.bound if self.is_most else self.figure >= self.bound


def unused_values(options: argparse.Namespace) -> list[Promise]:
    """Change every value that is reported; misspell keys that are read by name."""
    dice = random.Random(options.seed)
    keys = reported = wrong = wrong_unmentioned = planted = caught = named = 0
    levels = {UNMENTIONED: 0, "unreached": 0}
    for case in cases(options.cases, options.seed, with_values=True):
        trace = Trace()
        try:
            plain = case.render(case.given)
            case.render(case.given, trace)
        except SteerError:
            continue
        all_leaves = list(leaves(case.given))
        keys += len(all_leaves)
        for one in find_unused(trace, case.chart, case.given):
            below = [leaf for leaf in all_leaves if leaf[: len(one.path)] == one.path]
            levels[one.level] += len(below)
            for leaf in below:
                reported += 1
                if case.output(changed(case.given, leaf)) != plain:
                    wrong += 1
                    wrong_unmentioned += one.level == UNMENTIONED
                    print(f"  wrong: {case.name}: {dotted(leaf)} is {one.level}", file=sys.stderr)
        reads = Reads(trace)
        by_name = read_by_name(all_leaves, reads)
        for leaf in dice.sample(by_name, min(options.keys, len(by_name))):
            name = misspelt(leaf[-1], dice)
            given = renamed(case.given, leaf, name)
            if given is None:
                continue
            trace = Trace()
            try:
                case.render(given, trace)
            except SteerError:
                continue  # the chart itself refuses to do without it
            planted += 1
            path = (*leaf[:-1], name)
            found = next((one for one in find_unused(trace, case.chart, given) if one.path == path), None)
            caught += found is not None and found.level == UNMENTIONED
            if found is not None and found.level == UNMENTIONED and found.suggestion == leaf:
                named += 1
            else:
                print(f"  missed: {case.name}: {dotted(path)} for {dotted(leaf)}: {found}", file=sys.stderr)
    of = f"of {keys} keys, {reported} reported ({levels[UNMENTIONED]} unmentioned)"
    return [
        Promise("false alarms, % of keys", 100 * wrong / max(keys, 1), 0.3, True, of),
        Promise("false alarms among the unmentioned", wrong_unmentioned, 0, True, f"of {levels[UNMENTIONED]}"),
        Promise("typos caught, %", 100 * caught / max(planted, 1), 95, False, f"of {planted}"),
        Promise("typos caught with the right suggestion, %", 100 * named / max(planted, 1), 95, False, f"of {planted}"),
    ]


def read_by_name(all_leaves: list[Keys], reads: Reads) -> list[Keys]:
    """Return the paths of values whose keys templates name, and which are in nothing that is passed on whole."""
    return [
        leaf
        for leaf in all_leaves
        if isinstance(leaf[-1], str)
        and len(leaf[-1]) > 2
        and (VALUES, *leaf) in reads.touched
        and not any((VALUES, *leaf)[:end] in reads.whole for end in range(len(leaf) + 2))
        and not any((VALUES, *leaf[:end]) in reads.listed for end in range(len(leaf)))
    ]


def schemas(options: argparse.Namespace) -> list[Promise]:
    """Check ci values files, and misspelt keys that are read by name, against the schemas that charts get."""
    dice = random.Random(options.seed)
    files = accepted = bare = planted = refused = 0
    for case in cases(options.cases, options.seed, with_values=True):
        subject = Subject(case.chart)
        # as in the chart's own folder, where steer schema finds its ci values files
        known = [*examples("chart.tgz", case.chart), *case.ci_values()]
        schema = json.dumps(value_schema(subject, known)).encode()
        whole = coalesce_values(case.source(case.given).chart, case.given, _silent)
        if case.name.rpartition(".")[2].startswith("ci-"):
            files += 1
            problem = problem_of(schema, whole)
            accepted += not problem
            if problem:
                print(f"  refused: {case.name}: {problem.strip()}", file=sys.stderr)
            bare += not problem_of(json.dumps(value_schema(subject)).encode(), whole)
        trace = Trace()
        try:
            case.render(case.given, trace)
        except SteerError:
            continue
        by_name = read_by_name(list(leaves(case.given)), Reads(trace))
        for leaf in dice.sample(by_name, min(options.keys, len(by_name))):
            name = misspelt(leaf[-1], dice)
            given = renamed(case.given, leaf, name)
            if given is None:
                continue
            planted += 1
            if problem_of(schema, coalesce_values(case.source(given).chart, given, _silent)):
                refused += 1
            else:
                print(f"  taken: {case.name}: {dotted((*leaf[:-1], name))} for {dotted(leaf)}", file=sys.stderr)
    of = f"of {files}; without them as examples: {100 * bare / max(files, 1):.1f}"
    return [
        Promise("ci values files that a chart's schema takes, %", 100 * accepted / max(files, 1), 100, False, of),
        Promise("typos that the schema refuses, %", 100 * refused / max(planted, 1), 90, False, f"of {planted}"),
    ]


def same_output(options: argparse.Namespace) -> list[Promise]:
    """Render everything both ways; compare texts and times."""
    different = disagree = rendered = 0
    ratios = []
    for case in cases(options.cases, options.seed, with_values=False):
        source = case.source(case.given)
        values = coalesce_values(source.chart, source.values, _silent)

        def once(trace: Trace | None, case: Case = case, source: Source = source, values: Any = values) -> Any:
            whole = copy_tree(values)
            start = time.process_time()
            result = case.run(source.chart, whole, trace)
            return time.process_time() - start, result

        compiled, interpreted = Trace(), Trace()
        try:
            plain, traced = once(None)[1], once(compiled)[1]
            case.compiled = Compiled(None, INTERPRETED)
            once(interpreted)
            case.compiled = Compiled(None, COMPILED)
        except SteerError:
            continue
        rendered += 1
        if not _agree(Reads(compiled), Reads(interpreted)):
            disagree += 1
            print(f"  interpreted and compiled read otherwise: {case.name}", file=sys.stderr)
        if plain != traced:
            different += 1
            print(f"  different: {case.name}", file=sys.stderr)
        once(None), once(Trace())
        pairs = [(once(None)[0], once(Trace())[0]) for _ in range(5)]
        ratios.append(min(b for _, b in pairs) / min(a for a, _ in pairs))
    return [
        Promise("charts whose output differs when traced", different, 0, True, f"of {rendered} cases"),
        Promise("charts that both ways record differently", disagree, 0, True, f"of {rendered} cases"),
        Promise("traced render, times a plain one (median)", statistics.median(ratios), 2, True, "warm"),
    ]


def _agree(one: Reads, other: Reads) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("touched", "whole", "ran", "taken"))


def line_origins(options: argparse.Namespace) -> list[Promise]:
    """Change values, and compare the lines that change with those that name the value."""
    dice = random.Random(options.seed)
    lines = without = changes = named = naming = naming_changed = wrong_text = 0
    for case in cases(options.cases, options.seed, with_values=False):
        trace = Trace()
        try:
            plain = case.render(case.given, trace)
        except SteerError:
            continue
        reads = Reads(trace)
        origins = Lines(trace, reads)
        rows = {name: origins.of(name) for name in origins.templates()}
        for name, row in rows.items():
            wrong_text += "\n".join(line.text for line in row).replace("<no value>", "") != plain[name]
            for line in row:
                if line.text.strip():
                    lines += 1
                    without += not any(place.line for place in line.chain)
        candidates = [leaf for leaf in leaves(trace.values) if "global" not in leaf[1:]]
        for leaf in dice.sample(candidates, min(options.keys, len(candidates))):
            given = changed_in(case.given, trace.values, leaf)
            if given is None:
                continue
            other = case.output(given)
            if isinstance(other, str):
                continue
            path = (VALUES, *leaf)
            for name, row in rows.items():
                touched = lines_that_differ(plain[name], other.get(name, ""))
                for number, line in enumerate(row):
                    if not line.text.strip():
                        continue
                    exact = [value for segment in line.segments if segment.is_exact for value in segment.values]
                    direct = {one for value in exact for one in reads.levels(value)}
                    around = {one for value in (*line.values, *line.because) for one in reads.levels(value)}
                    if number in touched:
                        changes += 1
                        is_named = any(_related(path, one) for one in direct | around)
                        named += is_named
                        if not is_named:
                            print(f"  not named: {case.name}: {dotted(leaf)}: {name}: {line.text}", file=sys.stderr)
                    if path in direct:
                        naming += 1
                        naming_changed += number in touched
                        if number not in touched and options.verbose:
                            print(f"  unchanged: {case.name}: {dotted(leaf)}: {name}: {line.text}", file=sys.stderr)
    return [
        Promise("lines without a position in a template", without, 0, True, f"of {lines} lines"),
        Promise("templates whose lines are not their text", wrong_text, 0, True, f"of {lines} lines"),
        Promise("changed lines that name the value, %", 100 * named / max(changes, 1), 98, False, f"of {changes}"),
        Promise(
            "lines naming a value that change, %", 100 * naming_changed / max(naming, 1), 90, False, f"of {naming}"
        ),
    ]


def _related(path: Keys, other: Keys) -> bool:
    """Return whether one of two paths is in the other."""
    size = min(len(path), len(other))
    return path[:size] == other[:size]


def changed_in(given: dict[str, Any], values: dict[str, Any], path: Keys) -> dict[str, Any] | None:
    """Return the user's values with another value at a path of all values; None where it cannot be set."""
    copy = copy_tree(given)
    at, whole = copy, values
    for place, key in enumerate(path[:-1]):
        whole = whole[key]
        if isinstance(at, dict) and key not in at:
            at[key] = copy_tree(whole) if isinstance(whole, list) else {}
        at = at[key]
        if at is None or (place and not isinstance(at, (dict, list))):
            return None
    try:
        at[path[-1]] = _other(whole[path[-1]])
    except (LookupError, TypeError):
        return None
    return copy


def lines_that_differ(old: str, new: str) -> set[int]:
    """Return the numbers of the lines of ``old``, from 0, that ``new`` has not or has otherwise."""
    before, after = old.split("\n"), new.split("\n")
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) == len(after):
        return {start + number for number, (a, b) in enumerate(zip(before, after)) if a != b}
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return {
        start + number
        for tag, low, high, _, _ in matcher.get_opcodes()
        if tag in ("replace", "delete")
        for number in range(low, high)
    }


PARTS: dict[str, Callable[[argparse.Namespace], list[Promise]]] = {
    "unused": unused_values,
    "same": same_output,
    "lines": line_origins,
    "schemas": schemas,
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=0, help="how many cases of each kind; 0: all")
    parser.add_argument("--keys", type=int, default=8, help="keys of a case that are tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="show lines that name a value and do not change")
    parser.add_argument("--only", choices=PARTS, action="append")
    options = parser.parse_args()
    if not CORPUS.exists():
        print(f"{CORPUS} is not there", file=sys.stderr)
        return 1
    failed = False
    for name in options.only or PARTS:
        for promise in PARTS[name](options):
            failed |= not promise.holds()
            sign = "at most" if promise.is_most else "at least"
            verdict = "holds" if promise.holds() else "DOES NOT HOLD"
            bound = f"{sign} {promise.bound:g}"
            print(f"{promise.text:50} {promise.figure:8.2f}  {bound:14} {verdict}  ({promise.of})", flush=True)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
