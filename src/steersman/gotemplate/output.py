"""The output of a running template, up to a limit: a small template can ask for more than all memory."""

from __future__ import annotations

from steersman.go import errors as go_errors

MAX_OUTPUT = 512 * 1024 * 1024  # characters: the largest real chart writes six million
_CHECK_EVERY = 1 << 16  # pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[tuple[str, ...]], None]


class Output:
    """Collects pieces; compiled code calls ``write``."""

    __slots__ = ("_check_at", "_checked", "_pieces", "_size")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._check_at = _CHECK_EVERY
        self._checked = 0
        self._size = 0

    def write(self, pieces: tuple[str, ...]) -> None:
        """Add pieces.

        Raises:
            EvalError: when there are more characters than the limit.
        """
        self._pieces += pieces
        if len(self._pieces) > self._check_at:
            self._check()

    def _check(self) -> None:
        self._size += sum(map(len, self._pieces[self._checked :]))
        self._checked = len(self._pieces)
        self._check_at = self._checked + _CHECK_EVERY
        if self._size > MAX_OUTPUT:
            raise go_errors.EvalError(f"the template writes more than {MAX_OUTPUT} characters")

    def text(self) -> str:
        """Return all that was written.

        Raises:
            EvalError: when it is more than the limit.
        """
        self._check()
        return "".join(self._pieces)
