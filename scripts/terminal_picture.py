"""The picture of a terminal in the README: ``python scripts/terminal_picture.py`` (``make terminal-picture``).

Runs real commands on a sandbox of its own, on a terminal, and writes what they print as an SVG.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "images" / "terminal.svg"
COLUMNS, LINE, WIDTH, MARGIN = 112, 19, 8.4, 18
COLORS = {"31": "#f47067", "32": "#8ddb8c", "33": "#f69d50", "36": "#6cb6ff", "1": "#ffffff", "prompt": "#8ddb8c"}

# the command as it is shown, and how many lines of its output
STEPS: list[tuple[str, int]] = [
    ("steer create web", 1),
    ('eval "$(steer sandbox up)"', 1),
    ("steer install web ./web --wait --hide-notes", 6),
    ("steer upgrade web ./web --wait --timeout 3s --values broken.yaml", 7),
    ("steer rollback web", 1),
    ("steer status wbe", 2),
]


def run(command: str, folder: str, environment: dict[str, str]) -> str:
    """Run a command on a terminal and return what it shows."""
    quoted = command.replace("'", "'\\''")
    line = ["script", "-qec", f"stty cols {COLUMNS}; bash -c '{quoted}'", "/dev/null"]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout


def shown(text: str, most: int) -> list[str]:
    """Return the lines that stay on a terminal: progress is written over, log lines are left out."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        line = re.sub(r"\x1b\[[0-9;]*K", "\r", line).split("\r")[-1]
        if line.strip() and not line.startswith(("level=", "export ", "waiting for ")):
            lines.append(line.rstrip())
    return lines[:most]


def spans(line: str) -> str:
    """Return a line with its colors as SVG."""
    out, color = [], ""
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if code:
            color = COLORS.get(code[1], "")
        elif piece:
            fill = f' fill="{color}"' if color else ""
            out.append(f"<tspan{fill}>{escape(piece)}</tspan>")
    return "".join(out)


def folded(line: str) -> list[str]:
    """Return a line as a terminal breaks it."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
    if len(plain) <= COLUMNS:
        return [line]
    return [plain[at : at + COLUMNS] for at in range(0, len(plain), COLUMNS)]


def svg(lines: list[str]) -> str:
    """Return the picture."""
    width, height = COLUMNS * WIDTH + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN + 22
    texts = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + 34 + at * LINE}" xml:space="preserve">{spans(line)}</text>'
        for at, line in enumerate(lines)
        if line
    )
    dots = "".join(
        f'<circle cx="{MARGIN + 6 + 20 * at}" cy="{MARGIN}" r="6" fill="{color}"/>'
        for at, color in enumerate(("#f47067", "#f69d50", "#8ddb8c"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" role="img" aria-label="steer on a terminal">\n'
        f'<rect width="100%" height="100%" rx="8" fill="#22272e"/>\n{dots}\n'
        "<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" "
        f'font-size="14" fill="#adbac7">\n{texts}\n</g>\n</svg>\n'
    )


def main() -> None:
    """Run the steps and write the picture."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "broken.yaml").write_text("podAnnotations: {sandbox.steersman.io/outcome: fail}\n")
        program = shutil.which("steer", path=os.path.dirname(sys.executable)) or "steer"
        environment = {
            "PATH": f"{os.path.dirname(program)}:{os.environ['PATH']}",
            "HOME": folder,
            "TERM": "xterm-256color",
            "TZ": "UTC",
            "KUBECONFIG": f"{folder}/.local/state/steersman/sandbox/kubeconfig",
        }
        try:
            for command, most in STEPS:
                prompted = f"\x1b[{'32'}m$\x1b[0m \x1b[1m{command}\x1b[0m"
                lines += folded(prompted)
                output = [part for line in shown(run(command, folder, environment), most) for part in folded(line)]
                lines += [*output, ""]
        finally:
            run("steer sandbox down", folder, environment)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(svg(lines[:-1]))


if __name__ == "__main__":
    main()
