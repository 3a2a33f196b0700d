"""Hook of MkDocs: pages that are made (commands, decisions) and files of the repository that are pages as well.

A page of a command is what ``steer docs --type markdown`` writes: it cannot differ from ``--help``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
# pages that are files of the repository
_BORROWED = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
# links from pages to files outside of docs: those that are pages here, and the others on the repository
_INSIDE = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)\s]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    for name, text in {**_commands(), **_decisions(), **_borrowed()}.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point links that leave the folder at a page, or at the repository."""
    base = str(config.repo_url)
    depth = page.file.src_uri.count("/")

    def absolute(match: re.Match[str]) -> str:
        target, mark, anchor = match[1].partition("#")
        path = (ROOT / "docs" / page.file.src_uri).parent.joinpath(target).resolve()
        if page.file.src_uri in _BORROWED:
            path = ROOT.joinpath(target).resolve()
        if path.is_relative_to(ROOT / "docs"):
            below = path.relative_to(ROOT / "docs").as_posix()
            return f"]({'../' * depth}{below}{mark}{anchor})" if page.file.src_uri in _BORROWED else match[0]
        if not path.is_relative_to(ROOT) or not path.exists():
            return match[0]  # reported by MkDocs
        below = path.relative_to(ROOT).as_posix()
        if below in _INSIDE:
            return f"]({'../' * depth}{_INSIDE[below]}{mark}{anchor})"
        return f"]({base}/blob/main/{below}{mark}{anchor})"

    return _LINK.sub(absolute, markdown)


def _borrowed() -> dict[str, str]:
    return {page: (ROOT / source).read_text(encoding="utf-8") for page, source in _BORROWED.items()}


def _decisions() -> dict[str, str]:
    rows = []
    for path in sorted((ROOT / "docs" / "adr").glob("0*.md")):
        title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        rows.append(f"| [{path.stem[:4]}]({path.name}) | {title} |")
    return {"adr/index.md": "# Decisions\n\n| | |\n|---|---|\n" + "\n".join(rows) + "\n"}


def _commands() -> dict[str, str]:
    """Return a page for each command, and one that lists them."""
    from steersman.cli.tables.commands import COMMANDS, HIDDEN_COMMANDS

    code = "import sys; sys.argv[0] = 'steer'; from steersman.cli.main import main; sys.exit(main(sys.argv[1:]))"
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, "-c", code, "docs", "--type", "markdown", "--dir", folder]
        # the defaults on the pages are of a home like any other's
        subprocess.run(line, check=True, cwd=ROOT, env={"HOME": "~", "PYTHONPATH": str(ROOT / "src"), "PATH": ""})
        pages = {f"commands/{path.name}": _page(path) for path in sorted(Path(folder).iterdir())}
    rows = ["| command | what it does |", "|---|---|"]
    for path, row in COMMANDS.items():
        if path not in HIDDEN_COMMANDS and row[3] != "group":
            rows.append(f"| [`steer {path}`](steer_{path.replace(' ', '_')}.md) | {row[0]} |")
    pages["commands/index.md"] = "# Commands\n\nThe global flags are those of [`steer`](steer.md).\n\n" + "\n".join(
        rows
    )
    return pages


def _page(path: Path) -> str:
    """Return a page with headings that MkDocs puts into a list of contents, and without its date."""
    text = re.sub(r"^###### Written by .*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = re.sub(
        r"^### Options inherited from parent commands\n\n```\n.*?```\n",
        "The global flags are those of [steer](steer.md).\n",
        text,
        flags=re.MULTILINE | re.DOTALL,
    )
    text = re.sub(r"^## ", "# ", text, count=1, flags=re.MULTILINE)
    return re.sub(r"^### ", "## ", text, flags=re.MULTILINE)
