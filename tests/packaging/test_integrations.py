"""The files with which other tools use the program: pre-commit, GitHub, Docker, Argo CD."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from steersman.cli.pre_commit import COMMANDS, charts_of
from tests.conftest import Run

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples" / "shop"


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


@pytest.fixture
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a good chart, which has a subchart, and a broken one."""
    shutil.copytree(SHOP, tmp_path / "charts" / "shop")
    broken = tmp_path / "charts" / "broken"
    (broken / "templates").mkdir(parents=True)
    (broken / "Chart.yaml").write_text("apiVersion: v2\nname: broken\nversion: 0.1.0\n")
    (broken / "templates" / "a.yaml").write_text("a: {{ .Values.a.b.c }}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_belong_to_their_outermost_chart(charts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = ["README.md", "charts/shop/values.yaml", "charts/shop/charts/cache/templates/cache.yaml"]
    assert charts_of(changed) == ["charts/shop"]
    assert charts_of(["charts/broken/Chart.yaml", *changed]) == ["charts/broken", "charts/shop"]
    monkeypatch.chdir(charts / "charts" / "shop")
    assert charts_of(["values.yaml", "charts/cache/values.yaml"]) == ["."]


def test_hooks_of_pre_commit(charts: Path) -> None:
    hooks = read(".pre-commit-hooks.yaml")
    assert {hook["entry"].split()[-1] for hook in hooks} == set(COMMANDS)
    (charts / "charts" / "broken" / "ci").mkdir()
    (charts / "charts" / "broken" / "ci" / "prod-values.yaml").write_text("b: 1\n")
    for hook in hooks:
        pattern = re.compile(hook["files"])
        assert pattern.search("charts/shop/templates/web.yaml") and pattern.search("Chart.yaml")
        assert not pattern.search("src/main.py")
        line = [sys.executable, *hook["entry"].split()[1:]]
        for paths, code in ((["charts/shop/values.yaml"], 0), (["charts/broken/templates/a.yaml"], 1), ([], 0)):
            if ("unittest" in line or "check" in line) and code:
                continue  # it has no suites, and the mistake is a warning of check
            done = subprocess.run([*line, *paths], cwd=charts, capture_output=True, text=True, check=False)
            assert done.returncode == code, (hook["id"], done.stdout)
            assert ("nil pointer" in done.stdout) is bool(code)


def test_a_field_that_no_kind_has_stops_a_commit(charts: Path) -> None:
    line = [sys.executable, "-m", "steersman.cli.pre_commit", "check", "charts/shop/values.yaml"]
    template = charts / "charts" / "shop" / "templates" / "odd.yaml"
    for field, code in (("data", 0), ("dta", 1)):
        template.write_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: odd\n{field}:\n  a: b\n")
        done = subprocess.run(line, cwd=charts, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout
        assert ("did you mean data?" in done.stdout) is bool(code)


def test_values_that_nothing_reads_stop_a_commit(charts: Path) -> None:
    line = [sys.executable, "-m", "steersman.cli.pre_commit", "unused-values", "charts/shop/prod-values.yaml"]
    for text, code in (("replicas: 2\n", 0), ("replica: 2\n", 1)):
        (charts / "charts" / "shop" / "prod-values.yaml").write_text(text)
        done = subprocess.run(line, cwd=charts, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout
        assert ("did you mean replicas?" in done.stdout) is bool(code)


def test_workflows_call_what_there_is() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for name in ("ci.yml", "release.yml"):
        workflow = read(f".github/workflows/{name}")
        for job in workflow["jobs"].values():
            for step in job["steps"]:
                for target in re.findall(r"^make ([\w -]+?)(?: \w+=|$)", step.get("run", ""), re.MULTILINE):
                    assert all(re.search(rf"^{one}:", makefile, re.MULTILINE) for one in target.split()), target
                assert "uses" not in step or re.search(r"@(v\d+|release/v1)$", step["uses"])
    matrix = read(".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert len(matrix["os"]) == 3 and matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]


def test_the_action_runs_commands_with_their_flags(own: Run) -> None:
    steps = read("action.yml")["runs"]["steps"]
    texts = "\n".join(step.get("run", "") for step in steps)
    assert "steersman lint --strict" in texts and "--strict" in own("lint", "--help").stdout
    assert "steersman check $CHARTS" in texts and own("check", "--help").returncode == 0
    assert (
        "steersman ci ${GITHUB_BASE_REF:+--target-branch" in texts and "--target-branch" in own("ci", "--help").stdout
    )
    # inputs reach a shell through variables alone: nothing that somebody writes into them is read as a script
    assert "${{" not in texts


def test_the_image_copies_what_there_is() -> None:
    text = (ROOT / "packaging" / "Dockerfile").read_text()
    assert re.search(r"^USER 65532", text, re.MULTILINE) and 'ENTRYPOINT ["steer"]' in text
    wanted = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert wanted and all((ROOT / path).exists() for path in wanted)
    assert {"pyproject.toml", "README.md", "packaging/build_hook.py", "packaging/readme_hook.py"} <= set(wanted)


def test_argo_cd_renders_an_application(own: Run, tmp_path: Path) -> None:
    plugin = read("examples/argocd/plugin.yaml")
    assert plugin["spec"]["generate"]["command"][-1].endswith("generate.sh")
    shutil.copytree(SHOP, tmp_path / "shop")
    (tmp_path / "shop" / "prod.yaml").write_text("replicas: 4\n")
    odd = "it's $HOME; `id`, {a, b} \\n"
    parameters = [
        {"name": "values-files", "array": ["prod.yaml"]},
        {"name": "values", "map": {"greeting": odd, "cache.enabled": "false"}},
        {"name": "strings", "map": {"image.tag": "127"}},
    ]
    environment = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "ARGOCD_APP_NAME": "web",
        "ARGOCD_APP_NAMESPACE": "prod",
        "ARGOCD_APP_PARAMETERS": json.dumps(parameters),
        "KUBE_VERSION": "1.33",
        "KUBE_API_VERSIONS": "v1,monitoring.coreos.com/v1",
    }
    line = ["sh", str(ROOT / "examples" / "argocd" / "generate.sh")]
    done = subprocess.run(line, cwd=tmp_path / "shop", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    objects = {f"{one['kind']}/{one['metadata']['name']}": one for one in yaml.safe_load_all(done.stdout) if one}
    assert objects["Deployment/web-shop"]["spec"]["replicas"] == 4
    assert objects["ConfigMap/web-shop"]["data"]["greeting"] == odd
    assert objects["Deployment/web-shop"]["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":127")
    assert not any("cache" in name for name in objects)
    assert own("template", "web", "./shop").returncode == 0  # the link that the script found


def test_argo_cds_sidecar_has_a_home(own: Run, tmp_path: Path) -> None:
    """The sidecar runs as another user than the image: its home is in a folder that anybody may write to."""
    home = re.search(r"^ENV HOME=(\S+)$", (ROOT / "examples/argocd/Dockerfile").read_text(), re.MULTILINE)
    container = read("examples/argocd/sidecar.yaml")["spec"]["template"]["spec"]["containers"][0]
    assert home is not None and {"name": "HOME", "value": home[1]} in container["env"]
    assert os.path.dirname(home[1]) in [mount["mountPath"] for mount in container["volumeMounts"]]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv"
)
def test_argo_cds_plugin_runs_as_another_user(own: Run) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(SHOP, folder / "shop")
        for path in (folder / "shop", *(folder / "shop").rglob("*")):
            os.chown(path, 999, 999)  # Argo CD gives the plugin a copy of its own
        (folder / "open").mkdir()
        (folder / "open").chmod(0o1777)
        environment = {
            "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
            "HOME": str(folder / "open" / "home"),
            "ARGOCD_APP_NAME": "web",
            "ARGOCD_APP_NAMESPACE": "prod",
        }
        # it may read where this user's Python is, and write nowhere else than others may
        may_read = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        line = ["setpriv", "--reuid=999", "--regid=999", "--clear-groups", *may_read]
        shutil.copy(ROOT / "examples" / "argocd" / "generate.sh", folder)
        for command in (["steer", "dependency", "build", "."], ["sh", str(folder / "generate.sh")]):
            done = subprocess.run(
                [*line, *command], cwd=folder / "shop", env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0 and not done.stderr, done.stderr
        assert "kind: Deployment" in done.stdout
        assert list((folder / "open" / "home").iterdir())  # caches and settings have found their place
