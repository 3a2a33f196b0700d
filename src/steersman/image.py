"""The modules of a run as one file: a hundred small imports without a hundred searches.

A run of the command line reads the code objects of Python modules from one private file, made by
earlier runs, in place of finding, opening and reading each module: ours, and those of the libraries that a
command needs. A module whose source has changed since (size or time) is read the usual way, and the next image
has it. Only the command line does this: whoever imports the package as a library gets Python's own imports.

The file: the length of the index in eight bytes, the index (marshalled), the code objects one after the other
(each marshalled). The file stays open, so that a run reads the code that it needs and no more.
"""

from __future__ import annotations

import marshal
import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import PathFinder, SourceFileLoader

from steersman import __version__
from steersman.private import digest, open_private, write_private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType
    from typing import TypeAlias

    # Path of the source, its mtime in nanoseconds, its size, where its code is in the file, how long it is.
    Row: TypeAlias = tuple[str, int, int, int, int]

_FORMAT = 2  # raise with every change of the file's form
_HEAD = 8


class _Loader(SourceFileLoader):
    """Loads a module from its row, or as ever, and then hands its code to the image."""

    def __init__(self, name: str, path: str, image: Image, row: Row | None) -> None:
        super().__init__(name, path)
        self._image = image
        self._row = row

    def get_code(self, fullname: str) -> CodeType | None:
        if self._row is not None and (blob := self._image.blob(self._row)):
            code: CodeType = marshal.loads(blob)
            return code
        found = super().get_code(fullname)
        if found is not None:
            self._image.add(fullname, str(self.path), found)
        return found


class Image:
    """A finder for ``sys.meta_path`` over the image in ``folder``."""

    def __init__(self, folder: str) -> None:
        engine = repr((_FORMAT, __version__, sys.version, sys.flags.optimize, sys.path))
        self._key = digest(engine.encode("utf-8", "surrogateescape"))
        self._path = os.path.join(folder, self._key.hex() + ".image")
        self._file: int | None = None
        self._start = 0
        self._new: dict[str, tuple[str, int, int, bytes]] = {}
        self._rows: dict[str, Row] = self._open()

    def install(self) -> None:
        """Put the image in front of Python's own search."""
        sys.meta_path.insert(sys.meta_path.index(PathFinder), self)

    def _open(self) -> dict[str, Row]:
        self._file = open_private(self._path)
        if self._file is None:
            return {}
        try:
            length = int.from_bytes(os.read(self._file, _HEAD), "little")
            rows = marshal.loads(os.read(self._file, min(length, os.fstat(self._file).st_size)))
        except (OSError, ValueError, EOFError, TypeError):
            return {}
        self._start = _HEAD + length
        return rows if isinstance(rows, dict) else {}

    def blob(self, row: Row) -> bytes:
        """Return the marshalled code of a row, or nothing where the file does not have it whole."""
        if self._file is None:
            return b""
        data = os.pread(self._file, row[4], self._start + row[3])
        return data if len(data) == row[4] else b""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load a module that has Python source; part of the protocol of ``sys.meta_path``."""
        row = self._rows.get(fullname)
        if row is not None and _stamp(row[0]) == row[1:3]:
            return _spec(fullname, row[0], _Loader(fullname, row[0], self, row))
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or type(spec.loader) is not SourceFileLoader:
            return spec
        origin = str(spec.loader.path)
        return _spec(fullname, origin, _Loader(fullname, origin, self, None))

    def add(self, name: str, path: str, code: CodeType) -> None:
        """Take a module into the next image."""
        stamp = _stamp(path)
        if stamp is not None:
            self._new[name] = (path, *stamp, marshal.dumps(code))

    def keep(self) -> None:
        """Write the image anew where a module came into it or has changed."""
        if not self._new:
            return
        old = {n: (*row[:3], self.blob(row)) for n, row in self._rows.items() if n not in self._new}
        rows: dict[str, Row] = {}
        blobs: list[bytes] = []
        at = 0
        for name, (path, mtime, size, blob) in {**old, **self._new}.items():
            rows[name] = (path, mtime, size, at, len(blob))
            blobs.append(blob)
            at += len(blob)
        index = marshal.dumps(rows)
        write_private(self._path, b"".join([len(index).to_bytes(_HEAD, "little"), index, *blobs]))


def _spec(name: str, path: str, loader: _Loader) -> ModuleSpec:
    is_package = os.path.basename(path) == "__init__.py"
    spec = ModuleSpec(name, loader, origin=path, is_package=is_package)
    spec.has_location = True
    if is_package:
        spec.submodule_search_locations = [os.path.dirname(path)]
    return spec


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
