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
    "version": (["version"], HEAVY | {"re", "json", "subprocess", "hashlib", "steersman.gotemplate"}),
    "help": (["--help"], HEAVY | {"json", "subprocess", "steersman.gotemplate"}),
    "template": (
        ["template", "r", str(SHOP)],
        HEAVY | {"steersman.transport", "steersman.kube", "steersman.cli.help_texts"},
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


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import steersman; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "['steersman']"
