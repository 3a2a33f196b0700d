"""The head of an HTTP/1 answer: status line, fields, and how long the body is. Reads no socket.

Answers to ``http.ReadResponse``, ``textproto.Reader`` and ``transferReader`` of Go, with their words.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH_DIGITS = 19  # of an int64
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


def fields_of(text: str) -> list[tuple[str, str]]:
    """Return the fields that the lines of a head (or of a trailer) say.

    Raises:
        Malformed: in Go's words.
    """
    fields: list[tuple[str, str]] = []
    folded: list[str] = []  # the values of a field that is folded over several lines (obsolete)
    for line in _lines(text):
        if line[:1] in (" ", "\t"):
            if not fields:
                raise Malformed(f"malformed MIME header initial line: {_shown(line)}")
            folded = folded or [fields[-1][1]]
            folded.append(line.strip())
            continue
        if folded:
            fields[-1] = (fields[-1][0], " ".join(folded))
            folded = []
        name, colon, value = line.partition(":")
        if not colon:
            raise Malformed(f"malformed MIME header: missing colon: {_shown(line)}")
        value = value.strip(" \t")
        if not name or not (value.isprintable() or _is_field_value(value)):
            raise Malformed(f"malformed MIME header line: {_shown(line)}")
        fields.append((name, value))
    if folded:
        fields[-1] = (fields[-1][0], " ".join(folded))
    return fields


def _lines(text: str) -> Iterator[str]:
    """Yield lines one by one: a list of a million short ones takes ten times their size."""
    at, end = 0, len(text)
    while at < end:
        stop = text.find("\n", at)
        stop = end if stop < 0 else stop
        yield text[at:stop]
        at = stop + 1


def _is_field_value(value: str) -> bool:
    return not any((c < " " and c != "\t") or c == "\x7f" for c in value)


def is_chunked(version: str, fields: list[tuple[str, str]]) -> bool:
    """Return whether the body comes in chunks.

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
    # go: a length is checked also where it does not matter (test_lengths_that_do_not_matter)
    length = _length(lengths[0]) if lengths else None
    return 0 if is_bodiless(status, method) else length


def _length(text: str) -> int:
    if not text:
        raise Malformed('invalid empty Content-Length ""')
    digits = text.lstrip("0") or "0"
    if not (text.isascii() and text.isdigit() and len(digits) <= _LENGTH_DIGITS and int(digits) < 1 << 63):
        raise Malformed(f"bad Content-Length {_shown(text)}")
    return int(digits)


def is_bodiless(status: int, method: str) -> bool:
    """Return whether an answer has no body whatever its head says."""
    is_tunnel = method == "CONNECT" and status == 200
    return is_tunnel or method == "HEAD" or status in _BODILESS or is_interim(status)


def is_interim(status: int) -> bool:
    """Return whether more is to come after an answer."""
    return 100 <= status < 200


def _shown(text: str) -> str:
    from steersman.go.quote import quote

    return quote(text[:80])
