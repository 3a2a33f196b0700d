"""steersman: a package manager for Kubernetes, compatible with Helm, as a library and as the command ``steer``.

    import steersman

    chart = steersman.load("./shop")
    print(chart.render({"replicas": 3}, name="web").text)

    with steersman.Client(namespace="shop") as client:
        client.install("web", chart, {"replicas": 3}, wait=True)

The names in ``__all__`` are the library; each is imported when it is first used. All other modules may change.
"""

from steersman.version import __version__ as __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.checking.findings import Finding as CheckFinding
    from steersman.checking.findings import Report as CheckReport
    from steersman.errors import AuthError as AuthError
    from steersman.errors import ChartError as ChartError
    from steersman.errors import ClusterError as ClusterError
    from steersman.errors import Interrupted as Interrupted
    from steersman.errors import ManifestError as ManifestError
    from steersman.errors import ReleaseError as ReleaseError
    from steersman.errors import RepoError as RepoError
    from steersman.errors import SteerError as Error
    from steersman.errors import TransportError as TransportError
    from steersman.errors import Unready as Unready
    from steersman.errors import UsageError as UsageError
    from steersman.errors import ValuesError as ValuesError
    from steersman.errors import Violation as Violation
    from steersman.errors import WaitTimeout as WaitTimeout
    from steersman.kube.errors import ApiError as ApiError
    from steersman.kube.errors import Cause as Cause
    from steersman.library.charts import Chart as Chart
    from steersman.library.charts import check as check
    from steersman.library.charts import lint as lint
    from steersman.library.charts import load as load
    from steersman.library.charts import package as package
    from steersman.library.charts import pull as pull
    from steersman.library.charts import push as push
    from steersman.library.charts import render as render
    from steersman.library.charts import replay as replay
    from steersman.library.charts import show as show
    from steersman.library.client import Client as Client
    from steersman.library.errors import Place as Place
    from steersman.library.errors import SchemaError as SchemaError
    from steersman.library.errors import TemplateError as TemplateError
    from steersman.library.events import Cancellation as Cancellation
    from steersman.library.events import Event as Event
    from steersman.library.events import Explanation as Explanation
    from steersman.library.events import HookLog as HookLog
    from steersman.library.events import ServerWarning as ServerWarning
    from steersman.library.events import Waiting as Waiting
    from steersman.library.releases import Release as Release
    from steersman.library.releases import Status as Status
    from steersman.library.rendered import Hook as Hook
    from steersman.library.rendered import Manifest as Manifest
    from steersman.library.rendered import Rendered as Rendered
    from steersman.library.rendered import UnusedValue as UnusedValue
    from steersman.linting.findings import Finding as Finding

# name -> the module that has it, and its name there if that is another one
_HOMES = {
    **dict.fromkeys(
        ("Chart", "check", "lint", "load", "package", "pull", "push", "render", "replay", "show"),
        "steersman.library.charts",
    ),
    **dict.fromkeys(("Hook", "Manifest", "Rendered", "UnusedValue"), "steersman.library.rendered"),
    **dict.fromkeys(("Release", "Status"), "steersman.library.releases"),
    **dict.fromkeys(("Place", "SchemaError", "TemplateError"), "steersman.library.errors"),
    **dict.fromkeys(
        ("Cancellation", "Event", "Explanation", "HookLog", "ServerWarning", "Waiting"), "steersman.library.events"
    ),
    **dict.fromkeys(
        (
            *("AuthError", "ChartError", "ClusterError", "Interrupted", "ManifestError", "ReleaseError", "RepoError"),
            *("TransportError", "Unready", "UsageError", "ValuesError", "Violation", "WaitTimeout"),
        ),
        "steersman.errors",
    ),
    "ApiError": "steersman.kube.errors",
    "aio": "steersman.aio",
    "Cause": "steersman.kube.errors",
    "CheckFinding": "steersman.checking.findings:Finding",
    "CheckReport": "steersman.checking.findings:Report",
    "Client": "steersman.library.client",
    "Error": "steersman.errors:SteerError",
    "Finding": "steersman.linting.findings",
}

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
    "__version__",
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


def __getattr__(name: str) -> "Any":
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'steersman' has no attribute {name!r}")
    from importlib import import_module

    module, _, other = home.partition(":")
    value: Any = import_module(module)
    if module != f"steersman.{name}":
        value = getattr(value, other or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
