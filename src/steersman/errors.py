"""The error families: one base, one family per thing the user can do about it.

Errors hold data (chart, path, object, cause) and become text once, in ``__str__``; the
text is Helm's where Helm has one. ``exit_code`` is what the command line ends with.
Only ``cli.main`` prints them.

    SteerError
    ├── UsageError          wrong flags or arguments
    ├── ChartError          the chart cannot be found, read or used
    ├── ValuesError         values files, --set, the schema
    ├── TemplateError       parsing or executing templates (gotemplate.errors has the details)
    ├── ManifestError       rendered text that is not Kubernetes YAML
    ├── RepoError           classic repositories
    ├── TransportError      HTTP, TLS, files over the wire
    ├── AuthError           credentials missing or refused
    ├── ClusterError        the API server, or the way to it
    ├── ReleaseError        a release's name, state or record
    ├── WaitTimeout         resources not ready in time
    ├── NotSupported        what Helm does and this version does not
    └── Interrupted         Ctrl-C or SIGTERM
"""

from __future__ import annotations


class SteerError(Exception):
    """Base of every error steersman raises on purpose.

    Args:
        message: the text, as Helm has it where it has one.
        hint: one more line that says what to do next, or ``""``.
        detail: what Helm does not say at all: the state of things, lines of evidence.
    """

    exit_code = 1
    is_logged = False  # told of by a line of the log

    def __init__(self, message: str = "", *, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.detail = detail


class UsageError(SteerError, ValueError):
    """Flags or arguments that cannot be used."""


class ChartError(SteerError):
    """A chart that cannot be found, read or used."""


class ValuesError(SteerError, ValueError):
    """Values files, ``--set`` strings or a schema that refuses the values."""


class TemplateError(SteerError):
    """A template that does not parse or fails while executing."""


class ManifestError(SteerError):
    """Rendered text that is not Kubernetes YAML."""


class RepoError(SteerError):
    """A classic chart repository: its configuration, index or entries."""


class TransportError(SteerError):
    """A request that failed on its way, or a file that came back broken."""


class AuthError(SteerError):
    """Credentials that are missing, unusable or refused."""


class ClusterError(SteerError):
    """The Kubernetes API server, or the way to it."""


class ReleaseError(SteerError):
    """A release's name, state or stored record."""


class WaitTimeout(SteerError, TimeoutError):
    """Resources that were not ready in time."""


class Interrupted(SteerError):
    """The user or the system asked the program to stop."""

    exit_code = 130


class NotSupported(SteerError):
    """Something of Helm's that this version does not do."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} not supported yet", hint="docs/compatibility.md lists what is missing; Helm can do it."
        )
