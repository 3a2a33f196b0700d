"""Plugins: those that load, and why others do not."""

from __future__ import annotations

import os

from steersman.action.doctor.finding import OK, WARNING, Finding
from steersman.errors import SteerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from steersman.action.doctor.subject import Subject


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield the plugins that are loaded, and those that cannot be."""
    from steersman.plugin.load import find

    broken: list[Finding] = []

    def log(_level: str, _message: str, /, **fields: object) -> None:
        folder = os.path.dirname(str(fields.get("plugin_yaml") or ""))
        advice = f"Update it, or remove the folder {folder}."
        broken.append(Finding("plugins", WARNING, f"a plugin does not load: {fields.get('error')}", advice))

    try:
        loaded = find(subject.plugins, log)
    except SteerError as error:
        yield Finding("plugins", WARNING, str(error), "Remove one of the two folders.")
        return
    yield from broken
    if loaded:
        yield Finding("plugins", OK, ", ".join(f"{plugin.name} {plugin.version}".strip() for plugin in loaded))
