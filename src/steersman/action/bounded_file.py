"""Files that come from outside, read up to a size."""

from __future__ import annotations

from steersman.go.errno import read_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from steersman.errors import SteerError


def read_bounded(path: str, most: int, failure: type[SteerError]) -> bytes:
    """Return the bytes of a file of at most ``most``, whole MiB.

    Raises:
        SteerError: of the class ``failure``, when the file is larger or cannot be read.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise failure(read_error(path, error)) from error
    if len(data) > most:
        raise failure(f"{path} is larger than {most >> 20} MiB")
    return data
