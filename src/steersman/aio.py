"""The library for asyncio: the same names and arguments, awaited.

    from steersman import aio

    async with aio.Client(namespace="shop") as client:
        await client.install("web", "./shop", wait=True)

Each operation runs in a thread of asyncio's pool. A task that is cancelled cancels the operation and ends when the
operation has: a release is left as after Ctrl-C at the command.
"""

from __future__ import annotations

import asyncio
from functools import partial, wraps
from typing import TYPE_CHECKING

from steersman.library import charts
from steersman.library.client import Client as _Client
from steersman.library.events import Cancellation, cancellable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Coroutine, Mapping
    from types import TracebackType
    from typing import Any, Concatenate, ParamSpec, TypeVar

    from steersman.library.events import Event

    P = ParamSpec("P")
    T = TypeVar("T")

__all__ = ["Client", "check", "lint", "load", "package", "pull", "push", "render", "replay"]


async def _in_thread(call: Callable[[], T]) -> T:
    cancel = Cancellation()

    def run() -> T:
        with cancellable(cancel):
            return call()

    task = asyncio.ensure_future(asyncio.to_thread(run))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        cancel.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # it is reported by the cancellation
        raise


def _function(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    @wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return await _in_thread(partial(function, *args, **kwargs))

    return call


def _method(method: Callable[Concatenate[_Client, P], T]) -> Callable[Concatenate[Client, P], Coroutine[Any, Any, T]]:
    @wraps(method)
    async def call(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await _in_thread(partial(method, self._client, *args, **kwargs))

    return call


load = _function(charts.load)
render = _function(charts.render)
replay = _function(charts.replay)
check = _function(charts.check)
lint = _function(charts.lint)
package = _function(charts.package)
pull = _function(charts.pull)
push = _function(charts.push)
show = _function(charts.show)


class Client:
    """``steersman.Client`` with operations that are awaited; it takes the same arguments."""

    def __init__(
        self,
        *,
        kubeconfig: str | os.PathLike[str] = "",
        context: str = "",
        namespace: str = "",
        storage: str = "",
        token: str = "",
        server: str = "",
        on_event: Callable[[Event], object] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._client = _Client(
            kubeconfig=kubeconfig,
            context=context,
            namespace=namespace,
            storage=storage,
            token=token,
            server=server,
            on_event=on_event,
            environ=environ,
        )

    @property
    def namespace(self) -> str:
        """The namespace of all releases."""
        return self._client.namespace

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Refuse further operations; those under way are finished."""
        self._client.close()

    install = _method(_Client.install)
    upgrade = _method(_Client.upgrade)
    rollback = _method(_Client.rollback)
    uninstall = _method(_Client.uninstall)
    test = _method(_Client.test)
    status = _method(_Client.status)
    get = _method(_Client.get)
    history = _method(_Client.history)
    list = _method(_Client.list)

    def __repr__(self) -> str:
        return f"<aio.Client of namespace {self.namespace}>"
