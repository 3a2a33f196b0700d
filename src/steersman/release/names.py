"""Validate names of releases. Answers to ``ValidateReleaseName`` of Helm's chart utilities."""

from __future__ import annotations

from steersman import errors

MAX_LENGTH = 53  # helm: leaves ten of a label's 63 characters to the names of objects
_PATTERN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"


def check_release_name(name: str) -> None:
    """Refuse a name that cannot be a release's.

    Raises:
        UsageError: in Helm's words.
    """
    if not name:
        raise errors.UsageError("no name provided")
    if not is_release_name(name):
        raise errors.UsageError(
            f"invalid release name, must match regex {_PATTERN} and the length must not be longer than {MAX_LENGTH}"
        )


def is_release_name(name: str) -> bool:
    """Return whether ``name`` may be a release's."""
    return 0 < len(name) <= MAX_LENGTH and all(_is_label(part) for part in name.split("."))


def _is_label(text: str) -> bool:
    return (
        bool(text)
        and text[0] != "-"
        and text[-1] != "-"
        and all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in text)
    )
