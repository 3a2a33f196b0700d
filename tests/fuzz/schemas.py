"""Compare random JSON schemas and values with a real Helm: same verdict, same words.

    python -m tests.fuzz.schemas [N=300] [SEED=1] [SECONDS=0]

Schemas are made of the keywords of all drafts, with references of every kind between them, and values of the same few
names. Helm goes over maps in any order, so lines and names within a line are compared without their order; where it gives
several answers to one question, any of them will do. With SECONDS, N does not count. Differences are printed.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steersman.download.schemas import SchemaFetcher
from steersman.runtime.private import NOWHERE
from steersman.values.schema import problem_of
from steersman.values.schema_access import SchemaAccess
from tests.conftest import oracle_folder

DRAFTS = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}
NAMES = ["a", "b", "c", "ab", "foo", "x/y", "z~", "é", "1"]
TEXTS = ["", "a", "ab", "abc", "é", "1", "x'y", "2020-01-02", "1.2.3.4", "a@b.c", "🐲", "http://x/y", "A b"]
NUMBERS = [0, 1, 2, 3, -1, 1.5, 0.1, 10, 1000, 1e3, 1234567, 1e21, 100]
PATTERNS = ["^a", "b$", "^[a-z]+$", "", ".", "^(a|b)*$", "\\d", "é", "[", "(?=a)", "\\p{L}", "^.{1,2}$", "\\bfoo\\b"]
FORMATS = ["date", "ipv4", "email", "uri", "regex", "hostname", "time", "uuid", "json-pointer", "nope"]
KINDS = ["string", "number", "integer", "boolean", "object", "array", "null"]
REFERENCES = [
    *("#", "#/$defs/a", "#/$defs/b", "#/definitions/a", "#/properties/a", "#/properties/b/items", "#x", "#y", "in.json"),
    *("in.json#/properties/a", "other/in.json", "#/$defs/none", "#/x-own", "#/$defs/x~1y", "#/$defs/%C3%A9"),
    *("http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"),
    *("https://json-schema.org/draft/2019-09/meta/core", "http://json-schema.org/draft-04/schema#/definitions/schemaArray"),
]  # fmt: skip
HELM_MAY_VARY = 5  # runs of Helm before an answer counts as another


class Maker:
    """Makes schemas and values."""

    def __init__(self, rng: random.Random, draft: int) -> None:
        self.rng = rng
        self.draft = draft

    def value(self, depth: int = 3) -> Any:
        rng = self.rng
        roll = rng.random()
        if depth and roll < 0.3:
            return {name: self.value(depth - 1) for name in rng.sample(NAMES, rng.randint(0, 4))}
        if depth and roll < 0.5:
            return [self.value(depth - 1) for _ in range(rng.randint(0, 4))]
        return rng.choice([rng.choice(TEXTS), rng.choice(NUMBERS), True, False, None, rng.choice(NUMBERS)])

    def values(self) -> dict[str, Any]:
        found = {name: self.value() for name in self.rng.sample(NAMES, self.rng.randint(1, 5))}
        return {name: value for name, value in found.items() if value is not None}

    def schema(self, depth: int = 3) -> Any:
        rng = self.rng
        if rng.random() < 0.07:
            return rng.choice([True, False] if self.draft > 4 or rng.random() < 0.1 else [{}])
        out: dict[str, Any] = {}
        for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
            keyword = rng.choice(KEYWORDS)
            if rng.random() < 0.02:
                out[keyword] = rng.choice([5, "x", [], None, {}, True, -1, [{}]])
            else:
                out[keyword] = MAKERS[keyword](self, depth)
        return out

    def below(self, depth: int) -> Any:
        return self.schema(depth - 1) if depth > 0 else self.rng.choice([{}, {"type": self.rng.choice(KINDS)}])

    def several(self, depth: int) -> list[Any]:
        return [self.below(depth) for _ in range(self.rng.randint(1, 3))]

    def named(self, depth: int) -> dict[str, Any]:
        return {name: self.below(depth) for name in self.rng.sample(NAMES, self.rng.randint(0, 3))}

    def whole(self) -> Any:
        rng = self.rng
        schema = self.schema()
        if not isinstance(schema, dict):
            return schema
        if rng.random() < 0.9:
            schema["$schema"] = DRAFTS[self.draft]
        schema.setdefault("properties", self.named(3))
        schema.setdefault(
            "$defs" if self.draft > 7 else "definitions", {n: self.below(2) for n in ("a", "b", "x/y", "é")}
        )
        if rng.random() < 0.3:
            schema["x-own"] = self.below(2)
        if rng.random() < 0.3:
            definitions = schema["$defs" if self.draft > 7 else "definitions"]
            if isinstance(definitions, dict):
                definitions["in"] = {"$id" if self.draft > 4 else "id": "in.json", **self.object(2)}
        if rng.random() < 0.1:
            schema["$id" if self.draft > 4 else "id"] = rng.choice(
                ["http://127.0.0.1:1/y/z.json", "base.json", "urn:a:b", "http://127.0.0.1:1/y#"]
            )
        return schema

    def object(self, depth: int) -> dict[str, Any]:
        made = self.below(depth)
        return made if isinstance(made, dict) else {"properties": {"a": made}}

    def count(self, _depth: int) -> int:
        return self.rng.randint(0, 3)

    def number(self, _depth: int) -> float:
        return self.rng.choice(NUMBERS)

    def texts(self) -> list[str]:
        return self.rng.sample(NAMES, self.rng.randint(0 if self.draft > 4 else 1, 3))


MAKERS: dict[str, Callable[[Maker, int], Any]] = {
    **dict.fromkeys(("type",), lambda m, d: m.rng.choice([m.rng.choice(KINDS), m.rng.sample(KINDS, 2)])),
    **dict.fromkeys(("not", "if", "then", "else", "contains", "additionalProperties", "items"), Maker.below),
    **dict.fromkeys(("propertyNames", "additionalItems", "unevaluatedItems", "unevaluatedProperties"), Maker.below),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), Maker.several),
    **dict.fromkeys(("properties", "dependentSchemas", "definitions", "$defs"), Maker.named),
    "patternProperties": lambda m, d: {p: m.below(d) for p in m.rng.sample(PATTERNS, m.rng.randint(1, 2))},
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), Maker.count),
    **dict.fromkeys(("minContains", "maxContains"), Maker.count),
    **dict.fromkeys(("minimum", "maximum"), Maker.number),
    **dict.fromkeys(
        ("exclusiveMinimum", "exclusiveMaximum"), lambda m, d: m.number(d) if m.draft > 4 else m.rng.random() < 0.5
    ),
    "multipleOf": lambda m, d: m.rng.choice([1, 2, 0.1, 0.5, 3]),
    "uniqueItems": lambda m, d: True,
    "required": lambda m, d: m.texts(),
    "dependentRequired": lambda m, d: {name: m.texts() for name in m.rng.sample(NAMES, 2)},
    "dependencies": lambda m, d: {name: m.rng.choice([m.texts(), m.below(d)]) for name in m.rng.sample(NAMES, 2)},
    "enum": lambda m, d: list({json.dumps(v): v for v in (m.value(1) for _ in range(m.rng.randint(1, 4)))}.values()),
    "const": lambda m, d: m.value(1),
    "pattern": lambda m, d: m.rng.choice(PATTERNS),
    "format": lambda m, d: m.rng.choice(FORMATS),
    "$ref": lambda m, d: m.rng.choice(REFERENCES),
    "$dynamicRef": lambda m, d: m.rng.choice(["#x", "#y", "#", "#/$defs/a", "in.json#x"]),
    "$recursiveRef": lambda m, d: "#",
    "$anchor": lambda m, d: m.rng.choice(["x", "y"]),
    "$dynamicAnchor": lambda m, d: m.rng.choice(["x", "y"]),
    "$recursiveAnchor": lambda m, d: m.rng.random() < 0.7 if m.draft < 2020 else "x",
    "$id": lambda m, d: m.rng.choice(["in.json", "other/", "http://127.0.0.1:1/p.json", "#z", "urn:q"]),
    "$comment": lambda m, d: "words",
}
KEYWORDS = [*MAKERS, *("properties", "$ref", "allOf", "anyOf", "oneOf", "items", "type", "not", "if", "then", "else")]


def normal(problem: str) -> list[str]:
    """Return the lines of a problem with the order of maps taken out."""
    lines = []
    for line in problem.strip().split("\n"):
        # helm: the place of these is in a buffer that others write to as well
        line = re.sub(r"at '.*': invalid propertyName", "at ?: invalid propertyName", line)
        if ": additional properties " in line:
            line = " ".join(sorted(re.split(r",? ", line)))
        # helm: of several duplicates, any is named, and its places come in any order
        line = re.sub(r"^duplicate (anchor|id) .*", r"duplicate \1", line)
        lines.append(line)
    return sorted(lines)


class Helm:
    """The real Helm with one chart."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._program = os.path.join(oracle_folder(), "helm")
        self._environ = {"PATH": "/usr/bin:/bin", "HOME": folder, "KUBECONFIG": f"{folder}/none"}
        chart = Path(folder, "c")
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        (chart / "templates" / "t.yaml").write_text("a: b\n")

    def give(self, schema: bytes, values: dict[str, Any]) -> None:
        """Write a case."""
        Path(self._folder, "c", "values.schema.json").write_bytes(schema)
        Path(self._folder, "v.yaml").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")

    def answer(self) -> str:
        """Return what Helm says of the case."""
        line = [self._program, "template", "x", "c", "-f", "v.yaml"]
        done = subprocess.run(line, cwd=self._folder, env=self._environ, capture_output=True, timeout=60, check=False)
        text = done.stderr.decode("utf-8", "replace")
        return text.partition("chart(s):\nc:\n")[2] or (f"?{text}" if done.returncode else "")


def differs(helm: Helm, ours: list[str]) -> str:
    """Return an answer of Helm's where none of some is ours, else ``""``."""
    answers = []
    for _ in range(HELM_MAY_VARY):
        answers.append(helm.answer())
        if normal(answers[-1]) == ours:
            return ""
    return answers[0] or "(nothing)"


def main() -> int:
    """Run the comparison; the exit code is 1 when something differs."""
    options = dict(word.split("=", 1) for word in sys.argv[1:])
    count, seed, seconds = (
        int(options.get(name, default)) for name, default in (("N", 300), ("SEED", 1), ("SECONDS", 0))
    )
    end = time.monotonic() + seconds
    if not oracle_folder():
        sys.exit("no helm: set HELM_ORACLE")
    number = differing = refused = 0
    access = SchemaAccess(SchemaFetcher({}, NOWHERE).fetch)  # nothing listens where the schemas refer to
    with tempfile.TemporaryDirectory() as folder:
        helm = Helm(folder)
        while time.monotonic() < end if seconds else number < count:
            rng = random.Random(f"{seed} {number}")
            maker = Maker(rng, rng.choice(list(DRAFTS)))
            schema, values = json.dumps(maker.whole()).encode(), maker.values()
            helm.give(schema, values)
            floats = json.loads(json.dumps(values), parse_int=float)
            ours = problem_of(schema, floats, access)
            refused += bool(ours)
            found = differs(helm, normal(ours))
            if found:
                differing += 1
                print(f"--- {number}\n{json.dumps(values)}\n{schema.decode()}\nhelm: {found}\nours: {ours}", flush=True)
            number += 1
    print(f"{differing} of {number} differ; {refused} are refused")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
