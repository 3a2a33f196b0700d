"""The head of an HTTP/1 answer: status line, fields, and how long the body is. Reads no socket.

Answers to ``http.ReadResponse``, ``textproto.Reader`` and ``transferReader`` of Go, with their words.
"""

from __future__ import annotations

_LENGTH_DIGITS = 18  # of an int64
_BODILESS = (204, 304)


class Malformed(OSError):
    """An answer that is not HTTP."""


def status_line(line: str) -> tuple[str, int, str]:
    """Return the version, the status and the status with its reason of the first line.

    Raises:
        Malformed: in Go's words.
    """
    version, space, rest = line.partition(" ")
    if not space:
        raise Malformed(f"malformed HTTP response {_shown(line)}")
    status = rest.lstrip(" ")
    code = status.partition(" ")[0]
    if len(code) != 3 or not (code.isascii() and code.isdigit()):
        raise Malformed(f"malformed HTTP status code {_shown(code)}")
    number = version.removeprefix("HTTP/")
    is_version = version != number and len(number) == 3 and number[1] == "." and (number[0] + number[2]).isdigit()
    if not is_version or not number.isascii():
        raise Malformed(f"malformed HTTP version {_shown(version)}")
    return version, int(code), status


def fields_of(lines: list[str]) -> list[tuple[str, str]]:
    """Return the fields that lines of a head (or trailers) say.

    Raises:
        Malformed: in Go's words.
    """
    fields: list[tuple[str, list[str]]] = []
    for line in lines:
        if line[:1] in (" ", "\t"):
            if not fields:
                raise Malformed(f"malformed MIME header initial line: {_shown(line)}")
            fields[-1][1].append(line.strip())  # obsolete folding: a line that goes on
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise Malformed(f"malformed MIME header: missing colon: {_shown(line)}")
        value = value.strip(" \t")
        if not name or any((c < " " and c != "\t") or c == "\x7f" for c in value):
            raise Malformed(f"malformed MIME header line: {_shown(line)}")
        fields.append((name, [value]))
    return [(name, " ".join(values)) for name, values in fields]


def is_chunked(version: str, fields: list[tuple[str, str]]) -> bool:
    """Tell whether the body comes in chunks.

    # go: there is no other encoding, and none twice (test_answers_that_are_not_http)

    Raises:
        Malformed: in Go's words.
    """
    encodings = [value for name, value in fields if name.lower() == "transfer-encoding"]
    if not encodings or version in ("HTTP/1.0", "HTTP/0.9"):
        return False
    if len(encodings) > 1:
        raise Malformed(f"too many transfer encodings: [{' '.join(map(_shown, encodings))}]")
    if encodings[0].lower() != "chunked":
        raise Malformed(f"unsupported transfer encoding: {_shown(encodings[0])}")
    return True


def length_of(status: int, method: str, fields: list[tuple[str, str]]) -> int | None:
    """Return how long a body that does not come in chunks is; None says: as long as the connection lasts.

    Raises:
        Malformed: in Go's words.
    """
    lengths = [value for name, value in fields if name.lower() == "content-length"]
    if len(set(lengths)) > 1:
        raise Malformed(
            f"http: message cannot contain multiple Content-Length headers; got [{' '.join(map(_shown, lengths))}]"
        )
    if is_bodiless(status, method):
        return 0
    if not lengths:
        return None
    length = lengths[0]
    if not length:
        raise Malformed('invalid empty Content-Length ""')
    if not (length.isascii() and length.isdigit() and len(length) <= _LENGTH_DIGITS):
        raise Malformed(f"bad Content-Length {_shown(length)}")
    return int(length)


def is_bodiless(status: int, method: str) -> bool:
    """Tell whether an answer has no body whatever its head says."""
    is_tunnel = method == "CONNECT" and status == 200
    return is_tunnel or method == "HEAD" or status in _BODILESS or is_interim(status)


def is_interim(status: int) -> bool:
    """Tell whether more is to come after an answer."""
    return 100 <= status < 200


def _shown(text: str) -> str:
    from steersman.goquote import quote

    return quote(text[:80])
