"""``--name-template``: a release's name from a template without data."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def template_name(text: str, environ: Mapping[str, str]) -> str:
    """Return what the template ``text`` renders to, with sprig's functions.

    Who types the template owns the environment: unlike a chart's it may read it.

    Raises:
        TemplateError: with Go's message.
    """
    from steersman.gotemplate import TemplateSet
    from steersman.sprig import FUNCTIONS

    functions = {
        **FUNCTIONS,
        "env": (lambda name: environ.get(name, ""), "string -> string"),
        "expandenv": (lambda given: _expanded(given, environ), "string -> string"),
    }
    templates = TemplateSet(functions, name="name-template")
    templates.parse("name-template", text)
    return templates.execute("name-template", None)


def _expanded(text: str, environ: Mapping[str, str]) -> str:
    """Return ``text`` with the variables it names. Answers to Go's ``os.ExpandEnv``."""
    found = ""
    while True:
        before, dollar, text = text.partition("$")
        found += before
        if not text:
            return found + dollar
        name, taken = _name(text)
        # go: a dollar that names nothing stays
        found += environ.get(name, "") if taken else dollar
        text = text[taken:]


def _name(text: str) -> tuple[str, int]:
    """Return the variable that ``text`` begins with, and how long its mention is."""
    if text[0] == "{":
        end = text.find("}")
        return (text[1:end], end + 1) if end >= 0 else ("", 1)  # go: bad syntax goes
    if text[0] in "*#$@!?-0123456789":
        return text[0], 1
    size = 0
    while size < len(text) and text[size].isascii() and (text[size].isalnum() or text[size] == "_"):
        size += 1
    return text[:size], size
