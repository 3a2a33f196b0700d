"""Errors of the sandbox as the API's Status objects."""

from __future__ import annotations

from steersman.errors import ClusterError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ApiRefusal(ClusterError):
    """A request that is answered with an error."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.details = details or {}

    def status(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": str(self),
            "reason": self.reason,
            "details": self.details,
            "code": self.code,
        }


def _named(plural: str, group: str) -> str:
    return f"{plural}.{group}" if group else plural


def not_found(plural: str, group: str, name: str) -> ApiRefusal:
    """The object is not there."""
    return ApiRefusal(
        404,
        "NotFound",
        f'{_named(plural, group)} "{name}" not found',
        {"name": name, "group": group, "kind": plural},
    )


def already_exists(plural: str, group: str, name: str) -> ApiRefusal:
    """An object of that name is there."""
    return ApiRefusal(
        409,
        "AlreadyExists",
        f'{_named(plural, group)} "{name}" already exists',
        {"name": name, "group": group, "kind": plural},
    )


def conflict(plural: str, group: str, name: str) -> ApiRefusal:
    """Another client has changed the object meanwhile."""
    return ApiRefusal(
        409,
        "Conflict",
        f'Operation cannot be fulfilled on {_named(plural, group)} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again",
        {"name": name, "group": group, "kind": plural},
    )


_REASONS = {
    "Required value": "FieldValueRequired",
    "Unsupported value": "FieldValueNotSupported",
    "Duplicate value": "FieldValueDuplicate",
    "Forbidden": "FieldValueForbidden",
    "Not found": "FieldValueNotFound",
    "Too long": "FieldValueTooLong",
}


def _reason(problem: str) -> str:
    return _REASONS.get(problem.partition(":")[0], "FieldValueInvalid")


def invalid(kind: str, group: str, name: str, problems: list[tuple[str, str]]) -> ApiRefusal:
    """The object breaks a rule; ``problems`` are pairs of a field and what is wrong with it."""
    named = _named(kind, group)
    # k8s: what two checks find is one problem in the message and two causes
    texts = list(dict.fromkeys(f"{field}: {problem}" for field, problem in problems))
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    causes = [{"reason": _reason(problem), "message": problem, "field": field} for field, problem in problems]
    return ApiRefusal(
        422,
        "Invalid",
        f'{named} "{name}" is invalid: {joined}',
        {"name": name, "group": group, "kind": kind, "causes": causes},
    )


def bad_request(message: str) -> ApiRefusal:
    """The request makes no sense."""
    return ApiRefusal(400, "BadRequest", message)
