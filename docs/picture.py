"""Draw the packages and their imports into docs/architecture.md: ``make picture``.

An arrow that a longer way already shows is left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- picture: make picture -->\n", "<!-- end of picture -->\n"

sys.path.insert(0, str(ROOT))


def arrows() -> set[tuple[str, str]]:
    """Return which package imports which, directly and by no longer way."""
    from tests.test_structure import imports_of, modules

    known = modules()
    graph: dict[str, set[str]] = {}
    for name, path in known.items():
        package = _package(name)
        graph.setdefault(package, set()).update(map(_package, imports_of(path, known)))
    for package, below in graph.items():
        below -= {package, ""}
    graph.pop("", None)

    def reached(start: str) -> set[str]:
        return graph[start].union(*map(reached, graph[start])) if graph[start] else set()

    return {
        (package, one)
        for package, below in graph.items()
        for one in below
        if not any(one in reached(other) for other in below - {one})
    }


def _package(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] != "__main__" else ""


def picture() -> str:
    """Return the Mermaid text."""
    lines = [f"  {above} --> {below}" for above, below in sorted(arrows())]
    return "\n".join([f"{BEGIN}```mermaid", "flowchart TD", *lines, "```", END])


def page(text: str) -> str:
    """Return the page with the picture as it is now."""
    before, _, rest = text.partition(BEGIN)
    return before + picture() + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
