"""The call of the library that failed, for the table of hints in ``action.hints``."""

from __future__ import annotations

import os

from steersman.action.hints import hint_for
from steersman.errors import SteerError
from steersman.runtime.shell import shell_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from steersman.kube.config import ConfigFiles, ConfigOverrides
    from steersman.library.places import Places
    from steersman.storage.driver import Stub


class Call:
    """A call of a function, or of a method of a client.

    Nothing is asked of a server to make a hint: a program may call again and again and look at no hint.

    Args:
        function: its parameters are the options that it takes.
        reference: the chart that it was given, where that is a text.
        namespace: the client's.
        overrides, places: where the client's cluster is configured.
    """

    program = "steer"

    def __init__(
        self,
        function: Callable[..., object],
        reference: object = "",
        *,
        namespace: str = "default",
        overrides: ConfigOverrides | None = None,
        places: Places | None = None,
    ) -> None:
        self._function = function
        self._reference = reference
        self._namespace = namespace
        self._overrides = overrides
        self._places = places
        self.shell = shell_of({} if places is None else places.environ)

    def hint(self, error: SteerError) -> str:
        """Return what to do about an error, or ``""``."""
        return hint_for(error, lambda: self)

    def namespace(self) -> str:
        return self._namespace

    def place(self) -> str:
        files = self._files()
        context = f' of context "{files.context}"' if files is not None and files.context else ""
        return f'namespace "{self._namespace}"{context}'

    def config_files(self) -> ConfigFiles | None:
        is_given = self._places is not None and self._places.settings.kube_apiserver
        return None if is_given or (self._overrides is not None and self._overrides.server) else self._files()

    def _files(self) -> ConfigFiles | None:
        from steersman.kube.config import config_files

        if self._overrides is None or self._places is None:
            return None
        try:
            return config_files(self._overrides, self._places.environ)
        except SteerError:
            return None

    def sandbox_folder(self) -> str:
        if self._places is None:
            return ""
        named = self._places.environ.get("STEER_SANDBOX_HOME", "")
        return named or os.path.join(self._places.settings.state_folder, "sandbox")

    def releases(self) -> list[Stub] | None:
        return None

    def explains(self) -> bool:
        return False

    def chart(self) -> str:
        reference = self._reference
        return self.shell.quoted(reference) if isinstance(reference, str) and os.path.isdir(reference) else "CHART"

    def is_registry(self) -> bool:
        return isinstance(self._reference, str) and self._reference.startswith("oci://")

    def takes(self, option: str) -> bool:
        return _argument(option) in self._function.__annotations__

    def option(self, option: str) -> str:
        return f"the argument {_argument(option)}"

    def again(self, option: str) -> str:
        return f"pass {_argument(option)}=True"

    def upgrading(self) -> str:
        return "call upgrade with install=True"

    def all_releases(self) -> str:
        return "Client.list(all_namespaces=True) returns those of all namespaces."

    def all_revisions(self, name: str) -> str:
        return f"Client.history({name!r}) returns all"


def _argument(option: str) -> str:
    return option.replace("-", "_")
