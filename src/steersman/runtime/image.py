"""The byte code of all modules in one file, next to the byte code that Python keeps.

A run imports a hundred modules, and finding, opening and reading each costs about as much as running it. The image
lies in the package's own ``__pycache__``: whoever can write there can replace the program as well. It is made of
Python's byte code, and a module whose source has another size or time than the image says is imported by Python.

Why, with figures: docs/adr/0008-image-next-to-byte-code.md.
"""

# without __future__, which this module takes out of the others
import os
import sys

# importlib's own modules, which are there when Python starts; importlib itself would have to be read
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from _imp import source_hash
from _thread import RLock
from marshal import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, ModuleType
    from typing import Any

    # the index; sources that do not follow from a module's name; groups, by the module that has them read; the
    # version of the matcher, the code of patterns that it takes, and of Go's patterns; the standard library's folder
    Contents = tuple[dict[str, bytes], dict[str, str], dict[str, bytes], tuple[int, bytes, bytes], str]
else:
    ModuleType = type(sys)

_FORMAT = b"steersman-5\n"
_HASH = 8  # bytes
_HEAD = len(_FORMAT) + len(MAGIC_NUMBER) + _HASH + 4  # the last: length of the index
_KEY = int.from_bytes(MAGIC_NUMBER, "little")
_NAME = "steersman"
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_INIT = "/__init__.py"
_ERRORS = "errors"  # the last part of the names of modules that have nothing but errors
_LIBRARY = os.path.dirname(os.__file__)  # another Python of the same version has its own
_OTHERS_WRITE = 0o022
# An entry of the index: offset, length and hash of the code, size and time of the source. Packed, because a hundred
# modules are found in an index of hundreds: what is not looked up costs next to nothing.
_OFFSET, _LENGTH, _CODE_HASH, _SIZE, _TIME = slice(4), slice(4, 8), slice(8, 16), slice(16, 20), slice(20, 28)
_BYTE_CODE_HEAD = 16  # bytes before the code in a .pyc file: magic number, flags, time, size
# of the standard library: what many commands import and the interpreter does not contain
_STANDARD = (
    "_weakrefset", "base64", "collections", "copyreg", "enum", "functools", "hmac", "keyword", "operator", "re",
    "re._casefix", "re._compiler", "re._constants", "re._parser", "reprlib", "selectors", "signal", "socket", "ssl",
    "struct", "tarfile", "threading", "types", "urllib", "urllib.parse", "weakref",
)  # fmt: skip
# Modules that are read in one piece and imported before the one that stands for them: what it imports, and what these
# will want later on. Names that many modules have are read once then, and importlib's work for each is saved.
_GROUPS = {
    "steersman.cli.main": (),
    "steersman.cli.inputs.rendering": (
        "steersman.chart.directory", "steersman.chart.parsed", "steersman.engine.compiled", "steersman.go.fmt",
        "steersman.gotemplate.store", "steersman.manifest.heads", "steersman.release.names", "steersman.sprig.defaults",
        "steersman.sprig.strings", "steersman.values.schema_access", "steersman.yamlio.emit",
    ),
    "steersman.values.schema": ("steersman.values.schemas.validator", "steersman.values.schemas.quick"),
}  # fmt: skip
# modules whose patterns are compiled beforehand
_WITH_PATTERNS = (
    "steersman.gotemplate.lexer", "steersman.gotemplate.quick", "steersman.notices.duplicate_keys",
    "steersman.notices.template_names", "steersman.values.schema",
)  # fmt: skip


def path() -> str:
    """Return where the image for this Python is kept; one that leaves out assertions or docstrings has its own."""
    level = f".opt-{sys.flags.optimize}" if sys.flags.optimize else ""
    return os.path.join(_PACKAGE, "__pycache__", f"image.{sys.implementation.cache_tag}{level}")


class _Loader(SourceFileLoader):
    """Runs a module's code from the image; all else (sources, resources) is as ever."""

    code: "CodeType"

    def get_code(self, fullname: str) -> "CodeType":
        return self.code

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = self.path
        exec(self.code, module.__dict__)


class _Late(ModuleType):
    """A module of errors in a group: its code runs when the first of its names is asked for, which few runs do.

    A class takes as long to make as a small function takes to run a hundred times, and a render meets 40 of errors.
    """

    def __getattr__(self, name: str) -> "Any":
        with _running:
            code = None if name.startswith("__") else _late.get(self.__name__)
            if code is not None:
                exec(code, self.__dict__)
                del _late[self.__name__]
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None


_running = RLock()  # the code of one may ask for names of another
_late: "dict[str, CodeType]" = {}


class Finder:
    """Finds modules in an image: the first entry of ``sys.meta_path``.

    Args:
        descriptor: the image.
        start: where its code begins.
        contents: what it has.
    """

    def __init__(self, descriptor: int, start: int, contents: "Contents") -> None:
        self._descriptor = descriptor
        self._start = start
        self._index, self._sources, self._groups, self.patterns, _ = contents
        self._together: dict[str, CodeType] = {}  # of a group that is being run
        self.is_stale = False  # whether a module was not as in the image

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return how to load a module, or None where Python has to find it.

        Before the module that stands for a group, the others of the group are imported.
        """
        group = self._groups.pop(name, None)
        if group is not None:
            self._run(group, name)
        code = self.code_of(name)
        return None if code is None else self._spec_of(name, code)

    def _spec_of(self, name: str, code: "CodeType") -> ModuleSpec:
        source = self._source_of(name)
        loader = _Loader(name, source)
        loader.code = code
        is_package = source.endswith(_INIT)
        # without a location in the spec: Python would work out where the byte code lies, a tenth of an import
        spec = ModuleSpec(name, loader, origin=source, is_package=is_package)
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(source[: -len(_INIT)])
        return spec

    def _run(self, group: bytes, last: str) -> None:
        """Import the modules of a group up to the ``last``, each after those that it imports.

        importlib's own work for each module (locks, finders, five attributes, each guarded) costs more than running
        most of them.
        """
        self._together = self._read(group) or {}
        names = [name for name in self._together if name not in sys.modules and name != last]
        made = {name: self._make(name) for name in names}
        if not made or None in made.values():
            # One that has changed may import what comes later here: Python imports all of them, one by one.
            self._together = {}
            self.is_stale = True
            return
        # a package's own code may import what is in it: its module is there before
        sys.modules.update((name, one[0]) for name, one in made.items() if one is not None and name in self._sources)
        for name, one in made.items():
            if one is None or sys.modules.setdefault(name, one[0]) is not one[0]:
                continue  # imported meanwhile
            module, code = one
            within, _, own = name.rpartition(".")
            if own == _ERRORS:
                _late[name] = code
            else:
                try:
                    exec(code, module.__dict__)
                except BaseException:
                    del sys.modules[name]
                    raise
            setattr(sys.modules[within], own, module)

    def _make(self, name: str) -> "tuple[ModuleType, CodeType] | None":
        """Return a module that has yet to run and its code, or None where its source is not as it was."""
        code = self.code_of(name)
        if code is None:
            return None
        module = _Late(name) if name.endswith(f".{_ERRORS}") else ModuleType(name)
        spec = self._spec_of(name, code)
        module.__dict__.update(__file__=spec.origin, __loader__=spec.loader, __spec__=spec, __package__=spec.parent)
        if spec.submodule_search_locations is not None:
            module.__dict__["__path__"] = spec.submodule_search_locations
        return module, code

    def code_of(self, name: str) -> "CodeType | None":
        """Return a module's code, or None where the image does not have it as its source is now."""
        entry = self._index.get(name)
        if entry is None:
            return None
        try:
            found = os.stat(self._source_of(name))
        except OSError:
            self.is_stale = True
            return None
        size, changed = int.from_bytes(entry[_SIZE], "little"), int.from_bytes(entry[_TIME], "little")
        code: CodeType | None = None
        if found.st_size == size and found.st_mtime_ns == changed:
            code = self._together.pop(name, None) or self._read(entry)
        self.is_stale = self.is_stale or code is None
        return code

    def _source_of(self, name: str) -> str:
        known = self._sources.get(name)
        return f"{_PACKAGE}{name[len(_NAME) :].replace('.', '/')}.py" if known is None else known

    def _read(self, entry: bytes) -> "Any":
        """Return what an entry stands for, or None where the file is damaged."""
        at, length = int.from_bytes(entry[_OFFSET], "little"), int.from_bytes(entry[_LENGTH], "little")
        try:
            data = os.pread(self._descriptor, length, self._start + at)
        except OSError:
            return None
        return loads(data) if source_hash(_KEY, data) == entry[_CODE_HASH] else None


def install() -> None:
    """Take modules from the image, if there is one that can be used."""
    if not (hasattr(os, "pread") and hasattr(os, "geteuid")):  # Windows
        return
    try:
        descriptor = os.open(path(), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
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


def _index(descriptor: int) -> "tuple[int, Contents] | None":
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
    contents: Contents = loads(data)
    return (_HEAD + length, contents) if contents[-1] == _LIBRARY else None


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
    index: dict[str, bytes] = {}
    sources: dict[str, str] = {}
    codes: dict[str, CodeType] = {}
    body = bytearray()

    def add(data: bytes) -> bytes:
        body.extend(data)
        place = (len(body) - len(data)).to_bytes(4, "little") + len(data).to_bytes(4, "little")
        return place + source_hash(_KEY, data)

    for name, source in [*_modules(), *_standard()]:
        try:
            entry = os.stat(source)
            data = _byte_code(source, entry)
        except OSError:
            continue
        if data:
            codes[name] = _without_future(loads(data))
            index[name] = (
                add(dumps(codes[name])) + entry.st_size.to_bytes(4, "little") + entry.st_mtime_ns.to_bytes(8, "little")
            )
            if source.endswith(_INIT) or not source.startswith(_PACKAGE):
                sources[name] = source
    groups: dict[str, bytes] = {}
    grouped: set[str] = set()
    for last, more in _GROUPS.items():
        group = {name: codes[name] for name in _with_imports((*more, last), codes) if name not in grouped}
        groups[last] = add(dumps(group))
        grouped.update(group)
    head = dumps((index, sources, groups, _patterns(), _LIBRARY))
    start = _FORMAT + MAGIC_NUMBER + source_hash(_KEY, head) + len(head).to_bytes(4, "little")
    return _replace(path(), start + head + body)


def _with_imports(roots: tuple[str, ...], codes: "dict[str, CodeType]") -> list[str]:
    """Return the modules among ``codes`` that importing ``roots`` brings, each after those that it imports."""
    found: dict[str, None] = {}
    met: set[str] = set()

    def visit(name: str) -> None:
        if name in codes and name not in met:
            met.add(name)
            for one in (name.rpartition(".")[0], *_imports(codes[name])):
                visit(one)
            found[name] = None

    for root in roots:
        visit(root)
    return list(found)


def _without_future(code: "CodeType") -> "CodeType":
    """Return a module's code without its import of ``__future__``, which does nothing once the code is made.

    The module and its classes take a hundredth of a render.
    """
    from dis import get_instructions, opmap

    found = list(get_instructions(code))
    imported = next((at for at, one in enumerate(found) if one.argval == "__future__"), None)
    if imported is None or found[imported].opname != "IMPORT_NAME":
        return code
    last = next(at for at in range(imported, len(found)) if found[at].opname == "POP_TOP")
    start, end = found[imported - 2].offset, found[last].offset + 2  # two constants are what the import takes
    nothing = bytes((opmap["NOP"], 0)) * ((end - start) // 2)
    return code.replace(co_code=code.co_code[:start] + nothing + code.co_code[end:])


def _imports(code: "CodeType") -> "Iterator[str]":
    """Yield what a module's code imports when it runs: not in functions, and not for type checkers only."""
    from dis import get_instructions, hasjabs, hasjrel

    jumps = {*hasjabs, *hasjrel}
    is_for_checkers, runs_on = False, 0
    names: tuple[str, ...] = ()
    for one in get_instructions(code):
        if one.offset < runs_on:
            continue
        if one.opname == "LOAD_CONST" and isinstance(one.argval, tuple):
            names = one.argval
        elif one.opname == "LOAD_NAME":
            is_for_checkers = one.argval == "TYPE_CHECKING"
        elif is_for_checkers and one.opcode in jumps:
            is_for_checkers, runs_on = False, one.argval
        elif one.opname == "IMPORT_NAME":
            yield one.argval
            yield from (f"{one.argval}.{name}" for name in names)
            names = ()


def _patterns() -> tuple[int, bytes, bytes]:
    from importlib import import_module

    from steersman.runtime import patterns

    for name in _WITH_PATTERNS:
        import_module(name)
    own = {one: patterns.code_of(*one) for one in sorted(patterns.asked, key=repr)}
    return patterns.matcher_version(), dumps(own), dumps(import_module("steersman.go.regexp.usual").kept())


def _modules() -> "Iterator[tuple[str, str]]":
    """Yield the name and the source of each module of this package."""
    for folder, folders, files in os.walk(_PACKAGE):
        folders.sort()
        package = "steersman" + folder[len(_PACKAGE) :].replace(os.sep, ".")
        for file in sorted(files):
            if file == "__init__.py":
                yield package, os.path.join(folder, file)
            elif file.endswith(".py"):
                yield f"{package}.{file[:-3]}", os.path.join(folder, file)


def _standard() -> "Iterator[tuple[str, str]]":
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
