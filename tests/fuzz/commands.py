"""Compare whole command lines with a real Helm: same output, same error, same exit code.

    python -m tests.fuzz.commands MODE=sets [N=300] [SEED=1] [SECONDS=0]
    python -m tests.fuzz.commands MODE=charts CHARTS=FOLDER [N=300] [SEED=1] [SECONDS=0]
    python -m tests.fuzz.commands MODE=lists [N=300] [SEED=1] [SECONDS=0]

With MODE=sets, random ``--set`` flags on one chart; with MODE=charts, charts of FOLDER (archives or folders) of which
one file has a few characters changed; with MODE=lists, manifests whose kind is a list with odd items. With SECONDS, N
does not count. Helm is looked for in the folder $HELM_ORACLE, then on PATH. Differences are printed; a changed chart
stays in a folder that is named.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path

from tests.fuzz.diff import is_crash, limit_memory

SECONDS = 60
VALUES = "a: {b: 1, c: [1, {d: 2}]}\nl: [x, y]\ns: t\nn: null\nf: 1.5\n"
KEYS = ["a", "b", ".", "l", "[0]", "[1]", "c", "x", "\\.", "s", "n", "é"]
PIECES = [
    *("a", "b", "c", "l", "s", "n", "x", "é", "²", "😀", ".", ",", "=", "[", "]", "{", "}", "\\", '"', "'", " ", "\n", "\t"),
    *("0", "1", "-1", "10", "007", "1.5", "1e3", "true", "null", "nil", "[0]", "[1]", "[-1]", "[a]", "[]", "a.b", "a.c[1].d"),
    *("{a,b}", "=1", "=x", "\\,", "\\.", "\\[", "file", "/", ":", "0x1F", "1_0", "+1", "~", "9223372036854775808", "[70000]"),
    *('"q"', '{"k":1}', "[1,2]", "65537"),
]  # fmt: skip
CHANGES = [
    *("{{", "}}", "{{-", "-}}", " ", "\n", '"', "'", ":", ": ", "- ", "#", "|", ">", "[", "]", "{", "}", "&a", "*a", "!!str "),
    *("~", "null", "\t", "%", "@", "`", "\\", "\x00", "é", "²", "\u2028", "😀", "\ufeff", "<<: ", "0x1", "1e3", "1_0", ".inf"),
    *("yes", "---\n", "...\n", "\r\n", "  ", "=", ".", "$", "nil", "(", ")", "true", "-1", "1.0", "{{ end }}", "{{ if }}"),
    *("{{ else }}", "{{ range . }}", "{{ .Values.x.y }}", '{{ include "x" . }}', "{{/*", "*/}}", "? ", "%YAML 1.1\n", "name"),
]  # fmt: skip
LINES = [
    *(["template", "r"] for _ in range(7)), ["lint"], ["lint", "--strict"], ["show", "chart"], ["show", "all"],
    ["dependency", "list"],
]  # fmt: skip

LIST_KINDS = [
    "List",
    "List",
    "ConfigMapList",
    "RoleList",
    "DeploymentList",
    "list",
    "MyList",
    '"List"',
    "LIST",
    "1",
    "null",
    "[]",
]
ITEMS = [
    *("1", "x", "true", "1.5", "null", "[]", "{}", "[1]", "[[]]", "{a: 1}", '"a: b"', "2026-01-02", "!!binary YQ==", "~", "''"),
    *("{kind: ConfigMap}", "{apiVersion: v1}", "{apiVersion: v1, kind: ConfigMap}", "{metadata: {name: a}}"),
    *("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", "{apiVersion: v1, kind: ConfigMap, metadata: {name: A_b}}"),
    *("{apiVersion: 1, kind: 2, metadata: 3}", "{kind: [a], metadata: {name: a}}", "{kind: ConfigMap, metadata: {name: 1}}"),
    *("{metadata: 1}", "{metadata: []}", "{metadata: null}", "{metadata: {annotations: 1}}", "{metadata: {annotations: {a: 1}}}"),
    *("{metadata: {annotations: {helm.sh/resource-policy: keep}}}", "{metadata: {annotations: {helm.sh/hook: pre-install}}}"),
    *("{Metadata: {Annotations: {helm.sh/resource-policy: 1}}}", "{metadata: {labels: [a], name: {}}}"),
    *("{kind: List, items: [1]}", "{apiVersion: v1, kind: List, items: [{kind: Pod}]}", "{spec: {selector: 1}}"),
    *("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}", "{apiVersion: extensions/v1beta1, kind: Ingress}"),
    *("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: 1}}", "{1: a}", "{a: 1, a: 2}", "{? [a] : b}"),
]  # fmt: skip
HEADS = [
    "apiVersion: v1",
    "apiVersion: v1",
    "apiVersion: 1",
    "apiVersion: rbac.authorization.k8s.io/v1",
    "apiVersion: [v1]",
    "",
]
METADATA = [
    *("", "", "metadata: {name: l}", "metadata: {}", "metadata: 1", "metadata: null", "metadata: {name: 1}", "metadata: [a]"),
    *("metadata: {annotations: {helm.sh/hook: test}}", "metadata: {name: l, annotations: {helm.sh/hook: pre-install, a: 1}}"),
    *("metadata: {annotations: 1}", "metadata: {annotations: {helm.sh/hook: 1}}", "metadata: {annotations: {helm.sh/hook: [a]}}"),
]  # fmt: skip
LIST_LINES = [
    *(["lint"] for _ in range(3)), ["lint", "--strict"], ["lint", "--kube-version", "1.30"], ["template", "r"],
    ["template", "r"], ["install", "r", "--dry-run=client"], ["template", "r", "--no-hooks"], ["template", "r", "-s", "templates/t.yaml"],
    ["template", "r", "--post-renderer", "cat"], ["install", "r", "--dry-run"], ["template", "r", "--output-dir", "out"],
]  # fmt: skip

_TIME = re.compile(rb"\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}")

Case = tuple[list[str], str]


class Programs:
    """Both programs, in a home of their own; ours goes by Helm's name."""

    def __init__(self, folder: str) -> None:
        helm = shutil.which("helm", path=os.environ.get("HELM_ORACLE") or None)
        ours = shutil.which("steer", path=os.path.dirname(sys.executable))
        if not helm or not ours:
            sys.exit("no helm: set HELM_ORACLE" if not helm else "no steer next to this Python")
        os.makedirs(f"{folder}/bin")
        os.symlink(ours, f"{folder}/bin/helm")
        self.helm, self.ours = helm, f"{folder}/bin/helm"
        self._environ = {"PATH": os.environ["PATH"], "HOME": folder, "TZ": "UTC", "KUBECONFIG": f"{folder}/none"}

    def run(self, program: str, line: list[str], folder: str) -> tuple[object, bytes, bytes]:
        """Return exit code, output and errors of one run."""
        try:
            done = subprocess.run(
                [program, *line],
                cwd=folder,
                env=self._environ,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
                preexec_fn=limit_memory,
            )
        except subprocess.TimeoutExpired:
            return "no end", b"", b""
        return done.returncode, _TIME.sub(b"TIME", done.stdout), done.stderr


def set_lines(rng: random.Random, folder: str) -> Iterator[Case]:
    """Yield command lines with random ``--set`` flags."""
    os.makedirs(f"{folder}/c/templates")
    Path(folder, "c", "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    Path(folder, "c", "values.yaml").write_text(VALUES)
    Path(folder, "c", "templates", "t.yaml").write_text("v: {{ .Values | toJson }}\n")
    Path(folder, "file").write_text("file\ncontent")
    while True:
        line = ["template", "r", "c"]
        for _ in range(rng.choice([1, 1, 1, 2])):
            flag = rng.choice(["--set", "--set", "--set-string", "--set-json", "--set-literal", "--set-file"])
            line += [flag, _assignment(rng)]
        yield line, folder


def _assignment(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))
    key = "".join(rng.choice(KEYS) for _ in range(rng.randint(1, 4)))
    value = "".join(rng.choice(PIECES) for _ in range(rng.randint(0, 4)))
    return f"{key}={value},{key}={value}" if rng.random() < 0.2 else f"{key}={value}"


def odd_lists(rng: random.Random, folder: str) -> Iterator[Case]:
    """Yield command lines for charts whose manifests are lists of what does not belong there."""
    while True:
        work = tempfile.mkdtemp(dir=folder)
        os.makedirs(f"{work}/c/templates")
        Path(work, "c", "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\nicon: https://x.y/z.png\n")
        text = "---\n".join(_list(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))
        Path(work, "c", "templates", "t.yaml").write_text(text)
        yield [*rng.choice(LIST_LINES), "./c"], work


def _list(rng: random.Random) -> str:
    items = [rng.choice(ITEMS) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))]
    roll = rng.random()
    if roll < 0.15:
        inner = "items: " + rng.choice(ITEMS)
    elif roll < 0.6:
        inner = "items:\n" + "".join(f"- {item}\n" for item in items)
    else:
        inner = f"items: [{', '.join(items)}]"
    lines = [rng.choice(HEADS), f"kind: {rng.choice(LIST_KINDS)}", rng.choice(METADATA), inner]
    if rng.random() < 0.1:
        lines.remove(rng.choice(lines))
    return "".join(line.rstrip("\n") + "\n" for line in lines if line)


def changed_charts(rng: random.Random, folder: str, charts: str) -> Iterator[Case]:
    """Yield command lines for charts of which one file was changed."""
    sources = sorted(p for p in Path(charts).iterdir() if p.is_dir() or p.suffix == ".tgz")
    if not sources:
        sys.exit(f"no charts in {charts}")
    while True:
        work = tempfile.mkdtemp(dir=folder)
        source = rng.choice(sources)
        if source.is_dir():
            shutil.copytree(source, f"{work}/{source.name}")
        else:
            with tarfile.open(source) as archive:
                archive.extractall(work, filter="data")
        files = [p for p in Path(work).rglob("*") if p.suffix in (".yaml", ".yml", ".tpl", ".json", ".txt", ".lock")]
        top = next((p.parent for p in sorted(files, key=lambda p: len(p.parts)) if p.name == "Chart.yaml"), None)
        if top is None:
            shutil.rmtree(work)
            continue
        plain = [p for p in files if p.name in ("Chart.yaml", "values.yaml", "values.schema.json", "Chart.lock")]
        file = rng.choice(plain if rng.random() < 0.5 else files)
        file.write_bytes(_changed(rng, file.read_bytes()))
        yield [*rng.choice(LINES), os.path.relpath(top, work)], work


def _changed(rng: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if not text:
            break
        at, roll = rng.randrange(len(text)), rng.random()
        if roll < 0.35:
            text = text[:at] + rng.choice(CHANGES) + text[at:]
        elif roll < 0.55:
            text = text[:at] + text[at + rng.choice([1, 1, 2, 5]) :]
        elif roll < 0.7:
            text = text[:at] + rng.choice(CHANGES) + text[at + 1 :]
        elif roll < 0.85:
            lines = text.split("\n")
            number = rng.randrange(len(lines))
            lines[number] = rng.choice(
                ["", " " + lines[number], lines[number].lstrip(), f"{lines[number]}\n{lines[number]}"]
            )
            text = "\n".join(lines)
        else:
            text = text[:at] + text[max(0, at - 40) : at] + text[at:]
    return text.encode("utf-8", "surrogateescape")


def _first(ours: tuple[object, bytes, bytes], theirs: tuple[object, bytes, bytes]) -> str:
    """Return the first lines that differ."""
    out = [f"exit code: helm {theirs[0]}, ours {ours[0]}"]
    for mine, other in zip(ours[1:], theirs[1:]):
        pairs = zip_longest(mine.split(b"\n"), other.split(b"\n"), fillvalue=b"(the end)")
        out += next(([f"helm: {b!r}", f"ours: {a!r}"] for a, b in pairs if a != b), [])
    return "\n".join(out)


def main() -> int:
    """Run the comparison; the exit code is 1 when something differs."""
    options = dict(word.split("=", 1) for word in sys.argv[1:])
    count, seed, seconds = (
        int(options.get(name, default)) for name, default in (("N", 300), ("SEED", 1), ("SECONDS", 0))
    )
    end = time.monotonic() + seconds
    rng = random.Random(seed)
    folder = tempfile.mkdtemp()
    modes: dict[str, Callable[[], Iterator[Case]]] = {
        "sets": lambda: set_lines(rng, folder),
        "lists": lambda: odd_lists(rng, folder),
        "charts": lambda: changed_charts(rng, folder, os.path.abspath(options["CHARTS"])),
    }
    cases = modes[options["MODE"]]()
    programs = Programs(folder)
    differing = number = 0
    while time.monotonic() < end if seconds else number < count:
        line, work = next(cases)
        ours, theirs = (programs.run(program, line, work) for program in (programs.ours, programs.helm))
        is_comparable = not is_crash(theirs[0], theirs[2].decode("utf-8", "replace"))
        # a second run of Helm that differs: the chart makes random values
        if ours != theirs and is_comparable and programs.run(programs.helm, line, work) == theirs:
            differing += 1
            print(f"--- {number} {work} {line}\n{_first(ours, theirs)}", flush=True)
        elif work != folder:
            shutil.rmtree(work)
        number += 1
    print(f"{differing} of {number} differ" + (f"; see {folder}" if differing else ""))
    if not differing:
        shutil.rmtree(folder)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
