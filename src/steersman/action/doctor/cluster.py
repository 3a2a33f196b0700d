"""The cluster: whether it answers, its version, and APIs whose servers are away."""

from __future__ import annotations

from steersman.action.doctor.finding import ERROR, OK, WARNING, Finding
from steersman.errors import SteerError
from steersman.runtime.shell import shell_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.doctor.subject import Subject

_OLDEST = 3  # minor versions below the one that the program matches: what Helm supports


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield whether the cluster answers and what it serves."""
    import time

    config = subject.config
    began = time.monotonic()
    try:
        version = config.discovery.server_version()
        took = time.monotonic() - began
        config.discovery.api_versions()
        stale = config.discovery.stale()
    except SteerError as error:
        yield Finding("cluster", ERROR, f"the cluster does not answer: {error}", _advice(subject))
        return
    server = config.client.config.server
    yield Finding("cluster", OK, f"{server} is Kubernetes {version.git_version}, {took * 1000:.0f} ms away")
    wanted, minor = _minor(subject.kubernetes), _minor(version.git_version)
    if minor and not wanted - _OLDEST <= minor <= wanted + 1:
        yield Finding(
            "cluster",
            WARNING,
            f"this program is made for Kubernetes 1.{wanted - _OLDEST} to 1.{wanted}",
            "Most works with others too; check charts with 'template --kube-version'.",
        )
    for name in stale:
        yield Finding(
            "cluster",
            WARNING,
            f"the server of the API {name} does not answer",
            f"Run 'kubectl get apiservice' and mend or delete that of {name}.",
        )


def _minor(version: str) -> int:
    parts = version.lstrip("v").split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def _advice(subject: Subject) -> str:
    shell = shell_of(subject.config.surroundings.environ)
    return (
        "Check the network, a VPN, and the context: 'kubectl cluster-info'. To try charts without a cluster: "
        f"{shell.evaluated(f'{subject.program} sandbox up')}"
    )
