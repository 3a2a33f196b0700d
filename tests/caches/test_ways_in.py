"""Each way in which another user could make the program trust a cache: none is read, none is written to.

The planted files are made by the program itself, with the attacker's key, and say other words than the chart. Whoever
believes them prints these words; a test shows that the attacker does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = os.path.join(os.path.dirname(sys.executable), "steer")
TRUE, PLANTED = "plain fixed", "WRONG PLANT"
ALICE, MALLORY = 65531, 65532  # users that own nothing here
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become other users and to mount")

# Entries are changed before they are sealed: a valid file with other words, as only the key's owner can make it.
PLANT = """
import sys
from steersman.runtime.private import Cache
write = Cache.write
def forge(cache, kind, name, head, body=()):
    write(cache, kind, name, head.replace(b"fixed", b"PLANT").replace(b"plain", b"WRONG"), body)
Cache.write = forge
import steersman.start
steersman.start.run()
"""

# The interpreter may lie where another user cannot read it, so all modules are there before the user changes.
AS_USER = """
import contextlib, io, os, sys, tempfile
import steersman.cli.main as main
user, words = int(sys.argv[1]), sys.argv[2:]
environment = dict(os.environ)
with tempfile.TemporaryDirectory() as home, contextlib.redirect_stdout(io.StringIO()):
    os.environ.update(HOME=home, HELM_CACHE_HOME="", XDG_CACHE_HOME="", XDG_STATE_HOME="")
    main.main(words)
    main.main(words)
os.environ.clear()
os.environ.update(environment)
os.setgroups([])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
sys.exit(main.main(words))
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user can enter."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def chart(place: Path) -> Path:
    folder = place / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text(f"word: plain\nfiller: {'x' * 500}\n")  # what is small is not kept
    (folder / "templates" / "t.yaml").write_text("a: {{ .Values.word }}\nb: {{ if true }}fixed{{ end }}\n")
    return folder


@pytest.fixture
def home(place: Path) -> Path:
    """The victim's home."""
    folder = place / "home"
    folder.mkdir(mode=0o700)
    return folder


def words(
    chart: Path, environment: dict[str, str], cwd: Path | None = None, code: str = "", user: int | None = None
) -> str:
    """Render the chart and return the words that it prints."""
    line = [sys.executable, "-c", code] if code else [SCRIPT]
    if user is not None:
        line = [sys.executable, "-c", AS_USER, str(user)]
    done = subprocess.run(
        [*line, "template", "x", str(chart)],
        # compiled from the first run on: there is code in the cache
        env={"PATH": os.environ["PATH"], "STEER_TEMPLATES": "compile", **environment},
        cwd=cwd or chart.parent,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return " ".join(line.partition(": ")[2] for line in done.stdout.splitlines() if line[:2] in ("a:", "b:"))


def plant(chart: Path, home: Path) -> None:
    """Fill the cache below a home with files that say other words."""
    words(chart, {"HOME": str(home)}, code=PLANT)
    assert words(chart, {"HOME": str(home)}) == PLANTED  # whoever has this home and key believes them


def below(*folders: Path) -> list[tuple[str, float]]:
    return sorted((str(p), p.lstat().st_mtime) for folder in folders for p in folder.rglob("*"))


def kept(home: Path) -> list[Path]:
    return [p for p in (home / ".cache" / "helm" / "steersman").rglob("*") if p.is_file()]


CHECKOUT = {
    "no home": {},
    "no home, an empty one": {"HOME": ""},
    "a relative home": {"HOME": "."},
    "the home is the checkout": {"HOME": "{checkout}"},
    "HELM_CACHE_HOME": {"HOME": "{home}", "HELM_CACHE_HOME": "{checkout}/.cache/helm"},
    "XDG_CACHE_HOME": {"HOME": "{home}", "XDG_CACHE_HOME": "{checkout}/.cache"},
    "relative HELM_CACHE_HOME": {"HOME": "{home}", "HELM_CACHE_HOME": ".cache/helm"},
    "relative XDG_CACHE_HOME": {"HOME": "{home}", "XDG_CACHE_HOME": ".cache"},
    "the key as well": {
        "HOME": "{home}",
        "HELM_CACHE_HOME": "{checkout}/.cache/helm",
        "XDG_STATE_HOME": "{checkout}/.local/state",
    },
    "the key as well, relative": {
        "HOME": "{home}",
        "HELM_CACHE_HOME": ".cache/helm",
        "XDG_STATE_HOME": ".local/state",
    },
}


@pytest.mark.parametrize("is_git", [True, False], ids=["git", "archive"])
@pytest.mark.parametrize("way", CHECKOUT)
def test_caches_in_a_checkout_are_not_used(way: str, is_git: bool, chart: Path, home: Path, place: Path) -> None:
    if way == "the home is the checkout" and not is_git:
        pytest.skip("a home is trusted: Helm itself runs plugins from it")
    checkout = place / "checkout"
    checkout.mkdir()
    plant(chart, checkout)
    if is_git:
        subprocess.run(["git", "init", "-q", str(checkout)], check=True)
    environment = {k: v.format(home=home, checkout=checkout) for k, v in CHECKOUT[way].items()}
    before = below(checkout)
    for cwd in (checkout, checkout / ".cache") if is_git else (checkout,):
        assert words(chart, environment, cwd=cwd) == TRUE
    assert below(checkout) == before
    if "XDG_STATE_HOME" in environment or not environment.get("HOME", "").startswith(str(home)):
        return
    # the cache of another folder does work with this home
    assert words(chart, {"HOME": str(home)}, cwd=checkout) == TRUE
    assert len(kept(home)) == 2


@needs_root
@pytest.mark.parametrize("victim", [0, ALICE])
def test_files_of_another_user_are_not_used(victim: int, chart: Path, home: Path, place: Path) -> None:
    # HELM_CACHE_HOME=/tmp/x, where /tmp/x does not exist yet, or is the attacker's, or has the attacker's folder
    os.chown(home, victim, victim)
    shared = place / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    evil = place / "evil"
    evil.mkdir()
    plant(chart, evil)
    for name, owned in (("x", "x"), ("y", "y/steersman"), ("z", "z/steersman/templates")):
        target = shared / name
        shutil.copytree(evil / ".cache" / "helm", target)
        for path in (target, *target.rglob("*")):
            os.chown(path, victim, victim)
        for path in (shared / owned, *(shared / owned).rglob("*")):
            os.chown(path, MALLORY, MALLORY)
        before = below(target)
        for state in (home, evil / ".local" / "state"):
            environment = {"HOME": str(home), "HELM_CACHE_HOME": str(target), "XDG_STATE_HOME": str(state)}
            assert words(chart, environment, user=victim) == TRUE
            assert [p for p in below(target) if os.lstat(p[0]).st_uid == MALLORY] == [
                p for p in before if os.lstat(p[0]).st_uid == MALLORY
            ]
    # a folder that does not exist yet is made, and is the victim's alone
    environment = {"HOME": str(home), "HELM_CACHE_HOME": str(shared / "new")}
    assert words(chart, environment, user=victim) == TRUE
    for path in (shared / "new", *(shared / "new").rglob("*")):
        status = path.stat()
        assert (status.st_uid, status.st_mode & 0o077) == (victim, 0)


@needs_root
def test_a_key_of_another_user_is_not_used(chart: Path, home: Path, place: Path) -> None:
    evil = place / "evil"
    evil.mkdir()
    plant(chart, evil)
    state = home / ".local" / "state" / "steersman"
    shutil.copytree(evil / ".local", home / ".local")
    shutil.copytree(evil / ".cache", home / ".cache")
    os.chown(state / "key", MALLORY, MALLORY)
    assert words(chart, {"HOME": str(home)}) == TRUE
    assert (state / "key").stat().st_uid == 0  # it was replaced


LINKS = ["steersman", "steersman/templates", "steersman/values", ".", ".."]


@pytest.mark.parametrize("name", LINKS)
def test_links_are_not_followed(name: str, chart: Path, home: Path, place: Path) -> None:
    evil = place / "evil"
    evil.mkdir()
    plant(chart, evil)
    shutil.copytree(evil / ".local", home / ".local")  # even where the key is known
    shutil.copytree(evil / ".cache", home / ".cache")
    link, target = (Path(os.path.normpath(base / ".cache" / "helm" / name)) for base in (home, evil))
    shutil.rmtree(link)
    link.symlink_to(target)
    shutil.rmtree(home / ".cache" / "helm" / "steersman" / "none", ignore_errors=True)
    before = below(target)
    found = words(chart, {"HOME": str(home)}).split()
    # the folder next to it is not behind a link: what is there was made with this key
    assert found[1] == ("PLANT" if name.endswith("values") else "fixed")
    assert found[0] == ("WRONG" if name.endswith("templates") else "plain")
    assert below(target) == before
    assert link.is_symlink()


def test_links_in_place_of_files_are_replaced(chart: Path, home: Path, place: Path) -> None:
    evil = place / "evil"
    evil.mkdir()
    plant(chart, evil)
    shutil.copytree(evil / ".local", home / ".local")
    shutil.copytree(evil / ".cache", home / ".cache")
    for file in kept(home):
        file.unlink()
        file.symlink_to(evil / file.relative_to(home))
    before = below(evil)
    assert words(chart, {"HOME": str(home)}) == TRUE
    assert below(evil) == before
    assert len(kept(home)) == 2 and not any(p.is_symlink() for p in kept(home))
    for file in kept(home):  # a second name of a file can be changed through the first
        file.unlink()
        file.hardlink_to(evil / file.relative_to(home))
    assert words(chart, {"HOME": str(home)}) == TRUE


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
@pytest.mark.parametrize("name", ["", ".cache", ".cache/helm", ".cache/helm/steersman", ".cache/helm/steersman/values"])
def test_a_folder_that_others_can_write_to_is_not_used(
    name: str, mode: int, chart: Path, home: Path, place: Path
) -> None:
    plant(chart, home)
    folder = home / name
    folder.chmod(mode)
    before = below(home)
    assert words(chart, {"HOME": str(home)}).split()[0] == "plain"
    assert below(home) == before


def test_only_owner_modes_are_believed(chart: Path, home: Path) -> None:
    for mode in (0o644, 0o640, 0o604, 0o700, 0o660, 0o400):
        plant(chart, home)
        for file in kept(home):
            file.chmod(mode)
        assert words(chart, {"HOME": str(home)}) == TRUE
        shutil.rmtree(home / ".cache")
    plant(chart, home)
    key = home / ".local" / "state" / "steersman" / "key"
    key.chmod(0o644)
    assert words(chart, {"HOME": str(home)}) == TRUE
    assert key.stat().st_mode & 0o777 == 0o600  # a key that others may have read is replaced
    for folder in (home / ".cache" / "helm" / "steersman", key.parent):
        folder.chmod(0o755)
        before = below(home)
        assert words(chart, {"HOME": str(home)}) == TRUE
        assert below(home) == before
        folder.chmod(0o700)


def test_the_key_is_the_users_and_not_in_the_cache(chart: Path, home: Path, place: Path) -> None:
    evil = place / "evil"
    evil.mkdir()
    plant(chart, evil)
    shutil.copytree(evil / ".cache", home / ".cache")
    assert words(chart, {"HOME": str(home)}) == TRUE  # there is no key
    shutil.rmtree(home / ".cache")
    shutil.copytree(evil / ".cache", home / ".cache")
    assert words(chart, {"HOME": str(home)}) == TRUE  # there is another key
    key = home / ".local" / "state" / "steersman" / "key"
    assert (len(key.read_bytes()), key.stat().st_mode & 0o777) == (32, 0o600)
    assert words(chart, {"HOME": str(home)}) == TRUE  # and what was written since


def test_a_piece_is_for_its_name_alone(chart: Path, home: Path, place: Path) -> None:
    other = place / "other"
    shutil.copytree(chart, other)
    (other / "values.yaml").write_text(f"word: other\nfiller: {'x' * 500}\n")
    words(chart, {"HOME": str(home)})
    values = home / ".cache" / "helm" / "steersman" / "values"
    (first,) = values.iterdir()
    first.rename(home / "first")
    words(other, {"HOME": str(home)})
    (second,) = values.iterdir()
    (home / "first").rename(second)  # a file that this user's key has sealed, in the place of another
    (other / "values.yaml").write_text((chart / "values.yaml").read_text())
    before = second.read_bytes()
    assert words(other, {"HOME": str(home)}) == TRUE
    assert second.read_bytes() != before


@needs_root
def test_root_with_a_users_home_leaves_nothing_there(chart: Path, home: Path) -> None:
    os.chown(home, ALICE, ALICE)
    assert words(chart, {"HOME": str(home)}) == TRUE  # sudo keeps HOME here and there
    assert below(home) == []
    assert words(chart, {"HOME": str(home)}, user=ALICE) == TRUE
    assert len(kept(home)) == 2
    before = below(home)
    assert words(chart, {"HOME": str(home)}) == TRUE
    assert below(home) == before
    assert {p.stat().st_uid for p in home.rglob("*")} == {ALICE}


@needs_root
def test_a_full_disk_leaves_nothing_behind(chart: Path, place: Path) -> None:
    (chart / "values.yaml").write_text(f"word: plain\nfiller: {'x' * 300_000}\n")
    home = place / "small"
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "none", str(home)], check=True)
    try:
        for _ in range(3):
            assert words(chart, {"HOME": str(home)}) == TRUE
            assert [p for p in home.rglob("*") if p.name.endswith(".part")] == []
        assert {p.parent.name for p in kept(home)} == {"templates"}  # what fitted
    finally:
        subprocess.run(["umount", str(home)], check=True)


@needs_root
def test_a_cache_that_can_only_be_read_is_read(chart: Path, place: Path) -> None:
    home = place / "readonly"
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "none", str(home)], check=True)
    try:
        plant(chart, home)
        subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
        assert words(chart, {"HOME": str(home)}) == PLANTED
        (chart / "templates" / "t.yaml").write_text("a: {{ .Values.word }}\nb: changed\n")
        assert words(chart, {"HOME": str(home)}) == "WRONG changed"
    finally:
        subprocess.run(["umount", str(home)], check=True)


def test_no_cache_turns_reading_and_writing_off(chart: Path, home: Path) -> None:
    for value in ("1", "true", "yes"):
        assert words(chart, {"HOME": str(home), "STEER_NO_CACHE": value}) == TRUE
    assert below(home) == []
    plant(chart, home)
    before = below(home)
    assert words(chart, {"HOME": str(home), "STEER_NO_CACHE": "1"}) == TRUE
    assert below(home) == before
    assert words(chart, {"HOME": str(home), "STEER_NO_CACHE": "0"}) == PLANTED
    assert words(chart, {"HOME": str(home), "STEER_NO_CACHE": ""}) == PLANTED


def test_what_killed_runs_have_left_is_swept(chart: Path, home: Path) -> None:
    words(chart, {"HOME": str(home)})
    folder = home / ".cache" / "helm" / "steersman" / "values"
    old, young = folder / ".0123456789abcdef.part", folder / ".fedcba9876543210.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    (chart / "values.yaml").write_text(f"word: plain\nfiller: {'y' * 500}\n")
    words(chart, {"HOME": str(home)})
    assert not old.exists() and young.exists()


def test_the_cache_lies_in_helms_own_and_old_places_are_not_read(chart: Path, home: Path) -> None:
    plant(chart, home)
    shutil.copytree(home / ".cache" / "helm" / "steersman", home / ".cache" / "steersman")
    shutil.rmtree(home / ".cache" / "helm")
    before = below(home / ".cache" / "steersman")
    assert words(chart, {"HOME": str(home)}) == TRUE
    assert below(home / ".cache" / "steersman") == before
    assert {p.parent.name for p in kept(home)} == {"templates", "values"}


def test_cache_list_says_why_nothing_is_kept(chart: Path, home: Path, environment: dict[str, str]) -> None:
    plant(chart, home)
    (home / ".cache").chmod(0o777)
    done = subprocess.run(
        [SCRIPT, "cache", "list"], env={**environment, "HOME": str(home)}, capture_output=True, text=True
    )
    problem = f"{home}/.cache can be written to by others"
    assert done.stderr == f"WARNING: the cache of derived data is not used: {problem}\n"
    assert not {"templates", "values", "discovery"} & set(done.stdout.split())
