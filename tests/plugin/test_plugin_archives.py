"""Plugins as archives, of this disk and of the web: their names, what is in them, and who signed them."""

from __future__ import annotations

import gzip
import io
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.chart.odd_archives import BEGIN, archives, member
from tests.conftest import Run
from tests.services.web import Web

YAML = b"name: greet\nversion: 1.0.0\nusage: u\ncommand: echo hello\n"
FILE, LINK, HARD, DEVICE, FOLDER, CONTIGUOUS = b"0", b"2", b"1", b"3", b"5", b"7"
Member = tuple[str, bytes, bytes]
PLUGIN: Member = ("greet/plugin.yaml", YAML, FILE)


def tar(*members: Member) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content, kind in members:
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, len(content)
            member.linkname = "/etc/passwd" if kind in (LINK, HARD) else ""
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


GOOD = tar(PLUGIN)
ARCHIVES = {
    "good": GOOD,
    "nothing": b"",
    "short": b"junk",
    "junk": b"junkjunkjunk",
    "half": GOOD[: len(GOOD) // 2],
    "more behind it": GOOD + b"more",
    "no members": tar(),
    "at the top": tar(("plugin.yaml", YAML, FILE)),
    "too deep": tar(("a/b/plugin.yaml", YAML, FILE)),
    "another folder": tar(("other/plugin.yaml", YAML, FILE)),
    "two plugins": tar(("a/plugin.yaml", YAML.replace(b"1.0", b"2.0"), FILE), PLUGIN),
    "a folder of that name": tar(("greet/plugin.yaml", b"", FOLDER)),
    "above": tar(PLUGIN, ("../evil", b"x", FILE)),
    "elsewhere": tar(PLUGIN, ("/evil", b"x", FILE)),
    "backwards": tar(PLUGIN, ("..\\evil", b"x", FILE)),
    "drive": tar(PLUGIN, ("c:evil", b"x", FILE)),
    "link": tar(PLUGIN, ("greet/l", b"", LINK)),
    "link first": tar(("greet", b"", LINK), PLUGIN),
    "hard link": tar(PLUGIN, ("greet/l", b"", HARD)),
    "device": tar(PLUGIN, ("greet/l", b"", DEVICE)),
    "contiguous": tar(PLUGIN, ("greet/l", b"x", CONTIGUOUS)),
    "file as folder": tar(PLUGIN, ("greet/a", b"x", FILE), ("greet/a/b", b"x", FILE)),
    "folder over file": tar(PLUGIN, ("greet/a", b"x", FILE), ("greet/a", b"", FOLDER)),
    "file over folder": tar(PLUGIN, ("greet/a", b"", FOLDER), ("greet/a", b"x", FILE)),
    "no name": tar(PLUGIN, ("", b"x", FILE)),
    "evil version": tar(("greet/plugin.yaml", YAML.replace(b"1.0.0", b"../../../evil"), FILE)),
}


ODD = archives()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    (tmp_path / "web").mkdir()
    served = Web(tmp_path / "web")
    yield served
    served.stop()


@pytest.fixture
def home(environment: dict[str, str]) -> Path:
    return Path(environment["HOME"])


def both(steer: Run, helm: Run, home: Path, *lines: list[str]) -> str:
    """Let each program take the lines from an empty home; return what ours said, and what was left."""
    said: list[list[object]] = []
    for run in (helm, steer):
        shutil.rmtree(home)
        home.mkdir()
        answers: list[object] = []
        for line in lines:
            done = run(*line)
            answers.append((done.stdout, _placed(done.stderr), done.returncode))
        left = [p for p in (home / ".local").rglob("*") if p.name not in ("evil", "plugins") and ".tgz" not in p.name]
        said.append([*answers, sorted(str(p) for p in left)])
    assert said[1] == said[0]
    assert not list(home.rglob("evil"))
    return str(said[1])


def _placed(text: str) -> str:
    """Name the folders where archives are unpacked alike: Helm's are in its cache, or temporary."""
    return re.sub(r"/\S*/(helm-plugin-extract-\d+|\.plugin-\w+/unpacked|cache/helm/plugins/[^/:\s]+)", "PLACE", text)


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives_that_are_not_legal(
    kind: str, web: Web, steer: Run, helm: Run, home: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    environment["HELM_CACHE_HOME"] = str(home / "cache" / "helm")
    (tmp_path / "web" / "greet-1.0.0.tgz").write_bytes(ARCHIVES[kind])
    for place in (f"{web.url}/greet-1.0.0.tgz", "web/greet-1.0.0.tgz"):
        both(steer, helm, home, ["plugin", "install", place, "--verify=false"], ["plugin", "list"], ["greet", "you"])


# every tenth, and those that are hard to unpack; the reader is compared in full in tests/chart
_HARD = ("pax path long", "pax path longer", "long name of 1 MB", "long name deep", "sparse pax 0.1 name with NUL")
_LIMITED = ("huge size", "size huge", "90 MB", "octal huge", "base-256 huge")  # refused before they are read


@pytest.mark.parametrize("kind", [*_HARD, *(k for k in sorted(ODD)[::10] if not any(part in k for part in _LIMITED))])
def test_odd_archives(
    kind: str, steer: Run, helm: Run, home: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    environment["HELM_CACHE_HOME"] = str(home / "cache" / "helm")
    with suppress(OSError, EOFError, zlib.error):
        plain = gzip.decompress(ODD[kind])
        if plain.startswith(BEGIN):
            archive = member(b"c/plugin.yaml", YAML) + plain[len(BEGIN) :]
            (tmp_path / "x-1.0.0.tgz").write_bytes(gzip.compress(archive, 1))
            both(steer, helm, home, ["plugin", "install", "x-1.0.0.tgz", "--verify=false"], ["plugin", "list"])


@pytest.mark.parametrize(
    "name",
    [
        *("greet.tgz", "greet-1.0.0.tar.gz", "greet-x.tgz", "my-greet-1.0.0-rc.1.tgz", "other-1.0.0.tgz"),
        *("-1.0.0.tgz", "greet-1.tgz", "greet-1.0.0.TGZ", "greet-1.0.0.zip", "greet"),
    ],
)
def test_names_of_archives(name: str, web: Web, steer: Run, helm: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "web" / name).write_bytes(GOOD)
    (tmp_path / "web" / f"{name}.prov").write_bytes(b"")
    for place in (f"{web.url}/{name}", f"web/{name}", f"{web.url}/none/{name}"):
        for verify in ("--verify", "--verify=false"):
            both(steer, helm, home, ["plugin", "install", place, verify], ["plugin", "list"])


def test_a_file_that_is_there_twice_is_the_last_one(steer: Run, tmp_path: Path, home: Path) -> None:
    archive = tar(PLUGIN, ("greet/a", b"longer", FILE), ("greet/a", b"last", FILE))
    (tmp_path / "greet-1.0.0.tgz").write_bytes(archive)
    assert steer("plugin", "install", "greet-1.0.0.tgz", "--verify=false").returncode == 0
    assert [p.read_bytes() for p in home.rglob("a")] == [b"last"]


def test_flags_of_a_download_are_used(web: Web, steer: Run, tmp_path: Path) -> None:
    (tmp_path / "web" / "greet-1.0.0.tgz").write_bytes(GOOD)
    web.users = "me:pass"
    line = ["plugin", "install", f"{web.url}/greet-1.0.0.tgz", "--verify=false"]
    assert "401 Unauthorized" in steer(*line).stderr
    assert steer(*line, "--username", "me", "--password", "pass").returncode == 0


def test_an_archive_that_is_only_called_one(web: Web, steer: Run, helm: Run, home: Path, tmp_path: Path) -> None:
    # the server tells the type by the name's end, which no extractor has
    (tmp_path / "web" / "greet.gz").write_bytes(GOOD)
    said = both(steer, helm, home, ["plugin", "install", f"{web.url}/greet.gz", "--verify=false"])
    assert "no extractor implemented yet" in said
