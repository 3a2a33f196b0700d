"""Settings of the whole process that something here changes or reads; nothing else below the command line does."""

from __future__ import annotations

import os

_OFTEN = 100_000  # new objects: a suite's time grows by a few percent, and its memory halves


class collector_paused:
    """Keeps the garbage collector from going through many objects that stay, again and again."""

    def __enter__(self) -> None:
        import gc

        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_error: object) -> None:
        if self._was_enabled:
            import gc

            gc.enable()


class collected_often:
    """Has the garbage collector look at new objects more often than one short run wants.

    Each render leaves objects that refer to one another; those of hundreds of renders take more memory than all else.
    """

    def __enter__(self) -> None:
        import gc

        self._before = gc.get_threshold()
        gc.set_threshold(min(self._before[0], _OFTEN), *self._before[1:])

    def __exit__(self, *_error: object) -> None:
        import gc

        gc.set_threshold(*self._before)


def export_variable(name: str, value: str) -> None:
    """Set an environment variable that a library of ours reads from the process."""
    os.environ[name] = value


def temporary_files() -> str:
    """Return the folder for temporary files, as Go's ``os.TempDir`` does."""
    if os.name == "nt":
        return os.environ.get("TEMP") or os.environ.get("TMP") or os.environ.get("USERPROFILE") or "."
    return os.environ.get("TMPDIR") or "/tmp"
