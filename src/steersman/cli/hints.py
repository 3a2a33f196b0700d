"""The command that failed, for the table of hints in ``action.hints``.

Only the program under its own name asks. A hint may cost a request to the cluster, since it is made once the command
has failed.
"""

from __future__ import annotations

import os

from steersman.action.hints import all_causes, meant, sentences
from steersman.action.hints import hint_for as make_hint
from steersman.cli.cobra.command_line import find_command
from steersman.cli.inputs.cluster import make_configuration, without_secrets
from steersman.errors import SteerError
from steersman.runtime.shell import shell_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.cli.cobra.errors import UnknownFlag, UnknownLetter
    from steersman.cli.context import Context
    from steersman.kube.config import ConfigFiles
    from steersman.storage.driver import Stub


class Command:
    """The command that failed: its context, its path, and the words after that."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.program = ctx.program
        self.shell = shell_of(ctx.environment)
        self.path, self._rest = find_command(ctx.arguments, ctx.program)

    def namespace(self) -> str:
        return self._ctx.namespace()

    def place(self) -> str:
        files = self._files()
        context = f' of context "{files.context}"' if files is not None and files.context else ""
        return f'namespace "{self.namespace()}"{context}'

    def config_files(self) -> ConfigFiles | None:
        return None if self._ctx.settings.kube_apiserver else self._files()

    def _files(self) -> ConfigFiles | None:
        from steersman.kube.config import config_files, overrides_from

        try:
            return config_files(overrides_from(self._ctx.settings, self._ctx.environment), self._ctx.environment)
        except SteerError:
            return None

    def sandbox_folder(self) -> str:
        from steersman.cli.commands.sandbox_up import folder

        try:
            return folder(self._ctx)
        except SteerError:
            return ""

    def releases(self) -> list[Stub]:
        for everywhere in (True, False):
            config = make_configuration(self._ctx, all_namespaces=everywhere)
            try:
                return config.store.stubs()
            except SteerError:
                continue  # the user may not see those of other namespaces
            finally:
                config.close()
        return []

    def explains(self) -> bool:
        return self._ctx.explains()

    def chart(self) -> str:
        folders = [word for word in self._rest if os.path.isdir(word)]
        return self.shell.quoted(folders[-1]) if folders else "CHART"

    def is_registry(self) -> bool:
        return self.path == "registry login" or any(word.startswith("oci://") for word in self._rest)

    def takes(self, option: str) -> bool:
        from steersman.cli.tables.commands import COMMANDS
        from steersman.cli.tables.flags import FLAGS

        return self.path in COMMANDS and option in {FLAGS[key][0] for key in COMMANDS[self.path][4]}

    def option(self, option: str) -> str:
        return f"--{option}"

    def again(self, option: str) -> str:
        return f"run '{self._line(self.path, f'--{option}')}'"

    def upgrading(self) -> str:
        return f"run '{self._line('upgrade', '--install')}'"

    def all_releases(self) -> str:
        return f"Run '{self.program} list --all-namespaces' to see all."

    def all_revisions(self, name: str) -> str:
        return f"'{self.program} history {name}' shows all"

    def _line(self, path: str, *more: str) -> str:
        """Return the command line again with another path and more flags, ready to be pasted; secrets are left out."""
        return self.shell.line([self.program, *path.split(), *without_secrets(self._rest), *more])


def hint_for(ctx: Context, error: SteerError) -> str:
    """Return what to do about an error, or ``""``."""
    return make_hint(error, lambda: Command(ctx), _OWN_HINTS)


def places_of_files(error: SteerError) -> str:
    """Return where values files, and files of charts, that an error is about are not YAML, or ``""``."""
    from steersman.chart.errors import BrokenChartFile
    from steersman.values.errors import BrokenValuesFile

    files = [one for one in all_causes(error) if isinstance(one, (BrokenValuesFile, BrokenChartFile))]
    if not files:
        return ""
    from steersman.insight.broken_files import broken_files_text

    return broken_files_text(files)


def _unknown_flag(error: UnknownFlag, command: Command) -> str:
    return sentences(meant(error.flag, error.known, "--{}"), _flags(command))


def _unknown_letter(error: UnknownLetter, command: Command) -> str:
    return _flags(command)


def _flags(command: Command) -> str:
    path = f"{command.program} {command.path}".strip()
    return f"Run '{path} --help' for its flags."


# Errors that only the command line raises.
_OWN_HINTS: dict[str, Callable[..., str]] = {
    "cli.cobra.errors:UnknownFlag": _unknown_flag,
    "cli.cobra.errors:UnknownLetter": _unknown_letter,
}
