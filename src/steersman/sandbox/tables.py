"""Objects as the tables that kubectl asks for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Row = Callable[[dict[str, Any]], list[Any]]


def _age(value: dict[str, Any]) -> str:
    import calendar
    import time

    created = value["metadata"].get("creationTimestamp", "")
    try:
        seconds = int(time.time() - calendar.timegm(time.strptime(created, "%Y-%m-%dT%H:%M:%SZ")))
    except ValueError:
        return "<unknown>"
    if seconds < 120:
        return f"{max(seconds, 0)}s"
    if seconds < 7200:
        return f"{seconds // 60}m"
    if seconds < 172_800:
        return f"{seconds // 3600}h"
    return f"{seconds // 86400}d"


def _status(value: dict[str, Any], name: str, default: Any = 0) -> Any:
    return (value.get("status") or {}).get(name, default)


def _spec(value: dict[str, Any], name: str, default: Any = 0) -> Any:
    return (value.get("spec") or {}).get(name, default)


def _pod(value: dict[str, Any]) -> list[Any]:
    containers = _spec(value, "containers", [])
    ready = sum(1 for c in _status(value, "containerStatuses", []) if c.get("ready"))
    phase = _status(value, "phase", "Pending")
    shown = "Completed" if phase == "Succeeded" else "Error" if phase == "Failed" else phase
    if value["metadata"].get("deletionTimestamp"):
        shown = "Terminating"
    return [f"{ready}/{len(containers)}", shown, 0, _age(value)]


def _service(value: dict[str, Any]) -> list[Any]:
    ports = []
    for port in _spec(value, "ports", []):
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        ports.append(f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}")
    return [
        _spec(value, "type", "ClusterIP"),
        _spec(value, "clusterIP", "None"),
        "<none>",
        ",".join(ports) or "<none>",
        _age(value),
    ]


_COLUMNS: dict[str, tuple[tuple[str, ...], Row]] = {
    "Pod": (("Ready", "Status", "Restarts", "Age"), _pod),
    "Service": (("Type", "Cluster-IP", "External-IP", "Port(s)", "Age"), _service),
    "Deployment": (
        ("Ready", "Up-to-date", "Available", "Age"),
        lambda v: [
            f"{_status(v, 'readyReplicas')}/{_spec(v, 'replicas', 1)}",
            _status(v, "updatedReplicas"),
            _status(v, "availableReplicas"),
            _age(v),
        ],
    ),
    "ReplicaSet": (
        ("Desired", "Current", "Ready", "Age"),
        lambda v: [_spec(v, "replicas", 1), _status(v, "replicas"), _status(v, "readyReplicas"), _age(v)],
    ),
    "StatefulSet": (
        ("Ready", "Age"),
        lambda v: [f"{_status(v, 'readyReplicas')}/{_spec(v, 'replicas', 1)}", _age(v)],
    ),
    "Job": (
        ("Status", "Completions", "Duration", "Age"),
        lambda v: [
            "Complete" if _status(v, "succeeded") else "Running",
            f"{_status(v, 'succeeded')}/{_spec(v, 'completions', 1)}",
            "",
            _age(v),
        ],
    ),
    "Namespace": (("Status", "Age"), lambda v: [_status(v, "phase", "Active"), _age(v)]),
    "ConfigMap": (("Data", "Age"), lambda v: [len(v.get("data") or {}) + len(v.get("binaryData") or {}), _age(v)]),
    "Secret": (("Type", "Data", "Age"), lambda v: [v.get("type", ""), len(v.get("data") or {}), _age(v)]),
}


def table(kind: str, items: list[dict[str, Any]], revision: str, include: str) -> dict[str, Any]:
    """Return a ``Table`` of objects; ``include`` selects the part of each: ``Metadata``, ``Object`` or ``None``."""
    columns, row = _COLUMNS.get(kind, (("Age",), lambda v: [_age(v)]))
    definitions = [{"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0}]
    definitions += [{"name": c, "type": "string", "format": "", "description": "", "priority": 0} for c in columns]
    rows = []
    for item in items:
        one: dict[str, Any] = {"cells": [item["metadata"]["name"], *row(item)]}
        if include == "Object":
            one["object"] = item
        elif include != "None":
            one["object"] = {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": item["metadata"],
            }
        rows.append(one)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": revision},
        "columnDefinitions": definitions,
        "rows": rows,
    }
