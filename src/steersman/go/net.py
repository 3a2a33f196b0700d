"""Hosts in text as Go's ``net`` takes them: an address, a name that may be looked up, or neither."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_NAME = 253  # characters of a name without the final point
_LABEL = 63
_KEPT = frozenset("ßς")  # IDNA 2003 replaced them
_JOINERS = frozenset("\u200c\u200d")  # valid in a few scripts only
_DOTS = dict.fromkeys(map(ord, "。．｡"), ".")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_DIGITS = frozenset("0123456789")


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that ``host`` is, those of IPv4 also where they are written as IPv6; else None.

    go: four decimal numbers without leading zeros, and nothing else that C libraries take (test_hosts)
    """
    if not (":" in host or host[-1:] in _DIGITS):
        return None
    import ipaddress

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def ascii_host(host: str) -> str:
    """Return the host of a URL as it is looked up: percent escapes undone, an international name in ASCII.

    go: ``idna.Lookup``, which keeps two letters that Python's codec replaces; a name that it refuses stays as it is
    (test_international_names)

    >>> [ascii_host(host) for host in ("Example.org", "BÜCHER.example", "stra%C3%9Fe.example", "fe80::1%25eth0")]
    ['Example.org', 'xn--bcher-kva.example', 'xn--strae-oqa.example', 'fe80::1%eth0']
    """
    if "%" in host:
        from urllib.parse import unquote

        host = unquote(host, errors="surrogateescape")
    if host.isascii():
        return host
    try:
        return ".".join(_ascii_label(label) for label in host.translate(_DOTS).split("."))
    except UnicodeError:
        return host


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label.lower()
    from encodings.idna import nameprep

    original, kept, piece = label, "", ""
    for character in original:
        if character in _KEPT:
            kept += nameprep(piece) + character
            piece = ""
        else:
            piece += character
    label = kept + nameprep(piece)
    if label[:1] == "-" or label[-1:] == "-" or _JOINERS & set(original):
        raise UnicodeError(label)
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def is_inside(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is this machine's or its network's: loopback, link-local, private or unspecified."""
    import ipaddress

    networks = _PRIVATE_4 if address.version == 4 else _PRIVATE_6
    return (
        address.is_loopback
        or address.is_unspecified
        or address.is_link_local
        or any(address in ipaddress.ip_network(network) for network in networks)
    )


_PRIVATE_4 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/24")
_PRIVATE_6 = ("fc00::/7", "ff02::/16", "ff12::/16", "ff22::/16", "ff32::/16")


def can_be_looked_up(host: str) -> bool:
    """Return whether ``host`` has the form of a domain name (RFC 1035, with underscores).

    >>> [can_be_looked_up(host) for host in ("a.example", "a_b.", "127.1", "a..b", "-a")]
    [True, True, False, False, False]
    """
    if host == ".":
        return True
    name = host.removesuffix(".")
    labels = name.split(".")
    return len(name) <= _NAME and all(map(_is_label, labels)) and any(not set(label) <= _DIGITS for label in labels)


def _is_label(text: str) -> bool:
    is_spelt = set(text) <= _LETTERS | _DIGITS | {"-"}
    return 0 < len(text) <= _LABEL and is_spelt and text[0] != "-" and text[-1] != "-"


def is_number_in_c(host: str) -> bool:
    """Return whether a C library takes ``host`` for an address without looking it up: ``0x7f000001``, ``127.1``."""
    import socket

    try:
        socket.inet_aton(host)
    except (OSError, ValueError):
        return False
    return True
