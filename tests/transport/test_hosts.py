"""Hosts as Go takes them, and certificates that are for them or not, compared with a real Helm."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import Run
from tests.services.scripted import ScriptedServer

HOSTS = ["0x7f000001", "127.1", "0177.0.0.1", "2130706433", "127.0.0.01", "0x7f.1", "127.0.0.0x1", "127.0.0.1."]
ODD = ["1.2.3.4.5", "256.1.1.1", "08.8.8.8", "-x", "x-", "..", "a..b", "*", "a" * 64, "[::ffff:127.0.0.1]", "127.0.0.1"]


@pytest.mark.parametrize("host", HOSTS + ODD)
def test_hosts(host: str, steer: Run, helm: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://{host}:{free.getsockname()[1]}/x.tgz"
    ours, theirs = steer("pull", url), helm("pull", url)
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)
    assert ("refused" in ours.stderr) == (host in ("[::ffff:127.0.0.1]", "127.0.0.1"))


INTERNATIONAL = [
    "bücher",
    "BÜCHER",
    "straße",
    "ΒΌΛΟΣ",
    "例え。テスト",
    "☃",
    "😀",
    "ﬁ",
    "a\u200db",
    "-ü",
    "a%2db",
    "b%C3%BCcher",
    "xn--zz",
]


@pytest.mark.parametrize("name", INTERNATIONAL)
def test_international_names(name: str, steer: Run, helm: Run) -> None:
    ours, theirs = (run("pull", f"http://{name}.invalid/x.tgz") for run in (steer, helm))
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)


def test_addresses_with_a_zone(steer: Run, helm: Run) -> None:
    ours, theirs = (run("pull", "http://[fe80::1%25lo]:9/x.tgz") for run in (steer, helm))
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)
    assert "fe80::1%lo" in ours.stderr


@pytest.mark.parametrize("host", [*HOSTS, "127.0.0.1", "..", "a..b"])
def test_host_names_that_templates_ask_for(host: str, tmp_path: Path, steer: Run, helm: Run) -> None:
    chart = tmp_path / "c"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (chart / "templates" / "t.yaml").write_text(f'a: {{{{ getHostByName "{host}" }}}}\n')
    ours, theirs = (run("template", "c", "--enable-dns") for run in (steer, helm))
    assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)


REALMS = ["127.1", "0x7f000001", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "10.1.2.3", "[fd00::1]", "[fe80::1]"]


@pytest.mark.parametrize("host", [*REALMS, "0.0.0.0", "[::]", "224.0.0.1", "[ff02::1]", "[::1]", "localhost"])
def test_token_servers_that_are_inside(host: str, steer: Run, helm: Run) -> None:
    def answer(_head: bytes) -> list[bytes]:
        realm = f'Bearer realm="http://{host}:1/token"'
        return [f"HTTP/1.1 401 No\r\nWWW-Authenticate: {realm}\r\nContent-Length: 0\r\n\r\n".encode()]

    server = ScriptedServer(answer)
    words = ("pull", f"oci://{server.at}/demo", "--version", "1.0.0", "--plain-http")
    ours, theirs = steer(*words), helm(*words)
    server.stop()
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)


def certificate(folder: Path, common: str, *names: str) -> tuple[Path, Path]:
    """Write a self-signed certificate with a common name and alternative names (none: no extension)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    if names:
        others = [x509.IPAddress(ipaddress.ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
        made = made.add_extension(x509.SubjectAlternativeName(others), critical=False)
    cert_file, key_file = folder / "tls.crt", folder / "tls.key"
    cert_file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[socket.socket]:
    """A listener whose clients are all greeted with the certificate in the folder."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client = listener.accept()[0]
                    with suppress(OSError):
                        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                        context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key")
                        with context.wrap_socket(client, server_side=True) as sock:
                            sock.recv(4096)
                            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

        threading.Thread(target=serve, daemon=True).start()
        yield listener


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize(
    ("common", "names"),
    [
        ("localhost", ()),
        ("127.0.0.1", ()),
        ("*", ()),
        ("other", ()),
        ("localhost", ("other",)),
        ("localhost", ("10.0.0.1",)),
        ("other", ("localhost", "127.0.0.1")),
        ("other", tuple(f"n{i}" for i in range(120))),
        ("other", tuple(f"10.0.0.{i}" for i in range(120))),
    ],
)
def test_a_common_name_is_not_enough(
    host: str, common: str, names: tuple[str, ...], tmp_path: Path, secured: socket.socket, steer: Run, helm: Run
) -> None:
    authority, _key = certificate(tmp_path, common, *names)
    words = ("pull", f"https://{host}:{secured.getsockname()[1]}/x.tgz", "--ca-file", str(authority))
    ours, theirs = steer(*words), helm(*words)
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)
    assert (ours.returncode == 0) == ("localhost" in names)
