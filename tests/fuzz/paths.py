"""Compare commands on paths that are the wrong kind of thing with a real Helm: same words, and the same files left.

    python -m tests.fuzz.paths [N=300] [SEED=1] [SECONDS=0]

Each program has a folder of its own, laid out alike: charts, archives, and files where folders should be, folders for
files, links to nothing and to themselves, names that are too long, pipes. Each case is one command with one or two of
these paths, on a chart that may have one of its own files replaced in the same ways. With SECONDS, N does not count.
Helm is looked for in the folder $HELM_ORACLE, then on PATH. Differences are printed.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.commands import Programs

LONG = "n" * 260
PATHS = [
    *("file", "empty", "dir", "full", "link-file", "link-dir", "nowhere", "loop", "pipe", "socket", "null"),
    *(LONG, f"dir/{LONG}", "/".join(["d" * 200] * 25), "missing", "missing/x", "file/x", "dir/", "file/", "file/../dir"),
    *("", ".", "./", "dir/.", "/proc/nope", "/proc/nope/x", "/dev/null", "/dev/null/x", "/dev/full", "~", "a b"),
    *("bad\udcff", "new\nline", "c", "c/", "./c", "c/Chart.yaml", "c/templates", "c-0.1.0.tgz", "junk.tgz", "dir.tgz"),
    *("empty.tgz", "text.gz", "c/values.yaml", "nowhere/x", "loop/x", "pipe/x", "link-dir/x", "link-file/", "%zz", "file:c"),
    *("http:", "oci://", "http://127.0.0.1:1/c.tgz", "file://c", "a/c", "@", "-", "--", "c\\x", "json", "pub.gpg"),
]  # fmt: skip
LINES = [
    *("create P", "create P/x", "create P --starter P", "package P", "package c -d P", "package c -d P/new", "lint P"),
    *("package --sign --key a --keyring P c", "package -u P", "template r P", "template r c -f P", "template r c --set-file a=P"),
    *("template r c --output-dir P", "template r c --output-dir P --release-name", "template r c --post-renderer P"),
    *("template r c -s P", "lint c -f P", "lint c --set-file a=P", "lint P P", "show all P", "show chart P", "show values P"),
    *("show readme P", "show crds P", "dependency list P", "dependency build P", "dependency update P", "repo index P"),
    *("repo index dir --merge P", "repo index P --merge P", "repo index c --url P", "pull P", "pull P --untar"),
    *("pull c --repo P", "pull http://127.0.0.1:1/x.tgz -d P", "verify P", "verify c-0.1.0.tgz --keyring P"),
    *("plugin install P", "plugin package P --sign=false", "plugin package P", "plugin verify P", "plugin uninstall P"),
    *("repo list --repository-config P", "repo add x http://127.0.0.1:1 --repository-config P", "search repo x --repository-cache P"),
    *("repo update --repository-config P", "repo remove x --repository-config P", "repo add x P", "repo add x http://127.0.0.1:1 --ca-file P"),
    *("repo add x https://127.0.0.1:1 --cert-file P --key-file P", "registry login 127.0.0.1:1 -u a -p b --ca-file P"),
    *("registry logout x --registry-config P", "registry login 127.0.0.1:1 -u a -p b --registry-config P", "push P oci://127.0.0.1:1/x"),
    *("push c-0.1.0.tgz oci://127.0.0.1:1/x --ca-file P", "list --kubeconfig P", "get values x --kubeconfig P", "docs --dir P"),
    *("template r c --kube-ca-file P", "install r P --dry-run=client", "install r c -f P --dry-run=client", "show values c --jsonpath P"),
    *("HELM_REPOSITORY_CONFIG=P repo list", "HELM_REPOSITORY_CACHE=P search repo x", "HELM_REGISTRY_CONFIG=P registry logout x"),
    *("HELM_PLUGINS=P plugin list", "HELM_PLUGINS=P version --short", "HELM_CACHE_HOME=P repo add x http://127.0.0.1:1"),
    *("HELM_CONFIG_HOME=P repo list", "HELM_DATA_HOME=P plugin list", "HELM_CONFIG_HOME=P repo add x http://127.0.0.1:1"),
    *("HELM_DRIVER=memory HELM_MEMORY_DRIVER_DATA=P list", "KUBECONFIG=P list", "HELM_DATA_HOME=P create x"),
    *("HELM_DATA_HOME=P create x --starter s", "HELM_CACHE_HOME=P template r c", "HOME=P template r c", "TMPDIR=P package c"),
    *("template r c", "lint c", "show all c", "dependency list c", "dependency build c", "package c", "template r c --include-crds"),
    *("lint c --with-subcharts", "show crds c", "dependency update c", "install r c --dry-run=client", "package c -u"),
]  # fmt: skip
PARTS = [
    *("Chart.yaml", "values.yaml", "templates", "templates/t.yaml", "templates/NOTES.txt", "templates/_h.tpl", "charts", "crds"),
    *("charts/s", "charts/s/Chart.yaml", "charts/s.tgz", "values.schema.json", ".helmignore", "Chart.lock", "README.md"),
    *("requirements.yaml", "requirements.lock", "crds/c.yaml", "templates/tests", "files/x", "LICENSE", "ci", ".git", "a b"),
]  # fmt: skip
_RANDOM = re.compile(
    r"(index\.yaml|tmpcharts-|\.part|helm-|plugin-|\.gpg|x-index\.yaml)[0-9a-f]{4,}|\d+(\.\d+)?(ms|µs|s)\b"
)
_TIMES = re.compile(
    r"\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[\d.]* \+\d{4} \w+( m=\S+)?"
)
SECONDS = 10


def _file(path: Path) -> None:
    path.write_text("a: 1\n")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        folder = os.open(path.parent, os.O_RDONLY)
        one.bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)


def _full(path: Path) -> None:
    path.mkdir()
    (path / "x").write_text("a: 1\n")


def _empty(path: Path) -> None:
    path.touch()


def _bytes(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def _links(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


KINDS: list[Callable[[Path], None]] = [
    *(_file, _empty, _full, _bytes, _socket, os.mkfifo, os.mkdir),
    *map(_links, ("/etc/hostname", "nowhere", "values.yaml", "..", "/dev/null", ".", "loop")),
]


def lay_out(top: Path) -> None:
    """Make what the paths name."""
    templates = top / "c" / "templates"
    templates.mkdir(parents=True)
    (top / "c" / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (top / "c" / "values.yaml").write_text("a: 1\n")
    (templates / "t.yaml").write_text("kind: ConfigMap\nmetadata: {name: a}\nv: {{ .Values.a }}\n")
    (top / "full" / "x").mkdir(parents=True)
    (top / "full" / "y.tgz").mkdir()
    (top / "full" / "index.yaml").mkdir()
    (top / "dir").mkdir()
    for name, text in (("file", "f\n"), ("empty", ""), ("junk.tgz", "junk"), ("empty.tgz", ""), ("json", '{"a": 1}')):
        (top / name).write_text(text)
    for name, target in (
        ("link-file", "file"),
        ("link-dir", "dir"),
        ("nowhere", "gone"),
        ("loop", "loop"),
    ):
        (top / name).symlink_to(target)
    (top / "null").symlink_to("/dev/null")
    os.mkfifo(top / "pipe")
    _socket(top / "socket")
    (top / "dir.tgz").mkdir()
    (top / "a b").write_text("a: 1\n")


def change(rng: random.Random, chart: Path) -> str:
    """Put another kind of thing in the place of one of a chart's files and return what was done."""
    part, kind = rng.choice(PARTS), rng.randrange(len(KINDS))
    path = chart / part
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    KINDS[kind](path)
    return f"{part} {kind}"


def left(top: Path, *, is_own: bool) -> list[str]:
    """Return what is in a folder: names, kinds and texts; ``is_own`` says that each program words its files itself."""
    found = []
    for path in sorted(top.rglob("*")):
        name = _RANDOM.sub(r"\1N", str(path.relative_to(top)))
        if "home" in name.split("/")[0]:
            continue
        if path.is_symlink():
            found.append(f"{name} -> {os.readlink(path)}")
        elif path.is_file() and path.suffix not in (".tgz", ".gz") and not is_own:
            found.append(f"{name} {_TIMES.sub('TIME', path.read_text('utf-8', 'surrogateescape'))!r}")
        else:
            found.append(f"{name} {path.stat().st_mode:o}")
    return found


def run(program: str, line: list[str], top: Path, environ: dict[str, str]) -> tuple[object, str, str, list[str]]:
    """Return exit code, output, errors and what is left."""
    try:
        done = subprocess.run(
            [program, *line],
            cwd=top,
            env=environ,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "no end", "", "", []
    said = (
        _TIMES.sub("TIME", _RANDOM.sub(r"\1N", text.decode("utf-8", "surrogateescape").replace(str(top), "TOP")))
        for text in (done.stdout, done.stderr)
    )
    return done.returncode, *said, left(top, is_own="create" in line or "docs" in line)


def _with_paths(rng: random.Random, word: str) -> str:
    first, *others = re.split(r"\bP\b", word)
    return first + "".join(rng.choice(PATHS) + other for other in others)


def _is_explained(theirs: tuple[object, str, str, list[str]]) -> bool:
    """Return whether nothing compares with what Helm did: a panic, no end, or a partial index that it left behind."""
    return "panic: " in theirs[2] or theirs[0] == "no end" or any("/index.yamlN " in entry for entry in theirs[3])


def main() -> int:
    """Run the comparison; the exit code is 1 when something differs."""
    options = dict(word.split("=", 1) for word in sys.argv[1:])
    count, seed, seconds = (
        int(options.get(name, default)) for name, default in (("N", 300), ("SEED", 1), ("SECONDS", 0))
    )
    end = time.monotonic() + seconds
    differing = number = 0
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(folder)
        while time.monotonic() < end if seconds else number < count:
            rng = random.Random(f"{seed} {number}")
            line = rng.choice(LINES).split()
            changed = rng.random() < 0.3 or "P" not in " ".join(line)
            words = [_with_paths(rng, word) for word in line]
            results = []
            for name, program in (("helm", programs.helm), ("ours", programs.ours)):
                top = Path(folder, name, "t")
                lay_out(top)
                what = change(random.Random(f"{seed} {number}"), top / "c") if changed else ""
                environ = {"PATH": os.environ["PATH"], "HOME": f"{top}/home", "TZ": "UTC", "KUBECONFIG": f"{top}/none"}
                environ |= dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
                results.append(run(program, [w for w in words if not re.match(r"[A-Z_]+=", w)], top, environ))
                shutil.rmtree(Path(folder, name))
            if results[0] != results[1] and not _is_explained(results[0]):
                differing += 1
                print(f"--- {number} {words} {what}".replace(LONG, "LONG"))
                for theirs, mine in zip(*results, strict=True):
                    if theirs != mine:
                        print(f"helm: {theirs!r}\nours: {mine!r}".replace(LONG, "LONG"), flush=True)
            number += 1
    print(f"{differing} of {number} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
