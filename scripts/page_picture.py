"""The picture of the page of ``explain --html``: ``python -m scripts.page_picture`` (``make page-picture``).

Runs the real command for the example chart and shows the page in Chromium.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services.browser import Browser

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "images" / "explain.webp"
VALUES = "image:\n  tag: 2.1.0\nreplica: 3\ncache:\n  enabled: false\n"
PINNED = "image: "  # the line of a manifest that is pinned


def main() -> None:
    steer = shutil.which("steer", path=os.path.dirname(sys.executable))
    assert steer is not None, "make setup"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples" / "shop", Path(folder) / "shop")
        (Path(folder) / "prod.yaml").write_text(VALUES)
        command = [steer, "explain", "./shop", "-f", "prod.yaml", "--set", "service.port=8080", "--html", "shop.html"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with Browser(1280, 760) as browser:
            browser.open(Path(folder) / "shop.html", "window.page && page.manifests.painted")
            browser.js(f"""(() => {{
                const pane = page.manifests;
                const file = pane.files.findIndex((one) => one.name.startsWith("Deployment/"));
                const line = pane.files[file].lines.findIndex((one) => one.includes({PINNED!r}));
                pane.reveal(pane.row(file, line + 1));
                page.onPin(pane, pane.row(file, line + 1));
            }})()""")
            TARGET.write_bytes(browser.picture("webp"))
    print(f"wrote {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
