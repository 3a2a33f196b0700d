"""The mistakes in objects that a server refuses, with its messages: functions from an object to causes.

Answers to ``k8s.io/kubernetes/pkg/apis``: a module for each part of objects, a function for each kind. The tests
compare the messages with those that a real server gave (``tests/sandbox/mistakes.json``).
"""

from __future__ import annotations

from steersman.kube.validation.run import mistakes as mistakes
