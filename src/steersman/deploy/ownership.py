"""Whose is an object: the label and the annotations by which a release knows its own.

Decide which live objects a release may adopt, and which belong to another release. Answers
to Helm's ``pkg/action/validate.go``.
"""

from __future__ import annotations

from steersman.errors import ClusterError
from steersman.kube.objects import annotations_of, labels_of, nested, stamped
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from steersman.kube.look import Found
    from steersman.kube.objects import Target

MANAGED_BY = "app.kubernetes.io/managed-by"
HELM = "Helm"
RELEASE_NAME = "meta.helm.sh/release-name"
RELEASE_NAMESPACE = "meta.helm.sh/release-namespace"


class NotOurs(ClusterError):
    """A live object that another owner has.

    Attributes:
        where: the object, as Helm names it.
        problems: what its labels and annotations lack.
        release, namespace: the release that owns it, as its annotations say; ``""`` where none does.
    """

    def __init__(self, where: str, problems: str, release: str, namespace: str) -> None:
        super().__init__()
        self.where = where
        self.problems = problems
        self.release = release
        self.namespace = namespace

    def __str__(self) -> str:
        return f"{self.where} exists and cannot be imported into the current release: {self.problems}"


class Sorted(Record):
    """Live objects by owner: ours, others', and those that could not be looked at."""

    owned: tuple[Target, ...]
    foreign: tuple[Target, ...]
    unknown: tuple[tuple[Target, Exception], ...]


def describe(target: Target) -> str:
    """Name an object as Helm does: ``ConfigMap "x" in namespace "y"``."""
    return f'{target.kind} "{target.name}" in namespace "{target.namespace}"'


def stamp_all(targets: Sequence[Target], release: str, namespace: str) -> list[Target]:
    """Return the targets with the owner's label and annotations on them."""
    annotations = {RELEASE_NAME: release, RELEASE_NAMESPACE: namespace}
    return [stamped(target, {MANAGED_BY: HELM}, annotations) for target in targets]


def adoptable(
    targets: Sequence[Target], live: Found, release: str, namespace: str, *, take_ownership: bool
) -> list[Target]:
    """Return those of ``targets`` that exist and may be taken over.

    Raises:
        NotOurs: when one exists and belongs to another release, unless ``take_ownership``.
        ClusterError: when one could not be looked at.
    """
    found: list[Target] = []
    for target in targets:
        generated = nested(target.object, "metadata", "generateName")
        if generated:
            if target.name:
                raise ClusterError("metadata.name and metadata.generateName cannot both be set")
            continue
        content = live.get(target.key)
        if content is None:
            continue
        if isinstance(content, Exception):
            message = f"could not get information about the resource {describe(target)}: {content}"
            raise ClusterError(message) from content
        if not take_ownership:
            problems = ownership_problems(content, release, namespace)
            if problems:
                owner = annotations_of(content)
                raise NotOurs(describe(target), problems, owner.get(RELEASE_NAME, ""), owner.get(RELEASE_NAMESPACE, ""))
        found.append(target)
    return found


def sort_by_owner(targets: Sequence[Target], live: Found, release: str, namespace: str) -> Sorted:
    """Split what is live of ``targets`` by owner, as an uninstall must before it deletes."""
    owned: list[Target] = []
    foreign: list[Target] = []
    unknown: list[tuple[Target, Exception]] = []
    for target in targets:
        content = live.get(target.key)
        if content is None:
            continue
        if isinstance(content, Exception):
            unknown.append((target, content))
        elif ownership_problems(content, release, namespace):
            foreign.append(target)
        else:
            owned.append(target)
    return Sorted(tuple(owned), tuple(foreign), tuple(unknown))


def ownership_problems(content: dict[str, Any], release: str, namespace: str) -> str:
    """Say what keeps an object from being the release's; ``""`` when it is."""
    labels, annotations = labels_of(content), annotations_of(content)
    problems = [
        _problem("label", labels, MANAGED_BY, HELM),
        _problem("annotation", annotations, RELEASE_NAME, release),
        _problem("annotation", annotations, RELEASE_NAMESPACE, namespace),
    ]
    text = "; ".join(filter(None, problems))
    return f"invalid ownership metadata; {text}" if text else ""


def _problem(what: str, values: Mapping[str, str], key: str, wanted: str) -> str:
    if key not in values:
        return f'{what} validation error: missing key "{key}": must be set to "{wanted}"'
    if values[key] != wanted:
        return f'{what} validation error: key "{key}" must equal "{wanted}": current value is "{values[key]}"'
    return ""
