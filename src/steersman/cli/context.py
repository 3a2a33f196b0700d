"""What a command gets besides its flags: settings, streams, the clock, the program's name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from steersman.plugin.model import Plugin
    from steersman.settings import Settings


class Context:
    """One run of the program.

    Attributes:
        settings: environment and global flags.
        out, err: text streams; results go to ``out``, everything else to ``err``.
        stdin: binary standard input.
        program: the name the program was started under (``steer`` or ``helm``).
        environment: the process environment.
        plugins: the plugins that are commands.
        post_render: what ``--post-renderer`` asks for: manifests in, manifests out.
    """

    def __init__(
        self,
        settings: Settings,
        out: TextIO,
        err: TextIO,
        *,
        program: str = "steer",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.settings = settings
        self.out = out
        self.err = err
        self.program = program
        self.environment = environment if environment is not None else {}
        self.plugins: list[Plugin] = []
        self.post_render: Callable[[str], str] | None = None
        self._namespace: str | None = None

    def namespace(self) -> str:
        """Return the namespace: flag or variable, then the kubeconfig's context, then ``default``."""
        if self._namespace is None:
            self._namespace = self.settings.namespace or self._context_namespace() or "default"
        return self._namespace

    def _context_namespace(self) -> str:
        from os.path import exists, join

        settings = self.settings
        listed = settings.kubeconfig or self.environment.get("KUBECONFIG", "")
        paths = listed.split(":") if listed else [join(settings.home, ".kube", "config")]
        if not any(p and exists(p) for p in paths):
            return ""
        from steersman.kube.config import context_namespace

        return context_namespace(settings)

    @staticmethod
    def stdin_is_pipe() -> bool:
        """Tell whether standard input is a pipe."""
        import os
        import stat
        import sys

        return stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode)

    def read_stdin(self) -> bytes:
        """Return all of standard input."""
        import sys

        return sys.stdin.buffer.read()

    def warn(self, message: str, /, **fields: object) -> None:
        """Log a warning on standard error, in Helm's form."""
        self.log("WARN", message, **fields)

    def info(self, message: str, /, **fields: object) -> None:
        """Log information on standard error, in Helm's form."""
        self.log("INFO", message, **fields)

    def debug(self, message: str, /, **fields: object) -> None:
        """Log a detail on standard error when ``--debug`` is set."""
        if self.settings.debug:
            self.log("DEBUG", message, **fields)

    def log(self, level: str, message: str, /, **fields: object) -> None:
        """Write one line as Go's ``slog`` text handler does in Helm (no time)."""
        parts = [f"level={level}", f"msg={_attribute(message)}"]
        parts += [f"{name}={_attribute(str(value))}" for name, value in fields.items()]
        self.err.write(" ".join(parts) + "\n")
        self.err.flush()

    @staticmethod
    def now() -> float:
        """Return the time in seconds since the epoch."""
        import time

        return time.time()

    def terminal(self) -> bool:
        """Tell whether standard error is a terminal."""
        return self.err.isatty()


def _attribute(text: str) -> str:
    # go: slog quotes what has spaces, quotes, "=" or is empty
    if text and text.isprintable() and not any(c in text for c in ' "='):
        return text
    from steersman.goquote import quote

    return quote(text)
