"""Charts to and from a real registry, compared with Helm: the same digests, the same words, the same files."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from steersman.registry.client import CHUNK, Options, RegistryClient
from steersman.registry.model import digest_of
from steersman.registry.reference import parse
from steersman.transport.http import Response
from steersman.transport.model import Request, RequestFailed
from tests.conftest import Run
from tests.registry.conftest import Make
from tests.services.beside import same
from tests.services.certificates import self_signed
from tests.services.registry import PASSWORD, USER

Demo = Callable[[str], Path]
PLAIN = "--plain-http"


def package(steer: Run, folder: Path) -> str:
    """Package a chart and return its archive's name."""
    done = steer("package", str(folder))
    assert done.returncode == 0, done.stderr
    return os.path.basename(done.stdout.strip())


def push_all(steer: Run, demo: Demo, target: str, *versions: str) -> None:
    for version in versions:
        assert steer("push", package(steer, demo(version)), target, PLAIN).returncode == 0


def test_a_push_leaves_what_helms_leaves(registries: Make, steer: Run, helm: Run, demo: Demo, tmp_path: Path) -> None:
    host = registries().host
    archive = package(steer, demo("1.2.3"))
    (tmp_path / f"{archive}.prov").write_text("no real signature, but a layer of its own\n")
    ours = steer("push", archive, f"oci://{host}/push/ours", PLAIN)
    theirs = helm("push", archive, f"oci://{host}/push/theirs", PLAIN)
    assert ours.stdout.replace("ours", "theirs") == theirs.stdout
    manifests = []
    for name in ("ours", "theirs"):
        url = f"http://{host}/v2/push/{name}/demo/manifests/1.2.3"
        accept = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
        with urllib.request.urlopen(urllib.request.Request(url, headers=accept)) as answer:
            manifests.append(answer.read())
    assert manifests[0] == manifests[1]
    tree = json.loads(manifests[0])
    assert len(tree["layers"]) == 2
    assert tree["annotations"]["org.opencontainers.image.title"] == "demo"
    assert tree["annotations"]["org.opencontainers.image.authors"] == "Ann (ann@example.com), Bob"


def test_each_gets_what_the_other_pushed(registries: Make, steer: Run, helm: Run, demo: Demo, tmp_path: Path) -> None:
    host = registries().host
    archive = package(steer, demo("1.0.0"))
    assert steer("push", archive, f"oci://{host}/each/ours", PLAIN).returncode == 0
    assert helm("push", archive, f"oci://{host}/each/theirs", PLAIN).returncode == 0
    for run, source, out in ((steer, "theirs", "a"), (helm, "ours", "b")):
        assert run("pull", f"oci://{host}/each/{source}/demo", PLAIN, "-d", str(tmp_path)).returncode == 0
        assert run("pull", f"oci://{host}/each/{source}/demo", PLAIN, "--untar", "-d", out).returncode == 0
        assert (tmp_path / out / "demo" / "Chart.yaml").exists()


@pytest.mark.parametrize(
    ("suffix", "version"),
    [
        ("", ""),
        ("", "^0.1"),
        ("", ">5"),
        ("", "7.7.7"),
        ("", "not a range!"),
        (":0.1.0", ""),
        (":0.1.0", "0.2.0"),
        ("@sha256:" + "0" * 64, ""),
        (":0.1.0@sha256:" + "0" * 64, ""),
        ("@sha256:abc", ""),
        (":0.3.0-rc.1", ""),
        ("/none", ""),
        ("/UPPER", "1.0.0"),
    ],
)
def test_a_chart_is_found_or_not_as_helm_does(
    registries: Make, steer: Run, helm: Run, demo: Demo, suffix: str, version: str
) -> None:
    host = registries().host
    push_all(steer, demo, f"oci://{host}/find", "0.1.0", "0.2.0", "0.3.0-rc.1")
    line = ["show", "chart", f"oci://{host}/find/demo{suffix}", PLAIN, *(["--version", version] if version else [])]
    ours, theirs = steer(*line), helm(*line)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_a_chart_is_found_by_digest(registries: Make, steer: Run, helm: Run, demo: Demo) -> None:
    host = registries().host
    pushed = steer("push", package(steer, demo("0.1.0")), f"oci://{host}/digest", PLAIN).stdout
    digest = pushed.split("Digest: ")[1].strip()
    for suffix in (f"@{digest}", f":0.1.0@{digest}"):
        line = ["template", "x", f"oci://{host}/digest/demo{suffix}", PLAIN]
        ours, theirs = steer(*line), helm(*line)
        assert ours.returncode == 0
        assert (ours.stdout, ours.stderr) == (theirs.stdout, theirs.stderr)


def test_a_plus_in_a_tag(registries: Make, steer: Run, helm: Run, demo: Demo, tmp_path: Path) -> None:
    host = registries().host
    archive = package(steer, demo("1.0.0+build.7"))
    assert (
        f"{host}/plus/demo:1.0.0_build.7 contains an underscore"
        in steer("push", archive, f"oci://{host}/plus", PLAIN).stdout
    )
    os.unlink(tmp_path / archive)
    for run in (steer, helm):
        assert run("pull", f"oci://{host}/plus/demo", "--version", "1.0.0+build.7", PLAIN).returncode == 0
        assert (tmp_path / archive).exists()
        os.unlink(tmp_path / archive)


@pytest.mark.parametrize("auth", ["basic", "token"])
def test_a_registry_that_asks_who_one_is(
    registries: Make, steer: Run, helm: Run, demo: Demo, environment: dict[str, str], auth: str
) -> None:
    registry = registries(auth)
    host = registry.host
    archive = package(steer, demo("1.0.0"))
    push = ["push", archive, f"oci://{host}/who/{auth}", PLAIN]
    ours, theirs = steer(*push), helm(*push)
    assert ours.returncode == theirs.returncode == 1
    assert ours.stderr == theirs.stderr
    refused = ["registry", "login", host, "-u", USER, "-p", "wrong", PLAIN]
    assert steer(*refused).stderr == helm(*refused).stderr
    login = ["registry", "login", host, "-u", USER, "--password-stdin", PLAIN]
    assert steer(*login, stdin=f"{PASSWORD}\n").stdout == "Login Succeeded\n"
    config = Path(environment["HOME"], ".config/helm/registry/config.json")
    kept = config.read_text()
    assert config.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in kept
    assert helm(*push).returncode == 0  # with the credentials kept here
    config.unlink()
    assert helm(*login, stdin=f"{PASSWORD}\n").returncode == 0
    assert config.read_text() == kept
    assert steer("push", archive, f"oci://{host}/who/{auth}/again", PLAIN).returncode == 0
    assert steer("pull", f"oci://{host}/who/{auth}/demo", PLAIN).returncode == 0
    assert steer("registry", "logout", host).stdout == f"Removing login credentials for {host}\n"
    assert config.read_text() == '{\n\t"auths": {}\n}'
    assert steer("pull", f"oci://{host}/who/{auth}/demo", PLAIN).returncode == 1
    flags = ["--username", USER, "--password", PASSWORD]
    assert steer("pull", f"oci://{host}/who/{auth}/demo", PLAIN, *flags).returncode == 0


def test_tokens_are_asked_for_once_and_for_no_more_than_needed(registries: Make, steer: Run, demo: Demo) -> None:
    registry = registries("token")
    assert registry.tokens is not None
    archive = package(steer, demo("1.0.0"))
    before = len(registry.tokens.asked)
    flags = [PLAIN, "--username", USER, "--password", PASSWORD]
    assert steer("push", archive, f"oci://{registry.host}/scopes", *flags).returncode == 0
    assert [q["scope"] for _, q in registry.tokens.asked[before:]] == [["repository:scopes/demo:pull,push"]]
    before = len(registry.tokens.asked)
    assert steer("pull", f"oci://{registry.host}/scopes/demo", *flags).returncode == 0
    assert [q["scope"] for _, q in registry.tokens.asked[before:]] == [["repository:scopes/demo:pull"]]


def test_credentials_of_docker_and_of_its_helpers(
    registries: Make, steer: Run, helm: Run, demo: Demo, environment: dict[str, str], tmp_path: Path
) -> None:
    host = registries("basic").host
    docker = Path(environment["HOME"], ".docker")
    docker.mkdir()
    helper = tmp_path / "bin" / "docker-credential-drawer"
    helper.write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        f'get) read server; echo "$server" >> {tmp_path}/asked\n'
        f'  echo \'{{"ServerURL":"x","Username":"{USER}","Secret":"{PASSWORD}"}}\';;\n'
        f"store) cat > {tmp_path}/stored;;\nerase) cat > {tmp_path}/erased;;\nesac\n"
    )
    helper.chmod(0o755)
    path = {"PATH": f"{tmp_path / 'bin'}:{environment['PATH']}"}
    push = ["push", package(steer, demo("1.0.0")), f"oci://{host}/helper", PLAIN]
    (docker / "config.json").write_text(json.dumps({"credHelpers": {host: "drawer"}}))
    assert steer(*push, env=path).returncode == 0
    assert host in (tmp_path / "asked").read_text()
    (docker / "config.json").write_text(json.dumps({"auths": {f"https://{host}/v1/": {"auth": "bm8="}}}))
    ours, theirs = steer(*push, env=path), helm(*push, env=path)
    assert ours.returncode == theirs.returncode == 1
    own = Path(environment["HOME"], ".config/helm/registry/config.json")
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(json.dumps({"credsStore": "drawer", "other": {"kept": True}}))
    login = ["registry", "login", host, "-u", USER, "--password-stdin", PLAIN]
    stored = []
    for run in (steer, helm):
        assert run(*login, env=path, stdin=PASSWORD).returncode == 0
        stored.append(json.loads((tmp_path / "stored").read_text()))
    assert stored[0] == stored[1]
    assert steer("registry", "logout", host, env=path).returncode == 0
    assert (tmp_path / "erased").read_text() == host
    assert json.loads(own.read_text())["other"] == {"kept": True}


def test_an_identity_token_is_exchanged(registries: Make, steer: Run, demo: Demo, environment: dict[str, str]) -> None:
    registry = registries("token")
    own = Path(environment["HOME"], ".config/helm/registry/config.json")
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps({"auths": {registry.host: {"identitytoken": "refresh-me"}}}))
    assert registry.tokens is not None
    assert steer("push", package(steer, demo("1.0.0")), f"oci://{registry.host}/identity", PLAIN).returncode == 0
    assert registry.tokens.asked[-1][0] == "POST"
    assert registry.tokens.asked[-1][1]["grant_type"] == ["refresh_token"]


def test_certificates_and_plain_http(registries: Make, steer: Run, helm: Run, demo: Demo, tmp_path: Path) -> None:
    registry = registries(tls=True)
    host, ca = registry.host, str(registry.certificate)
    archive = package(steer, demo("1.0.0"))
    target = f"oci://{host}/secure"
    assert steer("push", archive, target, "--ca-file", ca).returncode == 0
    (tmp_path / "empty").write_text("no certificate")
    for flags in (
        [],
        [PLAIN],
        ["--ca-file", ca, PLAIN],
        ["--insecure-skip-tls-verify"],
        ["--ca-file", "none"],
        ["--ca-file", "empty"],
        ["--cert-file", "none", "--key-file", "none"],
    ):
        line = ["pull", f"{target}/demo", "--version", "1.0.0", *flags]
        ours, theirs = steer(*line), helm(*line)
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr), flags


def test_dependencies_in_a_registry(registries: Make, steer: Run, helm: Run, demo: Demo, tmp_path: Path) -> None:
    host = registries().host
    push_all(steer, demo, f"oci://{host}/deps", "0.1.0", "0.2.0", "1.0.0")
    locks = []
    for run, name in ((steer, "ours"), (helm, "theirs")):
        parent = tmp_path / name
        parent.mkdir()
        (parent / "Chart.yaml").write_text(
            "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n"
            f"- name: demo\n  version: 0.x\n  repository: oci://{host}/deps\n"
        )
        done = run("dependency", "update", name, PLAIN)
        assert done.returncode == 0, done.stderr
        lock = (parent / "Chart.lock").read_text().splitlines()
        locks.append((done.stdout, [line for line in lock if not line.startswith("generated")]))
        assert [p.name for p in (parent / "charts").iterdir()] == ["demo-0.2.0.tgz"]
        (parent / "charts" / "demo-0.2.0.tgz").unlink()
        assert run("dependency", "build", name, PLAIN).returncode == 0
        assert [p.name for p in (parent / "charts").iterdir()] == ["demo-0.2.0.tgz"]
    assert locks[0] == locks[1]


def test_two_versions_of_one_chart_are_both_fetched(registries: Make, steer: Run, demo: Demo, tmp_path: Path) -> None:
    host = registries().host
    push_all(steer, demo, f"oci://{host}/twice", "0.1.0", "0.2.0")
    parent = tmp_path / "parent"
    parent.mkdir()
    rows = "".join(
        f"- {{name: demo, alias: d{i}, version: 0.{i}.0, repository: 'oci://{host}/twice'}}\n" for i in (1, 2)
    )
    (parent / "Chart.yaml").write_text(f"apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n{rows}")
    assert steer("dependency", "update", "parent", PLAIN).returncode == 0
    assert sorted(p.name for p in (parent / "charts").iterdir()) == ["demo-0.1.0.tgz", "demo-0.2.0.tgz"]


def test_the_versions_in_a_registry_are_listed(registries: Make, steer: Run, own: Run, demo: Demo) -> None:
    host = registries().host
    push_all(steer, demo, f"oci://{host}/list", "0.1.0", "0.2.0", "0.3.0-rc.1")
    found = own("search", "oci", f"oci://{host}/list/demo", PLAIN)
    assert [line.split()[:3] for line in found.stdout.splitlines()[1:]] == [[f"oci://{host}/list/demo", "0.2.0", "7"]]
    every = own("search", "oci", f"oci://{host}/list/demo", PLAIN, "--versions", "--devel", "-o", "json")
    assert [row["version"] for row in json.loads(every.stdout)] == ["0.3.0-rc.1", "0.2.0", "0.1.0"]
    assert own("search", "oci", "https://x").returncode == 1


@pytest.mark.parametrize(("arrives", "pieces"), [(False, 3), (True, 4)])
def test_a_large_blob_goes_in_pieces_and_goes_on_after_a_failure(
    registries: Make, monkeypatch: pytest.MonkeyPatch, arrives: bool, pieces: int
) -> None:
    client = RegistryClient(Options(plain_http=True, environ={}))
    data = os.urandom(1024) * (CHUNK // 1024 * 2 + (5 if arrives else 7))
    reference = parse(f"{registries().host}/large/blob:1")
    answered: list[str] = []
    send, is_broken = client._pool.send, False

    def breaking(request: Request) -> Response:
        nonlocal is_broken
        if request.method == "PATCH" and answered.count("PATCH") == 1 and not is_broken:
            is_broken = True
            if arrives:  # the piece arrives, its answer does not
                send(request).read()
            raise RequestFailed(request.method, request.url, "EOF")
        answered.append(request.method)
        return send(request)

    monkeypatch.setattr(client._pool, "send", breaking)
    client.put_blob(reference, data)
    assert is_broken
    assert answered.count("PATCH") == pieces
    assert client.has_blob(reference, digest_of(data))


def test_a_blob_of_another_repository_is_mounted(registries: Make, steer: Run, demo: Demo) -> None:
    registry = registries("token")
    flags = [PLAIN, "--username", USER, "--password", PASSWORD]
    archive = package(steer, demo("3.0.0"))
    assert steer("push", archive, f"oci://{registry.host}/first", *flags).returncode == 0
    assert registry.tokens is not None
    before = len(registry.tokens.asked)
    assert steer("push", archive, f"oci://{registry.host}/second", *flags).returncode == 0
    scopes = [s for _, q in registry.tokens.asked[before:] for s in q["scope"]]
    assert "repository:first/demo:pull" in scopes
    assert steer("pull", f"oci://{registry.host}/second/demo", *flags).returncode == 0


def test_what_is_no_chart_is_refused_as_helm_does(registries: Make, steer: Run, helm: Run) -> None:
    host = registries().host
    client = RegistryClient(Options(plain_http=True, environ={}))
    reference = parse(f"{host}/image/web:1.0.0")
    client.put_blob(reference, b"{}")
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest_of(b"{}"), "size": 2}
    tree = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config,
        "layers": [],
    }
    client.put_manifest(reference, tree["mediaType"], json.dumps(tree).encode())  # type: ignore[arg-type]
    line = ["pull", f"oci://{host}/image/web:1.0.0", PLAIN]
    ours, theirs = steer(*line), helm(*line)
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)
    assert ours.returncode == 1


def test_provenance_travels_along(registries: Make, steer: Run, helm: Run, demo: Demo, tmp_path: Path) -> None:
    host = registries().host
    archive = package(steer, demo("1.0.0"))
    (tmp_path / f"{archive}.prov").write_text("who signed it\n")
    assert steer("push", archive, f"oci://{host}/prov", PLAIN).returncode == 0
    for run, out in ((steer, "ours"), (helm, "theirs")):
        (tmp_path / out).mkdir()
        assert run("pull", f"oci://{host}/prov/demo", PLAIN, "--prov", "-d", out).returncode == 0
        assert (tmp_path / out / f"{archive}.prov").read_text() == "who signed it\n"
    os.unlink(tmp_path / f"{archive}.prov")
    assert steer("push", archive, f"oci://{host}/unsigned", PLAIN).returncode == 0
    line = ["pull", f"oci://{host}/unsigned/demo", PLAIN, "--prov", "-d", "ours"]
    ours, theirs = steer(*line), helm(*line)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert "WARNING: Verification not found" in ours.stdout


def test_a_plugin_comes_from_a_registry(registries: Make, steer: Run, helm: Run, tmp_path: Path) -> None:
    host = registries().host
    folder = tmp_path / "greet"
    folder.mkdir()
    (folder / "plugin.yaml").write_text("name: greet\nversion: 1.0.0\ncommand: echo hello\n")
    assert steer("plugin", "package", "greet", "--sign=false").returncode == 0
    data = (tmp_path / "greet-1.0.0.tgz").read_bytes()
    client = RegistryClient(Options(plain_http=True, environ={}))
    reference = parse(f"{host}/plugins/greet:1.0.0")
    for blob in (data, b"{}"):
        client.put_blob(reference, blob)
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest_of(data), "size": len(data)}
    layer["annotations"] = {"org.opencontainers.image.title": "greet-1.0.0.tgz"}  # type: ignore[assignment]
    tree = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "application/vnd.helm.plugin.v1+json",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(b"{}"), "size": 2},
        "layers": [layer],
    }
    client.put_manifest(reference, str(tree["mediaType"]), json.dumps(tree).encode())
    line = ["plugin", "install", f"oci://{host}/plugins/greet:1.0.0", PLAIN]
    assert "no provenance" in steer(*line).stderr
    theirs = helm(*line, "--verify=false")
    assert helm("plugin", "uninstall", "greet").returncode == 0
    ours = steer(*line, "--verify=false")
    assert ours.returncode == theirs.returncode == 0, ours.stderr
    assert ours.stdout.splitlines()[-1] == theirs.stdout.splitlines()[-1] == "Installed plugin: greet"
    assert steer("greet").stdout == "hello\n"


@pytest.mark.parametrize(
    "reference",
    [
        *("a@sha256:x", "a@sha999:x", "a@SHA999:x", "a@sha256:xx+", "a@a..b:xx", "a@", "a@:", "a@x@y", "a:1:2"),
        "%61:1.0.0",
        *(
            "a@md5:00",
            f"a@sha256:{'G' * 64}",
            "a:\u00b2",
            "\u00b2:1.0.0",
            "a:1.0.0?x=y",
            "a:1.0.0#y",
            "a:1.0.0/",
            "/a:1.0.0",
        ),
    ],
)
def test_odd_references(reference: str, registries: Make, steer: Run, helm: Run) -> None:
    assert "Error: " in same(steer, helm, "pull", f"oci://{registries().host}/{reference}", "--plain-http")


def test_a_scheme_in_capitals(registries: Make, steer: Run, helm: Run) -> None:
    assert "not found" in same(steer, helm, "pull", f"OCI://{registries().host}/a:1.0.0", "--plain-http")


@pytest.mark.parametrize(
    "content", ["{", "[]", '"x"', '{"auths": {"HOST": {"auth": "!!"}}}', '{"credsStore": "nosuch"}']
)
def test_a_broken_store_of_credentials(content: str, registries: Make, steer: Run, helm: Run, tmp_path: Path) -> None:
    host = registries().host
    (tmp_path / "rc.json").write_text(content.replace("HOST", host))
    arguments = ("--registry-config", "rc.json", "--plain-http")
    is_unread = content[:2] not in ('{"', "{ ")
    assert ("level=WARN" in same(steer, helm, "pull", f"oci://{host}/x:1.0.0", *arguments)) == is_unread
    if is_unread:
        assert "level=WARN" in same(steer, helm, "registry", "login", host, "-u", "a", "-p", "b", *arguments)


def test_what_a_login_leaves(registries: Make, steer: Run, helm: Run, environment: dict[str, str]) -> None:
    host = registries("basic").host
    config = Path(environment["HOME"], ".config")
    left = []
    for run in (steer, helm):
        assert run("registry", "login", host, "-u", USER, "-p", PASSWORD, "--plain-http").returncode == 0
        left.append([(path.name, oct(path.stat().st_mode)) for path in sorted(config.rglob("*"))])
        shutil.rmtree(config)
    assert left[0] == left[1]


def test_certificates_and_keys_that_do_not_fit(steer: Run, helm: Run, tmp_path: Path) -> None:
    for folder in ("a", "b", "c"):
        (tmp_path / folder).mkdir()
    (cert, key), (_, other), (_, rsa) = (
        self_signed(tmp_path / folder, use_rsa=folder == "c") for folder in ("a", "b", "c")
    )
    foo = "-----BEGIN FOO-----\nMIIB\n-----END FOO-----\n"
    texts = {
        "foo": foo,
        "foofoo": foo + foo,
        "foocert": foo + cert.read_text(),
        "fookey": foo + key.read_text(),
        "junk": foo.replace("FOO", "CERTIFICATE"),
        "cut": cert.read_text()[:200],
        "public": foo.replace("FOO", "PUBLIC KEY"),
    }
    made = [tmp_path / name for name in texts]
    for path in made:
        path.write_text(texts[path.name])
    pairs = [(cert, cert), (key, cert), (key, key), (cert, other), (cert, rsa), (cert, tmp_path)]
    pairs += [pair for path in made for pair in ((cert, path), (path, key)) if path.name not in ("fookey", "foocert")]
    pairs += [(cert, made[2]), (made[3], key)]
    for one, two in pairs:
        arguments = ("pull", "oci://127.0.0.1:1/x", "--cert-file", str(one), "--key-file", str(two))
        assert "can't create TLS config for client" in same(steer, helm, *arguments), (one, two)
    (tmp_path / "empty").write_text("")
    (tmp_path / "mixed").write_text(texts["junk"] + cert.read_text())
    for flags in (
        ("--cert-file", str(cert), "--key-file", str(made[3])),
        ("--cert-file", str(made[2]), "--key-file", str(key)),
        ("--cert-file", str(cert), "--key-file", "empty"),
        ("--ca-file", "mixed"),
        ("--ca-file", "empty"),
    ):
        assert "connection refused" in same(steer, helm, "pull", "oci://127.0.0.1:1/x:1", *flags), flags
    for name in ("junk", "foo", "cut", "."):
        assert "Error: " in same(steer, helm, "pull", "oci://127.0.0.1:1/x:1", "--ca-file", name)


def test_an_encrypted_key_is_called_so(steer: Run, helm: Run, tmp_path: Path) -> None:
    cert, key = self_signed(tmp_path)
    plain = serialization.load_pem_private_key(key.read_bytes(), None)
    for form in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
        secret = serialization.BestAvailableEncryption(b"x")
        key.write_bytes(plain.private_bytes(serialization.Encoding.PEM, form, secret))
        line = ("pull", "oci://127.0.0.1:1/x:1", "--cert-file", str(cert), "--key-file", str(key))
        ours, theirs = steer(*line).stderr, helm(*line).stderr
        before, _colon, why = ours.partition("failed to parse private key: ")
        assert why == "it is encrypted, and there is no way to give its passphrase\n"
        assert theirs.startswith(f"{before}failed to parse private key: asn1: ")


def test_logging_in_with_certificates_that_cannot_be_used(steer: Run, helm: Run, tmp_path: Path) -> None:
    cert, key = self_signed(tmp_path)
    line = ("registry", "login", "127.0.0.1:1", "-u", "a", "-p", "b")
    for alone in (("--cert-file", str(cert)), ("--key-file", str(key))):
        assert "connection refused" in same(steer, helm, *line, *alone, "--ca-file", str(cert))
    for broken in (("--ca-file", "none"), ("--cert-file", str(cert), "--key-file", "none")):
        ours, theirs = steer(*line, *broken), helm(*line, *broken)
        assert (ours.returncode, theirs.returncode) == (1, 2)
        assert "none: no such file or directory" in ours.stderr and "panic: " in theirs.stderr


CONFIG = {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": digest_of(b"{}"), "size": 2}
LAYER = {"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": digest_of(b"x"), "size": 1}


@pytest.fixture
def odd_registry() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A registry that answers what it is told: the last part of a path to a body; all have a manifest's type."""
    answers: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            return

        def do_GET(self) -> None:
            body = answers.get(self.path.rpartition("/")[2], b"x")
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "manifest",
    [
        *([], 1, "x", {"config": 1, "layers": [LAYER]}, {"config": CONFIG, "layers": {}}),
        *({"config": CONFIG, "layers": [{**LAYER, "size": size}]} for size in ("x", 1.5, [1])),
        *({"config": CONFIG, "layers": [{**LAYER, name: [1]}]} for name in ("digest", "mediaType")),
        {"config": CONFIG, "layers": [None, 1, LAYER]},
    ],
)
def test_manifests_of_the_wrong_shape(
    manifest: object, odd_registry: tuple[str, dict[str, bytes]], steer: Run, helm: Run
) -> None:
    host, answers = odd_registry
    answers["1.0.0"] = json.dumps(manifest).encode()
    assert "Successors" in same(steer, helm, "pull", f"oci://{host}/x:1.0.0", "--plain-http")


@pytest.mark.parametrize("tags", [[], 1, "x", {"tags": 1}, {"tags": ["1.0.0", 1]}, {"tags": None}, None])
def test_tags_of_the_wrong_shape(
    tags: object, odd_registry: tuple[str, dict[str, bytes]], steer: Run, helm: Run
) -> None:
    host, answers = odd_registry
    answers["list"] = json.dumps(tags).encode()
    assert "Error: " in same(steer, helm, "pull", f"oci://{host}/x", "--plain-http")


def test_what_a_store_holds_is_not_shown(registries: Make, steer: Run, helm: Run, tmp_path: Path) -> None:
    host = registries("basic").host
    (tmp_path / "rc.json").write_text(json.dumps({"auths": {host: {"auth": "aHVzaC1odXNo"}}}))  # no colon inside
    line = ("pull", f"oci://{host}/x:1.0.0", "--registry-config", "rc.json", "--plain-http")
    ours, theirs = (run(*line).stderr for run in (steer, helm))
    assert "hush-hush" in theirs and "hush-hush" not in ours
    assert ours.endswith("does not conform the base64(username:password) format\n")


def test_a_digest_and_a_version(registries: Make, steer: Run, helm: Run, demo: Demo) -> None:
    place = f"oci://{registries().host}/both"
    assert steer("push", package(steer, demo("1.1.0")), place, PLAIN).returncode == 0
    digest = steer("push", package(steer, demo("1.0.0")), place, PLAIN).stdout.split()[-1]
    for flags in (("--version", "1.0.0"), ("--version", "1.1.0"), ("--version", "^1"), ("--devel",)):
        said = same(steer, helm, "pull", f"{place}/demo@{digest}", *flags, PLAIN)
        assert ("digest mismatch" in said) == (flags[-1] == "1.1.0")


def test_values_in_a_registry(registries: Make, steer: Run, helm: Run, demo: Demo) -> None:
    plain, secure = registries(), registries(tls=True)
    chart = str(demo("1.0.0"))
    trusted = {"SSL_CERT_FILE": str(secure.certificate)}
    archive = package(steer, demo("1.0.0"))
    assert steer("push", archive, f"oci://{secure.host}/values", "--ca-file", str(secure.certificate)).returncode == 0
    for reference in (f"{secure.host}/values/demo:1.0.0", f"{secure.host}/values/demo:2", f"{plain.host}/x:1", "x:1"):
        for flag in ("-f", "--set-file"):
            url = f"oci://{reference}" if flag == "-f" else f"a=oci://{reference}"
            ours, theirs = (run("template", "x", chart, flag, url, env=trusted) for run in (steer, helm))
            assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


@pytest.mark.parametrize("reference", ["x:tag@sha256:a", "x@sha256:a", f"x:tag@sha256:{'a' * 64}", "x:t+g", "x:tag@"])
@pytest.mark.parametrize("version", ["1", "tag", ">1", "t_g", f"sha256:{'a' * 64}"])
def test_references_with_a_version(reference: str, version: str, steer: Run, helm: Run) -> None:
    line = ("pull", f"oci://127.0.0.1:9/{reference}", "--version", version)
    ours, theirs = steer(*line), helm(*line)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert ours.returncode == 1
