"""Readiness of each kind: one row per rule."""

from __future__ import annotations

from typing import Any

import pytest

from steersman.kube.status import compute
from steersman.kube.status.job import completion_status
from steersman.kube.status.pod import hook_status


def obj(api_version: str, kind: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **parts}


def condition(kind: str, status: str, **more: str) -> dict[str, str]:
    return {"type": kind, "status": status, **more}


AVAILABLE = condition("Available", "True")
ROLLED_OUT = condition("Progressing", "True", reason="NewReplicaSetAvailable")
COUNTS = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}

ROWS = [
    (obj("v1", "ConfigMap"), "Current", "Resource is always ready"),
    (obj("example.com/v1", "Thing"), "Current", "Resource is current"),
    (
        obj("v1", "Thing", metadata={"deletionTimestamp": "2024-01-01T00:00:00Z"}),
        "Terminating",
        "scheduled for deletion",
    ),
    (
        obj("e.com/v1", "Thing", metadata={"generation": 2}, status={"observedGeneration": 1}),
        "InProgress",
        "Thing generation is 2, but latest observed generation is 1",
    ),
    (
        obj("e.com/v1", "Thing", status={"conditions": [condition("Ready", "False", message="soon")]}),
        "InProgress",
        "soon",
    ),
    (obj("e.com/v1", "Thing", status={"conditions": [condition("Stalled", "True", message="no")]}), "Failed", "no"),
    (obj("v1", "Service", spec={"type": "LoadBalancer"}), "InProgress", "ClusterIP not set"),
    (obj("v1", "Service", spec={"type": "ClusterIP"}), "Current", "Service is ready"),
    (obj("v1", "PersistentVolumeClaim", status={"phase": "Pending"}), "InProgress", "PVC is not Bound. phase: Pending"),
    (obj("v1", "PersistentVolumeClaim", status={"phase": "Bound"}), "Current", "PVC is Bound"),
    (obj("v1", "Pod"), "InProgress", "Pod phase not available"),
    (obj("v1", "Pod", status={"phase": "Failed"}), "Current", "not successfully"),
    (
        obj("v1", "Pod", status={"phase": "Running", "conditions": [condition("Ready", "True")]}),
        "Current",
        "Pod is Ready",
    ),
    (
        obj(
            "v1",
            "Pod",
            status={
                "phase": "Running",
                "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
            },
        ),
        "Failed",
        "Containers in CrashLoop state: c",
    ),
    (
        obj(
            "v1",
            "Pod",
            metadata={"creationTimestamp": "2020-01-01T00:00:00Z"},
            status={"phase": "Pending", "conditions": [condition("PodScheduled", "False", reason="Unschedulable")]},
        ),
        "Failed",
        "Pod could not be scheduled",
    ),
    (obj("apps/v1", "Deployment", spec={"replicas": 2}), "InProgress", "Replicas: 0/2"),
    (
        obj("apps/v1", "Deployment", spec={"replicas": 2}, status={**COUNTS, "availableReplicas": 1}),
        "InProgress",
        "Available: 1/2",
    ),
    (
        obj(
            "apps/v1",
            "Deployment",
            spec={"replicas": 2, "progressDeadlineSeconds": 600},
            status={**COUNTS, "conditions": [AVAILABLE]},
        ),
        "InProgress",
        "ReplicaSet not Available",
    ),
    (
        obj(
            "apps/v1",
            "Deployment",
            spec={"replicas": 2, "progressDeadlineSeconds": 600},
            status={**COUNTS, "conditions": [AVAILABLE, ROLLED_OUT]},
        ),
        "Current",
        "Deployment is available. Replicas: 2",
    ),
    (
        obj(
            "apps/v1",
            "Deployment",
            status={"conditions": [condition("Progressing", "False", reason="ProgressDeadlineExceeded")]},
        ),
        "Failed",
        "Progress deadline exceeded",
    ),
    (obj("apps/v1", "StatefulSet", spec={"updateStrategy": {"type": "OnDelete"}}), "Current", "ondelete"),
    (
        obj(
            "apps/v1",
            "StatefulSet",
            spec={"replicas": 1},
            status={"replicas": 1, "readyReplicas": 1, "currentReplicas": 1},
        ),
        "Current",
        "All replicas scheduled as expected. Replicas: 1",
    ),
    (
        obj(
            "apps/v1",
            "StatefulSet",
            spec={"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
            status={"replicas": 3, "readyReplicas": 3, "updatedReplicas": 1},
        ),
        "InProgress",
        "updated: 1/2",
    ),
    (obj("apps/v1", "DaemonSet"), "InProgress", "DaemonSet metadata.generation not found"),
    (
        obj(
            "apps/v1",
            "DaemonSet",
            metadata={"generation": 1},
            status={"observedGeneration": 1, "desiredNumberScheduled": 2, "currentNumberScheduled": 1},
        ),
        "InProgress",
        "Current: 1/2",
    ),
    (obj("apps/v1", "ReplicaSet", spec={"replicas": 1}), "InProgress", "Labelled: 0/1"),
    (obj("batch/v1", "Job"), "InProgress", "Job not started"),
    (
        obj("batch/v1", "Job", status={"startTime": "now", "active": 1}),
        "Current",
        "Job in progress. success:0, active: 1",
    ),
    (
        obj("batch/v1", "Job", status={"conditions": [condition("Failed", "True")], "failed": 2}),
        "Failed",
        "failed: 2/1",
    ),
    (
        obj(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            status={"conditions": [condition("Established", "True")]},
        ),
        "Current",
        "CRD is established",
    ),
    (obj("apiextensions.k8s.io/v1", "CustomResourceDefinition"), "InProgress", "Install in progress"),
    (obj("policy/v1", "PodDisruptionBudget"), "Current", "AllowedDisruptions has been computed."),
]


@pytest.mark.parametrize(("content", "word", "message"), ROWS)
def test_status_of_an_object(content: dict[str, Any], word: str, message: str) -> None:
    status = compute(content)
    assert status.word == word
    assert message in status.message


@pytest.mark.parametrize(
    ("phase", "word"),
    [("Succeeded", "Current"), ("Failed", "Failed"), ("Running", "InProgress"), ("Pending", "InProgress")],
)
def test_a_hook_pod_counts_when_it_has_ended(phase: str, word: str) -> None:
    assert hook_status(obj("v1", "Pod", status={"phase": phase})).word == word


def test_a_hook_job_counts_when_it_has_ended() -> None:
    running = obj("batch/v1", "Job", status={"startTime": "now", "active": 1})
    assert completion_status(running).word == "InProgress"
    done = obj("batch/v1", "Job", status={"conditions": [condition("Complete", "True")], "succeeded": 1})
    assert completion_status(done).message == "Job Completed. succeeded: 1/1"
