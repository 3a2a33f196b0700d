"""Commands and flags of Helm's that this version does not have: the one place that knows.

A row leaves here together with the line in ``docs/compatibility.md`` when the thing is built.
"""

from __future__ import annotations

from steersman.errors import NotSupported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.flags import Flags

_COMMANDS = ("search hub",)
_FLAGS = ("post-renderer",)


def check_supported(path: str, flags: Flags) -> None:
    """Raise for a command, or a flag that is set, that does nothing here.

    Raises:
        NotSupported: naming it.
    """
    if path in _COMMANDS:
        raise NotSupported(f'the command "{path}" is')
    for name in _FLAGS:
        if name in flags and bool(flags[name]):
            raise NotSupported(f'the flag "--{name}" is')
