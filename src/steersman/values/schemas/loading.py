"""Documents that a schema refers to by URL: local files, and what the caller fetches."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.values import errors as values_errors
from steersman.values.schemas.failure import go_quoted
from steersman.values.schemas.numbers import Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Fetch = Callable[[str], bytes]
    Warn = Callable[..., None]

MAX_FILE_SIZE = 5 * 1024 * 1024  # bytes of a schema in a file of its own
MAX_DOCUMENTS = 100  # that one chart's schema may bring in


def read_json(text: bytes) -> Any:
    """Return the JSON value of a text, its numbers as they are written.

    Raises:
        SchemaError: with the message of Go's decoder.
        RecursionError: when it is too deep for the stack that this runs on, and there is a larger one.
    """
    from steersman.go.json import loads
    from steersman.runtime.deep import is_deep

    try:
        return loads(text.decode("utf-8", "replace"), numbers=Number)
    except go_errors.JSONError as error:
        if error.is_too_deep and not is_deep():
            raise RecursionError(str(error)) from error
        problem = _problem(text) or error
        # go: the schema is read by a decoder, which meets the end of its input
        end = "unexpected EOF" if text.strip() else "EOF"
        raise values_errors.SchemaError(end if problem.is_cut else str(problem)) from error


def _problem(text: bytes) -> go_errors.JSONError | None:
    """Return the error about a text that quotes bytes as they are, or ``None`` where only these are wrong."""
    from steersman.go.json import loads

    try:
        loads(text.decode("utf-8", "surrogateescape"), numbers=Number)
    except go_errors.JSONError as error:
        return error
    return None


class Loader:
    """Gives the JSON value at a URL.

    Args:
        fetch: returns what is at an http or https URL, or raises ``SchemaError``; None where nothing may be fetched.
        warn: called as ``warn(message, **fields)`` for what Helm warns of.
        warned: the URNs that were warned of before.
    """

    def __init__(self, fetch: Fetch | None, warn: Warn | None, warned: set[str] | None = None) -> None:
        self._fetch = fetch
        self._warn = warn
        self._warned = set() if warned is None else warned
        self._count = 0

    def load(self, url: str) -> Any:
        """Return the value.

        Raises:
            SchemaError: when there is none, or it is not JSON.
        """
        self._count += 1
        if self._count > MAX_DOCUMENTS:
            raise values_errors.SchemaError(f"the schema refers to more than {MAX_DOCUMENTS} other documents")
        scheme = self._scheme(url)
        if scheme == "urn":
            # helm: an urn that nothing resolves is a schema that accepts everything
            if self._warn is not None and url not in self._warned:
                self._warned.add(url)
                self._warn("unresolved URN reference ignored; using permissive schema", urn=url)
            return True
        try:
            if scheme == "file":
                return read_json(_file(url))
            if scheme in ("http", "https"):
                if self._fetch is None:
                    raise values_errors.SchemaError("this program was not given a way to fetch schemas")
                return read_json(self._fetch(url))
            raise values_errors.SchemaError(f"no URLLoader registered for {go_quoted(url)}")
        except values_errors.SchemaError as error:
            raise values_errors.NotLoaded(f"failing loading {go_quoted(url)}: {error}") from error

    @staticmethod
    def _scheme(url: str) -> str:
        from steersman.go.url import URLError, parse_url

        try:
            return parse_url(url).scheme
        except URLError as error:
            raise values_errors.NotLoaded(f"failing loading {go_quoted(url)}: {error}") from error


def _file(url: str) -> bytes:
    from steersman.go.errno import errno_text
    from steersman.go.url import parse_url

    path = parse_url(url).path
    try:
        with open(path, "rb") as file:
            text = file.read(MAX_FILE_SIZE + 1)
    except IsADirectoryError as error:
        raise values_errors.SchemaError(f"read {path}: {errno_text(error)}") from error
    except OSError as error:
        raise values_errors.SchemaError(f"open {path}: {errno_text(error)}") from error
    except ValueError as error:  # a NUL in the path
        raise values_errors.SchemaError(f"open {path}: invalid argument") from error
    if len(text) > MAX_FILE_SIZE:
        raise values_errors.SchemaError(f"larger than {MAX_FILE_SIZE:,} bytes")
    return text
