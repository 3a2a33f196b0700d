"""Build hook: put manual pages and completion scripts into the wheel, where shells and ``man`` look for them.

They are what ``steer docs --type man`` and ``steer completion`` print; both need nothing but the sources.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_COMPLETIONS = {
    "bash": "share/bash-completion/completions/steer",
    "zsh": "share/zsh/site-functions/_steer",
    "fish": "share/fish/vendor_completions.d/steer.fish",
}


class CustomBuildHook(BuildHookInterface[Any]):
    """Makes the files below ``build/share`` and names them to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files; an editable installation has none."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        share = root / "build" / "share"
        pages = share / "man"
        pages.mkdir(parents=True, exist_ok=True)
        for old in pages.iterdir():
            old.unlink()
        _steer(root, "docs", "--type", "man", "--dir", str(pages))
        data: dict[str, str] = build_data["shared_data"]
        data.update({str(page): f"share/man/man1/{page.name}" for page in sorted(pages.iterdir())})
        for shell, place in _COMPLETIONS.items():
            script = share / f"completion.{shell}"
            script.write_text(_steer(root, "completion", shell), encoding="utf-8")
            data[str(script)] = place


def _steer(root: Path, *arguments: str) -> str:
    """Run the program from its sources and return what it prints, whatever this machine's settings are."""
    code = "import sys; sys.argv[0] = 'steer'; from steersman.cli.main import main; sys.exit(main(sys.argv[1:]))"
    # the day on manual pages is that of the build, or of SOURCE_DATE_EPOCH
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HELM_", "STEER_", "KUBE"))}
    environment = {**kept, "PYTHONPATH": str(root / "src"), "PYTHONUTF8": "1", "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"steer {' '.join(arguments)}: {done.stderr}")
    return done.stdout
