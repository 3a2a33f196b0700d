"""Report idioms that readers of plain English stumble over: ``python scripts/plain_english.py [FILE ...]``.

It reads comments and strings of Python files, and every line of documents and scripts; without FILE, all files of
the repository.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

# pattern -> (what to write, why)
WORDS = {
    r"\btells? whether\b": ("return whether", "a function returns; telling is for messages"),
    r"\b(?:told|tells?|telling) of\b": ("report", "errors are reported, and steps shown"),
    r"\b(?:is|are|was|were|be) (?:Helm|Go|cobra|kubectl)'s\b": (
        "matches Helm's",
        "behaviour matches; it does not belong",
    ),
    r"\bhouses?\b|\brooms\b": ("package, layer, module", "code has no rooms"),
    r"\bbeside\b": ("next to, compared with", "things are next to each other; results are compared"),
    r"\bis said\b": ("is reported, is printed", "a program prints"),
    r"(?:^\W*|[.;:] )(?-i:What) [^?]*$": ("the noun itself", "a headless clause as a subject leaves open what it is"),
    r"\bgo(?:es)? on\b": ("continue", "idiom"),
    r"\bhardly\b": ("malformed, invalid", "say what is wrong with it"),
    r"\bfor ever\b": ("forever, without end", "one word"),
    r"\bbe had\b": ("is available, can be fetched", "archaic"),
    r"\bdo(?:es)? harm\b": ("malicious", "the word of the field"),
    r"\bheld against\b": ("checked against", "to hold something against someone is to blame"),
    r"\bwithout a word\b|\bnobody's way\b": ("silently, harmless", "idiom"),
    r"(?<!there )\b(?:is|are|was|were) no (?!longer|more|need|less|good)\w": ("is not a", '"is no map" is foreign'),
}
# The first word of a docstring -> why not.
FIRST_WORDS = {
    "Tell": "a function returns or prints",
    **dict.fromkeys(("What", "Who", "Where", "Which", "How", "Why", "When"), "say what is returned, done or held"),
}
SUFFIXES = (".py", ".md", ".sh", ".txt", ".yaml", ".tpl", ".toml")
# A path -> the patterns that are right there, and why.
EXCEPT: dict[str, tuple[str, ...]] = {
    "scripts/plain_english.py": tuple(WORDS),  # the list itself
}


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that people read, with their numbers."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            yield from enumerate(token.string.splitlines(), token.start[0])


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the docstrings of a Python file with the line that each begins on."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text


def problems(path: Path) -> Iterator[str]:
    """Yield what is wrong in a file, one line each."""
    allowed = EXCEPT.get(str(path), ())
    for number, line in lines(path):
        for pattern, (instead, why) in WORDS.items():
            found = None if pattern in allowed else re.search(pattern, line, re.IGNORECASE)
            if found:
                yield f"{path}:{number}: '{found[0]}': write '{instead}' ({why})"
    if path.suffix == ".py":
        for number, text in docstrings(path):
            first = text.split()[0]
            if first in FIRST_WORDS:
                yield f"{path}:{number}: a docstring begins with '{first}' ({FIRST_WORDS[first]})"


def main(arguments: list[str]) -> int:
    """Print the problems of all files and return 1 if there are any."""
    known = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()
    names = arguments or known
    paths = [Path(name) for name in names if name.endswith(SUFFIXES) and Path(name).is_file()]
    found = [problem for path in paths for problem in problems(path)]
    print("\n".join(found) if found else f"plain English: {len(paths)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
