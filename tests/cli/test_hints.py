"""Each hint, provoked by the error itself; under the name ``helm`` the same errors come without one."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steersman.action.hints import HINTS
from steersman.cli.hints import _OWN_HINTS
from steersman.pytest_plugin.cluster import Sandbox
from tests.conftest import Run
from tests.services.web import Web

SHOP = Path(__file__).parents[2] / "examples" / "shop"

Failing = Callable[..., str]


@pytest.fixture
def fails(own: Run, steer: Run, sandbox: Sandbox, tmp_path: Path) -> Failing:
    """Run a command that fails and return its hint: the lines that it has under its own name only."""
    shutil.copytree(SHOP, tmp_path / "shop")

    def run(*arguments: str, env: dict[str, str] | None = None) -> str:
        environment = {"KUBECONFIG": sandbox.kubeconfig, **(env or {})}
        ours, helms = own(*arguments, env=environment), steer(*arguments, env=environment)
        assert ours.returncode == helms.returncode == 1, ours.stdout
        # Helm's log has some errors before they are printed
        shown, said = (re.sub(r"^level=.*\n", "", one.stderr, flags=re.MULTILINE) for one in (ours, helms))
        assert said and shown.startswith(said), (ours.stderr, helms.stderr)
        return shown.removeprefix(said).strip()

    return run


@pytest.fixture
def web(own: Run, sandbox: Sandbox, tmp_path: Path, fails: Failing) -> Iterator[str]:
    """A release called web in a namespace of this test."""
    name = f"hints-{os.urandom(4).hex()}"
    environment = {"KUBECONFIG": sandbox.kubeconfig}
    done = own("install", "web", "./shop", "-n", name, "--create-namespace", env=environment)
    assert done.returncode == 0, done.stderr
    yield name
    own("uninstall", "web", "-n", name, env=environment)


def chart_of(folder: Path, template: str, schema: str = "") -> str:
    """Write a chart with one template and return its path."""
    (folder / "odd" / "templates").mkdir(parents=True)
    (folder / "odd" / "Chart.yaml").write_text("apiVersion: v2\nname: odd\nversion: 0.1.0\n")
    (folder / "odd" / "templates" / "a.yaml").write_text(template)
    if schema:
        (folder / "odd" / "values.schema.json").write_text(schema)
    return "./odd"


def object_text(api_version: str, kind: str, name: str = "a", more: str = "") -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}}}\n{more}"


@pytest.mark.parametrize("name", [*HINTS, *_OWN_HINTS])
def test_each_hint_is_of_an_error_that_there_is(name: str) -> None:
    module, _, kind = name.partition(":")
    assert getattr(importlib.import_module(f"steersman.{module}"), kind).__module__ == f"steersman.{module}"


def test_a_misspelt_flag(fails: Failing) -> None:
    assert fails("install", "x", "./shop", "--relpace") == (
        "Did you mean --replace? Run 'steer install --help' for its flags."
    )
    assert fails("list", "--qwertz") == "Run 'steer list --help' for its flags."
    assert fails("get", "manifest", "x", "-o", "json") == "Run 'steer get manifest --help' for its flags."


def test_a_misspelt_function_of_a_template(fails: Failing, tmp_path: Path) -> None:
    chart = chart_of(tmp_path, "a: {{ qoute .Values.x }}\n")
    for line in (["template", chart], ["install", "x", chart]):
        hint, place = fails(*line).splitlines()[:2]
        assert (hint, place) == ("Did you mean quote?", "odd/templates/a.yaml:1")


@pytest.mark.parametrize(
    ("api_version", "kind", "hint"),
    [
        ("apps/v1", "Deploymnt", "Did you mean kind Deployment?"),
        ("extensions/v1beta1", "Deployment", "The cluster serves Deployment in apps/v1: change its apiVersion."),
        ("acme.io/v1", "Widget", "If Widget is a custom resource, install its definition first"),
    ],
)
def test_a_kind_that_the_cluster_does_not_have(
    fails: Failing, tmp_path: Path, api_version: str, kind: str, hint: str
) -> None:
    assert fails("install", "x", chart_of(tmp_path, object_text(api_version, kind))).startswith(hint)


def test_a_misspelt_value_that_a_schema_refuses(fails: Failing, tmp_path: Path) -> None:
    inner = {"type": "object", "properties": {"port": {}}, "additionalProperties": False}
    schema = {"properties": {"replicas": {}, "service": inner}, "additionalProperties": False}
    chart = chart_of(tmp_path, "a: 1\n", json.dumps(schema))
    hint = fails("template", chart, "--set", "replicsa=3,service.prot=80,other=1")
    # once, where the wrong one is shown
    assert hint.splitlines()[0].startswith("service.prot = 80  --set ")
    assert [line for line in hint.splitlines() if "mean" in line] == [
        "  fix: did you mean port?",
        "  fix: did you mean replicas?",
    ]


def test_a_chart_that_is_not_there(fails: Failing, tmp_path: Path) -> None:
    assert fails("install", "x", "./shp") == "Did you mean ./shop?"
    assert fails("install", "x", "./entirely-else") == "The charts of . are shop."
    assert fails("install", "x", "./no/such") == "There is no folder ./no."


def test_a_chart_that_other_commands_do_not_find(fails: Failing, tmp_path: Path) -> None:
    for command in ("lint", "package"):
        assert fails(command, "./shp") == "Did you mean ./shop?", command
    for part in ("build", "update", "list"):
        assert fails("dependency", part, "./shp") == "Did you mean shop?"
    assert fails("install", "q", "shp") == "Did you mean ./shop?"
    assert fails("show", "values", "zzz").startswith("A chart is a path (./web), REPOSITORY/CHART, or a URL")


def test_a_misspelt_function_in_a_chart_that_is_linted(fails: Failing, tmp_path: Path) -> None:
    hint, *place = fails("lint", chart_of(tmp_path, "a: {{ toYml .Values }}\n")).splitlines()
    assert hint == "Did you mean toYaml?"
    assert place == ["odd/templates/a.yaml:1", "     1 | a: {{ toYml .Values }}", "       | ^"]


def test_repositories_of_dependencies(fails: Failing, own: Run, tmp_path: Path) -> None:
    about = tmp_path / "shop" / "Chart.yaml"
    text = about.read_text()

    def with_repository(name: str) -> None:
        about.write_text(text + f'  - {{name: more, version: 1.0.0, repository: "{name}"}}\n')

    with_repository("@acem")
    assert fails("dependency", "update", "./shop") == "Run 'steer repo add acem URL' to add it."
    config = tmp_path / "repositories.yaml"
    config.write_text("apiVersion: v1\nrepositories: [{name: acme, url: 'https://acme.invalid'}]\n")
    given = ("--repository-config", str(config))
    assert fails("dependency", "update", "./shop", *given) == "Did you mean acme?"


def test_dependencies_that_are_missing(fails: Failing, tmp_path: Path) -> None:
    with (tmp_path / "shop" / "Chart.yaml").open("a") as file:
        file.write('  - {name: more, version: 1.0.0, repository: "https://charts.invalid"}\n')
    assert fails("install", "x", "./shop") == "Run 'steer dependency build ./shop', or add --dependency-update."


def test_no_repositories_at_all(fails: Failing) -> None:
    adding = "Run 'steer repo add NAME URL' to add one, and 'steer search hub WORD' to find one."
    for line in (("search", "repo", "x"), ("repo", "update"), ("repo", "remove", "acme")):
        assert fails(*line) == adding


def test_repositories_and_their_charts(fails: Failing, own: Run, tmp_path: Path) -> None:
    assert fails("install", "x", "acme/shop") == "Run 'steer repo add acme URL' to add it."
    assert fails("install", "x", "shop/web") == "To use the folder shop, write ./shop."
    (tmp_path / "repo").mkdir()
    for version in ("1.0.0", "1.1.0"):
        assert own("package", "./shop", "--version", version, "-d", str(tmp_path / "repo")).returncode == 0
    assert own("repo", "index", str(tmp_path / "repo")).returncode == 0
    server = Web(tmp_path / "repo")
    try:
        assert own("repo", "add", "acme", server.url).returncode == 0
        assert fails("install", "x", "amce/shop") == "Did you mean acme?"
        assert fails("repo", "remove", "other").startswith("The repositories are acme.")
        assert fails("install", "x", "acme/shpo") == "Did you mean shop? Run 'steer repo update' if it is new."
        assert fails("pull", "acme/shop", "--version", "7.0.0") == "The newest versions are 1.1.0, 1.0.0."
        assert fails("pull", "shpo", "--repo", server.url).startswith("Did you mean shop?")
    finally:
        server.stop()


def test_http_where_https_was_asked_for(fails: Failing, own: Run, tmp_path: Path) -> None:
    server = Web(tmp_path)
    try:
        host = server.url.removeprefix("http://").rstrip("/")
        assert fails("pull", f"oci://{host}/x") == (
            f"The registry speaks HTTP: run 'steer pull oci://{host}/x --plain-http'."
        )
        assert own("package", "./shop").returncode == 0
        assert fails("push", "shop-0.2.0.tgz", f"oci://{host}/charts") == (
            f"The registry speaks HTTP: run 'steer push shop-0.2.0.tgz oci://{host}/charts --plain-http'."
        )
        login = fails("registry", "login", host, "-u", "ann", "--password-stdin")
        assert login.endswith(f"'steer registry login {host} -u ann --password-stdin --plain-http'.")
        said = fails("registry", "login", host, "-u", "ann", "-p", "s3cret")
        assert "s3cret" not in said and "-p ..." in said
        assert fails("repo", "add", "acme", f"https://{host}") == (
            f"The server speaks HTTP: write http:// instead of https:// in https://{host}/index.yaml."
        )
    finally:
        server.stop()


def test_no_kubeconfig(fails: Failing, tmp_path: Path) -> None:
    hint = fails("list", env={"KUBECONFIG": str(tmp_path / "none")})
    assert hint.startswith("There is no kubeconfig.") and hint.endswith('eval "$(steer sandbox up)"')


def test_a_server_that_does_not_answer(fails: Failing, sandbox: Sandbox, tmp_path: Path) -> None:
    config = tmp_path / "away.yaml"
    text = Path(sandbox.kubeconfig).read_text()
    port = text.partition("https://127.0.0.1:")[2].partition("\n")[0]
    config.write_text(text.replace(port, "1"))
    assert fails("list", env={"KUBECONFIG": str(config)}) == (
        f"{config} chooses context \"sandbox\". Run 'steer doctor' to see what is wrong."
    )


def test_a_context_that_is_not_there(fails: Failing) -> None:
    assert fails("list", "--kube-context", "sandbxo") == "Did you mean sandbox?"
    assert fails("list", "--kube-context", "prod") == "The contexts are sandbox."


def test_a_kubeconfig_that_is_not_there(fails: Failing, sandbox: Sandbox, tmp_path: Path) -> None:
    shutil.copy(sandbox.kubeconfig, tmp_path / "prod.yaml")
    assert fails("list", "--kubeconfig", "./prd.yaml") == "Did you mean ./prod.yaml?"
    hint = fails("list", "--kubeconfig", "/no/such")
    assert hint.startswith("There is no file /no/such.") and hint.endswith('eval "$(steer sandbox up)"')


def test_a_namespace_that_is_not_there(fails: Failing) -> None:
    assert fails("install", "x", "./shop", "-n", "no-such") == (
        "Run 'steer install x ./shop -n no-such --create-namespace' to create the namespace as well."
    )
    assert fails("upgrade", "x", "./shop", "--install", "-n", "no-such") == (
        "Run 'steer upgrade x ./shop --install -n no-such --create-namespace' to create the namespace as well."
    )


def test_a_release_that_is_not_there(fails: Failing, web: str) -> None:
    looked = f'There is no release "{{}}" in namespace "{web}" of context "sandbox".'
    for command in (("status", "wbe"), ("get", "values", "wbe"), ("history", "wbe"), ("uninstall", "wbe")):
        assert fails(*command, "-n", web) == f"{looked.format('wbe')} Did you mean web?"
    assert fails("status", "other", "-n", web) == (
        f"{looked.format('other')} Run 'steer list --all-namespaces' to see all."
    )
    assert fails("upgrade", "wbe", "./shop", "-n", web).endswith(
        f"To install it, run 'steer upgrade wbe ./shop -n {web} --install'."
    )
    elsewhere = fails("status", "web", "-n", "no-such")
    assert "There is one elsewhere: add " in elsewhere and f"-n {web}" in elsewhere


def test_a_revision_that_is_not_there(fails: Failing, web: str) -> None:
    shown = "The newest revisions are 1; 'steer history web' shows all."
    assert fails("rollback", "web", "7", "-n", web) == shown
    first = fails("rollback", "web", "-n", web)
    assert f"'steer upgrade --install web CHART -n {web} --recover'" in first
    assert f"'steer uninstall web -n {web}'" in first
    assert fails("get", "values", "web", "--revision", "7", "-n", web) == shown


def test_a_name_in_use(fails: Failing, web: str) -> None:
    assert fails("install", "web", "./shop", "-n", web) == (
        f'Revision 1 of it is deployed in namespace "{web}" of context "sandbox". To change it, run '
        f"'steer upgrade web ./shop -n {web} --install'."
    )


def test_an_object_of_another_release(fails: Failing, web: str, tmp_path: Path) -> None:
    chart = chart_of(tmp_path, object_text("v1", "ConfigMap", "web-shop"))
    hint = fails("install", "x", chart, "-n", web)
    assert hint.startswith(f'It belongs to release "web" in namespace "{web}".')
    assert f"run 'steer install x ./odd -n {web} --take-ownership'" in hint


def test_an_object_that_belongs_to_no_release(
    fails: Failing, own: Run, sandbox: Sandbox, web: str, oracle: str, tmp_path: Path
) -> None:
    import subprocess

    environment = {"KUBECONFIG": sandbox.kubeconfig}
    kubectl = [os.path.join(oracle, "kubectl"), "create", "configmap", "found", "-n", web]
    subprocess.run(kubectl, env={**os.environ, **environment}, check=True, capture_output=True)
    chart = chart_of(tmp_path, object_text("v1", "ConfigMap", "'{{ .Values.name }}'"))
    assert own("install", "odd", chart, "-n", web, "--set", "name=own", env=environment).returncode == 0
    assert fails("upgrade", "odd", chart, "-n", web, "--set", "name=found") == (
        "It belongs to no release. To make it part of this one, run "
        f"'steer upgrade odd ./odd -n {web} --set name=found --take-ownership'; to keep both, rename one of them."
    )


def test_fields_of_another_manager(
    fails: Failing, own: Run, sandbox: Sandbox, web: str, oracle: str, tmp_path: Path
) -> None:
    import subprocess

    template = object_text("v1", "ConfigMap", "words", "data: {word: '{{ .Values.word }}'}\n")
    chart = chart_of(tmp_path, template)
    environment = {"KUBECONFIG": sandbox.kubeconfig}
    assert own("install", "odd", chart, "-n", web, "--set", "word=one", env=environment).returncode == 0
    command = [os.path.join(oracle, "kubectl"), "patch", "cm", "words", "-n", web, "--field-manager=painter"]
    subprocess.run(
        [*command, "-p", '{"data":{"word":"two"}}'], env={**os.environ, **environment}, check=True, capture_output=True
    )
    assert fails("upgrade", "odd", chart, "-n", web, "--set", "word=three").splitlines()[:3] == [
        ".data.word: owned by painter, which has set it. To leave it so, take it out of the chart.",
        f"To take the fields over, run 'steer upgrade odd ./odd -n {web} --set word=three --force-conflicts'.",
        ".data.word of ConfigMap/words:",
    ]


def test_a_failed_test_shows_its_pod_exit_code_and_last_lines(own: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    template = object_text(
        "v1", "Pod", "check", "spec:\n  restartPolicy: Never\n  containers: [{name: ask, image: i}]\n"
    )
    notes = "{name: check, annotations: {helm.sh/hook: test, sandbox.steersman.io/outcome: fail}}"
    chart = chart_of(tmp_path, template.replace("{name: check}", notes))
    environment = {"KUBECONFIG": sandbox.kubeconfig}
    name = ("failing", "-n", "failing")
    assert own("install", *name, chart, "--create-namespace", env=environment).returncode == 0
    done = own("test", *name, env=environment)
    assert done.returncode == 1
    lines = [line.strip() for line in done.stderr.splitlines()]
    assert "Pod/check:" in lines
    assert "container ask is terminated: exit code 1: Error" in lines
    assert any(line.startswith("container ask wrote: ") for line in lines)
    own("uninstall", *name, env=environment)


def test_a_pending_release_names_the_command_that_resumes(own: Run, sandbox: Sandbox, tmp_path: Path, web: str) -> None:
    """A client that dies without a lease leaves what Helm leaves: a pending record that nobody holds."""
    import signal
    import subprocess
    import time

    template = object_text("v1", "Pod", "slow", "spec: {containers: [{name: c, image: i}]}\n")
    notes = "{name: slow, annotations: {sandbox.steersman.io/outcome: pending}}"
    chart = chart_of(tmp_path, template.replace("{name: slow}", notes))
    environment = {"KUBECONFIG": sandbox.kubeconfig, "STEER_NO_LEASE": "1"}
    command = ["steer", "upgrade", "web", chart, "-n", web]
    program = shutil.which("steer", path=str(tmp_path / "bin"))
    assert program is not None
    waiting = subprocess.Popen(
        [program, *command[1:], "--wait"], cwd=tmp_path, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    while "pending-upgrade" not in own("history", "web", "-n", web, env=environment).stdout:
        assert waiting.poll() is None
        time.sleep(0.05)
    waiting.send_signal(signal.SIGKILL)
    waiting.wait()
    refused = own(*command[1:], "--set", "a=b c", env=environment)
    resuming = f"steer upgrade web ./odd -n {web} --set 'a=b c' --recover"
    assert refused.returncode == 1
    assert f"no client holds it. Run '{resuming}' to mark it failed and continue." in refused.stderr
    installing = own("install", "web", chart, "-n", web, env=environment)
    assert f"Run 'steer upgrade --install web ./odd -n {web} --recover'" in installing.stderr
    assert own(*command[1:], "--recover", env=environment).returncode == 0
