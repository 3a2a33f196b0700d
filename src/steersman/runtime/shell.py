"""Text that is meant to be pasted into a shell, or evaluated by it: a POSIX shell's, or PowerShell's on Windows."""

from __future__ import annotations

from steersman.record import Record
from steersman.runtime.system import HAS_OWNERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PLAIN = {False: "@%+=:,./-_", True: "+=:./\\-_"}  # PowerShell reads @ as a variable and a comma as a list
_QUOTES = "'\u2018\u2019\u201a\u201b"  # each of these ends a text in single quotes of PowerShell


class Shell(Record):
    """The shell of the person at the terminal."""

    is_powershell: bool = False

    def quoted(self, word: str) -> str:
        """Return a word as it is typed."""
        if word and all(c.isalnum() or c in _PLAIN[self.is_powershell] for c in word):
            return word
        if self.is_powershell:
            return _in_powershell(word)
        return "'" + word.replace("'", "'\"'\"'") + "'"

    def line(self, words: Iterable[str]) -> str:
        """Return a command line of these words."""
        return " ".join(map(self.quoted, words))

    def assignment(self, name: str, value: str) -> str:
        """Return the line that sets an environment variable."""
        if self.is_powershell:
            return f"$env:{name} = {_in_powershell(value)}"
        return f"export {name}={self.quoted(value)}"

    def evaluated(self, command: str) -> str:
        """Return the line that runs the lines which a command prints."""
        return f"{command} | Invoke-Expression" if self.is_powershell else f'eval "$({command})"'


def _in_powershell(text: str) -> str:
    return "'" + "".join(c * 2 if c in _QUOTES else c for c in text) + "'"


def shell_of(environment: Mapping[str, str]) -> Shell:
    """Return the shell that a program was started from: on Windows PowerShell, unless it is Git's or MSYS2's bash."""
    return Shell(is_powershell=not HAS_OWNERS and not environment.get("SHELL"))
