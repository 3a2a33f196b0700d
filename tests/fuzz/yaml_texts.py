"""Compare random YAML with a real Helm, hundreds of texts in one render: the values that are read, or the error.

    python -m tests.fuzz.yaml_texts MODE=yaml [N=300] [SEED=1] [SECONDS=0]

Helm is looked for in the folder $HELM_ORACLE, then on PATH. A text is a small document with a few changes: pieces taken
out, doubled or moved, brackets, quotes and marks put in. N counts renders; with SECONDS, N does not count. Each text that
differs is printed with both answers.
"""

from __future__ import annotations

import base64
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEEDS = [
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  ports:\n  - port: 80\n    name: http\n",
    "a: 1\nb:\n  - x\n  - y: {z: [1, 'q', \"w\"]}\n  -\n    - deep\nc: |\n  text\n  more\nd: >-\n  folded\n  text\n",
    "x: &a {k: v}\ny: *a\nz:\n  <<: *a\n  n: ~\n--- # two\nq: b\n",
    "? a\n: b\n? [c]\n: d\n",
    "list:\n- a: 1\n  b: 2\n- {c: 3}\n- [d, e]\n- 'f: g'\nplain text: one\n  two\n",
    "t: 'it''s'\nu: \"tab\\t\\u00e9\"\nv: a b # comment\nw: http://x:80/?a=b\n",
    'm:\n  {}\nn: []\no: {a: {}, b: []}\np: ""\nq:\nr: !!str 1\n',
]
PIECES = [
    "{", "}", "[", "]", ":", ": ", "- ", "? ", "#", " #", "'", '"', "|", ">", "&x ", "*x", "!t ", "!!int ", ",", ", ", "\t", "\n", "\n\n",
    "  ", "    ", "%", "@", "`", "---\n", "...\n", "<<: ", "~", "{}", "[]", "\\", "null", "1e3", "0x1f", "é", "{{ x }}",
]  # fmt: skip
_TEXTS = 300  # in a render
_TEMPLATE = (
    '{{ range $path, $_ := .Files.Glob "files/*" }}{{ $text := $.Files.Get $path }}'
    "{{ $path }}: {{ print (fromYaml $text) (fromYamlArray $text) | b64enc }}\n{{ end }}"
)


def changed(rng: random.Random) -> str:
    """Return one of the seeds with a few changes."""
    text = rng.choice(SEEDS)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice((1, 1, 2, 4, 9)))
        kind = rng.randrange(6)
        if kind < 3:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif kind == 3:
            text = text[:at] + text[end:]
        elif kind == 4:
            text = text[:at] + rng.choice(PIECES) + text[end:]
        else:
            to = rng.randrange(len(text) + 1)
            text = text[:to] + text[at:end] + text[to:]
    return text


def answers(program: str, chart: Path, home: Path) -> dict[str, str]:
    """Return what a program reads from each file."""
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    words = [program, "template", "r", str(chart)]
    run = subprocess.run(words, capture_output=True, text=True, env=environment, check=True)
    lines = (line.partition(": ") for line in run.stdout.splitlines() if line.startswith("files/"))
    return {path: base64.b64decode(text).decode("utf-8", "replace") for path, _, text in lines}


def main() -> int:
    """Run the comparison; the exit code is 1 when something differs."""
    options = dict(word.split("=", 1) for word in sys.argv[1:])
    count, seed, seconds = (
        int(options.get(name, default)) for name, default in (("N", 300), ("SEED", 1), ("SECONDS", 0))
    )
    rng = random.Random(seed)
    helm = shutil.which("helm", path=os.environ.get("HELM_ORACLE", os.environ["PATH"]))
    if helm is None:
        print("there is no helm in $HELM_ORACLE or on PATH", file=sys.stderr)
        return 2
    end = time.monotonic() + seconds
    differing = number = read = 0
    with tempfile.TemporaryDirectory() as folder:
        ours = os.path.join(folder, "helm")
        os.symlink(os.path.join(os.path.dirname(sys.executable), "steer"), ours)
        chart = Path(folder, "c")
        (chart / "templates").mkdir(parents=True)
        (chart / "files").mkdir()
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        (chart / "templates" / "t.yaml").write_text(_TEMPLATE)
        while time.monotonic() < end if seconds else number < count * _TEXTS:
            texts = {f"files/{i:03}.yaml": changed(rng) for i in range(_TEXTS)}
            for path, text in texts.items():
                (chart / path).write_text(text)
            mine, theirs = (answers(program, chart, Path(folder)) for program in (ours, helm))
            number += len(texts)
            read += sum("map[Error:" not in theirs.get(path, "map[Error:") for path in texts)
            for path, text in texts.items():
                if mine.get(path) != theirs.get(path):
                    differing += 1
                    print(f"---\n{text!r}\nhelm: {theirs.get(path)!r}\nours: {mine.get(path)!r}", flush=True)
    print(f"{differing} of {number} differ; Helm reads {read}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
