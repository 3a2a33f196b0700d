"""Email addresses and URLs as asaskevich/govalidator sees them, which is what Helm's linter asks."""

from __future__ import annotations


def is_email(text: str) -> bool:
    """Tell whether ``text`` looks like an email address."""
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or " " in text or len(local) > 64:
        return False
    labels = domain.rstrip(".").split(".")
    if len(labels) < 2 or any(not label or label[0] == "-" or label[-1] == "-" for label in labels):
        return False
    if not all(c.isalnum() or c == "-" for label in labels for c in label):
        return False
    return not local.startswith(".") and not local.endswith(".") and ".." not in local


def is_request_url(text: str) -> bool:
    """Tell whether ``text`` is an absolute URL with a scheme (Go's ``url.ParseRequestURI``)."""
    from urllib.parse import urlsplit

    if any(c < "!" or c == "\x7f" for c in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    scheme, found, _ = text.partition(":")
    if not found or not scheme or not scheme[0].isalpha() or not all(c.isalnum() or c in "+-." for c in scheme):
        return False
    return bool(parts.scheme)


def is_url(text: str) -> bool:
    """Tell whether ``text`` looks like a URL, with or without a scheme."""
    from urllib.parse import urlsplit

    if not text or len(text) >= 2083 or len(text) <= 3 or text.startswith("."):
        return False
    whole = text if "://" in text else "http://" + text
    try:
        parts = urlsplit(whole)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return False
    del port
    if parts.scheme not in ("http", "https", "ftp", "tcp", "udp", "ws", "wss", "irc", "rtmp") or not host:
        return False
    if host.startswith(".") or any(c.isspace() for c in whole):
        return False
    if ":" in host or host == "localhost":
        return True
    labels = host.split(".")
    return len(labels) > 1 and all(label and all(c.isalnum() or c in "-_" for c in label) for label in labels)
