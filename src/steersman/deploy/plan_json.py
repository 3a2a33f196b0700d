"""A plan as JSON and back, without loss: what is read is equal to what was written.

Fields that have their default are left out. The text holds everything that the plan writes, the contents of Secrets
included.
"""

from __future__ import annotations

import json

from steersman.deploy.decide import Method
from steersman.deploy.plan import (
    Delete,
    DeleteCreated,
    Failure,
    FindDeployed,
    KeepRecord,
    Log,
    Look,
    Operation,
    Plan,
    RunHook,
    Stage,
    SupersedeDeployed,
    Undo,
    Wait,
    Write,
)
from steersman.errors import UsageError
from steersman.kube.objects import ResourceType, Target
from steersman.record import Factory, Record, replace
from steersman.release.codec import release_from_dict, release_to_dict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from steersman.release.model import Release

    R = TypeVar("R", bound=Record)
    Form = tuple[Callable[[Any], Any], Callable[[Any], Any]]

FORMAT = "steersman.plan/v1"

# The name of an operation in JSON -> its class.
OPERATIONS: dict[str, type[Operation]] = {
    "look": Look,
    "write": Write,
    "delete": Delete,
    "delete-created": DeleteCreated,
    "hook": RunHook,
    "wait": Wait,
    "record": KeepRecord,
    "find-deployed": FindDeployed,
    "supersede-deployed": SupersedeDeployed,
    "log": Log,
    "undo": Undo,
}
_NAMES = {kind: name for name, kind in OPERATIONS.items()}


def plan_to_json(plan: Plan) -> str:
    """Return ``plan`` as JSON."""
    return json.dumps({"format": FORMAT, **_encode(plan)}, indent=1, ensure_ascii=False)


def plan_from_json(text: str) -> Plan:
    """Read a plan.

    Raises:
        UsageError: when the text is not a plan of this format.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
            raise ValueError(f"the format is not {FORMAT}")
        return _decode(Plan, document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(f"not a plan: {error}") from error


def _encode(record: Record) -> dict[str, Any]:
    forms = _FORMS.get(type(record), {})
    out: dict[str, Any] = {}
    for field in record.__fields__:
        value = getattr(record, field)
        if field not in record.__defaults__ or value != _default(record, field):
            out[_wire_name(field)] = forms[field][0](value) if field in forms else value
    return out


def _decode(kind: type[R], document: dict[str, Any]) -> R:
    forms = _FORMS.get(kind, {})
    known = {_wire_name(field): field for field in kind.__fields__}
    unknown = document.keys() - known.keys()
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {min(unknown)!r}")
    fields = {known[name]: value for name, value in document.items()}
    return kind(**{field: forms[field][1](value) if field in forms else value for field, value in fields.items()})


def _default(record: Record, field: str) -> Any:
    default = record.__defaults__[field]
    return default.make() if isinstance(default, Factory) else default


def _wire_name(field: str) -> str:
    first, *others = field.split("_")
    return first + "".join(map(str.capitalize, others))


def _encode_operation(operation: Operation) -> dict[str, Any]:
    return {"operation": _NAMES[type(operation)], **_encode(operation)}


def _decode_operation(document: dict[str, Any]) -> Operation:
    fields = dict(document)
    name = fields.pop("operation", None)
    if name not in OPERATIONS:
        raise ValueError(f"no operation is called {name!r}")
    return _decode(OPERATIONS[name], fields)


def _encode_release(release: Release) -> dict[str, Any]:
    # the record leaves out empty values, and keeps labels elsewhere
    return {**release_to_dict(release), "config": release.config, "labels": release.labels}


def _decode_release(document: dict[str, Any]) -> Release:
    return replace(release_from_dict(document), labels=document["labels"])


def _of(kind: type[Record]) -> Form:
    return _encode, lambda document: _decode(kind, document)


def _all(form: Form) -> Form:
    encode, decode = form
    return (lambda values: [encode(value) for value in values], lambda items: tuple(map(decode, items)))


def _optional(form: Form) -> Form:
    encode, decode = form
    return (
        lambda value: None if value is None else encode(value),
        lambda item: None if item is None else decode(item),
    )


_TEXTS: Form = (list, tuple)
_RELEASE: Form = (_encode_release, _decode_release)
_OPERATION: Form = (_encode_operation, _decode_operation)

# Fields that are not JSON as they are: how they are written and read.
_FORMS: dict[type[Record], dict[str, Form]] = {
    Plan: {"release": _RELEASE, "revisions": _all(_RELEASE), "stages": _all(_of(Stage))},
    Stage: {"operations": _all(_OPERATION), "failure": _of(Failure), "method": _optional(_of(Method))},
    Failure: {
        "then": _all(_OPERATION),
        "interrupted": _optional(_all(_OPERATION)),
        "existing": _optional(_all(_OPERATION)),
    },
    Write: {"target": _of(Target)},
    Delete: {"target": _of(Target)},
    RunHook: {"delete_policies": _TEXTS},
    Target: {"resource": _of(ResourceType)},
    ResourceType: {"verbs": _TEXTS},
}
