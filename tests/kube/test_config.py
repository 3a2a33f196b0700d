"""Kubeconfigs: merging, choosing, overriding; and credentials from plugins."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from steersman.errors import AuthError, ClusterError
from steersman.kube.auth import Authenticator, Credentials, ExecPlugin
from steersman.kube.config import ClusterConfig, ConfigOverrides, load_config, load_namespace
from steersman.kube.oidc import OidcProvider

ONE = """
clusters:
- name: east
  cluster: {server: "https://east.example:6443/", certificate-authority: ca.pem, tls-server-name: inner}
users:
- name: ann
  user: {token: secret-1}
contexts:
- name: work
  context: {cluster: east, user: ann, namespace: shop}
- name: lost
  context: {cluster: nowhere, user: ann}
current-context: work
"""
TWO = """
clusters:
- name: east
  cluster: {server: "https://other.example"}
- name: west
  cluster: {server: "https://west.example", insecure-skip-tls-verify: true, proxy-url: "http://proxy:3128"}
users:
- name: bob
  user: {username: bob, password: pw, as: carol, as-groups: [g1, g2]}
contexts:
- name: play
  context: {cluster: west, user: bob}
current-context: play
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "ca.pem").write_text("")
    (tmp_path / "one").write_text(ONE)
    (tmp_path / "two").write_text(TWO)
    return {"KUBECONFIG": f"{tmp_path}/one:{tmp_path}/missing:{tmp_path}/two", "HOME": str(tmp_path)}


def load(environ: dict[str, str], **overrides: Any) -> ClusterConfig:
    return load_config(ConfigOverrides(**overrides), environ)


def test_the_first_file_wins_and_missing_ones_do_not_matter(files: dict[str, str], tmp_path: Path) -> None:
    config = load(files)
    assert config.server == "https://east.example:6443"
    assert config.namespace == "shop"
    assert config.tls.ca_file == f"{tmp_path}/ca.pem"
    assert config.tls.server_name == "inner"
    assert config.credentials.token == "secret-1"


def test_another_context_is_chosen_by_name(files: dict[str, str]) -> None:
    config = load(files, context="play")
    assert (config.server, config.namespace, config.proxy) == ("https://west.example", "default", "http://proxy:3128")
    assert config.tls.insecure
    assert config.impersonate == (
        ("Impersonate-User", "carol"),
        ("Impersonate-Group", "g1"),
        ("Impersonate-Group", "g2"),
    )
    assert Authenticator(config.credentials, os.environ).header() == "Basic " + base64.b64encode(b"bob:pw").decode()


def test_flags_win_over_files(files: dict[str, str], tmp_path: Path) -> None:
    config = load(
        files,
        server="https://flag.example",
        token="t",
        namespace="n",
        ca_file=f"{tmp_path}/two",
        as_user="root",
        as_groups=("a",),
        tls_server_name="s",
    )
    assert (config.server, config.namespace) == ("https://flag.example", "n")
    assert (config.credentials.token, config.tls.ca_file, config.tls.server_name) == ("t", f"{tmp_path}/two", "s")
    assert config.impersonate == (("Impersonate-User", "root"), ("Impersonate-Group", "a"))


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"context": "nope"}, 'context "nope" does not exist'),
        ({"kubeconfig": "/does/not/exist"}, "stat /does/not/exist: no such file or directory"),
        ({"as_groups": ("g",)}, "requesting uid, groups or user-extra for ann without impersonating a user"),
        (
            {"ca_file": "/nope"},
            "invalid configuration: unable to read certificate-authority /nope for east due to open",
        ),
    ],
)
def test_what_does_not_exist_is_named(files: dict[str, str], overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(ClusterError, match=message):
        load(files, **overrides)


def test_without_any_file_the_server_is_on_localhost(tmp_path: Path) -> None:
    config = load({"HOME": str(tmp_path)})
    assert config.server == "http://localhost:8080"
    assert load_namespace(ConfigOverrides(), {"HOME": str(tmp_path)}) == "default"


def test_a_secret_is_never_printed(files: dict[str, str]) -> None:
    assert "secret-1" not in repr(load(files))


def test_a_token_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(" abc\n")
    assert Authenticator(Credentials(token_file=f"{tmp_path}/token"), os.environ).header() == "Bearer abc"
    with pytest.raises(AuthError, match="failed to read token file"):
        Authenticator(Credentials(token_file=f"{tmp_path}/none"), os.environ).header()


def plugin(tmp_path: Path, answer: dict[str, Any] | str, **more: Any) -> ExecPlugin:
    path = tmp_path / "plugin"
    text = answer if isinstance(answer, str) else json.dumps(answer)
    path.write_text(f"#!/bin/sh\necho run >> {tmp_path}/runs\ncat <<'EOF'\n{text}\nEOF\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    document = {"command": str(path), "apiVersion": "client.authentication.k8s.io/v1", **more}
    return ExecPlugin.from_dict(document, {})


def credential(**status: str) -> dict[str, Any]:
    return {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}


def test_a_plugins_token_is_kept_until_it_expires(tmp_path: Path) -> None:
    forever = Authenticator(Credentials(exec_plugin=plugin(tmp_path, credential(token="p"))), os.environ)
    assert [forever.header(), forever.header()] == ["Bearer p", "Bearer p"]
    assert (tmp_path / "runs").read_text() == "run\n"
    expired = credential(token="q", expirationTimestamp="2001-01-01T00:00:00Z")
    short = Authenticator(Credentials(exec_plugin=plugin(tmp_path, expired)), os.environ)
    assert [short.header(), short.header()] == ["Bearer q", "Bearer q"]
    assert (tmp_path / "runs").read_text() == "run\n" * 3


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("nonsense", "decoding stdout"),
        ({**credential(token="x"), "apiVersion": "client.authentication.k8s.io/v1beta1"}, "plugin returned version"),
        (credential(), "didn't return a token or cert/key pair"),
    ],
)
def test_a_plugin_that_answers_badly_is_refused(tmp_path: Path, answer: Any, message: str) -> None:
    with pytest.raises(AuthError, match=message):
        Authenticator(Credentials(exec_plugin=plugin(tmp_path, answer)), os.environ).header()


def test_a_plugin_that_is_not_there_is_named(tmp_path: Path) -> None:
    document = {"command": f"{tmp_path}/none", "apiVersion": "client.authentication.k8s.io/v1", "installHint": "get it"}
    with pytest.raises(AuthError, match=r"(?s)exec: executable .*/none not found.*get it"):
        Authenticator(Credentials(exec_plugin=ExecPlugin.from_dict(document, {})), os.environ).header()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"name": "gcp"}, "The gcp auth plugin has been removed"),
        ({"name": "x"}, 'no Auth Provider found for name "x"'),
        ({"name": "oidc", "config": {}}, "Must provide idp-issuer"),
    ],
)
def test_other_providers_are_refused(document: dict[str, Any], message: str) -> None:
    with pytest.raises(AuthError, match=message):
        OidcProvider.from_dict(document)


def test_a_valid_id_token_is_used_as_it_is() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 4_000_000_000}).encode()).decode().rstrip("=")
    provider = OidcProvider("https://issuer", "client", id_token=f"h.{claims}.s")
    assert Authenticator(Credentials(oidc=provider), os.environ).header() == f"Bearer h.{claims}.s"
    with pytest.raises(AuthError, match="cannot refresh without refresh-token"):
        Authenticator(Credentials(oidc=OidcProvider("https://issuer", "client")), os.environ).header()


def test_credentials_go_over_tls_only(files: dict[str, str]) -> None:
    plain = load_config(ConfigOverrides(server="http://east.example", as_user="ann"), files)
    assert (plain.credentials, plain.impersonate) == (Credentials(), ())
    bare = load_config(ConfigOverrides(server="east.example:6443"), files)
    assert bare.server == "http://east.example:6443"
    assert bare.credentials == Credentials()
