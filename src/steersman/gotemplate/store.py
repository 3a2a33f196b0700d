"""Compiled templates kept between runs: one file per chart, a bundle of all its texts.

A bundle is keyed by this engine, the function table and the names of the texts. In it each text has its digest: one
that has changed is read and compiled again, the others are not. Texts that templates make and run (Helm's ``tpl``) are
kept too. A first run notes only which templates there are, and compiles next to nothing: many a chart is rendered once.
The second run compiles what it executes. Code objects are loaded one by one, when a template first runs. The cache
vouches for what it returns.
"""

from __future__ import annotations

import marshal

from steersman.gotemplate.definition import Definition
from steersman.runtime.private import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType
    from typing import Any, TypeAlias

    from steersman.gotemplate.table import FunctionTable
    from steersman.runtime.private import Cache

    # Name, whether it is empty, code, branches, and the variant for a nil cursor: its code and branches.
    Rows: TypeAlias = list[tuple[str, bool, bytes | None, tuple[Any, ...], tuple[bytes, tuple[Any, ...]] | None]]

# Raise with every change of what compiled code looks like or calls.
ENGINE_VERSION = 22
_KIND = "templates"
_MOST_MET = 500  # texts of tpl: a chart that makes new ones each time shall not grow its bundle


class CodeStore:
    """The bundles of a cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def open(self, texts: list[tuple[str, str]], functions: FunctionTable, missing_key: str) -> Bundle:
        """Return the bundle for these texts, known or new."""
        names = [name for name, _ in texts]
        return Bundle(self._cache, _key(names, functions, missing_key), texts)


def _key(names: list[str], functions: FunctionTable, missing_key: str) -> str:
    signatures = [row[1:] for row in functions.values()]
    return _digest(repr((ENGINE_VERSION, missing_key, list(functions), signatures, names))).hex()


def _digest(text: str) -> bytes:
    return digest(text.encode("utf-8", "surrogateescape"))


def _add_branches(definition: Definition, rows: tuple[Any, ...]) -> None:
    for number, blob, branches in rows:
        branch = definition.branch(number)
        branch.blob = blob
        _add_branches(branch, branches)


def _branch_rows(definition: Definition) -> tuple[Any, ...]:
    return tuple((number, b.blob, _branch_rows(b)) for number, b in definition.branches.items() if b.blob is not None)


def _with_branches(definition: Definition) -> Iterator[Definition]:
    yield definition
    if definition.without_dot is not None:
        yield from _with_branches(definition.without_dot)
    for branch in definition.branches.values():
        yield from _with_branches(branch)


def _variant_row(variant: Definition | None) -> tuple[bytes, tuple[Any, ...]] | None:
    return None if variant is None or variant.blob is None else (variant.blob, _branch_rows(variant))


class Bundle:
    """The compiled templates of a list of texts, and of the texts that these have run by ``tpl``."""

    def __init__(self, cache: Cache, name: str, texts: list[tuple[str, str]]) -> None:
        self._cache = cache
        self._name = name
        self._texts = texts
        self._digests = [_digest(text) for _, text in texts]
        self._tables: list[tuple[bytes, Rows]] = []
        self._met: dict[tuple[str, bytes], Rows] = {}
        data = cache.read(_KIND, name)
        self.is_whole = data is not None and self._load(data)

    def _load(self, data: bytes) -> bool:
        """Take over what was stored; return whether it holds every text as it is now."""
        self._tables, self._met = marshal.loads(data)
        return all(digest == table[0] for digest, table in zip(self._digests, self._tables))

    def definitions(self, at: int) -> list[Definition] | None:
        """Return the templates of a text, or None when it is new or has changed."""
        if not self._tables or self._tables[at][0] != self._digests[at]:
            return None
        return _definitions(self._tables[at][1], *self._texts[at])

    def met(self, parse_name: str, text: str) -> list[Definition] | None:
        """Return the templates of a text that a template made in an earlier run, or None."""
        rows = self._met.get((parse_name, _digest(text))) if self._met else None
        return None if rows is None else _definitions(rows, parse_name, text)

    def save(
        self, parsed: dict[tuple[str, str], list[Definition]], compile_now: Callable[[Definition], CodeType]
    ) -> None:
        """Write the bundle with all that is compiled by now; what never ran stays uncompiled."""
        if self._cache.is_off:
            return
        is_new = not self.is_whole
        tables: list[tuple[bytes, Rows]] = []
        for known, text in zip(self._digests, self._texts):
            if text not in parsed:
                # A text did not parse: there is nothing whole to keep.
                return
            rows, compiled = _rows_of(parsed[text], compile_now)
            is_new = is_new or compiled
            tables.append((known, rows))
        met = {}
        if len(parsed) > len(self._texts):
            own = set(self._texts)
            for text in [t for t in parsed if t not in own][:_MOST_MET]:
                rows, compiled = _rows_of(parsed[text], compile_now)
                is_new = is_new or compiled
                met[text[0], _digest(text[1])] = rows
        if is_new:
            # entries of this run come first; older ones stay within the limit
            older = [(text, rows) for text, rows in self._met.items() if text not in met]
            kept = [*met.items(), *older][:_MOST_MET]
            try:
                data = marshal.dumps((tables, dict(kept)))
            except ValueError:
                return  # branches in branches, too deep to be kept
            self._cache.write(_KIND, self._name, data)
            self.is_whole = True


def _definitions(rows: Rows, parse_name: str, text: str) -> list[Definition]:
    found = []
    for name, is_empty, blob, branches, variant in rows:
        definition = Definition(name, parse_name, text, is_empty=is_empty)
        definition.blob = blob
        _add_branches(definition, branches)
        if variant is not None:
            definition.without_dot = definition.nil_dot_variant()
            definition.without_dot.blob = variant[0]
            _add_branches(definition.without_dot, variant[1])
        found.append(definition)
    return found


def _rows_of(definitions: list[Definition], compile_now: Callable[[Definition], CodeType]) -> tuple[Rows, bool]:
    """Return the rows of a text's templates, and whether one of them was compiled since it was read."""
    rows: Rows = []
    is_new = False
    for definition in definitions:
        for one in _with_branches(definition):
            if one.blob is None and one.code is not None:
                try:
                    one.blob = marshal.dumps(compile_now(one))
                except ValueError:
                    continue  # nested too deeply to be kept
                is_new = True
        variant = _variant_row(definition.without_dot)
        rows.append((definition.name, definition.is_empty, definition.blob, _branch_rows(definition), variant))
    return rows, is_new
