"""The pages of accounts at the host of a git repository, by which chart-testing knows maintainers."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from steersman.errors import ChartError

_SCP = re.compile(r"(?:[^@/]+@)?(?P<host>[^@/:]+):.+")  # git@github.com:acme/charts.git


def account_url(remote: str, name: str) -> str:
    """Return the address of an account's page.

    >>> account_url("git@github.com:acme/charts.git", "jane")
    'https://github.com/jane'

    Raises:
        ChartError: for a remote that has no host.
    """
    parts = urlsplit(remote)
    host = parts.hostname or ""
    if parts.scheme == "https" and parts.port:  # a server of one's own
        host = f"{host}:{parts.port}"
    if not host:
        found = _SCP.fullmatch(remote)
        if found is None or "://" in remote:
            raise ChartError(f"the remote {remote} has no host to ask for accounts")
        host = found["host"]
    return f"https://{host}/{quote(name)}"
