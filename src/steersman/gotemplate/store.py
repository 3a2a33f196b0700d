"""Compiled templates kept between runs: one file per chart, a bundle of all its texts.

A bundle is keyed by what it was made from: this engine, the Python version, the function table
and the texts themselves. Code objects are loaded one by one, when a template first runs. Since
loading a code object means trusting it, the folder and its files must belong to the user and be
writable by nobody else; anything else is ignored and never written to.
"""

from __future__ import annotations

import marshal
import os
import sys

from steersman.gotemplate.templates import Definition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType
    from typing import Any

    from steersman.gotemplate.table import FunctionTable

# Raise with every change of what compiled code looks like or calls.
ENGINE_VERSION = 7
_WRITABLE_BY_OTHERS = 0o022


class CodeStore:
    """A private folder of bundles."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def open(self, texts: list[tuple[str, str]], functions: FunctionTable, missing_key: str) -> Bundle:
        """Return the bundle for these texts, known or new."""
        path = os.path.join(self.folder, _key(texts, functions, missing_key) + ".bundle")
        return Bundle(path, texts, self._read(path))

    def _read(self, path: str) -> bytes | None:
        try:
            if not _is_private(os.stat(self.folder)):
                return None
            with open(path, "rb") as file:
                return file.read() if _is_private(os.fstat(file.fileno())) else None
        except OSError:
            return None


def _is_private(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & _WRITABLE_BY_OTHERS


def _key(texts: list[tuple[str, str]], functions: FunctionTable, missing_key: str) -> str:
    import hashlib

    digest = hashlib.sha256(f"{ENGINE_VERSION} {sys.version} {sys.implementation.cache_tag} {missing_key}\n".encode())
    for name, row in functions.items():
        digest.update(f"{name} {row[1:]}\n".encode())
    for name, text in texts:
        data = text.encode("utf-8", "surrogateescape")
        digest.update(f"{name!r} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def _add_branches(definition: Definition, rows: tuple[Any, ...]) -> None:
    for number, blob, branches in rows:
        branch = definition.branch(number)
        branch.blob = blob
        _add_branches(branch, branches)


def _branch_rows(definition: Definition) -> tuple[Any, ...]:
    return tuple((number, b.blob, _branch_rows(b)) for number, b in definition.branches.items() if b.blob is not None)


def _with_branches(definition: Definition) -> Iterator[Definition]:
    yield definition
    for branch in definition.branches.values():
        yield from _with_branches(branch)


class Bundle:
    """The compiled templates of a list of texts, and other data derived from the same chart."""

    def __init__(self, path: str, texts: list[tuple[str, str]], data: bytes | None) -> None:
        self.path = path
        self.extra: dict[str, bytes] = {}
        self._texts = texts
        self._tables: list[list[tuple[str, bool, bytes | None, tuple[Any, ...]]]] = []
        self._saved: dict[int, bool] = {}
        self.is_known = data is not None and self._load(data)

    def _load(self, data: bytes) -> bool:
        try:
            tables, extra = marshal.loads(data)
        except (ValueError, EOFError, TypeError):
            return False
        if len(tables) != len(self._texts):
            return False
        self._tables, self.extra = tables, extra
        return True

    def definitions(self, texts: list[tuple[str, str]]) -> Iterator[list[Definition]]:
        """Yield the templates of each text, in the order they were parsed."""
        for (parse_name, text), table in zip(texts, self._tables):
            found = []
            for name, is_empty, blob, branches in table:
                definition = Definition(name, parse_name, text, is_empty=is_empty)
                definition.blob = blob
                _add_branches(definition, branches)
                found.append(definition)
            yield found

    def save(
        self, parsed: dict[tuple[str, str], list[Definition]], compile_now: Callable[[Definition], CodeType]
    ) -> None:
        """Write the bundle with all that is compiled by now; what never ran stays uncompiled."""
        tables: list[Any] = []
        is_new = not self.is_known
        for name, text in self._texts:
            rows = []
            for definition in parsed[name, text]:
                for one in _with_branches(definition):
                    if one.blob is None and one.code is not None:
                        one.blob = marshal.dumps(compile_now(one))
                        is_new = True
                rows.append((definition.name, definition.is_empty, definition.blob, _branch_rows(definition)))
            tables.append(rows)
        if is_new:
            self._write(marshal.dumps((tables, self.extra)))
            self.is_known = True

    def _write(self, data: bytes) -> None:
        """Write aside and replace; a folder that is not private, or cannot be written, is left alone."""
        folder = os.path.dirname(self.path)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not _is_private(os.stat(folder)):
                return
            aside = f"{self.path}.{os.getpid()}"
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
            os.replace(aside, self.path)
        except OSError:
            # A cache that cannot be written costs time, not correctness.
            return
