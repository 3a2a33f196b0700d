"""The context of a command besides its flags: settings, streams, the clock, the program's name."""

from __future__ import annotations

from steersman.runtime.log import ErrorFollows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol, TextIO

    from steersman.plugin.model import Plugin
    from steersman.runtime.private import Cache
    from steersman.settings import Settings

    class Line(Protocol):
        """A line of a terminal that shows progress; an empty text wipes it."""

        def show(self, text: str) -> None: ...


class Context:
    """One run of the program.

    Attributes:
        settings: environment and global flags.
        out, err: text streams; results go to ``out``, everything else to ``err``.
        stdin: binary standard input.
        program: the name the program was started under (``steer`` or ``helm``).
        environment: the process environment.
        line: shows progress on standard error, once something has progressed.
        plugins: the plugins that are commands.
        arguments: the command line.
        post_render: what ``--post-renderer`` asks for: manifests in, manifests out.
        texts: the bytes of the values files that were read, by the path that was given.
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
        self.arguments: list[str] = []
        self.line: Line | None = None
        self.plugins: list[Plugin] = []
        self.post_render: Callable[[str], str] | None = None
        self.texts: dict[str, bytes] = {}
        self._namespace: str | None = None
        self._cache: Cache | None = None

    def cache(self) -> Cache:
        """Return where data derived from charts, indexes and servers is kept between runs."""
        if self._cache is None:
            from steersman.runtime.homes import derived_folder
            from steersman.runtime.private import Cache

            settings = self.settings
            folder = derived_folder(settings.cache_home) if settings.keeps_derived else ""
            self._cache = Cache(folder, settings.state_folder, settings.home)
        return self._cache

    def wipe_progress(self) -> None:
        """Take the line of progress off the terminal, if there is one."""
        if self.line is not None:
            self.line.show("")

    def namespace(self) -> str:
        """Return the namespace: flag or variable, then the kubeconfig's context, then ``default``."""
        if self._namespace is None:
            self._namespace = self.settings.namespace or self._context_namespace() or "default"
        return self._namespace

    def _context_namespace(self) -> str:
        from os import pathsep
        from os.path import exists, join

        settings = self.settings
        listed = settings.kubeconfig or self.environment.get("KUBECONFIG", "")
        paths = listed.split(pathsep) if listed else [join(settings.home, ".kube", "config")]
        if not any(p and exists(p) for p in paths):
            return ""
        from steersman.kube.config import context_namespace

        return context_namespace(settings, self.environment)

    @staticmethod
    def stdin_is_pipe() -> bool:
        """Return whether standard input is a pipe."""
        import os
        import stat
        import sys

        return stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode)

    @staticmethod
    def stdin_is_terminal() -> bool:
        """Return whether standard input is a terminal."""
        import sys

        return sys.stdin is not None and sys.stdin.isatty()

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
        if isinstance(level, ErrorFollows) and not self.repeats_errors():
            return
        self.wipe_progress()
        parts = [f"level={level}", f"msg={_attribute(message)}"]
        parts += [f"{name}={_value(value)}" for name, value in fields.items()]
        self.err.write(" ".join(parts) + "\n")
        self.err.flush()

    @staticmethod
    def now() -> float:
        """Return the time in seconds since the epoch."""
        import time

        return time.time()

    def plain(self) -> bool:
        """Return whether standard error carries Helm's words alone.

        It does for a program that reads it: one that starts ``helm``, or that says ``TERM=dumb``.
        """
        return not self.terminal() and (self.program == "helm" or self.environment.get("TERM") == "dumb")

    def repeats_errors(self) -> bool:
        """Return whether the log has lines about the error that ends the command, as Helm's has."""
        return self.program == "helm" or self.plain() or self.settings.debug

    def explains(self) -> bool:
        """Return whether to say what Helm does not about an error."""
        return not self.plain() or self.settings.debug

    def shows_places(self) -> bool:
        """Return whether an error is followed by its place in templates and values; ``--debug`` adds Helm's lines."""
        return not self.plain()

    def notices(self) -> Callable[[str, str], None] | None:
        """Return what shows a notice, given its name and text, or ``None`` if notices are off.

        A program that was put in place of ``helm`` gets none, be it on a terminal. ``STEER_NO_NOTICES`` names those
        that are not wanted, with commas between them, or is ``1`` for all of them.
        """
        unwanted = self.unwanted_notices()
        if self.program == "helm" or self.plain() or "1" in unwanted:
            return None

        def show(name: str, text: str) -> None:
            if name not in unwanted:
                self.err.write(f"notice: {text} [{name}]\n")

        return show

    def unwanted_notices(self) -> list[str]:
        """Return the names of the notices that are not to be shown."""
        return self.environment.get("STEER_NO_NOTICES", "").replace(",", " ").split()

    def columns(self) -> int:
        """Return how many columns standard output has: 0 where it is not a terminal."""
        import os

        try:
            return os.get_terminal_size(self.out.fileno()).columns if self.out.isatty() else 0
        except OSError:
            return 0

    def terminal(self) -> bool:
        """Return whether standard error is a terminal."""
        return self.err.isatty()


def _value(value: object) -> str:
    if isinstance(value, bytes):  # go: slog quotes bytes whatever is in them (test_the_steps_that_debug_shows)
        from steersman.go.quote import quote

        return quote(value.decode("utf-8", "surrogateescape"))
    return _attribute(str(value))


def _attribute(text: str) -> str:
    from steersman.go.quote import log_text

    return log_text(text)
