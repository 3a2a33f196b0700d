"""Plugins in registries, as they should be and as they are not, compared with Helm."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steersman.registry.client import Options, RegistryClient
from steersman.registry.model import digest_of
from steersman.registry.reference import parse
from steersman.transport.tls import TlsOptions
from tests.conftest import Run
from tests.services.registry import PASSWORD, USER, Registry

PLUGIN = "application/vnd.helm.plugin.v1+json"
TAR = "application/vnd.oci.image.layer.v1.tar"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
EMPTY = "application/vnd.oci.empty.v1+json"
YAML = b"name: greet\nversion: 1.0.0\nusage: u\ncommand: echo hello\n"
Layer = tuple[str, bytes, str]
Answer = tuple[str, str, int]


def tar(*members: tuple[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


GOOD = tar(("greet/plugin.yaml", YAML))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Registry]]:
    if shutil.which("docker-registry") is None:
        pytest.skip("no registry: tests/services/install.sh installs docker-registry")
    made: list[Registry] = []

    def make(auth: str = "", *, tls: bool = False) -> Registry:
        made.append(Registry(tmp_path_factory.mktemp("registry"), auth=auth, tls=tls))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="module")
def plain(registry: Callable[..., Registry]) -> Registry:
    return registry()


def push(
    host: str,
    repository: str,
    layers: list[Layer],
    *,
    options: Options | None = None,
    artifact: str = PLUGIN,
    config: str = EMPTY,
    media_type: str = MANIFEST,
) -> str:
    """Put a plugin's manifest there and return its digest."""
    client = RegistryClient(options or Options(plain_http=True, environ={}))
    reference = parse(f"{host}/{repository}:1.0.0")
    client.put_blob(reference, b"{}")
    listed = []
    for title, data, kind in layers:
        client.put_blob(reference, data)
        layer: dict[str, object] = {"mediaType": kind, "digest": digest_of(data), "size": len(data)}
        listed.append({**layer, "annotations": {"org.opencontainers.image.title": title}} if title else layer)
    tree: dict[str, object] = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {"mediaType": config, "digest": digest_of(b"{}"), "size": 2},
        "layers": listed,
    }
    data = json.dumps({**tree, "artifactType": artifact} if artifact else tree).encode()
    client.put_manifest(reference, media_type, data)
    return digest_of(data)


def both(steer: Run, helm: Run, home: Path, *lines: list[str]) -> str:
    """Let each program take the lines from an empty home; return what ours said."""
    said: list[list[Answer]] = []
    for run in (helm, steer):
        shutil.rmtree(home)
        home.mkdir()
        answers = [(done.stdout, done.stderr, done.returncode) for done in (run(*line) for line in lines)]
        said.append(answers)
    assert said[1] == said[0]
    return "".join(out + err for out, err, _ in said[1])


def install(reference: str, *more: str) -> list[str]:
    return ["plugin", "install", f"oci://{reference}", "--plain-http", *more]


REST = [["plugin", "list"], ["greet", "you"]]


@pytest.fixture
def home(environment: dict[str, str]) -> Path:
    return Path(environment["HOME"])


ARCHIVE: Layer = ("greet-1.0.0.tgz", GOOD, TAR)
PROV = "greet-1.0.0.tgz.prov"
MANIFESTS: dict[str, tuple[list[Layer], dict[str, str]]] = {
    "right": ([ARCHIVE, (PROV, b"junk", TAR)], {}),
    "gzip": ([("greet-1.0.0.tgz", GOOD, f"{TAR}+gzip")], {}),
    "provenance of another type": ([ARCHIVE, (PROV, b"junk", "text/plain")], {}),
    "archive of another type": ([("greet-1.0.0.tgz", GOOD, "application/x-tgz")], {}),
    "empty provenance": ([ARCHIVE, (PROV, b"", TAR)], {}),
    "no titles": ([("", GOOD, TAR)], {}),
    "no layers": ([], {}),
    "other names": ([("hello-1.0.0.tgz", GOOD, TAR)], {}),
    "a chart": ([ARCHIVE], {"artifact": "application/vnd.cncf.helm.config.v1+json"}),
    "no type": ([ARCHIVE], {"artifact": ""}),
    "type of the config": ([ARCHIVE], {"artifact": "", "config": PLUGIN}),
    "a manifest of Docker": ([ARCHIVE], {"media_type": DOCKER}),
}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_plugins_of_odd_manifests(kind: str, plain: Registry, steer: Run, helm: Run, home: Path) -> None:
    layers, more = MANIFESTS[kind]
    repository = f"{kind.replace(' ', '-').lower()}/greet"
    digest = push(plain.host, repository, layers, **more)  # type: ignore[arg-type]
    name = f"{plain.host}/{repository}"
    for reference in (f"{name}:1.0.0", f"{name}@{digest}", f"{name}:1.0.0@{digest}", name):
        for verify in ("--verify", "--verify=false"):
            both(steer, helm, home, install(reference, verify), *REST)


ARCHIVES = {
    "no archive": b"junk",
    "nothing": b"",
    "longer than gzip's head, and no archive": b"junkjunkjunk",
    "half": GOOD[: len(GOOD) // 2],
    "not compressed": tar(("greet/plugin.yaml", YAML), mode="w"),
    "no plugin": tar(("greet/a", b"x")),
    "broken": tar(("greet/plugin.yaml", b"name: [")),
    "not legal": tar(("greet/plugin.yaml", b"apiVersion: v1\nname: greet\nversion: x\n")),
    "at the top": tar(("plugin.yaml", YAML)),
    "too deep": tar(("a/b/plugin.yaml", YAML)),
    "another folder": tar(("other/plugin.yaml", YAML)),
    "leaving": tar(("greet/plugin.yaml", YAML), ("../evil", b"x")),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives_that_are_not_legal(kind: str, plain: Registry, steer: Run, helm: Run, home: Path) -> None:
    repository = f"archive-{list(ARCHIVES).index(kind)}/greet"
    push(plain.host, repository, [("greet-1.0.0.tgz", ARCHIVES[kind], TAR), (PROV, b"junk", TAR)])
    for verify in ("--verify", "--verify=false"):
        both(steer, helm, home, install(f"{plain.host}/{repository}:1.0.0", verify), *REST)
    assert not list(home.rglob("evil"))


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("harm", ["gone", "changed", "cut"])
def test_blobs_that_are_broken(which: int, harm: str, plain: Registry, steer: Run, helm: Run, home: Path) -> None:
    repository = f"{harm}-{which}/greet"
    contents = [tar(("greet/plugin.yaml", YAML), ("greet/x", repository.encode())), repository.encode()]
    push(plain.host, repository, [("greet-1.0.0.tgz", contents[0], TAR), (PROV, contents[1], TAR)])
    digest = digest_of(contents[which]).partition(":")[2]
    path = plain.data / "docker" / "registry" / "v2" / "blobs" / "sha256" / digest[:2] / digest / "data"
    content = path.read_bytes()
    if harm == "gone":
        shutil.rmtree(path.parent)
    else:
        path.write_bytes(content[:-1] + (b"~" if harm == "changed" else b""))
    for verify in ("--verify", "--verify=false"):
        assert "Error: " in both(steer, helm, home, install(f"{plain.host}/{repository}:1.0.0", verify))


@pytest.mark.parametrize("auth", ["basic", "token"])
def test_registries_that_want_credentials(
    auth: str, registry: Callable[..., Registry], steer: Run, helm: Run, home: Path
) -> None:
    host = registry(auth).host
    push(host, "p/greet", [ARCHIVE], options=Options(plain_http=True, environ={}, username=USER, password=PASSWORD))
    line = install(f"{host}/p/greet:1.0.0", "--verify=false")
    login = ["registry", "login", host, "-u", USER, "-p", PASSWORD, "--plain-http"]
    assert "Error: " in both(steer, helm, home, line)
    assert "hello you" in both(steer, helm, home, login, line, *REST)
    # Helm has the flags and does not use them
    assert steer("plugin", "uninstall", "greet").returncode == steer("registry", "logout", host).returncode == 0
    assert steer(*line, "--username", USER, "--password", PASSWORD).returncode == 0


def test_certificates_of_registries(
    registry: Callable[..., Registry], steer: Run, helm: Run, home: Path, tmp_path: Path
) -> None:
    served = registry(tls=True)
    authority = str(served.certificate)
    push(served.host, "p/greet", [ARCHIVE], options=Options(tls=TlsOptions(ca_file=authority), environ={}))
    (tmp_path / "no-certificate").write_text("x")
    line = ["plugin", "install", f"oci://{served.host}/p/greet:1.0.0", "--verify=false"]
    for more in (["--ca-file", authority], ["--insecure-skip-tls-verify"]):
        assert "hello you" in both(steer, helm, home, [*line, *more], *REST)
    for more in (
        [],
        ["--plain-http"],
        ["--ca-file", authority, "--plain-http"],
        ["--ca-file", "none"],
        ["--ca-file", "no-certificate"],
        ["--cert-file", authority, "--key-file", authority],
    ):
        assert "Error: " in both(steer, helm, home, [*line, *more])
