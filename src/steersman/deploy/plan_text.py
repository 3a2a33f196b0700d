"""A plan as text for people: its stages, what each operation does, and what follows a failure."""

from __future__ import annotations

from steersman.deploy.plan import (
    COLLECT,
    DELETED,
    HOW_TO_WRITE,
    Delete,
    DeleteCreated,
    FindDeployed,
    KeepRecord,
    Log,
    Look,
    Operation,
    RunHook,
    SupersedeDeployed,
    Undo,
    Wait,
    Write,
    reference,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from steersman.deploy.plan import Failure, Plan

_MARGIN = "    "


def plan_text(plan: Plan) -> str:
    """Return ``plan`` as text that ends with a line break; contents of objects are not in it."""
    release = plan.release
    lines = [f"{plan.action} {release.name} in {release.namespace}, revision {release.revision}"]
    for stage in plan.stages:
        lines.append(f"{stage.id}:")
        if stage.refusal:
            lines.append(f"{_MARGIN}cannot be planned: {stage.refusal}")
        lines += [f"{_MARGIN}{operation.category:6}  {describe(operation)}" for operation in stage.operations]
        lines += [f"{_MARGIN}{line}" for line in _after(stage.failure)]
    return "\n".join(lines) + "\n"


def describe(operation: Operation) -> str:
    """Return in a few words what an operation does."""
    return _WORDS[type(operation)](operation)


def _after(failure: Failure) -> list[str]:
    lines = []
    end = ["continue"] if failure.end == COLLECT else []
    if failure.then or end:
        lines.append("if it fails: " + ", ".join([*(operation.id for operation in failure.then), *end]))
    if failure.interrupted and failure.interrupted != failure.then:
        lines.append("if it is interrupted: " + ", ".join(operation.id for operation in failure.interrupted))
    if failure.existing is not None:
        lines.append("if its objects exist already: continue")
    return lines


def _look(operation: Look) -> str:
    return "at live objects, to decide how they are written" if operation.rule == HOW_TO_WRITE else "whose objects are"


def _write(operation: Write) -> str:
    return " ".join(filter(None, (reference(operation.target), f"({operation.verb})" if operation.verb else "")))


def _delete(operation: Delete) -> str:
    return reference(operation.target) + (" unless it is to stay" if operation.may_stay else "")


def _hook(operation: RunHook) -> str:
    policies = ", ".join(operation.delete_policies)
    return f"{operation.kind}/{operation.name} (weight {operation.weight}, deleted by {policies})"


def _wait(operation: Wait) -> str:
    what = "until deleted objects are gone" if operation.condition == DELETED else "until objects are ready"
    jobs = " and Jobs have ended" if operation.with_jobs else ""
    return f"{what}{jobs} ({operation.strategy}, at most {operation.timeout:g} s)"


def _record(operation: KeepRecord) -> str:
    return " ".join(filter(None, (operation.verb, f"revision {operation.revision}", operation.status)))


_WORDS: dict[type[Operation], Callable[[Any], str]] = {
    Look: _look,
    Write: _write,
    Delete: _delete,
    DeleteCreated: lambda _operation: "objects that were created",
    RunHook: _hook,
    Wait: _wait,
    KeepRecord: _record,
    FindDeployed: lambda _operation: "find the deployed revisions",
    SupersedeDeployed: lambda _operation: "update the deployed revisions superseded",
    Log: lambda operation: f"{operation.level}: {operation.message}",
    Undo: lambda operation: f"by {operation.action}",
}
