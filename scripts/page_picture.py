"""The pictures of the pages of ``explain --html`` and of coverage: ``make page-picture``.

Runs the real commands, for the example chart and for the chart of the docs on tests, and shows the pages in Chromium.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services.browser import Browser

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
VALUES = "image:\n  tag: 2.1.0\nreplica: 3\ncache:\n  enabled: false\n"
PINNED = "image: "  # the line of a manifest that is pinned
ABOVE = 10  # lines above the side that is chosen


def explain(steer: str) -> bytes:
    """Return the picture of the page of ``explain``: where a line of a manifest comes from."""
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
            return browser.picture("webp")


def coverage(steer: str) -> bytes:
    """Return the picture of the page of coverage: a side that no test took, and values that would take it."""
    suite = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(), re.DOTALL)[0]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([steer, "create", "web"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        file = Path(folder) / "web" / "tests" / "deployment_test.yaml"
        file.parent.mkdir()
        file.write_text(suite)
        command = [steer, "unittest", "web", "--coverage", "--coverage-output", "coverage.html"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with Browser(1280, 760) as browser:
            browser.open(Path(folder) / "coverage.html", "window.page && page.code.painted")
            browser.js(f"""(() => {{
                const file = page.chart.files.find((one) => one.name.endsWith("deployment.yaml"));
                const side = file.sides.find((one) => !one.isTaken && one.hint >= 0 && one.line > {ABOVE});
                page.show(file.number);
                page.choose(page.code.row(file.number, side.line), side);
            }})()""")
            return browser.picture("webp")


def main() -> None:
    """Write both."""
    steer = shutil.which("steer", path=os.path.dirname(sys.executable))
    assert steer is not None, "make setup"
    for name, picture in (("explain.webp", explain), ("coverage.webp", coverage)):
        (IMAGES / name).write_bytes(picture(steer))
        print(f"wrote {(IMAGES / name).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
