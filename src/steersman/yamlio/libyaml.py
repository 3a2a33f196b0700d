"""PyYAML's binding of libyaml, imported without the rest of PyYAML.

``import yaml`` costs 22 ms, nearly all of it for a pure Python parser and for classes
that are not needed here; the C parser alone costs 3. The modules that ``yaml._yaml``
asks for are stood in for while it is imported, and taken out again, so that a later
``import yaml`` by anybody still brings the whole package.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# module -> the names that yaml._yaml takes from it
_STAND_INS = {
    "reader": ("ReaderError",),
    "scanner": ("ScannerError",),
    "parser": ("ParserError",),
    "composer": ("ComposerError",),
    "constructor": ("ConstructorError",),
    "emitter": ("EmitterError",),
    "serializer": ("SerializerError",),
    "representer": ("RepresenterError",),
}


class _Loaded:
    """The few names that the event reader needs."""

    def __init__(self, parser: Any, errors: Any, events: Any, names: dict[str, type[Exception]]) -> None:
        self.parser = parser
        self.nests_deep = False
        self.error: type[Exception] = errors.YAMLError
        self.reader_error = names["ReaderError"]
        self.scanner_error = names["ScannerError"]
        self.events: Any = events


# The binding once it is imported: a module is imported once a process, and so is this part of one.
_loaded: list[_Loaded] = []


def load() -> _Loaded:
    """Return the C parser, its event classes and its error classes.

    Raises:
        ImportError: when PyYAML was built without libyaml.
    """
    if not _loaded:
        _loaded.append(_import())
    return _loaded[0]


def load_pure() -> _Loaded:
    """Return the parser in Python, which is slow, takes any depth and single quotes that are escaped."""
    import yaml

    from steersman.yamlio.deep_scanner import deep_loader

    escapes = {**yaml.SafeLoader.ESCAPE_REPLACEMENTS, "'": "'"}
    parser = deep_loader(yaml.SafeLoader, ESCAPE_REPLACEMENTS=escapes)
    loaded = _Loaded(parser, yaml.error, yaml.events, _names_of(yaml))
    loaded.nests_deep = True
    return loaded


def _names_of(yaml: Any) -> dict[str, type[Exception]]:
    return {n: getattr(getattr(yaml, m), n) for m, ns in _STAND_INS.items() for n in ns}


def _import() -> Any:
    if "yaml" in sys.modules:
        import yaml
        import yaml._yaml as binding

        whole = _names_of(yaml)
        return _Loaded(binding.CParser, yaml.error, yaml.events, whole)
    from importlib.machinery import PathFinder
    from types import ModuleType

    spec = PathFinder.find_spec("yaml")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("PyYAML is not installed")
    before = set(sys.modules)
    package = ModuleType("yaml")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["yaml"] = package
    try:
        import yaml.error as errors

        names: dict[str, type[Exception]] = {}
        for module, members in _STAND_INS.items():
            stand_in = ModuleType(f"yaml.{module}")
            for member in members:
                base = errors.YAMLError if member == "ReaderError" else errors.MarkedYAMLError
                if member == "ReaderError":
                    names[member] = type(member, (base,), {"__init__": _reader_error_init})
                else:
                    names[member] = type(member, (base,), {})
                setattr(stand_in, member, names[member])
            sys.modules[stand_in.__name__] = stand_in
            setattr(package, module, stand_in)
        import yaml.events as events
        import yaml.nodes
        import yaml.tokens
        import yaml._yaml as binding  # isort: skip

        return _Loaded(binding.CParser, errors, events, names)
    finally:
        for name in set(sys.modules) - before:
            if name == "yaml" or (name.startswith("yaml.") and name != "yaml._yaml"):
                del sys.modules[name]


def _reader_error_init(self: Any, name: object, position: int, character: object, encoding: str, reason: str) -> None:
    self.name, self.position, self.character, self.encoding, self.reason = name, position, character, encoding, reason
