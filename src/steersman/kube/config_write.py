"""A kubeconfig file changed in place: locked, read again, written aside and put back.

Only the tokens that an auth provider renews are ever written. Answers to
``k8s.io/client-go/tools/clientcmd.ModifyConfig``.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def set_provider_values(path: str, user: str, values: Mapping[str, str]) -> None:
    """Set values of the auth provider of ``user`` in the kubeconfig at ``path``; all else stays.

    Raises:
        OSError: when the file cannot be read or written.
        ValueError: when it is not a kubeconfig any more, or has no such user.
    """
    from steersman import yamlio
    from steersman.runtime.files import write_aside

    path = os.path.realpath(path)
    with _Lock(f"{path}.lock"):
        mode = os.stat(path).st_mode & 0o777
        with open(path, encoding="utf-8") as file:
            document: Any = yamlio.load(file.read())
        entries = document.get("users") if isinstance(document, dict) else None
        for entry in entries or ():
            if entry.get("name") == user:
                provider = (entry.get("user") or {}).get("auth-provider") or {}
                provider["config"] = {**(provider.get("config") or {}), **values}
                entry["user"]["auth-provider"] = provider
                write_aside(path, yamlio.dump(document).encode(), mode, is_synced=True)
                return
    raise ValueError(f'there is no user "{user}"')


class _Lock:
    """The lock client-go takes: a file that must not exist yet."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def __exit__(self, *_exc: object) -> None:
        os.unlink(self._path)
