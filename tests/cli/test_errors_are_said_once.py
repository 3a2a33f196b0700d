"""An error that Helm logs and then prints is printed once by the program under its own name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from steersman.pytest_plugin.cluster import Sandbox
from tests.conftest import Run

SHOP = Path(__file__).parents[2] / "examples" / "shop"
MEMORY = {"HELM_DRIVER": "memory", "HELM_MEMORY_DRIVER_DATA": "records.yaml"}
NOWHERE = "https://127.0.0.1:1"


@pytest.mark.parametrize(
    ("line", "variables", "logged", "said"),
    [
        (["template", "Web", "./shop"], {}, "release name check failed", 'release name "Web": invalid'),
        (["install", "Web", "./shop"], MEMORY, "release name check failed", '"Web": invalid'),
        (
            ["template", "web", "./shop", "--set", "cache=x"],
            {},
            "chart dependencies processing failed",
            "type mismatch",
        ),
        (["install", "web", "./shop", "--hide-secret"], MEMORY, "hiding Kubernetes secrets", ""),
        (["install", "web", "./shop", "--kube-apiserver", NOWHERE], {}, "reachability check failed", "unreachable"),
        (["list"], {"HELM_DRIVER": "floppy"}, "unknown driver", "floppy"),
        (["list"], {"HELM_DRIVER": "memory", "HELM_MEMORY_DRIVER_DATA": "none"}, "none: no such file", "none: no"),
        (["list", "--color", "blue"], {}, "command failed", 'invalid color mode "blue"'),
        (["list", "--registry-config", "broken.json"], {}, "command failed", "failed to decode"),
    ],
)
def test_an_error_is_said_once(
    own: Run, steer: Run, tmp_path: Path, line: list[str], variables: dict[str, str], logged: str, said: str
) -> None:
    shutil.copytree(SHOP, tmp_path / "shop")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "records.yaml").write_text("")
    ours, helms = own(*line, env=variables), steer(*line, env=variables)
    assert ours.returncode == helms.returncode == 1
    assert any(text.startswith("level=") and logged in text for text in helms.stderr.splitlines()), helms.stderr
    assert "level=" not in ours.stderr
    shown = ours.stdout + ours.stderr
    assert shown.count(said or logged) == 1, shown
    assert "Error: " in ours.stderr
    # whoever reads standard error gets Helm's lines, and whoever looks for a fault gets both
    assert own(*line, env={**variables, "TERM": "dumb"}).stderr == helms.stderr
    assert "level=" in own(*line, env={**variables, "HELM_DEBUG": "1"}).stderr


def test_an_upgrade_that_fails(own: Run, steer: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    """The log has its reason where something is undone after it, which takes time."""
    shutil.copytree(SHOP, tmp_path / "shop")
    name = f"once-{os.urandom(4).hex()}"
    variables = {"KUBECONFIG": sandbox.kubeconfig, "HELM_NAMESPACE": name}
    assert own("install", "web", "./shop", "--create-namespace", env=variables).returncode == 0
    refused = ["upgrade", "web", "./shop"]
    odd = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Odd_Name}\n"
    (tmp_path / "shop" / "templates" / "odd.yaml").write_text(odd)
    ours = own(*refused, env=variables)
    assert ours.returncode == 1
    assert "level=" not in ours.stderr and ours.stderr.startswith("Error: UPGRADE FAILED: ")
    assert 'level=WARN msg="upgrade failed"' in steer(*refused, env=variables).stderr
    undone = own(*refused, "--rollback-on-failure", env=variables).stderr
    assert undone.index('level=WARN msg="upgrade failed"') < undone.index("has been rolled back")
    own("uninstall", "web", env=variables)
