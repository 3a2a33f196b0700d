"""Recordings as files."""

from __future__ import annotations

from steersman.action.bounded_file import read_bounded
from steersman.errors import ReleaseError
from steersman.go.errno import not_written
from steersman.recording.reading import BadRecording, from_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.recording.document import Recording

_MOST_BYTES = 256 * 1024 * 1024  # a chart may have 100 MiB, and base64 takes a third more
_MODE = 0o600  # values and answers of a cluster hold secrets


def save(path: str, recording: Recording) -> None:
    """Write a recording to a file that only its owner can read.

    Raises:
        ReleaseError: when it cannot be written.
        UsageError: when the values have no form in JSON.
    """
    from steersman.recording.writing import to_text
    from steersman.runtime.files import rewrite

    data = to_text(recording).encode("utf-8")
    try:
        rewrite(path, data, _MODE, keeps_mode=False)
    except OSError as error:
        raise ReleaseError(f"the recording cannot be written: {not_written(path, error)}") from error


def open_recording(path: str) -> Recording:
    """Read a recording.

    Raises:
        BadRecording: when it cannot be read, or is not a recording.
    """
    data = read_bounded(path, _MOST_BYTES, BadRecording)
    try:
        return from_text(data.decode())
    except UnicodeDecodeError as error:
        raise BadRecording(f"{path}: it is not JSON: {error.reason} at byte {error.start}") from error
    except BadRecording as error:
        raise BadRecording(f"{path}: {error}") from error
