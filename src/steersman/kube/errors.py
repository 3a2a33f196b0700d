"""Errors of the API server, and of waiting, with client-go's messages."""

from __future__ import annotations

import json

from steersman.errors import ClusterError, Unready, WaitTimeout
from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


_GENERIC = {
    400: ("BadRequest", "the server rejected our request for an unknown reason"),
    401: ("Unauthorized", "the server has asked for the client to provide credentials"),
    404: ("NotFound", "the server could not find the requested resource"),
    405: ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
    409: ("Conflict", "the server reported a conflict"),
    422: ("Invalid", "the server rejected our request due to an error in our request"),
    429: (
        "TooManyRequests",
        "the server has received too many requests and has asked us to try again later",
    ),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: (
        "Timeout",
        "the server was unable to return a response in the time allotted, but may still be processing the request",
    ),
}


class Cause(Record):
    """One of the things that a server found wrong.

    Attributes:
        field: the path in the object (``spec.replicas``), ``""`` where it is about the whole.
        reason: the machine-readable reason (``FieldValueInvalid``, ``FieldManagerConflict`` …).
        message: for people.
    """

    field: str
    reason: str
    message: str


class ApiError(ClusterError):
    """The API server refused a request.

    Attributes:
        code: HTTP status.
        reason: the machine-readable reason (``NotFound``, ``Conflict``, …).
        details: the ``details`` of the server's ``Status``.
        causes: each thing that is wrong, where the server names several.
    """

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.details = details or {}

    @property
    def status(self) -> int:
        """The HTTP status; another name of ``code``."""
        return self.code

    @property
    def causes(self) -> tuple[Cause, ...]:
        return tuple(
            Cause(*(str(one.get(key) or "") for key in ("field", "reason", "message")))
            for one in self.details.get("causes") or ()
        )

    @property
    def is_not_found(self) -> bool:
        return self.code == 404 or self.reason == "NotFound"

    @property
    def is_conflict(self) -> bool:
        return self.reason == "Conflict"

    @property
    def is_already_exists(self) -> bool:
        return self.reason == "AlreadyExists"

    @property
    def is_forbidden(self) -> bool:
        return self.code == 403

    @property
    def is_too_large(self) -> bool:
        """Whether the object is larger than the server or its storage takes."""
        causes = self.details.get("causes") or ()
        if self.code == 413 or any(cause.get("reason") == "FieldValueTooLong" for cause in causes):
            return True
        # k8s: this refusal of etcd has neither a code nor a reason of its own
        return str(self).startswith("etcdserver: request is too large")

    @property
    def is_gone(self) -> bool:
        return self.code == 410


class NotReady(WaitTimeout):
    """Objects that did not get where they should in time, or failed for good.

    Attributes:
        lines: one sentence per object, as Helm words it.
    """

    def __init__(self, lines: Sequence[str], objects: Sequence[Unready] = (), *, detail: str = "") -> None:
        super().__init__(objects=objects, detail=detail)
        self.lines = tuple(lines)

    def __str__(self) -> str:
        return "\n".join(self.lines)


def error_from(code: int, body: bytes, content_type: str, method: str, what: str) -> ApiError:
    """Make an error of a refused request: the server's ``Status`` where it sent one."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict) and document.get("kind") == "Status" and document.get("status") == "Failure":
        given = document.get("code")
        return ApiError(
            given if isinstance(given, int) and given else code,
            document.get("reason") or "",
            document.get("message") or "",
            document.get("details"),
        )
    return generic_error(code, body, content_type, method, what)


def generic_error(code: int, body: bytes, content_type: str, method: str, what: str) -> ApiError:
    """Make an error from the status code alone, as client-go words it."""
    is_text = not content_type or content_type.startswith("text/")
    said = body[:2048].decode("utf-8", "replace").strip() if is_text else "unknown"
    if code in (403, 415):
        reason, message = ("Forbidden" if code == 403 else "UnsupportedMediaType"), said
    elif code in _GENERIC:
        reason, message = _GENERIC[code]
    elif code >= 500:
        escaped = json.dumps(said)
        reason, message = (
            "InternalError",
            f"an error on the server ({escaped}) has prevented the request from succeeding",
        )
    else:
        reason = ""
        message = f"the server responded with the status code {code} but did not return more information"
    return ApiError(code, reason, f"{message} ({method.lower()} {what})" if what else message)


class Unreachable(ClusterError):
    """A cluster that did not answer on the first contact, or to which there is no way at all."""


def unreachable(error: Exception) -> Unreachable:
    """Word an error met on the first contact with a cluster."""
    return Unreachable(f"kubernetes cluster unreachable: {error}")


def aggregate(errors: list[str]) -> str:
    """Return several messages as ``k8s.io/apimachinery``'s aggregate prints them."""
    distinct = list(dict.fromkeys(errors))
    return distinct[0] if len(distinct) == 1 else f"[{', '.join(distinct)}]"
