"""A registry's answers that are not the ones asked for, in oras-go's words."""

from __future__ import annotations

from steersman.errors import SteerError, TransportError
from steersman.transport.status import status_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.transport.http import Response

_MAX_ERROR = 8 * 1024  # bytes of an error's body that are looked at


class ResponseError(TransportError):
    """A registry's answer that is not the one asked for.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, method: str, url: str, status: int, text: str) -> None:
        super().__init__()
        self.method, self.url, self.status, self.text = method, url, status, text

    def __str__(self) -> str:
        from steersman.go.quote import quote

        return f"{self.method} {quote(self.url)}: response status code {self.status}: {self.text}"


class BrokenContent(TransportError):
    """A body that is not the one that was announced; oras-go finds that out while it stores it."""


class NotFound(SteerError, LookupError):
    """Something that the registry does not have."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: not found" if what else "not found")


def response_error(method: str, response: Response) -> ResponseError:
    """Return the error that a registry's answer is; the body's codes and messages are in it.

    # helm: the place that is told is where redirects led to (test_what_redirects_lead_to)
    """
    from steersman.go.errors import JSONError
    from steersman.go.json import loads_prefix

    text = status_text(response.status)
    try:
        tree, _ = loads_prefix(response.read(1 << 20)[:_MAX_ERROR].decode("utf-8", "replace"))
        errors = tree.get("errors") if isinstance(tree, dict) else None
        shown = [_error_text(e) for e in errors or () if isinstance(e, dict)]
    except (JSONError, TransportError):
        shown = []
    return ResponseError(method, response.url, response.status, "; ".join(shown) if shown else text)


def _error_text(error: dict[str, Any]) -> str:
    text = str(error.get("code") or "").replace("_", " ").lower()
    if error.get("message"):
        text += f": {error['message']}"
        if error.get("detail") is not None:
            text += f": {_go_text(error['detail'])}"
    return text


def _go_text(value: Any) -> str:
    """Return a JSON value as Go prints it (``%v``)."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{_go_text(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(_go_text(item) for item in value) + "]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        from steersman.go.json_numbers import format_float_g

        return format_float_g(value)
    return str(value)
