"""Texts that have to be written in some way: names, labels, keys, paths, addresses. Each function returns problems."""

from __future__ import annotations

import re

from steersman.kube.formats import port_name_problems as port_name_problems
from steersman.labels import key_problems, value_problems

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_FORM = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_FORM = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_WILDCARD_FORM = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', "
    r"regex used for validation is '\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_CONFIG_KEY_FORM = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
_HEADER_FORM = (
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for "
    "validation is '[-A-Za-z0-9]+')"
)
_ENV_FORM = "a valid environment variable name must consist only of printable ASCII characters other than '='"
_IP_FORM = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_CIDR_FORM = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


def _longer(text: str, most: int, unit: str = "characters") -> list[str]:
    return [f"must be no more than {most} {unit}"] if len(text.encode("utf-8", "surrogateescape")) > most else []


def dns_label_problems(text: str) -> list[str]:
    """Return why a text is not a DNS label: ``my-name``."""
    return [*_longer(text, 63), *([] if _LABEL.fullmatch(text) else [_LABEL_FORM])]


def dotless_label_problems(text: str) -> list[str]:
    """Return why a text is not a DNS label; a dot has a message of its own."""
    return ["must not contain dots"] if "." in text else dns_label_problems(text)


def subdomain_problems(text: str) -> list[str]:
    """Return why a text is not a DNS subdomain: ``example.com``."""
    return [*_longer(text, 253), *([] if _SUBDOMAIN.fullmatch(text) else [_SUBDOMAIN_FORM])]


def subdomain_of_bytes_problems(text: str) -> list[str]:
    """Return why a text is not a DNS subdomain; the length has another unit in the message."""
    return [*_longer(text, 253, "bytes"), *([] if _SUBDOMAIN.fullmatch(text) else [_SUBDOMAIN_FORM])]


def wildcard_problems(text: str) -> list[str]:
    """Return why a text is not a DNS subdomain whose first part is a star: ``*.example.com``."""
    good = text.startswith("*.") and _SUBDOMAIN.fullmatch(text[2:])
    return [*_longer(text, 253), *([] if good else [_WILDCARD_FORM])]


def path_segment_problems(text: str) -> list[str]:
    """Return why a text cannot be a part of a URL's path."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{mark}'" for mark in "/%" if mark in text]


def config_key_problems(text: str) -> list[str]:
    """Return why a text cannot be a key of a ConfigMap or Secret."""
    problems = _longer(text, 253)
    if not re.fullmatch(r"[-._a-zA-Z0-9]+", text):
        problems.append(_CONFIG_KEY_FORM)
    if text in (".", ".."):
        problems.append(f"must not be '{text}'")
    elif text.startswith(".."):
        problems.append("must not start with '..'")
    return problems


def env_problems(text: str) -> list[str]:
    """Return why a text cannot be the name of an environment variable."""
    return [] if text and all(" " <= char <= "~" and char != "=" for char in text) else [_ENV_FORM]


def header_problems(text: str) -> list[str]:
    """Return why a text cannot be the name of a header."""
    return [] if re.fullmatch("[-A-Za-z0-9]+", text) else [_HEADER_FORM]


def label_key_problems(text: str) -> list[str]:
    """Return why a text cannot be the key of a label."""
    return key_problems(text)


def label_value_problems(text: str) -> list[str]:
    """Return why a text cannot be the value of a label."""
    return value_problems(text)


def is_address(text: str) -> bool:
    """Return whether a text is an IP address."""
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def address_problems(text: str) -> list[str]:
    """Return why a text is not an IP address."""
    return [] if is_address(text) else [_IP_FORM]


def network_problems(text: str) -> list[str]:
    """Return why a text is not a block of IP addresses."""
    import ipaddress

    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return [_CIDR_FORM]
    return [] if re.search(r"/[0-9]+\Z", text) else [_CIDR_FORM]


def exact_network_problems(text: str) -> list[str]:
    """Return why a text is not a block of IP addresses that is written with the first of them."""
    import ipaddress

    problems = network_problems(text)
    if not problems and ipaddress.ip_interface(text).ip != ipaddress.ip_interface(text).network.network_address:
        return ["must not have bits set beyond the prefix length"]
    return problems


def relative_path_problems(text: str) -> list[str]:
    """Return why a path does not stay below where it begins."""
    problems = ["must be a relative path"] if text.startswith("/") else []
    return [*problems, *back_step_problems(text)]


def back_step_problems(text: str) -> list[str]:
    """Return whether a path goes up."""
    return ["must not contain '..'"] if ".." in text.split("/") else []
