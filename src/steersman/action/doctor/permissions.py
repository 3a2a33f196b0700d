"""Permissions of this user in the namespace: for records, for leases, for waiting, for usual objects."""

from __future__ import annotations

from steersman.action.doctor.finding import ERROR, NOTE, OK, WARNING, Finding
from steersman.errors import SteerError
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.doctor.subject import Subject

_PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class _Need(Record):
    """Verbs on a resource (``group/resource`` or ``resource/subresource``), and what is missing without them."""

    resource: str
    verbs: str
    level: str
    without: str
    group: str = ""


def _needs(driver: str) -> Iterator[_Need]:
    records = "configmaps" if driver.startswith("configmap") else "secrets"
    if driver not in ("sql", "memory"):
        yield _Need(records, "get list", ERROR, "releases cannot be listed or read")
        yield _Need(records, "create update delete", ERROR, "releases cannot be installed, upgraded or uninstalled")
    yield _Need(
        "leases",
        "get create update delete",
        WARNING,
        "two clients may change one release at once",
        "coordination.k8s.io",
    )
    for resource, group in (("configmaps", ""), ("services", ""), ("deployments", "apps"), ("jobs", "batch")):
        yield _Need(resource, "get create patch delete", WARNING, f"charts with {resource} cannot be installed", group)
    yield _Need("pods", "get list watch", WARNING, "waiting does not see why pods fail")
    yield _Need("pods/log", "get", NOTE, "logs of tests and failed hooks are not shown")
    yield _Need("events", "list", NOTE, "failed waits are explained without events")


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what this user may not do in the namespace that commands use."""
    from steersman.runtime.parallel import run_all

    if subject.config.is_detached:
        return
    needs = list(_needs(subject.config.surroundings.driver))
    asked = [(need, verb) for need in needs for verb in need.verbs.split()]
    answers = run_all(lambda one: _may(subject, *one), asked)
    error = next((answer for answer in answers if isinstance(answer, SteerError)), None)
    if error is not None:
        yield Finding("permissions", WARNING, f"the cluster does not say what this user may do: {error}")
        return
    refused: dict[str, list[str]] = {}
    by_need: dict[str, _Need] = {}
    for (need, verb), may in zip(asked, answers):
        if may is False:
            refused.setdefault(need.resource, []).append(verb)
            by_need.setdefault(need.resource, need)
    for resource, verbs in refused.items():
        need = by_need[resource]
        name = f"{resource}.{need.group}" if need.group else resource
        yield Finding(
            "permissions",
            need.level,
            f"may not {', '.join(verbs)} {name} in namespace {subject.namespace}: {need.without}",
            "Ask for a Role with these verbs, or choose another namespace or context.",
        )
    if not refused:
        yield Finding("permissions", OK, f"everything that a release needs in namespace {subject.namespace}")


def _may(subject: Subject, need: _Need, verb: str) -> bool:
    resource, _slash, part = need.resource.partition("/")
    about = {
        "namespace": subject.namespace,
        "verb": verb,
        "group": need.group,
        "resource": resource,
        "subresource": part,
    }
    answer = subject.config.client.call(
        "POST",
        _PATH,
        body={
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {key: value for key, value in about.items() if value}},
        },
    )
    return bool((answer.get("status") or {}).get("allowed"))
