"""Start-up is a feature: what the common commands must not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "argparse", "asyncio", "cryptography", "dataclasses", "email", "http", "importlib.metadata", "inspect",
    "jsonschema_rs", "logging", "pathlib", "psycopg", "ssl", "typing", "urllib.request", "yaml",
}  # fmt: skip
SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"

COMMANDS = {
    "version": (
        ["version"],
        HEAVY | {"contextlib", "enum", "re", "json", "signal", "subprocess", "hashlib", "steersman.gotemplate"},
    ),
    "help": (["--help"], HEAVY | {"json", "subprocess", "steersman.gotemplate"}),
    "template": (
        ["template", "r", str(SHOP)],
        HEAVY | {"steersman.transport", "steersman.kube", "steersman.cli.tables.help_texts"},
    ),
    "show": (["show", "chart", str(SHOP)], HEAVY | {"steersman.transport", "steersman.kube", "steersman.engine"}),
}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_imports_nothing_heavy(name: str, environment: dict[str, str]) -> None:
    arguments, forbidden = COMMANDS[name]
    code = (
        "import sys, atexit; from steersman.cli.main import main; sys.argv[0] = 'steer'; "
        f"main({arguments!r}); sys.stderr.write('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.splitlines()[-1].split())
    assert not loaded & forbidden


def test_a_plain_chart_is_rendered_without_the_heavy_parts_of_the_library(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    (tmp_path / "templates" / "a.yaml").write_text("a: {{ .Values.a | default 1 | quote }}\n")
    code = (
        "import sys; from steersman.cli.main import main; sys.argv[0] = 'helm'; "
        f"main(['template', 'r', {str(tmp_path)!r}]); sys.stderr.write('\\n' + ' '.join(sys.modules))"
    )
    for _ in range(3):  # the third one has its templates from the cache
        done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, env=environment)
    assert 'a: "1"' in done.stdout
    loaded = set(done.stderr.splitlines()[-1].split())
    assert not loaded & {"contextlib", "re", "enum", "json", "steersman.chart.archive", "steersman.release.model"}


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import steersman; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "['steersman', 'steersman.version']"


def test_a_function_in_a_branch_not_taken_is_not_imported(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    template = tmp_path / "templates" / "a.yaml"
    template.write_text('{{ if .Values.tls }}{{ genCA "a" 1 }}{{ end }}a: {{ add 1 2 }}{{ add 2 3 }}\n')
    code = (
        "import sys; from steersman.cli.main import main; sys.argv[0] = 'helm'; "
        f"main(['template', 'r', {str(tmp_path)!r}]); sys.stderr.write('\\n' + ' '.join(sys.modules))"
    )
    for way in ("compile", "interpret"):
        done = subprocess.run(
            [sys.executable, "-I", "-c", code],
            capture_output=True,
            text=True,
            env=environment | {"STEER_TEMPLATES": way},
        )
        assert "a: 35\n" in done.stdout, done.stderr
        loaded = set(done.stderr.splitlines()[-1].split())
        assert "steersman.sprig.numbers" in loaded and "steersman.sprig.certificates" not in loaded
