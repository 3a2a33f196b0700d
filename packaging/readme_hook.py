"""Metadata hook: the README as a package index shows it, its links to files of the repository made absolute."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE = re.compile(r"(\]\(|src=\")(?!https?://|#)([^)\"]+)")


class CustomMetadataHook(MetadataHookInterface):
    """Gives the field ``readme``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Read README.md, and point its links at the repository."""
        source = metadata["urls"]["Source"]
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        raw = source.replace("://github.com/", "://raw.githubusercontent.com/")

        def absolute(match: re.Match[str]) -> str:
            base = f"{raw}/main" if match[2].endswith((".svg", ".png")) else f"{source}/blob/main"
            return f"{match[1]}{base}/{match[2]}"

        metadata["readme"] = {"content-type": "text/markdown", "text": _RELATIVE.sub(absolute, text)}
