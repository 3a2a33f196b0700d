"""Every kind of credentials in a kubeconfig, against a real API server, compared with Helm.

Each way lists releases with rights that only that user has; the ways that fail say why in Helm's words,
and no secret is ever written, not with ``--debug`` either.
"""

from __future__ import annotations

import base64
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from steersman.action.configuration import Configuration, Surroundings
from steersman.kube import config as kube_config
from steersman.kube.config import ConfigOverrides
from steersman.kube.objects import ResourceType
from tests.live.conftest import Live

pytestmark = pytest.mark.live

SECRETS = ("steersman-admin", "pass-word-1", "client-secret-1", "refresh-1", "refresh-2")


class Ways:
    """Kubeconfigs for one server, and both programs to use them with."""

    def __init__(self, live: Live, server: str, token: str) -> None:
        self.live = live
        self.server = server
        self.token = token
        self.folder = live.folder
        certificates = os.environ.get("STEER_TEST_CERTIFICATES")
        self.id_token = os.environ.get("STEER_TEST_ID_TOKEN", "")
        if not certificates or not self.id_token:
            pytest.skip("needs the control plane of tests/controlplane (STEER_TEST_CERTIFICATES, STEER_TEST_ID_TOKEN)")
        self.certificates = Path(certificates)

    def write(self, user: dict[str, Any], cluster: dict[str, Any] | None = None, name: str = "way") -> str:
        """Write a kubeconfig and return its path; JSON is YAML."""
        cluster = {"server": self.server, "insecure-skip-tls-verify": True} if cluster is None else cluster
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", "namespace": self.live.namespace}}],
            "current-context": "x",
        }
        path = self.folder / f"{name}.conf"
        path.write_text(json.dumps(document))
        return str(path)

    def run(self, program: str, config: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [self.live.under_helms_name() if program == "steer" else self.live.helm_program()]
        return subprocess.run(
            [*command, *(arguments or ("list", "-q"))],
            env={**self.live.environment, "KUBECONFIG": config, **environment},
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def check_both(self, config: str, *arguments: str, **environment: str) -> None:
        """Check that both programs see the release, and that steersman says nothing secret about it."""
        for program in ("steer", "helm"):
            done = self.run(program, config, *arguments, **environment)
            assert (done.returncode, done.stdout) == (0, "words\n"), f"{program}: {done.stdout}{done.stderr}"
        self.check_silence(config, *arguments, **environment)

    def check_refused(self, config: str, *arguments: str, **environment: str) -> str:
        """Check that both programs are refused in the same words; return them."""
        ours, theirs = (self.run(program, config, *arguments, **environment) for program in ("steer", "helm"))
        assert ours.returncode == theirs.returncode == 1
        assert _error(ours.stderr) == _error(theirs.stderr)
        self.check_silence(config, *arguments, **environment)
        return ours.stderr

    def check_silence(self, config: str, *arguments: str, **environment: str) -> None:
        done = self.run("steer", config, *(arguments or ("list", "-q")), "--debug", **environment)
        for secret in (*SECRETS, self.id_token):
            assert secret not in done.stdout + done.stderr


def _error(text: str) -> list[str]:
    # Helm shows a proxy's password
    # and what an issuer says of a refresh token
    lines = text.replace("pass-word-1", "xxxxx").replace("refresh-1", "…").splitlines()
    return [line for line in lines if not line.startswith(("I", "W", "E", "level=")) or line.startswith("Error")]


@pytest.fixture
def ways(live: Live, environment: tuple[str, str, str]) -> Ways:
    server, token, _user = environment
    made = Ways(live, server, token)
    done = live.steer("install", "words", str(live.chart))
    assert done.returncode == 0, done.stderr
    return made


def test_a_token_and_a_token_file(ways: Ways) -> None:
    ways.check_both(ways.write({"token": ways.token}))
    (ways.folder / "token").write_text(f"{ways.token}\n")
    ways.check_both(ways.write({"tokenFile": "token"}))
    ways.check_refused(ways.write({"tokenFile": "nothing"}))
    ways.check_both(ways.write({"token": "wrong"}), "list", "-q", "--kube-token", ways.token)
    ways.check_both(ways.write({}), "list", "-q", HELM_KUBETOKEN=ways.token)
    assert "credentials" in ways.check_refused(ways.write({"token": "wrong"}))


def test_client_certificates_by_file_and_by_data(ways: Ways) -> None:
    files = {name: str(ways.certificates / f"client.{end}") for name, end in (("crt", "crt"), ("key", "key"))}
    ways.check_both(ways.write({"client-certificate": files["crt"], "client-key": files["key"]}))
    data = {name: base64.b64encode(Path(path).read_bytes()).decode() for name, path in files.items()}
    ways.check_both(ways.write({"client-certificate-data": data["crt"], "client-key-data": data["key"]}))
    ways.check_refused(ways.write({"client-certificate": files["crt"]}))
    ways.check_refused(ways.write({"client-certificate": files["crt"], "client-key": "nothing.key"}))
    ways.check_refused(ways.write({"client-certificate-data": data["crt"], "client-key-data": "bm90aGluZw=="}))


def test_the_servers_certificate_is_checked(ways: Ways) -> None:
    authority = str(ways.certificates / "server.crt")
    user = {"token": ways.token}
    ways.check_both(ways.write(user, {"server": ways.server, "certificate-authority": authority}))
    data = base64.b64encode(Path(authority).read_bytes()).decode()
    ways.check_both(ways.write(user, {"server": ways.server, "certificate-authority-data": data}))
    bare = ways.write(user, {"server": ways.server})
    assert "x509" in ways.check_refused(bare)
    ways.check_both(bare, "list", "-q", "--kube-ca-file", authority)
    ways.check_both(bare, "list", "-q", "--kube-insecure-skip-tls-verify")
    named = {"server": ways.server, "certificate-authority": authority, "tls-server-name": "elsewhere.example"}
    assert "elsewhere.example" in ways.check_refused(ways.write(user, named))
    ways.check_both(ways.write(user, named), "list", "-q", "--kube-tls-server-name", "kubernetes.default")
    both = {"server": ways.server, "certificate-authority": authority, "insecure-skip-tls-verify": True}
    ways.check_refused(ways.write(user, both))


def test_a_user_and_password_are_refused_as_helms_are(ways: Ways) -> None:
    ways.check_refused(ways.write({"username": "ann", "password": "pass-word-1"}))
    ways.check_refused(ways.write({"username": "ann", "password": "pass-word-1", "token": "wrong"}))


PLUGIN = """#!{python}
import json, os, sys
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
with open({log!r}, "a") as log:
    log.write(json.dumps([info, os.environ.get("WORD"), sys.argv[1:]]) + "\\n")
{body}
"""


def plugin(ways: Ways, body: str, **fields: Any) -> dict[str, Any]:
    """Return a user whose credentials a program prints."""
    program, log = ways.folder / "plugin", ways.folder / "plugin.log"
    log.write_text("")
    program.write_text(PLUGIN.format(python=sys.executable, log=str(log), body=body))
    program.chmod(0o755)
    version = fields.pop("version", "v1")
    return {
        "exec": {
            "apiVersion": f"client.authentication.k8s.io/{version}",
            "command": str(program),
            "interactiveMode": "IfAvailable",
            **fields,
        }
    }


def credential(version: str, **status: str) -> str:
    content = {"apiVersion": f"client.authentication.k8s.io/{version}", "kind": "ExecCredential", "status": status}
    return f"print(json.dumps({content!r}))"


def told(ways: Ways) -> list[Any]:
    return [json.loads(line) for line in (ways.folder / "plugin.log").read_text().splitlines()]


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_a_credential_plugin_gives_a_token(ways: Ways, version: str) -> None:
    body = credential(version, token=ways.token, expirationTimestamp="2199-01-01T00:00:00Z")
    user = plugin(
        ways, body, version=version, args=["a", "b c"], env=[{"name": "WORD", "value": "w"}], provideClusterInfo=True
    )
    ways.check_both(ways.write(user))
    ours, theirs, _again = told(ways)
    assert ours == theirs  # what a plugin is told and called with


def test_a_credential_plugin_gives_a_certificate(ways: Ways) -> None:
    crt, key = ((ways.certificates / f"client.{end}").read_text() for end in ("crt", "key"))
    ways.check_both(ways.write(plugin(ways, credential("v1", clientCertificateData=crt, clientKeyData=key))))


def test_a_token_that_is_over_is_asked_for_again(ways: Ways) -> None:
    body = credential("v1", token=ways.token, expirationTimestamp="2020-01-01T00:00:00Z")
    config = ways.write(plugin(ways, body))
    done = ways.run("steer", config, "status", "words")
    assert done.returncode == 0, done.stderr
    assert len(told(ways)) > 1


def test_a_token_that_is_refused_is_asked_for_again(ways: Ways) -> None:
    log = str(ways.folder / "plugin.log")
    first = f"len(open({log!r}).readlines()) == 1"
    body = f"if {first}:\n    {credential('v1', token='wrong')}\nelse:\n    {credential('v1', token=ways.token)}"
    done = ways.run("steer", ways.write(plugin(ways, body)))
    assert (done.returncode, done.stdout) == (0, "words\n"), done.stderr
    assert len(told(ways)) == 2


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("sys.exit(3)", {}),
        ("print('nothing')", {}),
        ("pass", {}),
        (credential("v1beta1", token="t"), {}),
        (credential("v1"), {}),
        (credential("v1", token="t"), {"interactiveMode": "Always"}),
        (credential("v1", token="t"), {"interactiveMode": "Sometimes"}),
        (credential("v1", token="t"), {"interactiveMode": None}),
        (credential("v1", token="t"), {"version": "v1alpha1"}),
        (credential("v1", clientCertificateData="not", clientKeyData="pem"), {}),
        (credential("v1", clientCertificateData="alone"), {}),
        ("pass", {"command": "no-such-plugin", "installHint": "get it"}),
        ("pass", {"command": "", "installHint": "get it"}),
    ],
)
def test_a_credential_plugin_that_fails_is_explained_as_by_helm(ways: Ways, body: str, fields: dict[str, Any]) -> None:
    user = plugin(ways, body, **fields)
    user["exec"] = {name: value for name, value in user["exec"].items() if value is not None}
    ways.check_refused(ways.write(user))


TOKEN = {"access_token": "access-1", "token_type": "bearer"}


class Issuer(http.server.ThreadingHTTPServer):
    """An OpenID provider that gives a new id token for a refresh token, once."""

    daemon_threads = True

    def __init__(self, id_token: str) -> None:
        super().__init__(("127.0.0.1", 0), _IssuerHandler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.id_token = id_token
        self.good = "refresh-1"
        self.wants_form = False
        self.answers = True

    def __enter__(self) -> Issuer:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.shutdown()
        self.server_close()


class _IssuerHandler(http.server.BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        self._send(200, {"issuer": self.server.url, "token_endpoint": f"{self.server.url}/token"})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        in_header = self.headers.get("Authorization") == "Basic " + base64.b64encode(b"me:client-secret-1").decode()
        in_form = form.get("client_secret") == ["client-secret-1"]
        is_known = in_form if self.server.wants_form else in_header
        if not is_known or form.get("refresh_token") != [self.server.good] or not self.server.answers:
            self._send(401, {"error": "invalid_grant", "error_description": "refresh-1 is no good"})
            return
        self.server.good = "refresh-2"
        self._send(200, {"id_token": self.server.id_token, "refresh_token": "refresh-2", **TOKEN})

    def _send(self, code: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


def provider(issuer: Issuer, **config: str) -> dict[str, Any]:
    base = {"idp-issuer-url": issuer.url, "client-id": "me", "client-secret": "client-secret-1"}
    return {"auth-provider": {"name": "oidc", "config": {**base, **config}}}


# a token of OpenID Connect's form that ended in 1970
OVER = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b"{}", b'{"exp": 1}', b"s"))


@pytest.mark.parametrize("wants_form", [False, True])
def test_an_id_token_is_refreshed_and_written_back(ways: Ways, wants_form: bool) -> None:
    written = {}
    for program in ("helm", "steer"):
        with Issuer(ways.id_token) as issuer:
            issuer.wants_form = wants_form
            config = ways.write(provider(issuer, **{"refresh-token": "refresh-1", "id-token": OVER}), name=program)
            os.chmod(config, 0o600)
            done = ways.run(program, config)
            assert (done.returncode, done.stdout) == (0, "words\n"), done.stderr
            from steersman import yamlio

            document = yamlio.load(Path(config).read_text())
            written[program] = document["users"][0]["user"]["auth-provider"]["config"]
            del written[program]["idp-issuer-url"]
            assert os.stat(config).st_mode & 0o777 == 0o600
            issuer.answers = False
            done = ways.run(program, config)  # the token that was kept is enough
            assert (done.returncode, done.stdout) == (0, "words\n"), done.stderr
    assert written["steer"] == written["helm"]
    assert (written["steer"]["refresh-token"], written["steer"]["id-token"]) == ("refresh-2", ways.id_token)


def test_an_id_token_that_cannot_be_refreshed_is_explained_without_its_secrets(ways: Ways) -> None:
    with Issuer(ways.id_token) as issuer:
        issuer.answers = False
        config = ways.write(provider(issuer, **{"refresh-token": "refresh-1"}))
        said = ways.check_refused(config)
        assert 'failed to refresh token: oauth2: "invalid_grant" "… is no good"' in said
        ways.check_refused(ways.write(provider(issuer)))
        ways.check_refused(ways.write(provider(issuer, **{"id-token": "no-token"})))


class Tunnel(socket.socket):
    """An HTTP proxy that opens tunnels (CONNECT) for a user, and remembers where to."""

    def __init__(self) -> None:
        super().__init__()
        self.bind(("127.0.0.1", 0))
        self.listen()
        self.asked: list[bytes] = []
        self.address = f"127.0.0.1:{self.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.accept()
            except OSError:
                return
            threading.Thread(target=self._open, args=(client,), daemon=True).start()

    def _open(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head = client.recv(65536)
            self.asked.append(head)
            host, _colon, port = head.split()[1].decode().partition(":")
            # names that only the proxy knows lead to this machine
            with socket.create_connection(("127.0.0.1", int(port))) as server:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join(5)
            assert host


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def test_proxies_of_the_cluster_and_of_the_environment(ways: Ways) -> None:
    port = urlsplit(ways.server).port
    elsewhere = f"https://cluster.example:{port}"
    user = {"token": ways.token}
    with Tunnel() as tunnel:
        cluster = {"server": elsewhere, "insecure-skip-tls-verify": True}
        ways.check_both(ways.write(user, {**cluster, "proxy-url": f"http://ann:pass-word-1@{tunnel.address}"}))
        basic = b"Proxy-Authorization: Basic " + base64.b64encode(b"ann:pass-word-1")
        assert all(head.startswith(b"CONNECT cluster.example:") and basic in head for head in tunnel.asked)
        for name in ("HTTPS_PROXY", "https_proxy"):
            tunnel.asked.clear()
            ways.check_both(ways.write(user, cluster), **{name: f"http://{tunnel.address}"})
            assert tunnel.asked
        tunnel.asked.clear()
        refused = ways.run(
            "steer", ways.write(user, cluster), HTTPS_PROXY=f"http://{tunnel.address}", NO_PROXY="other,.example"
        )
        assert refused.returncode == 1
        assert "no such host" in refused.stderr
        assert not tunnel.asked
    dead = ways.write(user, {**cluster, "proxy-url": "http://ann:pass-word-1@127.0.0.1:1"})
    assert "proxyconnect" in ways.check_refused(dead)
    ways.check_refused(ways.write(user, {**cluster, "proxy-url": "ftp://ann:pass-word-1@127.0.0.1:1"}))


def test_impersonation_by_flag_and_by_kubeconfig(ways: Ways) -> None:
    plain = {"token": ways.token}
    ways.check_refused(ways.write(plain), "list", "-q", "--kube-as-user", "somebody")
    as_admin = ("--kube-as-user", "somebody", "--kube-as-group", "system:masters", "--kube-as-group", "others")
    ways.check_both(ways.write(plain), "list", "-q", *as_admin)
    ways.check_both(ways.write({**plain, "as": "somebody", "as-groups": ["system:masters"]}))
    named = {**plain, "as": "somebody", "as-uid": "u1", "as-user-extra": {"why": ["x"]}}
    ways.check_refused(ways.write(named))
    ways.check_refused(ways.write({**plain, "as-groups": ["system:masters"]}))


def test_files_are_merged_and_contexts_chosen(ways: Ways) -> None:
    first = ways.folder / "first.conf"
    first.write_text(json.dumps({"contexts": [{"name": "y", "context": {"cluster": "c", "user": "u2"}}]}))
    second = ways.write({"token": ways.token})
    third = ways.folder / "third.conf"
    third.write_text(json.dumps({"users": [{"name": "u2", "user": {"token": ways.token}}], "current-context": "nope"}))
    listed = f"{first}:{ways.folder / 'missing.conf'}:{second}:{third}"
    ways.check_both(listed)
    ways.check_both(listed, "list", "-q", "--kube-context", "y", "-n", ways.live.namespace)
    ways.check_both(listed, "list", "-q", HELM_KUBECONTEXT="x")
    ways.check_refused(listed, "list", "-q", "--kube-context", "nope")
    ways.check_refused(listed, "list", "-q", "--kubeconfig", str(ways.folder / "missing.conf"))
    ways.check_both(str(third), "list", "-q", "--kubeconfig", second)
    ways.check_both(second, "list", "-q", "--kube-apiserver", ways.server)


def test_a_pod_speaks_as_its_service_account(ways: Ways, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client, namespace = ways.live.client, ways.live.namespace
    accounts = ResourceType("", "v1", "ServiceAccount", "serviceaccounts")
    bindings = ResourceType("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings")
    client.create(accounts, namespace, {"metadata": {"name": "lister"}})
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}
    subject = {"kind": "ServiceAccount", "name": "lister", "namespace": namespace}
    client.create(bindings, namespace, {"metadata": {"name": "lister"}, "roleRef": role, "subjects": [subject]})
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = client.call("POST", accounts.path(namespace, "lister") + "/token", body=request)
    mounted = tmp_path / "serviceaccount"
    mounted.mkdir()
    (mounted / "token").write_text(answer["status"]["token"])
    (mounted / "namespace").write_text(namespace)
    shutil.copy(ways.certificates / "server.crt", mounted / "ca.crt")
    monkeypatch.setattr(kube_config, "_SERVICE_ACCOUNT", str(mounted))
    where = urlsplit(ways.server)
    environ = {"KUBERNETES_SERVICE_HOST": str(where.hostname), "KUBERNETES_SERVICE_PORT": str(where.port), "HOME": "/"}
    made = Configuration(Surroundings(ConfigOverrides(), environ, namespace), lambda *_a, **_f: None)
    assert made.store.last("words").namespace == namespace
    assert made.client.config.namespace == namespace
    made.close()
