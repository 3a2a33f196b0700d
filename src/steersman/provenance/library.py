"""The library for OpenPGP, rpgp, which the extra ``sign`` installs."""

from __future__ import annotations

from steersman.errors import NotSupported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

UNSUPPORTED = "UNSUPPORTED"  # the code of rpgp's errors about what it does not do


def openpgp() -> ModuleType:
    """Return rpgp.

    Raises:
        NotSupported: when the extra is not installed.
    """
    try:
        import openpgp as module
    except ImportError as error:
        raise MissingExtra() from error
    return module


class MissingExtra(NotSupported):
    """The library for signatures is not installed."""

    def __init__(self) -> None:
        super().__init__("signatures are")
        self.args = ("signatures need the library rpgp-py",)
        self.hint = "Install it with the extra: pip install 'steersman[sign]'"
