"""The names of HTTP's status codes as Go's ``net/http`` has them."""

from __future__ import annotations

# where Python's are others, in some version of it
_GO = {
    413: "Request Entity Too Large",
    414: "Request URI Too Long",
    416: "Requested Range Not Satisfiable",
    418: "I'm a teapot",
    422: "Unprocessable Entity",
}


def status_text(status: int) -> str:
    """Return the name of a status code, ``""`` for one that has none.

    >>> status_text(404), status_text(418), status_text(599)
    ('Not Found', "I'm a teapot", '')
    """
    from http.client import responses

    return _GO.get(status) or responses.get(status, "")
