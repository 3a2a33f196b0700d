"""The error families: one base, one family per thing the user can do about it.

Errors hold data (chart, path, object, cause) and become text once, in ``__str__``; the
text matches Helm's where Helm has one. ``exit_code`` is the exit code of the command line.
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

from steersman.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeVar

    E = TypeVar("E", bound=BaseException)


class SteerError(Exception):
    """Base of every error steersman raises on purpose.

    Args:
        message: the text, as Helm has it where it has one.
        hint: one more line that says what to do next, or ``""``.
        detail: what Helm does not say at all: the state of things, lines of evidence.
    """

    exit_code = 1
    is_logged = False  # under the name helm it is reported as a log line
    is_told = False  # there a log line has said it already: no more than the hint is printed

    def __init__(self, message: str = "", *, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.detail = detail

    def chain(self) -> Iterator[BaseException]:
        """Yield this error and those below it that it was raised from, outermost first."""
        level: BaseException | None = self
        while level is not None:
            yield level
            below = level.__cause__ or getattr(level, "cause", None)
            level = below if isinstance(below, BaseException) else None

    def find(self, kind: type[E]) -> E | None:
        """Return the outermost error of ``kind`` in the chain: its fields survive however it was wrapped."""
        return next((level for level in self.chain() if isinstance(level, kind)), None)


class UsageError(SteerError, ValueError):
    """Flags or arguments that cannot be used."""


class ToldError(UsageError):
    """A mistake that a log line has reported already, as Helm does."""

    is_told = True


class ChartError(SteerError):
    """A chart that cannot be found, read or used."""


class Violation(Record):
    """One thing that is wrong with the values.

    Attributes:
        chart: the name of the chart whose schema refuses it; ``""`` where no schema does.
        pointer: the place in the values, as a JSON pointer from the root of all of them.
        message: what is wrong there, in Helm's words where Helm has some.
        origin: where the value came from: ``values`` (in a list ``values[1]``) for a mapping, the path of a file,
            ``NAME/values.yaml`` for a default of the chart, ``""`` where that is not known.
    """

    chart: str
    pointer: str
    message: str
    origin: str


class ValuesError(SteerError, ValueError):
    """Values files, ``--set`` strings or a schema that refuses the values.

    Attributes:
        violations: what is wrong, as far as it has a place in the values or a file.
    """

    violations: tuple[Violation, ...] = ()


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


class Unready(Record):
    """An object that did not get where it should.

    Attributes:
        object: ``Kind/name``.
        namespace: the object's, or ``""``.
        status: ``InProgress``, ``Failed``, ``Terminating``, ``NotFound`` or ``Unknown``; ``Current`` for an object that
            should be gone.
        why: the reason in one sentence, or ``""``.
        evidence: what was found out about it: conditions, containers, events, last lines of logs.
    """

    object: str
    namespace: str
    status: str
    why: str
    evidence: tuple[str, ...] = ()


class WaitTimeout(SteerError, TimeoutError):
    """Resources that were not ready in time, or failed for good.

    Attributes:
        objects: each of them, and why.
    """

    def __init__(self, message: str = "", *, objects: Sequence[Unready] = (), hint: str = "", detail: str = "") -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.objects = tuple(objects)


class Interrupted(SteerError):
    """The user or the system asked the program to stop."""

    exit_code = 130


class NotSupported(SteerError):
    """Something of Helm's that this version does not do."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} not supported yet", hint="docs/compatibility.md lists what is missing; Helm can do it."
        )


class RenderFailed(SteerError):
    """A chart that did not render; ``text`` is shown with ``--debug``."""

    def __init__(self, cause: SteerError, text: str = "", detail: str = "") -> None:
        super().__init__(str(cause), hint=cause.hint, detail=detail)
        self.text = text
