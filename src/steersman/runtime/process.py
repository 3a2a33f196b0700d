"""Settings of the whole process that something here changes or reads; nothing else below the command line does."""

from __future__ import annotations

import os


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


def export_variable(name: str, value: str) -> None:
    """Set an environment variable that a library of ours reads from the process."""
    os.environ[name] = value


def temporary_files() -> str:
    """Return the folder for temporary files, as Go's ``os.TempDir`` does."""
    if os.name == "nt":
        return os.environ.get("TEMP") or os.environ.get("TMP") or os.environ.get("USERPROFILE") or "."
    return os.environ.get("TMPDIR") or "/tmp"
