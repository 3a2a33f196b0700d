"""``.Files``: a chart's other files, as templates see them. Answers to ``files`` in Helm's ``pkg/engine``."""

from __future__ import annotations

from steersman.go.values import StringList, TypedMap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import ClassVar

    from steersman.chart.model import ChartFile
    from steersman.go.values import Method


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _get(self: Files, name: str) -> str:
    return _text(dict.get(self, name, b""))


def _get_bytes(self: Files, name: str) -> bytes:
    data: bytes = dict.get(self, name, b"")
    return data


def _glob(self: Files, pattern: str) -> Files:
    from steersman.engine.glob import compile_glob

    matches = compile_glob(pattern)
    return Files({name: data for name, data in self.items() if matches(name)})


def _as_yaml(values: dict[str, str]) -> str:
    from steersman.yamlio import dump

    return dump(values).removesuffix("\n")


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] or "/"


def _as_config(self: Files) -> str:
    return _as_yaml({_base(name): _text(self[name]) for name in sorted(self)})


def _as_secrets(self: Files) -> str:
    from binascii import b2a_base64

    return _as_yaml({_base(name): b2a_base64(self[name], newline=False).decode() for name in sorted(self)})


def _lines(self: Files, name: str) -> StringList:
    data: bytes = dict.get(self, name, b"")
    return StringList(_text(data).removesuffix("\n").split("\n")) if data else StringList()


class NilBytes(bytes):
    """A ``[]byte`` that is nil: what a map of files has for a name that it does not have."""

    __slots__ = ()
    is_nil = True
    go_type = "[]uint8"
    go_kind = "slice"


class Files(TypedMap):
    """``engine.files``: names to bytes, with methods."""

    __slots__ = ()
    go_type = "engine.files"
    go_elem = "[]uint8"
    go_zero = NilBytes()
    go_methods: ClassVar[dict[str, Method]] = {
        "Get": (_get, "string -> string"),
        "GetBytes": (_get_bytes, "string -> bytes"),
        "Glob": (_glob, "string -> any"),
        "AsConfig": (_as_config, "-> string"),
        "AsSecrets": (_as_secrets, "-> string"),
        "Lines": (_lines, "string -> strings"),
    }


def of_chart(files: Iterable[ChartFile]) -> Files:
    """Return ``.Files`` for a chart's files."""
    return Files({f.name: f.data for f in files})
