"""The byte code of all modules in one file, next to the byte code that Python keeps.

A run imports a hundred modules, and finding, opening and reading each costs about as much as running it. The image
lies in the package's own ``__pycache__``: whoever can write there can replace the program as well. It is made of
Python's byte code, and a module whose source has another size or time than the image says is imported by Python.

Why, with figures: docs/adr/0008-image-next-to-byte-code.md.
"""

from __future__ import annotations

import os
import sys

# importlib's own modules, which are there when Python starts; importlib itself would have to be read
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from _imp import source_hash
from marshal import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, ModuleType

    # offset, length and hash of the code; size and time of the source; its path; whether it is a package
    Entry = tuple[int, int, bytes, int, int, str, bool]

_FORMAT = b"steersman-3\n"
_HASH = 8  # bytes
_HEAD = len(_FORMAT) + len(MAGIC_NUMBER) + _HASH + 4  # the last: length of the index
_KEY = int.from_bytes(MAGIC_NUMBER, "little")
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OTHERS_WRITE = 0o022
_BYTE_CODE_HEAD = 16  # bytes before the code in a .pyc file: magic number, flags, time, size
# of the standard library: what many commands import and the interpreter does not contain
_STANDARD = (
    "_weakrefset", "base64", "collections", "copyreg", "enum", "functools", "hmac", "keyword", "operator", "re",
    "re._casefix", "re._compiler", "re._constants", "re._parser", "reprlib", "selectors", "signal", "socket", "ssl",
    "struct", "tarfile", "threading", "types", "urllib", "urllib.parse", "weakref",
)  # fmt: skip
# modules whose patterns are compiled beforehand
_WITH_PATTERNS = (
    "steersman.gotemplate.lexer", "steersman.gotemplate.quick", "steersman.notices.duplicate_keys",
    "steersman.notices.template_names", "steersman.values.schema",
)  # fmt: skip


def path() -> str:
    """Return where the image for this Python is kept."""
    return os.path.join(_PACKAGE, "__pycache__", f"image.{sys.implementation.cache_tag}")


class _Loader(SourceFileLoader):
    """Runs a module's code from the image; all else (sources, resources) is as ever."""

    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = self.path
        exec(self.code, module.__dict__)


class Finder:
    """Finds modules in an image: the first entry of ``sys.meta_path``.

    Args:
        descriptor: the image.
        start: where its code begins.
        index: what it has.
        patterns: the version of the matcher, the code of patterns that it takes, and of Go's patterns.
    """

    def __init__(
        self, descriptor: int, start: int, index: dict[str, Entry], patterns: tuple[int, bytes, bytes] = (0, b"", b"")
    ) -> None:
        self._descriptor = descriptor
        self._start = start
        self._index = index
        self.patterns = patterns
        self.is_stale = False  # whether a module was not as in the image

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return how to load a module, or None where Python has to find it."""
        code = self.code_of(name)
        if code is None:
            return None
        source, is_package = self._index[name][5:]
        loader = _Loader(name, source)
        loader.code = code
        # without a location in the spec: Python would work out where the byte code lies, a tenth of an import
        spec = ModuleSpec(name, loader, origin=source, is_package=is_package)
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(source[: -len("/__init__.py")])
        return spec

    def code_of(self, name: str) -> CodeType | None:
        """Return a module's code, or None where the image does not have it as its source is now."""
        entry = self._index.get(name)
        if entry is None:
            return None
        at, length, known, size, changed, source, _is_package = entry
        try:
            found = os.stat(source)
            data = os.pread(self._descriptor, length, self._start + at)
        except OSError:
            self.is_stale = True
            return None
        if found.st_size != size or found.st_mtime_ns != changed or source_hash(_KEY, data) != known:
            self.is_stale = True
            return None
        code: CodeType = loads(data)
        return code


def install() -> None:
    """Take modules from the image, if there is one that can be used."""
    if not (hasattr(os, "pread") and hasattr(os, "geteuid")):  # Windows
        return
    try:
        descriptor = os.open(path(), os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return
    # a standard stream that is closed stays closed: the number is not ours to take
    index = _index(descriptor) if descriptor > 2 else None
    if index is None:
        os.close(descriptor)
        return
    sys.meta_path.insert(0, Finder(descriptor, *index))


def _finder() -> Finder | None:
    return next((entry for entry in sys.meta_path if isinstance(entry, Finder)), None)


def _index(descriptor: int) -> tuple[int, dict[str, Entry], tuple[int, bytes, bytes]] | None:
    """Return where the code begins and what an image has, or None for a file that is not one of ours."""
    try:
        found, program = os.fstat(descriptor), os.stat(__file__)
        head = os.pread(descriptor, _HEAD, 0)
        if found.st_uid != program.st_uid or found.st_mode & _OTHERS_WRITE:
            return None
        if len(head) < _HEAD or not head.startswith(_FORMAT + MAGIC_NUMBER):
            return None
        length = int.from_bytes(head[-4:], "little")
        data = os.pread(descriptor, length, _HEAD) if length < found.st_size else b""
    except OSError:
        return None
    if source_hash(_KEY, data) != head[-4 - _HASH : -4]:
        return None
    index, patterns = loads(data)
    return _HEAD + length, index, patterns


def is_due() -> bool:
    """Return whether the image is absent or old, and this user may write it as Python would write byte code."""
    if sys.dont_write_bytecode or not hasattr(os, "pread") or not os.access(os.path.dirname(path()), os.W_OK):
        return False
    finder = _finder()
    return (finder is None or finder.is_stale) and os.stat(__file__).st_uid == os.geteuid()


def write() -> bool:
    """Write the image of all modules whose byte code Python has; return whether it could.

    Modules without byte code are left out: ``compileall`` writes it.
    """
    if not hasattr(os, "pread"):
        return False
    index: dict[str, Entry] = {}
    code = bytearray()
    for name, source in [*_modules(), *_standard()]:
        try:
            entry = os.stat(source)
            data = _byte_code(source, entry)
        except OSError:
            continue
        if data:
            is_package = os.path.basename(source) == "__init__.py"
            index[name] = (
                len(code), len(data), source_hash(_KEY, data), entry.st_size, entry.st_mtime_ns, source, is_package
            )  # fmt: skip
            code += data
    head = dumps((index, _patterns()))
    start = _FORMAT + MAGIC_NUMBER + source_hash(_KEY, head) + len(head).to_bytes(4, "little")
    return _replace(path(), start + head + code)


def _patterns() -> tuple[int, bytes, bytes]:
    from importlib import import_module

    from steersman.runtime import patterns

    for name in _WITH_PATTERNS:
        import_module(name)
    own = {one: patterns.code_of(*one) for one in sorted(patterns.asked, key=repr)}
    return patterns.matcher_version(), dumps(own), dumps(import_module("steersman.go.regexp.usual").kept())


def _modules() -> Iterator[tuple[str, str]]:
    """Yield the name and the source of each module of this package."""
    for folder, folders, files in os.walk(_PACKAGE):
        folders.sort()
        package = "steersman" + folder[len(_PACKAGE) :].replace(os.sep, ".")
        for file in sorted(files):
            if file == "__init__.py":
                yield package, os.path.join(folder, file)
            elif file.endswith(".py"):
                yield f"{package}.{file[:-3]}", os.path.join(folder, file)


def _standard() -> Iterator[tuple[str, str]]:
    from importlib.util import find_spec

    for name in _STANDARD:
        spec = find_spec(name)
        if spec is not None and spec.origin and spec.origin.endswith(".py"):
            yield name, spec.origin


def _byte_code(source: str, entry: os.stat_result) -> bytes:
    """Return the code that Python keeps for a source, or nothing where it is of another version of the source."""
    from importlib.util import cache_from_source

    with open(cache_from_source(source), "rb") as file:
        data = file.read()
    times = int(entry.st_mtime).to_bytes(8, "little")[:4] + entry.st_size.to_bytes(8, "little")[:4]
    return data[_BYTE_CODE_HEAD:] if data[:_BYTE_CODE_HEAD] == MAGIC_NUMBER + bytes(4) + times else b""


def _replace(place: str, data: bytes) -> bool:
    # One name for all, so that killed runs leave one file at most. Two writers at once may spoil it: the hashes tell.
    aside = f"{place}.part"
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o644)  # whatever the umask: one that others could write to would not be read
            file.write(data)
        os.replace(aside, place)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if write() else 1)
