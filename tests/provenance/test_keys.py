"""Keys that ended, were revoked, or have what is not theirs: made by GnuPG, compared with Helm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from steersman.provenance.packets import SIGNATURE, SUBKEY, packets
from tests.conftest import Run

pytest.importorskip("openpgp", reason="no library for signatures: the extra sign is not installed")

THEN, LATER, SIGNED = "20200101T000000", "20200102T000000", "20200110T000000"
# who signs, and what the signing key is: the primary one, or a subkey that lasts
KEYS = {"plain": "", "ended": "", "eve": "0", "subkey": "0", "short": "30d", "revoked": "0", "names": ""}


class Ring:
    """A GnuPG home with keys of 2020 and a signature by each of that time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "gnupg"
        self.home.mkdir(mode=0o700)
        for name, lasts in KEYS.items():
            use, until = ("cert", "0") if lasts else ("sign", "60d" if name == "ended" else "0")
            self.gpg("--faked-system-time", THEN, "--quick-gen-key", self.user(name), "ed25519", use, until)
            if lasts:
                line = ["--quick-add-key", self.fingerprint(name), "ed25519", "sign", lasts]
                self.gpg("--faked-system-time", LATER, *line)
        (folder / "secret.gpg").write_bytes(self.gpg("--export-secret-keys"))
        (folder / "stubs.gpg").write_bytes(self.gpg("--export-secret-subkeys"))

    @staticmethod
    def user(name: str) -> str:
        return f"{name} <{name}@example.com>"

    def gpg(self, *arguments: str, data: bytes = b"", batch: bool = True) -> bytes:
        line = ["gpg", "--homedir", str(self.home), "--no-tty", "--yes", "--pinentry-mode", "loopback"]
        line += ["--batch"] if batch else ["--command-fd", "0"]
        return subprocess.run(
            [*line, "--passphrase", "", *arguments], input=data, capture_output=True, check=True
        ).stdout

    def fingerprint(self, name: str) -> str:
        listed = self.gpg("--with-colons", "--list-keys", self.user(name)).decode().splitlines()
        return next(line.split(":")[9] for line in listed if line.startswith("fpr"))

    def export(self, name: str) -> bytes:
        return self.gpg("--export", self.user(name))

    def sign(self, name: str, text: bytes, *more: str) -> bytes:
        line = ["--faked-system-time", SIGNED, *more, "--clear-sign", "--local-user", self.user(name)]
        return self.gpg(*line, data=text)

    def change(self) -> None:
        """Revoke a subkey, and one user id of two."""
        line = ["--edit-key", self.fingerprint("revoked"), "key 1", "revkey", "save"]
        self.gpg(*line, data=b"y\n0\n\ny\n", batch=False)
        self.gpg("--quick-add-uid", self.fingerprint("names"), self.user("another"))
        self.gpg("--quick-revoke-uid", self.fingerprint("names"), self.user("names"))


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    if shutil.which("gpg") is None:
        pytest.skip("no GnuPG: tests/services/install.sh installs gnupg")
    made = Ring(tmp_path_factory.mktemp("k"))
    yield made
    subprocess.run(["gpgconf", "--homedir", str(made.home), "--kill", "all"], capture_output=True)


@pytest.fixture(scope="module")
def signed(ring: Ring) -> dict[str, bytes]:
    """Sign an archive's digest with each key, before the keys change."""
    from hashlib import sha256

    text = f"name: shop\n\n...\nfiles:\n  shop-1.0.0.tgz: sha256:{sha256(b'archive').hexdigest()}\n".encode()
    made = {name: ring.sign(name, text) for name in KEYS}
    made["notation"] = ring.sign("plain", text, "--set-notation", "of@example.com=x")
    made["critical notation"] = ring.sign("plain", text, "--set-notation", "!of@example.com=x")
    made["ended signature"] = ring.sign("plain", text, "--default-sig-expire", "5d")
    ring.change()
    (ring.folder / "all.gpg").write_bytes(ring.gpg("--export"))
    _mix(ring)
    return made


def _mix(ring: Ring) -> None:
    """Write keyrings where a key has a subkey, or a user id, that is another's."""
    plain, eve = ring.export("plain"), ring.export("eve")
    found = list(packets(eve))
    at = next(at for at, (tag, _whole, _body) in enumerate(found) if tag == SUBKEY)
    users = [whole for _tag, whole, _body in packets(plain)][1:]
    mixes = {
        "forged": plain + b"".join(whole for _tag, whole, _body in found[at:]),
        "unbound": plain + found[at][1],
        "nameless": b"".join(whole for tag, whole, _body in packets(plain) if tag != SIGNATURE),
        "another's name": b"".join(whole for _tag, whole, _body in found[:at])
        + b"".join(users)
        + b"".join(whole for _tag, whole, _body in found[at:]),
    }
    for name, data in mixes.items():
        (ring.folder / f"{name}.gpg").write_bytes(data)


RINGS = ("all", "forged", "unbound", "nameless", "another's name")


@pytest.mark.parametrize("who", [*KEYS, "notation", "critical notation", "ended signature"])
def test_signatures_of_keys_that_changed(
    who: str, ring: Ring, signed: dict[str, bytes], steer: Run, helm: Run, tmp_path: Path
) -> None:
    (tmp_path / "shop-1.0.0.tgz").write_bytes(b"archive")
    (tmp_path / "shop-1.0.0.tgz.prov").write_bytes(signed[who])
    for name in RINGS:
        said = []
        for run in (steer, helm):
            done = run("verify", "shop-1.0.0.tgz", "--keyring", str(ring.folder / f"{name}.gpg"))
            said.append((sorted(done.stdout.splitlines()), done.stderr, done.returncode))  # go: names in any order
        assert said[0] == said[1], name
        if name == "all":
            is_good = who in ("plain", "eve", "subkey", "names", "notation")
            assert said[0][2] == (0 if is_good else 1)
        assert f"Signed by: {ring.user('plain')}" not in said[0][0] or who in ("plain", "notation")


def test_keys_that_are_stubs(ring: Ring, steer: Run, helm: Run, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    line = ["package", "shop", "--sign", "--key", "subkey", "--keyring", str(ring.folder / "stubs.gpg")]
    ours, theirs = steer(*line), helm(*line)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert "dummy key found" in ours.stderr
