"""The promises about insight, measured by mutation over the corpus of public charts in ``../shared``.

    python -m benchmarks.insight [--cases N] [--keys K] [--seed S] [--only PART] [--jobs J]

A value of the user's is changed, or its key misspelt, and the chart rendered again: what has changed says whether the
report was right. Prints a row per promise with its figure and its bound; exits with 1 if one does not hold.
"""

from __future__ import annotations

import argparse
import difflib
import gc
import json
import multiprocessing
import os
import random
import statistics
import sys
import time
from collections import Counter
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


def rows(count: int, seed: int, *, with_values: bool) -> list[dict[str, Any]]:
    """Return cases that render the same every time, in a random order."""
    with open(CORPUS / "cases.jsonl", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    found = [row for row in found if row["exit"] == 0 and not row["nondeterministic"]]
    if with_values:
        found = [row for row in found if row["values"]]
    random.Random(seed).shuffle(found)
    return found[:count] if count else found


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
    if isinstance(value, str) and "\n" in value.strip():
        # a text over several lines: a line of it changes when that line is changed
        return "\n".join(f"{line}x" if line.strip() else line for line in value.split("\n"))
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


class Tally:
    """The results of one case, or of several.

    Attributes:
        counts: by name.
        ratios: of times.
        remarks: lines for people: what was found to be wrong.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.ratios: list[float] = []
        self.remarks: list[str] = []

    def add(self, other: Tally) -> None:
        """Take in what another case came to."""
        self.counts += other.counts
        self.ratios += other.ratios

    def percent(self, some: str, whole: str) -> float:
        """Return how many of one kind are of another."""
        return 100 * self.counts[some] / max(self.counts[whole], 1)


def unused_values(case: Case, options: argparse.Namespace, dice: random.Random, tally: Tally) -> None:
    """Change every value that is reported; misspell keys that are read by name."""
    count, say = tally.counts, tally.remarks.append
    trace = Trace()
    plain = case.render(case.given)
    case.render(case.given, trace)
    all_leaves = list(leaves(case.given))
    count["keys"] += len(all_leaves)
    for one in find_unused(trace, case.chart, case.given):
        for leaf in [leaf for leaf in all_leaves if leaf[: len(one.path)] == one.path]:
            count["reported"] += 1
            count[one.level] += 1
            if case.output(changed(case.given, leaf)) != plain:
                count["wrong"] += 1
                count["wrong unmentioned"] += one.level == UNMENTIONED
                say(f"wrong: {case.name}: {dotted(leaf)} is {one.level}")
    by_name = read_by_name(all_leaves, Reads(trace))
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
        count["planted"] += 1
        path = (*leaf[:-1], name)
        found = next((one for one in find_unused(trace, case.chart, given) if one.path == path), None)
        is_caught = found is not None and found.level == UNMENTIONED
        count["caught"] += is_caught
        if is_caught and found is not None and found.suggestion == leaf:
            count["named"] += 1
        else:
            say(f"missed: {case.name}: {dotted(path)} for {dotted(leaf)}: {found}")


def unused_promises(tally: Tally) -> list[Promise]:
    """Return what the report of values that did nothing promises."""
    count = tally.counts
    of = f"of {count['keys']} keys, {count['reported']} reported ({count[UNMENTIONED]} unmentioned)"
    planted = f"of {count['planted']}"
    return [
        Promise("false alarms, % of keys", tally.percent("wrong", "keys"), 0.3, True, of),
        Promise("false alarms among the unmentioned", count["wrong unmentioned"], 0, True, f"of {count[UNMENTIONED]}"),
        Promise("typos caught, %", tally.percent("caught", "planted"), 95, False, planted),
        Promise("typos caught with the right suggestion, %", tally.percent("named", "planted"), 95, False, planted),
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


def schemas(case: Case, options: argparse.Namespace, dice: random.Random, tally: Tally) -> None:
    """Check ci values files, and misspelt keys that are read by name, against the schemas that charts get."""
    count, say = tally.counts, tally.remarks.append
    subject = Subject(case.chart)
    # as in the chart's own folder, where steer schema finds its ci values files
    known = [*examples("chart.tgz", case.chart), *case.ci_values()]
    schema = json.dumps(value_schema(subject, known)).encode()
    whole = coalesce_values(case.source(case.given).chart, case.given, _silent)
    if case.name.rpartition(".")[2].startswith("ci-"):
        count["files"] += 1
        problem = problem_of(schema, whole)
        count["accepted"] += not problem
        if problem:
            say(f"refused: {case.name}: {problem.strip()}")
        count["bare"] += not problem_of(json.dumps(value_schema(subject)).encode(), whole)
    trace = Trace()
    case.render(case.given, trace)
    by_name = read_by_name(list(leaves(case.given)), Reads(trace))
    for leaf in dice.sample(by_name, min(options.keys, len(by_name))):
        name = misspelt(leaf[-1], dice)
        given = renamed(case.given, leaf, name)
        if given is None:
            continue
        count["planted"] += 1
        if problem_of(schema, coalesce_values(case.source(given).chart, given, _silent)):
            count["refused"] += 1
        else:
            say(f"taken: {case.name}: {dotted((*leaf[:-1], name))} for {dotted(leaf)}")


def schema_promises(tally: Tally) -> list[Promise]:
    """Return what the schemas promise."""
    of = f"of {tally.counts['files']}; without them as examples: {tally.percent('bare', 'files'):.1f}"
    planted = f"of {tally.counts['planted']}"
    return [
        Promise("ci values files that a chart's schema takes, %", tally.percent("accepted", "files"), 100, False, of),
        Promise("typos that the schema refuses, %", tally.percent("refused", "planted"), 90, False, planted),
    ]


def same_output(case: Case, options: argparse.Namespace, dice: random.Random, tally: Tally) -> None:
    """Render everything both ways; compare texts and times."""
    count, say = tally.counts, tally.remarks.append
    source = case.source(case.given)
    values = coalesce_values(source.chart, source.values, _silent)

    def once(trace: Trace | None) -> Any:
        whole = copy_tree(values)
        start = time.process_time()
        result = case.run(source.chart, whole, trace)
        return time.process_time() - start, result

    compiled, interpreted = Trace(), Trace()
    plain, traced = once(None)[1], once(compiled)[1]
    case.compiled = Compiled(None, INTERPRETED)
    once(interpreted)
    case.compiled = Compiled(None, COMPILED)
    count["rendered"] += 1
    if not _agree(Reads(compiled), Reads(interpreted)):
        count["disagree"] += 1
        say(f"interpreted and compiled read otherwise: {case.name}")
    if plain != traced:
        count["different"] += 1
        say(f"different: {case.name}")
    once(None), once(Trace())
    pairs = [(once(None)[0], once(Trace())[0]) for _ in range(5)]
    tally.ratios.append(min(b for _, b in pairs) / min(a for a, _ in pairs))


def same_promises(tally: Tally) -> list[Promise]:
    """Return what a recorded render promises."""
    count, of = tally.counts, f"of {tally.counts['rendered']} cases"
    ratio = statistics.median(tally.ratios or [0])
    return [
        Promise("charts whose output differs when traced", count["different"], 0, True, of),
        Promise("charts that both ways record differently", count["disagree"], 0, True, of),
        Promise("traced render, times a plain one (median)", ratio, 2, True, "warm"),
    ]


def _agree(one: Reads, other: Reads) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("touched", "whole", "ran", "taken"))


def line_origins(case: Case, options: argparse.Namespace, dice: random.Random, tally: Tally) -> None:
    """Change values, and compare the lines that change with those that name the value."""
    count, say = tally.counts, tally.remarks.append
    trace = Trace()
    plain = case.render(case.given, trace)
    reads = Reads(trace)
    origins = Lines(trace, reads)
    rows = {name: origins.of(name) for name in origins.templates()}
    for name, row in rows.items():
        count["wrong text"] += "\n".join(line.text for line in row) != plain[name]
        for line in row:
            if line.text.strip():
                count["lines"] += 1
                count["without"] += not any(place.line for place in line.chain)
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
                    count["changes"] += 1
                    is_named = any(_related(path, one) for one in direct | around)
                    count["named"] += is_named
                    sure = direct.union(one for value in line.because for one in reads.levels(value))
                    count["named exactly"] += any(_related(path, one) for one in sure)
                    if not is_named:
                        say(f"not named: {case.name}: {dotted(leaf)}: {name}: {line.text}")
                if path in direct:
                    count["naming"] += 1
                    count["naming changed"] += number in touched
                    if number not in touched:
                        say(f"unchanged: {case.name}: {dotted(leaf)}: {name}: {line.text}")


def line_promises(tally: Tally) -> list[Promise]:
    """Return what lines promise."""
    count, of = tally.counts, f"of {tally.counts['lines']} lines"
    return [
        Promise("lines without a position in a template", count["without"], 0, True, of),
        Promise("templates whose lines are not their text", count["wrong text"], 0, True, of),
        Promise(
            "changed lines that name the value, %",
            tally.percent("named", "changes"),
            98,
            False,
            f"of {count['changes']}; by exact marks {tally.percent('named exactly', 'changes'):.2f}",
        ),
        Promise(
            "lines naming a value that change, %",
            tally.percent("naming changed", "naming"),
            90,
            False,
            f"of {count['naming']}",
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
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    found = {
        start + number
        for tag, low, high, _, _ in matcher.get_opcodes()
        if tag in ("replace", "delete")
        for number in range(low, high)
    }
    if len(before) == len(after):
        # each line may be another, or a line may have moved: what takes fewer is right
        other = {start + number for number, (a, b) in enumerate(zip(before, after)) if a != b}
        found = min(found, other, key=len)
    return found


class Part(NamedTuple):
    """A part of the report: what to do with a case, what to make of all, and whether it needs values of a user's."""

    measure: Callable[[Case, argparse.Namespace, random.Random, Tally], None]
    promises: Callable[[Tally], list[Promise]]
    with_values: bool


PARTS = {
    "unused": Part(unused_values, unused_promises, True),
    "same": Part(same_output, same_promises, False),
    "lines": Part(line_origins, line_promises, False),
    "schemas": Part(schemas, schema_promises, True),
}


def _one(job: tuple[str, dict[str, Any], argparse.Namespace]) -> Tally:
    name, row, options = job
    tally = Tally()
    began = time.monotonic()
    try:
        case = Case(row)
    except SteerError as error:
        tally.remarks.append(f"left out: {row['id']}: {error}")
        return tally
    try:
        # a case's dice do not depend on the other cases
        PARTS[name].measure(case, options, random.Random(f"{options.seed} {row['id']}"), tally)
    except SteerError as error:
        tally.remarks.append(f"does not render: {row['id']}: {error}")
    if options.verbose:
        tally.remarks.append(f"{time.monotonic() - began:.1f} s: {row['id']}")
    del case
    gc.collect()
    return tally


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=0, help="how many cases of each kind; 0: all")
    parser.add_argument("--keys", type=int, default=8, help="keys of a case that are tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--verbose", action="store_true", help="show how long each case takes")
    parser.add_argument("--only", choices=PARTS, action="append")
    options = parser.parse_args()
    if not CORPUS.exists():
        print(f"{CORPUS} is not there", file=sys.stderr)
        return 1
    failed = False
    for name in options.only or PARTS:
        part = PARTS[name]
        began = time.monotonic()
        tally = Tally()
        jobs = [(name, row, options) for row in rows(options.cases, options.seed, with_values=part.with_values)]
        # a process ends after some cases, and with it what it keeps of their charts
        with multiprocessing.get_context("fork").Pool(options.jobs, maxtasksperchild=20) as pool:
            for one in pool.imap_unordered(_one, jobs):
                tally.add(one)
                for remark in one.remarks:
                    print(f"  {remark}", file=sys.stderr)
        for promise in part.promises(tally):
            failed |= not promise.holds()
            sign = "at most" if promise.is_most else "at least"
            verdict = "holds" if promise.holds() else "DOES NOT HOLD"
            bound = f"{sign} {promise.bound:g}"
            print(f"{promise.text:50} {promise.figure:8.2f}  {bound:14} {verdict}  ({promise.of})", flush=True)
        print(f"  {name}: {len(jobs)} cases in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
