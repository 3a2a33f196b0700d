"""The lists of built-in kinds that merge item by item, and their keys.

The table (``merge_types``) is client-go's; a live test compares it with a server's. Answers to the struct tags of
``k8s.io/api``.
"""

from __future__ import annotations

from steersman.kube.merge_types import TYPES
from steersman.record import Record

# the groups whose kinds client-go knows by type; kinds of all others are custom to it
_GROUPS = frozenset(
    (
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    )
)


class FieldRule(Record):
    """The merge rule of one field: the type inside (``map`` for a map), the strategy, the key of list items."""

    type: str = ""
    strategy: str = ""
    key: str = ""


def type_of_kind(api_version: str, kind: str) -> str:
    """Return the type's name for a built-in kind, ``""`` for any other."""
    group, _slash, version = api_version.rpartition("/")
    if group not in _GROUPS:
        return ""
    name = f"{group.partition('.')[0] or 'core'}.{version}.{kind}"
    return name if "metadata" in fields_of_type(name) else ""


def fields_of_type(name: str) -> dict[str, FieldRule]:
    """Return the rules of a type's fields that hold structs, lists or maps."""
    rules = {}
    for field in _line(name).split():
        field_name, _equals, rule = field.partition("=")
        rules[field_name] = FieldRule(*rule.split(":"))
    return rules


def _line(name: str) -> str:
    if not name:
        return ""
    start = TYPES.find(f"\n{name}  ")
    if start < 0:
        return ""
    start += len(name) + 3
    return TYPES[start : TYPES.index("\n", start)]
