"""``host/repository:tag`` or ``@digest`` to its parts, and back.

Answers to ``reference`` of Helm's ``pkg/registry`` and to oras-go's ``registry.Reference``. Reads no network.
"""

from __future__ import annotations

from steersman.errors import SteerError
from steersman.record import Record

SCHEME = "oci://"
_TAG = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
_NAME = "abcdefghijklmnopqrstuvwxyz0123456789"
_NO_DIGEST = "invalid checksum digest format"
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}


class InvalidReference(SteerError, ValueError):
    """A text that names nothing in a registry."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"invalid reference: {reason}" if reason else "invalid reference")


class Reference(Record):
    """The parts of a reference: registry (host and port), repository, and tag or digest or both.

    ``reference`` is the tag that a manifest is requested by, with ``_`` for ``+``, or ``""``.
    """

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def host(self) -> str:
        """The host of the registry's API: Docker Hub's differs from its name."""
        return "registry-1.docker.io" if self.registry == "docker.io" else self.registry

    @property
    def reference(self) -> str:
        """The tag or digest that the manifest is requested by."""
        return self.tag or self.digest

    def __str__(self) -> str:
        name = f"{self.registry}/{self.repository}"
        return f"{name}:{self.tag}" if self.tag else f"{name}@{self.digest}"


def is_oci(text: str) -> bool:
    """Return whether ``text`` is the URL of something in a registry."""
    return text.startswith(SCHEME)


def parse(raw: str, *, plus: bool = True, checks_digest: bool = True) -> Reference:
    """Return what ``raw`` (with or without ``oci://``) names.

    Args:
        raw: the reference.
        plus: whether a tag may have ``+``, which ``_`` stands for.
        checks_digest: whether the digest behind a tag has to be one; the caller looks at it otherwise.

    Raises:
        InvalidReference: with Helm's message.
    """
    rest, at, digest = raw.removeprefix(SCHEME).rpartition("@")
    if not at:
        rest, digest = digest, ""
    _head, colon, tag = rest.rpartition(":")
    if plus and colon and "/" not in tag and "+" in tag:
        # helm: "_" stands for "+", wherever the tag's text is (test_a_plus_in_a_tag)
        rest = rest.replace(tag, tag.replace("+", "_"))
    registry, slash, path = rest.partition("/")
    if not slash:
        raise InvalidReference("missing registry or repository")
    path, inner, other = path.partition("@")
    repository, _colon, tag = path.partition(":")
    check_registry(registry)
    from steersman.go.quote import quote

    if not _is_repository(repository):
        raise InvalidReference(f"invalid repository {quote(repository)}")
    if tag and not _is_tag(tag):
        raise InvalidReference(f"invalid tag {quote(tag)}")
    if inner:
        check_digest(other)
    if digest and (checks_digest or not tag):
        check_digest(digest)
    return Reference(registry, repository, tag, digest)


def check_registry(registry: str) -> None:
    """Raise unless ``registry`` is a host, with or without a port.

    Raises:
        InvalidReference: with oras-go's message.
    """
    host, colon, port = registry.rpartition(":") if not registry.endswith("]") else (registry, "", "")
    host = host if colon else registry
    is_host = host.startswith("[") and host.endswith("]") if ":" in host else bool(host) or bool(colon)
    is_legal = is_host and all((c.isascii() and c.isalnum()) or c in "-._~[]:%!$&'()*,;=+" for c in host)
    if not is_legal or (colon and not (port == "" or (port.isascii() and port.isdigit()))):
        from steersman.go.quote import quote

        raise InvalidReference(f"invalid registry {quote(registry)}")


def digest_problem(digest: str) -> str:
    """Say why a text is not a digest; ``""`` where it is one."""
    algorithm, _colon, value = digest.partition(":")
    problem = ""
    if algorithm not in _DIGEST_LENGTHS:
        problem = "unsupported digest algorithm" if _is_digest_text(algorithm, value) else _NO_DIGEST
    elif not value:
        problem = _NO_DIGEST
    elif len(value) != _DIGEST_LENGTHS[algorithm]:
        problem = "invalid checksum digest length"
    elif value.strip("0123456789abcdef"):
        problem = _NO_DIGEST
    return problem


def check_digest(digest: str) -> None:
    """Raise InvalidReference unless ``digest`` is one."""
    problem = digest_problem(digest)
    if problem:
        from steersman.go.quote import quote

        raise InvalidReference(f"invalid digest {quote(digest)}: {problem}")


def _is_digest_text(algorithm: str, value: str) -> bool:
    """Return whether both parts have the characters that an algorithm and its digest are made of."""
    words = "".join(" " if c in "+._-" else c for c in algorithm).split(" ")
    is_algorithm = all(word and not word.strip(_NAME) for word in words)
    return is_algorithm and bool(value) and not value.strip(_TAG + "=-")


def _is_tag(tag: str) -> bool:
    return len(tag) <= 128 and tag[0] in _TAG and not tag.strip(_TAG + ".-")


def _is_repository(name: str) -> bool:
    """Return whether every part is lower-case letters and digits, joined by ``.``, ``_``, ``__`` or dashes."""
    return all(_is_part(part) for part in name.split("/"))


def _is_part(part: str) -> bool:
    if not part or part[0] not in _NAME or part[-1] not in _NAME:
        return False
    between = ""
    for char in part:
        if char not in _NAME:
            between += char
        elif between:
            if between not in (".", "_", "__") and between.strip("-"):
                return False
            between = ""
    return True
