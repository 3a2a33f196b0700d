"""The structure of the code: no import circle of any kind, and one account of the layers."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"


def modules() -> dict[str, Path]:
    found = {}
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path: Path, known: dict[str, Path]) -> set[str]:
    """Return the modules that a file imports anywhere: at its top, in functions, for types, in function tables."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= (full & known.keys()) or {node.module}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            target = re.fullmatch(r"(steersman[\w.]*):\w+", node.value)
            if target:
                names.add(target[1])
    return names & known.keys()


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules from each of which each other one can be reached."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            for name in graph[todo.pop()] - seen:
                seen.add(name)
                todo.append(name)
        return seen

    closure = {name: reached(name) for name in graph}
    inside = sorted(name for name in graph if name in closure[name])
    groups = {tuple(sorted(other for other in inside if other in closure[n] and n in closure[other])) for n in inside}
    return [list(group) for group in sorted(groups)]


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_no_import_circle() -> None:
    known = modules()
    assert circles({name: imports_of(path, known) - {name} for name, path in known.items()}) == []


def test_the_document_and_the_contract_name_the_same_layers() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    layers = [[name.strip().removeprefix("steersman.") for name in row.split("|")] for row in contract]
    rows = re.findall(r"^\| \d+ \| ([^|]+) \|", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)
    assert [re.findall(r"`(\w+)`", row) for row in rows[: len(layers)]] == layers


def test_every_package_is_in_a_layer() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name.strip() for row in contract for name in row.split("|")}
    ground = {name for name in modules() if name.count(".") == 1}
    assert ground - named == {"steersman.__main__"}


def test_the_picture_is_that_of_the_imports() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    drawn = set(re.findall(r"^  (\w+) --> (\w+)$", text, re.MULTILINE))
    known = modules()
    packages = {name.split(".")[1] for name in known if name.count(".")} - {"__main__"}
    assert {name for arrow in drawn for name in arrow} == packages

    def below(start: str) -> set[str]:
        return {b for a, b in drawn if a == start}.union(*(below(b) for a, b in drawn if a == start))

    imported = {
        (name.split(".")[1], other.split(".")[1])
        for name, path in known.items()
        for other in imports_of(path, known)
        if name.count(".") and other.count(".")
    }
    for above, other in imported:
        assert above == other or above == "__main__" or other in below(above), f"{above} imports {other}: make picture"
    assert all(any(a == above and b == other for a, b in imported) for above, other in drawn), "make picture"


def test_files_that_documents_name_exist() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    named = {
        (document.name, path)
        for document in documents
        for path in re.findall(
            r"\b(?:src/)?steersman/[a-z_0-9/]+\.py\b|\b(?:tests|benchmarks|scripts)/[a-z_0-9/]+\.py\b",
            document.read_text(),
        )
    }
    assert named
    assert not {(name, path) for name, path in named if not (ROOT / path).exists() and not (SOURCE / path).exists()}
