"""Data, styles and scripts as one HTML file that asks for nothing else.

Charts are written by strangers. No text of a chart is part of the markup: the data is compressed and in base64, and the
scripts make text nodes of it. The page's content policy allows the scripts and styles in it by their digests, no
request, and no markup made by scripts.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_FOLDER = os.path.dirname(__file__)


def html_page(title: str, scripts: Iterable[str], data: Any, styles: Iterable[str] = ()) -> str:
    """Return a page.

    Args:
        title: of the browser's tab.
        scripts: the names of script files in this folder or whole paths, in the order in which they run.
        data: what the scripts get, as plain dicts, lists, texts and numbers.
        styles: the same for style files, after ``page.css``.
    """
    from html import escape

    style = "\n".join(_asset(name) for name in ("page.css", *styles))
    script = "\n".join(_asset(name) for name in scripts)
    return (
        _asset("frame.html")
        .replace("{{style-digest}}", _digest(style))
        .replace("{{script-digest}}", _digest(script))
        .replace("{{style}}", style)
        .replace("{{script}}", script)
        .replace("{{data}}", _packed(data))
        # last: nothing is put into what a chart says
        .replace("{{title}}", escape(_valid(title)))
    )


def _asset(name: str) -> str:
    with open(os.path.join(_FOLDER, name), encoding="utf-8", newline="\n") as file:
        return file.read()


def _digest(text: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return b64encode(sha256(text.encode()).digest()).decode()


def _packed(data: Any) -> str:
    import json
    import zlib
    from base64 import b64encode

    text = _valid(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    return b64encode(zlib.compress(text.encode(), 9)).decode()


def _valid(text: str) -> str:
    """Return a text with a question mark for each byte that is not UTF-8."""
    return text.encode("utf-8", "replace").decode()
