"""URLs and host names."""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.values import decode, encode, kind_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.sprig.context import Context


def get_host_by_name(context: Context | None, name: str) -> str:
    """Return an address of a host; the render decides whether it may ask."""
    if context is not None:
        return context.resolve_host(name)
    return resolve_host(name)


def resolve_host(name: str) -> str:
    """Ask the system for an address of a host."""
    import socket

    from steersman.go.net import address_of, can_be_looked_up, is_number_in_c

    try:
        # go: what only C libraries take for an address is not one (test_hosts)
        if address_of(name) is None and (not can_be_looked_up(name) or is_number_in_c(name)):
            raise socket.gaierror("no such host")
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError as err:
        # go: Sprig picks a random one of the addresses, of which there are none.
        raise go_errors.CallError("invalid argument to Intn") from err
    return str(found[0][4][0])


def url_parse(text: str) -> dict[str, Any]:
    """Take a URL apart."""
    from steersman.go.url import URLError, parse_url

    try:
        url = parse_url(text)
    except URLError as err:
        raise go_errors.CallError(f"unable to parse url: {err}") from err
    return {
        "scheme": url.scheme,
        "host": url.host,
        "hostname": url.hostname(),
        "path": url.path,
        "query": url.query,
        "opaque": url.opaque,
        "fragment": url.fragment,
        "userinfo": url.userinfo_text(),
    }


def _entry(parts: dict[str, Any], key: str) -> str:
    if key not in parts:
        return ""
    value = parts[key]
    if value is None:
        raise go_errors.CallError("runtime error: invalid memory address or nil pointer dereference")
    if not isinstance(value, str):
        raise go_errors.CallError(f"unable to parse {key} key, must be of type string, but {kind_name(value)} found")
    return decode(encode(value))


def url_join(parts: dict[str, Any]) -> str:
    """Put a URL together."""
    from steersman.go.url import URL, URLError, parse_url

    values = {key: _entry(parts, key) for key in ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo")}
    user: tuple[str, str | None] | None = None
    if values["userinfo"]:
        try:
            user = parse_url(f"proto://{values['userinfo']}@host").user
        except URLError as err:
            raise go_errors.CallError(f"unable to parse userinfo in dict: {err}") from err
    return URL(
        *(values["scheme"], values["opaque"], user, values["host"], values["path"]),
        *(values["query"], values["fragment"]),
    ).text()
