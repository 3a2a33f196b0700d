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

import steersman
from steersman.library import charts
from steersman.library.client import Client as _Client
from steersman.library.events import Cancellation, cancellable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Coroutine, Mapping
    from types import TracebackType
    from typing import Any, Concatenate, ParamSpec, TypeVar

    from steersman import ApiError as ApiError
    from steersman import AuthError as AuthError
    from steersman import Cause as Cause
    from steersman import Chart as Chart
    from steersman import ChartError as ChartError
    from steersman import CheckFinding as CheckFinding
    from steersman import CheckReport as CheckReport
    from steersman import ClusterError as ClusterError
    from steersman import Error as Error
    from steersman import Event as Event
    from steersman import Explanation as Explanation
    from steersman import Finding as Finding
    from steersman import Hook as Hook
    from steersman import HookLog as HookLog
    from steersman import Interrupted as Interrupted
    from steersman import Manifest as Manifest
    from steersman import ManifestError as ManifestError
    from steersman import Place as Place
    from steersman import Release as Release
    from steersman import ReleaseError as ReleaseError
    from steersman import Rendered as Rendered
    from steersman import RepoError as RepoError
    from steersman import SchemaError as SchemaError
    from steersman import ServerWarning as ServerWarning
    from steersman import Status as Status
    from steersman import TemplateError as TemplateError
    from steersman import TransportError as TransportError
    from steersman import Unready as Unready
    from steersman import UnusedValue as UnusedValue
    from steersman import UsageError as UsageError
    from steersman import ValuesError as ValuesError
    from steersman import Violation as Violation
    from steersman import Waiting as Waiting
    from steersman import WaitTimeout as WaitTimeout

    P = ParamSpec("P")
    T = TypeVar("T")

__all__ = [
    "ApiError",
    "AuthError",
    "Cancellation",
    "Cause",
    "Chart",
    "ChartError",
    "CheckFinding",
    "CheckReport",
    "Client",
    "ClusterError",
    "Error",
    "Event",
    "Explanation",
    "Finding",
    "Hook",
    "HookLog",
    "Interrupted",
    "Manifest",
    "ManifestError",
    "Place",
    "Release",
    "ReleaseError",
    "Rendered",
    "RepoError",
    "SchemaError",
    "ServerWarning",
    "Status",
    "TemplateError",
    "TransportError",
    "Unready",
    "UnusedValue",
    "UsageError",
    "ValuesError",
    "Violation",
    "WaitTimeout",
    "Waiting",
    "check",
    "lint",
    "load",
    "package",
    "pull",
    "push",
    "render",
    "replay",
    "show",
]


def __getattr__(name: str) -> Any:
    """Return a name of the library that needs no await: errors, events, results."""
    if name not in __all__:
        raise AttributeError(f"module 'steersman.aio' has no attribute {name!r}")
    return getattr(steersman, name)


def __dir__() -> list[str]:
    return __all__


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
