"""Python's ``tarfile`` without what only its extracting to disk needs."""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Later(ModuleType):
    """Stands for a module that is loaded when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        from importlib import import_module

        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def load_tarfile() -> None:
    """Load ``tarfile``: its ``shutil``, which takes longer than itself, only when it is used."""
    if "tarfile" in sys.modules or "shutil" in sys.modules:
        return
    stand_in = _Later("shutil")
    sys.modules["shutil"] = stand_in
    try:
        import tarfile  # noqa: F401
    finally:
        if sys.modules.get("shutil") is stand_in:
            del sys.modules["shutil"]
