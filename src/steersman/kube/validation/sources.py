"""Fields of a pod, and resources of containers, that variables and files are made from."""

from __future__ import annotations

import re
from fractions import Fraction

from steersman.kube.validation.mistake import invalid, required, text, unsupported
from steersman.kube.validation.quantities import quantity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.kube.validation.mistake import Fields, Mistake, Place

# The fields that can be asked for at all; which of them depends on what is made of them.
_FIELDS = frozenset((
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
    "spec.restartPolicy", "spec.serviceAccountName", "spec.schedulerName", "status.phase", "status.hostIP",
    "status.hostIPs", "status.podIP", "status.podIPs", "spec.host",
))  # fmt: skip
_RESOURCES = (
    "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
    "requests.memory",
)  # fmt: skip
_DIVISORS = (Fraction(0), Fraction(1, 1000), Fraction(1))  # of cpu; k8s: 1 stands in for 0
_HUGE = ("limits.hugepages-", "requests.hugepages-")


def field_mistakes(source: Fields, place: Place, choices: tuple[str, ...]) -> Iterator[Mistake]:
    """Yield the mistake in a reference to a field of the pod."""
    where, path = place.field("fieldPath"), text(source, "fieldPath")
    if not path:
        yield required(where)
        return
    if re.fullmatch(r"metadata\.(labels|annotations)\['.*'\]", path, re.DOTALL):
        return
    if path not in _FIELDS:
        yield invalid(where, path, f"error converting fieldPath: field label not supported: {path}")
    elif path not in choices and path != "spec.host":
        yield unsupported(where, path, choices)


def resource_mistakes(source: Fields, place: Place, *, needs_container: bool) -> Iterator[Mistake]:
    """Yield the mistake in a reference to a resource of a container."""
    resource = text(source, "resource")
    if needs_container and not text(source, "containerName"):
        yield required(place.field("containerName"))
    elif not resource:
        yield required(place.field("resource"))
    elif resource not in _RESOURCES and not resource.startswith(_HUGE):
        yield unsupported(place.field("resource"), resource, _RESOURCES)
    divisor = source.get("divisor")
    if divisor is not None and resource.endswith(".cpu") and quantity(divisor) not in _DIVISORS:
        problem = "only divisor's values 1m and 1 are supported with the cpu resource"
        yield invalid(place.field("divisor"), resource, problem)
