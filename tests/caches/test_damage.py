"""Bytes flipped and files cut at 500 places of each kind of file: the same output every time, and a whole file after."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from steersman.chart.parsed import ParsedValues
from steersman.download.getters import Answer
from steersman.download.validators import Validators
from steersman.errors import ValuesError
from steersman.gotemplate import CodeStore, TemplateSet
from steersman.gotemplate.definition import COMPILED
from steersman.manifest.heads import HeadStore
from steersman.manifest.hooks import sort_manifests
from steersman.registry.places import BlobPlaces
from steersman.registry.reference import parse
from steersman.repo.index_load import load_file
from steersman.runtime.private import Cache
from steersman.values.accepted import check_once
from tests.caches.damage import damaged
from tests.caches.test_accepted import known
from tests.conftest import Run, cache_in

Use = Callable[[Cache], object]


def check(folder: Path, kind: str, use: Use, *, is_steady: bool = True) -> None:
    """Use a cache whose file of one kind is damaged, again and again.

    Args:
        is_steady: whether what is written again has the same bytes.
    """
    expected = use(cache_in(folder))
    (file,) = (folder / "cache" / kind).iterdir()
    whole = file.read_bytes()
    assert use(cache_in(folder)) == expected and file.read_bytes() == whole
    for data in damaged(whole):
        file.write_bytes(data)
        assert use(cache_in(folder)) == expected
        # nothing reads on behind what is sealed, and what is written again holds the same
        assert data == whole + b"x" or file.read_bytes() not in (data, b"")
        if is_steady and data != whole + b"x":
            assert file.read_bytes() == whole


def test_compiled_templates(tmp_path: Path) -> None:
    texts = [
        ("a", '{{ define "greet" }}hello {{ .name }}{{ end }}{{ range .list }}{{ . }},{{ end }}'),
        ("b", '{{ template "greet" . }}{{ if .big }}' + "{{ .name }}" * 10 + "{{ else }}small{{ end }}"),
    ]

    def use(cache: Cache) -> object:
        templates = TemplateSet({}, store=CodeStore(cache), way=COMPILED)  # the first run compiles
        templates.parse_all(texts)
        data = {"name": "Ann", "big": True, "list": ["1", "2"]}
        found = [templates.execute(name, data) for name in ("a", "b", "greet")]
        templates.keep()
        return found

    check(tmp_path, "templates", use)


def test_parsed_values(tmp_path: Path) -> None:
    text = b"a: 1\nb: [1.5, true, null, text]\nc: {d: e}\n" + b"filler: xxxxxxxxx\n" + b"k%d: v\n" * 1 + b"# \n" * 200

    def use(cache: Cache) -> object:
        parsed = ParsedValues(cache, "/chart")
        found = parsed.read(text)
        parsed.keep()
        return found

    check(tmp_path, "values", use)


def test_heads_of_manifests(tmp_path: Path) -> None:
    filler = "# " + "x" * 200
    files = {
        f"c/templates/{i}.yaml": f"{filler}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s{i}\n"
        "  annotations: {helm.sh/hook: test}\n"
        for i in range(9)
    }
    cache_in(tmp_path).write("any", "thing", b"")

    def use(cache: Cache) -> object:
        cache.read("any", "thing")  # heads are kept from the second run on
        hooks, _ = sort_manifests(files, print, heads=HeadStore(cache))
        return [(one.name, one.kind, one.events, one.manifest) for one in hooks]

    check(tmp_path, "heads", use)


def test_accepted_values(tmp_path: Path) -> None:
    class Root:
        name, is_root, values, schema, dependencies = "c", True, {}, b"{}", ()

    def refuse() -> None:
        raise ValuesError("refused")

    def use(cache: Cache) -> object:
        # what was never accepted is refused, whatever the file says by now
        with pytest.raises(ValuesError):
            check_once(cache, Root, {"a": 2}, known(), refuse)  # type: ignore[arg-type]
        check_once(cache, Root, {"a": 1}, known(), lambda: None)  # type: ignore[arg-type]
        return None

    check(tmp_path, "accepted", use)


def test_indexes(tmp_path: Path) -> None:
    path = tmp_path / "index.yaml"
    charts = "".join(f"  c{i}:\n  - {{name: c{i}, version: 1.0.0, description: {'d' * 900}}}\n" for i in range(70))
    path.write_text(f"apiVersion: v1\nentries:\n{charts}")

    def use(cache: Cache) -> object:
        index = load_file(str(path), print, cache)
        rows = list(index.entries.rows())
        return rows, [index.get(name, "").metadata for name in index.entries], index.api_version

    check(tmp_path, "indexes", use)


def test_validators(tmp_path: Path) -> None:
    path = tmp_path / "index.yaml"
    path.write_text("apiVersion: v1\n")

    def use(cache: Cache) -> object:
        known = Validators(cache, str(path), "http://x")
        found = known.load()
        if found is None:  # the index is asked for again
            known.keep(Answer(None, '"tag"', "Sun, 29 Nov 2026 14:00:00 GMT"))
            found = known.load()
        assert found is not None
        return found.etag, found.modified

    check(tmp_path, "validators", use)


def test_places_of_blobs(tmp_path: Path) -> None:
    def use(cache: Cache) -> object:
        places = BlobPlaces(cache)
        places.remember(parse("r.example/a:1"), "sha256:abc")
        return places.others(parse("r.example/b:1"), "sha256:abc")

    check(tmp_path, "blobs", use)


def test_the_key(tmp_path: Path) -> None:
    def use(cache: Cache) -> object:
        parsed = ParsedValues(cache, "/chart")
        found = parsed.read(b"a: 1\n" + b"# \n" * 200)
        parsed.keep()
        return found

    expected = use(cache_in(tmp_path))
    key = tmp_path / "state" / "key"
    for data in [*damaged(key.read_bytes(), 64), b"x" * 10_000]:
        key.write_bytes(data)
        assert use(cache_in(tmp_path)) == expected
        assert len(key.read_bytes()) == 32 and key.stat().st_mode & 0o777 == 0o600
        assert cache_in(tmp_path).read("values", "/chart") is not None


@pytest.mark.parametrize("kind", ["templates", "values", "heads", "key"])
def test_whole_runs(kind: str, steer: Run, environment: dict[str, str], tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    steer("create", "chart")
    line = ("template", "x", str(chart))
    for _ in range(3):  # the second run keeps heads, and the third has nothing to add
        expected = steer(*line)
    home = Path(environment["HOME"])
    folder = home / ".cache" / "helm" / "steersman" / kind
    (file,) = [home / ".local" / "state" / "steersman" / "key"] if kind == "key" else folder.iterdir()
    for data in damaged(file.read_bytes(), 12):
        file.write_bytes(data)
        done = steer(*line)
        assert (done.returncode, done.stdout, done.stderr) == (0, expected.stdout, "")


def test_a_damaged_index_cache_is_healed_by_any_run_and_by_repo_update(
    steer: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    web = tmp_path / "web"
    web.mkdir()
    charts = "".join(f"  c{i}:\n  - {{name: c{i}, version: 1.0.0, description: {'d' * 900}}}\n" for i in range(100))
    (web / "index.yaml").write_text(f"apiVersion: v1\nentries:\n{charts}")

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(web))  # type: ignore[arg-type]

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert steer("repo", "add", "r", f"http://127.0.0.1:{server.server_port}").returncode == 0
        expected = steer("search", "repo", "c").stdout
        assert expected.count("\n") == 101
        (file,) = Path(environment["HOME"], ".cache/helm/steersman/indexes").iterdir()
        whole = file.read_bytes()
        for data in damaged(whole, 6):
            for line in (("search", "repo", "c"), ("repo", "update")):
                file.write_bytes(data)
                done = steer(*line)
                assert (done.returncode, done.stderr) == (0, "")
                assert steer("search", "repo", "c").stdout == expected
                assert file.read_bytes() != data or len(data) > len(whole)
    finally:
        server.shutdown()
        server.server_close()


def _others() -> list[str]:
    """Return other Pythons that run here."""
    found = [shutil.which(f"python3.{minor}") or "" for minor in (11, 12, 13, 14) if minor != sys.version_info.minor]
    return [p for p in found if p and subprocess.run([p, "-c", "import zlib"], capture_output=True).returncode == 0]


def test_two_versions_and_two_pythons_share_one_cache(environment: dict[str, str], tmp_path: Path) -> None:
    pythons = [sys.executable, *_others()]
    import steersman

    newer = tmp_path / "newer" / "steersman"
    shutil.copytree(Path(steersman.__file__).parent, newer, ignore=shutil.ignore_patterns("__pycache__"))
    text = (newer / "version.py").read_text()
    assert "__version__" in text
    (newer / "version.py").write_text(f'{text}\n__version__ = "99.0.0"\n')
    sources = [str(Path(steersman.__file__).parent.parent), str(newer.parent)]
    chart = tmp_path / "chart"
    code = "import sys; sys.argv[0] = 'steer'; import steersman.start; steersman.start.run()"

    def run(python: str, source: str, *words: str) -> str:
        done = subprocess.run(
            [python, "-c", code, *words],
            env={**environment, "PYTHONPATH": source},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    run(sys.executable, sources[0], "create", "chart")
    expected = run(sys.executable, sources[0], "template", "x", str(chart))
    kept = Path(environment["HOME"], ".cache/helm/steersman/templates")
    for _ in range(2):
        for python in pythons:
            for source in sources:
                assert run(python, source, "template", "x", str(chart)) == expected
    assert len(list(kept.iterdir())) == len(pythons) * len(sources)  # each its own, and none is written twice
