"""Compare strategic merge patches with those of client-go: same patch, same error.

    python -m tests.fuzz.strategic [N=1000] [SEED=1] [SECONDS=0]
    python -m tests.fuzz.strategic TABLE=1      # writes src/steersman/kube/merge_types.py anew

Three objects of one built-in kind are made at random: as asked for before, as asked for now, and as they are on the
server. The program in ``strategicpatch`` (Go; built at the first use, from pinned modules) answers as Helm's
``createPatch`` does. With SECONDS, N does not count. Differences are printed.
"""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from steersman.kube.merge_keys import type_of_kind
from steersman.kube.strategic import CannotMerge, three_way_patch

SOURCE = Path(__file__).parent / "strategicpatch"
BATCH = 200
HELM_MAY_VARY = 8  # answers of client-go before an error counts as another
TABLE = Path(__file__).parent.parent.parent / "src" / "steersman" / "kube" / "merge_types.py"
TABLE_HEAD = '''\
"""The fields of Kubernetes' built-in types that hold structs, lists or maps, and how they merge.

Written by ``python -m tests.fuzz.strategic TABLE=1`` from the struct tags of ``k8s.io/api``. A line is a type; a field
says ``name=TYPE:STRATEGY:KEY``, empty parts at its end left out.
"""

TYPES = """
'''
TABLE_END = '\n"""  # noqa: E501\n'
WORDS = ["a", "b", "c", "d", ""]
SCALARS: dict[str, list[Any]] = {
    "string": WORDS,
    "bool": [True, False],
    "float64": [0.5, 1.0, 2],
    "bytes": ["YQ==", "Yg=="],
    "IntOrString": [1, "http", "50%", 80],
    "Quantity": ["1", "100m", "1Gi", 2],
    "Time": ["2026-01-02T03:04:05Z", None],
    "MicroTime": ["2026-01-02T03:04:05.000000Z"],
    "Duration": ["1s"],
}
INTEGERS = [0, 1, 2, 80, 443]
COMMON = [
    *("v1 ConfigMap", "v1 Pod", "v1 Service", "v1 ServiceAccount", "v1 PersistentVolumeClaim", "v1 Secret"),
    *("apps/v1 DaemonSet", "apps/v1 Deployment", "apps/v1 StatefulSet", "batch/v1 CronJob", "batch/v1 Job"),
    *("networking.k8s.io/v1 Ingress", "networking.k8s.io/v1 NetworkPolicy", "rbac.authorization.k8s.io/v1 ClusterRole"),
    *("autoscaling/v2 HorizontalPodAutoscaler", "policy/v1 PodDisruptionBudget"),
    "apiextensions.k8s.io/v1 CustomResourceDefinition",
    "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration",
]
NAMES = ["$patch", "$patch", "unknown", "Containers"]
ODD: list[Any] = [
    None,
    None,
    None,
    {},
    [],
    "x",
    1,
    1.5,
    True,
    [1],
    ["a", "a"],
    {"a": "1"},
    [None],
    [{}],
    [{"name": "a"}, 1],
]


class Maker:
    """Makes objects of the types that the Go program knows."""

    def __init__(self, rng: random.Random, known: dict[str, Any]) -> None:
        self.rng = rng
        self.kinds: dict[str, str] = known["kinds"]
        self.types: dict[str, dict[str, dict[str, str]]] = known["types"]
        self.odd = rng.random() < 0.15  # whether this case has values that no type allows

    def case(self) -> list[dict[str, Any]]:
        """Return an object as it was asked for, as it is asked for now, and the live one."""
        heading = self.rng.choice(COMMON if self.rng.random() < 0.6 else sorted(self.kinds))
        api_version, _space, kind = heading.partition(" ")
        type_name = self.kinds[heading]
        old = self.struct(type_name, 5)
        wanted = self.changed_struct(old, type_name, 5)
        self.odd = False
        live = self.changed_struct(self.of_type(self.rng.choice([old, wanted]), type_name), type_name, 5)
        head = {"apiVersion": api_version, "kind": kind}
        return [{**one, **head} for one in (old, wanted, live)]

    def struct(self, type_name: str, depth: int) -> dict[str, Any]:
        fields = self.types[type_name]
        merging = [name for name, rule in fields.items() if rule.get("strategy") or rule["kind"] == "struct"]
        names = self.rng.sample(sorted(fields), min(len(fields), self.rng.randint(0, 3)))
        names += self.rng.sample(merging, min(len(merging), self.rng.randint(0, 2)))
        # an item without its merge key is an error: not too often
        keys = [
            name
            for name in (
                "name",
                "uid",
                "containerPort",
                "mountPath",
                "type",
                "port",
                "ip",
                "topologyKey",
                "whenUnsatisfiable",
                "devicePath",
            )
            if name in fields
        ]
        names += [name for name in keys if self.rng.random() < 0.97]
        out = {name: self.value(fields[name], depth - 1) for name in dict.fromkeys(names)}
        if self.odd and self.rng.random() < 0.05:
            out[self.rng.choice(NAMES)] = self.rng.choice([*ODD, "delete", "replace", "merge", {"a": {"b": "1"}}])
        return out

    def value(self, rule: dict[str, str], depth: int) -> Any:
        rng, kind, item = self.rng, rule["kind"], rule.get("item", "")
        if self.odd and rng.random() < 0.05:
            return copy.deepcopy(rng.choice(ODD))
        if kind == "struct":
            return self.struct(item, depth) if depth > 0 else {}
        if kind == "slice":
            return [self.item(item, depth) for _ in range(rng.choice([0, 1, 2, 2, 3, 4]))]
        if kind == "map":
            return {word: self.item(item, depth) for word in rng.sample(WORDS[:4], rng.randint(0, 3))}
        if kind.startswith(("int", "uint")):
            return rng.choice(INTEGERS)
        return copy.deepcopy(rng.choice(SCALARS.get(kind, WORDS)))

    def item(self, item: str, depth: int) -> Any:
        if item in self.types:
            return self.struct(item, depth - 1) if depth > 0 else {}
        return self.value({"kind": item or "string"}, depth - 1)

    def changed_struct(self, value: dict[str, Any], type_name: str, depth: int) -> dict[str, Any]:
        """Return a struct with some fields changed, added, removed or set to nothing."""
        rng, fields = self.rng, self.types[type_name]
        out = {}
        for name, one in value.items():
            roll = rng.random()
            rule = fields.get(name)
            if roll < 0.08:
                continue
            if roll < 0.1 and self.odd:
                out[name] = None
            elif rule is None or roll < 0.45:
                out[name] = copy.deepcopy(one)
            else:
                out[name] = self.changed(one, rule, depth - 1)
        for name in rng.sample(sorted(fields), min(len(fields), rng.choice([0, 0, 1, 2]))):
            out.setdefault(name, self.value(fields[name], depth - 1))
        return out

    def of_type(self, value: dict[str, Any], type_name: str) -> dict[str, Any]:
        """Return what a server makes of an object: nothing that its type does not allow."""
        fields = self.types[type_name]
        return {name: self._fitting(value[name], fields[name]) for name in value if name in fields}

    def _fitting(self, value: Any, rule: dict[str, str]) -> Any:
        kind, item = rule["kind"], rule.get("item", "")
        if kind == "struct":
            return self.of_type(value, item) if isinstance(value, dict) else {}
        if kind == "slice":
            return [self._fitting(one, self._rule(item)) for one in value] if isinstance(value, list) else []
        if kind == "map":
            known = {k: self._fitting(v, self._rule(item)) for k, v in value.items()} if isinstance(value, dict) else {}
            return {key: one for key, one in known.items() if not key.startswith("$")}
        return value if type(value) in {type(one) for one in SCALARS.get(kind, INTEGERS)} else self.value(rule, 1)

    def _rule(self, item: str) -> dict[str, str]:
        return {"kind": "struct", "item": item} if item in self.types else {"kind": item or "string"}

    def changed(self, value: Any, rule: dict[str, str], depth: int) -> Any:
        kind, item = rule["kind"], rule.get("item", "")
        if kind == "struct" and isinstance(value, dict):
            return self.changed_struct(value, item, depth)
        if kind == "slice" and isinstance(value, list):
            return self.changed_list(value, item, depth)
        if kind == "map" and isinstance(value, dict):
            out = {key: one for key, one in value.items() if self.rng.random() < 0.8}
            return out | ({self.rng.choice(WORDS[:4]): self.item(item, depth)} if self.rng.random() < 0.5 else {})
        return self.value(rule, depth) if self.rng.random() < 0.5 else value

    def changed_list(self, value: list[Any], item: str, depth: int) -> list[Any]:
        rng, out = self.rng, []
        for one in value:
            roll = rng.random()
            if roll < 0.12:
                continue
            is_struct = item in self.types and isinstance(one, dict)
            out.append(self.changed_struct(one, item, depth) if is_struct and roll < 0.6 else copy.deepcopy(one))
        for _ in range(rng.choice([0, 0, 1, 2])):
            out.insert(rng.randint(0, len(out)), self.item(item, depth))
        if rng.random() < 0.2:
            rng.shuffle(out)
        if out and rng.random() < 0.1:
            out.append(copy.deepcopy(rng.choice(out)))
        return out


def table(known: dict[str, Any]) -> str:
    """Return the lines of ``steersman.kube.merge_types``, from what the Go program knows."""
    old_definition = "apiextensions.k8s.io/v1beta1 CustomResourceDefinition"
    names = {path: _type_name(path) for path in known["types"]}
    for heading, path in known["kinds"].items():
        api_version, _space, kind = heading.partition(" ")
        group, _slash, version = api_version.rpartition("/")
        names[path] = f"{group.partition('.')[0] or 'core'}.{version}.{kind}"
    without = {known["kinds"][old_definition]}  # helm: gets a merge patch all the same
    lines = []
    for path, fields in known["types"].items():
        words = [_field(name, rule, names) for name, rule in sorted(fields.items())]
        if any(words) and path not in without:
            lines.append(" ".join([names[path] + " ", *filter(None, words)]))
    return "\n".join(sorted(lines))


def _type_name(path: str) -> str:
    """Return ``apps.v1.Deployment`` for ``k8s.io/api/apps/v1.Deployment``."""
    package, _dot, name = path.rpartition(".")
    return ".".join([*package.split("/")[-2:], name])


def _field(name: str, rule: dict[str, str], names: dict[str, str]) -> str:
    kind, item = rule["kind"], rule.get("item", "")
    if kind == "map":
        return f"{name}=map"
    strategy, key = rule.get("strategy", ""), rule.get("key", "")
    if kind in ("struct", "slice"):
        return f"{name}=" + ":".join([names.get(item, ""), strategy, key]).rstrip(":")
    is_struct = kind[0].isupper() and kind not in ("Time", "MicroTime", "Duration", "Quantity", "IntOrString")
    return f"{name}={kind}" if is_struct else ""


def reference_path() -> Path:
    """Return where the Go program is once it was built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "steersman" / "strategicpatch"
    return cache / "strategicpatch"


def reference() -> Path:
    """Return the Go program, built where it is not there yet."""
    program = reference_path()
    sources = [SOURCE / name for name in ("main.go", "go.mod", "go.sum")]
    if not program.exists() or any(source.stat().st_mtime > program.stat().st_mtime for source in sources):
        program.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["go", "build", "-trimpath", "-o", program, "."], cwd=SOURCE, check=True)
    return program


def ours(original: dict[str, Any], wanted: dict[str, Any], live: dict[str, Any]) -> list[Any]:
    """Return our answer in the form of the Go program's."""
    type_name = type_of_kind(wanted["apiVersion"], wanted["kind"])
    if not type_name:
        return ["merge", "not a built-in kind"]
    try:
        return ["strategic", three_way_patch(original, wanted, live, type_name)]
    except CannotMerge as error:
        return ["error", str(error)]


def _answers(program: Path, cases: list[list[dict[str, Any]]]) -> list[list[Any]]:
    given = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([program], input=given, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _is_equal(mine: list[Any], kind: str, answer: Any) -> bool:
    if kind == "merge":
        # an object that does not fit its type gets a merge patch once the server has refused the strategic one
        return mine[0] == "merge" or "unable to convert" in answer
    return kind == "panic" or mine == [kind, answer]


def main() -> int:
    """Run the comparison; the exit code is 1 when something differs."""
    options = dict(word.split("=", 1) for word in sys.argv[1:])
    count, seed, seconds = (
        int(options.get(name, default)) for name, default in (("N", 1000), ("SEED", 1), ("SECONDS", 0))
    )
    end = time.monotonic() + seconds
    program = reference()
    known = json.loads(subprocess.run([program, "types"], check=True, capture_output=True).stdout)
    if "TABLE" in options:
        TABLE.write_text(TABLE_HEAD + table(known) + TABLE_END, encoding="utf-8")
        return 0
    number = differing = 0
    answers: dict[str, int] = {}
    while time.monotonic() < end if seconds else number < count:
        cases = [Maker(random.Random(f"{seed} {number + i}"), known).case() for i in range(BATCH)]
        for case, (kind, answer) in zip(cases, _answers(program, cases), strict=True):
            mine = ours(*copy.deepcopy(case))
            answers[kind] = answers.get(kind, 0) + 1
            # Go goes over maps in any order: of several errors any one will do
            again = (
                [[kind, answer]] if kind != "error" else [[kind, answer], *_answers(program, [case] * HELM_MAY_VARY)]
            )
            if not any(_is_equal(mine, *one) for one in again):
                differing += 1
                print(
                    f"--- {number}\n{json.dumps(case)}\nclient-go: {kind} {json.dumps(answer)}\nours: {json.dumps(mine)}",
                    flush=True,
                )
            number += 1
    print(f"{differing} of {number} differ; {answers}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
