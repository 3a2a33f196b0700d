"""Signatures and keyrings that are cut, changed and odd; passphrases; times in archives, compared with Helm."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run

BEGIN, END = "-----BEGIN PGP SIGNATURE-----\n", "-----END PGP SIGNATURE-----"


class Ring:
    """Keys of GnuPG: ``secret.gpg``, ``public.gpg``, ``public.asc``, ``public.kbx``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "gnupg"
        self.home.mkdir(mode=0o700)
        for name, kind, passphrase in (("Edward <e@x.org>", "ed25519", ""), ("Locked <l@x.org>", "ed25519", "pw")):
            self.gpg("--passphrase", passphrase, "--quick-gen-key", name, kind, "sign", "0")
        self.gpg("--passphrase", "", "--quick-gen-key", "Brain <b@x.org>", "brainpoolP256r1", "sign", "0")
        later = ["--faked-system-time", "20700101T000000"]
        self.gpg(*later, "--passphrase", "", "--quick-gen-key", "Later <later@x.org>", "rsa1024", "sign", "0")
        (folder / "secret.gpg").write_bytes(self.gpg("--export-secret-keys", "--passphrase", "pw"))
        (folder / "public.gpg").write_bytes(self.gpg("--export"))
        (folder / "public.asc").write_bytes(self.gpg("--armor", "--export"))
        shutil.copy(self.home / "pubring.kbx", folder / "public.kbx")

    def gpg(self, *line: str) -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback"]
        return subprocess.run([*command, *line], capture_output=True, check=True).stdout

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    if shutil.which("gpg") is None:
        pytest.skip("no GnuPG: tests/services/install.sh installs gnupg")
    made = Ring(tmp_path_factory.mktemp("k"))
    yield made
    subprocess.run(["gpgconf", "--homedir", str(made.home), "--kill", "all"], capture_output=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "templates").mkdir(parents=True)
    (tmp_path / "shop" / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (tmp_path / "plug").mkdir()
    (tmp_path / "plug" / "plugin.yaml").write_text("name: plug\nversion: 1.0.0\ncommand: echo\n")
    return tmp_path


def same(steer: Run, helm: Run, *line: str, **options: object) -> tuple[str, int]:
    ours, theirs = steer(*line, **options), helm(*line, **options)
    assert (ours.stdout, ours.stderr, ours.returncode) == (theirs.stdout, theirs.stderr, theirs.returncode), line
    return ours.stdout + ours.stderr, ours.returncode


def sign(run: Run, ring: Ring, key: str, *more: str) -> subprocess.CompletedProcess[str]:
    return run("package", "shop", "--sign", "--key", key, "--keyring", str(ring.folder / "secret.gpg"), *more)


def test_signatures_with_other_bytes(ring: Ring, shop: Path, steer: Run, helm: Run) -> None:
    assert sign(helm, ring, "e@x.org").returncode == 0
    archive = shop / "shop-1.0.0.tgz.prov"
    head, _, rest = archive.read_text().partition(BEGIN)
    signature = base64.b64decode(rest.partition(END)[0])

    def mangled() -> Iterator[bytes]:
        for i in range(4, 60, 3):  # the packet's head, its subpackets
            for value in {0, 255, signature[i] ^ 1}:
                yield signature[:i] + bytes([value]) + signature[i + 1 :]
        yield from (signature[:count] for count in (0, 1, 2, 5, 10, 20, 60, len(signature) - 1))
        yield b"\0" + signature
        yield b"\xcd\x03abc" + signature
        yield b"\xca\x03PGP" + signature
        yield signature + signature
        yield signature + b"junk"
        yield bytes([0xC2, 0xE1, *signature[2:4], len(signature) - 4]) + signature[4:]
        yield bytes([0xC2, 255, 255, 255, 255, 255]) + signature[2:]

    answers = set()
    for data in mangled():
        archive.write_text(f"{head}{BEGIN}\n{base64.encodebytes(data).decode()}{END}")
        said, _ = same(steer, helm, "verify", "shop-1.0.0.tgz", "--keyring", str(ring.folder / "public.gpg"))
        answers.add(re.sub(r"[0-9A-Fa-f]{8,}", "", said))
    assert len(answers) > 5


def test_texts_around_a_signature(ring: Ring, shop: Path, steer: Run, helm: Run) -> None:
    assert sign(helm, ring, "e@x.org").returncode == 0
    archive = shop / "shop-1.0.0.tgz.prov"
    whole = archive.read_text()
    changes = {
        **{f"hash {i}": whole.replace("Hash: SHA512", text) for i, text in enumerate(HEADERS)},
        "no end": whole.replace(END, ""),
        "half an end": whole[:-5],
        "another end": whole.replace(END, "-----END PGP MESSAGE-----"),
        "twice": f"{whole}\n{whole}",
        "before": f"x\n{whole}",
        "right before": f"x{whole}",
        "no line between": whole.replace(f"{BEGIN}\n", BEGIN),
        "no line after the head": whole.replace("SHA512\n\n", "SHA512\n"),
        "a header": whole.replace(BEGIN, f"{BEGIN}Version: 1\n"),
        "no header": whole.replace(BEGIN, f"{BEGIN}Version\n"),
        "a blank at the beginning": whole.replace("MESSAGE-----\n", "MESSAGE----- \n"),
        "a blank inside": re.sub(r"(SIGNATURE-----\n\n.{10})", r"\1 ", whole),
        "carriage returns": whole.replace("\n", "\r\n"),
        "only those": whole.replace("\n", "\r"),
        "detached": whole[whole.index(BEGIN) :],
    }
    codes = set()
    for name, text in changes.items():
        archive.write_text(text, newline="")
        said, code = same(steer, helm, "verify", "shop-1.0.0.tgz", "--keyring", str(ring.folder / "public.gpg"))
        assert said, name
        codes.add(code)
    assert codes == {0, 1}


HEADERS = ("Hash: SHA256", "Hash:", "", "Hash: SHA512,SHA256", "Hash: nope", "Hash: sha512", "Foo: bar", "Hash SHA512")


def test_keyrings_that_are_not_whole(ring: Ring, shop: Path, steer: Run, helm: Run) -> None:
    assert sign(helm, ring, "e@x.org").returncode == 0
    public, armored, box = ring.read("public.gpg"), ring.read("public.asc"), ring.read("public.kbx")
    rings = [
        *(b"", public[:1], public[:50], public[:-1], b"\0" + public, public + b"\0", b"\0\0" + public),
        *(armored[:500], armored.replace(b"\n", b"\r\n"), b"\n" + armored, armored.replace(b"=", b"*"), b"hello\n"),
        *(box[:100], box[:-1], b"\x95", b"\xc6\x01", b"\xc6\x01\x04", b"\xcd\x03abc", b"\xcd\x03abc" + public),
        *(b"\xc6\xe0abc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n"),
        b"-----BEGIN PGP MESSAGE-----\n\nyxRiAAAAAABIZWxsbw==\n-----END PGP MESSAGE-----\n",
    ]
    for data in rings:
        (shop / "ring").write_bytes(data)
        same(steer, helm, "verify", "shop-1.0.0.tgz", "--keyring", "ring")
        same(steer, helm, "package", "shop", "-d", "out", "--sign", "--key", "e@x.org", "--keyring", "ring")


def test_passphrases_of_files(ring: Ring, shop: Path, steer: Run, helm: Run) -> None:
    texts = {"plain": "pw\n", "returns": "pw\r\n", "bare": "pw", "two": "pw\nx\n", "empty": "", "wrong": "no\n"}
    for name, text in texts.items():
        (shop / name).write_text(text, newline="")
    keyring = ["--key", "l@x.org", "--keyring", str(ring.folder / "secret.gpg")]
    codes = set()
    for line in (["package", "shop", "--sign"], ["plugin", "package", "plug"]):
        for name in (*texts, "shop", "nosuch", "-"):
            codes.add((line[0], same(steer, helm, *line, *keyring, "--passphrase-file", name)[1]))
        for text in texts.values():
            same(steer, helm, *line, *keyring, "--passphrase-file", "-", stdin=text)
    assert len(codes) == 4


def test_keys_of_plugins(ring: Ring, shop: Path, steer: Run, helm: Run) -> None:
    (shop / "file").write_text("")
    secret = str(ring.folder / "secret.gpg")
    lines = [
        *([], ["--key", "e@x.org"], ["--keyring", secret], ["--key", "x.org", "--keyring", secret]),
        *(["--key", "e@x.org", "--keyring", str(ring.folder)], ["--key", "nobody", "--keyring", secret]),
        *(["--key", "e@x.org", "--keyring", str(ring.folder / "public.gpg")], ["--sign=false", "--destination="]),
        *(["--sign=false", "-d", "file"], ["--sign=false", "-d", "file/x"], ["--sign=false", "-d", "new/folder"]),
    ]
    for line in lines:
        same(steer, helm, "plugin", "package", "plug", *line)
    assert (shop / "new" / "folder" / "plug-1.0.0.tgz").exists()


def test_a_key_of_the_future_is_not_valid(ring: Ring, shop: Path, steer: Run, helm: Run) -> None:
    assert sign(helm, ring, "later@x.org").returncode == 0
    said, code = same(steer, helm, "verify", "shop-1.0.0.tgz", "--keyring", str(ring.folder / "public.gpg"))
    assert (said, code) == ("Error: openpgp: key expired\n", 1)


def test_keys_on_brainpool_curves_do_not_sign(ring: Ring, shop: Path, steer: Run, helm: Run) -> None:
    assert "curve BrainpoolP256r1" in sign(steer, ring, "b@x.org").stderr
    assert sign(helm, ring, "b@x.org").returncode == 0
    done = steer("verify", "shop-1.0.0.tgz", "--keyring", str(ring.folder / "public.gpg"))
    assert "unsupported feature" in done.stderr


def test_times_in_archives(shop: Path, steer: Run, helm: Run) -> None:
    chart = shop / "shop"
    sub = chart / "charts" / "sub"
    sub.mkdir(parents=True)
    (sub / "Chart.yaml").write_text("apiVersion: v2\nname: sub\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("a: b\n")
    (chart / "values.schema.json").write_text("{}")
    (chart / "templates" / "a.yaml").write_text("a: b\n")
    (chart / "Chart.lock").write_text(
        "dependencies: []\ndigest: sha256:643d5437104296e21d906ecb15b2c96ad278f20cfc4af53b12bb6069bd853726\n"
        'generated: "2020-01-01T00:00:00Z"\n'
    )
    for i, path in enumerate(sorted(chart.rglob("*"))):
        os.utime(path, (1_000_000_000 + i, 1_000_000_000 + i))
    held = []
    for run, folder in ((steer, "ours"), (helm, "theirs")):
        assert run("package", "shop", "--version", "2.0.0", "-d", folder).returncode == 0
        with tarfile.open(shop / folder / "shop-2.0.0.tgz") as archive:
            held.append([(member.name, member.mtime) for member in archive])
    assert held[0] == held[1]
