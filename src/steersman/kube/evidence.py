"""Reasons why objects are not ready, beyond their status: conditions, containers, events.

Used only when a wait has failed. Objects that the user may not read are left out. Helm has
nothing like it.
"""

from __future__ import annotations

from steersman.errors import SteerError, Unready
from steersman.kube.objects import EVENTS, PODS, nested
from steersman.kube.selectors import selector_text
from steersman.kube.status.result import conditions, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from steersman.kube.client import ApiClient
    from steersman.kube.objects import Target
    from steersman.kube.status.result import Status

_OBJECTS = 5  # objects looked into
_PODS = 3  # pods of each
_EVENTS = 3  # events of each object or pod
_LOG_LINES = 5  # last lines of a log
_LONGEST = 200  # characters of one message
_GOOD_WHEN_FALSE = ("ReplicaFailure", "Failed", "Stalled", "Reconciling", "Suspended", "DisruptionTarget")


def evidence(
    client: ApiClient, targets: Sequence[Target], *, with_logs: bool = False
) -> dict[tuple[str, str, str, str], tuple[str, ...]]:
    """Return lines about what keeps each of ``targets`` from being ready, by key, as far as anything can be learned.

    Args:
        with_logs: also the last lines that containers wrote which have ended badly.
    """
    found: dict[tuple[str, str, str, str], tuple[str, ...]] = {}
    for target in targets[:_OBJECTS]:
        lines = tuple(dict.fromkeys(_about(client, target, with_logs=with_logs)))
        if lines:
            found[target.key] = lines
    return found


def evidence_text(targets: Sequence[Target], found: Mapping[tuple[str, str, str, str], tuple[str, ...]]) -> str:
    """Return what ``evidence`` has found as text; ``""`` where that is nothing."""
    lines: list[str] = []
    for target in targets[:_OBJECTS]:
        if target.key in found:
            lines += [f"{target.kind}/{target.name}:", *(f"  {line}" for line in found[target.key])]
    if lines and len(targets) > _OBJECTS:
        lines.append(f"… and {len(targets) - _OBJECTS} more")
    return "\n".join(lines)


def unready(
    statuses: Sequence[tuple[Target, Status]], found: Mapping[tuple[str, str, str, str], tuple[str, ...]]
) -> tuple[Unready, ...]:
    """Return objects with their statuses, and what ``evidence`` has found, as an error holds them."""
    return tuple(
        Unready(
            f"{target.kind}/{target.name}", target.namespace, status.word, status.message, found.get(target.key, ())
        )
        for target, status in statuses
    )


def _about(client: ApiClient, target: Target, *, with_logs: bool) -> Iterator[str]:
    try:
        content = client.get(target.resource, target.namespace, target.name)
    except SteerError as error:
        yield _short(str(error))
        return
    yield from _conditions(content)
    if target.kind == "Pod":
        yield from _containers(content)
        if with_logs:
            yield from _logs(client, content)
    yield from _events(client, content)
    selector = nested(content, "spec", "selector")
    if target.kind == "Pod" or target.resource.group not in ("apps", "batch") or not isinstance(selector, dict):
        return
    try:
        pods = client.list(PODS, target.namespace, labels=selector_text(selector))["items"]
    except SteerError:
        return  # who may not see pods is told what the object itself says
    waiting = [pod for pod in pods if not any(_is(c, "Ready", "True") for c in conditions(pod))]
    for pod in waiting[:_PODS]:
        name = text(pod, "metadata", "name")
        about = [*_conditions(pod), *_containers(pod), *_events(client, pod)]
        about += _logs(client, pod) if with_logs else []
        yield from (f"Pod/{name}: {line}" for line in about or [f"phase {text(pod, 'status', 'phase')}"])


def _conditions(content: dict[str, Any]) -> Iterator[str]:
    for condition in conditions(content):
        name, word = str(condition.get("type")), str(condition.get("status"))
        is_bad = word == ("True" if name in _GOOD_WHEN_FALSE else "False") or word == "Unknown"
        said = ": ".join(str(condition[key]) for key in ("reason", "message") if condition.get(key))
        if is_bad and said:
            yield _short(f"{name}={word}: {said}")


def _containers(pod: dict[str, Any]) -> Iterator[str]:
    for part in ("initContainerStatuses", "containerStatuses"):
        for status in nested(pod, "status", part) or ():
            for word in ("waiting", "terminated"):
                state = nested(status, "state", word)
                if not isinstance(state, dict):
                    continue
                said = ": ".join(str(state[key]) for key in ("reason", "message") if state.get(key))
                if word == "terminated":
                    said = f"exit code {state.get('exitCode')}{': ' if said else ''}{said}"
                restarts = f", restarted {status['restartCount']} times" if status.get("restartCount") else ""
                yield _short(f"container {status.get('name')} is {word}: {said}{restarts}")


def _logs(client: ApiClient, pod: dict[str, Any]) -> list[str]:
    """Return the last lines of containers that have ended badly."""
    from steersman.kube.logs import last_lines

    namespace, name = text(pod, "metadata", "namespace"), text(pod, "metadata", "name")
    found: list[str] = []
    for part in ("initContainerStatuses", "containerStatuses"):
        for status in nested(pod, "status", part) or ():
            ends = (nested(status, state, "terminated") for state in ("state", "lastState"))
            if not any(isinstance(end, dict) and end.get("exitCode") for end in ends):
                continue
            container = str(status.get("name"))
            try:
                lines = last_lines(client, namespace, name, container, _LOG_LINES)
            except SteerError:
                continue  # who may not see logs does without
            found += [_short(f"container {container} wrote: {line}") for line in lines if line.strip()]
    return found


def _events(client: ApiClient, content: dict[str, Any]) -> Iterator[str]:
    namespace, uid = text(content, "metadata", "namespace"), text(content, "metadata", "uid")
    fields = f"involvedObject.uid={uid},type=Warning"
    try:
        events = client.list(EVENTS, namespace or "default", fields=fields, limit=50, pages=1)["items"]
    except SteerError:
        return  # who may not see events does without
    for event in events[-_EVENTS:]:
        yield _short(f"event {event.get('reason')}: {event.get('message')}")


def _is(condition: dict[str, Any], name: str, word: str) -> bool:
    return condition.get("type") == name and condition.get("status") == word


def _short(line: str) -> str:
    # what others wrote must not steer a terminal
    line = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in " ".join(line.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
