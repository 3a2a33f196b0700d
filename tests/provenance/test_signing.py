"""Signatures made here, by Helm and checked by GnuPG, with keys that GnuPG makes."""

from __future__ import annotations

import gzip
import os
import pty
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.services.web import Web

pytest.importorskip("openpgp", reason="no library for signatures: the extra sign is not installed")

PASSPHRASE = "open sesame"
SIGNERS = ("plain@example.com", "curve@example.com", "nist@example.com", "locked@example.com")


class Keys:
    """A GnuPG home with keys, and its keyrings in every form."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "gnupg"
        self.home.mkdir(mode=0o700)
        self.folder = folder
        self.make("Plain <plain@example.com>", "rsa2048", "sign", "0")
        self.make("Curve <curve@example.com>", "ed25519", "sign", "0")
        self.make("Nist <nist@example.com>", "nistp256", "sign", "0")
        self.make("Locked <locked@example.com>", "ed25519", "sign", "0", passphrase=PASSPHRASE)
        self.make("Old <old@example.com>", "ed25519", "sign", "30d", "--faked-system-time", "20200101T000000")
        self.make("Revoked <revoked@example.com>", "ed25519", "sign", "0")
        self.make("Certifies only <none@example.com>", "ed25519", "cert", "0")
        self.make("With subkey <sub@example.com>", "ed25519", "cert", "0")
        self.gpg("--passphrase", "", "--quick-add-key", self.fingerprint("sub@example.com"), "ed25519", "sign", "0")
        (folder / "secret.gpg").write_bytes(self.gpg("--export-secret-keys", "--passphrase", PASSPHRASE))
        revocation = self.home / "openpgp-revocs.d" / f"{self.fingerprint('revoked@example.com')}.rev"
        self.gpg("--import", data=revocation.read_text().replace(":-----", "-----").encode())
        (folder / "public.gpg").write_bytes(self.gpg("--export"))
        (folder / "public.asc").write_bytes(self.gpg("--armor", "--export"))
        shutil.copy(self.home / "pubring.kbx", folder / "pubring.kbx")

    def gpg(self, *arguments: str, data: bytes = b"") -> bytes:
        line = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback"]
        return subprocess.run([*line, *arguments], input=data, capture_output=True, check=True).stdout

    def make(self, name: str, kind: str, use: str, lasts: str, *more: str, passphrase: str = "") -> None:
        self.gpg(*more, "--passphrase", passphrase, "--quick-gen-key", name, kind, use, lasts)

    def fingerprint(self, name: str) -> str:
        listed = self.gpg("--with-colons", "--list-keys", name).decode().splitlines()
        return next(line.split(":")[9] for line in listed if line.startswith("fpr"))

    def ring(self, name: str) -> str:
        return str(self.folder / name)

    def close(self) -> None:
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--kill", "all"], capture_output=True)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keys]:
    if shutil.which("gpg") is None:
        pytest.skip("no GnuPG: tests/services/install.sh installs gnupg")
    made = Keys(tmp_path_factory.mktemp("k"))
    yield made
    made.close()


@pytest.fixture
def archive(tmp_path: Path) -> str:
    folder = tmp_path / "shop"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(
        "apiVersion: v2\nname: shop\nversion: 1.0.0\nkeywords: [a, b]\nannotations: {'-': '--- x', b: 'ends in blanks  '}\n"
    )
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\nnot this\n")
    return "shop-1.0.0.tgz"


def sign(run: Run, keys: Keys, key: str, *more: str, **options: object) -> subprocess.CompletedProcess[str]:
    line = ["package", "shop", "--sign", "--key", key, "--keyring", keys.ring("secret.gpg"), *more]
    return run(*line, **options)


@pytest.mark.parametrize("key", SIGNERS)
def test_a_signature_made_here_holds_for_helm_and_gnupg(
    keys: Keys, archive: str, steer: Run, helm: Run, tmp_path: Path, key: str
) -> None:
    done = sign(steer, keys, key, "--passphrase-file", "passphrase")
    assert done.returncode == 0, done.stderr
    line = ["verify", archive, "--keyring", keys.ring("public.gpg")]
    ours, theirs = steer(*line), helm(*line)
    assert (ours.returncode, ours.stdout, ours.stderr) == (0, theirs.stdout, theirs.stderr)
    assert f"Using Key With Fingerprint: {keys.fingerprint(key)}" in ours.stdout
    keys.gpg("--verify", str(tmp_path / f"{archive}.prov"))


@pytest.mark.parametrize("key", [*SIGNERS, "old@example.com", "revoked@example.com", "none@example.com"])
def test_a_signature_of_helms_is_judged_as_helm_does(keys: Keys, archive: str, steer: Run, helm: Run, key: str) -> None:
    assert sign(helm, keys, key, "--passphrase-file", "passphrase").returncode == 0
    for ring in ("public.gpg", "public.asc", "pubring.kbx", "secret.gpg"):
        line = ["verify", archive, "--keyring", keys.ring(ring)]
        ours, theirs = steer(*line), helm(*line)
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), ring


def test_a_signature_by_a_subkey(keys: Keys, archive: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    assert sign(steer, keys, "plain@example.com").returncode == 0
    provenance = tmp_path / f"{archive}.prov"
    text = provenance.read_text().split("\n\n", 1)[1].split("-----BEGIN PGP SIGNATURE")[0]
    signed = keys.gpg("--clear-sign", "--local-user", "sub@example.com", data=text.replace("- -", "-").encode())
    provenance.write_bytes(signed)
    line = ["verify", archive, "--keyring", keys.ring("public.gpg")]
    ours, theirs = steer(*line), helm(*line)
    assert ours.returncode == 0, ours.stderr
    assert (ours.stdout, ours.stderr) == (theirs.stdout, theirs.stderr)


def test_what_was_changed_after_signing_is_refused_as_helm_does(
    keys: Keys, archive: str, steer: Run, helm: Run, tmp_path: Path
) -> None:
    assert sign(steer, keys, "plain@example.com").returncode == 0
    provenance = tmp_path / f"{archive}.prov"
    whole = provenance.read_text()
    changed = {
        "text": whole.replace("name: shop", "name: shop2"),
        "signature": whole[:-200] + ("A" if whole[-200] != "A" else "B") + whole[-199:],
        "no signature": whole.split("-----BEGIN PGP SIGNATURE")[0],
        "no header": whole.replace("Hash: SHA512\n", ""),
        "line ends": whole.replace("\n", "\r\n"),
        "before it": "something\n" + whole,
        "blanks at the end of a line": whole.replace("name: shop\n", "name: shop  \n"),
        "nothing": "",
        "else": "hello\n",
    }
    for name, text in changed.items():
        provenance.write_text(text)
        line = ["verify", archive, "--keyring", keys.ring("public.gpg")]
        ours, theirs = steer(*line), helm(*line)
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), name
    provenance.write_text(whole)
    for name in (archive, "renamed.tgz"):
        (tmp_path / name).write_bytes((tmp_path / archive).read_bytes() + b"x")
        shutil.copy(provenance, tmp_path / "renamed.tgz.prov")
        line = ["verify", name, "--keyring", keys.ring("public.gpg")]
        ours, theirs = steer(*line), helm(*line)
        assert ours.returncode == 1
        assert ours.stderr == theirs.stderr


@pytest.mark.parametrize(
    ("key", "more"),
    [
        ("nobody", []),
        ("example.com", []),
        ("locked@example.com", ["--passphrase-file", "none"]),
        ("locked@example.com", ["--passphrase-file", "empty"]),
        ("locked@example.com", ["--passphrase-file", "shop/Chart.yaml"]),
        ("locked@example.com", ["--passphrase-file", "-"]),
        ("locked@example.com", []),
        ("plain@example.com", ["--keyring", "none"]),
        ("plain@example.com", ["--keyring", "empty"]),
        ("plain@example.com", ["--keyring", "shop/Chart.yaml"]),
    ],
)
def test_a_key_that_cannot_sign_is_told_of_as_helm_does(
    keys: Keys, archive: str, steer: Run, helm: Run, tmp_path: Path, key: str, more: list[str]
) -> None:
    (tmp_path / "empty").write_text("")
    ours, theirs = sign(steer, keys, key, *more), sign(helm, keys, key, *more)
    assert ours.returncode == 1
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_a_passphrase_comes_from_a_pipe(keys: Keys, archive: str, steer: Run, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "shop", tmp_path / "again")
    line = ["package", "shop", "again", "--sign", "--key", "locked@", "--keyring", keys.ring("secret.gpg")]
    done = steer(*line, "--passphrase-file", "-", stdin=f"{PASSPHRASE}\n")
    assert done.returncode == 0, done.stderr


def test_only_what_is_signed_is_used_where_that_is_asked_for(
    keys: Keys, archive: str, steer: Run, helm: Run, tmp_path: Path
) -> None:
    assert sign(steer, keys, "curve@example.com").returncode == 0
    verify = ["--verify", "--keyring", keys.ring("public.gpg")]
    for line in (["template", "x", archive, *verify], ["show", "chart", archive, *verify]):
        ours, theirs = steer(*line), helm(*line)
        assert ours.returncode == 0
        assert ours.stdout == theirs.stdout
    os.unlink(tmp_path / f"{archive}.prov")
    for line in (["template", "x", archive, *verify], ["show", "chart", "shop", *verify]):
        ours, theirs = steer(*line), helm(*line)
        assert ours.returncode == 1
        assert ours.stderr == theirs.stderr


def test_a_signed_plugin_is_installed_by_both(keys: Keys, steer: Run, helm: Run, tmp_path: Path) -> None:
    folder = tmp_path / "greet"
    folder.mkdir()
    (folder / "plugin.yaml").write_text(
        "apiVersion: v1\nname: greet\nversion: 1.2.0\ntype: cli/v1\nruntime: subprocess\nsourceURL: https://example.com\n"
        "config: {shortHelp: s, longHelp: l, usage: u}\nruntimeConfig:\n  platformCommand: [{command: echo, args: [a]}]\n"
        "  platformHooks: {install: [{command: echo, os: linux}]}\n"
    )
    signed = []
    for run in (helm, steer):
        line = ["plugin", "package", "greet", "--key", "curve@", "--keyring", keys.ring("secret.gpg")]
        done = run(*line)
        assert done.returncode == 0, done.stderr
        text = (tmp_path / "greet-1.2.0.tgz.prov").read_text()
        signed.append((done.stdout, text.split("\n...\n")[0]))
    assert signed[0] == signed[1]
    verify = ["plugin", "verify", "greet-1.2.0.tgz", "--keyring", keys.ring("public.gpg")]
    assert steer(*verify).stdout == helm(*verify).stdout != ""
    install = ["plugin", "install", "greet-1.2.0.tgz", "--keyring", keys.ring("public.gpg")]
    theirs = helm(*install)
    assert helm("plugin", "uninstall", "greet").returncode == 0
    ours = steer(*install)
    assert (ours.returncode, ours.stdout, ours.stderr) == (0, theirs.stdout, theirs.stderr)
    assert "signed" in steer("plugin", "list").stdout
    assert steer("plugin", "list").stdout == helm("plugin", "list").stdout
    unknown = ["plugin", "verify", "greet-1.2.0.tgz", "--keyring", "none"]
    assert steer(*unknown).stderr == helm(*unknown).stderr


def test_a_passphrase_that_is_typed_is_not_seen(
    keys: Keys, archive: str, steer: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    program = str(tmp_path / "bin" / "helm")
    line = [program, "package", "shop", "--sign", "--key", "locked@", "--keyring", keys.ring("secret.gpg")]
    child, terminal = pty.fork()
    if not child:
        os.chdir(tmp_path)
        os.execve(program, line, environment)
    shown, is_answered = b"", False
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break  # the other end is closed
        if not piece:
            break
        shown += piece
        if b">  " in shown and not is_answered:
            os.write(terminal, f"{PASSPHRASE}\n".encode())
            is_answered = True
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert b'Password for key "Locked <locked@example.com>" >  \r\nSuccessfully packaged' in shown
    assert PASSPHRASE.encode() not in shown


def test_a_passphrase_file_is_read_for_every_key(archive: str, keys: Keys, steer: Run, helm: Run) -> None:
    line = ["package", "shop", "--sign", "--key", "plain", "--keyring", keys.ring("secret.gpg")]
    for run in (steer, helm):
        done = run(*line, "--passphrase-file", "nosuch")
        assert (done.stderr, done.returncode) == ("Error: open nosuch: no such file or directory\n", 1)


def test_texts_end_as_helms(archive: str, keys: Keys, steer: Run, helm: Run, tmp_path: Path) -> None:
    line = ["package", "shop", "--sign", "--key", "plain", "--keyring", keys.ring("secret.gpg")]
    heads = []
    for run in (steer, helm):
        assert run(*line).returncode == 0
        whole = (tmp_path / f"{archive}.prov").read_text()
        heads.append([text.split("sha256:")[0] for text in whole.partition("-----BEGIN PGP SIGNATURE")[0].splitlines()])
    assert heads[0] == heads[1]


@pytest.mark.parametrize("epoch", ["x", "-5", "1_0", " 1", "\u0663", "9" * 20, "+0x1"])
def test_odd_times_of_archives(epoch: str, archive: str, steer: Run, helm: Run) -> None:
    ours, theirs = (run("package", "shop", env={"SOURCE_DATE_EPOCH": epoch}) for run in (steer, helm))
    assert (ours.stderr, ours.returncode) == (theirs.stderr, theirs.returncode)
    assert "invalid SOURCE_DATE_EPOCH" in ours.stderr


def test_archives_of_one_time_hold_the_same_bytes(archive: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    held = []
    for run, folder in ((steer, "ours"), (helm, "theirs")):
        assert run("package", "shop", "-d", folder, env={"SOURCE_DATE_EPOCH": "1700000000"}).returncode == 0
        data = (tmp_path / folder / archive).read_bytes()
        held.append((data[: data.index(b"Helm\0")], gzip.decompress(data)))
    assert held[0] == held[1]


@pytest.mark.parametrize("epoch", ["1700000000", "253402300799", "253402300800", "9223372036854775807"])
def test_the_lock_in_an_archive_has_the_time(epoch: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    for folder, name in ((locked, "locked"), (locked / "charts" / "below", "below")):
        folder.mkdir(parents=True)
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n")
        (folder / "Chart.lock").write_text('dependencies: []\ndigest: sha256:a\ngenerated: "2020-01-01T00:00:00Z"\n')
    held = []
    for run, folder in ((steer, "ours"), (helm, "theirs")):
        done = run("package", "locked", "-d", folder, env={"SOURCE_DATE_EPOCH": epoch})
        archive = tmp_path / folder / "locked-1.0.0.tgz"
        members = {}
        if done.returncode == 0:
            with tarfile.open(archive) as file:
                members = {one.name: (one.mtime, file.extractfile(one).read()) for one in file}  # type: ignore[union-attr]
        held.append((done.returncode, done.stderr, members))
    assert held[0] == held[1]
    locks = [data for name, (_, data) in held[0][2].items() if name.endswith("Chart.lock")]
    assert len(locks) == (0 if held[0][0] else 2)
    assert all(b"2020-01-01" not in data for data in locks)


def test_packages_need_a_folder(archive: str, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("file", "file/below"):
        ours, theirs = (run("package", "shop", "-d", place) for run in (steer, helm))
        assert (ours.stderr, ours.returncode) == (theirs.stderr, theirs.returncode)
        assert "not a directory" in ours.stderr or "is not a directory" in ours.stderr


def test_provenances_of_the_cache(archive: str, keys: Keys, steer: Run, helm: Run, tmp_path: Path) -> None:
    assert steer("package", "shop", "--sign", "--key", "plain", "--keyring", keys.ring("secret.gpg")).returncode == 0
    for place in ("signed", "bare"):
        (tmp_path / "web" / place).mkdir(parents=True)
        shutil.copy(tmp_path / archive, tmp_path / "web" / place)
        assert steer("repo", "index", f"web/{place}").returncode == 0
    shutil.copy(tmp_path / f"{archive}.prov", tmp_path / "web" / "signed")
    web = Web(tmp_path / "web")
    try:
        for run in (steer, helm):
            for place in ("signed", "bare"):
                line = ["pull", f"{web.url}/{place}/{archive}", "--verify", "--keyring", keys.ring("public.gpg")]
                assert run(*line).returncode == (place == "bare")
                line = ["pull", "shop", "--repo", f"{web.url}/{place}", "--prov"]
                assert ("WARNING: Verification not found" in run(*line).stdout) == (place == "bare")
    finally:
        web.stop()
