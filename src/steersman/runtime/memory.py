"""A bound on the memory of a render: a chart that is not trusted cannot take the machine's."""

from __future__ import annotations

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any, TypeVar

    T = TypeVar("T")

MOST_MEMORY = 4 * 1024 * 1024 * 1024  # bytes of address space; the largest real chart needs a fortieth of it


class BoundedMemory:
    """While entered, the process may not have more than ``MOST_MEMORY``; what asks for more fails with a clear error.

    Other programs would have the same bound: they are started by way of ``outside``. A lower limit of the user's stays.
    """

    def __init__(self) -> None:
        self._before: tuple[int, int] | None = None

    def outside(self, call: Callable[..., T]) -> Callable[..., T]:
        """Return ``call`` so that it runs without the bound."""

        def run(*arguments: Any) -> T:
            self._lift()
            try:
                return call(*arguments)
            finally:
                self.__enter__()

        return run

    def _lift(self) -> None:
        if self._before is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, self._before)
            self._before = None

    def __enter__(self) -> None:
        try:
            import resource
        except ImportError:
            return  # not a Unix system
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if soft == resource.RLIM_INFINITY or soft > MOST_MEMORY:
            self._before = (soft, hard)
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, hard))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lift()
        if isinstance(error, MemoryError):
            raise errors.ChartError(f"the chart needs more than {MOST_MEMORY >> 20} MiB of memory") from None
