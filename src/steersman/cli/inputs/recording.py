"""``--record``: what keeps the render of a command in a file."""

from __future__ import annotations

from steersman import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.cli.cobra.flags import Flags
    from steersman.recording.recorder import Recorder


def recorder_of(flags: Flags, command: str, chart_ref: str) -> Recorder:
    """Return what records a render in the file of ``--record``.

    Args:
        flags: of the command.
        command: its name.
        chart_ref: how the chart was named.

    Raises:
        UsageError: for ``-``.
    """
    from steersman.action.recordings import save
    from steersman.recording.document import Shown
    from steersman.recording.recorder import About, Recorder

    path = flags["record"]
    if path == "-":
        raise errors.UsageError("--record needs the name of a file: standard output has what the command prints")
    shown = Shown()
    if command == "template":
        shown = Shown(tuple(flags["show-only"]), not flags["no-hooks"], not flags["skip-tests"])
    origins = (chart_ref, flags["repo"] if "repo" in flags else "")  # noqa: SIM401  (Flags is not a dict)
    origin = " in ".join(_without_credentials(one) for one in origins if one)
    return Recorder(About(command, origin, shown, flags["record-chart"]), lambda recording: save(path, recording))


def _without_credentials(reference: str) -> str:
    """Return a reference to a chart without user, password and query of a URL.

    >>> _without_credentials("https://me:secret@charts.example/web-1.0.0.tgz?token=x")
    'https://charts.example/web-1.0.0.tgz'
    """
    scheme, separator, rest = reference.partition("://")
    if not separator:
        return reference
    host, slash, path = rest.partition("?")[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
